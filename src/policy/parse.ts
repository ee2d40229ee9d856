import type { Problem } from '../base/errors.ts';
import { readDocument } from './document.ts';
import { problemOf, type Finding, type Path } from './findings.ts';
import type { ParsedPolicy } from './parsed.ts';
import { checkInput } from './schema-findings.ts';
import type { PolicyLayer } from './types.ts';
import { valuesOf } from './values.ts';

/**
 * Reads one policy file. Never throws: whatever is wrong comes back in `problems`, all at once.
 * `name` is the file as the user named it; `sha256` is of its bytes, in hex.
 */
export function parsePolicy(text: string, meta: Omit<PolicyLayer, 'values'>): ParsedPolicy {
  const document = readDocument(text);
  const checked = document.value === undefined ? null : checkInput(document.value);
  const findings = [...document.findings, ...fresh(checked?.findings ?? [], document.findings)];
  if (findings.length > 0 || !checked?.input) {
    const positionOf = (finding: Finding) =>
      finding.position ?? document.locate(finding.path, finding.onKey);
    const problems = findings.map((finding) => problemOf(finding, meta.name, positionOf(finding)));
    return { layer: null, problems: problems.toSorted(byPlace) };
  }
  const values = valuesOf(checked.input, (path) => ({
    kind: 'file',
    name: meta.name,
    ...document.locate(path),
  }));
  return { layer: { ...meta, values }, problems: [] };
}

/** Leaves out what only follows from an alias that was already reported at the same path. */
function fresh(findings: readonly Finding[], reported: readonly Finding[]): Finding[] {
  const known = new Set(
    reported.filter(({ path, onKey }) => path.length > 0 && !onKey).map(({ path }) => keyOf(path)),
  );
  return known.size === 0 ? [...findings] : findings.filter(({ path }) => !known.has(keyOf(path)));
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function byPlace({ place: a }: Problem, { place: b }: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
