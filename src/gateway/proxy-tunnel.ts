import type { Socket } from 'node:net';
import { growingBytes } from './growing-bytes.ts';
import { connectRequest, type Proxy, readAnswer } from './proxy.ts';
import type { Destination } from './types.ts';

/**
 * Asks the proxy at the other end of the socket for a way to the destination. The socket is then
 * that way, as if it had just been connected. Rejects with what the
 * proxy said instead.
 */
export async function tunnelThrough(
  socket: Socket,
  proxy: Proxy,
  destination: Destination,
  timeoutMs: number,
): Promise<void> {
  const clock = setTimeout(
    () => socket.destroy(new Error(`no answer from the proxy in ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    socket.write(connectRequest(destination, proxy));
    await takeAnswer(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(clock);
  }
}

/** Reads by 'readable': a listener for 'data' would leave the socket paused for whoever is next. */
async function takeAnswer(socket: Socket): Promise<void> {
  const held = growingBytes();
  await new Promise<void>((resolve, reject) => {
    const settle = (error: Error | null): void => {
      socket.off('readable', look).off('error', settle).off('end', leave).off('close', leave);
      if (error === null) resolve();
      else reject(error);
    };
    const leave = (): void => settle(new Error('the proxy hung up'));
    const look = (): void => {
      for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
        held.add(chunk);
        const answer = readAnswer(held.bytes());
        if (answer.kind === 'need-more') continue;
        settle(answer.kind === 'open' ? null : new Error(answer.why));
        const rest = answer.kind === 'open' ? held.bytes().subarray(answer.bytes) : chunk;
        if (rest.length > 0) socket.unshift(rest);
        return;
      }
    };
    socket.on('readable', look).on('error', settle).on('end', leave).on('close', leave);
  });
}

function take(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}
