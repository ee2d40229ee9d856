import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/policy/addresses.ts';
import { covers, parseEntry } from '../../src/policy/entries.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { EgressEntry } from '../../src/policy/types.ts';
import { learnedPolicy } from '../../src/report/learned.ts';
import type { Reached } from '../../src/report/learned-entries.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { report, seen } from '../fixtures/report.ts';
import { reached, reportOf } from '../fixtures/reached.ts';

function learn(made: EffectiveSandbox): string {
  const text = learnedPolicy(made);
  if (text === null) throw new Error('nothing was learned');
  return text;
}

/** The text that is learned from these, without its first line. */
function learned(...texts: string[]): string[] {
  const lines = learn(reportOf(texts.map((text) => reached(text)))).split('\n');
  expect(lines.slice(0, 2)).toEqual(['# What this reached, and no more: npm test', 'version: 1']);
  return lines.slice(2, -1);
}

/** Entries with one space before each comment. */
function entries(...texts: string[]): string[] {
  return learned(...texts).flatMap((line) => {
    const entry = /^ {4}- (.*?) +# /.exec(line)?.[1];
    return entry === undefined ? [] : [entry];
  });
}

/** The network that a policy asks for. */
function networkOf(text: string) {
  const { layer, problems } = parsePolicy(text, { name: 'learned', sha256: null });
  expect(problems).toEqual([]);
  const network = layer?.values.network;
  return {
    mode: network?.mode?.value,
    allow: (network?.allow ?? []).map(({ value }) => value),
    blockMetadata: network?.blockMetadata?.value,
  };
}

