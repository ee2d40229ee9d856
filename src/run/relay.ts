import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** Carries the step's output to ours, byte for byte, and stops carrying at the cap. */
export interface Relay {
  /** Bytes that the step wrote, also those that were cut off. */
  bytes(): number;
  truncated(): boolean;
  /** Settles when both streams have ended and all that counts is written. */
  readonly done: Promise<void>;
}

/**
 * Past the cap the rest is read and dropped, so the step goes on and memory holds one chunk.
 * A reader that is slower than the step slows the step down; one that goes away closes its pipe.
 */
export function relayOutput(
  streams: readonly (readonly [from: Readable, to: Writable])[],
  capBytes: number | null,
): Relay {
  let bytes = 0;
  let truncated = false;
  const carry = async (from: Readable, to: Writable): Promise<void> => {
    let open = true;
    const closed = (): void => {
      open = false;
      from.destroy();
    };
    to.on('error', closed);
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const room = capBytes === null ? chunk.length : Math.max(0, capBytes - bytes);
        bytes += chunk.length;
        if (chunk.length > room) truncated = true;
        const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
        if (kept.length > 0 && open && !to.write(kept)) await drained(to, from);
      }
    } catch {
      // Only a stream that was closed on purpose ends this way.
    }
    if (open && to.writableLength > 0)
      await new Promise<void>((resolve) => to.write('', () => resolve()));
    to.off('error', closed);
  };
  const done = Promise.all(streams.map(async ([from, to]) => await carry(from, to))).then(
    () => undefined,
  );
  return { bytes: () => bytes, truncated: () => truncated, done };
}

/** Settles when the reader has caught up, or when nothing more will be read. */
async function drained(to: Writable, from: Readable): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      to.off('drain', settle);
      from.off('close', settle);
      resolve();
    };
    to.on('drain', settle);
    from.on('close', settle);
  });
}

/**
 * Hands our own input on through a pipe: the step must not hold the descriptor itself, which may be
 * a terminal, a socket, or a file that is open for writing. A terminal is not read at all.
 */
export function relayInput(
  from: (Readable & { readonly isTTY?: boolean }) | null,
  to: Writable,
): void {
  to.on('error', () => {
    // The step closed its input or ended; the rest of ours is nobody's.
    from?.destroy();
  });
  if (from === null || from.isTTY === true || !isOpen(0)) {
    to.end();
    return;
  }
  from.on('error', () => to.end());
  from.pipe(to);
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
