import { ACTING_CHARACTERS } from '../base/text.ts';
import { formatDuration, formatSize } from '../policy/units.ts';
import { LAYERS } from '../plan/types.ts';
import { suggestionsOf } from './build.ts';
import type { EffectiveSandbox } from './schema.ts';

const SHOWN = 50;

/** The report as Markdown, for a job summary. */
export function markdownSummary(report: EffectiveSandbox): string {
  const { outcome, usage, layers, enforced, downgrades } = report;
  const sealed = LAYERS.every(
    (layer) => enforced[layer] || layers[layer].status === 'not-requested',
  );
  const mark = outcome.exitCode === 0 ? '✅' : '❌';
  return [
    `### ${mark} Glovebox: ${cell(report.command.join(' ').slice(0, 200))}`,
    '',
    `**${outcome.kind}**${outcome.cause === null ? '' : ` (${cell(outcome.cause)})`}, exit code ${outcome.exitCode}, ` +
      `${formatDuration(usage.wallMs)}${usage.peakMemoryBytes === null ? '' : `, peak ${formatSize(usage.peakMemoryBytes)}`}.`,
    '',
    sealed ? 'Every requested layer was enforced.' : '**Not every requested layer was enforced.**',
    '',
    ...table(
      ['layer', 'status', 'how'],
      LAYERS.map((layer) => [layer, layers[layer].status, layers[layer].mechanism]),
    ),
    ...section(
      'Downgrades',
      ['layer', 'why', 'remedy'],
      downgrades.map(({ layer, reason, remedy }) => [layer, reason, remedy]),
    ),
    ...blockedSection(report),
    '',
  ].join('\n');
}

function blockedSection(report: EffectiveSandbox): string[] {
  const blocked = report.egress?.blocked ?? [];
  if (blocked.length === 0) return [];
  const rows = blocked.map(({ address, port, protocol, count, reason, allow, expected }) => [
    `${address}${port === null ? '' : ` port ${port}`}/${protocol}`,
    `${count}`,
    expected ? `${reason} (expected)` : reason,
    allow ?? '-',
  ]);
  const entries = suggestionsOf(report).slice(0, SHOWN);
  const paste = [
    '',
    'To allow them, add to `network.allow`:',
    '',
    '```yaml',
    ...entries.map(
      ({ entry, warning }) => `- '${entry}'${warning === null ? '' : ` # ${warning}`}`,
    ),
    '```',
  ];
  return [
    ...section('Blocked', ['destination', 'count', 'why', 'entry'], rows),
    ...(entries.length > 0 ? paste : []),
  ];
}

function section(
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)];
}

/** Text of anybody's, so that it is only text: no markup, no table, no direction marks. */
function cell(text: string): string {
  return text
    .replace(ACTING_CHARACTERS, ' ')
    .replace(/[&<>|`*_[\]()#~!\\@:$]|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
}
