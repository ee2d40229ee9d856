import { lstat } from 'node:fs/promises';
import { GloveboxError } from '../base/errors.ts';
import { within } from '../plan/mounts.ts';
import type { Plan } from '../plan/types.ts';
import type { Room } from '../tools/room.ts';

/**
 * An earlier step may have left a symlink in its layer where something is to be mounted. bubblewrap
 * would follow it, out of the sandbox that it is still building, and make what is missing there.
 */
export async function refuseDetours({ filesystem }: Plan, { pid }: Room): Promise<void> {
  const { overlay, mounts } = filesystem;
  if (overlay === null) return;
  const below = mounts
    .flatMap((mount) => ('target' in mount ? [mount.target] : []))
    .filter((target) => target !== overlay.lower && within(target, overlay.lower));
  for (const target of below) {
    const names = target.slice(overlay.lower.length + 1).split('/');
    for (const [index] of names.entries()) {
      const path = names.slice(0, index + 1).join('/');
      if (!(await isSymlink(`/proc/${pid}/root${overlay.merged}/${path}`))) continue;
      throw new GloveboxError(
        'setup-failed',
        `nothing can be mounted at ${target}: an earlier step has put a symlink at ${path}`,
        { remedy: 'have the earlier step leave that path alone' },
      );
    }
  }
}

async function isSymlink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
