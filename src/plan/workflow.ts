import type { Capabilities } from '../capabilities/capability.ts';
import type { FilesystemMode } from '../policy/types.ts';
import { type Located, readOnly, writable } from './mounts.ts';
import type { GeneratedFile } from './filesystem-types.ts';
import type { CommandFile, Downgrade, LayerPlan, WorkflowPlan } from './types.ts';

/** A step of a workflow: its shell reads a script, and it talks to the runner through files. */
export interface WorkflowStep {
  /** Replaces `{0}` in the command. The extension is with its dot, or empty. */
  readonly script: { readonly extension: string; readonly content: string };
}

/** The variables that name the runner's command files, by what they carry. */
export const COMMAND_FILES: Readonly<Record<CommandFile, string>> = {
  output: 'GITHUB_OUTPUT',
  env: 'GITHUB_ENV',
  path: 'GITHUB_PATH',
  state: 'GITHUB_STATE',
  summary: 'GITHUB_STEP_SUMMARY',
};

const INSIDE = '/run/glovebox';

export interface WorkflowDecision {
  readonly workflow: WorkflowPlan | null;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly mounts: readonly Located[];
  readonly directories: readonly string[];
  readonly files: readonly GeneratedFile[];
  readonly variables: ReadonlyMap<string, string>;
  /** What `{0}` in the command stands for; null where nothing does. */
  readonly script: string | null;
}

/** Decides where a workflow step finds its script and what it writes its outputs to. */
export function planWorkflow(
  step: WorkflowStep | null,
  filesystemMode: FilesystemMode,
  capabilities: Capabilities,
  scratch: string,
): WorkflowDecision {
  if (step === null) return NO_WORKFLOW;
  const own = capabilities.sandbox.available && filesystemMode !== 'off';
  const base = own ? INSIDE : scratch;
  const script = `script/step${step.script.extension}`;
  const names = Object.entries(COMMAND_FILES) as [CommandFile, string][];
  return {
    workflow: { commandFiles: `${scratch}/commands` },
    layer: {
      status: own ? 'enforced' : 'unavailable',
      mechanism: own
        ? 'command files of its own, output without commands, nothing of the runner in sight'
        : "none: the runner's own files are in reach",
    },
    downgrades: own ? [] : [inReach(capabilities)],
    mounts: own
      ? [
          writable(`${scratch}/commands`, `${INSIDE}/commands`),
          readOnly(`${scratch}/script`, `${INSIDE}/script`),
        ]
      : [],
    directories: ['commands', 'script', ...(own ? [] : ['temp'])],
    files: [
      { name: script, content: step.script.content },
      ...names.map(([kind]) => ({ name: `commands/${kind}`, content: '', ofStep: true as const })),
    ],
    variables: new Map([
      ...names.map(([kind, name]): [string, string] => [name, `${base}/commands/${kind}`]),
      ['RUNNER_TEMP', own ? '/tmp' : `${scratch}/temp`],
    ]),
    script: `${base}/${script}`,
  };
}

const NO_WORKFLOW: WorkflowDecision = {
  workflow: null,
  layer: { status: 'not-requested', mechanism: 'none: not a step of a workflow' },
  downgrades: [],
  mounts: [],
  directories: [],
  files: [],
  variables: new Map(),
  script: null,
};

function inReach({ sandbox }: Capabilities): Downgrade {
  return {
    layer: 'runner',
    code: 'runner-in-reach',
    reason: sandbox.available
      ? "filesystem.mode is off: the step can write the runner's files, which decide what later steps run"
      : `without a sandbox the step can write the runner's files: ${sandbox.reason}`,
    remedy: sandbox.available ? 'set filesystem.mode to overlay or workspace' : sandbox.remedy,
  };
}
