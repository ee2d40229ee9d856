import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Neutraliser } from '../../src/workflow/neutralise.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
/** One character for each byte, so that any bytes can be compared and searched as text. */
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (text: string): string => latin1(Buffer.from(text, 'utf8'));

function neutralised(chunks: readonly string[]): { text: string; commands: string[] } {
  const commands: string[] = [];
  const neutraliser = new Neutraliser({ onCommand: (line) => commands.push(latin1(line)) });
  const parts = [...chunks.flatMap((chunk) => neutraliser.push(bytesOf(chunk)))];
  return { text: [...parts, ...neutraliser.end()].map(latin1).join(''), commands };
}

describe('a workflow command in output', () => {
  it.each([
    ['at the start', '::error::x', '\\::error::x'],
    ['without an end', '::', '\\::'],
    ['in a later line', 'a\n::error::x\nb\n', 'a\n\\::error::x\nb\n'],
    ['after a lone carriage return', 'a\r::error::x', 'a\r\\::error::x'],
    ['after both', 'a\r\n::error::x\r\n', 'a\r\n\\::error::x\r\n'],
    ['after blanks', ' \t::error::x', ' \t\\::error::x'],
    ['after a byte order mark', utf8('\uFEFF::error::x'), utf8('\uFEFF\\::error::x')],
    ['after a no-break space', utf8('\u00a0::error::x'), utf8('\u00a0\\::error::x')],
    ['after NUL and escape', 'a\n\0\u001b::error::x', 'a\n\0\u001b\\::error::x'],
    ['with a zero-width space in it', utf8(':\u200b:error::x'), utf8('\\:\u200b:error::x')],
    ['with a soft hyphen in it', utf8(':\u00ad:error::x'), utf8('\\:\u00ad:error::x')],
    ['after bytes that are no text', 'a\n\xff\xc3::error::x', 'a\n\xff\xc3\\::error::x'],
    ['that starts twice', '::::', '\\::::'],
    ['of the old form', '##[error]x', '##\\[error]x'],
    ['of the old form, in a line', 'a ##[error]x ##[b]', 'a ##\\[error]x ##\\[b]'],
    ['of the old form, with more signs', '###[error]x', '###\\[error]x'],
    ['of the old form, with a mark in it', utf8('#\u200b#\u00ad[x]'), utf8('#\u200b#\u00ad\\[x]')],
    ['of both forms', '::error::##[x]', '\\::error::##\\[x]'],
  ])('is made text: %s', (_name, text, expected) => {
    expect(neutralised([text]).text).toBe(expected);
    expect(neutralised(text.split('')).text).toBe(expected);
  });

  it.each([
    ['colons after a word', 'std::vector\na::b'],
    ['one colon', ':\n:\r:'],
    ['a colon and a word', ':x:'],
    ['signs and a blank', '## [Unreleased]'],
    ['one sign', '#[derive(Debug)]'],
    ['a line between', '##\n[x]'],
    ['a sign between', '##x[y]'],
    ['a colon at the end', 'a\n:'],
    ['bytes that are no text', '\xc3\x28\xf0\x00\x80'],
    ['nothing', ''],
  ])('is no other text: %s', (_name, text) => {
    expect(neutralised([text])).toEqual({ text, commands: [] });
    expect(neutralised(text.split(''))).toEqual({ text, commands: [] });
  });

  it.each(['\xfe\xff', '\xff\xfe', '\0\0\xfe\xff'])(
    'cannot hide in another encoding: %j is not the first that the runner reads',
    (mark) => {
      expect(neutralised([`${mark}\0a`]).text).toBe(`\\${mark}\0a`);
      expect(neutralised(['a', mark]).text).toBe(`a${mark}`);
    },
  );

  it('is not waited for without end', () => {
    const text = `:${'\u00ad'.repeat(1100)}`;
    const neutraliser = new Neutraliser();
    const parts = bytesOf(text).reduce<Uint8Array[]>(
      (all, byte) => [...all, ...neutraliser.push(Uint8Array.of(byte))],
      [],
    );
    expect(parts.map(latin1).join('')).toBe(`\\${text}`);
    expect(neutralised([`${text}:x`]).text).toBe(`\\${text}:x`);
  });
});

