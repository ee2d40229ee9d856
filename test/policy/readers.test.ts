import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/policy/addresses.ts';
import { readEntry, readInterface, readResolver } from '../../src/policy/readers.ts';

describe('readEntry', () => {
  it('reads text and the long form alike', () => {
    expect(readEntry('a.example:80')).toEqual(readEntry({ host: 'a.example', port: 80 }));
  });

  it.each([
    [['2001:db8::1'], 'a list is not an egress entry'],
    [443, '`443` is not an egress entry'],
    [null, 'an empty value is not an egress entry'],
    [true, '`true` is not an egress entry'],
  ])('refuses %j', (raw, message) => {
    expect(readEntry(raw)).toMatchObject({ ok: false, message });
  });
});

describe('readInterface', () => {
  it.each(['eth0', 'enp0s31f6', 'br-0123456789ab', 'eth0.100', 'veth@lo_1'])('reads %s', (name) => {
    expect(readInterface(name)).toEqual({ ok: true, value: name });
  });

  it.each(
    [
      ['', '.', '..', 'a name', 'eth0/1', '0123456789abcdef', 'eth0\n', '-eth0', 7, null].map(
        (raw) => [raw],
      ),
    ].flat(),
  )('refuses %j', (raw) => {
    expect(readInterface(raw).ok).toBe(false);
  });
});

describe('readResolver', () => {
  it.each([
    ['192.0.2.53', '192.0.2.53'],
    ['192.0.2.53:53', '192.0.2.53'],
    ['192.0.2.53:5353', '192.0.2.53:5353'],
    ['192.0.2.53:65535', '192.0.2.53:65535'],
    ['[192.0.2.53]:5353', '192.0.2.53:5353'],
    ['2001:db8::53', '2001:db8::53'],
    ['2001:db8::5:353', '2001:db8::5:353'],
    ['2001:DB8:0::53', '2001:db8::53'],
    ['::1', '::1'],
    ['[2001:db8::53]', '2001:db8::53'],
    ['[2001:db8::53]:53', '2001:db8::53'],
    ['[2001:db8::53]:5353', '[2001:db8::53]:5353'],
  ])('reads %s as %s', (text, canonical) => {
    expect(readResolver(text)).toEqual({ ok: true, value: canonical });
  });

  it.each([
    ['', 'an empty text'],
    ['dns.example.com', '`dns.example.com`'],
    ['192.0.2.53:', '`192.0.2.53:`'],
    ['192.0.2.53:0', '`192.0.2.53:0`'],
    ['192.0.2.53:65536', '`192.0.2.53:65536`'],
    ['192.0.2.53:053', '`192.0.2.53:053`'],
    ['192.0.2.53:53:53', '`192.0.2.53:53:53`'],
    ['192.0.2.53/32', '`192.0.2.53/32`'],
    ['192.0.2.53/udp', '`192.0.2.53/udp`'],
    [' 192.0.2.53', '` 192.0.2.53`'],
    ['192.0.2.53\n', '`192.0.2.53\\u{a}`'],
    ['192.0.2.053', '`192.0.2.053`'],
    ['[2001:db8::53', '`[2001:db8::53`'],
    ['2001:db8::53]:53', '`2001:db8::53]:53`'],
    ['[]:53', '`[]:53`'],
    ['fe80::1%eth0', '`fe80::1%eth0`'],
    ['https://192.0.2.53/dns-query', '`https://192.0.2.53/dns-query`'],
    [53, '`53`'],
    [null, 'an empty value'],
    [['192.0.2.53'], 'a list'],
  ])('refuses %j', (raw, shown) => {
    expect(readResolver(raw)).toEqual({
      ok: false,
      message: `${shown} is not a resolver`,
      expected: 'an address like 192.0.2.53 or [2001:db8::53]:5353',
    });
  });

  it('reads any address, alone and with any port, and again what it read', () => {
    const address = fc.oneof(
      fc.nat(2 ** 32 - 1).map((bits) => formatAddress({ family: 4, bits: BigInt(bits) })),
      fc
        .bigInt({ min: 0n, max: 2n ** 128n - 1n })
        .map((bits) => formatAddress({ family: 6, bits })),
    );
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 65_535 }), (text, port) => {
        expect(readResolver(text)).toEqual({ ok: true, value: text });
        const host = text.includes(':') ? `[${text}]` : text;
        const value = port === 53 ? text : `${host}:${port}`;
        expect(readResolver(`${host}:${port}`)).toEqual({ ok: true, value });
        expect(readResolver(value)).toEqual({ ok: true, value });
      }),
    );
  });
});
