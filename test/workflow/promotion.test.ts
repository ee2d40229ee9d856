import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWritableName } from '../../src/workflow/command-files.ts';
import {
  promote,
  type Promotion,
  type PromotionRules,
  type StepFiles,
} from '../../src/workflow/promotion.ts';

interface Given {
  readonly outputs?: readonly (readonly [name: string, value: string])[];
  readonly env?: readonly (readonly [name: string, value: string])[];
  readonly path?: readonly string[];
}

function promoted(given: Given, allowed: Partial<PromotionRules> = {}): Promotion {
  const entries = (pairs: Given['env'] = []) => ({
    entries: pairs.map(([name, value]) => ({ name, value })),
    problems: [],
  });
  const files: StepFiles = {
    outputs: entries(given.outputs),
    env: entries(given.env),
    path: { paths: given.path ?? [], problems: [] },
  };
  return promote(files, { outputs: [], env: [], path: [], workspace: '/work', ...allowed });
}

describe('promote', () => {
  it('hands on what the policy names, and says what it left behind', () => {
    const { outputs, env, path, leftBehind, leftBehindCount, problems } = promoted(
      {
        outputs: [
          ['version', '1'],
          ['token', 'x'],
        ],
        env: [
          ['MODE', 'release'],
          ['OTHER', 'x'],
        ],
        path: ['/work/bin', '/elsewhere'],
      },
      { outputs: ['version'], env: ['MODE'], path: ['bin'] },
    );
    expect({ outputs, env, path }).toEqual({
      outputs: [{ name: 'version', value: '1' }],
      env: [{ name: 'MODE', value: 'release' }],
      path: ['/work/bin'],
    });
    const reason = 'the policy does not name it';
    expect(leftBehind).toEqual([
      { kind: 'output', name: 'token', reason },
      { kind: 'env', name: 'OTHER', reason },
      { kind: 'path', name: '/elsewhere', reason },
    ]);
    expect([leftBehindCount, problems]).toEqual([3, []]);
  });

  it('hands nothing on that the policy does not name', () => {
    const { outputs, env, path } = promoted({
      outputs: [['a', '1']],
      env: [['A', '1']],
      path: ['/work', '/work/bin', '.'],
    });
    expect({ outputs, env, path }).toEqual({ outputs: [], env: [], path: [] });
  });

  it('tells the problems of each file', () => {
    const problem = { line: 3, message: 'the name is empty' };
    const broken = { entries: [], problems: [problem] };
    const { problems, leftBehindCount } = promote(
      { outputs: broken, env: broken, path: { paths: [], problems: [problem] } },
      { outputs: ['a'], env: ['A'], path: ['.'], workspace: '/work' },
    );
    expect(problems).toEqual([
      { kind: 'output', ...problem },
      { kind: 'env', ...problem },
      { kind: 'path', ...problem },
    ]);
    expect(leftBehindCount).toBe(0);
  });

  it('shows fifty that it left behind, each once and cut, and counts all', () => {
    const path = Array.from({ length: 60 }, (_, index) => `/${'x'.repeat(300)}${index}`);
    const { leftBehind, leftBehindCount } = promoted({ path: [...path, ...path] });
    expect([leftBehind.length, leftBehindCount]).toEqual([50, 60]);
    expect(leftBehind[0]?.name).toBe(`/${'x'.repeat(198)}…`);
  });
});

describe('an output', () => {
  it('is known in any case, goes on as the policy spells it, and keeps its last value', () => {
    const { outputs } = promoted(
      {
        outputs: [
          ['VERSION', '1'],
          ['b', '2'],
          ['version', '3'],
        ],
      },
      { outputs: ['Version', 'b'] },
    );
    expect(outputs).toEqual([
      { name: 'Version', value: '3' },
      { name: 'b', value: '2' },
    ]);
  });

  it('that could not be written stays behind, even when it is named', () => {
    const { outputs, leftBehind } = promoted({ outputs: [['a<', '1']] }, { outputs: ['a<'] });
    expect(outputs).toEqual([]);
    expect(leftBehind[0]?.reason).toBe('the runner could not read the name back');
  });
});

