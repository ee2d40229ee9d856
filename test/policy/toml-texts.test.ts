import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tomlTexts } from '../../src/policy/toml-texts.ts';

function read(text: string): [string, string][] {
  return tomlTexts(text).map(({ path, value }) => [path.join('/'), value]);
}

const lines = (...text: string[]): string => text.join('\n');

describe('tomlTexts', () => {
  it.each<[string, string, [string, string][]]>([
    ['a key', 'a = "b"', [['a', 'b']]],
    ['a literal', "a = 'b\\n'", [['a', 'b\\n']]],
    ['escapes', String.raw`a = "b\"c\u00e4\\"`, [['a', 'b"cä\\']]],
    ['a comment', lines('# a = "b"', 'c = "#d" # e = "f"'), [['c', '#d']]],
    [
      'tables',
      lines('[t]', 'a = "1"', '[t.u] # x', 'b = "2"'),
      [
        ['t/a', '1'],
        ['t/u/b', '2'],
      ],
    ],
    ['quoted and spaced keys', lines('[ t . "u.v" ]', '\'w x\' = "y"'), [['t/u.v/w x', 'y']]],
    ['dotted keys', lines('[t]', 'a.b = "c"'), [['t/a/b', 'c']]],
    ['tables of arrays', lines('[[t]]', 'a = "1"'), [['t/a', '1']]],
    [
      'inline tables',
      'a = { b = "c", d = { e = "f" } }',
      [
        ['a/b', 'c'],
        ['a/d/e', 'f'],
      ],
    ],
    ['other values', lines('a = 1', 'b = true', 'c = 1979-05-27', 'd = "e"'), [['d', 'e']]],
    ['an array', lines('a = ["b", # "c"', '  "d"]', 'e = "f"'), [['e', 'f']]],
    ['tables in an array', lines('a = [{ b = "c" }]', 'd = "e"'), [['d', 'e']]],
    ['a long text', lines('a = """', 'b = "c"', '"""', 'd = "e"'), [['d', 'e']]],
    ['a long text with quotes', lines('a = """x "" y\\""""', 'd = "e"'), [['d', 'e']]],
    ['a long literal', lines("a = '''", 'b = "c"', "'''", 'd = "e"'), [['d', 'e']]],
    ['a line that is none', lines('a b c', '= "x"', 'd = "e"'), [['d', 'e']]],
    ['an open text', lines('a = "b', 'c = "d"'), [['c', 'd']]],
    [
      'lines of Windows',
      'a = "b"\r\n[c]\r\nd = "e"\r\n',
      [
        ['a', 'b'],
        ['c/d', 'e'],
      ],
    ],
    ['two on a line', 'a = "b" c = "d"', [['a', 'b']]],
  ])('reads %s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('reads any text that is written as JSON would', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, value) => {
        const text = `[t]\n${JSON.stringify(key)} = ${JSON.stringify(value)}\n`;
        expect(tomlTexts(text)).toEqual([{ path: ['t', key], value }]);
      }),
    );
  });

  it.each(['[', '{', 'a={', 'a=[', "'''", '"""', '\\"', 'a.', '""'])(
    'comes to an end on ten thousand of %s',
    (part) => {
      expect(() => tomlTexts(`a = ${part.repeat(10_000)}`)).not.toThrow();
    },
  );

  it('comes to an end on anything', () => {
    const part = fc.constantFrom(
      'a',
      '=',
      '.',
      '[',
      ']',
      '{',
      '}',
      '"',
      '"""',
      "'",
      '\n',
      ',',
      '#',
      '\\',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        expect(() => tomlTexts(parts.join(''))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
