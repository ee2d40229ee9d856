import type { Problem } from '../base/errors.ts';
import { printable } from './reading.ts';

/** Keys and list indexes from the top of the document. */
export type Path = readonly (string | number)[];

/** Counting from 1; a column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong, by its path, before it is tied to a file or an option. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
  /** Where the path alone does not lead to the right place. */
  readonly position?: Position;
  /** The key is at fault, not its value. */
  readonly onKey?: boolean;
}

/** `network.allow[2]`; keys of other characters in quotes and brackets. */
function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}["${printable(step)}"]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

export function problemOf(finding: Finding, origin: string, position?: Position): Problem {
  const { path, message, expected } = finding;
  return { place: { origin, ...position }, path: pathText(path), message, expected };
}
