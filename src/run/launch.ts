import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { GloveboxError } from '../base/errors.ts';
import { FIRST_FILTER_FD, LAUNCH_FDS } from '../plan/launch.ts';
import type { Plan } from '../plan/types.ts';
import type { ProfileChoice, Sourced } from '../policy/types.ts';
import type { Room } from '../tools/room.ts';
import { arrives, startInScope } from '../tools/scope.ts';
import type { MemoryGroup } from './cgroup.ts';
import type { SeenStep } from './observations.ts';
import { descendantsOf, readStatus } from './process-tree.ts';
import type { Streams } from './streams.ts';

/** Far more than building takes anywhere; whatever makes it longer is in the way of it for good. */
const BUILT_WITHIN_MS = 120_000;
/** How long bwrap's stderr is waited for once it is known to have failed. */
const LAST_WORDS_MS = 1000;
/** What bwrap itself ends with; of a command that it started it tells the code in its account. */
const BWRAP_FAILED = 1;

/** A command that is started and, in a sandbox, waits to be let go. */
export interface Launched {
  /** Host pid whose descendants are the step. */
  readonly root: number;
  /** Host pid of the sandbox's pid 1; null without a sandbox. */
  readonly init: number | null;
  /** What the process that will be the command is, before it is let go. */
  readonly step: SeenStep | null;
  /** Lets the command go. */
  release(): void;
  readonly exited: Promise<Exit>;
}

export interface Exit {
  /** False: bwrap gave up while it built the sandbox. What it said is in the step's stderr. */
  readonly started: boolean;
  /** The code as a shell tells it; null when the sandbox itself was killed. */
  readonly code: number | null;
}

/** Starts bwrap, and waits until it has done everything and the command is held back at the gate. */
export async function launchSealed(
  plan: Plan,
  holder: Room,
  streams: Streams,
  group: MemoryGroup | null,
): Promise<Launched> {
  const { filters } = plan.syscalls;
  const filterFds = filters.map((_, index) => FIRST_FILTER_FD + index);
  const fds = [...Object.values(LAUNCH_FDS), ...filterFds];
  const stdio: StdioOptions = [...streams.childFds, ...fds.map(() => 'pipe' as const)];
  const scope = group === null ? null : (plan.limits.memoryCgroup?.scope ?? null);
  const inner = holder.enter(plan.launch.argv);
  const { argv, environment } =
    scope === null ? { argv: inner, environment: {} } : startInScope(scope, inner);
  const child = start(argv, environment, stdio);
  // From the first: it may have ended before anything here is waited for.
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const notStarted = failed(child);
  ended.catch(() => {
    // It could not be started, as `notStarted` tells.
  });
  streams.closeChildEnds();
  const pipe = (fd: number): Writable & Readable =>
    child.stdio[fd] as unknown as Writable & Readable;
  for (const fd of fds) {
    pipe(fd).on('error', () => {
      // bwrap ended early; its exit tells why.
    });
  }
  // bwrap does nothing before it has read its options. So all that it does counts, and the control
  // group namespace that it makes begins at the run's own group.
  const arrived = scope === null || (await arrives(child.pid ?? 0, scope, inner[0])) === 'arrived';
  if (!arrived) child.kill('SIGKILL');
  else if (child.pid !== undefined) group?.admit(child.pid);
  pipe(LAUNCH_FDS.args).end(plan.launch.hidden.map((argument) => `${argument}\0`).join(''));
  filters.forEach(({ filter }, index) => pipe(FIRST_FILTER_FD + index).end(filter));
  const exitCode = exitCodeIn(pipe(LAUNCH_FDS.status));

  const gate = pipe(LAUNCH_FDS.gate);
  const built = await Promise.race([
    new Promise<true>((resolve) => gate.once('data', () => resolve(true))),
    ended.then(() => false),
    notStarted,
    sleep(BUILT_WITHIN_MS, false, { ref: false }),
  ]);
  const root = child.pid ?? 0;
  const waiting = built ? descendantsOf(root).at(-1) : undefined;
  const init = waiting?.parent ?? null;
  if (init === null || group?.holds(init) === false) {
    const why = await (arrived ? whyNotBuilt(init, group, streams, plan) : noScope(streams));
    throw new GloveboxError('setup-failed', why);
  }
  return {
    root,
    init,
    step: waiting === undefined ? null : seenOf(waiting.pid),
    release: () => gate.end('go\n'),
    exited: ended.then(async ([own]) => {
      const code = await exitCode;
      return { started: code !== null || own !== BWRAP_FAILED, code };
    }),
  };
}

