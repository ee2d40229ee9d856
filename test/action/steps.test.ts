import { describe, expect, it } from 'vitest';
import { newJob, outcomes, reportOf, said, use } from '../lab/action.ts';

describe('conditions', () => {
  const after = (first: string): string => `
- { id: first, run: ${first} }
- { id: plain, run: echo "> plain" }
- { id: success, if: success(), run: echo "> success" }
- { id: failure, if: failure(), run: echo "> failure" }
- { id: always, if: always(), run: echo "> always" }
`;

  it('hold after a success', async () => {
    const used = await use({ steps: after("'true'") });
    expect(said(used)).toEqual(['plain', 'success', 'always']);
    expect(outcomes(used)).toMatchObject({ failure: 'skipped' });
    expect([used.outcome, used.exitCode, used.report.outcome]).toEqual(['success', 0, 'success']);
  });

  it('hold after a failure, whose exit code is the action`s', async () => {
    const used = await use({ steps: after('exit 7') });
    expect(said(used)).toEqual(['failure', 'always']);
    expect(outcomes(used)).toEqual({
      ...{ first: 'failure', plain: 'skipped', success: 'skipped' },
      ...{ failure: 'success', always: 'success' },
    });
    expect([used.exitCode, used.report.exitCode, used.outputs['exit-code']]).toEqual([7, 7, '7']);
  });

  it('do not see a failure that is forgiven', async () => {
    const steps = `
- { id: first, run: exit 7, continue-on-error: true }
- { id: failure, if: failure(), run: echo "> failure" }
- { id: later, run: echo "> later" }
`;
    const used = await use({ steps });
    expect(said(used)).toEqual(['later']);
    expect(outcomes(used)).toEqual({
      ...{ first: 'failure, so success', failure: 'skipped', later: 'success' },
    });
    expect([used.exitCode, used.outputs['exit-code'], used.outputs['outcome']]).toEqual([
      ...[0, '0', 'success'],
    ]);
    expect(used.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warning: exited: exit code 7',
    ]);
  });

  it('let the first failure decide the exit code', async () => {
    const steps = `
- { run: exit 3 }
- { run: exit 4, if: always() }
`;
    expect((await use({ steps })).exitCode).toBe(3);
  });
});

describe('how a step ends', () => {
  const blocked = 'cat < /dev/tcp/203.0.113.10/443 || true';
  it.each([
    ['its own code', 'exit 9', 9, 'exited: exit code 9'],
    ['a signal', 'kill -KILL $$', 137, 'signaled: '],
    ['no time left', 'sleep 60', 124, 'timed-out: '],
    ['a blocked attempt', blocked, 1, 'blocked: '],
    ['a command that is not there', 'no-such-command', 127, 'exited: exit code 127'],
  ])('by %s', async (_name, run, code, message) => {
    const used = await use({ steps: JSON.stringify([{ run, 'timeout-minutes': 0.02 }]) });
    expect([used.exitCode, used.report.exitCode, used.outcome]).toEqual([code, code, 'failure']);
    expect(used.annotations.map(({ level }) => level)).toEqual(['error']);
    expect(used.annotations[0]?.message).toContain(message);
    expect(used.summary).toContain('❌ 1 step failed, all sealed');
  });
});

describe('what a step says for itself', () => {
  it('is its environment, and no other step`s', async () => {
    const steps = `
- env: { A: one, PORT: 8080, DEBUG: true }
  run: echo "> $A $PORT $DEBUG"
- run: echo "> \${A-unset}"
`;
    expect(said(await use({ steps }))).toEqual(['one 8080 true', 'unset']);
  });

  it('replaces the lists of the policy, for it alone', async () => {
    const policy = `
version: 1
runner: { outputs: [one] }
environment: { pass: [ONE], set: { SET: policy, KEPT: policy } }
`;
    const steps = `
- id: first
  runner: { outputs: [two] }
  environment: { pass: [TWO], set: { SET: step } }
  run: &script |
    echo "> $ONE,$TWO,$SET,$KEPT"
    printf 'one=1\\ntwo=2\\n' >> $GITHUB_OUTPUT
- id: second
  run: *script
`;
    const used = await use({ steps, policy }, newJob({ env: { ONE: '1', TWO: '2' } }));
    const { first, second } = stepsIn(used.outputs['steps']);
    expect([first?.outputs, second?.outputs]).toEqual([{ two: '2' }, { one: '1' }]);
    expect(said(used)).toEqual([',2,step,policy', '1,,policy,policy']);
  });

  it('wins over the policy in the workflow, and that over the policy file', async () => {
    const file = 'version: 1\nresources: { memory: 2GiB, processes: 50, open-files: 77 }\n';
    const used = await use(
      {
        'policy-file': 'policy.yml',
        policy: 'version: 1\nresources: { memory: 1GiB, processes: 100 }\n',
        'on-unavailable': 'degrade',
        steps: '- { id: one, run: "true", resources: { memory: 512MiB } }',
      },
      newJob({ files: { 'policy.yml': file } }),
    );
    const { requested, policy } = reportOf(used, 'one');
    expect(requested.resources).toMatchObject({
      ...{ memoryBytes: 512 << 20, processes: 100, openFiles: 77 },
    });
    expect(requested.onUnavailable).toBe('degrade');
    expect(policy.sources.map(({ name }) => name)).toEqual([
      ...['policy.yml', 'input policy', 'input on-unavailable'],
    ]);
  });
});

function stepsIn(output = ''): Record<string, { outputs: Record<string, string> }> {
  return JSON.parse(output) as Record<string, { outputs: Record<string, string> }>;
}
