import { bounded, harmless } from '../base/text.ts';
import { type Learned, learnedEntries, type LearnedEntry } from './learned-entries.ts';
import type { EffectiveSandbox } from './schema.ts';

const LONGEST_COMMAND = 200;
/** Comments of longer entries are not waited for. */
const WIDEST = 60;

/**
 * The smallest policy that allows just what a run in mode `audit` reached, as YAML with a comment on
 * who used what. Null where nothing was recorded, and so nothing could be learned.
 */
export function learnedPolicy(report: EffectiveSandbox): string | null {
  if (report.egress === null) return null;
  const { allowed, allowedNotListed } = report.egress;
  const command = harmless(bounded(report.command.join(' '), LONGEST_COMMAND));
  const missing =
    allowedNotListed === 0
      ? []
      : [`# Not all of it could be listed: ${allowedNotListed} attempts are missing here.`];
  return [
    `# What this reached, and no more: ${command}`,
    ...missing,
    'version: 1',
    ...networkLines(learnedEntries(allowed)),
    '',
  ].join('\n');
}

/** The section `network` that allows this. */
export function networkLines({ entries, beyond, metadata }: Learned): string[] {
  const comments = beyond.map((text) => `# cannot be allowed: ${text}`);
  if (entries.length === 0) return ['network:', '  mode: deny', ...comments];
  return [
    'network:',
    '  mode: allowlist',
    ...(metadata === null ? [] : [`  block-metadata: false  # ${metadata} was reached`]),
    '  allow:',
    ...entryLines(entries).map((line) => `    ${line}`),
    ...comments,
  ];
}

/** Items of a YAML list, with their comments in a column. */
function entryLines(entries: readonly LearnedEntry[]): string[] {
  const widths = entries.map(({ entry }) => entry.length).filter((width) => width <= WIDEST);
  const widest = Math.max(0, ...widths);
  return entries.map(({ entry, comment }) =>
    comment === '' ? `- ${entry}` : `- ${entry.padEnd(widest)}  # ${comment}`,
  );
}
