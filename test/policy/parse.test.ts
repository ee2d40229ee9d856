import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { policyFromFlags } from '../../src/policy/from-flags.ts';
import type { ParsedPolicy } from '../../src/policy/parsed.ts';

const META = { name: 'policy.yml', sha256: 'ab'.repeat(32) };
const parse = (text: string): ParsedPolicy => parsePolicy(text, META);

/** `line:column path | message | expected` of each problem. */
function told(text: string): string[] {
  return parse(text).problems.map(
    ({ place, path, message, expected }) =>
      `${place.line}:${place.column} ${path} | ${message} | ${expected}`,
  );
}

const WHOLE = `version: 1
on-unavailable: degrade
network:
  mode: allowlist
  allow:
    - 203.0.113.7
    - "[2001:db8::/32]:443"
    - "*.example.com:80,443"
    - {host: db.example.com, port: 5432, tls: off, private: true}
    - host: git.example.com
      port: 22
      tls: off
  block-metadata: false
  resolver: 192.0.2.53:5353
  on-blocked: warn
  expect-blocked: [registry.example.com]
filesystem:
  mode: workspace
  read: [/opt, "a b\\n'\\"", -x]
  write: [out]
  hide: [~/.ssh]
resources:
  timeout: 90s
  cpu-time: none
  memory: 1.5GiB
  processes: 100
  open-files: "200"
  file-size: 10MB
  output: 1024
privilege:
  mode: inherit
  uid: 1000
  gid: 4294967294
environment:
  pass: [CI, CARGO_*]
  set:
    TEXT: hello
    VERSION: 1.10
    CODE: 007
    ON: True
    EMPTY: ""
runner:
  outputs: [version, dist-tag]
  env: [VERSION]
  path: [node_modules/.bin, /opt/..a/bin, .]
  summary: false
  annotations: true
`;

describe('a policy with every key', () => {
  const { layer, problems } = parse(WHOLE);
  const values = layer?.values;
  const at = (line: number, column: number) => ({ kind: 'file', name: 'policy.yml', line, column });

  it('has no problems, and keeps name and digest', () => {
    expect(problems).toEqual([]);
    expect(layer).toMatchObject(META);
  });

  it('has each value with its place', () => {
    expect(values?.onUnavailable).toEqual({ value: 'degrade', source: at(2, 17) });
    expect(values?.network?.mode).toEqual({ value: 'allowlist', source: at(4, 9) });
    expect(values?.network?.allow?.map(({ value, source }) => [value.text, source])).toEqual([
      ['203.0.113.7:443', at(6, 7)],
      ['[2001:db8::/32]:443', at(7, 7)],
      ['*.example.com:80,443', at(8, 7)],
      ['db.example.com:5432 tls=off private', at(9, 7)],
      ['git.example.com:22 tls=off', at(10, 7)],
    ]);
    expect(values?.network?.blockMetadata).toEqual({ value: false, source: at(13, 19) });
    expect(values?.network?.resolver).toEqual({ value: '192.0.2.53:5353', source: at(14, 13) });
    expect(values?.network?.onBlocked).toEqual({ value: 'warn', source: at(15, 15) });
    expect(values?.network?.expectBlocked?.map(({ value }) => value.text)).toEqual([
      'registry.example.com:443',
    ]);
    expect(values?.filesystem?.mode?.value).toBe('workspace');
    expect(values?.filesystem?.read?.map(({ value }) => value)).toEqual(['/opt', 'a b\n\'"', '-x']);
    expect(values?.filesystem?.write).toEqual([{ value: 'out', source: at(20, 11) }]);
    expect(values?.filesystem?.hide?.map(({ value }) => value)).toEqual(['~/.ssh']);
    expect(
      Object.entries(values?.resources ?? {}).map(([name, { value }]) => [name, value]),
    ).toEqual([
      ['timeout', 90_000],
      ['cpuTime', null],
      ['memory', 1_610_612_736],
      ['processes', 100],
      ['openFiles', 200],
      ['fileSize', 10_000_000],
      ['output', 1024],
    ]);
    expect(values?.privilege).toEqual({
      mode: { value: 'inherit', source: at(31, 9) },
      uid: { value: 1000, source: at(32, 8) },
      gid: { value: 4294967294, source: at(33, 8) },
    });
    expect(values?.environment?.pass?.map(({ value }) => value)).toEqual(['CI', 'CARGO_*']);
  });

  it('has what goes on to the rest of the job', () => {
    expect(values?.runner).toEqual({
      outputs: [
        { value: 'version', source: at(43, 13) },
        { value: 'dist-tag', source: at(43, 22) },
      ],
      env: [{ value: 'VERSION', source: at(44, 9) }],
      path: [
        { value: 'node_modules/.bin', source: at(45, 10) },
        { value: '/opt/..a/bin', source: at(45, 29) },
        { value: '.', source: at(45, 43) },
      ],
      summary: { value: false, source: at(46, 12) },
      annotations: { value: true, source: at(47, 16) },
    });
  });

  it('sets variables to exactly what is written', () => {
    expect(
      [...(values?.environment?.set ?? [])].map(([name, { value, source }]) => [
        name,
        value,
        source.line,
      ]),
    ).toEqual([
      ['TEXT', 'hello', 37],
      ['VERSION', '1.10', 38],
      ['CODE', '007', 39],
      ['ON', 'True', 40],
      ['EMPTY', '', 41],
    ]);
  });
});

