import { type ClientHello, helloCollector, type HelloReading } from './client-hello.ts';
import { refusal } from './refused.ts';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  recordSplitter,
} from './tls-records.ts';
import type { Gate } from './splice.ts';
import type { Refusal } from './types.ts';

const SERVER_HELLO = 2;
/** Of a ServerHello: type, length, version. The random comes then. */
const RANDOM_AT = 6;
const RANDOM_BYTES = 32;
/** The random of a HelloRetryRequest (RFC 8446, section 4.1.3). */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';
const PASSING: ReadonlySet<number> = new Set([CHANGE_CIPHER_SPEC, ALERT, APPLICATION_DATA]);

type Unreadable = Extract<HelloReading, { readonly kind: 'not-tls' | 'too-long' }>;

/** Whether a hello is for the host and for nobody else. */
export function judgeHello({ sni, encrypted }: ClientHello, host: string): Refusal | null {
  if (encrypted) return refusal('encrypted-hello', sni);
  if (sni === null) return refusal('no-sni', null);
  return sni === host ? null : refusal('other-sni', sni);
}

/**
 * Watches a connection after its first hello. A server may ask for a second one, and some go by the
 * name in that. So until the server has answered no handshake goes up, and if it asks again, only a
 * hello for the same host.
 */
export function watchHellos(host: string): Gate {
  const answer = answerReader();
  const second = secondHello(host);
  let state: 'unanswered' | 'retry' | 'open' = 'unanswered';
  return {
    down(chunk) {
      if (state === 'unanswered') state = answer(chunk);
    },
    up(chunk) {
      if (state === 'open') return null;
      const verdict = second(chunk, state === 'retry');
      if (verdict !== 'checked') return verdict;
      // Nobody asks a third time: RFC 8446 makes the client end that connection.
      state = 'open';
      return null;
    },
  };
}

/** Tells from the server's first message whether it asks for another hello. */
function answerReader(): (chunk: Uint8Array) => 'unanswered' | 'retry' | 'open' {
  const split = recordSplitter();
  const message: number[] = [];
  return (chunk) => {
    for (const { type, body } of split(chunk)) {
      if (type !== HANDSHAKE) return 'open';
      message.push(...body.subarray(0, RANDOM_AT + RANDOM_BYTES - message.length));
      if (message.length > 0 && message[0] !== SERVER_HELLO) return 'open';
      if (message.length === RANDOM_AT + RANDOM_BYTES) {
        const random = message.slice(RANDOM_AT).map((byte) => byte.toString(16).padStart(2, '0'));
        return random.join('') === RETRY_RANDOM ? 'retry' : 'open';
      }
    }
    return 'unanswered';
  };
}

/** Reads what the client sends next. `checked` once that is another hello for the host. */
function secondHello(
  host: string,
): (chunk: Uint8Array, asked: boolean) => Refusal | 'checked' | null {
  const split = recordSplitter();
  const message = helloCollector();
  let begun = false;
  return (chunk, asked) => {
    for (const piece of split(chunk)) {
      // Early data and the marker for old middleboxes may come at any time, and say nothing.
      if (!begun && PASSING.has(piece.type)) continue;
      if (!asked) return refusal('not-tls', 'a second message before the server answered');
      begun = true;
      const reading = message.take(piece);
      if (reading.kind === 'hello') return judgeHello(reading, host) ?? 'checked';
      if (reading.kind !== 'need-more') return unreadable(reading);
    }
    return null;
  };
}

/** A reading that is no hello, as a refusal. */
export function unreadable(reading: Unreadable): Refusal {
  return reading.kind === 'too-long'
    ? refusal('hello-too-long', null)
    : refusal('not-tls', reading.why);
}
