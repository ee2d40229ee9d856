/** Where a value came from, so that reports and errors can name it. */
export interface Source {
  readonly kind: 'default' | 'file' | 'flag';
  /** The file as the user named it, or the option, such as `--allow`. Empty for a default. */
  readonly name: string;
  readonly line?: number;
  readonly column?: number;
  /** For an entry that came of a group: which one, and what on the machine said so, such as `~/.npmrc`. */
  readonly group?: { readonly name: GroupName; readonly from: string };
}

export interface Sourced<T> {
  readonly value: T;
  readonly source: Source;
}

export type OnUnavailable = 'fail' | 'degrade';
export type NetworkMode = 'deny' | 'allowlist' | 'audit' | 'unrestricted';
/** What carries packets out of the sandbox. */
export type Backend = 'slirp4netns' | 'pasta' | 'macvlan';
export type OnBlocked = 'fail' | 'warn' | 'ignore';
export type FilesystemMode = 'scratch-only' | 'scratch-plus-ro' | 'overlay' | 'workspace' | 'off';
export type OutputsOn = 'success' | 'always';
export type OutputsMissing = 'fail' | 'warn';
export type PrivilegeMode = 'drop' | 'inherit';
export type ProfileName = 'strict' | 'default' | 'off';
export type Protocol = 'tcp' | 'udp' | 'icmp';

/** Both ends included; 1 to 65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Addresses that may be reached: `10.1.0.0/16:5432`, `[2001:db8::/32]:443`, `198.51.100.0/24:53/udp`. */
export interface AddressEntry {
  readonly kind: 'address';
  readonly family: 4 | 6;
  /** Canonical text of the network address: dotted quad, or RFC 5952. */
  readonly address: string;
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
  readonly protocol: Protocol;
  /** Sorted, disjoint; empty for icmp. */
  readonly ports: readonly PortRange[];
  /**
   * What a floor left of a wider entry has that one's prefix here: an address of the host, or a
   * private range, opens only to an entry that names it, and a part names no more than the whole did.
   */
  readonly cutFrom?: number;
  /** The entry in its canonical spelling. */
  readonly text: string;
}

/** A name that may be reached: `api.example.com:443`, `*.example.com`. */
export interface NameEntry {
  readonly kind: 'name';
  /** Lower case, without a trailing dot or the leading `*.`. */
  readonly host: string;
  readonly wildcard: boolean;
  readonly protocol: Protocol;
  readonly ports: readonly PortRange[];
  /** False: the bytes are not looked at, for protocols that start in the clear. */
  readonly tls: boolean;
  /** The name may lead to a private address. */
  readonly private: boolean;
  readonly text: string;
}

export type EgressEntry = AddressEntry | NameEntry;

/** A word of `network.allow` that stands for what the machine's own configuration of a tool names. */
export type GroupName = 'apt' | 'cargo' | 'github' | 'go' | 'npm' | 'pip';

/** A group as the policy has it, before the machine is asked. */
export interface GroupEntry {
  readonly kind: 'group';
  readonly name: GroupName;
}

/** Every limit: null where the policy says `none`. */
export interface Resources {
  /** Wall clock, milliseconds. */
  readonly timeout: Sourced<number | null>;
  /** Processor time, milliseconds. */
  readonly cpuTime: Sourced<number | null>;
  /** Bytes. */
  readonly memory: Sourced<number | null>;
  readonly processes: Sourced<number | null>;
  readonly openFiles: Sourced<number | null>;
  /** Bytes of any one file that the step writes. */
  readonly fileSize: Sourced<number | null>;
  /** Bytes of stdout and stderr together. */
  readonly output: Sourced<number | null>;
}

/** A profile of system calls that is the user's own. */
export interface ProfileFile {
  /** As written: absolute, `~/…`, or relative to the document that names it. */
  readonly path: string;
  /** null until it is read. */
  readonly content: ProfileContent | null;
}

export interface ProfileContent {
  /** As errors name the file. */
  readonly name: string;
  readonly text: string;
  /** Hex. */
  readonly sha256: string;
  /** The commit that it was read from; null for what lies on disk. */
  readonly commit: string | null;
}

export type ProfileChoice = ProfileName | ProfileFile;

/** A profile that a floor adds to another, where neither is known to be the stricter one: both hold. */
export interface FurtherProfile {
  readonly profile: Sourced<ProfileChoice>;
  readonly allow: readonly Sourced<string>[];
}

