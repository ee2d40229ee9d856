import type { Readable, Writable } from 'node:stream';

/** Where the step's input comes from and its output goes. */
export interface StepIo {
  /** null: the step finds its input at its end. */
  readonly stdin: (Readable & { readonly isTTY?: boolean }) | null;
  readonly stdout: Writable;
  /** The same as `stdout`: then both leave through one pipe, in the order in which they were written. */
  readonly stderr: Writable;
}

/** Our own, unchanged. */
export function ownIo(): StepIo {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}
