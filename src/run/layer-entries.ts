import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerEntry, OverlayPlan } from '../plan/filesystem-types.ts';

/**
 * Those that the step's own layer must have: of what the host has, and the step is not to see, what no
 * earlier layer covers. One may have been made when it was to be seen, or was not there yet. `before` is
 * where the step's view without its own layer can be read.
 */
export function uncovered({ entries, lower }: OverlayPlan, before: string): readonly LayerEntry[] {
  const open = entries.filter(
    ({ path, content }) => content !== null && isSame(join(before, path), join(lower, path)),
  );
  return entries.filter(
    (entry) => open.includes(entry) || open.some(({ path }) => path.startsWith(`${entry.path}/`)),
  );
}

function isSame(one: string, other: string): boolean {
  try {
    return lstatSync(one).isFile() && readFileSync(one).equals(readFileSync(other));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
