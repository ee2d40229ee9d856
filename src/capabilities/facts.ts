/** The system programs that the sandbox is built from. */
export const TOOL_NAMES = [
  'bwrap',
  'slirp4netns',
  'pasta',
  'nft',
  'ip',
  'unshare',
  'nsenter',
  'setpriv',
  'prlimit',
  'mount',
  'chown',
  'flock',
  'mknod',
  'mkfifo',
  'rm',
  'tee',
  'cat',
  'env',
  'systemd-run',
  'perl',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Nothing is lost without these, as long as the others are there. */
export const SPARE_TOOLS: readonly ToolName[] = ['pasta', 'systemd-run', 'perl'];

/** Those that Glovebox can bring along; everything else is on every machine or its package manager's. */
export const SUPPLIED_TOOLS = ['bwrap', 'slirp4netns', 'nft'] as const;
export type SuppliedTool = (typeof SUPPLIED_TOOLS)[number];

export interface ToolFact {
  /** Absolute path, symlinks resolved; null when it was not found. */
  readonly path: string | null;
  /** As the tool tells it; null where it was not asked or did not answer. */
  readonly version: string | null;
  /** Only for those that Glovebox can bring along, where there is one. */
  readonly supply?: Supply;
  /** What was found and not taken, each with the reason. */
  readonly passedOver?: readonly string[];
}

/** Where a tool came from. */
export interface Supply {
  readonly source: 'system' | 'archive' | 'packages';
  /** What starts it: itself, or a loader that is told of the libraries that lie beside it. */
  readonly command: readonly string[];
  /** Holds all of it, and nothing else, where it is in a tool cache. */
  readonly directory: string | null;
  /** Directory of the file that says what it has to be, where that is not the release itself. */
  readonly record: string | null;
  /** Of the program’s own file, hexadecimal. */
  readonly sha256: string;
}

/** What starts each tool: a path, or a list of words where a loader may come first. */
export type ToolCommands = Readonly<Record<Exclude<ToolName, SuppliedTool>, string>> &
  Readonly<Record<SuppliedTool, readonly string[]>>;

/** Tools that were not found keep their bare name: it only shows in an `explain`. */
export function commandsOf(tools: Facts['tools']): ToolCommands {
  const named = Object.entries(tools).map(([name, { path }]) => [name, path ?? name]);
  const supplied = SUPPLIED_TOOLS.map((name) => {
    const { supply, path } = tools[name];
    return [name, supply?.command ?? [path ?? name]];
  });
  return Object.fromEntries([...named, ...supplied]) as ToolCommands;
}

/** What came of trying something for real. */
export type Attempt =
  | { readonly tried: false }
  | { readonly tried: true; readonly ok: true }
  | {
      readonly tried: true;
      readonly ok: false;
      /** What the tool said, or the error's text. */
      readonly said: string;
    };

/** Who the supervisor is, as the kernel sees it. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** uid 0 on the host itself; false for uid 0 in somebody's user namespace. */
  readonly realRoot: boolean;
  readonly userName: string | null;
  readonly home: string;
  /** The highest uid that exists in this user namespace. */
  readonly maxUid: number;
  /** The user that called sudo, where there is one. */
  readonly sudoUid: number | null;
  readonly sudoGid: number | null;
}

/** A memory controller in which a child group can be made. */
export interface MemoryCgroup {
  readonly version: 1 | 2;
  /** Absolute path of the directory that will hold the run's own group. */
  readonly parent: string;
  /** Bytes: the tightest limit of the groups that we are in. */
  readonly ceiling: number | null;
  /** Who may move processes there is only who was started in such a scope; null: we are in reach of it. */
  readonly scope: DelegatedScope | null;
}

/** A scope of the user's own systemd, to which the system has delegated a part of the tree. */
export interface DelegatedScope {
  readonly systemdRun: string;
  /** What this systemd-run must be told so that it leaves the command as it is. */
  readonly literally: readonly string[];
  readonly env: string;
  /** The user's runtime directory, by which systemd-run finds it. */
  readonly runtime: string;
}

