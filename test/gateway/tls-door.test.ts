import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  connect as connectTls,
  type ConnectionOptions,
  createServer,
  type TLSSocket,
} from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { rawDoor } from '../../src/gateway/raw-door.ts';
import { tlsDoor } from '../../src/gateway/tls-door.ts';
import type { RefusalCode } from '../../src/gateway/types.ts';
import { selfSigned } from './certificate.ts';
import { helloFor, helloMessage, inRecords, serverName, vector } from './hellos.ts';
import { call, dial, leadTo, listen, openDoor, readAll } from './net.ts';

const NAME = 'api.example.com';
const MIB = 1024 * 1024;

/** A TLS server that answers with what it gets, and for whom. */
async function tlsEcho(): Promise<{ readonly port: number }> {
  const server = createServer({
    ...selfSigned(NAME),
    ALPNProtocols: ['h2', 'http/1.1'],
    ecdhCurve: 'X25519:P-384',
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.write(`for ${String(socket.servername)}\n`);
    socket.pipe(socket);
  });
  return await listen((socket) => server.emit('connection', socket));
}

function tlsClient(port: number, options: ConnectionOptions = {}): TLSSocket {
  const client = connectTls({
    socket: call(port),
    servername: NAME,
    rejectUnauthorized: false,
    ...options,
  });
  return client;
}

/** What the client's own TLS says of the connection; `connected` where it stands. */
async function outcome(client: TLSSocket): Promise<string> {
  return await new Promise((resolve) => {
    client.once('secureConnect', () => resolve('connected'));
    client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe('let through', () => {
  it.each<[string, ConnectionOptions]>([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['a name in upper case', { servername: 'API.example.COM' }],
    ['ALPN', { ALPNProtocols: ['h2'] }],
    ['a server that asks for another hello', { ecdhCurve: 'P-256:P-384' }],
  ])('%s', async (_, options) => {
    const { port: upstream } = await tlsEcho();
    const { port, ledger } = await openDoor(tlsDoor(), leadTo(upstream));
    const client = tlsClient(port, options);
    client.end('some words');
    const said = String(await readAll(client));
    expect(said.toLowerCase()).toBe(`for ${NAME}\nsome words`);
    await vi.waitFor(() => expect(ledger.bytes.down).toBeGreaterThan(said.length));
    expect(ledger.bytes.up).toBeGreaterThan(100);
    expect(ledger.events).toEqual(['opened']);
  });

  it('a large upload and its echo', async () => {
    const { port: upstream } = await tlsEcho();
    const { port } = await openDoor(tlsDoor(), leadTo(upstream));
    const client = tlsClient(port);
    client.end(Buffer.alloc(8 * MIB, 'x'));
    expect((await readAll(client)).length).toBe(8 * MIB + `for ${NAME}\n`.length);
  });

  it('a hello in pieces, byte for byte, with what comes after it', async () => {
    const { port: upstream } = await listen((socket) => socket.pipe(socket));
    const { port } = await openDoor(tlsDoor(), leadTo(upstream));
    const early = inRecords(Buffer.from('early data'), [4], 0x0303, 23);
    const bytes = Buffer.concat([
      inRecords(helloMessage({ extensions: [serverName(NAME)] }), [3]),
      early,
    ]);
    const client = await dial(port);
    client.setNoDelay(true);
    for (let at = 0; at < bytes.length; at += 7) {
      client.write(bytes.subarray(at, at + 7));
      await new Promise(setImmediate);
    }
    client.end();
    expect(await readAll(client)).toEqual(bytes);
  });

  it('a server that resets resets the client', async () => {
    const { port: upstream } = await listen((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { port } = await openDoor(tlsDoor(), leadTo(upstream));
    expect(await outcome(tlsClient(port))).toBe('ECONNRESET');
  });
});

describe('cut, and the client is told why', () => {
  it.each<[string, ConnectionOptions, string, string]>([
    [
      'another name',
      { servername: 'evil.example' },
      'other-sni: evil.example',
      'UNRECOGNIZED_NAME',
    ],
    ['a name below', { servername: `a.${NAME}` }, `other-sni: a.${NAME}`, 'UNRECOGNIZED_NAME'],
    [
      'a name that begins so',
      { servername: `${NAME}.evil.example` },
      `other-sni: ${NAME}.evil.example`,
      'UNRECOGNIZED_NAME',
    ],
    ['no name', { servername: '' }, 'no-sni', 'UNRECOGNIZED_NAME'],
    [
      'another name, TLS 1.2',
      { servername: 'b.example', maxVersion: 'TLSv1.2' },
      'other-sni: b.example',
      'UNRECOGNIZED_NAME',
    ],
  ])('%s', async (_, options, event, alert) => {
    const upstream = leadTo(1);
    const { port, ledger } = await openDoor(tlsDoor(), upstream);
    expect(await outcome(tlsClient(port, options))).toContain(alert);
    expect(ledger.events).toEqual([event]);
    expect(upstream.asked).toEqual([]);
  });

  it.each<[string, Buffer, string, number]>([
    [
      'an encrypted hello',
      inRecords(helloMessage({ extensions: [serverName(NAME), [0xfe0d, Buffer.alloc(40)]] })),
      `encrypted-hello: ${NAME}`,
      49,
    ],
    [
      'a NUL in the name',
      helloFor(`evil.example\0.${NAME}`),
      `other-sni: evil.example\0.${NAME}`,
      112,
    ],
    ['a very long name', helloFor('a'.repeat(5000)), `other-sni: ${'a'.repeat(252)}…`, 112],
    ['a hello without an end', Buffer.from([22, 3, 1, 64, 0, 1, 1, 0, 0]), 'hello-too-long', 49],
  ])('%s', async (_, bytes, event, alert) => {
    const upstream = leadTo(1);
    const { port, ledger } = await openDoor(tlsDoor(), upstream);
    const client = await dial(port);
    client.write(bytes);
    expect(await readAll(client)).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, alert]));
    expect(ledger.events).toEqual([event]);
    expect(upstream.asked).toEqual([]);
  });

  it('a client that has sent more than its hello', async () => {
    const { port } = await openDoor(tlsDoor(), leadTo(1));
    const client = call(port);
    client.write(helloFor('evil.example'));
    client.end(Buffer.alloc(MIB));
    expect(await readAll(client)).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, 112]));
  });

  it('a client that goes on sending is closed all the same', async () => {
    const { port, inside } = await openDoor(tlsDoor({ lingerMs: 20 }), leadTo(1));
    const client = await dial(port);
    client.write(helloFor('evil.example'));
    const flood = setInterval(() => client.write(Buffer.alloc(1000)), 1);
    await vi.waitFor(() => expect(inside[0]?.destroyed).toBe(true));
    clearInterval(flood);
  });
});

