/** What stands at a path. `other` is a device, socket or fifo. */
export type PathKind = 'file' | 'directory' | 'other' | 'missing';

/** A path that the policy names, looked at. */
export interface NamedPath {
  /** As the policy has it. */
  readonly written: string;
  /** Absolute, `~` and the workspace filled in, not resolved. */
  readonly absolute: string;
  readonly kind: PathKind;
  /** Symlinks resolved, also of what is missing; equal to `absolute` when there were none. */
  readonly real: string;
  /** What earlier steps have made of it, in their layers; left out where they have nothing there. */
  readonly inLayers?: PathKind;
  /** Hidden because of what it is, and not because the policy says so. */
  readonly unasked?: true;
}

/** A path that `workspace` mode keeps as it is. */
export interface GuardedPath extends NamedPath {
  /** The directories above it that do not exist either, from the top. */
  readonly absent: readonly string[];
}

/** A top-level name of the base system, such as /bin. */
export type BaseEntry =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'symlink'; readonly to: string };

/** Owner and permission bits. */
export interface Owned {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** A file of the workspace's git of which the step is to see less than there is. */
export interface GitFile extends Owned {
  /** Absolute, symlinks resolved. */
  readonly path: string;
  /** What the step is to see instead. */
  readonly shown: string;
  /** Names of the settings that are left out, never values. Empty: nothing of the file is shown. */
  readonly removed: readonly string[];
  /** The directories below the workspace that lead to it, from the top. */
  readonly directories: readonly Owned[];
  /** Whether it and these directories have the supervisor's own uid and gid. */
  readonly own: boolean;
}

export interface GitSurvey {
  readonly files: readonly GitFile[];
  /** Where a `.git` lies, relative to the workspace. */
  readonly repositories: readonly string[];
  /** Whether the workspace has more directories than are searched for repositories. */
  readonly cutShort: boolean;
  /** The machine's own configuration, without credentials. */
  readonly system: string;
}

/** Another file system that is mounted in the workspace. */
export interface NestedMount {
  readonly path: string;
  /** Whether the supervisor can look at it. */
  readonly seen: boolean;
}

/** What in the workspace belongs to another user. */
export interface Strangers {
  /** The first few, relative to the workspace. */
  readonly named: readonly string[];
  /** More were found. */
  readonly more: boolean;
  /** False: there was too much to look at all of it. */
  readonly all: boolean;
}

/** What surveying the files around a command found, raw. */
export interface Site {
  /** Absolute, symlinks resolved. */
  readonly cwd: string;
  readonly workspace: string;
  readonly workspaceOwner: { readonly uid: number; readonly gid: number };
  /** Permission bits of the workspace's own directory. */
  readonly workspaceMode: number;
  readonly base: readonly BaseEntry[];
  /** Those of the chosen files and directories of /etc that exist. */
  readonly etc: readonly string[];
  /** Directories that the command's tools need, outside the base system and the workspace. */
  readonly toolDirectories: readonly string[];
  readonly read: readonly NamedPath[];
  readonly write: readonly NamedPath[];
  readonly hide: readonly NamedPath[];
  /** Where it is written down what tools from packages have to be; the place need not exist. */
  readonly toolRecords: string;
  /** Paths in the workspace that `workspace` mode keeps read-only. */
  readonly guarded: readonly GuardedPath[];
  readonly nested: readonly NestedMount[];
  /** Looked for where the mode is `overlay`. */
  readonly strangers: Strangers;
  /** The users to whom the layers of earlier steps belong. */
  readonly layerOwners: readonly number[];
  /** Where git in the workspace, and on the machine, keeps credentials. */
  readonly git: GitSurvey;
  /** Those of the files in /proc that tell of the host, such as /proc/keys, that exist. */
  readonly procCovered: readonly string[];
  /** Addresses of the resolvers that a process without a local daemon can ask. */
  readonly nameservers: readonly string[];
  /** Whole lines of resolv.conf besides `nameserver`. */
  readonly resolverOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}
