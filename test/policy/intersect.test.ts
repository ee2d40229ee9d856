import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers } from '../../src/policy/entries.ts';
import { commonEntries } from '../../src/policy/intersect.ts';
import { commonPorts, parsePorts, portsText } from '../../src/policy/ports.ts';
import type { PortRange } from '../../src/policy/types.ts';
import { entry } from '../fixtures/policy.ts';

function ports(text: string): PortRange[] {
  const read = parsePorts(text);
  if (!read.ok) throw new Error(`${text}: ${read.message}`);
  return read.value;
}

/** The parts, each with what it was cut from where that matters. */
function common(one: string | object, bounds: readonly (string | object)[]): string[] {
  const [parts = []] = commonEntries([entry(one)], bounds.map(entry));
  return parts.map((part) =>
    part.kind === 'address' && part.cutFrom !== undefined
      ? `${part.text} of /${part.cutFrom}`
      : part.text,
  );
}

describe('commonEntries', () => {
  it.each<[string, string[], string[]]>([
    ['203.0.113.7', ['203.0.113.7'], ['203.0.113.7:443']],
    ['203.0.113.7', [], []],
    ['203.0.113.7', ['203.0.113.8'], []],
    ['203.0.113.7', ['203.0.113.7/udp'], []],
    ['203.0.113.7', ['203.0.113.7:80'], []],
    ['203.0.113.7', ['203.0.113.0/24'], ['203.0.113.7:443 of /24']],
    ['203.0.113.0/24', ['203.0.113.7'], ['203.0.113.7:443 of /24']],
    ['203.0.113.0/24:1-100', ['203.0.113.0/24:50-200'], ['203.0.113.0/24:50-100']],
    [
      '203.0.113.0/24:80,443',
      ['203.0.113.7:80', '203.0.113.8:1-65535'],
      ['203.0.113.7:80 of /24', '203.0.113.8:80,443 of /24'],
    ],
    ['10.1.2.3', ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/7'], ['10.1.2.3:443 of /8']],
    ['10.0.0.0/8', ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0/8:443']],
    ['10.0.0.0/8', ['0.0.0.0/0', '10.1.0.0/16'], ['10.0.0.0/8:443 of /0', '10.1.0.0/16:443 of /8']],
    ['203.0.113.0/24/icmp', ['203.0.113.7/icmp', '203.0.113.8'], ['203.0.113.7/icmp of /24']],
    ['2001:db8::1', ['[2001:db8::/32]:443'], ['[2001:db8::1]:443 of /32']],
    ['0.0.0.0/0', ['::/0'], []],
    ['api.example.com', ['api.example.com'], ['api.example.com:443']],
    ['api.example.com', ['*.example.com'], ['api.example.com:443']],
    ['*.example.com', ['api.example.com', 'example.com'], ['api.example.com:443']],
    ['*.example.com:80,443', ['*.eu.example.com:443'], ['*.eu.example.com:443']],
    ['example.com', ['*.example.com'], []],
    ['badexample.com', ['*.example.com'], []],
    ['api.example.com', ['0.0.0.0/0'], []],
    ['203.0.113.7', ['*.example.com'], []],
  ])('%s and %j: %j', (text, bounds, expected) => {
    expect(common(text, bounds)).toEqual(expected);
  });

  const NAME = { host: 'a.example' };
  const RAW = { ...NAME, tls: 'off' };
  const INSIDE = { ...NAME, private: true };
  it.each<[object, object[], string[]]>([
    [RAW, [RAW], ['a.example:443 tls=off']],
    [RAW, [NAME], ['a.example:443']],
    [NAME, [RAW], ['a.example:443']],
    [INSIDE, [INSIDE], ['a.example:443 private']],
    [INSIDE, [NAME], ['a.example:443']],
    [NAME, [INSIDE], ['a.example:443']],
    [RAW, [INSIDE], ['a.example:443']],
    [{ ...RAW, private: true }, [RAW], ['a.example:443 tls=off']],
    [{ ...RAW, private: true }, [RAW, INSIDE], ['a.example:443 tls=off', 'a.example:443 private']],
    [
      { ...RAW, private: true },
      [{ ...RAW, private: true }, NAME],
      ['a.example:443 tls=off private'],
    ],
    [{ ...RAW, host: '*.example' }, [INSIDE], ['a.example:443']],
    [INSIDE, [{ ...INSIDE, host: '*.example', port: '1-1000' }], ['a.example:443 private']],
    [{ ...RAW, port: 22 }, [{ ...RAW, port: 80 }], []],
    [RAW, [{ host: '203.0.113.7' }], []],
  ])('%j and %j: %j', (one, bounds, expected) => {
    expect(common(one, bounds)).toEqual(expected);
  });

  it('gives the very entry back where nothing is taken from it, also when it was cut before', () => {
    const bounds = [entry('203.0.113.0/24')];
    const [[first] = []] = commonEntries([entry('203.0.113.7')], bounds);
    if (first === undefined) throw new Error('nothing is left');
    expect(first).not.toEqual(entry('203.0.113.7'));
    expect(commonEntries([first], bounds)[0]?.[0]).toBe(first);
  });

  it('has parts that both sides cover', () => {
    const address = fc
      .tuple(
        fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '11.0.0.0/8'),
        fc.constantFrom(':80', ':1-100', ':80,443', ':50-65535'),
        fc.constantFrom('', '/udp'),
      )
      .map((parts) => entry(parts.join('')));
    const name = fc
      .record({
        host: fc.constantFrom(
          ...['example.com', '*.example.com', 'a.example.com', '*.a.example.com', 'a.example.org'],
        ),
        port: fc.constantFrom('80', '1-100', '80,443', '50-1000'),
        tls: fc.constantFrom('on', 'off'),
        private: fc.boolean(),
      })
      .map((long) => entry(long));
    const any = fc.oneof(address, name);
    fc.assert(
      fc.property(any, fc.array(any, { maxLength: 5 }), any, (one, bounds, other) => {
        const parts = commonEntries([one], bounds).flat();
        for (const part of parts) {
          expect(covers(one, part)).toBe(true);
          expect(bounds.some((bound) => covers(bound, part))).toBe(true);
        }
        // Nothing that both sides cover is lost.
        const both = covers(one, other) && bounds.some((bound) => covers(bound, other));
        expect(parts.some((part) => covers(part, other))).toBe(both);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('commonPorts', () => {
  it.each([
    ['443', '443', '443'],
    ['443', '80', ''],
    ['1-100', '50-200', '50-100'],
    ['80,443,8000-9000', '1-500,8500', '80,443,8500'],
    ['1-65535', '22,80-90', '22,80-90'],
  ])('of %s and %s: %s', (a, b, expected) => {
    expect(portsText(commonPorts(ports(a), ports(b)))).toBe(expected);
    expect(portsText(commonPorts(ports(b), ports(a)))).toBe(expected);
  });

  it('are those that both have, spelled as ports are', () => {
    const list = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((pairs) =>
        ports(pairs.map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`).join(',')),
      );
    const has = (all: readonly PortRange[], port: number): boolean =>
      all.some(({ from, to }) => from <= port && port <= to);
    fc.assert(
      fc.property(list, list, (a, b) => {
        const both = commonPorts(a, b);
        for (let port = 1; port <= 31; port += 1)
          expect([port, has(both, port)]).toEqual([port, has(a, port) && has(b, port)]);
        expect(both).toEqual(both.length === 0 ? [] : ports(portsText(both)));
      }),
    );
  });
});