describe('the learned policy', () => {
  it('is a whole policy, with comments in a column', () => {
    const made = reportOf([
      reached('b.example.com 443 tcp curl', 3),
      reached('203.0.113.7 80'),
      reached('a.example.com 5432 tcp psql'),
      reached('b.example.com 80 tcp curl', 2),
    ]);
    expect(learn(made)).toBe(`# What this reached, and no more: npm test
version: 1
network:
  mode: allowlist
  allow:
    - {host: a.example.com, port: 5432, tls: off}  # psql: 1 connection; if that is TLS, leave out \`tls: off\`
    - b.example.com:80,443                         # curl: 5 connections
    - 203.0.113.7:80                               # 1 connection
`);
  });

  it.each<[string, string[], string[]]>([
    ['443 goes without saying', ['a.example.com 443'], ['a.example.com']],
    ['80', ['a.example.com 80'], ['a.example.com:80']],
    ['both', ['a.example.com 443', 'a.example.com 80'], ['a.example.com:80,443']],
    [
      'any other port is not looked at',
      ['a.example.com 22'],
      ['{host: a.example.com, port: 22, tls: off}'],
    ],
    [
      'ports of both kinds',
      ['a.example.com 22', 'a.example.com 443'],
      ['a.example.com', '{host: a.example.com, port: 22, tls: off}'],
    ],
    [
      'several other ports in one line',
      ['a.example.com 9001', 'a.example.com 22', 'a.example.com 9000'],
      ["{host: a.example.com, port: '22,9000-9001', tls: off}"],
    ],
    [
      'a name with a private address says so',
      ['in.example.com 443 tcp - 10.20.0.9'],
      ['{host: in.example.com, port: 443, private: true}'],
    ],
    [
      'on several ports too',
      ['in.example.com 443 tcp - 10.20.0.9', 'in.example.com 80 tcp - 10.20.0.9'],
      ["{host: in.example.com, port: '80,443', private: true}"],
    ],
    [
      'and where nothing is checked',
      ['in.example.com 22 tcp - 192.168.0.4'],
      ['{host: in.example.com, port: 22, tls: off, private: true}'],
    ],
    ['a name with a public address', ['a.example.com 443 tcp - 203.0.113.7'], ['a.example.com']],
    ['names in their order', ['b.example 443', 'a.example 443'], ['a.example', 'b.example']],
    ['a name like a word of YAML', ['null 22'], ["{host: 'null', port: 22, tls: off}"]],
    ['a name like a number', ['1.5e3 443'], ["'1.5e3'"]],
    ['a name like a list', ['- 22'], ["{host: '-', port: 22, tls: off}"]],
    ['a single word', ['db 443', 'db 80', 'npm 443'], ['db:80,443', 'npm:443']],
  ])('of names: %s', (_, texts, expected) => {
    expect(entries(...texts)).toEqual(expected);
  });

  it.each<[string, string[], string[]]>([
    ['443', ['203.0.113.7 443'], ['203.0.113.7']],
    ['several ports', ['203.0.113.7 443', '203.0.113.7 80'], ['203.0.113.7:80,443']],
    ['udp', ['203.0.113.7 53 udp'], ['203.0.113.7:53/udp']],
    [
      'udp and tcp',
      ['203.0.113.7 53 udp', '203.0.113.7 53'],
      ['203.0.113.7:53', '203.0.113.7:53/udp'],
    ],
    ['icmp', ['203.0.113.7 - icmp'], ['203.0.113.7/icmp']],
    ['IPv6', ['2001:db8::7 443'], ['2001:db8::7']],
    ['IPv6 on another port', ['2001:db8::7 80'], ["'[2001:db8::7]:80'"]],
    ['IPv6 with a colon at its end', ['2001:db8:: 443'], ["'2001:db8::'"]],
    ['icmp over IPv6', ['2001:db8::7 - ipv6-icmp'], ['2001:db8::7/icmp']],
    [
      'by number, IPv4 first',
      ['2001:db8::7 443', '203.0.113.10 443', '203.0.113.9 443'],
      [...['203.0.113.9', '203.0.113.10', '2001:db8::7']],
    ],
  ])('of addresses: %s', (_, texts, expected) => {
    expect(entries(...texts)).toEqual(expected);
  });

  it.each([
    ['udp to a name', 'a.example.com 443 udp', '1 packet to a.example.com:443/udp: names are'],
    ['icmp to a name', 'a.example.com - icmp', '1 packet to a.example.com/icmp: names are reached'],
    ['a name that is an address', '0x7f 443', '1 connection to 0x7f:443/tcp: it is not a host'],
    ['port 0', '203.0.113.7 0', '1 connection to 203.0.113.7:0/tcp: no entry has port 0'],
    ['another protocol', '203.0.113.7 - sctp', '1 packet to 203.0.113.7/sctp: entries have tcp'],
    ['another port 0', '2001:db8::7 0 udp', '1 packet to [2001:db8::7]:0/udp: no entry has port'],
    ['IPv4 in IPv6', '::ffff:203.0.113.7 443', '1 connection to [::ffff:203.0.113.7]:443/tcp: no'],
    [
      'a name for credentials',
      'rebind.example.com 80 tcp - 169.254.169.254',
      '1 connection to rebind.example.com:80/tcp: no name may lead to where',
    ],
  ])('says what cannot be allowed: %s', (_, text, told) => {
    const lines = learned(text);
    expect(lines.slice(0, 2)).toEqual(['network:', '  mode: deny']);
    expect(lines.slice(2)).toEqual([expect.stringContaining(`# cannot be allowed: ${told}`)]);
  });

  it('denies everything where nothing was reached', () => {
    expect(learned()).toEqual(['network:', '  mode: deny']);
  });

  it('opens the metadata service only where it was reached', () => {
    const text = learn(reportOf([reached('169.254.169.254 80'), reached('203.0.113.7 443')]));
    expect(text).toContain('block-metadata: false  # 169.254.169.254 was reached');
    expect(networkOf(text).blockMetadata).toBe(false);
    expect(networkOf(learn(reportOf([reached('203.0.113.7 443')]))).blockMetadata).toBeUndefined();
  });

  it('says when there was more than could be listed', () => {
    const made = reportOf([reached('203.0.113.7 443')]);
    if (made.egress === null) throw new Error('no egress');
    const text = learn({ ...made, egress: { ...made.egress, allowedNotListed: 7 } });
    expect(text).toContain('# Not all of it could be listed: 7 attempts are missing here.\n');
  });

  it('is none where nothing was recorded', () => {
    expect(learnedPolicy(report(seen({ egress: null })))).toBeNull();
  });

  it('names each process once, and only a few', () => {
    const processes = ['curl', 'git', 'curl', 'a', 'b', 'c', 'd'];
    const records = processes.map((process, index) => ({
      ...reached(`a.example.com ${index + 1000} tcp`),
      process,
    }));
    expect(learn(reportOf(records))).toContain('# curl, git, a, b, c: 7 connections;');
  });
});

