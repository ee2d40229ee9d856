import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newJob, outcomes, said, use, USES } from '../lab/action.ts';

/** A step that would leave a trace, if it ran. */
const TRACE = '- run: touch $GITHUB_WORKSPACE/ran\n  filesystem: { mode: workspace }\n';

describe('a use that asks for steps', () => {
  it('runs one, with its shell', async () => {
    const used = await use({ run: 'echo "> $0"\nfalse | true\n', shell: 'sh' });
    expect([used.exitCode, outcomes(used)]).toEqual([0, { run: 'success' }]);
    expect(said(used)).toEqual(['/run/glovebox/script/step.sh']);
  });

  it('runs several, with every key that a step may have', async () => {
    const steps = `
- name: All of it
  id: all
  shell: bash
  working-directory: inner
  env: { GREETING: 'hello: you' }
  timeout-minutes: 1.5
  continue-on-error: true
  if: success()
  on-unavailable: fail
  network: { mode: deny }
  filesystem: { mode: overlay }
  resources: { memory: 1GiB }
  privilege: { mode: drop }
  environment: { set: { OTHER: '2' } }
  runner: { outputs: [told] }
  run: |
    echo "> $GREETING $OTHER $(basename "$PWD")"
    echo "told=yes" >> "$GITHUB_OUTPUT"
- run: echo "> no name"
`;
    const used = await use({ steps }, newJob({ files: { 'inner/a': '' } }));
    expect(said(used)).toEqual(['hello: you 2 inner', 'no name']);
    expect(used.report.steps.map(({ id, name }) => `${id}: ${name}`)).toEqual([
      ...['all: All of it', 'step-2: Run echo "> no name"'],
    ]);
    expect(used.report.steps[0]?.report?.requested.resources).toMatchObject({
      timeoutMs: 90_000,
      memoryBytes: 1 << 30,
    });
    expect(used.outputs['told']).toBe('yes');
  });

  it('has no stdin, no terminal and none of the action`s inputs', async () => {
    const used = await use({
      run: `cat; [ -t 1 ] || echo "> no terminal"; env | grep -E '^(INPUT|STATE)_' | sed 's/^/> /'; true`,
    });
    expect(said(used)).toEqual(['no terminal']);
  });
});

describe('wrong inputs', () => {
  const cases: [string, Record<string, string>, string[]][] = [
    [
      'choices',
      { run: 'true', summary: 'sometimes', install: 'no', 'policy-ref': 'tail' },
      [
        'input policy-ref `tail`',
        'input summary `sometimes`',
        'input install `no`',
        'expected one of base, head',
        'expected one of always, on-problem, never',
        'expected one of auto, never',
      ],
    ],
    [
      'both run and steps',
      { run: 'true', steps: TRACE },
      ['input steps `run` is there as well', 'expected either `run` or `steps`'],
    ],
    [
      'a shell of nothing',
      { steps: TRACE, shell: 'bash' },
      ['input shell there is no `run` that it could be for'],
    ],
    [
      'a shell that is none',
      { run: 'true', shell: 'fish' },
      ['input shell `fish` is no shell that is known'],
    ],
    ['a mirror', { run: 'true', 'tools-mirror': 'x' }, ['input tools-mirror it is no address']],
    [
      'steps, each in its line',
      {
        steps: `${TRACE}- rn: x\n- run: echo\n  timeout-minutes: -1\n  if: cancelled()\n- run: x\n  network:\n    mode: open\n`,
      },
      [
        'steps:3:3 [1].rn: `rn` is not a key of a step',
        'did you mean `run`?',
        'steps:3:3 [1]: the step has no `run`',
        'steps:5:20 [2].timeout-minutes: `timeout-minutes` is `-1`',
        'steps:6:7 [2].if: `if` is `cancelled()`',
        'steps:9:11 [3].network.mode: `open` is not a value of',
      ],
    ],
    [
      'steps that are no YAML',
      { steps: `${TRACE}- run: "x\n` },
      ['steps:3:10 not YAML: missing closing "quote'],
    ],
    ['steps that are no list', { steps: 'run: true' }, ['`steps` is a map']],
    [
      'ids that come twice',
      { steps: '- { id: a, run: x }\n- { id: a, run: x }\n' },
      ['steps:2:9 [1].id: the id `a` is there already'],
    ],
    [
      'the policy, in its own line',
      { steps: TRACE, policy: 'version: 1\nnetwork:\n  mode: open\n  alow: []\n' },
      ['input policy:3:9 network.mode: `open`', 'input policy:4:3 network.alow', '`allow`'],
    ],
    [
      'on-unavailable',
      { steps: TRACE, 'on-unavailable': 'panic' },
      ['input on-unavailable', '`panic` is not a value of', 'expected one of fail, degrade'],
    ],
    [
      'a policy file that is not there',
      { steps: TRACE, 'policy-file': 'no.yml' },
      ['the policy file', 'no.yml cannot be read', 'check its path'],
    ],
    [
      'a policy file outside of the workspace',
      { steps: TRACE, 'policy-file': '../no.yml' },
      ['../no.yml leads out of the workspace'],
    ],
  ];

  it.each(cases)('are all told, and nothing runs: %s', async (_name, inputs, told) => {
    const job = newJob();
    const step = await job.uses(USES, { with: inputs });
    expect([step.outcome, step.exitCode]).toEqual(['failure', 125]);
    for (const part of told) expect(plain(step.log)).toContain(part);
    expect(step.log).toContain('Nothing was run.');
    expect(step.summary).toContain('refused, nothing ran');
    expect(existsSync(join(job.layout.workspace, 'ran'))).toBe(false);
    expect(step.annotations).toMatchObject([{ level: 'error', properties: { title: 'Glovebox' } }]);
    // Who sees only the annotation or the summary knows what to do as well.
    const summary = step.summary.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(code));
    for (const part of told.filter((one) => one.startsWith('expected '))) {
      expect(step.annotations[0]?.message).toContain(part);
      expect(summary).toContain(part);
    }
    expect(step.outputs).toEqual({
      ...{ report: '', enforced: 'false', downgrades: '[]', blocked: '[]' },
      ...{ outcome: 'failure', 'exit-code': '125', steps: '{}', 'suggested-policy': '' },
    });
  });
});

