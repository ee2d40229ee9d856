import type { RefusalCode } from '../../src/gateway/types.ts';

/** One request, or what pretends to be one, and what becomes of it. */
export interface Shape {
  readonly name: string;
  /** latin1 */
  readonly sent: string;
  /** Why it is refused; null where it goes on. */
  readonly code: RefusalCode | null;
}

const HOST = 'Host: site.example.com\r\n';
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
const UPGRADE = `${HOST}Connection: Upgrade\r\n`;
const EMPTY_CHUNK = '0\r\n\r\n';

const get = (headers = HOST, line = 'GET / HTTP/1.1'): string => `${line}\r\n${headers}\r\n`;
const post = (headers: string, body = ''): string =>
  `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;

function rows(code: RefusalCode | null, table: Readonly<Record<string, string>>): Shape[] {
  return Object.entries(table).map(([name, sent]) => ({ name, sent, code }));
}

const good = rows(null, {
  'a plain GET': get(),
  'the port of the destination': get('Host: site.example.com:80\r\n'),
  'another case': get('hOST: SITE.Example.Com\r\n'),
  'a trailing dot': get('Host: site.example.com.\r\n'),
  'a trailing dot and the port': get('Host: site.example.com.:80\r\n'),
  'blanks around the host': get('Host:  \t site.example.com \t\r\n'),
  'HTTP/1.0 with a Host': get(HOST, 'GET / HTTP/1.0'),
  'OPTIONS *': get(HOST, 'OPTIONS * HTTP/1.1'),
  'a target that begins with two slashes': get(HOST, 'GET //other.example.com/ HTTP/1.1'),
  'a foreign name in the query': get(HOST, 'GET /?http://other.example.com/ HTTP/1.1'),
  'blank lines before': `\r\n\r\n${get()}`,
  'bytes above ASCII in a value': get(`${HOST}X-Name: \xe9\xff\r\n`),
  'thousands of headers before the Host': get(`${'X-Filler: 1\r\n'.repeat(2500)}${HOST}`),
  'a GET with a body': `GET / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`,
  'a POST without a body': post(''),
  'a sized body': post('Content-Length: 3\r\n', 'abc'),
  'a body that looks like a request': post(
    'Content-Length: 43\r\n',
    get('Host: other.example.com\r\n'),
  ),
  'a chunked body': `${CHUNKED}3\r\nabc\r\n${EMPTY_CHUNK}`,
  'a chunk that looks like a request': `${CHUNKED}2b\r\n${get('Host: other.example.com\r\n')}\r\n${EMPTY_CHUNK}`,
  'chunk extensions': `${CHUNKED}3;name=value\r\nabc\r\n${EMPTY_CHUNK}`,
  trailers: `${CHUNKED}0\r\nX-Sum: 1\r\n\r\n`,
  'Upgrade: websocket that Connection does not name': get(`${HOST}Upgrade: websocket\r\n`),
});

const badRequests = rows('bad-request', {
  'two Content-Lengths': post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abcd'),
  'twice the same Content-Length': post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'),
  'a list of Content-Lengths': post('Content-Length: 3, 3\r\n', 'abc'),
  'a signed Content-Length': post('Content-Length: +3\r\n', 'abc'),
  'a negative Content-Length': post('Content-Length: -3\r\n', 'abc'),
  'a hexadecimal Content-Length': post('Content-Length: 0x3\r\n', 'abc'),
  'an empty Content-Length': post('Content-Length:\r\n', 'abc'),
  'a Content-Length with a blank inside': post('Content-Length: 1 1\r\n', 'abc'),
  'a Content-Length past 2^53': post('Content-Length: 18446744073709551615\r\n', 'abc'),
  'a Content-Length past 2^64': post('Content-Length: 99999999999999999999999\r\n', 'abc'),
  'Content-Length, then chunked': post(
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    EMPTY_CHUNK,
  ),
  'chunked, then Content-Length': post(
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    EMPTY_CHUNK,
  ),
  'another coding': post('Transfer-Encoding: gzip\r\n'),
  'another coding before chunked': post('Transfer-Encoding: gzip, chunked\r\n', EMPTY_CHUNK),
  'another coding after chunked': post('Transfer-Encoding: chunked, gzip\r\n', EMPTY_CHUNK),
  'chunked twice': post(
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    EMPTY_CHUNK,
  ),
  'chunked and identity': post(
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
    EMPTY_CHUNK,
  ),
  xchunked: post('Transfer-Encoding: xchunked\r\n', EMPTY_CHUNK),
  'quoted chunked': post('Transfer-Encoding: "chunked"\r\n', EMPTY_CHUNK),
  'chunked after a vertical tab': post('Transfer-Encoding: \x0bchunked\r\n', EMPTY_CHUNK),
  identity: post('Transfer-Encoding: identity\r\n'),
  'an empty coding': post('Transfer-Encoding:\r\n', EMPTY_CHUNK),
  'an empty coding and a length': post('Transfer-Encoding:\r\nContent-Length: 3\r\n', 'abc'),
  'chunked in HTTP/1.0': CHUNKED.replace('1.1', '1.0').concat(EMPTY_CHUNK),
  'a folded header': get(`${HOST}X-Name: 1\r\n 2\r\n`),
  'a header folded with a tab': get(`${HOST}X-Name: 1\r\n\t2\r\n`),
  'a header folded at once': get(`${HOST}X-Name:\r\n 2\r\n`),
  'a folded Transfer-Encoding': post('Transfer-Encoding:\r\n chunked\r\n', EMPTY_CHUNK),
  'a folded Host': get('Host:\r\n site.example.com\r\n'),
  'a first header that begins with a blank': get(` X-Name: 1\r\n${HOST}`),
  'a bare LF after the request line': `GET / HTTP/1.1\n${HOST}\r\n`,
  'a bare LF after a header': get(`X-Name: 1\n${HOST}`),
  'a bare LF at the end': `GET / HTTP/1.1\r\n${HOST}\n`,
  'bare LFs only': 'GET / HTTP/1.1\nHost: site.example.com\n\n',
  'a bare LF before': `\n${get()}`,
  'a bare CR in a value': get(`X-Name: 1\rHost: other.example.com\r\n${HOST}`),
  'a bare CR before': `\r${get()}`,
  'two CRs': get('Host: site.example.com\r\r\n'),
  'a NUL in a value': get(`${HOST}X-Name: a\0b\r\n`),
  'a control character in a value': get(`${HOST}X-Name: a\x01b\r\n`),
  'a DEL in a value': get(`${HOST}X-Name: a\x7fb\r\n`),
  'a blank before the colon': get('Host : site.example.com\r\n'),
  'a tab before the colon': get('Host\t: site.example.com\r\n'),
  'no colon': get(`${HOST}X-Name\r\n`),
  'an empty name': get(`${HOST}: 1\r\n`),
  'a separator in a name': get(`${HOST}X(Name): 1\r\n`),
  'a byte above ASCII in a name': get(`${HOST}X\xff: 1\r\n`),
  'no Host': get(''),
  'no Host in HTTP/1.0': get('', 'GET / HTTP/1.0'),
  'two Hosts': get(`${HOST}Host: other.example.com\r\n`),
  'twice the same Host': get(`${HOST}${HOST}`),
  'two Hosts with thousands of headers between': get(
    `${HOST}${'X-Filler: 1\r\n'.repeat(2500)}Host: other.example.com\r\n`,
  ),
  'HTTP/0.9': get(HOST, 'GET / HTTP/0.9'),
  'no version': get(HOST, 'GET /'),
  'HTTP/1.2': get(HOST, 'GET / HTTP/1.2'),
  'HTTP/2.0': get(HOST, 'GET / HTTP/2.0'),
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'an unknown method': get(HOST, 'NONSENSE / HTTP/1.1'),
  'a method in lower case': get(HOST, 'get / HTTP/1.1'),
  'a blank before the method': get(HOST, ' GET / HTTP/1.1'),
  'a tab in the request line': get(HOST, 'GET\t/ HTTP/1.1'),
  'a blank in the target': get(HOST, 'GET /a b HTTP/1.1'),
  'a control character in the target': get(HOST, 'GET /\x01 HTTP/1.1'),
  'a byte above ASCII in the target': get(HOST, 'GET /\xe9 HTTP/1.1'),
  'a blank after the version': get(HOST, 'GET / HTTP/1.1 '),
  '* without OPTIONS': get(HOST, 'GET * HTTP/1.1'),
  'a target without a slash': get(HOST, 'GET index.html HTTP/1.1'),
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  SSH: 'SSH-2.0-client\r\n',
  'Host named by Connection': get(`${HOST}Connection: close, Host\r\n`),
  'Content-Length named by Connection': post(
    'Connection: Content-Length\r\nContent-Length: 3\r\n',
    'abc',
  ),
  'another expectation': post('Expect: 200-ok\r\nContent-Length: 3\r\n', 'abc'),
  'an expectation that hides the known one': post(
    'Expect: y 100-continue\r\nContent-Length: 3\r\n',
    'abc',
  ),
  'two expectations': post(
    'Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3\r\n',
    'abc',
  ),
  'a Host in the trailers': `${CHUNKED}0\r\nHost: other.example.com\r\n\r\n`,
  'a Content-Length in the trailers': `${CHUNKED}0\r\nContent-Length: 3\r\n\r\n`,
  'a folded trailer': `${CHUNKED}0\r\nX-Sum: 1\r\n 2\r\n\r\n`,
  'a trailer with a bare LF': `${CHUNKED}0\r\nX-Sum: 1\n\r\n`,
  'a chunk size with a bare LF': `${CHUNKED}3\nabc\r\n${EMPTY_CHUNK}`,
  'a chunk with a bare LF': `${CHUNKED}3\r\nabc\n${EMPTY_CHUNK}`,
  'a hexadecimal sign in a chunk size': `${CHUNKED}0x3\r\nabc\r\n${EMPTY_CHUNK}`,
  'a blank after a chunk size': `${CHUNKED}3 \r\nabc\r\n${EMPTY_CHUNK}`,
  'a chunk size past 2^64': `${CHUNKED}fffffffffffffffff\r\n`,
  'a chunk longer than its size': `${CHUNKED}3\r\nabcd\r\n${EMPTY_CHUNK}`,
  'a bare LF in a chunk extension': `${CHUNKED}3;a\nb\r\nabc\r\n${EMPTY_CHUNK}`,
  'a bare CR in a chunk extension': `${CHUNKED}3;a\rb\r\nabc\r\n${EMPTY_CHUNK}`,
});

const otherHosts = rows('other-host', {
  'another name': get('Host: other.example.com\r\n'),
  'a subdomain': get('Host: www.site.example.com\r\n'),
  'a longer name': get('Host: site.example.com.other.example.com\r\n'),
  'a name that ends alike': get('Host: xsite.example.com\r\n'),
  'an address': get('Host: 192.0.2.1\r\n'),
  'an empty host': get('Host:\r\n'),
  'another port': get('Host: site.example.com:8080\r\n'),
  'an empty port': get('Host: site.example.com:\r\n'),
  'a port with a zero before it': get('Host: site.example.com:080\r\n'),
  'two dots': get('Host: site.example.com..\r\n'),
  'a list': get('Host: site.example.com, other.example.com\r\n'),
  'a user': get('Host: site.example.com@other.example.com\r\n'),
  'another user': get('Host: other.example.com@site.example.com\r\n'),
  'a path': get('Host: site.example.com/other.example.com\r\n'),
  'two names': get('Host: other.example.com site.example.com\r\n'),
  'a byte above ASCII': get('Host: site.example.com\xa0\r\n'),
});

const proxyRequests = rows('proxy-request', {
  'the absolute form': get(HOST, 'GET http://site.example.com/ HTTP/1.1'),
  'the absolute form for another name': get(HOST, 'GET http://other.example.com/ HTTP/1.1'),
  'the absolute form with another scheme': get(HOST, 'GET ftp://other.example.com/ HTTP/1.1'),
  CONNECT: get(HOST, 'CONNECT other.example.com:443 HTTP/1.1'),
  'CONNECT to the destination itself': get(HOST, 'CONNECT site.example.com:80 HTTP/1.1'),
});

const upgrades = rows('upgrade-refused', {
  h2c: get(
    `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`,
  ),
  'h2c that Connection does not name': get(`${HOST}Upgrade: h2c\r\n`),
  'WebSocket or h2c': get(`${UPGRADE}Upgrade: websocket, h2c\r\n`),
  'WebSocket, then h2c': get(`${UPGRADE}Upgrade: websocket\r\nUpgrade: h2c\r\n`),
  'TLS by upgrade': get(`${UPGRADE}Upgrade: TLS/1.2\r\n`),
  'WebSocket by POST': post('Connection: Upgrade\r\nUpgrade: websocket\r\n'),
  'WebSocket with a body': get(`${UPGRADE}Upgrade: websocket\r\nContent-Length: 3\r\n`).concat(
    'abc',
  ),
  'WebSocket by HTTP/1.0': get(`${UPGRADE}Upgrade: websocket\r\n`, 'GET / HTTP/1.0'),
});

export const SHAPES: readonly Shape[] = [
  ...good,
  ...badRequests,
  ...otherHosts,
  ...proxyRequests,
  ...upgrades,
];
