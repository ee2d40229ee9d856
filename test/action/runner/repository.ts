import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { copyTree, Disk, type Identity } from './disk.ts';
import type { Layout } from './layout.ts';

/** The files of a commit that differ from the one before; null removes one. */
export type Commit = Readonly<Record<string, string | null>>;

export const SERVER = 'https://github.com';
const BRANCH = 'main';
const WHO = { NAME: 'tests', EMAIL: 'tests@example.com', DATE: '2026-01-01T00:00:00Z' };

/** Runs git as the job's user, without any configuration of the machine's. */
export type Git = (directory: string, ...args: string[]) => string;

export function gitFor(identity: Identity | null): Git {
  const who = Object.entries(WHO).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]);
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...(Object.fromEntries(who) as Record<string, string>),
  };
  return (directory, ...args) => {
    const { status, stdout, stderr, error } = spawnSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      env,
      ...(identity !== null && { uid: identity.uid, gid: identity.gid }),
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${error?.message ?? stderr}`);
    return stdout.trim();
  };
}

/** What GitHub holds: these commits, one after the other. Gives the last one's hash. */
export function makeOrigin(disk: Disk, layout: Layout, commits: readonly Commit[]): string {
  const key = JSON.stringify(commits);
  const made = origins.get(key) ?? commitAll(commits);
  origins.set(key, made);
  copyTree(made.directory, layout.origin);
  disk.ownAll(layout.origin);
  return made.sha;
}

interface Origin {
  readonly directory: string;
  readonly sha: string;
}

/** Many jobs begin with the same commits, and git takes its time. */
const origins = new Map<string, Origin>();

function commitAll(commits: readonly Commit[]): Origin {
  const directory = mkdtempSync(join(tmpdir(), 'origin-'));
  const git = gitFor(null);
  git(directory, 'init', '--quiet', `--initial-branch=${BRANCH}`);
  for (const [index, commit] of commits.entries()) {
    writeFiles(new Disk(null), directory, commit);
    git(directory, 'add', '--all');
    git(directory, 'commit', '--quiet', '--allow-empty', '--message', `Commit ${index + 1}`);
  }
  return { directory, sha: git(directory, 'rev-parse', 'HEAD') };
}

export function writeFiles(disk: Disk, root: string, files: Commit): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    if (text === null) rmSync(path, { recursive: true, force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  disk.ownAll(root);
}

export interface CheckoutOptions {
  /** `extraheader`: up to v5, in .git/config. `include-if`: from v6 on, in a file in RUNNER_TEMP. */
  readonly credentials?: 'extraheader' | 'include-if';
  /** true when left out. */
  readonly persistCredentials?: boolean;
  /** 0 is the whole history; 1 when left out. */
  readonly fetchDepth?: number;
}

export interface CheckedOut {
  /** To be masked. */
  readonly credential: string;
  /** What the post step of actions/checkout does. */
  forget(): void;
}

/** Leaves the workspace as actions/checkout does: the commit, the remote and, if asked, the token. */
export function checkOut(
  git: Git,
  disk: Disk,
  layout: Layout,
  job: { readonly repository: string; readonly ref: string; readonly token: string },
  options: CheckoutOptions,
): CheckedOut {
  const { workspace, origin } = layout;
  const depth = options.fetchDepth ?? 1;
  git(workspace, 'init', '--quiet', `--initial-branch=${BRANCH}`);
  git(workspace, 'remote', 'add', 'origin', `${SERVER}/${job.repository}`);
  git(workspace, 'config', '--local', 'gc.auto', '0');
  const isBranch = job.ref.startsWith('refs/heads/');
  const remote = job.ref.replace(isBranch ? /^refs\/heads\// : /^refs\//, '');
  const tracked = `refs/remotes/${isBranch ? 'origin/' : ''}${remote}`;
  git(
    workspace,
    ...['-c', 'protocol.version=2', 'fetch', '--quiet', '--no-tags'],
    ...(depth === 0 ? [] : [`--depth=${depth}`]),
    ...[`file://${origin}`, `+refs/heads/${BRANCH}:${tracked}`],
  );
  const target = isBranch ? ['-B', remote, tracked] : ['--detach', tracked];
  git(workspace, 'checkout', '--quiet', '--force', ...target);
  const credential = Buffer.from(`x-access-token:${job.token}`).toString('base64');
  const forget = options.persistCredentials === false ? () => undefined : persist();
  return { credential, forget };

  function persist(): () => void {
    const header = `AUTHORIZATION: basic ${credential}`;
    const key = `http.${SERVER}/.extraheader`;
    if (options.credentials !== 'include-if') {
      git(workspace, 'config', '--local', key, header);
      return () => git(workspace, 'config', '--local', '--unset-all', key);
    }
    const file = join(layout.temp, `git-credentials-${randomUUID()}.config`);
    disk.write(file, `[http "${SERVER}/"]\n\textraheader = ${header}\n`);
    const inContainer = `/github/runner_temp/${basename(file)}`;
    const includes = [
      [join(workspace, '.git'), file],
      [join(workspace, '.git/worktrees/*'), file],
      ['/github/workspace/.git', inContainer],
      ['/github/workspace/.git/worktrees/*', inContainer],
    ] as const;
    for (const [directory, path] of includes) {
      git(workspace, 'config', '--local', `includeIf.gitdir:${directory}.path`, path);
    }
    return () => {
      for (const [directory] of includes) {
        git(workspace, 'config', '--local', '--unset-all', `includeIf.gitdir:${directory}.path`);
      }
      rmSync(file, { force: true });
    };
  }
}
