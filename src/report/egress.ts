import { type Attempt, matchesAddress } from '../policy/entries.ts';
import type { Plan } from '../plan/types.ts';
import { HOST_LINK, METADATA_RANGES, type NamedRange } from '../plan/ranges.ts';
import type { EgressObservations, EgressRecord } from '../run/observations.ts';
import type { Blocked } from './blocked.ts';
import { bracketed, isIcmp, isWithin, shownDestination } from './destinations.ts';
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
      text: shownDestination(record),
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
  const host = bracketed(address);
  if (protocol === 'tcp') return port === HTTPS ? address : `${host}:${port}`;
  if (protocol === 'udp') return `${host}:${port}/udp`;
  return isIcmp(protocol) ? `${address}/icmp` : null;
}
