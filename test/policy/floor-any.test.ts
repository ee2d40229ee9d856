import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../src/policy/entries.ts';
import { boundPolicy } from '../../src/policy/floor.ts';
import { overridePolicy } from '../../src/policy/merge.ts';
import { liesWithin } from '../../src/policy/path-containment.ts';
import type { EgressEntry, Policy, PolicyLayer, Sourced } from '../../src/policy/types.ts';
import { entry, layer, policy } from '../fixtures/policy.ts';

const some = <T>(...values: T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 4 });
const limit = fc.constantFrom('none', 1, 5, 9);
const path = some(
  'a',
  'a/b',
  'a/b/../..',
  '.',
  '..',
  '../a',
  '/a',
  '/a/b',
  '/',
  '~',
  '~/a',
  'b/./c',
);
const egress = some<string | object>(
  ...['203.0.113.0/24', '203.0.113.7', '203.0.113.7:80', '203.0.113.0/24:1-100', '0.0.0.0/0'],
  ...['203.0.113.7:53/udp', '203.0.113.0/24/icmp', '[2001:db8::/32]:443', '2001:db8::1'],
  ...[
    'example.com',
    '*.example.com',
    'a.example.com',
    '*.a.example.com:80,443',
    'a.example.com:80',
  ],
  ...[
    { host: 'a.example.com', tls: 'off' },
    { host: 'a.example.com', port: '80,443', private: true },
    { host: '*.example.com', tls: 'off', private: true },
    { host: '*.example.com', port: '53,99', tls: 'off' },
    { host: 'example.com', private: true },
  ],
);

const section = fc.record(
  {
    profile: fc.constantFrom('strict', 'default', 'off', './a.json', './b.json'),
    ...{ allow: some('ptrace', 'bpf', 'mount'), block: some('ptrace', 'mkdir') },
  },
  { requiredKeys: [] },
);
const syscallsOnly = section.map((syscalls) => ({ syscalls }));

