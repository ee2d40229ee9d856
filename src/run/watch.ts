import { statfsSync } from 'node:fs';
import type { Plan } from '../plan/types.ts';
import type { MemoryGroup } from './cgroup.ts';
import type { Launched } from './launch.ts';
import type { Ending } from './observations.ts';
import {
  descendantsOf,
  proportionalBytes,
  type ProcessStat,
  readStat,
  residentBytes,
  TICK_MS,
} from './process-tree.ts';

export interface Watch {
  readonly peakMemoryBytes: number | null;
  readonly peakProcesses: number | null;
  /** Processor time that was seen at the last look. */
  readonly cpuMs: number;
  /** What still shows of a step that is over and was ended between two looks. */
  lastLook(): void;
  stop(): void;
}

const FIRST_LOOK_MS = 20;
const SHORTEST_MS = 100;
/** Looking may cost at most this share of one processor. */
const DUTY = 0.05;

/** Looks at the step's processes again and again, and calls `over` once when a limit is passed. */
export function watchStep(
  plan: Plan,
  launched: Launched,
  group: MemoryGroup | null,
  over: (ending: Ending) => void,
): Watch {
  const { memoryBytes, cpuMs, timeoutMs } = plan.limits;
  const temporary = plan.filesystem.mounts.flatMap((mount) =>
    mount.kind === 'tmpfs' ? [mount.target] : [],
  );
  let peakMemoryBytes: number | null = null;
  let peakProcesses: number | null = null;
  let cpu = 0;
  let timer: NodeJS.Timeout | undefined;

  const judge = (): void => {
    if ((group?.kills() ?? 0) > 0)
      over({ by: 'memory', detail: 'the kernel found no memory left in the control group' });
    if (cpuMs !== null && cpu > cpuMs)
      over({ by: 'cpu-time', detail: 'all its processes together' });
  };
  const look = (): void => {
    const began = process.cpuUsage();
    const processes = stepProcesses(launched);
    // Ours, but the step could take it over and keep memory in it.
    const init = launched.init === null ? null : readStat(launched.init);
    const holding = init === null ? processes : [...processes, init];
    // Before its first process the sandbox is still being built, and may yet have the host's files.
    const begun = processes.length > 0;
    if (begun) peakProcesses = Math.max(peakProcesses ?? 0, processes.length);
    cpu = Math.max(cpu, cpuMsOf(launched, processes));
    if (group === null && begun) {
      const files = temporaryBytes(launched.init, [...temporary, '/dev/shm']);
      const held = files + heldBytes(holding, memoryBytes === null ? null : memoryBytes - files);
      peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, held);
      if (memoryBytes !== null && held > memoryBytes)
        over({ by: 'memory', detail: 'the watch saw it past the cap' });
    }
    judge();
    // In processor time: a step that keeps every processor busy must not make the looks rarer.
    const { user, system } = process.cpuUsage(began);
    timer = setTimeout(look, Math.max(SHORTEST_MS, (user + system) / 1000 / DUTY));
  };
  timer = setTimeout(look, FIRST_LOOK_MS);
  const alarm =
    timeoutMs === null
      ? undefined
      : setTimeout(() => over({ by: 'timeout', detail: 'wall clock' }), timeoutMs);
  return {
    get peakMemoryBytes() {
      return group?.peak() ?? peakMemoryBytes;
    },
    get peakProcesses() {
      return peakProcesses;
    },
    get cpuMs() {
      // The sandbox's pid 1 stays a zombie of the holder's, and has what it reaped on its account.
      return Math.max(cpu, cpuMsOf(launched, []));
    },
    lastLook: () => {
      cpu = Math.max(cpu, cpuMsOf(launched, []));
      judge();
    },
    stop: () => {
      clearTimeout(timer);
      clearTimeout(alarm);
    },
  };
}

/** The sandbox's own pid 1 and what is above it are ours, not the step's. */
function stepProcesses({ root, init }: Launched): ProcessStat[] {
  return descendantsOf(init ?? root);
}

function cpuMsOf({ init }: Launched, processes: readonly ProcessStat[]): number {
  const reaped = init === null ? 0 : (readStat(init)?.ticks ?? 0);
  return processes.reduce((sum, { ticks }) => sum + ticks, reaped) * TICK_MS;
}

/** Proportional sizes are dear to read, so first the sum that is certainly not smaller. */
function heldBytes(processes: readonly ProcessStat[], cap: number | null): number {
  const atMost = residentBytes(processes);
  return cap !== null && atMost <= cap * 0.8 ? atMost : proportionalBytes(processes);
}

/** What lies in the sandbox's tmpfs mounts is memory too. */
function temporaryBytes(init: number | null, targets: readonly string[]): number {
  if (init === null) return 0;
  return targets.reduce((sum, target) => {
    try {
      const { blocks, bfree, bsize } = statfsSync(`/proc/${init}/root${target}`);
      return sum + (blocks - bfree) * bsize;
    } catch {
      return sum; // Ending, or hidden behind a mount of the policy's.
    }
  }, 0);
}
