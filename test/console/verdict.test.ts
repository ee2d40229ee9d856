import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemLines } from '../../src/console/problems.ts';
import { styleFor } from '../../src/console/style.ts';
import { verdict } from '../../src/console/verdict.ts';
import { formatAddress } from '../../src/policy/addresses.ts';
import { matchesAddress } from '../../src/policy/entries.ts';
import { mergePolicies } from '../../src/policy/merge.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { Policy } from '../../src/policy/types.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import type { EgressRecord } from '../../src/run/observations.ts';
import { egress, names, record, refusal, report, seen } from '../fixtures/report.ts';

const PLAIN = styleFor({});
const told = (made: EffectiveSandbox): string[] => verdict(made, PLAIN).split('\n');

function refusedTo(records: readonly EgressRecord[], network: object = {}): EffectiveSandbox {
  return report(seen({ egress: egress(records) }), { policy: { network } });
}

/** What the verdict says to paste, read as a policy. */
function pasted(made: EffectiveSandbox): Policy | null {
  const lines = told(made);
  const start = lines.findIndex((line) => line.includes('put into the policy'));
  if (start === -1) return null;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith('    '));
  const text = rest
    .slice(0, end)
    .map((line) => line.slice(4))
    .join('\n');
  const { layer, problems } = parsePolicy(`version: 1\n${text}\n`, {
    name: 'pasted',
    sha256: null,
  });
  if (layer === null) throw new Error(`${JSON.stringify(problems)} in\n${text}`);
  return mergePolicies([layer]);
}

