import { type Cidr, contains, parseCidr } from '../policy/addresses.ts';
import { asWritten } from '../policy/entries.ts';
import type { AddressEntry, NetworkMode, PortRange } from '../policy/types.ts';
import { chunks } from '../base/chunks.ts';
import { ELEMENTS_PER_TRANSACTION, TABLE } from './nft.ts';
import { HOST_LINK, METADATA_RANGES, PRIVATE_RANGES } from './ranges.ts';
import { GATEWAY_RULES, type GatewayKind, natChain } from './ruleset-gateway.ts';

/** Bound of each record set; what does not fit is still counted. */
const RECORD_LIMIT = 4096;

export interface RulesetRequest {
  readonly mode: NetworkMode;
  readonly entries: readonly AddressEntry[];
  readonly blockMetadata: boolean;
  readonly hostAddresses: readonly { readonly family: 4 | 6; readonly address: string }[];
  /** Address of the loopback's own default route; null where there is a way out. */
  readonly loopbackAddress: string | null;
  /** Others on the network could call in: nothing does but answers. */
  readonly exposed?: boolean;
  /** Look-ups lead to the gateway, if there is one. */
  readonly gateway: GatewayKind | null;
}

/**
 * The nftables text, in transactions to be loaded in order. The first has the whole default-drop
 * ruleset, the others only add elements to its sets: at no moment is more open than in the end.
 */
export function rulesets(request: RulesetRequest): string[] {
  const groups = groupEntries(request);
  const first = [
    `table inet ${TABLE} {`,
    ...recordSets(),
    ...groups.map(declareSet),
    ...refuseChain(),
    ...reachChain(request.gateway === 'record'),
    ...(request.gateway === null ? [] : natChain(request.gateway)),
    ...(request.exposed === true ? INPUT_CHAIN : []),
    'chain output {',
    'type filter hook output priority 0; policy drop;',
    ...outputRules(request, groups),
    '}',
    '}',
  ].join('\n');
  return [`${first}\n`, ...elementTransactions(groups)];
}

const INPUT_CHAIN = [
  'chain input {',
  'type filter hook input priority 0; policy drop;',
  'iifname "lo" accept',
  'ct state established,related accept',
  '}',
];

/** Entries that differ only in their addresses share one interval set. */
interface Group {
  readonly set: string;
  readonly family: 4 | 6;
  readonly protocol: AddressEntry['protocol'];
  readonly ports: readonly PortRange[];
  /** Wider than a private range, or else a host address, that it holds and so does not *name*. */
  readonly wide: 'no' | 'host' | 'private';
  readonly addresses: readonly string[];
}

function groupEntries({ entries, hostAddresses }: RulesetRequest): Group[] {
  const ranges = PRIVATE_RANGES.map(({ text }) => network(text));
  const hosts = hostAddresses.map(({ address }) => network(address));
  const byKey = new Map<
    string,
    { entry: AddressEntry; wide: Group['wide']; addresses: string[] }
  >();
  for (const entry of entries) {
    const text = `${entry.address}/${entry.prefix}`;
    const written = asWritten(entry);
    const holds = (range: Cidr): boolean =>
      written.prefix < range.prefix && contains(written, range);
    const wide = ranges.some(holds) ? 'private' : hosts.some(holds) ? 'host' : 'no';
    const ports = entry.ports.map(rangeText).join(',');
    const key = [entry.family, entry.protocol, ports, wide].join(' ');
    const group = byKey.get(key) ?? { entry, wide, addresses: [] };
    group.addresses.push(text);
    byKey.set(key, group);
  }
  return [...byKey.values()].map(({ entry, wide, addresses }, index) => ({
    set: `allow${index}`,
    family: entry.family,
    protocol: entry.protocol,
    ports: entry.ports,
    wide,
    addresses,
  }));
}

function network(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === null) throw new TypeError(`not an address: ${text}`);
  return cidr;
}

function declareSet({ set, family }: Group): string {
  return `set ${set} { type ipv${family}_addr; flags interval; auto-merge; }`;
}

function elementTransactions(groups: readonly Group[]): string[] {
  const statements = groups.flatMap(({ set, addresses }) =>
    chunks(addresses, ELEMENTS_PER_TRANSACTION).map((chunk) => ({
      size: chunk.length,
      text: `add element inet ${TABLE} ${set} { ${chunk.join(', ')} }\n`,
    })),
  );
  const transactions: { size: number; text: string }[] = [];
  for (const { size, text } of statements) {
    const last = transactions.at(-1);
    if (last !== undefined && last.size + size <= ELEMENTS_PER_TRANSACTION) {
      last.size += size;
      last.text += text;
    } else {
      transactions.push({ size, text });
    }
  }
  return transactions.map(({ text }) => text);
}

