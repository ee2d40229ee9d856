import type { Capabilities, Lack } from '../capabilities/capability.ts';
import type { Policy, ProfileChoice } from '../policy/types.ts';
import { profileText } from '../policy/syscall-readers.ts';
import { type Adjustment, adjustProfile } from '../seccomp/adjust.ts';
import { HELD_CALLS } from '../seccomp/base.ts';
import type { BuiltinName } from '../seccomp/builtin.ts';
import { type CompiledProfile, compileProfile } from '../seccomp/compile.ts';
import { compiledBuiltin } from '../seccomp/compiled.ts';
import type { SeccompProfile } from '../seccomp/profile.ts';
import { type Arch, isArch } from '../seccomp/syscalls.ts';
import { refusedIn, sheddingRefused } from './shed-calls.ts';
import { downgradesOf } from './downgrade.ts';
import type { Downgrade, LayerPlan, Note, SyscallsPlan } from './types.ts';

/** Everything that a policy's choices of profiles mean. */
export interface Profiles {
  /** Of those of Glovebox's own only what the policy names and changes. */
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

interface Chosen extends Adjustment {
  readonly profile: ProfileChoice;
  /** Opened after all, whatever is blocked: the seal itself could not be made without these. */
  readonly opened?: readonly string[];
}

const NOTHING_REFUSED: SeccompProfile = { defaultAction: 'SCMP_ACT_ALLOW' };

/** Decides which filters of system calls the step gets. The kernel obeys the strictest of them. */
export function planSyscalls(
  { syscalls: asked }: Policy,
  capabilities: Capabilities,
  host: { readonly arch: string; readonly kernel: string },
  profiles: Profiles,
): SyscallsDecision {
  const chosen = chosenProfiles(asked);
  const profile = profileText(asked.profile.value);
  if (!capabilities.syscalls.available || !isArch(host.arch)) {
    const { syscalls: lack } = capabilities;
    return {
      syscalls: { profile, filters: [] },
      layer: { status: chosen.length === 0 ? 'not-requested' : 'unavailable', mechanism: 'none' },
      downgrades: lack.available
        ? []
        : [...downgradesOf('syscalls', lack), ...baseLost(capabilities)],
      notes: [],
    };
  }
  const { arch, kernel } = host;
  const where = { arch, kernel };
  const { byRoot } = capabilities;
  const { chosen: held, downgrades } =
    byRoot === null
      ? { chosen, downgrades: [] }
      : openForShedding(chosen, profiles, byRoot.because, where);
  const compiled = [
    // Beside every other: without it, system calls would lead around other layers.
    { name: 'base', ...compiledBuiltin('base', arch) },
    ...held.map((one) => ({
      name: profileText(one.profile),
      ...compiledProfile(one, where, profiles),
    })),
  ];
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
    notes: [...notesOf(compiled), ...heldNotes(asked)],
  };
}

/** The policy's own profile, unless it refuses nothing, and what floors add. */
export function chosenProfiles({ profile, allow, block, further }: Policy['syscalls']): Chosen[] {
  const names = (list: typeof allow): string[] => list.map(({ value }) => value);
  const own = { profile: profile.value, allow: names(allow), block: names(block) };
  return [
    ...(own.profile === 'off' && block.length === 0 ? [] : [own]),
    ...further.map((one) => ({ profile: one.profile.value, allow: names(one.allow), block: [] })),
  ];
}

/** The profile of Glovebox's own that is chosen as it is, so that nobody has to read or compile it; or null. */
export function unchanged({ profile, allow, block, opened = [] }: Chosen): BuiltinName | null {
  const changed = [allow, block, opened].some((calls) => calls.length > 0);
  return changed || typeof profile !== 'string' || profile === 'off' ? null : profile;
}

function compiledProfile(
  chosen: Chosen,
  { arch, kernel }: { readonly arch: Arch; readonly kernel: string },
  profiles: Profiles,
): CompiledProfile {
  const builtin = unchanged(chosen);
  if (builtin !== null) return compiledBuiltin(builtin, arch);
  return compileProfile(inFull(chosen, profiles), arch, kernel);
}

function inFull(chosen: Chosen, profiles: Profiles): SeccompProfile {
  const asked = adjustProfile(meant(chosen.profile, profiles), chosen);
  const { opened = [] } = chosen;
  return opened.length === 0 ? asked : adjustProfile(asked, { allow: opened, block: [] });
}

/** The default profile lets happen what root needs to give itself up; the others are looked at. */
function openForShedding(
  chosen: readonly Chosen[],
  profiles: Profiles,
  because: Lack,
  where: { readonly arch: Arch; readonly kernel: string },
): { readonly chosen: readonly Chosen[]; readonly downgrades: readonly Downgrade[] } {
  const refused = chosen.map((one) =>
    unchanged(one) === 'default' ? [] : refusedIn(inFull(one, profiles), where),
  );
  return {
    chosen: chosen.map((one, index) => ({ ...one, opened: refused[index] ?? [] })),
    downgrades: sheddingRefused(refused.flat(), because),
  };
}

function meant(choice: ProfileChoice, { named: known, files }: Profiles): SeccompProfile {
  if (choice === 'off') return NOTHING_REFUSED;
  const profile =
    typeof choice === 'string' ? known.get(choice) : files.get(choice.content?.sha256 ?? '');
  // Whoever plans without it would run the step without its filter.
  if (profile === undefined) throw new Error(`the profile ${profileText(choice)} was not read`);
  return profile;
}

/** What the base filter shuts is part of other layers' promises, with or without a sandbox. */
function baseLost({ syscalls }: Capabilities): Downgrade[] {
  if (syscalls.available) return [];
  return [
    {
      layer: 'privilege',
      code: 'filter-missing',
      reason: `${syscalls.reason}, so no filter shuts off keyrings, vsock and user namespaces of the step's own`,
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
function heldNotes({ allow }: Policy['syscalls']): Note[] {
  const held = allow.filter(({ value }) => HELD_CALLS.has(value));
  if (held.length === 0) return [];
  const names = held.map(({ value }) => value).join(', ');
  return [
    {
      code: 'syscalls-held',
      text: `syscalls.allow does not open all of ${names}: the seal itself rests on what the base filter refuses of it`,
    },
  ];
}