describe('what a file may be', () => {
  it('leaves out what is not said', () => {
    expect(parse('version: 1\nnetwork: {}\n').layer?.values).toEqual({ network: {} });
  });

  it('may start with a byte order mark, which does not shift columns', () => {
    expect(parse('\uFEFFversion: 1').problems).toEqual([]);
    expect(told('\uFEFFversion: 2')).toEqual([
      '1:10 version | `2` is not a value of `version` | `version: 1`',
    ]);
  });

  it('may have Windows line ends', () => {
    expect(told('version: 1\r\nnetwork:\r\n  mode: x\r\n')[0]).toMatch(/^3:9 network\.mode \|/);
  });

  it('may use an alias, whose values stand where the anchor does', () => {
    const { layer } = parse('version: 1\nfilesystem:\n  read: &a [x]\n  write: *a\n');
    expect(layer?.values.filesystem?.write).toEqual([
      { value: 'x', source: { kind: 'file', name: 'policy.yml', line: 3, column: 13 } },
    ]);
  });

  it('may set a variable with a name that objects have', () => {
    const set = parse('version: 1\nenvironment: {set: {__proto__: a, constructor: b}}').layer
      ?.values.environment?.set;
    expect([...(set ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

const ROOT =
  'one of version, on-unavailable, network, filesystem, resources, privilege, syscalls, environment, runner';
const NETWORK =
  'one of mode, allow, block-metadata, resolver, backend, interface, address, netmask, gateway, on-blocked, expect-blocked';
const MAP = 'a map that starts with `version: 1`';
const QUOTED = 'YAML 1.2; texts with special characters in quotes';
const DURATION = 'a duration of at most 24d like 90s, 15m or 1h30m, or none';
const SIZE = 'a size like 512MiB, 1.5GiB or 10MB, or none';
const ID = 'a whole number from 1 to 4294967294';
const PATH = 'a path that is not empty and has no NUL';
const NAME = 'a name of letters, digits and _ that does not start with a digit';
const OUTPUT =
  'is not the name of an output | a name of letters, digits, _ and - that starts with a letter or _';
const OTHERWISE = 'an output, which the workflow puts into the `env` of the step that needs it';
const DIRECTORY = 'a directory, absolute or relative to the workspace, without `..` and `:`';
const VALUE = 'text, a number, true or false';

describe('problems of the file', () => {
  it.each([
    ['an empty file', '', ['1:1  | the file is empty | ' + MAP]],
    ['only a comment', '# nothing\n', ['1:1  | the file is empty | ' + MAP]],
    ['only null', 'null', ['1:1  | the file is empty | ' + MAP]],
    ['a list', '- a\n', ['1:1  | the policy is a list | ' + MAP]],
    ['a text', '\nhello\n', ['2:1  | the policy is `hello` | ' + MAP]],
    [
      'several documents',
      'version: 1\n---\nversion: 1\n',
      ['2:1  | the file has several documents | one document in a file'],
    ],
    [
      'a tab',
      'version: 1\nnetwork:\n\tmode: deny\n',
      ['3:1  | not YAML: tabs are not allowed as indentation | spaces'],
    ],
    ['an open quote', 'version: "\n', ['2:1  | not YAML: missing closing "quote | ' + QUOTED]],
    [
      'brackets without quotes',
      'version: 1\nnetwork:\n  allow:\n    - [2001:db8::1]:443\n',
      ['4:20  | not YAML: unexpected scalar at node end | ' + QUOTED],
    ],
    [
      'one slip inside two brackets',
      'version: 1\nfilesystem: {read: [a\n',
      [
        '3:1  | not YAML: flow sequence in block collection must be sufficiently indented and end with a ] | ' +
          QUOTED,
      ],
    ],
    [
      'a NUL byte',
      'version: 1\na\0b',
      ['2:2  | the file has a NUL byte | UTF-8 text without control characters'],
    ],
    [
      'an escape character',
      'a: \x1b[31m',
      ['1:4  | the file has a control character | UTF-8 text without control characters'],
    ],
    ['a tag', 'version: 1\nnetwork: !x {}\n', ['2:10  | not YAML: unresolved tag: !x | no tag']],
    ['no version', 'network: {}\n', ['1:1 version | `version` is missing | `version: 1`']],
    [
      'version as text',
      'version: "1"\n',
      ['1:10 version | `"1"` is not a value of `version` | `version: 1`'],
    ],
    [
      'another version',
      'version: 2\n',
      ['1:10 version | `2` is not a value of `version` | `version: 1`'],
    ],
    [
      'no version value',
      'version:\n',
      ['1:9 version | an empty value is not a value of `version` | `version: 1`'],
    ],
    [
      'a key twice',
      'version: 1\nnetwork: {}\nversion: 1\n',
      ['3:1 version | key `version` is given twice | each key once; the first is on line 1'],
    ],
    ['a number as key', 'version: 1\n7: x\n', ['2:1  | a key is not text | a name as the key']],
    ['a list as key', 'version: 1\n? [a]\n: x\n', ['2:3  | a key is not text | a name as the key']],
    ['a merge key', 'version: 1\n<<: {}\n', ['2:1 ["<<"] | unknown key `<<` | ' + ROOT]],
    [
      '__proto__',
      'version: 1\n__proto__: {}\n',
      ['2:1 __proto__ | unknown key `__proto__` | ' + ROOT],
    ],
    [
      'an unknown key',
      'version: 1\nnetwrok: {}\n',
      ['2:1 netwrok | unknown key `netwrok` | ' + ROOT + ' (did you mean `network`?)'],
    ],
    [
      'a key unlike any',
      'version: 1\nsandbox: {}\n',
      ['2:1 sandbox | unknown key `sandbox` | ' + ROOT],
    ],
    [
      'an unknown key below',
      'version: 1\nnetwork:\n  blockMetadata: true\n',
      [
        '3:3 network.blockMetadata | unknown key `blockMetadata` | ' +
          NETWORK +
          ' (did you mean `block-metadata`?)',
      ],
    ],
    [
      'a name without quotes',
      'version: 1\nnetwork:\n  allow:\n    - *.example.com\n',
      [
        '4:7 network.allow[0] | `*.example.com` is an alias of nothing | a value that starts with * in quotes, like "*.example.com"',
      ],
    ],
    [
      'a list in itself',
      'version: 1\nfilesystem: {read: &a [*a]}\n',
      ['2:24 filesystem.read[0] | a list is not a path | ' + PATH],
    ],
  ])('%s', (_name, text, expected) => {
    expect(told(text)).toEqual(expected);
    expect(parse(text).layer).toBeNull();
  });

  it('YAML 1.1 stays YAML 1.2', () => {
    expect(told('%YAML 1.1\n---\nversion: 1\nnetwork: {block-metadata: yes}\n')).toEqual([
      '4:27 network.block-metadata | `network.block-metadata` is `yes` | true or false',
    ]);
  });
});

describe('problems of a value', () => {
  it.each([
    ['network', '', '2:10 network | `network` is an empty value | a map'],
    ['network', '[deny]', '2:10 network | `network` is a list | a map'],
    [
      'network',
      '{mode: open}',
      '2:17 network.mode | `open` is not a value of `network.mode` | one of deny, allowlist, audit, unrestricted',
    ],
    [
      'network',
      '{mode: [deny]}',
      '2:17 network.mode | a list is not a value of `network.mode` | one of deny, allowlist, audit, unrestricted',
    ],
    [
      'network',
      '{on-blocked: no}',
      '2:23 network.on-blocked | `no` is not a value of `network.on-blocked` | one of fail, warn, ignore',
    ],
    [
      'network',
      '{block-metadata: 1}',
      '2:27 network.block-metadata | `network.block-metadata` is `1` | true or false',
    ],
    [
      'network',
      '{allow: a.example}',
      '2:18 network.allow | `network.allow` is `a.example` | a list',
    ],
    [
      'network',
      '{allow: [10.1.2.3/24]}',
      '2:19 network.allow[0] | `10.1.2.3/24` has host bits set | `10.1.2.0/24`',
    ],
    [
      'network',
      '{allow: [a, 1.5]}',
      '2:22 network.allow[1] | `1.5` is not an egress entry | a name, an address or a network, like api.example.com:443 or 203.0.113.0/24:443',
    ],
    [
      'network',
      '{allow: [203.0.113.7, "203.0.113.7:443"]}',
      '2:32 network.allow[1] | `203.0.113.7:443` says the same as `network.allow[0]` | each entry once',
    ],
    [
      'network',
      '{expect-blocked: [A.example, a.example.]}',
      '2:39 network.expect-blocked[1] | `a.example.` says the same as `network.expect-blocked[0]` | each entry once',
    ],
    [
      'network',
      '{allow: [a, {host: a.example, tls: maybe}]}',
      '2:22 network.allow[1] | `tls` is `maybe` | on or off',
    ],
    [
      'network',
      '{allow: [{host: a.example, port: }]}',
      '2:19 network.allow[0] | `port` is an empty value | a port, or ports like 80,443',
    ],
    [
      'network',
      '{allow: [{name: a.example}]}',
      '2:19 network.allow[0] | `name` is not a key of an entry | one of host, port, protocol, tls, private',
    ],
    [
      'network',
      '{allow: [a.example, {host: A.example, port: 443}]}',
      '2:30 network.allow[1] | a map says the same as `network.allow[0]` | each entry once',
    ],
    [
      'network',
      '{backend: tap}',
      '2:20 network.backend | `tap` is not a value of `network.backend` | one of auto, slirp4netns, pasta, macvlan',
    ],
    [
      'network',
      '{interface: eth0/1}',
      '2:22 network.interface | `eth0/1` is not the name of an interface | a name like eth1, of up to 15 characters',
    ],
    [
      'network',
      '{netmask: /24}',
      '2:20 network.netmask | `/24` is not an IPv4 address | four numbers like 192.0.2.7',
    ],
    [
      'network',
      "{address: '2001:db8::7'}",
      '2:20 network.address | `2001:db8::7` is not an IPv4 address | four numbers like 192.0.2.7',
    ],
    [
      'network',
      '{resolver: dns.example.com}',
      '2:21 network.resolver | `dns.example.com` is not a resolver | an address like 192.0.2.53 or [2001:db8::53]:5353',
    ],
    [
      'network',
      '{resolver: [2001:db8::53]}',
      '2:21 network.resolver | a list is not a resolver | an address like 192.0.2.53 or [2001:db8::53]:5353',
    ],
    [
      'on-unavailable',
      'skip',
      '2:17 on-unavailable | `skip` is not a value of `on-unavailable` | one of fail, degrade',
    ],
    [
      'filesystem',
      '{mode: rw}',
      '2:20 filesystem.mode | `rw` is not a value of `filesystem.mode` | one of scratch-only, scratch-plus-ro, overlay, workspace, off',
    ],
    [
      'filesystem',
      '{read: [""]}',
      '2:21 filesystem.read[0] | an empty text is not a path | ' + PATH,
    ],
    [
      'filesystem',
      '{write: ["a\\0b"]}',
      '2:22 filesystem.write[0] | `a\\u{0}b` is not a path | ' + PATH,
    ],
    ['filesystem', '{hide: [7]}', '2:21 filesystem.hide[0] | `7` is not a path | ' + PATH],
    [
      'filesystem',
      '{read: [a, b, a]}',
      '2:27 filesystem.read[2] | `a` says the same as `filesystem.read[0]` | each entry once',
    ],
    [
      'resources',
      '{timeout: soon}',
      '2:22 resources.timeout | `soon` is not a duration that can be used | ' + DURATION,
    ],
    [
      'resources',
      '{cpu-time: 0}',
      '2:23 resources.cpu-time | `0` is not a duration that can be used | ' + DURATION,
    ],
    [
      'resources',
      '{timeout: null}',
      '2:22 resources.timeout | an empty value is not a duration that can be used | ' + DURATION,
    ],
    [
      'resources',
      '{memory: 8G}',
      '2:21 resources.memory | `8G` is not a size that can be used | ' + SIZE,
    ],
    [
      'resources',
      '{file-size: .inf}',
      '2:24 resources.file-size | `Infinity` is not a size that can be used | ' + SIZE,
    ],
    [
      'resources',
      '{output: -1}',
      '2:21 resources.output | `-1` is not a size that can be used | ' + SIZE,
    ],
    [
      'resources',
      '{processes: 1.5}',
      '2:24 resources.processes | `1.5` is not a count that can be used | a whole number from 1 to 2147483647, or none',
    ],
    [
      'resources',
      '{open-files: many}',
      '2:25 resources.open-files | `many` is not a count that can be used | a whole number from 1 to 2147483647, or none',
    ],
    [
      'privilege',
      '{uid: 0}',
      '2:18 privilege.uid | `0` is root, whom the step must not be | ' + ID,
    ],
    [
      'privilege',
      '{gid: 4294967295}',
      '2:18 privilege.gid | `4294967295` is not a user or group number | ' + ID,
    ],
    [
      'privilege',
      '{uid: root}',
      '2:18 privilege.uid | `root` is not a user or group number | ' + ID,
    ],
    [
      'privilege',
      '{mode: keep}',
      '2:19 privilege.mode | `keep` is not a value of `privilege.mode` | one of drop, inherit',
    ],
    [
      'environment',
      '{pass: [A-B]}',
      `2:22 environment.pass[0] | \`A-B\` is not a variable name or glob | ${NAME}, or a glob like CARGO_*`,
    ],
    [
      'environment',
      '{pass: [A, B, A]}',
      '2:28 environment.pass[2] | `A` says the same as `environment.pass[0]` | each entry once',
    ],
    [
      'environment',
      '{pass: [LD_PRELOAD]}',
      '2:22 environment.pass[0] | `LD_PRELOAD` must not be passed: it steers the loader and the C library, which run before the program does | another variable',
    ],
    [
      'environment',
      '{pass: [GITHUB_TOKEN]}',
      '2:22 environment.pass[0] | `GITHUB_TOKEN` must not be passed: with it the step could act as the workflow | `environment.set` with a value for `GITHUB_TOKEN`, if the step is to have it',
    ],
    [
      'environment',
      '{set: {BASH_ENV: x}}',
      '2:31 environment.set.BASH_ENV | `BASH_ENV` must not be set: it makes a shell run code before its script | another variable',
    ],
    [
      'environment',
      '{set: {1A: x}}',
      `2:25 environment.set.1A | \`1A\` is not a variable name | ${NAME}`,
    ],
    [
      'environment',
      '{set: {"": x}}',
      `2:25 environment.set[""] | an empty text is not a variable name | ${NAME}`,
    ],
    [
      'environment',
      '{set: {A: [x]}}',
      '2:24 environment.set.A | a list is not a value for a variable | ' + VALUE,
    ],
    [
      'environment',
      '{set: {A: null}}',
      '2:24 environment.set.A | an empty value is not a value for a variable | ' + VALUE,
    ],
    [
      'environment',
      '{set: {A: "\\0"}}',
      '2:24 environment.set.A | the value of `A` has a NUL | text without NUL',
    ],
    ['environment', '{set: [A]}', '2:20 environment.set | `environment.set` is a list | a map'],
    [
      'environment',
      '{set: {ACTIONS_RUNTIME_TOKEN: x}}',
      '2:44 environment.set.ACTIONS_RUNTIME_TOKEN | `ACTIONS_RUNTIME_TOKEN` must not be set: with it the step could act as the workflow | another variable',
    ],
    [
      'environment',
      '{pass: [ACTIONS_RUNTIME_TOKEN]}',
      '2:22 environment.pass[0] | `ACTIONS_RUNTIME_TOKEN` must not be passed: with it the step could act as the workflow | another variable',
    ],
    ['runner', '{outputs: [1a]}', `2:20 runner.outputs[0] | \`1a\` ${OUTPUT}`],
    ['runner', '{outputs: ["*"]}', `2:20 runner.outputs[0] | \`*\` ${OUTPUT}`],
    ['runner', '{outputs: [2]}', `2:20 runner.outputs[0] | \`2\` ${OUTPUT}`],
    [
      'runner',
      '{outputs: [a, b, a]}',
      '2:26 runner.outputs[2] | `a` says the same as `runner.outputs[0]` | each entry once',
    ],
    ['runner', '{env: [A-B]}', `2:16 runner.env[0] | \`A-B\` is not a variable name | ${NAME}`],
    [
      'runner',
      '{env: [https_proxy]}',
      `2:16 runner.env[0] | \`https_proxy\` must not be handed on: it decides whom later steps talk to | ${OTHERWISE}`,
    ],
    [
      'runner',
      '{env: [NODE_OPTIONS]}',
      `2:16 runner.env[0] | \`NODE_OPTIONS\` must not be handed on: it makes a JavaScript runtime load code before the program | ${OTHERWISE}`,
    ],
    [
      'runner',
      '{path: [bin/../..]}',
      `2:17 runner.path[0] | \`bin/../..\` leads upwards | ${DIRECTORY}`,
    ],
    [
      'runner',
      '{path: ["a:b"]}',
      `2:17 runner.path[0] | \`a:b\` is not a directory for PATH | ${DIRECTORY}`,
    ],
    [
      'runner',
      '{path: [""]}',
      `2:17 runner.path[0] | an empty text is not a directory for PATH | ${DIRECTORY}`,
    ],
    [
      'runner',
      '{path: [~/bin]}',
      `2:17 runner.path[0] | \`~/bin\` leads to a home, and the step's is thrown away | ${DIRECTORY}`,
    ],
    ['runner', '{summary: 1}', '2:19 runner.summary | `runner.summary` is `1` | true or false'],
  ])('%s: %s', (key, value, expected) => {
    expect(told(`version: 1\n${key}: ${value}\n`)).toEqual([expected]);
  });

  it('lets a glob pass that could bring a forbidden name', () => {
    expect(told('version: 1\nenvironment: {pass: ["*", GITHUB_*, LD_*]}\n')).toEqual([]);
  });

  it('tells all of them at once, in the order of the text', () => {
    const text = `version: 3
netwrok: {}
network:
  mode: x
  allow:
    - 10.1.2.3/24
    - *.example.com
    - ok.example
    - 203.0.113.7
    - 203.0.113.7
resources: {timeout: x}
resources: {}
environment:
  set: {A: [], LD_X: 1}
`;
    expect(
      parse(text).problems.map(
        ({ place, path }) => `${place.origin}:${place.line}:${place.column} ${path}`,
      ),
    ).toEqual([
      'policy.yml:1:10 version',
      'policy.yml:2:1 netwrok',
      'policy.yml:4:9 network.mode',
      'policy.yml:6:7 network.allow[0]',
      'policy.yml:7:7 network.allow[1]',
      'policy.yml:10:7 network.allow[4]',
      'policy.yml:11:22 resources.timeout',
      'policy.yml:12:1 resources',
      'policy.yml:14:12 environment.set.A',
      'policy.yml:14:22 environment.set.LD_X',
    ]);
  });
});

describe('input made to exhaust', () => {
  it('over 1 MiB is one problem, in bytes rather than characters', () => {
    const problem = '1:1  | the file is too large for a policy | at most 1 MiB';
    expect(told('x'.repeat(10_000_000))).toEqual([problem]);
    expect(told(`#${'ü'.repeat(600_000)}`)).toEqual([problem]);
    expect(parse(`version: 1\n#${'x'.repeat(1024 * 1024 - 12)}`).problems).toEqual([]);
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(50_000)],
    ['dashes', '- '.repeat(100_000)],
  ])('thousands of %s inside each other are a problem', (_name, text) => {
    const { layer, problems } = parse(text);
    expect(layer).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(10);
  });

  it('more than a hundred aliases are one problem', () => {
    const text = (count: number) =>
      `version: &a 1\nenvironment:\n  set: {${Array.from({ length: count }, (_, n) => `A${n}: *a`).join(', ')}}\n`;
    expect(told(text(100))).toEqual([]);
    expect(told(text(101))).toEqual(['1:1  | the file has too many aliases | at most 100']);
  });

  it('aliases that multiply are one problem', () => {
    const lines = Array.from(
      { length: 9 },
      (_, n) => `- &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`,
    );
    expect(told(['- &a0 [x]', ...lines].join('\n'))).toEqual([
      '1:1  | the file has too many aliases | at most 100',
    ]);
  });

  it('ten thousand entries take well under a second', () => {
    const entries = Array.from(
      { length: 10_000 },
      (_, n) => `    - 10.${n >> 8}.${n & 255}.0/24:443,8000-8100\n`,
    ).join('');
    const start = performance.now();
    const { layer } = parse(`version: 1\nnetwork:\n  allow:\n${entries}`);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(layer?.values.network?.allow).toHaveLength(10_000);
    expect(layer?.values.network?.allow?.at(-1)?.source.line).toBe(10_003);
  });
});

/** What is wrong with a result as such; empty when it holds together. */
function unsound({ layer, problems }: ParsedPolicy): unknown[] {
  const vague = problems.filter(
    ({ place, message, expected }) =>
      !(Number(place.line) > 0 && Number(place.column) > 0 && /\S/.test(expected ?? '')) ||
      !/\S/.test(message) ||
      /\.$|\p{Cc}/u.test(message),
  );
  return (layer === null) === problems.length > 0 ? vague : [{ layer, problems }];
}

describe('any text', () => {
  it('gives a layer or problems, and never throws', () => {
    const yaml = fc.string({
      unit: fc.constantFrom(
        ...'ab: -[]{}*&!|>\'"#%?,\n\t'.split(''),
        'version: 1\n',
        'network:',
        '\r\n',
        '\u2028',
      ),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), yaml), (text) => {
        expect(unsound(parse(text))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('that is nearly a policy does too', { timeout: 20_000 }, () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '*a',
        '&a ',
        '!x ',
        '\n',
        '  ',
        '- ',
        '{',
        '[',
        ': ',
        '---\n',
        '\0',
        '<<: ',
        'null',
      ),
    );
    const edit = fc.record({ at: fc.nat(WHOLE.length), drop: fc.nat(12), piece });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (all, { at, drop, piece: added }) => all.slice(0, at) + added + all.slice(at + drop),
          WHOLE,
        );
        expect(unsound(parse(text))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any shape in JSON does too', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom(
          ...['network', 'filesystem', 'resources', 'privilege', 'environment', 'runner', 'x'],
        ),
        (json, key) => {
          expect(unsound(parse(json))).toEqual([]);
          expect(unsound(parse(`{"version": 1, "${key}": ${json}}`))).toEqual([]);
        },
      ),
    );
  });
});

describe('policyFromFlags', () => {
  it('has nothing to say without options', () => {
    const { layer, problems } = policyFromFlags({});
    expect(problems).toEqual([]);
    expect(layer).toEqual({
      name: 'command line',
      sha256: null,
      values: { network: {}, filesystem: {}, resources: {}, syscalls: {}, environment: {} },
    });
  });

  it('has each value with its option', () => {
    const flag = (name: string) => ({ kind: 'flag', name });
    const { layer } = policyFromFlags({
      ...{
        network: 'allowlist',
        allow: ['a.example', '10.0.0.0/8'],
        filesystem: 'off',
        onUnavailable: 'degrade',
        timeout: '90',
        syscalls: './profile.json',
      },
      env: ['CI', 'X_*', 'A=1=2', 'EMPTY=', '__proto__=p'],
    });
    const values = layer?.values;
    expect(values?.network?.mode).toEqual({ value: 'allowlist', source: flag('--network') });
    expect(values?.network?.allow?.map(({ value, source }) => [value.text, source])).toEqual([
      ['a.example:443', flag('--allow')],
      ['10.0.0.0/8:443', flag('--allow')],
    ]);
    expect(values?.filesystem?.mode).toEqual({ value: 'off', source: flag('--filesystem') });
    expect(values?.onUnavailable).toEqual({ value: 'degrade', source: flag('--on-unavailable') });
    expect(values?.resources?.timeout).toEqual({ value: 90_000, source: flag('--timeout') });
    expect(values?.syscalls?.profile).toEqual({
      value: { path: './profile.json', content: null },
      source: flag('--syscalls'),
    });
    expect(values?.environment?.pass?.map(({ value }) => value)).toEqual(['CI', 'X_*']);
    expect([...(values?.environment?.set ?? [])]).toEqual([
      ['A', { value: '1=2', source: flag('--env') }],
      ['EMPTY', { value: '', source: flag('--env') }],
      ['__proto__', { value: 'p', source: flag('--env') }],
    ]);
  });

  it.each([
    [
      { network: 'x' },
      '--network network.mode | `x` is not a value of `network.mode` | one of deny, allowlist, audit, unrestricted',
    ],
    [
      { allow: ['a', '10.1.2.3/24'] },
      '--allow network.allow[1] | `10.1.2.3/24` has host bits set | `10.1.2.0/24`',
    ],
    [
      { allow: ['a', 'a:443'] },
      '--allow network.allow[1] | `a:443` says the same as `network.allow[0]` | each entry once',
    ],
    [
      { filesystem: '' },
      '--filesystem filesystem.mode | an empty text is not a value of `filesystem.mode` | one of scratch-only, scratch-plus-ro, overlay, workspace, off',
    ],
    [
      { onUnavailable: 'x' },
      '--on-unavailable on-unavailable | `x` is not a value of `on-unavailable` | one of fail, degrade',
    ],
    [
      { timeout: 'x' },
      '--timeout resources.timeout | `x` is not a duration that can be used | ' + DURATION,
    ],
    [{ env: ['A=1', 'A=2'] }, '--env environment.set.A | `A` is set twice | each variable once'],
    [{ env: ['=1'] }, `--env environment.set[""] | an empty text is not a variable name | ${NAME}`],
    [
      { env: ['GITHUB_TOKEN'] },
      '--env environment.pass[0] | `GITHUB_TOKEN` must not be passed: with it the step could act as the workflow | `environment.set` with a value for `GITHUB_TOKEN`, if the step is to have it',
    ],
    [
      { env: ['PS4=x'] },
      '--env environment.set.PS4 | `PS4` must not be set: it makes a shell run code before its script | another variable',
    ],
  ])('refuses %j', (flags, expected) => {
    const { layer, problems } = policyFromFlags(flags);
    expect(layer).toBeNull();
    expect(
      problems.map(
        (problem) =>
          `${problem.place.origin} ${problem.path} | ${problem.message} | ${problem.expected}`,
      ),
    ).toEqual([expected]);
    expect(problems[0]?.place).not.toHaveProperty('line');
  });
});