describe('reset', () => {
  it.each<[string, Buffer, string]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 'not-tls: GET'],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), 'not-tls: SSH-2.0-OpenSSH_9.2'],
    ['zeros', Buffer.alloc(100), 'not-tls'],
    [
      'two names',
      inRecords(helloMessage({ extensions: [serverName(NAME), serverName('evil.example')] })),
      'not-tls: it has two server names',
    ],
    [
      'a second hello before the server answered',
      Buffer.concat([helloFor(NAME), helloFor('evil.example')]),
      'not-tls: a second message before the server answered',
    ],
  ])('%s', async (_, bytes, event) => {
    const upstream = leadTo(1);
    const { port, ledger } = await openDoor(tlsDoor(), upstream);
    const client = call(port);
    client.write(bytes);
    expect(await readAll(client)).toBe('reset');
    expect(ledger.events).toEqual([event]);
    expect(upstream.asked).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ['nothing at all', Buffer.alloc(0)],
    ['half a hello', helloFor(NAME).subarray(0, 30)],
  ])('%s, when the time is over', async (_, bytes) => {
    const { port, ledger } = await openDoor(tlsDoor({ helloMs: 20 }), leadTo(1));
    const client = call(port);
    client.write(bytes);
    expect(await readAll(client)).toBe('reset');
    expect(ledger.events).toEqual(['hello-timeout']);
  });

  it('a hello that comes byte by byte, when the time is over', async () => {
    const { port, ledger } = await openDoor(tlsDoor({ helloMs: 60 }), leadTo(1));
    const client = call(port);
    const hello = inRecords(helloMessage({ extensions: [[21, Buffer.alloc(20_000)]] }));
    let at = 0;
    const drip = setInterval(() => client.write(hello.subarray(at, (at += 1))), 1);
    expect(await readAll(client)).toBe('reset');
    clearInterval(drip);
    expect(ledger.events).toEqual(['hello-timeout']);
  });

  it.each<[RefusalCode, string]>([
    ['unresolved', 'ECONNRESET'],
    ['unreachable', 'ECONNRESET'],
    ['forbidden-address', 'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED'],
  ])('or told, where the way upstream is refused: %s', async (code, told) => {
    const { port, ledger } = await openDoor(tlsDoor(), leadTo({ code, seen: 'why' }));
    expect(await outcome(tlsClient(port))).toBe(told);
    expect(ledger.events).toEqual([`${code}: why`]);
  });
});

