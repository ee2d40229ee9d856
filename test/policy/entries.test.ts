import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, networkOf, widthOf } from '../../src/policy/addresses.ts';
import { covers, entryText, matchesAddress, parseEntry } from '../../src/policy/entries.ts';
import type { EgressEntry, Protocol } from '../../src/policy/types.ts';

function entry(text: string): EgressEntry {
  const read = parseEntry(text);
  if (!read.ok) throw new Error(`${text}: ${read.message}`);
  return read.value;
}

describe('parseEntry', () => {
  it('gives an address entry all its fields', () => {
    expect(entry('10.1.0.0/16:5432')).toEqual({
      ...{ kind: 'address', family: 4, address: '10.1.0.0', prefix: 16, protocol: 'tcp' },
      ...{ ports: [{ from: 5432, to: 5432 }], text: '10.1.0.0/16:5432' },
    });
  });

  it('gives a name entry all its fields', () => {
    expect(entry('*.Example.com.:1024-2047,80/UDP')).toEqual({
      ...{ kind: 'name', host: 'example.com', wildcard: true, protocol: 'udp' },
      ports: [
        { from: 80, to: 80 },
        { from: 1024, to: 2047 },
      ],
      text: '*.example.com:80,1024-2047/udp',
    });
  });

  it.each([
    ['203.0.113.7', '203.0.113.7:443'],
    ['203.0.113.7:443', '203.0.113.7:443'],
    ['203.0.113.7/32', '203.0.113.7:443'],
    ['0.0.0.0/0:1-65535', '0.0.0.0/0:1-65535'],
    ['198.51.100.0/24:53/udp', '198.51.100.0/24:53/udp'],
    ['198.51.100.0/24/udp', '198.51.100.0/24:443/udp'],
    ['198.51.100.0/24/tcp', '198.51.100.0/24:443'],
    ['198.51.100.0/24/icmp', '198.51.100.0/24/icmp'],
    ['2001:db8::/32', '[2001:db8::/32]:443'],
    ['2001:db8::1', '[2001:db8::1]:443'],
    ['[2001:db8::1]', '[2001:db8::1]:443'],
    ['[2001:DB8:0::/32]:443', '[2001:db8::/32]:443'],
    ['[2001:db8::/32]:53,853/udp', '[2001:db8::/32]:53,853/udp'],
    ['2001:db8::/32/icmp', '[2001:db8::/32]/icmp'],
    ['::/0', '[::/0]:443'],
    ['example.com', 'example.com:443'],
    ['localhost:5432', 'localhost:5432'],
    ['EXAMPLE.com.', 'example.com:443'],
    ['api.example.com:80,443/tcp', 'api.example.com:80,443'],
    ['*.example.com', '*.example.com:443'],
    ['*.example.com/icmp', '*.example.com/icmp'],
    ['_service.example.com:1', '_service.example.com:1'],
    ['1.2.3.example', '1.2.3.example:443'],
    ['bücher.example', 'xn--bcher-kva.example:443'],
    ['*.例え.example:80', '*.xn--r8jz45g.example:80'],
    ['a.example:82,80-81,90,85-95', 'a.example:80-82,85-95'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example:443`],
  ])('reads %s as %s', (text, canonical) => {
    expect(entry(text).text).toBe(canonical);
  });

  const PORTS = 'ports from 1 to 65535 like 443, 80,443 or 1024-2047';
  const NAME = 'a name like api.example.com or *.example.com';
  const ADDRESS = 'an address like 203.0.113.7, 10.1.0.0/16, 2001:db8::1 or [2001:db8::/32]:443';
  const ENTRY =
    'an entry like 203.0.113.7:443, 10.1.0.0/16:5432, [2001:db8::/32]:443 or api.example.com:443, with /tcp, /udp or /icmp at the end';

  it.each([
    ['10.1.2.3/24', '`10.1.2.3/24` has host bits set', '`10.1.2.0/24`'],
    ['2001:db8::1/32', '`2001:db8::1/32` has host bits set', '`2001:db8::/32`'],
    ['10.0.0.0/33', '`33` is not a prefix length', 'a whole number from 0 to 32'],
    ['10.0.0.0/08', '`08` is not a prefix length', 'a whole number from 0 to 32'],
    ['10.0.0.0/', 'an empty text is not a prefix length', 'a whole number from 0 to 32'],
    ['2001:db8::/129', '`129` is not a prefix length', 'a whole number from 0 to 128'],
    ['10.0.0.0/8/24', '`10.0.0.0/8/24` is not an address', ADDRESS],
    [
      '::ffff:192.0.2.1',
      '`::ffff:192.0.2.1` is an IPv4 address inside IPv6',
      'write it as IPv4: `192.0.2.1`',
    ],
    [
      '[::ffff:192.0.2.0/120]:80',
      '`::ffff:192.0.2.0/120` is an IPv4 address inside IPv6',
      'write it as IPv4: `192.0.2.0/24`',
    ],
    [
      '::ffff:0:0/96',
      '`::ffff:0:0/96` is an IPv4 address inside IPv6',
      'write it as IPv4: `0.0.0.0/0`',
    ],
    ['1.2.3', '`1.2.3` is not an address', ADDRESS],
    ['300.1.1.1', '`300.1.1.1` is not an address', ADDRESS],
    ['010.1.1.1', '`010.1.1.1` is not an address', ADDRESS],
    ['0x7f000001', '`0x7f000001` is not an address', ADDRESS],
    ['1.2.3.4.', '`1.2.3.4.` is not an address', ADDRESS],
    ['fe80::1%eth0', '`fe80::1%eth0` is not an address', ADDRESS],
    ['example.com:443:80', '`example.com:443:80` is not an address', ADDRESS],
    ['[example.com]:443', '`example.com` is not an address', ADDRESS],
    ['[]', 'an empty text is not an address', ADDRESS],
    [
      '[2001:db8::]/32',
      '`[2001:db8::]/32` has misplaced brackets',
      'brackets around address and prefix, like [2001:db8::/32]:443',
    ],
    [
      '[2001:db8::1',
      '`[2001:db8::1` has misplaced brackets',
      'brackets around address and prefix, like [2001:db8::/32]:443',
    ],
    [
      'example.com/24',
      '`example.com/24` puts a prefix on a name',
      'a name without a prefix, like api.example.com:443',
    ],
    [
      'https://example.com/',
      '`https://example.com/` looks like a URL',
      'only the host and port, like api.example.com:443',
    ],
    ['10.0.0.0/8/sctp', '`sctp` is not a protocol', 'one of tcp, udp, icmp'],
    ['10.0.0.1:8/icmp', 'icmp has no ports', 'an entry without a port, like 192.0.2.0/24/icmp'],
    ['example.com:', 'an empty text is not a port or a range of ports', PORTS],
    ['example.com:0', '`0` is not a port or a range of ports', PORTS],
    ['example.com:65536', '`65536` is not a port or a range of ports', PORTS],
    ['example.com:80-70', '`80-70` is not a port or a range of ports', PORTS],
    ['example.com:0443', '`0443` is not a port or a range of ports', PORTS],
    ['example.com:80,,90', 'an empty text is not a port or a range of ports', PORTS],
    ['example.com:http', '`http` is not a port or a range of ports', PORTS],
    ['10.0.0.0:443/24', '`443/24` is not a port or a range of ports', PORTS],
    ['*', '`*` has a `*` that is not the whole first label', NAME],
    ['a.*.example', '`a.*.example` has a `*` that is not the whole first label', NAME],
    ['*a.example', '`*a.example` has a `*` that is not the whole first label', NAME],
    ['*.*.example', '`*.*.example` has a `*` that is not the whole first label', NAME],
    ['*.', '`*.` is not a host name', NAME],
    ['.', '`.` is not a host name', NAME],
    ['a..example', '`a..example` is not a host name', NAME],
    ['.example', '`.example` is not a host name', NAME],
    ['example..', '`example..` is not a host name', NAME],
    ['user@example.com', '`user@example.com` is not a host name', NAME],
    ['ex%61mple.com', '`ex%61mple.com` is not a host name', NAME],
    ['ü@example.com', '`ü@example.com` is not a host name', NAME],
    [
      '１.２.３.４',
      '`１.２.３.４` is neither an address nor a host name',
      'an IPv4 address like 203.0.113.7',
    ],
    ['', 'an empty text is not an egress entry', ENTRY],
    ['a b', '`a b` is not an egress entry', ENTRY],
    ['a\nb', '`a\\u{a}b` is not an egress entry', ENTRY],
    ['a\0b', '`a\\u{0}b` is not an egress entry', ENTRY],
  ])('refuses %j', (text, message, expected) => {
    expect(parseEntry(text)).toEqual({ ok: false, message, expected });
  });

  it('refuses labels and names that are too long', () => {
    expect(parseEntry(`${'a'.repeat(64)}.example`)).toMatchObject({ ok: false, expected: NAME });
    const name = `${`${'a'.repeat(49)}.`.repeat(5)}abcd`;
    expect(parseEntry(name.slice(0, 253))).toMatchObject({ ok: true });
    expect(parseEntry(name)).toMatchObject({ ok: false, expected: 'at most 253 characters' });
    expect(parseEntry('a'.repeat(2000))).toMatchObject({ ok: false, expected: ENTRY });
  });
});

const portText = fc.oneof(
  fc.integer({ min: 1, max: 65535 }).map(String),
  fc
    .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 300 }))
    .map(([from, more]) => `${from}-${Math.min(65535, from + more)}`),
);
const service = fc.oneof(
  fc
    .tuple(fc.array(portText, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/tcp', '/udp'))
    .map(([ports, end]) => `:${ports.join(',')}${end}`),
  fc.constantFrom('', '/udp', '/icmp'),
);
const cidr = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.nat(128))
  .filter(([six, bits, prefix]) => !six || prefix < 96 || bits >> 32n !== 0xffffn)
  .map(([six, bits, length]) => {
    const family = six ? 6 : 4;
    const prefix = Math.min(length, widthOf(family));
    const network = formatAddress(networkOf({ family, bits: six ? bits : bits >> 96n }, prefix));
    return six ? `[${network}/${prefix}]` : `${network}/${prefix}`;
  });
const hostName = fc
  .tuple(
    fc.constantFrom('', '*.'),
    fc.array(fc.constantFrom('a', 'b', 'a-1', '_x', '7'), { maxLength: 4 }),
  )
  .map(([star, labels]) => `${star}${[...labels, 'example'].join('.')}`);
const entryInput = fc.tuple(fc.oneof(cidr, hostName), service).map((parts) => parts.join(''));

describe('entryText', () => {
  it('is read back as the same entry', () => {
    fc.assert(
      fc.property(entryInput, (text) => {
        const first = entry(text);
        expect(entryText(first)).toBe(first.text);
        expect(entry(entryText(first))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseEntry on any text', () => {
  it('never throws, and what it accepts keeps its meaning', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./[]*-,tcpudi'.split('')) }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const read = parseEntry(candidate);
        const again = read.ok ? parseEntry(read.value.text) : read;
        expect(again).toEqual(read);
        expect(read.ok || (read.message !== '' && read.expected !== '')).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('covers', () => {
  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8:1-65535', '10.1.2.3:5432', true],
    ['10.0.0.0/8:80', '10.1.2.3:443', false],
    ['10.0.0.0/8:80-90', '10.1.2.3:85-95', false],
    ['10.0.0.0/8', '10.1.2.3/udp', false],
    ['10.0.0.0/8/icmp', '10.1.2.3/icmp', true],
    ['10.0.0.0/8', '10.1.2.3/icmp', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['0.0.0.0/0', 'example.com', false],
    ['example.com', 'example.com:443', true],
    ['example.com', 'a.example.com', false],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', '*.b.example.com', true],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['example.com', '*.example.com', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(covers(entry(outer), entry(inner))).toBe(expected);
  });

  /** Every destination of a small world, so that covering is plain inclusion. */
  const world = [
    ...['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::', '2001:db8::1'].flatMap(
      (address) =>
        [1, 2, 3, 4].flatMap((port) =>
          (['tcp', 'udp'] as const).map((protocol) => ({ address, port, protocol })),
        ),
    ),
  ];
  const small = fc
    .tuple(
      fc.constantFrom(
        '10.0.0.0/30',
        '10.0.0.0/31',
        '10.0.0.2/31',
        '10.0.0.1',
        '10.0.0.2',
        '[2001:db8::/127]',
        '[2001:db8::1]',
      ),
      fc.constantFrom('1', '1-2', '1,3', '2-4', '1-4', '4', '2,4'),
      fc.constantFrom('/tcp', '/udp'),
    )
    .map(([address, ports, protocol]) => entry(`${address}:${ports}${protocol}`));

  it('means that whatever the inner entry matches, the outer one matches', () => {
    fc.assert(
      fc.property(small, small, (outer, inner) => {
        const included = world.every(
          (attempt) => !matchesAddress(inner, attempt) || matchesAddress(outer, attempt),
        );
        expect(covers(outer, inner)).toBe(included);
      }),
      { numRuns: 1000 },
    );
  });

  it('is reflexive and transitive', () => {
    fc.assert(
      fc.property(entryInput, small, small, small, (text, a, b, c) => {
        expect(covers(entry(text), entry(text))).toBe(true);
        expect(!(covers(a, b) && covers(b, c)) || covers(a, c)).toBe(true);
      }),
    );
  });
});

describe('matchesAddress', () => {
  it.each<[string, string, number | null, Protocol, boolean]>([
    ['10.0.0.0/8:80,443', '10.9.8.7', 443, 'tcp', true],
    ['10.0.0.0/8:80,443', '10.9.8.7', 81, 'tcp', false],
    ['10.0.0.0/8:80,443', '11.9.8.7', 443, 'tcp', false],
    ['10.0.0.0/8:80,443', '10.9.8.7', 443, 'udp', false],
    ['10.0.0.0/8:80,443', '10.9.8.7', null, 'tcp', false],
    ['10.0.0.0/8', '::ffff:10.9.8.7', 443, 'tcp', true],
    ['10.0.0.0/8/icmp', '10.9.8.7', null, 'icmp', true],
    ['10.0.0.0/8/icmp', '11.9.8.7', null, 'icmp', false],
    ['fe80::/10', 'fe80::1%eth0', 443, 'tcp', true],
    ['::/0', '10.0.0.1', 443, 'tcp', false],
    ['10.0.0.0/8', 'nonsense', 443, 'tcp', false],
    ['example.com', '10.0.0.1', 443, 'tcp', false],
  ])('%s against %s port %s %s: %s', (text, address, port, protocol, expected) => {
    expect(matchesAddress(entry(text), { address, port, protocol })).toBe(expected);
  });
});
