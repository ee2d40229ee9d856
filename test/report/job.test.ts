import { describe, expect, it } from 'vitest';
import { suggestedPolicy, type StepResult } from '../../src/report/job.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { egress, record, report, seen } from '../fixtures/report.ts';
import { reached, reportOf } from '../fixtures/reached.ts';

function step(of: EffectiveSandbox | null): StepResult {
  return {
    ...{ id: 'step', name: 'step', outcome: 'success', conclusion: 'success', error: null },
    ...{ outputs: {}, env: {}, path: [], summary: null, annotations: [] },
    report: of,
    told: {
      ...{ outputs: [], env: [], path: [], leftBehind: [], leftBehindNotListed: 0 },
      ...{ problems: [], annotations: 0, annotationsNotShown: 0 },
    },
  };
}

const suggested = (...reports: (EffectiveSandbox | null)[]): string[] =>
  suggestedPolicy(reports.map(step)).split('\n').slice(0, -1);

const audit = (...texts: string[]): EffectiveSandbox =>
  reportOf(texts.map((text) => reached(text)));
const blocked = (...texts: string[]): EffectiveSandbox =>
  report(seen({ egress: egress(texts.map((text) => record(text))) }));

describe('the policy that is suggested to a job', () => {
  it('is what steps in mode audit reached, all of them together', () => {
    const one = audit('b.example.com 443 tcp curl', 'a.example.com 443 tcp npm');
    expect(suggested(one, audit('b.example.com 443 tcp npm', 'b.example.com 80 tcp npm'))).toEqual([
      'network:',
      '  mode: allowlist',
      '  allow:',
      '    - a.example.com         # npm: 1 connection',
      '    - b.example.com:80,443  # npm, curl: 3 connections',
    ]);
  });

  it('is what was blocked in the others', () => {
    expect(
      suggested(blocked('203.0.113.7 443', '203.0.113.8 80'), blocked('203.0.113.7 443')),
    ).toEqual([
      ...['network:', '  mode: allowlist', '  allow:'],
      ...['    - 203.0.113.7', '    - 203.0.113.8:80'],
    ]);
  });

  it('is both, where there are both', () => {
    expect(suggested(audit('a.example.com 443'), null, blocked('203.0.113.7 443'))).toEqual([
      ...['network:', '  mode: allowlist', '  allow:'],
      ...['    - a.example.com  # 1 connection', '    - 203.0.113.7'],
    ]);
  });

  it('denies everything where steps in mode audit reached nothing', () => {
    expect(suggested(audit(), audit())).toEqual(['network:', '  mode: deny']);
  });

  it.each([
    ['nothing ran', []],
    ['nothing was even planned', [null]],
    ['nothing was blocked', [blocked()]],
    ['one step was watched and another one had a list', [audit(), reportOf([], 'allowlist')]],
  ])('is none where %s', (_, reports) => {
    expect(suggested(...reports)).toEqual([]);
  });
});
