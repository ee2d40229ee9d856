import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/policy/defaults.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import { STRICTEST_FLOOR } from '../../src/policy/strictest-floor.ts';
import { layer, policy } from '../fixtures/policy.ts';

/** What the floor told, as `path: text`. */
function cuts(asked: object, floor: object): string[] {
  return boundPolicy(policy(asked), layer(floor)).cuts.map(({ path, text }) => `${path}: ${text}`);
}

/** What is left of one section, without sources. */
function left(asked: object, floor: object, section: 'network' | 'filesystem' | 'runner') {
  const bounded = boundPolicy(policy(asked), layer(floor)).policy[section];
  return Object.fromEntries(
    Object.entries(bounded).map(([key, value]) => [key, plain(value as Told | readonly Told[])]),
  );
}

interface Told {
  readonly value: unknown;
}

function plain(value: Told | readonly Told[]): unknown {
  if ('value' in value) return textOf(value);
  return value.map(textOf);
}

function textOf({ value }: Told): unknown {
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : value;
}

describe('boundPolicy', () => {
  it('leaves a policy alone under a floor that writes nothing', () => {
    const asked = policy({ network: { mode: 'unrestricted' }, filesystem: { mode: 'off' } });
    expect(boundPolicy(asked, layer({}))).toEqual({ policy: asked, cuts: [] });
  });

  it.each<[string, object, object, string[]]>([
    [
      'on-unavailable',
      { 'on-unavailable': 'degrade' },
      { 'on-unavailable': 'fail' },
      ['on-unavailable: degrade becomes fail'],
    ],
    ['no loosening', {}, { 'on-unavailable': 'degrade', network: { mode: 'unrestricted' } }, []],
    [
      'a stricter mode',
      { network: { mode: 'unrestricted' } },
      { network: { mode: 'audit' } },
      ['network.mode: unrestricted becomes audit'],
    ],
    [
      'deny',
      { network: { mode: 'allowlist', allow: ['api.example.com'] } },
      { network: { mode: 'deny', allow: ['api.example.com'] } },
      ['network.mode: allowlist becomes deny'],
    ],
    [
      'an entry that is not within the floor',
      { network: { mode: 'allowlist', allow: ['api.example.com', '203.0.113.7'] } },
      { network: { allow: ['203.0.113.0/24'] } },
      ['network.allow: api.example.com:443 is not within the floor'],
    ],
    [
      'an entry of which a part is left',
      { network: { mode: 'allowlist', allow: ['203.0.113.0/24:1-65535'] } },
      { network: { allow: ['203.0.113.7:80', '203.0.113.8:80', '203.0.113.9', '203.0.113.10'] } },
      [
        'network.allow: 203.0.113.0/24:1-65535 is narrowed to 203.0.113.7:80, 203.0.113.8:80, 203.0.113.9:443 and 1 more',
      ],
    ],
    [
      'metadata and attempts',
      {
        network: {
          'block-metadata': false,
          'on-blocked': 'ignore',
          'expect-blocked': ['203.0.113.7'],
        },
      },
      { network: { 'block-metadata': true, 'on-blocked': 'fail' } },
      [
        'network.block-metadata: false becomes true',
        'network.on-blocked: ignore becomes fail',
        'network.expect-blocked: 203.0.113.7:443 is not within the floor',
      ],
    ],
    [
      'options of a name',
      {
        network: {
          mode: 'allowlist',
          allow: [
            { host: 'a.example.com', tls: 'off', private: true },
            { host: '*.example.com', port: '22,443', tls: 'off' },
            { host: 'b.example.com', port: 22, tls: 'off' },
          ],
        },
      },
      {
        network: { allow: ['*.example.com', { host: 'b.example.com', port: 22, tls: 'off' }] },
      },
      [
        'network.allow: a.example.com:443 tls=off private is narrowed to a.example.com:443',
        'network.allow: *.example.com:22,443 tls=off is narrowed to *.example.com:443, b.example.com:22 tls=off',
      ],
    ],
    [
      'a resolver',
      { network: { resolver: '192.0.2.53' } },
      { network: { resolver: '192.0.2.54:5353' } },
      ['network.resolver: 192.0.2.53 becomes 192.0.2.54:5353'],
    ],
    [
      "a resolver in the system's place",
      {},
      { network: { resolver: '192.0.2.53' } },
      ["network.resolver: the system's becomes 192.0.2.53"],
    ],
    [
      'the way out',
      { network: { backend: 'macvlan', interface: 'eth1', address: '192.0.2.9' } },
      { network: { backend: 'auto', interface: 'eth2', address: '192.0.2.9' } },
      ['network.backend: macvlan becomes auto', 'network.interface: eth1 becomes eth2'],
    ],
    [
      'no change of a resolver that the floor leaves open, or that is the same',
      { network: { resolver: '192.0.2.53:53' } },
      { network: { resolver: '192.0.2.53' } },
      [],
    ],
    [
      'a floor that only warns, which lets expected attempts be',
      { network: { 'on-blocked': 'ignore', 'expect-blocked': ['203.0.113.7'] } },
      { network: { 'on-blocked': 'warn' } },
      ['network.on-blocked: ignore becomes warn'],
    ],
    [
      'paths',
      {
        filesystem: {
          read: ['/opt/data/../x', '~/.m2'],
          write: ['dist/a', 'dist'],
          hide: ['.env'],
        },
      },
      { filesystem: { read: ['/opt/data', '~'], write: ['dist/a'], hide: ['.env', 'secrets'] } },
      [
        'filesystem.read: /opt/data/../x is not within the floor',
        'filesystem.write: dist is not within the floor',
        'filesystem.hide: secrets is hidden',
      ],
    ],
    [
      'limits',
      { resources: { timeout: 'none', memory: '1GiB', 'file-size': 'none', processes: 10 } },
      { resources: { timeout: '15m', memory: '4GiB', 'file-size': 'none', processes: 5 } },
      ['resources.timeout: none becomes 15m', 'resources.processes: 10 becomes 5'],
    ],
    [
      'every limit by default',
      {},
      {
        resources: {
          ...{ timeout: 1, 'cpu-time': 1, memory: 1, processes: 1 },
          ...{ 'open-files': 1, 'file-size': 1, output: 1 },
        },
      },
      [
        'resources.timeout: 1h becomes 1s',
        'resources.cpu-time: 2h becomes 1s',
        'resources.memory: 8 GiB becomes 1 B',
        'resources.processes: 4096 becomes 1',
        'resources.open-files: 65536 becomes 1',
        'resources.file-size: 8 GiB becomes 1 B',
        'resources.output: 256 MiB becomes 1 B',
      ],
    ],
    [
      'privilege',
      { privilege: { mode: 'inherit', gid: 2000 } },
      { privilege: { mode: 'drop', uid: 3000, gid: 3000 } },
      [
        'privilege.mode: inherit becomes drop',
        'privilege.uid: a chosen one becomes 3000',
        'privilege.gid: 2000 becomes 3000',
      ],
    ],
    [
      'variables, but never their values',
      { environment: { pass: ['CARGO_HOME', 'TOKEN', '*'], set: { A: '1', B: '2', C: '3' } } },
      { environment: { pass: ['CARGO_*'], set: { A: '1', B: 'secret' } } },
      [
        'environment.pass: TOKEN is not within the floor',
        'environment.pass: * is not within the floor',
        "environment.set: B has the floor's value",
      ],
    ],
    [
      'the runner',
      {
        runner: {
          ...{ outputs: ['a', 'b'], env: ['A'], path: ['tools', '/opt/x'] },
          ...{ summary: true, annotations: true },
        },
      },
      {
        runner: {
          ...{ outputs: ['b', 'c'], env: [], path: ['tools/bin', '/opt'] },
          ...{ summary: false, annotations: false },
        },
      },
      [
        'runner.outputs: a is not within the floor',
        'runner.env: A is not within the floor',
        'runner.path: tools is narrowed to tools/bin',
        'runner.summary: true becomes false',
        'runner.annotations: true becomes false',
      ],
    ],
    [
      'text made to act on a terminal',
      { filesystem: { read: ['a\u001B[2Jb'] } },
      { filesystem: { read: [] } },
      ['filesystem.read: a\\u{1b}[2Jb is not within the floor'],
    ],
  ])('tells of %s', (_name, asked, floor, expected) => {
    expect(cuts(asked, floor)).toEqual(expected);
  });

  it.each<[string, object, object, object]>([
    [
      'a list alone is an allowlist',
      { mode: 'audit' },
      { allow: ['203.0.113.7'] },
      { mode: 'allowlist', allow: ['203.0.113.7:443'] },
    ],
    [
      'an allowlist alone is an empty list',
      { mode: 'allowlist', allow: ['203.0.113.7'] },
      { mode: 'allowlist' },
      { mode: 'allowlist', allow: [] },
    ],
    [
      'an open policy gets the list of the floor, names and all',
      { mode: 'unrestricted' },
      { mode: 'allowlist', allow: ['203.0.113.0/24', 'api.example.com'] },
      { mode: 'allowlist', allow: ['203.0.113.0/24:443', 'api.example.com:443'] },
    ],
    [
      'an open floor leaves the list of the policy',
      { mode: 'allowlist', allow: ['203.0.113.0/24', 'api.example.com'] },
      { mode: 'audit' },
      { mode: 'allowlist', allow: ['203.0.113.0/24:443', 'api.example.com:443'] },
    ],
    [
      'under deny nothing is allowed',
      { mode: 'audit', allow: ['203.0.113.7'] },
      { mode: 'deny' },
      { mode: 'deny', allow: [] },
    ],
    [
      'a policy that denies stays as it is',
      { mode: 'deny', allow: ['203.0.113.7'] },
      { allow: [] },
      { mode: 'deny', allow: ['203.0.113.7:443'] },
    ],
    [
      'metadata alone does not bind the mode',
      { mode: 'audit' },
      { 'block-metadata': true },
      { mode: 'audit', allow: [] },
    ],
  ])('of the network: %s', (_name, asked, floor, expected) => {
    expect(left({ network: asked }, { network: floor }, 'network')).toMatchObject(expected);
  });

  it.each(['read', 'write', 'hide'])('rules out a bare machine where a floor lists %s', (key) => {
    const [asked, floor] = [{ filesystem: { mode: 'off' } }, { filesystem: { [key]: [] } }];
    expect(left(asked, floor, 'filesystem')).toMatchObject({ mode: 'workspace' });
    expect(cuts(asked, floor)).toEqual(['filesystem.mode: off becomes workspace']);
    const open = { filesystem: { mode: 'off', [key]: [] } };
    expect(left(asked, open, 'filesystem')).toMatchObject({ mode: 'off' });
  });

  it('gives PATH what lies in the lists of both, each once', () => {
    const asked = { runner: { path: ['tools', 'tools/a', '/opt', 'x'] } };
    const floor = { runner: { path: ['tools/a', './tools/b', '/', 'y'] } };
    expect(left(asked, floor, 'runner')['path']).toEqual(['tools/a', './tools/b', '/opt']);
  });

  it("gives the step the floor's variables, by name, and leaves it its own", () => {
    const asked = policy({ environment: { set: { A: 'mine', B: 'mine' } } });
    const { set } = boundPolicy(asked, layer({ environment: { set: { B: 'floor', C: 'floor' } } }))
      .policy.environment;
    expect([...set].map(([name, { value }]) => [name, value])).toEqual([
      ['A', 'mine'],
      ['B', 'floor'],
      ['C', 'floor'],
    ]);
  });

  it('says of each value whose it is', () => {
    const asked = policy({ network: { mode: 'audit' }, resources: { memory: '1GiB' } });
    const floor = {
      ...layer({ network: { allow: [] }, resources: { memory: 1 } }),
      name: 'org.yml',
    };
    const { network, resources } = boundPolicy(asked, floor).policy;
    expect(network.mode.source).toEqual({ kind: 'file', name: 'org.yml' });
    expect(resources.memory).toBe(floor.values.resources?.memory);
    expect(resources.timeout).toBe(asked.resources.timeout);
  });
});

