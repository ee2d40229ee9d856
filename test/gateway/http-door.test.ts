import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { client, type Lab, type LabOptions, openLab, tell } from './http-lab.ts';

const HOST = 'Host: site.example.com\r\n';
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`;
const LAST = `GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const FOREIGN = 'GET /foreign HTTP/1.1\r\nHost: other.example.com\r\n\r\n';

const labs: Lab[] = [];

async function lab(options?: LabOptions): Promise<Lab> {
  const opened = await openLab(options);
  labs.push(opened);
  return opened;
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map(async (each) => await each.close()));
});

/** A destination that answers each request with the next of these; null is the end. */
function says(...answers: readonly (string | null)[]): (socket: Socket) => void {
  return (socket) => {
    const left = [...answers];
    socket.on('end', () => socket.end());
    socket.on('data', (piece: Buffer) => {
      if (!piece.toString('latin1').includes('HTTP/1.1\r\n')) return;
      const answer = left.shift();
      if (answer === null) socket.end();
      else if (answer !== undefined) socket.write(answer, 'latin1');
    });
  };
}

const codes = ({ account }: Lab): string[] => account.refused.map(({ code }) => code);

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('what goes on', () => {
  it('keeps case and order of headers, and makes anew what belongs to a connection', async () => {
    const { port, received } = await lab();
    await tell(
      port,
      [
        'GET /path?query HTTP/1.1',
        'x-First: 1',
        'HOST: site.example.com',
        'X-Again: a',
        'keep-alive: timeout=5',
        'x-AGAIN: b\xe9',
        'Proxy-Connection: keep-alive',
        'X-Hop: 1',
        'TE: gzip, trailers',
        'Connection: x-hop, close',
        '\r\n',
      ].join('\r\n'),
    );
    expect(received).toEqual([
      {
        method: 'GET',
        url: '/path?query',
        headers: [
          ...['x-First', '1', 'HOST', 'site.example.com', 'X-Again', 'a', 'x-AGAIN', 'b\xe9'],
          ...['TE', 'trailers', 'Connection', 'TE, close'],
        ],
        body: '',
        trailers: [],
      },
    ]);
  });

  it.each([
    ['', 'POST', ['Content-Length', '0']],
    ['', 'DELETE', []],
    ['Content-Length: 3\r\n', 'POST', ['Content-Length', '3']],
    ['content-length: 3\r\nX: \xe9\r\n', 'DELETE', ['content-length', '3', 'X', '\xe9']],
    [
      'Content-Length: 3\r\nExpect: 100-continue\r\nX: \xe9\r\n',
      'PUT',
      ['Content-Length', '3', 'X', '\xe9'],
    ],
    ['Trailer: X\r\n', 'GET', []],
  ])('frames a body as it came: %j by %s', async (headers, method, framed) => {
    const { port, received } = await lab();
    const body = /length/i.test(headers) ? 'abc' : '';
    await tell(port, `${method} / HTTP/1.1\r\n${headers}${HOST}\r\n${body}`);
    expect(received).toMatchObject([{ method, body }]);
    const sent = received[0]?.headers.slice(0, -2);
    expect(sent?.filter((_, index) => !/^host$/i.test(sent[index - (index % 2)] ?? ''))).toEqual(
      framed,
    );
  });

  it('takes pipelined requests one at a time and in order, over one connection', async () => {
    let running = 0;
    let most = 0;
    const { port, begun, account } = await lab({
      answer: (request, response) => {
        running += 1;
        most = Math.max(most, running);
        setImmediate(() => {
          running -= 1;
          response.end(request.url);
        });
      },
    });
    const urls = Array.from({ length: 300 }, (_, n) => `/${n}`);
    const requests = urls.map((url) => `GET ${url} HTTP/1.1\r\n${HOST}\r\n`);
    const heard = await tell(port, requests.join('') + LAST);
    const answers = [...heard.matchAll(/\r\n\r\n(\/(?:\d+|last))/g)].map(([, url]) => url);
    expect(answers).toEqual([...urls, '/last']);
    expect(begun).toEqual([...urls, '/last'].map((url) => `GET ${url}`));
    expect({ most, opened: account.opened }).toEqual({ most: 1, opened: 1 });
  });

  it('checks every request of a connection, and answers those before a refused one', async () => {
    const { port, begun, account } = await lab();
    const heard = await tell(port, GET + FOREIGN + LAST);
    expect(heard).toMatch(/^HTTP\/1.1 200 OK.*HTTP\/1.1 400 Bad Request/s);
    expect(heard).toContain(
      'Glovebox refused this request: it is for other.example.com, and this way leads to site.example.com only.\n',
    );
    expect(begun).toEqual(['GET /']);
    expect(account.refused).toEqual([{ code: 'other-host', seen: 'other.example.com' }]);
  });

  it('checks a request that comes when all before it was answered', async () => {
    const { port, begun } = await lab();
    const { send, hears, closed } = await client(port);
    send(GET);
    await hears(/answer to GET/);
    send(FOREIGN);
    await expect(closed).resolves.toContain('400 Bad Request');
    expect(begun).toEqual(['GET /']);
  });

  it('connects only for a request that was found good', async () => {
    const { port, account, open } = await lab();
    await tell(port, FOREIGN);
    expect({ opened: account.opened, open: open.size }).toEqual({ opened: 0, open: 0 });
  });

  it('carries trailers both ways', async () => {
    const { port, received } = await lab({
      answer: (_, response) => {
        response.writeHead(200, { Trailer: 'X-Sum' });
        response.write('abc');
        response.addTrailers([['X-Sum', '1']]);
        response.end();
      },
    });
    const heard = await tell(
      port,
      `POST / HTTP/1.1\r\n${HOST}Trailer: X-Up\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Up: 2\r\n\r\n`,
    );
    expect(heard).toMatch(/Trailer: X-Sum\r\n.*\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n$/s);
    expect(received[0]).toMatchObject({ body: 'abc', trailers: ['X-Up', '2'] });
  });

  it('carries a large body up and another down, byte for byte', async () => {
    const down = randomBytes(8 * 1024 * 1024);
    const up = randomBytes(8 * 1024 * 1024).toString('latin1');
    const { port, received, account } = await lab({
      answer: (request, response) => {
        request.on('end', () => response.end(down));
      },
    });
    const head = `PUT / HTTP/1.1\r\n${HOST}Content-Length: ${up.length}\r\n\r\n`;
    const heard = await tell(port, head, up);
    const digest = (bytes: string): string =>
      createHash('sha256').update(bytes, 'latin1').digest('hex');
    expect(digest(received[0]?.body ?? '')).toBe(digest(up));
    const body = heard.slice(heard.indexOf('\r\n\r\n') + 4);
    expect(digest(body)).toBe(digest(down.toString('latin1')));
    await eventually(() => account.down > down.length);
    expect(account.up).toBeGreaterThan(up.length);
  });

  it.each(['up', 'down'])('holds little of a body when nobody reads: %s', async (direction) => {
    const endless = Buffer.alloc(64 * 1024, 'x');
    const written = { bytes: 0 };
    const flood = (socket: Socket): void => {
      while (socket.writable && socket.write(endless)) written.bytes += endless.length;
      socket.once('drain', () => flood(socket));
    };
    const { port } = await lab({
      raw: (socket) => {
        if (direction === 'up') return;
        socket.once('data', () => {
          // One chunk that never ends.
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n');
          flood(socket);
        });
      },
    });
    const { socket, send } = await client(port);
    if (direction === 'down') socket.pause();
    send(`POST / HTTP/1.1\r\n${HOST}Content-Length: ${direction === 'up' ? 1e12 : 0}\r\n\r\n`);
    if (direction === 'up') flood(socket);
    let before = -1;
    // Until nothing moves any more: then the kernel's buffers are full, and nothing of ours grows.
    while (before !== written.bytes || before === 0) {
      before = written.bytes;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written.bytes).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('answers', () => {
  const filler = 'X-Filler: 1\r\n'.repeat(2500);

  it.each([
    [
      'no body for HEAD',
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      /: 5\r\nConnection: keep-alive\r\n\r\nHTTP/,
    ],
    [
      '204',
      'GET',
      'HTTP/1.1 204 No Content\r\n\r\n',
      /^HTTP\/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\nHTTP/,
    ],
    [
      '304 with a length',
      'GET',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      /^HTTP\/1.1 304 .*: 5\r\nConnection: keep-alive\r\n\r\nHTTP/s,
    ],
    [
      'an unusual status and reason',
      'GET',
      'HTTP/1.1 299 Quite \xe9 Fine\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1.1 299 Quite \xe9 Fine\r\n/,
    ],
    [
      'case and order of headers',
      'GET',
      'HTTP/1.1 200 OK\r\nset-Cookie: a\r\nX: \xe9\r\nSet-cookie: b\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\n\r\n',
      /OK\r\nset-Cookie: a\r\nX: \xe9\r\nSet-cookie: b\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n/,
    ],
    [
      'chunks',
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      /chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/,
    ],
    [
      'more headers than Node would keep',
      'GET',
      `HTTP/1.1 200 OK\r\n${filler}X-Last: 1\r\nContent-Length: 0\r\n\r\n`,
      /X-Last: 1\r\n/,
    ],
    [
      'early hints',
      'GET',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1.1 103 Early Hints\r\nLink: <\/a>\r\nLink: <\/b>\r\n\r\nHTTP\/1.1 200 OK/,
    ],
  ])('%s', async (_, method, answer, pattern) => {
    const last = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlast';
    const { port, account } = await lab({ raw: says(answer, last) });
    const heard = await tell(port, `${method} / HTTP/1.1\r\n${HOST}\r\n${LAST}`);
    expect(heard).toMatch(pattern);
    expect(heard).toMatch(/\r\n\r\nlast$/);
    expect(account.opened).toBe(1);
  });

  it('are in chunks where only the end of the connection ended them', async () => {
    const { port } = await lab({
      raw: (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nabc')),
    });
    await expect(tell(port, GET)).resolves.toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
  });

  it('are without chunks for HTTP/1.0, and end with the connection', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n3\r\nabc\r\n0\r\nX: 1\r\n\r\n';
    const { port } = await lab({ raw: says(`HTTP/1.1 103 Early Hints\r\n\r\n${chunked}`) });
    await expect(
      tell(port, `GET / HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`),
    ).resolves.toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc');
  });

  it('end the connection where the destination ends it', async () => {
    const { port, begun } = await lab({
      answer: (_, response) => response.writeHead(200, { Connection: 'close' }).end('bye'),
    });
    const { send, closed } = await client(port);
    send(GET + GET);
    await expect(closed).resolves.toMatch(/Connection: close\r\n.*bye\r\n0\r\n\r\n$/s);
    expect(begun).toHaveLength(1);
  });

  it('come to a client that has ended its half', async () => {
    const { port } = await lab({
      answer: (_, response) => setTimeout(() => response.end('late'), 50),
    });
    await expect(tell(port, GET)).resolves.toContain('late');
  });
});

describe('bodies and their answers', () => {
  const EXPECTING = `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`;

  it('100 Continue comes from the destination', async () => {
    const { port, received } = await lab();
    const { send, hears } = await client(port);
    send(EXPECTING);
    await hears(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    send('abc');
    await hears(/answer to POST/);
    expect(received[0]).toMatchObject({ body: 'abc' });
    expect(received[0]?.headers).toContain('100-continue');
  });

  it('a body that does not wait for 100 Continue goes on', async () => {
    const { port, received } = await lab();
    await expect(tell(port, `${EXPECTING}abc${LAST}`)).resolves.toContain('answer to GET /last');
    expect(received.map(({ body }) => body)).toEqual(['abc', '']);
  });

  it('an answer instead of 100 Continue is the last one: nobody knows what follows', async () => {
    const { port } = await lab({
      raw: says('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n'),
    });
    const { send, hears, closed } = await client(port);
    send(EXPECTING);
    await hears(/417 Expectation Failed\r\n.*Connection: close\r\n/s);
    send(GET);
    await expect(closed).resolves.not.toContain('200');
  });

  it('an answer comes early, and the body goes on', async () => {
    const { port, received } = await lab({ answer: (_, response) => response.end('early') });
    const { send, hears } = await client(port);
    send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\n\r\nabc`);
    await hears(/early/);
    send(`def${GET}`);
    await hears(/early.*early/s);
    await eventually(() => received.length === 2);
    expect(received.map(({ body }) => body)).toEqual(['abcdef', '']);
  });

  it('an answer that ends the connection ends a body under way', async () => {
    const { port } = await lab({
      raw: (socket) =>
        socket.once('data', () =>
          socket.end(
            'HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nstop',
          ),
        ),
    });
    const { send, closed } = await client(port);
    send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 100000000\r\n\r\n${'x'.repeat(500_000)}`);
    await expect(closed).resolves.toMatch(/^HTTP\/1.1 413.*stop$/s);
  });

  it('a request that breaks off is broken off', async () => {
    const { port, received, begun, open } = await lab();
    const { send, socket } = await client(port);
    send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\n\r\nabc`);
    await eventually(() => begun.length === 1);
    socket.end();
    await eventually(() => open.size === 0);
    expect(received).toEqual([]);
  });

  it('a client that goes away takes its connection to the destination with it', async () => {
    const opened = await lab({ answer: () => {} });
    const { send, socket } = await client(opened.port);
    send(GET);
    await eventually(() => opened.begun.length === 1);
    socket.resetAndDestroy();
    await eventually(() => opened.open.size === 0);
    expect(codes(opened)).toEqual([]);
  });
});

describe('WebSocket', () => {
  const UPGRADE = `GET /chat HTTP/1.1\r\n${HOST}Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: a\r\n\r\n`;
  const CONSENT =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

  it('is a tunnel once the destination agrees', async () => {
    let head = '';
    const { port, account, clients } = await lab({
      raw: (socket) => {
        socket.once('data', (piece: Buffer) => {
          head = piece.toString('latin1');
          socket.write(`${CONSENT}first `);
          socket.pipe(socket);
        });
      },
    });
    const { send, hears, socket, closed } = await client(port);
    // Frames that did not wait are neither lost nor read as requests.
    send(`${UPGRADE}early `);
    await hears(
      /^HTTP\/1.1 101 Switching Protocols\r\n.*Upgrade: websocket\r\n.*\r\n\r\nfirst early $/s,
    );
    send(FOREIGN);
    await hears(/other\.example\.com\r\n\r\n$/);
    socket.end();
    await closed;
    expect(head).toContain('Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await eventually(() => clients.size === 0);
    const moved = `early ${FOREIGN}`.length;
    await eventually(() => account.down === `${CONSENT}first `.length + moved);
    expect(account).toMatchObject({ opened: 1, up: head.length + moved, refused: [] });
  });

  it('is none for a client that has ended its half', async () => {
    const { port, open, clients } = await lab({ raw: says(CONSENT) });
    await expect(tell(port, UPGRADE)).resolves.toBe('');
    await eventually(() => open.size + clients.size === 0);
  });

  it.each([
    ['another answer', 'HTTP/1.1 426 No\r\nContent-Length: 2\r\n\r\nno'],
    ['a plain answer', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nUpgrade: websocket\r\n\r\nno'],
  ])('is none after %s: what follows is checked', async (_, answer) => {
    const heard: string[] = [];
    const opened = await lab({
      raw: (socket) => {
        socket.on('data', (piece: Buffer) => heard.push(piece.toString('latin1')));
        says(answer)(socket);
      },
    });
    await expect(tell(opened.port, UPGRADE + FOREIGN)).resolves.toMatch(/no.*HTTP\/1.1 400/s);
    expect(codes(opened)).toEqual(['other-host']);
    expect(heard.join('')).not.toContain('foreign');
  });

  it.each([
    ['another protocol', UPGRADE, CONSENT.replace('websocket', 'h2c')],
    ['no protocol', UPGRADE, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n'],
    ['WebSocket that nobody asked for', GET, CONSENT],
  ])('is none where the destination switches to %s', async (_, request, answer) => {
    const { port, open } = await lab({ raw: says(answer) });
    await expect(tell(port, request)).resolves.toMatch(/^HTTP\/1.1 502 Bad Gateway/);
    await eventually(() => open.size === 0);
  });
});

describe('what goes wrong', () => {
  it('a destination that cannot be had is told with its reason', async () => {
    const refusal = { code: 'forbidden-address', seen: '127.0.0.1' } as const;
    const opened = await lab({
      connect: async () => {
        throw Object.assign(new Error('it leads to 127.0.0.1'), { refusal });
      },
    });
    await expect(tell(opened.port, GET)).resolves.toMatch(
      /^HTTP\/1.1 502 Bad Gateway.*Glovebox could not pass this request on to site.example.com:80: it leads to 127.0.0.1.\n$/s,
    );
    expect(opened.account).toEqual({ opened: 0, up: 0, down: 0, refused: [refusal] });
  });

  it('a connection that comes when the client has gone is closed', async () => {
    let come = (): void => {};
    const opened = await lab({
      connect: async () => {
        const { socket } = await client(other.port);
        await new Promise<void>((resolve) => {
          come = resolve;
        });
        return socket;
      },
    });
    const other = await lab();
    const { send, socket } = await client(opened.port);
    send(GET);
    await eventually(() => other.clients.size === 1);
    socket.resetAndDestroy();
    await eventually(() => opened.clients.size === 0);
    come();
    await eventually(() => other.clients.size === 0);
    expect(opened.account).toEqual({ opened: 0, up: 0, down: 0, refused: [] });
  });

  it.each([
    ['is no HTTP', says('nonsense\r\n\r\n')],
    [
      'has two lengths',
      says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    ],
    [
      'has another coding',
      says('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
    ],
    ['has a status below 100', says('HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n')],
    ['has too long a head', says(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`)],
    ['does not come', says(null)],
  ])('502 where the answer %s', async (_, raw) => {
    const opened = await lab({ raw });
    await expect(tell(opened.port, GET)).resolves.toMatch(/^HTTP\/1.1 502 Bad Gateway/);
    expect(codes(opened)).toEqual([]);
    await eventually(() => opened.open.size === 0);
  });

  it.each([
    ['sized', 'Content-Length: 10\r\n\r\nabc', '1.1'],
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', '1.1'],
    ['chunked, for HTTP/1.0', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', '1.0'],
  ])('a torn answer arrives torn: %s', async (_, answer, version) => {
    const { port } = await lab({
      raw: (socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${answer}`)),
    });
    const { send, socket, closed } = await client(port);
    const end = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      socket.on('end', () => resolve('a regular end'));
    });
    send(`GET / HTTP/${version}\r\n${HOST}\r\n`);
    await expect(end).resolves.toBe('ECONNRESET');
    await closed;
  });

  it('a connection that the destination closes between requests is closed', async () => {
    const { port } = await lab({
      raw: (socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          setTimeout(() => socket.end(), 20);
        });
      },
    });
    const { send, closed } = await client(port);
    send(GET);
    await expect(closed).resolves.toMatch(/ok$/);
  });

  it('a connection that the destination closes under the next request says nothing', async () => {
    const { port } = await lab({
      raw: says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', null),
    });
    await expect(tell(port, GET + GET)).resolves.toMatch(/^HTTP\/1.1 200 OK[^]*\r\n\r\nok$/);
  });

  it('a body that cannot be read is refused, and its request broken off', async () => {
    const opened = await lab();
    const { send, closed } = await client(opened.port);
    send(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    await eventually(() => opened.begun.length === 1);
    send('nonsense\r\n');
    await expect(closed).resolves.toMatch(/^HTTP\/1.1 400 Bad Request/);
    expect(codes(opened)).toEqual(['bad-request']);
    expect(opened.received).toEqual([]);
    await eventually(() => opened.open.size === 0);
  });

  it('HTTP/2 is told by its name', async () => {
    const { port, account } = await lab();
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    await tell(port, `${preface}\0\0\x12\x04\0\0\0\0\0`);
    expect(account.refused).toEqual([{ code: 'bad-request', seen: 'the preface of HTTP/2' }]);
  });

  it('a head that is too long is refused', async () => {
    const opened = await lab({ limits: { maxHeadBytes: 1000 } });
    const long = `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(2000)}\r\n\r\n`;
    await expect(tell(opened.port, long)).resolves.toMatch(
      /^HTTP\/1.1 431 Request Header Fields Too Large/,
    );
    expect(codes(opened)).toEqual(['bad-request']);
  });

  it('an answer to HEAD has no body, also when it is refused', async () => {
    const { port } = await lab();
    await expect(tell(port, FOREIGN.replace('GET', 'HEAD'))).resolves.toMatch(/close\r\n\r\n$/);
  });

  it('a foreign name is told bounded', async () => {
    const { port, account } = await lab();
    const name = `${'x'.repeat(5000)}.example.com`;
    const heard = await tell(port, FOREIGN.replace('other.example.com', name));
    expect(heard.length).toBeLessThan(1000);
    expect(account.refused[0]?.seen).toHaveLength(255);
  });

  it('a refusal reaches a client that is still sending', async () => {
    const { port } = await lab();
    const { send, socket, closed } = await client(port);
    let error: Error | null = null;
    socket.on('error', (thrown) => {
      error = thrown;
    });
    send(`POST / HTTP/1.1\r\nHost: other.example.com\r\nContent-Length: 1000000\r\n\r\n`);
    send('x'.repeat(1_000_000));
    await expect(closed).resolves.toMatch(/^HTTP\/1.1 400 Bad Request/);
    expect(error).toBeNull();
  });
});

describe('time', () => {
  const limits = { headWithinMs: 100 };

  it.each([
    ['never ends', 'GET / HTTP/1.1\r\nHost: si', 'x'],
    ['is nothing but blank lines', '\r\n\r\n', '\r\n'],
  ])('a head that %s is cut', async (_, first, rest) => {
    const opened = await lab({ limits });
    const { send, closed } = await client(opened.port);
    send(first);
    const trickle = setInterval(() => send(rest), 20);
    await expect(closed).resolves.toMatch(/^HTTP\/1.1 408 Request Timeout/);
    clearInterval(trickle);
    expect(opened.account.refused).toEqual([{ code: 'request-timeout', seen: null }]);
  });

  it('a connection on which nothing is said is closed, and held against nobody', async () => {
    const opened = await lab({ limits });
    const { closed } = await client(opened.port);
    await expect(closed).resolves.toBe('');
    expect(codes(opened)).toEqual([]);
  });

  it('a connection may rest between requests, and a body may take its time', async () => {
    const opened = await lab({ limits });
    const { send, hears, closed } = await client(opened.port);
    const rest = async (): Promise<void> =>
      await new Promise((resolve) => setTimeout(resolve, 250));
    send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\na`);
    await rest();
    send('bc');
    await hears(/answer to POST/);
    await rest();
    send(LAST);
    await expect(closed).resolves.toContain('answer to GET /last');
    expect(codes(opened)).toEqual([]);
  });
});
