import type { OutputsPlan } from '../../plan/filesystem-types.ts';
import type { OutputsSeen } from '../observations.ts';
import type { Reader } from '../reader.ts';

/** What the process that brings outputs out is told, in a file of the run's own directory. */
export interface OutputsJob {
  readonly plan: OutputsPlan;
  /** The workspace as the step left it, reached through the holder's mounts. */
  readonly merged: string;
  readonly workspace: string;
  /** Upper directories that have their files whole, newest first: there they can be cloned from. */
  readonly layers: readonly string[];
  /** Files are given to the owner of the directory that they land in. */
  readonly root: boolean;
  /** Who the step was, where that is somebody else than the supervisor: what it could not read does not come out. */
  readonly reader: Reader | null;
  /** Whose death ends it, as long as nothing is in place. */
  readonly supervisor: number;
  /** With its number it names the supervisor for good: when it started, and where its number counts. */
  readonly startedAt: string | null;
  readonly namespace: string;
}

/** What it says: first whether it could stage all, then whether all is in place. */
export type OutputsAnswer =
  | { readonly staged: boolean; readonly seen: OutputsSeen }
  | { readonly inPlace: true }
  | { readonly failed: string };

/** In the run's directory, where no step ever sees it; and what is in there. */
export const OWN = 'outputs';
export const JOB = 'job.json';
export const JOURNAL = 'journal.json';
/** The supervisor's word to put in place what is staged. */
export const GO = 'go\n';
