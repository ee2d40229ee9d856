import { markdownText } from '../base/text.ts';

/** Longer tables are cut; the whole list is in the report. */
export const SHOWN = 50;
const LONGEST_CELL = 500;

/** Text of anybody's for one place of a table or a line. */
export function cell(text: string): string {
  return markdownText(text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** A titled table, at most fifty rows of it; nothing where there are none. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  if (rows.length === 0) return [];
  const rest = rows.length - SHOWN;
  return [
    '',
    `#### ${title}`,
    '',
    ...table(head, rows.slice(0, SHOWN)),
    ...(rest > 0 ? ['', `…and ${rest} more.`] : []),
  ];
}

/** Folded away until somebody opens it. The title is ours, not anybody's text. */
export function folded(title: string, lines: readonly string[]): string[] {
  return ['', `<details><summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
