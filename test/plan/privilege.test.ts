import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import type { Identity } from '../../src/capabilities/facts.ts';
import { planPrivilege, shedIds, type PrivilegeDecision } from '../../src/plan/privilege.ts';
import { facts, type FactsOverrides } from '../fixtures/facts.ts';
import { policy } from '../fixtures/policy.ts';

const ROOT: Partial<Identity> = {
  uid: 0,
  gid: 0,
  realRoot: true,
  userName: 'root',
  home: '/root',
};
/** uid 0 of somebody's user namespace. */
const SEEMING_ROOT: Partial<Identity> = { ...ROOT, realRoot: false, maxUid: 65_535 };
const OWNER = { uid: 1001, gid: 1002 };
const ROOTS = { uid: 0, gid: 0 };

function decide(
  identity: Partial<Identity>,
  privilege: object = {},
  owner = OWNER,
  missing: FactsOverrides['missing'] = [],
): PrivilegeDecision {
  const found = facts({ identity, missing });
  return planPrivilege(policy({ privilege }), evaluate(found), found.identity, owner);
}

describe('planPrivilege', () => {
  it.each<[string, Partial<Identity>, object, typeof OWNER, object]>([
    [
      'an ordinary user stays',
      {},
      {},
      OWNER,
      { uid: 1001, gid: 1002, name: 'runner', home: '/home/runner', shed: false },
    ],
    [
      'a user without a name gets one',
      { userName: null },
      {},
      OWNER,
      { uid: 1001, name: 'glovebox', shed: false },
    ],
    [
      'root by sudo becomes its caller',
      { ...ROOT, sudoUid: 1005, sudoGid: 1006 },
      {},
      OWNER,
      { uid: 1005, gid: 1006, name: 'glovebox', home: '/root', shed: true },
    ],
    [
      'root becomes the owner of the workspace',
      ROOT,
      {},
      OWNER,
      { uid: 1001, gid: 1002, shed: true },
    ],
    [
      'root by sudo of root becomes the owner',
      { ...ROOT, sudoUid: 0, sudoGid: 0 },
      {},
      OWNER,
      { uid: 1001, gid: 1002, shed: true },
    ],
    [
      'root in its own workspace becomes nobody`s',
      ROOT,
      {},
      ROOTS,
      { uid: 65_533, gid: 65_533, shed: true },
    ],
    [
      'root becomes who it is told',
      { ...ROOT, sudoUid: 1005 },
      { uid: 7000, gid: 7001 },
      OWNER,
      { uid: 7000, gid: 7001, shed: true },
    ],
    [
      'an ordinary user that is inherited stays',
      {},
      { mode: 'inherit' },
      OWNER,
      { uid: 1001, gid: 1002, shed: false },
    ],
    [
      'uid 0 of a user namespace that is inherited does not look like root',
      SEEMING_ROOT,
      { mode: 'inherit' },
      OWNER,
      { uid: 1000, gid: 1000, shed: false },
    ],
    [
      'uid 0 of a user namespace does not look like root',
      SEEMING_ROOT,
      {},
      OWNER,
      { uid: 1000, gid: 1000, name: 'glovebox', shed: false },
    ],
  ])('%s', (_name, host, privilege, owner, expected) => {
    const { identity, layer, downgrades } = decide(host, privilege, owner);
    expect(identity).toMatchObject(expected);
    expect(downgrades).toEqual([]);
    expect(layer.status).toBe('mode' in privilege ? 'not-requested' : 'enforced');
  });

  it.each<[string, Partial<Identity>, object, FactsOverrides['missing'], string]>([
    ['root without setpriv', ROOT, {}, ['setpriv'], 'tool-missing'],
    ['a uid that is not mapped', { ...ROOT, maxUid: 999 }, {}, [], 'uid-unmapped'],
    [
      'a gid that is not mapped',
      { ...ROOT, maxUid: 5000 },
      { uid: 1, gid: 5001 },
      [],
      'uid-unmapped',
    ],
    ['an ordinary user with neither tool', {}, {}, ['bwrap', 'setpriv'], 'tool-missing'],
    ['uid 0 of a user namespace without a sandbox', SEEMING_ROOT, {}, ['bwrap'], 'uid-kept'],
  ])('cannot hold %s', (_name, host, privilege, missing, code) => {
    const { identity, layer, downgrades } = decide(host, privilege, OWNER, missing);
    expect(layer.status).toBe('unavailable');
    expect(downgrades.map((one) => [one.layer, one.code])).toEqual([['privilege', code]]);
    expect(downgrades[0]?.remedy).toMatch(/\S/);
    expect(identity.shed).toBe(false);
  });

  it('keeps root that is inherited, and says what such a step can undo', () => {
    const { identity, layer, downgrades, notes } = decide(ROOT, { mode: 'inherit' });
    expect(identity).toEqual({
      ...{ uid: 0, gid: 0, name: 'root', home: '/root', shed: false, byRoot: false },
    });
    expect(layer).toEqual({ status: 'not-requested', mechanism: 'none' });
    expect(downgrades.map((one) => [one.layer, one.code])).toEqual([
      ['network', 'root-inherited'],
      ['filesystem', 'root-inherited'],
      ['resources', 'root-inherited'],
      ['syscalls', 'root-inherited'],
      ['runner', 'root-inherited'],
    ]);
    for (const { reason, remedy } of downgrades) {
      expect(reason).toContain('can leave the sandbox');
      expect(remedy).toContain('privilege.mode to drop');
    }
    expect(notes).toEqual([]);
  });

  it('holds the highest uid there is', () => {
    expect(decide({ ...ROOT, maxUid: 1002 }).layer.status).toBe('enforced');
  });

  it('needs only one of bwrap and setpriv for an ordinary user', () => {
    expect(decide({}, {}, OWNER, ['bwrap']).layer.status).toBe('enforced');
    expect(decide({}, {}, OWNER, ['setpriv']).layer.status).toBe('enforced');
  });

  it.each<[object, boolean]>([
    [{}, false],
    [{ uid: 1001 }, false],
    [{ uid: 1001, gid: 1002 }, false],
    [{ gid: 1002 }, false],
    [{ uid: 7 }, true],
    [{ gid: 7 }, true],
    [{ uid: 1001, gid: 7 }, true],
  ])('an ordinary user with %j is told that it stays who it is: %s', (privilege, told) => {
    const codes = decide({}, privilege).notes.map(({ code }) => code);
    expect(codes).toEqual(told ? ['uid-not-changed'] : []);
  });
});

describe('shedIds', () => {
  it.each<[string, Partial<Identity>, object, object | null]>([
    ['an ordinary user', {}, {}, null],
    ['uid 0 of a user namespace', SEEMING_ROOT, {}, null],
    ['root that is inherited', ROOT, { mode: 'inherit' }, null],
    ['root', ROOT, {}, OWNER],
    ['root with one id told', ROOT, { uid: 9 }, { uid: 9, gid: 1002 }],
  ])('of %s', (_name, identity, privilege, expected) => {
    expect(shedIds(policy({ privilege }), facts({ identity }).identity, OWNER)).toEqual(expected);
  });
});