describe('onCommand', () => {
  it.each([
    ['a whole line', ['a\n ::error::x\nb'], ['::error::x']],
    ['a line in pieces', [' :', ':err', 'or::', 'x\r', '\n'], ['::error::x']],
    ['a last line without an end', ['::error::x'], ['::error::x']],
    ['each line', ['::a::\r::b::\n'], ['::a::', '::b::']],
    ['the bytes as they were', ['::error::##[x]\xff'], ['::error::##[x]\xff']],
    ['no old form', ['##[error]x'], []],
  ])('is given %s', (_name, chunks, commands) => {
    expect(neutralised(chunks).commands).toEqual(commands);
  });

  it('is given 8 KiB of a line, however it comes', () => {
    const line = `::error::${'x'.repeat(20_000)}`;
    const expected = [line.slice(0, 8192)];
    expect(neutralised([line]).commands).toEqual(expected);
    expect(neutralised(line.match(/.{1,7}/g) ?? []).commands).toEqual(expected);
  });

  it('is given bytes of its own', () => {
    const seen: Uint8Array[] = [];
    const neutraliser = new Neutraliser({ onCommand: (line) => seen.push(line) });
    const chunk = bytesOf('::a::b');
    neutraliser.push(chunk);
    chunk.fill(0);
    neutraliser.push(bytesOf('c\n'));
    expect(seen.map(latin1)).toEqual(['::a::bc']);
  });
});

/** Bytes that mean something to the runner, to a decoder, or to nobody. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[':', '::', '#', '##', '[', '##[', ']', '\n', '\r', '\r\n', ' ', '\t', '\0', '\u001b', 'x'],
    ...['error', '::error::x', '##[error]x', '\xff\xfe', '\xfe\xff', '\0\0\xfe\xff', ':\0:\0'],
    ...['\u200b', '\u00ad', '\ufeff', '\u00a0', '\u3000', '\u2060', '\u0301', '\u2028', 'é'].map(
      utf8,
    ),
  ),
  fc
    .integer({ min: 0, max: 255 })
    .filter((byte) => byte !== 0x5c)
    .map((byte) => String.fromCharCode(byte)),
);
const anyChunks = fc.array(
  fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
  { maxLength: 6 },
);
const runs = { numRuns: 3000 };

/** What is said of the transformation in words, as two replacements in the whole text. */
function expectedOf(text: string): string {
  return text
    .replace(/(?<=^|[\r\n])([^!-~\r\n]*)(:[^!-~\r\n]*:)/g, '$1\\$2')
    .replace(/(#[^ -~\r\n]*#[^ -~\r\n]*)(\[)/g, '$1\\$2')
    .replace(/^(?=[\xfe\xff\0])/, '\\');
}

/** The runner's reading: its decoder, its lines, its trimming, and a comparison that ignores all it could. */
function runnerFinds(text: string): string[] {
  const bytes = bytesOf(text);
  const wide = { '\xff\xfe': 'utf-16le', '\xfe\xff': 'utf-16be' }[text.slice(0, 2)];
  const unseen = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{M}\u2028\u2029\uFFFD]/gu;
  return new TextDecoder(wide ?? 'utf-8')
    .decode(bytes)
    .split(/\r\n|\n|\r/)
    .filter((line) => {
      const trimmed = line.trimStart().replace(unseen, '').trimStart();
      return trimmed.startsWith('::') || line.replace(unseen, '').includes('##[');
    });
}

describe('any output', () => {
  it('has nothing in it that the runner would obey', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        expect(runnerFinds(neutralised(chunks).text)).toEqual([]);
      }),
      runs,
    );
  });

  it('is changed where the rules say so, and nowhere else', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const text = chunks.join('');
        const made = neutralised(chunks).text;
        expect(made).toBe(expectedOf(text));
        expect(made.replaceAll('\\', '')).toBe(text);
      }),
      runs,
    );
  });

  it('comes out the same in whatever pieces it comes in', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const text = chunks.join('');
        expect(neutralised(text.split(''))).toEqual(neutralised([text]));
        expect(neutralised(chunks)).toEqual(neutralised([text]));
      }),
      runs,
    );
  });
});

it('copies nothing where nothing is to be changed', () => {
  const chunk = bytesOf('plain text\n with lines\n');
  const [only, ...more] = new Neutraliser().push(chunk);
  expect(more).toEqual([]);
  expect(only?.buffer).toBe(chunk.buffer);
});
