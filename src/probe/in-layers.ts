import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { PathKind } from '../plan/site.ts';

/**
 * What layers, the newest first, have at a path relative to the workspace; `missing` where they took it away,
 * undefined where they have nothing.
 */
export function kindInLayers(path: string, layers: readonly string[]): PathKind | undefined {
  for (const layer of layers) {
    try {
      const stats = lstatSync(join(layer, path));
      // How overlayfs marks what was deleted.
      if (stats.isCharacterDevice() && stats.rdev === 0) return 'missing';
      return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') return 'missing';
      // A directory that is shut may have it.
      if (code !== 'ENOENT') return 'other';
    }
  }
  return undefined;
}
