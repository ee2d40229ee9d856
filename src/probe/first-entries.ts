import { type Dirent, opendirSync } from 'node:fs';

const BUFFERED = 256;

/** At most so many entries of a directory, which may have a million; none of one that is not for us. */
export function firstEntries(directory: string, most: number): Dirent[] {
  const entries: Dirent[] = [];
  try {
    const opened = opendirSync(directory, { bufferSize: BUFFERED });
    while (entries.length < most) {
      const entry = opened.readSync();
      if (entry === null) break;
      entries.push(entry);
    }
    opened.closeSync();
  } catch {
    // Not for us, and so not for the step.
  }
  return entries;
}
