import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinProfile } from '../../src/seccomp/builtin.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { namesOf, type SeccompProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import * as arbitrary from './arbitraries.ts';
import { runFilter, type Call } from './bpf.ts';
import { AUDIT } from './meaning.ts';

const ARCHES = ['x64', 'arm64'] as const;
const NOTHING = new Uint8Array();

interface Theirs {
  readonly filter: Uint8Array;
  /** Names that are newer than the library, or no calls of the architecture. */
  readonly unknown: readonly string[];
}

/** What libseccomp makes of profiles, through Debian's python3-seccomp. */
function byLibseccomp(given: readonly { profile: SeccompProfile; arch: Arch }[]): Theirs[] {
  const input = given.map(({ profile, arch }) => ({
    arch,
    action: profile.defaultAction,
    errno: profile.defaultErrnoRet ?? 1,
    rules: (profile.syscalls ?? []).map((rule) => ({
      names: namesOf(rule),
      action: rule.action,
      errno: rule.errnoRet ?? profile.defaultErrnoRet ?? 1,
      args: (rule.args ?? []).map(({ index, op, value, valueTwo }) => [
        index,
        op,
        `${value}`,
        `${valueTwo ?? 0n}`,
      ]),
    })),
  }));
  const script = join(import.meta.dirname, 'libseccomp.py');
  const output = execFileSync('/usr/bin/python3', [script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const programs = JSON.parse(output) as { filter: string; unknown: string[] }[];
  return programs.map(({ filter, unknown }) => ({
    filter: new Uint8Array(Buffer.from(filter, 'base64')),
    unknown,
  }));
}

/** The calls of a profile that the library and we must agree on: where order does not matter to it. */
function shared(profile: SeccompProfile): SeccompProfile {
  const rules = profile.syscalls ?? [];
  const uses = (name: string) => rules.filter((rule) => namesOf(rule).includes(name));
  return {
    ...profile,
    syscalls: rules.flatMap((rule) => {
      const names = namesOf(rule).filter((name) => uses(name).length === 1);
      return names.length > 0 ? [{ ...rule, names }] : [];
    }),
  };
}

const CALLS = ['read', 'openat', 'socket', 'clone', 'ioctl', 'getpid', 'statx', 'open'];

/**
 * For each call one rule, or several that compare one argument with different values. Other alternatives
 * libseccomp merges, and gets some of them wrong: of `LE 2^64-2` and `LE 2` it leaves out 2^32.
 */
const alternatives = fc.oneof(
  arbitrary.conditions.map((args) => [args]),
  fc
    .uniqueArray(arbitrary.value, { minLength: 2, maxLength: 4 })
    .map((values) => values.map((value) => [{ index: 0, op: 'SCMP_CMP_EQ' as const, value }])),
);
const orderless: fc.Arbitrary<SeccompProfile> = fc
  .record({
    defaultAction: arbitrary.action,
    given: fc.tuple(...CALLS.map(() => fc.tuple(arbitrary.action, alternatives))),
  })
  .map(({ defaultAction, given }) => ({
    defaultAction,
    syscalls: given.flatMap(([action, lists], index) =>
      lists.map((args) => ({ name: CALLS[index] ?? '', action, errnoRet: 7, args })),
    ),
  }));

/** Calls that the two programs judge differently. */
function differing(ours: Uint8Array, theirs: Uint8Array, calls: readonly Call[]): Call[] {
  return calls.filter((call) => runFilter(ours, call).verdict !== runFilter(theirs, call).verdict);
}

describe('libseccomp agrees', () => {
  it('on any profile whose rules have no order', () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const any = fc.record({
      profile: orderless,
      arch: arbitrary.arch,
      calls: fc.array(arbitrary.call, { minLength: 100, maxLength: 100 }),
    });
    const given = fc.sample(any, { seed, numRuns: 200 });
    const theirs = byLibseccomp(given);
    expect(theirs.length).toBe(given.length);
    for (const [index, { profile, arch, calls }] of given.entries()) {
      const { filter } = compileProfile(profile, arch);
      const wrong = differing(filter, theirs[index]?.filter ?? NOTHING, calls);
      expect(wrong, `profile ${index} of seed ${seed}`).toEqual([]);
    }
  });

  it.each(ARCHES)('on the numbers of all calls of %s that it knows', async (arch) => {
    const profile = shared(await builtinProfile('default'));
    const [theirs] = byLibseccomp([{ profile, arch }]);
    if (theirs === undefined) throw new Error('no answer');
    const unknown = new Set(theirs.unknown);
    const { numbers } = ARCHITECTURES[arch];
    const calls = [...numbers].flatMap(([name, number]): Call[] =>
      unknown.has(name) ? [] : [{ number, audit: AUDIT[arch] }],
    );
    expect(calls.length).toBeGreaterThan(280);
    const { filter } = compileProfile(profile, arch);
    expect(differing(filter, theirs.filter, calls)).toEqual([]);
  });
});
