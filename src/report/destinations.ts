import { contains, parseCidr } from '../policy/addresses.ts';

/** Whether an address lies in a range; both as text. */
export function isWithin(text: string, range: string): boolean {
  const [outer, inner] = [parseCidr(range), parseCidr(text)];
  return outer !== null && inner !== null && contains(outer, inner);
}

/** By either of the kernel's names for it. */
export function isIcmp(protocol: string): boolean {
  return protocol === 'icmp' || protocol === 'ipv6-icmp';
}

/** As an address is written in front of a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** How a destination is shown: a name where there is one, brackets where a port follows colons. */
export function shownDestination({
  name,
  address,
  port,
  protocol,
}: {
  readonly name?: string | undefined;
  readonly address: string | null;
  readonly port: number | null;
  readonly protocol: string;
}): string {
  const plain = name ?? address ?? '';
  return `${port === null ? plain : `${bracketed(plain)}:${port}`}/${protocol}`;
}
