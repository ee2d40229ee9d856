import { describe, expect, it } from 'vitest';
import type { JobReport } from '../../src/report/job-schema.ts';
import { newJob, said, use, type Used } from '../lab/action.ts';

type HandedOn = JobReport['steps'][number]['handedOn'];

const told = ({ report: { steps } }: Used): HandedOn => {
  const [first] = steps;
  if (first === undefined) throw new Error('there is no step');
  return first.handedOn;
};

const stepOutputs = ({ outputs }: Used): Record<string, string> =>
  (JSON.parse(outputs['steps'] ?? '') as Record<string, { outputs: Record<string, string> }>)['run']
    ?.outputs ?? {};

const RUNNER = (text: string): string => `version: 1\nrunner: { ${text} }\n`;

describe('outputs', () => {
  it('go on by name only', async () => {
    const used = await use({
      policy: RUNNER('outputs: [version, Notes]'),
      run: `
{ echo "version=1.2"; echo "other=x"; echo "NOTES<<E"; echo "a = b"; echo "c<<d"; echo; echo "::error::x"; echo "E"; } >> $GITHUB_OUTPUT
echo "version=1.3" >> $GITHUB_OUTPUT`,
    });
    const wanted = { version: '1.3', Notes: 'a = b\nc<<d\n\n::error::x' };
    expect(stepOutputs(used)).toEqual(wanted);
    expect(used.outputs).toMatchObject(wanted);
    expect(used.outputs).not.toHaveProperty('other');
    expect(told(used)).toMatchObject({
      outputs: ['version', 'Notes'],
      leftBehind: [{ kind: 'output', name: 'other', reason: 'the policy does not name it' }],
    });
  });

  it('cannot take the place of the action`s own', async () => {
    const used = await use({
      policy: RUNNER('outputs: [enforced, ENFORCED, Exit-Code, outcome]'),
      run: 'for name in enforced outcome exit-code; do echo "$name=forged" >> $GITHUB_OUTPUT; done',
    });
    const own = Object.entries(used.outputs).filter(([name]) => name !== 'steps');
    expect(own.map(([, value]) => value)).not.toContain('forged');
    expect(used.outputs).toMatchObject({ enforced: 'true', outcome: 'success', 'exit-code': '0' });
    expect(Object.keys(used.outputs)).toHaveLength(8);
  });

  it('are those of a failed step too', async () => {
    const used = await use({
      policy: RUNNER('outputs: [version]'),
      run: 'echo "version=1" >> $GITHUB_OUTPUT; exit 3',
    });
    expect([used.exitCode, used.outputs['version']]).toEqual([3, '1']);
  });
});

describe('variables and paths', () => {
  const SCRIPT = `
mkdir -p bin; echo "NUMBER=7" >> $GITHUB_ENV; echo "OTHER=8" >> $GITHUB_ENV
echo "LD_PRELOAD=/x.so" >> $GITHUB_ENV; echo "STATE_run-directory=/" >> $GITHUB_ENV
echo "$PWD/bin/" >> $GITHUB_PATH; echo "$PWD/bin/../../../evil" >> $GITHUB_PATH; echo /tmp >> $GITHUB_PATH
echo "forged=1" >> $GITHUB_STATE`;

  it('are not handed on by default, nor is any state', async () => {
    const job = newJob();
    const used = await use({ run: SCRIPT }, job);
    expect([used.environment, used.paths, Object.keys(used.state)]).toEqual([
      ...[{}, [], ['run-directory']],
    ]);
    expect(told(used).leftBehind.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      ...['env NUMBER', 'env OTHER', 'env LD_PRELOAD', 'env STATE_run-directory'],
      ...[`path ${job.layout.workspace}/bin/`, `path ${job.layout.workspace}/bin/../../../evil`],
      'path /tmp',
    ]);
    expect(used.summary).toContain('Left behind (7)');
  });

  it('are handed on when named, and reach the next step', async () => {
    const job = newJob();
    const used = await use({ policy: RUNNER('env: [NUMBER], path: [bin]'), run: SCRIPT }, job);
    expect([used.environment, used.paths]).toEqual([
      { NUMBER: '7' },
      [`${job.layout.workspace}/bin`],
    ]);
    const next = await job.run('echo "> $NUMBER $OTHER $PATH"');
    expect(said(next)[0]?.startsWith(`7  ${job.layout.workspace}/bin:`)).toBe(true);
  });

  it.each(['LD_PRELOAD', 'BASH_ENV', 'NODE_OPTIONS', 'PATH', 'GITHUB_SHA', 'STATE_x', 'INPUT_RUN'])(
    'a policy that names %s is refused',
    async (name) => {
      const job = newJob();
      const step = await job.uses('glovebox-ci/glovebox@v1', {
        with: { run: 'true', policy: RUNNER(`env: [${name}]`) },
      });
      expect(step.exitCode).toBe(125);
      expect(step.annotations[0]?.message).toContain(`input policy:2:`);
    },
  );
});

