import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import { parseArguments, type Arguments } from '../../src/cli/arguments.ts';
import { helpFor } from '../../src/cli/help.ts';

const words = (line: string): string[] => line.split(' ').filter(Boolean);
const RUN = {
  command: 'run',
  policyFiles: [],
  flags: {},
  directory: '.',
  step: ['x'],
  report: null,
  summary: null,
  quiet: false,
  locked: false,
  diff: false,
  layers: [],
  keepLayer: null,
  keepChanges: false,
};
const EXPLAIN = {
  command: 'explain',
  policyFiles: [],
  flags: {},
  directory: '.',
  step: ['x'],
  json: false,
};

describe('parseArguments', () => {
  it.each<[string, Arguments | object]>([
    ['', { command: 'help', topic: null }],
    ['help', { command: 'help', topic: null }],
    ['help run', { command: 'help', topic: 'run' }],
    ['--help', { command: 'help', topic: null }],
    ['-h', { command: 'help', topic: null }],
    ['run --help', { command: 'help', topic: 'run' }],
    ['run -h -- x', { command: 'help', topic: 'run' }],
    ['explain -h', { command: 'help', topic: 'explain' }],
    ['doctor --help', { command: 'help', topic: 'doctor' }],
    ['validate --help', { command: 'help', topic: 'validate' }],
    ['schema --help', { command: 'help', topic: 'schema' }],
    ['version', { command: 'version' }],
    ['--version', { command: 'version' }],
    ['-V', { command: 'version' }],
    ['run -- x', RUN],
    ['run -p a.yml --policy b.yml -- x', { ...RUN, policyFiles: ['a.yml', 'b.yml'] }],
    ['run --policy=a.yml -- x', { ...RUN, policyFiles: ['a.yml'] }],
    ['run --network allowlist -- x', { ...RUN, flags: { network: 'allowlist' } }],
    ['run --allow a --allow b -- x', { ...RUN, flags: { allow: ['a', 'b'] } }],
    ['run --filesystem off -- x', { ...RUN, flags: { filesystem: 'off' } }],
    ['run --on-unavailable degrade -- x', { ...RUN, flags: { onUnavailable: 'degrade' } }],
    ['run --env A --env B=c -- x', { ...RUN, flags: { env: ['A', 'B=c'] } }],
    ['run -C dir -- x', { ...RUN, directory: 'dir' }],
    ['run --directory dir -- x', { ...RUN, directory: 'dir' }],
    ['run --timeout 90s -- x', { ...RUN, flags: { timeout: '90s' } }],
    ['run --report r.json -- x', { ...RUN, report: 'r.json' }],
    ['run --summary s.md -- x', { ...RUN, summary: 's.md' }],
    ['run --quiet -- x', { ...RUN, quiet: true }],
    ['run --locked -- x', { ...RUN, locked: true }],
    ['run --diff -- x', { ...RUN, diff: true }],
    ['run --layer a --layer b -- x', { ...RUN, layers: ['a', 'b'] }],
    ['run --keep-layer c -- x', { ...RUN, keepLayer: 'c' }],
    ['run --keep-layer c --keep-changes -- x', { ...RUN, keepLayer: 'c', keepChanges: true }],
    ['run -q -- x', { ...RUN, quiet: true }],
    ['run -- -x --network -- y', { ...RUN, step: ['-x', '--network', '--', 'y'] }],
    [
      'run -q -p a.yml -- --help',
      { ...RUN, quiet: true, policyFiles: ['a.yml'], step: ['--help'] },
    ],
    ['explain -- x', EXPLAIN],
    ['explain --json -p a.yml -- x', { ...EXPLAIN, json: true, policyFiles: ['a.yml'] }],
    [
      'learn -o p.yml -q -- x',
      {
        ...{ command: 'learn', output: 'p.yml', quiet: true, policyFiles: [], flags: {} },
        ...{ directory: '.', step: ['x'] },
      },
    ],
    [
      'doctor',
      {
        ...{ command: 'doctor', json: false, fix: false, quiet: false, yes: false },
        toolsMirror: null,
      },
    ],
    [
      'doctor --json --fix -q -y --tools-mirror https://mirror.example.com/tools/',
      {
        ...{ command: 'doctor', json: true, fix: true, quiet: true, yes: true },
        toolsMirror: 'https://mirror.example.com/tools',
      },
    ],
    ['validate a.yml b.yml', { command: 'validate', files: ['a.yml', 'b.yml'] }],
    ['schema policy', { command: 'schema', which: 'policy' }],
    ['schema report', { command: 'schema', which: 'report' }],
    ['schema job-report', { command: 'schema', which: 'job-report' }],
  ])('%s', (line, expected) => {
    expect(parseArguments(words(line))).toEqual(expected);
  });

  it.each([
    ['lock', /there is no command `lock`/, /`glovebox --help`/],
    ['toString', /there is no command/, /--help/],
    ['run', /run needs a command after `--`/, /glovebox run --help/],
    ['run --', /run needs a command after `--`/, /glovebox run --help/],
    ['run npm test', /`npm` is in the way: put `--`/, /glovebox run --help/],
    ['run npm -- test', /`npm` is in the way/, /glovebox run --help/],
    ['run -q=x -- x', /Unknown option/, /glovebox run --help/],
    ['run --quiet=yes -- x', /--quiet/, /glovebox run --help/],
    ['learn -- x', /-o policy.yml/, /glovebox learn --help/],
    ['learn -o x --network deny -- x', /--network/, /glovebox learn --help/],
    ['run --keep-changes -- x', /--keep-layer DIR/, /glovebox run --help/],
    ['run --nonsense -- x', /--nonsense/, /glovebox run --help/],
    ['run --json -- x', /--json/, /glovebox run --help/],
    ['run --network', /--network/, /glovebox run --help/],
    ['run --network -- x', /--network/, /glovebox run --help/],
    ['run --report --quiet -- x', /--report/, /glovebox run --help/],
    ['explain', /explain needs a command/, /glovebox explain --help/],
    ['explain npm', /`npm` is in the way/, /glovebox explain --help/],
    ['explain --report r -- x', /--report/, /glovebox explain --help/],
    ['doctor now', /doctor takes options only, and not `now`/, /glovebox doctor --help/],
    ['doctor --tools-mirror ftp://x', /--tools-mirror takes http/, /glovebox doctor --help/],
    ['doctor --policy x', /--policy/, /glovebox doctor --help/],
    ['validate', /at least one policy file/, /glovebox validate --help/],
    ['validate -x', /-x/, /glovebox validate --help/],
    ['schema', /policy, report, job-report/, /glovebox schema --help/],
    ['schema other', /policy, report, job-report/, /glovebox schema --help/],
    ['schema policy report', /policy, report, job-report/, /glovebox schema --help/],
  ])('does not understand %s', (line, message, remedy) => {
    const error = thrownBy(() => parseArguments(words(line)));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n|\.$/);
    expect(error.details.remedy).toMatch(remedy);
  });

  it('leaves everything after the first -- to the step, whatever it is', () => {
    const step = fc.array(fc.oneof(fc.string(), fc.constantFrom('--', '-h', '--policy', '-q')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.constantFrom('run', 'explain'), step, (command, given) => {
        expect(parseArguments([command, '--', ...given])).toMatchObject({ command, step: given });
      }),
    );
  });

  it('either understands a line or says that it does not', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('run', 'explain', 'doctor', 'validate', 'schema', 'policy', '--', '-p', '-h'),
      fc.constantFrom('--allow', '--allow=x', '--quiet', '-qC', '--env', '--no-quiet', '-', '---'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        const made = attempt(() => parseArguments(argv));
        const understood = !(made instanceof GloveboxError);
        expect(understood ? made.command : made.code).toMatch(understood ? /^[a-z]+$/ : /^usage$/);
      }),
      { numRuns: 500 },
    );
  });
});

