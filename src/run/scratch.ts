import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LayerEntry } from '../plan/filesystem-types.ts';
import type { Plan } from '../plan/types.ts';
import { execute } from '../tools/execute.ts';
import type { Room } from '../tools/room.ts';

/** What the step itself writes into. */
const STEPS_OWN = ['work', 'upper', 'commands', 'temp'];

/** Makes the run's own directory and what the plan puts there. */
export function makeScratch(plan: Plan): void {
  mkdirSync(plan.scratch, { mode: 0o700 });
  // Nobody else may look into the layers; where the step has another uid, its group gets through.
  if (plan.identity.shed) {
    chownSync(plan.scratch, 0, plan.identity.gid);
    chmodSync(plan.scratch, 0o710);
  }
  for (const name of plan.filesystem.directories) {
    const path = join(plan.scratch, name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
    if (plan.identity.shed && STEPS_OWN.includes(name))
      chownSync(path, plan.identity.uid, plan.identity.gid);
  }
  makeUpper(plan);
  for (const { name, content, ofStep } of plan.filesystem.files) {
    const path = join(plan.scratch, name);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
    if (ofStep && plan.identity.shed) chownSync(path, plan.identity.uid, plan.identity.gid);
  }
}

function makeUpper({ filesystem: { overlay }, identity }: Plan): void {
  if (overlay === null || overlay.upper === null || overlay.index === null) return;
  const { upper, index, top } = overlay;
  // A layer that is kept elsewhere is nobody else's to look into either.
  mkdirSync(dirname(upper), { recursive: true, mode: 0o700 });
  mkdirSync(upper, { recursive: true });
  mkdirSync(index, { recursive: true });
  if (overlay.below.length === 0) fillLayer(upper, overlay.entries, identity.shed);
  chmodSync(upper, top.mode);
  if (overlay.given !== null) chmodSync(overlay.given.upper, top.mode);
  if (identity.shed) chownSync(upper, top.uid, top.gid);
}

/**
 * In the upper directory before anything is mounted, where no symlink can be in the way. Whoever
 * reads the overlay never meets what lies below such a file.
 */
export function fillLayer(upper: string, entries: readonly LayerEntry[], shed: boolean): void {
  for (const { path, content } of entries) {
    if (content === null) mkdirSync(join(upper, path), { mode: 0o700 });
    else writeFileSync(join(upper, path), content, { mode: 0o600, flag: 'wx' });
  }
  // From the inside out: a directory may be closed to its own owner.
  for (const { path, uid, gid, mode } of entries.toReversed()) {
    if (shed) chownSync(join(upper, path), uid, gid);
    chmodSync(join(upper, path), mode);
  }
}

/**
 * Takes the directory away again. The step may have left directories that even their owner cannot
 * enter, so the throwaway layers go from inside the holder, where we are root over the step's files.
 */
export async function clearLayers(plan: Plan, room: Room | null): Promise<void> {
  const layers = ['upper', 'index', 'work', 'commands', 'temp'].map((name) =>
    join(plan.scratch, name),
  );
  const argv = [plan.tools.rm, '-rf', '--one-file-system', '--', ...layers];
  await execute(room === null || plan.identity.shed ? argv : room.enter(argv), {
    timeout: 300_000,
  });
}

export async function removeScratch(plan: Plan): Promise<void> {
  await rm(plan.scratch, { recursive: true, force: true });
}
