import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesets, type RulesetRequest } from '../../src/plan/ruleset.ts';
import { formatAddress, networkOf, parseAddress, widthOf } from '../../src/policy/addresses.ts';
import { matchesAddress } from '../../src/policy/entries.ts';
import type { AddressEntry } from '../../src/policy/types.ts';
import { addressEntries } from '../fixtures/policy.ts';
import { isIn, load, packetTo, verdictOn, type Packet, type Verdict } from './ruleset-model.ts';

interface Wish {
  readonly mode?: RulesetRequest['mode'];
  readonly allow?: readonly string[];
  readonly blockMetadata?: boolean;
  readonly own?: readonly string[];
  readonly loopbackAddress?: string | null;
}

function request(wish: Wish = {}): RulesetRequest {
  return {
    gateway: null,
    mode: wish.mode ?? 'allowlist',
    entries: addressEntries(wish.allow ?? []),
    blockMetadata: wish.blockMetadata ?? true,
    hostAddresses: (wish.own ?? []).map((address) => ({
      family: familyOf(address),
      address,
    })),
    loopbackAddress: wish.loopbackAddress ?? null,
  };
}

function fate(wish: Wish, to: string): Verdict {
  return verdictOn(load(rulesets(request(wish))), packetTo(to));
}

describe('the output chain', () => {
  it.each<[string, Wish, string, Verdict]>([
    ['nothing is allowed', {}, '203.0.113.7 443', 'refuse'],
    ['an address', { allow: ['203.0.113.7'] }, '203.0.113.7 443', 'reach'],
    ['its neighbour', { allow: ['203.0.113.7'] }, '203.0.113.8 443', 'refuse'],
    ['another port', { allow: ['203.0.113.7'] }, '203.0.113.7 80', 'refuse'],
    ['another protocol', { allow: ['203.0.113.7'] }, '203.0.113.7 443 udp', 'refuse'],
    ['udp', { allow: ['203.0.113.7:53/udp'] }, '203.0.113.7 53 udp', 'reach'],
    ['udp, asked by tcp', { allow: ['203.0.113.7:53/udp'] }, '203.0.113.7 53', 'refuse'],
    [
      'the one of two protocols that is for another address',
      { allow: ['203.0.113.7:53', '203.0.113.8:53/udp'] },
      '203.0.113.8 53',
      'refuse',
    ],
    [
      'the one of two ports that is for another address',
      { allow: ['203.0.113.7:53', '203.0.113.8:80'] },
      '203.0.113.8 53',
      'refuse',
    ],
    ['ping', { allow: ['203.0.113.0/24/icmp'] }, '203.0.113.9 - icmp', 'reach'],
    ['ping, not allowed', { allow: ['203.0.113.0/24'] }, '203.0.113.9 - icmp', 'refuse'],
    ['ping over v6', { allow: ['2001:db8::/32/icmp'] }, '2001:db8::9 - icmp', 'reach'],
    [
      'the first port of a range',
      { allow: ['203.0.113.7:80,1024-2047'] },
      '203.0.113.7 1024',
      'reach',
    ],
    [
      'the last port of a range',
      { allow: ['203.0.113.7:80,1024-2047'] },
      '203.0.113.7 2047',
      'reach',
    ],
    ['a port after a range', { allow: ['203.0.113.7:80,1024-2047'] }, '203.0.113.7 2048', 'refuse'],
    ['a private network', { allow: ['10.1.0.0/16:5432'] }, '10.1.255.255 5432', 'reach'],
    ['v6', { allow: ['[2001:db8::/32]:443'] }, '2001:db8:ffff::1 443', 'reach'],
    ['v6 outside', { allow: ['[2001:db8::/32]:443'] }, '2001:db9::1 443', 'refuse'],
    ['all of v4', { allow: ['0.0.0.0/0'] }, '203.0.113.7 443', 'reach'],
    ['all of v4 is not v6', { allow: ['0.0.0.0/0'] }, '2001:db8::1 443', 'refuse'],
    ['all of v4, another port', { allow: ['0.0.0.0/0'] }, '203.0.113.7 80', 'refuse'],
    ['all of v4 is not 10/8', { allow: ['0.0.0.0/0'] }, '10.1.2.3 443', 'refuse'],
    ['all of v4 is not 172.16/12', { allow: ['0.0.0.0/0'] }, '172.31.255.255 443', 'refuse'],
    ['all of v4 is not 192.168/16', { allow: ['0.0.0.0/0'] }, '192.168.0.1 443', 'refuse'],
    ['all of v4 is not 100.64/10', { allow: ['0.0.0.0/0'] }, '100.64.0.1 443', 'refuse'],
    ['all of v4, and 10/8 named', { allow: ['0.0.0.0/0', '10.0.0.0/8'] }, '10.1.2.3 443', 'reach'],
    ['half of v4 is not 10/8', { allow: ['0.0.0.0/1'] }, '10.1.2.3 443', 'refuse'],
    ['a part of 10/8 names it', { allow: ['10.0.0.0/9'] }, '10.1.2.3 443', 'reach'],
    ['10/8 itself names it', { allow: ['10.0.0.0/8'] }, '10.1.2.3 443', 'reach'],
    ['one bit more than 10/8 does not', { allow: ['10.0.0.0/7'] }, '10.1.2.3 443', 'refuse'],
    ['the rest of that wide network', { allow: ['10.0.0.0/7'] }, '11.1.2.3 443', 'reach'],
    ['a wide network is not 100.64/10', { allow: ['100.0.0.0/8'] }, '100.64.0.1 443', 'refuse'],
    ['a wide network is not 172.16/12', { allow: ['172.0.0.0/8'] }, '172.16.0.1 443', 'refuse'],
    ['a wide network is not 192.168/16', { allow: ['192.0.0.0/8'] }, '192.168.0.1 443', 'refuse'],
    ['the neighbour of 192.168/16', { allow: ['192.0.0.0/8'] }, '192.169.0.1 443', 'reach'],
    ['a wide network is not loopback', { allow: ['126.0.0.0/7'] }, '127.0.0.1 443', 'refuse'],
    [
      'a wide network, and a part of 192.168/16 named',
      { allow: ['192.0.0.0/8', '192.168.7.0/24'] },
      '192.168.7.1 443',
      'reach',
    ],
    [
      'a wide network, and another part of 192.168/16 named',
      { allow: ['192.0.0.0/8', '192.168.7.0/24'] },
      '192.168.8.1 443',
      'refuse',
    ],
    [
      'a wide network, and a part of 192.168/16 named for another port',
      { allow: ['192.0.0.0/8', '192.168.7.0/24:80'] },
      '192.168.7.1 443',
      'refuse',
    ],
    [
      'a wide v6 network is not fc00::/7',
      { allow: ['[fc00::/6]:443'], blockMetadata: false },
      'fd12::1 443',
      'refuse',
    ],
    [
      'fc00::/7 itself names it',
      { allow: ['[fc00::/7]:443'], blockMetadata: false },
      'fd12::1 443',
      'reach',
    ],
    [
      'a wide v6 network, private by NAT64',
      { allow: ['[::/0]:443'] },
      '64:ff9b::a00:5 443',
      'refuse',
    ],
    [
      'a wide v6 network, public by NAT64',
      { allow: ['[::/0]:443'] },
      '64:ff9b::808:808 443',
      'reach',
    ],
    ['private by NAT64, named', { allow: ['[64:ff9b::a00:5]:443'] }, '64:ff9b::a00:5 443', 'reach'],
    ['ping of a wide network', { allow: ['192.0.0.0/8/icmp'] }, '192.168.0.1 - icmp', 'refuse'],
    [
      'a network does not name the host in it, but its other addresses',
      { allow: ['198.51.100.0/24'], own: ['198.51.100.4'] },
      '198.51.100.5 443',
      'reach',
    ],
    [
      'a network, and the host in it named',
      { allow: ['198.51.100.0/24', '198.51.100.4'], own: ['198.51.100.4'] },
      '198.51.100.4 443',
      'reach',
    ],
    [
      'a private network with the host in it names its other addresses',
      { allow: ['10.1.0.0/16'], own: ['10.1.2.3'] },
      '10.1.2.4 443',
      'reach',
    ],
    [
      'a private network with the host in it does not name the host',
      { allow: ['10.1.0.0/16'], own: ['10.1.2.3'] },
      '10.1.2.3 443',
      'refuse',
    ],
    [
      'audit, the host in a network that is allowed',
      { mode: 'audit', allow: ['198.51.100.0/24:9'], own: ['198.51.100.4'] },
      '198.51.100.4 9',
      'refuse',
    ],
    [
      'audit, the host named',
      { mode: 'audit', allow: ['198.51.100.4:9'], own: ['198.51.100.4'] },
      '198.51.100.4 9',
      'reach',
    ],
    [
      'a network does not name the host in it',
      { allow: ['198.51.100.0/24'], own: ['198.51.100.4'] },
      '198.51.100.4 443',
      'refuse',
    ],
    [
      'a host that is named',
      { allow: ['198.51.100.4'], own: ['198.51.100.4'] },
      '198.51.100.4 443',
      'reach',
    ],
    ['all of v6', { allow: ['[::/0]:443'] }, '2001:db8::1 443', 'reach'],
    [
      'all of v6 is not fd00::/8',
      { allow: ['[::/0]:443'], blockMetadata: false },
      'fd12::1 443',
      'refuse',
    ],
    ['metadata, named', { allow: ['169.254.169.254:80'] }, '169.254.169.254 80', 'refuse'],
    [
      'metadata, unblocked and named',
      { allow: ['169.254.169.254:80'], blockMetadata: false },
      '169.254.169.254 80',
      'reach',
    ],
    ['metadata, unblocked, not named', { blockMetadata: false }, '169.254.169.254 80', 'refuse'],
    ["Azure's agent", { allow: ['168.63.129.16'] }, '168.63.129.16 443', 'refuse'],
    ["Alibaba's metadata", { allow: ['100.100.100.200'] }, '100.100.100.200 443', 'refuse'],
    ["AWS's metadata over v6", { allow: ['[fd00:ec2::254]:80'] }, 'fd00:ec2::254 80', 'refuse'],
    ['metadata through NAT64', { allow: ['[64:ff9b::/96]:80'] }, '64:ff9b::a9fe:a9fe 80', 'refuse'],
    ['audit, metadata through NAT64', { mode: 'audit' }, '64:ff9b::a83f:8110 80', 'refuse'],
    [
      'the gateway that stands for the host',
      { allow: ['10.0.2.2', '10.0.0.0/8'], blockMetadata: false },
      '10.0.2.2 443',
      'refuse',
    ],
    [
      'the same over v6',
      { allow: ['[fd00::2]:443'], blockMetadata: false },
      'fd00::2 443',
      'refuse',
    ],
    [
      "the host's own address",
      { allow: ['0.0.0.0/0'], own: ['198.51.100.4'] },
      '198.51.100.4 443',
      'refuse',
    ],
    [
      "the host's own address, named",
      { allow: ['198.51.100.4'], own: ['198.51.100.4'] },
      '198.51.100.4 443',
      'reach',
    ],
    [
      "the host's own v6 address",
      { allow: ['[::/0]:443'], own: ['2001:db8::4'] },
      '2001:db8::4 443',
      'refuse',
    ],
    // A socket bound to the device sends what is meant for loopback out by it, to the host's.
    ['loopback, named', { allow: ['127.0.0.1:80'] }, '127.0.0.1 80', 'refuse'],
    ['loopback over v6, audit', { mode: 'audit', blockMetadata: false }, '::1 80', 'refuse'],
    ['audit', { mode: 'audit' }, '203.0.113.7 9', 'reach'],
    ['audit, private', { mode: 'audit' }, '10.1.2.3 9', 'reach'],
    ['audit, metadata', { mode: 'audit' }, '169.254.169.254 80', 'refuse'],
    [
      'audit, metadata unblocked',
      { mode: 'audit', blockMetadata: false },
      '169.254.169.254 80',
      'reach',
    ],
    [
      "audit, the host's own address",
      { mode: 'audit', own: ['198.51.100.4'] },
      '198.51.100.4 9',
      'refuse',
    ],
    ['audit, the gateway', { mode: 'audit', blockMetadata: false }, '10.0.2.3 53 udp', 'refuse'],
    ['unrestricted', { mode: 'unrestricted' }, '2001:db8::1 9 udp', 'reach'],
    ['deny', { mode: 'deny', loopbackAddress: '192.0.0.8' }, '203.0.113.7 443', 'refuse'],
    [
      'deny, metadata',
      { mode: 'deny', loopbackAddress: '192.0.0.8' },
      '169.254.169.254 80',
      'refuse',
    ],
    ['deny, loopback', { mode: 'deny', loopbackAddress: '192.0.0.8' }, '127.0.0.1 80', 'accept'],
    ['deny, loopback over v6', { mode: 'deny', loopbackAddress: '192.0.0.8' }, '::1 80', 'accept'],
    [
      "deny, the loopback's own address",
      { mode: 'deny', loopbackAddress: '192.0.0.8' },
      '192.0.0.8 80',
      'accept',
    ],
    [
      'deny, with entries all the same',
      { mode: 'deny', allow: ['203.0.113.7'], loopbackAddress: '192.0.0.8' },
      '203.0.113.7 443',
      'refuse',
    ],
  ])('%s', (_name, wish, to, expected) => {
    expect(fate(wish, to)).toBe(expected);
  });

  it('has metadata, host link, entries, own addresses, wide entries and the refusal in this order', () => {
    const { output } = load(
      rulesets(request({ allow: ['203.0.113.7', '0.0.0.0/0:80'], own: ['198.51.100.4'] })),
    );
    const places = [
      '169.254.0.0/16',
      '10.0.2.0/24',
      '@allow0 goto reach',
      '198.51.100.4',
      '192.168.0.0/16',
      '@allow1 goto reach',
    ].map((text) => output.findIndex((line) => line.includes(text)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(output.at(-1)).toBe('goto refuse');
  });

  it('records before it decides, and rejects rather than drops', () => {
    const { chains } = load(rulesets(request()));
    const [refuse = [], reach = []] = ['refuse', 'reach'].map((name) => chains.get(name) ?? []);
    expect(refuse.slice(-2)).toEqual([
      'meta l4proto tcp reject with tcp reset',
      'reject with icmpx type admin-prohibited',
    ]);
    expect(reach.at(-1)).toBe('accept');
    const records = [refuse.slice(2, -2), reach.slice(2, -1)];
    expect(records.map((lines) => lines.length)).toEqual([6, 6]);
    expect(records[0]?.every((line) => line.includes('counter name refused update @refused'))).toBe(
      true,
    );
    expect(records[1]?.every((line) => line.includes('counter name reached update @reached'))).toBe(
      true,
    );
  });

  it('neither records nor rejects the errors that the kernel itself sends', () => {
    const { chains } = load(rulesets(request()));
    const four = 'icmp type { destination-unreachable, time-exceeded, parameter-problem }';
    const six =
      'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }';
    expect(chains.get('refuse')?.slice(0, 2)).toEqual([`${four} drop`, `${six} drop`]);
    expect(chains.get('reach')?.slice(0, 2)).toEqual([`${four} accept`, `${six} accept`]);
  });

  it('bounds every record set', () => {
    const [first = ''] = rulesets(request());
    const records = first.split('\n').filter((line) => /^set (refused|reached)/.test(line));
    expect(records).toHaveLength(8);
    for (const line of records) expect(line).toMatch(/ size 4096; flags dynamic; counter;/);
  });
});

const LARGEST_TRANSACTION = 2000;

function elementsIn(transaction: string): string[] {
  return transaction
    .split('\n')
    .flatMap((line) => /\{ (.*) \}$/.exec(line)?.[1]?.split(', ') ?? []);
}

describe('the transactions', () => {
  it.each([
    ['one kind', 10_000, 1],
    ['three kinds', 10_000, 3],
    ['hundreds of kinds', 5_000, 400],
    ['one full transaction', LARGEST_TRANSACTION, 1],
    ['one more than that', LARGEST_TRANSACTION + 1, 1],
  ])('hold %s without loss, and none is too large', (_name, count, kinds) => {
    const allow = Array.from(
      { length: count },
      (_, index) => `11.${index >> 8}.${index & 255}.1:${(index % kinds) + 1}`,
    );
    const [, ...rest] = rulesets(request({ allow }));
    const sizes = rest.map((text) => elementsIn(text).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LARGEST_TRANSACTION);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
    expect(new Set(rest.flatMap(elementsIn)).size).toBe(count);
    // Not one transaction for each kind.
    expect(rest.length).toBeLessThanOrEqual(Math.ceil((2 * count) / LARGEST_TRANSACTION));
  });

  it('open nothing before the sets are filled', () => {
    const [first = ''] = rulesets(request({ allow: ['203.0.113.7', '203.0.113.8:80'] }));
    expect(first).not.toContain('203.0.113.');
    expect(verdictOn(load([first]), packetTo('203.0.113.7 443'))).toBe('refuse');
  });

  it('are one without entries', () => {
    expect(rulesets(request())).toHaveLength(1);
  });
});

const SPECIAL = [
  ...['169.254.169.254', '168.63.129.16', '100.100.100.200', '10.0.2.2', '10.1.2.3', '10.1.2.4'],
  ...['100.64.0.1', '11.1.2.3', 'fd12::2', '2001:db8:99::5', '198.51.100.5'],
  ...['172.16.0.1', '192.168.1.1', '127.0.0.1', '198.51.100.4', '203.0.113.7', '203.0.114.0'],
  ...['fe80::1', 'fd00:ec2::254', 'fd00::2', 'fd12::1', '2001:db8:99::4', '2001:db8::1', '::1'],
];
const OWN = ['198.51.100.4', '2001:db8:99::4', '10.1.2.3', 'fd12::1'];

const address = fc.oneof(
  fc.constantFrom(...SPECIAL),
  fc.nat(2 ** 32 - 1).map((bits) => formatAddress({ family: 4, bits: BigInt(bits) })),
  fc
    .bigInt({ min: 2n ** 125n, max: 2n ** 126n - 1n })
    .map((bits) => formatAddress({ family: 6, bits })),
);
const ports = fc.constantFrom('', ':80', ':443', ':79-81,443', ':1-65535');
const entry = fc
  .tuple(address, fc.nat(128), ports, fc.constantFrom('', '/tcp', '/udp', '/icmp'), fc.nat(9))
  .map(([text, bits, port, protocol, wide]) => {
    const family = familyOf(text);
    const width = widthOf(family);
    const prefix = wide === 0 ? 0 : wide < 4 ? width : Math.min(bits, width);
    const parsed = parseAddress(text) ?? { family, bits: 0n };
    const cidr = `${formatAddress(networkOf(parsed, prefix))}/${prefix}`;
    if (protocol === '/icmp') return `${cidr}/icmp`;
    return `${family === 6 ? `[${cidr}]` : cidr}${port}${protocol}`;
  });

const anyPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    address,
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    port: fc.oneof(fc.constantFrom(79, 80, 81, 82, 443), fc.integer({ min: 1, max: 65_535 })),
  }),
  address.map((text): Packet => ({ address: text, protocol: 'icmp', port: null })),
);

