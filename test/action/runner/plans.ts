import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { inputVariables, readActionFile, unexpectedInputs } from './action-file.ts';
import type { Job } from './job.ts';
import { findAction } from './layout.ts';
import type { RunOptions, UsesOptions } from './options.ts';
import type { StepPlan } from './running.ts';
import { readShell, which } from './shell.ts';

/** The main and the post step of one use of an action share their state. */
export interface ActionUse {
  readonly uses: string;
  readonly options: UsesOptions;
  readonly state: Record<string, string>;
}

/**
 * Reads the action from the disk as it lies there now.
 *
 * @throws when it is not there
 */
export function actionPlan(job: Job, use: ActionUse, stage: 'main' | 'post'): StepPlan {
  const { uses, options, state } = use;
  const found = findAction(job.layout, uses);
  const action = readActionFile(found.directory);
  const given = options.with ?? {};
  const script = stage === 'main' ? action.main : action.post;
  return {
    ...{ name: options.id ?? uses, stage, state },
    options: stage === 'main' ? options : { ...options, if: action.postIf },
    github: {
      action: options.id ?? `__${uses.replace(/@.*/, '').replace(/\W/g, '_')}`,
      action_repository: found.repository ?? '',
      action_ref: found.ref ?? '',
    },
    variables: (evaluate) => ({
      ...inputVariables(action, given, evaluate),
      ...job.services.forActions,
    }),
    warnings: stage === 'main' ? unexpectedInputs(action, given) : [],
    prepare: () => () => {
      if (script === null) throw new Error(`${uses} has no post step any more`);
      const node = job.options.node ?? process.execPath;
      return { argv: [node, join(action.directory, script)], cwd: job.layout.workspace };
    },
  };
}

export function hasPost(job: Job, { uses }: ActionUse): boolean {
  return readActionFile(findAction(job.layout, uses).directory).post !== null;
}

export function scriptPlan(job: Job, script: string, options: RunOptions): StepPlan {
  const { layout, state } = job;
  return {
    ...{ name: options.id ?? 'run', stage: 'main', state: {}, options, warnings: [] },
    github: { action: options.id ?? '__run', action_repository: '', action_ref: '' },
    variables: () => ({}),
    prepare: (evaluate) => {
      const text = evaluate(script);
      const cwd = resolve(layout.workspace, evaluate(options.workingDirectory ?? ''));
      return () => {
        const shell = readShell(options.shell ?? job.options.defaultShell ?? null);
        const program = which(shell.command, state.paths, job.machinePath);
        const file = join(layout.temp, `${randomUUID()}${shell.extension}`);
        job.disk.write(file, text);
        return { argv: [program, ...shell.arguments(file)], cwd };
      };
    },
    exitIsAnError: true,
  };
}
