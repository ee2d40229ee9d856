import { chmodSync, cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JobReport } from '../../src/report/job-schema.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { createJob, type Job } from '../action/runner/job.ts';
import type { JobOptions, UsesOptions } from '../action/runner/options.ts';
import type { StepResult } from '../action/runner/step.ts';

export * from './addresses.mjs';

export const USES = 'glovebox-ci/glovebox@v1';
const ROOT = resolve(import.meta.dirname, '../..');

if (process.env['GLOVEBOX_LAB'] === undefined) {
  throw new Error('The tests of the action need their laboratory: run `npm run test:action`.');
}

/** What a release of the action is made of. */
const RELEASE = mkdtempSync('/var/tmp/release-');
for (const name of ['action.yml', 'dist']) {
  cpSync(join(ROOT, name), join(RELEASE, name), { recursive: true });
}

/** A job that can use the action; it goes with the test. */
export function newJob(options: JobOptions = {}): Job {
  const job = createJob({ actions: { [USES]: RELEASE }, ...options });
  onTestFinished(() => job.remove());
  // Under a root runner a step is somebody else, who is to get here and write where its policy lets it.
  chmodSync(job.layout.base, 0o755);
  chmodSync(job.layout.workspace, 0o777);
  return job;
}

/** A use of the action, and what it wrote down. */
export interface Used extends StepResult {
  readonly report: JobReport;
}

type Inputs = Readonly<Record<string, string>>;

/** Uses the action in a job of its own, unless one is given. Fails the test where there is no report. */
export async function use(
  inputs: Inputs,
  job: Job = newJob(),
  options: UsesOptions = {},
): Promise<Used> {
  const step = await job.uses(USES, { ...options, with: inputs });
  try {
    const text = readFileSync(step.outputs['report'] ?? '', 'utf8');
    return { ...step, report: JSON.parse(text) as JobReport };
  } catch {
    throw new Error(`there is no report; exit code ${step.exitCode}; log:\n${step.log}`);
  }
}

/** The report of one step that ran. */
export function reportOf({ report: { steps } }: Used, id: string): EffectiveSandbox {
  const report = steps.find((step) => step.id === id)?.report ?? null;
  if (report === null) throw new Error(`the step ${id} has no report`);
  return report;
}

/** What became of each step, by its id. */
export function outcomes({ report: { steps } }: Used): Record<string, string> {
  return Object.fromEntries(
    steps.map(({ id, outcome, conclusion }) => [
      id,
      outcome === conclusion ? outcome : `${outcome}, so ${conclusion}`,
    ]),
  );
}

/** What a step said of itself: the lines of the log that begin with `> `. */
export function said({ log }: StepResult): string[] {
  return log.split('\n').flatMap((line) => (line.startsWith('> ') ? [line.slice(2)] : []));
}
