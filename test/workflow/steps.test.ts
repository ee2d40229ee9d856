import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSteps, singleStep } from '../../src/workflow/steps.ts';

function read(text: string) {
  const { steps, problems } = readSteps(text, 'steps');
  expect(problems).toEqual([]);
  return steps;
}

function problemsOf(text: string): string[] {
  const { steps, problems: found } = readSteps(text, 'steps');
  expect(steps).toEqual([]);
  return found.map(
    ({ place, path, message }) => `${place.line}:${place.column} ${path}: ${message}`,
  );
}

const WHOLE = `
- name: Install
  id: install
  run: |
    npm ci
    npm run build
  shell: bash
  working-directory: app
  env: { MODE: ci, COUNT: 3 }
  timeout-minutes: 1.5
  continue-on-error: true
  if: always()
  network:
    mode: allowlist
    allow: ['203.0.113.7']
  resources:
    memory: 1GiB
- run: npm test
`;

describe('the steps of a workflow', () => {
  it('say all that a step of a workflow can, and the policy for this step', () => {
    const [install, test] = read(WHOLE);
    expect(install).toMatchObject({
      id: 'install',
      name: 'Install',
      script: 'npm ci\nnpm run build\n',
      workingDirectory: 'app',
      continueOnError: true,
      keepChanges: true,
      condition: 'always()',
    });
    expect(install?.policy.network?.mode?.value).toBe('allowlist');
    expect(install?.policy.network?.allow?.map(({ value }) => value.text)).toEqual([
      '203.0.113.7:443',
    ]);
    expect(install?.policy.resources?.timeout?.value).toBe(90_000);
    expect(install?.policy.resources?.memory?.value).toBe(2 ** 30);
    const set = install?.policy.environment?.set ?? new Map();
    expect([...set].map(([name, { value }]) => [name, value])).toEqual([
      ['MODE', 'ci'],
      ['COUNT', '3'],
    ]);
    expect(test).toMatchObject({
      id: 'step-2',
      name: 'Run npm test',
      workingDirectory: null,
      continueOnError: false,
      keepChanges: false,
      condition: 'success()',
      policy: {},
    });
    expect(test?.shell.command).toEqual(['bash', '-e', '{0}']);
  });

  it('keep where each value of the policy was written', () => {
    const [install] = read(WHOLE);
    expect(install?.policy.network?.mode?.source).toEqual({
      ...{ kind: 'file', name: 'steps', line: 14, column: 11 },
    });
    expect(install?.policy.resources?.timeout?.source.line).toBe(10);
    expect(install?.policy.environment?.set?.get('COUNT')?.source.line).toBe(9);
  });

  it.each([
    ['', false],
    ['continue-on-error: true', true],
    ['{ continue-on-error: true, keep-changes: false }', false],
    ['keep-changes: true', true],
  ])('keep what they changed when they fail: %s', (written, keepChanges) => {
    const keys = written.replace(/[{}]/g, '').split(', ');
    const [step] = read(['- run: x', ...keys.map((key) => `  ${key.trim()}`)].join('\n'));
    expect(step?.keepChanges).toBe(keepChanges);
  });

  it('join `env` with `environment`', () => {
    const [step] = read('- run: x\n  env: { A: 1 }\n  environment: { set: { B: 2 }, pass: [C] }\n');
    expect([...(step?.policy.environment?.set?.keys() ?? [])].toSorted()).toEqual(['A', 'B']);
    expect(step?.policy.environment?.pass?.map(({ value }) => value)).toEqual(['C']);
  });

  it.each([
    ['', /steps/],
    ['run: x', /`steps` is a map/],
    ['[]', /`steps` is a list/],
    ['- x', /the step is `x`/],
    ['- name: x', /has no `run`/],
    ['- run: ""', /`run` is an empty text/],
    ['- run: [x]', /`run` is a list/],
    ['- run: x\n  uses: y', /2:3 \[0\]\.uses: `uses` is not a key/],
    ['- run: x\n  shell: zsh', /2:10 \[0\]\.shell: `shell` cannot be used/],
    ['- run: x\n  if: github.actor', /2:7 \[0\]\.if/],
    ['- run: x\n  timeout-minutes: soon', /timeout-minutes/],
    ['- run: x\n  timeout-minutes: 0', /timeout-minutes/],
    ['- run: x\n  continue-on-error: "yes"', /continue-on-error/],
    ['- run: x\n  keep-changes: 1', /`keep-changes` is `1`/],
    ['- run: x\n  id: 1x', /`id` is `1x`/],
    ['- run: x\n  id: a\n- run: y\n  id: a', /4:7 \[1\]\.id: the id `a` is there already/],
    ['- run: x\n- run: y\n  id: step-1', /there already/],
    ['- run: x\n  env: { LD_PRELOAD: y }', /2:22 \[0\]\.env\.LD_PRELOAD/],
    ['- run: x\n  network: { mode: open }', /\[0\]\.network\.mode/],
    ['- run: x\n  network: { allow: [1.2.3.4.5] }', /\[0\]\.network\.allow\[0\]/],
    ['- run: x\n  run: y', /run/],
    ['- run: [', /not YAML/],
  ])('%j is told', (text, expected) => {
    expect(problemsOf(text).join('\n')).toMatch(expected);
  });

  it('tell all problems together', () => {
    expect(problemsOf('- run: x\n  shel: bash\n  if: no\n- name: y\n')).toHaveLength(3);
  });

  it('are at most forty', () => {
    expect(problemsOf('- run: x\n'.repeat(41)).join()).toContain('41 steps');
    expect(read('- run: x\n'.repeat(40))).toHaveLength(40);
  });

  it('never throw', () => {
    const words = fc.constantFrom(
      '- ',
      'run: ',
      'x',
      '\n',
      '  ',
      'env: ',
      '{',
      '}',
      'a: b',
      '&a ',
      '*a',
      '!!x ',
      '|',
      '"',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        const { steps, problems: found } = readSteps(parts.join(''), 'steps');
        expect(steps.length === 0).toBe(found.length > 0);
      }),
    );
  });
});

describe('`run` alone', () => {
  it('is one step', () => {
    const { steps, problems: found } = singleStep('\n  make all\n', 'sh');
    expect(found).toEqual([]);
    expect(steps).toMatchObject([{ id: 'run', name: 'Run make all', condition: 'success()' }]);
  });

  it('tells of a shell that cannot be', () => {
    const { steps, problems: found } = singleStep('x', 'fish');
    expect(steps).toEqual([]);
    expect(found[0]?.place.origin).toBe('input shell');
  });
});