async function whyNotBuilt(
  init: number | null,
  group: MemoryGroup | null,
  streams: Streams,
  { policy }: Plan,
): Promise<string> {
  if (group !== null && group.kills() > 0)
    return 'the kernel found no memory left while the sandbox was built: resources.memory, or a limit around Glovebox, is too small';
  if (init !== null) return 'the kernel did not take the step into its memory control group';
  const said = await lastWords(streams);
  const { profile, block, further } = policy.syscalls;
  const own = block.length > 0 || [profile, ...further.map((one) => one.profile)].some(isFile);
  const hint = own
    ? '; syscalls.profile or syscalls.block may refuse what starting a program takes'
    : '';
  return `bubblewrap could not build the sandbox: ${said || 'it ended without a word'}${hint}`;
}

async function noScope(streams: Streams): Promise<string> {
  const said = await lastWords(streams);
  return `the user's systemd made no scope for the step: ${said || 'it did not answer'}`;
}

/** Bounded: where only nsenter was killed, bwrap lives on with stderr open until the holder goes. */
async function lastWords({ stderr, stdout }: Streams): Promise<string> {
  return await Promise.race([
    text(stderr ?? stdout).then((all) => all.trim()),
    sleep(LAST_WORDS_MS, '', { ref: false }),
  ]);
}

function isFile({ value }: Sourced<ProfileChoice>): boolean {
  return typeof value !== 'string';
}

/** Starts the command with what can be held without a sandbox. */
export function launchBare(plan: Plan, streams: Streams): Launched {
  const environment = Object.fromEntries(plan.environment.variables);
  const child = start(plan.launch.argv, environment, [...streams.childFds], plan.filesystem.cwd);
  streams.closeChildEnds();
  const root = child.pid ?? 0;
  return {
    root,
    init: null,
    step: seenOf(root),
    release: () => undefined,
    exited: Promise.race([
      once(child, 'exit').then(
        ([code, signal]) => (code as number | null) ?? signalCode(signal as string),
      ),
      once(child, 'error').then(() => 127),
    ]).then((code) => ({ started: true, code })),
  };
}

function start(
  argv: readonly string[],
  environment: Record<string, string>,
  stdio: StdioOptions,
  cwd?: string,
): ChildProcess {
  const [program = '', ...args] = argv;
  return spawn(program, args, {
    env: environment,
    detached: true,
    stdio,
    ...(cwd === undefined ? {} : { cwd }),
  });
}

async function failed(child: ChildProcess): Promise<false> {
  await once(child, 'error');
  return false;
}

/** The command's exit code, from bwrap's own account; null where it tells none. */
async function exitCodeIn(status: Readable): Promise<number | null> {
  const code = /"exit-code":\s*(\d+)/.exec(await text(status).catch(() => ''))?.[1];
  // Past 255 it is no exit code: somebody wrote into bwrap's own account.
  return code === undefined || Number(code) > 255 ? null : Number(code);
}

function seenOf(pid: number): SeenStep | null {
  const status = readStatus(pid);
  if (status === null) return null;
  return {
    uid: Number(status.get('Uid')?.split(/\s+/)[0] ?? Number.NaN),
    bare: isBare(status),
    noNewPrivs: status.get('NoNewPrivs') === '1',
    filtered: status.get('Seccomp') === '2',
    filters: countOf(status) - countOf(readStatus(process.pid)),
  };
}

const CAPABILITY_SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

function isBare(status: ReadonlyMap<string, string>): boolean {
  const alike = (name: string): boolean =>
    new Set(status.get(name)?.split(/\s+/) ?? ['', 'unknown']).size === 1;
  const empty = (name: string): boolean => /^0+$/.test(status.get(name) ?? '');
  return (
    alike('Uid') && alike('Gid') && status.get('Groups') === '' && CAPABILITY_SETS.every(empty)
  );
}

/** A kernel before 5.9 does not count filters; there it is told only whether there are any. */
function countOf(status: ReadonlyMap<string, string> | null): number {
  const counted = status?.get('Seccomp_filters');
  if (counted !== undefined) return Number(counted);
  return status?.get('Seccomp') === '0' ? 0 : Infinity;
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};

function signalCode(signal: string): number {
  return 128 + (SIGNALS[signal] ?? 0);
}