/** Keys in any choice, all of whose values meet often. */
const document = fc
  .record(
    {
      'on-unavailable': fc.constantFrom('fail', 'degrade'),
      network: fc.record(
        {
          mode: fc.constantFrom('deny', 'allowlist', 'allowlist', 'audit', 'unrestricted'),
          allow: egress,
          'block-metadata': fc.boolean(),
          resolver: fc.constantFrom('192.0.2.53', '192.0.2.53:5353'),
          'on-blocked': fc.constantFrom('fail', 'warn', 'ignore'),
          'expect-blocked': egress,
        },
        { requiredKeys: [] },
      ),
      filesystem: fc.record(
        {
          mode: fc.constantFrom('scratch-only', 'scratch-plus-ro', 'overlay', 'workspace', 'off'),
          ...{ read: path, write: path, hide: path },
        },
        { requiredKeys: [] },
      ),
      resources: fc.record(
        {
          ...{ timeout: limit, 'cpu-time': limit, memory: limit, processes: limit },
          ...{ 'open-files': limit, 'file-size': limit, output: limit },
        },
        { requiredKeys: [] },
      ),
      privilege: fc.record({ mode: fc.constantFrom('drop', 'inherit') }, { requiredKeys: [] }),
      syscalls: section,
      environment: fc.record(
        { pass: some('A', 'AB', 'A*', 'A?', '*', 'B', '?B', 'B*') },
        { requiredKeys: [] },
      ),
      runner: fc.record(
        {
          outputs: some('a', 'b', 'c'),
          env: some('A', 'B', 'C'),
          path: some('a', 'a/b', '.', '/a', '/a/b', './a/b/c', '/'),
          summary: fc.boolean(),
          annotations: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((one) => one as Record<string, Record<string, unknown>>);

/** The floor as a policy that allows everything which the floor does not bind. */
function alone(floor: PolicyLayer): Policy {
  const { network, filesystem, syscalls } = floor.values;
  const listed = filesystem?.read ?? filesystem?.write ?? filesystem?.hide;
  const everything = policy({
    'on-unavailable': 'degrade',
    network: {
      mode: network?.allow ? 'allowlist' : 'unrestricted',
      ...{ 'block-metadata': false, 'on-blocked': 'ignore' },
      'expect-blocked': network?.onBlocked?.value === 'fail' ? [] : ['0.0.0.0/0:1-65535'],
    },
    filesystem: { mode: listed ? 'workspace' : 'off' },
    resources: {
      ...{ timeout: 'none', 'cpu-time': 'none', memory: 'none', processes: 'none' },
      ...{ 'open-files': 'none', 'file-size': 'none', output: 'none' },
    },
    privilege: { mode: 'inherit' },
    syscalls: { profile: syscalls?.allow ? 'default' : 'off' },
    runner: { summary: true, annotations: true },
  });
  return overridePolicy(everything, floor.values);
}

const addresses = ['tcp', 'udp'].flatMap((protocol) =>
  ['203.0.113.7', '203.0.113.8', '198.51.100.1', '[2001:db8::1]', '[2001:db9::1]'].flatMap(
    (place) => [53, 80, 99, 443].map((port) => `${place}:${port}/${protocol}`),
  ),
);
/** Each name at a public and a private address, with and without TLS. */
const names = ['example.com', 'a.example.com', 'b.example.com', 'c.a.example.com', 'example.org']
  .flatMap((host) => [53, 80, 99, 443].map((port) => ({ host, port })))
  .flatMap((to) => ['on', 'off'].map((tls) => ({ ...to, tls })))
  .flatMap((to) => [true, false].map((inside) => ({ ...to, private: inside })));
const targets = [...addresses, ...names].map(entry);
const pings = ['203.0.113.7/icmp', '198.51.100.1/icmp'].map(entry);

/** Which of the targets may be reached; the host's own addresses have a test with the rules. */
function reached({ mode, allow }: Policy['network']): string[] {
  const within = (target: EgressEntry): boolean =>
    mode.value !== 'allowlist' || allow.some(({ value }) => covers(value, target));
  return mode.value === 'deny' ? [] : [...targets, ...pings].filter(within).map(({ text }) => text);
}

const values = <T>(all: readonly Sourced<T>[]): T[] => all.map(({ value }) => value);
const inAny = (all: readonly Sourced<string>[], one: string): boolean =>
  all.some(({ value }) => liesWithin(one, value));
const passes = ({ pass }: Policy['environment'], name: string): boolean =>
  pass.some(({ value }) =>
    new RegExp(`^${value.replaceAll('*', '\\w*').replaceAll('?', '\\w')}$`).test(name),
  );

const CALLS = ['read', 'mkdir', 'ptrace', 'bpf', 'mount', 'keyctl'];
/** What stands for each profile here. The files are neither within each other nor within another. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  ...{ strict: ['read'], default: ['read', 'mkdir'], off: CALLS },
  ...{ './a.json': ['read', 'ptrace', 'keyctl'], './b.json': ['mkdir', 'ptrace'] },
};

/** Which calls a step may make. */
function calls({ profile, allow, block, further }: Policy['syscalls']): string[] {
  const filters = [{ profile, allow }, ...further].map((one) => {
    const { value } = one.profile;
    return [
      ...(PROFILES[typeof value === 'string' ? value : value.path] ?? []),
      ...values(one.allow),
    ];
  });
  const refused = values(block);
  return CALLS.filter(
    (call) => !refused.includes(call) && filters.every((filter) => filter.includes(call)),
  );
}

const NAMES = ['A', 'AB', 'ABC', 'B', 'BB', 'C', 'XB', ''];
const PATHS = [
  '.',
  'a',
  'a/b',
  'a/c',
  'b',
  '..',
  '../a',
  '/',
  '/a',
  '/a/b',
  '/b',
  '~',
  '~/a',
  '~/b',
];
const ORDERS: Readonly<Record<string, readonly unknown[]>> = {
  mode: ['deny', 'allowlist', 'audit', 'unrestricted'],
  onBlocked: ['fail', 'warn', 'ignore'],
  filesystem: ['scratch-only', 'scratch-plus-ro', 'overlay', 'workspace', 'off'],
  privilege: ['drop', 'inherit'],
  onUnavailable: ['fail', 'degrade'],
  blockMetadata: [true, false],
  shown: [false, true],
};

/** Everything that only grows where a policy allows more: ranks and limits as numbers. */
function ranks(one: Policy): number[] {
  const rank = (order: string, { value }: Sourced<unknown>): number =>
    ORDERS[order]?.indexOf(value) ?? Number.NaN;
  return [
    rank('mode', one.network.mode),
    rank('onBlocked', one.network.onBlocked),
    rank('blockMetadata', one.network.blockMetadata),
    rank('filesystem', one.filesystem.mode),
    rank('privilege', one.privilege.mode),
    rank('onUnavailable', one.onUnavailable),
    rank('shown', one.runner.summary),
    rank('shown', one.runner.annotations),
    ...Object.values(one.resources).map(({ value }) => value ?? Infinity),
  ];
}

describe('any policy under any floor', () => {
  it('reaches just what both allow', () => {
    fc.assert(
      fc.property(document, document, (asked, bound) => {
        const [plain, floor] = [policy(asked), layer(bound)];
        const other = reached(alone(floor).network);
        expect(reached(boundPolicy(plain, floor).policy.network)).toEqual(
          reached(plain.network).filter((text) => other.includes(text)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('has of each mode and limit the stricter one', () => {
    fc.assert(
      fc.property(document, document, (asked, bound) => {
        const [plain, floor] = [policy(asked), layer(bound)];
        const other = ranks(alone(floor));
        expect(ranks(boundPolicy(plain, floor).policy)).toEqual(
          ranks(plain).map((rank, index) => Math.min(rank, other[index] ?? Number.NaN)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('makes no system call that one of both does not allow', () => {
    fc.assert(
      fc.property(syscallsOnly, syscallsOnly, (asked, bound) => {
        const [plain, floor] = [policy(asked), layer(bound)];
        const [own, other] = [calls(plain.syscalls), calls(alone(floor).syscalls)];
        const { syscalls } = boundPolicy(plain, floor).policy;
        expect(calls(syscalls).filter((call) => !own.includes(call))).toEqual([]);
        expect(calls(syscalls).filter((call) => !other.includes(call))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('makes no system call that one of two floors does not allow, in either order', () => {
    fc.assert(
      fc.property(syscallsOnly, syscallsOnly, syscallsOnly, (asked, one, other) => {
        const floors = [layer(one), layer(other)];
        for (const order of [floors, floors.toReversed()]) {
          const bounded = order.reduce(
            (before, floor) => boundPolicy(before, floor).policy,
            policy(asked),
          );
          for (const floor of floors) {
            const allowed = calls(alone(floor).syscalls);
            expect(calls(bounded.syscalls).filter((call) => !allowed.includes(call))).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has of lists nothing that one of both does not have', () => {
    fc.assert(
      fc.property(document, document, (asked, bound) => {
        const [plain, floor] = [policy(asked), layer(bound)];
        const { filesystem, runner, environment, network } = boundPolicy(plain, floor).policy;
        const { values: said } = floor;
        const both = (
          all: readonly Sourced<string>[],
          mine: readonly Sourced<string>[],
          other: readonly Sourced<string>[] | undefined,
        ): boolean =>
          PATHS.every((one) => !inAny(all, one) || (inAny(mine, one) && inAny(other ?? mine, one)));
        expect(both(filesystem.read, plain.filesystem.read, said.filesystem?.read)).toBe(true);
        expect(both(filesystem.write, plain.filesystem.write, said.filesystem?.write)).toBe(true);
        expect(values(filesystem.hide)).toEqual([
          ...new Set([...values(plain.filesystem.hide), ...values(said.filesystem?.hide ?? [])]),
        ]);
        // Of directories of PATH exactly what lies in both.
        const directories = said.runner?.path ?? plain.runner.path;
        for (const one of PATHS.filter((text) => !text.startsWith('~')))
          expect([one, inAny(runner.path, one)]).toEqual([
            one,
            inAny(plain.runner.path, one) && inAny(directories, one),
          ]);
        for (const key of ['outputs', 'env'] as const) {
          const allowed = values(said.runner?.[key] ?? plain.runner[key]);
          expect(values(runner[key])).toEqual(
            values(plain.runner[key]).filter((name) => allowed.includes(name)),
          );
        }
        const variables = {
          pass: said.environment?.pass ?? plain.environment.pass,
          set: new Map(),
        };
        expect(
          NAMES.filter(
            (name) =>
              passes(environment, name) &&
              !(passes(plain.environment, name) && passes(variables, name)),
          ),
        ).toEqual([]);
        expect(network.resolver.value).toBe(
          (said.network ?? {}).resolver?.value ?? plain.network.resolver.value,
        );
        const expected = said.network?.expectBlocked ?? plain.network.expectBlocked;
        for (const { value } of network.expectBlocked) {
          expect(plain.network.expectBlocked.some((one) => covers(one.value, value))).toBe(true);
          expect(expected.some((one) => covers(one.value, value))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is not changed by the same floor once more, and nothing is told', () => {
    fc.assert(
      fc.property(document, document, (asked, bound) => {
        const floor = layer(bound);
        const { policy: once } = boundPolicy(policy(asked), floor);
        expect(boundPolicy(once, floor)).toEqual({ policy: once, cuts: [] });
      }),
      { numRuns: 150 },
    );
  });

  it('is told of no cut exactly where nothing was taken', () => {
    fc.assert(
      fc.property(document, document, (asked, bound) => {
        const plain = policy(asked);
        const { policy: bounded, cuts } = boundPolicy(plain, layer(bound));
        // That a part names no more than the whole did is not told.
        const open = (one: Policy): string =>
          JSON.stringify(one, (key, value: unknown) => (key === 'cutFrom' ? undefined : value));
        expect(cuts.length === 0).toBe(open(bounded) === open(plain));
      }),
      { numRuns: 150 },
    );
  });

  it('allows the same under two floors in either order', () => {
    fc.assert(
      fc.property(document, document, document, (asked, one, other) => {
        const [a, b] = [layer(one), layer(other)];
        const under = (first: PolicyLayer, second: PolicyLayer): Policy =>
          boundPolicy(boundPolicy(policy(asked), first).policy, second).policy;
        const [ab, ba] = [under(a, b), under(b, a)];
        expect(reached(ab.network)).toEqual(reached(ba.network));
        expect(ranks(ab)).toEqual(ranks(ba));
        for (const list of ['read', 'write', 'hide'] as const)
          expect(values(ab.filesystem[list]).sort()).toEqual(values(ba.filesystem[list]).sort());
        expect(values(ab.environment.pass)).toEqual(values(ba.environment.pass));
        expect(PATHS.filter((text) => inAny(ab.runner.path, text))).toEqual(
          PATHS.filter((text) => inAny(ba.runner.path, text)),
        );
        for (const list of ['outputs', 'env'] as const)
          expect(values(ab.runner[list])).toEqual(values(ba.runner[list]));
      }),
      { numRuns: 150 },
    );
  });
});
