import { contains, parseAddress, widthOf, type Cidr } from '../../src/policy/addresses.ts';
import type { Protocol } from '../../src/policy/types.ts';

/** A first packet of the step's to somewhere. */
export interface Packet {
  readonly address: string;
  readonly protocol: Protocol;
  /** null for icmp, which is an echo request. */
  readonly port: number | null;
}

export type Verdict = 'reach' | 'refuse' | 'accept' | 'drop';

/** Rulesets as the kernel would have them once every transaction is loaded. */
export interface Loaded {
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** The output chain's own lines, its head left out. */
  readonly output: readonly string[];
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** Reads the text back, strictly: what it does not know it does not pass over. */
export function load(transactions: readonly string[]): Loaded {
  const [first = '', ...rest] = transactions;
  const sets = new Map<string, string[]>();
  const chains = new Map<string, string[]>();
  let chain: string[] | null = null;
  for (const line of first.split('\n').slice(1)) {
    const opened = /^chain (\w+) \{$/.exec(line)?.[1];
    const declared = /^set (allow\d+) \{ type ipv[46]_addr; flags interval; auto-merge; \}$/.exec(
      line,
    )?.[1];
    if (opened !== undefined) chains.set(opened, (chain = []));
    else if (declared !== undefined) sets.set(declared, []);
    else if (line === '}') chain = null;
    else if (chain !== null) chain.push(line);
    else if (!/^$|^counter \w+ \{ \}$|^set (refused|reached)[46](other)? \{/.test(line))
      throw new Error(`unknown line: ${line}`);
  }
  for (const line of rest.flatMap((text) => text.trimEnd().split('\n'))) {
    const [, name = '', list = ''] =
      /^add element inet glovebox (\w+) \{ (.+) \}$/.exec(line) ?? [];
    const set = sets.get(name);
    if (set === undefined) throw new Error(`elements for no set: ${line}`);
    set.push(...list.split(', '));
  }
  const [head, ...output] = chains.get('output') ?? [];
  if (head !== 'type filter hook output priority 0; policy drop;')
    throw new Error(`the output chain does not drop by default: ${head}`);
  return { sets, output, chains };
}

/** What the output chain does with a packet that leaves by a device other than loopback. */
export function verdictOn({ sets, output }: Loaded, packet: Packet): Verdict {
  for (const line of output) {
    const match = /^(.*?) ?(goto reach|goto refuse|accept)$/.exec(line);
    if (match === null) throw new Error(`unknown rule: ${line}`);
    const [, condition = '', verdict = ''] = match;
    if (holds(condition, packet, sets)) return verdict.replace('goto ', '') as Verdict;
  }
  return 'drop';
}

type Test = (packet: Packet, sets: Loaded['sets'], match: RegExpExecArray) => boolean;

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

function holds(condition: string, packet: Packet, sets: Loaded['sets']): boolean {
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