const wishes = fc.record({
  mode: fc.constantFrom('allowlist' as const, 'audit' as const, 'unrestricted' as const),
  allow: fc.uniqueArray(entry, { maxLength: 6 }),
  blockMetadata: fc.boolean(),
  own: fc.subarray(OWN),
});

const LINK = [
  ...['10.0.2.0/24', '127.0.0.0/8', '0.0.0.0/8', '255.255.255.255/32'],
  ...['fd00::/64', '::1/128', '::/128', '::ffff:0:0/96', '224.0.0.0/4', 'ff00::/8'],
];
const METADATA = [
  '169.254.0.0/16',
  '168.63.129.16/32',
  '100.100.100.200/32',
  'fe80::/10',
  'fc00::/7',
];
const PRIVATE = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
];

const inAny = (text: string, ranges: readonly string[]): boolean =>
  ranges.some((range) => range.includes(':') === text.includes(':') && isIn(text, range));

/** Whether an entry that covers a target names it: no range apart that the target is in lies, with more, in the entry. */
function names(one: AddressEntry, target: string, own: readonly string[]): boolean {
  const around = [...PRIVATE, ...own.map((text) => `${text}/${widthOf(familyOf(text))}`)].filter(
    (range) => inAny(target, [range]),
  );
  return around.every((range) => one.prefix >= Number(range.split('/')[1]));
}

