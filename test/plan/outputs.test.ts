import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputMatcher } from '../../src/plan/output-matcher.ts';
import type { OutputsPlan } from '../../src/plan/filesystem-types.ts';
import { foldedName } from '../../src/policy/output-globs.ts';
import { said } from '../fixtures/facts.ts';
import { plan } from '../fixtures/plan.ts';
import { guarded, named, WORKSPACE } from '../fixtures/site.ts';

const LIMITS = { on: 'success', missing: 'fail', maxBytes: null, maxFiles: null } as const;

function matcher(globs: readonly string[], never: OutputsPlan['never'] = []) {
  return outputMatcher({ ...LIMITS, globs, never });
}

describe('what is an output', () => {
  it.each<[string[], string[], string[]]>([
    [['dist'], ['dist', 'dist/a', 'dist/.b/c'], ['dist2', 'a/dist', 'dis']],
    [['dist/'], ['dist', 'dist/a'], ['dist2']],
    [['dist/**'], ['dist', 'dist/a', 'dist/a/b', 'dist/.x'], ['distx', 'a/dist/b']],
    [['dist/*'], ['dist/a', 'dist/.a'], ['dist', 'dist/a/b']],
    [['*.xml'], ['a.xml', '.xml'], ['b/a.xml', 'a.xmls']],
    [['**/*.xml'], ['a.xml', 'b/c/a.xml'], ['a.xml/b']],
    [['**'], ['a', '.a/b'], []],
    [['{a,b/c}/*.js'], ['a/x.js', 'b/c/x.js'], ['b/x.js', 'a/b/x.js']],
    [['./a/b'], ['a/b', 'a/b/c'], ['a']],
    [
      ['a', '!a/b'],
      ['a', 'a/c', 'a/bb'],
      ['a/b', 'a/b/c'],
    ],
    [['!a/b', 'a'], ['a/c'], ['a/b/c']],
    [
      ['a', '!**/*.map'],
      ['a/x.js', 'a/x.maps'],
      ['a/x.map', 'a/b/x.map', 'a/d.map/x.js'],
    ],
    [['a', '!a'], [], ['a', 'a/b']],
    [['dist/**'], ['dist/a\nb/c', 'dist/\u001b[31m', 'dist/ä'], []],
    [['dist/?'], ['dist/ä'], ['dist/ab']],
    [['a[*]b'], ['a*b'], ['axb']],
  ])('%j', (globs, outputs, others) => {
    const { isOutput } = matcher(globs);
    expect(outputs.filter((path) => !isOutput(path))).toEqual([]);
    expect(others.filter(isOutput)).toEqual([]);
  });

  it('tells which globs mean a path, without exclusions', () => {
    const { meaning, wanted } = matcher(['a/**', '!a/x', '**/*.js', './b']);
    expect(wanted).toEqual(['a/**', '**/*.js', './b']);
    expect(meaning('a/y.js')).toEqual([0, 1]);
    expect(meaning('b/y')).toEqual([2]);
    expect(meaning('a/x')).toEqual([]);
  });

  it.each<[string, string[], string]>([
    ['dist/.git/config', ['dist'], 'nothing of .git and .github comes out'],
    ['dist/.GIT', ['dist'], 'nothing of .git and .github comes out'],
    ['dist/.git ./config', ['dist'], 'nothing of .git and .github comes out'],
    ['GIT~1/hooks', ['**'], 'nothing of .git and .github comes out'],
    ['a/.github/workflows/x.yml', ['**'], 'nothing of .git and .github comes out'],
    ['.glovebox-outputs-0123/new/a', ['**'], 'it is a directory of Glovebox'],
    ['secrets', ['**'], 'hidden'],
    ['secrets/a/b', ['secrets/a/*'], 'hidden'],
    ['SECRETS/a', ['**'], 'hidden'],
  ])('keeps back %s', (path, globs, reason) => {
    const made = matcher(globs, [{ path: 'secrets', reason: 'hidden' }]);
    expect(made.meaning(path)).not.toEqual([]);
    expect(made.keptBack(path)).toBe(reason);
    expect(made.isOutput(path)).toBe(false);
  });

  it('keeps back everything where the workspace itself is hidden', () => {
    expect(matcher(['**'], [{ path: '', reason: 'hidden' }]).isOutput('a/b')).toBe(false);
  });
});

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'dist', '.git', '.GIT', '.github', '.Github', 'secrets', 'Secrets'),
  fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !/[/\0]|^\.{1,2}$/.test(text)),
);
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
const glob = fc
  .array(fc.constantFrom('**', '*', '?*', 'a', 'b', 'dist', '{a,b}', '.*', '[a-z]*', '@(a|.git)'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) => steps.join('/'));
