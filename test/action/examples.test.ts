import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  buildAction,
  type BuiltAction,
  examplePath,
  exampleRepository,
  GLOVEBOX,
} from './glovebox.ts';
import { createJob, type Job } from './runner/job.ts';
import type { JobOptions } from './runner/options.ts';
import type { StepResult } from './runner/step.ts';
import { loadWorkflow } from './runner/workflow.ts';

let action: BuiltAction;
beforeAll(async () => {
  action = await buildAction();
});
afterAll(() => action.remove());

/** Programs that stand in for those of a hosted runner which these examples use outside the seal. */
let programs = '';
const jobs: Job[] = [];
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'programs-'));
});
afterEach(() => {
  for (const job of jobs.splice(0)) job.remove();
  rmSync(programs, { recursive: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function newJob(example: string, options: JobOptions = {}): Job {
  const { env } = loadWorkflow(examplePath(example, 'workflow.yml'));
  const job = createJob({
    env,
    actions: { [GLOVEBOX]: action.directory },
    commits: [exampleRepository(example)],
    machinePath: [programs, process.env['PATH']].join(delimiter),
    ...options,
  });
  jobs.push(job);
  return job;
}

async function run(example: string, job: Job): Promise<StepResult[]> {
  const results = await loadWorkflow(examplePath(example, 'workflow.yml')).run(job);
  await job.end();
  return results;
}

const outcomes = (results: readonly StepResult[]): string[] =>
  results.map(({ name, outcome }) => `${name} ${outcome}`);

describe('untrusted-pull-request', () => {
  const example = 'untrusted-pull-request';

  /** The last commit is what the pull request proposes. */
  function pullRequest(change: Readonly<Record<string, string>>): Job {
    program('curl', `{ echo "$@"; cat; } >${programs}/sent; cp "$6" ${programs}/uploaded.tgz`);
    const job = newJob(example, {
      commits: [exampleRepository(example), change],
      eventName: 'pull_request',
      ref: 'refs/pull/7/merge',
      secrets: { PREVIEW_TOKEN: 'preview-token-of-the-project' },
    });
    const base = git(job, 'rev-parse', 'main~1');
    const event = { pull_request: { base: { sha: base } } };
    job.disk.write(job.layout.event, JSON.stringify(event));
    return job;
  }

  function git(job: Job, ...args: string[]): string {
    const safe = ['-c', 'safe.directory=*', '-C', job.layout.origin];
    return execFileSync('git', [...safe, ...args], { encoding: 'utf8' }).trim();
  }

  it('publishes what an honest one built', async () => {
    const change = { 'widget.mjs': 'export const widget = (name) => `WIDGET FOR ${name}`;\n' };
    const { 'widget.test.mjs': tests = '' } = exampleRepository(example);
    const fixed = tests.replace('A WIDGET FOR YOU!', 'WIDGET FOR you');
    const job = pullRequest({ ...change, 'widget.test.mjs': fixed });
    const results = await run(example, job);
    const sealed = results.find(({ name }) => name === 'sealed');
    expect([sealed?.outcome, sealed?.log]).toEqual(['success', expect.any(String)]);
    expect(sealed?.outputs).toMatchObject({ enforced: 'true', blocked: '[]', 'exit-code': '0' });
    expect(job.status).toBe('success');
    const list = ['--extract', '--to-stdout', '--file', join(programs, 'uploaded.tgz')];
    const page = execFileSync('tar', [...list, 'dist/index.html'], { encoding: 'utf8' });
    expect(page).toBe('<p>WIDGET FOR you</p>\n');
    const sent = readFileSync(join(programs, 'sent'), 'utf8');
    expect(sent).toContain('preview-token-of-the-project');
  });

  it('publishes nothing when a test calls out, and says what it called', async () => {
    const calls =
      "import { connect } from 'node:net';\nconnect(443, '203.0.113.66').on('error', () => {});\n";
    const job = pullRequest({ 'widget.test.mjs': calls });
    const results = await run(example, job);
    expect(outcomes(results).slice(-2)).toEqual(['sealed failure', 'run skipped']);
    const { steps = '{}', blocked = '[]' } = results.at(-2)?.outputs ?? {};
    expect(JSON.parse(blocked)).toEqual([
      expect.objectContaining({ address: '203.0.113.66', port: 443, protocol: 'tcp' }),
    ]);
    expect(JSON.parse(steps)).toMatchObject({
      'step-1': { outcome: 'success' },
      'step-2': { outcome: 'failure', 'exit-code': 1 },
      'step-3': { outcome: 'skipped' },
    });
  });

  it('does not take the policy that the pull request brings along', async () => {
    const policy = 'version: 1\nnetwork: { mode: unrestricted }\n';
    const job = pullRequest({ '.github/glovebox.yml': policy });
    const sealed = (await run(example, job)).find(({ name }) => name === 'sealed');
    const file = sealed?.outputs['report'] ?? '';
    const { steps } = JSON.parse(readFileSync(file, 'utf8')) as {
      steps: { report: { requested: { network: { mode: string } }; policy: object } }[];
    };
    expect(steps.map(({ report }) => report.requested.network.mode)).toEqual([
      ...['deny', 'deny', 'deny'],
    ]);
    expect(steps[0]?.report.policy).toMatchObject({
      sources: [{ name: '.github/glovebox.yml', commit: git(job, 'rev-parse', 'main~1') }],
    });
  });
});

/** Its address answers in the laboratory of the sandbox suite, and nowhere else. */
describe('egress-allowlist', () => {
  const example = 'egress-allowlist';

  it('downloads from the one address, and from nowhere after that', async () => {
    const results = await run(example, newJob(example));
    const sealed = results.find(({ name }) => name === 'sealed');
    expect(sealed?.log).toContain('the greeting is one');
    expect(sealed?.outputs).toMatchObject({ outcome: 'success', enforced: 'true', blocked: '[]' });
    expect(results.at(-1)?.outcome).toBe('skipped');
  });

  it('tells what another address would need', async () => {
    const { 'download.sh': script = '' } = exampleRepository(example);
    const elsewhere = script.replace('203.0.113.10', '198.51.100.7');
    const job = newJob(example, {
      commits: [{ ...exampleRepository(example), 'download.sh': elsewhere }],
    });
    const results = await run(example, job);
    expect(outcomes(results).slice(-2)).toEqual(['sealed failure', 'run success']);
    expect(results.at(-1)?.log.split('\n').slice(0, 4)).toEqual([
      ...['network:', '  mode: allowlist', '  allow:', '    - 198.51.100.7:80'],
    ]);
  });
});

describe('fail-on-downgrade', () => {
  const example = 'fail-on-downgrade';

  it('passes under the whole seal', async () => {
    const results = await run(example, newJob(example));
    expect(outcomes(results).slice(-2)).toEqual(['sealed success', 'run skipped']);
    expect(results.at(-2)?.outputs).toMatchObject({ enforced: 'true', downgrades: '[]' });
  });

  it('fails where a layer is weaker, and says which', async () => {
    const job = newJob(example);
    symlinkSync('/usr/share', join(job.layout.workspace, 'fixtures'));
    const results = await run(example, job);
    expect(outcomes(results).slice(-2)).toEqual(['sealed success', 'run failure']);
    const { enforced, downgrades = '[]' } = results.at(-2)?.outputs ?? {};
    expect(enforced).toBe('false');
    expect(JSON.parse(downgrades)).toEqual([
      expect.objectContaining({ step: 'run', layer: 'filesystem' }),
    ]);
    expect(results.at(-1)?.log).toContain('the seal was not whole: [{"step":"run"');
  });
});

describe('outputs', () => {
  it('hands on what the policy names', async () => {
    const job = newJob('outputs');
    const results = await run('outputs', job);
    expect(job.status).toBe('success');
    const [build, print, greet] = results.slice(-3);
    expect(build?.outputs).toMatchObject({ version: '1.2.3' });
    expect(build?.outputs).not.toHaveProperty('digest');
    expect(build?.environment).toEqual({});
    expect(build?.paths).toEqual([join(job.layout.workspace, 'tools/bin')]);
    expect(print?.log).toBe('built version 1.2.3');
    expect(greet?.log).toContain('greetings from version 1.2.3');
  });
});
