import { mkdtempSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shared } from '../lab/attempts.ts';
import { bare, bash, cli, policy, seal, workspace } from '../lab/glovebox.ts';

/** The variables that a program sees, by name. */
const VARIABLES = ['node', '-e', 'console.log(JSON.stringify(process.env))'];

const seen = (stdout: string): Record<string, string> =>
  JSON.parse(stdout) as Record<string, string>;

const environment = (environment_: object): string[] => [
  '-p',
  policy(JSON.stringify({ version: 1, environment: environment_ })),
];

const FORBIDDEN = [
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'NODE_OPTIONS', 'BASH_ENV', 'ENV', 'GIT_SSH'],
  ...['GIT_SSH_COMMAND', 'GIT_CONFIG_COUNT', 'GIT_DIR', 'PYTHONPATH', 'PERL5OPT', 'RUBYOPT'],
  ...['JAVA_TOOL_OPTIONS', 'npm_config_script_shell', 'NPM_CONFIG_NODE_OPTIONS', 'GCONV_PATH'],
  ...['PS4', 'PROMPT_COMMAND', 'EDITOR', 'PAGER', 'SHELLOPTS'],
];

/** What package managers are told where nothing can be reached. */
const WITHOUT_NETWORK =
  /retr(?:y|ies)$|^npm_config_update_notifier$|^PIP_DISABLE_PIP_VERSION_CHECK$/i;

