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

type ParentGroup = Omit<MemoryCgroup, 'scope'>;

/**
 * Finds a memory controller in which a child group can be made for what this process starts, by making
 * one and taking it away.
 */
export function findMemoryCgroup(pid: number = process.pid): ParentGroup | null {
  const memberships = readText(`/proc/${pid}/cgroup`);
  const mounts = readText('/proc/self/mounts');
  const parent = versionOneParents(memberships, mounts).find((path) =>
    canHold(path, 'memory.limit_in_bytes'),
  );
  if (parent !== undefined) return { version: 1, parent, ceiling: null };
  return versionTwo(versionTwoParents(memberships, mounts), pid);
}

/** Our own group, or the top of what is mounted, if that is all of the tree that a container sees. */
export function versionOneParents(memberships: string, mounts: string): string[] {
  const own = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(memberships)?.[1];
  const mount = mountsIn(mounts).find(
    ({ type, options }) => type === 'cgroup' && options.includes('memory'),
  );
  return own === undefined || mount === undefined ? [] : [join(mount.target, own), mount.target];
}

/** Our own group and all above it, nearest first; none when our own is not in what is mounted. */
export function versionTwoParents(memberships: string, mounts: string): string[] {
  const own = /^0::(.*)$/m.exec(memberships)?.[1];
  const mount = mountsIn(mounts).find(({ type }) => type === 'cgroup2');
  const names = own?.split('/').filter((name) => name !== '') ?? ['..'];
  if (mount === undefined || names.includes('..')) return [];
  return [...names.keys(), names.length]
    .toReversed()
    .map((depth) => join(mount.target, ...names.slice(0, depth)));
}

/**
 * Processes and a controller for child groups do not go together in one group: except at the very
 * top, the step's group comes to lie next to our own or further up, where limits below do not bind it.
 */
function versionTwo(parents: readonly string[], pid: number): ParentGroup | null {
  // A container may see another tree than the one that its memberships are told in.
  if (!lists(parents[0], pid)) return null;
  const parent = parents.find((path) => {
    handMemoryOn(path);
    return canHold(path, 'memory.max');
  });
  if (parent === undefined) return null;
  // The limits above it hold for the step as well; those beside it would not, and are carried over.
  return { version: 2, parent, ceiling: tightest(parents.map(limitOf)) };
}

/** What `memory.max` says; at the top there is none. */
function limitOf(group: string): string {
  return readText(join(group, 'memory.max'));
}

/** The lowest of these limits, in bytes: "max" is no number, and no limit. Exported for tests. */
export function tightest(limits: readonly string[]): number | null {
  const numbers = limits.map((limit) => Number.parseInt(limit, 10)).filter(Number.isInteger);
  return numbers.length === 0 ? null : Math.min(...numbers);
}

function lists(group: string | undefined, pid: number): boolean {
  if (group === undefined) return false;
  return readText(join(group, 'cgroup.procs')).split('\n').includes(String(pid));
}

/** Who is given a group has to switch on what its child groups shall have. */
function handMemoryOn(parent: string): void {
  const file = join(parent, 'cgroup.subtree_control');
  if (readText(file).split(/\s/).includes('memory')) return;
  try {
    writeFileSync(file, '+memory');
  } catch {
    // Not ours, or with processes in it.
  }
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

interface Mount {
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

function mountsIn(text: string): Mount[] {
  return text.split('\n').map((line) => {
    const [, target = '', type = '', options = ''] = line.split(' ');
    return { target, type, options: options.split(',') };
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
