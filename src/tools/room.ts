import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolCommands } from '../capabilities/facts.ts';
import { GloveboxError } from '../base/errors.ts';
import { execute } from './execute.ts';

const ANSWER_WITHIN_MS = 20_000;
/** Where nobody reaps orphans, as in many containers, the kernel may keep an ended room for good. */
const ENDS_WITHIN_MS = 5000;

/**
 * Namespaces that are kept open by a process which does nothing but wait for our end of a pipe to
 * close. When we die, however we die, the kernel closes the pipe, the process ends, and the kernel
 * kills everything that runs in its pid namespace.
 */
export interface Room {
  /** Host pid of a process that is in the namespaces. */
  readonly pid: number;
  /** The argv that runs `argv` inside. */
  readonly enter: (argv: readonly string[]) => string[];
  /** The same, but on the host's network: what runs there ends with the room. */
  readonly enterOnHostNetwork: (argv: readonly string[]) => string[];
  /** Settles when the room is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Ends the room and everything in it. */
  readonly close: () => Promise<void>;
}

/** Whom a root supervisor becomes. */
export interface Shed {
  readonly uid: number;
  readonly gid: number;
  /** Not at once: there is no user namespace to be had, so it makes the others as root first. */
  readonly byRoot: boolean;
}

/**
 * Mount namespace for a root supervisor, in which it prepares what the step's uid may not: it lasts
 * only until the holder has its copy.
 */
export async function openAnteroom(tools: ToolCommands): Promise<Room> {
  const argv = [tools.unshare, '--mount', '--propagation', 'private', '--', tools.cat];
  const enter: Entering = (pid, inner) => [
    tools.nsenter,
    `--mount=/proc/${pid}/ns/mnt`,
    '--',
    ...inner,
  ];
  return await open(argv, { enter, enterOnHostNetwork: enter });
}

/**
 * The namespaces that own the step's network and mounts, and that every process of it lives in.
 * Where egress cannot be had and the run goes on all the same, the network is the host's: not a
 * namespace without a way out that looks like one with it.
 */
export async function openHolder(
  tools: ToolCommands,
  anteroom: Room | null,
  shed: Shed | null,
  network: 'own' | 'host' = 'own',
): Promise<Room> {
  const byRoot = shed?.byRoot ?? false;
  const unshare = [
    tools.unshare,
    ...(byRoot ? [] : ['--user', '--map-root-user']),
    ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...(network === 'own' ? ['--net'] : []),
    '--',
    ...(byRoot ? powerlessPrefix(tools) : []),
    tools.cat,
  ];
  const shedding = shed === null || byRoot ? [] : shedPrefix(tools, shed);
  const argv = [...shedding, ...unshare];
  const entering = (pid: number, net: 'own' | 'host', inner: readonly string[]): string[] => [
    ...shedding,
    tools.nsenter,
    // setgroups is denied in the holder's user namespace.
    ...(byRoot ? [] : ['--preserve-credentials', `--user=/proc/${pid}/ns/user`]),
    `--mount=/proc/${pid}/ns/mnt`,
    ...(net === 'own' ? [`--net=/proc/${pid}/ns/net`] : []),
    `--pid=/proc/${pid}/ns/pid_for_children`,
    '--',
    ...inner,
  ];
  return await open(anteroom === null ? argv : anteroom.enter(argv), {
    enter: (pid, inner) => entering(pid, network, inner),
    enterOnHostNetwork: (pid, inner) => entering(pid, 'host', inner),
  });
}

/** A user namespace of root's that nobody lives in, to say whose files are whose. */
export async function openUserNamespace(tools: ToolCommands): Promise<Room> {
  const enter: Entering = (_, inner) => [...inner];
  return await open([tools.unshare, '--user', '--', tools.cat], {
    enter,
    enterOnHostNetwork: enter,
  });
}

/** A root supervisor opens the tunnel device for the step's uid, in the anteroom's mounts only. */
export async function offerTun(anteroom: Room, tools: ToolCommands): Promise<void> {
  // Where it is open already: not in every container root may make devices.
  const known = await stat('/dev/net/tun').catch(() => null);
  if (((known?.mode ?? 0) & 0o006) === 0o006) return;
  await execute(
    anteroom.enter([tools.mount, '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', '/dev/net']),
  );
  await execute(anteroom.enter([tools.mknod, '-m', '0666', '/dev/net/tun', 'c', '10', '200']));
}

/** Keeps root's uid, because with another the kernel forgets `--kill-child`, and nothing else of it. */
function powerlessPrefix(tools: ToolCommands): string[] {
  return [tools.setpriv, '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--'];
}

/** Gives up root for good. */
export function shedPrefix(tools: ToolCommands, { uid, gid }: Pick<Shed, 'uid' | 'gid'>): string[] {
  return [
    tools.setpriv,
    '--reuid',
    String(uid),
    '--regid',
    String(gid),
    '--clear-groups',
    '--inh-caps=-all',
    '--',
  ];
}

type Entering = (pid: number, argv: readonly string[]) => string[];

async function open(
  argv: readonly string[],
  { enter, enterOnHostNetwork }: Record<'enter' | 'enterOnHostNetwork', Entering>,
): Promise<Room> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env: {}, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => {
    // It is gone already; `gone` tells.
  });
  await answers(child);
  const pid = child.pid ?? 0;
  return {
    pid,
    enter: (inner) => enter(pid, inner),
    enterOnHostNetwork: (inner) => enterOnHostNetwork(pid, inner),
    gone,
    close: async () => {
      child.stdin.destroy();
      await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
      letGo(child);
    },
  };
}

/** Whatever becomes of it, it does not keep us from ending. */
function letGo(child: ChildProcessWithoutNullStreams): void {
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
}

/** The room is ready when `cat`, started after all namespaces were made, echoes a line. */
async function answers(child: ChildProcessWithoutNullStreams): Promise<void> {
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.write('\n');
  const echo = once(child.stdout, 'data').then(() => null);
  const failure = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () =>
      resolve(Buffer.concat(said).toString().trim() || 'it ended without a word'),
    );
  });
  let hung: NodeJS.Timeout | undefined;
  const silence = new Promise<string>((resolve) => {
    hung = setTimeout(() => resolve('they did not answer'), ANSWER_WITHIN_MS);
  });
  const problem = await Promise.race([echo, failure, silence]);
  clearTimeout(hung);
  if (problem !== null) {
    child.stdin.destroy();
    child.kill('SIGKILL');
    letGo(child);
    throw new GloveboxError('setup-failed', `the namespaces could not be created: ${problem}`);
  }
}
