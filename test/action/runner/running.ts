import { FileCommands } from './file-commands.ts';
import type { Job } from './job.ts';
import type { StepOptions } from './options.ts';
import { launch, type Launched } from './process.ts';
import { CommandProcessor } from './processor.ts';
import { type JobState, type Outcome, StepRecord, type StepResult } from './step.ts';
import { githubVariables, runnerVariables } from './surroundings.ts';

/** Fills the expressions of a text. */
export type Evaluate = (text: string) => string;

/** What a step is, whatever its kind. */
export interface PlanBase {
  readonly name: string;
  readonly options: StepOptions;
  readonly stage?: 'main' | 'post';
}

/** What there is to start. */
export interface StepPlan extends PlanBase {
  readonly stage: 'main' | 'post';
  readonly state: Record<string, string>;
  /** What is this step's own in the `github` context. */
  readonly github: Readonly<Record<string, string>>;
  /** Variables beside those that every step gets. */
  readonly variables: (evaluate: Evaluate) => Readonly<Record<string, string>>;
  /** Inputs that the action does not know. */
  readonly warnings: readonly string[];
  /** Fills what has to be filled; what the function that it gives throws fails the step. */
  readonly prepare: (evaluate: Evaluate) => () => {
    readonly argv: readonly [string, ...string[]];
    readonly cwd: string;
  };
  /** Whether the log says so when it ends with another code than 0. */
  readonly exitIsAnError?: boolean;
}

/** A step that may be running: await it for its result. */
export interface Running extends Promise<StepResult> {
  readonly plan: PlanBase;
  /** 0 when there is no process. */
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** To be called through `job.cancel`. */
  cancel(unless: () => boolean): Promise<void>;
  /** Settles with the first line, as it was written, that has this in it; rejects at the end. */
  printed(pattern: RegExp): Promise<string>;
}

export function startStep(
  job: Job,
  plan: StepPlan,
  stepEnv: Readonly<Record<string, string>>,
  evaluate: Evaluate,
): Running {
  const record = new StepRecord(job.state, plan.state);
  const files = new FileCommands(job.disk, job.layout.temp);
  const context = { ...job.environment, ...stepEnv };
  const env = environmentOf(job, plan, context, files, evaluate);
  const command = plan.prepare(evaluate);
  const processor = new CommandProcessor(record, context);
  const listeners: (() => void)[] = [];
  for (const name of plan.warnings) record.annotate('warning', `Unexpected input '${name}'`);
  let launched: Launched | null = null;
  try {
    const { argv, cwd } = command();
    launched = launch({
      ...{ argv, cwd, env, disk: job.disk, patience: job.patience },
      identity: job.options.runAs ?? null,
      onLine: (line) => {
        processor.take(line);
        for (const listener of listeners) listener();
      },
    });
  } catch (error) {
    record.fail((error as Error).message);
  }
  let cancelled = false;
  const finish = async (): Promise<StepResult> => {
    const end = await launched?.ended;
    const code = end?.code ?? null;
    if (end?.problem) record.fail(end.problem);
    if (plan.exitIsAnError === true && code !== null && code !== 0 && !cancelled) {
      record.annotate('error', `Process completed with exit code ${code}.`);
    }
    files.apply(record);
    const failed = record.failed || code !== 0;
    const outcome: Outcome = cancelled ? 'cancelled' : failed ? 'failure' : 'success';
    return resultOf(plan, record, outcome, code);
  };
  const result = finish();
  return Object.assign(result, {
    plan,
    pid: launched?.pid ?? 0,
    kill: (signal: NodeJS.Signals) => launched?.kill(signal),
    cancel: async (unless: () => boolean) => {
      if (unless()) return;
      cancelled = true;
      await launched?.cancel();
    },
    printed: async (pattern: RegExp) =>
      await new Promise<string>((resolve, reject) => {
        const look = (): void => {
          const line = record.lines.find(({ text }) => pattern.test(text));
          if (line !== undefined) resolve(line.text);
        };
        listeners.push(look);
        look();
        void result.then(({ log }) => reject(new Error(`${String(pattern)} never came:\n${log}`)));
      }),
  });
}

/** In the runner's order: what comes later cannot be overridden by what comes before. */
function environmentOf(
  job: Job,
  plan: StepPlan,
  context: Readonly<Record<string, string>>,
  files: FileCommands,
  evaluate: Evaluate,
): Record<string, string> {
  const [markName = '', markValue = ''] = job.mark.split('=');
  const machine = {
    PATH: job.machinePath,
    HOME: job.layout.home,
    LANG: 'C.UTF-8',
    [markName]: markValue,
  };
  const state = Object.entries(plan.state).map(([name, value]) => [`STATE_${name}`, value]);
  const env: Record<string, string> = {
    ...{ ...machine, CI: 'true', ...context },
    ...(Object.fromEntries(state) as Record<string, string>),
    ...plan.variables(evaluate),
    ...githubVariables({ ...job.github, ...plan.github }),
    ...files.variables(),
    ...runnerVariables(job.runner),
    ...job.services.forAll,
    GITHUB_ACTIONS: 'true',
  };
  const { paths } = job.state;
  if (paths.length > 0) env['PATH'] = [...paths.toReversed(), env['PATH']].join(':');
  return env;
}

/** A step whose `if` does not hold. */
export function skipped(plan: PlanBase): Running {
  return at(plan, resultOf(plan, null, 'skipped', null));
}

/** A step that the runner carries out itself. */
export function withoutProcess(plan: PlanBase, job: JobState, act: () => void): Running {
  const record = new StepRecord(job);
  try {
    act();
  } catch (error) {
    record.fail((error as Error).message);
  }
  return at(plan, resultOf(plan, record, record.failed ? 'failure' : 'success', null));
}

function at(plan: PlanBase, result: StepResult): Running {
  return Object.assign(Promise.resolve(result), {
    plan,
    pid: 0,
    kill: () => undefined,
    cancel: async () => await Promise.resolve(),
    printed: async () => await Promise.reject(new Error(`'${plan.name}' prints nothing`)),
  });
}

function resultOf(
  { name, options, stage = 'main' }: PlanBase,
  record: StepRecord | null,
  outcome: Outcome,
  exitCode: number | null,
): StepResult {
  const forgiven = outcome === 'failure' && options.continueOnError === true;
  return {
    ...{ name, stage, outcome, exitCode },
    conclusion: forgiven ? 'success' : outcome,
    log: record?.log.join('\n') ?? '',
    lines: record?.lines ?? [],
    annotations: record?.annotations ?? [],
    outputs: record?.outputs ?? {},
    environment: record?.environment ?? {},
    paths: record?.paths ?? [],
    summary: record?.summary ?? '',
    state: { ...record?.state },
    commandsObeyed: record?.commandsObeyed ?? [],
    commands: record?.commands ?? [],
  };
}
