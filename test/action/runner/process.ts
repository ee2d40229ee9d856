import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { constants as osConstants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disk, Identity } from './disk.ts';
import { LineReader } from './lines.ts';
import type { Line } from './step.ts';

/** How long the runner waits, in milliseconds. */
export interface Patience {
  /** After SIGINT, before SIGTERM. */
  readonly interrupt: number;
  /** After SIGTERM, before SIGKILL. */
  readonly terminate: number;
  /** After the end of the process, for a descendant that holds its output open. */
  readonly streams: number;
}

export const RUNNERS_PATIENCE: Patience = { interrupt: 7500, terminate: 2500, streams: 5000 };

export interface Launch {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly identity: Identity | null;
  readonly disk: Disk;
  readonly patience: Patience;
  readonly onLine: (line: Line) => void;
}

interface End {
  /** 128 and the signal's number when one ended it; null when it could not be started. */
  readonly code: number | null;
  readonly problem: string | null;
}

export interface Launched {
  /** 0 when it could not be started. */
  readonly pid: number;
  /** Settles when the runner goes on to the next step. Never rejects. */
  readonly ended: Promise<End>;
  /** SIGINT, then SIGTERM, then SIGKILL; on Linux the runner sends each to this process alone. */
  cancel(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a process as the runner does: on real pipes, with nothing to read. */
export function launch(options: Launch): Launched {
  const pipes = openPipes(options.disk);
  const [program, ...args] = options.argv;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [pipes.stdin, pipes.stdout.write, pipes.stderr.write],
    ...(options.identity !== null && { uid: options.identity.uid, gid: options.identity.gid }),
  });
  for (const fd of [pipes.stdin, pipes.stdout.write, pipes.stderr.write]) closeSync(fd);
  const output = readBoth(pipes.stdout.read, pipes.stderr.read, options.onLine);
  const exited = new Promise<End>((resolve) => {
    child.once('error', (error) => resolve({ code: null, problem: error.message }));
    child.once('exit', (code, signal) => {
      resolve({ code: signal === null ? code : 128 + osConstants.signals[signal], problem: null });
    });
  });
  const ended = exited.then(async (result) => {
    await within(output.done, options.patience.streams);
    output.close();
    return result;
  });
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  const cancel = async (): Promise<void> => {
    kill('SIGINT');
    if (await within(ended, options.patience.interrupt)) return;
    kill('SIGTERM');
    if (await within(ended, options.patience.terminate)) return;
    kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid ?? 0, ended, cancel, kill };
}

/** Kills what a job left running: everything that carries its mark in the environment. */
export function killMarked(mark: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMarked(name, mark));
  for (const pid of pids) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return pids.map(Number);
}

function isMarked(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
  } catch {
    return false;
  }
}

interface Pipes {
  readonly stdin: number;
  readonly stdout: Ends;
  readonly stderr: Ends;
}

interface Ends {
  readonly read: number;
  readonly write: number;
}

/** What Node makes for a child are sockets, and those cannot be opened again as /dev/stdout. */
function openPipes(disk: Disk): Pipes {
  const directory = mkdtempSync(join(tmpdir(), 'pipes-'));
  try {
    const names = ['stdin', 'stdout', 'stderr'].map((name) => join(directory, name));
    const { status, stderr } = spawnSync('mkfifo', names);
    if (status !== 0) throw new Error(`mkfifo: ${String(stderr)}`);
    const [stdin, stdout, stderrEnds] = names.map((name) => {
      disk.own(name);
      return openEnds(name);
    });
    if (stdin === undefined || stdout === undefined || stderrEnds === undefined) {
      throw new Error('a pipe is missing');
    }
    closeSync(stdin.write);
    return { stdin: stdin.read, stdout, stderr: stderrEnds };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Opened for both first, because either end alone would wait for the other. */
function openEnds(name: string): Ends {
  const both = openSync(name, constants.O_RDWR);
  const read = openSync(name, constants.O_RDONLY);
  const write = openSync(name, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}

/** Lines in the runner's order: of what has come in, that of stderr is looked at first. */
function readBoth(
  stdoutFd: number,
  stderrFd: number,
  onLine: (line: Line) => void,
): { done: Promise<unknown>; close(): void } {
  const waiting: Record<Line['stream'], string[]> = { stdout: [], stderr: [] };
  const drain = (): void => {
    for (const stream of ['stderr', 'stdout'] as const) {
      for (const text of waiting[stream].splice(0)) onLine({ stream, text });
    }
  };
  const read = async (stream: Line['stream'], socket: Socket): Promise<void> => {
    const reader = new LineReader();
    const take = (lines: readonly string[]): void => {
      waiting[stream].push(...lines);
      setImmediate(drain);
    };
    socket.on('data', (chunk: Buffer) => take(reader.push(chunk)));
    socket.on('error', () => socket.destroy());
    await once(socket, 'close');
    take(reader.end());
  };
  const stdout = new Socket({ fd: stdoutFd, readable: true, writable: false });
  const stderr = new Socket({ fd: stderrFd, readable: true, writable: false });
  const done = Promise.all([read('stdout', stdout), read('stderr', stderr)]).then(drain);
  const close = (): void => {
    stdout.destroy();
    stderr.destroy();
    drain();
  };
  return { done, close };
}

/** Whether it settled in this many milliseconds. */
async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const clock = new AbortController();
  const late = delay(milliseconds, false, { signal: clock.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  clock.abort();
  return inTime;
}
