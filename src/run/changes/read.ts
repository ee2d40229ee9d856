import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../plan/types.ts';
import type { ChangedText, Changes } from '../observations.ts';
import { readerOf } from '../reader.ts';
import type { Rooms } from '../rooms.ts';
import { readTexts } from './texts.ts';
import { compareViews, type Views } from './walk.ts';

/**
 * What the step did to the workspace, and the texts for a diff where the plan has one. To be called when
 * nothing of the step runs any more, with its mounts in place. null: it had no layer.
 */
export async function readChanges(
  plan: Plan,
  rooms: Rooms,
): Promise<{ changes: Changes; texts: readonly ChangedText[] | null } | null> {
  const { overlay } = plan.filesystem;
  if (overlay === null || overlay.upper === null) return null;
  const inHolder = (path: string): string => join(`/proc/${rooms.holder.pid}/root`, path);
  const views: Views = {
    before: Buffer.from(inHolder(overlay.before.mount)),
    after: Buffer.from(inHolder(overlay.merged)),
    upper: Buffer.from(overlay.upper),
    ownedSince: rooms.ownedSince,
    redirects: overlay.redirects,
    sameDevice: areOnOneDevice([overlay.lower, overlay.upper, ...overlay.below]),
    ours: new Map(rooms.entries.map((entry) => [entry.path, entry])),
    reader: readerOf(plan.identity),
  };
  const changes = await compareViews(views);
  return { changes, texts: plan.diff ? readTexts(changes, views) : null };
}

function areOnOneDevice(directories: readonly string[]): boolean {
  return new Set(directories.map((directory) => lstatSync(directory).dev)).size === 1;
}
