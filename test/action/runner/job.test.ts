import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createJob, type Job } from './job.ts';
import type { JobOptions } from './options.ts';

const FIXTURE = join(import.meta.dirname, 'fixture');
const USES = 'example/fixture@v1';

const jobs: Job[] = [];
afterEach(() => {
  for (const job of jobs.splice(0)) job.remove();
});

function newJob(options: JobOptions = {}): Job {
  const job = createJob({ actions: { [USES]: FIXTURE }, ...options });
  jobs.push(job);
  return job;
}

describe('an action', () => {
  it('is started as the runner starts it', async () => {
    const job = newJob();
    const step = await job.uses(USES, { id: 'one', with: { silent: '${{ github.ref }}' } });
    expect([step.outcome, step.exitCode, step.log]).toEqual([
      ...['success', 0, 'main of example/fixture'],
    ]);
    expect(JSON.parse(step.outputs['told'] ?? '')).toEqual({
      cwd: job.layout.workspace,
      argv: [],
      stdin: '',
      inputs: {
        'INPUT_WHO_TO-GREET': 'octocat',
        'INPUT_EXIT-CODE': '0',
        INPUT_SILENT: 'refs/heads/main',
      },
      tokens: [
        ...['ACTIONS_RUNTIME_URL', 'ACTIONS_RUNTIME_TOKEN'],
        ...['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      ],
    });
    expect(step.state).toEqual({ file: 'one', command: 'yes' });
    expect(step.commandsObeyed).toEqual(['save-state']);
  });

  it('has its post step at the end, last in, first out, also after a failure', async () => {
    const job = newJob();
    await job.uses(USES, { id: 'one' });
    const two = await job.uses(USES, { id: 'two', with: { 'exit-code': '3', silent: 'x' } });
    await job.uses(USES, { id: 'three' });
    expect([two.outcome, two.exitCode]).toEqual(['failure', 3]);
    const posts = await job.end();
    expect(posts.map(({ stage, log }) => [stage, log])).toEqual([
      ['post', 'post of two yes - x'],
      ['post', 'post of one yes - '],
    ]);
    expect(job.results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      ...['one success', 'two failure', 'three skipped', 'two success', 'one success'],
    ]);
    expect(job.status).toBe('failure');
  });

  it('has the post step that lies there in the end, and the state that others set', async () => {
    const job = newJob();
    await job.uses(USES, { id: 'one' });
    const file = join(job.layout.actions, 'example/fixture/v1/post.mjs');
    await job.run(
      `echo "console.log('rewritten')" >> '${file}'; echo STATE_stray=x >> $GITHUB_ENV`,
    );
    const [post] = await job.end();
    expect(post?.log).toBe('post of one yes x \nrewritten');
  });

  it('fails its post step when it is gone by then', async () => {
    const job = newJob();
    await job.uses(USES, { id: 'one' });
    await job.uses(USES, { id: 'two' });
    await job.run('rm -r "$RUNNER_TEMP/../_actions"');
    const posts = await job.end();
    expect(posts.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['two', 'failure'],
      ['one', 'failure'],
    ]);
  });

  it('may lie in the workspace', async () => {
    const text = (name: string): string => readFileSync(join(FIXTURE, name), 'utf8');
    const names = ['action.yml', 'main.mjs', 'post.mjs'];
    const files = Object.fromEntries(names.map((name) => [`here/${name}`, text(name)]));
    const step = await newJob({ files }).uses('./here');
    expect([step.outcome, step.log]).toEqual(['success', 'main of ']);
  });

  it('is warned of inputs that it does not know, and gets them', async () => {
    const step = await newJob().uses(USES, { with: { Silent: 'a', tpyo: 'b' } });
    expect(step.annotations).toEqual([
      { level: 'warning', message: "Unexpected input 'tpyo'", properties: {} },
    ]);
    expect(step.outputs['told']).toContain('"INPUT_TPYO":"b"');
  });

  it.each([
    ['a name without a ref', 'example/fixture', 'does not name an action'],
    ['one that is not there', 'example/other@v1', 'give it to createJob'],
    ['a directory without action.yml', './', 'no action.yml'],
  ])('is refused: %s', (_name, uses, message) => {
    expect(() => newJob().uses(uses)).toThrow(message);
  });
});

