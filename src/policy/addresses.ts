export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  /** The address as a number of 32 or 128 bits. */
  readonly bits: bigint;
}

export interface Cidr extends Address {
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number;
}

/** 32 or 128. */
export function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** Reads a dotted quad or an IPv6 address; null for anything else, zone ids and leading zeros in octets included. */
export function parseAddress(text: string): Address | null {
  const family = text.includes(':') ? 6 : 4;
  const bits = family === 6 ? parseIPv6(text) : parseIPv4(text);
  return bits === null ? null : { family, bits };
}

function parseIPv4(text: string): bigint | null {
  const octets = text.split('.');
  // `010` is eight to some programs and ten to others, so it is nothing here.
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet)))
    return null;
  if (octets.some((octet) => Number(octet) > 255)) return null;
  return BigInt(octets.reduce((number, octet) => number * 256 + Number(octet), 0));
}

function parseIPv6(text: string): bigint | null {
  const spelled = text.includes('.') ? withHexTail(text) : text;
  const halves = spelled?.split('::') ?? [];
  if (halves.length < 1 || halves.length > 2) return null;
  const [head, tail] = [groupsOf(halves[0]), groupsOf(halves[1])];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

/** Turns the dotted quad at the end of `::ffff:192.0.2.1` into two groups. */
function withHexTail(text: string): string | null {
  const start = text.lastIndexOf(':') + 1;
  const quad = parseIPv4(text.slice(start));
  return quad === null
    ? null
    : `${text.slice(0, start)}${(quad >> 16n).toString(16)}:${(quad & 0xffffn).toString(16)}`;
}

function groupsOf(half: string | undefined): string[] {
  return half === undefined || half === '' ? [] : half.split(':');
}

/** Canonical text: a dotted quad, or IPv6 as RFC 5952 spells it. */
export function formatAddress(address: Address): string {
  if (address.family === 4) return formatIPv4(address.bits);
  const mapped = mappedIPv4(address);
  return mapped ? `::ffff:${formatIPv4(mapped.bits)}` : formatIPv6(address.bits);
}

function formatIPv4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function formatIPv6(bits: bigint): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => (bits >> BigInt(112 - 16 * index)) & 0xffffn,
  );
  const zeros = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (zeros.length < 2) return hex.join(':');
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`;
}

/** The first of the longest runs of zero groups: the one that `::` stands for. */
function longestZeros(groups: readonly bigint[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === 0n) end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

/** The IPv4 address inside `::ffff:a.b.c.d`; null for every other address. */
export function mappedIPv4(address: Address): Address | null {
  return address.family === 6 && address.bits >> 32n === 0xffffn
    ? { family: 4, bits: address.bits & 0xffff_ffffn }
    : null;
}

/** Reads `203.0.113.0/24` or `2001:db8::/32`, or an address as the network of itself; null for anything else. */
export function parseCidr(text: string): Cidr | null {
  const [addressText = '', prefixText, ...more] = text.split('/');
  const address = more.length > 0 ? null : parseAddress(addressText);
  if (address === null) return null;
  const prefix = prefixText === undefined ? widthOf(address.family) : prefixOf(prefixText, address);
  return prefix === null ? null : { ...address, prefix };
}

/** A prefix length for the address; null for anything but digits, and for more than it has bits. */
export function prefixOf(text: string, { family }: Address): number | null {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= widthOf(family) ? Number(text) : null;
}

/** The address with every bit after the prefix cleared. */
export function networkOf(address: Address, prefix: number): Address {
  const hostBits = BigInt(widthOf(address.family) - prefix);
  return { family: address.family, bits: (address.bits >> hostBits) << hostBits };
}

/** Whether bits are set after the prefix, as in `10.1.2.3/24`. */
export function hasHostBits(address: Address, prefix: number): boolean {
  return networkOf(address, prefix).bits !== address.bits;
}

/** Whether every address of `inner` is in `outer`; never across families. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.family === inner.family &&
    outer.prefix <= inner.prefix &&
    networkOf(inner, outer.prefix).bits === networkOf(outer, outer.prefix).bits
  );
}
