import type { NameAccount } from '../gateway/book.ts';

export type { NameRefusal, NameTraffic } from '../gateway/book.ts';
import type { CommandFile } from '../plan/types.ts';
import type { LogExcerpt } from './logs/followed.ts';

/** One destination that the step tried, as the kernel counted it. */
export interface EgressRecord {
  /** Of a name the real one in a run that records names, else the one that stands for it. */
  /** Of a name the real one where a run records names; otherwise the one that stands for it. */
  readonly address: string;
  /** The allowed name that the address stands for; left out where it is none of ours. */
  readonly name?: string;
  /** The first process that asked for the name; null where that could not be told. */
  readonly process?: string | null;
  /** null where the protocol has none. */
  readonly port: number | null;
  /** `tcp`, `udp`, `icmp`, `ipv6-icmp`, or the protocol's number. */
  readonly protocol: string;
  /** TCP: attempts to connect. Others: packets. */
  readonly count: number;
}

export interface EgressObservations {
  readonly allowed: readonly EgressRecord[];
  readonly refused: readonly EgressRecord[];
  /** Attempts that were counted but not listed, because the lists are bounded. */
  readonly allowedNotListed: number;
  readonly refusedNotListed: number;
  /** What went through the gateway; null where there was none. */
  readonly names: NameAccount | null;
}

/** Why the supervisor ended the step itself. */
export type EndedBy =
  | 'timeout'
  | 'cpu-time'
  | 'memory'
  | 'interrupt'
  | 'holder-lost'
  | 'network-lost';

export interface Ending {
  readonly by: EndedBy;
  /** For an interrupt its name, such as `SIGTERM`; otherwise what happened, in words. */
  readonly detail: string;
}

export interface Usage {
  /** Milliseconds, from release to exit. */
  readonly wallMs: number;
  /** Milliseconds of processor time of the whole tree. */
  readonly cpuMs: number;
  /** Bytes; null where nothing was measured before the step was over. */
  readonly peakMemoryBytes: number | null;
  readonly peakProcesses: number | null;
  /** Bytes of stdout and stderr that the step wrote, also what was cut off. */
  readonly outputBytes: number;
  readonly truncated: boolean;
}

/** A file that the step could write, read when it had ended. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  /** Why nothing was read; null where all of it was. */
  readonly problem: string | null;
}

/** A file of the workspace that the step left in another state than it found it. */
export interface Change {
  /** Relative to the workspace; `.` for itself. */
  readonly path: string;
  /** The bytes of the path; left out where they are UTF-8. */
  readonly hex?: string;
  readonly change: 'created' | 'modified' | 'deleted';
  /** What is there now; of what is deleted, what was there. */
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Bytes; 0 for what is deleted or no plain file. */
  readonly size: number;
}

export interface Changes {
  /** In the order of their paths. */
  readonly files: readonly Change[];
  /** More than these were found. */
  readonly notListed: number;
  /** Places that could not be looked at, or that were too many. */
  readonly unread: number;
}

/** One side of a change. All null: nothing is there. */
export interface TextSide {
  /** Permission bits; null for a symlink. */
  readonly mode: number | null;
  /** Of a file; of a symlink where it leads. */
  readonly text: string | null;
  /** Why there is no text of what could have one. */
  readonly why: string | null;
}

export interface ChangedText {
  readonly change: Change;
  readonly before: TextSide;
  readonly after: TextSide;
}

/** A path of the workspace, and why it did not come out, or not as it was. */
export interface OutputTold {
  readonly path: string;
  readonly reason: string;
}

/** What became of the declared outputs. */
export interface OutputsSeen {
  /** All of them are in the workspace. */
  readonly done: boolean;
  /** Files, directories and links that were not there just so before. */
  readonly files: number;
  readonly bytes: number;
  /** Globs that nothing matched. */
  readonly missing: readonly string[];
  /** What cannot come out, so that nothing did. */
  readonly refused: readonly OutputTold[];
  readonly refusedNotListed: number;
  /** What the globs name and what never comes out, or not as it was. */
  readonly leftOut: readonly OutputTold[];
  readonly leftOutNotListed: number;
  /** Why nothing came out; null where all did, or where it was not due. */
  readonly problem: string | null;
}

/** What the step wrote to the files that the policy wants to see. */
export interface LogAccount {
  /** In the order of their paths; those to which nothing was written are left out. */
  readonly files: readonly LogExcerpt[];
  /** How many more files were meant than are followed; no more than a few are counted. */
  readonly notFollowed: number;
}

export type CommandFiles = Readonly<Record<CommandFile, ReadFile>>;

/** What the kernel showed of the step's first process, looked at from outside before it was released. */
export interface SeenStep {
  readonly uid: number;
  /** No other uid or gid, no groups, and no capabilities in any of the sets. */
  readonly bare: boolean;
  readonly noNewPrivs: boolean;
  /** Under filters of system calls. */
  readonly filtered: boolean;
  /** How many more than the supervisor; infinite where the kernel does not count them, NaN where nobody can tell. */
  readonly filters: number;
}

export interface Observations {
  /** The command was let go; before that nothing of it ran. */
  readonly released: boolean;
  /** As a shell tells it: 128+n for a signal. null when the sandbox was lost first. */
  readonly exitCode: number | null;
  readonly ending: Ending | null;
  /** What kept the sandbox from being built; null when it was. */
  readonly setupFailure: string | null;
  readonly egress: EgressObservations | null;
  readonly step: SeenStep | null;
  /** SHA-256 of each filter of the plan that was put in force, in hex, in order. */
  readonly filters: readonly string[];
  /** What a step of a workflow left for the runner; null for any other command. */
  readonly commandFiles: CommandFiles | null;
  /** What became of the workspace in a throwaway layer; null where there is none. */
  readonly changes: Changes | null;
  /** null: nobody asked for a diff, or there were no changes to read. */
  readonly texts: readonly ChangedText[] | null;
  /** null: none are followed. */
  readonly logs: LogAccount | null;
  /** How long it took to give each file of the workspace to the step, in milliseconds. */
  readonly givingMs: number;
  /** null: none are declared, or the step did not end in a way that they come out. */
  readonly outputs: OutputsSeen | null;
  readonly usage: Usage;
}
