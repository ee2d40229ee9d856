import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import type {
  ActionName,
  ProfileCondition,
  ProfileRule,
  SeccompProfile,
} from '../../src/seccomp/profile.ts';
import type { Call } from './bpf.ts';

export const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 };
export const ALLOW = 0x7fff0000;
export const KILL_PROCESS = 0x80000000;
export const errno = (number: number): number => 0x00050000 + number;

const SIMPLE: Partial<Record<ActionName, number>> = {
  SCMP_ACT_ALLOW: ALLOW,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_TRAP: 0x00030000,
};

/** What a profile says of a call, read off its rules one after the other. */
export function meaning(profile: SeccompProfile, arch: Arch, call: Call): number {
  if (call.audit !== AUDIT[arch]) return KILL_PROCESS;
  if (arch === 'x64' && call.number >= 0x40000000 && call.number !== 0xffffffff) {
    return KILL_PROCESS;
  }
  const { numbers } = ARCHITECTURES[arch];
  const first = (profile.syscalls ?? []).find(
    (rule) =>
      isHere(rule, arch) &&
      (rule.names ?? [rule.name ?? '']).some((name) => numbers.get(name) === call.number) &&
      (rule.args ?? []).every((condition) => holds(condition, call)),
  );
  const action = first?.action ?? profile.defaultAction;
  return SIMPLE[action] ?? errno(first?.errnoRet ?? profile.defaultErrnoRet ?? 1);
}

/** Without capabilities, on a kernel that nothing is known of. */
function isHere({ includes, excludes }: ProfileRule, arch: Arch): boolean {
  const alias = arch === 'x64' ? 'amd64' : 'arm64';
  if (excludes?.arches?.includes(alias)) return false;
  if (includes?.arches?.length && !includes.arches.includes(alias)) return false;
  return !includes?.caps?.length && !includes?.minKernel;
}

function holds({ index, op, value, valueTwo }: ProfileCondition, { args = [] }: Call): boolean {
  const given = args[index] ?? 0n;
  switch (op) {
    case 'SCMP_CMP_NE':
      return given !== value;
    case 'SCMP_CMP_LT':
      return given < value;
    case 'SCMP_CMP_LE':
      return given <= value;
    case 'SCMP_CMP_EQ':
      return given === value;
    case 'SCMP_CMP_GE':
      return given >= value;
    case 'SCMP_CMP_GT':
      return given > value;
    case 'SCMP_CMP_MASKED_EQ':
      return (given & value) === (valueTwo ?? 0n);
  }
}
