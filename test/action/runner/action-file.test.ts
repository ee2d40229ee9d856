import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputVariables, readActionFile, unexpectedInputs } from './action-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'action-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function action(text: string, name = 'action.yml') {
  writeFileSync(join(directory, name), text);
  return readActionFile(directory);
}

const RUNS = 'runs: { using: node24, main: dist/main.mjs }';

describe('readActionFile', () => {
  it('takes what the runner takes', () => {
    expect(action(RUNS)).toEqual({
      ...{ directory, main: 'dist/main.mjs', post: null, postIf: 'always()', inputs: new Map() },
    });
    const runs = 'runs: { using: node20, main: a.js, post: b.js, post-if: success() }';
    rmSync(join(directory, 'action.yml'));
    expect(action(runs, 'action.yaml')).toMatchObject({ post: 'b.js', postIf: 'success()' });
  });

  it.each([
    ['a composite action', 'runs: { using: composite, steps: [] }', "not 'composite'"],
    ['an action without main', 'runs: { using: node24 }', 'only JavaScript'],
    ['an action that runs before the job', 'runs: { using: node24, main: a, pre: b }', "'pre'"],
  ])('refuses %s', (_name, text, message) => {
    expect(() => action(text)).toThrow(message);
  });
});

describe('inputs', () => {
  const text = `inputs: { policy: { default: a }, Two Words: { default: 3 }, none: }\n${RUNS}`;

  it.each([
    ['nothing', {}, { INPUT_POLICY: '[a]', INPUT_TWO_WORDS: '[3]', INPUT_NONE: '[]' }],
    [
      'another case',
      { POLICY: 'b', 'two words': '' },
      { INPUT_POLICY: '[b]', INPUT_TWO_WORDS: '[]', INPUT_NONE: '[]' },
    ],
    [
      'other characters',
      { 'a-b.c_d  é': 'x' },
      {
        ...{ INPUT_POLICY: '[a]', INPUT_TWO_WORDS: '[3]', INPUT_NONE: '[]' },
        'INPUT_A-B.C_D__É': '[x]',
      },
    ],
  ])('are named as the runner names them, given %s', (_name, given, variables) => {
    expect(inputVariables(action(text), given, (value) => `[${value}]`)).toEqual(variables);
  });

  it('that are not known are told', () => {
    expect(unexpectedInputs(action(text), { Policy: '1', 'two-words': '2' })).toEqual([
      'two-words',
    ]);
  });
});
