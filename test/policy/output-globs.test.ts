import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputMatcher } from '../../src/plan/output-matcher.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import { neverComesOut, outputGlob, readOutputGlob } from '../../src/policy/output-globs.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { layer, policy } from '../fixtures/policy.ts';

describe('readOutputGlob', () => {
  it.each([
    'dist',
    'dist/',
    './dist/**',
    '**',
    '**/*.xml',
    '{dist,build}/**',
    'a/[b-d]/?',
    '!dist/cache',
    '!**/.git/**',
    '!(a|b)/c',
    'with blank/ä*',
    '..a/b',
    '.gitlab/x',
  ])('accepts %s', (text) => {
    expect(readOutputGlob(text)).toEqual({ ok: true, value: text });
  });

  it.each<[unknown, string]>([
    ['', 'an empty text is not a glob'],
    [7, '`7` is not a glob'],
    [['dist'], 'a list is not a glob'],
    ['!', '`!` has an empty step'],
    ['./', '`./` has an empty step'],
    ['.', '`.` has an empty step'],
    ['a//b', '`a//b` has an empty step'],
    ['a/./b', '`a/./b` has an empty step'],
    ['/etc/passwd', '`/etc/passwd` is absolute'],
    ['!/etc', '`!/etc` is absolute'],
    ['..', '`..` leads upwards'],
    ['a/../../b', '`a/../../b` leads upwards'],
    ['./../b', '`./../b` leads upwards'],
    ['~/x', "`~/x` leads to a home, and the step's is thrown away"],
    ['a\\b', '`a\\b` has a backslash; `[*]` means a star itself'],
    ['a\0b', '`a\\u{0}b` has a NUL'],
    ['[z-a]', '`[z-a]` is not a glob that can be read'],
    ['.git/config', '`.git/config` names `.git`, which never comes out'],
    ['a/.GitHub/x', '`a/.GitHub/x` names `.GitHub`, which never comes out'],
    ['a'.repeat(1025), `\`${'a'.repeat(80)}…\` is too long`],
  ])('refuses %j', (raw, message) => {
    expect(readOutputGlob(raw)).toMatchObject({ ok: false, message });
  });

  it('is asked for each entry, and the place is told', () => {
    const text = 'version: 1\nfilesystem:\n  outputs:\n    - dist\n    - ../x\n    - dist\n';
    const { problems } = parsePolicy(text, { name: 'p.yml', sha256: null });
    expect(problems).toMatchObject([
      { place: { line: 5, column: 7 }, path: 'filesystem.outputs[1]' },
      { place: { line: 6, column: 7 }, path: 'filesystem.outputs[2]' },
    ]);
  });
});

describe('outputGlob', () => {
  it.each([
    ['dist/', { glob: 'dist', excludes: false, base: 'dist', plain: true }],
    ['./a/b', { glob: 'a/b', excludes: false, base: 'a/b', plain: true }],
    ['a/*.js', { glob: 'a/*.js', excludes: false, base: 'a', plain: false }],
    ['**', { glob: '**', excludes: false, base: '', plain: false }],
    ['!a/b', { glob: 'a/b', excludes: true, base: 'a/b', plain: true }],
    ['!(a|b)', { glob: '!(a|b)', excludes: false, base: '', plain: false }],
  ])('takes %s apart', (text, parts) => {
    expect(outputGlob(text)).toEqual(parts);
  });
});

describe('neverComesOut', () => {
  it.each([
    '.git',
    '.GIT',
    '.github',
    '.GitHub',
    '.gi\u200ct',
    '\u200b.git',
    '\uff0egit',
    '.ｇｉｔ',
  ])('knows %j for what it is', (name) => expect(neverComesOut(name)).toBe(true));

  it.each(['git', '.gitignore', '.github2', 'x.git', '.gitlab-ci.yml'])('leaves %s', (name) =>
    expect(neverComesOut(name)).toBe(false),
  );
});

function bounded(asked: readonly string[], floor: readonly string[]): string[] {
  const made = boundPolicy(
    policy({ filesystem: { outputs: asked } }),
    layer({ filesystem: { outputs: floor } }),
  );
  return made.policy.filesystem.outputs.map(({ value }) => value);
}

