import type { CommandFile } from '../plan/types.ts';
import { COMMAND_FILES } from '../plan/workflow.ts';
import type { Policy } from '../policy/types.ts';
import type { HandedOn } from '../report/job.ts';
import type { CommandFiles } from '../run/observations.ts';
import type { SessionResult } from '../session.ts';
import type { AnnotationCollector } from '../workflow/annotations.ts';
import { type Entry, parseEntries, parsePaths } from '../workflow/command-files.ts';
import { type Promotion, promote } from '../workflow/promotion.ts';
import { stepSummary } from '../workflow/step-summary.ts';
import type { DeclaredStep } from '../workflow/steps.ts';
import type { Job } from './job.ts';

export const NOTHING_HANDED_ON: HandedOn = {
  outputs: {},
  env: {},
  path: [],
  summary: null,
  annotations: [],
  told: {
    ...{ outputs: [], env: [], path: [], leftBehind: [], leftBehindNotListed: 0, problems: [] },
    ...{ annotations: 0, annotationsNotShown: 0 },
  },
};

/** What of a step goes on to the job: what the policy names, from files that are whole. */
export function handOn(
  { name }: DeclaredStep,
  { seen, policy: { runner } }: SessionResult,
  annotations: AnnotationCollector,
  { workspace }: Job,
): HandedOn {
  const files = seen?.commandFiles ?? null;
  if (files === null) return NOTHING_HANDED_ON;
  const promoted = promotionOf(files, runner, workspace);
  const shown = runner.annotations.value ? annotations.kept() : [];
  const dropped = Object.values(annotations.dropped()).reduce((sum, count) => sum + count, 0);
  return {
    outputs: asRecord(promoted.outputs),
    env: asRecord(promoted.env),
    path: promoted.path,
    summary: runner.summary.value ? stepSummary(files.summary.bytes, name) : null,
    annotations: shown,
    told: {
      outputs: promoted.outputs.map((entry) => entry.name),
      env: promoted.env.map((entry) => entry.name),
      path: [...promoted.path],
      leftBehind: promoted.leftBehind.map((one) => ({ ...one })),
      leftBehindNotListed: promoted.leftBehindCount - promoted.leftBehind.length,
      problems: [...unreadable(files), ...promoted.problems.map(problemText)],
      annotations: shown.length,
      annotationsNotShown: annotations.kept().length - shown.length + dropped,
    },
  };
}

function promotionOf(files: CommandFiles, runner: Policy['runner'], workspace: string): Promotion {
  const names = (list: Policy['runner']['outputs']): string[] => list.map(({ value }) => value);
  return promote(
    {
      outputs: parseEntries(files.output.bytes),
      env: parseEntries(files.env.bytes),
      path: parsePaths(files.path.bytes),
    },
    {
      outputs: names(runner.outputs),
      env: names(runner.env),
      path: names(runner.path),
      workspace,
    },
  );
}

/** A file that the step replaced by something else was not read, so it hands on nothing. */
function unreadable(files: CommandFiles): string[] {
  return (Object.keys(COMMAND_FILES) as CommandFile[]).flatMap((kind) => {
    const { problem } = files[kind];
    return problem === null ? [] : [`${COMMAND_FILES[kind]} hands on nothing: ${problem}`];
  });
}

function problemText({ kind, line, message }: Promotion['problems'][number]): string {
  return `${COMMAND_FILES[kind]} hands on nothing: line ${line}: ${message}`;
}

/** A step may name an output `__proto__`. */
function asRecord(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}
