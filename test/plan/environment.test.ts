import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forbiddenReason } from '../../src/policy/forbidden.ts';
import type { EnvironmentPlan } from '../../src/plan/types.ts';
import { plan } from '../fixtures/plan.ts';

/** Under a policy with a network, so that only what the test says is there. */
function decide(host: Record<string, string>, environment: object = {}): EnvironmentPlan {
  const network = { mode: 'unrestricted' };
  return plan({ policy: { network, environment }, site: { environment: host } }).environment;
}

const FORBIDDEN = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'BASH_ENV', 'NODE_OPTIONS', 'GIT_SSH_COMMAND', 'PYTHONPATH'],
  ...[
    'GITHUB_TOKEN',
    'ACTIONS_RUNTIME_TOKEN',
    'INPUT_TOKEN',
    'STATE_TOKEN',
    'GITHUB_ENV',
    'GITHUB_PATH',
    'npm_config_userconfig',
  ],
];

describe('planEnvironment', () => {
  it('passes the built-in list, gives its own identity, and drops the rest', () => {
    const made = decide({
      PATH: '/usr/bin',
      LC_ALL: 'C',
      CI: 'true',
      HOME: '/elsewhere',
      USER: 'me',
      API_KEY: 'k',
      lower: 'x',
    });
    expect(Object.fromEntries(made.variables)).toEqual({
      PATH: '/usr/bin',
      LC_ALL: 'C',
      CI: 'true',
      HOME: '/home/runner',
      USER: 'runner',
      LOGNAME: 'runner',
      PWD: '/home/runner/work/project',
    });
    expect(made.passed).toEqual(['CI', 'LC_ALL', 'PATH']);
    expect(made.dropped).toEqual(['API_KEY', 'lower']);
  });

  it('passes names and globs of the policy, whole names only', () => {
    const host = { CARGO_A: '1', CARGO_: '2', XCARGO_A: '3', A1: '4', A12: '5', 'CARGO_%': '6' };
    expect(decide(host, { pass: ['CARGO_*', 'A?'] }).passed).toEqual(['A1', 'CARGO_', 'CARGO_A']);
  });

  it('sets over what is passed, and lists it once', () => {
    const made = decide({ CI: 'true', B: 'host' }, { pass: ['B'], set: { B: 'mine', HOME: '/h' } });
    expect(made.variables.get('B')).toBe('mine');
    expect(made.variables.get('HOME')).toBe('/h');
    expect([made.passed, made.set, made.dropped]).toEqual([['CI'], ['B', 'HOME'], []]);
  });

  it.each([
    ['/usr/bin:bin:/opt/x', '/usr/bin:/opt/x'],
    [':/usr/bin:', '/usr/bin'],
    ['.:./node_modules/.bin:../x', ''],
    ['~/bin:/usr/bin', '/usr/bin'],
  ])('of PATH %s leaves %s', (path, left) => {
    expect(decide({ PATH: path }).variables.get('PATH')).toBe(left);
    expect(decide({}, { set: { PATH: path } }).variables.get('PATH')).toBe(left);
  });

  it('makes no PATH up', () => {
    expect(decide({}).variables.has('PATH')).toBe(false);
  });

  it.each([
    ['deny', { mode: 'deny' }, ['0', 'false', '1']],
    ['an empty allowlist', { mode: 'allowlist' }, ['0', 'false', '1']],
    ['an allowlist', { mode: 'allowlist', allow: ['192.0.2.1'] }, []],
    ['audit', { mode: 'audit' }, []],
  ])('under %s package managers are told whether to try at all, and again', (_, network, told) => {
    const made = plan({ policy: { network }, site: { environment: {} } }).environment;
    const names = ['npm_config_fetch_retries', 'npm_config_update_notifier'];
    const asked = [...names, 'PIP_DISABLE_PIP_VERSION_CHECK'];
    expect(asked.flatMap((name) => made.variables.get(name) ?? [])).toEqual(told);
    expect(made.set).toEqual([]);
  });

  it("leaves the user's own number of tries", () => {
    const set = { PIP_RETRIES: '3' };
    const environment = { pass: ['CARGO_NET_RETRY'], set };
    const host = { CARGO_NET_RETRY: '2' };
    const made = plan({ policy: { environment }, site: { environment: host } }).environment;
    expect(made.variables.get('CARGO_NET_RETRY')).toBe('2');
    expect(made.variables.get('PIP_RETRIES')).toBe('3');
  });

  it.each(['*', 'GITHUB_*', 'INPUT_*', 'LD_?RELOAD', 'NODE_*', 'np?_*'])(
    'lets no forbidden variable through %s',
    (glob) => {
      const host = Object.fromEntries(FORBIDDEN.map((name) => [name, 'v']));
      const made = decide(host, { pass: [glob] });
      expect(made.passed).toEqual([]);
      expect(made.dropped).toEqual([...FORBIDDEN].sort());
    },
  );
});

const name = fc.oneof(
  fc.constantFrom(...FORBIDDEN, 'PATH', 'LC_ALL', 'CI', 'TOKEN', 'CARGO_HOME', 'HOME'),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
);
/** No value is part of another or of anything else in a plan. */
const host = fc
  .uniqueArray(name, { maxLength: 12 })
  .map((names) => Object.fromEntries(names.map((key, index) => [key, `/value#${index};`])));
const environment = fc.record({
  pass: fc.uniqueArray(fc.constantFrom('*', 'CARGO_*', 'T?KEN', 'GITHUB_*', 'TOKEN'), {
    maxLength: 3,
  }),
  set: fc.dictionary(fc.constantFrom('A', 'TOKEN', 'GITHUB_TOKEN'), fc.constantFrom('', 'x')),
});

describe('any environment', () => {
  it('hands on no value of a variable that it drops', () => {
    fc.assert(
      fc.property(host, environment, (variables, wish) => {
        const made = decide(variables, wish);
        const handed = JSON.stringify([...made.variables]);
        for (const dropped of made.dropped) {
          expect(variables).toHaveProperty([dropped]);
          expect(handed).not.toContain(variables[dropped]);
        }
        // Names only: the plan's own lists have no value at all.
        for (const value of Object.values(variables))
          expect([...made.dropped, ...made.passed, ...made.set]).not.toContain(value);
      }),
    );
  });

  it('passes nothing forbidden, and accounts for each variable of the host', () => {
    fc.assert(
      fc.property(host, environment, (variables, wish) => {
        const made = decide(variables, wish);
        expect(made.passed.filter((key) => forbiddenReason(key) !== null)).toEqual([]);
        for (const key of Object.keys(variables)) {
          const places = [made.variables.has(key), made.dropped.includes(key)];
          expect([key, places.filter(Boolean).length]).toEqual([key, 1]);
        }
      }),
    );
  });
});
