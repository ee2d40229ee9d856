import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesets, type RulesetRequest } from '../../src/plan/ruleset.ts';
import {
  type DoorElement,
  openDoors,
  openResolver,
  shutDoors,
  standFor,
} from '../../src/plan/ruleset-gateway.ts';
import { GATEWAY_HOST, SYNTHETIC_RANGE, SYNTHETIC_RESOLVER } from '../../src/plan/ranges.ts';
import { addressEntries } from '../fixtures/policy.ts';
import {
  isIn,
  load,
  type Loaded,
  packetTo,
  type Packet,
  translated,
  verdictOn,
} from './ruleset-model.ts';

interface Wish {
  readonly allow?: readonly string[];
  readonly blockMetadata?: boolean;
  readonly gateway?: RulesetRequest['gateway'];
  /** Transactions that are loaded after the rules. */
  readonly later?: readonly string[];
}

const RESOLVER = openResolver({ udp: 4053, tcp: 4054 });
const DOOR: DoorElement = { address: '198.18.0.16', port: 443, listener: 4443 };
const OPEN = [RESOLVER, ...openDoors([DOOR])];

function loaded({ allow = [], blockMetadata = true, gateway = 'doors', later = [] }: Wish): Loaded {
  const rules = rulesets({
    ...{ mode: 'allowlist', blockMetadata, gateway, loopbackAddress: null },
    entries: addressEntries(allow),
    hostAddresses: [{ family: 4, address: '198.51.100.4' }],
  });
  return load([...rules, ...later]);
}

/** The verdict, and where an accepted packet goes to. */
function fate(wish: Wish, to: string): string {
  const [rules, sent] = [loaded(wish), packetTo(to)];
  const { address, port, protocol } = translated(rules, sent);
  const verdict = verdictOn(rules, sent);
  return verdict === 'accept' ? `accept ${address} ${port} ${protocol}` : verdict;
}

describe('rules with a gateway', () => {
  it.each<[string, Wish, string, string]>([
    ['no door stands open', {}, '198.18.0.16 443', 'refuse'],
    ['nobody answers look-ups', {}, '198.18.0.1 53 udp', 'refuse'],
    ['a door', { later: OPEN }, '198.18.0.16 443', 'accept 10.0.2.2 4443 tcp'],
    ['another port of its name', { later: OPEN }, '198.18.0.16 80', 'refuse'],
    ['its port over udp, as QUIC is', { later: OPEN }, '198.18.0.16 443 udp', 'refuse'],
    ['its name, pinged', { later: OPEN }, '198.18.0.16 - icmp', 'refuse'],
    ['an address of no name', { later: OPEN }, '198.18.0.17 443', 'refuse'],
    ['the last synthetic address', { later: OPEN }, '198.19.255.255 443', 'refuse'],
    ['after the last synthetic address', { later: OPEN }, '198.20.0.0 443', 'refuse'],
    ['what the door leads to, itself', { later: OPEN }, '10.0.2.2 4443', 'refuse'],
    ['what look-ups lead to, itself', { later: OPEN }, '10.0.2.2 4053 udp', 'refuse'],
    ["the host's loopback", { later: OPEN }, '10.0.2.2 22', 'refuse'],
    ['slirp4netns’s own resolver', { later: OPEN }, '10.0.2.3 80', 'refuse'],
    [
      'a door that was shut',
      { later: [...OPEN, ...shutDoors([DOOR])] },
      '198.18.0.16 443',
      'refuse',
    ],
    ['a look-up', { later: OPEN }, '198.18.0.1 53 udp', 'accept 10.0.2.2 4053 udp'],
    ['a look-up over tcp', { later: OPEN }, '198.18.0.1 53', 'accept 10.0.2.2 4054 tcp'],
    ['a look-up elsewhere', { later: OPEN }, '203.0.113.53 53 udp', 'accept 10.0.2.2 4053 udp'],
    [
      'a look-up at a resolver that is allowed',
      { allow: ['203.0.113.53:53/udp'], later: OPEN },
      '203.0.113.53 53 udp',
      'accept 10.0.2.2 4053 udp',
    ],
    [
      'a look-up at the metadata address',
      { later: OPEN },
      '169.254.169.254 53 udp',
      'accept 10.0.2.2 4053 udp',
    ],
    ['a look-up over v6', { later: OPEN }, '2001:db8::53 53 udp', 'refuse'],
    [
      'a look-up over v6 at a resolver that is allowed',
      { allow: ['[2001:db8::53]:53/udp'], later: OPEN },
      '2001:db8::53 53 udp',
      'refuse',
    ],
    [
      'a look-up where nobody answers, at a resolver that is allowed',
      { allow: ['203.0.113.53:53/udp'] },
      '203.0.113.53 53 udp',
      'refuse',
    ],
    [
      'an address that is allowed',
      { allow: ['203.0.113.7'], later: OPEN },
      '203.0.113.7 443',
      'reach',
    ],
    [
      'a synthetic address that an entry covers',
      { allow: ['0.0.0.0/0:1-65535', '198.18.0.17'], later: OPEN },
      '198.18.0.17 443',
      'refuse',
    ],
    [
      'a door’s address, by a port that an entry covers',
      { allow: ['0.0.0.0/0:1-65535'], later: OPEN },
      '198.18.0.16 80',
      'refuse',
    ],
    ['metadata', { later: OPEN }, '169.254.169.254 80', 'refuse'],
    ['metadata, unblocked', { blockMetadata: false, later: OPEN }, '169.254.169.254 80', 'refuse'],
  ])('%s', (_name, wish, to, expected) => {
    expect(fate(wish, to)).toBe(expected);
  });

  it('translate before the filter sees a packet, and nothing at all without a gateway', () => {
    expect(loaded({}).chains.get('doors')?.[0]).toMatch(/nat hook output priority -100; /);
    const without = loaded({ gateway: null });
    expect([...without.maps.keys()]).toEqual([]);
    expect([...without.chains.keys()]).not.toContain('doors');
    expect(without.output.join('\n')).not.toMatch(/ct status|dport 53|198\.18/);
  });

  it('have the resolver that the step is told among the synthetic addresses', () => {
    expect(isIn(SYNTHETIC_RESOLVER, SYNTHETIC_RANGE)).toBe(true);
    expect(isIn(GATEWAY_HOST, SYNTHETIC_RANGE)).toBe(false);
  });
});

