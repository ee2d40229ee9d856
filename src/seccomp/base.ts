import base from '../../seccomp/base.json' with { type: 'json' };
import { checkProfile, type SeccompProfile } from './profile.ts';

/** What other layers rest on: in force beside every profile, whatever a policy allows. */
export function baseProfile(): SeccompProfile {
  const { profile, findings } = checkProfile(base);
  if (profile === null) throw new Error(`seccomp/base.json is no profile: ${findings[0]?.message}`);
  return profile;
}
