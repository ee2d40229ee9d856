import type { Identity } from './disk.ts';
import type { Patience } from './process.ts';
import type { Commit } from './repository.ts';
import type { Trigger } from './surroundings.ts';

export interface JobOptions extends Trigger {
  /** `owner/repo@ref` to the directory that is its source. */
  readonly actions?: Readonly<Record<string, string>>;
  /** `owner/name`. */
  readonly repository?: string;
  /** The repository's history, for `checkout`. */
  readonly commits?: readonly Commit[];
  /** Lie in the workspace from the start, without git. */
  readonly files?: Readonly<Record<string, string>>;
  /** `env:` of the job. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** GITHUB_TOKEN. */
  readonly token?: string;
  /** `defaults.run.shell`. */
  readonly defaultShell?: string;
  /** The Node that runs actions; our own when left out. */
  readonly node?: string;
  /** The machine's own PATH; ours when left out. */
  readonly machinePath?: string;
  readonly runAs?: Identity;
  readonly stepDebug?: boolean;
  readonly patience?: Partial<Patience>;
}

export interface StepOptions {
  readonly id?: string;
  /** `success()` when left out, as in a workflow. */
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly continueOnError?: boolean;
}

export interface UsesOptions extends StepOptions {
  readonly with?: Readonly<Record<string, string>>;
}

export interface RunOptions extends StepOptions {
  readonly shell?: string;
  /** From the workspace on. */
  readonly workingDirectory?: string;
}
