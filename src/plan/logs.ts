import type { Policy } from '../policy/types.ts';
import { within } from './mounts.ts';
import type { Site } from './site.ts';
import type { LogsPlan, Mount } from './filesystem-types.ts';
import type { Note } from './types.ts';

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
