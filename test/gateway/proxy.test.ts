import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectRequest, proxyFor, readAnswer } from '../../src/gateway/proxy.ts';
import type { Destination } from '../../src/gateway/types.ts';
import { DESTINATION } from './net.ts';

const PROXY = 'http://proxy.example:3128';
const SQUID = { host: 'proxy.example', port: 3128, authorization: null };
const at = (check: Destination['check'], port = 443): Destination => ({
  ...DESTINATION,
  check,
  port,
});

describe('the proxy for a destination', () => {
  it.each<[string, Destination['check'], Record<string, string>, object | null]>([
    ['none is named', 'tls', {}, null],
    ['one is named', 'tls', { HTTPS_PROXY: PROXY }, SQUID],
    ['in lower case', 'tls', { https_proxy: PROXY }, SQUID],
    ['both: lower case first', 'tls', { https_proxy: PROXY, HTTPS_PROXY: 'http://b' }, SQUID],
    ['for everything', 'tls', { ALL_PROXY: PROXY }, SQUID],
    ['the nearer one wins', 'tls', { all_proxy: 'http://b', HTTPS_PROXY: PROXY }, SQUID],
    ['an empty value is none', 'tls', { https_proxy: '', HTTPS_PROXY: PROXY }, SQUID],
    ['for plain HTTP only', 'tls', { HTTP_PROXY: PROXY }, null],
    ['plain HTTP', 'http', { HTTP_PROXY: PROXY }, SQUID],
    ['plain HTTP, and one for TLS only', 'http', { HTTPS_PROXY: PROXY }, null],
    ['raw bytes, and one for TLS only', 'none', { HTTPS_PROXY: PROXY }, null],
    ['raw bytes, and one for everything', 'none', { ALL_PROXY: PROXY }, SQUID],
    ['without a scheme', 'tls', { HTTPS_PROXY: 'proxy.example:3128' }, SQUID],
    ['without a port', 'tls', { HTTPS_PROXY: 'http://proxy.example' }, { ...SQUID, port: 80 }],
    [
      'an IPv6 address',
      'tls',
      { HTTPS_PROXY: 'http://[2001:db8::1]:8' },
      { host: '2001:db8::1', port: 8, authorization: null },
    ],
    [
      'with a user',
      'tls',
      { HTTPS_PROXY: 'http://me%40home:p%3ass@proxy.example:3128' },
      { ...SQUID, authorization: `Basic ${Buffer.from('me@home:p:ss').toString('base64')}` },
    ],
    [
      'with an escape that is none',
      'tls',
      { HTTPS_PROXY: 'http://a%zz@proxy.example:3128' },
      { ...SQUID, authorization: `Basic ${Buffer.from('a%zz:').toString('base64')}` },
    ],
    [
      'SOCKS',
      'tls',
      { ALL_PROXY: 'socks5://proxy.example' },
      { unusable: 'ALL_PROXY is a proxy of kind socks5://' },
    ],
    [
      'over TLS',
      'tls',
      { HTTPS_PROXY: 'https://proxy.example' },
      { unusable: 'HTTPS_PROXY is a proxy of kind https://' },
    ],
    ['no URL', 'tls', { HTTPS_PROXY: 'http://a b' }, { unusable: 'HTTPS_PROXY is not a URL' }],
  ])('%s', (_, check, environment, expected) => {
    expect(proxyFor(at(check), environment)).toEqual(expected);
  });

  it.each<[string, string, boolean]>([
    ['api.example.com', 'the name', true],
    ['example.com', 'a name above', true],
    ['.example.com', 'with a dot', true],
    ['*.example.com', 'with a star', true],
    ['EXAMPLE.COM', 'in upper case', true],
    ['example.com.', 'with a dot at the end', true],
    ['a.example, example.com', 'in a list', true],
    ['a.example example.com', 'in a list with spaces', true],
    ['example.com:443', 'with the port', true],
    ['example.com:80', 'with another port', false],
    ['*', 'everything', true],
    ['ple.com', 'a part of a label', false],
    ['b.api.example.com', 'a name below', false],
    ['', 'nothing', false],
    [',,', 'nothing twice', false],
    ['10.0.0.0/8,::1', 'addresses', false],
  ])('NO_PROXY=%s, %s', (list, _, direct) => {
    const environment = { HTTPS_PROXY: PROXY, NO_PROXY: list };
    expect(proxyFor(at('tls'), environment)).toEqual(direct ? null : SQUID);
  });
});

it('the request names the host, and the user where there is one', () => {
  expect(connectRequest(at('tls', 8443), SQUID)).toBe(
    'CONNECT api.example.com:8443 HTTP/1.1\r\nHost: api.example.com:8443\r\n\r\n',
  );
  expect(connectRequest(at('tls'), { ...SQUID, authorization: 'Basic x' })).toContain(
    '\r\nProxy-Authorization: Basic x\r\n\r\n',
  );
});

describe('the answer of a proxy', () => {
  it.each<[string, string, object]>([
    ['nothing yet', '', { kind: 'need-more' }],
    ['half a head', 'HTTP/1.1 200 OK\r\nA: b\r\n', { kind: 'need-more' }],
    ['open', 'HTTP/1.1 200 Connection established\r\n\r\n', { kind: 'open', bytes: 39 }],
    [
      'open, with headers and more',
      'HTTP/1.0 200 OK\r\nA: b\r\n\r\nSSH',
      { kind: 'open', bytes: 25 },
    ],
    ['open, without a reason', 'HTTP/1.1 200\r\n\r\n', { kind: 'open', bytes: 16 }],
    [
      'refused',
      'HTTP/1.1 403 Forbidden\r\n\r\n',
      { kind: 'refused', why: 'the proxy says 403 Forbidden' },
    ],
    [
      'asks who it is',
      'HTTP/1.1 407 Who?\r\nA: b\r\n\r\n',
      { kind: 'refused', why: 'the proxy says 407 Who?' },
    ],
    [
      'in between',
      'HTTP/1.1 100 Continue\r\n\r\n',
      { kind: 'refused', why: 'the proxy says 100 Continue' },
    ],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', { kind: 'refused', why: 'the proxy does not answer in HTTP' }],
    [
      'a bare line feed',
      'HTTP/1.1 200 OK\nA: b\r\n\r\n',
      { kind: 'refused', why: 'the proxy does not answer in HTTP' },
    ],
    [
      'a folded header',
      'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
      { kind: 'refused', why: 'the proxy does not answer in HTTP' },
    ],
    [
      'something else',
      'SSH-2.0\r\n\r\n',
      { kind: 'refused', why: 'the proxy does not answer in HTTP' },
    ],
    [
      'no end',
      'a'.repeat(16 * 1024),
      { kind: 'refused', why: 'the proxy does not end its answer' },
    ],
  ])('%s', (_, text, expected) => {
    expect(readAnswer(Buffer.from(text, 'latin1'))).toEqual(expected);
  });

  it('is read for all bytes, and more of them do not change it', () => {
    const text = fc.array(
      fc.constantFrom('HTTP/1.1 ', '200', ' OK', '\r\n', '\r\n\r\n', 'A: b', '\n', '\0'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.join('')),
          fc.string(),
        ),
        (head) => {
          const answer = readAnswer(Buffer.from(head, 'latin1'));
          const more = readAnswer(Buffer.from(`${head}more`, 'latin1'));
          expect(answer.kind === 'need-more' ? null : more).toEqual(
            answer.kind === 'need-more' ? null : answer,
          );
        },
      ),
    );
  });
});
