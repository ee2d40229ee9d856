import * as fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { judgeAddresses } from '../../src/gateway/address-judgement.ts';
import { formatAddress } from '../../src/policy/addresses.ts';

const HOST = ['192.0.2.5', '2001:db8::5'];
const judged = judgeAddresses({ hostAddresses: HOST, blockMetadata: true });

describe('never connected to', () => {
  it.each([
    ['0.0.0.0', 'unspecified, which is this machine'],
    ['0.1.2.3', 'unspecified, which is this machine'],
    ['127.0.0.1', "this machine's loopback"],
    ['127.255.255.254', "this machine's loopback"],
    ['169.254.169.254', 'link-local'],
    ['168.63.129.16', "Azure's agent endpoint"],
    ['100.100.100.200', "Alibaba Cloud's metadata endpoint"],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved or broadcast'],
    ['255.255.255.255', 'reserved or broadcast'],
    ['::', 'unspecified, which is this machine'],
    ['::1', "this machine's loopback"],
    ['fe80::1', 'link-local'],
    ['fd00:ec2::254', 'unique local, where clouds serve instance credentials over IPv6'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', "127.0.0.1 inside: this machine's loopback"],
    ['::ffff:a9fe:a9fe', '169.254.169.254 inside: link-local'],
    ['::127.0.0.1', "127.0.0.1 inside: this machine's loopback"],
    ['::ffff:0:127.0.0.1', "127.0.0.1 inside: this machine's loopback"],
    ['64:ff9b::169.254.169.254', 'link-local inside IPv6'],
    ['64:ff9b:1::169.254.169.254', '169.254.169.254 inside: link-local'],
    ['2002:7f00:1::', "127.0.0.1 inside: this machine's loopback"],
    ['2002:a9fe:a9fe::1', '169.254.169.254 inside: link-local'],
    ['2001:0:7f00:1::', "127.0.0.1 inside: this machine's loopback"],
    // The client 127.0.0.1, with all bits turned.
    ['2001:0:cb00:7101::80ff:fffe', "127.0.0.1 inside: this machine's loopback"],
    ['2001:db8::5efe:127.0.0.1', "127.0.0.1 inside: this machine's loopback"],
    ['2001:db8::200:5efe:169.254.169.254', '169.254.169.254 inside: link-local'],
    ['fe80::1%eth0', 'no address'],
    ['2130706433', 'no address'],
    ['0x7f.1', 'no address'],
    ['', 'no address'],
  ])('%s: %s', (address, why) => {
    expect(judged.forbidden(address)).toBe(why);
  });
});

describe('connected to only by an entry for private addresses', () => {
  it.each([
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'shared address space'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['192.0.2.5', 'an address of this machine'],
    ['2001:db8::5', 'an address of this machine'],
    ['fec0::1', 'site-local'],
    ['64:ff9b:1::203.0.113.7', "a local network's way to IPv4"],
    ['::ffff:10.0.0.1', '10.0.0.1 inside: private'],
    ['64:ff9b::192.0.2.5', '192.0.2.5 inside: an address of this machine'],
    ['2002:a00:1::', '10.0.0.1 inside: private'],
  ])('%s: %s', (address, why) => {
    expect(judged.privateReason(address)).toBe(why);
    expect(judged.forbidden(address)).toBeNull();
  });
});

it.each([
  '203.0.113.7',
  '198.51.100.1',
  '1.0.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '223.255.255.255',
  '2001:db8::7',
  '2606:4700::1',
  '64:ff9b::203.0.113.7',
  '::ffff:203.0.113.7',
  '2002:cb00:7107::1',
])('nothing stands against %s', (address) => {
  expect([judged.forbidden(address), judged.privateReason(address)]).toEqual([null, null]);
});

it('a unique local address is a private one where metadata need not be blocked', () => {
  const open = judgeAddresses({ hostAddresses: [], blockMetadata: false });
  expect(open.forbidden('fd12::1')).toBeNull();
  expect(open.privateReason('fd12::1')).toBe('unique local');
  expect(open.forbidden('169.254.169.254')).toBe('link-local');
  expect(open.forbidden('168.63.129.16')).toBe("Azure's agent endpoint");
});

const EMBEDDERS: readonly ((hex: string) => string)[] = [
  (hex) => `::ffff:${hex}`,
  (hex) => `::${hex}`,
  (hex) => `::ffff:0:${hex}`,
  (hex) => `64:ff9b::${hex}`,
  (hex) => `2002:${hex}::`,
  (hex) => `2001:0:${hex}::`,
  (hex) => `2001:db8::5efe:${hex}`,
];

it('what is said of an IPv4 address is said of it inside every IPv6 address', () => {
  const bits = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
    fc
      .tuple(
        fc.constantFrom(127n, 10n, 169n, 192n, 100n),
        fc.bigInt({ min: 0n, max: 2n ** 24n - 1n }),
      )
      .map(([first, rest]) => (first << 24n) | rest),
  );
  fc.assert(
    fc.property(bits, fc.constantFrom(...EMBEDDERS), (number, embed) => {
      const four = formatAddress({ family: 4, bits: number });
      const hex = number.toString(16).padStart(8, '0');
      const six = embed(`${hex.slice(0, 4)}:${hex.slice(4)}`);
      expect(isIPv6(six)).toBe(true);
      for (const judge of [judged.forbidden, judged.privateReason]) {
        // Not the other way round: some of these, such as ::1, mean something of their own.
        expect(judge(four) === null || judge(six) !== null).toBe(true);
      }
    }),
  );
});

it('there is an answer for every text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
      for (const judge of [judged.forbidden, judged.privateReason]) {
        expect(judge(text)).toSatisfy((why) => why === null || typeof why === 'string');
      }
    }),
  );
});