const globs = fc.array(
  fc.tuple(fc.constantFrom('', '', '', '!'), glob).map(([not, text]) => `${not}${text}`),
  { minLength: 1, maxLength: 4 },
);

describe('whatever the globs', () => {
  it('nothing of .git, .github or what is hidden is an output', () => {
    fc.assert(
      fc.property(globs, path, (texts, whole) => {
        const { isOutput } = matcher(texts, [{ path: 'dist/secrets', reason: 'hidden' }]);
        const names = whole.split('/').map(foldedName);
        const shut =
          names.includes('.git') ||
          names.includes('.github') ||
          (names[0] === 'dist' && names[1] === 'secrets');
        expect(shut && isOutput(whole)).toBe(false);
      }),
      { numRuns: 700 },
    );
  });

  it('every directory on the way to an output may hold one', () => {
    fc.assert(
      fc.property(globs, path, (texts, whole) => {
        const { isOutput, mayHold } = matcher(texts);
        const names = isOutput(whole) ? whole.split('/') : [];
        const above = names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
        expect(above.filter((directory) => !mayHold(directory))).toEqual([]);
      }),
      { numRuns: 700 },
    );
  });
});

describe('mayHold', () => {
  it.each<[string[], string[], string[]]>([
    [['dist/**'], ['dist', 'dist/a'], ['node_modules', 'a/dist']],
    [['a/b/c'], ['a', 'a/b', 'a/b/c', 'a/b/c/d'], ['b', 'a/c']],
    [['*.xml'], [], ['a', 'node_modules/x']],
    [['*/*.xml'], ['a'], ['a/b']],
    [['**/*.xml'], ['a', 'a/b/c'], []],
    [
      ['a/**', '!a/b'],
      ['a', 'a/c'],
      ['a/b', 'a/b/c'],
    ],
  ])('%j', (texts, yes, no) => {
    const { mayHold } = matcher(texts);
    expect(yes.filter((directory) => !mayHold(directory))).toEqual([]);
    expect(no.filter(mayHold)).toEqual([]);
  });
});

const outputs = ['dist', '!dist/x'];
const credentials = {
  ...{ path: `${WORKSPACE}/tokens`, uid: 1001, gid: 1002, mode: 0o600, own: true },
  ...{ shown: '', removed: [], directories: [] },
};

describe('the plan of outputs', () => {
  it('has what the policy says, and what never comes out', () => {
    const made = plan({
      policy: { filesystem: { outputs, 'outputs-on': 'always', 'max-output-files': 'none' } },
      site: {
        write: [named(`${WORKSPACE}/cache`)],
        hide: [named(`${WORKSPACE}/link`, { real: `${WORKSPACE}/real` }), named('/opt/x')],
        guarded: [guarded(`${WORKSPACE}/.envrc`, { kind: 'missing' })],
        git: { files: [credentials], repositories: [], cutShort: false, system: '' },
        nested: [{ path: `${WORKSPACE}/mounted`, seen: true }],
      },
    });
    expect(made.outputs).toEqual({
      globs: outputs,
      never: [
        { path: 'cache', reason: 'filesystem.write writes it in place' },
        { path: 'link', reason: 'filesystem.hide hides it' },
        { path: 'real', reason: 'filesystem.hide hides it' },
        { path: '.envrc', reason: 'it decides what later steps run' },
        { path: 'tokens', reason: 'git keeps credentials there' },
        { path: 'mounted', reason: 'another file system is mounted there' },
      ],
      on: 'always',
      missing: 'fail',
      maxBytes: 2 * 2 ** 30,
      maxFiles: null,
    });
  });

  it('is nothing where none are declared', () => {
    const { outputs: none, notes } = plan();
    expect(none).toBeNull();
    expect(notes.map(({ code }) => code)).not.toContain('outputs-unused');
  });

  it.each<[string, object]>([
    ['scratch-only', { mode: 'scratch-only', outputs }],
    ['scratch-plus-ro', { mode: 'scratch-plus-ro', outputs }],
    ['workspace', { mode: 'workspace', outputs }],
    ['off', { mode: 'off', outputs }],
    ['nothing but exclusions', { outputs: ['!dist'] }],
  ])('is nothing, and a note, with %s', (_, filesystem) => {
    const { outputs: none, notes } = plan({ policy: { filesystem } });
    expect(none).toBeNull();
    expect(notes.map(({ code }) => code)).toContain('outputs-unused');
  });

  it('is nothing, and a note, where no overlay can be had', () => {
    const { outputs: none, notes } = plan({
      policy: { 'on-unavailable': 'degrade', filesystem: { outputs } },
      facts: { attempts: { overlay: said('no') } },
    });
    expect(none).toBeNull();
    expect(notes.map(({ code }) => code)).toContain('outputs-unused');
  });
});
