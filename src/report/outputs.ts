import { formatSize } from '../policy/units.ts';
import type { Observations } from '../run/observations.ts';
import { section } from './markdown.ts';
import type { EffectiveSandbox } from './schema.ts';

/** A copy for the report. */
export function outputsOf(seen: Observations | null): EffectiveSandbox['outputs'] {
  const outputs = seen?.outputs ?? null;
  if (outputs === null) return null;
  return {
    ...outputs,
    missing: [...outputs.missing],
    refused: outputs.refused.map((one) => ({ ...one })),
    leftOut: outputs.leftOut.map((one) => ({ ...one })),
  };
}

/** What came out, in one line; null where nothing was to. */
export function outputsInWords({ outputs }: EffectiveSandbox): string | null {
  if (outputs === null) return null;
  if (!outputs.done) return `no outputs: ${outputs.problem ?? 'nobody knows why'}`;
  const { files, bytes } = outputs;
  if (files === 0) return 'no outputs that were not there already';
  return files === 1
    ? `1 output, ${formatSize(bytes)}, is in the workspace`
    : `${files} outputs, ${formatSize(bytes)}, are in the workspace`;
}

/** What cannot come out, what is not there, and what stayed behind. */
export function outputRows({ outputs }: EffectiveSandbox): [what: string, why: string][] {
  if (outputs === null) return [];
  return [
    ...outputs.refused.map(({ path, reason }): [string, string] => [path, reason]),
    ...outputs.missing.map((glob): [string, string] => [glob, 'nothing matches it']),
    ...outputs.leftOut.map(({ path, reason }): [string, string] => [path, `left out: ${reason}`]),
  ];
}

export function outputsSection(report: EffectiveSandbox): string[] {
  const words = outputsInWords(report);
  if (words === null) return [];
  const rows = outputRows(report);
  return section(
    'Outputs',
    ['path', 'why'],
    rows.length === 0 ? [['', words]] : [['', words], ...rows],
  );
}
