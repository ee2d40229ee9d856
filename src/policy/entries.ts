import {
  contains,
  formatAddress,
  hasHostBits,
  mappedIPv4,
  networkOf,
  parseAddress,
  prefixOf,
  widthOf,
  type Address,
  type Cidr,
} from './addresses.ts';
import { looksLikeIPv4, parseHostName } from './host-names.ts';
import { parsePorts, portCount, portsCover, portsText } from './ports.ts';
import { accept, printable, refuse, shown, type Reading } from './reading.ts';
import type { AddressEntry, EgressEntry, NameEntry, PortRange, Protocol } from './types.ts';

const ENTRY_EXPECTED =
  'an entry like 203.0.113.7:443, 10.1.0.0/16:5432, [2001:db8::/32]:443 or api.example.com:443, with /tcp, /udp or /icmp at the end';
const ADDRESS_EXPECTED =
  'an address like 203.0.113.7, 10.1.0.0/16, 2001:db8::1 or [2001:db8::/32]:443';
const DEFAULT_PORTS: readonly PortRange[] = [{ from: 443, to: 443 }];
/** An address with a long mask is 43 characters, a name 253; the rest is room for ports. */
const LONGEST_ENTRY = 1024;
/** Each is a listener of the gateway's. */
const MOST_PORTS = 1024;
const LONG_KEYS: readonly string[] = ['host', 'port', 'protocol', 'tls', 'private'];

/** Where an entry leads to and over what, before the destination itself is read. */
interface Parts {
  readonly destination: string;
  readonly form: 'brackets' | 'colons' | 'plain';
  /** The text after the colon; null without a colon. */
  readonly ports: string | null;
  readonly protocol: Protocol;
}

/** What an entry opens, besides its destination. */
type Service = Pick<AddressEntry, 'protocol' | 'ports'>;

/**
 * Reads `ADDRESS[/PREFIX][:PORTS][/PROTOCOL]` or `NAME[:PORTS][/PROTOCOL]`; port 443 and tcp where left out.
 * An IPv6 address is in brackets when ports follow.
 */
export function parseEntry(text: string): Reading<EgressEntry> {
  const parts = splitEntry(text);
  if (!parts.ok) return parts;
  const service = readService(parts.value);
  if (!service.ok) return service;
  return isAddress(parts.value)
    ? readAddress(parts.value.destination, service.value)
    : readName(parts.value.destination, service.value);
}

function splitEntry(text: string): Reading<Parts> {
  if (text === '' || text.length > LONGEST_ENTRY || /[\s\p{Cc}]/u.test(text)) {
    return refuse(`${shown(text)} is not an egress entry`, ENTRY_EXPECTED);
  }
  if (text.includes('//'))
    return refuse(
      `${shown(text)} looks like a URL`,
      'only the host and port, like api.example.com:443',
    );
  const suffix = /\/([a-z]+)$/i.exec(text);
  const protocol = suffix?.[1]?.toLowerCase() ?? 'tcp';
  if (!isProtocol(protocol))
    return refuse(`${shown(protocol)} is not a protocol`, 'one of tcp, udp, icmp');
  return splitPorts(suffix ? text.slice(0, suffix.index) : text, protocol);
}

function splitPorts(text: string, protocol: Protocol): Reading<Parts> {
  if (text.startsWith('[')) {
    const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
    return match
      ? accept({ destination: match[1] ?? '', form: 'brackets', ports: match[2] ?? null, protocol })
      : refuse(
          `${shown(text)} has misplaced brackets`,
          'brackets around address and prefix, like [2001:db8::/32]:443',
        );
  }
  const [destination = '', ports = null, ...more] = text.split(':');
  return more.length > 0
    ? accept({ destination: text, form: 'colons', ports: null, protocol })
    : accept({ destination, form: 'plain', ports, protocol });
}

function isProtocol(text: string): text is Protocol {
  return text === 'tcp' || text === 'udp' || text === 'icmp';
}

