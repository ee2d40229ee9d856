import { chunks } from '../base/chunks.ts';
import { bounded, harmless } from '../base/text.ts';
import { METADATA_RANGES, type NamedRange, PRIVATE_RANGES } from '../plan/ranges.ts';
import { mappedIPv4, parseAddress } from '../policy/addresses.ts';
import { shortEntry } from '../policy/groups.ts';
import { parseHostName } from '../policy/host-names.ts';
import { parsePorts, portsText } from '../policy/ports.ts';
import { bracketed, isIcmp, isWithin, shownDestination } from './destinations.ts';
import type { EffectiveSandbox } from './schema.ts';
import { yamlName, yamlText } from './yaml.ts';

export type Reached = NonNullable<EffectiveSandbox['egress']>['allowed'][number];

/** A line of `network.allow`. */
export interface LearnedEntry {
  /** As it stands in YAML. */
  readonly entry: string;
  readonly comment: string;
}

export interface Learned {
  /** Names in their order, then addresses in theirs. */
  readonly entries: readonly LearnedEntry[];
  /** What no entry can allow, a sentence each. */
  readonly beyond: readonly string[];
  /** An address that is reached only with `block-metadata: false`; null where none was. */
  readonly metadata: string | null;
}

/** These begin with something that the gateway can check; whatever else flows is not looked at. */
const CHECKED_PORTS: ReadonlySet<number> = new Set([80, 443]);
const HTTPS = '443';
/** An entry with more of them is too long. */
const MOST_PORTS = 100;
const MOST_PROCESSES = 5;

/** The entries that allow what was reached, and nothing else. */
export function learnedEntries(reached: readonly Reached[]): Learned {
  const why = new Map(reached.map((record) => [record, beyondEntries(record)]));
  const allowed = reached.filter((record) => why.get(record) === null);
  const named = allowed.filter(({ name }) => name !== undefined);
  const plain = allowed.filter(({ name }) => name === undefined);
  return {
    entries: [
      ...grouped(named, ({ name = '' }) => name).flatMap(entriesOfName),
      ...grouped(plain, sortKey).flatMap(entriesOfAddress),
    ],
    beyond: reached.flatMap((record) => {
      const reason = why.get(record) ?? null;
      return reason === null ? [] : [`${usedBy([record])} to ${shown(record)}: ${reason}`];
    }),
    metadata: allowed.find(({ address }) => isIn(METADATA_RANGES, address))?.address ?? null,
  };
}

/** Why no entry allows it; null where one does. */
function beyondEntries({ name, address, port, protocol }: Reached): string | null {
  if (port === 0) return 'no entry has port 0';
  if (name !== undefined) {
    const read = parseHostName(name);
    if (!read.ok || read.value.wildcard || read.value.host !== name) return 'it is not a host name';
    if (protocol !== 'tcp' || port === null) return 'names are reached over tcp only';
    // Unique local ones are private as well, where `block-metadata` is off.
    const nowhere = isIn(METADATA_RANGES, address) && !isIn(PRIVATE_RANGES, address);
    return nowhere ? 'no name may lead to where clouds serve credentials' : null;
  }
  const parsed = parseAddress(address ?? '');
  if (parsed === null || mappedIPv4(parsed) !== null) return 'no entry has that address';
  if (isIcmp(protocol)) return null;
  const known = (protocol === 'tcp' || protocol === 'udp') && port !== null;
  return known ? null : 'entries have tcp, udp and icmp only';
}

/** One for the ports that are checked, one for the others. */
function entriesOfName(records: readonly Reached[]): LearnedEntry[] {
  const name = records[0]?.name ?? '';
  const inside = records.some(({ address }) => isIn(PRIVATE_RANGES, address));
  const checked = records.filter(({ port }) => CHECKED_PORTS.has(port ?? 0));
  const others = records.filter(({ port }) => !CHECKED_PORTS.has(port ?? 0));
  const hint = '; if that is TLS, leave out `tls: off`';
  return [
    ...byPorts(checked, (ports) => {
      if (inside) return `{host: ${yamlName(name)}, port: ${portValue(ports)}, private: true}`;
      return yamlText(ports === HTTPS ? shortEntry(name) : `${name}:${ports}`);
    }),
    ...byPorts(others, (ports) => {
      const options = `tls: off${inside ? ', private: true' : ''}`;
      return `{host: ${yamlName(name)}, port: ${portValue(ports)}, ${options}}`;
    }).map(({ entry, comment }) => ({ entry, comment: `${comment}${hint}` })),
  ];
}

/** In the braces of the long form a comma would end the ports. */
function portValue(ports: string): string {
  return /^\d+$/.test(ports) ? ports : `'${ports}'`;
}

/** One for each protocol. */
function entriesOfAddress(records: readonly Reached[]): LearnedEntry[] {
  const address = records[0]?.address ?? '';
  const host = bracketed(address);
  const of = (wanted: string): readonly Reached[] =>
    records.filter(({ protocol }) => protocol === wanted);
  const pings = records.filter(({ protocol }) => isIcmp(protocol));
  return [
    ...byPorts(of('tcp'), (ports) => yamlText(ports === HTTPS ? address : `${host}:${ports}`)),
    ...byPorts(of('udp'), (ports) => yamlText(`${host}:${ports}/udp`)),
    ...(pings.length === 0 ? [] : [{ entry: yamlText(`${address}/icmp`), comment: usedBy(pings) }]),
  ];
}

/** As few entries as hold the ports of these records. */
function byPorts(records: readonly Reached[], entryFor: (ports: string) => string): LearnedEntry[] {
  const sorted = records.toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0));
  return chunks(sorted, MOST_PORTS).map((chunk) => {
    const ports = parsePorts(chunk.map(({ port }) => port ?? 0).join(','));
    return { entry: entryFor(ports.ok ? portsText(ports.value) : ''), comment: usedBy(chunk) };
  });
}

/** `npm: 3 connections`; what the step called its processes is made harmless. */
function usedBy(records: readonly Reached[]): string {
  const names = records.flatMap(({ process }) => (typeof process === 'string' ? [process] : []));
  const who = [...new Set(names)].slice(0, MOST_PROCESSES).map((name) => bounded(name, 64));
  const count = records.reduce((sum, one) => sum + one.count, 0);
  const what = records[0]?.protocol === 'tcp' ? 'connection' : 'packet';
  const times = `${count} ${what}${count === 1 ? '' : 's'}`;
  return who.length === 0 ? times : `${harmless(who.join(', '))}: ${times}`;
}

function shown({ name, address, port, protocol }: Reached): string {
  const to = harmless(bounded(name ?? address ?? '', 253));
  return shownDestination({ address: to, port, protocol });
}

function isIn(ranges: readonly NamedRange[], address: string | null): boolean {
  return address !== null && ranges.some(({ text }) => isWithin(address, text));
}

/** Groups in the order of their keys. */
function grouped(
  records: readonly Reached[],
  keyOf: (record: Reached) => string,
): (readonly Reached[])[] {
  const groups = new Map<string, Reached[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** The numbers of addresses as text of one length, IPv4 first. */
function sortKey({ address }: Reached): string {
  const { family = 6, bits = 0n } = parseAddress(address ?? '') ?? {};
  return `${family} ${bits.toString(16).padStart(32, '0')}`;
}
