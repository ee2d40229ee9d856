import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/policy/defaults.ts';
import { mergePolicies, overridePolicy } from '../../src/policy/merge.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { policyFromFlags } from '../../src/policy/from-flags.ts';
import type { PolicyLayer, Sourced } from '../../src/policy/types.ts';

function layer(text: string, name = 'policy.yml'): PolicyLayer {
  const parsed = parsePolicy(text, { name, sha256: null });
  if (!parsed.layer) throw new Error(JSON.stringify(parsed.problems));
  return parsed.layer;
}

const textsOf = (entries: readonly Sourced<{ text: string }>[]) =>
  entries.map(({ value }) => value.text);
const valuesOf = (items: readonly Sourced<string>[]) => items.map(({ value }) => value);

describe('mergePolicies', () => {
  it('gives the defaults without layers', () => {
    const policy = mergePolicies([]);
    expect(policy).toEqual(DEFAULT_POLICY);
    expect(policy.onUnavailable).toEqual({ value: 'fail', source: { kind: 'default', name: '' } });
    expect(policy.network.mode.value).toBe('deny');
    expect(policy.network.blockMetadata.value).toBe(true);
    expect(policy.network.onBlocked.value).toBe('fail');
    expect(policy.filesystem.mode.value).toBe('overlay');
    expect(Object.entries(policy.resources).map(([name, { value }]) => [name, value])).toEqual([
      ['timeout', 3_600_000],
      ['cpuTime', 7_200_000],
      ['memory', 8_589_934_592],
      ['processes', 4096],
      ['openFiles', 65_536],
      ['fileSize', 8_589_934_592],
      ['output', 268_435_456],
    ]);
    expect(policy.privilege.mode.value).toBe('drop');
    expect(policy.privilege.uid.value).toBeNull();
    expect(policy.environment).toEqual({ pass: [], set: new Map() });
  });

  it('lets the last layer decide single values, and remembers which it was', () => {
    const policy = mergePolicies([
      layer(
        'version: 1\nnetwork: {mode: audit}\nresources: {timeout: 5m, memory: 1GiB}\n',
        'a.yml',
      ),
      layer('version: 1\nresources: {timeout: none}\n', 'b.yml'),
    ]);
    expect(policy.network.mode).toEqual({
      value: 'audit',
      source: { kind: 'file', name: 'a.yml', line: 2, column: 17 },
    });
    expect(policy.resources.timeout).toEqual({
      value: null,
      source: { kind: 'file', name: 'b.yml', line: 2, column: 22 },
    });
    expect(policy.resources.memory.value).toBe(2 ** 30);
    expect(policy.resources.processes.source.kind).toBe('default');
  });

  it('joins lists in order, by canonical text, the first source staying', () => {
    const policy = mergePolicies([
      layer(
        'version: 1\nnetwork: {allow: [b.example, 203.0.113.7]}\nfilesystem: {hide: [/x]}\n',
        'a.yml',
      ),
      layer(
        'version: 1\nnetwork: {allow: ["203.0.113.7:443", a.example]}\nfilesystem: {hide: [/y, /x]}\n',
        'b.yml',
      ),
    ]);
    expect(textsOf(policy.network.allow)).toEqual([
      'b.example:443',
      '203.0.113.7:443',
      'a.example:443',
    ]);
    expect(policy.network.allow.map(({ source }) => source.name)).toEqual([
      'a.yml',
      'a.yml',
      'b.yml',
    ]);
    expect(valuesOf(policy.filesystem.hide)).toEqual(['/x', '/y']);
  });

  it('sets variables name by name, and passes those of `--env NAME`', () => {
    const flags = policyFromFlags({ env: ['A=2', 'C=3', 'HELLO'] });
    const policy = mergePolicies([
      layer('version: 1\nenvironment: {pass: [X_*], set: {A: 1, B: 1}}\n'),
      flags.layer as PolicyLayer,
    ]);
    expect(
      [...policy.environment.set].map(([name, { value, source }]) => [name, value, source.name]),
    ).toEqual([
      ['A', '2', '--env'],
      ['B', '1', 'policy.yml'],
      ['C', '3', '--env'],
    ]);
    expect(valuesOf(policy.environment.pass)).toEqual(['X_*', 'HELLO']);
  });
});