it('a client that leaves before its hello has asked for nothing', async () => {
  const { port, ledger, inside } = await openDoor(tlsDoor(), leadTo(1));
  const client = await dial(port);
  client.end(helloFor(NAME).subarray(0, 30));
  await readAll(client);
  await vi.waitFor(() => expect(inside[0]?.destroyed).toBe(true));
  expect(ledger.events).toEqual([]);
});

describe('a second hello, after the server asked for one', () => {
  const share = generateKeyPairSync('x25519')
    .publicKey.export({ type: 'spki', format: 'der' })
    .subarray(-32);

  /** A hello for TLS 1.3 with a group that the server takes, and a key for it or none. */
  function hello(name: string, withKey: boolean): Buffer {
    const key = withKey
      ? Buffer.concat([Buffer.from([0, 0x1d]), vector(share, 2)])
      : Buffer.alloc(0);
    const suites = Buffer.from([0x13, 1, 0x13, 2]);
    const extensions = [
      serverName(name),
      [43, Buffer.from([2, 3, 4])],
      [10, vector(Buffer.from([0, 0x1d]), 2)],
      [13, vector(Buffer.from([4, 3, 8, 4]), 2)],
      [51, vector(key, 2)],
    ] as const;
    return inRecords(helloMessage({ extensions, suites }));
  }

  /** The first record of the server's second answer: 22 for a ServerHello, 21 for an alert. */
  async function askTwice(client: Socket, between: Buffer, name: string): Promise<number> {
    client.write(hello(NAME, false));
    const [retry] = (await once(client, 'data')) as [Buffer];
    expect(retry[0]).toBe(22);
    client.write(Buffer.concat([between, hello(name, true)]));
    const [answer] = (await once(client, 'data')) as [Buffer];
    return answer[0] ?? -1;
  }

  const CHANGE = Buffer.from([20, 3, 3, 0, 1, 1]);
  const EARLY = Buffer.from([23, 3, 3, 0, 2, 7, 7]);

  it.each([
    ['at once', Buffer.alloc(0)],
    ['after the marker for old middleboxes', CHANGE],
    ['after early data', Buffer.concat([CHANGE, EARLY, EARLY])],
  ])('passes for the same name, %s', async (_, between) => {
    const { port: upstream } = await tlsEcho();
    const { port, ledger } = await openDoor(tlsDoor(), leadTo(upstream));
    // Node's server ends a connection with early data that it did not offer to take.
    const answer = await askTwice(await dial(port), between, NAME);
    expect(answer).toBe(between.includes(EARLY) ? 21 : 22);
    expect(ledger.events).toEqual(['opened']);
  });

  it.each([
    ['at once', Buffer.alloc(0)],
    ['after the marker for old middleboxes', CHANGE],
    ['after early data', Buffer.concat([CHANGE, EARLY, EARLY])],
  ])('is cut for another name, %s', async (_, between) => {
    const { port: upstream } = await tlsEcho();
    const { port, ledger } = await openDoor(tlsDoor(), leadTo(upstream));
    const client = await dial(port);
    expect(await askTwice(client, between, 'evil.example')).toBe(21);
    expect(ledger.events).toEqual(['opened', 'other-sni: evil.example']);
  });

  it('is answered for another name where nobody looks', async () => {
    const { port: upstream } = await tlsEcho();
    const { port } = await openDoor(rawDoor(), leadTo(upstream));
    expect(await askTwice(await dial(port), CHANGE, 'evil.example')).toBe(22);
  });
});
