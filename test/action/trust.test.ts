import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newJob, reportOf, said, use, USES, type Used } from '../lab/action.ts';
import type { Job } from './runner/job.ts';
import type { JobOptions } from './runner/options.ts';
import type { Commit } from './runner/repository.ts';

const policyOf = (memory: string): string => `version: 1\nresources: { memory: ${memory} }\n`;
const BASE = policyOf('1GiB');
const HEAD = policyOf('2GiB');

const FLOOR =
  'version: 1\non-unavailable: fail\nnetwork: { mode: deny }\nresources: { memory: 1GiB }\n';

/** The base commit, and what a pull request made of it. */
const COMMITS: Commit[] = [{ 'ci/policy.yml': BASE, a: '' }, { 'ci/policy.yml': HEAD }];

interface Proposal {
  readonly job: Job;
  /** The hash of the first commit. */
  readonly base: string;
}

interface ProposalOptions {
  readonly eventName?: string;
  readonly commits?: readonly Commit[];
  /** 0: the base commit is there; 1: it has to be fetched. */
  readonly fetchDepth?: number;
  readonly event?: (base: string) => JobOptions['event'];
}

const PULL_REQUEST = (sha: string): JobOptions['event'] => ({
  action: 'opened',
  pull_request: { base: { sha, ref: 'main' } },
});

/** A job whose workspace has the last commit, for an event that names the first one as its base. */
async function propose({
  eventName = 'pull_request',
  commits = COMMITS,
  fetchDepth = 0,
  event = PULL_REQUEST,
}: ProposalOptions = {}): Promise<Proposal> {
  const job = newJob({ commits, eventName, ref: 'refs/pull/7/merge' });
  const base = git(job.layout.origin, 'rev-list', '--max-parents=0', 'HEAD');
  writeFileSync(job.layout.event, JSON.stringify(event(base)));
  await job.checkout({ fetchDepth });
  return { job, base };
}

