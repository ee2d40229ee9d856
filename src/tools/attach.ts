import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What carries packets between the namespaces and the host's network. */
export interface Uplink {
  /** Settles when it has ended, whoever ended it. */
  readonly gone: Promise<void>;
  readonly close: () => Promise<void>;
}

/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
const SLIRP_FDS = { ready: 3, exit: 4 } as const;

const ATTACHES_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 1000;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;

/** Starts slirp4netns and waits until it says that it is attached. */
export async function attachSlirp(argv: readonly string[]): Promise<Uplink> {
  return await attach(argv, { input: 'ignore', further: ['pipe', 'pipe'] }, async (child) => {
    await new Promise((resolve) => child.stdio[SLIRP_FDS.ready]?.once('data', resolve));
  });
}

/** Starts a program and waits until it is attached, or has ended. */
export async function attach(
  argv: readonly string[],
  /** Its standard input, and what it has besides descriptors 0 to 2. */
  { input, further }: { readonly input: 'ignore' | number; readonly further: readonly 'pipe'[] },
  isAttached: (child: ChildProcess, isOver: () => boolean) => Promise<void>,
): Promise<Uplink> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env: {},
    detached: true,
    stdio: [input, 'ignore', 'pipe', ...further],
  });
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  let over = false;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said.push(Buffer.from(error.message));
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const attached = await Promise.race([
    isAttached(child, () => over).then(() => true),
    gone.then(() => false),
    sleep(ATTACHES_WITHIN_MS, false, { ref: false }),
  ]);
  over = true;
  const uplink = { gone, close: async () => await close(child, gone) };
  if (attached) return uplink;
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  await uplink.close();
  throw new Error(lastWords(Buffer.concat(said).toString()));
}

/** pasta complains of a missing system log after each of its own lines. */
function lastWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => line !== '' && !line.endsWith(' bytes to syslog')) ??
    'it did not answer'
  );
}

/** What has no descriptor to be ended by ends with the holder. */
async function close(child: ChildProcess, gone: Promise<void>): Promise<void> {
  const pipe = child.stdio[SLIRP_FDS.exit];
  if (pipe !== null && pipe !== undefined && 'destroy' in pipe) {
    pipe.destroy();
    await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
  }
  child.stderr?.destroy();
  child.unref();
}
