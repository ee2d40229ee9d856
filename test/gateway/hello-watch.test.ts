import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchHellos } from '../../src/gateway/hello-watch.ts';
import type { Refusal } from '../../src/gateway/types.ts';
import { helloFor, inRecords } from './hellos.ts';

const NAME = 'api.example.com';
const RETRY_RANDOM = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex',
);

function serverHello(random: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([2, 0, 0, 40, 3, 3]), random, Buffer.alloc(6)]);
}

const RETRY = inRecords(serverHello(RETRY_RANDOM));
const HELLO = inRecords(serverHello(Buffer.alloc(32, 1)));
const CHANGE = Buffer.from([20, 3, 3, 0, 1, 1]);
const EARLY = Buffer.from([23, 3, 3, 0, 2, 22, 3]);
/** What a client of TLS 1.2 sends once it has the server's hello. */
const KEY_EXCHANGE = inRecords(Buffer.from([16, 0, 0, 1, 0]), [16384], 0x0303);

type Turn = readonly ['up' | 'down', Uint8Array];

/** Feeds the turns in chunks of so many bytes; the first refusal, or null. */
function run(turns: readonly Turn[], size: number): Refusal | null {
  const watch = watchHellos(NAME);
  for (const [way, bytes] of turns) {
    for (let at = 0; at < bytes.length; at += size) {
      const chunk = bytes.subarray(at, at + size);
      if (way === 'down') watch.down(chunk);
      const refusal = way === 'up' ? watch.up(chunk) : null;
      if (refusal !== null) return refusal;
    }
  }
  return null;
}

describe.each([1, 7, 100_000])('in chunks of %d bytes', (size) => {
  it.each<[string, readonly Turn[], string | null]>([
    [
      'TLS 1.3',
      [
        ['down', HELLO],
        ['up', CHANGE],
        ['up', EARLY],
      ],
      null,
    ],
    [
      'TLS 1.2',
      [
        ['down', HELLO],
        ['up', KEY_EXCHANGE],
        ['up', CHANGE],
      ],
      null,
    ],
    [
      'TLS 1.2 from a kept session',
      [
        ['down', HELLO],
        ['up', CHANGE],
        ['up', helloFor('x')],
      ],
      null,
    ],
    [
      'early data before the answer',
      [
        ['up', CHANGE],
        ['up', EARLY],
        ['down', HELLO],
      ],
      null,
    ],
    ['an alert of the client', [['up', Buffer.from([21, 3, 3, 0, 2, 2, 40])]], null],
    [
      'an alert of the server',
      [
        ['down', Buffer.from([21, 3, 3, 0, 2, 2, 40])],
        ['up', HELLO],
      ],
      null,
    ],
    [
      'a server that speaks no TLS',
      [
        ['down', Buffer.from('HTTP/1.1 400')],
        ['up', HELLO],
      ],
      null,
    ],
    [
      'asked again, the same name',
      [
        ['down', RETRY],
        ['up', helloFor(NAME)],
      ],
      null,
    ],
    [
      'asked again, the same name after early data',
      [
        ['up', CHANGE],
        ['up', EARLY],
        ['down', RETRY],
        ['up', EARLY],
        ['up', helloFor(NAME)],
      ],
      null,
    ],
    [
      'asked again, and open after that',
      [
        ['down', RETRY],
        ['up', helloFor(NAME)],
        ['up', KEY_EXCHANGE],
      ],
      null,
    ],
    [
      'asked again in small records',
      [
        ['down', inRecords(serverHello(RETRY_RANDOM), [3])],
        ['up', helloFor('b.example')],
      ],
      'other-sni',
    ],
    [
      'asked again, another name',
      [
        ['down', RETRY],
        ['up', helloFor('b.example')],
      ],
      'other-sni',
    ],
    [
      'asked again, another name after early data',
      [
        ['down', RETRY],
        ['up', CHANGE],
        ['up', EARLY],
        ['up', helloFor('b.example')],
      ],
      'other-sni',
    ],
    [
      'asked again, and no hello',
      [
        ['down', RETRY],
        ['up', KEY_EXCHANGE],
      ],
      'not-tls',
    ],
    [
      'asked again, and something else',
      [
        ['down', RETRY],
        ['up', Buffer.from([99, 3, 3, 0, 0])],
      ],
      'not-tls',
    ],
    [
      'asked again, and early data inside the hello',
      [
        ['down', RETRY],
        ['up', inRecords(Buffer.from([1, 0, 0, 9]))],
        ['up', EARLY],
      ],
      'not-tls',
    ],
    ['a second hello unasked', [['up', helloFor(NAME)]], 'not-tls'],
    [
      'a second hello unasked, after early data',
      [
        ['up', EARLY],
        ['up', helloFor(NAME)],
      ],
      'not-tls',
    ],
  ])('%s', (_, turns, code) => {
    expect(run(turns, size)?.code ?? null).toBe(code);
  });
});

it('there is an answer for all bytes', () => {
  const turn = fc.tuple(
    fc.constantFrom('up' as const, 'down' as const),
    fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(RETRY, HELLO, CHANGE, EARLY)),
  );
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
      expect(run(turns, 1)).toEqual(run(turns, 1000));
    }),
    { numRuns: 500 },
  );
});