describe('overridePolicy', () => {
  const base = mergePolicies([
    layer(
      `version: 1
network: {mode: allowlist, allow: [a.example, b.example], expect-blocked: [203.0.113.7]}
filesystem: {read: [/a], write: [b], hide: [c]}
resources: {timeout: 5m}
syscalls: {allow: [ptrace], block: [mkdir]}
environment: {pass: [A, B], set: {X: 1, Y: 1}}
runner: {outputs: [a], env: [A], path: [bin]}
`,
      'base.yml',
    ),
  ]);

  it('changes nothing where nothing is said', () => {
    expect(overridePolicy(base, {})).toEqual(base);
    expect(overridePolicy(base, layer('version: 1\nnetwork: {}\nrunner: {}').values)).toEqual(base);
  });

  it('puts lists in the place of lists, and leaves those that are not named', () => {
    const { values } = layer(
      `version: 1
network: {allow: [c.example]}
filesystem: {read: [], hide: [d, c]}
syscalls: {profile: strict, block: [rename]}
environment: {pass: [C]}
runner: {outputs: [], path: [tools]}
`,
    );
    const { network, filesystem, syscalls, environment, runner } = overridePolicy(base, values);
    expect(textsOf(network.allow)).toEqual(['c.example:443']);
    expect(textsOf(network.expectBlocked)).toEqual(['203.0.113.7:443']);
    expect(valuesOf(filesystem.read)).toEqual([]);
    expect(valuesOf(filesystem.write)).toEqual(['b']);
    expect(valuesOf(filesystem.hide)).toEqual(['d', 'c']);
    expect(syscalls.profile.value).toBe('strict');
    expect(valuesOf(syscalls.allow)).toEqual(['ptrace']);
    expect(valuesOf(syscalls.block)).toEqual(['rename']);
    expect(valuesOf(environment.pass)).toEqual(['C']);
    expect(valuesOf(runner.outputs)).toEqual([]);
    expect(valuesOf(runner.env)).toEqual(['A']);
    expect(valuesOf(runner.path)).toEqual(['tools']);
  });

  it('merges single values and variables as a further layer does', () => {
    const { values } = layer(
      'version: 1\nnetwork: {mode: deny}\nenvironment: {set: {Y: 2, Z: 2}}\n',
      'step.yml',
    );
    const policy = overridePolicy(base, values);
    expect(policy.network.mode).toMatchObject({ value: 'deny', source: { name: 'step.yml' } });
    expect(policy.resources).toEqual(base.resources);
    expect([...policy.environment.set].map(([name, { value }]) => [name, value])).toEqual([
      ['X', '1'],
      ['Y', '2'],
      ['Z', '2'],
    ]);
  });
});

const generated = fc
  .record(
    {
      mode: fc.constantFrom('deny', 'allowlist', 'audit'),
      allow: fc.uniqueArray(
        fc.constantFrom('a.example:443', '203.0.113.7:443', '10.0.0.0/8:1-2', '[::1]:443'),
        { maxLength: 4 },
      ),
      pass: fc.uniqueArray(fc.constantFrom('A', 'B', 'C_*'), { maxLength: 3 }),
      read: fc.uniqueArray(fc.constantFrom('/a', '~/b', 'c'), { maxLength: 3 }),
      set: fc.dictionary(fc.constantFrom('X', 'Y', 'Z'), fc.constantFrom('1', '2')),
      timeout: fc.constantFrom('1s', '2s', 'none'),
    },
    { requiredKeys: ['allow', 'pass', 'read', 'set'] },
  )
  .map(({ mode, allow, pass, read, set, timeout }) =>
    // JSON is YAML.
    layer(
      JSON.stringify({
        version: 1,
        network: { mode, allow },
        filesystem: { read },
        resources: { timeout },
        environment: { pass, set },
      }),
    ),
  );
const layers = fc.array(generated, { maxLength: 5 });

describe('mergePolicies on any layers', () => {
  it('takes each single value from the last layer that has it', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const policy = mergePolicies(all);
        const last = all.findLast(({ values }) => values.network?.mode)?.values.network?.mode;
        const limit = all.findLast(({ values }) => values.resources?.timeout)?.values.resources
          ?.timeout;
        expect(policy.network.mode).toEqual(last ?? DEFAULT_POLICY.network.mode);
        expect(policy.resources.timeout).toEqual(limit ?? DEFAULT_POLICY.resources.timeout);
        const set = Object.fromEntries(
          all.flatMap(({ values }) => [...(values.environment?.set ?? [])]),
        );
        expect(Object.fromEntries(policy.environment.set)).toEqual(set);
      }),
    );
  });

  it('has in each list what any layer has, once, in the order of first mention', () => {
    fc.assert(
      fc.property(layers, (all) => {
        const policy = mergePolicies(all);
        const unique = (texts: string[]) => [...new Set(texts)];
        expect(textsOf(policy.network.allow)).toEqual(
          unique(all.flatMap(({ values }) => textsOf(values.network?.allow ?? []))),
        );
        expect(valuesOf(policy.environment.pass)).toEqual(
          unique(all.flatMap(({ values }) => valuesOf(values.environment?.pass ?? []))),
        );
        expect(valuesOf(policy.filesystem.read)).toEqual(
          unique(all.flatMap(({ values }) => valuesOf(values.filesystem?.read ?? []))),
        );
      }),
    );
  });

  it('changes nothing when the same layers come once more', () => {
    fc.assert(
      fc.property(layers, (all) => {
        expect(mergePolicies([...all, ...all])).toEqual(mergePolicies(all));
      }),
    );
  });

  it('leaves the defaults as they are', () => {
    const before = structuredClone(DEFAULT_POLICY);
    fc.assert(
      fc.property(layers, (all) => {
        mergePolicies(all);
        expect(DEFAULT_POLICY).toEqual(before);
      }),
    );
  });
});
