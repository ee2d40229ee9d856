import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import { adjustProfile } from '../../src/seccomp/adjust.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import type { ProfileCondition, ProfileRule, SeccompProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import * as arbitrary from './arbitraries.ts';
import { runFilter, type Call } from './bpf.ts';
import { ALLOW, AUDIT, errno, KILL_PROCESS, meaning } from './meaning.ts';

const X64 = ARCHITECTURES.x64.numbers;
const LARGEST = 2n ** 64n - 1n;

const is = (value: bigint): ProfileRule['args'] => [{ index: 0, op: 'SCMP_CMP_EQ', value }];

function callOf(name: string, args: readonly bigint[]): Call {
  return { number: X64.get(name) ?? -1, audit: AUDIT.x64, args };
}

/** Calls to which the program gives another verdict than is read off the profile. */
function misjudged(profile: SeccompProfile, arch: Arch, calls: readonly Call[]): Call[] {
  const { filter } = compileProfile(profile, arch);
  return calls.filter((call) => runFilter(filter, call).verdict !== meaning(profile, arch, call));
}

/** What a profile does to a call on x86_64. */
function verdict(profile: SeccompProfile, name: string, ...args: bigint[]): number {
  const { filter } = compileProfile(profile, 'x64');
  return runFilter(filter, callOf(name, args)).verdict;
}

function profileOf(...syscalls: ProfileRule[]): SeccompProfile {
  return { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38, syscalls };
}

const allow = (name: string, args: ProfileRule['args'] = []): ProfileRule => ({
  names: [name],
  action: 'SCMP_ACT_ALLOW',
  args,
});

describe('an action', () => {
  it.each<[ProfileRule['action'], number | undefined, number]>([
    ['SCMP_ACT_ALLOW', undefined, ALLOW],
    ['SCMP_ACT_ERRNO', undefined, errno(38)],
    ['SCMP_ACT_ERRNO', 13, errno(13)],
    ['SCMP_ACT_ERRNO', 0, errno(0)],
    ['SCMP_ACT_KILL', undefined, 0],
    ['SCMP_ACT_KILL_THREAD', undefined, 0],
    ['SCMP_ACT_KILL_PROCESS', undefined, KILL_PROCESS],
    ['SCMP_ACT_LOG', undefined, 0x7ffc0000],
    ['SCMP_ACT_TRAP', undefined, 0x00030000],
  ])('%s with the number %s', (action, errnoRet, expected) => {
    const rule = { names: ['read'], action, ...(errnoRet !== undefined && { errnoRet }) };
    expect(verdict(profileOf(rule), 'read')).toBe(expected);
    expect(verdict({ defaultAction: action, defaultErrnoRet: errnoRet ?? 38 }, 'read')).toBe(
      expected,
    );
  });

  it('is EPERM where no number is given', () => {
    expect(verdict({ defaultAction: 'SCMP_ACT_ERRNO' }, 'read')).toBe(errno(1));
  });
});

describe('a condition', () => {
  const [low, high] = [0x00000001_00000000n, 0x00000002_00000005n];
  type Condition = Omit<ProfileCondition, 'index'>;
  it.each<[what: string, condition: Condition, holds: bigint[], fails: bigint[]]>([
    ['EQ', { op: 'SCMP_CMP_EQ', value: high }, [high], [5n, 0x2_00000000n, high + 1n]],
    ['NE', { op: 'SCMP_CMP_NE', value: high }, [5n, 0x2_00000000n, high + 1n], [high]],
    ['GT', { op: 'SCMP_CMP_GT', value: high }, [high + 1n, LARGEST], [high, 0xffffffffn]],
    ['GE', { op: 'SCMP_CMP_GE', value: high }, [high, 0x3_00000000n], [high - 1n, 9n]],
    ['LT', { op: 'SCMP_CMP_LT', value: low }, [0xffffffffn, 0n], [low, LARGEST]],
    ['LE', { op: 'SCMP_CMP_LE', value: low }, [low, 0xffffffffn], [low + 1n, high]],
    [
      'MASKED_EQ of the low word',
      { op: 'SCMP_CMP_MASKED_EQ', value: 0xffffffffn, valueTwo: 40n },
      [40n, 0x1_00000028n],
      [41n, 0x28_00000000n],
    ],
    [
      'MASKED_EQ of both words',
      { op: 'SCMP_CMP_MASKED_EQ', value: 0xf0_00000001n, valueTwo: 0x30_00000000n },
      [0x30_00000000n, 0xf3f_fffffff0n],
      [0x30_00000001n, 0n],
    ],
    [
      'MASKED_EQ without the value',
      { op: 'SCMP_CMP_MASKED_EQ', value: 0x7e020000n },
      [0n, 0x1200011n],
      [0x10000011n],
    ],
    [
      'MASKED_EQ of bits that the mask takes away',
      { op: 'SCMP_CMP_MASKED_EQ', value: 0xffn, valueTwo: 0x1_00000001n },
      [],
      [1n, 0x1_00000001n],
    ],
    ['MASKED_EQ of nothing', { op: 'SCMP_CMP_MASKED_EQ', value: 0n }, [0n, LARGEST], []],
  ])('%s', (_what, condition, holds, fails) => {
    const profile = profileOf(allow('read', [{ index: 3, ...condition }]));
    const on = (value: bigint): number => verdict(profile, 'read', LARGEST, 0n, 1n, value);
    expect(holds.map(on)).toEqual(holds.map(() => ALLOW));
    expect(fails.map(on)).toEqual(fails.map(() => errno(38)));
  });

  it('must hold together with the others of its rule', () => {
    const rule = allow('socket', [
      { index: 0, op: 'SCMP_CMP_EQ', value: 16n },
      { index: 2, op: 'SCMP_CMP_EQ', value: 0n },
    ]);
    expect(verdict(profileOf(rule), 'socket', 16n, 3n, 0n)).toBe(ALLOW);
    expect(verdict(profileOf(rule), 'socket', 16n, 3n, 9n)).toBe(errno(38));
    expect(verdict(profileOf(rule), 'socket', 2n, 3n, 0n)).toBe(errno(38));
  });
});

