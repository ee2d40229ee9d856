import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aptListUris,
  aptMirrorUris,
  aptStanzaUris,
  cargoUrls,
  goProxies,
  goSettings,
  goSumUrl,
  npmSettings,
  pipSettings,
} from '../../src/policy/tool-configs.ts';

const lines = (...text: string[]): string => text.join('\n');

describe('npmSettings', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a registry', 'registry=https://a.example.com/', { registry: 'https://a.example.com/' }],
    ['blanks', '  registry = https://a.example.com/  ', { registry: 'https://a.example.com/' }],
    ['a scope', '@me:registry=https://b.example.com', { '@me:registry': 'https://b.example.com' }],
    ['quotes', '"registry"=\'https://a.example.com\'', { registry: 'https://a.example.com' }],
    ['the last of two', lines('a=1', 'a=2'), { a: '2' }],
    ['comments', lines('# a=1', '; b=2', 'c=3 ; no', 'd=4#no'), { c: '3', d: '4' }],
    ['a variable', 'registry=https://${HOST}/', { registry: 'https://a.example.com/' }],
    ['an unknown variable', lines('registry=https://${NOBODY}/', 'a=1'), { a: '1' }],
    ['lines of Windows', 'a=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['a heading', lines('a=1', '[other]', 'registry=https://c.example.com'), { a: '1' }],
    ['a key alone', lines('a', '=b', ''), {}],
  ])('reads %s', (_name, text, expected) => {
    expect(Object.fromEntries(npmSettings(text, { HOST: 'a.example.com' }))).toEqual(expected);
  });
});

describe('pipSettings', () => {
  it.each<[string, string, [string, string, string][]]>([
    [
      'a section',
      lines('[global]', 'index-url = https://a'),
      [['global', 'index-url', 'https://a']],
    ],
    ['a colon', lines('[global]', 'index_url: https://a'), [['global', 'index-url', 'https://a']]],
    ['a colon after =', lines('[a]', 'b=c:d'), [['a', 'b', 'c:d']]],
    [
      'a value over lines',
      lines('[install]', 'extra-index-url =', '    https://a', '  # no', '    https://b', 'x = y'),
      [
        ['install', 'extra-index-url', 'https://a https://b'],
        ['install', 'x', 'y'],
      ],
    ],
    ['comments', lines('[a]', '# b = c', '; d = e'), []],
    ['no section', 'b = c', [['', 'b', 'c']]],
    [
      'an indented line after a heading',
      lines('[a]', 'b=c', '[d]', '  e=f'),
      [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ],
    ],
  ])('reads %s', (_name, text, expected) => {
    const read = pipSettings(text).map(({ section, key, value }) => [section, key, value]);
    expect(read).toEqual(expected);
  });
});

describe('sources of apt', () => {
  it.each<[string, string, string[]]>([
    ['deb', 'deb http://a.example.com/x stable main', ['http://a.example.com/x']],
    ['deb-src', 'deb-src http://a.example.com stable main', ['http://a.example.com']],
    [
      'options',
      'deb [arch=amd64 signed-by=/k.gpg] https://b.example.com s m',
      ['https://b.example.com'],
    ],
    ['an empty line, a comment and words', lines('', '# deb http://a x', 'debian http://a x'), []],
    ['an open bracket', 'deb [arch=amd64 https://b.example.com', []],
  ])('in one line: %s', (_name, text, expected) => {
    expect(aptListUris(text)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    [
      'several',
      lines('Types: deb', 'URIs: http://a http://b', 'Suites: s'),
      ['http://a', 'http://b'],
    ],
    [
      'over lines',
      lines('URIs: http://a', '# no', '  http://b', 'Suites: s', ' t'),
      ['http://a', 'http://b'],
    ],
    ['stanzas', lines('URIs: http://a', '', 'uris: http://b'), ['http://a', 'http://b']],
    [
      'off',
      lines('Enabled: no', 'URIs: http://a', '', 'Enabled: yes', 'URIs: http://b'),
      ['http://b'],
    ],
    ['a comment', '#URIs: http://a', []],
  ])('in stanzas: %s', (_name, text, expected) => {
    expect(aptStanzaUris(text)).toEqual(expected);
  });

  it('in a list of mirrors', () => {
    const text = lines('http://a/\tpriority:1', '', '# http://b', 'https://c/');
    expect(aptMirrorUris(text)).toEqual(['http://a/', 'https://c/']);
  });
});

describe('cargoUrls', () => {
  it.each<[string, string, string[]]>([
    ['a registry', lines('[registries.me]', 'index = "sparse+https://a/"'), ['sparse+https://a/']],
    ['dotted keys', 'registries.me.index = "https://a"', ['https://a']],
    [
      'inline tables',
      lines('[registries]', 'me = { index = "https://a", token = "t" }'),
      ['https://a'],
    ],
    [
      'a source in place of another',
      lines('[source.x]', 'replace-with = "y"', '[source."y"]', "registry = 'https://a'"),
      ['https://a'],
    ],
    [
      'other tables',
      lines('[build]', 'index = "https://a"', '[registries.me.x]', 'index = "b"'),
      [],
    ],
    ['an array', 'x = [{ registries.me.index = "https://a" }]', []],
  ])('reads %s', (_name, text, expected) => {
    expect(cargoUrls(text)).toEqual(expected);
  });
});

describe('settings of go', () => {
  it('are lines of a file', () => {
    const text = lines('# GOPROXY=x', 'GOPROXY=https://a,direct', 'GOSUMDB=off', '');
    expect([...goSettings(text)]).toEqual([
      ['GOPROXY', 'https://a,direct'],
      ['GOSUMDB', 'off'],
    ]);
  });

  it.each([
    ['https://a,direct', ['https://a']],
    ['https://a|https://b, off', ['https://a', 'https://b']],
    ['direct', []],
    ['', []],
  ])('name proxies: %s', (value, expected) => {
    expect(goProxies(value)).toEqual(expected);
  });

  it.each([
    ['sums.example.com', 'https://sums.example.com'],
    ['sums.example.com+1a2b+key', 'https://sums.example.com'],
    ['sums.example.com+1a2b+key https://mirror.example.com', 'https://mirror.example.com'],
    ['off', null],
    ['', null],
  ])('name a database of sums: %s', (value, expected) => {
    expect(goSumUrl(value)).toBe(expected);
  });
});

describe('whatever stands in a file', () => {
  const word = fc.constantFrom(
    '=',
    ':',
    '[',
    ']',
    '#',
    '\n',
    ' ',
    '"',
    "'",
    '${',
    '}',
    'deb',
    'URIs:',
    ',',
    '\\',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word).map((words) => words.join('')),
  );

  it.each<[string, (text: string) => unknown]>([
    ['npmSettings', (some) => npmSettings(some, {})],
    ['pipSettings', pipSettings],
    ['aptListUris', aptListUris],
    ['aptStanzaUris', aptStanzaUris],
    ['aptMirrorUris', aptMirrorUris],
    ['cargoUrls', cargoUrls],
    ['goSettings', goSettings],
    ['goProxies', goProxies],
    ['goSumUrl', goSumUrl],
  ])('%s never throws', (_name, read) => {
    fc.assert(
      fc.property(text, (some) => {
        expect(() => read(some)).not.toThrow();
      }),
    );
  });
});
