import { METADATA_RANGES, PRIVATE_RANGES } from '../plan/ranges.ts';
import {
  type Address,
  type Cidr,
  contains,
  formatAddress,
  parseAddress,
  parseCidr,
  widthOf,
} from '../policy/addresses.ts';

/** What an address that a name resolved to must not be. Each tells why, or null where it is not so. */
export interface AddressJudgement {
  /** Never connected to, whatever the entry says. */
  readonly forbidden: (address: string) => string | null;
  /** Connected to only where the entry says `private: true`. */
  readonly privateReason: (address: string) => string | null;
}

/** Addresses that are this machine's, or nobody's in particular. */
const NEVER: readonly Named[] = [
  named('0.0.0.0/8', 'unspecified, which is this machine'),
  named('127.0.0.0/8', "this machine's loopback"),
  named('169.254.0.0/16', 'link-local'),
  named('224.0.0.0/4', 'multicast'),
  named('240.0.0.0/4', 'reserved or broadcast'),
  named('::/128', 'unspecified, which is this machine'),
  named('::1/128', "this machine's loopback"),
  named('fe80::/10', 'link-local'),
  named('ff00::/8', 'multicast'),
];

/** Not in the ranges that an allow entry can name, but as private as they are. */
const PRIVATE_TOO: readonly Named[] = [
  named('fec0::/10', 'site-local'),
  named('64:ff9b:1::/48', "a local network's way to IPv4"),
];

/** Where an IPv6 address has an IPv4 address in it, and packets may end up there. */
const EMBEDDINGS: readonly {
  readonly range: Cidr;
  readonly inside: (bits: bigint) => readonly bigint[];
}[] = [
  // Mapped, translated and NAT64: in the last 32 bits. So is the long dead "compatible" form.
  ...['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'].map(
    (text) => ({ range: cidr(text), inside: (bits: bigint) => [low32(bits)] }),
  ),
  // 6to4.
  { range: cidr('2002::/16'), inside: (bits) => [low32(bits >> 80n)] },
  // Teredo: its server, and its client with all bits turned.
  { range: cidr('2001::/32'), inside: (bits) => [low32(bits >> 64n), low32(~bits)] },
];
/** ISATAP: behind any prefix, the last 64 bits begin so. */
const ISATAP = new Set([0x0000_5efen, 0x0200_5efen]);

interface Named {
  readonly range: Cidr;
  readonly why: string;
}

/**
 * - `hostAddresses`: under which this machine answers itself.
 * - `blockMetadata`: of the policy. Off, it makes unique local addresses private ones; the other
 *   places where clouds keep credentials are not what an allowed name may lead to either way.
 */
export function judgeAddresses({
  hostAddresses,
  blockMetadata,
}: {
  readonly hostAddresses: readonly string[];
  readonly blockMetadata: boolean;
}): AddressJudgement {
  const kept = ({ text }: { readonly text: string }): boolean =>
    blockMetadata || !PRIVATE_RANGES.some((range) => range.text === text);
  const never = [
    ...NEVER,
    ...METADATA_RANGES.filter(kept).map(({ text, why }) => named(text, why)),
  ];
  const guarded = [
    ...hostAddresses.map((address) => named(address, 'an address of this machine')),
    ...PRIVATE_RANGES.map(({ text, why }) => named(text, why)),
    ...PRIVATE_TOO,
  ];
  return {
    forbidden: (text) => {
      const address = parseAddress(text);
      return address === null ? 'no address' : reasonIn(never, address);
    },
    privateReason: (text) => {
      const address = parseAddress(text);
      return address === null ? 'no address' : reasonIn(guarded, address);
    },
  };
}

/** Looks at the address and at every address inside it. */
function reasonIn(ranges: readonly Named[], address: Address): string | null {
  const at: Cidr = { ...address, prefix: widthOf(address.family) };
  const hit = ranges.find(({ range }) => contains(range, at));
  if (hit !== undefined) return hit.why;
  for (const inner of embedded(address)) {
    const why = reasonIn(ranges, inner);
    if (why !== null) return `${formatAddress(inner)} inside: ${why}`;
  }
  return null;
}

function embedded(address: Address): Address[] {
  if (address.family === 4) return [];
  const at: Cidr = { ...address, prefix: 128 };
  const found = EMBEDDINGS.filter(({ range }) => contains(range, at)).flatMap(({ inside }) =>
    inside(address.bits),
  );
  if (ISATAP.has(low32(address.bits >> 32n))) found.push(low32(address.bits));
  return found.map((bits) => ({ family: 4, bits }));
}

function low32(bits: bigint): bigint {
  return BigInt.asUintN(32, bits);
}

function named(text: string, why: string): Named {
  return { range: cidr(text), why };
}

function cidr(text: string): Cidr {
  const range = parseCidr(text);
  if (range === null) throw new TypeError(`not an address: ${text}`);
  return range;
}
