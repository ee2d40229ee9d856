import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { COMMAND_FILES } from '../plan/workflow.ts';
import type { CommandFile, WorkflowPlan } from '../plan/types.ts';
import type { CommandFiles, ReadFile } from './observations.ts';

const LARGEST = 4 * 1024 * 1024;

/** Reads what the step left for the runner; to be called when nothing of the step runs any more. */
export function readCommandFiles({ commandFiles }: WorkflowPlan): CommandFiles {
  const kinds = Object.keys(COMMAND_FILES) as CommandFile[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, readBounded(join(commandFiles, kind))]),
  ) as CommandFiles;
}

/** The step could put anything in a file's place: what is no plain file of a sane size is not read. */
function readBounded(path: string): ReadFile {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return unusable('it was removed');
    return unusable(code === 'ELOOP' ? 'it is a symlink' : messageOf(error));
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return unusable('it is not a plain file');
    if (stats.size > LARGEST) return unusable(`it has ${stats.size} bytes, more than 4 MiB`);
    const bytes = Buffer.alloc(stats.size);
    return { bytes: bytes.subarray(0, readSync(fd, bytes, 0, stats.size, 0)), problem: null };
  } finally {
    closeSync(fd);
  }
}

function unusable(problem: string): ReadFile {
  return { bytes: new Uint8Array(), problem };
}
