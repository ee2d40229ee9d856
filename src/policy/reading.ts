/** What reading one value gave: the value, or why it cannot be used and what would be right. */
export type Reading<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface Refusal {
  readonly ok: false;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly expected: string;
}

export function accept<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function refuse(message: string, expected: string): Refusal {
  return { ok: false, message, expected };
}

const LONGEST_SHOWN = 80;

/** The user's text made safe for a terminal and a log: no control or direction characters, cut when long. */
export function printable(text: string, longest = LONGEST_SHOWN): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** A value as an error message names it: `text` in backticks, or what kind of thing it is, such as `a list`. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (value === '') return 'an empty text';
  const scalar = value as string | number | boolean;
  return `\`${printable(`${scalar}`)}\``;
}
