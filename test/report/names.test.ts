import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NameRefusal } from '../../src/gateway/book.ts';
import { covers } from '../../src/policy/entries.ts';
import { blockedNames } from '../../src/report/names.ts';
import type { Blocked } from '../../src/report/blocked.ts';
import { suggestionsOf } from '../../src/report/build.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { yamlText } from '../../src/report/yaml.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { EgressEntry } from '../../src/policy/types.ts';
import { entry } from '../fixtures/policy.ts';
import { CHECKS, egress, names, refusal, report, seen } from '../fixtures/report.ts';

function blocked(made: NameRefusal, expected: readonly (string | object)[] = []): Blocked {
  const [only] = blockedNames([made], expected.map(entry));
  if (only === undefined) throw new Error(`${made.name} is not blocked`);
  return only;
}

describe('a refused name', () => {
  it('is told as any other destination that was blocked', () => {
    const made = refusal('a.example', { port: 8443, count: 3, process: 'curl' });
    expect(blocked(made)).toEqual({
      ...{ name: 'a.example', address: null, port: 8443, protocol: 'tcp', count: 3 },
      ...{ process: 'curl', reason: 'not in network.allow', expected: false },
      ...{ allow: 'a.example:8443', text: 'a.example:8443' },
    });
  });

  it('is no attempt to leave where it is allowed and only its server did not answer', () => {
    const expected = CHECKS.filter((check) => blocked(refusal('a.example', { check })).expected);
    expect(expected).toEqual(['unresolved', 'unreachable']);
  });

  it('has for every check a reason of its own', () => {
    const reasons = CHECKS.map((check) => blocked(refusal('a.example', { check })).reason);
    expect(new Set(reasons).size).toBe(CHECKS.length);
    for (const reason of reasons) expect(reason).toMatch(/^[a-z].*[^.: ]$/);
  });

  it.each(['other-sni', 'other-host', 'bad-request', 'unresolved', 'forbidden-address'] as const)(
    'because of %s tells what was seen',
    (check) => {
      const made = refusal('a.example', { check, seen: 'evil.example' });
      expect(blocked(made).reason).toMatch(/: evil\.example$/);
    },
  );

  it.each<[NameRefusal['check'], number | null, string | null]>([
    ['not-allowed', null, 'a.example'],
    ['not-allowed', 443, 'a.example'],
    ['not-allowed', 80, 'a.example:80'],
    ['not-tls', 22, '{host: a.example, port: 22, tls: off}'],
    ['no-sni', 443, '{host: a.example, port: 443, tls: off}'],
    ['other-sni', 443, null],
    ['encrypted-hello', 443, null],
    ['other-host', 80, null],
    ['unresolved', 443, null],
    ['forbidden-address', 443, null],
    ['unreachable', 443, null],
    ['too-many-connections', 443, null],
  ])('because of %s at port %s is opened by %s', (check, port, allow) => {
    expect(blocked(refusal('a.example', { check, port })).allow).toBe(allow);
  });

  it.each([
    ['A.Example', 'a.example'],
    ['_srv._tcp.a.example', '_srv._tcp.a.example'],
    ['-', '-'],
    ['', null],
    ['.', null],
    ['a..example', null],
    ['*.example', null],
    ['203.0.113.7', null],
    ['a.7', null],
    ['a example', null],
    ['a\nexample', null],
    ['a.example:443', null],
    [`${'a'.repeat(64)}.example`, null],
    [`${'a.'.repeat(126)}aa`, null],
    ['a…', null],
  ])('%j is opened by %j', (name, allow) => {
    expect(blocked(refusal(name)).allow).toBe(allow);
  });

  it.each<[Partial<NameRefusal>, (string | object)[], boolean]>([
    [{}, ['a.example'], true],
    [{}, ['A.EXAMPLE.:8080'], true],
    [{}, ['*.example'], true],
    [{}, [{ host: 'a.example', tls: 'off' }], true],
    [{}, ['b.example', '203.0.113.7'], false],
    [{}, ['*.a.example'], false],
    [{ name: 'A.example' }, ['a.example'], true],
    [{ port: 443 }, ['a.example'], true],
    [{ port: 80 }, ['a.example'], false],
    [{ port: 80 }, ['a.example:1-100'], true],
    [{ port: 443, check: 'other-sni' }, ['a.example'], true],
  ])('%j is expected by %j: %s', (overrides, expected, told) => {
    expect(blocked(refusal('a.example', overrides), expected).expected).toBe(told);
  });

  it('tells a hostile name in one line, also where it is the cause', () => {
    const refusals = [refusal('a\n::error::\u001b[2J\u202e.example', { port: 443 })];
    const { outcome } = report(seen({ egress: egress([], { names: names({ refusals }) }) }));
    expect(outcome.cause).toContain('a\\u000a::error::');
    expect(outcome.cause).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

/** Names that programs look up, names that YAML reads as something else, and names that nobody can have. */
const label = fc.oneof(
  fc.constantFrom('null', 'true', 'no', 'on', 'y', '~', '1e3', '0o17', '0x1f', '1_000', '-', '--'),
  fc.constantFrom('*', '', '&a', '!x', 'a', 'A-1', '_dmarc', '7', 'é', 'a b', '#', "'", '"', '%'),
  fc.string({ unit: fc.constantFrom(...'aE09-_.:#{}'.split('')), maxLength: 5 }),
);
const anyName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const anyRefusal: fc.Arbitrary<NameRefusal> = fc
  .record({
    name: anyName,
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    check: fc.constantFrom(...CHECKS, 'not-allowed' as const, 'not-tls' as const),
  })
  .map(({ name, ...rest }) => refusal(name, rest));

describe('any refused name', () => {
  it('is opened by what is to be pasted, which is a policy', () => {
    fc.assert(
      fc.property(fc.array(anyRefusal, { minLength: 1, maxLength: 4 }), (refusals) => {
        const made = report(seen({ egress: egress([], { names: names({ refusals }) }) }));
        const entries = pasted(made);
        const wanted = refusals.filter((one) => blocked(one).allow !== null);
        expect(entries.length > 0).toBe(wanted.length > 0);
        for (const { name, port, check } of wanted) {
          const tls = check === 'not-tls' || check === 'no-sni' ? 'off' : 'on';
          const asked = entry({ host: name, port: port ?? 443, tls });
          expect([name, entries.some((one) => covers(one, asked))]).toEqual([name, true]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is suggested wherever a policy can have it', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const read = parsePolicy(JSON.stringify({ version: 1, network: { allow: [name] } }), {
          ...{ name: 'policy.yml', sha256: null },
        }).layer?.values.network?.allow?.[0]?.value;
        const possible = read?.kind === 'name' && !read.wildcard && !/[:/]/.test(name);
        expect([name, blocked(refusal(name)).allow !== null]).toEqual([name, possible]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The entries of what is said to be pasted, as a policy reads them. */
function pasted(made: EffectiveSandbox): EgressEntry[] {
  const lines = suggestionsOf(made).map(({ entry: text }) => `    - ${yamlText(text)}`);
  const text = ['version: 1', 'network:', '  allow:', ...(lines.length > 0 ? lines : ['    []'])];
  const { layer, problems } = parsePolicy(text.join('\n'), { name: 'policy.yml', sha256: null });
  expect(problems).toEqual([]);
  return (layer?.values.network?.allow ?? []).map(({ value }) => value);
}
