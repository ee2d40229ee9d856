import { type BigIntStats, readSync } from 'node:fs';
import { openFile, type Raw, using } from './open-at.ts';

const CHUNK = 2 ** 18;
/** Setting a time goes through a floating-point number of seconds. */
const TIME_TOLERANCE_NS = 1000n;

export interface SameRequest {
  readonly name: Raw;
  readonly stats: BigIntStats;
  readonly there: BigIntStats;
  readonly merged: number;
  readonly workspace: number;
}

/** Whether both directories have the same plain file of that name: content and time. The mode is the caller's. */
export function isSameFile({ name, stats, there, merged, workspace }: SameRequest): boolean {
  if (stats.size !== there.size || !isClose(stats.mtimeNs, there.mtimeNs)) return false;
  // Its number outlives a change, but nobody can set back the time of the last one.
  if (stats.ino === there.ino && stats.ctimeNs === there.ctimeNs) return true;
  try {
    return using(openFile(merged, name), (one) =>
      using(openFile(workspace, name), (other) => haveSameContent(one, other)),
    );
  } catch {
    return false; // What cannot be read cannot be said to be the same.
  }
}

function isClose(one: bigint, other: bigint): boolean {
  const apart = one - other;
  return apart <= TIME_TOLERANCE_NS && -apart <= TIME_TOLERANCE_NS;
}

function haveSameContent(one: number, other: number): boolean {
  const [left, right] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  for (let position = 0; ;) {
    const length = readSync(one, left, 0, CHUNK, position);
    const matching = readSync(other, right, 0, CHUNK, position);
    if (length !== matching) return false;
    if (length === 0) return true;
    if (!left.subarray(0, length).equals(right.subarray(0, length))) return false;
    position += length;
  }
}