describe('the step sees', () => {
  it('the variables that builds need and none that nobody asked for', () => {
    const env = {
      CI: 'true',
      LC_ALL: 'C.UTF-8',
      GITHUB_SHA: 'abc',
      AWS_SECRET_ACCESS_KEY: 'canary',
      GITHUB_TOKEN: 'canary',
      ACTIONS_RUNTIME_TOKEN: 'canary',
      GITHUB_ENV: '/tmp/canary',
      GITHUB_OUTPUT: '/tmp/canary',
      NPM_TOKEN: 'canary',
      SSH_AUTH_SOCK: '/tmp/canary',
      UNHEARD_OF: 'canary',
    };
    expect(bare(VARIABLES, { env }).stdout).toContain('canary');

    const { stdout, report } = seal([], VARIABLES, { env });
    expect(stdout).not.toContain('canary');
    expect(seen(stdout)).toMatchObject({ CI: 'true', LC_ALL: 'C.UTF-8', GITHUB_SHA: 'abc' });
    const names = Object.keys(seen(stdout)).filter((name) => !WITHOUT_NETWORK.test(name));
    expect(names.sort()).toEqual([
      'CI',
      'GITHUB_SHA',
      'HOME',
      'LANG',
      'LC_ALL',
      'LOGNAME',
      'PATH',
      'PWD',
      'USER',
    ]);
    expect(report.environment.passed).toEqual(expect.arrayContaining(['CI', 'GITHUB_SHA']));
    expect(report.environment.dropped).toEqual(
      expect.arrayContaining(['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'UNHEARD_OF']),
    );
    expect(report.enforced.environment).toBe(true);
  });

  it('what pass names, by name and by glob', () => {
    const env = { ONE: '1', TWO_A: 'a', TWO_B: 'b', THREE: '3' };
    const { stdout, report } = seal(environment({ pass: ['ONE', 'TWO_*'] }), VARIABLES, { env });
    expect(seen(stdout)).toMatchObject({ ONE: '1', TWO_A: 'a', TWO_B: 'b' });
    expect(seen(stdout)).not.toHaveProperty('THREE');
    expect(report.environment.dropped).toContain('THREE');
  });

  it('what --env names, and what it sets', () => {
    const value = 'spaces, "quotes" and\nlines = é';
    const options = ['--env', 'ONE', '--env', `TWO=${value}`, '--env', 'EMPTY=', '--env', 'GONE'];
    const { stdout, report } = seal(options, VARIABLES, { env: { ONE: value } });
    expect(seen(stdout)).toMatchObject({ ONE: value, TWO: value, EMPTY: '' });
    expect(seen(stdout)).not.toHaveProperty('GONE');
    expect(report.environment.set).toEqual(['EMPTY', 'TWO']);
    expect(report.environment.passed).toContain('ONE');
  });

  it('what is set rather than what is passed under the same name', () => {
    const options = [...environment({ pass: ['ONE'], set: { ONE: 'set', CI: 'no' } })];
    const { stdout } = seal(options, VARIABLES, { env: { ONE: 'passed', CI: 'true' } });
    expect(seen(stdout)).toMatchObject({ ONE: 'set', CI: 'no' });
  });

  it('to the byte what is set, also what shells give another value or keep to themselves', () => {
    const names = [
      ...[
        '_',
        'BASH',
        'BASHPID',
        'COLUMNS',
        'EUID',
        'HISTCMD',
        'IFS',
        'LINENO',
        'OLDPWD',
        'OPTIND',
      ],
      ...['OPTERR', 'PPID', 'PS1', 'RANDOM', 'SECONDS', 'SHLVL', 'UID', 'V0', 'V1'],
    ];
    const value = '  two "words"\tand \'more\' $HOME ${V1} \\ # \n';
    const set = Object.fromEntries(names.map((name) => [name, `${name}${value}`]));
    const cat = ['cat', '/proc/self/environ'];
    const ofShell = bare(['/bin/sh', '-c', 'exec "$@"', 'sh', ...cat], { env: set }).stdout;
    expect(ofShell.split('\0')).not.toContain(`IFS=${set['IFS']}`);

    const cwd = workspace();
    const { stdout } = seal(environment({ set: { ...set, EMPTY: '' } }), cat, { cwd });
    const variables = stdout.split('\0').filter(Boolean);
    const ours = variables.filter(
      (variable) => !WITHOUT_NETWORK.test(variable.split('=')[0] ?? ''),
    );
    const told = ['HOME', 'LANG', 'LOGNAME', 'PATH', 'USER'].map((name) => `${name}=`);
    expect(
      ours.filter((variable) => !told.some((start) => variable.startsWith(start))).toSorted(),
    ).toEqual(['EMPTY=', `PWD=${cwd}`, ...names.map((name) => `${name}=${set[name]}`)].toSorted());
    expect(new Set(variables).size).toBe(variables.length);
  });

  it('an exported shell function of the job no more than any other variable', () => {
    const env = { 'BASH_FUNC_true%%': '() { echo canary; }', HOME: workspace() };
    expect(bare(bash('true'), { env }).stdout).toBe('canary\n');
    expect(seal(environment({ pass: ['*'] }), bash('true'), { env }).stdout).toBe('');
  });
});

describe('a variable that makes programs run other code', () => {
  const WORKFLOW = [
    ...['GITHUB_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT'],
  ];
  /** All of them in one environment, and a glob that takes everything. */
  const globbed = shared(() => {
    const env = {
      ...Object.fromEntries(FORBIDDEN.map((name) => [name, ''])),
      ...Object.fromEntries(WORKFLOW.map((name) => [name, `canary of ${name}`])),
      HARMLESS: 'yes',
    };
    const outside = seen(bare(VARIABLES, { env }).stdout);
    return { outside, ...seal(environment({ pass: ['*'] }), VARIABLES, { env }) };
  });

  it.each(FORBIDDEN)('%s does not come in by a glob', (name) => {
    const { outside, stdout, report } = globbed();
    expect(Object.keys(outside)).toContain(name);

    expect(seen(stdout)).toHaveProperty('HARMLESS', 'yes');
    expect(Object.keys(seen(stdout))).not.toContain(name);
    expect(report.environment.dropped).toContain(name);
  });

  /** Every name in a policy, and every name in options: each refusal tells all that it is for. */
  const refused = shared(() => {
    const set = Object.fromEntries(FORBIDDEN.map((name) => [name, 'x']));
    const options = [...FORBIDDEN, ...FORBIDDEN.map((name) => `${name}=x`)];
    return [
      environment({ pass: FORBIDDEN, set }),
      options.flatMap((option) => ['--env', option]),
    ].map((words) => cli(['run', ...words, '--', 'echo', 'ran']));
  });

  it.each(FORBIDDEN)('%s is refused where a policy or an option names it', (name) => {
    for (const { code, stdout, stderr } of refused()) {
      expect(code).toBe(125);
      expect(stdout).toBe('');
      expect(stderr).toContain(`\`${name}\` must not be passed`);
      expect(stderr).toContain(`\`${name}\` must not be set`);
    }
  });

  it('is not what is refused of any other', () => {
    expect(cli(['run', '--env', 'HARMLESS=x', '--', 'echo', 'ran']).stdout).toBe('ran\n');
  });

  it.each(WORKFLOW)('%s, which acts as the workflow, is not passed even by name', (name) => {
    const { outside, stdout } = globbed();
    expect(outside[name]).toContain('canary');
    expect(stdout).toContain('HARMLESS');
    expect(stdout).not.toContain(`canary of ${name}`);
    const env = { [name]: 'canary' };
    expect(cli(['run', '--env', name, '--', 'echo', 'ran'], { env }).code).toBe(125);
  });

  it('does not act on the way in either', () => {
    const cwd = workspace({ 'evil.sh': 'echo canary\n', 'evil.cjs': 'console.log("canary")' });
    const env = { BASH_ENV: `${cwd}/evil.sh`, HOME: workspace() };
    expect(bare(bash('true'), { env }).stdout).toBe('canary\n');
    const NODE_OPTIONS = `--require=${cwd}/evil.cjs`;
    expect(bare(['node', '-e', '0'], { env: { NODE_OPTIONS } }).stdout).toBe('canary\n');
    const inside = bash('node -e 0; bash -c true; echo done');
    expect(seal([], inside, { cwd, env }).stdout).toBe('done\n');
    // Once: what the job's own variables do to the Node that runs Glovebox is outside.
    const { stdout } = seal([], inside, { cwd, env: { ...env, NODE_OPTIONS } });
    expect(stdout).toBe('canary\ndone\n');
  });
});

describe('the report', () => {
  it('tells names and never values', () => {
    const env = { DROPPED: 'canary-dropped', PASSED: 'canary-passed' };
    const options = ['--env', 'PASSED', '--env', 'GIVEN=canary-given'];
    const file = `${mkdtempSync('/var/tmp/lab-summary-')}/summary.md`;
    const { report, stderr } = seal([...options, '--summary', file], ['true'], { env });
    expect(report.environment.dropped).toContain('DROPPED');
    expect(report.environment.passed).toContain('PASSED');
    expect(report.environment.set).toContain('GIVEN');
    expect(JSON.stringify(report)).not.toContain('canary');
    expect(stderr).not.toContain('canary');
    expect(bare(['cat', file]).stdout).not.toContain('canary');

    const explained = cli(['explain', ...options, '--', 'true'], { env });
    expect(explained.stdout).toContain('GIVEN');
    expect(explained.stdout).not.toContain('canary');
    expect(cli(['explain', '--json', ...options, '--', 'true'], { env }).stdout).not.toContain(
      'canary',
    );
  });
});

describe('PATH', () => {
  it('loses every relative and empty entry, so that the workspace cannot put its own git first', () => {
    const cwd = workspace({ 'bin/git': '#!/bin/sh\necho evil\n', git: '#!/bin/sh\necho evil\n' });
    bare(['chmod', '+x', 'bin/git', 'git'], { cwd });
    const path = process.env['PATH'] ?? '';
    const env = { PATH: `.:bin::./bin:${path}:` };
    const attack = bash('git --version; echo "$PATH"');
    expect(bare(attack, { cwd, env }).stdout).toContain('evil');

    const { stdout } = seal([], attack, { cwd, env });
    expect(stdout).toMatch(/^git version .*\n/);
    expect(
      stdout
        .split('\n')[1]
        ?.split(':')
        .filter((entry) => !entry.startsWith('/')),
    ).toEqual([]);

    const set = seal(environment({ set: { PATH: `.:bin:${path}` } }), attack, { cwd });
    expect(set.stdout).toMatch(/^git version .*\n/);
  });
});

describe('HOME', () => {
  it('is where it was, empty, writable, and gone afterwards', () => {
    const home = workspace({
      '.bashrc': 'echo canary\n',
      '.gitconfig': '[user]\n name = canary\n',
    });
    const script = bash(
      'echo "$HOME"; ls -A ~; echo x > ~/made && cat ~/made; git config --global user.name; bash -ic true',
    );
    expect(bare(script, { env: { HOME: home } }).stdout).toContain('canary');
    bare(['rm', '-f', `${home}/made`]);

    const { stdout } = seal([], script, { env: { HOME: home } });
    expect(stdout).toBe(`${home}\nx\n`);
    expect(readdirSync(home).sort()).toEqual(['.bashrc', '.gitconfig']);
  });

  it.each(['/', ''])('may be `%s`', (home) => {
    const { stdout, code } = seal([], bash('echo ran; ls / | grep -c usr'), {
      env: { HOME: home },
    });
    expect(stdout).toBe('ran\n1\n');
    expect(code).toBe(0);
  });
});
