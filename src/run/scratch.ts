import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../plan/types.ts';
import { execute } from '../tools/execute.ts';
import type { Room } from '../tools/room.ts';

/** The step's working directory, and what becomes the root of its overlay. */
const STEPS_OWN = ['work', 'upper'];

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
  lendTop(plan);
  for (const { name, content } of plan.filesystem.files) {
    const path = join(plan.scratch, name);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
  }
}

function lendTop({ filesystem: { overlay }, identity, scratch }: Plan): void {
  if (overlay === null) return;
  const upper = join(scratch, 'upper');
  chmodSync(upper, overlay.top.mode);
  if (identity.shed) chownSync(upper, overlay.top.uid, overlay.top.gid);
}

/**
 * Takes the directory away again. The step may have left directories that even their owner cannot
 * enter, so the throwaway layers go from inside the holder, where we are root over the step's files.
 */
export async function clearLayers(plan: Plan, room: Room | null): Promise<void> {
  const layers = ['upper', 'index', 'work'].map((name) => join(plan.scratch, name));
  const argv = [plan.tools.rm, '-rf', '--one-file-system', '--', ...layers];
  await execute(room === null || plan.identity.shed ? argv : room.enter(argv), {
    timeout: 300_000,
  });
}

export async function removeScratch(plan: Plan): Promise<void> {
  await rm(plan.scratch, { recursive: true, force: true });
}
