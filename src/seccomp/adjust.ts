import type { ProfileRule, SeccompProfile } from './profile.ts';

export interface Adjustment {
  /** Names of system calls that are allowed whatever their arguments. */
  readonly allow: readonly string[];
  /** Names of system calls that fail. */
  readonly block: readonly string[];
}

const EPERM = 1;
const ENOSYS = 38;
/** Of these, libraries try the older call when they hear that the kernel does not have them, and only then. */
const FALL_BACK: ReadonlySet<string> = new Set([
  'clone3',
  'close_range',
  'copy_file_range',
  'epoll_pwait2',
  'execveat',
  'faccessat2',
  'fchmodat2',
  'futex_waitv',
  'getrandom',
  'io_uring_setup',
  'membarrier',
  'memfd_create',
  'openat2',
  'pidfd_open',
  'preadv2',
  'pwritev2',
  'renameat2',
  'rseq',
  'statx',
]);

/** A profile with a policy's own rules before all others. What is in both lists is blocked. */
export function adjustProfile(
  profile: SeccompProfile,
  { allow, block }: Adjustment,
): SeccompProfile {
  const rules: ProfileRule[] = [
    ...block.map((name) => ({
      names: [name],
      action: 'SCMP_ACT_ERRNO' as const,
      errnoRet: FALL_BACK.has(name) ? ENOSYS : EPERM,
    })),
    ...(allow.length > 0 ? [{ names: [...allow], action: 'SCMP_ACT_ALLOW' as const }] : []),
  ];
  return { ...profile, syscalls: [...rules, ...(profile.syscalls ?? [])] };
}