describe('a script', () => {
  it('gets what steps before it left', async () => {
    const job = newJob({ env: { JOB: '1' } });
    const first = await job.run(
      `
      mkdir bin && printf '#!/bin/sh\\necho tool' > bin/tool && chmod +x bin/tool
      echo "$PWD/bin" >> $GITHUB_PATH
      echo A=2 >> $GITHUB_ENV
      echo GITHUB_SHA=forged >> $GITHUB_ENV
      echo '# One' >> $GITHUB_STEP_SUMMARY
      echo "value=3" >> $GITHUB_OUTPUT`,
      { id: 'first' },
    );
    expect([first.environment, first.paths]).toEqual([
      { A: '2', GITHUB_SHA: 'forged' },
      [join(job.layout.workspace, 'bin')],
    ]);
    const script = 'tool; echo $JOB $A $B ${{ steps.first.outputs.value }} ${GITHUB_SHA::4}';
    const second = await job.run(script, { env: { B: '${{ env.A }}' } });
    expect(second.log).toBe('tool\n1 2 2 3 0123');
    expect(job.environment).toEqual({ JOB: '1', A: '2', GITHUB_SHA: 'forged' });
    expect(job.summary).toBe('# One\n');
  });

  it('has real pipes, no input, and no token but that for an identity', async () => {
    const step = await newJob().run(
      'echo a > /dev/stdout; echo b > /dev/stderr; cat; env | grep -o "^ACTIONS_[A-Z_]*" | sort',
    );
    expect(step.lines.filter(({ stream }) => stream === 'stderr')).toEqual([
      { stream: 'stderr', text: 'b' },
    ]);
    expect(step.lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
      ...['a', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
    ]);
  });

  it.each([
    ['no shell', undefined, 'success'],
    ['bash, which has pipefail', 'bash', 'failure'],
    ['sh', 'sh', 'success'],
  ])('runs with %s', async (_name, shell, outcome) => {
    const step = await newJob().run('false | true', shell === undefined ? {} : { shell });
    expect(step.outcome).toBe(outcome);
  });

  it('runs with a shell that a step put on the path, and not one from PATH', async () => {
    const tool = `mkdir x && printf '#!/bin/sh\\necho "own $@"; cat "$2"' > x/own && chmod +x x/own`;
    const job = newJob();
    await job.run(`${tool}; echo "PATH=$PWD/x:$PATH" >> $GITHUB_ENV`);
    const shell = 'own -f {0}';
    const early = await job.run('x', { shell, continueOnError: true });
    expect([early.outcome, early.conclusion, early.exitCode]).toEqual(['failure', 'success', null]);
    expect(early.annotations[0]?.message).toBe('own: command not found');
    await job.run('echo "$PWD/x" >> $GITHUB_PATH');
    const late = await job.run('the script', { shell, workingDirectory: 'x' });
    expect(late.log).toMatch(new RegExp(`^own -f ${job.layout.temp}/[0-9a-f-]{36}\nthe script$`));
  });

  it('ends with its own code, or that of a signal', async () => {
    const job = newJob();
    const seven = await job.run('exit 7', { continueOnError: true });
    expect([seven.exitCode, seven.log]).toEqual([
      ...[7, '##[error]Process completed with exit code 7.'],
    ]);
    expect((await job.run('kill -9 $$', { continueOnError: true })).exitCode).toBe(137);
  });

  it('fails with a file that cannot be read', async () => {
    const step = await newJob().run("echo 'A<<E' >> $GITHUB_ENV");
    expect([step.outcome, step.exitCode]).toEqual(['failure', 0]);
  });

  it('shows no secret in its log', async () => {
    const job = newJob({ secrets: { KEY: 'opensesame' } });
    const step = await job.run('echo "$K $(printf %s "$K" | base64) $T"', {
      env: { K: '${{ secrets.KEY }}', T: '${{ github.token }}' },
    });
    expect(step.log).toMatch(/^\*\*\* \S*\*\*\*\S* \*\*\*$/);
    expect(step.lines[0]?.text).toContain('opensesame');
  });

  it('is skipped when its condition does not hold', async () => {
    const job = newJob();
    await job.run('exit 1', { id: 'bad' });
    expect((await job.run('echo', {})).outcome).toBe('skipped');
    expect((await job.run('echo', { if: 'failure()' })).outcome).toBe('success');
    expect((await job.run('echo', { if: "steps.bad.outcome == 'failure'" })).outcome).toBe(
      'skipped',
    );
    expect((await job.run('echo', { if: 'always()' })).outcome).toBe('success');
  });

  it('is not started while another one runs', async () => {
    const job = newJob();
    const first = job.run('read -r _ || sleep 0.1');
    expect(() => job.run('true')).toThrow("'run' is still running");
    expect((await first).outcome).toBe('success');
  });
});

describe('what outlives a step', () => {
  it('is not waited for when it holds the output, and is killed at the end', async () => {
    const job = newJob({ patience: { streams: 50 } });
    const step = await job.run('sleep 1000 & echo $! > pid; echo done');
    expect(step.log).toBe('done');
    const pid = Number(readFileSync(join(job.layout.workspace, 'pid'), 'utf8'));
    const isThere = (): boolean => existsSync(`/proc/${pid}/cwd`);
    expect(isThere()).toBe(true);
    await job.end();
    await expect.poll(isThere).toBe(false);
  });

  it('can write into the files of a later step', async () => {
    const job = newJob();
    await job.run(`
      (cd $RUNNER_TEMP/_runner_file_commands
       until [ -e ../later ]; do sleep 0.01; done
       for file in set_env_*; do echo A=planted >> $file; done
       touch ../planted) > /dev/null 2>&1 &`);
    const wait = 'touch $RUNNER_TEMP/later; until [ -e $RUNNER_TEMP/planted ]; do sleep 0.01; done';
    expect((await job.run(wait)).environment).toEqual({ A: 'planted' });
  });
});

