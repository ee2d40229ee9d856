import {
  accessSync,
  constants,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { MemoryCgroup } from '../capabilities/facts.ts';

/** Finds a memory controller in which we can make a child group, by making one and taking it away. */
export function findMemoryCgroup(): MemoryCgroup | null {
  const memberships = readText('/proc/self/cgroup').split('\n');
  const mounts = readText('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' '));
  return versionOne(memberships, mounts) ?? versionTwo(memberships, mounts);
}

function versionOne(
  memberships: readonly string[],
  mounts: readonly string[][],
): MemoryCgroup | null {
  const own = memberships
    .map((line) => /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/.exec(line)?.[1])
    .find(Boolean);
  const mount = mounts.find(
    ([, , type, options]) => type === 'cgroup' && options?.split(',').includes('memory'),
  );
  if (own === undefined || mount?.[1] === undefined) return null;
  return usable(1, [join(mount[1], own), mount[1]], 'memory.limit_in_bytes');
}

/** A child group has the memory controller only where its parent hands it on. */
function versionTwo(
  memberships: readonly string[],
  mounts: readonly string[][],
): MemoryCgroup | null {
  const own = memberships
    .map((line) => /^0::(.*)$/.exec(line)?.[1])
    .find((path) => path !== undefined);
  const mount = mounts.find(([, , type]) => type === 'cgroup2');
  if (own === undefined || mount?.[1] === undefined) return null;
  return usable(2, [join(mount[1], own), join(mount[1], own, '..'), mount[1]], 'memory.max');
}

function usable(
  version: 1 | 2,
  parents: readonly string[],
  limitFile: string,
): MemoryCgroup | null {
  const parent = parents.find((path) => canHold(path, limitFile));
  return parent === undefined ? null : { version, parent };
}

function canHold(parent: string, limitFile: string): boolean {
  let trial: string;
  try {
    accessSync(join(parent, 'cgroup.procs'), constants.W_OK);
    trial = mkdtempSync(join(parent, 'glovebox-probe-'));
  } catch {
    return false;
  }
  try {
    writeFileSync(join(trial, limitFile), String(64 * 1024 * 1024));
    accessSync(join(trial, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(trial);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
