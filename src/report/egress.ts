import { type Attempt, matchesAddress } from '../policy/entries.ts';
import { contains, parseCidr } from '../policy/addresses.ts';
import type { Plan } from '../plan/types.ts';
import { HOST_LINK, METADATA_RANGES, type NamedRange } from '../plan/ranges.ts';
import type { EgressObservations, EgressRecord } from '../run/observations.ts';
import type { Blocked } from './blocked.ts';
import { blockedNames, isExpectedName } from './names.ts';
import type { EgressEntry } from '../policy/types.ts';

const HTTPS = 443;

/** Why an attempt to ask the host's resolver was refused. */
export const LOOK_UP = 'the resolver: a name was looked up';

export function blockedOf(
  plan: Plan,
  egress: EgressObservations | null,
  hostAddresses: readonly string[],
): Blocked[] {
  const { blockMetadata, expectBlocked } = plan.policy.network;
  const expected = expectBlocked.map(({ value }) => value);
  const blocked = (egress?.refused ?? []).map((record) => {
    const range = rangeOf(record.address, [
      ...(blockMetadata.value ? METADATA_RANGES : []),
      ...HOST_LINK,
    ]);
    const attempt = attemptOf(record);
    const own = hostAddresses.includes(record.address);
    const asked = record.port === 53 && plan.nameservers.includes(record.address);
    const plain = own ? "the host's own address" : asked ? LOOK_UP : 'not in network.allow';
    if (record.name !== undefined) return ofName(record, record.name, expected);
    return {
      ...record,
      reason: range?.why ?? plain,
      expected: attempt !== null && expected.some((entry) => matchesAddress(entry, attempt)),
      allow: range === undefined ? entryOf(record) : null,
      text: textOf(record),
    };
  });
  const named = blockedNames(egress?.names?.refusals ?? [], expected);
  // What a name was looked up for tells more than that it was looked up.
  return [...named, ...blocked].toSorted(
    (a, b) => Number(a.reason === LOOK_UP) - Number(b.reason === LOOK_UP),
  );
}

/** An allowed name, on a port that no entry gives it. */
function ofName(record: EgressRecord, name: string, expected: readonly EgressEntry[]): Blocked {
  const { port, protocol } = record;
  return {
    ...record,
    reason:
      protocol === 'tcp' ? 'the port is not in network.allow' : 'names are reached over tcp only',
    // Clients of HTTP/3 try it over udp first and fall back: where they want to go is allowed.
    expected:
      (protocol === 'udp' && port === HTTPS) ||
      (protocol === 'tcp' && expected.some((entry) => isExpectedName(entry, { name, port }))),
    allow: protocol === 'tcp' ? entryOf({ ...record, address: name }) : null,
    text: `${name}${port === null ? '' : `:${port}`}/${protocol}`,
  };
}

function rangeOf(address: string, ranges: readonly NamedRange[]): NamedRange | undefined {
  return ranges.find(({ text }) => isWithin(address, text));
}

/** Whether an address lies in a range; both as text. */
export function isWithin(text: string, range: string): boolean {
  const [outer, inner] = [parseCidr(range), parseCidr(text)];
  return outer !== null && inner !== null && contains(outer, inner);
}

function attemptOf({ address, port, protocol }: EgressRecord): Attempt | null {
  const name = protocol === 'ipv6-icmp' ? 'icmp' : protocol;
  return name === 'tcp' || name === 'udp' || name === 'icmp'
    ? { address, port, protocol: name }
    : null;
}

/** The line to add; tcp and port 443 go without saying. No entry names port 0. */
function entryOf({
  address,
  port,
  protocol,
}: Pick<EgressRecord, 'address' | 'port' | 'protocol'>): string | null {
  if (port === 0) return null;
  const host = address.includes(':') && port !== null ? `[${address}]` : address;
  if (protocol === 'tcp') return port === 443 ? address : `${host}:${port}`;
  if (protocol === 'udp') return `${host}:${port}/udp`;
  return protocol === 'icmp' || protocol === 'ipv6-icmp' ? `${address}/icmp` : null;
}

function textOf({ address, port, protocol }: EgressRecord): string {
  const host = address.includes(':') && port !== null ? `[${address}]` : address;
  return `${host}${port === null ? '' : `:${port}`}/${protocol}`;
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
  const host = plain.includes(':') && port !== null ? `[${plain}]` : plain;
  return `${host}${port === null ? '' : `:${port}`}/${protocol}`;
}
