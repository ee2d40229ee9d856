import type { MemoryCgroup, ToolCommands } from '../capabilities/facts.ts';
import type { NameEntry, Policy } from '../policy/types.ts';
import type { FilesystemPlan, LogsPlan, OutputsPlan } from './filesystem-types.ts';
import type { UplinkPlan } from './uplink.ts';

export const LAYERS = [
  'network',
  'filesystem',
  'resources',
  'privilege',
  'syscalls',
  'environment',
  'runner',
] as const;
export type Layer = (typeof LAYERS)[number];

/** `downgraded`: in force, but weaker than asked for. `unavailable`: not in force at all. */
export type LayerStatus = 'enforced' | 'downgraded' | 'unavailable' | 'not-requested';

export interface LayerPlan {
  readonly status: LayerStatus;
  /** What holds the layer, such as `network namespace, nftables default drop`. */
  readonly mechanism: string;
}

/** A layer that was requested and is not, or not fully, enforced. */
export interface Downgrade {
  readonly layer: Layer;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Something a reader must know that is not a missing layer. Never fails a run. */
export interface Note {
  readonly code: string;
  readonly text: string;
}

/** Text that is pushed into a program, and the program. */
export interface Feed {
  readonly argv: readonly string[];
  readonly stdin: string;
  /** Its failure weakens nothing, such as a setting for IPv6 where the kernel has none. */
  readonly optional?: true;
}

/** The names that may be reached, and what is checked on the way. */
export interface GatewayPlan {
  /** `doors`: only the names, each checked. `record`: any name, counted. */
  readonly kind: 'doors' | 'record';
  readonly names: readonly NameEntry[];
  /** Asked instead of the system's resolver: `192.0.2.53` or `192.0.2.53:5353`. */
  readonly resolver: string | null;
  /** False where `block-metadata` is off. */
  readonly blockMetadata: boolean;
  /** No name may lead to one of these, unless its entry says `private: true`. */
  readonly hostAddresses: readonly string[];
  /** Reads transactions that open and shut doors. */
  readonly nft: readonly string[];
}

/**
 * How the step's network is made.
 *
 * - `host`: the host's own; nothing is sealed.
 * - `bare`: a namespace of bubblewrap's with loopback only; nothing is recorded.
 * - `sealed`: the holder's namespace with loopback, rules and no way out.
 * - `routed`: the same with an uplink as the way out.
 */
export interface NetworkPlan {
  readonly kind: 'host' | 'bare' | 'sealed' | 'routed';
  /** Run inside the holder, in this order, before anything is attached. */
  readonly seal: readonly Feed[];
  readonly uplink: UplinkPlan | null;
  /** Run inside the holder once the uplink is attached. */
  readonly route: readonly Feed[];
  /** null: no names are allowed, and nothing listens for the step. */
  readonly gateway: GatewayPlan | null;
  /** Prints the counters as JSON when the step is over; null where nothing is recorded. */
  readonly counters: readonly string[] | null;
}

/** What the runner reads from a step when it has ended, each from a file. */
export type CommandFile = 'output' | 'env' | 'path' | 'state' | 'summary';

export interface WorkflowPlan {
  /** The directory, on the host, of the step's own command files: one named like each kind. */
  readonly commandFiles: string;
}

export interface StepIdentity {
  /** Kernel ids of the step, as the host sees them. */
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
  /** A real root supervisor sheds its own ids first. */
  readonly shed: boolean;
  /** … but where there are no user namespaces: then root builds the sandbox, and sheds them in it. */
  readonly byRoot: boolean;
}

export interface LimitsPlan {
  /** prlimit's options, such as `--nproc=4096`. */
  readonly prlimit: readonly string[];
  readonly timeoutMs: number | null;
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
  readonly outputBytes: number | null;
  /** null: the supervisor watches memory itself. */
  readonly memoryCgroup: MemoryCgroup | null;
}

export interface SyscallsPlan {
  /** As the policy has it. */
  readonly profile: string;
  /** All are in force at once. */
  readonly filters: readonly {
    readonly name: string;
    /** Classic BPF, little endian. */
    readonly filter: Uint8Array;
    readonly rules: number;
  }[];
}

export interface EnvironmentPlan {
  readonly variables: ReadonlyMap<string, string>;
  readonly passed: readonly string[];
  readonly set: readonly string[];
  /** Names only; values are never told. */
  readonly dropped: readonly string[];
}

/** Everything a run will do, decided. Holds no process ids and did no I/O. */
export interface Plan {
  readonly policy: Policy;
  readonly command: readonly string[];
  /** The run must not start: a downgrade is there and `on-unavailable` is `fail`. */
  readonly refused: boolean;
  readonly layers: Readonly<Record<Layer, LayerPlan>>;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
  /** False: no sandbox can be built, and the run was asked to go on all the same. */
  readonly sandboxed: boolean;
  readonly identity: StepIdentity;
  readonly network: NetworkPlan;
  readonly filesystem: FilesystemPlan;
  /** null: nothing is to come out of a throwaway layer. */
  readonly outputs: OutputsPlan | null;
  /** null: no file is followed. */
  readonly logs: LogsPlan | null;
  readonly limits: LimitsPlan;
  readonly syscalls: SyscallsPlan;
  readonly environment: EnvironmentPlan;
  /** null: not a step of a workflow. */
  readonly workflow: WorkflowPlan | null;
  /** Full argv of what starts the command: bwrap and its options, or the bare wrappers. */
  readonly launch: {
    readonly argv: readonly string[];
    /** Handed to bwrap by file descriptor, so that no process list shows them. */
    readonly hidden: readonly string[];
  };
  /** The texts of changed files are kept for a diff. */
  readonly diff: boolean;
  readonly scratch: string;
  /** The host's resolvers: asking one of them is looking up a name. */
  readonly nameservers: readonly string[];
  readonly tools: ToolCommands;
}
