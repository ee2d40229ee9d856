import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, harmless, markdownText } from '../../src/base/text.ts';

describe('harmless', () => {
  it.each([
    ['plain text, äöü, 日本', 'plain text, äöü, 日本'],
    ['a\nb', 'a\\u000ab'],
    ['a\r\u001b[2Kb', 'a\\u000d\\u001b[2Kb'],
    ['\u009b31m', '\\u009b31m'],
    ['a\u202eb\u2066c\u200fd\u061c', 'a\\u202eb\\u2066c\\u200fd\\u061c'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['', ''],
  ])('%j is %s', (text, expected) => {
    expect(harmless(text)).toBe(expected);
  });

  it('leaves nothing in any text that acts on a terminal, and changes it no second time', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.string({ minLength: 1, maxLength: 1 }),
        fc.integer({ min: 0, max: 0x2100 }).map((code) => String.fromCharCode(code)),
      ),
    });
    fc.assert(
      fc.property(text, (any) => {
        const made = harmless(any);
        expect(made).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
        expect(harmless(made)).toBe(made);
      }),
      { numRuns: 500 },
    );
  });
});

describe('bounded', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['', 1, ''],
    ['a😀', 3, 'a😀'],
    ['a😀b', 3, 'a…'],
    ['😀😀', 3, '😀…'],
  ])('makes %j in %i units %j', (text, longest, expected) => {
    expect(bounded(text, longest)).toBe(expected);
  });
});

it.each([
  ['plain text, äöü', 'plain text, äöü'],
  ['a|b', 'a&#124;b'],
  ['<b>&lt;', '&#60;b&#62;&#38;lt;'],
  ['a\n\u202eb', 'a  b'],
  ['www.a.example', 'www&#46;a.example'],
])('markdownText makes %j %j', (text, expected) => {
  expect(markdownText(text)).toBe(expected);
});
