import { harmless } from '../base/text.ts';
import { type Located, readOnly, within } from './mounts.ts';
import type { Site } from './site.ts';
import type { Note } from './types.ts';

const MOST_NAMES = 10;

export interface NestedDecision {
  readonly mounts: readonly Located[];
  readonly notes: readonly Note[];
}

/**
 * An overlay does not reach into what is mounted in the workspace, and would show what lies under it.
 * So that is mounted there again, read-only; what the policy names shows or covers it by itself.
 */
export function nestedInOverlay(site: Site): NestedDecision {
  const named = [...site.read, ...site.write, ...site.hide].map(({ absolute }) => absolute);
  const nested = site.nested.filter(({ path }) => !named.some((other) => within(path, other)));
  const seen = nested.filter((mount) => mount.seen).map(({ path }) => path);
  const unseen = nested.filter((mount) => !mount.seen).map(({ path }) => path);
  return {
    mounts: seen.map((path) => readOnly(path)),
    notes: [
      ...told(seen, site, {
        code: 'nested-mount',
        text: 'other file systems are mounted in the workspace, where the throwaway layer does not reach; they are read-only for the step (filesystem.write opens one)',
      }),
      ...told(unseen, site, {
        code: 'nested-mount-hidden',
        text: 'other file systems are mounted in the workspace that Glovebox cannot look at; the step sees what lies under them',
      }),
    ],
  };
}

/** Without idmapped mounts nobody's files but the step's own can be copied into its layer. */
export function strangersInOverlay({ strangers }: Site): Note[] {
  const { named, more, all } = strangers;
  if (named.length === 0) return [];
  const names = named.map((path) => JSON.stringify(path)).join(', ');
  const rest = more || !all ? ' and perhaps others' : '';
  return [
    {
      code: 'foreign-files',
      text: harmless(
        `files in the workspace that belong to another user or group cannot be changed by the step: ${names}${rest} (chown them before, or clean up after what made them)`,
      ),
    },
  ];
}

function told(paths: readonly string[], { workspace }: Site, { code, text }: Note): Note[] {
  if (paths.length === 0) return [];
  const names = paths.map((path) => JSON.stringify(path.slice(workspace.length + 1)));
  const more = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : [];
  const list = [...names.slice(0, MOST_NAMES), ...more].join(', ');
  return [{ code, text: harmless(`${text}: ${list}`) }];
}
