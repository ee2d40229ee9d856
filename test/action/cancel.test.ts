import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobReport } from '../../src/report/job-schema.ts';
import { newJob, use, USES } from '../lab/action.ts';
import type { Job } from './runner/job.ts';
import type { Running } from './runner/running.ts';
import type { StepResult } from './runner/step.ts';

/** Marks the processes of a step, whose command lines can be seen from outside. */
const LONG = '31536000';

/** Ignores every signal that can be ignored, and has children that left its session. */
const STUBBORN = `trap '' INT TERM HUP
setsid sleep ${LONG} & sleep ${LONG} & echo ready
while :; do sleep ${LONG}; done`;

function living(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0${LONG}\0`);
      } catch {
        return false;
      }
    });
}

const isThere = ({ state }: StepResult): boolean => existsSync(state['run-directory'] ?? '');

/** What a step does until it has said this; then `act`. */
async function when(step: Running, pattern: RegExp, act: () => unknown): Promise<void> {
  await step.printed(pattern);
  await act();
}

/** After the job nothing of it is there. */
async function expectNothingLeft(job: Job): Promise<void> {
  const posts = await job.end();
  expect(posts.map(({ outcome }) => outcome)).toEqual(['success']);
  expect([living(), posts.map(isThere)]).toEqual([[], [false]]);
}

const STEPS = JSON.stringify([
  { id: 'one', run: STUBBORN },
  { id: 'two', run: 'echo "> two"' },
  { id: 'three', if: 'always()', run: 'echo "> three"' },
]);

describe('a job that is cancelled', () => {
  it('ends a step that will not stop before the runner asks again', async () => {
    // Not done within the runner's first patience, main would be killed and say nothing more.
    const job = newJob({ patience: { terminate: 1 } });
    const step = job.uses(USES, { with: { steps: STEPS } });
    await when(step, /^ready/, () => job.cancel(step));
    const done = await step;
    expect(living()).toEqual([]);
    expect([done.outcome, done.exitCode]).toEqual(['cancelled', 137]);
    expect(done.lines.filter(({ text }) => text.startsWith('> '))).toEqual([]);
    expect(done.outputs).toMatchObject({ outcome: 'cancelled', enforced: 'false' });
    const { steps } = JSON.parse(readFileSync(done.outputs['report'] ?? '', 'utf8')) as JobReport;
    expect(steps.map(({ outcome }) => outcome)).toEqual([
      ...['cancelled', 'cancelled', 'cancelled'],
    ]);
    expect(done.summary).toContain('🛑 cancelled');
    await expectNothingLeft(job);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'lets a step that listens say a last word: %s',
    async (signal) => {
      const job = newJob();
      const run = `trap 'echo bye; exit 3' INT TERM HUP; echo ready; while :; do sleep 0.05; done`;
      const step = job.uses(USES, { with: { run } });
      await when(step, /^ready/, () => step.kill(signal));
      const done = await step;
      expect(done.lines.map(({ text }) => text)).toContain('bye');
      expect(done.outputs['outcome']).toBe('cancelled');
      await expectNothingLeft(job);
    },
  );

  it('does not begin the next step', async () => {
    const job = newJob();
    const steps = JSON.stringify([
      { run: 'echo first' },
      { if: 'always()', run: 'echo "> second"' },
    ]);
    const step = job.uses(USES, { with: { steps } });
    // The group of a step is announced before it is planned.
    await when(step, /^::group::/, () => job.cancel(step));
    const done = await step;
    expect(done.log).not.toContain('\n> second');
    expect(done.outputs['outcome']).toBe('cancelled');
    await expectNothingLeft(job);
  });

  it('runs nothing when it is cancelled while it sets up', async () => {
    const job = newJob({ files: { 'policy.yml': 'version: 1\n' } });
    const step = job.uses(USES, { with: { steps: STEPS, 'policy-file': 'policy.yml' } });
    await untilSaved(job);
    await job.cancel(step);
    const done = await step;
    expect(done.outcome).toBe('cancelled');
    expect(done.log).not.toContain('ready');
    expect(living()).toEqual([]);
    await expectNothingLeft(job);
  });
});

describe('when main is killed', () => {
  it('in a step, the kernel ends the step and post takes the files away', async () => {
    const job = newJob();
    const step = job.uses(USES, { with: { steps: STEPS } });
    await when(step, /^ready/, () => step.kill('SIGKILL'));
    const done = await step;
    expect([done.outcome, done.exitCode]).toEqual(['failure', 137]);
    await expect.poll(living).toEqual([]);
    expect(isThere(done)).toBe(true);
    expect(done.log).not.toContain('> two');
    await expectNothingLeft(job);
  });

  it('while it sets up, post takes away what there is', async () => {
    const job = newJob();
    const step = job.uses(USES, { with: { steps: STEPS } });
    await untilSaved(job);
    step.kill('SIGKILL');
    expect((await step).exitCode).toBe(137);
    await expect.poll(living).toEqual([]);
    await expectNothingLeft(job);
  });

  it('before it made anything, post is quiet', async () => {
    const job = newJob();
    const step = job.uses(USES, { with: { steps: STEPS } });
    step.kill('SIGKILL');
    await step;
    const [post] = await job.end();
    expect(post).toMatchObject({ outcome: 'success', exitCode: 0, log: '' });
  });
});

describe('post', () => {
  it('ends a process that has to do with the run', async () => {
    const job = newJob();
    const step = job.uses(USES, { with: { run: 'echo ready; sleep 0.5' } });
    const { 'run-directory': directory = '' } = (await step).state;
    expect(directory).toMatch(/\/glovebox-action-[0-9a-f]{24}$/);
    const left = await job.run(
      `setsid env LEFT='${directory}/x' sleep ${LONG} > /dev/null 2>&1 & mkdir '${directory}'; touch '${directory}/x'`,
    );
    expect(left.outcome).toBe('success');
    await expect.poll(living).toHaveLength(1);
    const [post] = await job.end();
    expect(post?.log).toBe('Glovebox ended 1 processes that were left over.');
    expect([living(), existsSync(directory)]).toEqual([[], false]);
  });

  it.each([
    ['a directory of the system', () => '/etc'],
    ['the workspace', ({ layout }: Job) => layout.workspace],
    [
      'a name like ours, from elsewhere',
      ({ layout }: Job) => `${layout.workspace}/glovebox-action-x`,
    ],
    ['two lines', ({ layout }: Job) => `${layout.workspace}\n/glovebox-action-${'0'.repeat(24)}`],
  ])('takes no forged state for its own: %s', async (_name, directory) => {
    const job = newJob({ files: { 'glovebox-action-x/kept': '', kept: '' } });
    // Only where main saved nothing does a variable of the job reach post.
    const forged = directory(job);
    const file = join(job.layout.temp, 'forged');
    writeFileSync(file, `STATE_run-directory<<END\n${forged}\nEND\n`);
    await job.run(`cat '${file}' >> $GITHUB_ENV`);
    const step = job.uses(USES, { with: { steps: 'nonsense' } });
    expect((await step).exitCode).toBe(125);
    const [post] = await job.end();
    expect(post).toMatchObject({ outcome: 'success', log: '' });
    expect(existsSync(join(job.layout.workspace, 'glovebox-action-x/kept'))).toBe(true);
    expect(existsSync(join(job.layout.workspace, 'kept'))).toBe(true);
  });

  it('has its own state where main saved one', async () => {
    const job = newJob();
    await job.run(`echo "STATE_run-directory=$GITHUB_WORKSPACE" >> $GITHUB_ENV`);
    await use({ run: 'true' }, job);
    const [post] = await job.end();
    expect(post?.state['run-directory']).toMatch(/^\/var\/tmp\/glovebox-action-/);
    expect(existsSync(job.layout.workspace)).toBe(true);
  });
});

/** Main tells post of its directory first, then makes it. */
async function untilSaved(job: Job): Promise<void> {
  const directory = join(job.layout.temp, '_runner_file_commands');
  await expect
    .poll(
      () =>
        readdirSync(directory)
          .filter((name) => name.startsWith('save_state_'))
          .some((name) => readFileSync(join(directory, name), 'utf8').includes('glovebox-action-')),
      { interval: 2, timeout: 20_000 },
    )
    .toBe(true);
}
