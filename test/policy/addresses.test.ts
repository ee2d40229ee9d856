import * as fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  contains,
  formatAddress,
  hasHostBits,
  mappedIPv4,
  networkOf,
  parseAddress,
  parseCidr,
  widthOf,
  type Address,
} from '../../src/policy/addresses.ts';

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((bits) => ({ family: 4 as const, bits })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((bits) => ({ family: 6 as const, bits })),
  // Runs of zeros are where the spelling gets hard.
  fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 }).map((groups) => ({
    family: 6 as const,
    bits: groups.reduce<bigint>((bits, group) => (bits << 16n) | group, 0n),
  })),
);

describe('parseAddress and formatAddress', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['203.0.113.7', '203.0.113.7'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0db8::', '2001:db8::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is %s', (text, canonical) => {
    const parsed = parseAddress(text);
    expect(parsed && formatAddress(parsed)).toBe(canonical);
  });

  it.each([
    ...[
      '',
      '1.2.3',
      '1.2.3.4.5',
      '01.2.3.4',
      '1.2.3.256',
      '1.2.3.-4',
      ' 1.2.3.4',
      '1.2.3.4 ',
      '0x1.2.3.4',
      '1..2.3',
      '１.2.3.4',
    ],
    ...[
      ':',
      ':::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '12345::',
      'g::',
      'fe80::1%eth0',
      '1:2:3:4:5:6:7:8::',
    ],
    ...[
      '::1.2.3',
      '1.2.3.4::',
      '::01.2.3.4',
      '1:2:3:4:5:6:7:1.2.3.4',
      '::1:',
      ':1::',
      '[::1]',
      '::1/64',
    ],
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('agrees with node:net on what an address is', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789abf:.'.split('')), maxLength: 24 }),
      fc
        .array(fc.constantFrom('0', '1', 'ffff', '', '::', ':', '1.2.3.4', '255', '256'), {
          maxLength: 9,
        })
        .map((parts) => parts.join(':')),
      address.map(formatAddress),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseAddress(candidate)?.family ?? 0).toBe(
          isIPv4(candidate) ? 4 : isIPv6(candidate) ? 6 : 0,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same bits back for every address', () => {
    fc.assert(
      fc.property(address, (one) => {
        expect(parseAddress(formatAddress(one))).toEqual(one);
      }),
    );
  });

  it('spells IPv6 as the URL standard does, mapped addresses aside', () => {
    fc.assert(
      fc.property(address, (one) => {
        fc.pre(one.family === 6 && mappedIPv4(one) === null);
        expect(new URL(`http://[${formatAddress(one)}]/`).hostname).toBe(`[${formatAddress(one)}]`);
      }),
    );
  });
});

const at = (text: string): Address => parseAddress(text) as Address;

describe('prefixes', () => {
  it.each([
    ['10.1.2.3', 24, true, '10.1.2.0'],
    ['10.1.2.0', 24, false, '10.1.2.0'],
    ['10.1.2.3', 32, false, '10.1.2.3'],
    ['10.1.2.3', 0, true, '0.0.0.0'],
    ['2001:db8::1', 32, true, '2001:db8::'],
    ['2001:db8::', 32, false, '2001:db8::'],
  ])('%s/%d has host bits: %s', (text, prefix, expected, network) => {
    expect(hasHostBits(at(text), prefix)).toBe(expected);
    expect(formatAddress(networkOf(at(text), prefix))).toBe(network);
  });

  it.each([
    ['10.0.0.0', 8, '10.1.0.0', 16, true],
    ['10.1.0.0', 16, '10.0.0.0', 8, false],
    ['10.0.0.0', 8, '11.0.0.0', 16, false],
    ['0.0.0.0', 0, '::', 0, false],
    ['::', 0, '2001:db8::', 32, true],
    ['2001:db8::', 32, '2001:db8:ffff::', 48, true],
  ])('%s/%d contains %s/%d: %s', (outer, outerPrefix, inner, innerPrefix, expected) => {
    expect(
      contains({ ...at(outer), prefix: outerPrefix }, { ...at(inner), prefix: innerPrefix }),
    ).toBe(expected);
  });

  it('contain what comparing the leading bits as text says', () => {
    const leading = (one: Address, prefix: number) =>
      one.bits.toString(2).padStart(widthOf(one.family), '0').slice(0, prefix);
    fc.assert(
      fc.property(address, address, fc.nat(128), fc.nat(128), fc.boolean(), (a, b, p, q, same) => {
        const outer = { ...a, prefix: Math.min(p, widthOf(a.family)) };
        const inner = { ...(same ? a : b), prefix: Math.min(q, widthOf((same ? a : b).family)) };
        const expected =
          outer.family === inner.family &&
          outer.prefix <= inner.prefix &&
          leading(inner, outer.prefix) === leading(outer, outer.prefix);
        expect(contains(outer, inner)).toBe(expected);
      }),
    );
  });
});

it.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::fffe:192.0.2.1', null],
  ['192.0.2.1', null],
])('the IPv4 address inside %s is %s', (text, expected) => {
  const mapped = mappedIPv4(at(text));
  expect(mapped && formatAddress(mapped)).toBe(expected);
});

it.each([
  ['203.0.113.0/24', '203.0.113.0', 24],
  ['203.0.113.7', '203.0.113.7', 32],
  ['2001:db8::/32', '2001:db8::', 32],
  ['::1', '::1', 128],
  ['0.0.0.0/0', '0.0.0.0', 0],
])('the network of %s is %s with a prefix of %d', (text, expected, prefix) => {
  const cidr = parseCidr(text);
  expect(cidr && [formatAddress(cidr), cidr.prefix]).toEqual([expected, prefix]);
});

it.each(['203.0.113.0/33', '203.0.113.0/', '203.0.113.0/08', '203.0.113.0/1/2', '/8', 'a/8', ''])(
  '%j is no network',
  (text) => {
    expect(parseCidr(text)).toBeNull();
  },
);
