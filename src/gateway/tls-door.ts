import type { Socket } from 'node:net';
import { type ClientHello, helloReader } from './client-hello.ts';
import { growingBytes } from './growing-bytes.ts';
import { judgeHello, unreadable, watchHellos } from './hello-watch.ts';
import { refusal, refusalOf } from './refused.ts';
import { splice, TELL_MS } from './splice.ts';
import { ALERT, HANDSHAKE } from './tls-records.ts';
import type { Destination, Door, Refusal, RefusalCode } from './types.ts';

export interface TlsDoorTimes {
  /** For the whole hello, from the connection on. */
  readonly helloMs: number;
  /** For a client that is refused to read why. */
  readonly lingerMs: number;
  readonly tellMs: number;
}

const TIMES: TlsDoorTimes = { helloMs: 10_000, lingerMs: 1000, tellMs: TELL_MS };

/** What the client is told (RFC 8446, section 6). Where nothing stands here it sees a reset. */
const ALERTS: Partial<Record<RefusalCode, number>> = {
  'no-sni': 112, // unrecognized_name
  'other-sni': 112,
  'encrypted-hello': 49, // access_denied
  'hello-too-long': 49,
  'forbidden-address': 49,
};
const FATAL = 2;

type Context = Parameters<Door>[2];

interface Greeting {
  readonly hello: ClientHello;
  /** All that was read. */
  readonly bytes: Uint8Array;
}

/** A door for one name: a connection must begin with a ClientHello for it, and in the clear. */
export function tlsDoor(times: Partial<TlsDoorTimes> = {}): Door {
  const settled = { ...TIMES, ...times };
  return (client, destination, context) => {
    client.allowHalfOpen = true;
    client.on('error', () => undefined);
    void admit(client, destination, context, settled);
  };
}

async function admit(
  client: Socket,
  destination: Destination,
  { upstream, ledger }: Context,
  times: TlsDoorTimes,
): Promise<void> {
  const refuse = (why: Refusal): void => {
    ledger.refused(destination, why);
    dismiss(client, ALERTS[why.code] ?? null, times.lingerMs);
  };
  const greeting = await readGreeting(client, times.helloMs);
  if (greeting === null) {
    // It went away by itself, and asked for nothing.
    client.destroy();
    return;
  }
  if ('code' in greeting) {
    refuse(greeting);
    return;
  }
  const { hello, bytes } = greeting;
  const gate = watchHellos(destination.host);
  const wrong = judgeHello(hello, destination.host) ?? gate.up(bytes.subarray(hello.bytes));
  if (wrong !== null) {
    refuse(wrong);
    return;
  }
  const connected = await upstream.connect(destination).catch(refusalOf);
  if ('code' in connected) {
    refuse(connected);
    return;
  }
  ledger.opened(destination);
  splice({
    client,
    upstream: connected,
    first: bytes,
    gate,
    tellMs: times.tellMs,
    moved: (moved) => ledger.moved(destination, moved),
    cut: refuse,
  });
}

/** Reads up to the end of the hello, and then no more. Null where the client leaves before that. */
async function readGreeting(client: Socket, helloMs: number): Promise<Greeting | Refusal | null> {
  const reader = helloReader();
  const held = growingBytes();
  return await new Promise((resolve) => {
    const settle = (result: Greeting | Refusal | null): void => {
      clearTimeout(clock);
      client.off('data', take).off('end', leave).off('close', leave);
      client.pause();
      resolve(result);
    };
    const leave = (): void => settle(null);
    const take = (chunk: Buffer): void => {
      held.add(chunk);
      const reading = reader.push(chunk);
      if (reading.kind === 'need-more') return;
      const bytes = held.bytes();
      if (reading.kind === 'hello') settle({ hello: reading, bytes });
      else settle(bytes[0] === HANDSHAKE ? unreadable(reading) : plainText(bytes));
    };
    const clock = setTimeout(() => settle(refusal('hello-timeout', null)), helloMs);
    client.on('data', take).on('end', leave).on('close', leave);
    if (client.destroyed) leave();
    else client.resume();
  });
}

/** What else speaks on this port: its first word, such as `GET` or `SSH-2.0-OpenSSH_9.2`. */
function plainText(bytes: Uint8Array): Refusal {
  const text = Buffer.from(bytes.subarray(0, 40)).toString('latin1');
  return refusal('not-tls', /^[\x21-\x7e]+/.exec(text)?.[0] ?? null);
}

/** Says why, where TLS has a word for it, and hangs up. */
function dismiss(client: Socket, alert: number | null, lingerMs: number): void {
  if (alert === null) {
    client.resetAndDestroy();
    return;
  }
  // Closing with bytes unread would reset the connection, and the alert with it.
  client.resume();
  client.end(Buffer.from([ALERT, 3, 3, 0, 2, FATAL, alert]));
  const clock = setTimeout(() => client.destroy(), lingerMs);
  client.once('close', () => clearTimeout(clock));
}
