import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { scalar } from './action-file.ts';
import type { Job } from './job.ts';
import type { StepOptions } from './options.ts';
import type { CheckoutOptions } from './repository.ts';
import type { Running } from './running.ts';
import type { StepResult } from './step.ts';

type Written = Readonly<Record<string, unknown>>;

/** The steps of one job of a workflow file. */
export interface Workflow {
  /** `env:` of the workflow and of the job, to be given to createJob. */
  readonly env: Readonly<Record<string, string>>;
  readonly defaultShell: string | undefined;
  /** Runs all steps in order, without the post steps: those come with `job.end()`. */
  readonly run: (job: Job) => Promise<StepResult[]>;
}

const STEP_KEYS = new Set([
  ...['name', 'id', 'if', 'uses', 'with', 'env', 'run', 'shell', 'working-directory'],
  'continue-on-error',
]);

/**
 * Reads an example workflow. `actions/checkout` is the built-in one.
 *
 * @param jobId needed when the file has several jobs
 * @throws for what is not known here
 */
export function loadWorkflow(path: string, jobId?: string): Workflow {
  const document = parse(readFileSync(path, 'utf8')) as Written;
  const jobs = document['jobs'] as Record<string, Written>;
  const id = jobId ?? (Object.keys(jobs).length === 1 ? Object.keys(jobs)[0] : undefined);
  const written = id === undefined ? undefined : jobs[id];
  if (written === undefined) {
    throw new Error(`${path}: name one of its jobs: ${Object.keys(jobs).join(', ')}`);
  }
  const defaults = (written['defaults'] ?? document['defaults']) as
    | { run?: { shell?: string } }
    | undefined;
  const steps = written['steps'] as Written[];
  for (const step of steps) refuseUnknown(path, step);
  return {
    env: { ...texts(document['env']), ...texts(written['env']) },
    defaultShell: defaults?.run?.shell,
    run: async (job) => {
      const results: StepResult[] = [];
      for (const step of steps) results.push(await runStep(job, step));
      return results;
    },
  };
}

function refuseUnknown(path: string, step: Written): void {
  const unknown = Object.keys(step).find((key) => !STEP_KEYS.has(key));
  if (unknown !== undefined) throw new Error(`${path}: a step's '${unknown}' is not known here`);
  if ((step['uses'] === undefined) === (step['run'] === undefined)) {
    throw new Error(`${path}: a step needs one of uses and run`);
  }
}

function runStep(job: Job, step: Written): Running {
  const options = stepOptions(step);
  if (step['run'] !== undefined) {
    return job.run(scalar(step['run']), {
      ...options,
      ...(step['shell'] !== undefined && { shell: scalar(step['shell']) }),
      ...(step['working-directory'] !== undefined && {
        workingDirectory: scalar(step['working-directory']),
      }),
    });
  }
  const uses = scalar(step['uses']);
  const given = texts(step['with']);
  if (uses.startsWith('actions/checkout@')) {
    return job.checkout({ ...options, ...checkoutOptions(uses, given) });
  }
  return job.uses(uses, { ...options, with: given });
}

function stepOptions(step: Written): StepOptions {
  return {
    env: texts(step['env']),
    ...(step['id'] !== undefined && { id: scalar(step['id']) }),
    ...(step['if'] !== undefined && { if: scalar(step['if']) }),
    ...(step['continue-on-error'] !== undefined && {
      continueOnError: scalar(step['continue-on-error']) === 'true',
    }),
  };
}

/** A ref that is not `v` and a number, a commit's hash say, counts as the latest. */
function checkoutOptions(uses: string, given: Readonly<Record<string, string>>): CheckoutOptions {
  const known = new Set(['persist-credentials', 'fetch-depth']);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw new Error(`${uses}: the input '${unknown}' is not known here`);
  const major = Number(/@v(\d+)/.exec(uses)?.[1] ?? Infinity);
  return {
    credentials: major < 6 ? 'extraheader' : 'include-if',
    persistCredentials: given['persist-credentials'] !== 'false',
    fetchDepth: Number(given['fetch-depth'] ?? 1),
  };
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as Written).map(([name, text]) => [name, scalar(text)]),
  );
}
