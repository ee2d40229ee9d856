import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Strangers } from '../plan/site.ts';
import { firstEntries } from './first-entries.ts';

/** Looking at one costs some microseconds, and the step waits. */
const MOST_LOOKED_AT = 1000;
const MOST_NAMED = 5;

/** Looks, level by level, for what in a directory belongs to somebody else. Goes into nothing of theirs. */
export function findStrangers(directory: string, isOwn: (stats: Stats) => boolean): Strangers {
  const found: string[] = [];
  let left = MOST_LOOKED_AT;
  let level = [''];
  while (level.length > 0 && left > 0) {
    const next: string[] = [];
    for (const above of level) {
      for (const { name } of firstEntries(join(directory, above), left)) {
        left -= 1;
        const path = join(above, name);
        const stats = statsOf(join(directory, path));
        if (stats === null) continue;
        if (!isOwn(stats)) found.push(path);
        else if (stats.isDirectory()) next.push(path);
      }
    }
    level = next;
  }
  return {
    named: found.slice(0, MOST_NAMED).toSorted(),
    more: found.length > MOST_NAMED,
    all: left > 0,
  };
}

/** null where the name is no text, or the path too long. */
function statsOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}
