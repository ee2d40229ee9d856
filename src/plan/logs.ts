import type { Policy } from '../policy/types.ts';
import { within } from './mounts.ts';
import type { OutputsPlan } from './outputs.ts';
import type { Site } from './site.ts';
import type { Mount } from './filesystem-types.ts';
import type { Note } from './types.ts';

/** A directory or file of the workspace that the step can write, and where it lies for the holder. */
export interface LogPlace {
  /** Relative to the workspace; empty for all of it. */
  readonly path: string;
  readonly source: string;
}

/** Which files are followed while the step runs. */
export interface LogsPlan {
  readonly globs: readonly string[];
  /** Where the step can write, from the outside in: the last one that holds a path is where it lies. */
  readonly places: readonly LogPlace[];
  /** What the step cannot write, with all that is in it; relative to the workspace. */
  readonly never: OutputsPlan['never'];
}

export interface LogsDecision {
  readonly logs: LogsPlan | null;
  readonly notes: readonly Note[];
}

/** Decides where the files that a policy wants to see lie, which the step sees at other places. */
export function planLogs(
  { filesystem }: Policy,
  { workspace }: Site,
  mounts: readonly Mount[],
  sandboxed: boolean,
): LogsDecision {
  const globs = filesystem.logs.map(({ value }) => value);
  if (globs.length === 0) return { logs: null, notes: [] };
  const relative = (path: string): string => path.slice(workspace.length + 1);
  const inside = mounts.filter(
    (mount): mount is Extract<Mount, { target: string }> =>
      'target' in mount && within(mount.target, workspace),
  );
  const whole = !sandboxed || mounts.some(({ kind }) => kind === 'host-root');
  const places = whole
    ? [{ path: '', source: workspace }]
    : inside.flatMap((mount) =>
        mount.kind === 'bind' && mount.writable
          ? [{ path: relative(mount.target), source: mount.source }]
          : [],
      );
  if (places.length === 0)
    return {
      logs: null,
      notes: [
        {
          code: 'logs-unused',
          text: 'filesystem.logs has no effect: the step cannot write to the workspace',
        },
      ],
    };
  const shut = inside.filter((mount) => mount.kind !== 'bind' || !mount.writable);
  return {
    logs: {
      globs,
      places,
      never: shut
        .filter(({ target }) => target !== workspace)
        .map(({ target }) => ({ path: relative(target), reason: 'the step cannot write it' })),
    },
    notes: [],
  };
}
