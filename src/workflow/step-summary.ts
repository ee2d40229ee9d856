import { bounded, harmless, markdownText } from '../base/text.ts';

/** Each byte becomes at most six, and the runner takes no summary above 1 MiB, ours included. */
const SHOWN_BYTES = 128 * 1024;
const LONGEST_STEP_NAME = 100;

/**
 * A step's own GITHUB_STEP_SUMMARY as a part of ours: a block quote that says who wrote it. Empty for a blank one.
 *
 * Headings, lists, tables and links stay. HTML and entities become text; so do images, which would have every
 * reader's browser fetch an address of the step's choosing, and diagrams and formulas, which can draw anywhere.
 * Nothing in it reaches out of the quote: each line is in it, and link and footnote definitions, which would
 * hold for the whole page, become text too. Beyond 128 KiB the rest is counted and not shown.
 */
export function stepSummary(bytes: Uint8Array, stepName: string): string {
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN_BYTES), { stream: true });
  if (text.trim() === '') return '';
  const rest = bytes.length - SHOWN_BYTES;
  const name = markdownText(bounded(stepName, LONGEST_STEP_NAME));
  return [
    `**Written by the step ${name}, not by Glovebox:**`,
    '',
    ...text
      .trimEnd()
      .split(/\r\n|\r|\n/)
      .map(tamed),
  ]
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .concat(rest > 0 ? ['', `…and ${rest} more bytes, which are not shown.`] : [], '')
    .join('\n');
}

/** Markup that reaches beyond its quote or the page, each with what shows the same as text. */
const REACHING: readonly (readonly [markup: RegExp, text: string])[] = [
  // An entity could be a mark that turns the direction of text.
  [/&(?=[#a-z])/gi, '&amp;'],
  [/<(?=[a-z/!?])/gi, '&lt;'],
  // Only with a colon right after its bracket is it a definition of a link or a footnote.
  [/\]:/g, ']&#58;'],
  [/!\[/g, '&#33;['],
  // Without one that has something after it, a dollar sign begins no formula.
  [/\$(?=\S)/g, '&#36;'],
  [/((?:`{3,}|~{3,})[ \t]*)(?=mermaid|geojson|topojson|stl|math)/gi, '$1text '],
];

function tamed(line: string): string {
  const visible = line.split('\t').map(harmless).join('\t');
  return REACHING.reduce((made, [markup, text]) => made.replace(markup, text), visible);
}
