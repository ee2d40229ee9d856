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
const PAGE_BYTES = 4096;

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
    return sum + (readStat(pid)?.residentPages ?? 0) * PAGE_BYTES;
  }, 0);
}

/** An upper bound of the above that costs nothing more to read. */
export function residentBytes(processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, { residentPages }) => sum + residentPages * PAGE_BYTES, 0);
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
