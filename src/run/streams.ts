import { chownSync, closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { GloveboxError } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import { execute } from '../tools/execute.ts';
import type { Undo } from './undo.ts';

const KNOCK_MS = 50;

/** The step's input and output: our ends, and the descriptors that it is started with. */
export interface Streams {
  readonly stdin: Socket;
  readonly stdout: Socket;
  /** null: it leaves through `stdout` as well. */
  readonly stderr: Socket | null;
  readonly childFds: readonly [number, number, number];
  /** To be called once the child has its own copies. */
  closeChildEnds(): void;
}

/**
 * Real pipes: what Node makes for a child are sockets, and `echo > /dev/stdout` fails on those.
 * Each is a fifo; only that of the input keeps its name.
 */
export async function openStreams(plan: Plan, oneOutput: boolean, undo: Undo): Promise<Streams> {
  const nameOf = (name: string): string => join(plan.scratch, name);
  const names = ['stdin', 'stdout', ...(oneOutput ? [] : ['stderr'])].map(nameOf);
  const made = await execute([plan.tools.mkfifo, '--mode=0600', '--', ...names]);
  if (made.code !== 0) {
    const reason = made.stderr.trim();
    throw new GloveboxError('setup-failed', `the step's pipes could not be made: ${reason}`);
  }
  const input = openBothEnds(nameOf('stdin'), plan);
  const output = openBothEnds(nameOf('stdout'), plan);
  const errors = oneOutput ? null : openBothEnds(nameOf('stderr'), plan);
  const childFds = [input.read, output.write, (errors ?? output).write] as const;
  const stdin = new Socket({ fd: input.write, readable: false, writable: true });
  const stdout = new Socket({ fd: output.read, readable: true, writable: false });
  const stderr =
    errors === null ? null : new Socket({ fd: errors.read, readable: true, writable: false });
  for (const name of names.slice(1)) unlinkSync(name);
  let knocking: NodeJS.Timeout | undefined;
  const keepKnocking = (): void => {
    knocking = setInterval(() => knock(nameOf('stdin')), KNOCK_MS).unref();
  };
  stdin.once('close', keepKnocking);
  let held = true;
  const closeChildEnds = (): void => {
    if (held) new Set(childFds).forEach((fd) => closeSync(fd));
    held = false;
  };
  // An open pipe would keep us from ending.
  undo.push(() => {
    stdin.off('close', keepKnocking);
    clearInterval(knocking);
    closeChildEnds();
    for (const end of [stdin, stdout, stderr]) end?.destroy();
  });
  return { stdin, stdout, stderr, childFds, closeChildEnds };
}

/**
 * A step that opens /dev/stdin by name once our end is closed would wait for another writer for good.
 * One that comes and goes at once shows it the end.
 */
function knock(name: string): void {
  try {
    closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody reads.
  }
}

/** Opened for both first, because either end alone would wait for the other. */
function openBothEnds(name: string, { identity }: Plan): { read: number; write: number } {
  // So that the step may open /dev/stdout, which is its own pipe again.
  if (identity.shed) chownSync(name, identity.uid, identity.gid);
  const both = openSync(name, constants.O_RDWR);
  const read = openSync(name, constants.O_RDONLY);
  const write = openSync(name, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}