function git(directory: string, ...args: string[]): string {
  const argv = ['-C', directory, '-c', 'safe.directory=*', ...args];
  const { status, stdout, stderr } = spawnSync('git', argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** The origin lies on this disk, at an address of its own. */
function originAt(job: Job): void {
  git(job.layout.workspace, 'remote', 'set-url', 'origin', `file://${job.layout.origin}`);
}

const WITH = { run: 'true', 'policy-file': 'ci/policy.yml' };

/** Which of the two policies held. */
function held(used: Used): string {
  const bytes = reportOf(used, 'run').requested.resources.memoryBytes ?? 0;
  return { [1 << 30]: 'base', [2 ** 31]: 'head' }[bytes] ?? `${bytes} bytes`;
}

describe('a policy file', () => {
  it.each<[string, string, ProposalOptions['event']]>([
    ['base', 'pull_request', PULL_REQUEST],
    ['base', 'pull_request_target', PULL_REQUEST],
    ['base', 'merge_group', (sha) => ({ merge_group: { base_sha: sha } })],
    ['head', 'push', () => ({})],
    ['head', 'workflow_dispatch', () => ({})],
  ])('counts as the %s has it on %s', async (wanted, eventName, event) => {
    const { job } = await propose({ eventName, ...(event === undefined ? {} : { event }) });
    expect(held(await use(WITH, job))).toBe(wanted);
  });

  it('counts as the default branch has it on workflow_run', async () => {
    const { job } = await propose({ eventName: 'workflow_run', event: () => ({}) });
    // The runner names the tip of the default branch, whatever is checked out.
    git(job.layout.workspace, 'checkout', '--quiet', 'HEAD~1');
    expect(held(await use(WITH, job))).toBe('head');
  });

  it('is named in the report with its commit and its hash', async () => {
    const { job, base } = await propose();
    const { policy, notes } = reportOf(await use(WITH, job), 'run');
    const sha256 = createHash('sha256').update(BASE).digest('hex');
    expect(policy.sources).toEqual([{ name: 'ci/policy.yml', sha256, commit: base }]);
    expect(notes.map(({ code }) => code)).not.toContain('policy-from-head');
  });

  it('counts as it was, however the tree was changed', async () => {
    const { job } = await propose();
    await job.run(`echo 'version: 1' > ci/policy.yml; git add -A
      git -c user.name=x -c user.email=x@example.com commit -qm x
      git config core.fsmonitor "touch $PWD/ran"; printf '#!/bin/sh\\ntouch "$PWD/ran"' > .git/hooks/post-checkout
      chmod +x .git/hooks/*; echo '* filter=x' > .gitattributes; git config filter.x.smudge "touch $PWD/ran"`);
    expect(held(await use(WITH, job))).toBe('base');
    expect(existsSync(join(job.layout.workspace, 'ran'))).toBe(false);
  });

  it('is fetched when the checkout is shallow', async () => {
    const { job, base } = await propose({ fetchDepth: 1 });
    expect(() => git(job.layout.workspace, 'cat-file', '-e', base)).toThrow('cat-file');
    originAt(job);
    git(job.layout.origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    expect(held(await use(WITH, job))).toBe('base');
  });

  it.each<[string, ProposalOptions, (job: Job) => void, string]>([
    [
      'it cannot be fetched',
      { fetchDepth: 1 },
      (job) => git(job.layout.workspace, 'remote', 'set-url', 'origin', 'file:///no/such'),
      'is not there and could not be fetched',
    ],
    [
      'the base has none',
      { commits: [{ a: '' }, { 'ci/policy.yml': HEAD }] },
      () => undefined,
      'it is not there in the base commit',
    ],
    [
      'the event names no base',
      { event: () => ({ pull_request: {} }) },
      () => undefined,
      'the pull_request event names no base commit',
    ],
    [
      'the base is no hash',
      { event: () => PULL_REQUEST('HEAD') },
      () => undefined,
      'the pull_request event names no base commit',
    ],
    [
      'the event cannot be read',
      {},
      (job) => writeFileSync(job.layout.event, '{'),
      'the pull_request event names no base commit',
    ],
    [
      'there is no repository',
      {},
      (job) => void spawnSync('rm', ['-rf', join(job.layout.workspace, '.git')]),
      'there is no git repository',
    ],
  ])('is refused where %s', async (_name, options, prepare, message) => {
    const { job } = await propose(options);
    prepare(job);
    const step = await job.uses(USES, { with: WITH });
    expect([step.exitCode, step.outputs['exit-code']]).toEqual([125, '125']);
    expect(step.annotations[0]?.message).toContain('the policy file ci/policy.yml cannot be had');
    expect(step.annotations[0]?.message).toContain(message);
  });

  it('is refused where the base has a symlink or a directory', async () => {
    const job = newJob({
      commits: [{ 'real.yml': BASE, 'dir/policy.yml': BASE }],
      eventName: 'pull_request',
    });
    const { origin } = job.layout;
    symlinkSync('real.yml', join(origin, 'link.yml'));
    git(origin, 'add', '--all');
    git(origin, '-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-qm', 'link');
    const base = git(origin, 'rev-parse', 'HEAD');
    writeFileSync(job.layout.event, JSON.stringify(PULL_REQUEST(base)));
    await job.checkout({ fetchDepth: 0 });
    for (const file of ['link.yml', 'dir']) {
      const step = await job.uses(USES, {
        with: { run: 'true', 'policy-file': file },
        if: 'always()',
      });
      expect(step.annotations[0]?.message).toContain('it is no plain file');
    }
  });

  it('counts as the change has it only when the workflow says so, and the report tells', async () => {
    const { job } = await propose();
    const used = await use({ ...WITH, 'policy-ref': 'head' }, job);
    expect(held(used)).toBe('head');
    const { notes, policy } = reportOf(used, 'run');
    expect(notes.map(({ code }) => code)).toContain('policy-from-head');
    expect(policy.sources[0]?.commit).toBe(null);
    expect(used.summary).toContain('may be of its making');
  });

  it('needs no such word on a push', async () => {
    const { job } = await propose({ eventName: 'push', event: () => ({}) });
    const used = await use({ ...WITH, 'policy-ref': 'head' }, job);
    expect(reportOf(used, 'run').notes.map(({ code }) => code)).not.toContain('policy-from-head');
  });

  it('of another name for the same file is the same file', async () => {
    const { job } = await propose();
    for (const file of [
      './ci/policy.yml',
      'a/../ci/policy.yml',
      `${job.layout.workspace}/ci/policy.yml`,
    ])
      expect(held(await use({ ...WITH, 'policy-file': file }, job))).toBe('base');
  });

  it('of the repository is one too by the workspace`s other name', async () => {
    const { job } = await propose();
    const alias = join(job.layout.base, 'alias');
    symlinkSync(job.layout.workspace, alias);
    const used = await use({ ...WITH, 'policy-file': join(alias, 'ci/policy.yml') }, job);
    expect(held(used)).toBe('base');
  });

  it('on the machine, outside of the workspace, is its owner`s', async () => {
    const { job } = await propose();
    const file = join(job.layout.base, 'machine.yml');
    writeFileSync(file, HEAD);
    expect(held(await use({ ...WITH, 'policy-file': file }, job))).toBe('head');
  });

  it('may lie in a checkout below the workspace', async () => {
    const { job } = await propose();
    const { workspace, origin } = job.layout;
    spawnSync('sh', ['-c', `rm -rf '${workspace}'/* '${workspace}'/.git`]);
    git(workspace, 'clone', '--quiet', `file://${origin}`, 'repo');
    expect(held(await use({ ...WITH, 'policy-file': 'repo/ci/policy.yml' }, job))).toBe('base');
  });

  it.each<[string, (directory: string) => void]>([
    ['a bare repository', (directory) => void git(directory, 'init', '--quiet', '--bare')],
    ['a repository', (directory) => void git(directory, 'init', '--quiet')],
    [
      'a file that leads to one',
      (directory) => writeFileSync(join(directory, '.git'), 'gitdir: ../evil\n'),
    ],
  ])('is not looked for in %s that the tree brings along', async (_name, plant) => {
    const { job } = await propose();
    const directory = join(job.layout.workspace, 'ci');
    mkdirSync(directory, { recursive: true });
    plant(directory);
    expect(held(await use(WITH, job))).toBe('base');
  });

  it.each<[string, ProposalOptions]>([
    ['a pull request', {}],
    ['a push', { eventName: 'push', event: () => ({}) }],
  ])(
    'cannot be changed by the steps that run under it, on %s, nor can a floor',
    async (_name, options) => {
      const commits = [{ 'ci/policy.yml': BASE, 'floor.yml': FLOOR, a: '' }, { b: '' }];
      const { job } = await propose({ ...options, commits });
      // In the workspace the step may write: only this holds it back.
      spawnSync('chmod', ['-R', 'a+rwX', job.layout.workspace]);
      const steps = `
- run: |
    for file in ci/policy.yml floor.yml a; do
      (echo 'version: 1' > $file) 2>/dev/null && echo "> $file written" || echo "> $file refused"
    done
  filesystem: { mode: workspace }
`;
      const used = await use(
        { steps, 'policy-file': 'ci/policy.yml', 'floor-policy-file': 'floor.yml' },
        job,
      );
      expect(said(used)).toEqual(['ci/policy.yml refused', 'floor.yml refused', 'a written']);
    },
  );
});

describe('floors', () => {
  const WIDE = 'version: 1\nnetwork: { mode: unrestricted }\nresources: { memory: 4GiB }\n';
  const STEPS = `
- id: run
  run: 'true'
  network: { mode: unrestricted }
  resources: { memory: 8GiB }
`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['the workflow names one', { 'floor-policy-file': 'floor.yml' }, {}],
    ['the environment does', {}, { GLOVEBOX_FLOOR_POLICY: 'floor.yml' }],
  ])('bound policy and steps when %s', async (_name, inputs, env) => {
    const job = newJob({ files: { 'floor.yml': FLOOR }, env });
    const used = await use({ ...inputs, steps: STEPS, policy: WIDE }, job);
    const { requested, policy, notes } = reportOf(used, 'run');
    expect([requested.network.mode, requested.resources.memoryBytes]).toEqual(['deny', 1 << 30]);
    expect(policy.floors.map(({ name }) => name)).toEqual(['floor.yml']);
    expect(notes.filter(({ code }) => code === 'floor-cut').length).toBeGreaterThan(1);
  });

  it('count together', async () => {
    const files = { 'a.yml': FLOOR, 'b.yml': 'version: 1\nresources: { processes: 99 }\n' };
    const job = newJob({ files, env: { GLOVEBOX_FLOOR_POLICY: 'b.yml' } });
    const { requested } = reportOf(
      await use({ steps: STEPS, 'floor-policy-file': 'a.yml' }, job),
      'run',
    );
    expect(requested.resources).toMatchObject({ memoryBytes: 1 << 30, processes: 99 });
  });

  it.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    ['is missing', { 'floor-policy-file': 'no.yml' }, {}, {}],
    ['is missing, in the environment', {}, { GLOVEBOX_FLOOR_POLICY: '/no/such' }, {}],
    ['leads out of the workspace', { 'floor-policy-file': '../floor.yml' }, {}, {}],
    ['has a problem', { 'floor-policy-file': 'bad.yml' }, {}, { 'bad.yml': 'version: 2\n' }],
    ['is empty', { 'floor-policy-file': 'bad.yml' }, {}, { 'bad.yml': '' }],
    ['is a directory', { 'floor-policy-file': 'bad' }, {}, { 'bad/x': '' }],
  ])('that cannot be used mean the strictest one: it %s', async (_name, inputs, env, files) => {
    const used = await use(
      { ...inputs, steps: STEPS, policy: WIDE, 'on-unavailable': 'degrade' },
      newJob({ env, files }),
    );
    const { requested, notes } = reportOf(used, 'run');
    expect([requested.network.mode, requested.onUnavailable]).toEqual(['deny', 'fail']);
    const told = notes.filter(({ code }) => code === 'floor-unreadable');
    expect(told).toHaveLength(1);
    expect(told[0]?.text).toContain('so the strictest one holds');
    expect(used.summary).toContain('the strictest one holds');
  });

  it('of the repository are the base commit`s, whatever policy-ref says', async () => {
    const { job, base } = await propose({
      commits: [{ 'floor.yml': FLOOR, 'ci/policy.yml': WIDE }, { 'floor.yml': WIDE }],
    });
    const used = await use(
      {
        steps: STEPS,
        ...{
          'policy-file': 'ci/policy.yml',
          'policy-ref': 'head',
          'floor-policy-file': 'floor.yml',
        },
      },
      job,
    );
    const { requested, policy } = reportOf(used, 'run');
    expect([requested.network.mode, requested.resources.memoryBytes]).toEqual(['deny', 1 << 30]);
    expect(policy.floors).toMatchObject([{ name: 'floor.yml', commit: base }]);
  });

  it('that a pull request brings along itself mean the strictest one', async () => {
    const { job } = await propose({ commits: [{ a: '' }, { 'floor.yml': WIDE }] });
    const used = await use({ steps: STEPS, 'floor-policy-file': 'floor.yml' }, job);
    const { requested, notes } = reportOf(used, 'run');
    expect(requested.network.mode).toBe('deny');
    expect(notes.find(({ code }) => code === 'floor-unreadable')?.text).toContain('base commit');
  });

  it('in the environment are not the pull request`s either', async () => {
    const { job } = await propose({ commits: [{ 'floor.yml': FLOOR }, { 'floor.yml': WIDE }] });
    const used = await use({ steps: STEPS }, job, { env: { GLOVEBOX_FLOOR_POLICY: 'floor.yml' } });
    expect(reportOf(used, 'run').requested.network.mode).toBe('deny');
  });
});

