import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { styleFor } from '../../src/console/style.ts';
import { verdict } from '../../src/console/verdict.ts';
import { outputsInWords } from '../../src/report/outputs.ts';
import { markdownSummary } from '../../src/report/summary.ts';
import type { Observations, OutputsSeen } from '../../src/run/observations.ts';
import { egress, record, report, seen } from '../fixtures/report.ts';

function made(outputs: Partial<OutputsSeen> = {}, more: Partial<Observations> = {}) {
  const whole: OutputsSeen = {
    ...{ done: true, files: 3, bytes: 2048, missing: [], problem: null },
    ...{ refused: [], refusedNotListed: 0, leftOut: [], leftOutNotListed: 0 },
    ...outputs,
  };
  return report(seen({ outputs: whole, ...more }));
}

const failed = { done: false, problem: 'dist/x: it is a fifo' };
const blocked = { egress: egress([record('203.0.113.7 80')]) };

describe('outputs and the outcome', () => {
  it.each<[string, Partial<OutputsSeen>, Partial<Observations>, string, number]>([
    ['all in place', {}, {}, 'exited', 0],
    ['some missing, and that is fine', { missing: ['x'] }, {}, 'exited', 0],
    ['none in place', failed, {}, 'outputs-failed', 1],
    ['of a step that failed', failed, { exitCode: 7 }, 'exited', 7],
    ['of a step that was blocked', failed, blocked, 'blocked', 1],
    [
      'of a step that ran too long',
      failed,
      { ending: { by: 'timeout', detail: '' } },
      'timed-out',
      124,
    ],
  ])('%s', (_, outputs, more, kind, exitCode) => {
    expect(made(outputs, more).outcome).toMatchObject({ kind, exitCode });
  });

  it('says why', () => {
    expect(made(failed).outcome.cause).toBe('its outputs did not come out: dist/x: it is a fifo');
  });
});

describe('outputs in words', () => {
  it.each<[string, Partial<OutputsSeen>, string]>([
    ['some', {}, '3 outputs, 2 KiB, are in the workspace'],
    ['one', { files: 1, bytes: 0 }, '1 output, 0 B, is in the workspace'],
    ['nothing new', { files: 0, bytes: 0 }, 'no outputs that were not there already'],
    ['none', failed, 'no outputs: dist/x: it is a fifo'],
  ])('%s', (_, outputs, words) => {
    expect(outputsInWords(made(outputs))).toBe(words);
  });

  it('are nothing where none were due', () => {
    expect(outputsInWords(report())).toBeNull();
    expect(verdict(report(), styleFor({}))).not.toContain('outputs');
    expect(markdownSummary(report())).not.toContain('Outputs');
  });

  it('stay in their lines, whatever the step calls them', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 20 });
    const control = fc.constantFrom('\n', '\r', '\u001b[31m', '\u202e', '::error::x');
    const path = fc.tuple(hostile, control, hostile).map((parts) => parts.join(''));
    fc.assert(
      fc.property(path, (name) => {
        const one = { path: name, reason: name };
        const told = made({
          done: false,
          problem: name,
          refused: [one],
          missing: [name],
          leftOut: [one],
        });
        const lines = verdict(told, styleFor({})).trimEnd().split('\n');
        expect(lines.filter((line) => /^ {2}(?:outputs| {2})/.test(line))).toHaveLength(4);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
        expect(markdownSummary(told).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
      { numRuns: 40 },
    );
  });

  it('are counted where they are too many for the verdict', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ path: `p${index}`, reason: 'why' }));
    const text = verdict(made({ ...failed, refused: many, refusedNotListed: 5 }), styleFor({}));
    expect(text).toContain('    p9  why\n    and 25 more\n');
  });
});