/** Sysctls that explain a failure; null where the file does not exist or is not readable. */
export interface Hints {
  readonly maxUserNamespaces: number | null;
  /** kernel.unprivileged_userns_clone, a Debian patch. */
  readonly usernsClone: number | null;
  readonly apparmorRestrictsUserns: number | null;
  readonly tunExists: boolean;
  readonly tunOpens: boolean;
  readonly inContainer: boolean;
  /** What a root supervisor needs and we have not, by its short name: `SYS_ADMIN`. */
  readonly capabilitiesMissing: readonly string[];
  /** A Linux that is none, or not a whole machine. `slim`: a hosted runner that is itself a container. */
  readonly flavour: 'gvisor' | 'slim' | 'wsl1' | 'wsl2' | null;
  /** We are in a plain chroot, in which the kernel lets nobody make a user namespace. */
  readonly chrooted: boolean;
  /** Something is mounted over a part of /proc. */
  readonly procCovered: boolean;
  /** The AppArmor profile that confines us, such as `docker-default`; null for none. */
  readonly apparmorProfile: string | null;
  /** Our own state of seccomp: 0 none, 1 strict, 2 filters; null where the kernel has none. */
  readonly seccompMode: number | null;
  /** How many filters we are under; null where the kernel, older than 5.9, does not count them. */
  readonly seccompFilters: number | null;
}

/** Our own hard limits, above which no child can go; null for unlimited. */
export interface HardLimits {
  readonly processes: number | null;
  readonly openFiles: number | null;
  readonly fileSize: number | null;
  /** Seconds. */
  readonly cpuTime: number | null;
}

/** What probing the host found, raw. */
export interface Facts {
  readonly host: {
    readonly platform: string;
    readonly arch: string;
    readonly kernel: string;
    readonly node: string;
  };
  readonly identity: Identity;
  readonly tools: Readonly<Record<ToolName, ToolFact>>;
  readonly attempts: {
    /** unshare of user, network, mount and pid namespaces, with a fresh /proc. */
    readonly namespaces: Attempt;
    /**
     * The same without the user namespace, by root's own privileges; tried where the first cannot be
     * had. Where it worked, all other attempts were made so.
     */
    readonly privileges: Attempt;
    /** bwrap inside them, with its own namespaces, /dev and /proc. */
    readonly bwrap: Attempt;
    /** bwrap with a filter of system calls. */
    readonly seccomp: Attempt;
    /** ip: loopback up, a route. */
    readonly ip: Attempt;
    /** nft: a ruleset with the set types that ours use. */
    readonly nft: Attempt;
    /** nft: address translation, as the doors of allowed names need it. */
    readonly doors: Attempt;
    /** slirp4netns attached to the network namespace. */
    readonly slirp4netns: Attempt;
    /** pasta, tried where slirp4netns is not to be had, or not wanted. */
    readonly pasta: Attempt;
    /** A macvlan on the interface that the policy names, in the network namespace. */
    readonly macvlan: Attempt;
    /** overlayfs with its upper layer in the scratch directory. */
    readonly overlay: Attempt;
    /** The same over the workspace itself. */
    readonly workspaceOverlay: Attempt;
    /** The same for root, with the workspace's files as the step's own. */
    readonly idmap: Attempt;
    /** Where that fails: an overlay on an overlay over the workspace. */
    readonly overlayTwice: Attempt;
  };
  readonly memoryCgroup: MemoryCgroup | null;
  readonly hints: Hints;
  readonly hardLimits: HardLimits;
  /** The host's own addresses, loopback left out. */
  readonly hostAddresses: readonly string[];
  /** Directory under which a run makes its scratch directory. */
  readonly scratchBase: string;
  /** It lies on an overlay, so no upper layer can lie there. */
  readonly scratchOnOverlay: boolean;
}
