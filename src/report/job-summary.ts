import { formatDuration } from '../policy/units.ts';
import { changesPart } from './changes-tree.ts';
import type { StepResult } from './job.ts';
import { cell, folded, SHOWN, table } from './markdown.ts';
import type { EffectiveSandbox } from './schema.ts';
import { isSealed, layerTable, problemSections, reachedTable, usageTable } from './summary.ts';

/** The runner drops a summary of more than 1 MiB, all of it. */
const LARGEST = 1000 * 1000;
const MARKS: Readonly<Record<StepResult['outcome'], string>> = {
  success: '✅',
  failure: '❌',
  cancelled: '🛑',
  skipped: '⏭️',
};

/** All steps as Markdown: a line for each, then what went wrong, then everything else, folded away. */
export function jobSummary(results: readonly StepResult[]): string {
  const head = [
    `## ${headline(results)}`,
    '',
    ...table(['', 'step', 'result', 'seal', 'time'], results.map(verdictRow)),
    '',
  ];
  const parts = results.map(stepPart);
  const summaries = results.map(({ summary }) => summary ?? '');
  return fitting([head.join('\n'), ...parts, ...summaries]);
}

/** What there is to say where no step was so much as begun. */
export function refusalSummary(
  message: string,
  problems: readonly string[],
  remedy: string | undefined,
): string {
  const more = problems.length - SHOWN;
  return [
    '## Glovebox: ❌ refused, nothing ran',
    ...['', `**${cell(message)}**`, ''],
    ...problems.slice(0, SHOWN).map((problem) => `- ${cell(problem)}`),
    ...(more > 0 ? [`- … and ${more} more`] : []),
    ...(remedy === undefined ? [] : ['', `→ ${cell(remedy)}`]),
    '',
  ].join('\n');
}

/** From the front as many as fit; a word says what was left out. */
function fitting(parts: readonly string[]): string {
  const size = (text: string): number => new TextEncoder().encode(text).length;
  const kept: string[] = [];
  let room = LARGEST;
  let leftOut = 0;
  for (const part of parts.filter((one) => one !== '')) {
    if (size(part) < room) {
      kept.push(part);
      room -= size(part) + 1;
    } else leftOut += 1;
  }
  const word =
    leftOut === 0 ? [] : [`\n_${leftOut} parts are left out here: they are in the report._\n`];
  return [...kept, ...word].join('\n');
}

function headline(results: readonly StepResult[]): string {
  const failed = results.filter(({ conclusion }) => conclusion === 'failure').length;
  const ran = results.filter(({ report }) => report !== null);
  const open = ran.filter(({ report }) => report !== null && !isSealed(report)).length;
  const cancelled = results.some(({ outcome }) => outcome === 'cancelled');
  const steps = (count: number): string => `${count} step${count === 1 ? '' : 's'}`;
  const how = cancelled
    ? '🛑 cancelled'
    : failed > 0
      ? `❌ ${steps(failed)} failed`
      : `✅ ${steps(ran.length)} passed`;
  const seal =
    open > 0 ? `${steps(open)} NOT fully sealed` : ran.length === 0 ? 'nothing ran' : 'all sealed';
  return `Glovebox: ${how}, ${seal}`;
}

function verdictRow({ name, outcome, conclusion, report, error }: StepResult): string[] {
  const forgiven = outcome === 'failure' && conclusion === 'success' ? ' (continue-on-error)' : '';
  return [
    MARKS[outcome],
    name,
    `${resultOf(outcome, report, error?.message ?? null)}${forgiven}`,
    report === null ? '-' : sealOf(report),
    report === null ? '-' : formatDuration(report.usage.wallMs),
  ];
}

function resultOf(outcome: string, report: EffectiveSandbox | null, error: string | null): string {
  if (error !== null) return error;
  if (report === null) return outcome;
  const { kind, cause, exitCode } = report.outcome;
  return cause === null ? 'ok' : kind === 'exited' ? `exit code ${exitCode}` : `${kind}: ${cause}`;
}

function sealOf(report: EffectiveSandbox): string {
  if (isSealed(report)) return 'whole';
  const open = Object.entries(report.layers)
    .filter(([, { status }]) => status === 'downgraded' || status === 'unavailable')
    .map(([layer]) => layer);
  return open.length > 0 ? `NOT sealed: ${open.join(', ')}` : 'nothing ran';
}

function stepPart({ name, report, error, told }: StepResult): string {
  if (report === null && error === null) return '';
  const remedy = error?.details.remedy;
  return [
    `### ${cell(name)}`,
    ...(error === null ? [] : ['', `**${cell(error.message)}**`]),
    ...(remedy === undefined ? [] : ['', `→ ${cell(remedy)}`]),
    ...(report === null ? [] : reportPart(report)),
    ...handedPart(told),
    '',
  ].join('\n');
}

function reportPart(report: EffectiveSandbox): string[] {
  const notes = report.notes.map(({ text }) => `- ${cell(text)}`);
  const reached = reachedTable(report);
  return [
    ...problemSections(report),
    ...folded('Layers', layerTable(report)),
    ...folded('Usage', usageTable(report)),
    ...(reached.length === 0 ? [] : folded('Reached', reached)),
    ...changesPart(report),
    ...(notes.length === 0 ? [] : folded(`Notes (${notes.length})`, notes)),
  ];
}

function handedPart(told: StepResult['told']): string[] {
  const promoted = [
    ...told.outputs.map((name) => ['output', name]),
    ...told.env.map((name) => ['variable', name]),
    ...told.path.map((entry) => ['PATH', entry]),
  ];
  const left = told.leftBehind.map(({ kind, name, reason }) => [kind, name, reason]);
  return [
    ...told.problems.flatMap((problem) => ['', `⚠️ ${cell(problem)}`]),
    ...(promoted.length === 0
      ? []
      : folded('Handed on to later steps', table(['kind', 'name'], promoted))),
    ...(left.length === 0
      ? []
      : folded(
          `Left behind (${left.length + told.leftBehindNotListed})`,
          table(['kind', 'name', 'why'], left),
        )),
  ];
}
