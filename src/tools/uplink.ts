import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The process that carries packets between the namespaces and the host's network. */
export interface Uplink {
  /** Host pid. */
  readonly pid: number;
  /** Settles when it has ended, whoever ended it. */
  readonly gone: Promise<void>;
  readonly close: () => Promise<void>;
}

/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
export const UPLINK_FDS = { ready: 3, exit: 4 } as const;

const ATTACHES_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 1000;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;

/** Starts slirp4netns and waits until it is attached. Throws what it said where it did not attach. */
export async function openUplink(argv: readonly string[]): Promise<Uplink> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said.push(Buffer.from(error.message));
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const uplink = { pid: child.pid ?? 0, gone, close: async () => await close(child, gone) };
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<boolean>((resolve) =>
    child.stdio[UPLINK_FDS.ready]?.once('data', () => resolve(true)),
  );
  const attached = await Promise.race([
    ready,
    gone.then(() => false),
    sleep(ATTACHES_WITHIN_MS, false, { ref: false }),
  ]);
  if (attached) return uplink;
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  await uplink.close();
  const reason = Buffer.concat(said).toString().trim().split('\n').at(-1) ?? '';
  throw new Error(reason || 'it did not answer');
}

/** It ends when its exit descriptor is closed, which also happens when we die. */
async function close(child: ChildProcess, gone: Promise<void>): Promise<void> {
  const pipe = child.stdio[UPLINK_FDS.exit];
  if (pipe !== null && pipe !== undefined && 'destroy' in pipe) pipe.destroy();
  await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
  child.stderr?.destroy();
}
