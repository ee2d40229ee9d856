import { accessSync, constants, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';

/** Who the kernel shows as the owner of what belongs to nobody in this user namespace. */
const UNMAPPED = 65_534;

/**
 * The file, or the directory on the way to it, that a step could rewrite: one of our own when we are an
 * ordinary user, anybody's but root's when we are root. null when there is none. Symlinks are resolved.
 */
export function rewritable(path: string): string | null {
  const uid = process.getuid?.() ?? -1;
  const open = uid === 0 ? byOthers : byOneself(uid);
  const parts = onTheWay(realpathSync(path));
  // An entry of an access control list shows in no mode, so the kernel is asked as well.
  return parts.find((part) => open(statSync(part)) || (uid !== 0 && mayWrite(part))) ?? null;
}

/** Whether everybody gets through to a path: under root, a step is somebody else. */
export function opensToAll(path: string): boolean {
  return onTheWay(realpathSync(path)).every((part) => (statSync(part).mode & 0o001) !== 0);
}

/**
 * Why root takes no tools from a cache there: they run as somebody else, and until then nobody else may
 * change them; null: it does, or it is not root who asks.
 */
export function closedToRoot(cache: string): string | null {
  if (process.getuid?.() !== 0) return null;
  if (!opensToAll(cache)) return 'other users, as whom root runs it, cannot get there';
  const open = onTheWay(realpathSync(cache)).find((part) => {
    const stats = statSync(part);
    return byOthers(stats) && !keepsEntries(stats);
  });
  return open === undefined ? null : `others could rewrite ${open}`;
}

/** As /tmp does: what root has in it nobody else can move. */
function keepsEntries({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o1000) !== 0;
}

/** `/`, then each directory, then the path itself. */
function onTheWay(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/') || '/');
}

/** A group that may write can be the mask of an access control list, and so anybody. */
function byOthers({ uid, mode }: Stats): boolean {
  const rootsOwn = uid === 0 || (uid === UNMAPPED && !isMapped(UNMAPPED));
  return !rootsOwn || (mode & 0o022) !== 0;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function byOneself(uid: number): (stats: Stats) => boolean {
  const groups = [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])];
  return (stats) =>
    stats.uid === uid ||
    (stats.mode & 0o002) !== 0 ||
    ((stats.mode & 0o020) !== 0 && groups.includes(stats.gid));
}

function isMapped(id: number): boolean {
  const lines = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n');
  return lines.some((line) => {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}
