import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/policy/addresses.ts';
import { matchesAddress, parseEntry } from '../../src/policy/entries.ts';
import type { Blocked } from '../../src/report/blocked.ts';
import { blockedOf, LOOK_UP } from '../../src/report/egress.ts';
import { suggestionsOf } from '../../src/report/build.ts';
import type { EgressRecord } from '../../src/run/observations.ts';
import { plan } from '../fixtures/plan.ts';
import { egress, names, record, refusal, report, seen } from '../fixtures/report.ts';

const OWN = ['198.51.100.4', '2001:db8:99::4'];

function blocked(text: string, network: object = {}, own = OWN): Blocked {
  const [only] = blockedOf(plan({ policy: { network } }), egress([record(text)]), own);
  if (only === undefined) throw new Error(`${text} is not blocked`);
  return only;
}

describe('a refused destination', () => {
  it.each([
    ['203.0.113.7 443 tcp', '203.0.113.7', '203.0.113.7:443/tcp'],
    ['203.0.113.7 8080 tcp', '203.0.113.7:8080', '203.0.113.7:8080/tcp'],
    ['203.0.113.7 443 udp', '203.0.113.7:443/udp', '203.0.113.7:443/udp'],
    ['203.0.113.7 - icmp', '203.0.113.7/icmp', '203.0.113.7/icmp'],
    ['2001:db8::7 443 tcp', '2001:db8::7', '[2001:db8::7]:443/tcp'],
    ['2001:db8::7 80 tcp', '[2001:db8::7]:80', '[2001:db8::7]:80/tcp'],
    ['2001:db8::7 53 udp', '[2001:db8::7]:53/udp', '[2001:db8::7]:53/udp'],
    ['2001:db8::7 - ipv6-icmp', '2001:db8::7/icmp', '2001:db8::7/ipv6-icmp'],
    ['203.0.113.7 - sctp', null, '203.0.113.7/sctp'],
    ['203.0.113.7 - 253', null, '203.0.113.7/253'],
    ['203.0.113.7 0 tcp', null, '203.0.113.7:0/tcp'],
    ['203.0.113.7 0 udp', null, '203.0.113.7:0/udp'],
  ])('%s is allowed by %s and told as %s', (text, allow, told) => {
    expect(blocked(text)).toMatchObject({
      allow,
      text: told,
      reason: 'not in network.allow',
      expected: false,
    });
  });

  it.each([
    ['169.254.169.254 80', /credentials/],
    ['168.63.129.16 80', /Azure/],
    ['100.100.100.200 80', /Alibaba/],
    ['fd00:ec2::254 80', /IPv6/],
    ['fe80::1 80', /link-local/],
    ['10.0.2.2 80', /own link to the host/],
    ['10.0.2.255 53 udp', /own link to the host/],
    ['127.0.0.1 80', /host's loopback/],
  ])('%s cannot be allowed, because of %s', (text, why) => {
    const made = blocked(text);
    expect(made.reason).toMatch(why);
    expect(made.allow).toBeNull();
  });

  it.each([
    ['169.254.169.254 80', '169.254.169.254:80'],
    ['fd12::1 80', '[fd12::1]:80'],
    ['10.0.2.2 80', null],
    ['fd00::2 80', null],
  ])('%s with metadata unblocked: %s', (text, allow) => {
    expect(blocked(text, { 'block-metadata': false }).allow).toBe(allow);
  });

  it.each(['198.51.100.4 22', '2001:db8:99::4 22'])(
    '%s is the host`s own, and can be named',
    (text) => {
      const made = blocked(text);
      expect(made.reason).toBe("the host's own address");
      expect(made.allow).not.toBeNull();
    },
  );

  it.each([
    ['192.0.2.53 53 udp', [], LOOK_UP, '192.0.2.53:53/udp'],
    ['192.0.2.53 53 tcp', [], LOOK_UP, '192.0.2.53:53'],
    ['192.0.2.53 443 tcp', [], 'not in network.allow', '192.0.2.53'],
    ['192.0.2.54 53 udp', [], 'not in network.allow', '192.0.2.54:53/udp'],
    ['192.0.2.53 53 udp', ['192.0.2.53'], "the host's own address", '192.0.2.53:53/udp'],
  ])('%s on a host with %j is refused as %s', (text, own, reason, allow) => {
    expect(blocked(text, {}, own)).toMatchObject({ reason, allow, expected: false });
  });

  it('that is a resolver says no more than that where metadata addresses are', () => {
    const site = { nameservers: ['169.254.169.253'] };
    const [made] = blockedOf(plan({ site }), egress([record('169.254.169.253 53 udp')]), OWN);
    expect(made?.reason).toMatch(/credentials/);
    expect(made?.allow).toBeNull();
  });

  it('comes before look-ups, and each in the order in which it was counted', () => {
    const texts = ['192.0.2.53 53 udp', '203.0.113.7 80', '192.0.2.53 53 tcp', '203.0.113.8 80'];
    const made = blockedOf(plan(), egress(texts.map((text) => record(text))), OWN);
    expect(made.map(({ text }) => text)).toEqual([
      ...['203.0.113.7:80/tcp', '203.0.113.8:80/tcp'],
      ...['192.0.2.53:53/udp', '192.0.2.53:53/tcp'],
    ]);
  });

  it.each([
    ['203.0.113.7 443 tcp', ['203.0.113.0/24'], true],
    ['203.0.113.7 443 udp', ['203.0.113.0/24'], false],
    ['203.0.113.7 80 tcp', ['203.0.113.0/24'], false],
    ['203.0.113.7 - icmp', ['203.0.113.0/24/icmp'], true],
    ['2001:db8::7 - ipv6-icmp', ['2001:db8::/32/icmp'], true],
    ['203.0.113.7 - 253', ['203.0.113.0/24/icmp'], false],
    ['169.254.169.254 80 tcp', ['169.254.169.254:80'], true],
    ['203.0.113.7 443 tcp', ['api.example.com'], false],
  ])('%s is expected by %j: %s', (text, entries, expected) => {
    expect(blocked(text, { 'expect-blocked': entries }).expected).toBe(expected);
  });

  const dialled = (text: string): EgressRecord => ({ ...record(text), name: 'a.example' });

  it.each([
    ['198.18.0.16 8080 tcp', 'the port is not in network.allow', 'a.example:8080', ':8080/tcp'],
    ['198.18.0.16 443 tcp', 'the port is not in network.allow', 'a.example', ':443/tcp'],
    ['198.18.0.16 853 udp', 'names are reached over tcp only', null, ':853/udp'],
    ['198.18.0.16 - icmp', 'names are reached over tcp only', null, '/icmp'],
    ['198.18.0.16 0 tcp', 'the port is not in network.allow', null, ':0/tcp'],
  ])('%s, which stands for an allowed name, is refused because %s', (text, reason, allow, end) => {
    const [made] = blockedOf(plan(), egress([dialled(text)]), OWN);
    expect(made).toMatchObject({ reason, allow, text: `a.example${end}`, expected: false });
  });

  it.each([
    ['198.18.0.16 8080 tcp', ['a.example:8080'], true],
    ['198.18.0.16 8080 tcp', [{ host: '*.example', port: '8000-8999', tls: 'off' }], true],
    ['198.18.0.16 8080 tcp', ['a.example'], false],
    ['198.18.0.16 8080 tcp', ['b.example:8080'], false],
    ['198.18.0.16 443 udp', [], true],
    ['198.18.0.16 853 udp', ['a.example'], false],
  ])('%s, which stands for a.example, is expected by %j: %s', (text, entries, expected) => {
    const overrides = { policy: { network: { 'expect-blocked': entries } } };
    expect(blockedOf(plan(overrides), egress([dialled(text)]), OWN)).toMatchObject([{ expected }]);
  });

  it('is none where nothing was recorded', () => {
    expect(blockedOf(plan(), null, OWN)).toEqual([]);
  });
});

const address = fc.oneof(
  fc.constantFrom('2001:db8::', '169.254.1.1', '10.0.2.3', 'fd00::1', '10.1.2.3', ...OWN),
  fc.nat(2 ** 32 - 1).map((bits) => formatAddress({ family: 4, bits: BigInt(bits) })),
  fc
    .bigInt({ min: 2n ** 96n, max: 2n ** 128n - 1n })
    .map((bits) => formatAddress({ family: 6, bits })),
);
const anyRecord = fc.oneof(
  fc.record({
    address,
    port: fc.oneof(fc.constantFrom(0, 443), fc.nat(65_535)),
    protocol: fc.constantFrom('tcp', 'udp'),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    address,
    port: fc.constant(null),
    protocol: fc.constantFrom('icmp', 'ipv6-icmp', 'sctp', '253'),
    count: fc.constant(1),
  }),
);

describe('any refused destination', () => {
  it('is allowed by the entry that is suggested, and by it alone', () => {
    fc.assert(
      fc.property(anyRecord, fc.boolean(), (one, blockMetadata) => {
        const network = { 'block-metadata': blockMetadata };
        const [made] = blockedOf(plan({ policy: { network } }), egress([one]), OWN);
        if (made === undefined || made.allow === null) return;
        const entry = parseEntry(made.allow);
        if (!entry.ok) throw new Error(`${made.allow}: ${entry.message}`);
        const protocol = one.protocol === 'ipv6-icmp' ? 'icmp' : one.protocol;
        const attempt = { ...one, protocol: protocol as 'tcp' };
        expect(matchesAddress(entry.value, attempt)).toBe(true);
        expect(entry.value).toMatchObject({ prefix: one.address.includes(':') ? 128 : 32 });
      }),
    );
  });
});

it('suggests what is unexpected and can be allowed, in order', () => {
  const refused = ['203.0.113.7 80', '169.254.169.254 80', '203.0.113.8 443', '203.0.113.9 443'];
  const made = report(seen({ egress: egress(refused.map((text) => record(text))) }), {
    policy: { network: { 'expect-blocked': ['203.0.113.8'] } },
  });
  expect(suggestionsOf(made)).toEqual([
    { entry: '203.0.113.7:80', warning: null },
    { entry: '203.0.113.9', warning: null },
  ]);
});

it('suggests each entry once, whatever it would open', () => {
  const refusals = [
    refusal('a.example'),
    refusal('A.example', { port: 443 }),
    refusal('b.example', { port: 22, check: 'not-tls' }),
    refusal('b.example', { port: 22, check: 'no-sni' }),
  ];
  const made = report(seen({ egress: egress([], { names: names({ refusals }) }) }));
  expect(suggestionsOf(made).map(({ entry }) => entry)).toEqual([
    'a.example',
    '{host: b.example, port: 22, tls: off}',
  ]);
});

it('warns whoever would allow the resolver, and suggests it last', () => {
  const refused = ['192.0.2.53 53 udp', '203.0.113.7 80'];
  const made = report(seen({ egress: egress(refused.map((text) => record(text))) }));
  expect(suggestionsOf(made)).toEqual([
    { entry: '203.0.113.7:80', warning: null },
    { entry: '192.0.2.53:53/udp', warning: expect.stringContaining('a name can carry') as string },
  ]);
});
