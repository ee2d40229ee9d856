import { beforeAll, describe, expect, it } from 'vitest';
import { PORTS } from '../lab/glovebox.ts';
import { hello, listening } from '../lab/internet.ts';
import {
  allowing,
  type BothWays,
  bothWays,
  dial,
  GIVEN_UP,
  reasons,
  text,
} from './name-attacks.ts';

// HTTP on port 80: each of these brings a request past a check that reads less strictly than the
// server does, or for somebody else. What arrives at the server is on its record.

const ALLOWED = 'allowed.example.com';
const OTHER = 'other.example.com';

const lines = (...of: string[]): string => of.join('\r\n');
const smuggled = (path: string): string =>
  lines(`GET ${path} HTTP/1.1`, `Host: ${OTHER}`, 'Connection: close', '', '');
const post = (...headers: string[]): string =>
  lines('POST / HTTP/1.1', `Host: ${ALLOWED}`, ...headers, '', '');

/** What is sent, with a path in it that must not arrive. */
const SHAPES = {
  'another Host': smuggled('/s1'),
  'another Host after a good request': `${lines('GET / HTTP/1.1', `Host: ${ALLOWED}`, '', '')}${smuggled('/s2')}`,
  'two lengths and a coding': `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled('/s3')}`,
  'a coding and a length': `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${smuggled('/s4')}`,
  'a coding that is nearly chunked': `${post('Transfer-Encoding: x, chunked')}0\r\n\r\n${smuggled('/s5')}`,
  'no Host': lines('GET /s7 HTTP/1.1', 'Connection: close', '', ''),
  'no Host in HTTP/1.0': lines('GET /s8 HTTP/1.0', '', ''),
  'two Hosts': lines('GET /s9 HTTP/1.1', `Host: ${ALLOWED}`, `Host: ${OTHER}`, '', ''),
  'two Hosts, the other way round': lines(
    'GET /s10 HTTP/1.1',
    `Host: ${OTHER}`,
    `Host: ${ALLOWED}`,
    '',
    '',
  ),
  'a Host that goes on in the next line': lines(
    'GET /s11 HTTP/1.1',
    `Host: ${ALLOWED}`,
    ` ${OTHER}`,
    '',
    '',
  ),
  'a Host with a user': lines('GET /s12 HTTP/1.1', `Host: ${ALLOWED}@${OTHER}`, '', ''),
  'a Host with another port': lines('GET /s13 HTTP/1.1', `Host: ${ALLOWED}:8080`, '', ''),
  'a Host with a zero byte': lines('GET /s14 HTTP/1.1', `Host: ${ALLOWED}\0.${OTHER}`, '', ''),
  'lines that end with a bare feed': `GET /s15 HTTP/1.1\nHost: ${ALLOWED}\nX: y\n\n`,
  'a target with a host in it': lines(
    `GET http://${OTHER}/s16 HTTP/1.1`,
    `Host: ${ALLOWED}`,
    '',
    '',
  ),
  'a Host that the connection takes along': lines(
    'GET /s17 HTTP/1.1',
    `Host: ${ALLOWED}`,
    'Connection: host, close',
    '',
    '',
  ),
  'an upgrade to HTTP/2': lines(
    'GET /s18 HTTP/1.1',
    `Host: ${ALLOWED}`,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    '',
    '',
  ),
  'another Host in a trailer': `${lines('POST /s19 HTTP/1.1', `Host: ${ALLOWED}`, 'Transfer-Encoding: chunked', 'Trailer: Host', '', '')}0\r\nHost: ${OTHER}\r\n\r\n`,
  'a request in a chunk that is too short': `${post('Transfer-Encoding: chunked')}1 \r\nx\r\n0\r\n\r\n${smuggled('/s6')}`,
  'a WebSocket that is no plain GET': lines(
    ...['POST /s20 HTTP/1.1', `Host: ${ALLOWED}`, 'Connection: Upgrade', 'Upgrade: websocket'],
    ...['Content-Length: 3', '', 'abc'],
  ),
} as const;

type Shape = keyof typeof SHAPES;
const pathOf = (shape: Shape): string => /\/s\d+/.exec(SHAPES[shape])?.[0] ?? '';

describe('a request in the clear does not arrive with', () => {
  const attempts = Object.fromEntries(
    Object.entries(SHAPES).map(([name, sent]) => [name, dial(ALLOWED, PORTS.web, text(sent))]),
  ) as Record<Shape, string[]>;
  let both: BothWays<Shape>;
  let outside: string[];
  let heard: ReturnType<typeof listening>;
  beforeAll(() => {
    const before = listening();
    both = bothWays(attempts, allowing([`${ALLOWED}:80`]), () => {
      outside = before('request').map(({ url }) => url);
      heard = listening();
    });
  });

  it.each(Object.keys(SHAPES) as Shape[])('%s', (shape) => {
    expect(outside.filter((url) => url.endsWith(pathOf(shape)))).toHaveLength(1);
    expect(heard('request').filter(({ url }) => url.endsWith(pathOf(shape)))).toEqual([]);
    expect(both.inside[shape].output).not.toContain(`${OTHER}"`);
    expect(both.inside[shape].code).not.toBe(GIVEN_UP);
  });

  it('all that does is for the allowed name', () => {
    for (const request of heard('request'))
      expect(request).toMatchObject({ host: ALLOWED, url: '/' });
    const { output } = both.inside['another Host after a good request'];
    expect(output).toContain(hello(ALLOWED, 'none'));
    expect(output).toContain(`it is for ${OTHER}, and this way leads to ${ALLOWED} only`);
  });

  it('and each refusal is on record', () => {
    const rows = (both.ran.report.egress?.blocked ?? []).filter(({ port }) => port === PORTS.web);
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    expect(count).toBe(Object.keys(SHAPES).length);
    expect(reasons(both.ran)[`${ALLOWED}:80/tcp`]).toEqual(
      expect.arrayContaining([
        `its HTTP request is for another host: ${OTHER}`,
        'its HTTP request is one for a proxy',
        'its HTTP request asks for another protocol: h2c',
        expect.stringContaining('cannot be read in one way only'),
      ]),
    );
    expect(both.ran.code).toBe(1);
  });
});