/** What it gives, or the error of ours that it throws. */
function attempt<T>(act: () => T): T | GloveboxError {
  try {
    return act();
  } catch (error) {
    if (error instanceof GloveboxError) return error;
    throw error;
  }
}

function thrownBy(act: () => unknown): GloveboxError {
  const made = attempt(act);
  if (made instanceof GloveboxError) return made;
  throw new Error('nothing was thrown');
}

/** The options as arguments.ts itself has them, by the function or table around each. */
function declaredOptions(): { around: string; long: string; short: string | undefined }[] {
  const text = readFileSync(new URL('../../src/cli/arguments.ts', import.meta.url), 'utf8');
  let around = '';
  return text.split('\n').flatMap((line) => {
    around = /^(?:const|function) (\w+)/.exec(line)?.[1] ?? around;
    // The table of options may stand on one line with the name of its constant.
    const found =
      /(?:^|\{)\s*'?([a-z][a-z-]*)'?: \{ type: '(?:string|boolean)'(?:, short: '(\w)')?/.exec(line);
    return found === null ? [] : [{ around, long: found[1] ?? '', short: found[2] }];
  });
}

describe('the help', () => {
  const TOPICS: Readonly<Record<string, readonly string[]>> = {
    POLICY_OPTIONS: ['run', 'learn', 'explain'],
    parseLearn: ['learn'],
    parseRun: ['run'],
    parseExplain: ['explain'],
    parseDoctor: ['doctor'],
  };
  const options = declaredOptions().filter(({ long }) => long !== 'help');

  it('finds the options that it is compared with', () => {
    expect(options.map(({ long }) => long)).toEqual([
      ...[
        'policy',
        'network',
        'allow',
        'filesystem',
        'on-unavailable',
        'env',
        'directory',
        'syscalls',
        'timeout',
      ],
      ...[
        'report',
        'summary',
        'quiet',
        'locked',
        'diff',
        'layer',
        'keep-layer',
        'keep-changes',
        'output',
        'quiet',
        'json',
        'json',
        'fix',
        'quiet',
        'tools-mirror',
        'yes',
      ],
    ]);
  });

  it.each(options)('mentions --$long of $around', ({ around, long, short }) => {
    const topics = TOPICS[around] ?? [];
    expect(topics).not.toEqual([]);
    for (const topic of topics) {
      expect(helpFor(topic)).toMatch(new RegExp(`(^|[ ,])--${long}\\b`, 'm'));
      expect(helpFor(topic)).toMatch(
        new RegExp(short === undefined ? `--${long}\\b` : `-${short}, --${long}\\b`),
      );
    }
  });

  it.each(['run', 'explain', 'doctor', 'validate', 'schema'])(
    'knows %s, and the overview names it',
    (topic) => {
      expect(helpFor(topic)).toMatch(new RegExp(`^glovebox ${topic} `));
      expect(helpFor(null)).toContain(`glovebox ${topic} `);
    },
  );

  it.each(['nonsense', 'toString', '__proto__', ''])('of %j is the overview', (topic) => {
    expect(helpFor(topic)).toBe(helpFor(null));
  });
});
