import type { GloveboxError } from '../base/errors.ts';
import type { Annotation } from '../workflow/annotations.ts';
import { type Suggestion, suggestionsOf } from './build.ts';
import type { JobReport, StepReport } from './job-schema.ts';
import { networkLines } from './learned.ts';
import { learnedEntries, type LearnedEntry } from './learned-entries.ts';
import { EXIT } from './outcome.ts';
import type { EffectiveSandbox } from './schema.ts';
import { isSealed } from './summary.ts';
import { yamlText } from './yaml.ts';

export type StepOutcome = StepReport['outcome'];

/** What of a step goes on to the rest of the job, and what was kept back. */
export interface HandedOn {
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  /** Markdown of the step's own, made safe; null where there is none. */
  readonly summary: string | null;
  /** Those that the policy lets through. */
  readonly annotations: readonly Annotation[];
  /** Told by name, and what was wrong with the files. */
  readonly told: StepReport['handedOn'];
}

/** What became of one declared step. */
export interface StepResult extends HandedOn {
  readonly id: string;
  readonly name: string;
  readonly outcome: StepOutcome;
  /** As `outcome`, but `success` for a failure that `continue-on-error` forgives. */
  readonly conclusion: StepOutcome;
  /** null: it was not run, or not even planned. */
  readonly report: EffectiveSandbox | null;
  readonly error: GloveboxError | null;
}

/** All steps of one use of the action together. */
export function jobReportOf(results: readonly StepResult[], version: string): JobReport {
  const decisive = decisiveOf(results);
  return {
    version: 1,
    glovebox: version,
    outcome: decisive === null ? 'success' : decisive.outcome,
    exitCode: decisive === null ? 0 : exitCodeOf(decisive),
    enforced: enforcedIn(results),
    steps: results.map(({ id, name, outcome, conclusion, report, error, told }) => ({
      ...{ id, name, outcome, conclusion, report },
      error:
        error === null
          ? null
          : { code: error.code, message: error.message, remedy: error.details.remedy ?? null },
      handedOn: told,
    })),
  };
}

/** The first step that makes the whole fail; null where none does. */
function decisiveOf(results: readonly StepResult[]): StepResult | null {
  return (
    results.find(({ conclusion }) => conclusion === 'failure' || conclusion === 'cancelled') ?? null
  );
}

function exitCodeOf({ report }: StepResult): number {
  return report === null || report.outcome.exitCode === 0 ? EXIT.refused : report.outcome.exitCode;
}

/** True only when every layer that was asked for was in force in every step, and each was run or rightly skipped. */
function enforcedIn(results: readonly StepResult[]): boolean {
  const due = results.filter(({ outcome }) => outcome !== 'skipped');
  return due.length > 0 && due.every(({ report }) => report !== null && isSealed(report));
}

export interface ToldDowngrade {
  readonly step: string;
  readonly layer: string;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

export function downgradesIn(results: readonly StepResult[]): ToldDowngrade[] {
  return results.flatMap(({ id, report }) =>
    (report?.downgrades ?? []).map((downgrade) => ({ step: id, ...downgrade })),
  );
}

/** What was blocked, step by step; an attempt that was expected is marked. */
export function blockedIn(results: readonly StepResult[]): object[] {
  return results.flatMap(({ id, report }) =>
    (report?.egress?.blocked ?? []).map((blocked) => ({ step: id, ...blocked })),
  );
}

/**
 * The lines to put into the policy, so that nothing would have been blocked: what steps in mode `audit`
 * reached, and what the others could not. Empty where there is nothing to add.
 */
export function suggestedPolicy(results: readonly StepResult[]): string {
  const reports = results.flatMap(({ report }) => (report === null ? [] : [report]));
  const audits = reports.flatMap(({ requested, egress }) =>
    requested.network.mode === 'audit' && egress !== null ? [egress] : [],
  );
  const learned = learnedEntries(audits.flatMap(({ allowed }) => allowed));
  const entries = [...learned.entries, ...reports.flatMap(suggestionsOf).map(asEntry)];
  const unique = [...new Map(entries.map((one) => [one.entry, one])).values()];
  // That nothing has to be allowed is known only where everything was let through.
  if (unique.length === 0 && (audits.length === 0 || audits.length < reports.length)) return '';
  return [...networkLines({ ...learned, entries: unique }), ''].join('\n');
}

function asEntry({ entry, warning }: Suggestion): LearnedEntry {
  return { entry: yamlText(entry), comment: warning ?? '' };
}
