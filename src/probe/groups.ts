import { GloveboxError, type Problem } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import type { Note } from '../plan/types.ts';
import { type Expansion, type Expansions, expandGroups, membersOf } from '../policy/groups.ts';
import { mergePolicies, overridePolicy } from '../policy/merge.ts';
import type { GroupName, PolicyLayer, PolicyValues } from '../policy/types.ts';
import { searchOrder } from '../tools/programs.ts';
import type { Machine } from './machine.ts';
import { REGISTRIES } from './registries.ts';
import { TrustedFiles } from './trusted-files.ts';

/** Everything that says what a step may do. */
export interface Documents {
  readonly layers: readonly PolicyLayer[];
  readonly floors: readonly PolicyLayer[];
  readonly override: PolicyValues;
}

/** Whose configuration counts. */
export interface Surroundings {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Directories that somebody else may have written: nothing in them counts. */
  readonly workspaces: readonly string[];
  /** `/etc` where left out. */
  readonly etc?: string;
  /** Where programs lie; the system's own directories and then PATH where left out. */
  readonly programs?: readonly string[];
}

const MOST_TOLD = 40;

/**
 * The documents with entries for their groups, and what to tell of it. A group that stands for nothing
 * is an error where the policy needs it, and opens nothing otherwise: a floor is only tighter by that.
 * Throws `policy-invalid`.
 */
export async function withoutGroups(
  documents: Documents,
  surroundings: Surroundings,
): Promise<{ readonly documents: Documents; readonly notes: readonly Note[] }> {
  const { layers, floors, override } = documents;
  const values = [...layers, ...floors].map((layer) => layer.values);
  const names = new Set(
    [...values, override].flatMap(({ network }) => network?.groups ?? []).map(({ value }) => value),
  );
  if (names.size === 0) return { documents, notes: [] };
  const files = new TrustedFiles(surroundings.home, surroundings.workspaces);
  const programs = searchOrder(surroundings.environment['PATH'] ?? '');
  const machine = { etc: '/etc', programs, ...surroundings, files };
  const expansions = await lookUp([...names].sort(), machine);

  const problems: Problem[] = [];
  const expanded = (written: PolicyValues): PolicyValues => {
    const result = expandGroups(written, expansions);
    problems.push(...result.problems);
    return result.values;
  };
  const inLayer = (layer: PolicyLayer): PolicyLayer => ({
    ...layer,
    values: expanded(layer.values),
  });
  const asked = { layers: layers.map(inLayer), override: expanded(override) };
  const { mode } = overridePolicy(mergePolicies(asked.layers), asked.override).network;
  if (problems.length > 0 && mode.value === 'allowlist')
    throw new GloveboxError('policy-invalid', 'the policy has problems', { problems });
  return {
    documents: { ...asked, floors: floors.map(inLayer) },
    notes: [
      ...[...expansions].flatMap(([name, { members }]) => expansionNote(name, members)),
      ...problems.map(emptyNote),
      ...[...new Set(files.passedOver)].map(passedOverNote),
    ],
  };
}

async function lookUp(names: readonly GroupName[], machine: Machine): Promise<Expansions> {
  const found = await Promise.all(
    names.map(async (name): Promise<[GroupName, Expansion]> => {
      const { find, expected } = REGISTRIES[name];
      return [name, { members: membersOf(await find(machine)), expected }];
    }),
  );
  return new Map(found);
}

function expansionNote(name: GroupName, members: Expansion['members']): Note[] {
  if (members.length === 0) return [];
  const sources = [...new Set(members.map(({ from }) => from))];
  const told = members.slice(0, MOST_TOLD);
  const parts = sources.flatMap((source) => {
    const texts = told.filter(({ from }) => from === source).map(({ entry }) => entry.text);
    return texts.length === 0 ? [] : [`${texts.join(', ')} (from ${source})`];
  });
  const rest = members.length - told.length;
  const text = `${name}: ${parts.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return [{ code: 'group-expanded', text: harmless(text) }];
}

function emptyNote({ place, message, expected = '' }: Problem): Note {
  const text = `${message}, so it opens nothing (${place.origin}); it takes ${expected}`;
  return { code: 'group-empty', text };
}

function passedOverNote(text: string): Note {
  return {
    code: 'group-file-passed-over',
    text: harmless(`not asked what a group stands for: ${text}`),
  };
}