const place = fc.constantFrom(
  ...[
    '198.18.0.1',
    '198.18.0.16',
    '198.18.0.17',
    '198.19.0.1',
    '198.20.0.1',
    '10.0.2.2',
    '10.0.2.3',
  ],
  ...['203.0.113.7', '203.0.113.53', '169.254.169.254', '198.51.100.4', '10.1.2.3', '127.0.0.1'],
  ...['2001:db8::53', 'fd00::2', '::1'],
);
const anyPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    address: place,
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    port: fc.constantFrom(53, 80, 443, 4053, 4054, 4443),
  }),
  place.map((address): Packet => ({ address, protocol: 'icmp', port: null })),
);
const doors = fc.uniqueArray(
  fc.record({
    address: fc.constantFrom('198.18.0.16', '198.18.0.17'),
    port: fc.constantFrom(53, 80, 443),
    listener: fc.integer({ min: 4000, max: 5000 }),
  }),
  { selector: ({ address, port }) => `${address} ${port}` },
);
const wishes = fc.record({
  allow: fc.uniqueArray(
    fc.constantFrom(
      ...['0.0.0.0/0:1-65535', '0.0.0.0/0:53/udp', '198.18.0.0/15:80', '203.0.113.53:53/udp'],
      ...['10.0.2.2:4443', '203.0.113.7/icmp', '[::/0]:53', '[2001:db8::53]:53/udp'],
    ),
  ),
  blockMetadata: fc.boolean(),
});

