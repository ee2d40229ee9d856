import { outputGlob } from '../policy/output-globs.ts';
import type { Policy } from '../policy/types.ts';
import { within } from './mounts.ts';
import type { NamedPath, Site } from './site.ts';
import type { OutputsPlan, OverlayPlan } from './filesystem-types.ts';
import type { Note } from './types.ts';

export interface OutputsDecision {
  /** null: there is nothing to bring out. */
  readonly outputs: OutputsPlan | null;
  readonly notes: readonly Note[];
}

/** Decides what may come out of a step's throwaway layer, if it has one. */
export function planOutputs(
  { filesystem }: Policy,
  site: Site,
  overlay: OverlayPlan | null,
): OutputsDecision {
  const globs = filesystem.outputs.map(({ value }) => value);
  if (globs.length === 0) return { outputs: null, notes: [] };
  if (globs.every((glob) => outputGlob(glob).excludes))
    return unused('it has nothing but exclusions, so nothing comes out');
  if (overlay === null || overlay.upper === null)
    return unused(
      'there is no throwaway layer here, so nothing has to come out of one; only mode overlay has one',
    );
  return {
    outputs: {
      globs,
      never: [
        // The step wrote them past its layer, so what the layer shows of them may be old.
        ...site.write.flatMap(inWorkspace(site, 'filesystem.write writes it in place')),
        ...site.hide.flatMap(inWorkspace(site, 'filesystem.hide hides it')),
        ...site.guarded.flatMap(inWorkspace(site, 'it decides what later steps run')),
        // The step saw less of it than there is.
        ...site.git.files.flatMap((file) => at(site, file.path, 'git keeps credentials there')),
        // There the layer shows what lies under the mount.
        ...site.nested.flatMap(({ path }) =>
          at(site, path, 'another file system is mounted there'),
        ),
      ],
      on: filesystem.outputsOn.value,
      missing: filesystem.outputsMissing.value,
      maxBytes: filesystem.maxOutputSize.value,
      maxFiles: filesystem.maxOutputFiles.value,
    },
    notes: [],
  };
}

function unused(text: string): OutputsDecision {
  return {
    outputs: null,
    notes: [{ code: 'outputs-unused', text: `filesystem.outputs has no effect: ${text}` }],
  };
}

/** By both names: the one in the policy, and the one that a symlink leads to. */
function inWorkspace(site: Site, reason: string) {
  return ({ absolute, real }: NamedPath): OutputsPlan['never'] =>
    [...new Set([absolute, real])].flatMap((path) => at(site, path, reason));
}

function at({ workspace }: Site, path: string, reason: string): OutputsPlan['never'] {
  return within(path, workspace) ? [{ path: path.slice(workspace.length + 1), reason }] : [];
}