function readService({ ports, protocol }: Parts): Reading<Service> {
  if (protocol === 'icmp') {
    return ports === null
      ? accept({ protocol, ports: [] })
      : refuse('icmp has no ports', 'an entry without a port, like 192.0.2.0/24/icmp');
  }
  if (ports === null) return accept({ protocol, ports: DEFAULT_PORTS });
  const read = parsePorts(ports);
  return read.ok ? accept({ protocol, ports: read.value }) : read;
}

function isAddress({ destination, form }: Parts): boolean {
  return form !== 'plain' || looksLikeIPv4(destination.split('/')[0] ?? '');
}

function readAddress(destination: string, service: Service): Reading<AddressEntry> {
  const [text = '', prefixText, ...more] = destination.split('/');
  const address = more.length > 0 ? null : parseAddress(text);
  if (!address) return refuse(`${shown(destination)} is not an address`, ADDRESS_EXPECTED);
  const width = widthOf(address.family);
  const prefix = prefixText === undefined ? width : prefixOf(prefixText, address);
  if (prefix === null)
    return refuse(
      `${shown(prefixText)} is not a prefix length`,
      `a whole number from 0 to ${width}`,
    );
  const mapped = prefix >= 96 ? mappedIPv4(address) : null;
  if (mapped)
    return refuse(`${shown(destination)} is an IPv4 address inside IPv6`, asIPv4(mapped, prefix));
  if (hasHostBits(address, prefix)) {
    const network = formatAddress(networkOf(address, prefix));
    return refuse(`${shown(destination)} has host bits set`, `\`${network}/${prefix}\``);
  }
  return accept(
    withText({
      kind: 'address',
      family: address.family,
      address: formatAddress(address),
      prefix,
      ...service,
    }),
  );
}

function asIPv4(mapped: Address, prefix: number): string {
  const network = formatAddress(networkOf(mapped, prefix - 96));
  return `write it as IPv4: \`${prefix === 128 ? network : `${network}/${prefix - 96}`}\``;
}

function readName(destination: string, service: Service): Reading<NameEntry> {
  if (destination.includes('/')) {
    return refuse(
      `\`${printable(destination)}\` puts a prefix on a name`,
      'a name without a prefix, like api.example.com:443',
    );
  }
  if (service.protocol !== 'tcp') {
    return refuse(
      `${shown(destination)} is a name, and names are reached over tcp only`,
      'tcp, or the addresses behind the name',
    );
  }
  if (portCount(service.ports) > MOST_PORTS) {
    return refuse(`${shown(destination)} has more than ${MOST_PORTS} ports`, 'fewer ports');
  }
  const name = parseHostName(destination);
  if (!name.ok) return name;
  return accept(withText({ kind: 'name', ...name.value, ...service, tls: true, private: false }));
}

/** The long form: `{host, port, protocol, tls: off, private: true}`. */
export function readLongEntry(raw: Readonly<Record<string, unknown>>): Reading<EgressEntry> {
  const unknown = Object.keys(raw).find((key) => !LONG_KEYS.includes(key));
  if (unknown !== undefined)
    return refuse(`${shown(unknown)} is not a key of an entry`, `one of ${LONG_KEYS.join(', ')}`);
  const { host, port, protocol = 'tcp', tls = 'on', private: inside = false } = raw;
  if (typeof host !== 'string' || host === '' || /[:/\s]/.test(host.replace(/^\[.*\]/, '')))
    return refuse(`\`host\` is ${shown(host)}`, 'a name, or an address in brackets');
  if (port !== undefined && typeof port !== 'number' && typeof port !== 'string')
    return refuse(`\`port\` is ${shown(port)}`, 'a port, or ports like 80,443');
  // In the text below, a number in its place would be a prefix.
  if (typeof protocol !== 'string' || !isProtocol(protocol))
    return refuse(`\`protocol\` is ${shown(protocol)}`, 'one of tcp, udp, icmp');
  if (![true, false, 'on', 'off'].includes(tls as string | boolean))
    return refuse(`\`tls\` is ${shown(tls)}`, 'on or off');
  if (typeof inside !== 'boolean')
    return refuse(`\`private\` is ${shown(inside)}`, 'true or false');
  const entry = parseEntry(`${host}${port === undefined ? '' : `:${port}`}/${protocol}`);
  if (!entry.ok) return entry;
  const checked = tls === 'on' || tls === true;
  if (entry.value.kind === 'name')
    return accept(withText({ ...entry.value, tls: checked, private: inside }));
  return checked && !inside
    ? entry
    : refuse('`tls` and `private` are for names', 'an address without them');
}

