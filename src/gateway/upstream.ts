import { messageOf } from '../base/errors.ts';
import type { AddressJudgement } from './address-judgement.ts';
import { proxyFor } from './proxy.ts';
import { raceTo } from './race.ts';
import { refusal, UpstreamRefused } from './refused.ts';
import { type Resolve, resolveBy } from './resolve.ts';
import { tunnelThrough } from './proxy-tunnel.ts';
import type { Destination, RefusalCode, Upstream } from './types.ts';

/** For each part of the way: the look-up, the connection, the proxy's answer. */
const PART_MS = 15_000;

export interface UpstreamOptions extends AddressJudgement {
  /** `192.0.2.53` or `192.0.2.53:5353`; null for the system's own. */
  readonly resolver: string | null;
  /** The machine's, for `HTTPS_PROXY` and its like. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/**
 * The way upstream of this machine. A name is resolved anew for every connection, the addresses are
 * judged, and only those that stand are connected to. Where the machine has a proxy the name is
 * handed to that, and it resolves.
 */
export function systemUpstream(options: UpstreamOptions): Upstream {
  const { timeoutMs = PART_MS } = options;
  const resolve = within(resolveBy(options.resolver), timeoutMs);
  const proxyAddresses = within(resolveBy(null), timeoutMs);
  return {
    async connect(destination) {
      const proxy = proxyFor(destination, options.environment);
      if (proxy === null) {
        const addresses = await or('unresolved', resolve(destination.host));
        const standing = sift(addresses, destination, options);
        return await or('unreachable', raceTo(standing, destination.port, timeoutMs));
      }
      if ('unusable' in proxy) throw new UpstreamRefused(refusal('unreachable', proxy.unusable));
      // The proxy is the machine's own choice, so its address is not judged.
      const addresses = await or('unreachable', proxyAddresses(proxy.host));
      const socket = await or('unreachable', raceTo(addresses, proxy.port, timeoutMs));
      await or('unreachable', tunnelThrough(socket, proxy, destination, timeoutMs));
      return socket;
    },
  };
}

/** The addresses that may be connected to; refuses where none of them may. */
function sift(
  addresses: readonly string[],
  destination: Destination,
  { forbidden, privateReason }: AddressJudgement,
): readonly string[] {
  const judged = addresses.map((address) => ({
    address,
    why: forbidden(address) ?? (destination.private ? null : privateReason(address)),
  }));
  const standing = judged.filter(({ why }) => why === null).map(({ address }) => address);
  const [first] = judged;
  if (standing.length > 0) return standing;
  if (first === undefined) throw new UpstreamRefused(refusal('unresolved', null));
  throw new UpstreamRefused(refusal('forbidden-address', `${first.address}: ${first.why}`));
}

async function or<T>(code: RefusalCode, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new UpstreamRefused(refusal(code, codeOf(error)));
  }
}

/** `ENOTFOUND` and its like where there is one: the message would say the name again. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : messageOf(error);
}

/** A resolver that does not answer holds a connection no longer than this. */
function within(resolve: Resolve, timeoutMs: number): Resolve {
  return async (host) => {
    let clock: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`no answer from the resolver in ${timeoutMs / 1000} s`);
      clock = setTimeout(() => reject(error), timeoutMs);
    });
    try {
      return await Promise.race([resolve(host), late]);
    } finally {
      clearTimeout(clock);
    }
  };
}
