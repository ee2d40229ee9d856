import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { GloveboxError, messageOf, type Place, type Problem } from '../base/errors.ts';
import { chosenProfiles, type Profiles, unchanged } from '../plan/syscalls.ts';
import type {
  Policy,
  PolicyLayer,
  PolicyValues,
  ProfileFile,
  Source,
  Sourced,
} from '../policy/types.ts';
import { BUILTIN_NAMES, builtinProfile } from '../seccomp/builtin.ts';
import { parseProfile, type SeccompProfile } from '../seccomp/profile.ts';
import { readSyscall } from '../seccomp/syscalls.ts';
import { strictest } from './floors.ts';
import type { Documents } from './groups.ts';
import { type PolicyText, readPolicyFile } from './policy-files.ts';

/** Has the text of a profile: by its path, absolute or relative to our own directory, and by who names it. */
export type ReadProfile = (file: string, by: 'policy' | 'floor') => Promise<PolicyText>;

export interface ReadProfiles {
  /** With the content of each profile. */
  readonly documents: Documents;
  /** By the hash of their text. */
  readonly files: Profiles['files'];
  /** Absolute paths of the files, or of what stands for them. */
  readonly paths: readonly string[];
  /** Why the strictest floor stands in for one whose profile cannot be used. */
  readonly problems: readonly string[];
}

/** A profile as it lies on disk. */
export const profileOnDisk: ReadProfile = async (file) =>
  await Promise.resolve(readPolicyFile(file));

/**
 * Reads the profiles that documents name, each from beside its document, and looks at all names of system
 * calls. Throws `policy-invalid` with all problems of the policy; a floor with problems bounds everything.
 */
export async function withProfiles(
  { layers, floors, override }: Documents,
  home: string,
  read: ReadProfile,
): Promise<ReadProfiles> {
  const files = new Map<string, SeccompProfile>();
  const paths = new Set<string>();
  const reading = async (values: PolicyValues, document: string, by: 'policy' | 'floor') => {
    const problems = namesOf(values).flatMap(unknownName);
    const profile = values.syscalls?.profile;
    if (profile === undefined || typeof profile.value === 'string') return { values, problems };
    const file = beside(document, profile.value.path, home);
    const found = await contentOf({ ...profile, value: profile.value }, file, by, read);
    if (found.content === null || found.profile === null)
      return { values, problems: [...problems, ...found.problems] };
    paths.add(resolve(file));
    files.set(found.content.sha256, found.profile);
    const value = { ...profile.value, content: found.content };
    const syscalls = { ...values.syscalls, profile: { ...profile, value } };
    return { values: { ...values, syscalls }, problems };
  };

  const problems: Problem[] = [];
  const filled: PolicyLayer[] = [];
  for (const layer of layers) {
    const result = await reading(layer.values, layer.name, 'policy');
    problems.push(...result.problems);
    filled.push({ ...layer, values: result.values });
  }
  const step = await reading(override, '', 'policy');
  problems.push(...step.problems);
  if (problems.length > 0)
    throw new GloveboxError('policy-invalid', 'the policy has problems', { problems });

  const bounds = await Promise.all(
    floors.map(async (floor) => {
      const result = await reading(floor.values, floor.name, 'floor');
      const [first] = result.problems;
      return first === undefined
        ? { layer: { ...floor, values: result.values }, problem: null }
        : strictest(floor.name, first.message);
    }),
  );
  return {
    documents: { layers: filled, floors: bounds.map(({ layer }) => layer), override: step.values },
    files,
    paths: [...paths],
    problems: bounds.flatMap(({ problem }) => problem ?? []),
  };
}

/** What a policy's choices mean; those of Glovebox's own are only loaded where a policy changes them. */
export async function profilesFor(
  { syscalls }: Policy,
  files: Profiles['files'],
): Promise<Profiles> {
  // The default one is only looked into where it is changed; it is what nearly every run has.
  const looked = chosenProfiles(syscalls).filter((chosen) => unchanged(chosen) !== 'default');
  const names = new Set(looked.map(({ profile }) => profile));
  const named = new Map<string, SeccompProfile>();
  for (const name of BUILTIN_NAMES)
    if (names.has(name)) named.set(name, await builtinProfile(name));
  return { named, files };
}

function beside(document: string, path: string, home: string): string {
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : join(dirname(document), path);
}

async function contentOf(
  { value: { path }, source }: Sourced<ProfileFile>,
  file: string,
  by: 'policy' | 'floor',
  read: ReadProfile,
): Promise<{
  content: ProfileFile['content'];
  profile: SeccompProfile | null;
  problems: readonly Problem[];
}> {
  try {
    const { name, bytes, commit } = await read(file, by);
    const text = Buffer.from(bytes).toString();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { content: { name, text, sha256, commit }, ...parseProfile(text, name) };
  } catch (error) {
    const message = `the profile ${path} cannot be used: ${messageOf(error)}`;
    const expected = 'a file that can be read, named relative to the file that names it';
    const problem = { place: placeOf(source), path: 'syscalls.profile', message, expected };
    return { content: null, profile: null, problems: [problem] };
  }
}

interface NamedCall {
  readonly call: Sourced<string>;
  readonly path: string;
}

function namesOf({ syscalls }: PolicyValues): NamedCall[] {
  return (['allow', 'block'] as const).flatMap((key) =>
    (syscalls?.[key] ?? []).map((call, index) => ({ call, path: `syscalls.${key}[${index}]` })),
  );
}

function unknownName({ call, path }: NamedCall): Problem[] {
  const read = readSyscall(call.value);
  if (read.ok) return [];
  return [{ place: placeOf(call.source), path, message: read.message, expected: read.expected }];
}

function placeOf({ name: origin, line, column }: Source): Place {
  return { origin, ...(line === undefined || column === undefined ? {} : { line, column }) };
}
