import { closeSync, constants, type Dirent, openSync, opendirSync } from 'node:fs';
import type { OutputMatcher } from '../../plan/output-matcher.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** A look must not take long, whatever the step has made. */
const MOST_DIRECTORIES = 500;
const MOST_ENTRIES = 10_000;

/** Opens a directory, by way of one that is open: no symlink is followed, whenever it is put there. */
export function openDirectory(path: string): number | null {
  return opened(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Opens a file; also a fifo that nobody writes does not keep us waiting. */
export function openFile(path: string): number | null {
  return opened(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** The path of a name in an open directory. */
export function beneath(directory: number, name: string): string {
  return `/proc/self/fd/${directory}/${name}`;
}

/** Calls `found` with each path that is meant and what it can be opened by. */
export function walk(
  root: { readonly fd: number; readonly path: string },
  matcher: OutputMatcher,
  isElsewhere: (path: string) => boolean,
  found: (path: string, file: string) => void,
): void {
  const left = { directories: MOST_DIRECTORIES, entries: MOST_ENTRIES };
  const into = (fd: number, above: string): void => {
    left.directories -= 1;
    for (const entry of entriesOf(fd, left)) {
      const path = above === '' ? entry.name : `${above}/${entry.name}`;
      if (isElsewhere(path) || matcher.keptBack(path) !== null) continue;
      if (entry.isFile() && matcher.meaning(path).length > 0) found(path, beneath(fd, entry.name));
      if (!entry.isDirectory() || !matcher.mayHold(path) || left.directories <= 0) continue;
      const inner = openDirectory(beneath(fd, entry.name));
      if (inner === null) continue;
      try {
        into(inner, path);
      } finally {
        closeSync(inner);
      }
    }
  };
  into(root.fd, root.path);
}

function entriesOf(fd: number, left: { entries: number }): Dirent[] {
  const entries: Dirent[] = [];
  try {
    const directory = opendirSync(`/proc/self/fd/${fd}`, { bufferSize: 256 });
    while (left.entries > 0) {
      const entry = directory.readSync();
      if (entry === null) break;
      left.entries -= 1;
      entries.push(entry);
    }
    directory.closeSync();
  } catch {
    // The step shut it, or took it away.
  }
  return entries;
}

function opened(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch {
    return null; // It went, became a symlink, or is not for us.
  }
}
