import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs';

/** What a place is, as far as a change is told. */
export interface Entry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits, setuid and the like among them. */
  readonly mode: number;
  /** Bytes; 0 for what is no plain file. */
  readonly size: number;
  /** Of a device. */
  readonly rdev: bigint;
  /** How overlayfs marks what was deleted: a character device 0:0. */
  readonly isWhiteout: boolean;
  readonly ino: bigint;
  /** Nanoseconds. */
  readonly mtime: bigint;
  readonly ctime: bigint;
}

/** null: nothing is there. `unreadable`: nobody can say. */
export type Look = Entry | null | 'unreadable';

const SLASH = Buffer.from('/');

/** A path in bytes, because a name need not be UTF-8. */
export function at(directory: Buffer, name: Buffer): Buffer {
  if (name.length === 0) return directory;
  return directory.length === 0 ? name : Buffer.concat([directory, SLASH, name]);
}

export function look(path: Buffer): Look {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return null;
    const kind = stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'symlink'
          : 'other';
    return {
      kind,
      mode: Number(stats.mode & 0o7777n),
      size: kind === 'file' ? Number(stats.size) : 0,
      rdev: stats.rdev,
      isWhiteout: stats.isCharacterDevice() && stats.rdev === 0n,
      ino: stats.ino,
      mtime: stats.mtimeNs,
      ctime: stats.ctimeNs,
    };
  } catch {
    return 'unreadable'; // Shut, or too deep to have a path.
  }
}

/** In the order of their bytes; null where the directory cannot be listed. */
export function namesIn(directory: Buffer): Buffer[] | null {
  try {
    return readdirSync(directory, { encoding: 'buffer' }).sort((one, other) => one.compare(other));
  } catch {
    return null;
  }
}

/** The same with what each is, which costs less than looking at all of them. */
export function contentsOf(directory: Buffer): Dirent<Buffer>[] | null {
  try {
    const found = readdirSync(directory, { encoding: 'buffer', withFileTypes: true });
    return found.sort((one, other) => one.name.compare(other.name));
  } catch {
    return null;
  }
}

export function linkTarget(path: Buffer): Buffer | null {
  try {
    return readlinkSync(path, { encoding: 'buffer' });
  } catch {
    return null;
  }
}
