import { describe, expect, it } from 'vitest';
import { forbiddenReason } from '../../src/policy/forbidden.ts';

const LOADER = 'it steers the loader and the C library, which run before the program does';
const SHELL = 'it makes a shell run code before its script';
const GIT = 'it makes git run a program';
const NPM = 'it makes npm run a program or read other settings';

describe('forbiddenReason', () => {
  it.each([
    ['LD_PRELOAD', LOADER],
    ['LD_LIBRARY_PATH', LOADER],
    ['DYLD_INSERT_LIBRARIES', LOADER],
    ['GLIBC_TUNABLES', LOADER],
    ['BASH_ENV', SHELL],
    ['ENV', SHELL],
    ['BASH_FUNC_ls%%', SHELL],
    ['NODE_OPTIONS', 'it makes a JavaScript runtime load code before the program'],
    ['PYTHONPATH', 'it makes Python load code before or inside the program'],
    ['PERL5OPT', 'it makes Perl or Ruby load code before the program'],
    ['RUBYOPT', 'it makes Perl or Ruby load code before the program'],
    ['_JAVA_OPTIONS', 'it makes Java load an agent before the program'],
    ['GIT_SSH_COMMAND', GIT],
    ['GIT_CONFIG_KEY_0', 'it makes git use other settings or another repository'],
    ['EDITOR', 'other programs run the program that it names'],
    ['npm_config_node_options', NPM],
    ['NPM_CONFIG_SCRIPT_SHELL', NPM],
    ['npm_config_script-shell', NPM],
  ])('%s: %s, passed or set', (name, reason) => {
    expect(forbiddenReason(name)).toBe(reason);
    expect(forbiddenReason(name, 'set')).toBe(reason);
  });

  it.each([
    'GITHUB_TOKEN',
    'ACTIONS_STEP_DEBUG',
    'GITHUB_ENV',
    'GITHUB_OUTPUT',
    'GITHUB_STEP_SUMMARY',
    'GITHUB_ARTIFACTS_LIST',
  ])('%s must not be passed, but may be set', (name) => {
    expect(forbiddenReason(name, 'pass')).toContain('the step could act as the workflow');
    expect(forbiddenReason(name, 'set')).toBeNull();
  });

  it.each(['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL'])(
    '%s must neither be passed nor set',
    (name) => {
      expect(forbiddenReason(name, 'pass')).toBe('with it the step could act as the workflow');
      expect(forbiddenReason(name, 'set')).toBe('with it the step could act as the workflow');
    },
  );

  it.each(['INPUT_TOKEN', 'STATE_isPost'])('%s must not be passed, but may be set', (name) => {
    expect(forbiddenReason(name, 'pass')).toBe(
      'it carries what was given to an action, tokens among it',
    );
    expect(forbiddenReason(name, 'set')).toBeNull();
  });

  it.each([
    'PATH',
    'HOME',
    'CI',
    'OLD_VALUE',
    'ENVIRONMENT',
    'NODE_ENV',
    'NODE_PATH',
    'CLASSPATH',
    'npm_config_cache',
    'GITHUB_SHA',
    'GIT_AUTHOR_NAME',
    'ld_preload',
    '',
  ])('nothing speaks against %j', (name) => {
    expect(forbiddenReason(name)).toBeNull();
  });
});
