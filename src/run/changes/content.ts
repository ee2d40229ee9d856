import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Entry, linkTarget } from './entries.ts';

const CHUNK = 256 * 1024;
/** Bytes that are read of each side in one run; a file past them counts as modified. */
const MOST_COMPARED = 2 ** 30;

/** Compares contents, up to a bound for all of them together. What cannot be compared is not the same. */
export function contentComparer(): (one: Buffer, other: Buffer, entry: Entry) => boolean {
  let left = MOST_COMPARED;
  const [mine, theirs] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  return (one, other, { kind, size }) => {
    if (kind === 'symlink') {
      const target = linkTarget(one);
      return target !== null && linkTarget(other)?.equals(target) === true;
    }
    left -= size;
    return left >= 0 && sameBytes(one, other, [mine, theirs]);
  };
}

function sameBytes(one: Buffer, other: Buffer, [mine, theirs]: [Buffer, Buffer]): boolean {
  const open: number[] = [];
  try {
    open.push(openPlain(one));
    open.push(openPlain(other));
    const [a = -1, b = -1] = open;
    for (let position = 0; ;) {
      const read = readSync(a, mine, 0, CHUNK, position);
      // Both are whole files that nobody writes: short reads come at their ends only.
      if (readSync(b, theirs, 0, CHUNK, position) !== read) return false;
      if (mine.compare(theirs, 0, read, 0, read) !== 0) return false;
      if (read < CHUNK) return true;
      position += read;
    }
  } catch {
    return false;
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

/** At most `room` bytes of a plain file; null where it cannot be read. */
export function bytesIn(path: Buffer, room: number): Buffer | null {
  let fd: number | null = null;
  try {
    fd = openPlain(path);
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, room));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function openPlain(path: Buffer): number {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}
