import { contains, parseAddress, widthOf, type Cidr } from '../../src/policy/addresses.ts';
import type { Protocol } from '../../src/policy/types.ts';

/** A first packet of the step's to somewhere. */
export interface Packet {
  readonly address: string;
  readonly protocol: Protocol;
  /** null for icmp, which is an echo request. */
  readonly port: number | null;
}

/** From `203.0.113.7 443 tcp`; without a protocol tcp, and `-` for no port. */
export function packetTo(text: string): Packet {
  const [address = '', port = '-', protocol = 'tcp'] = text.split(' ');
  return {
    address,
    port: port === '-' ? null : Number(port),
    protocol: protocol as Packet['protocol'],
  };
}

export type Verdict = 'reach' | 'refuse' | 'accept' | 'drop';

/** Rulesets as the kernel would have them once every transaction is loaded. */
export interface Loaded {
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** What a door leads to, by what is dialled: `198.18.0.16 . 443` to `10.0.2.2 . 4000`. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The output chain's own lines, its head left out. */
  readonly output: readonly string[];
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** Reads the text back, strictly: what it does not know it does not pass over. */
export function load(transactions: readonly string[]): Loaded {
  const [first = '', ...rest] = transactions;
  const sets = new Map<string, string[]>();
  const maps = new Map<string, Map<string, string>>();
  const chains = new Map<string, string[]>();
  let chain: string[] | null = null;
  for (const line of first.split('\n').slice(1)) {
    const opened = /^chain (\w+) \{$/.exec(line)?.[1];
    const set = SET.exec(line)?.[1];
    const map = MAPS[line];
    if (opened !== undefined) chains.set(opened, (chain = []));
    else if (set !== undefined) sets.set(set, []);
    else if (map !== undefined) maps.set(map, new Map());
    else if (line === '}') chain = null;
    else if (chain !== null) chain.push(line);
    else if (!/^$|^counter \w+ \{ \}$|^set (refused|reached)[46](other)? \{/.test(line))
      throw new Error(`unknown line: ${line}`);
  }
  for (const line of rest.flatMap((text) => text.trimEnd().split('\n'))) change(line, sets, maps);
  const [head, ...output] = chains.get('output') ?? [];
  if (head !== 'type filter hook output priority 0; policy drop;')
    throw new Error(`the output chain does not drop by default: ${head}`);
  const [doors, ...translations] = chains.get('doors') ?? [DOORS];
  if (doors !== DOORS || translations.some((line) => !TRANSLATIONS.some(([it]) => it === line)))
    throw new Error(`unknown translations: ${translations.join('\n')}`);
  return { sets, maps, output, chains };
}

const SET = /^set (allow\d+) \{ type ipv[46]_addr; flags interval; auto-merge; \}$/;
const MAPS: Readonly<Record<string, string>> = {
  'map resolver { type inet_proto : ipv4_addr . inet_service; }': 'resolver',
  'map doors { type ipv4_addr . inet_service : ipv4_addr . inet_service; }': 'doors',
  'map real { type ipv4_addr : ipv4_addr; }': 'real',
  'map real6 { type ipv6_addr : ipv6_addr; }': 'real6',
};
/** Before the filter, which has priority 0, sees the packet. */
const DOORS = 'type nat hook output priority -100; policy accept;';

/** As nft has it: a key cannot be given another value, nor one be taken away that is not there. */
function change(
  line: string,
  sets: ReadonlyMap<string, string[]>,
  maps: ReadonlyMap<string, Map<string, string>>,
): void {
  const [, verb = '', name = '', list = ''] =
    /^(add|delete) element inet glovebox (\w+) \{ (.+) \}$/.exec(line) ?? [];
  const [set, map] = [sets.get(name), maps.get(name)];
  if (map === undefined) {
    if (set === undefined || verb !== 'add') throw new Error(`elements for no set: ${line}`);
    set.push(...list.split(', '));
    return;
  }
  for (const element of list.split(', ')) {
    const [key = '', value] = element.split(' : ');
    const known = map.get(key);
    const fits =
      verb === 'add'
        ? value !== undefined && (known ?? value) === value
        : value === undefined && known !== undefined;
    if (!fits) throw new Error(`${verb}: ${element}, where it is ${known}`);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
}

/** Each translation of ours: which map it looks into, and for what; null: it is not for this packet. */
const TRANSLATIONS: readonly (readonly [string, string, (packet: Packet) => string | null])[] = [
  [
    'oifname != "lo" meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 dnat ip addr . port to meta l4proto map @resolver',
    'resolver',
    ({ address, protocol, port }) =>
      familyOf(address) === 4 && protocol !== 'icmp' && port === 53 ? protocol : null,
  ],
  [
    'meta nfproto ipv4 meta l4proto tcp dnat ip addr . port to ip daddr . tcp dport map @doors',
    'doors',
    ({ address, protocol, port }) =>
      familyOf(address) === 4 && protocol === 'tcp' ? `${address} . ${port}` : null,
  ],
  [
    'meta nfproto ipv4 dnat ip to ip daddr map @real',
    'real',
    ({ address }) => (familyOf(address) === 4 ? address : null),
  ],
  [
    'meta nfproto ipv6 dnat ip6 to ip6 daddr map @real6',
    'real6',
    ({ address }) => (familyOf(address) === 6 ? address : null),
  ],
];

/** A packet as the filter sees it. */
interface Seen extends Packet {
  /** A door gave it another destination. */
  readonly translated: boolean;
}

/** Where a packet goes to once the doors have seen it: the first one that knows it has its way. */
export function translated({ chains, maps }: Loaded, packet: Packet): Seen {
  for (const line of chains.get('doors')?.slice(1) ?? []) {
    const [, name = '', keyOf] = TRANSLATIONS.find(([text]) => text === line) ?? [];
    const map = maps.get(name);
    if (map === undefined) throw new Error(`no map ${name}`);
    const [address, port] = map.get(keyOf?.(packet) ?? '')?.split(' . ') ?? [];
    if (address !== undefined)
      return { ...packet, address, ...(port && { port: Number(port) }), translated: true };
  }
  return { ...packet, translated: false };
}

/** What becomes of a packet that leaves by a device other than loopback. */
export function verdictOn(loaded: Loaded, packet: Packet): Verdict {
  const seen = translated(loaded, packet);
  for (const line of loaded.output) {
    const match = /^(.*?) ?(goto reach|goto refuse|accept)$/.exec(line);
    if (match === null) throw new Error(`unknown rule: ${line}`);
    const [, condition = '', verdict = ''] = match;
    if (holds(condition, seen, loaded.sets)) return verdict.replace('goto ', '') as Verdict;
  }
  return 'drop';
}

type Test = (packet: Seen, sets: Loaded['sets'], match: RegExpExecArray) => boolean;

/** Every condition that a rule of ours may have. */
const TESTS: readonly (readonly [RegExp, Test])[] = [
  [/^oifname "lo" ?/, () => false],
  [/^icmpv6 type \{ (?:nd|mld)[^}]*\} ?/, () => false],
  [
    /^icmp(v6)? type echo-request ?/,
    ({ address, protocol }, _, [, six]) =>
      protocol === 'icmp' && familyOf(address) === (six === undefined ? 4 : 6),
  ],
  [
    /^(tcp|udp) dport \{ ([^}]*) \} ?/,
    ({ protocol, port }, _, [, name, ports = '']) => protocol === name && inPorts(port, ports),
  ],
  [/^ct status dnat ?/, ({ translated: door }) => door],
  [
    /^meta l4proto \{ tcp, udp \} th dport (\d+) ?/,
    ({ protocol, port }, _, [, wanted]) => protocol !== 'icmp' && port === Number(wanted),
  ],
  [
    /^meta nfproto ipv([46]) ?/,
    ({ address }, _, [, family]) => familyOf(address) === Number(family),
  ],
  [
    /^ip(6?) daddr (?:@(\w+)|\{ ([^}]*) \}|(\S+)) ?/,
    ({ address }, sets, [, six, set, listed, single]) => {
      const ranges = set === undefined ? (listed ?? single ?? '').split(', ') : sets.get(set);
      if (ranges === undefined) throw new Error(`no set ${set}`);
      return (
        familyOf(address) === (six === '6' ? 6 : 4) && ranges.some((range) => isIn(address, range))
      );
    },
  ],
];

function holds(condition: string, packet: Seen, sets: Loaded['sets']): boolean {
  if (condition === '') return true;
  for (const [pattern, test] of TESTS) {
    const match = pattern.exec(condition);
    if (match !== null)
      return test(packet, sets, match) && holds(condition.slice(match[0].length), packet, sets);
  }
  throw new Error(`unknown condition: ${condition}`);
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

function inPorts(port: number | null, list: string): boolean {
  return list.split(', ').some((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return port !== null && from !== undefined && to !== undefined && from <= port && port <= to;
  });
}

export function isIn(address: string, range: string): boolean {
  return contains(cidr(range), cidr(address));
}

function cidr(text: string): Cidr {
  const [address = '', prefix] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === null) throw new Error(`not an address: ${text}`);
  return { ...parsed, prefix: prefix === undefined ? widthOf(parsed.family) : Number(prefix) };
}
