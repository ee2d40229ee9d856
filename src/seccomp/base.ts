import base from '../../seccomp/base.json' with { type: 'json' };
import { checkProfile, type SeccompProfile } from './profile.ts';

/** The calls that it refuses, some or all of them. */
export const HELD_CALLS: ReadonlySet<string> = new Set(base.syscalls.flatMap(({ names }) => names));

/** What other layers rest on: in force beside every profile, whatever a policy allows. */
export function baseProfile(): SeccompProfile {
  const { profile, findings } = checkProfile(base);
  if (profile === null) throw new Error(`seccomp/base.json is no profile: ${findings[0]?.message}`);
  return profile;
}