describe('a floor of outputs', () => {
  it.each<[string, string[], string[], string[]]>([
    ['the same', ['dist/*.js'], ['dist/*.js'], ['dist/*.js']],
    ['all', ['a', 'b/**'], ['**'], ['a', 'b/**']],
    ['a tree', ['dist/a/*', 'dist', 'dist2', 'x'], ['dist'], ['dist/a/*', 'dist']],
    ['a tree with stars', ['dist/**/*.js', '*'], ['dist/**'], ['dist/**/*.js']],
    ['what a glob may mean', ['a/dist/x', 'x'], ['**/dist/**'], ['a/dist/x']],
    ['what lies in a match need not match', ['a.txt'], ['*.txt'], []],
    ['none', ['dist'], [], []],
    [
      'exclusions of both',
      ['dist', '!dist/a'],
      ['dist', '!dist/b'],
      ['dist', '!dist/a', '!dist/b'],
    ],
    ['only exclusions', ['dist'], ['!dist/b'], ['dist', '!dist/b']],
    ['exclusions without anything', ['x', '!y'], ['dist', '!dist/b'], []],
  ])('leaves of %s', (_, asked, floor, left) => {
    expect(bounded(asked, floor)).toEqual(left);
  });

  it('means at most the mode overlay, unless the floor says another', () => {
    const mode = (floor: object): string =>
      boundPolicy(policy({ filesystem: { mode: 'off' } }), layer({ filesystem: floor })).policy
        .filesystem.mode.value;
    expect(mode({ outputs: [] })).toBe('overlay');
    expect(mode({ outputs: [], read: [] })).toBe('overlay');
    expect(mode({ outputs: [], mode: 'workspace' })).toBe('workspace');
  });

  it('takes the stricter of the single values', () => {
    const { policy: made, cuts } = boundPolicy(
      policy({
        filesystem: {
          ...{ 'outputs-on': 'always', 'outputs-missing': 'warn' },
          ...{ 'max-output-size': 'none', 'max-output-files': 7 },
        },
      }),
      layer({
        filesystem: {
          ...{ 'outputs-on': 'success', 'outputs-missing': 'fail' },
          ...{ 'max-output-size': '1MiB', 'max-output-files': 9 },
        },
      }),
    );
    expect(made.filesystem).toMatchObject({
      ...{ outputsOn: { value: 'success' }, outputsMissing: { value: 'fail' } },
      ...{ maxOutputSize: { value: 2 ** 20 }, maxOutputFiles: { value: 7 } },
    });
    expect(cuts.map(({ path }) => path)).toEqual([
      'filesystem.outputs-on',
      'filesystem.outputs-missing',
      'filesystem.max-output-size',
    ]);
  });

  it('lets nothing out that either does not mean', () => {
    const step = fc.constantFrom('a', 'b', 'a*', '*', '**', '?', '{a,b}', '[ab]');
    const glob = fc
      .tuple(fc.constantFrom('', '', '!'), fc.array(step, { minLength: 1, maxLength: 3 }))
      .map(([not, steps]) => `${not}${steps.join('/')}`);
    const globs = fc.uniqueArray(glob, { maxLength: 3 });
    const paths = ['a', 'b', 'aa'].flatMap((one) => [
      one,
      ...['a', 'b', 'ba'].flatMap((two) => [
        `${one}/${two}`,
        `${one}/${two}/a`,
        `${one}/${two}/b/a`,
      ]),
    ]);
    const limits = {
      never: [],
      on: 'success',
      missing: 'fail',
      maxBytes: null,
      maxFiles: null,
    } as const;
    fc.assert(
      fc.property(globs, globs, (asked, floor) => {
        const [left, own, floors] = [bounded(asked, floor), asked, floor].map((list) =>
          outputMatcher({ ...limits, globs: list }),
        );
        const excludesOnly = floor.length > 0 && floor.every((one) => outputGlob(one).excludes);
        const wide = outputMatcher({ ...limits, globs: excludesOnly ? ['**', ...floor] : floor });
        for (const path of paths.filter((one) => left?.isOutput(one) === true)) {
          expect(own?.isOutput(path)).toBe(true);
          expect((excludesOnly ? wide : floors)?.isOutput(path)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
