import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GloveboxError, messageOf } from '../base/errors.ts';
import type { MemoryCgroup } from '../capabilities/facts.ts';
import { descendantsOf } from './process-tree.ts';

/** The run's own memory control group. */
export interface MemoryGroup {
  /** Moves a process and what it has started in; what they start from then on follows them. */
  admit(pid: number): void;
  /** What the kernel says, not what was asked of it. */
  holds(pid: number): boolean;
  /** How often the kernel killed something in it for want of memory. */
  kills(): number;
  /** Bytes; null where this kernel does not tell. */
  peak(): number | null;
  remove(): void;
}

const FILES = {
  1: {
    limit: 'memory.limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
  2: { limit: 'memory.max', swap: 'memory.swap.max', peak: 'memory.peak', events: 'memory.events' },
} as const;

export function makeMemoryGroup({ version, parent }: MemoryCgroup, bytes: number): MemoryGroup {
  // A pid alone is not enough: containers have the same ones, and a killed run leaves its group.
  const directory = mkdtempSync(join(parent, `glovebox-${process.pid}-`));
  const files = FILES[version];
  writeFileSync(join(directory, files.limit), String(bytes));
  // Version 1 counts memory and swap together, version 2 swap alone: either way none is left for swap.
  writeIfThere(join(directory, files.swap), version === 1 ? String(bytes) : '0');
  if (version === 2) writeIfThere(join(directory, 'memory.oom.group'), '1');
  const members = join(directory, 'cgroup.procs');
  const move = (pid: number): void => {
    try {
      writeFileSync(members, String(pid));
    } catch (error) {
      // It has ended, and its exit tells why.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw new GloveboxError(
        'setup-failed',
        `the kernel took no process into the memory control group ${directory}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  };
  return {
    admit: (pid) => {
      move(pid);
      // Only now: a child that is not there yet is born into the group.
      for (const child of descendantsOf(pid)) move(child.pid);
    },
    holds: (pid) => readOrEmpty(members).split('\n').includes(String(pid)),
    kills: () =>
      Number(/^oom_kill (\d+)/m.exec(readOrEmpty(join(directory, files.events)))?.[1] ?? 0),
    peak: () => Number(readOrEmpty(join(directory, files.peak))) || null,
    remove: () => {
      try {
        rmdirSync(directory);
      } catch {
        // Its last process may not be reaped yet; an empty group holds nothing.
      }
    },
  };
}

function writeIfThere(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    // The kernel was built without swap accounting.
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
