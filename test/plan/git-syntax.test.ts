import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { type GitSetting, readGitConfig, writeGitConfig } from '../../src/plan/git-syntax.ts';
import { asGitReads } from './real-git.ts';

// Each of some hundred texts starts a git.
vi.setConfig({ testTimeout: 60_000 });

/** Older gits make one space of each blank inside a value, newer ones keep it. */
function sameBlanks(text: string): string {
  return text.replaceAll(/[\t\r]/g, ' ');
}

function asGitTells({ section, subsection, key, value }: GitSetting): string {
  const name = [...(section === '' ? [] : [section]), ...(subsection === null ? [] : [subsection])];
  return sameBlanks(`${[...name, key].join('.')}${value === null ? '' : `\n${value}`}`);
}

const token = fc.constantFrom(
  ...['[', ']', '"', '\\', '=', ' ', '\t', '\n', '\r', '\r\n', '#', ';', '.', '-', 'a', 'B', '7'],
  ...['[a]', '[a "b"]', '[a.b]\n', 'key = value\n', 'key\n', '\\n', '\\\n', '"x y"', 'ä', '\f'],
);
const text = fc.array(token, { maxLength: 24 }).map((tokens) => tokens.join(''));
const framed = fc.tuple(text, text).map(([a, b]) => `[a "${a}"]\nkey = ${b}\n`);

it('reads what git reads, and refuses what git refuses', () => {
  fc.assert(
    fc.property(fc.oneof(text, framed), (any) => {
      expect(readGitConfig(any)?.settings.map(asGitTells) ?? null).toEqual(
        asGitReads(any)?.map(sameBlanks) ?? null,
      );
    }),
    { numRuns: 150 },
  );
});

it('writes what git reads back', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('\\', '"', '\n', '\t', '\b', ' ', ';', '#', '\r', 'x') }),
  );
  const setting = fc.record({
    section: part,
    subsection: fc.option(value.map((any) => any.replaceAll(/[\n\0]/g, ''))),
    key: part,
    value: fc.option(value.map((any) => any.replaceAll('\0', ''))),
  });
  fc.assert(
    fc.property(fc.array(setting, { maxLength: 8 }), (settings) => {
      const written = writeGitConfig(settings);
      expect(readGitConfig(written)?.settings).toEqual(settings);
      expect(asGitReads(written)?.map(sameBlanks)).toEqual(settings.map(asGitTells));
    }),
    { numRuns: 100 },
  );
});

it.each([
  ['# one\n[a]\nb = c ; two\n', [' one', ' two']],
  ['[a]\nb = "# no" \\# no\n', null],
  ['[a] # three', [' three']],
])('of %j the comments are %j', (any, comments) => {
  expect(readGitConfig(any)?.comments ?? null).toEqual(comments);
});
