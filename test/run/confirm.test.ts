import { describe, expect, it } from 'vitest';
import { confirmHeld } from '../../src/run/confirm.ts';
import type { Launched } from '../../src/run/launch.ts';
import type { SeenStep } from '../../src/run/observations.ts';
import { said, WORKED } from '../fixtures/facts.ts';
import { plan, type PlanOverrides } from '../fixtures/plan.ts';

const ROOT = { identity: { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' } };
const OURS = process.getuid?.() ?? -1;
/** A step as the default policy has it: the base filter and the profile's. */
const HELD: SeenStep = { uid: OURS, bare: false, noNewPrivs: true, filtered: true, filters: 2 };

function confirm(step: SeenStep | null, overrides: PlanOverrides = {}): void {
  const launched: Launched = {
    root: 1,
    init: 2,
    step,
    release: () => undefined,
    exited: new Promise(() => undefined),
  };
  confirmHeld(plan(overrides), launched);
}

const refused = (message: RegExp): unknown =>
  expect.objectContaining({
    code: 'setup-failed',
    message: expect.stringMatching(message) as string,
  });

describe('confirmHeld', () => {
  it('lets a step go that has the ids it was to have, no_new_privs, and its filters', () => {
    expect(() => confirm(HELD)).not.toThrow();
    expect(() => confirm({ ...HELD, uid: 1001 }, { facts: ROOT })).not.toThrow();
  });

  it.each<[string, SeenStep | null, PlanOverrides]>([
    ['another uid', { ...HELD, uid: OURS + 1 }, {}],
    ['no no_new_privs', { ...HELD, noNewPrivs: false }, {}],
    ['root where it was to be shed', { ...HELD, uid: 0 }, { facts: ROOT }],
    ['no number', { ...HELD, uid: Number.NaN }, {}],
    ['nothing', null, {}],
  ])('keeps a step back of which it sees %s', (_name, seen, overrides) => {
    expect(() => confirm(seen, overrides)).toThrow(refused(/not what was promised/));
  });

  it('keeps a step back that root built and that has something left of root', () => {
    const attempts = { namespaces: said('no'), privileges: WORKED };
    const facts = { ...ROOT, attempts };
    expect(() => confirm({ ...HELD, uid: 1001, bare: true }, { facts })).not.toThrow();
    expect(() => confirm({ ...HELD, uid: 1001, bare: false }, { facts })).toThrow(
      refused(/with groups or capabilities of root/),
    );
  });

  it.each<[string, SeenStep | null]>([
    ['no filter', { ...HELD, filtered: false, filters: 0 }],
    ['one filter of two', { ...HELD, filters: 1 }],
    ["only the supervisor's own", { ...HELD, filters: 0 }],
    ['filters that nobody can count', { ...HELD, filters: Number.NaN }],
    ['filters that it could shake off', { ...HELD, noNewPrivs: false }],
    ['nothing', null],
  ])('keeps a step back of which it sees %s', (_name, seen) => {
    const policy = { privilege: { mode: 'inherit' } };
    expect(() => confirm(seen, { policy })).toThrow(refused(/filters .* not in force: 2 were/));
  });

  it('asks for the base filter where no other was asked for', () => {
    const policy = { privilege: { mode: 'inherit' }, syscalls: { profile: 'off' } };
    expect(() => confirm({ ...HELD, filters: 1 }, { policy })).not.toThrow();
    expect(() => confirm({ ...HELD, filters: 0 }, { policy })).toThrow(refused(/1 were promised/));
  });

  it('is content with a kernel that does not count filters', () => {
    expect(() => confirm({ ...HELD, filters: Infinity })).not.toThrow();
  });

  it('asks for nothing where nothing was promised', () => {
    const policy = { privilege: { mode: 'inherit' }, 'on-unavailable': 'degrade' };
    expect(() => confirm(null, { policy, facts: { host: { arch: 's390x' } } })).not.toThrow();
  });
});
