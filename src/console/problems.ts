import { harmless } from '../base/text.ts';
import type { Problem } from '../base/errors.ts';
import { type Style } from './style.ts';

/** Two lines a problem: where and what, and what was expected. */
export function problemLines(problems: readonly Problem[], style: Style): string[] {
  return problems.flatMap(({ place, path, message, expected }) => {
    const where = [place.origin, place.line, place.column]
      .filter((part) => part !== undefined)
      .join(':');
    const what = path === '' ? message : `${path}: ${message}`;
    return [
      `  ${style.bold(harmless(where))}  ${harmless(what)}`,
      ...(expected === undefined ? [] : [`    ${style.dim('expected')} ${harmless(expected)}`]),
    ];
  });
}
