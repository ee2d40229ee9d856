/** Where in the user's own text a problem stands. Lines and columns count from 1. */
export interface Place {
  /** A file name as the user wrote it, or the option (`--allow`) that carried the value. */
  readonly origin: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong with what the user gave us. */
export interface Problem {
  readonly place: Place;
  /** Dotted path inside the document, such as `network.allow[2]`. Empty for the whole document. */
  readonly path: string;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What would have been right, such as `a size like 512MiB`. */
  readonly expected?: string;
}

/**
 * What can go wrong before, around or after a run.
 *
 * - `usage`: the command line is not understood.
 * - `policy-invalid`: one or more policies do not parse; `problems` has all of them.
 * - `policy-unreadable`: a policy file is missing or cannot be read.
 * - `input-invalid`: a path or value beside the policy cannot be used.
 * - `refused`: a requested layer cannot be enforced and `on-unavailable` is `fail`.
 * - `setup-failed`: the sandbox could not be built although probing said it could.
 * - `report-unwritable`: the report or summary file could not be written.
 * - `output-lost`: what was printed, or came from a command that succeeded, could not be written.
 * - `layer-unusable`: a layer cannot be built on, or cannot be kept where it should be.
 */
export type ErrorCode =
  | 'usage'
  | 'policy-invalid'
  | 'policy-unreadable'
  | 'input-invalid'
  | 'refused'
  | 'setup-failed'
  | 'report-unwritable'
  | 'output-lost'
  | 'layer-unusable';

export interface ErrorDetails {
  readonly remedy?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** The one error class: what failed, why, and what to do about it. */
export class GloveboxError extends Error {
  override readonly name = 'GloveboxError';

  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** The message of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
