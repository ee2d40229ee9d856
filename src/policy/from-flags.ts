import { problemOf } from './findings.ts';
import { flagDocument, type PolicyFlags } from './flags.ts';
import type { ParsedPolicy } from './parsed.ts';
import { checkInput } from './schema-findings.ts';
import { valuesOf } from './values.ts';

/** Reads the options that stand for policy values, with the checks of a file. Each source is the option. */
export function policyFromFlags(flags: PolicyFlags): ParsedPolicy {
  const document = flagDocument(flags);
  const { input, findings } = checkInput(document.value);
  const all = [...document.findings, ...findings];
  if (all.length > 0 || !input) {
    return {
      layer: null,
      problems: all.map((finding) => problemOf(finding, document.flagOf(finding.path))),
    };
  }
  const values = valuesOf(input, (path) => ({ kind: 'flag', name: document.flagOf(path) }));
  return { layer: { name: 'command line', sha256: null, values }, problems: [] };
}
