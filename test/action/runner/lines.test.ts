import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from './lines.ts';

function linesOf(...chunks: readonly (string | Buffer)[]): string[] {
  const reader = new LineReader();
  const lines = chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
  return [...lines, ...reader.end()];
}

describe('lines', () => {
  it.each([
    ['a newline', ['a\nb\n'], ['a', 'b']],
    ['a carriage return and a newline', ['a\r\nb\r\n'], ['a', 'b']],
    ['a lone carriage return', ['a\rb'], ['a', 'b']],
    ['a carriage return as the last thing', ['a\r'], ['a']],
    ['the two in different chunks', ['a\r', '\nb'], ['a', 'b']],
    ['two lone carriage returns', ['a\r\rb'], ['a', '', 'b']],
    ['no end', ['a\nb'], ['a', 'b']],
    ['an empty line', ['\n'], ['']],
    ['nothing', [], []],
    ['other separators', ['a\u2028b\u0085c\fd'], ['a\u2028b\u0085c\fd']],
    ['a character in two chunks', [Buffer.from([0xc3]), Buffer.from([0xa4])], ['ä']],
    ['bytes that are no text', [Buffer.from([0x61, 0xff, 0x0a])], ['a\ufffd']],
    ['a UTF-8 mark', [Buffer.from('\ufeff::x\n')], ['::x']],
    ['a UTF-16 mark', [Buffer.from('\ufeff::x\n', 'utf16le')], ['::x']],
    ['the other UTF-16 mark', [Buffer.from('\ufeff::x', 'utf16le').swap16()], ['::x']],
    ['a mark that comes byte by byte', ['\ufeff', 'a'], ['a']],
    ['a UTF-16 mark later on', ['a\n', Buffer.from('\ufeff', 'utf16le')], ['a', '\ufffd\ufffd']],
  ])('with %s', (_name, chunks, lines) => {
    expect(linesOf(...chunks)).toEqual(lines);
  });

  it('are the same wherever a chunk ends', () => {
    const text = fc
      .array(fc.constantFrom('\r', '\n', 'a', 'ä', ':'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(40), (all, cut) => {
        const bytes = Buffer.from(all);
        expect(linesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(linesOf(bytes));
      }),
    );
  });
});
