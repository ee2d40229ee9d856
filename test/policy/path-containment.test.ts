import { posix } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liesWithin } from '../../src/policy/path-containment.ts';

describe('liesWithin', () => {
  it.each([
    ['dist', 'dist', true],
    ['dist/a', 'dist', true],
    ['./dist//a/', 'dist/.', true],
    ['dista', 'dist', false],
    ['dist', 'dist/a', false],
    ['dist/../src', 'dist', false],
    ['dist/../src', 'src', true],
    ['dist/a/..', 'dist', true],
    ['a', '.', true],
    ['.', '.', true],
    ['..', '.', false],
    ['../a', '.', false],
    ['a/../../b', '.', false],
    ['../cache/x', '../cache', true],
    ['..', '..', true],
    ['a', '..', false],
    ['../..', '..', false],
    ['/opt/data/x', '/opt/data', true],
    ['/opt/database', '/opt/data', false],
    ['/opt/data/../../etc', '/opt/data', false],
    ['/../etc', '/etc', true],
    ['/etc', '/', true],
    ['~', '~', true],
    ['~/.m2', '~', true],
    ['~/../other', '~', false],
    ['~user', '~', false],
    ['~user', '.', true],
    ['/home/me/.m2', '~', false],
    ['/work/dist', 'dist', false],
    ['dist', '/', false],
    ['~/a', '/', false],
    ['~/a', '.', false],
  ])('%s in %s: %s', (inner, outer, expected) => {
    expect(liesWithin(inner, outer)).toBe(expected);
  });

  it('is never true of a path that leads out, wherever workspace and home are', () => {
    const path = fc
      .tuple(
        fc.constantFrom('', '/', '~/', './'),
        fc.array(fc.constantFrom('a', 'b', '..', '..', '.', '', '~', '..a'), { maxLength: 6 }),
      )
      .map(([start, steps]) => `${start}${steps.join('/')}`)
      .filter((text) => text !== '');
    const resolved = (text: string): string => {
      if (text === '~') return '/home/a/me';
      if (text.startsWith('~/'))
        return posix.join('/home/a/me', text.slice(2)).replace(/(.)\/$/, '$1');
      return posix.resolve('/srv/a/b/workspace', text);
    };
    fc.assert(
      fc.property(path, path, (inner, outer) => {
        fc.pre(liesWithin(inner, outer));
        const [a, b] = [resolved(inner), resolved(outer)];
        expect(a === b || a.startsWith(b === '/' ? '/' : `${b}/`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
