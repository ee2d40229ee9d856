import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { within } from '../plan/mounts.ts';
import type { BaseEntry, GuardedPath, NamedPath, Site } from '../plan/site.ts';
import { isShownOfEtc } from '../plan/system-files.ts';
import type { Policy } from '../policy/types.ts';
import { isPlaceholder } from '../tools/placeholders.ts';
import { recordsDirectory } from '../tools/tool-cache.ts';
import { surveyGit } from './git-configs.ts';
import { kindInLayers } from './in-layers.ts';
import { nestedMounts } from './nested-mounts.ts';
import { findStrangers } from './strangers.ts';
import { toolDirectories } from './tool-directories.ts';
import {
  chooseWorkspace,
  kindOf,
  refuseUnsealable,
  refuseWholeSystem,
  workingDirectory,
} from './workspace.ts';

export interface SiteRequest {
  readonly policy: Policy;
  /** Policy files as the user named them, relative to our own working directory. */
  readonly policyFiles: readonly string[];
  readonly command: readonly string[];
  /** The directory to run in, relative to our own. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  /** The directory need not exist on the host. */
  readonly mayAppear: boolean;
  /** Upper directories of earlier steps. */
  readonly layers: readonly string[];
}

const BASE = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/sys/devices/system/cpu',
];
const PROC_COVERED = [
  '/proc/keys',
  '/proc/key-users',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/kallsyms',
];
/** Where a write would reach a later step: what git, the workflow and the shell run by themselves. */
const GUARDED = ['.git', '.github', '.envrc'];

/** Looks at the files around a command. Only reads. */
export function surveySite(request: SiteRequest): Site {
  const { policy, environment, home } = request;
  const cwd = workingDirectory(request.directory, request.mayAppear);
  const asked = resolve(request.directory);
  const workspace = chooseWorkspace(asked, cwd, environment['GITHUB_WORKSPACE']);
  refuseUnsealable(workspace, home);
  const look = (path: string): NamedPath => lookAt(path, workspace, home);
  const read = policy.filesystem.read.map(({ value }) => look(value));
  const write = policy.filesystem.write.map(({ value }) => look(value));
  const hide = policy.filesystem.hide.map(({ value }) => look(value));
  refuseWholeSystem(policy, { read, write, hide });
  const owner = statSync(workspace);
  const git = surveyGit(workspace);
  return {
    cwd,
    workspace,
    workspaceOwner: { uid: owner.uid, gid: owner.gid },
    workspaceMode: owner.mode & 0o7777,
    base: BASE.flatMap(baseEntry),
    etc: readdirSync('/etc')
      .filter(isShownOfEtc)
      .toSorted()
      .map((name) => `/etc/${name}`)
      .filter((path) => existsSync(path)),
    toolDirectories: toolDirectories(request.command, environment['PATH'] ?? '', {
      home,
      workspace,
      cwd,
    }),
    read,
    write,
    hide: [
      ...hide,
      ...jobCredentials(workspace)
        .map((name) => ({ ...look(name), unasked: true as const }))
        .filter(({ absolute }) => ![...read, ...write].some((path) => path.absolute === absolute)),
    ].map((path) => withLayers(path, workspace, request.layers)),
    toolRecords: look(recordsDirectory(environment)).real,
    guarded: [
      ...GUARDED,
      recordsDirectory(environment),
      ...git.repositories,
      ...request.policyFiles.map((file) => asTheStepSees(resolve(file), workspace)),
    ]
      .map((path) => guardedAt(look(path), workspace))
      .filter(({ absolute }) => within(absolute, workspace)),
    nested: nestedMounts(workspace),
    strangers:
      policy.filesystem.mode.value === 'overlay'
        ? findStrangers(workspace, ownedBy(owner))
        : NO_STRANGERS,
    layerOwners: [...new Set(request.layers.map((layer) => statSync(layer).uid))],
    git,
    procCovered: PROC_COVERED.filter((path) => existsSync(path)),
    ...resolvers(),
    environment,
  };
}

