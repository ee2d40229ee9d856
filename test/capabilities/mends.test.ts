import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileFor } from '../../src/capabilities/apparmor.ts';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { mendsFor, type SysctlUse, undoOf, undoWord } from '../../src/capabilities/mends.ts';
import { facts, said, type FactsOverrides } from '../fixtures/facts.ts';

const PROFILE = `abi <abi/4.0>,
include <tunables/global>

profile glovebox-unshare /usr/bin/unshare flags=(unconfined) {
  userns,
}
`;

const DENIED = said('Operation not permitted');

/** The commands, each in a line, with what is put into them. */
function commands(overrides: FactsOverrides, sysctl: SysctlUse = 'never'): string[] {
  const found = facts(overrides);
  const { sandbox, slirp4netns, rules, doors, overlay } = evaluate(found);
  const mends = mendsFor([sandbox, slirp4netns, rules, doors, overlay], found, { sysctl });
  return mends.flatMap((mend) =>
    mend.commands.map(({ argv, stdin }) =>
      [...argv, ...(stdin === undefined ? [] : [stdin])].join(' '),
    ),
  );
}

const APPARMOR: FactsOverrides = {
  attempts: { namespaces: DENIED },
  hints: { apparmorRestrictsUserns: 1 },
};

describe('what root can mend', () => {
  it.each<[string, FactsOverrides, SysctlUse, readonly string[]]>([
    ['a healthy machine', {}, 'preferred', []],
    ['AppArmor', APPARMOR, 'if-needed', [`apparmor_parser --replace --skip-cache ${PROFILE}`]],
    [
      'AppArmor, by the sysctl when that is asked for',
      APPARMOR,
      'preferred',
      ['sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
    ],
    ['AppArmor, but unshare is missing', { ...APPARMOR, missing: ['unshare'] }, 'never', []],
    [
      'user namespaces that are off, unless asked for',
      { attempts: { namespaces: DENIED }, hints: { maxUserNamespaces: 0 } },
      'never',
      [],
    ],
    [
      'user namespaces that are off',
      { attempts: { namespaces: DENIED }, hints: { maxUserNamespaces: 0 } },
      'preferred',
      ['sysctl -w user.max_user_namespaces=15000'],
    ],
    [
      'user namespaces that Debian has off',
      { attempts: { namespaces: DENIED }, hints: { usernsClone: 0 } },
      'if-needed',
      ['sysctl -w kernel.unprivileged_userns_clone=1'],
    ],
    [
      'a closed tun, for this user alone',
      { attempts: { slirp4netns: DENIED }, hints: { tunOpens: false } },
      'never',
      ['setfacl --modify user:1001:rw /dev/net/tun', 'chown 1001 /dev/net/tun'],
    ],
    [
      'modules that are not loaded',
      {
        attempts: {
          slirp4netns: said('No such file or directory'),
          nft: said('Operation not supported'),
          doors: said('Operation not supported'),
          overlay: said("unknown filesystem type 'overlay'"),
        },
        hints: { tunExists: false, tunOpens: false },
      },
      'never',
      [
        ...['modprobe --all tun', 'modprobe --all nf_tables nft_reject_inet'],
        ...['modprobe --all nft_nat nf_nat nft_chain_nat', 'modprobe --all overlay'],
      ],
    ],
    ['what it does not know', { attempts: { bwrap: said('odd') } }, 'preferred', []],
  ])('%s', (_name, overrides, sysctl, expected) => {
    expect(commands(overrides, sysctl)).toEqual(expected);
  });
});

describe('a profile', () => {
  it.each([
    '/usr/bin/*',
    '/usr/bin/b wrap',
    '/x{a,b}',
    '/@{HOME}/bwrap',
    'bwrap',
    '/a\n}',
    '/a"',
    '',
  ])('is made for no path that is a pattern or no path: %j', (path) => {
    expect(profileFor(path)).toBeNull();
  });

  it('names the path once, and nothing else of it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const made = profileFor(`/${text}`);
        expect(made === null || made.split('\n').length === PROFILE.split('\n').length).toBe(true);
      }),
    );
  });
});

describe('what is taken back when the job ends', () => {
  const found = facts(APPARMOR);
  const word = (sysctl: SysctlUse): string =>
    undoWord(mendsFor([evaluate(found).sandbox], found, { sysctl }), found);

  it('is the profile, by the text that it was loaded by', () => {
    expect(word('never')).toBe('profile /usr/bin/unshare');
    expect(undoOf(word('never'))).toEqual({
      argv: ['apparmor_parser', '--remove'],
      stdin: PROFILE,
    });
  });

  it('is the sysctl, where that was asked for', () => {
    expect(undoOf(word('preferred'))).toEqual({
      argv: ['sysctl', '-w', 'kernel.apparmor_restrict_unprivileged_userns=1'],
    });
  });

  it('is nothing where nothing was changed', () => {
    expect(undoWord([], found)).toBe('');
    expect(undoOf('')).toBeNull();
  });

  it('is never a command or a profile of somebody else’s', () => {
    const anyWord = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.stringMatching(/^[\w./*{} -]*$/), fc.string())
        .map(([one, two]) => `profile /${one}${two}`),
    );
    fc.assert(
      fc.property(anyWord, (text) => {
        const { argv = [], stdin = PROFILE } = undoOf(text) ?? {};
        const names = [...stdin.matchAll(/^profile (\S+) /gm)].map(([, name]) => name);
        expect(names).toEqual(['glovebox-unshare']);
        expect([[], ['apparmor_parser', '--remove']]).toContainEqual(argv);
      }),
    );
  });
});