/** Without colours and with single blanks. */
function plain(log: string): string {
  // oxlint-disable-next-line no-control-regex
  return log.replaceAll(/\x1b\[\d+m/g, '').replaceAll(/[^\S\n]+/g, ' ');
}

describe('a working directory', () => {
  const OUTSIDE = 'is outside the workspace';
  it.each([
    ['of the action', 'inner', null, 'inner'],
    ['of a step', '', 'inner', 'inner'],
    ['of a step in that of the action', 'inner', 'deep', 'inner/deep'],
    ['beside that of the action', 'inner', '../other', 'other'],
  ])('%s', async (_name, ofAction, ofStep, wanted) => {
    const job = newJob({ files: { 'inner/deep/a': '', 'other/a': '' } });
    const line = ofStep === null ? '' : `\n  working-directory: ${ofStep}`;
    const steps = `- run: echo "> $PWD"${line}`;
    const used = await use({ steps, 'working-directory': ofAction }, job);
    expect(said(used)).toEqual([join(job.layout.workspace, wanted)]);
  });

  it('may be one that an earlier step made', async () => {
    const steps = `
- run: mkdir -p made/inner && echo 1 > made/inner/file
- run: echo "> $(cat file)"
  working-directory: made/inner
`;
    expect(said(await use({ steps }))).toEqual(['1']);
  });

  it.each([
    ['above', '..', OUTSIDE],
    ['elsewhere', '/etc', OUTSIDE],
    ['missing', 'nowhere', 'does not exist'],
    ['a file', 'file', 'is not a directory'],
    ['reached through a symlink', 'link', OUTSIDE],
  ])('is refused when it is %s', async (_name, directory, message) => {
    const job = newJob({ files: { file: '' } });
    symlinkSync(job.layout.tools, join(job.layout.workspace, 'link'));
    const used = await use({ run: 'echo "> ran"', 'working-directory': directory }, job);
    expect([used.exitCode, used.report.outcome, used.report.enforced]).toEqual([
      ...[125, 'failure', false],
    ]);
    expect(used.report.steps[0]?.error?.message).toContain(message);
    expect(used.annotations[0]?.message).toContain(message);
    expect(said(used)).toEqual([]);
  });
});

describe('set-up alone', () => {
  it('puts glovebox on the PATH of later steps', async () => {
    const job = newJob();
    const step = await job.uses(USES);
    expect([step.outcome, step.paths.length]).toEqual(['success', 1]);
    const version = await job.run('glovebox --version');
    expect(version.log).toMatch(/^glovebox \d+\.\d+\.\d+$/);
    const later = await job.run('glovebox run -- sh -c "echo \\> sealed"', { shell: 'bash' });
    expect([later.outcome, said(later)]).toEqual(['success', ['sealed']]);
    expect(later.log).toContain('sealed (network');
    await job.end();
    expect((await job.run('glovebox --version', { if: 'always()' })).outcome).toBe('failure');
  });

  it('finds the tools that are there, and installs none', async () => {
    const job = newJob();
    const step = await job.uses(USES, { with: { install: 'never' } });
    expect([step.outcome, step.exitCode]).toEqual(['success', 0]);
    expect((await use({ run: 'echo "> sealed"', install: 'never' }, job)).exitCode).toBe(0);
  });
});

describe('the summary', () => {
  it.each([
    ['always', 'true', true],
    ['on-problem', 'true', false],
    ['on-problem', 'false', true],
    ['on-problem', 'cat < /dev/tcp/203.0.113.10/443 || true', true],
    ['never', 'false', false],
  ])('is written %s, after `%s`: %s', async (summary, run, written) => {
    const used = await use({ run, summary });
    expect(used.summary.includes('## Glovebox: ')).toBe(written);
  });

  it('is as good as none where the runner takes none', async () => {
    const job = newJob();
    const step = await job.uses(USES, { with: { run: 'true' } });
    expect(step.outcome).toBe('success');
    expect(job.summary).toContain('✅ 1 step passed, all sealed');
  });
});

describe('the report file', () => {
  it('lies in the workspace when named', async () => {
    const job = newJob({ files: { 'out/old.json': 'old', 'old.json': 'old' } });
    const used = await use({ run: 'ls out', 'report-file': 'out/report.json' }, job);
    expect(used.outputs['report']).toBe(join(job.layout.workspace, 'out/report.json'));
    expect(used.report.outcome).toBe('success');
    const again = await use({ run: 'true', 'report-file': 'old.json' }, job);
    expect(again.report.outcome).toBe('success');
  });

  it('lies with the runner otherwise, out of the step`s sight', async () => {
    const job = newJob();
    const used = await use({ run: `ls ${job.layout.temp} 2>&1 | sed 's/^/> /'` }, job);
    expect(used.outputs['report']?.startsWith(`${job.layout.temp}/glovebox-report-`)).toBe(true);
    expect(said(used).join()).toContain('No such file or directory');
  });

  it.each<[string, string, (workspace: string, outside: string) => void]>([
    ['a directory', 'there', (workspace) => mkdirSync(join(workspace, 'there'))],
    [
      'behind a directory that is a symlink',
      'there/report.json',
      (workspace, outside) => symlinkSync(outside, join(workspace, 'there')),
    ],
    ['above the workspace', '../report.json', () => undefined],
    ['in a directory that is not there', 'no/report.json', () => undefined],
  ])('is refused when it is %s', async (_name, file, plant) => {
    const job = newJob();
    const outside = join(job.layout.base, 'outside');
    mkdirSync(outside);
    plant(job.layout.workspace, outside);
    const step = await job.uses(USES, { with: { steps: TRACE, 'report-file': file } });
    expect([step.exitCode, step.outputs['exit-code']]).toEqual([125, '125']);
    expect(existsSync(join(outside, 'report.json'))).toBe(false);
    expect(existsSync(join(job.layout.workspace, '../report.json'))).toBe(false);
    expect(existsSync(join(job.layout.workspace, 'ran'))).toBe(false);
  });

  it('is not written where a step put something else, and that is told', async () => {
    const job = newJob({ files: { mine: 'untouched' } });
    const steps = `
- run: rm report.json; ln -s mine report.json
  filesystem: { mode: workspace }
`;
    const step = await job.uses(USES, { with: { steps, 'report-file': 'report.json' } });
    expect([step.exitCode, step.outputs['enforced'], step.outputs['outcome']]).toEqual([
      ...[125, 'false', 'failure'],
    ]);
    expect(step.log).toContain('it was replaced while the step ran');
    expect(step.log).not.toContain('Nothing was run.');
    expect(readFileSync(join(job.layout.workspace, 'mine'), 'utf8')).toBe('untouched');
  });

  it('replaces a symlink, and does not follow it', async () => {
    const job = newJob({ files: { mine: 'untouched' } });
    const { workspace } = job.layout;
    symlinkSync(join(workspace, 'mine'), join(workspace, 'report.json'));
    await use({ run: 'true', 'report-file': 'report.json' }, job);
    expect(readFileSync(join(workspace, 'mine'), 'utf8')).toBe('untouched');
  });
});
