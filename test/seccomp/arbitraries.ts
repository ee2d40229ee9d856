import * as fc from 'fast-check';
import type { ProfileCondition, SeccompProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import { AUDIT } from './meaning.ts';
import type { Call } from './bpf.ts';

const LARGEST = 2n ** 64n - 1n;
/** Around the places where the words of 32 bits meet. */
const EDGES = [
  ...[0n, 1n, 2n, 0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn],
  ...[0x100000000n, 0x100000001n, 0x1ffffffffn, 0xffffffff00000000n, LARGEST - 1n, LARGEST],
];
const NAMES = ['read', 'openat', 'socket', 'clone', 'ioctl', 'getpid', 'statx', 'mseal', 'open'];
/** On one of the architectures, or on neither. */
const ABSENT = ['arch_prctl', 'umount', 'chown32'];

export const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...EDGES) },
  fc.bigInt({ min: 0n, max: LARGEST }),
);

const compared = fc.record({
  index: fc.nat(5),
  op: fc.constantFrom(
    ...(['SCMP_CMP_NE', 'SCMP_CMP_LT', 'SCMP_CMP_LE', 'SCMP_CMP_EQ'] as const),
    ...(['SCMP_CMP_GE', 'SCMP_CMP_GT'] as const),
  ),
  value,
});
const masked = fc
  .record({ index: fc.nat(5), value, under: value })
  .map(({ index, value: mask, under }): ProfileCondition => ({
    index,
    op: 'SCMP_CMP_MASKED_EQ',
    value: mask,
    valueTwo: under & mask,
  }));
/** Conditions that may stand in one rule: each on another argument. */
export const conditions = fc.uniqueArray<ProfileCondition, number>(fc.oneof(compared, masked), {
  selector: ({ index }) => index,
  maxLength: 3,
});

export const action = fc.constantFrom(
  ...(['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO', 'SCMP_ACT_KILL', 'SCMP_ACT_KILL_PROCESS'] as const),
  ...(['SCMP_ACT_KILL_THREAD', 'SCMP_ACT_LOG', 'SCMP_ACT_TRAP'] as const),
);
const errnoRet = fc.option(fc.constantFrom(0, 1, 38, 4095));
const arches = fc.option(fc.subarray(['amd64', 'arm64', 's390x']));
const circumstances = fc.option(
  fc.record({
    arches,
    caps: fc.constantFrom<string[] | null>(null, [], ['CAP_SYS_ADMIN']),
    minKernel: fc.constantFrom(null, null, '4.8'),
  }),
  { freq: 1 },
);

export const profile: fc.Arbitrary<SeccompProfile> = fc.record({
  defaultAction: action,
  defaultErrnoRet: errnoRet,
  syscalls: fc.array(
    fc.record({
      names: fc.subarray([...NAMES, ...ABSENT], { minLength: 1 }),
      action,
      errnoRet,
      args: fc.option(conditions, { freq: 4 }),
      includes: circumstances,
      excludes: circumstances,
    }),
    { maxLength: 12 },
  ),
});

export const arch = fc.constantFrom<Arch>('x64', 'arm64');

export const args = fc.array(value, { minLength: 6, maxLength: 6 });

/** Calls that the rules above may be about, their neighbours, and any other number. */
export const call: fc.Arbitrary<Call> = fc.record({
  number: fc.oneof(
    { weight: 4, arbitrary: arch.chain((of) => fc.constantFrom(...numbersOf(of))) },
    { weight: 2, arbitrary: fc.nat(500) },
    fc.constantFrom(0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0xfffffffe, 0xffffffff),
    fc.nat(0xffffffff),
  ),
  audit: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(AUDIT.x64, AUDIT.arm64) },
    fc.constantFrom(AUDIT.i386, AUDIT.arm),
    fc.nat(0xffffffff),
  ),
  args,
});

function numbersOf(of: Arch): number[] {
  return [...NAMES, ...ABSENT].flatMap((name) => {
    const number = ARCHITECTURES[of].numbers.get(name);
    return number === undefined ? [] : [number, number + 1];
  });
}
