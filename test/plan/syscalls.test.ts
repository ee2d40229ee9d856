import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { planSyscalls, type Profiles } from '../../src/plan/syscalls.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import type { Policy, PolicyLayer } from '../../src/policy/types.ts';
import { parseProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES } from '../../src/seccomp/syscalls.ts';
import { facts, said, type FactsOverrides } from '../fixtures/facts.ts';
import { PROFILES } from '../fixtures/plan.ts';
import { layer, policy } from '../fixtures/policy.ts';
import { runFilter } from '../seccomp/bpf.ts';
import { ALLOW, AUDIT } from '../seccomp/meaning.ts';

const SHA256 = 'ab'.repeat(32);
/** A user's own: everything but mkdir. */
const OWN = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
});
const own = parseProfile(OWN, 'own.json').profile;
if (own === null) throw new Error('the profile of this test is none');
const KNOWN: Profiles = { ...PROFILES, files: new Map([[SHA256, own]]) };
const FILE = {
  path: './own.json',
  content: { name: './own.json', text: OWN, sha256: SHA256, commit: null },
};

/** The policy, with the user's own profile in the place of `./own.json`. */
function read({ syscalls, ...rest }: Policy): Policy {
  const { profile } = syscalls;
  const value = typeof profile.value === 'string' ? profile.value : FILE;
  return { ...rest, syscalls: { ...syscalls, profile: { ...profile, value } } };
}

function decide(asked: Policy, overrides: FactsOverrides = {}) {
  const found = facts(overrides);
  return planSyscalls(read(asked), evaluate(found), found.host, KNOWN);
}

const of = (syscalls: object): Policy => policy({ syscalls });

/** Whether a call gets through all filters. */
function allows(asked: Policy, call: string, ...args: bigint[]): boolean {
  const number = ARCHITECTURES.x64.numbers.get(call) ?? -1;
  return decide(asked).syscalls.filters.every(
    ({ filter }) => runFilter(filter, { number, audit: AUDIT.x64, args }).verdict === ALLOW,
  );
}

describe('planSyscalls', () => {
  it.each<[string, object, string[], string]>([
    ['the default', {}, ['base', 'default'], 'enforced'],
    ['strict', { profile: 'strict' }, ['base', 'strict'], 'enforced'],
    ['off', { profile: 'off' }, ['base'], 'not-requested'],
    ['off, with more blocked', { profile: 'off', block: ['mkdir'] }, ['base', 'off'], 'enforced'],
    ['a file', { profile: './own.json' }, ['base', './own.json'], 'enforced'],
  ])('has for %s its filters beside the base', (_name, asked, names, status) => {
    const { syscalls, layer: decided, downgrades } = decide(of(asked));
    expect(syscalls.filters.map(({ name }) => name)).toEqual(names);
    expect([decided.status, downgrades]).toEqual([status, []]);
    for (const name of names) expect(decided.mechanism).toContain(`${name}, `);
  });

  it.each<[string, object, string, bigint[], boolean]>([
    ['the default refuses a trace', {}, 'ptrace', [0n], false],
    ['`allow` opens it', { allow: ['ptrace'] }, 'ptrace', [0n], true],
    ['`block` shuts what is open', { block: ['mkdir'] }, 'mkdir', [], false],
    ['`block` wins', { allow: ['mkdir'], block: ['mkdir'] }, 'mkdir', [], false],
    ['`block` also under `off`', { profile: 'off', block: ['mkdir'] }, 'mkdir', [], false],
    ['`off` refuses no mount', { profile: 'off' }, 'mount', [], true],
    ['`off` refuses a user namespace', { profile: 'off' }, 'unshare', [0x10000000n], false],
    ['`allow` opens no user namespace', { allow: ['unshare'] }, 'unshare', [0x10000000n], false],
    ['`allow` opens no keyring', { allow: ['keyctl'] }, 'keyctl', [], false],
    ['`allow` opens no terminal', { allow: ['ioctl'] }, 'ioctl', [0n, 0x5412n], false],
    ['a file decides', { profile: './own.json' }, 'mkdir', [], false],
    ['a file decides what else is open', { profile: './own.json' }, 'mount', [], true],
    ['a file opens no keyring', { profile: './own.json' }, 'keyctl', [], false],
    ['`allow` opens a file', { profile: './own.json', allow: ['mkdir'] }, 'mkdir', [], true],
  ])('%s', (_name, asked, call, args, expected) => {
    expect(allows(of(asked), call, ...args)).toBe(expected);
  });

  it('has a profile of a floor beside one that is not known to be stricter', () => {
    const floor: PolicyLayer = layer({ syscalls: { profile: 'default' } });
    const { policy: bounded } = boundPolicy(of({ profile: './own.json' }), floor);
    expect(decide(bounded).syscalls.filters.map(({ name }) => name)).toEqual([
      ...['base', './own.json', 'default'],
    ]);
    expect(allows(bounded, 'mkdir')).toBe(false);
    expect(allows(bounded, 'mount')).toBe(false);
    expect(allows(bounded, 'read')).toBe(true);
  });

  it('tells what of `allow` stays shut', () => {
    const { notes } = decide(of({ allow: ['ptrace', 'keyctl', 'unshare'] }));
    expect(notes).toEqual([
      {
        code: 'syscalls-held',
        text: expect.stringMatching(/not open all of keyctl, unshare:/) as string,
      },
    ]);
  });

  it("tells what is to be known of a user's own profile, and nothing of Glovebox's", () => {
    expect(decide(of({})).notes).toEqual([]);
    expect(decide(of({ profile: './own.json' })).notes).toEqual([
      {
        code: 'profile-note',
        text: expect.stringMatching(/^\.\/own\.json: .*other architectures/) as string,
      },
    ]);
  });

  it('has nothing for a profile that nobody read but an error', () => {
    const found = facts();
    expect(() =>
      planSyscalls(of({ profile: './own.json' }), evaluate(found), found.host, KNOWN),
    ).toThrow(/was not read/);
  });

  it.each<[string, FactsOverrides, string[]]>([
    [
      'without a sandbox',
      { missing: ['bwrap'] },
      ['syscalls/tool-missing', 'privilege/filter-missing'],
    ],
    [
      'without filters',
      { attempts: { seccomp: said('prctl(PR_SET_SECCOMP): Invalid argument') } },
      ['syscalls/seccomp-unsupported', 'privilege/filter-missing'],
    ],
    [
      'where nobody could see them',
      { hints: { seccompMode: 2, seccompFilters: null } },
      ['syscalls/seccomp-unseen', 'privilege/filter-missing'],
    ],
    [
      'on an architecture without a table',
      { host: { arch: 'riscv64' } },
      ['syscalls/arch-unknown', 'privilege/filter-missing'],
    ],
  ])('is unavailable %s, and says what is lost', (_name, found, expected) => {
    const { syscalls, layer: decided, downgrades } = decide(of({}), found);
    expect(syscalls.filters).toEqual([]);
    expect(decided.status).toBe('unavailable');
    expect(downgrades.map((one) => `${one.layer}/${one.code}`)).toEqual(expected);
  });
});
