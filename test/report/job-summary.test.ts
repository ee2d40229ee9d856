import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import type { StepResult } from '../../src/report/job.ts';
import { jobSummary, refusalSummary } from '../../src/report/job-summary.ts';
import { stepSummary } from '../../src/workflow/step-summary.ts';
import { egress, record, report, seen } from '../fixtures/report.ts';

function step(overrides: Partial<StepResult> = {}): StepResult {
  return {
    ...{ id: 'step', name: 'Test', outcome: 'success', conclusion: 'success', error: null },
    ...{ outputs: {}, env: {}, path: [], summary: null, annotations: [], report: report() },
    told: {
      ...{ outputs: [], env: [], path: [], leftBehind: [], leftBehindNotListed: 0 },
      ...{ problems: [], annotations: 0, annotationsNotShown: 0 },
    },
    ...overrides,
  };
}

const blocked = report(seen({ egress: egress([record('203.0.113.7 443')]) }));
const refused = report(null, { facts: { missing: ['bwrap'] } });

describe('the summary where nothing was run', () => {
  it('says why, and what to do', () => {
    expect(refusalSummary('the inputs have problems', ['steps:1:2 | no `x`'], 'mend them')).toBe(
      [
        ...['## Glovebox: ❌ refused, nothing ran', '', '**the inputs have problems**', ''],
        ...['- steps&#58;1&#58;2 &#124; no &#96;x&#96;', '', '→ mend them', ''],
      ].join('\n'),
    );
  });

  it('stays short, and one block, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 80 }), (message, problems) => {
        const lines = refusalSummary(message, problems, undefined).split('\n');
        expect(lines.length).toBe(
          5 + Math.min(problems.length, 50) + (problems.length > 50 ? 1 : 0),
        );
      }),
    );
  });
});

describe('the summary of a job', () => {
  it.each<[string, StepResult[], string]>([
    ['all well', [step(), step()], '## Glovebox: ✅ 2 steps passed, all sealed'],
    [
      'one failed',
      [step(), step({ outcome: 'failure', conclusion: 'failure', report: blocked })],
      '## Glovebox: ❌ 1 step failed, all sealed',
    ],
    [
      'one refused',
      [step({ outcome: 'failure', conclusion: 'failure', report: refused })],
      '## Glovebox: ❌ 1 step failed, 1 step NOT fully sealed',
    ],
    [
      'one forgiven',
      [step({ outcome: 'failure', report: blocked })],
      '## Glovebox: ✅ 1 step passed, all sealed',
    ],
    [
      'cancelled',
      [step({ outcome: 'cancelled', conclusion: 'cancelled', report: null })],
      '## Glovebox: 🛑 cancelled, nothing ran',
    ],
  ])('begins with a verdict: %s', (_name, results, first) => {
    expect(jobSummary(results).split('\n')[0]).toBe(first);
  });

  it('has a line for each step, and folds the rest away', () => {
    const skipped = step({ outcome: 'skipped', conclusion: 'skipped', report: null });
    const lines = jobSummary([step(), skipped]).split('\n');
    expect(lines.filter((line) => line.startsWith('| ✅ | Test | ok | whole |'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('| ⏭️ | Test | skipped | - | - |'))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.startsWith('<details>')).length).toBeGreaterThan(1);
  });

  it('shows what was blocked with the line that would allow it, and remedies', () => {
    const text = jobSummary([step({ report: blocked }), step({ report: refused })]);
    expect(text).toContain('- 203.0.113.7\n');
    expect(text).toContain('#### Downgrades');
    const error = new GloveboxError('input-invalid', 'no such place', { remedy: 'name another' });
    expect(jobSummary([step({ report: null, error })])).toMatch(/no such place[^]*name another/);
  });

  it('stays below what the runner takes, and says what is left out', () => {
    const bytes = Buffer.from('<'.repeat(200_000));
    const results = Array.from({ length: 40 }, () =>
      step({ summary: stepSummary(bytes, 'x'), report: blocked }),
    );
    const text = jobSummary(results);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toMatch(/\d+ parts are left out here/);
    expect(text.startsWith('## Glovebox: ')).toBe(true);
  });
});

const piece = fc.constantFrom(
  ...['|', '`', '```', '<b>', '</details>', '<!--', '\n', '\r', '\u2028', '\u202e', '\0', '##[x]'],
  ...['::error::x', '# h', '> q', '[a](b)', '![a](b)', '\\', '&lt;', 'www.a.example', '$x$', 'a b'],
);
const hostile = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));

/** Every text of a step that is not Glovebox's own. */
function withTexts(text: string): StepResult {
  const made = blocked;
  return step({
    name: text,
    error: new GloveboxError('input-invalid', text, { remedy: text }),
    report: {
      ...made,
      outcome: { ...made.outcome, cause: text },
      notes: [{ code: 'x', text }],
      changes: {
        // A slash would be a directory, with a line of its own.
        files: [{ path: text.replaceAll('/', '_'), change: 'created', kind: 'file', size: 1 }],
        ...{ notListed: 0, unread: 0 },
      },
    },
    told: {
      ...{ outputs: [text], env: [text], path: [text], leftBehindNotListed: 0 },
      ...{ leftBehind: [{ kind: 'output', name: text, reason: text }] },
      ...{ problems: [text], annotations: 0, annotationsNotShown: 0 },
    },
  });
}

describe('any text of a step', () => {
  const plain = jobSummary([withTexts('plain')]).split('\n');

  it('changes neither the lines of the summary nor its rows, and holds no command', () => {
    const shape = (line: string): string =>
      `${line.split('|').length} ${line.split('<').length} ${line.split('`').length}`;
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = jobSummary([withTexts(text)]).split('\n');
        expect(lines.map(shape)).toEqual(plain.map(shape));
        for (const line of lines) expect(line).not.toMatch(/^\s*::|##\[|[\u202e\u2028\0\r]/);
      }),
      { numRuns: 300 },
    );
  });
});
