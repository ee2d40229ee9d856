import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Disk } from './disk.ts';
import {
  type Contexts,
  fillTemplate,
  isMet,
  type JobStatus,
  type StepContext,
} from './expressions.ts';
import { installAction, type Layout, makeLayout } from './layout.ts';
import { Masks } from './masks.ts';
import { Matchers } from './matchers.ts';
import { type ActionUse, actionPlan, hasPost, scriptPlan } from './plans.ts';
import { killMarked, type Patience, RUNNERS_PATIENCE } from './process.ts';
import type { JobOptions, RunOptions, StepOptions, UsesOptions } from './options.ts';
import {
  type CheckoutOptions,
  checkOut,
  type Git,
  gitFor,
  makeOrigin,
  writeFiles,
} from './repository.ts';
import { type Running, type StepPlan, skipped, startStep, withoutProcess } from './running.ts';
import type { JobState, StepResult } from './step.ts';
import { githubContext, makeServices, runnerContext, type Services } from './surroundings.ts';

/** Makes the tree of a job below the directory for temporary files. */
export function createJob(options: JobOptions = {}): Job {
  return new Job(options);
}

/**
 * One job on one runner: steps one after the other, each with what those before it left. `${{ }}` is
 * filled in `with`, `env` and scripts. Left out are composite and Docker actions, containers, `pre`,
 * time limits, matchers of several patterns, and what the runner itself says at the head of a log.
 */
export class Job {
  status: JobStatus = 'success';
  readonly layout: Layout;
  readonly results: StepResult[] = [];
  readonly token: string;
  readonly github: Record<string, unknown>;
  readonly steps: Record<string, StepContext> = {};
  readonly state: JobState;
  readonly disk: Disk;
  readonly options: JobOptions;
  readonly runner: Readonly<Record<string, string>>;
  readonly services: Services;
  /** In the environment of everything that a step starts. */
  readonly mark = `RUNNER_TRACKING_ID=github_${randomUUID()}`;
  readonly patience: Patience;
  readonly repository: string;
  private readonly git: Git;
  private readonly posts: (() => Running)[] = [];
  private current: Running | null = null;

  constructor(options: JobOptions) {
    const { repository = 'example/widget', runAs = null, stepDebug = false } = options;
    this.options = options;
    this.repository = repository;
    this.token = options.token ?? `ghs_${randomUUID().replaceAll('-', '')}`;
    this.patience = { ...RUNNERS_PATIENCE, ...options.patience };
    this.disk = new Disk(runAs);
    this.git = gitFor(runAs);
    this.layout = makeLayout(this.disk, repository, runAs?.home);
    const { layout } = this;
    const masks = new Masks();
    for (const secret of [this.token, ...Object.values(options.secrets ?? {})]) masks.add(secret);
    this.state = {
      workspace: layout.workspace,
      masks,
      matchers: new Matchers(layout.workspace),
      environment: new Map(Object.entries(options.env ?? {})),
      paths: [],
      stepDebug,
    };
    this.services = makeServices(masks);
    this.runner = runnerContext(layout, stepDebug);
    const sha =
      options.commits === undefined
        ? '0123456789abcdef0123456789abcdef01234567'
        : makeOrigin(this.disk, layout, options.commits);
    this.github = githubContext(layout, { repository, sha, token: this.token, trigger: options });
    this.disk.write(layout.event, JSON.stringify(this.github['event'], null, 2));
    writeFiles(this.disk, layout.workspace, options.files ?? {});
    for (const [uses, source] of Object.entries(options.actions ?? {})) {
      installAction(this.disk, layout, uses, resolve(source));
    }
  }