/** What google-github-actions/auth leaves in the workspace: it can hold the job's own token for OIDC. */
function jobCredentials(workspace: string): string[] {
  try {
    return readdirSync(workspace, { withFileTypes: true })
      .filter((entry) => entry.isFile() && JOB_CREDENTIALS.test(entry.name))
      .map(({ name }) => name);
  } catch {
    return []; // Not for us to look at, nor for the step.
  }
}

const JOB_CREDENTIALS = /^gha-creds-[\w-]+\.json$/;

const NO_STRANGERS: Site['strangers'] = { named: [], more: false, all: true };

/** Who the step will be: root gives its ids up for the workspace's owner's, or makes its files the step's. */
function ownedBy(owner: Stats): (stats: Stats) => boolean {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === 0
    ? (stats) => stats.uid === owner.uid
    : (stats) => stats.uid === uid && stats.gid === gid;
}

function lookAt(written: string, workspace: string, home: string): NamedPath {
  const absolute = absolutePath(written, workspace, home);
  const kind = kindOf(absolute);
  const real = kind === 'missing' ? wouldBeAt(absolute) : realpathSync(absolute);
  return { written, absolute, kind, real };
}

function withLayers(path: NamedPath, workspace: string, layers: readonly string[]): NamedPath {
  if (!within(path.absolute, workspace)) return path;
  const inLayers = kindInLayers(path.absolute.slice(workspace.length + 1), layers);
  return inLayers === undefined ? path : { ...path, inLayers };
}

/** What does not exist has a place all the same: symlinks lead there, also one that leads nowhere. */
function wouldBeAt(path: string): string {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      return resolve(dirname(path), readlinkSync(path));
    const above = dirname(path);
    const real = existsSync(above) || above === path ? realpathSync(above) : wouldBeAt(above);
    return join(real, basename(path));
  } catch {
    return path; // Not for us to look at.
  }
}

/** What another run only put there to hold a place is as good as missing. */
function guardedAt(path: NamedPath, workspace: string): NamedPath & Pick<GuardedPath, 'absent'> {
  const above: string[] = [];
  for (let at = dirname(path.absolute); within(at, workspace) && !existsSync(at); at = dirname(at))
    above.unshift(at);
  const kind = isPlaceholder(path.absolute) ? 'missing' : path.kind;
  return { ...path, kind, absent: above };
}

function absolutePath(written: string, workspace: string, home: string): string {
  if (written === '~') return home;
  if (written.startsWith('~/')) return join(home, written.slice(2));
  return resolve(workspace, written);
}

/** A path that leads into the workspace by another name, such as a symlink to it, by the workspace's own. */
export function asTheStepSees(path: string, workspace: string): string {
  const parts = path.split('/');
  for (let length = 2; length <= parts.length; length += 1) {
    const prefix = parts.slice(0, length).join('/');
    const real = existsSync(prefix) ? realpathSync(prefix) : prefix;
    if (within(real, workspace)) return join(real, ...parts.slice(length));
  }
  return path;
}

function baseEntry(path: string): BaseEntry[] {
  try {
    if (lstatSync(path).isSymbolicLink())
      return [{ path, kind: 'symlink', to: readlinkSync(path) }];
    return [{ path, kind: 'directory' }];
  } catch {
    return []; // Not every system has every /lib*.
  }
}

/** A daemon on the host's loopback cannot be asked from inside; systemd keeps the real list elsewhere. */
function resolvers(): { nameservers: string[]; resolverOptions: string[] } {
  const lines = ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf']
    .map((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []))
    .find((text) => text.some((line) => line.startsWith('nameserver')));
  const all = (lines ?? []).map((line) => line.trim());
  const servers = all
    .map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1])
    .filter((address) => address !== undefined);
  return {
    nameservers: servers.filter((address) => !address.startsWith('127.') && address !== '::1'),
    resolverOptions: all.filter((line) => /^(search|domain|options)\s/.test(line)),
  };
}