function withText<T extends Omit<AddressEntry, 'text'> | Omit<NameEntry, 'text'>>(
  entry: T,
): T & { text: string } {
  return { ...entry, text: entryText(entry) };
}

/** The canonical spelling: the port always written, the protocol only when it is not tcp, then the options of a name. */
export function entryText(entry: Omit<AddressEntry, 'text'> | Omit<NameEntry, 'text'>): string {
  const ports = entry.ports.length > 0 ? `:${portsText(entry.ports)}` : '';
  const protocol = entry.protocol === 'tcp' ? '' : `/${entry.protocol}`;
  const options =
    entry.kind === 'name' ? `${entry.tls ? '' : ' tls=off'}${entry.private ? ' private' : ''}` : '';
  return `${destinationText(entry)}${ports}${protocol}${options}`;
}

function destinationText(entry: Omit<AddressEntry, 'text'> | Omit<NameEntry, 'text'>): string {
  if (entry.kind === 'name') return entry.wildcard ? `*.${entry.host}` : entry.host;
  const cidr =
    entry.prefix === widthOf(entry.family) ? entry.address : `${entry.address}/${entry.prefix}`;
  return entry.family === 6 ? `[${cidr}]` : cidr;
}

/**
 * Whether `outer` allows every destination of `inner`.
 * A wildcard allows names of any depth below it, not the name itself; an address never covers a name.
 */
export function covers(outer: EgressEntry, inner: EgressEntry): boolean {
  if (outer.protocol !== inner.protocol || !portsCover(outer.ports, inner.ports)) return false;
  if (outer.kind === 'address')
    return inner.kind === 'address' && contains(cidrOf(outer), cidrOf(inner));
  if (inner.kind !== 'name' || !nameCovers(outer, inner)) return false;
  return (inner.tls || !outer.tls) && (!inner.private || outer.private);
}

/** Whether every name of `inner` is one of `outer`, whatever the ports. */
export function nameCovers(outer: NameEntry, inner: NameEntry): boolean {
  if (outer.wildcard && inner.host.endsWith(`.${outer.host}`)) return true;
  return outer.host === inner.host && outer.wildcard === inner.wildcard;
}

/** The network of an entry, as numbers. */
export function cidrOf(entry: AddressEntry): Cidr {
  const bits = parseAddress(entry.address)?.bits ?? 0n;
  return { family: entry.family, bits, prefix: entry.prefix };
}

/** The network that somebody wrote down, of which a floor may have left only this entry. */
export function asWritten(entry: AddressEntry): Cidr {
  const cidr = cidrOf(entry);
  const prefix = Math.min(cidr.prefix, entry.cutFrom ?? cidr.prefix);
  return { ...networkOf(cidr, prefix), prefix };
}

/** One attempt to reach something, as the kernel or a log names it. */
export interface Attempt {
  /** IPv4 or IPv6 text; `::ffff:a.b.c.d` counts as IPv4, and a zone id is not looked at. */
  readonly address: string;
  /** null where the protocol has none. */
  readonly port: number | null;
  readonly protocol: Protocol;
}

/** Whether the attempt is one that the entry names. A name never matches an address. */
export function matchesAddress(entry: EgressEntry, attempt: Attempt): boolean {
  if (entry.kind === 'name' || entry.protocol !== attempt.protocol) return false;
  const parsed = parseAddress(attempt.address.replace(/%.*$/, ''));
  if (!parsed) return false;
  // A dual-stack socket reports IPv4 peers in their IPv6 form.
  const address = mappedIPv4(parsed) ?? parsed;
  return (
    contains(cidrOf(entry), { ...address, prefix: widthOf(address.family) }) &&
    portMatches(entry, attempt.port)
  );
}

function portMatches(entry: AddressEntry, port: number | null): boolean {
  if (entry.protocol === 'icmp') return true;
  return port !== null && portsCover(entry.ports, [{ from: port, to: port }]);
}