describe('STRICTEST_FLOOR', () => {
  it('binds every key but the ids', () => {
    const keys = (values: object): string[] =>
      Object.entries(values).flatMap(([section, inner]) =>
        section === 'onUnavailable'
          ? [section]
          : Object.keys(inner as object).map((key) => `${section}.${key}`),
      );
    const unbound = ['privilege.uid', 'privilege.gid', 'syscalls.further'];
    expect([...keys(STRICTEST_FLOOR.values), ...unbound].sort()).toEqual(
      keys(DEFAULT_POLICY).sort(),
    );
  });

  it('leaves little of a policy that asks for everything', () => {
    const { policy: bounded } = boundPolicy(
      policy({
        'on-unavailable': 'degrade',
        network: {
          ...{ mode: 'unrestricted', allow: ['203.0.113.7'], 'block-metadata': false },
          ...{ 'on-blocked': 'ignore', 'expect-blocked': ['203.0.113.7'] },
          resolver: '192.0.2.53',
        },
        filesystem: { mode: 'off', read: ['/'], write: ['/'] },
        resources: { timeout: 'none', memory: 'none', processes: 'none', output: 'none' },
        privilege: { mode: 'inherit' },
        syscalls: { profile: 'off', allow: ['ptrace'] },
        environment: { pass: ['*'] },
        runner: { outputs: ['a'], env: ['A'], path: ['.'], annotations: true },
      }),
      STRICTEST_FLOOR,
    );
    const { onUnavailable, network, filesystem, resources, privilege, syscalls } = bounded;
    const { environment, runner } = bounded;
    expect(onUnavailable.value).toBe('fail');
    expect(network).toMatchObject({
      ...{ mode: { value: 'deny' }, allow: [], blockMetadata: { value: true } },
      ...{ onBlocked: { value: 'fail' }, expectBlocked: [], resolver: { value: null } },
    });
    expect(filesystem).toMatchObject({ mode: { value: 'scratch-only' }, read: [], write: [] });
    for (const { value } of Object.values(resources)) expect(value).toBeGreaterThan(0);
    expect(privilege.mode.value).toBe('drop');
    expect(syscalls).toMatchObject({ profile: { value: 'strict' }, allow: [], further: [] });
    expect(environment.pass).toEqual([]);
    expect(runner).toMatchObject({
      ...{ outputs: [], env: [], path: [] },
      ...{ summary: { value: false }, annotations: { value: false } },
    });
  });
});