function outputRules(request: RulesetRequest, groups: readonly Group[]): string[] {
  if (request.loopbackAddress !== null) {
    return [
      `ip daddr { 127.0.0.0/8, ${request.loopbackAddress} } accept`,
      'ip6 daddr ::1 accept',
      'goto refuse',
    ];
  }
  const anyFamily = (
    ranges: readonly { family: 4 | 6; text: string }[],
    verdict: string,
  ): string[] =>
    ([4, 6] as const).flatMap((family) => {
      const texts = ranges.filter((range) => range.family === family).map(({ text }) => text);
      return texts.length === 0 ? [] : [`${daddr(family)} { ${texts.join(', ')} } ${verdict}`];
    });
  const own = request.hostAddresses.map(({ family, address }) => ({ family, text: address }));
  const wide = groups.filter((group) => group.wide === 'private');
  const open = request.mode === 'audit' || request.mode === 'unrestricted';
  return [
    'oifname "lo" accept',
    // The kernel's own neighbour and multicast housekeeping; the step has no raw sockets.
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept',
    ...(request.blockMetadata ? anyFamily(METADATA_RANGES, 'goto refuse') : []),
    ...(request.gateway === null ? [] : GATEWAY_RULES[request.gateway]),
    ...anyFamily(HOST_LINK, 'goto refuse'),
    ...groups.filter((group) => group.wide === 'no').map(acceptGroup),
    ...anyFamily(own, 'goto refuse'),
    ...groups.filter((group) => group.wide === 'host').map(acceptGroup),
    ...(wide.length > 0 && !open ? anyFamily(PRIVATE_RANGES, 'goto refuse') : []),
    ...wide.map(acceptGroup),
    open ? 'goto reach' : 'goto refuse',
  ];
}

function acceptGroup({ set, family, protocol, ports }: Group): string {
  return `${protocolMatch(protocol, family, ports)} ${daddr(family)} @${set} goto reach`;
}

function protocolMatch(
  protocol: AddressEntry['protocol'],
  family: 4 | 6,
  ports: readonly PortRange[],
): string {
  if (protocol === 'icmp')
    return family === 4 ? 'icmp type echo-request' : 'icmpv6 type echo-request';
  return `${protocol} dport { ${ports.map(rangeText).join(', ')} }`;
}

const daddr = (family: 4 | 6): string => (family === 4 ? 'ip daddr' : 'ip6 daddr');

const rangeText = ({ from, to }: PortRange): string =>
  from === to ? String(from) : `${from}-${to}`;

interface Family {
  readonly family: 4 | 6;
  readonly address: string;
  readonly match: string;
}

const FAMILIES: readonly Family[] = [
  { family: 4, address: 'ip daddr', match: 'meta nfproto ipv4' },
  { family: 6, address: 'ip6 daddr', match: 'meta nfproto ipv6' },
];
/** What the step dialled, where that stood for something else. */
const DIALLED: readonly Family[] = FAMILIES.map(({ family, address, match }) => ({
  family,
  address: `ct original ${address}`,
  match: `${match} ct status dnat`,
}));

function recordSets(): string[] {
  return ['refused', 'reached'].flatMap((verdict) => [
    `counter ${verdict} { }`,
    ...FAMILIES.flatMap(({ family }) => [
      `set ${verdict}${family} { type ipv${family}_addr . inet_proto . inet_service; size ${RECORD_LIMIT}; flags dynamic; counter; }`,
      `set ${verdict}${family}other { type ipv${family}_addr . inet_proto; size ${RECORD_LIMIT}; flags dynamic; counter; }`,
    ]),
  ]);
}

/** A TCP connection counts once, by its SYN; other protocols count packets. */
function recordRules(
  verdict: 'refused' | 'reached',
  families: readonly Family[] = FAMILIES,
): string[] {
  return families.flatMap(({ family, address, match }) => [
    `${match} tcp flags & (syn|ack) == syn counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . tcp dport }`,
    `${match} meta l4proto udp counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . udp dport }`,
    `${match} meta l4proto != { tcp, udp } counter name ${verdict} update @${verdict}${family}other { ${address} . meta l4proto }`,
  ]);
}

/** Errors that the kernel sends by itself, such as for a late answer; the step cannot, nor did it try to. */
const ERRORS = [
  'icmp type { destination-unreachable, time-exceeded, parameter-problem }',
  'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }',
];

function refuseChain(): string[] {
  return [
    'chain refuse {',
    ...ERRORS.map((match) => `${match} drop`),
    ...recordRules('refused'),
    // Not drop: a refused program must fail at once, not after a time-out.
    'meta l4proto tcp reject with tcp reset',
    'reject with icmpx type admin-prohibited',
    '}',
  ];
}

function reachChain(byName: boolean): string[] {
  const dialled = recordRules('reached', DIALLED);
  return [
    ...(byName ? ['chain dialled {', ...dialled, 'accept', '}'] : []),
    'chain reach {',
    ...ERRORS.map((match) => `${match} accept`),
    ...(byName ? ['ct status dnat goto dialled'] : []),
    ...recordRules('reached'),
    'accept',
    '}',
  ];
}
