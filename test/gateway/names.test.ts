import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServiceOf, nameFinder, normalName } from '../../src/gateway/names.ts';
import { covers, parseEntry, readLongEntry } from '../../src/policy/entries.ts';
import type { EgressEntry, NameEntry } from '../../src/policy/types.ts';
import type { Reading } from '../../src/policy/reading.ts';

function entry(written: string | object): NameEntry {
  const read: Reading<EgressEntry> =
    typeof written === 'string' ? parseEntry(written) : readLongEntry({ ...written });
  if (!read.ok || read.value.kind !== 'name')
    throw new Error(`no name: ${JSON.stringify(written)}`);
  return read.value;
}

function found(entries: readonly (string | object)[], host: string): string[] | null {
  const destinations = nameFinder(entries.map(entry))(host);
  return (
    destinations?.map(
      ({ port, check, private: inside }) => `${port} ${check}${inside ? ' private' : ''}`,
    ) ?? null
  );
}

describe('what an entry allows of a name', () => {
  it.each<[string, readonly (string | object)[], string, string[] | null]>([
    ['a name is https', ['api.example.com'], 'api.example.com', ['443 tls']],
    ['port 80 is http', ['api.example.com:80,443'], 'api.example.com', ['80 http', '443 tls']],
    ['other ports are TLS', ['a.example:8443'], 'a.example', ['8443 tls']],
    ['unless it is off', [{ host: 'a.example', port: 22, tls: 'off' }], 'a.example', ['22 none']],
    ['off on port 80', [{ host: 'a.example', port: 80, tls: 'off' }], 'a.example', ['80 none']],
    ['private', [{ host: 'a.example', private: true }], 'a.example', ['443 tls private']],
    ['a range', ['a.example:1024-1026'], 'a.example', ['1024 tls', '1025 tls', '1026 tls']],
    ['not the parent', ['api.example.com'], 'example.com', null],
    ['not a name below', ['example.com'], 'api.example.com', null],
    ['not a longer name', ['allowed.com'], 'xallowed.com', null],
    ['not a name before', ['allowed.com'], 'allowed.com.evil.com', null],
    ['one label below', ['*.example.com'], 'a.example.com', ['443 tls']],
    ['many labels below', ['*.example.com'], 'a.b.c.example.com', ['443 tls']],
    ['a wildcard is not the name itself', ['*.example.com'], 'example.com', null],
    ['nor what only ends like it', ['*.example.com'], 'aexample.com', null],
    ['two entries together', ['*.b.c:80', 'a.b.c:443'], 'a.b.c', ['443 tls', '80 http']],
    ['one private', ['a.b', { host: 'a.b', private: true }], 'a.b', ['443 tls private']],
    [
      'not the options of two together',
      [
        { host: 'a.b', private: true },
        { host: 'a.b', tls: 'off' },
        { host: '*.b', private: true },
      ],
      'a.b',
      ['443 none'],
    ],
    [
      'the options of one, beside another',
      [{ host: 'a.b', tls: 'off', private: true }, 'a.b', { host: 'a.b', tls: 'off' }],
      'a.b',
      ['443 none private'],
    ],
    ['the looser of two', ['a.b', { host: 'a.b', tls: 'off' }], 'a.b', ['443 none']],
  ])('%s', (_name, entries, host, expected) => {
    expect(found(entries, host)).toEqual(expected);
  });

  it('agrees with a plain reading of the entries', () => {
    const label = fc.constantFrom('a', 'b', 'ab', 'com');
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const written = fc.record({ name, wildcard: fc.boolean() });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 6 }), name, (entries, host) => {
        const texts = entries.map((one) => `${one.wildcard ? '*.' : ''}${one.name}`);
        const plain = entries.some((one) =>
          one.wildcard ? host.endsWith(`.${one.name}`) : host === one.name,
        );
        expect(found(texts, host) !== null).toBe(plain);
      }),
    );
  });

  it('is never more than what one of the entries allows, and has every port of theirs', () => {
    const written = fc.record({
      host: fc.constantFrom('a.b', '*.b', 'b', '*.a.b'),
      port: fc.constantFrom('80', '443', '80,443', '79-81'),
      tls: fc.constantFrom('on', 'off'),
      private: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), (all) => {
        const entries = all.map(entry);
        const destinations = nameFinder(entries)('a.b') ?? [];
        for (const { host, port, check, private: inside } of destinations) {
          const one = entry({ host, port, tls: check !== 'none', private: inside });
          expect([one.text, entries.some((outer) => covers(outer, one))]).toEqual([one.text, true]);
          expect(check === 'http').toBe(port === 80 && check !== 'none');
        }
        const ports = [79, 80, 81, 443].filter((port) =>
          entries.some((outer) => covers(outer, entry({ host: 'a.b', port }))),
        );
        expect(destinations.map(({ port }) => port).toSorted((x, y) => x - y)).toEqual(ports);
      }),
      { numRuns: 500 },
    );
  });

  it('finds its way among ten thousand', () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => entry(`h${index}.example.com`));
    const find = nameFinder([...entries, entry('*.wild.example.com')]);
    expect(find('h9999.example.com')).toHaveLength(1);
    expect(find('x.wild.example.com')).toHaveLength(1);
    expect(find('h10000.example.com')).toBeNull();
  });
});

describe('a name that is looked up', () => {
  it.each([
    ['API.Example.COM', 'api.example.com'],
    ['api.example.com.', 'api.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['evil\0.allowed.com', null],
    ['a b.com', null],
    ['a..com', null],
    ['', null],
    ['.', null],
    ['é.com', null],
    [`${'a'.repeat(64)}.com`, null],
    [`${'a.'.repeat(127)}a`, null],
    [`${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
  ])('%j is %j', (asked, name) => {
    expect(normalName(asked)).toBe(name);
  });
});

describe('a look-up of a service', () => {
  const find = nameFinder([entry('mirror.example.com:80'), entry('*.example.org')]);

  it.each([
    ['_http._tcp.mirror.example.com', true],
    ['_HTTPS._TCP.Mirror.Example.com.', true],
    ['_http._tcp.a.example.org', true],
    ['_http._tcp.other.example.com', false],
    ['mirror.example.com', false],
    ['secret._tcp.mirror.example.com', false],
    ['_a._b._c._d.mirror.example.com', false],
    ['_http._tcp.', false],
    ['', false],
  ])('%s is one of an allowed name: %s', (asked, expected) => {
    expect(isServiceOf(find, asked)).toBe(expected);
  });
});