describe('any rules with a gateway', () => {
  const isLookUp = ({ protocol, port }: Packet): boolean => protocol !== 'icmp' && port === 53;
  const isSynthetic = ({ address }: Packet): boolean =>
    !address.includes(':') && isIn(address, SYNTHETIC_RANGE);

  it('open nothing before there is a door, and refuse look-ups and synthetic addresses', () => {
    fc.assert(
      fc.property(wishes, anyPacket, (wish, to) => {
        const without = verdictOn(loaded({ ...wish, gateway: null }), to);
        const closed = isLookUp(to) || isSynthetic(to);
        expect(verdictOn(loaded(wish), to)).toBe(closed ? 'refuse' : without);
      }),
      { numRuns: 500 },
    );
  });

  it('let through what a door or the resolver is for, and nothing else that they refused before', () => {
    fc.assert(
      fc.property(wishes, doors, fc.boolean(), anyPacket, (wish, opened, answered, to) => {
        const later = [...(answered ? [RESOLVER] : []), ...openDoors(opened)];
        const rules = loaded({ ...wish, later });
        const verdict = verdictOn(rules, to);
        const four = !to.address.includes(':');
        const asks = answered && four && isLookUp(to);
        const door = opened.find(
          ({ address, port }) =>
            to.protocol === 'tcp' && to.address === address && to.port === port,
        );
        const before = verdictOn(loaded(wish), to);
        expect(verdict).toBe(asks || door !== undefined ? 'accept' : before);
        const ports = asks ? [4053, 4054] : [door?.listener];
        const { address, port } = translated(rules, to);
        expect(
          verdict !== 'accept' || (address === GATEWAY_HOST && ports.includes(port ?? 0)),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the transactions of doors', () => {
  const LARGEST_TRANSACTION = 2000;
  const many = (count: number): DoorElement[] =>
    Array.from({ length: count }, (_, index) => ({
      address: `198.18.${index >> 8}.${index & 255}`,
      port: (index % 3) + 1,
      listener: 10_000 + index,
    }));

  it.each([0, 1, LARGEST_TRANSACTION, LARGEST_TRANSACTION + 1, 9000])(
    'open and shut %d without loss, and none is too large',
    (count) => {
      const [opening, shutting] = [openDoors(many(count)), shutDoors(many(count))];
      for (const text of [...opening, ...shutting])
        expect(text.split(', ').length).toBeLessThanOrEqual(LARGEST_TRANSACTION);
      expect(opening).toHaveLength(Math.ceil(count / LARGEST_TRANSACTION));
      expect(loaded({ later: opening }).maps.get('doors')?.size).toBe(count);
      expect(loaded({ later: [...opening, ...shutting] }).maps.get('doors')?.size).toBe(0);
    },
  );

  it('are one line each, as nft reads them', () => {
    expect([...openDoors([DOOR]), ...shutDoors([DOOR]), RESOLVER]).toEqual([
      'add element inet glovebox doors { 198.18.0.16 . 443 : 10.0.2.2 . 4443 }\n',
      'delete element inet glovebox doors { 198.18.0.16 . 443 }\n',
      'add element inet glovebox resolver { udp : 10.0.2.2 . 4053, tcp : 10.0.2.2 . 4054 }\n',
    ]);
  });
});

describe('rules that record names', () => {
  const stand = [
    RESOLVER,
    standFor('198.18.0.16', '203.0.113.7'),
    standFor('198.18.0.17', '169.254.169.254'),
    standFor('198.18.0.18', '198.51.100.4'),
    standFor('2001:2::c612:10', '2001:db8::7'),
    standFor('2001:2::c612:11', 'fd12::1'),
  ];
  const rules = load([
    ...rulesets({
      ...{ mode: 'audit', blockMetadata: true, gateway: 'record', loopbackAddress: null },
      entries: [],
      hostAddresses: [{ family: 4, address: '198.51.100.4' }],
    }),
    ...stand,
  ]);

  it.each([
    ['a name', '198.18.0.16 443', 'reach', '203.0.113.7'],
    ['a name over udp', '198.18.0.16 443 udp', 'reach', '203.0.113.7'],
    ['a name by icmp', '198.18.0.16 - icmp', 'reach', '203.0.113.7'],
    ['a name with IPv6', '2001:2::c612:10 443', 'reach', '2001:db8::7'],
    ['a name that leads to credentials', '198.18.0.17 80', 'refuse', '169.254.169.254'],
    ['a name that leads to the host', '198.18.0.18 80', 'refuse', '198.51.100.4'],
    ['a name that leads to unique local addresses', '2001:2::c612:11 80', 'refuse', 'fd12::1'],
    ['an address', '203.0.113.9 443', 'reach', '203.0.113.9'],
    ['any resolver', '203.0.113.53 53 udp', 'accept', GATEWAY_HOST],
    ["the gateway's host itself", `${GATEWAY_HOST} 4053 udp`, 'refuse', GATEWAY_HOST],
  ])('decide on %s by what it stands for: %s', (_, to, verdict, real) => {
    expect([verdictOn(rules, packetTo(to)), translated(rules, packetTo(to)).address]).toEqual([
      verdict,
      real,
    ]);
  });

  it.each([4, 6])('count by what was dialled, over IPv%s too', (family) => {
    const dialled = rules.chains.get('dialled')?.filter((line) => line.includes(`ipv${family} `));
    expect(dialled).toHaveLength(3);
    const address = `{ ct original ip${family === 6 ? '6' : ''} daddr . `;
    for (const line of dialled ?? []) expect(line).toContain(address);
    expect(rules.chains.get('reach')).toContain('ct status dnat goto dialled');
  });
});
