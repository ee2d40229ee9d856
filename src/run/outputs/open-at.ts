import {
  type BigIntStats,
  type Stats,
  closeSync,
  constants,
  lstatSync,
  opendirSync,
  openSync,
  unlinkSync,
  chmodSync,
  rmdirSync,
} from 'node:fs';

/**
 * Bytes of a name or of a path relative to some directory, one character for each: the kernel does not
 * ask for UTF-8. {@link textOf} is what a person reads.
 */
export type Raw = string;

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const OTHERS_WRITE = 0o022;
/** Names a place without a right to read it; Node has no word for it. */
const O_PATH = 0o10000000;
/** Whatever has come to stand there, opening it neither follows nor waits. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A name in a directory that is open: by way of /proc the kernel starts at the descriptor, and not at
 * a path that somebody could have changed. With one name at a time, no symlink is ever on the way.
 */
export function at(directory: number, name: Raw): Buffer {
  return Buffer.from(`/proc/self/fd/${directory}/${name}`, 'latin1');
}

export function textOf(raw: Raw): string {
  return Buffer.from(raw, 'latin1').toString();
}

/** Throws where it is no directory, or a symlink to one. */
export function openDirectory(directory: number, name: Raw): number {
  return openSync(at(directory, name), DIRECTORY);
}

/** Also of one that its owner must not read. Throws where it is no directory, or a symlink to one. */
export function setDirectoryMode(directory: number, name: Raw, mode: number): void {
  using(openSync(at(directory, name), DIRECTORY | O_PATH), (open) =>
    chmodSync(`/proc/self/fd/${open}`, mode),
  );
}

/** The directory itself may be reached through symlinks of ours, but must not be one. */
export function openRoot(path: string): number {
  return openSync(path, DIRECTORY);
}

export function openFile(directory: number, name: Raw): number {
  return openSync(at(directory, name), FILE);
}

/** null where there is nothing. */
export function lookAt(directory: number, name: Raw): BigIntStats | null {
  return lstatSync(at(directory, name), { bigint: true, throwIfNoEntry: false }) ?? null;
}

/** One after the other, because a directory may have a million of them. */
export function* namesIn(directory: number): Generator<Raw> {
  const listing = opendirSync(`/proc/self/fd/${directory}`, {
    encoding: 'latin1',
    bufferSize: 1024,
  });
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync())
      yield entry.name;
  } finally {
    listing.closeSync();
  }
}

/** Nobody else could have written it. */
export function isOnlyOurs({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & OTHERS_WRITE) === 0;
}

/** Gives `use` the directory, and closes it in any case. */
export function using<T>(directory: number, use: (directory: number) => T): T {
  try {
    return use(directory);
  } finally {
    closeSync(directory);
  }
}

/** The directory that a path lies in, opened name by name, and the path's last name. */
export function inParent<T>(root: number, path: Raw, use: (directory: number, name: Raw) => T): T {
  const [name = '', ...rest] = path.split('/');
  if (rest.length === 0) return use(root, name);
  return using(openDirectory(root, name), (inner) => inParent(inner, rest.join('/'), use));
}

/** Takes away whatever is there; its owner may have been shut out of it. */
export function removeTree(directory: number, name: Raw): void {
  const found = lookAt(directory, name);
  if (found === null) return;
  if (!found.isDirectory()) {
    unlinkSync(at(directory, name));
    return;
  }
  setDirectoryMode(directory, name, 0o700);
  using(openDirectory(directory, name), (inner) => {
    for (const one of [...namesIn(inner)]) removeTree(inner, one);
  });
  rmdirSync(at(directory, name));
}
