import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { columns, styleFor } from '../../src/console/style.ts';

describe('columns', () => {
  it('aligns all but the last, and leaves no blanks at the end', () => {
    expect(
      columns([
        ['a', 'long cell', 'x'],
        ['longer', 'b', 'something'],
        ['c', 'd', ''],
      ]),
    ).toEqual(['  a       long cell  x', '  longer  b          something', '  c       d']);
  });

  it('indents, and has no rows for none', () => {
    expect(columns([['a', 'b']])).toEqual(['  a  b']);
    expect(columns([])).toEqual([]);
  });

  it('starts each column of any table at one place', () => {
    const cell = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const lines = columns(rows);
        const first = Math.max(...rows.map(([text]) => text.length));
        lines.forEach((line, index) => {
          const [a = '', b = '', c = ''] = rows[index] ?? [];
          expect(line.startsWith(`  ${a.padEnd(first)}  ${b}`)).toBe(true);
          expect(line.endsWith(`  ${c}`)).toBe(true);
        });
      }),
    );
  });
});

describe('styleFor', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ['a terminal', true, '', 'xterm', true],
    ['no terminal', undefined, '', 'xterm', false],
    ['NO_COLOR', true, '1', 'xterm', false],
    ['a dumb terminal', true, '', 'dumb', false],
  ])('with %s', (_name, isTTY, noColor, term, coloured) => {
    vi.stubEnv('NO_COLOR', noColor);
    vi.stubEnv('TERM', term);
    const style = styleFor(isTTY === undefined ? {} : { isTTY });
    expect(style.bad('x')).toBe(coloured ? '\u001b[31mx\u001b[0m' : 'x');
    for (const paint of [style.good, style.warn, style.dim, style.bold])
      expect(paint('x') === 'x').toBe(!coloured);
  });
});
