import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJob } from './job.ts';
import { loadWorkflow } from './workflow.ts';

let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'workflow-')), 'ci.yml');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

function workflow(text: string, jobId?: string) {
  writeFileSync(file, text);
  return loadWorkflow(file, jobId);
}

const ONE = `
on: push
env: { FROM_WORKFLOW: 1 }
jobs:
  build:
    runs-on: ubuntu-latest
    env:
      FROM_JOB: two
    defaults:
      run:
        shell: bash
    steps:
      - uses: actions/checkout@v6
        with:
          fetch-depth: 0
      - name: Greet
        id: greet
        uses: example/fixture@v1
        with:
          who to-greet: \${{ secrets.NAME }}
          exit-code: 4
        continue-on-error: true
      - id: print
        working-directory: sub
        env:
          CODE: \${{ steps.greet.outcome }}
        run: |
          echo "$CODE $FROM_WORKFLOW $FROM_JOB \${PWD##*/}"
          false | true
      - run: echo not reached
      - if: always()
        run: echo "\${{ steps.print.outcome }}"; git log --oneline | wc -l
`;

describe('loadWorkflow', () => {
  it('runs the steps of a job in order', async () => {
    const { env, defaultShell, run } = workflow(ONE);
    const job = createJob({
      env,
      ...(defaultShell !== undefined && { defaultShell }),
      actions: { 'example/fixture@v1': join(import.meta.dirname, 'fixture') },
      commits: [{ 'sub/a': '1' }, { 'sub/b': '2' }],
      secrets: { NAME: 'somebody' },
    });
    try {
      const results = await run(job);
      expect(results.map(({ name, outcome, conclusion }) => [name, outcome, conclusion])).toEqual([
        ['actions/checkout', 'success', 'success'],
        ['greet', 'failure', 'success'],
        ['print', 'failure', 'failure'],
        ['run', 'skipped', 'skipped'],
        ['run', 'success', 'success'],
      ]);
      const [checkout, greet, print, , last] = results;
      expect(checkout?.log).toBe('');
      expect(greet?.outputs['told']).toContain('"INPUT_WHO_TO-GREET":"somebody"');
      expect(print?.log.split('\n')[0]).toBe('failure 1 two sub');
      expect(last?.log).toBe('failure\n2');
      const posts = await job.end();
      expect(posts.map(({ name }) => name)).toEqual(['greet', 'actions/checkout']);
    } finally {
      job.remove();
    }
  });

  it.each([
    ['several jobs', 'jobs: { a: { steps: [] }, b: { steps: [] } }', 'name one of its jobs: a, b'],
    [
      'an unknown key',
      'jobs: { a: { steps: [{ run: x, timeout-minutes: 1 }] } }',
      'timeout-minutes',
    ],
    ['nothing to do', 'jobs: { a: { steps: [{ name: x }] } }', 'one of uses and run'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => workflow(text)).toThrow(message);
  });

  it.each([
    ['an input of checkout', '{ uses: actions/checkout@v4, with: { path: x } }', "input 'path'"],
    ['an expression', '{ run: "${{ hashFiles(\'x\') }}" }', 'not known here'],
  ])('says which %s it does not know', async (_name, step, message) => {
    const { run } = workflow(`jobs: { a: { steps: [${step}] }, b: { steps: [] } }`, 'a');
    const job = createJob({ commits: [{}] });
    try {
      await expect(run(job)).rejects.toThrow(message);
    } finally {
      job.remove();
    }
  });
});
