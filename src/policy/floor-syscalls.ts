import type { Knife } from './cuts.ts';
import { PROFILE_NAMES, profileText } from './syscall-readers.ts';
import type {
  FurtherProfile,
  Policy,
  PolicyValues,
  ProfileChoice,
  Source,
  Sourced,
} from './types.ts';

/**
 * A floor's calls stay refused, its profile holds, and `allow` opens nothing that the floor does not
 * open as well. Of two profiles by name one is the stricter. A file may be looser in one call and stricter
 * in the next, so it never takes the place of another profile, nor another its: both hold.
 */
export function boundSyscalls(
  asked: Policy['syscalls'],
  floor: NonNullable<PolicyValues['syscalls']>,
  source: Source,
  knife: Knife,
): Policy['syscalls'] {
  const block = knife.added('syscalls.block', asked.block, floor.block ?? [], 'is refused');
  const profile = profileOf(floor, source);
  const allowed =
    floor.allow ?? (profile === undefined || profile.value === 'off' ? undefined : []);
  const within = { ...asked, block };
  if (profile !== undefined && incomparable(asked.profile, profile)) {
    const further = { profile, allow: floor.allow ?? [] };
    if (asked.further.some((known) => isSame(known, further))) return within;
    const [own, other] = [asked.profile, profile].map(({ value }) => profileText(value));
    knife.tell('syscalls.profile', `${own} and the floor's ${other} both hold`);
    return { ...within, further: [...asked.further, further] };
  }
  return {
    ...within,
    // Any file is stricter than `off`, which is the last.
    profile: knife.stricter('syscalls.profile', asked.profile, profile, PROFILE_NAMES, profileText),
    allow: knife.within('syscalls.allow', asked.allow, allowed, (bound, name) => bound === name),
  };
}

/** A list of what may be allowed says nothing under `off`, which allows all. */
function profileOf(
  { profile, allow }: NonNullable<PolicyValues['syscalls']>,
  source: Source,
): Sourced<ProfileChoice> | undefined {
  if (profile !== undefined || allow === undefined) return profile;
  return { value: 'default', source };
}

/** Whether nobody knows which is the stricter one. Everything is within `off`, and within itself. */
function incomparable(asked: Sourced<ProfileChoice>, floor: Sourced<ProfileChoice>): boolean {
  const both = [asked.value, floor.value];
  return (
    both.some((value) => typeof value !== 'string') &&
    !both.includes('off') &&
    JSON.stringify(both[0]) !== JSON.stringify(both[1])
  );
}

function isSame(one: FurtherProfile, other: FurtherProfile): boolean {
  const keyOf = ({ profile, allow }: FurtherProfile): string =>
    JSON.stringify([profile.value, allow.map(({ value }) => value)]);
  return keyOf(one) === keyOf(other);
}
