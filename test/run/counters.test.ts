import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCounters } from '../../src/run/counters.ts';

type Element = readonly [key: readonly (string | number)[], packets: number];

/** As nft 1.0.6 prints it: a set without elements has no `elem`. */
function set(name: string, elements: readonly Element[]): object {
  const elem = elements.map(([concat, packets]) => ({
    elem: { val: { concat }, counter: { packets, bytes: packets * 60 } },
  }));
  return {
    set: {
      family: 'inet',
      name,
      table: 'glovebox',
      type: ['ipv4_addr', 'inet_proto', 'inet_service'],
      handle: 2,
      size: 4096,
      ...(elem.length > 0 ? { elem } : {}),
      stmt: [{ counter: null }],
    },
  };
}

function counter(name: string, packets: number): object {
  return {
    counter: { family: 'inet', name, table: 'glovebox', handle: 1, packets, bytes: packets * 60 },
  };
}

interface Table {
  readonly refused?: number;
  readonly reached?: number;
  readonly sets?: Readonly<Record<string, readonly Element[]>>;
}

const SETS = ['refused', 'reached'].flatMap((verdict) =>
  ['4', '4other', '6', '6other'].map((end) => `${verdict}${end}`),
);

function table({ refused = 0, reached = 0, sets = {} }: Table = {}): string {
  return JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family: 'inet', name: 'glovebox', handle: 1 } },
      counter('refused', refused),
      counter('reached', reached),
      ...SETS.map((name) => set(name, sets[name] ?? [])),
      set('allow0', [[['203.0.113.0'], 9]]),
      { chain: { family: 'inet', table: 'glovebox', name: 'output', handle: 9, policy: 'drop' } },
      { rule: { family: 'inet', table: 'glovebox', chain: 'output', handle: 10, expr: [] } },
    ],
  });
}

describe('parseCounters', () => {
  it('reads every kind of record, the most frequent first', () => {
    const made = parseCounters(
      table({
        refused: 8,
        reached: 3,
        sets: {
          refused4: [
            [['203.0.113.7', 'udp', 53], 1],
            [['203.0.113.7', 'tcp', 443], 4],
          ],
          refused4other: [
            [['203.0.113.7', 'icmp'], 1],
            [['203.0.113.8', 253], 1],
          ],
          refused6: [],
          refused6other: [[['2001:db8::', 'ipv6-icmp'], 1]],
          reached6: [[['2001:db8::1', 'tcp', 80], 3]],
        },
      }),
    );
    expect(made.refused).toEqual(
      [
        { address: '203.0.113.7', port: 443, protocol: 'tcp', count: 4 },
        { address: '2001:db8::', port: null, protocol: 'ipv6-icmp', count: 1 },
        { address: '203.0.113.7', port: null, protocol: 'icmp', count: 1 },
        { address: '203.0.113.7', port: 53, protocol: 'udp', count: 1 },
        { address: '203.0.113.8', port: null, protocol: '253', count: 1 },
      ].sort((a, b) => b.count - a.count),
    );
    expect(made.allowed).toEqual([{ address: '2001:db8::1', port: 80, protocol: 'tcp', count: 3 }]);
    expect([made.refusedNotListed, made.allowedNotListed]).toEqual([0, 0]);
  });

  it('finds nothing in a table where nothing was counted', () => {
    expect(parseCounters(table())).toEqual({
      allowed: [],
      refused: [],
      allowedNotListed: 0,
      refusedNotListed: 0,
      names: null,
    });
  });

  it('tells how much did not fit into the lists', () => {
    const sets = { refused4: [[['203.0.113.7', 'tcp', 443], 4096]] as const };
    const made = parseCounters(table({ refused: 5000, reached: 7, sets }));
    expect([made.refusedNotListed, made.allowedNotListed]).toEqual([904, 7]);
  });

  it('counts nothing twice when a packet came between the total and the sets', () => {
    const sets = { refused4: [[['203.0.113.7', 'tcp', 443], 3]] as const };
    expect(parseCounters(table({ refused: 2, sets })).refusedNotListed).toBe(0);
  });

  it('does not take a set with a longer name for its own', () => {
    const made = parseCounters(
      table({ sets: { refused4: [], reached4: [[['203.0.113.7', 'tcp', 1], 2]] } }),
    );
    expect(made.refused).toEqual([]);
    expect(made.allowed).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['half of it', table().slice(0, 200)],
    ['another document', '{}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no table', '{"nftables": []}'],
    ['a table without our counters', '{"nftables": [{"metainfo": {}}, {"table": {"name": "x"}}]}'],
    [
      'elements without counters',
      '{"nftables": [{"counter": {"name": "refused", "packets": 1}}, {"counter": {"name": "reached", "packets": 1}}, {"set": {"name": "refused4", "elem": [{"concat": ["203.0.113.7", "tcp", 1]}]}}]}',
    ],
    ['words', 'Error: No such file or directory'],
  ])('throws on %s rather than finding nothing', (_name, json) => {
    expect(() => parseCounters(json)).toThrow(/counters/);
  });

  it('adds up for any records', () => {
    const elements = fc.array(
      fc.tuple(
        fc.tuple(
          fc.constantFrom('203.0.113.7', '198.51.100.1'),
          fc.constantFrom('tcp', 'udp'),
          fc.nat(65_535),
        ),
        fc.integer({ min: 1, max: 1000 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(elements, elements, fc.nat(50), (refused4, reached4, more) => {
        const sum = (all: readonly Element[]): number =>
          all.reduce((total, [, packets]) => total + packets, 0);
        const made = parseCounters(
          table({
            refused: sum(refused4) + more,
            reached: sum(reached4),
            sets: { refused4, reached4 },
          }),
        );
        expect(made.refusedNotListed).toBe(more);
        expect(made.allowedNotListed).toBe(0);
        expect(made.refused).toHaveLength(refused4.length);
        const counts = made.refused.map(({ count }) => count);
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
      }),
    );
  });
});
