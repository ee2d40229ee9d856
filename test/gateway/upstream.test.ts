import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import packet from 'dns-packet';
import { judgeAddresses } from '../../src/gateway/address-judgement.ts';
import { raceTo } from '../../src/gateway/race.ts';
import { refusalOf } from '../../src/gateway/refused.ts';
import { systemUpstream, type UpstreamOptions } from '../../src/gateway/upstream.ts';
import { DESTINATION, listen, readAll } from './net.ts';

const OPEN: UpstreamOptions = {
  resolver: null,
  environment: {},
  forbidden: () => null,
  privateReason: () => null,
};
const hello = (socket: Socket): void => {
  socket.end('hello');
};
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Records = Readonly<Record<string, readonly string[]>>;

/** A resolver that knows these names and counts the questions; others do not exist. */
async function resolver(names: Records): Promise<{ server: string; asked: string[] }> {
  const asked: string[] = [];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  closing.push(() => socket.close());
  socket.on('message', (message, from) => {
    const { id, questions = [] } = packet.decode(message);
    const [{ name, type }] = questions as [packet.Question];
    asked.push(`${name} ${type}`);
    const family = type === 'A' ? 4 : 6;
    const data = names[name]?.filter((address) => address.includes(':') === (family === 6));
    const answer = packet.encode({
      type: 'response',
      id: id ?? 0,
      flags: names[name] === undefined ? 3 : 0,
      questions,
      answers: (data ?? []).map((one) => ({
        type: family === 4 ? 'A' : 'AAAA',
        name,
        ttl: 9,
        data: one,
      })),
    });
    socket.send(answer, from.port, from.address);
  });
  await once(socket, 'listening');
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

async function outcome(connecting: Promise<Socket>): Promise<string> {
  try {
    const socket = await connecting;
    closing.push(() => socket.destroy());
    return String(await readAll(socket));
  } catch (error) {
    const { code, seen } = refusalOf(error);
    return seen === null ? code : `${code}: ${seen}`;
  }
}

describe('a direct way', () => {
  it('is found by the system', async () => {
    const { port } = await listen(hello);
    const upstream = systemUpstream(OPEN);
    expect(await outcome(upstream.connect({ ...DESTINATION, host: 'localhost', port }))).toBe(
      'hello',
    );
  });

  it('is found by a resolver of its own, anew for each connection', async () => {
    const { port } = await listen(hello);
    const { server, asked } = await resolver({ 'api.example.com': ['127.0.0.1'] });
    const upstream = systemUpstream({ ...OPEN, resolver: server });
    const destination = { ...DESTINATION, port };
    expect(await outcome(upstream.connect(destination))).toBe('hello');
    expect(await outcome(upstream.connect(destination))).toBe('hello');
    expect(asked.sort()).toEqual([
      'api.example.com A',
      'api.example.com A',
      'api.example.com AAAA',
      'api.example.com AAAA',
    ]);
  });

  it('is looked up once for connections at the same time', async () => {
    const { port } = await listen(hello);
    const { server, asked } = await resolver({ 'api.example.com': ['127.0.0.1'] });
    const upstream = systemUpstream({ ...OPEN, resolver: server });
    const all = Array.from(
      { length: 20 },
      async () => await outcome(upstream.connect({ ...DESTINATION, port })),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['hello']));
    expect(asked).toHaveLength(2);
  });

  it('leads past an address that does not answer', async () => {
    const { port } = await listen(hello);
    const { server } = await resolver({ 'api.example.com': ['::1', '127.0.0.2', '127.0.0.1'] });
    const upstream = systemUpstream({ ...OPEN, resolver: server });
    expect(await outcome(upstream.connect({ ...DESTINATION, port }))).toBe('hello');
  });

  it('is unresolved where the name has no address', async () => {
    const { server } = await resolver({ 'empty.example': [] });
    const upstream = systemUpstream({ ...OPEN, resolver: server });
    expect(await outcome(upstream.connect(DESTINATION))).toBe('unresolved: ENOTFOUND');
    expect(await outcome(upstream.connect({ ...DESTINATION, host: 'empty.example' }))).toBe(
      'unresolved: ENODATA',
    );
  });

  it('is unresolved where the resolver is silent', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    closing.push(() => silent.close());
    await once(silent, 'listening');
    const server = `127.0.0.1:${silent.address().port}`;
    const upstream = systemUpstream({ ...OPEN, resolver: server, timeoutMs: 50 });
    expect(await outcome(upstream.connect(DESTINATION))).toBe(
      'unresolved: no answer from the resolver in 0.05 s',
    );
  });

  it('is unreachable where nobody listens', async () => {
    const { port, server: closed } = await listen(hello);
    await new Promise((resolve) => closed.close(resolve));
    const { server } = await resolver({ 'api.example.com': ['127.0.0.1'] });
    const upstream = systemUpstream({ ...OPEN, resolver: server });
    expect(await outcome(upstream.connect({ ...DESTINATION, port }))).toBe(
      'unreachable: ECONNREFUSED',
    );
  });
});

