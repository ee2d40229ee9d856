import type { BigIntStats } from 'node:fs';
import type { StepIdentity } from '../plan/types.ts';

/** Ids of a step that was somebody else than its supervisor, as they show in its workspace. It has no other groups. */
export interface Reader {
  readonly uid: number;
  readonly gid: number;
}

/** null: the step was no other than we are. */
export function readerOf({ shed, uid, gid }: StepIdentity): Reader | null {
  return shed ? { uid, gid } : null;
}

/** Whether a step could read a file, as the kernel decides it. An owner can give it to itself. */
export function mayRead(
  reader: Reader | null,
  { uid, gid, mode }: Pick<BigIntStats, 'uid' | 'gid' | 'mode'>,
): boolean {
  if (reader === null || uid === BigInt(reader.uid)) return true;
  return (mode & (gid === BigInt(reader.gid) ? 0o040n : 0o004n)) !== 0n;
}
