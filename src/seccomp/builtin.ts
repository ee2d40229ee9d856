import { checkProfile, type SeccompProfile } from './profile.ts';

export const BUILTIN_NAMES = ['default', 'strict'] as const;
export type BuiltinName = (typeof BUILTIN_NAMES)[number];

/** A profile that comes with Glovebox. */
export async function builtinProfile(name: BuiltinName): Promise<SeccompProfile> {
  const { PROFILES } = await import('./data.ts');
  const { profile, findings } = checkProfile(PROFILES[name]);
  if (profile === null) {
    throw new Error(`seccomp/${name}.json is no profile: ${findings[0]?.message}`);
  }
  return profile;
}
