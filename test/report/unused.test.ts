import { describe, expect, it } from 'vitest';
import { unusedEntries } from '../../src/report/unused.ts';
import type { NameRefusal, NameTraffic } from '../../src/run/observations.ts';
import { plan } from '../fixtures/plan.ts';
import { egress, record, refusal } from '../fixtures/report.ts';

/** `api.example.com:443`. */
function traffic(text: string): NameTraffic {
  const [name = '', port = '443'] = text.split(':');
  return { name, port: Number(port), connections: 1, up: 0, down: 0, process: null };
}

function unused(
  allow: readonly (string | object)[],
  {
    addresses = [],
    names = [],
    refused = [],
    mode = 'allowlist',
    notListed = 0,
    namesNotListed = 0,
  }: Used = {},
): string[] {
  const policy = { network: { mode, allow } };
  return unusedEntries(
    plan({ policy }),
    egress([], {
      allowed: addresses.map((text) => record(text)),
      allowedNotListed: notListed,
      names: {
        traffic: names.map(traffic),
        trafficNotListed: namesNotListed,
        ...{ refusals: refused, refusalsNotListed: 0, malformed: 0 },
      },
    }),
  );
}

interface Used {
  readonly addresses?: readonly string[];
  readonly names?: readonly string[];
  readonly refused?: readonly NameRefusal[];
  readonly mode?: string;
  readonly notListed?: number;
  readonly namesNotListed?: number;
}

describe('an entry', () => {
  it.each<[string, string | object, Used, boolean]>([
    ['of a name that nobody dialled', 'a.example.com', {}, false],
    ['of a name that was dialled', 'a.example.com', { names: ['a.example.com'] }, true],
    ['of a name on another port', 'a.example.com:80', { names: ['a.example.com'] }, false],
    ['of several ports, of which one', 'a.example.com:80,443', { names: ['a.example.com'] }, true],
    [
      'of a name whose server did not answer',
      'a.example.com',
      { refused: [refusal('a.example.com', { check: 'unreachable', port: 443 })] },
      true,
    ],
    [
      'of a name that was used for another',
      'a.example.com',
      { refused: [refusal('a.example.com', { check: 'other-sni', port: 443 })] },
      false,
    ],
    ['of another name', 'a.example.com', { names: ['b.a.example.com'] }, false],
    ['of a wildcard', '*.example.com', { names: ['b.a.example.com'] }, true],
    ['of a wildcard that is not its own name', '*.example.com', { names: ['example.com'] }, false],
    [
      'in the long form',
      { host: 'db.example.com', port: 5432, tls: 'off' },
      { names: ['db.example.com:5432'] },
      true,
    ],
    ['of an address', '203.0.113.7', { addresses: ['203.0.113.7 443'] }, true],
    ['of a network', '203.0.113.0/24:80', { addresses: ['203.0.113.7 80'] }, true],
    ['of another port', '203.0.113.7', { addresses: ['203.0.113.7 80'] }, false],
    ['of another protocol', '203.0.113.7:53/udp', { addresses: ['203.0.113.7 53'] }, false],
    ['of icmp', '203.0.113.7/icmp', { addresses: ['203.0.113.7 - icmp'] }, true],
    ['of icmp over IPv6', '2001:db8::/32/icmp', { addresses: ['2001:db8::7 - ipv6-icmp'] }, true],
    ['of what is neither', '203.0.113.7/icmp', { addresses: ['203.0.113.7 - sctp'] }, false],
    ['of an address that only a name led to', '203.0.113.7', { names: ['a.example.com'] }, false],
  ])('%s', (_, entry, used, isUsed) => {
    expect(unused([entry], used)).toHaveLength(isUsed ? 0 : 1);
  });

  it('is told in its canonical spelling, in the order of the list', () => {
    const allow = ['b.example.com', '203.0.113.7', 'a.example.com:80'];
    expect(unused(allow, { addresses: ['203.0.113.7 443'] })).toEqual([
      ...['b.example.com:443', 'a.example.com:80'],
    ]);
  });

  it.each<[string, Used]>([
    ['not all addresses were listed', { notListed: 1 }],
    ['not all names were listed', { namesNotListed: 1 }],
    ['the list means nothing', { mode: 'audit' }],
    ['nothing is allowed', { mode: 'deny' }],
  ])('is not called unused where %s', (_, used) => {
    expect(unused(['203.0.113.7'], used)).toEqual([]);
  });
});
