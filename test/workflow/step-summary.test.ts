import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepSummary } from '../../src/workflow/step-summary.ts';

const LABEL = '> **Written by the step build, not by Glovebox:**\n>\n';
const made = (text: string): string => stepSummary(new TextEncoder().encode(text), 'build');
const quoted = (text: string): string => made(text).slice(LABEL.length);

describe('stepSummary', () => {
  it('quotes the text under the name of the step', () => {
    expect(made('# Tests\r\n\r\n| a | b |\r|---|---|\n| 1 | 2 |  \n\n')).toBe(
      `${LABEL}> # Tests\n>\n> | a | b |\n> |---|---|\n> | 1 | 2 |\n`,
    );
  });

  it.each(['', '\n', ' \r\n\t'])('of %j is nothing', (text) => {
    expect(made(text)).toBe('');
  });

  it('makes the name of the step plain and short text', () => {
    const name = `a\n**b** <i>\u202e${'x'.repeat(200)}`;
    expect(stepSummary(new TextEncoder().encode('x'), name)).toMatch(
      /^> \*\*Written by the step a &#42;&#42;b&#42;&#42; &#60;i&#62; x{87}…, not by Glovebox:\*\*\n/,
    );
  });

  it.each([
    ['emphasis, code, links', '**a** `b` [c](https://c.example) - [x] d'],
    ['comparisons', 'a < b && c <= d > e << f'],
    ['prices and prompts', 'it costs 5 $ or $ npm test'],
    ['tabs and hard breaks', 'a\tb  \nc'],
    ['fences', '```json\n{"a": [1]}\n```'],
    ['brackets', 'a[0] = b; [c] : d'],
  ])('leaves %s as they are', (_name, text) => {
    expect(quoted(text)).toBe(`${text.replace(/^/gm, '> ')}\n`);
  });

  it.each([
    ['a tag', '</details><img src=x>', '&lt;/details>&lt;img src=x>'],
    ['a comment', '<!-- a', '&lt;!-- a'],
    ['an instruction', '<?php', '&lt;?php'],
    ['an address in brackets', '<https://a.example>', '&lt;https://a.example>'],
    ['entities', '&lt; &#x202e; &rlm; &', '&amp;lt; &amp;#x202e; &amp;rlm; &'],
    ['a definition of a link', '[docs]: https://a.example', '[docs]&#58; https://a.example'],
    ['a definition in a list', '- > [a\n  b]: /c', '- > [a\n>   b]&#58; /c'],
    ['a footnote', '[^1]: a', '[^1]&#58; a'],
    ['an image', '![a](https://a.example/?secret)', '&#33;[a](https://a.example/?secret)'],
    ['an image in a link', '[![a](b)](c)', '[&#33;[a](b)](c)'],
    ['a formula', '$a$ $$b$$ $`c`$', '&#36;a$ &#36;&#36;b&#36;$ &#36;`c`$'],
    ['a diagram', '```mermaid', '```text mermaid'],
    ['a diagram in a list', '- ~~~~ Mermaid', '- ~~~~ text Mermaid'],
    ['a map', '```geojson', '```text geojson'],
    ['a direction', 'a\u202eb', 'a\\u202eb'],
    ['an escape', 'a\u001b[31m', 'a\\u001b[31m'],
    ['another line end', 'a\u2028b\u0085c\u000bd', 'a\\u2028b\\u0085c\\u000bd'],
  ])('makes %s text', (_name, text, expected) => {
    expect(quoted(text)).toBe(`> ${expected}\n`);
  });

  it('shows 128 KiB, and says how much more there was, outside of all that is open', () => {
    const text = made('```\n'.repeat(32 * 1024 - 1) + 'é'.repeat(20));
    expect(text).toMatch(/\n> éé\n\n…and 36 more bytes, which are not shown\.\n$/);
  });

  it.each(['\0', '\n', '&a', '<a', '$', '\u0085', '\u202e', '![', '```math'])(
    'stays below what the runner takes when it is all %j',
    (piece) => {
      const bytes = new TextEncoder().encode(`x${piece.repeat(256 * 1024)}x`);
      expect(Buffer.byteLength(stepSummary(bytes, 'build'))).toBeLessThan(800 * 1024);
    },
  );

  it('takes bytes that are no text', () => {
    expect(stepSummary(Uint8Array.of(0x61, 0xff, 0x0a, 0xc3), 'build')).toBe(`${LABEL}> a\uFFFD\n`);
  });
});

/** Pieces that mean something to Markdown, HTML or a reader's eyes. */
const piece = fc.constantFrom(
  ...['<', '</', '<!--', '-->', 'b>', '/details>', '&', '#58;', 'lt;', '\\', '`', '```', '~~~'],
  ...['[', ']', ':', ']:', '!', '![', '(', ')', '^1', '$', '$$', 'mermaid', 'math', ' ', '\t'],
  ...['\n', '\r', '\r\n', '\u2028', '\u0085', '\u202e', '\0', '> ', '- ', '# ', '|', '---', 'a'],
);
const hostile = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));

describe('whatever a step writes', () => {
  it('stays in its quote, each line of it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = made(text).split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.every((line) => /^>(?: |$)/.test(line))).toBe(true);
        const wanted = text.trim() === '' ? 0 : text.trimEnd().split(/\r\n|\r|\n/).length + 2;
        expect(lines).toHaveLength(wanted);
      }),
      { numRuns: 2000 },
    );
  });

  it('has nothing in it that reaches out of the quote', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const body = quoted(text);
        expect(body).not.toMatch(/<[a-z/!?]/i);
        expect(body).not.toMatch(/&(?!amp;|lt;|#58;|#33;|#36;)[#a-z]/i);
        expect(body).not.toMatch(/\]:|!\[|\$[^\s]/);
        expect(body).not.toMatch(/(?:```|~~~)[ \t]*(?:mermaid|math)/);
        expect(body).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}|[\u2028\u2029]/u);
      }),
      { numRuns: 2000 },
    );
  });
});
