import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOOL_NAMES } from '../../src/capabilities/facts.ts';
import { LAYERS } from '../../src/plan/types.ts';
import { reportJsonSchema } from '../../src/report/json-schema.ts';
import { effectiveSandbox } from '../../src/report/schema.ts';
import type { Observations } from '../../src/run/observations.ts';
import type { NameAccount } from '../../src/gateway/book.ts';
import { said } from '../fixtures/facts.ts';
import type { PlanOverrides } from '../fixtures/plan.ts';
import { CHECKS, egress, names, record, refusal, report, seen } from '../fixtures/report.ts';

describe('buildReport', () => {
  it('tells what was asked for, in units that need no parsing', () => {
    const { requested } = report(seen(), {
      policy: {
        network: { mode: 'allowlist', allow: ['203.0.113.7'] },
        resources: { timeout: '1m', memory: 'none' },
        runner: { outputs: ['version'], path: ['bin'] },
      },
    });
    expect(requested.network).toEqual({
      mode: 'allowlist',
      allow: ['203.0.113.7:443'],
      blockMetadata: true,
      resolver: null,
      ...{ backend: 'auto', interface: null, address: null, netmask: null, gateway: null },
      onBlocked: 'fail',
      expectBlocked: [],
    });
    expect(requested.resources).toMatchObject({ timeoutMs: 60_000, memoryBytes: null });
    expect(requested.runner).toEqual({
      outputs: ['version'],
      env: [],
      path: ['bin'],
      summary: true,
      annotations: false,
    });
  });

  it('tells of entries with their options, and whom the gateway asks', () => {
    const long = { host: 'db.example.com', port: 5432, tls: 'off', private: true };
    const { requested } = report(seen(), {
      policy: { network: { allow: ['a.example', long], resolver: '[2001:db8::53]:5353' } },
    });
    expect(requested.network).toMatchObject({
      allow: ['a.example:443', 'db.example.com:5432 tls=off private'],
      resolver: '[2001:db8::53]:5353',
    });
  });

  it('has every layer enforced after an ordinary run', () => {
    const { enforced } = report();
    expect(enforced).toEqual(
      Object.fromEntries(LAYERS.map((layer) => [layer, layer !== 'runner'])),
    );
  });

  it.each<[string, Observations | null]>([
    ['a refusal', null],
    [
      'a command that was never let go',
      seen({ released: false, setupFailure: 'x', exitCode: null }),
    ],
  ])('has nothing enforced in %s, but the same layers', (_name, observed) => {
    const { enforced, layers } = report(observed);
    expect(Object.values(enforced)).toEqual(LAYERS.map(() => false));
    expect(layers.network.status).toBe('enforced');
  });

  it('calls enforced only what is whole', () => {
    const { enforced, layers } = report(seen(), {
      policy: { 'on-unavailable': 'degrade', network: { mode: 'allowlist', allow: ['a.example'] } },
      facts: { missing: ['mount'], attempts: { doors: said('no') } },
    });
    expect(layers.network.status).toBe('downgraded');
    expect(enforced).toMatchObject({ network: false, filesystem: false, resources: true });
  });

  it('tells of egress what was seen, and null where nothing was recorded', () => {
    const observed = egress([record('203.0.113.7 80', 3)], {
      allowed: [record('203.0.113.8 443', 2)],
      allowedNotListed: 4,
      refusedNotListed: 5,
    });
    expect(report(seen({ egress: observed })).egress).toEqual({
      allowed: [{ address: '203.0.113.8', port: 443, protocol: 'tcp', count: 2 }],
      blocked: [
        {
          address: '203.0.113.7',
          port: 80,
          protocol: 'tcp',
          count: 3,
          reason: 'not in network.allow',
          expected: false,
          allow: '203.0.113.7:80',
        },
      ],
      allowedNotListed: 4,
      blockedNotListed: 5,
      unused: [],
      malformedLookUps: 0,
    });
    expect(report(seen({ egress: null })).egress).toBeNull();
    expect(report(null).egress).toBeNull();
  });

  it('tells of names what the gateway kept account of, and adds up what was not listed', () => {
    const account = names({
      traffic: [
        { name: 'a.example', port: 443, connections: 2, up: 10, down: 20, process: 'curl' },
      ],
      refusals: [refusal('b.example', { process: 'node' })],
      ...{ trafficNotListed: 1, refusalsNotListed: 2, malformed: 3 },
    });
    const observed = egress([{ ...record('198.18.0.16 80'), name: 'a.example' }], {
      allowed: [record('203.0.113.8 443', 2)],
      ...{ allowedNotListed: 40, refusedNotListed: 50, names: account },
    });
    const not = { expected: false, protocol: 'tcp', count: 1 };
    expect(report(seen({ egress: observed })).egress).toEqual({
      allowed: [
        {
          ...{ name: 'a.example', address: null, port: 443, protocol: 'tcp', count: 2 },
          ...{ process: 'curl', up: 10, down: 20 },
        },
        { address: '203.0.113.8', port: 443, protocol: 'tcp', count: 2 },
      ],
      blocked: [
        {
          ...{ ...not, name: 'b.example', address: null, port: null, process: 'node' },
          ...{ reason: 'not in network.allow', allow: 'b.example' },
        },
        {
          ...{ ...not, name: 'a.example', address: '198.18.0.16', port: 80 },
          ...{ reason: 'the port is not in network.allow', allow: 'a.example:80' },
        },
      ],
      ...{ allowedNotListed: 41, blockedNotListed: 52, unused: [], malformedLookUps: 3 },
    });
  });

  it('notes that output was cut off', () => {
    const usage = { ...seen().usage, truncated: true };
    expect(report(seen({ usage })).notes.map(({ code }) => code)).toContain('output-truncated');
    expect(report().notes.map(({ code }) => code)).not.toContain('output-truncated');
  });

  it('names sources, host and versions', () => {
    const made = report();
    expect(made.policy.sources).toEqual([
      { name: 'policy.yml', sha256: 'ab'.repeat(32), commit: null },
    ]);
    expect(made.host).toMatchObject({ platform: 'linux', uid: 1001, root: false });
    expect(Object.keys(made.tools)).toEqual(['bwrap', 'slirp4netns', 'pasta', 'nft']);
  });

  it('has no value of any variable', () => {
    const text = JSON.stringify(
      report(seen(), {
        policy: { environment: { set: { A: 'set-value' }, pass: ['B'] } },
        site: { environment: { B: 'passed-value', C: 'dropped-value' } },
      }),
    );
    expect(text).not.toMatch(/(set|passed|dropped)-value/);
    expect(text).toContain('"C"');
  });
});

