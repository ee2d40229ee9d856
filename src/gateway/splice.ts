import type { Socket } from 'node:net';
import type { Refusal } from './types.ts';

/** Long connections tell so often what they have moved. */
export const TELL_MS = 5000;
/** So often the kernel asks whether the other end is still there: a way through a NAT stays open. */
const KEEP_ALIVE_MS = 60_000;

/** Looks at bytes before they go on. */
export interface Gate {
  up(chunk: Uint8Array): Refusal | null;
  down(chunk: Uint8Array): void;
}

export interface Splicing {
  readonly client: Socket;
  readonly upstream: Socket;
  /** What was already read from the client; goes up first, and not through the gate. */
  readonly first: Uint8Array;
  readonly gate: Gate | null;
  readonly tellMs: number;
  readonly moved: (bytes: { readonly up: number; readonly down: number }) => void;
  /** The gate refused: upstream is reset, the client's socket is still open and is the caller's. */
  readonly cut: (refusal: Refusal) => void;
}

/**
 * Joins two connected sockets as if they were one connection: what one end sends, ends, resets or
 * does not read is so for the other. In memory it holds one chunk and one buffer a direction.
 */
export function splice(splicing: Splicing): void {
  const { client, upstream, first, gate } = splicing;
  const account = keepAccount(splicing);
  for (const socket of [client, upstream]) {
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    // A reset is told by 'close', which follows every error.
    socket.on('error', () => undefined);
  }
  upstream.setKeepAlive(true, KEEP_ALIVE_MS);

  const untie = [followEnd(client, upstream), followEnd(upstream, client)];
  const stopUp = pump(client, upstream, (chunk) => {
    const refusal = gate?.up(chunk) ?? null;
    if (refusal === null) {
      account.add(chunk.length, 0);
      return true;
    }
    for (const undo of [...untie, stopUp, stopDown]) undo();
    upstream.resetAndDestroy();
    account.close();
    splicing.cut(refusal);
    return false;
  });
  const stopDown = pump(upstream, client, (chunk) => {
    gate?.down(chunk);
    account.add(0, chunk.length);
    return true;
  });
  if (first.length > 0) {
    account.add(first.length, 0);
    upstream.write(first);
  }
  client.resume();
  upstream.resume();
}

/** Carries what comes, not faster than it is taken. Returns how to stop it. */
function pump(from: Socket, to: Socket, look: (chunk: Buffer) => boolean): () => void {
  const carry = (chunk: Buffer): void => {
    if (look(chunk) && !to.write(chunk)) from.pause();
  };
  const goOn = (): void => {
    from.resume();
  };
  const finish = (): void => {
    to.end();
  };
  from.on('data', carry);
  from.on('end', finish);
  to.on('drain', goOn);
  return () => {
    from.off('data', carry);
    from.off('end', finish);
    to.off('drain', goOn);
  };
}

/** When one socket is gone before both directions have ended, the other is reset. */
function followEnd(one: Socket, other: Socket): () => void {
  const follow = (): void => {
    if (!(one.readableEnded && one.writableFinished)) other.resetAndDestroy();
  };
  if (one.destroyed) follow();
  else one.once('close', follow);
  return () => one.off('close', follow);
}

/** Counts, and tells from time to time and when both sockets are closed. */
function keepAccount({ client, upstream, tellMs, moved }: Splicing): {
  add(up: number, down: number): void;
  close(): void;
} {
  let [up, down] = [0, 0];
  let open = 2;
  const tell = (): void => {
    if (up + down > 0) moved({ up, down });
    [up, down] = [0, 0];
  };
  const close = (): void => {
    clearInterval(clock);
    tell();
  };
  const clock = setInterval(tell, tellMs).unref();
  for (const socket of [client, upstream]) {
    const gone = (): void => {
      open -= 1;
      if (open === 0) close();
    };
    if (socket.closed) gone();
    else socket.once('close', gone);
  }
  return {
    add(moreUp, moreDown) {
      up += moreUp;
      down += moreDown;
    },
    close,
  };
}