describe('the verdict', () => {
  it('of a good run is one line, besides notes', () => {
    expect(told(report())).toEqual([
      'glovebox: ok · 1.235s, peak 64 MiB · sealed (network, filesystem, resources, privilege, syscalls, environment)',
      expect.stringMatching(/^ {2}note memory is watched/),
      '',
    ]);
  });

  it('of a failure starts with what happened', () => {
    const [first] = told(report(seen({ exitCode: 3 })));
    expect(first).toMatch(/^glovebox: exited: exit code 3 · /);
  });

  it('of a run that was not whole says which layers were open', () => {
    const made = report(seen({ egress: null }), {
      policy: { 'on-unavailable': 'degrade' },
      facts: { missing: ['bwrap'] },
    });
    expect(told(made)[0]).toMatch(
      /NOT sealed: network, filesystem, resources, privilege, syscalls$/,
    );
  });

  it('does not call open what nobody asked for', () => {
    const [first] = told(report(seen(), { policy: { filesystem: { mode: 'off' } } }));
    expect(first).toMatch(/sealed \(network, resources, privilege, syscalls, environment\)$/);
  });

  it('of a refusal says what fell short, what mends it, and that nothing was run', () => {
    const lines = told(report(null, { facts: { missing: ['mount'] } }));
    expect(lines[0]).toMatch(/^glovebox: refused: filesystem: `mount` was not found/);
    expect(lines[1]).toMatch(/^ {2}filesystem `mount`/);
    expect(lines[2]).toMatch(/^ {4}→ install the package mount/);
    expect(lines[3]).toMatch(/Nothing was run/);
    expect(lines[0]).not.toContain('sealed');
  });

  it('lists what was blocked, and after it what was expected', () => {
    const records = ['203.0.113.9 443', '203.0.113.7 80', '2001:db8::7 443', '203.0.113.7 - icmp'];
    const lines = told(
      refusedTo(
        records.map((text) => record(text, 2)),
        { 'expect-blocked': ['203.0.113.9'] },
      ),
    ).filter((line) => /^ {2}(?:blocked|expected)/.test(line));
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['blocked', '203.0.113.7:80/tcp', '2×', 'not in network.allow'],
      ['blocked', '[2001:db8::7]:443/tcp', '2×', 'not in network.allow'],
      ['blocked', '203.0.113.7/icmp', '2×', 'not in network.allow'],
      ['expected', '203.0.113.9:443/tcp', '2×', 'not in network.allow'],
    ]);
  });

  it('lists names that were blocked, and says what to paste', () => {
    const refusals = [
      refusal('a.example', { count: 2 }),
      refusal('db.example', { port: 5432, check: 'not-tls' }),
      refusal('no', { port: 80 }),
    ];
    const made = report(seen({ egress: egress([], { names: names({ refusals }) }) }));
    const lines = told(made).filter((line) => line.startsWith('  blocked'));
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['blocked', 'a.example/tcp', '2×', 'not in network.allow'],
      ['blocked', 'db.example:5432/tcp', '1×', 'it did not begin with TLS'],
      ['blocked', 'no:80/tcp', '1×', 'not in network.allow'],
    ]);
    expect(pasted(made)?.network.allow.map(({ value }) => value.text)).toEqual([
      ...['a.example:443', 'db.example:5432 tls=off', 'no:80'],
    ]);
  });

  it('shows ten, and how many more there are', () => {
    const records = Array.from({ length: 14 }, (_, index) => record(`203.0.113.${index} 80`));
    const lines = told(report(seen({ egress: egress(records, { refusedNotListed: 5 }) })));
    expect(lines.filter((line) => line.startsWith('  blocked'))).toHaveLength(10);
    expect(lines).toContain('  and 9 more');
    expect(lines.filter((line) => line.startsWith('        - '))).toHaveLength(10);
  });

  it('shows ten of what was blocked rather than what was expected', () => {
    const records = Array.from({ length: 20 }, (_, index) => record(`203.0.113.${index} 80`));
    const lines = told(refusedTo(records, { 'expect-blocked': ['203.0.113.0/29:80'] }));
    expect(lines.filter((line) => line.startsWith('  blocked'))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('  expected'))).toHaveLength(0);
    expect(lines).toContain('  and 10 more');
  });

  it('counts what was not listed, also where nothing was listed', () => {
    const made = report(seen({ egress: egress([], { refusedNotListed: 5 }) }));
    expect(told(made)).toContain('  and 5 more');
  });

  it('says what allowing the resolver would open, in a comment that YAML passes over', () => {
    const made = refusedTo([record('192.0.2.53 53 udp'), record('203.0.113.7 80')]);
    expect(told(made).filter((line) => line.startsWith('        - '))).toEqual([
      '        - 203.0.113.7:80',
      expect.stringMatching(/^ {8}- 192\.0\.2\.53:53\/udp {2}# the resolver: /),
    ]);
    expect(pasted(made)?.network.allow.map(({ value }) => value.text)).toEqual([
      ...['203.0.113.7:80', '192.0.2.53:53/udp'],
    ]);
  });

  it('says nothing of a seal around a command that never ran', () => {
    const { usage } = seen();
    const made = report(
      seen({
        released: false,
        exitCode: null,
        ending: { by: 'interrupt', detail: 'SIGTERM' },
        usage: { ...usage, wallMs: 0, peakMemoryBytes: null },
      }),
    );
    expect(told(made)[0]).toMatch(/^glovebox: signaled: /);
    expect(told(made)[0]).not.toMatch(/sealed|·/);
  });

  it('suggests nothing where nothing can be allowed', () => {
    expect(pasted(refusedTo([record('169.254.169.254 80')]))).toBeNull();
    expect(pasted(report())).toBeNull();
  });

  it('suggests the mode where it is needed', () => {
    const records = [record('203.0.113.7 80')];
    expect(pasted(refusedTo(records))?.network.mode.value).toBe('allowlist');
    const lines = told(refusedTo(records, { mode: 'allowlist', allow: ['203.0.113.8'] }));
    expect(lines.join('\n')).not.toContain('mode:');
  });
});

