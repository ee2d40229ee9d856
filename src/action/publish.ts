import { randomBytes } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';
import {
  addPath,
  error,
  exportVariable,
  getInput,
  setOutput,
  summary,
  warning,
} from '@actions/core';
import { GloveboxError } from '../base/errors.ts';
import { openOutlet, type Outlet } from '../console/outlets.ts';
import { within } from '../plan/mounts.ts';
import {
  blockedIn,
  downgradesIn,
  jobReportOf,
  type StepResult,
  suggestedPolicy,
} from '../report/job.ts';
import { jobSummary } from '../report/job-summary.ts';
import type { JobReport } from '../report/job-schema.ts';
import { EXIT } from '../report/outcome.ts';
import { VERSION } from '../version.ts';
import type { ActionInputs } from './inputs.ts';
import type { Job } from './job.ts';

/** The action's own outputs: a step's of the same name, in whatever case, is in `steps` only. */
const OWN_OUTPUTS = [
  ...['report', 'enforced', 'downgrades', 'blocked', 'outcome', 'exit-code', 'steps'],
  ...['suggested-policy'],
];

export interface ReportFile {
  readonly path: string;
  readonly outlet: Outlet;
}

/** Opened before any step runs, so that none can choose what it leads to. */
export function openReport({ reportFile }: ActionInputs, job: Job): ReportFile {
  const name = `glovebox-report-${randomBytes(6).toString('hex')}.json`;
  const path = reportFile === null ? join(job.temp, name) : resolve(job.workspace, reportFile);
  if (reportFile !== null && !isAbsolute(reportFile) && !within(path, job.workspace)) {
    throw new GloveboxError(
      'input-invalid',
      `report-file ${reportFile} leads out of the workspace`,
      {
        remedy: 'name a file in the workspace, or an absolute path on the machine',
      },
    );
  }
  return { path, outlet: openOutlet(path, 'fresh', job.workspace) };
}

/** Tells the workflow what happened: outputs, what steps hand on, the report and the summary. */
export async function publish(
  results: readonly StepResult[],
  { inputs, file }: { readonly inputs: ActionInputs; readonly file: ReportFile },
): Promise<JobReport> {
  const report = jobReportOf(results, VERSION);
  file.outlet.write(`${JSON.stringify(report, null, 2)}\n`);
  handOnToJob(results);
  setOutputs(results, report, file.path);
  annotate(results);
  await summarise(results, inputs.summary, report);
  return report;
}

/** What a workflow finds where Glovebox refused: as after no steps at all, but for the failure. */
export async function publishRefusal(markdown: string | null): Promise<void> {
  const report = { outcome: 'failure', exitCode: EXIT.refused, enforced: false } as const;
  setOutputs([], report, '');
  if (markdown !== null && getInput('summary') !== 'never') await writeSummary(markdown);
}

function setOutputs(
  results: readonly StepResult[],
  report: Pick<JobReport, 'outcome' | 'exitCode' | 'enforced'>,
  path: string,
): void {
  setOutput('report', path);
  setOutput('enforced', report.enforced);
  setOutput('downgrades', downgradesIn(results));
  setOutput('blocked', blockedIn(results));
  setOutput('outcome', report.outcome);
  setOutput('exit-code', report.exitCode);
  setOutput('steps', stepsOutput(results));
  setOutput('suggested-policy', suggestedPolicy(results));
}

/** The policy named each of them; nothing else of a step gets here. */
function handOnToJob(results: readonly StepResult[]): void {
  for (const { outputs, env, path } of results) {
    for (const [name, value] of Object.entries(outputs))
      if (!OWN_OUTPUTS.includes(name.toLowerCase())) setOutput(name, value);
    for (const [name, value] of Object.entries(env)) exportVariable(name, value);
    for (const entry of path) addPath(entry);
  }
}

function stepsOutput(results: readonly StepResult[]): object {
  return Object.fromEntries(
    results.map(({ id, outcome, conclusion, outputs, report }) => [
      id,
      { outcome, conclusion, 'exit-code': report?.outcome.exitCode ?? null, outputs },
    ]),
  );
}

function annotate(results: readonly StepResult[]): void {
  for (const { name, conclusion, report, error: failure } of results) {
    const title = `Glovebox: ${name}`;
    const tell = conclusion === 'success' ? warning : error;
    if (failure !== null)
      tell(`${failure.message}. ${failure.details.remedy ?? ''}`.trim(), { title });
    if (report === null) continue;
    const { outcome, downgrades } = report;
    if (outcome.exitCode !== 0)
      tell(`${outcome.kind}: ${outcome.cause ?? `exit code ${outcome.exitCode}`}`, { title });
    for (const { layer, reason, remedy } of downgrades)
      tell(`${layer}: ${reason}. ${remedy}`, { title });
  }
}

async function summarise(
  results: readonly StepResult[],
  when: ActionInputs['summary'],
  report: JobReport,
): Promise<void> {
  const fine = report.outcome === 'success' && report.enforced && blockedIn(results).length === 0;
  if (when === 'never' || (when === 'on-problem' && fine)) return;
  await writeSummary(jobSummary(results));
}

async function writeSummary(markdown: string): Promise<void> {
  if ((process.env['GITHUB_STEP_SUMMARY'] ?? '') === '') return;
  await summary.addRaw(markdown, true).write();
}
