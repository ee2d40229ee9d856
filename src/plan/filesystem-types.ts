import type { OutputsMissing, OutputsOn } from '../policy/types.ts';

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

export interface GeneratedFile {
  /** Relative to the scratch directory. */
  readonly name: string;
  readonly content: string;
  /** The step may write it. */
  readonly ofStep?: true;
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
  /** Where layers say what is more than files. `trusted`: as real root. */
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

/** What goes from the throwaway layer to the workspace when the step is over. */
export interface OutputsPlan {
  /** Globs and exclusions, as the policy has them. */
  readonly globs: readonly string[];
  /** What does not come out, with all that is in it. Relative to the workspace; empty for all of it. */
  readonly never: readonly { readonly path: string; readonly reason: string }[];
  readonly on: OutputsOn;
  readonly missing: OutputsMissing;
  /** Of all files together; null: no limit. */
  readonly maxBytes: number | null;
  readonly maxFiles: number | null;
}

/** A directory or file of the workspace that the step can write, and where it lies for the holder. */
export interface LogPlace {
  /** Relative to the workspace; empty for all of it. */
  readonly path: string;
  readonly source: string;
}

/** Which files are followed while the step runs. */
export interface LogsPlan {
  readonly globs: readonly string[];
  /** Where the step can write, from the outside in: the last one that holds a path is where it lies. */
  readonly places: readonly LogPlace[];
  /** What the step cannot write, with all that is in it; relative to the workspace. */
  readonly never: OutputsPlan['never'];
}
