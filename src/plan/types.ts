import type { MemoryCgroup, ToolCommands } from '../capabilities/facts.ts';
import type { NameEntry, Policy } from '../policy/types.ts';
import type { LogsPlan } from './logs.ts';
import type { OutputsPlan } from './outputs.ts';
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

/** One line of the sandbox's file tree. Paths are absolute. */
export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly writable: boolean;
    }
  | { readonly kind: 'symlink'; readonly target: string; readonly to: string }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly mode: string;
      /** Where the anteroom has mounted it already; left out where bubblewrap mounts it. */
      readonly source?: string;
    }
  /** An empty one that everybody may pass through, on the way to something else. */
  | { readonly kind: 'way'; readonly target: string }
  | { readonly kind: 'mask-file'; readonly target: string }
  | { readonly kind: 'mask-directory'; readonly target: string }
  | { readonly kind: 'host-root' }
  /** A fresh /proc; `covered` are the files of it that tell of the host. */
  | { readonly kind: 'proc'; readonly covered: readonly string[] }
  | { readonly kind: 'dev' };

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

export interface GeneratedFile {
  /** Relative to the scratch directory. */
  readonly name: string;
  readonly content: string;
  /** The step may write it. */
  readonly ofStep?: true;
}

/** What the runner reads from a step when it has ended, each from a file. */
export type CommandFile = 'output' | 'env' | 'path' | 'state' | 'summary';

export interface WorkflowPlan {
  /** The directory, on the host, of the step's own command files: one named like each kind. */
  readonly commandFiles: string;
}

/** What lies in the throwaway layer from the beginning. Ids are the host's, `mode` is octal bits. */
export interface LayerEntry {
  /** Relative to the workspace. */
  readonly path: string;
  /** null for a directory, which the workspace's own of this name shows through. */
  readonly content: string | null;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface OverlayPlan {
  /** The workspace on the host. */
  readonly lower: string;
  /** Upper directories of earlier steps that lie over `lower`, newest first. */
  readonly below: readonly string[];
  /** Takes the step's writes; null where it may not write. */
  readonly upper: string | null;
  /** Belongs to `upper`, on the same file system. */
  readonly index: string | null;
  /** Where the holder, or for root the anteroom, puts the layers together. */
  readonly merged: string;
  /** The workspace as the step finds it. `options`: of an overlay; null where nothing lies over the workspace. */
  readonly before: { readonly mount: string; readonly options: string | null };
  /**
   * Where layers say what is more than files. `trusted`: as real root.
   */
  readonly attributes: 'user' | 'trusted';
  /** The upper directory lends these to the top of the merged tree. `mode` is octal bits. */
  readonly top: { readonly uid: number; readonly gid: number; readonly mode: number };
  /**
   * In the upper directory before it is mounted, directories before what is in them. Over other layers
   * only those that these do not have.
   */
  readonly entries: readonly LayerEntry[];
  /** Passed to `mount -t overlay -o`. */
  readonly options: string;
  /** A directory of the workspace, renamed, may be in the layer by its old name only. */
  readonly redirects: boolean;
  /** `uid:gid` that every file is given; null when the owner fits already. */
  readonly chown: string | null;
  /** Why it takes `chown`, which looks at every file. */
  readonly chownBecause: string | null;
  /** Where files are given to the step, below its own layer; null: in that, or not at all. */
  readonly given: GivenPlan | null;
  /** mount's option for binding `lower` with the step as its files' owner; null where it is not needed or not to be had. */
  readonly idmap: string | null;
}

/** An overlay of its own that has nothing but owners, and goes with the run. */
export interface GivenPlan {
  readonly mount: string;
  readonly upper: string;
  readonly index: string;
  readonly options: string;
}

/** What keeps names in the workspace as they are, though the step writes there in place. */
export interface GuardPlan {
  readonly workspace: string;
  /** Absolute; made where there is nothing, directories before what is in them, and taken away again. */
  readonly placeholders: readonly string[];
}

/** A temporary file system that is the step's. */
export interface FreshMemory {
  /** Absolute, in the scratch directory. */
  readonly source: string;
  /** As mount's option has it. */
  readonly mode: string;
  /** Relative, parents first: what leads to mounts in it, and is to be the step's too. */
  readonly directories: readonly string[];
}

export interface FilesystemPlan {
  readonly mounts: readonly Mount[];
  /** Directories in the scratch directory, made before anything starts. */
  readonly directories: readonly string[];
  readonly files: readonly GeneratedFile[];
  readonly overlay: OverlayPlan | null;
  /** null: the step does not write to the workspace in place, or all of the host is open to it. */
  readonly guards: GuardPlan | null;
  /**
   * Where it is written down what tools have to be, in a place that the policy opens: made where it is not
   * there, so that the step cannot make it. null: the policy opens no such place.
   */
  readonly records: string | null;
  /** Binds that a root supervisor makes first, so that the step's uid can reach what only root can. */
  readonly staged: readonly { readonly source: string; readonly target: string }[];
  /** Memory that root mounts for the step beforehand; elsewhere bubblewrap does it as the step. */
  readonly fresh: readonly FreshMemory[];
  /** Working directory as the step sees it. */
  readonly cwd: string;
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

/** What a layer can be used for again. */
export interface LayerOrigin {
  readonly workspace: string;
  readonly attributes: OverlayPlan['attributes'];
}

/** The throwaway layers of earlier steps that this one builds on, and where its own is to be kept. */
export interface LayerStack {
  /** Layers that outlive a run: what those below were made for, null without any. Left out for all others. */
  readonly kept?: LayerOrigin | null;
  /** Upper directories, newest first. */
  readonly below: readonly string[];
  /** An empty directory that will hold this step's; null: in the scratch directory, and gone with it. */
  readonly own: string | null;
}

export const NO_LAYERS: LayerStack = { below: [], own: null };

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
