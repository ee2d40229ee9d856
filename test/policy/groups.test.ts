import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryText, parseEntry } from '../../src/policy/entries.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import {
  entryOfUrl,
  type Expansions,
  expandGroups,
  GROUP_NAMES,
  groupNamed,
  membersOf,
  shortEntry,
} from '../../src/policy/groups.ts';
import { mergePolicies } from '../../src/policy/merge.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { readAllowed, readEntry } from '../../src/policy/readers.ts';
import { layer, policy } from '../fixtures/policy.ts';

function expansions(urls: readonly string[]): Expansions {
  const configured = urls.map((url) => ({ url, from: '~/.npmrc' }));
  return new Map([['npm', { members: membersOf(configured), expected: 'a registry' }]]);
}

describe('the word of a group', () => {
  it.each(GROUP_NAMES)('is %s, in whatever case', (name) => {
    expect(readAllowed(name)).toEqual({ ok: true, value: { kind: 'group', name } });
    expect(readAllowed(name.toUpperCase())).toEqual({ ok: true, value: { kind: 'group', name } });
  });

  it.each<[string, unknown, string]>([
    ['a port', 'npm:443', 'npm:443'],
    ['a protocol', 'npm/tcp', 'npm:443'],
    ['a dot at the end', 'npm.', 'npm:443'],
    ['the long form', { host: 'npm' }, 'npm:443'],
    ['more of a name', 'npm.example.com', 'npm.example.com:443'],
  ])('with %s is a host', (_name, raw, text) => {
    const read = readAllowed(raw);
    expect(read.ok && read.value.kind === 'name' && read.value.text).toBe(text);
  });

  it('stands for no host that is expected to be blocked', () => {
    expect(readEntry('npm')).toMatchObject({
      ok: false,
      expected: expect.stringMatching(/host: npm/),
    });
    const text = 'version: 1\nnetwork: { expect-blocked: [npm] }\n';
    expect(parsePolicy(text, { name: 'p.yml', sha256: null }).problems).toMatchObject([
      { path: 'network.expect-blocked[0]', place: { line: 2 } },
    ]);
  });

  it('leaves the entries around it, and keeps its place', () => {
    const text =
      'version: 1\nnetwork:\n  allow:\n    - 203.0.113.7\n    - npm\n    - a.example.com\n';
    const network = parsePolicy(text, { name: 'p.yml', sha256: null }).layer?.values.network;
    expect(network?.allow?.map(({ value }) => value.text)).toEqual([
      '203.0.113.7:443',
      'a.example.com:443',
    ]);
    expect(network?.groups).toEqual([
      { value: 'npm', source: { kind: 'file', name: 'p.yml', line: 5, column: 7 } },
    ]);
  });

  it('opens nothing until it is expanded', () => {
    const asked = policy({ network: { mode: 'allowlist', allow: ['npm'] } });
    expect(asked.network.allow).toEqual([]);
    expect(asked.network).not.toHaveProperty('groups');
    const wide = policy({ network: { mode: 'allowlist', allow: ['0.0.0.0/0'] } });
    const floor = layer({ network: { allow: ['npm'] } });
    expect(boundPolicy(wide, floor).policy.network.allow).toEqual([]);
  });
});

describe('entryOfUrl', () => {
  it.each([
    ['https://registry.example.com/', 'registry.example.com:443'],
    ['http://registry.example.com/npm/', 'registry.example.com:80'],
    ['https://registry.example.com:8443/a?b#c', 'registry.example.com:8443'],
    ['https://user:secret@registry.example.com/', 'registry.example.com:443'],
    ['sparse+https://registry.example.com/index/', 'registry.example.com:443'],
    ['HTTPS://Registry.Example.COM', 'registry.example.com:443'],
    ['http://203.0.113.7:4873', '203.0.113.7:4873'],
    ['https://203.0.113.7', '203.0.113.7:443'],
    ['https://[2001:db8::1]:8443/', '[2001:db8::1]:8443'],
    [' https://registry.example.com ', 'registry.example.com:443'],
    ['https://bücher.example/', 'xn--bcher-kva.example:443'],
  ])('reads %s as %s', (url, text) => {
    expect(entryOfUrl(url)?.text).toBe(text);
  });

  it.each([
    '',
    'registry.example.com',
    'ssh://git@registry.example.com/index',
    'git+ssh://registry.example.com/index',
    'file:///opt/packages',
    '/opt/packages',
    'https://',
    'https://*.example.com/',
    'https://registry.example.com:0/',
    'https://registry.example.com:99999/',
    'https://a b.example.com/',
  ])('reads nothing in %j', (url) => {
    expect(entryOfUrl(url)).toBeNull();
  });

  it('never throws, and gives only what the policy itself could say', () => {
    const url = fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'sparse+https://'),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(url, fc.webUrl({ withQueryParameters: true }), fc.string()), (text) => {
        const entry = entryOfUrl(text);
        if (entry === null) return;
        expect(entry.protocol).toBe('tcp');
        expect(parseEntry(entryText(entry))).toEqual({ ok: true, value: entry });
      }),
    );
  });
});

describe('membersOf', () => {
  it('has each entry once, with the first that says so', () => {
    const members = membersOf([
      { url: 'https://a.example.com/x', from: 'one' },
      { url: '/opt', from: 'one' },
      { url: 'https://a.example.com/y', from: 'two' },
      { url: 'http://a.example.com', from: 'two' },
    ]);
    expect(members.map(({ entry, from }) => [entry.text, from])).toEqual([
      ['a.example.com:443', 'one'],
      ['a.example.com:80', 'two'],
    ]);
  });
});

describe('expandGroups', () => {
  const written = layer({ network: { mode: 'allowlist', allow: ['npm', '203.0.113.7'] } });

  it('puts the entries of a group after the others, each with where it came from', () => {
    const { values, problems } = expandGroups(
      written.values,
      expansions(['https://a.example.com', 'https://b.example.com']),
    );
    expect(problems).toEqual([]);
    expect(values.network).not.toHaveProperty('groups');
    const allow = mergePolicies([{ ...written, values }]).network.allow;
    expect(allow.map(({ value, source }) => [value.text, source.group])).toEqual([
      ['203.0.113.7:443', undefined],
      ['a.example.com:443', { name: 'npm', from: '~/.npmrc' }],
      ['b.example.com:443', { name: 'npm', from: '~/.npmrc' }],
    ]);
    expect(allow[1]?.source).toMatchObject({ name: 'policy.yml', line: 1 });
  });

  it.each<[string, Expansions]>([
    ['has no members', expansions(['file:///opt'])],
    ['is not known', new Map()],
  ])('has a problem, with its place, for a group that %s', (_name, known) => {
    const { values, problems } = expandGroups(written.values, known);
    expect(values.network?.allow).toHaveLength(1);
    expect(problems).toMatchObject([
      { place: { origin: 'policy.yml', line: 1 }, path: 'network.allow', message: /`npm`/ },
    ]);
  });

  it('leaves values without a group as they are', () => {
    const { values } = layer({ network: { allow: ['203.0.113.7'] } });
    expect(expandGroups(values, new Map()).values).toBe(values);
  });
});

describe('shortEntry', () => {
  it('means the name on port 443, also where the name is a word', () => {
    const host = fc.oneof(fc.constantFrom(...GROUP_NAMES), fc.domain());
    fc.assert(
      fc.property(host, (name) => {
        const short = shortEntry(name);
        expect(groupNamed(short)).toBeNull();
        const read = readAllowed(short);
        expect(read.ok && read.value.kind === 'name' && read.value.text).toBe(`${name}:443`);
      }),
    );
  });
});