/** A whole policy: every value is there, and each remembers where it came from. */
export interface Policy {
  readonly onUnavailable: Sourced<OnUnavailable>;
  readonly network: {
    readonly mode: Sourced<NetworkMode>;
    readonly allow: readonly Sourced<EgressEntry>[];
    readonly blockMetadata: Sourced<boolean>;
    /** Asked for the addresses of allowed names: `192.0.2.53`, `192.0.2.53:5353`; null: the system's. */
    readonly resolver: Sourced<string | null>;
    readonly backend: Sourced<'auto' | Backend>;
    /** For `macvlan`: the host's interface, and the step's own address there. null: not said. */
    readonly interface: Sourced<string | null>;
    /** Dotted quads, as are the two below. */
    readonly address: Sourced<string | null>;
    readonly netmask: Sourced<string | null>;
    readonly gateway: Sourced<string | null>;
    readonly onBlocked: Sourced<OnBlocked>;
    readonly expectBlocked: readonly Sourced<EgressEntry>[];
  };
  readonly filesystem: {
    readonly mode: Sourced<FilesystemMode>;
    /** Paths as written: absolute, `~/…`, or relative to the workspace. */
    readonly read: readonly Sourced<string>[];
    readonly write: readonly Sourced<string>[];
    readonly hide: readonly Sourced<string>[];
    /** Globs of what is kept of a throwaway layer, and exclusions that start with `!`. */
    readonly outputs: readonly Sourced<string>[];
    /** Globs of files of which is shown what the step writes to them. */
    readonly logs: readonly Sourced<string>[];
    readonly outputsOn: Sourced<OutputsOn>;
    readonly outputsMissing: Sourced<OutputsMissing>;
    /** Bytes. */
    readonly maxOutputSize: Sourced<number | null>;
    readonly maxOutputFiles: Sourced<number | null>;
  };
  readonly resources: Resources;
  readonly privilege: {
    readonly mode: Sourced<PrivilegeMode>;
    /** null: chosen by the plan. */
    readonly uid: Sourced<number | null>;
    readonly gid: Sourced<number | null>;
  };
  readonly syscalls: {
    readonly profile: Sourced<ProfileChoice>;
    /** Names of system calls that the profile would refuse. */
    readonly allow: readonly Sourced<string>[];
    /** Names of those that are refused whatever the profile says. */
    readonly block: readonly Sourced<string>[];
    /** Only floors add to it. */
    readonly further: readonly FurtherProfile[];
  };
  readonly environment: {
    /** Names and globs (`CARGO_*`) of variables that are handed on, besides the built-in list. */
    readonly pass: readonly Sourced<string>[];
    readonly set: ReadonlyMap<string, Sourced<string>>;
  };
  /** What of a workflow step goes on to the rest of its job. Nothing else reads it. */
  readonly runner: {
    /** Names of step outputs. */
    readonly outputs: readonly Sourced<string>[];
    /** Names of variables. */
    readonly env: readonly Sourced<string>[];
    /** Directories, absolute or relative to the workspace: entries of PATH must lie within one. */
    readonly path: readonly Sourced<string>[];
    /** Whether the step's job summary is shown. */
    readonly summary: Sourced<boolean>;
    /** Whether its errors, warnings and notices are shown. */
    readonly annotations: Sourced<boolean>;
  };
}

/** What a document says of the network: groups stand beside the entries until the machine is asked. */
export type NetworkValues = Partial<Policy['network']> & {
  /** Left out where there are none. Whoever does not expand them allows less, never more. */
  readonly groups?: readonly Sourced<GroupName>[];
};

/** Makes every property optional, down to the leaves; lists and maps stay whole. */
export type PolicyValues = {
  readonly onUnavailable?: Policy['onUnavailable'];
  readonly network?: NetworkValues;
  readonly filesystem?: Partial<Policy['filesystem']>;
  readonly resources?: Partial<Policy['resources']>;
  readonly privilege?: Partial<Policy['privilege']>;
  readonly syscalls?: Partial<Policy['syscalls']>;
  readonly environment?: Partial<Policy['environment']>;
  readonly runner?: Partial<Policy['runner']>;
};

/** One document's share of the policy. */
export interface PolicyLayer {
  /** The file as the user named it, or `command line`. */
  readonly name: string;
  /** Hex; null for the command line. */
  readonly sha256: string | null;
  /** The commit that the document was read from; left out for what lies on disk. */
  readonly commit?: string;
  readonly values: PolicyValues;
}
