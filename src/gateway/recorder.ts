import { lookup } from 'node:dns/promises';
import { standFor } from '../plan/ruleset.ts';
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
export function recorder({
  addresses,
  feed,
}: RecorderRequest): (name: string) => Promise<string | 'unknown' | 'busy'> {
  const standing = new Map<string, Promise<string | 'unknown' | 'busy'>>();
  const stand = async (name: string): Promise<string | 'unknown' | 'busy'> => {
    const real = await lookup(name, { family: 4 }).catch(() => null);
    if (real === null) return 'unknown';
    const address = addresses.addressFor(name);
    if (address === null) return 'busy';
    await feed(standFor(address, real.address));
    return address;
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
