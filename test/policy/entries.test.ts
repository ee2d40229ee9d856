import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, networkOf, widthOf } from '../../src/policy/addresses.ts';
import { covers, entryText, matchesAddress, parseEntry } from '../../src/policy/entries.ts';
import type { EgressEntry, Protocol } from '../../src/policy/types.ts';
import { entry } from '../fixtures/policy.ts';

describe('parseEntry', () => {
  it('gives an address entry all its fields', () => {
    expect(entry('10.1.0.0/16:5432')).toEqual({
      ...{ kind: 'address', family: 4, address: '10.1.0.0', prefix: 16, protocol: 'tcp' },
      ...{ ports: [{ from: 5432, to: 5432 }], text: '10.1.0.0/16:5432' },
    });
  });

  it('gives a name entry all its fields', () => {
    expect(entry('*.Example.com.:1024-2046,80/TCP')).toEqual({
      ...{ kind: 'name', host: 'example.com', wildcard: true, protocol: 'tcp' },
      ...{ tls: true, private: false },
      ports: [
        { from: 80, to: 80 },
        { from: 1024, to: 2046 },
      ],
      text: '*.example.com:80,1024-2046',
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
    ['*.example.com/tcp', '*.example.com:443'],
    ['_service.example.com:1', '_service.example.com:1'],
    ['1.2.3.example', '1.2.3.example:443'],
    ['bücher.example', 'xn--bcher-kva.example:443'],
    ['*.例え.example:80', '*.xn--r8jz45g.example:80'],
    ['a.example:82,80-81,90,85-95', 'a.example:80-82,85-95'],
    ['a.example:1-1024', 'a.example:1-1024'],
    ['a.example:1-1024,500', 'a.example:1-1024'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example:443`],
  ])('reads %s as %s', (text, canonical) => {
    expect(entry(text).text).toBe(canonical);
  });

  const PORTS = 'ports from 1 to 65535 like 443, 80,443 or 1024-2047';
  const NAME = 'a name like api.example.com or *.example.com';
  const TCP = 'tcp, or the addresses behind the name';
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
    ['example.com/udp', '`example.com` is a name, and names are reached over tcp only', TCP],
    ['*.example.com/icmp', '`*.example.com` is a name, and names are reached over tcp only', TCP],
    ['a.example:1-1025', '`a.example` has more than 1024 ports', 'fewer ports'],
    ['a.example:1-1000,2000-2024', '`a.example` has more than 1024 ports', 'fewer ports'],
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
const portList = fc.array(portText, { minLength: 1, maxLength: 3 }).map((all) => all.join(','));
const service = fc.oneof(
  fc.tuple(portList, fc.constantFrom('', '/tcp', '/udp')).map(([list, end]) => `:${list}${end}`),
  fc.constantFrom('', '/udp', '/icmp'),
);
const nameService = fc.oneof(
  portList.map((list) => `:${list}`),
  fc.constantFrom('', '/tcp'),
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
const entryInput = fc.oneof(
  fc.tuple(cidr, service).map((parts) => parts.join('')),
  fc.tuple(hostName, nameService).map((parts) => parts.join('')),
);
/** The same in its long form, where a name may have options. */
const longInput = fc.oneof(
  fc.record({
    host: hostName,
    port: fc.oneof(portList, fc.integer({ min: 1, max: 65_535 })),
    tls: fc.constantFrom('on', 'off', true, false),
    private: fc.boolean(),
  }),
  fc.record({
    host: cidr.map((text) => `[${text.replaceAll(/[[\]]/g, '')}]`),
    port: portList,
    protocol: fc.constantFrom('tcp', 'udp'),
  }),
);
const anyInput = fc.oneof(entryInput, longInput);

/** What an entry says, without its text. */
function meaning(one: EgressEntry): object {
  const { text: _, ...rest } = one;
  return rest;
}

describe('entryText', () => {
  it.each<[object, string]>([
    [{ host: 'a.example' }, 'a.example:443'],
    [{ host: 'a.example', tls: 'off' }, 'a.example:443 tls=off'],
    [{ host: 'a.example', private: true }, 'a.example:443 private'],
    [
      { host: '*.a.example', port: 22, tls: false, private: true },
      '*.a.example:22 tls=off private',
    ],
  ])('of %j is %s', (long, text) => {
    expect(entry(long).text).toBe(text);
  });

  it('is read back as the same entry, where that has no options', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const first = entry(input);
        expect(entryText(first)).toBe(first.text);
        const plain = first.kind === 'address' || (first.tls && !first.private);
        const again = parseEntry(first.text);
        expect(again.ok ? again.value : null).toEqual(plain ? first : null);
      }),
      { numRuns: 500 },
    );
  });

  it('is another for every other meaning, and the same for the same one', () => {
    const close = fc.record({
      host: fc.constantFrom('a.example', '*.a.example', 'A.example.'),
      port: fc.constantFrom<(string | number)[]>(443, '443', '442-444', '442,443,444', 22),
      tls: fc.constantFrom('on', 'off', true, false),
      private: fc.boolean(),
    });
    fc.assert(
      fc.property(close, close, (a, b) => {
        const [one, other] = [entry(a), entry(b)];
        const same = JSON.stringify(meaning(one)) === JSON.stringify(meaning(other));
        expect(one.text === other.text).toBe(same);
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
  const NAME = { host: 'a.example' };
  it.each<[object, object, boolean]>([
    [{ ...NAME, tls: 'off' }, NAME, true],
    [NAME, { ...NAME, tls: 'off' }, false],
    [{ ...NAME, tls: 'off' }, { ...NAME, tls: 'off' }, true],
    [{ ...NAME, private: true }, NAME, true],
    [NAME, { ...NAME, private: true }, false],
    [{ ...NAME, tls: 'off' }, { ...NAME, private: true }, false],
    [{ ...NAME, private: true }, { ...NAME, tls: 'off' }, false],
    [{ ...NAME, tls: 'off', private: true }, { ...NAME, private: true }, true],
    [{ host: '*.example', tls: 'off' }, { ...NAME, tls: 'off' }, true],
    [{ ...NAME, tls: 'off', port: '1-1000' }, { ...NAME, tls: 'off', port: 22 }, true],
    [{ ...NAME, tls: 'off', port: 22 }, { ...NAME, tls: 'on', port: 443 }, false],
  ])('%j covers %j: %s', (outer, inner, expected) => {
    expect(covers(entry(outer), entry(inner))).toBe(expected);
  });

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

  const smallName = fc
    .record({
      host: fc.constantFrom('example', '*.example', 'a.example', '*.a.example'),
      port: fc.constantFrom('1', '1-2', '1,3', '1-4'),
      tls: fc.constantFrom('on', 'off'),
      private: fc.boolean(),
    })
    .map((long) => entry(long));

  it('is reflexive and transitive', () => {
    const any = fc.oneof(small, smallName);
    fc.assert(
      fc.property(anyInput, any, any, any, (input, a, b, c) => {
        expect(covers(entry(input), entry(input))).toBe(true);
        expect(!(covers(a, b) && covers(b, c)) || covers(a, c)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('means of names that all names, ports, bytes and addresses of the inner one are the outer one’s', () => {
    const connections = [
      'example',
      'a.example',
      'b.a.example',
      'x.y.a.example',
      'b.example',
    ].flatMap((host) =>
      [1, 2, 3, 4].flatMap((port) =>
        [true, false].flatMap((tls) =>
          [true, false].map((inside) => ({ host, port, tls, inside })),
        ),
      ),
    );
    const allows = (one: EgressEntry, to: (typeof connections)[number]): boolean =>
      one.kind === 'name' &&
      (one.wildcard ? to.host.endsWith(`.${one.host}`) : to.host === one.host) &&
      one.ports.some(({ from, to: last }) => from <= to.port && to.port <= last) &&
      (to.tls || !one.tls) &&
      (!to.inside || one.private);
    fc.assert(
      fc.property(smallName, smallName, (outer, inner) => {
        const included = connections.every((to) => !allows(inner, to) || allows(outer, to));
        expect(covers(outer, inner)).toBe(included);
      }),
      { numRuns: 1000 },
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
