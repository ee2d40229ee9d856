import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Book, type NameAccount, openBook } from '../../src/gateway/book.ts';
import type { Destination, RefusalCode } from '../../src/gateway/types.ts';

const LISTED = 1024;

function to(host: string, port = 443): Destination {
  return { host, port, check: 'tls', private: false };
}

/** What a book has of a few events. */
function after(write: (book: Book) => void): NameAccount {
  const book = openBook();
  write(book);
  return book.account();
}

function times(count: number, act: (index: number) => void): void {
  for (let index = 0; index < count; index += 1) act(index);
}

describe('a book', () => {
  it('is empty at first', () => {
    expect(after(() => {})).toEqual({
      ...{ traffic: [], refusals: [], trafficNotListed: 0, refusalsNotListed: 0, malformed: 0 },
    });
  });

  it('adds up what went to each name and port, in the order of names', () => {
    const { traffic } = after((book) => {
      for (const one of [to('b'), to('a', 8443), to('a'), to('a')]) book.opened(one);
      book.moved(to('a'), { up: 1, down: 20 });
      book.moved(to('a'), { up: 300, down: 4000 });
      book.moved(to('b'), { up: 7, down: 0 });
    });
    expect(traffic).toEqual([
      { name: 'a', port: 443, connections: 2, up: 301, down: 4020, process: null },
      { name: 'a', port: 8443, connections: 1, up: 0, down: 0, process: null },
      { name: 'b', port: 443, connections: 1, up: 7, down: 0, process: null },
    ]);
  });

  it('counts refusals by what was asked for and why, the most frequent first', () => {
    const { refusals } = after((book) => {
      book.refused(to('a'), { code: 'not-tls', seen: null });
      book.lookUpRefused('b', null);
      times(3, () => book.refused(to('a'), { code: 'other-sni', seen: 'x' }));
      times(2, () => book.refused(to('a'), { code: 'other-sni', seen: 'y' }));
      book.refused(to('a', 80), { code: 'other-host', seen: 'x' });
    });
    expect(
      refusals.map(({ name, port, check, seen, count }) => [count, name, port, check, seen]),
    ).toEqual([
      [3, 'a', 443, 'other-sni', 'x'],
      [2, 'a', 443, 'other-sni', 'y'],
      [1, 'a', 80, 'other-host', 'x'],
      [1, 'a', 443, 'not-tls', null],
      [1, 'b', null, 'not-allowed', null],
    ]);
  });

  it('has the first process that was seen at a name', () => {
    const { traffic, refusals } = after((book) => {
      book.opened(to('a'));
      expect(book.dialledBy(to('a'))).toBeNull();
      for (const process of [null, 'curl', 'node']) book.saw(to('a'), process);
      expect(book.dialledBy(to('a'))).toBe('curl');
      book.opened(to('a'));
      book.refused(to('a'), { code: 'not-tls', seen: null });
      book.saw(to('a', 80), 'wget');
      for (const process of [null, 'dig', 'host']) book.lookUpRefused('b', process);
    });
    expect(traffic.map(({ process }) => process)).toEqual(['curl']);
    expect(refusals.map(({ name, process }) => [name, process])).toEqual([
      ['b', 'dig'],
      ['a', 'curl'],
    ]);
  });

  it('counts what were no look-ups', () => {
    expect(after((book) => times(3, () => book.lookUpMalformed())).malformed).toBe(3);
  });

  it('lists a bounded number of names, counts the others, and goes on with the listed ones', () => {
    const { traffic, trafficNotListed } = after((book) => {
      times(LISTED + 10, (index) => {
        book.opened(to(`h${index}`));
        book.moved(to(`h${index}`), { up: 1, down: 1 });
      });
      book.opened(to('h0'));
      book.opened(to('later'));
    });
    expect(traffic).toHaveLength(LISTED);
    expect(traffic.find(({ name }) => name === 'h0')).toMatchObject({ connections: 2, up: 1 });
    expect(trafficNotListed).toBe(11);
  });

  it('lists a bounded number of refusals, counts the others, and goes on with the listed ones', () => {
    const { refusals, refusalsNotListed } = after((book) => {
      times(LISTED, (index) => book.lookUpRefused(`h${index}`, null));
      times(5, (index) => book.refused(to('a'), { code: 'other-sni', seen: `s${index}` }));
      times(2, () => book.lookUpRefused('h7', null));
    });
    expect(refusals).toHaveLength(LISTED);
    expect(refusals[0]).toMatchObject({ name: 'h7', count: 3 });
    expect(refusalsNotListed).toBe(5);
  });

  it('remembers a bounded number of processes', () => {
    const { traffic } = after((book) => {
      times(LISTED, (index) => book.saw(to(`h${index}`), 'curl'));
      book.saw(to('last'), 'curl');
      for (const name of ['h0', 'last']) book.opened(to(name));
    });
    expect(traffic.map(({ name, process }) => [name, process])).toEqual([
      ['h0', 'curl'],
      ['last', null],
    ]);
  });

  it('cuts long texts of the step’s', () => {
    const long = 'x'.repeat(100_000);
    const { refusals } = after((book) => {
      book.lookUpRefused(long, null);
      book.refused(to('a'), { code: 'other-host', seen: long });
    });
    for (const { name, seen } of refusals)
      expect(`${name}${seen ?? ''}`.length).toBeLessThanOrEqual(256);
  });

  it('does not change what it told before', () => {
    const book = openBook();
    book.opened(to('a'));
    const before = JSON.stringify(book.account());
    const told = book.account();
    book.opened(to('a'));
    book.lookUpRefused('b', null);
    expect(JSON.stringify(told)).toBe(before);
  });
});

describe('any book', () => {
  const code = fc.constantFrom<RefusalCode[]>('not-tls', 'other-sni', 'unreachable');
  const host = fc.nat(2000).map((index) => `h${index}`);
  const act = fc.oneof(
    fc.record({ kind: fc.constant('opened' as const), host, port: fc.constantFrom(80, 443) }),
    fc.record({ kind: fc.constant('refused' as const), host, code, seen: fc.option(host) }),
    fc.record({ kind: fc.constant('asked' as const), host }),
  );

  it('loses no count, however much it is told', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 400 }), fc.nat(8), (acts, rounds) => {
        const account = after((book) =>
          times(rounds, (round) => {
            for (const one of acts) {
              if (one.kind === 'opened') book.opened(to(`${round}${one.host}`, one.port));
              else if (one.kind === 'asked') book.lookUpRefused(`${round}${one.host}`, null);
              else book.refused(to(`${round}${one.host}`), one);
            }
          }),
        );
        const { traffic, refusals, trafficNotListed, refusalsNotListed } = account;
        const opened = acts.filter(({ kind }) => kind === 'opened').length * rounds;
        const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
        expect(sum(traffic.map((one) => one.connections)) + trafficNotListed).toBe(opened);
        expect(sum(refusals.map((one) => one.count)) + refusalsNotListed).toBe(
          acts.length * rounds - opened,
        );
        expect(Math.max(traffic.length, refusals.length)).toBeLessThanOrEqual(LISTED);
      }),
      { numRuns: 50 },
    );
  });
});
