import { lookup } from 'node:dns/promises';
import { contains, parseCidr } from '../policy/addresses.ts';
import { HOST_LINK } from '../plan/ranges.ts';
import { standFor } from '../plan/ruleset.ts';
import type { Resolve, Resolved } from './resolver.ts';
import type { SyntheticAddresses } from './synthetic.ts';

export interface RecorderRequest {
  readonly addresses: SyntheticAddresses;
  /** Takes one nftables transaction. */
  readonly feed: (transaction: string) => Promise<void>;
}

/**
 * For a run that may reach anything and writes it down: each name gets an address that the kernel
 * exchanges for the real one, so that what is counted there is counted by name. A name that has
 * IPv6 addresses only has none here.
 */
export function recorder({ addresses, feed }: RecorderRequest): Resolve {
  const standing = new Map<string, Promise<Resolved>>();
  const stand = async (name: string): Promise<Resolved> => {
    const real = await lookup(name, { family: 4 }).catch(() => null);
    if (real === null || isOurs(real.address)) return 'unknown';
    const address = addresses.addressFor(name);
    if (address === null) return 'busy';
    await feed(standFor(address, real.address));
    return { address };
  };
  return async (name) => {
    const known = standing.get(name) ?? stand(name);
    standing.set(name, known);
    const found = await known;
    // It may exist a moment later.
    if (found === 'unknown' || found === 'busy') standing.delete(name);
    return found;
  };
}

/** An exchanged packet to the gateway's host passes the rules, so no name may lead there. */
function isOurs(address: string): boolean {
  const real = parseCidr(address);
  return HOST_LINK.some(({ text }) => {
    const range = parseCidr(text);
    return real === null || (range !== null && contains(range, real));
  });
}