const label = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
const name = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
  fc.constantFrom('null', 'true', '1e5', '0o7', '~', '-', '---', '...', '*.example.com', '', '1.2'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const address = fc.oneof(
  fc.nat(2 ** 32 - 1).map((bits) => formatAddress({ family: 4, bits: BigInt(bits) })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((bits) => formatAddress({ family: 6, bits })),
  fc.constantFrom('10.1.2.3', '::', '2001:db8::', '::ffff:1.2.3.4', 'fd12::1', '169.254.169.254'),
);
const port = fc.oneof(fc.constantFrom(0, 80, 443), fc.nat(65_535));
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('x\n    - 0.0.0.0/0', '\u2028- evil', '#', '\ufeff', '\ud800', '\u0085y: {', "'"),
);
const transport = fc.record({ port, protocol: fc.constantFrom('tcp', 'udp') });
const bare = fc.record({
  port: fc.constant(null),
  protocol: fc.constantFrom('icmp', 'ipv6-icmp', 'sctp', '253'),
});
const anyReached: fc.Arbitrary<Reached> = fc
  .tuple(
    fc.oneof(
      fc.record({ name, address: fc.option(address), process: fc.option(hostile) }),
      fc.record({ address }),
    ),
    fc.oneof(transport, bare),
    fc.integer({ min: 1, max: 9 }),
  )
  .map(([to, over, count]) => ({ ...to, ...over, count }));

/** What the record is as an entry for it alone; null where none can be written. */
function alone({ name: host, address: at, port: to, protocol }: Reached): EgressEntry | null {
  if (host !== undefined && (protocol !== 'tcp' || host.startsWith('*'))) return null;
  // A name that is read as an address would allow something else.
  if (host !== undefined && !/^[a-z0-9_.-]+$/.test(host)) return null;
  const destination = host ?? (at?.includes(':') === true ? `[${at}]` : at);
  const ports = to === null ? '' : `:${to}`;
  const read = parseEntry(`${destination}${ports}/${protocol.replace('ipv6-', '')}`);
  if (!read.ok || (read.value.kind === 'name') !== (host !== undefined)) return null;
  return read.value;
}

describe('whatever was reached', () => {
  it('by whatever command and process, the policy is one, and allows that and no more', () => {
    fc.assert(
      fc.property(fc.array(anyReached, { maxLength: 8 }), hostile, (records, command) => {
        const made = { ...reportOf(records), command: ['sh', '-c', command] };
        const { mode, allow } = networkOf(learn(made));
        const single = records.flatMap((record) => alone(record) ?? []);
        const nowhere = records.filter((record) => isNowhere(record)).map(({ name: host }) => host);
        const wanted = single.filter(
          (entry) => entry.kind === 'address' || !nowhere.includes(entry.host),
        );
        expect(mode).toBe(allow.length === 0 ? 'deny' : 'allowlist');
        const loose = allow.map((entry) =>
          entry.kind === 'name' ? { ...entry, tls: false, private: true } : entry,
        );
        for (const entry of wanted)
          expect([entry.text, loose.some((one) => covers(one, entry))]).toEqual([entry.text, true]);
        const ports = (entry: EgressEntry): string[] => {
          const to = entry.kind === 'name' ? entry.host : `${entry.address}/${entry.prefix}`;
          if (entry.protocol === 'icmp') return [`${to} icmp`];
          return entry.ports.flatMap(({ from, to: last }) =>
            Array.from(
              { length: last - from + 1 },
              (_, at) => `${to} ${from + at} ${entry.protocol}`,
            ),
          );
        };
        const told = allow.flatMap(ports);
        expect(told.filter((one) => !single.flatMap(ports).includes(one))).toEqual([]);
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is found in entries that can be read, however many ports it has', () => {
    const ports = Array.from({ length: 1500 }, (_, index) => 20_000 + 2 * index);
    const made = reportOf(
      ports.flatMap((one) => [reached(`a.example.com ${one}`), reached(`203.0.113.7 ${one}`)]),
    );
    const { allow } = networkOf(learn(made));
    const found = allow.flatMap((entry) => entry.ports.map(({ from }) => from));
    expect(found.toSorted((a, b) => a - b)).toEqual(ports.flatMap((one) => [one, one]));
  });
});

/** Where a name leads to when no entry can help. */
function isNowhere({ name: host, address: at }: Reached): boolean {
  return (
    host !== undefined &&
    at !== null &&
    /^169\.254\.|^168\.63\.129\.16$|^100\.100\.100\.200$|^fe[89ab]/.test(at)
  );
}