describe('a profile of system calls', () => {
  const POLICY = 'version: 1\nsyscalls: { profile: ./calls.json }\n';
  const profile = (errnoRet: number): string =>
    JSON.stringify({
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet }],
    });
  const commits = [
    { 'ci/policy.yml': POLICY, 'ci/calls.json': profile(77) },
    { 'ci/policy.yml': POLICY, 'ci/calls.json': profile(88) },
  ];
  const TRY = `perl -e 'mkdir "d" or print "> refused ", $! + 0, "\\n"'`;

  it('that a pull request replaced counts as the base commit has it', async () => {
    const { job } = await propose({ commits });
    const used = await use({ ...WITH, run: TRY }, job);
    expect(said(used)).toEqual(['refused 77']);
    expect(reportOf(used, 'run').syscalls.profile).toBe('./calls.json');
    const { job: pushed } = await propose({ commits, eventName: 'push', event: () => ({}) });
    expect(said(await use({ ...WITH, run: TRY }, pushed))).toEqual(['refused 88']);
  });

  it('that a pull request brings with it is no profile', async () => {
    const { job } = await propose({ commits: [{ 'ci/policy.yml': POLICY }, commits[1] ?? {}] });
    const step = await job.uses(USES, { with: { ...WITH, run: TRY } });
    expect([step.exitCode, said(step)]).toEqual([125, []]);
    expect(step.annotations[0]?.message).toMatch(/ci\/policy\.yml:2:\d+ .*not there in the base/);
  });

  it('is for no step of the same use to change, nor for what comes later', async () => {
    const { job } = await propose({ commits, eventName: 'push', event: () => ({}) });
    const steps = `
- run: |
    echo '{"defaultAction":"SCMP_ACT_ALLOW"}' > ci/calls.json || echo '> kept'
  filesystem: { mode: workspace }
- run: ${JSON.stringify(TRY)}
`;
    const used = await use({ steps, 'policy-file': 'ci/policy.yml' }, job);
    expect(said(used)).toEqual(['kept', 'refused 88']);
  });
});
