import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globCovers } from '../../src/policy/globs.ts';

/** As the plan of the environment reads a glob. */
function matches(glob: string, name: string): boolean {
  const source = glob.replaceAll('*', '[A-Za-z0-9_]*').replaceAll('?', '[A-Za-z0-9_]');
  return new RegExp(`^(?:${source})$`).test(name);
}

describe('globCovers', () => {
  it.each([
    ['CARGO_HOME', 'CARGO_HOME', true],
    ['CARGO_HOME', 'CARGO_HOMES', false],
    ['CARGO_*', 'CARGO_HOME', true],
    ['CARGO_*', 'CARGO_', true],
    ['CARGO_*', 'CARGO_*', true],
    ['CARGO_*', 'CARGO_BUILD_*', true],
    ['CARGO_*', 'CARGO_?', true],
    ['CARGO_*', '*', false],
    ['CARGO_*', 'CARG*', false],
    ['CARGO_?', 'CARGO_*', false],
    ['CARGO_?', 'CARGO_?', true],
    ['CARGO_?', 'CARGO_A', true],
    ['CARGO_A', 'CARGO_?', false],
    ['*', '*', true],
    ['*', 'A?*', true],
    ['?*', '*?', true],
    ['?*', '*', false],
    ['**', '*', true],
    ['*_*', 'A*_B', true],
    ['*A*B*', '*B*A*', false],
    ['*A*B*', 'XA?BY', true],
    ['cargo_*', 'CARGO_HOME', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(globCovers(outer, inner)).toBe(expected);
  });

  const glob = fc
    .array(fc.constantFrom('A', 'B', '*', '?'), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(''));
  const name = fc
    .array(fc.constantFrom('A', 'B', 'C'), { maxLength: 7 })
    .map((all) => all.join(''));

  it('never says so of a glob that brings more', () => {
    fc.assert(
      fc.property(glob, glob, fc.array(name, { minLength: 20, maxLength: 20 }), (a, b, names) => {
        fc.pre(globCovers(a, b));
        expect(names.filter((one) => matches(b, one) && !matches(a, one))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('says of a name what matching it says', () => {
    fc.assert(
      fc.property(glob, name, (a, one) => {
        expect(globCovers(a, one)).toBe(matches(a, one));
      }),
    );
  });
});
