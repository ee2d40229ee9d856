import { lstatSync, mkdirSync, readdirSync, rmdirSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { GloveboxError, messageOf } from '../base/errors.ts';

/** Seconds. What is empty and of this very time is one of ours, also of a run that was killed. */
const MARK = 1_735_159_670;
/** How long another run may take to mark what it has made. */
const MARKED_WITHIN_MS = 500;
const PAUSE_MS = 20;

/** Whether there is nothing at a path but a placeholder. */
export function isPlaceholder(path: string): boolean {
  try {
    const stats = lstatSync(path);
    const marked = stats.isDirectory() && Math.floor(stats.mtimeMs / 1000) === MARK;
    return marked && readdirSync(path).length === 0;
  } catch {
    return false; // Nothing is there, or it is not for us.
  }
}

/** Makes one, or takes over another run's. Never follows a symlink. Whether it is a new one. */
export async function makePlaceholder(path: string): Promise<boolean> {
  try {
    mkdirSync(path, { mode: 0o755 });
    utimesSync(path, MARK, MARK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      await becomesPlaceholder(path);
      return false;
    }
    throw new GloveboxError(
      'setup-failed',
      `${path} does not exist, and nothing can be put in its place to keep the step from making it: ${messageOf(error)}`,
      { cause: error, remedy: 'use another filesystem.mode' },
    );
  }
}

async function becomesPlaceholder(path: string): Promise<void> {
  for (let waited = 0; !isPlaceholder(path); waited += PAUSE_MS) {
    if (waited >= MARKED_WITHIN_MS)
      throw new GloveboxError(
        'setup-failed',
        `${path} came into being while the sandbox was being built`,
        { remedy: 'run again' },
      );
    await sleep(PAUSE_MS);
  }
}

/** Takes one away; what is no longer empty stays. */
export function removePlaceholder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Somebody put something in it, or took it away.
  }
}