describe('several rules for a call', () => {
  const refuse = (args: ProfileRule['args'] = []): ProfileRule => ({
    ...allow('socket', args),
    action: 'SCMP_ACT_ERRNO',
    errnoRet: 97,
  });

  it('are alternatives', () => {
    const profile = profileOf(allow('socket', is(1n)), allow('socket', is(2n)));
    expect([1n, 2n, 3n].map((family) => verdict(profile, 'socket', family))).toEqual([
      ALLOW,
      ALLOW,
      errno(38),
    ]);
  });

  it('count from the first on', () => {
    const before = profileOf(refuse(is(40n)), allow('socket'));
    expect([40n, 2n].map((family) => verdict(before, 'socket', family))).toEqual([
      errno(97),
      ALLOW,
    ]);
    const after = profileOf(allow('socket', is(1n)), refuse());
    expect([1n, 2n].map((family) => verdict(after, 'socket', family))).toEqual([ALLOW, errno(97)]);
    expect(verdict(profileOf(allow('socket'), refuse(is(40n))), 'socket', 40n)).toBe(ALLOW);
  });
});

describe('a foreign call', () => {
  const { filter } = compileProfile({ defaultAction: 'SCMP_ACT_ALLOW' }, 'x64');
  it.each([
    ['of i386', 11, AUDIT.i386, KILL_PROCESS],
    ['of aarch64', 0, AUDIT.arm64, KILL_PROCESS],
    ['of x32', 0x40000000, AUDIT.x64, KILL_PROCESS],
    ['of x32, far up', 0xfffffffe, AUDIT.x64, KILL_PROCESS],
    ['number -1', 0xffffffff, AUDIT.x64, ALLOW],
    ['just below x32', 0x3fffffff, AUDIT.x64, ALLOW],
  ])('%s', (_what, number, audit, expected) => {
    expect(runFilter(filter, { number, audit }).verdict).toBe(expected);
  });
});

describe('what a rule depends on', () => {
  const given = (more: Partial<ProfileRule>): SeccompProfile =>
    profileOf({ ...allow('read'), ...more });
  it.each<[string, Partial<ProfileRule>, string | null, number]>([
    ['an architecture', { includes: { arches: ['amd64', 'x32'] } }, null, ALLOW],
    ['another architecture', { includes: { arches: ['s390x'] } }, null, errno(38)],
    ['any but this architecture', { excludes: { arches: ['amd64'] } }, null, errno(38)],
    ['a capability', { includes: { caps: ['CAP_SYS_ADMIN'] } }, null, errno(38)],
    ['no capability', { excludes: { caps: ['CAP_SYS_ADMIN'] } }, null, ALLOW],
    ['an older kernel', { includes: { minKernel: '4.8' } }, '6.1.0-13-amd64', ALLOW],
    ['this kernel', { includes: { minKernel: '6.1' } }, '6.1', ALLOW],
    ['a newer kernel', { includes: { minKernel: '6.10' } }, '6.9.12', errno(38)],
    ['any but a newer kernel', { excludes: { minKernel: '4.8' } }, '4.4.0', ALLOW],
    ['a kernel, where it is not known', { includes: { minKernel: '4.8' } }, null, errno(38)],
    ['nothing', { includes: {}, excludes: null }, null, ALLOW],
  ])('%s', (_what, more, kernel, expected) => {
    const { filter } = compileProfile(given(more), 'x64', kernel);
    expect(runFilter(filter, { number: 0, audit: AUDIT.x64 }).verdict).toBe(expected);
  });
});

