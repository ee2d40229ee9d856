import { readdirSync, readFileSync } from 'node:fs';

/** What /proc/PID/stat tells of a process. Times in clock ticks. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  /** Its own and its reaped children's user and system time. */
  readonly ticks: number;
  /** Resident pages. */
  readonly residentPages: number;
}

/** Linux reports times to user space in hundredths of a second on every architecture. */
export const TICK_MS = 10;

/** AT_PAGESZ: by this number the kernel tells every program how large a page is. */
const PAGE_SIZE = 6n;
const USUAL_PAGE = 4096;

/** From /proc/self/auxv, pairs of a number and a value: arm64 also has kernels with pages of 16 or 64 KiB. */
export function pageBytesIn(vector: Buffer): number {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === PAGE_SIZE) return Number(vector.readBigUInt64LE(at + 8));
  }
  return USUAL_PAGE;
}

let pageBytes: number | undefined;

function bytesIn({ residentPages }: ProcessStat): number {
  pageBytes ??= ownPageBytes();
  return residentPages * pageBytes;
}

function ownPageBytes(): number {
  try {
    return pageBytesIn(readFileSync('/proc/self/auxv'));
  } catch {
    return USUAL_PAGE; // Shut where our Node has capabilities of its own.
  }
}

/** All descendants of a process, in one reading of /proc; the process itself is left out. */
export function descendantsOf(root: number): ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat === null) continue;
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  const found: ProcessStat[] = [];
  const next = [root];
  for (let pid = next.pop(); pid !== undefined; pid = next.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      next.push(child.pid);
    }
  }
  return found;
}

/** null when the process is gone. */
export function readStat(pid: number): ProcessStat | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The command's name may hold blanks and parentheses; fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index]);
  return {
    pid,
    state: fields[0] ?? '',
    parent: number(1),
    group: number(2),
    ticks: number(11) + number(12) + number(13) + number(14),
    residentPages: number(21),
  };
}

/** Bytes that these processes hold, shared pages counted once: the sum of their proportional set sizes. */
export function proportionalBytes(processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, { pid }) => {
    const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
    const kibibytes = rollup === null ? undefined : /^Pss:\s+(\d+)/m.exec(rollup)?.[1];
    if (kibibytes !== undefined) return sum + Number(kibibytes) * 1024;
    // Not readable for a process that has made itself undumpable, or has ended meanwhile and holds nothing.
    const left = readStat(pid);
    return left === null ? sum : sum + bytesIn(left);
  }, 0);
}

/** An upper bound of the above that costs nothing more to read. */
export function residentBytes(processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, one) => sum + bytesIn(one), 0);
}

/** The fields of /proc/PID/status, by name. */
export function readStatus(pid: number): ReadonlyMap<string, string> | null {
  const text = readOrNull(`/proc/${pid}/status`);
  if (text === null) return null;
  const pairs = text.split('\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return new Map(pairs);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
