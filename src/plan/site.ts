/** What stands at a path. `other` is a device, socket or fifo. */
export type PathKind = 'file' | 'directory' | 'other' | 'missing';

/** A path that the policy names, looked at. */
export interface NamedPath {
  /** As the policy has it. */
  readonly written: string;
  /** Absolute, `~` and the workspace filled in, not resolved. */
  readonly absolute: string;
  readonly kind: PathKind;
  /** Symlinks resolved; equal to `absolute` when there were none. */
  readonly real: string;
}

/** A top-level name of the base system, such as /bin. */
export type BaseEntry =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'symlink'; readonly to: string };

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
  /** Existing paths in the workspace that `workspace` mode keeps read-only. */
  readonly guarded: readonly NamedPath[];
  /** Those of the files in /proc that tell of the host, such as /proc/keys, that exist. */
  readonly procCovered: readonly string[];
  /** Addresses of the resolvers that a process without a local daemon can ask. */
  readonly nameservers: readonly string[];
  /** Whole lines of resolv.conf besides `nameserver`. */
  readonly resolverOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}
