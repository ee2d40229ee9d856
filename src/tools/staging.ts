import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { ToolFile } from '../capabilities/tool-manifest.ts';
import { closedToRoot } from './ownership.ts';
import { treeProblem } from './trees.ts';

const PREFIX = '.glovebox-';
const ABANDONED_MS = 24 * 3600 * 1000;
const TRIES = 3;

/**
 * Lets `work` make something in a directory that lies in the first of these caches which takes it, and
 * takes the directory away again. Returns null, or why there is none where that worked.
 */
export async function inSomeCache(
  roots: readonly string[],
  work: (root: string, staging: string) => Promise<void>,
): Promise<string | null> {
  const reasons: string[] = [];
  for (const root of roots) {
    let staging: string | null = null;
    try {
      staging = openStaging(root);
      await work(root, staging);
      return null;
    } catch (error) {
      reasons.push(`${root}: ${messageOf(error)}`);
      if (!isAboutTheCache(error)) break;
    } finally {
      if (staging !== null) rmSync(staging, { recursive: true, force: true });
    }
  }
  return reasons.join('; ');
}

/** What would fail in every other cache as well. */
export class Unobtainable extends Error {}

function isAboutTheCache(error: unknown): boolean {
  return !(error instanceof Unobtainable);
}

function openStaging(root: string): string {
  makePublic(root);
  const problem = closedToRoot(root);
  if (problem !== null) throw new Error(problem);
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(PREFIX))) {
    // Another job may take its own away at this moment.
    const since = lstatSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > ABANDONED_MS)
      rmSync(join(root, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(root, PREFIX));
}

/**
 * Moves a finished directory to its place in one step: nobody ever finds half of it there. Another job
 * may be first; what it left is taken when it is what it should be, and moved out of the way otherwise.
 */
export function settle(
  from: string,
  to: string,
  files: readonly ToolFile[],
  staging: string,
): void {
  makePublic(dirname(to));
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      break;
    } catch (error) {
      // A symlink to nothing is in the way as well.
      if (attempt === TRIES || lstatSync(to, { throwIfNoEntry: false }) === undefined) throw error;
      if (treeProblem(to, files) === null) break;
      rmSync(`${to}.complete`, { recursive: true, force: true });
      renameSync(to, join(staging, `replaced-${attempt}`));
    }
  }
  // Anew, and not through a symlink that somebody left there.
  const marked = join(staging, 'complete');
  writeFileSync(marked, '');
  renameSync(marked, `${to}.complete`);
}

/** A directory, with all on the way to it that is not there yet, which everybody may list whatever the umask. */
export function makePublic(directory: string): void {
  if (existsSync(directory)) return;
  makePublic(dirname(directory));
  try {
    mkdirSync(directory);
    chmodSync(directory, 0o755);
  } catch (error) {
    // Another job may have been first.
    if (!existsSync(directory)) throw error;
  }
}