describe('what a name resolves to is judged', () => {
  const judged = judgeAddresses({ hostAddresses: [], blockMetadata: true });

  it.each<[string, readonly string[], boolean, string]>([
    ['loopback', ['127.0.0.1'], false, "forbidden-address: 127.0.0.1: this machine's loopback"],
    [
      'loopback for a private entry',
      ['127.0.0.1'],
      true,
      "forbidden-address: 127.0.0.1: this machine's loopback",
    ],
    [
      'metadata for a private entry',
      ['169.254.169.254'],
      true,
      'forbidden-address: 169.254.169.254: link-local',
    ],
    [
      'loopback, mapped',
      ['::ffff:127.0.0.1'],
      true,
      "forbidden-address: ::ffff:127.0.0.1: 127.0.0.1 inside: this machine's loopback",
    ],
    ['a private range', ['10.1.2.3'], false, 'forbidden-address: 10.1.2.3: private'],
    [
      'several',
      ['0.0.0.0', '10.1.2.3', '::1'],
      false,
      "forbidden-address: ::1: this machine's loopback",
    ],
  ])('%s', async (_, addresses, isPrivate, expected) => {
    const { port } = await listen(hello);
    const { server } = await resolver({ 'api.example.com': addresses });
    const upstream = systemUpstream({ ...OPEN, ...judged, resolver: server });
    const destination = { ...DESTINATION, port, private: isPrivate };
    expect(await outcome(upstream.connect(destination))).toBe(expected);
  });

  it('and only those that stand are connected to', async () => {
    let connections = 0;
    const { port } = await listen((socket) => {
      connections += 1;
      hello(socket);
    });
    const { server } = await resolver({ 'api.example.com': ['127.0.0.1', '127.0.0.2'] });
    const forbidden = (address: string) => (address === '127.0.0.1' ? 'not this one' : null);
    const upstream = systemUpstream({ ...OPEN, forbidden, resolver: server });
    // Nobody listens on the other.
    expect(await outcome(upstream.connect({ ...DESTINATION, port }))).toBe(
      'unreachable: ECONNREFUSED',
    );
    expect(connections).toBe(0);
  });

  it('a private address is for private entries only', async () => {
    const { port } = await listen(hello);
    const { server } = await resolver({ 'api.example.com': ['127.0.0.1'] });
    const upstream = systemUpstream({ ...OPEN, resolver: server, privateReason: () => 'private' });
    expect(await outcome(upstream.connect({ ...DESTINATION, port }))).toBe(
      'forbidden-address: 127.0.0.1: private',
    );
    expect(await outcome(upstream.connect({ ...DESTINATION, port, private: true }))).toBe('hello');
  });
});

describe('a way through a proxy', () => {
  /** Answers every request with this, and remembers the requests. */
  async function proxy(
    answer: string,
  ): Promise<{ environment: Record<string, string>; heard: string[] }> {
    const heard: string[] = [];
    const { port } = await listen((socket) => {
      socket.once('data', (request_: Buffer) => {
        heard.push(String(request_));
        socket.end(answer);
      });
    });
    return { environment: { HTTPS_PROXY: `http://me:secret@127.0.0.1:${port}` }, heard };
  }

  it('is asked for by name, and is then like a direct one', async () => {
    const { environment, heard } = await proxy('HTTP/1.1 200 OK\r\n\r\n220 welcome');
    const upstream = systemUpstream({ ...OPEN, environment, forbidden: () => 'all of them' });
    expect(await outcome(upstream.connect(DESTINATION))).toBe('220 welcome');
    expect(heard).toEqual([
      'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n' +
        'Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n',
    ]);
  });

  it('can be given to an HTTP client', async () => {
    const { port } = await listen((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
      });
    });
    const environment = { ALL_PROXY: `127.0.0.1:${port}` };
    const socket = await systemUpstream({ ...OPEN, environment }).connect(DESTINATION);
    closing.push(() => socket.destroy());
    const asking = request({ createConnection: () => socket, host: 'api.example.com' }).end();
    const [response] = (await once(asking, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(204);
  });

  it.each<[string, string, string]>([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'unreachable: the proxy says 403 Forbidden'],
    ['hangs up', '', 'unreachable: the proxy hung up'],
    ['hangs up half way', 'HTTP/1.1 200', 'unreachable: the proxy hung up'],
    ['is none', 'hello\r\n\r\n', 'unreachable: the proxy does not answer in HTTP'],
  ])('is not there where the proxy %s', async (_, answer, expected) => {
    const { environment } = await proxy(answer);
    const upstream = systemUpstream({ ...OPEN, environment });
    expect(await outcome(upstream.connect(DESTINATION))).toBe(expected);
  });

  it('is not there where the proxy is silent', async () => {
    const { port } = await listen(() => undefined);
    const environment = { HTTPS_PROXY: `127.0.0.1:${port}` };
    const upstream = systemUpstream({ ...OPEN, environment, timeoutMs: 50 });
    expect(await outcome(upstream.connect(DESTINATION))).toBe(
      'unreachable: no answer from the proxy in 0.05 s',
    );
  });

  it('is never replaced by a direct one', async () => {
    const { port } = await listen(hello);
    const environment = { HTTPS_PROXY: 'socks5://127.0.0.1:1' };
    const upstream = systemUpstream({ ...OPEN, environment });
    expect(await outcome(upstream.connect({ ...DESTINATION, host: 'localhost', port }))).toBe(
      'unreachable: HTTPS_PROXY is a proxy of kind socks5://',
    );
  });
});

describe('a race', () => {
  it('rejects without addresses', async () => {
    await expect(raceTo([], 1, 1000)).rejects.toThrow('it has no address');
  });

  it('is won past an address where nobody is', async () => {
    const { port } = await listen(hello);
    // The first is of a network for documentation.
    const winner = raceTo(['192.0.2.1', '127.0.0.1'], port, 5000);
    expect(await outcome(winner)).toBe('hello');
  });

  it('ends when its time is over', async () => {
    await expect(raceTo(['192.0.2.1'], 9, 30)).rejects.toThrow(
      /no answer in 0.03 s|UNREACH|REFUSED/,
    );
  });
});
