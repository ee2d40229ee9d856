import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findMemoryCgroup } from '../../src/probe/cgroup.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { bare, bash, cli, PERSONA, policy, seal, type Sealed, workspace } from '../lab/glovebox.ts';

const UID = 48_125;
const HOG = [
  'perl',
  '-e',
  'my $x = ""; vec($x, 600 * 1048576 - 1, 8) = 1; sleep 1; print "done\\n"',
];
const CAP = 'version: 1\nresources: { memory: 200MiB }\n';

type Parent = NonNullable<ReturnType<typeof findMemoryCgroup>>;

/** Where a part of the tree can be given away; none for an ordinary user. */
const PARENTS = [findMemoryCgroup()].filter((found) => found !== null);

it.each(PARENTS.length === 0 ? [PERSONA] : [])('a %s has the memory watched', () => {
  const { report } = seal(['--policy', policy(CAP)], ['true']);
  expect(report.layers.resources.mechanism).toBe('rlimits, watchdog, memory watch');
});

describe.each(PARENTS)("an ordinary user's own systemd, cgroup v$version", (parent) => {
  let manager: Manager;
  beforeEach(() => {
    manager = delegate(parent);
  });
  afterEach(async () => await manager.end());

  it('has the kernel hold the memory', () => {
    expect(bare(HOG).stdout).toContain('done');

    const { stdout, code, report } = sealed(HOG);
    expect([stdout, code]).toEqual(['', 137]);
    expect(report.outcome).toMatchObject({ kind: 'out-of-memory', exitCode: 137 });
    expect(report.layers.resources.mechanism).toBe(
      `rlimits, watchdog, memory cgroup v${parent.version} by a scope of systemd`,
    );
    expect(report.notes.map(({ code: one }) => one)).not.toContain('memory-watched');
  });

  it('is out of sight of the step, and so is how it was asked', () => {
    const look = 'cat /proc/self/cgroup /proc/*/environ | tr "\\0" "\\n"; ls /run';
    const { stdout, report } = sealed(bash(look));
    expect(report.outcome.kind).toBe('exited');
    expect(stdout).not.toMatch(/glovebox-lab|scope|XDG_RUNTIME_DIR|^user$/m);
  });

  it('leaves no group behind', () => {
    expect(sealed(['true']).code).toBe(0);
    expect(
      execFileSync('find', [manager.group, '-mindepth', '1', '-name', 'glovebox-*'], {
        encoding: 'utf8',
      }),
    ).toBe('');
  });

  it.each([
    ['refuses', 'echo "Failed to start transient scope unit: denied" >&2; exit 1'],
    [
      'makes none that the user may write',
      'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    ],
  ])('has memory watched where it %s', (_, script) => {
    const { code, report } = sealed(['true'], script);
    expect(code).toBe(0);
    expect(report.layers.resources.mechanism).toBe('rlimits, watchdog, memory watch');
  });

  it('is told where it gives a scope to the trial and none to the step', () => {
    const open = workspace();
    chmodSync(open, 0o777);
    const mark = join(open, 'asked');
    const once = `if [ -e ${mark} ]; then echo "no more scopes" >&2; exit 1; fi; touch ${mark}; ${ASKS}`;
    const { code, stdout, report } = sealed(['echo', 'ran'], once);
    expect([code, stdout]).toEqual([125, '']);
    expect(report.outcome).toMatchObject({ kind: 'failed-to-start' });
    expect(JSON.stringify(report)).toContain(
      "the user's systemd made no scope for the step: no more scopes",
    );
  });

  const sealed = (command: string[], script = ASKS): Sealed => manager.seal(command, script);
});

/** What systemd-run does with `--scope`: has itself moved, and becomes the command. */
const ASKS = `
  echo $$ >"$XDG_RUNTIME_DIR/systemd/private" && read -r moved <"$XDG_RUNTIME_DIR/answer"
  while [ "$1" != -- ]; do shift; done
  shift
  exec "$@"`;

interface Manager {
  readonly group: string;
  seal(command: readonly string[], script: string): Sealed;
  end(): Promise<void>;
}

/** Stands in for the service managers: gives the user a part of the tree, and moves into it who asks. */
function delegate({ version, parent }: Parent): Manager {
  const group = mkdtempSync(join(parent, 'glovebox-lab-'));
  const scope = join(group, 'app.scope');
  mkdirSync(scope);
  if (version === 2) writeFileSync(join(group, 'cgroup.subtree_control'), '+memory');
  for (const directory of [group, scope]) {
    chownSync(directory, UID, UID);
    chownSync(join(directory, 'cgroup.procs'), UID, UID);
  }
  const runtime = `/run/user/${UID}`;
  mkdirSync(join(runtime, 'systemd'), { recursive: true });
  const [asked, answered] = [join(runtime, 'systemd/private'), join(runtime, 'answer')];
  execFileSync('mkfifo', ['--mode=0666', asked, answered]);
  const serve = `while read -r pid <"$1"; do echo "$pid" >"$3/cgroup.procs"; echo moved >"$2"; done`;
  const server: ChildProcess = spawn('sh', ['-c', serve, 'sh', asked, answered, scope]);
  return {
    group,
    seal: (command, script) => {
      const programs = workspace({ 'systemd-run': `#!/bin/sh\n${script}\n` });
      chmodSync(programs, 0o755);
      chmodSync(join(programs, 'systemd-run'), 0o755);
      const enter = 'mount --bind "$1" /usr/local/sbin && shift && exec "$@"';
      const become = ['setpriv', '--reuid', `${UID}`, '--regid', `${UID}`, '--clear-groups', '--'];
      const [cwd, aside] = [workspace(), workspace({ 'policy.yml': CAP })];
      for (const path of [cwd, aside, join(aside, 'policy.yml')]) chownSync(path, UID, UID);
      const file = join(aside, 'report.json');
      const options = ['--policy', join(aside, 'policy.yml'), '--report', file];
      const ran = cli(['run', ...options, '--', ...command], {
        cwd,
        env: { HOME: aside },
        under: ['unshare', '--mount', '--', 'sh', '-c', enter, 'sh', programs, ...become],
      });
      if (!existsSync(file)) throw new Error(`no report; stderr:\n${ran.stderr}`);
      return { ...ran, report: JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox };
    },
    end: async () => {
      server.kill('SIGKILL');
      rmSync(runtime, { recursive: true });
      await removed(scope);
      await removed(group);
    },
  };
}

/** The kernel takes a moment to let go of a group's last process. */
async function removed(group: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return rmdirSync(group);
    } catch {
      await sleep(20);
    }
  }
  throw new Error(`${group} is not empty`);
}
