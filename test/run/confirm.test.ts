import { describe, expect, it } from 'vitest';
import { confirmPrivilege } from '../../src/run/confirm.ts';
import type { Launched } from '../../src/run/launch.ts';
import type { SeenStep } from '../../src/run/observations.ts';
import { plan, type PlanOverrides } from '../fixtures/plan.ts';

const ROOT = { identity: { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' } };
const OURS = process.getuid?.() ?? -1;

function confirm(step: SeenStep | null, overrides: PlanOverrides = {}): void {
  const launched: Launched = {
    root: 1,
    init: 2,
    step,
    release: () => undefined,
    exited: new Promise(() => undefined),
  };
  confirmPrivilege(plan(overrides), launched);
}

describe('confirmPrivilege', () => {
  it('lets a step go that has the ids it was to have, and no_new_privs', () => {
    expect(() => confirm({ uid: OURS, noNewPrivs: true })).not.toThrow();
    expect(() => confirm({ uid: 1001, noNewPrivs: true }, { facts: ROOT })).not.toThrow();
  });

  it.each<[string, SeenStep | null, PlanOverrides]>([
    ['another uid', { uid: OURS + 1, noNewPrivs: true }, {}],
    ['no no_new_privs', { uid: OURS, noNewPrivs: false }, {}],
    ['root where it was to be shed', { uid: 0, noNewPrivs: true }, { facts: ROOT }],
    ['no number', { uid: Number.NaN, noNewPrivs: true }, {}],
    ['nothing', null, {}],
  ])('keeps a step back of which it sees %s', (_name, seen, overrides) => {
    expect(() => confirm(seen, overrides)).toThrow(
      expect.objectContaining({
        code: 'setup-failed',
        message: expect.stringMatching(/not what was promised/) as string,
      }),
    );
  });

  it('asks for nothing where nothing was promised', () => {
    const policy = { privilege: { mode: 'inherit' } };
    expect(() => confirm(null, { policy })).not.toThrow();
  });
});
