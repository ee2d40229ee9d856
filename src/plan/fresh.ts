import { type Located, within } from './mounts.ts';
import type { FreshMemory } from './filesystem-types.ts';
import type { StepIdentity } from './types.ts';

interface Placed {
  readonly mounts: readonly Located[];
  readonly fresh: readonly FreshMemory[];
}

/**
 * What bubblewrap makes as root is root's, and often closed to everybody else. So where root builds, the
 * anteroom mounts the temporary file systems, as the step's, and bubblewrap only shows them; and what
 * leads to a mount is made open before it.
 */
export function placeForStep(
  mounts: readonly Located[],
  { byRoot }: StepIdentity,
  scratch: string,
): Placed {
  if (!byRoot) return { mounts, fresh: [] };
  const fresh: FreshMemory[] = [];
  const placed = mounts.map((mount): Located => {
    if (mount.kind !== 'tmpfs') return mount;
    const source = `${scratch}/fresh/${fresh.length}`;
    fresh.push({ source, mode: mount.mode, directories: waysIn(mount.target, mounts) });
    return { ...mount, source };
  });
  const ways = waysIn('', mounts)
    .map((way) => `/${way}`)
    .filter((way) => !mounts.some(({ target }) => within(way, target)))
    .map((target): Located => ({ kind: 'way', target }));
  return { mounts: [...ways, ...placed], fresh };
}

/** The directories of a place, relative to it and parents first, that lead to what is mounted in it. */
function waysIn(place: string, mounts: readonly Located[]): string[] {
  const ways = mounts
    .filter(({ target }) => target.startsWith(`${place}/`))
    .flatMap(({ target }) => {
      const names = target.slice(place.length + 1).split('/');
      return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'));
    });
  return [...new Set(ways)];
}
