import { printable } from './reading.ts';
import { union } from './merge.ts';
import type { Sourced } from './types.ts';

/** Something that a floor took away. */
export interface Cut {
  /** The key, as a policy writes it: `network.allow`. */
  readonly path: string;
  /** What became of its value, such as `api.example.com:443 is not within the floor`. Never a variable's value. */
  readonly text: string;
}

const MOST_PARTS = 3;
const LONGEST_SHOWN = 200;

/** Takes from values what a floor does not allow, and remembers what it was. An undefined floor takes nothing. */
export class Knife {
  readonly cuts: Cut[] = [];

  tell(path: string, text: string): void {
    this.cuts.push({ path, text });
  }

  /** The stricter of both; `order` starts with the strictest. */
  stricter<T>(
    path: string,
    asked: Sourced<T>,
    floor: Sourced<T> | undefined,
    order: readonly T[],
    textOf: (value: T) => string = String,
  ): Sourced<T> {
    if (floor === undefined || order.indexOf(asked.value) <= order.indexOf(floor.value))
      return asked;
    return this.replaced(path, asked, floor, textOf);
  }

  /** The smaller of both; null is no limit. */
  smaller(
    path: string,
    asked: Sourced<number | null>,
    floor: Sourced<number | null> | undefined,
    textOf: (value: number) => string,
  ): Sourced<number | null> {
    if (floor === undefined || (asked.value ?? Infinity) <= (floor.value ?? Infinity)) return asked;
    return this.replaced(path, asked, floor, (value) => (value === null ? 'none' : textOf(value)));
  }

  /** The floor's value, where it has one; `none` tells of null. */
  same<T extends number | string | null>(
    path: string,
    asked: Sourced<T>,
    floor: Sourced<T> | undefined,
    none: string,
  ): Sourced<T> {
    if (floor === undefined || asked.value === floor.value) return asked;
    return this.replaced(path, asked, floor, (value) => String(value ?? none));
  }

  /** Those that lie within a bound. */
  within(
    path: string,
    asked: readonly Sourced<string>[],
    bounds: readonly Sourced<string>[] | undefined,
    holds: (bound: string, value: string) => boolean,
  ): readonly Sourced<string>[] {
    return this.common(path, asked, bounds, holds, () => []);
  }

  /** What lies in one of both lists and within an entry of the other. */
  overlap(
    path: string,
    asked: readonly Sourced<string>[],
    bounds: readonly Sourced<string>[] | undefined,
    holds: (bound: string, value: string) => boolean,
  ): readonly Sourced<string>[] {
    return this.common(path, asked, bounds, holds, (item, all) =>
      all.filter(({ value }) => holds(item.value, value)),
    );
  }

  /** Both lists: what a floor forbids comes to what is forbidden already. */
  added(
    path: string,
    asked: readonly Sourced<string>[],
    floor: readonly Sourced<string>[],
    fate: string,
  ): readonly Sourced<string>[] {
    const known = new Set(asked.map(({ value }) => value));
    for (const { value } of floor)
      if (!known.has(value)) this.tell(path, `${shortly(value)} ${fate}`);
    return union(asked, floor, (text) => text);
  }

  /** Tells what is left of a list's entry, where that is not the entry itself. */
  narrowed(path: string, entry: string, parts: readonly string[]): void {
    if (parts.length === 1 && parts[0] === entry) return;
    const shown = parts.slice(0, MOST_PARTS).map(shortly).join(', ');
    const more = parts.length > MOST_PARTS ? ` and ${parts.length - MOST_PARTS} more` : '';
    this.tell(
      path,
      parts.length === 0
        ? `${shortly(entry)} is not within the floor`
        : `${shortly(entry)} is narrowed to ${shown}${more}`,
    );
  }

  private common(
    path: string,
    asked: readonly Sourced<string>[],
    bounds: readonly Sourced<string>[] | undefined,
    holds: (bound: string, value: string) => boolean,
    partsOf: (
      item: Sourced<string>,
      bounds: readonly Sourced<string>[],
    ) => readonly Sourced<string>[],
  ): readonly Sourced<string>[] {
    if (bounds === undefined) return asked;
    const left = asked.flatMap((item) => {
      if (bounds.some(({ value }) => holds(value, item.value))) return [item];
      const parts = partsOf(item, bounds);
      this.narrowed(
        path,
        item.value,
        parts.map(({ value }) => value),
      );
      return parts;
    });
    return union(left, [], (value) => value);
  }

  private replaced<T>(
    path: string,
    asked: Sourced<T>,
    floor: Sourced<T>,
    textOf: (value: T) => string,
  ): Sourced<T> {
    this.tell(path, `${textOf(asked.value)} becomes ${textOf(floor.value)}`);
    return floor;
  }
}

/** A policy's own text, fit for one line. */
export function shortly(text: string): string {
  return printable(text, LONGEST_SHOWN);
}
