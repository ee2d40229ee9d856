import { harmless } from '../base/text.ts';
import { LAYERS } from '../plan/types.ts';
import { formatDuration, formatSize } from '../policy/units.ts';
import { suggestionsOf } from '../report/build.ts';
import { shownDestination } from '../report/destinations.ts';
import { outputRows, outputsInWords } from '../report/outputs.ts';
import type { EffectiveSandbox } from '../report/schema.ts';
import { yamlText } from '../report/yaml.ts';
import { columns, type Style } from './style.ts';

/** Longer lists are in the report. */
const SHOWN = 10;

/** A few lines that end a run: how it went, how tight the seal was, and what to do. */
export function verdict(report: EffectiveSandbox, style: Style): string {
  const lines = [
    headline(report, style),
    ...downgradeLines(report, style),
    ...(report.requested.network.onBlocked === 'ignore' ? [] : blockedLines(report, style)),
    ...(report.requested.network.onBlocked === 'ignore' ? [] : suggestionLines(report, style)),
    ...outputLines(report, style),
    ...report.notes.map(({ text }) => `  ${style.dim('note')} ${harmless(text)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ outcome, usage, enforced, layers }: EffectiveSandbox, style: Style): string {
  const paint = outcome.exitCode === 0 ? style.good : style.bad;
  const word = outcome.cause === null ? 'ok' : `${outcome.kind}: ${harmless(outcome.cause)}`;
  const started = outcome.stepExitCode !== null || usage.wallMs > 0;
  const ran = started && outcome.kind !== 'refused' && outcome.kind !== 'failed-to-start';
  if (!ran) return `${paint('glovebox:')} ${word}`;
  const open = LAYERS.filter(
    (layer) => !enforced[layer] && layers[layer].status !== 'not-requested',
  );
  const seal =
    open.length === 0
      ? `sealed (${LAYERS.filter((layer) => enforced[layer]).join(', ')})`
      : style.warn(`NOT sealed: ${open.join(', ')}`);
  const peak = usage.peakMemoryBytes === null ? '' : `, peak ${formatSize(usage.peakMemoryBytes)}`;
  return `${paint('glovebox:')} ${word} · ${formatDuration(usage.wallMs)}${peak} · ${seal}`;
}

function downgradeLines({ downgrades, outcome }: EffectiveSandbox, style: Style): string[] {
  const lines = downgrades.flatMap(({ layer, reason, remedy }) => [
    `  ${style.warn(layer)} ${harmless(reason)}`,
    `    ${style.dim('→')} ${harmless(remedy)}`,
  ]);
  if (outcome.kind !== 'refused') return lines;
  return [...lines, '  Nothing was run. `on-unavailable: degrade` would run it with what is left.'];
}

function blockedLines({ egress }: EffectiveSandbox, style: Style): string[] {
  if (egress === null) return [];
  const { blocked, blockedNotListed } = egress;
  // What nobody expected comes first.
  const shown = blocked.toSorted((a, b) => Number(a.expected) - Number(b.expected)).slice(0, SHOWN);
  const lines = columns(
    shown.map((one) => [
      one.expected ? 'expected' : 'blocked',
      harmless(shownDestination(one)),
      `${one.count}×`,
      harmless(one.reason),
    ]),
  );
  const painted = lines.map((line, index) =>
    shown[index]?.expected === true ? style.dim(line) : line.replace('blocked', style.bad),
  );
  const rest = blocked.length - shown.length + blockedNotListed;
  return [...painted, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

function outputLines(report: EffectiveSandbox, style: Style): string[] {
  const words = outputsInWords(report);
  if (words === null || report.outputs === null) return [];
  const rows = outputRows(report);
  const { done, refusedNotListed, leftOutNotListed } = report.outputs;
  const rest = Math.max(0, rows.length - SHOWN) + refusedNotListed + leftOutNotListed;
  return [
    `  ${done ? style.good('outputs') : style.bad('outputs')} ${harmless(words)}`,
    ...rows.slice(0, SHOWN).map(([what, why]) => `    ${harmless(what)}  ${harmless(why)}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

/** What `--locked` tells: entries that could go. */
export function unusedLines({ egress }: EffectiveSandbox, style: Style): string {
  const lines = (egress?.unused ?? []).map(
    (entry) => `  ${style.warn('unused')} ${harmless(entry)}\n`,
  );
  return lines.join('');
}

function suggestionLines(report: EffectiveSandbox, style: Style): string[] {
  const entries = suggestionsOf(report);
  if (entries.length === 0) return [];
  const { mode } = report.requested.network;
  return [
    `  ${style.dim('to allow it, put into the policy:')}`,
    '    network:',
    ...(mode === 'deny' ? ['      mode: allowlist'] : []),
    '      allow:',
    ...entries.slice(0, SHOWN).map(({ entry, warning }) => {
      const comment = warning === null ? '' : `  # ${warning}`;
      return `        - ${yamlText(entry)}${comment}`;
    }),
  ];
}
