import type { Plan } from '../plan/types.ts';
import { type Share, shareDirectory } from '../tools/lock.ts';
import { makePublic } from '../tools/staging.ts';
import { isPlaceholder, makePlaceholder, removePlaceholder } from '../tools/placeholders.ts';
import type { Undo } from './undo.ts';

/**
 * Puts an empty directory where something guarded does not exist, so that there is something to mount
 * over; git, for one, takes no notice of it. Whoever takes one away also takes away every mount on it, in all sandboxes: so every
 * run has a share in the workspace for as long as it lasts, and only the last one cleans up.
 */
export async function placeGuards(plan: Plan, undo: Undo): Promise<void> {
  const { guards, records } = plan.filesystem;
  if (records !== null) makePublic(records);
  if (guards === null) return;
  const share = await shareDirectory(guards.workspace, plan.tools.flock);
  const made = new Set<string>();
  undo.push(async () => await clear(guards.placeholders, made, share));
  for (const path of guards.placeholders) {
    if (await makePlaceholder(path)) made.add(path);
  }
}

type Placeholders = NonNullable<Plan['filesystem']['guards']>['placeholders'];

/** From the inside out. Where nothing tells whether another run is there, they stay. */
async function clear(
  placeholders: Placeholders,
  made: ReadonlySet<string>,
  share: Share | null,
): Promise<void> {
  if (share === null) return;
  if (placeholders.length > 0 && (await share.alone())) {
    for (const path of placeholders.toReversed()) {
      if (made.has(path) || isPlaceholder(path)) removePlaceholder(path);
    }
  }
  share.close();
}