describe('a compiled profile', () => {
  it('counts the rules in force and says what has no effect', () => {
    const names = ['read', 'write', 'chown32'];
    const profile: SeccompProfile = {
      ...profileOf(
        { names, action: 'SCMP_ACT_ALLOW' },
        { ...allow('ptrace'), includes: { minKernel: '4.8' } },
      ),
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
      flags: ['SECCOMP_FILTER_FLAG_LOG'],
    };
    const { rules, notes } = compileProfile(profile, 'x64');
    expect(rules).toBe(2);
    expect(notes).toEqual([
      'not system calls of x86_64, so their rules have no effect: chown32',
      'calls of other architectures than x86_64 end the process, listed or not',
      'the flags of the profile are not applied',
      'rules with a least kernel were left out: the kernel is not known',
    ]);
    expect(compileProfile(profileOf(allow('read')), 'x64').notes).toEqual([]);
  });

  it('reaches a verdict by halves', () => {
    const names = [...X64.keys()].filter((_name, index) => index % 2 === 0);
    const { filter } = compileProfile(profileOf({ names, action: 'SCMP_ACT_ALLOW' }), 'x64');
    const steps = [...X64.values()].map(
      (number) => runFilter(filter, { number, audit: AUDIT.x64 }).steps,
    );
    // 2^9 is more than there are ranges; three are the check of the architecture, two lead further than a test.
    expect(Math.max(...steps)).toBeLessThanOrEqual(3 + 9 + 2);
  });

  it('is as long as the kernel takes, or an error', () => {
    const rules = Array.from({ length: 1100 }, (_, value) => allow('read', is(BigInt(value))));
    const lengthOf = (count: number): number =>
      compileProfile(profileOf(...rules.slice(0, count)), 'x64').filter.length / 8;
    const four = lengthOf(1001) - lengthOf(1000);
    const most = 1000 + Math.floor((4096 - lengthOf(1000)) / four);
    expect(4096 - lengthOf(most)).toBeLessThan(four);
    expect(() => lengthOf(most + 1)).toThrow(GloveboxError);
    expect(() => lengthOf(most + 1)).toThrow(/needs \d{4} instructions, and the kernel takes 4096/);
  });

  it('jumps as far as it must from one condition to the next', () => {
    const many = fc.array(fc.tuple(fc.boolean(), arbitrary.conditions), {
      minLength: 60,
      maxLength: 90,
    });
    fc.assert(
      fc.property(many, fc.array(arbitrary.args, { minLength: 20 }), (cases, given) => {
        const rules = cases.map(([good, conditions], index): ProfileRule => {
          // One that always holds would be the end of it.
          const args = conditions.length > 0 ? conditions : is(BigInt(index));
          const action = good ? 'SCMP_ACT_ALLOW' : 'SCMP_ACT_TRAP';
          return { names: ['read'], action, args };
        });
        const calls = given.map((args) => callOf('read', args));
        expect(misjudged(profileOf(...rules), 'x64', calls)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('jumps as far as it must from a number to what is decided of it', () => {
    const some = fc.array(fc.constantFrom(...X64.keys()), { minLength: 60, maxLength: 300 });
    fc.assert(
      fc.property(some, (names) => {
        const rules = names.flatMap((name, index): ProfileRule[] => [
          allow(name, [{ index: 1, op: 'SCMP_CMP_GT', value: BigInt(index) << 30n }]),
          { names: [name], action: 'SCMP_ACT_ERRNO', errnoRet: index + 1 },
        ]);
        const calls = names.flatMap((name, index) =>
          [0n, 1n].map((above) => callOf(name, [0n, (BigInt(index) << 30n) + above])),
        );
        expect(misjudged(profileOf(...rules), 'x64', calls)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('does for any call what the profile says', () => {
    fc.assert(
      fc.property(
        arbitrary.profile,
        arbitrary.arch,
        fc.array(arbitrary.call, { minLength: 20, maxLength: 60 }),
        (profile, arch, calls) => {
          expect(misjudged(profile, arch, calls)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('adjustProfile', () => {
  const profile = profileOf(allow('read'), allow('statx'), allow('clone'));
  it.each([
    ['an allowed call', { allow: ['ptrace'], block: [] }, 'ptrace', ALLOW],
    ['a blocked call', { allow: [], block: ['read'] }, 'read', errno(1)],
    ['a blocked call with an older sibling', { allow: [], block: ['statx'] }, 'statx', errno(38)],
    ['a call in both lists', { allow: ['read'], block: ['read'] }, 'read', errno(1)],
    ['any other', { allow: ['ptrace'], block: ['read'] }, 'clone', ALLOW],
  ])('%s', (_what, adjustment, name, expected) => {
    expect(verdict(adjustProfile(profile, adjustment), name)).toBe(expected);
  });
});
