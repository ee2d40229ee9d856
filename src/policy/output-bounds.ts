import type { Knife } from './cuts.ts';
import { union } from './merge.ts';
import { compileGlob, outputGlob } from './output-globs.ts';
import { liesWithin } from './path-containment.ts';
import type { Sourced } from './types.ts';

type Globs = readonly Sourced<string>[];

/**
 * The outputs, or logs, that a floor allows as well: globs that one of its own surely holds. Exclusions of both
 * count. A floor of nothing but exclusions allows all others.
 */
export function boundGlobs(
  key: 'filesystem.outputs' | 'filesystem.logs',
  asked: Globs,
  floor: Globs | undefined,
  knife: Knife,
): Globs {
  if (floor === undefined) return asked;
  const wanted = asked.filter(({ value }) => !outputGlob(value).excludes);
  const exclusions = asked.filter(({ value }) => outputGlob(value).excludes);
  const bounds = floor.filter(({ value }) => !outputGlob(value).excludes);
  const floorExclusions = floor.filter(({ value }) => outputGlob(value).excludes);
  const left =
    bounds.length === 0 && floorExclusions.length > 0
      ? wanted
      : knife.within(key, wanted, bounds, holds);
  return left.length === 0 ? [] : union([...left, ...exclusions], floorExclusions, (text) => text);
}

/** Never true in error; false for pairs whose proof would need more than a look at both. */
function holds(bound: string, asked: string): boolean {
  const [outer, inner] = [outputGlob(bound), outputGlob(asked)];
  if (outer.glob === inner.glob || outer.glob === '**') return true;
  const wholeTree = outer.plain || outer.glob === `${outer.base}/**`;
  if (wholeTree && outer.base !== '') return liesWithin(inner.base, outer.base);
  // What a plain path has in it need not be what the floor's glob means.
  return inner.plain && outer.glob.endsWith('/**') && compileGlob(outer.glob).test(inner.glob);
}