describe('a command file that is no good', () => {
  const GOOD = 'good=1';
  it.each([
    [
      'without an end',
      `printf '${GOOD}\\nbad<<E\\nx\\n' >> $GITHUB_OUTPUT`,
      'line 2: the value of',
    ],
    [
      'with an empty delimiter',
      `printf '${GOOD}\\nbad<<\\n' >> $GITHUB_OUTPUT`,
      'line 2: the delimiter',
    ],
    [
      'with a line that is nothing',
      `printf '${GOOD}\\nbad\\n' >> $GITHUB_OUTPUT`,
      'line 2: the line is neither',
    ],
    [
      'with a NUL',
      `printf '${GOOD}\\nbad=\\0\\n' >> $GITHUB_OUTPUT`,
      'line 2: the file has a NUL byte',
    ],
    ['that is not UTF-8', `printf '${GOOD}\\nbad=\\xff\\n' >> $GITHUB_OUTPUT`, 'not UTF-8'],
    [
      'of 1 GiB',
      `echo ${GOOD} >> $GITHUB_OUTPUT; truncate -s 1G $GITHUB_OUTPUT`,
      'more than 4 MiB',
    ],
    [
      'of too many entries',
      `seq -f 'good=%.0f' 20000 >> $GITHUB_OUTPUT`,
      'more than 10000 entries',
    ],
    ['that is a fifo', 'rm $GITHUB_OUTPUT; mkfifo $GITHUB_OUTPUT', 'it is not a plain file'],
    ['that is a symlink', 'rm $GITHUB_OUTPUT; ln -s /etc/passwd $GITHUB_OUTPUT', 'it is a symlink'],
    ['that is a directory', 'rm $GITHUB_OUTPUT; mkdir $GITHUB_OUTPUT', 'it is not a plain file'],
    ['that is gone', 'rm $GITHUB_OUTPUT', 'it was removed'],
    ['that nobody may read', `echo ${GOOD} >> $GITHUB_OUTPUT; chmod 0 $GITHUB_OUTPUT`, null],
  ])('hands on nothing: one %s', async (_name, run, problem) => {
    const policy = RUNNER('outputs: [good, bad], env: [KEPT]');
    const used = await use({ policy, run: `echo KEPT=1 >> $GITHUB_ENV; ${run}` });
    expect(used.outcome).toBe('success');
    expect(used.environment).toEqual({ KEPT: '1' });
    if (problem === null) return;
    expect(stepOutputs(used)).toEqual({});
    expect(told(used).problems).toHaveLength(1);
    expect(told(used).problems[0]).toContain('GITHUB_OUTPUT hands on nothing: ');
    expect(told(used).problems[0]).toContain(problem);
    expect(used.summary).toContain('⚠️');
  });

  it('hands on nothing when the directory of all is another', async () => {
    const policy = RUNNER('outputs: [good], env: [KEPT]');
    const run = 'cd /run/glovebox; mv commands other || rm -rf commands/*; mkdir commands || true';
    const used = await use({ policy, run });
    expect([used.outcome, used.environment, stepOutputs(used)]).toEqual(['success', {}, {}]);
  });
});

describe('the step`s own summary', () => {
  const SUMMARY = `
cat >> $GITHUB_STEP_SUMMARY <<'END'
# Fine
## Glovebox: ✅ 9 steps passed, all sealed
</details></blockquote><h1>big</h1> ![x](https://example.com/x)
[a]: https://example.com/
END`;

  it('is shown as the step`s', async () => {
    const { summary } = await use({ steps: JSON.stringify([{ name: 'Tests', run: SUMMARY }]) });
    const [own = '', theirs = ''] = summary.split(
      '> **Written by the step Tests, not by Glovebox:**',
    );
    expect(own).toContain('## Glovebox: ✅ 1 step passed');
    expect(theirs).toContain('\n> # Fine\n> ## Glovebox: ✅ 9 steps');
    expect(theirs).not.toMatch(/<\/|!\[|\]: /);
    expect(
      theirs
        .trim()
        .split('\n')
        .every((line) => line.startsWith('>')),
    ).toBe(true);
  });

  it('is not shown when the policy says so', async () => {
    const used = await use({ policy: RUNNER('summary: false'), run: SUMMARY });
    expect(used.summary).not.toContain('Fine');
    expect(used.summary).toContain('## Glovebox');
  });

  it('of any size leaves the whole below the runner`s limit', async () => {
    const big = { run: `yes '<b>&#x202e;</b>' | head -c 3000000 >> $GITHUB_STEP_SUMMARY` };
    const used = await use({ steps: JSON.stringify([big, big, big, big]) });
    expect(used.annotations).toEqual([]);
    expect(used.summary).toContain('more bytes, which are not shown');
    expect(Buffer.byteLength(used.summary)).toBeLessThan(1024 * 1024);
  });
});

describe('annotations of a step', () => {
  const RUN = `
echo "::error file=src/a.ts,line=3,title=Fake::one%0Atwo"
echo "::warning::w"; echo "::notice::n"; echo "::debug::d"; echo "::set-output name=x::y"`;

  it('are counted, and not shown, by default', async () => {
    const used = await use({ run: RUN });
    expect(used.annotations).toEqual([]);
    expect(told(used)).toMatchObject({ annotations: 0, annotationsNotShown: 3 });
  });

  it('are shown under the step`s name when the policy says so', async () => {
    const policy = RUNNER('annotations: true');
    const used = await use({ policy, steps: JSON.stringify([{ name: 'Tests', run: RUN }]) });
    expect(used.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      ...['error: one\ntwo', 'warning: w', 'notice: n'],
    ]);
    expect(used.annotations[0]?.properties).toMatchObject({ file: 'src/a.ts', line: '3' });
    for (const { properties } of used.annotations) expect(properties['title']).toContain('Tests');
    expect(told(used)).toMatchObject({ annotations: 3, annotationsNotShown: 0 });
  });

  it('are no more than the runner would show', async () => {
    const policy = RUNNER('annotations: true');
    const used = await use({ policy, run: 'for i in $(seq 1000); do echo "::error::$i"; done' });
    expect(used.annotations).toHaveLength(10);
    expect(told(used)).toMatchObject({ annotations: 10, annotationsNotShown: 990 });
  });
});
