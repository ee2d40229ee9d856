import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Entry,
  isWritableName,
  parseEntries,
  parsePaths,
} from '../../src/workflow/command-files.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const entriesOf = (text: string): string[][] => {
  const { entries, problems } = parseEntries(utf8(text));
  expect(problems).toEqual([]);
  return entries.map(({ name, value }) => [name, value]);
};

describe('parseEntries', () => {
  it.each([
    ['nothing', '', []],
    ['blank lines', '\n\n\n', []],
    ['a value', 'a=b\n', [['a', 'b']]],
    ['a last line without an end', 'a=b', [['a', 'b']]],
    ['an empty value', 'a=\n', [['a', '']]],
    ['equals signs in a value', 'a=b=c==', [['a', 'b=c==']]],
    ['blanks as they are', ' a = b \n', [[' a ', ' b ']]],
    [
      'several, the same name twice',
      'a=1\n\nb=2\na=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['no comments', '#a=b', [['#a', 'b']]],
    ['lines up to a delimiter', 'a<<EOF\nb\nc\nEOF\n', [['a', 'b\nc']]],
    ['a delimiter without a line end', 'a<<EOF\nb\nEOF', [['a', 'b']]],
    ['no lines before a delimiter', 'a<<EOF\nEOF\n', [['a', '']]],
    ['one empty line before a delimiter', 'a<<EOF\n\nEOF\n', [['a', '']]],
    ['blank lines in a value', 'a<<EOF\n\n\nb\n\nEOF\n', [['a', '\n\nb\n']]],
    ['entries in a value as text', 'a<<EOF\nb=c\nd<<X\nEOF\n', [['a', 'b=c\nd<<X']]],
    ['near delimiters as text', 'a<<EOF\n EOF\nEOF \neof\nEOF\n', [['a', ' EOF\nEOF \neof']]],
    ['whichever sign is first: =', 'a=b<<EOF\n', [['a', 'b<<EOF']]],
    ['whichever sign is first: <<', 'a<<b=c\nd\nb=c\n', [['a', 'd']]],
    ['three signs', 'a<<<x\nb\n<x\n', [['a', 'b']]],
    ['one sign in a name', 'a<=b', [['a<', 'b']]],
    ['a carriage return as text', 'a=b\r\n', [['a', 'b\r']]],
    ['a carriage return in a delimiter', 'a<<EOF\r\nb\r\nEOF\r\n', [['a', 'b\r']]],
    ['no byte order mark', '\uFEFFa=b', [['a', 'b']]],
    ['other line ends as text', 'a=b\u2028c\u0085d\n', [['a', 'b\u2028c\u0085d']]],
  ])('reads %s', (_name, text, expected) => {
    expect(entriesOf(text)).toEqual(expected);
  });

  it.each([
    [
      'no form',
      'a=b\nhello\n',
      { line: 2, message: 'the line is neither NAME=value nor NAME<<DELIMITER' },
    ],
    [
      'a carriage return alone',
      '\r\n',
      { line: 1, message: 'the line is neither NAME=value nor NAME<<DELIMITER' },
    ],
    ['an empty name', 'a=b\n\n=c', { line: 3, message: 'the name is empty' }],
    ['an empty name of lines', '<<EOF\nEOF\n', { line: 1, message: 'the name is empty' }],
    ['an empty delimiter', 'a<<\n\n', { line: 1, message: 'the delimiter of `a` is empty' }],
    [
      'no end',
      'a=b\nc<<EOF\nd\nEO\u001bF',
      { line: 2, message: 'the value of `c` has no end: there is no line `EOF` after it' },
    ],
    [
      'no end, with a hostile delimiter',
      'c<<\u001b[2J',
      { line: 1, message: 'the value of `c` has no end: there is no line `\\u{1b}[2J` after it' },
    ],
    [
      'a value too large',
      `a=${'x'.repeat(1024 * 1024 + 1)}`,
      { line: 1, message: 'the value of `a` is larger than 1 MiB' },
    ],
    [
      'a value with too many bytes',
      `a=${'€'.repeat(400_000)}`,
      { line: 1, message: 'the value of `a` is larger than 1 MiB' },
    ],
    ['NUL', 'a=b\nc=\0\nd=e', { line: 2, message: 'the file has a NUL byte' }],
    [
      'too many entries',
      'a=b\n'.repeat(10_001),
      { line: 10_001, message: 'the file has more than 10000 entries' },
    ],
    [
      'too much',
      `a=b\n${'\n'.repeat(4 * 1024 * 1024)}`,
      { line: 1, message: 'the file is larger than 4 MiB' },
    ],
  ])('takes nothing of a file with %s', (_name, text, problem) => {
    expect(parseEntries(utf8(text))).toEqual({ entries: [], problems: [problem] });
  });

  it.each([
    ['a lone byte', [0x61, 0x3d, 0x62, 0x0a, 0x63, 0x3d, 0xff], 2],
    ['half a character', [0x61, 0x3d, 0xe2, 0x82], 1],
    ['half a character and a line end', [0x61, 0x3d, 0xe2, 0x82, 0x0a], 1],
    ['half of what it would be decoded to', [0x61, 0x3d, 0x0a, 0xef, 0xbf], 2],
    ['a surrogate', [0x0a, 0x0a, 0x61, 0x3d, 0xed, 0xa0, 0x80], 3],
    ['UTF-16', [0xff, 0xfe, 0x61], 1],
    ['bytes after a replacement character', [0x61, 0x3d, 0xef, 0xbf, 0xbd, 0x0a, 0xfe], 2],
  ])('takes nothing of a file that is not UTF-8: %s', (_name, bytes, line) => {
    const problem = { line, message: 'the file is not UTF-8 text' };
    expect(parseEntries(Uint8Array.from(bytes))).toEqual({ entries: [], problems: [problem] });
  });

  it('takes 1 MiB', () => {
    expect(entriesOf(`a=${'x'.repeat(1024 * 1024)}`)).toHaveLength(1);
  });
});

describe('parsePaths', () => {
  it('reads a path in each line, and no blank lines', () => {
    const file = parsePaths(utf8('\uFEFF/a\n\n b \r\n./c\r/d=e'));
    expect(file).toEqual({ paths: ['/a', ' b ', './c', '/d=e'], problems: [] });
  });

  it.each([
    ['NUL', utf8('/a\n\0'), { line: 2, message: 'the file has a NUL byte' }],
    ['no UTF-8', Uint8Array.of(0x2f, 0xff), { line: 1, message: 'the file is not UTF-8 text' }],
    [
      'too many',
      utf8('/a\n'.repeat(10_001)),
      { line: 1, message: 'the file has more than 10000 entries' },
    ],
  ])('takes nothing of a file with %s', (_name, bytes, problem) => {
    expect(parsePaths(bytes)).toEqual({ paths: [], problems: [problem] });
  });
});

const piece = fc.constantFrom(
  ...['a', 'b', '=', '<<', '<', 'EOF', '\n', '\r', '\r\n', ' ', '\uFEFF', 'é', '😀'],
);
const anyText = fc.oneof(
  fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

describe('any file', () => {
  it('of bytes is read without an error: entries or a problem, never both', () => {
    const bytes = fc.oneof(fc.uint8Array(), anyText.map(utf8));
    fc.assert(
      fc.property(bytes, (any) => {
        for (const { problems, ...rest } of [parseEntries(any), parsePaths(any)]) {
          const taken = 'entries' in rest ? rest.entries : rest.paths;
          expect(taken.length === 0 || problems.length === 0).toBe(true);
          expect(problems.every(({ line }) => Number.isInteger(line) && line >= 1)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('that the toolkit writes is read back as it was, entry by entry', () => {
    const entry: fc.Arbitrary<Entry> = fc.record({
      name: anyText.filter(isWritableName),
      value: anyText.filter((text) => !text.includes('\0')),
    });
    const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), hex, (entries, random) => {
        const end = `ghadelimiter_${random}`;
        const text = entries
          .map(({ name, value }) => `${name}<<${end}\n${value}\n${end}\n`)
          .join('');
        expect(parseEntries(utf8(text))).toEqual({ entries, problems: [] });
      }),
      { numRuns: 1000 },
    );
  });
});