describe('cancelling', () => {
  it('asks first', async () => {
    const job = newJob();
    const step = job.run(
      "trap 'echo stopped; exit 0' INT; echo ready; while :; do sleep 0.05; done",
    );
    await step.printed(/ready/);
    await job.cancel(step);
    const { outcome, log } = await step;
    expect([outcome, log, job.status]).toEqual(['cancelled', 'ready\nstopped', 'cancelled']);
    const [later, always] = [await job.run('true'), await job.run('true', { if: 'always()' })];
    expect([later.outcome, always.outcome]).toEqual(['skipped', 'success']);
  });

  it.each([
    ['asks again', "trap '' INT", 60_000, 128 + 15],
    ['does not ask a third time', "trap '' INT TERM", 50, 128 + 9],
  ])('%s', async (_name, trap, terminate, exitCode) => {
    const job = newJob({ patience: { interrupt: 50, terminate, streams: 50 } });
    const step = job.run(`${trap}; echo ready; while :; do sleep 0.05; done`);
    await step.printed(/ready/);
    await job.cancel(step);
    expect(await step).toMatchObject({ outcome: 'cancelled', exitCode });
  });

  it('leaves a step alone that is to run always', async () => {
    const job = newJob();
    const step = job.run('echo ready; sleep 0.1; echo done', { if: 'always()' });
    await step.printed(/ready/);
    await job.cancel(step);
    expect(await step).toMatchObject({ outcome: 'success', log: 'ready\ndone' });
  });

  it('is another thing than killing', async () => {
    const job = newJob();
    const step = job.run('echo ready; while :; do sleep 0.05; done');
    await step.printed(/ready/);
    process.kill(step.pid, 'SIGKILL');
    expect(await step).toMatchObject({ outcome: 'failure', exitCode: 137 });
    await expect(step.printed(/never/)).rejects.toThrow('never came');
  });
});

describe('checking out', () => {
  const commits = [
    { 'a.txt': 'one\n', 'b.txt': 'b\n' },
    { 'a.txt': 'two\n', 'b.txt': null },
  ];
  const HEADER = 'git config --includes --get http.https://github.com/.extraheader';

  it('leaves the last commit and its remote', async () => {
    const job = newJob({ commits });
    await job.checkout();
    const step = await job.run('ls; cat a.txt; git log --oneline | wc -l; git status --short -b');
    expect(step.log).toBe('a.txt\ntwo\n1\n## main...origin/main');
    expect((await job.run('git rev-parse HEAD; git remote get-url origin')).log).toBe(
      `${String(job.github['sha'])}\nhttps://github.com/example/widget`,
    );
  });

  it('leaves the whole history when asked, and a pull request`s commit on no branch', async () => {
    const job = newJob({ commits, ref: 'refs/pull/7/merge', eventName: 'pull_request' });
    await job.checkout({ fetchDepth: 0 });
    const step = await job.run(
      'git log --oneline | wc -l; git rev-parse --symbolic-full-name HEAD',
    );
    expect(step.log).toBe('2\nHEAD');
  });

  it.each([
    ['in the configuration', 'extraheader', /basic/],
    ['in a file beside', 'include-if', /git-credentials-[0-9a-f-]{36}\.config/],
  ] as const)('keeps the token %s, until the post step', async (_name, credentials, pattern) => {
    const job = newJob({ commits, token: 'ghs_secret' });
    await job.checkout({ credentials });
    const step = await job.run(`${HEADER}; cat .git/config`);
    const header = `AUTHORIZATION: basic ${btoa('x-access-token:ghs_secret')}`;
    expect(step.lines[0]?.text).toBe(header);
    expect(step.log).toMatch(/^AUTHORIZATION: basic \*\*\*/);
    expect(
      step.lines
        .slice(1)
        .map(({ text }) => text)
        .join('\n'),
    ).toMatch(pattern);
    await job.end();
    const after = await job.run(`${HEADER} || cat .git/config $RUNNER_TEMP/git-*`);
    expect(after.log).not.toMatch(/AUTHORIZATION|includeIf "/);
  });

  it('keeps no token when told so', async () => {
    const job = newJob({ commits });
    await job.checkout({ persistCredentials: false });
    expect((await job.run(HEADER)).outcome).toBe('failure');
  });
});

describe('another user', () => {
  // As root a real one; elsewhere only the way there can be tried, with our own ids.
  const nobody = { uid: 65_534, gid: 65_534 };
  const isRoot = process.getuid?.() === 0 && spawnSync('true', nobody).status === 0;
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

  it('runs everything and owns everything', async () => {
    const runAs = isRoot ? nobody : own;
    const job = newJob({ runAs, commits: [{ a: '1' }] });
    await job.checkout();
    const step = await job.run(`
      id -u; id -g; git status --short; echo A=1 >> $GITHUB_ENV; touch $HOME/.x
      echo x > /dev/stdout
      find ${job.layout.base} ! -uid ${runAs.uid}`);
    expect(step.log).toBe(`${runAs.uid}\n${runAs.gid}\nx`);
    expect(step.environment).toEqual({ A: '1' });
  });
});