describe('a variable', () => {
  it('is known by its exact name, and keeps its last value', () => {
    const { env, leftBehind } = promoted(
      {
        env: [
          ['MODE', '1'],
          ['mode', '2'],
          ['MODE', '3'],
        ],
      },
      { env: ['MODE'] },
    );
    expect(env).toEqual([{ name: 'MODE', value: '3' }]);
    expect(leftBehind.map(({ name }) => name)).toEqual(['mode']);
  });

  it.each([
    ['PATH', expect.stringContaining('runner.path')],
    ['Path', expect.stringContaining('runner.path')],
    ['GITHUB_TOKEN', "it is the runner's own, and later steps trust it"],
    ['GITHUB_WORKSPACE', "it is the runner's own, and later steps trust it"],
    ['github_sha', "it is the runner's own, and later steps trust it"],
    ['RUNNER_TEMP', "it is the runner's own, and later steps trust it"],
    ['ACTIONS_ALLOW_UNSECURE_COMMANDS', "it is the runner's own, and later steps trust it"],
    ['INPUT_TOKEN', "it is the runner's own, and later steps trust it"],
    ['STATE_isPost', "it is the runner's own, and later steps trust it"],
    ['NODE_OPTIONS', 'it makes a JavaScript runtime load code before the program'],
    ['node_options', 'it makes a JavaScript runtime load code before the program'],
    ['LD_PRELOAD', 'it steers the loader and the C library, which run before the program does'],
    ['BASH_ENV', 'it makes a shell run code before its script'],
    ['GIT_SSH_COMMAND', 'it makes git run a program'],
    ['npm_config_script-shell', expect.stringContaining('packages')],
  ])('%s is never handed on, not even when it is named', (name, reason) => {
    const { env, leftBehind } = promoted({ env: [[name, 'x']] }, { env: [name] });
    expect(env).toEqual([]);
    expect(leftBehind).toEqual([{ kind: 'env', name, reason }]);
  });

  it.each(['MY_GITHUB_X', 'GITHUBX', 'PATHS', 'STATE', 'NODE_ENV'])('%s may be', (name) => {
    expect(promoted({ env: [[name, 'x']] }, { env: [name] }).env).toEqual([{ name, value: 'x' }]);
  });
});

describe('an entry of PATH', () => {
  const allowed = { path: ['node_modules/.bin', '/opt/tools/', './dist/..//out/.'] };

  it.each([
    ['/work/node_modules/.bin', '/work/node_modules/.bin'],
    ['node_modules/.bin', '/work/node_modules/.bin'],
    ['./node_modules//.bin/', '/work/node_modules/.bin'],
    ['/opt/tools', '/opt/tools'],
    ['/opt/tools/a b/ö', '/opt/tools/a b/ö'],
    ['/opt/x/../tools/y', '/opt/tools/y'],
    ['../opt/tools/bin', '/opt/tools/bin'],
    ['out/bin', '/work/out/bin'],
  ])('%j goes on as %j', (path, expected) => {
    expect(promoted({ path: [path] }, allowed).path).toEqual([expected]);
  });

  it.each([
    '/',
    '.',
    '/work',
    '/work/node_modules',
    '/work/node_modules/.bin/..',
    '/work/node_modules/.bin/../../src',
    '/work/node_modules/.bin-other',
    '/opt/tools/../../etc',
    '/opt',
    '../../../../etc',
    '~/bin',
    '/work/dist',
  ])('%j is not in a directory that the policy names', (path) => {
    const made = promoted({ path: [path] }, allowed);
    expect([made.path, made.leftBehind[0]?.reason]).toEqual([[], 'the policy does not name it']);
  });

  it.each(['', '/opt/tools/a:/b', '/opt/tools/a\nb', '/opt/tools/\u001b', '/opt/tools/\u202eb'])(
    '%j cannot be one',
    (path) => {
      const made = promoted({ path: [path] }, { path: ['/'] });
      expect(made.path).toEqual([]);
      expect(made.leftBehind[0]?.reason).toContain('a character that PATH cannot hold');
    },
  );

  it('that is too long cannot be one', () => {
    const made = promoted({ path: [`/${'x'.repeat(4096)}`] }, { path: ['/'] });
    expect([made.path, made.leftBehind[0]?.reason]).toEqual([[], 'it is too long for a path']);
  });

  it('that comes again moves to the end', () => {
    const path = ['/opt/tools/a', '/opt/tools/b', '/opt/tools/./a'];
    expect(promoted({ path }, allowed).path).toEqual(['/opt/tools/b', '/opt/tools/a']);
  });
});

describe('whatever a step writes', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'A', 'b', 'PATH', 'GITHUB_ENV', 'LD_PRELOAD', 'a<', 'a=b', ''),
    fc.string({ unit: 'binary' }),
  );
  const pairs = fc.array(fc.tuple(name, fc.string()), { maxLength: 6 });
  const part = fc.constantFrom('bin', '..', '.', '', 'work', 'etc', ':', '\n');
  const paths = fc.array(fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')));

  it('only what the policy names goes on, and all of it can be written', () => {
    fc.assert(
      fc.property(pairs, pairs, paths, (outputs, env, path) => {
        const names = [...outputs, ...env].map(([one]) => one).slice(0, 4);
        const made = promoted(
          { outputs, env, path },
          { outputs: names, env: names, path: ['bin'] },
        );
        const set = [...made.outputs, ...made.env];
        expect(names).toEqual(expect.arrayContaining(set.map((entry) => entry.name)));
        expect(set.filter((entry) => !isWritableName(entry.name))).toEqual([]);
        expect(made.env.map((entry) => entry.name)).not.toContain('PATH');
        for (const one of made.path)
          expect(one).toMatch(/^\/work\/bin(?:\/(?!\.\.?(?:\/|$))[^/:\n]+)*$/);
      }),
      { numRuns: 1000 },
    );
  });
});
