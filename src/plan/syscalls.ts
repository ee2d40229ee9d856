import type { Capabilities } from '../capabilities/evaluate.ts';
import type { Policy, ProfileChoice } from '../policy/types.ts';
import { profileText } from '../policy/syscall-readers.ts';
import { adjustProfile } from '../seccomp/adjust.ts';
import { type CompiledProfile, compileProfile } from '../seccomp/compile.ts';
import type { SeccompProfile } from '../seccomp/profile.ts';
import { isArch } from '../seccomp/syscalls.ts';
import { openedForShedding } from './shed-calls.ts';
import { downgradeOf } from './downgrade.ts';
import type { Downgrade, LayerPlan, Note, SyscallsPlan } from './types.ts';

/** Everything that a policy's choices of profiles mean. */
export interface Profiles {
  /** In force beside every other: without it, system calls would lead around other layers. */
  readonly base: SeccompProfile;
  /** Of those of Glovebox's own only what the policy names. */
  readonly named: ReadonlyMap<string, SeccompProfile>;
  /** Those of the user, by the hash of their text. */
  readonly files: ReadonlyMap<string, SeccompProfile>;
}

interface SyscallsDecision {
  readonly syscalls: SyscallsPlan;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

interface Named {
  readonly name: string;
  readonly profile: SeccompProfile;
}

const NOTHING_REFUSED: SeccompProfile = { defaultAction: 'SCMP_ACT_ALLOW' };

/** Decides which filters of system calls the step gets. The kernel obeys the strictest of them. */
export function planSyscalls(
  { syscalls: asked }: Policy,
  capabilities: Capabilities,
  host: { readonly arch: string; readonly kernel: string },
  profiles: Profiles,
): SyscallsDecision {
  const chosen = chosenProfiles(asked, profiles);
  const profile = profileText(asked.profile.value);
  if (!capabilities.syscalls.available || !isArch(host.arch)) {
    const { syscalls: lack } = capabilities;
    return {
      syscalls: { profile, filters: [] },
      layer: { status: chosen.length === 0 ? 'not-requested' : 'unavailable', mechanism: 'none' },
      downgrades: lack.available ? [] : [downgradeOf('syscalls', lack), ...baseLost(capabilities)],
      notes: [],
    };
  }
  const { arch, kernel } = host;
  const { byRoot } = capabilities;
  const { profiles: held, downgrades } =
    byRoot === null
      ? { profiles: chosen, downgrades: [] }
      : openedForShedding(chosen, byRoot.because, { arch, kernel });
  const compiled = [{ name: 'base', profile: profiles.base }, ...held].map((one) => ({
    name: one.name,
    ...compileProfile(one.profile, arch, kernel),
  }));
  const told = compiled.map(({ name, rules }) => `${name}, ${rules} rules`);
  return {
    syscalls: {
      profile,
      filters: compiled.map(({ name, filter, rules }) => ({ name, filter, rules })),
    },
    layer: {
      status: chosen.length === 0 ? 'not-requested' : 'enforced',
      mechanism: `seccomp (${told.join('; ')})`,
    },
    downgrades,
    notes: [...notesOf(compiled), ...heldNotes(asked, profiles.base)],
  };
}

/** The policy's own profile, unless it refuses nothing, and what floors add. */
function chosenProfiles(asked: Policy['syscalls'], profiles: Profiles): Named[] {
  const { profile, allow, block, further } = asked;
  const names = (list: typeof allow): string[] => list.map(({ value }) => value);
  const own = { allow: names(allow), block: names(block) };
  return [
    ...(profile.value === 'off' && block.length === 0
      ? []
      : [named(profile.value, adjustProfile(meant(profile.value, profiles), own))]),
    ...further.map((one) => {
      const adjusted = adjustProfile(meant(one.profile.value, profiles), {
        allow: names(one.allow),
        block: [],
      });
      return named(one.profile.value, adjusted);
    }),
  ];
}

function named(choice: ProfileChoice, profile: SeccompProfile): Named {
  return { name: profileText(choice), profile };
}

function meant(choice: ProfileChoice, { named: known, files }: Profiles): SeccompProfile {
  if (choice === 'off') return NOTHING_REFUSED;
  const profile =
    typeof choice === 'string' ? known.get(choice) : files.get(choice.content?.sha256 ?? '');
  // Whoever plans without it would run the step without its filter.
  if (profile === undefined) throw new Error(`the profile ${profileText(choice)} was not read`);
  return profile;
}

/** What the base filter shuts is part of other layers' promises. */
function baseLost({ sandbox, syscalls }: Capabilities): Downgrade[] {
  if (!sandbox.available || syscalls.available) return [];
  return [
    {
      layer: 'privilege',
      code: 'filter-missing',
      reason: `${syscalls.reason}, so the host's keyrings and vsock are not shut off`,
      remedy: syscalls.remedy,
    },
  ];
}

function notesOf(compiled: readonly (CompiledProfile & { readonly name: string })[]): Note[] {
  // What is missing on this machine of a profile of Glovebox's own is known.
  return compiled
    .filter(({ name }) => !['base', 'default', 'strict'].includes(name))
    .flatMap(({ name, notes }) =>
      notes.map((text) => ({ code: 'profile-note', text: `${name}: ${text}` })),
    );
}

/** `allow` opens a profile, and nothing of what other layers rest on. */
function heldNotes({ allow }: Policy['syscalls'], base: SeccompProfile): Note[] {
  const held = allow.filter(({ value }) =>
    (base.syscalls ?? []).some(({ names }) => names?.includes(value)),
  );
  if (held.length === 0) return [];
  const names = held.map(({ value }) => value).join(', ');
  return [
    {
      code: 'syscalls-held',
      text: `syscalls.allow does not open all of ${names}: the seal itself rests on what the base filter refuses of it`,
    },
  ];
}
