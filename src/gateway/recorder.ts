import { contains, mappedIPv4, parseAddress, parseCidr, widthOf } from '../policy/addresses.ts';
import { looksLikeIPv4 } from '../policy/host-names.ts';
import { HOST_LINK } from '../plan/ranges.ts';
import { standFor } from '../plan/ruleset-gateway.ts';
import { resolveBy } from './resolve.ts';
import type { Resolve, Resolved } from './resolver.ts';
import type { SyntheticAddresses } from './synthetic.ts';

export interface RecorderRequest {
  readonly addresses: SyntheticAddresses;
  /** Takes one nftables transaction. */
  readonly feed: (transaction: string) => Promise<void>;
  /** Asked for the real addresses; null: the system's. */
  readonly resolver: string | null;
}

export interface Recorder {
  readonly resolve: Resolve;
  /** What an address stands for; null where it was never handed out. */
  readonly realOf: (address: string) => string | null;
}

/**
 * For a run that may reach anything and writes it down: each name gets an address that the kernel
 * exchanges for the real one, so that what is counted there is counted by name. IPv6 is for names
 * that have nothing else.
 */
export function recorder({ addresses, feed, resolver }: RecorderRequest): Recorder {
  const standing = new Map<string, Promise<Resolved>>();
  const reals = new Map<string, string>();
  const ask = resolveBy(resolver);
  const stand = async (name: string): Promise<Resolved> => {
    const found = await ask(name).catch(() => []);
    const usable = found.filter((address) => !isOurs(address));
    const real = usable.find((address) => !address.includes(':')) ?? usable[0];
    if (real === undefined) return 'unknown';
    const address = addresses.addressFor(name, real.includes(':') ? 6 : 4);
    if (address === null) return 'busy';
    const stands = await feed(standFor(address, real)).then(
      () => true,
      () => false,
    );
    if (!stands) return 'busy';
    reals.set(address, real);
    return { address };
  };
  return {
    resolve: async (name) => {
      // The system's resolver would read it as an address, which is no name to allow.
      if (looksLikeIPv4(name)) return 'unknown';
      const known = standing.get(name) ?? stand(name);
      standing.set(name, known);
      const found = await known;
      // It may exist a moment later.
      if (found === 'unknown' || found === 'busy') standing.delete(name);
      return found;
    },
    realOf: (address) => reals.get(address) ?? null,
  };
}

/** To a socket outside these are the machine itself, as is what HOST_LINK has. */
const UNSPECIFIED = ['0.0.0.0/8', '::/128'];
const OURS = [...HOST_LINK.map(({ text }) => text), ...UNSPECIFIED].map(parseCidr);

/**
 * An exchanged packet to the gateway's host passes the rules, so no name may lead there. Nor to IPv4
 * inside of IPv6, which no socket of the step could dial: the rules see only the one, and the way out
 * dials the other.
 */
function isOurs(text: string): boolean {
  const address = parseAddress(text);
  if (address === null || mappedIPv4(address) !== null) return true;
  const at = { ...address, prefix: widthOf(address.family) };
  return OURS.some((range) => range !== null && contains(range, at));
}