function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

/** What the policy means, said without rules. */
function meant(
  wish: Required<Pick<Wish, 'mode' | 'allow' | 'blockMetadata' | 'own'>>,
  to: Packet,
): Verdict {
  const entries = addressEntries(wish.allow).filter((one) => matchesAddress(one, to));
  if (wish.blockMetadata && inAny(to.address, METADATA)) return 'refuse';
  if (inAny(to.address, LINK)) return 'refuse';
  if (entries.some((one) => names(one, to.address, wish.own))) return 'reach';
  return wish.own.includes(to.address) || wish.mode === 'allowlist' ? 'refuse' : 'reach';
}

describe('any ruleset', () => {
  it('never lets an allowlist reach what no entry covers', () => {
    fc.assert(
      fc.property(wishes, fc.array(anyPacket, { minLength: 1, maxLength: 30 }), (wish, packets) => {
        const entries = addressEntries(wish.allow);
        const loaded = load(rulesets(request({ ...wish, mode: 'allowlist' })));
        const out = packets.filter((to) => verdictOn(loaded, to) !== 'refuse');
        expect(out.filter((to) => !entries.some((one) => matchesAddress(one, to)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('does what the policy means', () => {
    fc.assert(
      fc.property(wishes, fc.array(anyPacket, { minLength: 1, maxLength: 30 }), (wish, packets) => {
        const loaded = load(rulesets(request(wish)));
        for (const to of packets)
          expect([to, verdictOn(loaded, to)]).toEqual([to, meant(wish, to)]);
      }),
      { numRuns: 300 },
    );
  });

  it('does what the policy means around the ranges apart and the host', () => {
    const around = fc.constantFrom(
      ...['0.0.0.0/0', '10.0.0.0/7', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.3'],
      ...['10.1.2.4', '192.0.0.0/2', '198.51.100.0/24', '198.51.100.4', '126.0.0.0/7'],
      ...['[::/0]:443', '[fc00::/6]:443', '[fc00::/7]:443', '[fd12::/64]:443', '[fd12::1]:443'],
    );
    const near = fc.constantFrom(...SPECIAL).map((text) => packetTo(`${text} 443`));
    const wish = fc.record({
      mode: fc.constantFrom('allowlist' as const, 'allowlist' as const, 'audit' as const),
      allow: fc.uniqueArray(around, { maxLength: 3 }),
      blockMetadata: fc.boolean(),
      own: fc.subarray(OWN),
    });
    fc.assert(
      fc.property(wish, fc.array(near, { minLength: 5, maxLength: 20 }), (one, packets) => {
        const loaded = load(rulesets(request(one)));
        for (const to of packets) expect([to, verdictOn(loaded, to)]).toEqual([to, meant(one, to)]);
      }),
      { numRuns: 500 },
    );
  });

  it('lets nothing out where there is no way out', () => {
    fc.assert(
      fc.property(wishes, anyPacket, (wish, to) => {
        const loaded = load(rulesets(request({ ...wish, loopbackAddress: '192.0.0.8' })));
        const inside = inAny(to.address, ['127.0.0.0/8', '::1/128']);
        expect(verdictOn(loaded, to)).toBe(inside ? 'accept' : 'refuse');
      }),
    );
  });

  it('has in its sets what the entries have, and nothing else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 20 }), (allow) => {
        const { sets } = load(rulesets(request({ allow })));
        expect([...sets.values()].flat().sort()).toEqual(
          addressEntries(allow)
            .map((one) => `${one.address}/${one.prefix}`)
            .sort(),
        );
      }),
    );
  });
});
