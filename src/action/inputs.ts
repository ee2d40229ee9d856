import { getInput } from '@actions/core';
import { GloveboxError, type Problem } from '../base/errors.ts';
import { MIRROR_FORM, readMirror } from '../capabilities/supply.ts';
import type { DeclaredStep } from '../workflow/steps.ts';

const SUMMARIES = ['always', 'on-problem', 'never'] as const;

/** The action's inputs, read and checked; an empty text counts as not given. */
export interface ActionInputs {
  /** Empty: only the tools are set up. */
  readonly steps: readonly DeclaredStep[];
  /** Policy in the workflow file itself, YAML. */
  readonly policy: string | null;
  readonly policyFile: string | null;
  /** `head`: the policy file counts as it lies in the checked-out tree. */
  readonly policyRef: 'base' | 'head';
  readonly floorPolicyFile: string | null;
  readonly onUnavailable: string | null;
  /** Relative to the workspace. */
  readonly workingDirectory: string | null;
  readonly summary: (typeof SUMMARIES)[number];
  readonly reportFile: string | null;
  readonly install: boolean;
  /** The base of the addresses of tools' archives, without a slash at its end. */
  readonly toolsMirror: string | null;
  /** Settings of the kernel may be changed, until the job ends. */
  readonly allowSysctl: boolean;
}

/** Reads all inputs, and tells all that is wrong with them together. */
export async function readInputs(): Promise<ActionInputs> {
  const problems: Problem[] = [];
  const choice = <const T extends readonly string[]>(name: string, values: T): T[number] => {
    const given = text(name) ?? values[0];
    const found = values.find((value) => value === given);
    if (found === undefined)
      problems.push(
        problem(name, `\`${given}\` is not a value of it`, `one of ${values.join(', ')}`),
      );
    return found ?? (values[0] as T[number]);
  };
  const steps = await readDeclared(problems);
  const inputs: ActionInputs = {
    steps,
    policy: text('policy'),
    policyFile: text('policy-file'),
    policyRef: choice('policy-ref', ['base', 'head'] as const),
    floorPolicyFile: text('floor-policy-file'),
    onUnavailable: text('on-unavailable'),
    workingDirectory: text('working-directory'),
    summary: choice('summary', SUMMARIES),
    reportFile: text('report-file'),
    install: choice('install', ['auto', 'never'] as const) === 'auto',
    toolsMirror: mirror(problems),
    allowSysctl: choice('allow-sysctl', ['false', 'true'] as const) === 'true',
  };
  if (problems.length > 0) {
    throw new GloveboxError('input-invalid', "the action's inputs have problems", { problems });
  }
  return inputs;
}

async function readDeclared(problems: Problem[]): Promise<readonly DeclaredStep[]> {
  const run = getInput('run', { trimWhitespace: false });
  const list = text('steps');
  const shell = text('shell');
  if (run.trim() !== '' && list !== null) {
    problems.push(problem('steps', '`run` is there as well', 'either `run` or `steps`'));
  }
  if (shell !== null && run.trim() === '') {
    problems.push(
      problem('shell', 'there is no `run` that it could be for', '`shell` beside `run`'),
    );
  }
  if (run.trim() === '' && list === null) return [];
  const { readSteps, singleStep } = await import('../workflow/steps.ts');
  const declared = list === null ? singleStep(run, shell) : readSteps(list, 'steps');
  problems.push(...declared.problems);
  return declared.steps;
}

function mirror(problems: Problem[]): string | null {
  const given = text('tools-mirror');
  const read = given === null ? null : readMirror(given);
  if (given !== null && read === null)
    problems.push(problem('tools-mirror', 'it is no address of a mirror', MIRROR_FORM));
  return read;
}

function text(name: string): string | null {
  const given = getInput(name);
  return given === '' ? null : given;
}

function problem(input: string, message: string, expected: string): Problem {
  return { place: { origin: `input ${input}` }, path: '', message, expected };
}
