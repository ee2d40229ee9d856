import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { openInput } from './input.ts';

export interface Executed {
  /** null when a signal ended it or it never started. */
  readonly code: number | null;
  readonly stdout: string;
  /** What the program said, or why it could not be started. */
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly stdin?: string | Uint8Array;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
  /** Where it runs; our own directory where none is given. */
  readonly directory?: string;
  /** Empty where none is given. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Far more than any says that does its work. */
const MOST_BYTES = 64 * 1024 * 1024;
/** How long what a program left behind may keep its output open. */
const LAST_WORDS_MS = 500;

/**
 * Runs a system program to its end with the environment that is given, in a session of its own so that a
 * Ctrl-C at the terminal reaches only us. Never throws: a failure is told in `stderr`. What the program
 * leaves behind is killed: bubblewrap's child, for one, waits for good when its parent dies too early.
 */
export async function execute(
  argv: readonly string[],
  options: ExecuteOptions = {},
): Promise<Executed> {
  const [program = '', ...args] = argv;
  const { stdin } = options;
  const input = stdin === undefined ? 'ignore' : (openInput(stdin) ?? 'pipe');
  const ended = new Promise<Executed>((resolve) => {
    const child = spawn(program, args, {
      env: options.environment ?? {},
      cwd: options.directory,
      detached: true,
      stdio: [input, 'pipe', 'pipe'],
      timeout: options.timeout ?? 20_000,
      killSignal: 'SIGKILL',
    });
    child.once('error', (error) => resolve({ code: null, stdout: '', stderr: error.message }));
    // Where no pipe could be made, there is not even one to listen at.
    const group = child.pid;
    if (group === undefined) return;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let heard = 0;
    for (const [stream, chunks] of [
      [child.stdout, stdout],
      [child.stderr, stderr],
    ] as const)
      stream?.on('data', (chunk: Buffer) => {
        heard += chunk.length;
        if (heard <= MOST_BYTES) chunks.push(chunk);
        else child.kill('SIGKILL');
      });
    child.stdin?.on('error', () => {
      // The program ended without reading all of it; its exit tells the rest.
    });
    child.stdin?.end(stdin);
    const killGroup = (): void => {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // Nothing of it is left.
      }
    };
    let lingering: NodeJS.Timeout | undefined;
    child.once('exit', () => {
      lingering = setTimeout(() => {
        killGroup();
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LAST_WORDS_MS);
    });
    child.once('close', (code, signal) => {
      clearTimeout(lingering);
      // What went on with other streams than ours.
      killGroup();
      const said = Buffer.concat(stderr).toString();
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: signal === null ? said : `${said}ended by ${signal}`,
      });
    });
  });
  // The program has its own.
  if (typeof input === 'number') closeSync(input);
  return await ended;
}
