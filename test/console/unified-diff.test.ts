import { applyPatch } from 'diff';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/console/style.ts';
import { unifiedDiff } from '../../src/console/unified-diff.ts';
import type { Change, ChangedText, TextSide } from '../../src/run/observations.ts';

const NOTHING: TextSide = { mode: null, text: null, why: null };

function text(content: string, mode = 0o644): TextSide {
  return { mode, text: content, why: null };
}

function changed(before: TextSide, after: TextSide, overrides: Partial<Change> = {}): ChangedText {
  const change = { path: 'file', change: 'modified', kind: 'file', size: 1, ...overrides } as const;
  return { change, before, after };
}

function lines(...texts: ChangedText[]): string[] {
  return unifiedDiff(texts, 0, styleFor({})).split('\n').slice(0, -1);
}

describe('the diff of what a step changed', () => {
  it.each<[string, ChangedText, string[]]>([
    [
      'another line',
      changed(text('a\nb\nc\n'), text('a\nB\nc\n')),
      ['--- a/file', '+++ b/file', '@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c'],
    ],
    [
      'a new file',
      changed(NOTHING, text('a\n'), { change: 'created' }),
      ['--- /dev/null', '+++ b/file', '@@ -0,0 +1,1 @@', '+a'],
    ],
    [
      'a file that is gone',
      changed(text('a'), NOTHING, { change: 'deleted' }),
      ['--- a/file', '+++ /dev/null', '@@ -1,1 +0,0 @@', '-a', '\\ No newline at end of file'],
    ],
    ['another mode', changed(text('a\n'), text('a\n', 0o755)), ['mode of file: 644 → 755']],
    [
      'no text',
      changed(text('a\n'), { mode: 0o644, text: null, why: 'it is no text' }),
      ['modified file file: it is no text'],
    ],
    [
      'a directory that is gone',
      changed({ ...NOTHING, mode: 0o755 }, NOTHING, { change: 'deleted', kind: 'directory' }),
      ['deleted directory file'],
    ],
    [
      'what acts on a terminal',
      changed(NOTHING, text('\u001b[31m\tred\r\n'), { change: 'created', path: 'a\nb' }),
      ['--- /dev/null', '+++ b/a\\u000ab', '@@ -0,0 +1,1 @@', '+\\u001b[31m\tred\\u000d'],
    ],
    [
      'what acts on a runner',
      changed(text('::error::x\na\n'), text('::error::x\nb ##[error]\n')),
      [...['--- a/file', '+++ b/file', '@@ -1,2 +1,2 @@', ' \\::error::x', '-a'], '+b ##\\[error]'],
    ],
  ])('tells %s', (_name, one, expected) => {
    expect(lines(one)).toEqual(expected);
  });

  it('leads from the one to the other, whatever they are', () => {
    const content = fc
      .array(fc.constantFrom('a', 'b', '', '-- x', '++ y', '@@ z'), { maxLength: 12 })
      .chain((all) => fc.constantFrom(all.join('\n'), `${all.join('\n')}\n`));
    fc.assert(
      fc.property(content, content, (before, after) => {
        fc.pre(before !== after);
        const patch = lines(changed(text(before), text(after))).join('\n');
        expect(applyPatch(before, `${patch}\n`)).toBe(after);
      }),
    );
  });

  it('has nothing that acts, whatever the files have', () => {
    const hostile = fc
      .array(
        fc.constantFrom('::warning::x', '\u001b]0;t\u0007', '\r', '\u202e', '##[group]', '\n', ' '),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        for (const line of lines(changed(text(one), text(other), { path: one })))
          // eslint-disable-next-line no-control-regex
          expect(line).not.toMatch(/^\s*::|##\[|[\u0000-\u0008\u000b-\u001f\u202e]/);
      }),
    );
  });

  it('ends somewhere, and says so', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `${index}\n`).join('');
    const all = [many, many, many].map((one) => changed(NOTHING, text(one), { change: 'created' }));
    const drawn = lines(...all);
    expect(drawn).toHaveLength(4001);
    expect(drawn.at(-1)).toBe('… the rest of the diff is left out');
  });

  it('says that there is more than was read, and that there is nothing', () => {
    const one = changed(text('a'), text('b'));
    expect(unifiedDiff([one], 3, styleFor({}))).toMatch(/the rest of the diff is left out\n$/);
    expect(unifiedDiff([], 0, styleFor({}))).toBe('no diff: nothing was changed\n');
    expect(lines(changed(NOTHING, text(''), { change: 'created' }))).toEqual(['created file file']);
  });

  it('does not compare what differs too much', () => {
    const [one, other] = ['a', 'b'].map((mark) =>
      Array.from({ length: 3000 }, (_, index) => `${mark}${index}\n`).join(''),
    );
    expect(lines(changed(text(one ?? ''), text(other ?? ''))).at(-1)).toContain('differ too much');
  });
});
