import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GloveboxError, messageOf } from '../base/errors.ts';
import { styleInLog } from '../console/style.ts';
import { verdict } from '../console/verdict.ts';
import { within } from '../plan/mounts.ts';
import { FLOOR_VARIABLE } from '../probe/floors.ts';
import { probeOnce } from '../probe/host.ts';
import type { Interrupts } from '../run/interrupts.ts';
import { session, type SessionResult } from '../session.ts';
import { annotationCommand } from '../workflow/annotations.ts';
import type { DeclaredStep } from '../workflow/steps.ts';
import { handOn, NOTHING_HANDED_ON } from './hand-on.ts';
import type { ActionInputs } from './inputs.ts';
import type { Job } from './job.ts';
import type { PolicySources } from './policy-sources.ts';
import { announce, say, showLogs } from './log.ts';
import { openStepOutput } from './step-output.ts';
import type { StepOutcome, StepResult } from '../report/job.ts';

export interface StepsRequest {
  readonly inputs: ActionInputs;
  readonly job: Job;
  readonly sources: PolicySources;
  /** Holds everything of this action's run. */
  readonly runDirectory: string;
  readonly interrupts: Interrupts;
}

/** What one step needs besides: what the machine can do is found out once for all of them. */
interface StepRequest extends StepsRequest {
  readonly probe: ReturnType<typeof probeOnce>;
}

/** Runs the declared steps one after another, each sealed on its own. */
export async function runSteps(request: StepsRequest): Promise<StepResult[]> {
  const results: StepResult[] = [];
  const below: string[] = [];
  const probe = probeOnce();
  for (const [index, step] of request.inputs.steps.entries()) {
    const failed = results.some(({ conclusion }) => conclusion === 'failure');
    if (request.interrupts.first() !== null || !isDue(step, failed)) {
      results.push(notRun(step, request.interrupts.first() === null ? 'skipped' : 'cancelled'));
      continue;
    }
    const own = join(request.runDirectory, 'layers', `${index}`);
    const result = await runStep(step, { ...request, probe }, { below: [...below], own });
    results.push(result);
    // One that was refused, or that has no layer of its own, left none.
    const layer = join(own, 'upper');
    if (keepsChanges(step, result) && existsSync(layer)) below.unshift(layer);
  }
  return results;
}

function isDue({ condition }: DeclaredStep, failed: boolean): boolean {
  switch (condition) {
    case 'always()':
      return true;
    case 'failure()':
      return failed;
    case 'success()':
      return !failed;
  }
}

/** What a failed step did to the workspace is not what later ones should build on, unless it says so. */
function keepsChanges({ keepChanges }: DeclaredStep, { outcome }: StepResult): boolean {
  return outcome === 'success' || (outcome === 'failure' && keepChanges);
}

function notRun({ id, name }: DeclaredStep, outcome: 'skipped' | 'cancelled'): StepResult {
  return {
    id,
    name,
    outcome,
    conclusion: outcome,
    report: null,
    error: null,
    ...NOTHING_HANDED_ON,
  };
}

async function runStep(
  step: DeclaredStep,
  request: StepRequest,
  stack: { readonly below: readonly string[]; readonly own: string },
): Promise<StepResult> {
  const { job, interrupts } = request;
  const { id, name } = step;
  announce(name, step.script, step.shell.command);
  const output = openStepOutput(process.stdout, job.workspace);
  const io = { stdin: null, stdout: output.sink, stderr: output.sink };
  const ran = await startSession(step, request, stack, io).then(
    (result) => ({ result, error: null }),
    (error: unknown) => ({ result: null, error: asError(error) }),
  );
  await output.close();
  if (ran.result === null) {
    const error = ran.error;
    return { id, name, ...outcomeOf(step, 'failure'), report: null, error, ...NOTHING_HANDED_ON };
  }
  const { report, seen } = ran.result;
  showLogs(seen?.logs ?? null);
  say(verdict(report, styleInLog()));
  const handed = handOn(step, ran.result, output.annotations, job);
  for (const one of handed.annotations) process.stdout.write(`${annotationCommand(one, name)}\n`);
  const outcome =
    interrupts.first() !== null
      ? 'cancelled'
      : report.outcome.exitCode === 0
        ? 'success'
        : 'failure';
  return { id, name, ...outcomeOf(step, outcome), report, error: null, ...handed };
}

function outcomeOf(
  step: DeclaredStep,
  outcome: StepOutcome,
): Pick<StepResult, 'outcome' | 'conclusion'> {
  const forgiven = outcome === 'failure' && step.continueOnError;
  return { outcome, conclusion: forgiven ? 'success' : outcome };
}

async function startSession(
  step: DeclaredStep,
  { inputs, job, sources, runDirectory, interrupts, probe }: StepRequest,
  stack: { readonly below: readonly string[]; readonly own: string },
  io: Parameters<typeof session>[1],
): Promise<SessionResult> {
  const { script, shell } = step;
  return await session(
    {
      ...{ policyFiles: [], flags: {}, override: step.policy, stack },
      ...{ policyTexts: sources.texts, floors: sources.floors, notes: sources.notes },
      readProfile: sources.readProfile,
      steering: sources.files,
      command: shell.command,
      directory: directoryOf(step, inputs, job),
      environment: withoutFloor(job.environment),
      workflow: { script: { extension: shell.extension, content: shell.prepare(script) } },
      scratchBase: runDirectory,
      probe,
    },
    io,
    interrupts,
  );
}

/** The floor that it names is among the sources already, read from where it is to be trusted. */
function withoutFloor(environment: Job['environment']): Record<string, string> {
  const { [FLOOR_VARIABLE]: _, ...rest } = environment;
  return rest;
}

function directoryOf(step: DeclaredStep, inputs: ActionInputs, { workspace }: Job): string {
  const directory = resolve(
    workspace,
    inputs.workingDirectory ?? '.',
    step.workingDirectory ?? '.',
  );
  // Of two names for one place the real one counts: the tree could have a symlink there.
  const real = existsSync(directory) ? realpathSync(directory) : directory;
  if (within(directory, workspace) && within(real, workspace)) return directory;
  throw new GloveboxError(
    'input-invalid',
    `the working directory ${directory} is outside the workspace`,
    {
      remedy: 'name one below the workspace',
    },
  );
}

function asError(error: unknown): GloveboxError {
  return error instanceof GloveboxError
    ? error
    : new GloveboxError('setup-failed', `this is a bug in Glovebox: ${messageOf(error)}`, {
        cause: error,
      });
}
