import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../plan/types.ts';
import type { Change, Changes } from './observations.ts';
import type { Rooms } from './rooms.ts';

const LISTED = 1000;
const MOST_DIRECTORIES = 50_000;
/** Bytes; of a larger file the same size is not enough. */
const LARGEST_COMPARED = 16 * 2 ** 20;

/** A directory as the step has it, and as it was. Paths are absolute, each on the way that it is reached. */
interface Views {
  /** The layer that took the step's writes. */
  readonly upper: string;
  /** What lay below it, the newest first. */
  readonly below: readonly string[];
  /** Both together, in the holder's mounts. */
  readonly merged: string;
  readonly ownedSince: number | null;
  /** What we put into the layer ourselves, by path. */
  readonly ours: ReadonlyMap<string, string | null>;
}

/** What the step did to the workspace. To be called when nothing of it runs any more, with its mounts in place. */
export function readChanges(plan: Plan, rooms: Rooms): Changes | null {
  const { overlay } = plan.filesystem;
  if (overlay === null || overlay.upper === null) return null;
  const holder = `/proc/${rooms.holder.pid}/root`;
  const found: Change[] = [];
  const tally = { notListed: 0, unread: 0, directories: 0 };
  const note = (change: Change): void => {
    if (found.length < LISTED) found.push(change);
    else tally.notListed += 1;
  };
  const views = {
    upper: overlay.upper,
    below: [...overlay.below, overlay.lower],
    merged: join(holder, overlay.merged),
    ownedSince: rooms.ownedSince,
    ours: new Map(overlay.entries.map(({ path, content }) => [path, content])),
  };
  compare('', views, note, tally);
  return {
    files: found.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    notListed: tally.notListed,
    unread: tally.unread,
  };
}

function compare(
  path: string,
  views: Views,
  note: (change: Change) => void,
  tally: { unread: number; directories: number },
): void {
  const written = namesIn(join(views.upper, path));
  tally.directories += 1;
  if (written === null || tally.directories > MOST_DIRECTORIES) {
    tally.unread += 1;
    return;
  }
  for (const name of written.toSorted()) {
    const inner = path === '' ? name : `${path}/${name}`;
    const now = statOf(join(views.upper, inner));
    if (now === null || isWhiteout(now)) continue;
    const before = statBelow(inner, views.below);
    if (now.isDirectory()) compare(inner, views, note, tally);
    else if (isOurs(inner, views)) continue;
    else if (before === null) note({ path: inner, change: 'created', size: sizeOf(now) });
    else if (!isSame(inner, now, before, views))
      note({ path: inner, change: 'modified', size: sizeOf(now) });
  }
  const left = new Set(namesIn(join(views.merged, path)) ?? written);
  for (const name of namesBelow(path, views.below)) {
    if (!left.has(name))
      note({ path: path === '' ? name : `${path}/${name}`, change: 'deleted', size: 0 });
  }
}

interface Found {
  readonly stats: Stats;
  readonly file: string;
}

function statBelow(path: string, layers: readonly string[]): Found | null {
  for (const layer of layers) {
    const file = join(layer, path);
    const stats = statOf(file);
    if (stats !== null) return isWhiteout(stats) ? null : { stats, file };
  }
  return null;
}

function namesBelow(path: string, layers: readonly string[]): string[] {
  const names = new Set(layers.flatMap((layer) => namesIn(join(layer, path)) ?? []));
  return [...names]
    .filter((name) => statBelow(path === '' ? name : `${path}/${name}`, layers) !== null)
    .toSorted();
}

function isOurs(path: string, { ours, upper }: Views): boolean {
  const content = ours.get(path);
  if (content === undefined || content === null) return false;
  try {
    return readFileSync(join(upper, path), 'utf8') === content;
  } catch {
    return false; // The step shut it, so it is no longer as we left it.
  }
}

/** That a file was copied up says little: a root supervisor has it done to all, and opening it does it. */
function isSame(path: string, now: Stats, { stats: before, file }: Found, views: Views): boolean {
  if (views.ownedSince !== null && now.ctimeMs <= views.ownedSince) return true;
  if (now.isSymbolicLink() && before.isSymbolicLink())
    return readlinkSync(join(views.upper, path)) === readlinkSync(file);
  const alike = now.isFile() && before.isFile() && now.size === before.size;
  // Its time says nothing either: the kernel sets it anew when it copies what root has chowned.
  if (!alike || now.mode !== before.mode) return false;
  return now.size <= LARGEST_COMPARED && sameContent(join(views.merged, path), file);
}

function sameContent(one: string, other: string): boolean {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    return false; // What cannot be read cannot be said to be the same.
  }
}

/** overlayfs marks what was deleted with a device 0:0. */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

function sizeOf(stats: Stats): number {
  return stats.isFile() ? stats.size : 0;
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function namesIn(directory: string): string[] | null {
  try {
    return readdirSync(directory);
  } catch {
    return null;
  }
}
