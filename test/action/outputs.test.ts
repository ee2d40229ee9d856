import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/parse.ts';
import { jobReport } from '../../src/report/job-schema.ts';
import { INTERNET, newJob, outcomes, reportOf, said, use, type Used } from '../lab/action.ts';

const json = (used: Used, name: string): unknown => JSON.parse(used.outputs[name] ?? '') as unknown;
const reach = (address: string): string => `(: < /dev/tcp/${address}/443) 2>/dev/null`;

describe('the outputs', () => {
  it('are those that action.yml names, each of its type', async () => {
    const steps = `
- { id: good, run: 'true' }
- { id: bad, run: exit 4, continue-on-error: true }
- { id: no, run: 'true', if: failure() }
`;
    const used = await use({ steps });
    const action = parse(
      readFileSync(join(import.meta.dirname, '../../action.yml'), 'utf8'),
    ) as Record<string, object>;
    expect(Object.keys(used.outputs)).toEqual(Object.keys(action['outputs'] ?? {}));
    expect(used.outputs).toMatchObject({
      ...{ enforced: 'true', outcome: 'success', 'exit-code': '0', 'suggested-policy': '' },
    });
    expect([json(used, 'downgrades'), json(used, 'blocked'), json(used, 'steps')]).toEqual([
      [],
      [],
      {
        good: { outcome: 'success', conclusion: 'success', 'exit-code': 0, outputs: {} },
        bad: { outcome: 'failure', conclusion: 'success', 'exit-code': 4, outputs: {} },
        no: { outcome: 'skipped', conclusion: 'skipped', 'exit-code': null, outputs: {} },
      },
    ]);
  });

  it('tell what was blocked, and what would allow it', async () => {
    const steps = JSON.stringify([
      { id: 'one', run: `${reach(INTERNET.allowed)} || true` },
      {
        id: 'two',
        if: 'always()',
        run: `${reach(INTERNET.other)} || ${reach(INTERNET.allowed)} || true`,
      },
    ]);
    const used = await use({ steps });
    expect(json(used, 'blocked')).toMatchObject([
      {
        step: 'one',
        address: INTERNET.allowed,
        port: 443,
        protocol: 'tcp',
        count: 1,
        expected: false,
      },
      { step: 'two', address: INTERNET.other },
      { step: 'two', address: INTERNET.allowed },
    ]);
    expect([used.exitCode, used.outputs['enforced']]).toEqual([1, 'true']);
    const text = used.outputs['suggested-policy'] ?? '';
    const { problems } = parsePolicy(`version: 1\n${text}`, { name: 'suggested', sha256: null });
    expect(problems).toEqual([]);
    expect((parse(text) as { network: object }).network).toEqual({
      mode: 'allowlist',
      allow: [INTERNET.allowed, INTERNET.other],
    });
    for (const address of [INTERNET.allowed, INTERNET.other])
      expect(used.summary).toContain(address);
    const again = await use({ steps, policy: `version: 1\n${text}` });
    expect([again.exitCode, outcomes(again), json(again, 'blocked')]).toEqual([
      ...[0, { one: 'success', two: 'success' }, []],
    ]);
  });

  it('tell what watched steps need, and nothing more', async () => {
    const steps = `
- { id: name, run: 'curl -sS --fail --max-time 10 http://api.example.net/' }
- { id: address, run: '${reach(INTERNET.other)}' }
- { id: none, run: 'true' }
`;
    const audit = 'version: 1\nnetwork: { mode: audit }\n';
    const used = await use({ steps, policy: audit });
    const text = used.outputs['suggested-policy'] ?? '';
    expect([used.exitCode, text.split('\n')]).toEqual([
      0,
      [
        ...['network:', '  mode: allowlist', '  allow:'],
        expect.stringMatching(/^ {4}- api\.example\.net:80 {2}# curl: 1 connection$/) as string,
        expect.stringMatching(/^ {4}- 198\.51\.100\.7 +# 1 connection$/) as string,
        '',
      ],
    ]);
    const again = await use({ steps, policy: `version: 1\n${text}` });
    expect([again.exitCode, json(again, 'blocked')]).toEqual([0, []]);
  });

  it('tell of an allowlist that lets through what it names', async () => {
    const policy = `version: 1\nnetwork: { mode: allowlist, allow: [${INTERNET.allowed}] }\n`;
    const used = await use({ policy, run: `${reach(INTERNET.allowed)} && echo "> reached"` });
    expect([said(used), used.exitCode]).toEqual([['reached'], 0]);
    expect(reportOf(used, 'run').egress?.allowed).toMatchObject([{ address: INTERNET.allowed }]);
  });

  it('tell of a downgrade, which is a warning too', async () => {
    const steps = JSON.stringify([
      { id: 'open', run: 'echo "> ran"', filesystem: { mode: 'off' } },
      { id: 'sealed', run: 'true' },
    ]);
    const used = await use({ steps, 'on-unavailable': 'degrade' });
    expect([used.exitCode, said(used), used.outputs['enforced']]).toEqual([0, ['ran'], 'false']);
    expect(json(used, 'downgrades')).toMatchObject([{ step: 'open', code: 'runner-in-reach' }]);
    expect(used.annotations.map(({ level }) => level)).toContain('warning');
    expect(used.summary).toContain('1 step NOT fully sealed');
  });

  it('tell of a refusal: the step did not run, and later ones are judged by that', async () => {
    const steps = JSON.stringify([
      { id: 'open', run: 'echo "> ran"', filesystem: { mode: 'off' } },
      { id: 'next', run: 'echo "> next"' },
      { id: 'always', if: 'always()', run: 'echo "> always"' },
    ]);
    const used = await use({ steps });
    expect([used.exitCode, said(used), used.outputs['enforced']]).toEqual([
      125,
      ['always'],
      'false',
    ]);
    expect(reportOf(used, 'open').outcome.kind).toBe('refused');
    expect(outcomes(used)).toEqual({ open: 'failure', next: 'skipped', always: 'success' });
  });
});

describe('the report', () => {
  it('fits its schema, whatever became of the steps', async () => {
    const steps = JSON.stringify([
      { id: 'ok', run: 'echo "a=1" >> $GITHUB_OUTPUT' },
      { id: 'blocked', run: `${reach(INTERNET.other)} || true`, 'continue-on-error': true },
      { id: 'late', run: 'sleep 9', 'timeout-minutes': 0.01, 'continue-on-error': true },
      { id: 'refused', run: 'true', filesystem: { mode: 'off' } },
      { id: 'unplanned', if: 'always()', 'working-directory': '..', run: 'true' },
      { id: 'skipped', run: 'true' },
    ]);
    const { report } = await use({ steps }, newJob({ files: { a: '' } }));
    expect(jobReport.parse(report)).toEqual(report);
    expect(
      report.steps.map(({ id, error, report: one }) => [id, one?.outcome.kind ?? error?.code]),
    ).toEqual([
      ...[
        ['ok', 'exited'],
        ['blocked', 'blocked'],
        ['late', 'timed-out'],
        ['refused', 'refused'],
      ],
      ...[
        ['unplanned', 'input-invalid'],
        ['skipped', undefined],
      ],
    ]);
    expect([report.outcome, report.exitCode, report.enforced]).toEqual(['failure', 125, false]);
  });
});
