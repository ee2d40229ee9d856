import { formatDuration, formatSize } from '../policy/units.ts';
import { type Layer, LAYERS } from '../plan/types.ts';
import { suggestionsOf } from './build.ts';
import { changesPart } from './changes-tree.ts';
import { shownDestination } from './destinations.ts';
import { outputsSection } from './outputs.ts';
import { cell, section, SHOWN, table } from './markdown.ts';
import type { EffectiveSandbox } from './schema.ts';
import { yamlText } from './yaml.ts';

/** The report as Markdown, for a job summary. */
export function markdownSummary(report: EffectiveSandbox): string {
  const { outcome, usage } = report;
  const sealed = isSealed(report);
  const mark = outcome.exitCode === 0 ? '✅' : '❌';
  return [
    `### ${mark} Glovebox: ${cell(report.command.join(' ').slice(0, 200))}`,
    '',
    `**${outcome.kind}**${outcome.cause === null ? '' : ` (${cell(outcome.cause)})`}, exit code ${outcome.exitCode}, ` +
      `${formatDuration(usage.wallMs)}${usage.peakMemoryBytes === null ? '' : `, peak ${formatSize(usage.peakMemoryBytes)}`}.`,
    '',
    sealed ? 'Every requested layer was enforced.' : '**Not every requested layer was enforced.**',
    '',
    ...layerTable(report),
    ...problemSections(report),
    ...changesPart(report),
    '',
  ].join('\n');
}

/** Every layer that was asked for was in force. */
export function isSealed({ layers, enforced }: EffectiveSandbox): boolean {
  return LAYERS.every((layer) => enforced[layer] || layers[layer].status === 'not-requested');
}

/** What fell short and what was blocked, each with what would mend it. */
export function problemSections(report: EffectiveSandbox): string[] {
  return [
    ...section(
      'Downgrades',
      ['layer', 'why', 'remedy'],
      report.downgrades.map(({ layer, reason, remedy }) => [layer, reason, remedy]),
    ),
    ...blockedSection(report),
    ...outputsSection(report),
  ];
}

/** What was asked of each layer, and what held it. */
export function layerTable({ layers, requested }: EffectiveSandbox): string[] {
  const asked: Readonly<Record<Layer, string>> = {
    network: requested.network.mode,
    filesystem: requested.filesystem.mode,
    resources: 'limits',
    privilege: requested.privilege.mode,
    syscalls: requested.syscalls.profile,
    environment: 'allowlist',
    runner: layers.runner.status === 'not-requested' ? 'nothing' : 'seal',
  };
  return table(
    ['layer', 'requested', 'status', 'how'],
    LAYERS.map((layer) => [layer, asked[layer], layers[layer].status, layers[layer].mechanism]),
  );
}

/** What the step used, beside what it might have. */
export function usageTable({ usage, requested: { resources } }: EffectiveSandbox): string[] {
  const none = 'no limit';
  const duration = (ms: number | null): string => (ms === null ? none : formatDuration(ms));
  const size = (bytes: number | null): string => (bytes === null ? none : formatSize(bytes));
  const { peakMemoryBytes: memory, peakProcesses: processes } = usage;
  return table(
    ['resource', 'used', 'limit'],
    [
      ['time', formatDuration(usage.wallMs), duration(resources.timeoutMs)],
      ['processor time', formatDuration(usage.cpuMs), duration(resources.cpuTimeMs)],
      ['memory', memory === null ? '-' : formatSize(memory), size(resources.memoryBytes)],
      ['processes', processes === null ? '-' : `${processes}`, `${resources.processes ?? none}`],
      [
        'output',
        `${formatSize(usage.outputBytes)}${usage.truncated ? ', cut off' : ''}`,
        size(resources.outputBytes),
      ],
    ],
  );
}

/** What was reached, as the kernel counted it. */
export function reachedTable({ egress }: EffectiveSandbox): string[] {
  const allowed = egress?.allowed ?? [];
  if (allowed.length === 0) return [];
  const rest = allowed.length - SHOWN + (egress?.allowedNotListed ?? 0);
  return [
    ...table(
      ['destination', 'count'],
      allowed.slice(0, SHOWN).map((one) => [shownDestination(one), `${one.count}`]),
    ),
    ...(rest > 0 ? ['', `…and ${rest} more.`] : []),
  ];
}

function blockedSection(report: EffectiveSandbox): string[] {
  const blocked = report.egress?.blocked ?? [];
  if (blocked.length === 0) return [];
  const rows = blocked.map((one) => [
    shownDestination(one),
    `${one.count}`,
    one.expected ? `${one.reason} (expected)` : one.reason,
    one.allow ?? '-',
  ]);
  const entries = suggestionsOf(report).slice(0, SHOWN);
  const paste = [
    '',
    'To allow them, add to `network.allow`:',
    '',
    '```yaml',
    ...entries.map(
      ({ entry, warning }) => `- ${yamlText(entry)}${warning === null ? '' : ` # ${warning}`}`,
    ),
    '```',
  ];
  return [
    ...section('Blocked', ['destination', 'count', 'why', 'entry'], rows),
    ...(entries.length > 0 ? paste : []),
  ];
}
