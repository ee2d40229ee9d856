import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry, readLongEntry } from '../../src/policy/entries.ts';
import type { EgressEntry } from '../../src/policy/types.ts';
import { entry } from '../fixtures/policy.ts';

/** Where an entry leads, whatever is checked on the way. */
function destinationOf(one: EgressEntry): object {
  const { text: _, ...rest } = one;
  return rest.kind === 'name' ? { ...rest, tls: true, private: false } : rest;
}

/** What host, port and protocol say as a short entry. */
function alone(long: Readonly<Record<string, unknown>>): object | null {
  const { host, port = 443, protocol = 'tcp' } = long;
  if (!['tcp', 'udp', 'icmp'].includes(String(protocol))) return null;
  const ports = protocol === 'icmp' ? '' : `:${String(port)}`;
  const read = parseEntry(`${String(host)}${ports}/${String(protocol)}`);
  return read.ok ? destinationOf(read.value) : null;
}

describe('the long form of an entry', () => {
  it('gives a name all its fields', () => {
    expect(
      entry({ host: '*.DB.example.', port: '5432,80', protocol: 'tcp', tls: 'off', private: true }),
    ).toEqual({
      ...{ kind: 'name', host: 'db.example', wildcard: true, protocol: 'tcp' },
      ports: [
        { from: 80, to: 80 },
        { from: 5432, to: 5432 },
      ],
      ...{ tls: false, private: true, text: '*.db.example:80,5432 tls=off private' },
    });
  });

  it.each<[object, string]>([
    [{ host: 'a.example' }, 'a.example'],
    [{ host: 'a.example', port: 80 }, 'a.example:80'],
    [{ host: 'a.example', port: '80,1000-1010' }, 'a.example:80,1000-1010'],
    [{ host: 'a.example', protocol: 'tcp', tls: 'on', private: false }, 'a.example'],
    [{ host: 'a.example', tls: true }, 'a.example'],
    [{ host: '203.0.113.7' }, '203.0.113.7'],
    [{ host: '203.0.113.7', tls: 'on', private: false }, '203.0.113.7'],
    [{ host: '203.0.113.7', tls: true }, '203.0.113.7'],
    [{ host: '203.0.113.7', port: 53, protocol: 'udp' }, '203.0.113.7:53/udp'],
    [{ host: '203.0.113.7', protocol: 'icmp' }, '203.0.113.7/icmp'],
    [{ host: '[203.0.113.0/24]', port: 80 }, '203.0.113.0/24:80'],
    [{ host: '[2001:db8::/32]', port: 80 }, '[2001:db8::/32]:80'],
    [{ host: '[2001:db8::1]' }, '2001:db8::1'],
  ])('%j says the same as %s', (long, short) => {
    expect(entry(long)).toEqual(entry(short));
  });

  const HOST = 'a name, or an address in brackets';
  const PORT = 'a port, or ports like 80,443';
  const PORTS = 'ports from 1 to 65535 like 443, 80,443 or 1024-2047';
  const PROTOCOL = 'one of tcp, udp, icmp';
  const KEYS = 'one of host, port, protocol, tls, private';

  it.each<[object, string, string]>([
    [{}, '`host` is an empty value', HOST],
    [{ port: 443 }, '`host` is an empty value', HOST],
    [{ host: null }, '`host` is an empty value', HOST],
    [{ host: '' }, '`host` is an empty text', HOST],
    [{ host: 7 }, '`host` is `7`', HOST],
    [{ host: ['a.example'] }, '`host` is a list', HOST],
    [{ host: 'a.example:443' }, '`host` is `a.example:443`', HOST],
    [{ host: 'a.example/udp' }, '`host` is `a.example/udp`', HOST],
    [{ host: 'https://a.example' }, '`host` is `https://a.example`', HOST],
    [{ host: 'a example' }, '`host` is `a example`', HOST],
    [{ host: '2001:db8::1' }, '`host` is `2001:db8::1`', HOST],
    [{ host: '203.0.113.0/24' }, '`host` is `203.0.113.0/24`', HOST],
    [{ host: '[2001:db8::1]:80' }, '`host` is `[2001:db8::1]:80`', HOST],
    [{ host: '[a.example]' }, '`a.example` is not an address', expect.stringContaining('10.1')],
    [{ host: 'a..example' }, '`a..example` is not a host name', expect.stringContaining('*.ex')],
    [{ host: 'a.example', port: null }, '`port` is an empty value', PORT],
    [{ host: 'a.example', port: true }, '`port` is `true`', PORT],
    [{ host: 'a.example', port: [80] }, '`port` is a list', PORT],
    [{ host: 'a.example', port: 0 }, '`0` is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: -1 }, '`-1` is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: 80.5 }, '`80.5` is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: 65_536 }, '`65536` is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: '' }, 'an empty text is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: '80/udp' }, '`80/udp` is not a port or a range of ports', PORTS],
    [{ host: 'a.example', port: '1-2000' }, '`a.example` has more than 1024 ports', 'fewer ports'],
    [{ host: 'a.example', protocol: 'sctp' }, '`protocol` is `sctp`', PROTOCOL],
    [{ host: 'a.example', protocol: '' }, '`protocol` is an empty text', PROTOCOL],
    [{ host: 'a.example', protocol: null }, '`protocol` is an empty value', PROTOCOL],
    [{ host: 'a.example', protocol: ['tcp'] }, '`protocol` is a list', PROTOCOL],
    [{ host: 'a.example', protocol: {} }, '`protocol` is a map', PROTOCOL],
    // Not the network 203.0.113.0/24.
    [{ host: '203.0.113.0', protocol: '24' }, '`protocol` is `24`', PROTOCOL],
    [{ host: '203.0.113.0', protocol: 24 }, '`protocol` is `24`', PROTOCOL],
    [{ host: '203.0.113.0', protocol: '24/udp' }, '`protocol` is `24/udp`', PROTOCOL],
    [
      { host: 'a.example', port: 53, protocol: 'udp' },
      '`a.example` is a name, and names are reached over tcp only',
      'tcp, or the addresses behind the name',
    ],
    [{ host: 'a.example', tls: 'no' }, '`tls` is `no`', 'on or off'],
    [{ host: 'a.example', tls: null }, '`tls` is an empty value', 'on or off'],
    [{ host: 'a.example', tls: 0 }, '`tls` is `0`', 'on or off'],
    [{ host: 'a.example', private: 'yes' }, '`private` is `yes`', 'true or false'],
    [{ host: 'a.example', private: null }, '`private` is an empty value', 'true or false'],
    [
      { host: '203.0.113.7', tls: 'off' },
      '`tls` and `private` are for names',
      'an address without them',
    ],
    [
      { host: '10.0.0.1', private: true },
      '`tls` and `private` are for names',
      'an address without them',
    ],
    [{ host: '203.0.113.7', port: 8, protocol: 'icmp' }, 'icmp has no ports', expect.anything()],
    [{ host: 'a.example', ports: 80 }, '`ports` is not a key of an entry', KEYS],
    [{ Host: 'a.example' }, '`Host` is not a key of an entry', KEYS],
    [{ host: 'a.example', 'a\nb': 1 }, '`a\\u{a}b` is not a key of an entry', KEYS],
  ])('is not %j', (long, message, expected) => {
    expect(readLongEntry({ ...long })).toEqual({ ok: false, message, expected });
  });

  it('never throws, and what it accepts is what its parts say', () => {
    const odd = fc.oneof(
      fc.constantFrom('a.example', '203.0.113.0', '[2001:db8::1]', '80', '24', 'tcp', 'off', 'on'),
      fc.string({ unit: fc.constantFrom(...'a.:/[]*-,124 tcpudi'.split('')), maxLength: 6 }),
      fc.constantFrom(true, false, null, 24, 443, 1.5, []),
    );
    const keys = { host: odd, port: odd, protocol: odd, tls: odd, private: odd };
    fc.assert(
      fc.property(fc.record(keys, { requiredKeys: [] }), (long) => {
        const read = readLongEntry(long);
        expect(read.ok || (read.message !== '' && read.expected !== '')).toBe(true);
        expect(read.ok ? destinationOf(read.value) : null).toEqual(read.ok ? alone(long) : null);
      }),
      { numRuns: 3000 },
    );
  });
});
