import type { Command } from './commands.ts';
import type { Masks } from './masks.ts';
import type { Matchers } from './matchers.ts';

export type Outcome = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Line {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a step did, as the job saw it. */
export interface StepResult {
  /** The id, or what was run. */
  readonly name: string;
  readonly stage: 'main' | 'post';
  readonly outcome: Outcome;
  /** The outcome after `continue-on-error`. */
  readonly conclusion: Outcome;
  /** 128 and the signal's number when one ended it; null when nothing was started. */
  readonly exitCode: number | null;
  /** What a reader of the log sees: commands taken out, secrets hidden. */
  readonly log: string;
  /** Everything that it wrote, as it wrote it. */
  readonly lines: readonly Line[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What it set for later steps. */
  readonly environment: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  /** With secrets hidden; empty when there is none or it was too large. */
  readonly summary: string;
  readonly state: Readonly<Record<string, string>>;
  /** Their names in order; `resume-commands` is the token that ends a stop. */
  readonly commandsObeyed: readonly string[];
  readonly commands: readonly Command[];
}

/** What steps share and change. */
export interface JobState {
  readonly workspace: string;
  readonly masks: Masks;
  readonly matchers: Matchers;
  /** `env:` of the job and what steps added. */
  readonly environment: Map<string, string>;
  /** In the order in which they were added: the last one stands first in PATH. */
  readonly paths: string[];
  readonly stepDebug: boolean;
}

/** A step while it runs. */
export class StepRecord {
  failed = false;
  summary = '';
  readonly log: string[] = [];
  readonly lines: Line[] = [];
  readonly annotations: Annotation[] = [];
  readonly outputs: Record<string, string> = {};
  readonly environment: Record<string, string> = {};
  readonly paths: string[] = [];
  readonly commandsObeyed: string[] = [];
  readonly commands: Command[] = [];
  readonly job: JobState;
  /** Shared by the main and the post step of an action. */
  readonly state: Record<string, string>;

  constructor(job: JobState, state: Record<string, string> = {}) {
    this.job = job;
    this.state = state;
  }

  print(text: string): void {
    this.log.push(this.job.masks.hide(text));
  }

  annotate(
    level: Annotation['level'],
    message: string,
    properties: Annotation['properties'] = {},
  ): void {
    const hidden = this.job.masks.hide(message);
    this.annotations.push({ level, message: hidden, properties });
    this.print(`##[${level}]${message}`);
  }

  fail(message: string): void {
    this.failed = true;
    this.annotate('error', message);
  }

  setEnvironment(name: string, value: string): void {
    this.environment[name] = value;
    this.job.environment.set(name, value);
  }

  addPath(path: string): void {
    this.paths.push(path);
    const { paths } = this.job;
    const before = paths.indexOf(path);
    if (before >= 0) paths.splice(before, 1);
    paths.push(path);
  }
}
