import { describe, expect, it } from 'vitest';
import { facts, NOT_TRIED, said, WORKED, type FactsOverrides } from '../fixtures/facts.ts';
import { plan, SCRATCH } from '../fixtures/plan.ts';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { placeForStep } from '../../src/plan/fresh.ts';
import { decisionsOf } from '../../src/seccomp/decisions.ts';
import { builtinProfile } from '../../src/seccomp/builtin.ts';
import { ARCHITECTURES } from '../../src/seccomp/syscalls.ts';
import { runFilter } from '../seccomp/bpf.ts';
import { ALLOW, AUDIT } from '../seccomp/meaning.ts';

const identity = { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' };
const REFUSED = said('unshare: unshare failed: Operation not permitted');
/** Root on a machine without user namespaces, whose own privileges do. */
const BY_ROOT: FactsOverrides = {
  identity,
  attempts: { namespaces: REFUSED, privileges: WORKED },
  hints: { maxUserNamespaces: 0 },
};

describe('root where there are no user namespaces', () => {
  it('has all that it has elsewhere, but for pasta, and it is known why', () => {
    const found = evaluate(facts({ ...BY_ROOT, attempts: { ...BY_ROOT.attempts, pasta: WORKED } }));
    const { byRoot, memoryCgroup, ...verdicts } = found;
    const lacking = Object.entries(verdicts).filter(([, verdict]) => !verdict.available);
    expect(memoryCgroup).toBeNull();
    expect(byRoot?.because.code).toBe('userns-disabled');
    // Those of them that are tried only where they are wanted.
    expect(lacking.map(([name]) => name)).toEqual(['pasta', 'macvlan', 'idmap', 'overlayTwice']);
    expect(found.pasta).toMatchObject({ code: 'pasta-by-root' });
  });

  it('is not taken for one that has them, nor the reverse', () => {
    expect(evaluate(facts({ identity })).byRoot).toBeNull();
    expect(evaluate(facts({ ...BY_ROOT, missing: ['setpriv'] })).sandbox.available).toBe(false);
  });

  it('hears what both ways came to where neither works', () => {
    const attempts = { namespaces: REFUSED, privileges: said('unshare: no way\nat all') };
    const { byRoot, namespaces } = evaluate(facts({ ...BY_ROOT, attempts }));
    expect(byRoot).toBeNull();
    expect(namespaces).toMatchObject({
      code: 'userns-disabled',
      reason: expect.stringMatching(/is 0; nor by root's own privileges \(unshare: no way\)$/),
    });
  });

  it('is told so, and the layers are whole', () => {
    const { layers, notes, downgrades, identity: step } = plan({ facts: BY_ROOT });
    expect(downgrades).toEqual([]);
    expect(step).toMatchObject({ uid: 1001, shed: true, byRoot: true });
    expect(layers.privilege.mechanism).toMatch(/, namespaces made by root$/);
    expect(notes.find(({ code }) => code === 'namespaces-by-root')?.text).toContain(
      'user.max_user_namespaces is 0',
    );
  });

  it('builds with few privileges, and gives up all of itself after the filters', () => {
    const { argv, hidden } = plan({ facts: BY_ROOT }).launch;
    const bwrap = argv.indexOf('/usr/bin/bwrap');
    const [before, after] = [argv.slice(0, bwrap), argv.slice(bwrap + 4)];
    expect(before).toContain('--clear-groups');
    expect(before.find((word) => word.startsWith('--bounding-set='))).not.toMatch(
      /sys_module|sys_rawio|sys_ptrace|mknod|sys_boot/,
    );
    expect(after.slice(0, after.indexOf('/bin/sh'))).toEqual([
      ...['/usr/bin/setpriv', '--reuid', '1001', '--regid', '1002', '--keep-groups'],
      ...['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--'],
    ]);
    expect(hidden).not.toContain('--unshare-user');
    expect(hidden).not.toContain('--uid');
    expect(hidden.filter((_, index) => hidden[index - 1] === '--cap-add')).toEqual([
      ...['CAP_setuid', 'CAP_setgid', 'CAP_setpcap', 'CAP_dac_read_search'],
    ]);
  });

  it('leads slirp4netns to the network by a file', () => {
    const policy = { network: { mode: 'allowlist', allow: ['203.0.113.7'] } };
    const argv = plan({ facts: BY_ROOT, policy }).network.uplink?.argv ?? [];
    expect(argv.slice(-3)).toEqual(['--netns-type=path', '{network}', 'tap0']);
    expect(argv).toContain('--enable-sandbox');
  });

  it('does not stand in where root is inherited', () => {
    const attempts = { namespaces: REFUSED, privileges: NOT_TRIED, bwrap: NOT_TRIED };
    const policy = { privilege: { mode: 'inherit' } };
    expect(plan({ facts: { ...BY_ROOT, attempts }, policy }).refused).toBe(true);
  });
});

describe('the file tree that root builds', () => {
  const step = { uid: 7, gid: 8, name: 'x', home: '/home/x', shed: true, byRoot: true };
  const bind = (target: string) =>
    ({ kind: 'bind', source: '/s', target, writable: true }) as const;
  const tmpfs = (target: string) => ({ kind: 'tmpfs', target, mode: '0700' }) as const;
  const mounts = [bind('/usr'), tmpfs('/home/x'), bind('/home/x/a/b/c'), bind('/usr/d/e')];

  it('has open ways, and temporary file systems that are the steps own', () => {
    expect(placeForStep(mounts, step, SCRATCH)).toEqual({
      mounts: [
        { kind: 'way', target: '/home' },
        bind('/usr'),
        { ...tmpfs('/home/x'), source: `${SCRATCH}/fresh/0` },
        ...mounts.slice(2),
      ],
      fresh: [{ source: `${SCRATCH}/fresh/0`, mode: '0700', directories: ['a', 'a/b'] }],
    });
  });

  it('is as it was where the step builds it itself', () => {
    expect(placeForStep(mounts, { ...step, byRoot: false }, SCRATCH)).toEqual({
      mounts,
      fresh: [],
    });
  });
});

describe('a profile under which root cannot give itself up', () => {
  const number = ARCHITECTURES.x64.numbers.get('capset') ?? -1;
  const capset = (policy: object, overrides: FactsOverrides): boolean =>
    plan({ policy, facts: overrides }).syscalls.filters.every(
      ({ filter }) => runFilter(filter, { number, audit: AUDIT.x64, args: [] }).verdict === ALLOW,
    );
  const strict = { syscalls: { profile: 'strict' } };

  it('is refused, and opened by so much only where that was asked for', async () => {
    const decisions = decisionsOf(await builtinProfile('strict'), ARCHITECTURES.x64, '6.8');
    expect(decisions.byNumber.get(number) ?? decisions.otherwise).not.toMatchObject([
      { verdict: ALLOW },
    ]);
    expect(capset(strict, { identity })).toBe(false);

    const { refused, downgrades } = plan({ policy: strict, facts: BY_ROOT });
    expect(refused).toBe(true);
    expect(downgrades).toMatchObject([{ layer: 'syscalls', code: 'shedding-refused' }]);
    expect(downgrades[0]?.reason).toContain('refuses capset, which');
    expect(capset(strict, BY_ROOT)).toBe(true);
  });

  it('is whole where the policy allows that much', () => {
    const policy = { syscalls: { profile: 'strict', allow: ['capset'] } };
    expect(plan({ policy, facts: BY_ROOT }).downgrades).toEqual([]);
  });
});
