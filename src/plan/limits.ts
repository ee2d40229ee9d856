import type { Capabilities } from '../capabilities/capability.ts';
import type { HardLimits, MemoryCgroup } from '../capabilities/facts.ts';
import type { Policy } from '../policy/types.ts';
import { formatSize } from '../policy/units.ts';
import { downgradesOf } from './downgrade.ts';
import type { Downgrade, LayerPlan, LimitsPlan, Note } from './types.ts';

/** unshare, cat, nsenter, bwrap and its pid 1 count in the same user namespaces as the step, unless they are root's. */
const OUR_OWN = 5;

export interface LimitsDecision {
  readonly limits: LimitsPlan;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

/** Decides what holds each limit: an rlimit, a control group, or the supervisor's own watch. */
export function planLimits(
  policy: Policy,
  capabilities: Capabilities,
  hard: HardLimits,
): LimitsDecision {
  const { timeout, cpuTime, memory, processes, openFiles, fileSize, output } = policy.resources;
  const rlimits = capabilities.limits.available;
  const sandboxed = capabilities.sandbox.available;
  const requested = Object.values(policy.resources).some(({ value }) => value !== null);
  const ours = capabilities.byRoot === null ? OUR_OWN : 0;
  const memoryCgroup = memory.value === null ? null : capabilities.memoryCgroup;

  const limits: LimitsPlan = {
    prlimit: rlimits
      ? [
          // Counted per user and namespace: outside a namespace of the run's own it would cap the whole host user.
          ...option(
            'nproc',
            sandboxed && processes.value !== null ? processes.value + ours : null,
            hard.processes,
          ),
          ...option('nofile', openFiles.value, hard.openFiles),
          ...option('fsize', fileSize.value, hard.fileSize),
          // A second later than the watch, which tells why: here the kernel just kills one process.
          ...option(
            'cpu',
            cpuTime.value === null ? null : Math.ceil(cpuTime.value / 1000) + 1,
            hard.cpuTime,
          ),
          '--core=0:0',
        ]
      : [],
    timeoutMs: timeout.value,
    cpuMs: cpuTime.value,
    memoryBytes:
      memory.value === null ? null : Math.min(memory.value, memoryCgroup?.ceiling ?? memory.value),
    outputBytes: output.value,
    memoryCgroup,
  };

  const downgrades: Downgrade[] = [];
  if (requested && !capabilities.limits.available) {
    downgrades.push(...downgradesOf('resources', capabilities.limits));
  }
  if (processes.value !== null && !sandboxed && !capabilities.sandbox.available) {
    downgrades.push({
      layer: 'resources',
      code: 'processes-unlimited',
      reason: `the number of processes cannot be capped for this run alone: ${capabilities.sandbox.reason}`,
      remedy: capabilities.sandbox.remedy,
    });
  }
  return {
    limits,
    layer: layerOf(requested, downgrades, limits),
    downgrades,
    notes: memoryNotes(limits, memory.value),
  };
}

function layerOf(
  requested: boolean,
  downgrades: readonly Downgrade[],
  limits: LimitsPlan,
): LayerPlan {
  if (!requested) return { status: 'not-requested', mechanism: 'none' };
  const memory =
    limits.memoryBytes === null
      ? null
      : limits.memoryCgroup === null
        ? 'memory watch'
        : groupName(limits.memoryCgroup);
  const parts = [limits.prlimit.length > 0 ? 'rlimits' : null, 'watchdog', memory];
  return {
    status: downgrades.length > 0 ? 'downgraded' : 'enforced',
    mechanism: parts.filter((part) => part !== null).join(', '),
  };
}

/** What holds the memory, in words. */
export function groupName({ version, scope }: MemoryCgroup): string {
  return `memory cgroup v${version}${scope === null ? '' : ' by a scope of systemd'}`;
}

function memoryNotes({ memoryBytes, memoryCgroup }: LimitsPlan, wanted: number | null): Note[] {
  if (memoryBytes === null || wanted === null) return [];
  if (memoryCgroup !== null) {
    const text = `the control group that Glovebox itself runs in may hold only ${formatSize(memoryBytes)}, and so the step may not hold more`;
    return memoryBytes < wanted ? [{ code: 'memory-ceiling', text }] : [];
  }
  return [
    {
      code: 'memory-watched',
      text: 'memory is watched, not held by the kernel (no control group can be made here): a step can pass the cap for a moment before it is ended, and memory that no process maps (memfd, System V segments, socket buffers) is not seen',
    },
  ];
}

/** Soft and hard alike; a host limit that is tighter already stays, because nobody here can raise it. */
function option(name: string, wanted: number | null, hard: number | null): string[] {
  if (wanted === null) return [];
  const value = hard === null ? wanted : Math.min(wanted, hard);
  return [`--${name}=${value}:${value}`];
}
