import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../plan/types.ts';
import type { Changes } from '../observations.ts';
import type { Rooms } from '../rooms.ts';
import { compareViews } from './walk.ts';

/** What the step did to the workspace. To be called when nothing of it runs any more, with its mounts in place. */
export async function readChanges(plan: Plan, rooms: Rooms): Promise<Changes | null> {
  const { overlay } = plan.filesystem;
  if (overlay === null || overlay.upper === null) return null;
  const inHolder = (path: string): string => join(`/proc/${rooms.holder.pid}/root`, path);
  return await compareViews({
    before: Buffer.from(inHolder(overlay.before.mount)),
    after: Buffer.from(inHolder(overlay.merged)),
    upper: Buffer.from(overlay.upper),
    ownedSince: rooms.ownedSince,
    redirects: overlay.redirects,
    sameDevice: areOnOneDevice([overlay.lower, overlay.upper, ...overlay.below]),
    ours: new Map(overlay.entries.map((entry) => [entry.path, entry])),
  });
}

function areOnOneDevice(directories: readonly string[]): boolean {
  return new Set(directories.map((directory) => lstatSync(directory).dev)).size === 1;
}
