import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { rulesets } from '../../src/plan/ruleset.ts';
import { formatAddress, networkOf, parseAddress, widthOf } from '../../src/policy/addresses.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import type { AddressEntry, Policy } from '../../src/policy/types.ts';
import { layer, policy } from '../fixtures/policy.ts';
import { load, verdictOn, type Packet } from './ruleset-model.ts';

const PLACES = [
  ...['10.1.2.3', '10.1.2.4', '11.1.2.3', '203.0.113.7', '203.0.113.8', '198.51.100.4'],
  ...['100.100.100.200', '169.254.169.254', '10.0.2.2', '2001:db8::1', '2001:db8:99::4', 'fd12::1'],
];
const OWN = ['198.51.100.4', '2001:db8:99::4', '10.1.2.3', 'fd12::1'];

const familyOf = (text: string): 4 | 6 => (text.includes(':') ? 6 : 4);

/** Few places, ports and prefixes, so that two lists often meet. */
const entry = fc
  .tuple(
    fc.constantFrom(...PLACES),
    fc.constantFrom(0, 5, 7, 8, 12, 16, 24, 31, 32, 32, 32),
    fc.constantFrom('', ':80', ':79-81,443', ':1-65535'),
    fc.constantFrom('', '', '/udp', '/icmp'),
  )
  .map(([text, bits, ports, protocol]) => {
    const family = familyOf(text);
    const prefix = bits === 32 ? widthOf(family) : bits;
    const parsed = parseAddress(text) ?? { family, bits: 0n };
    const cidr = `${formatAddress(networkOf(parsed, prefix))}/${prefix}`;
    if (protocol === '/icmp') return `${cidr}/icmp`;
    return `${family === 6 ? `[${cidr}]` : cidr}${ports}${protocol}`;
  });

const network = fc.record(
  {
    mode: fc.constantFrom('deny', 'allowlist', 'allowlist', 'allowlist', 'audit', 'unrestricted'),
    allow: fc
      .uniqueArray(entry, { maxLength: 4 })
      .map((texts) => [...new Set(texts.map((text) => layerText(text)))]),
    'block-metadata': fc.boolean(),
  },
  { requiredKeys: [] },
);

function layerText(text: string): string {
  const values = layer({ network: { allow: [text] } }).values;
  return values.network?.allow?.[0]?.value.text ?? text;
}

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    address: fc.constantFrom(...PLACES),
    protocol: fc.constantFrom('tcp' as const, 'tcp' as const, 'udp' as const),
    port: fc.constantFrom(79, 80, 82, 443, 9000),
  }),
  fc.constantFrom(...PLACES).map((address): Packet => ({ address, protocol: 'icmp', port: null })),
);

function reaches({ mode, allow, blockMetadata }: Policy['network'], own: readonly string[]) {
  if (mode.value === 'deny') return () => false;
  const entries = allow
    .map(({ value }) => value)
    .filter((one): one is AddressEntry => one.kind === 'address');
  const loaded = load(
    rulesets({
      mode: mode.value,
      entries,
      blockMetadata: blockMetadata.value,
      hostAddresses: own.map((address) => ({ family: familyOf(address), address })),
      loopbackAddress: null,
      gateway: null,
    }),
  );
  return (to: Packet): boolean => verdictOn(loaded, to) === 'reach';
}

/** What the floor allows by itself: what it does not write, it does not bind. */
function floorReaches(document: Record<string, unknown>, own: readonly string[]) {
  const bound = 'mode' in document || 'allow' in document;
  const whole = { mode: bound ? 'allowlist' : 'unrestricted', 'block-metadata': false };
  const reach = reaches(policy({ network: { ...whole, ...document } }).network, own);
  const metadata = reaches(
    policy({ network: { mode: 'unrestricted', 'block-metadata': true } }).network,
    [],
  );
  if (bound) return reach;
  return (to: Packet): boolean => document['block-metadata'] !== true || metadata(to);
}

it('the rules of a bounded policy reach just what both the policy and the floor reach, host and private addresses included', () => {
  fc.assert(
    fc.property(
      network,
      network,
      fc.subarray(OWN),
      fc.array(packet, { minLength: 10, maxLength: 40 }),
      (asked, floor, own, packets) => {
        const plain = policy({ network: asked });
        const { policy: bounded } = boundPolicy(plain, layer({ network: floor }));
        const [both, one, other] = [
          reaches(bounded.network, own),
          reaches(plain.network, own),
          floorReaches(floor, own),
        ];
        for (const to of packets) expect([to, both(to)]).toEqual([to, one(to) && other(to)]);
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);

it('the rules of a policy under two floors reach the same in either order', () => {
  fc.assert(
    fc.property(
      network,
      network,
      network,
      fc.subarray(OWN),
      fc.array(packet, { minLength: 10, maxLength: 40 }),
      (asked, a, b, own, packets) => {
        const [one, other] = [layer({ network: a }), layer({ network: b })];
        const under = (first: typeof one, second: typeof one) => {
          const bounded = boundPolicy(policy({ network: asked }), first).policy;
          return reaches(boundPolicy(bounded, second).policy.network, own);
        };
        const [ab, ba] = [under(one, other), under(other, one)];
        for (const to of packets) expect([to, ab(to)]).toEqual([to, ba(to)]);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);
