import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getState, saveState } from '@actions/core';
import { chooseScratchBase } from '../probe/scratch-base.ts';
import { endLeftovers, removeRun } from '../run/leftovers.ts';
import { settleRuns } from '../run/outputs/recover.ts';

const STATE = 'run-directory';
const NAME = /\/glovebox-action-[0-9a-f]{24}$/;

/** Makes the directory that holds everything of this use of the action, and tells `post` of it first. */
export function makeRunDirectory(environment: Readonly<Record<string, string>>): string {
  const workspace = environment['GITHUB_WORKSPACE'];
  const base = chooseScratchBase(environment, workspace === undefined ? [] : [workspace]);
  const directory = join(base, `glovebox-action-${randomBytes(12).toString('hex')}`);
  saveState(STATE, directory);
  mkdirSync(directory);
  // A root supervisor's step passes through to its own part, and can list nothing.
  chmodSync(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
  return directory;
}

/** What `main` said it made; null where it did not come that far, or where the state is not ours. */
export function savedRunDirectory(): string | null {
  const directory = getState(STATE);
  return NAME.test(directory) ? directory : null;
}

/** Ends what is left of the run and takes its files away. Returns how many processes there were. */
export async function clearRun(directory: string): Promise<number> {
  const left = await endLeftovers(directory);
  // Outputs that were being moved when everything was killed; what tells of them goes away here.
  settleRuns(directory);
  await removeRun(directory);
  return left;
}