const address = fc.oneof(
  fc.constantFrom('2001:db8::', 'ff02::fb', '2001:db8:1::', '203.0.113.7'),
  fc.nat(2 ** 32 - 1).map((bits) => formatAddress({ family: 4, bits: BigInt(bits) })),
  fc
    .tuple(fc.bigInt({ min: 2n ** 61n, max: 2n ** 62n - 1n }), fc.nat(64))
    .map(([bits, zeros]) =>
      formatAddress({ family: 6, bits: ((bits << 64n) >> BigInt(zeros)) << BigInt(zeros) }),
    ),
);
const anyRecord: fc.Arbitrary<EgressRecord> = fc
  .oneof(
    fc.record({
      address,
      port: fc.oneof(fc.constantFrom(0, 80, 443), fc.nat(65_535)),
      protocol: fc.constantFrom('tcp', 'udp'),
      count: fc.constant(1),
    }),
    fc.record({
      address,
      port: fc.constant(null),
      protocol: fc.constantFrom('icmp', 'sctp'),
      count: fc.constant(1),
    }),
  )
  .map((one) =>
    one.protocol === 'icmp' && one.address.includes(':') ? { ...one, protocol: 'ipv6-icmp' } : one,
  );
/** As the kernel's sets: each destination once. */
const anyRecords = fc.uniqueArray(anyRecord, {
  minLength: 1,
  maxLength: 8,
  selector: ({ address: to, port, protocol }) => `${to} ${port} ${protocol}`,
});

describe('what the verdict says to paste', () => {
  it('is a policy, and would have allowed each destination that can be allowed', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const made = refusedTo(records);
        const policy = pasted(made);
        const wanted = (made.egress?.blocked ?? []).filter(({ allow }) => allow !== null);
        expect(policy?.network.mode.value).toBe(wanted.length > 0 ? 'allowlist' : undefined);
        for (const { address: to, port, protocol } of wanted) {
          const name = protocol === 'ipv6-icmp' ? 'icmp' : protocol;
          const attempt = { address: to ?? '', port, protocol: name as 'tcp' };
          const allows = policy?.network.allow.some(({ value }) => matchesAddress(value, attempt));
          expect([attempt, allows]).toEqual([attempt, true]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('any text', () => {
  const text = fc
    .array(
      fc.constantFrom(
        'a',
        '\n',
        '\r',
        '\u001b[2J',
        '::error::',
        '\u202e',
        '\u2028',
        '\u061c',
        '\u009b',
        ' ',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));

  it('stays in its line of a verdict, and acts on no terminal', () => {
    const lines = (any: string): string[] => {
      const refusals = [refusal(`a${any}`, { port: 443, check: 'other-sni', seen: any })];
      const made = report(seen({ egress: egress([], { names: names({ refusals }) }) }), {
        facts: { missing: ['mount'] },
      });
      return told({
        ...made,
        outcome: { ...made.outcome, cause: any, exitCode: 1 },
        downgrades: made.downgrades.map((one) => ({ ...one, reason: any, remedy: any })),
        notes: [{ code: 'x', text: any }],
      });
    };
    const count = lines('plain').length;
    fc.assert(
      fc.property(text, (any) => {
        const made = lines(any);
        expect(made).toHaveLength(count);
        for (const line of made)
          expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]|^\s*::/u);
      }),
    );
  });

  it('stays in its line of a problem', () => {
    fc.assert(
      fc.property(text, (any) => {
        const problem = {
          place: { origin: any, line: 2 },
          path: 'network.mode',
          message: any,
          expected: any,
        };
        const made = problemLines([problem], PLAIN);
        expect(made).toHaveLength(2);
        for (const line of made) expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});

it('problemLines tell where, what, and what was expected', () => {
  const place = { origin: 'a.yml', line: 3, column: 5 };
  expect(
    problemLines(
      [
        { place, path: 'network.mode', message: 'is wrong', expected: 'deny' },
        { place: { origin: '--allow' }, path: '', message: 'is wrong' },
      ],
      PLAIN,
    ),
  ).toEqual(['  a.yml:3:5  network.mode: is wrong', '    expected deny', '  --allow  is wrong']);
});
