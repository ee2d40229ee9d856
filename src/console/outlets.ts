import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { GloveboxError, messageOf } from '../base/errors.ts';

/** A file that is opened before the step runs and written after it. */
export interface Outlet {
  write(text: string): void;
  /** Takes the file away again: there is nothing to write. */
  abandon(): void;
}

/**
 * Opens the file now, because what lies at its path afterwards may be the step's doing: a symlink to
 * a file that only we may write, say. `fresh` takes an earlier run's file away first.
 */
export function openOutlet(file: string, how: 'fresh' | 'append', workspace = '.'): Outlet {
  return orExplain(file, () => {
    for (const place of ['.', workspace]) refuseDetour(file, resolve(place));
    const special = isSpecial(file);
    if (how === 'fresh' && !special) rmSync(file, { force: true });
    const fd = openSync(file, flagsFor(how, special), 0o644);
    return {
      write: (text) =>
        orExplain(file, () => {
          if (!special && !isStill(file, fd)) throw new Error('it was replaced while the step ran');
          for (let rest = Buffer.from(text); rest.length > 0;)
            rest = rest.subarray(writeSync(fd, rest));
          closeSync(fd);
        }),
      abandon: () => {
        if (how === 'fresh' && !special && isStill(file, fd)) rmSync(file, { force: true });
        closeSync(fd);
      },
    };
  });
}

function flagsFor(how: 'fresh' | 'append', special: boolean): number {
  const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_WRONLY } = constants;
  // Open for both, a fifo that nobody reads does not keep us waiting.
  if (special) return O_RDWR | O_APPEND;
  return O_WRONLY | O_CREAT | O_NOFOLLOW | (how === 'fresh' ? O_EXCL : O_APPEND);
}

/** What the system has for it, such as /dev/stdout, is a symlink; any other one could lead to a disk. In /dev/shm anybody makes them. */
const SYSTEM_LINK = /^\/(?:dev\/(?!shm\/)|proc\/)/;

/** Pipes, terminals and the like stay what they are. */
function isSpecial(file: string): boolean {
  const look = SYSTEM_LINK.test(resolve(file)) ? statSync : lstatSync;
  const stats = look(file, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) return false;
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** A symlink in the workspace must not choose which directory is written to. */
function refuseDetour(file: string, here: string): void {
  const directory = resolve(dirname(file));
  if (!directory.startsWith(`${here}/`)) return;
  const wanted = join(realpathSync(here), directory.slice(here.length + 1));
  if (realpathSync(directory) !== wanted)
    throw new Error('its directory is reached through a symlink');
}

function isStill(file: string, fd: number): boolean {
  const there = lstatSync(join(realpathSync(dirname(file)), basename(file)), {
    throwIfNoEntry: false,
  });
  const ours = fstatSync(fd);
  return there?.ino === ours.ino && there.dev === ours.dev;
}

function orExplain<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof GloveboxError) throw error;
    throw new GloveboxError('report-unwritable', `${file} cannot be written: ${messageOf(error)}`, {
      cause: error,
      remedy:
        'name a file in a directory that exists, can be written, and that the step cannot change',
    });
  }
}
