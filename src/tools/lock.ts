import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { GloveboxError } from '../base/errors.ts';

const PATIENCE_S = 10;
/** flock's own code for a lock that somebody else has. */
const TAKEN = 1;

/** A share in a directory, which ends with this process, however that ends. */
export interface Share {
  /** Whether nobody else has a share. From then on, and until `close`, nobody gets one. */
  alone(): Promise<boolean>;
  close(): void;
}

/** Takes a share in a directory; null where its file system knows no locks. Waits while somebody is alone. */
export async function shareDirectory(directory: string, flock: string): Promise<Share | null> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const code = await lock(flock, fd, ['--shared', '--timeout', String(PATIENCE_S)]);
  if (code === TAKEN) {
    closeSync(fd);
    throw new GloveboxError('setup-failed', `${directory} is locked by another process`, {
      remedy: 'find it with `lslocks`, or run in another directory',
    });
  }
  if (code !== 0) {
    closeSync(fd);
    return null;
  }
  return {
    alone: async () => (await lock(flock, fd, ['--exclusive', '--nonblock'])) === 0,
    close: () => closeSync(fd),
  };
}

/**
 * Has a directory for itself until `release` is called or this process ends; where its file system knows no
 * locks, without a lock. `taken`: somebody else had it for as many seconds as there is patience.
 */
export async function lockDirectory(
  directory: string,
  flock: string,
  patience: number,
): Promise<'taken' | { readonly release: () => void }> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const code = await lock(flock, fd, ['--exclusive', '--timeout', String(patience)]);
  if (code === TAKEN) closeSync(fd);
  return code === TAKEN ? 'taken' : { release: () => closeSync(fd) };
}

/** The lock belongs to the open file, so it stays with us when flock has ended. */
async function lock(flock: string, fd: number, how: readonly string[]): Promise<number | null> {
  if (!isAbsolute(flock)) return null; // None was found that no step could have rewritten.
  const child = spawn(flock, [...how, '3'], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } catch {
    return null; // There is no such program.
  }
}
