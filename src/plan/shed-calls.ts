import type { Lack } from '../capabilities/capability.ts';
import { decisionsOf } from '../seccomp/decisions.ts';
import type { SeccompProfile } from '../seccomp/profile.ts';
import { type Arch, ARCHITECTURES } from '../seccomp/syscalls.ts';
import { SHED_CALLS } from './shedding.ts';
import type { Downgrade } from './types.ts';

const ALLOWED = 0x7fff0000;
const LOGGED = 0x7ffc0000;

/**
 * Where root sheds its ids inside the sandbox, its filters are in force already. One that does not let
 * that happen is opened so far, and that is a downgrade.
 */
export function sheddingRefused(refused: readonly string[], because: Lack): Downgrade[] {
  const calls = [...new Set(refused)].toSorted();
  if (calls.length === 0) return [];
  return [
    {
      layer: 'syscalls',
      code: 'shedding-refused',
      reason: `the profile refuses ${calls.join(', ')}, which root needs to give itself up inside of the sandbox, because ${because.reason}`,
      remedy: `${because.remedy}; or put these calls into syscalls.allow`,
    },
  ];
}

/** The calls of that which a profile refuses. */
export function refusedIn(
  profile: SeccompProfile,
  { arch, kernel }: { readonly arch: Arch; readonly kernel: string },
): string[] {
  const { numbers } = ARCHITECTURES[arch];
  const { byNumber, otherwise } = decisionsOf(profile, ARCHITECTURES[arch], kernel);
  return SHED_CALLS.filter((name) => {
    const decision = byNumber.get(numbers.get(name) ?? -1) ?? otherwise;
    return !decision.every(({ verdict }) => verdict === ALLOWED || verdict === LOGGED);
  });
}
