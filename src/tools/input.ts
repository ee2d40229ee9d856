import { closeSync, constants, fchmodSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** With O_DIRECTORY it is O_TMPFILE, for which Node has no name. */
const WITHOUT_A_NAME = 0o20_000_000;
const IN_ANY_OF = ['/dev/shm', tmpdir(), '/var/tmp'];

/**
 * A descriptor to read these bytes from: a file that never had a name, so nobody else can open it. What
 * Node calls a pipe is a socket, and nft 1.0.9 reads none. null where there is no such file to be had.
 */
export function openInput(bytes: string | Uint8Array): number | null {
  for (const directory of IN_ANY_OF) {
    try {
      return readable(directory, bytes);
    } catch {
      // Not there, full, or on a file system without such files.
    }
  }
  return null;
}

function readable(directory: string, bytes: string | Uint8Array): number {
  const { O_DIRECTORY, O_EXCL, O_RDWR } = constants;
  const file = openSync(directory, WITHOUT_A_NAME | O_DIRECTORY | O_EXCL | O_RDWR, 0o600);
  try {
    writeFileSync(file, bytes);
    // nft 0.9.8 opens its own input anew, and under root it is somebody else by then.
    fchmodSync(file, 0o444);
    // From the beginning, and nothing but to read.
    return openSync(`/proc/self/fd/${file}`, 'r');
  } finally {
    closeSync(file);
  }
}