const text = fc.string();
const records = fc.array(
  fc.record(
    {
      address: fc.constantFrom('203.0.113.7', '2001:db8::1', '169.254.169.254'),
      port: fc.option(fc.nat(65_535)),
      protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'ipv6-icmp', '253'),
      count: fc.nat(),
      name: fc.constant('a.example'),
    },
    { requiredKeys: ['address', 'port', 'protocol', 'count'] },
  ),
  { maxLength: 4 },
);
const some = { name: text, process: fc.option(text) };
const account: fc.Arbitrary<NameAccount> = fc.record({
  traffic: fc.array(
    fc.record({
      ...{ ...some, port: fc.nat(65_535), connections: fc.nat(), up: fc.nat(), down: fc.nat() },
    }),
    { maxLength: 3 },
  ),
  refusals: fc.array(
    fc.record({
      ...{ ...some, port: fc.option(fc.nat(65_535)), count: fc.nat(), seen: fc.option(text) },
      check: fc.constantFrom(...CHECKS),
    }),
    { maxLength: 3 },
  ),
  ...{ trafficNotListed: fc.nat(), refusalsNotListed: fc.nat(), malformed: fc.nat() },
});
const tolds = fc.array(fc.record({ path: text, reason: text }), { maxLength: 2 });
const observations: fc.Arbitrary<Observations | null> = fc.option(
  fc.record({
    released: fc.boolean(),
    exitCode: fc.option(fc.nat(255)),
    ending: fc.option(
      fc.record({
        by: fc.constantFrom(
          'timeout',
          'cpu-time',
          'memory',
          'interrupt',
          'holder-lost',
          'network-lost',
        ),
        detail: fc.constantFrom('SIGTERM', 'words'),
      }),
    ),
    setupFailure: fc.option(text),
    egress: fc.option(
      fc.record({
        allowed: records,
        refused: records,
        allowedNotListed: fc.nat(),
        refusedNotListed: fc.nat(),
        names: fc.option(account),
      }),
    ),
    step: fc.constant(null),
    filters: fc.constant([]),
    commandFiles: fc.constant(null),
    changes: fc.constant(null),
    texts: fc.constant(null),
    logs: fc.option(fc.record({ files: fc.constant([]), notFollowed: fc.nat() })),
    givingMs: fc.nat(),
    outputs: fc.option(
      fc.record({
        done: fc.boolean(),
        ...{ files: fc.nat(), bytes: fc.nat(), missing: fc.array(text, { maxLength: 2 }) },
        ...{ refused: tolds, refusedNotListed: fc.nat() },
        ...{ leftOut: tolds, leftOutNotListed: fc.nat() },
        problem: fc.option(text),
      }),
    ),
    usage: fc.record({
      wallMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      cpuMs: fc.nat(),
      peakMemoryBytes: fc.option(fc.nat()),
      peakProcesses: fc.option(fc.nat()),
      outputBytes: fc.nat(),
      truncated: fc.boolean(),
    }),
  }),
);
const overrides: fc.Arbitrary<PlanOverrides> = fc.record({
  policy: fc.record({
    'on-unavailable': fc.constantFrom('fail', 'degrade'),
    network: fc.record({ mode: fc.constantFrom('deny', 'allowlist', 'audit', 'unrestricted') }),
  }),
  facts: fc.record({ missing: fc.subarray([...TOOL_NAMES]) }),
  command: fc.array(text, { minLength: 1, maxLength: 3 }),
});