  /** What later steps get from `env:` of the job and from the steps so far. */
  get environment(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.state.environment);
  }

  /** The summaries of all steps so far. */
  get summary(): string {
    return this.results.map(({ summary }) => summary).join('');
  }

  /** A step that runs a JavaScript action. Its post step is due from now on, whatever becomes of it. */
  uses(uses: string, options: UsesOptions = {}): Running {
    const use: ActionUse = { uses, options, state: {} };
    const main = actionPlan(this, use, 'main');
    if (hasPost(this, use) && this.isMet(main)) this.posts.push(() => this.post(use));
    return this.begin(main);
  }

  /** A `run:` step. */
  run(script: string, options: RunOptions = {}): Running {
    return this.begin(scriptPlan(this, script, options));
  }

  /** actions/checkout, built in. Only its effect on the workspace is imitated. */
  checkout(options: CheckoutOptions & StepOptions = {}): Running {
    const name = options.id ?? 'actions/checkout';
    const plan = { name, options };
    if (!this.isMet(plan)) return this.remember(skipped(plan));
    const { layout, git, disk, token, repository } = this;
    const ref = String(this.github['ref']);
    return this.remember(
      withoutProcess(plan, this.state, () => {
        const done = checkOut(git, disk, layout, { repository, ref, token }, options);
        this.state.masks.add(done.credential);
        const post = { name, options: {}, stage: 'post' as const };
        this.posts.push(() => this.remember(withoutProcess(post, this.state, () => done.forget())));
      }),
    );
  }

  /** Cancels the job while this step runs, unless the step's `if` still holds then. */
  async cancel(step: Running): Promise<void> {
    this.status = 'cancelled';
    await step.cancel(() => this.isMet(step.plan));
  }

  /** Post steps, last in, first out; then what the job left running is killed. */
  async end(): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (let post = this.posts.pop(); post !== undefined; post = this.posts.pop()) {
      results.push(await post());
    }
    killMarked(this.mark);
    return results;
  }

  /** Takes the job's tree away, and its processes if it was not ended. */
  remove(): void {
    killMarked(this.mark);
    rmSync(this.layout.base, { recursive: true, force: true });
  }

  contexts(env: Readonly<Record<string, string>> = {}): Contexts {
    return {
      github: this.github,
      runner: this.runner,
      secrets: { GITHUB_TOKEN: this.token, ...this.options.secrets },
      env: { ...this.environment, ...env },
      steps: this.steps,
      job: { status: this.status },
    };
  }

  get machinePath(): string {
    return this.options.machinePath ?? process.env['PATH'] ?? '';
  }

  private post(use: ActionUse): Running {
    let plan: StepPlan;
    try {
      plan = actionPlan(this, use, 'post');
    } catch (error) {
      // An action that is gone by then fails its step.
      const gone = { name: use.options.id ?? use.uses, options: {}, stage: 'post' as const };
      const fail = (): never => {
        throw error;
      };
      return this.remember(withoutProcess(gone, this.state, fail));
    }
    return this.begin(plan);
  }

  private isMet({ options }: { readonly options: StepOptions }): boolean {
    return isMet(options.if ?? 'success()', this.contexts(this.fill(options.env)));
  }

  private fill(env: Readonly<Record<string, string>> = {}): Record<string, string> {
    const contexts = this.contexts();
    return Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, fillTemplate(value, contexts)]),
    );
  }

  private begin(plan: StepPlan): Running {
    if (this.current !== null) throw new Error(`'${this.current.plan.name}' is still running`);
    if (!this.isMet(plan)) return this.remember(skipped(plan));
    const env = this.fill(plan.options.env);
    const contexts = this.contexts(env);
    return this.remember(startStep(this, plan, env, (text) => fillTemplate(text, contexts)));
  }

  private remember(step: Running): Running {
    this.current = step;
    return Object.assign(this.settled(step), step);
  }

  private async settled(step: Running): Promise<StepResult> {
    const done = await step;
    this.current = null;
    this.results.push(done);
    if (done.conclusion === 'failure' && this.status === 'success') this.status = 'failure';
    const { id } = step.plan.options;
    const { outcome, conclusion, outputs } = done;
    if (id !== undefined && done.stage === 'main')
      this.steps[id] = { outcome, conclusion, outputs };
    return done;
  }
}
