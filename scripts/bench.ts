// What a sandbox costs: the median time of a command bare, and sealed off by the built CLI; and of many
// system calls without a filter, and under those that a step can have.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { BUILTIN_NAMES, builtinProfile } from '../src/seccomp/builtin.ts';
import { compileProfile } from '../src/seccomp/compile.ts';
import type { SeccompProfile } from '../src/seccomp/profile.ts';
import { isArch } from '../src/seccomp/syscalls.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = Number(process.argv[2] ?? 20);
const POLICY = join(ROOT, 'examples/hello/policy.yml');

type Command = readonly [command: string, ...args: string[]];

const cases: Record<string, Command> = {
  true: ['true'],
  'node -e 0': [process.execPath, '-e', '0'],
  'glovebox --version': [process.execPath, 'dist/cli.mjs', '--version'],
  'glovebox run -- true': [process.execPath, 'dist/cli.mjs', 'run', '-p', POLICY, '--', 'true'],
};

/**
 * The first makes calls that the filter always allows, the second one whose arguments it looks at: both do
 * nothing else. The third is what a build does much of.
 */
const loads: Record<string, Command> = {
  'a million reads and writes': ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=500000'],
  'a million ioctls': ['perl', '-e', 'ioctl(STDIN, 0x5401, $_ = "") for 1 .. 1000000'],
  'all of /usr looked at': ['find', '/usr', '-newer', '/usr', '-size', '+0', '-name', '-'],
};

for (const [name, command] of Object.entries(cases)) {
  const [time = Number.NaN] = median([() => timed(command)]);
  show(name, time);
}

const bwrap = ['bwrap', '--dev-bind', '/', '/'] as const;
const filters = await writtenFilters();
for (const [name, load] of Object.entries(loads)) {
  const [bare = Number.NaN, ...filtered] = median([
    () => timed([...bwrap, '--', ...load]),
    ...filters.map(
      ({ file }) =>
        () =>
          timed([...bwrap, '--seccomp', '3', '--', ...load], file),
    ),
  ]);
  show(name, bare);
  for (const [index, time] of filtered.entries()) {
    show(`  under ${filters[index]?.name}`, time, `${(time / bare).toFixed(2)} times`);
  }
}

/** One that allows all, which costs what any filter does, and the built-in ones. */
async function writtenFilters(): Promise<{ name: string; file: string }[]> {
  if (!isArch(process.arch)) throw new Error(`there are no filters for ${process.arch}`);
  const profiles: Record<string, SeccompProfile> = { nothing: { defaultAction: 'SCMP_ACT_ALLOW' } };
  for (const name of BUILTIN_NAMES) profiles[name] = await builtinProfile(name);
  const dir = mkdtempSync(join(tmpdir(), 'glovebox-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true }));
  const arch = process.arch;
  return Object.entries(profiles).map(([name, profile]) => {
    const file = join(dir, name);
    writeFileSync(file, compileProfile(profile, arch).filter);
    return { name: name === 'nothing' ? 'a filter of nothing' : name, file };
  });
}

/** Of each run; they take turns, so that what else the machine does meets all of them. */
function median(runs: readonly (() => number)[]): number[] {
  const times = Array.from({ length: ROUNDS }, () => runs.map((run) => run()));
  return runs.map((_, run) => {
    const sorted = times.map((round) => round[run] ?? Number.NaN).toSorted((a, b) => a - b);
    return sorted[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  });
}

/** Milliseconds. A file is opened anew for each run, as its descriptor 3: a filter is read to its end. */
function timed([command, ...args]: Command, file?: string): number {
  const third = file === undefined ? [] : [openSync(file, 'r')];
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', ...third],
  });
  const time = performance.now() - start;
  for (const descriptor of third) closeSync(descriptor);
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return time;
}

function show(name: string, time: number, more = ''): void {
  console.log(`${name.padEnd(28)} ${time.toFixed(1).padStart(8)} ms  ${more}`.trimEnd());
}