describe('any report', () => {
  it('fits its schema, also after a way through JSON', () => {
    fc.assert(
      fc.property(observations, overrides, (observed, more) => {
        const made = report(observed, more);
        const read = effectiveSandbox.safeParse(JSON.parse(JSON.stringify(made)));
        expect(read.error?.issues ?? []).toEqual([]);
        expect(read.data).toEqual(made);
      }),
    );
  });

  it('calls a layer enforced only when the command was let go and the plan had it whole', () => {
    fc.assert(
      fc.property(observations, overrides, (observed, more) => {
        const { enforced, layers, outcome } = report(observed, more);
        for (const layer of LAYERS) {
          const whole = observed?.released === true && layers[layer].status === 'enforced';
          expect(enforced[layer]).toBe(whole);
        }
        expect(Number.isInteger(outcome.exitCode)).toBe(true);
      }),
    );
  });

  it('exits with 0 only when the command did, and nothing ended or kept it', () => {
    fc.assert(
      fc.property(observations, overrides, (observed, more) => {
        const { outcome } = report(observed, more);
        if (outcome.exitCode !== 0) return;
        expect(observed).toMatchObject({ exitCode: 0, ending: null, setupFailure: null });
        expect(outcome).toEqual({ kind: 'exited', exitCode: 0, stepExitCode: 0, cause: null });
      }),
    );
  });
});

describe('reportJsonSchema', () => {
  const schema = reportJsonSchema() as { required: string[]; additionalProperties: boolean };

  it('is draft 2020-12, closed, and asks for each part of a report', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
    });
    expect([...schema.required].sort()).toEqual(Object.keys(report()).sort());
  });

  it('is what the file in schema/ has', () => {
    const file = readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });
});
