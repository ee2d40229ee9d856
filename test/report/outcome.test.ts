import { describe, expect, it } from 'vitest';
import type { PlanOverrides } from '../fixtures/plan.ts';
import { egress, record, report, seen } from '../fixtures/report.ts';
import type { Observations } from '../../src/run/observations.ts';

const refused = egress([record('203.0.113.7 80'), record('203.0.113.8 443')]);
const network = (more: object): PlanOverrides => ({ policy: { network: more } });
const ended = (by: NonNullable<Observations['ending']>['by'], detail = 'why') => ({ by, detail });

describe('the outcome', () => {
  it.each<
    [string, Partial<Observations>, PlanOverrides, string, number, number | null, RegExp | null]
  >([
    ['well', {}, {}, 'exited', 0, 0, null],
    ['a failure', { exitCode: 3 }, {}, 'exited', 3, 3, /^exit code 3$/],
    ['not executable', { exitCode: 126 }, {}, 'exited', 126, 126, /126/],
    ['not found', { exitCode: 127 }, {}, 'exited', 127, 127, /127/],
    ['128 is no signal', { exitCode: 128 }, {}, 'exited', 128, 128, /128/],
    ['255 is no signal', { exitCode: 255 }, {}, 'exited', 255, 255, /255/],
    ['a crash', { exitCode: 139 }, {}, 'signaled', 139, 139, /^ended by SIGSEGV$/],
    ['SIGTERM of its own', { exitCode: 143 }, {}, 'signaled', 143, 143, /SIGTERM/],
    ['too much processor time', { exitCode: 152 }, {}, 'signaled', 152, 152, /resources\.cpu-time/],
    ['too large a file', { exitCode: 153 }, {}, 'signaled', 153, 153, /resources\.file-size/],
    ['a forbidden call', { exitCode: 159 }, {}, 'signaled', 159, 159, /SIGSYS/],
    ['a real-time signal', { exitCode: 192 }, {}, 'signaled', 192, 192, /signal 64/],
    [
      'blocked',
      { egress: refused },
      {},
      'blocked',
      1,
      0,
      /203\.0\.113\.7:80\/tcp and 1 more, which/,
    ],
    [
      'blocked, warned',
      { egress: refused },
      network({ 'on-blocked': 'warn' }),
      'exited',
      0,
      0,
      null,
    ],
    [
      'blocked, ignored',
      { egress: refused },
      network({ 'on-blocked': 'ignore' }),
      'exited',
      0,
      0,
      null,
    ],
    [
      'blocked as expected',
      { egress: refused },
      network({ 'expect-blocked': ['203.0.113.0/24:80,443'] }),
      'exited',
      0,
      0,
      null,
    ],
    [
      'blocked, in part as expected',
      { egress: refused },
      network({ 'expect-blocked': ['203.0.113.7:80'] }),
      'blocked',
      1,
      0,
      /203\.0\.113\.8:443\/tcp, which/,
    ],
    [
      'blocked as expected, and more than could be listed',
      { egress: egress([record('203.0.113.7 80')], { refusedNotListed: 1 }) },
      network({ 'expect-blocked': ['203.0.113.7:80'] }),
      'blocked',
      1,
      0,
      /unlisted places/,
    ],
    [
      'blocked and failed',
      { egress: refused, exitCode: 2 },
      {},
      'exited',
      2,
      2,
      /exit code 2, after it tried to reach 203\.0\.113\.7:80/,
    ],
    [
      'blocked and crashed',
      { egress: refused, exitCode: 134 },
      {},
      'signaled',
      134,
      134,
      /SIGABRT, after it tried/,
    ],
    ['the record was lost', { egress: null }, {}, 'blocked', 1, 0, /could not be read/],
    [
      'the record was lost, and nobody minds',
      { egress: null },
      network({ 'on-blocked': 'warn' }),
      'exited',
      0,
      0,
      null,
    ],
    [
      'nothing is recorded by plan',
      { egress: null },
      { facts: { missing: ['nft'] } },
      'exited',
      0,
      0,
      null,
    ],
    [
      'out of time',
      { ending: ended('timeout'), exitCode: 143 },
      { policy: { resources: { timeout: '90s' } } },
      'timed-out',
      124,
      143,
      /longer than 1m 30s/,
    ],
    [
      'out of processor time',
      { ending: ended('cpu-time'), exitCode: 137 },
      { policy: { resources: { 'cpu-time': '2h' } } },
      'timed-out',
      124,
      137,
      /more than 2h of processor time/,
    ],
    [
      'out of memory',
      { ending: ended('memory', 'seen'), exitCode: 137 },
      { policy: { resources: { memory: '512MiB' } } },
      'out-of-memory',
      137,
      137,
      /more than 512 MiB: seen/,
    ],
    [
      'interrupted',
      { ending: ended('interrupt', 'SIGTERM'), exitCode: 143 },
      {},
      'signaled',
      143,
      143,
      /^interrupted by SIGTERM$/,
    ],
    [
      'interrupted, but it ended well',
      { ending: ended('interrupt', 'SIGINT'), exitCode: 0 },
      {},
      'signaled',
      130,
      0,
      /SIGINT/,
    ],
    [
      'interrupted before it began',
      { released: false, ending: ended('interrupt', 'SIGHUP'), exitCode: null },
      {},
      'signaled',
      129,
      null,
      /before the command was started/,
    ],
    [
      'interrupted while it was built',
      { released: false, ending: ended('interrupt', 'SIGINT'), exitCode: null, setupFailure: 'x' },
      {},
      'signaled',
      130,
      null,
      /SIGINT/,
    ],
    [
      'the holder was killed',
      { ending: ended('holder-lost', 'killed'), exitCode: null },
      {},
      'signaled',
      125,
      null,
      /sandbox was lost: killed/,
    ],
    [
      'slirp4netns was killed',
      { ending: ended('network-lost', 'killed'), exitCode: 0 },
      {},
      'signaled',
      125,
      0,
      /sandbox was lost: killed/,
    ],
    [
      'the sandbox could not be built',
      { released: false, exitCode: null, setupFailure: 'mount failed' },
      {},
      'failed-to-start',
      125,
      null,
      /^mount failed$/,
    ],
    [
      'the sandbox was killed',
      { exitCode: null },
      {},
      'signaled',
      125,
      null,
      /killed from outside/,
    ],
  ])('%s', (_name, observed, overrides, kind, exitCode, stepExitCode, cause) => {
    const { outcome } = report(seen(observed), overrides);
    expect(outcome).toMatchObject({ kind, exitCode, stepExitCode });
    expect(outcome.cause ?? 'nothing').toMatch(cause ?? /^nothing$/);
  });

  it('of a refusal names the first layer that fell short', () => {
    const { outcome } = report(null, { facts: { missing: ['bwrap'] } });
    expect(outcome).toMatchObject({ kind: 'refused', exitCode: 125, stepExitCode: null });
    expect(outcome.cause).toMatch(/^network: `bwrap` was not found/);
  });
});
