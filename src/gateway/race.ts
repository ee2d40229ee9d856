import { connect, isIPv6, type Socket } from 'node:net';

/** The next address is tried after this long, or at once when one fails (RFC 8305). */
const STAGGER_MS = 250;
/** More addresses than this are not tried for one name. */
const MOST_ADDRESSES = 8;

/**
 * Connects to the first of the addresses that answers; the others are given up. Rejects with what
 * the last one said, or when the time is over.
 */
export async function raceTo(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
): Promise<Socket> {
  const waiting = interleaved(addresses).slice(0, MOST_ADDRESSES);
  const attempts = new Set<Socket>();
  return await new Promise((resolve, reject) => {
    let next: NodeJS.Timeout | undefined;
    const settle = (winner: Socket | null, why?: Error): void => {
      clearTimeout(next);
      clearTimeout(clock);
      waiting.length = 0;
      for (const socket of attempts) if (socket !== winner) socket.destroy();
      if (winner === null) reject(why ?? new Error('it has no address'));
      else resolve(winner);
    };
    const clock = setTimeout(
      () => settle(null, new Error(`no answer in ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const tryNext = (lastError?: Error): void => {
      clearTimeout(next);
      const host = waiting.shift();
      if (host === undefined) {
        if (attempts.size === 0) settle(null, lastError);
        return;
      }
      next = setTimeout(tryNext, STAGGER_MS);
      const socket = connect({ host, port, autoSelectFamily: false, allowHalfOpen: true });
      attempts.add(socket);
      const fail = (error: Error): void => {
        attempts.delete(socket);
        tryNext(error);
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        settle(socket);
      });
    };
    tryNext();
  });
}

/** Turn by turn of each family, beginning with that of the first. */
function interleaved(addresses: readonly string[]): string[] {
  const first = addresses.filter((address) => isIPv6(address) === isIPv6(addresses[0] ?? ''));
  const second = addresses.filter((address) => !first.includes(address));
  return first
    .flatMap((address, index) => [address, ...second.slice(index, index + 1)])
    .concat(second.slice(first.length));
}
