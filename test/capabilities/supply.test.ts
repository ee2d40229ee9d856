import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  isAtLeast,
  originLines,
  readMirror,
  unfit,
  type Candidate,
} from '../../src/capabilities/supply.ts';
import { readManifest, readRecord, startOf } from '../../src/capabilities/tool-manifest.ts';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { facts } from '../fixtures/facts.ts';
import { makeArchive, telling } from '../fixtures/tools.ts';

const good: Candidate = { setuid: false, rewritable: null, version: '0.8.0', said: '' };

describe('a program', () => {
  it.each<[string, Partial<Candidate>, RegExp | null]>([
    ['that is good', {}, null],
    ['that is as old as can be', { version: '0.6' }, null],
    ['that is setuid', { setuid: true, version: null }, /it is setuid/],
    [
      'that a step could rewrite',
      { rewritable: '/opt', version: null },
      /^\/opt could be rewritten/,
    ],
    ['that does not start', { version: null, said: 'no loader' }, /does not work \(no loader\)/],
    ['that says nothing', { version: null }, /does not work$/],
    ['that is too old', { version: '0.5.99' }, /it is 0\.5\.99, older than 0\.6\.0/],
  ])('%s', (_, differs, expected) => {
    const reason = unfit('bwrap', { ...good, ...differs });
    expect(reason ?? 'it is taken').toMatch(expected ?? /^it is taken$/);
  });

  it('is as new as its numbers say', () => {
    const numbers = fc.array(fc.nat(30), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const weight = ([a = 0, b = 0, c = 0]: number[]): number => a * 10_000 + b * 100 + c;
        expect(isAtLeast(one.join('.'), other.join('.'))).toBe(weight(one) >= weight(other));
      }),
    );
  });

  it('that is passed over is told, with the reason', () => {
    const passedOver = ['/opt/bwrap: it is setuid'];
    const made = facts();
    const missing = { path: null, version: null, passedOver };
    const { sandbox } = evaluate({ ...made, tools: { ...made.tools, bwrap: missing } });
    expect(sandbox).toMatchObject({
      code: 'tool-missing',
      reason: 'no `bwrap` that was found can be used: /opt/bwrap: it is setuid',
    });
    expect(originLines({ ...made.tools, bwrap: missing })).toEqual([
      'bwrap: missing',
      '  passed over: /opt/bwrap: it is setuid',
      "slirp4netns 1.2.1: the system's, /usr/bin/slirp4netns",
      "nft 1.2.1: the system's, /usr/bin/nft",
    ]);
  });
});

describe('a mirror', () => {
  it.each([
    ['https://mirror.example.com/tools/', 'https://mirror.example.com/tools'],
    ['http://192.0.2.1:8080', 'http://192.0.2.1:8080'],
    ['ftp://mirror.example.com', null],
    ['https://user:word@mirror.example.com', null],
    ['https://mirror.example.com/?a=b', null],
    ['https://mirror.example.com/#a', null],
    ['mirror.example.com', null],
    ['https://a b', null],
    ['', null],
  ])('%s', (text, expected) => expect(readMirror(text)).toBe(expected));
});

describe('the manifest', () => {
  const { archive } = makeArchive('nft', { 'bin/nft': telling('nftables 9.9.9') });
  const text = (differs: object): string =>
    JSON.stringify({ version: 1, release: null, archives: [{ ...archive, ...differs }] });

  it('of the repository is one', () => {
    const file = new URL('../../tools/manifest.json', import.meta.url);
    expect(readManifest(readFileSync(file, 'utf8')).problem).toBeNull();
  });

  it('is read', () => {
    expect(readManifest(text({})).value?.archives).toEqual([archive]);
  });

  it.each<[string, object]>([
    ['a path that leads out', { path: '../nft.tar.gz' }],
    ['a path from the top', { path: '/nft.tar.gz' }],
    ['a file that leads out', { files: [{ ...archive.files[0], path: 'a/../../b' }] }],
    ['a hash that is none', { sha256: 'A'.repeat(64) }],
    ['no size', { size: -1 }],
    ['a version with more in it', { version: '1.2.3/../..' }],
    ['another tool', { tool: 'sh' }],
    ['a key that is not known', { script: 'sh' }],
  ])('is refused with %s', (_, differs) => {
    expect(readManifest(text(differs))).toEqual({ value: null, problem: expect.any(String) });
  });

  it('is refused where it is no JSON, and so is a record', () => {
    expect(readManifest('{').problem).toBe('it is not JSON');
    expect(readRecord('[]').value).toBeNull();
  });

  it.each([
    [null, ['/c/bin/nft']],
    ['lib/ld.so', ['/c/lib/ld.so', '--library-path', '/c/lib', '/c/bin/nft']],
    ['/lib64/ld.so', ['/lib64/ld.so', '--library-path', '/c/lib', '/c/bin/nft']],
  ])('starts a tool with the loader %s', (loader, expected) => {
    expect(startOf({ ...archive, loader }, '/c')).toEqual(expected);
  });
});
