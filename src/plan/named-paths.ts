import type { FilesystemMode } from '../policy/types.ts';
import { type Located, readOnly, within, writable } from './mounts.ts';
import type { GuardedPath, NamedPath, Site } from './site.ts';
import type { GuardPlan } from './filesystem-types.ts';
import type { Downgrade, Note } from './types.ts';

export interface NamedMounts {
  readonly mounts: readonly Located[];
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
  readonly placeholders: GuardPlan['placeholders'];
}

/**
 * The paths that the policy itself names: each is mounted, or the reader is told why not. `held` is where
 * the workspace lies whose directories must not be renamed; null where that does no harm.
 */
export function namedMounts(site: Site, mode: FilesystemMode, held: string | null): NamedMounts {
  const guarded = mode === 'workspace' ? outermost(site.guarded) : [];
  const hides = site.hide.map((path) => asFound(path, mode));
  const hidden = hides.filter(({ kind }) => kind !== 'missing');
  const parts = [
    ...(held === null ? [] : [...guarded, ...hidden].map((path) => hold(path, site, held))),
    ...site.read.map((path) => expose(path, 'read', site)),
    ...site.write.map((path) => expose(path, 'write', site)),
    ...guarded.map((path) => guard(path)),
    ...hides.map((path) => hide(path, site)),
  ];
  return {
    mounts: parts.flatMap(({ mounts }) => mounts),
    downgrades: parts.flatMap(({ downgrades }) => downgrades),
    notes: parts.flatMap(({ notes }) => notes),
    placeholders: parts.flatMap(({ placeholders }) => placeholders),
  };
}

/** Where the step sees the layers of earlier ones, it finds what is in them. */
function asFound(path: NamedPath, mode: FilesystemMode): NamedPath {
  const seesLayers = mode === 'overlay' || mode === 'scratch-plus-ro';
  return seesLayers && path.inLayers !== undefined ? { ...path, kind: path.inLayers } : path;
}

/** What is guarded as a whole needs no guard for its parts. */
function outermost(guarded: readonly GuardedPath[]): GuardedPath[] {
  return guarded.filter(({ absolute }) =>
    guarded.every((other) => other.absolute === absolute || !within(absolute, other.absolute)),
  );
}

const NOTHING: NamedMounts = { mounts: [], downgrades: [], notes: [], placeholders: [] };

function expose(path: NamedPath, key: 'read' | 'write', site: Site): NamedMounts {
  if (path.kind === 'missing') {
    return note(
      `${key}-path-missing`,
      `filesystem.${key}: ${quoted(path)} does not exist and is not there for the step`,
    );
  }
  // A change under test may bring a symlink of this name, and so choose what is shown.
  if (path.real !== path.absolute && within(path.absolute, site.workspace))
    return unmaskable(path, key === 'read' ? 'shown' : 'made writable');
  const bind = key === 'write' ? writable : readOnly;
  return { ...NOTHING, mounts: [bind(path.real, path.absolute)] };
}

/** A directory that is a mount itself cannot be renamed, and so what is guarded in it cannot be replaced. */
function hold(path: NamedPath, site: Site, held: string): NamedMounts {
  const guardable = path.real === path.absolute && within(path.absolute, site.workspace);
  const inner = guardable ? path.absolute.slice(site.workspace.length + 1).split('/') : [];
  const mounts = inner.slice(1).map((_, index): Located => {
    const directory = inner.slice(0, index + 1).join('/');
    return writable(`${held}/${directory}`, `${site.workspace}/${directory}`);
  });
  return { ...NOTHING, mounts };
}

/** What does not exist yet is guarded by way of something empty in its place. */
function guard(path: GuardedPath): NamedMounts {
  const { absolute, absent } = path;
  if (path.real !== absolute) return unmaskable(path, 'kept read-only');
  const placeholders = path.kind === 'missing' ? [...absent, absolute] : [];
  return { ...NOTHING, mounts: [readOnly(absolute)], placeholders };
}

/** Hidden at the place where it really is, so that no symlink leads round the mask. */
function hide(path: NamedPath, site: Site): NamedMounts {
  if (path.kind === 'missing' && path.unasked === true) return NOTHING;
  if (path.kind === 'missing') {
    return note(
      'hide-path-missing',
      `filesystem.hide: ${quoted(path)} does not exist, so there is nothing to hide`,
    );
  }
  if (path.real !== path.absolute && within(path.absolute, site.workspace))
    return unmaskable(path, 'hidden');
  const kind = path.kind === 'directory' ? 'mask-directory' : 'mask-file';
  const notes = path.unasked === true ? [credentialsHidden(path)] : [];
  return { ...NOTHING, mounts: [{ kind, target: path.real }], notes };
}

function credentialsHidden(path: NamedPath): Note {
  return {
    code: 'credentials-hidden',
    text: `${quoted(path)} holds credentials of the job, and is not shown to the step; filesystem.read shows it`,
  };
}

/** A mount onto a symlink that an earlier step may have planted could land outside the sandbox. */
function unmaskable(path: NamedPath, aim: string): NamedMounts {
  return {
    ...NOTHING,
    downgrades: [
      {
        layer: 'filesystem',
        code: 'path-through-symlink',
        reason: `${quoted(path)} cannot be ${aim}: a part of it is a symlink to ${JSON.stringify(path.real)}`,
        remedy: 'name the path that the symlink leads to',
      },
    ],
  };
}

function note(code: string, text: string): NamedMounts {
  return { ...NOTHING, notes: [{ code, text }] };
}

function quoted(path: NamedPath): string {
  return JSON.stringify(path.written);
}
