import { structuredPatch } from 'diff';
import { bounded, harmless } from '../base/text.ts';
import type { ChangedText } from '../run/observations.ts';
import { Neutraliser } from '../workflow/neutralise.ts';
import type { Style } from './style.ts';

const MOST_LINES = 4000;
const LONGEST_LINE = 1000;
/** Bounds for one file, so that a hostile pair of texts costs no more than any other. */
const EFFORT = { context: 3, maxEditLength: 1000, timeout: 100 };

/**
 * What a step did to text files, as lines for a terminal or a log in which nothing acts. `left`: how many
 * changes there are besides.
 */
export function unifiedDiff(texts: readonly ChangedText[], left: number, style: Style): string {
  if (texts.length === 0) return `${style.dim('no diff:')} nothing was changed\n`;
  const lines: string[] = [];
  let rest = left;
  for (const text of texts) {
    if (lines.length < MOST_LINES) lines.push(...fileLines(text));
    else rest += 1;
  }
  const printed = withoutCommands(lines.slice(0, MOST_LINES)).map((line) => painted(line, style));
  const isCut = rest > 0 || lines.length > MOST_LINES;
  return [...printed, ...(isCut ? ['… the rest of the diff is left out'] : []), ''].join('\n');
}

function fileLines({ change: { path, change, kind }, before, after }: ChangedText): string[] {
  const name = harmless(path);
  const plain = `${change} ${kind} ${name}`;
  const why = before.why ?? after.why;
  if (why !== null) return [`${plain}: ${why}`];
  const modes =
    before.mode !== null && after.mode !== null && before.mode !== after.mode
      ? [`mode of ${name}: ${before.mode.toString(8)} → ${after.mode.toString(8)}`]
      : [];
  const hunks = hunksOf(before.text, after.text);
  if (hunks === null) return [...modes, `${plain}: the two differ too much to be compared`];
  if (hunks.length === 0) return modes.length > 0 ? modes : [plain];
  return [
    ...modes,
    `--- ${before.text === null ? '/dev/null' : `a/${name}`}`,
    `+++ ${after.text === null ? '/dev/null' : `b/${name}`}`,
    ...hunks.map(lineOf),
  ];
}

function hunksOf(before: string | null, after: string | null): string[] | null {
  // All of one side needs no comparing.
  if ((before ?? '') === '') return wholeHunk(after ?? '', '+');
  if ((after ?? '') === '') return wholeHunk(before ?? '', '-');
  const patch = structuredPatch('', '', before ?? '', after ?? '', undefined, undefined, EFFORT);
  if (patch === undefined) return null;
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`,
    ...lines,
  ]);
}

function wholeHunk(text: string, sign: '+' | '-'): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const unended = lines.at(-1) !== '';
  if (!unended) lines.pop();
  const [none, all] = ['0,0', `1,${lines.length}`];
  return [
    sign === '+' ? `@@ -${none} +${all} @@` : `@@ -${all} +${none} @@`,
    ...lines.slice(0, MOST_LINES).map((line) => `${sign}${line}`),
    ...(unended ? ['\\ No newline at end of file'] : []),
  ];
}

/** Of no lines the format has the one before them. */
function rangeOf(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** Everything but a tab that would act on a terminal is made visible. */
function lineOf(line: string): string {
  return bounded(line, LONGEST_LINE).split('\t').map(harmless).join('\t');
}

/** A line of somebody's file may look like a command to the runner that reads our output. */
function withoutCommands(lines: readonly string[]): string[] {
  const neutraliser = new Neutraliser();
  const bytes = [...neutraliser.push(Buffer.from(lines.join('\n'))), ...neutraliser.end()];
  return Buffer.concat(bytes).toString().split('\n');
}

function painted(line: string, style: Style): string {
  if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line);
  if (line.startsWith('+')) return style.good(line);
  if (line.startsWith('-')) return style.bad(line);
  return line.startsWith('@@') ? style.dim(line) : line;
}
