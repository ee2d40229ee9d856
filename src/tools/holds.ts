import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './processes.ts';

/**
 * What jobs of this user have opened on this machine, a file for each job, so that the last of them takes
 * back what several rest on. A job is the runner's process that all uses of the action in it come from.
 */
export interface Hold {
  /** Pid and start time, as the file's name tells them. */
  readonly name: string;
  readonly words: readonly string[];
  /** False: its job was killed before it took anything back. */
  readonly living: boolean;
}

const NAME = /^(\d+)-(\d+)$/;

/** The job that a process is of. */
export function holdName(pid: number): string {
  return `${pid}-${startOf(pid) ?? 0}`;
}

export function readHolds(directory: string): Hold[] {
  return namesIn(directory).flatMap((name) => {
    const [, pid, startedAt] = NAME.exec(name) ?? [];
    if (pid === undefined) return [];
    const words = wordsIn(join(directory, name));
    return [{ name, words, living: startOf(Number(pid)) === startedAt }];
  });
}

/** From here on the job of that name rests on these, and so does whoever comes while it lives. */
export function takeHold(directory: string, name: string, words: readonly string[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, name), words.map((word) => `${word}\n`).join(''), { mode: 0o600 });
}

/** Ends a job's hold. Returns what is now to be taken back: nothing while another job lives that has one. */
export function letGo(directory: string, name: string): string[] {
  const holds = readHolds(directory);
  rmSync(join(directory, name), { force: true });
  if (holds.some((hold) => hold.living && hold.name !== name)) return [];
  for (const dead of holds) rmSync(join(directory, dead.name), { force: true });
  return [...new Set(holds.flatMap(({ words }) => words))];
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function wordsIn(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((word) => word !== '');
  } catch {
    return []; // Its job ended meanwhile.
  }
}
