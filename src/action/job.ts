import { readFileSync, realpathSync } from 'node:fs';
import { GloveboxError } from '../base/errors.ts';
import { currentEnvironment } from '../tools/environment.ts';
import type { WorkflowEvent } from '../workflow/events.ts';

/** What the runner tells of the job. */
export interface Job {
  /** Absolute, symlinks resolved. */
  readonly workspace: string;
  /** The runner's own directory for temporary files; out of every step's sight. */
  readonly temp: string;
  readonly event: WorkflowEvent;
  readonly environment: Readonly<Record<string, string>>;
}

export function readJob(): Job {
  const environment = currentEnvironment();
  return {
    workspace: realpathSync(required(environment, 'GITHUB_WORKSPACE')),
    temp: realpathSync(required(environment, 'RUNNER_TEMP')),
    event: {
      name: environment['GITHUB_EVENT_NAME'] ?? '',
      sha: environment['GITHUB_SHA'] ?? '',
      payload: readPayload(environment['GITHUB_EVENT_PATH']),
    },
    environment,
  };
}

function required(environment: Readonly<Record<string, string>>, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new GloveboxError('input-invalid', `${name} is not set`, {
    remedy:
      'use this as an action of a workflow; for anything else there is the `glovebox` command',
  });
}

/** Where it cannot be read, no base commit is known, and what rests on one is refused. */
function readPayload(path: string | undefined): unknown {
  try {
    return path === undefined ? null : JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
