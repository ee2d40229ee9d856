import { info } from '@actions/core';
import { closeMachine } from './machine.ts';
import { clearRun, savedRunDirectory } from './run-directory.ts';

/** After the job, also a cancelled or crashed one: nothing of a step runs on, and no file is left. */
export async function post(): Promise<void> {
  await closeMachine();
  const directory = savedRunDirectory();
  if (directory === null) return;
  const left = await clearRun(directory);
  if (left > 0) info(`Glovebox ended ${left} processes that were left over.`);
}
