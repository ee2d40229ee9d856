import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steeringReason } from '../../src/policy/steering.ts';

describe('steeringReason', () => {
  it.each([
    ['GITHUB_TOKEN', "it is the runner's own, and later steps trust it"],
    ['RUNNER_TEMP', "it is the runner's own, and later steps trust it"],
    ['STATE_isPost', "it is the runner's own, and later steps trust it"],
    ['INPUT_TOKEN', "it is the runner's own, and later steps trust it"],
    ['ci', "it is the runner's own, and later steps trust it"],
    [
      'PATH',
      'it decides which programs and settings later steps find; for PATH there is runner.path',
    ],
    [
      'HOME',
      'it decides which programs and settings later steps find; for PATH there is runner.path',
    ],
    ['HTTPS_PROXY', 'it decides whom later steps talk to'],
    ['http_proxy', 'it decides whom later steps talk to'],
    ['All_Proxy', 'it decides whom later steps talk to'],
    ['NODE_EXTRA_CA_CERTS', 'it decides whom later steps trust, or lets others read along'],
    ['GIT_SSL_NO_VERIFY', 'it decides whom later steps trust, or lets others read along'],
    ['npm_config_registry', 'it decides where later steps fetch packages and tools from'],
    ['PIP_INDEX_URL', 'it decides where later steps fetch packages and tools from'],
    ['RUSTC_WRAPPER', 'it makes a build tool of a later step run other code'],
    ['MAVEN_OPTS', 'it makes a build tool of a later step run other code'],
    ['BASH_ENV', 'it makes a shell run code before its script'],
    ['node_options', 'it makes a JavaScript runtime load code before the program'],
    ['GIT_SSH_COMMAND', 'it makes git run a program'],
    ['EDITOR', 'other programs run the program that it names'],
  ])('%s: %s', (name, reason) => {
    expect(steeringReason(name)).toBe(reason);
  });

  it.each([
    ...['VERSION', 'BUILD_NUMBER', 'GIT_SHA', 'GIT_COMMIT', 'CIRCLE', 'CARGO_TERM_COLOR'],
    ...['JAVA_HOME', 'PROXY', 'PATHS', 'NODE_ENV', 'CCACHE_DIR', ''],
  ])('nothing speaks against %j', (name) => {
    expect(steeringReason(name)).toBeNull();
  });

  it('refuses all that must not be passed, in any case of letters', () => {
    const known = fc.constantFrom(
      ...['LD_AUDIT', 'BASH_ENV', 'NODE_OPTIONS', 'PYTHONPATH', 'GIT_DIR', 'PAGER', 'ENV'],
      ...['npm_config_git', 'ACTIONS_RUNTIME_TOKEN', 'GITHUB_TOKEN', 'STATE_x', 'INPUT_x'],
    );
    const cased = fc
      .tuple(known, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }))
      .map(([name, upper]) =>
        name
          .split('')
          .map((c, i) => (upper[i] === true ? c.toUpperCase() : c.toLowerCase()))
          .join(''),
      );
    fc.assert(
      fc.property(fc.oneof(known, cased), (name) => {
        expect(steeringReason(name)).not.toBeNull();
      }),
    );
  });
});
