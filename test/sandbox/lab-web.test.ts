import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { bare, bash, DOWNLOAD, FILES, INTERNET, PORTS } from '../lab/glovebox.ts';
import { curl, hello, listening, TRUST } from '../lab/internet.ts';

// The laboratory's web servers, from the host: what the suite's controls rest on.

const { cdn } = INTERNET;
const ALLOWED = 'allowed.example.com';
const OTHER = 'other.example.com';

const fetched = (...args: string[]): string => bare(curl(...args), { env: TRUST }).stdout;

async function secured(options: object): Promise<TLSSocket> {
  const socket = connectSecurely({ host: cdn, ca: readFileSync(FILES.authority), ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('HTTPS', () => {
  it.each([
    ALLOWED,
    OTHER,
    'api.example.net',
    'a.wild.example.com',
    'x.deep.wild.example.com',
    'six.example.com',
    'dual.example.com',
    'half.example.com',
    'alias.example.com',
    'xn--bcher-kva.example.com',
    'allowed.example.com.evil.example.org',
    'intranet.example.com',
    'tls12.example.com',
    'tls13.example.com',
  ])('is served, with a certificate, for %s', (name) => {
    expect(fetched(`https://${name}`)).toBe(hello(name));
  });

  it.each([
    ['a name at the CDN that is not asked for by DNS', ['--connect-to', `::${cdn}:`], hello(OTHER)],
    ['another name by its Host', ['-H', 'Host: allowed.example.com'], hello(ALLOWED, OTHER)],
  ])('has %s', (_, args, answer) => {
    expect(fetched(...args, `https://${OTHER}`)).toBe(answer);
  });

  it.each([
    ['TLS 1.2 only', 'tls12.example.com', '--tlsv1.3', '--tls-max', '1.2'],
    ['TLS 1.3 only', 'tls13.example.com', '--tls-max=1.2', '--tlsv1.3'],
  ])('is %s where it should be', (_, name, refused, ...accepted) => {
    expect(fetched(...refused.split('='), `https://${name}`)).toBe('');
    expect(fetched(...accepted, `https://${name}`)).toBe(hello(name));
  });

  it.each([
    ['nobody', undefined, 'default.example.com'],
    ['somebody unknown', 'nobody.example.net', 'default.example.com'],
    ['somebody here', ALLOWED, ALLOWED],
    ['somebody else here', OTHER, OTHER],
    ['somebody in capitals', 'ALLOWED.example.com', ALLOWED],
  ])('shows the certificate of whom a client names: %s', async (_, servername, subject) => {
    const socket = await secured({
      port: PORTS.tls,
      servername,
      checkServerIdentity: () => undefined,
    });
    expect(socket.getPeerCertificate().subject.CN).toBe(subject);
    socket.destroy();
  });

  it('keeps a connection, and speaks no HTTP/2', () => {
    const heard = listening();
    const format = '%{http_version} %{num_connects}\n';
    const url = `https://${ALLOWED}`;
    const answers = fetched('--write-out', format, url, url);
    expect(answers).toBe(`${hello(ALLOWED)}1.1 1\n${hello(ALLOWED)}1.1 0\n`);
    expect(heard('connection')).toEqual([{ kind: 'connection', address: cdn, port: PORTS.tls }]);
    expect(heard('request')).toHaveLength(2);
  });

  it('echoes over TLS on its own port', async () => {
    const socket = await secured({ port: PORTS.echo, servername: ALLOWED });
    socket.end('there and back');
    expect(await text(socket)).toBe('there and back');
  });

  it('has a repository for git', () => {
    const clone = 'git clone --quiet https://git.example.com/git/lab.git && cat lab/greeting.txt';
    expect(bare(bash(clone), { env: TRUST }).stdout).toBe('hello from the repository\n');
  });
});

describe('HTTP', () => {
  it('tells what arrived, and writes it down', () => {
    const heard = listening();
    const answer = fetched('-X', 'PUT', '-d', 'four', '-H', 'X-Mine: 1', `http://${ALLOWED}/a?b=c`);
    const arrived = { method: 'PUT', url: '/a?b=c', host: ALLOWED };
    expect(JSON.parse(answer)).toMatchObject({ ...arrived, bytes: 4, headers: { 'x-mine': '1' } });
    expect(heard('request')).toEqual([
      { kind: 'request', address: cdn, port: 80, sni: null, ...arrived },
    ]);
  });

  it.each([
    ['a greeting', '/', hello(ALLOWED, 'none')],
    ['chunks', '/chunked', 'one\ntwo\nthree\n'],
    ['an answer that takes its time', '/slow?ms=50', 'at last\n'],
  ])('has %s', (_, path, answer) => {
    expect(fetched(`http://${ALLOWED}${path}`)).toBe(answer);
  });

  it.each([
    ['as much as is asked for', '/download?bytes=1000001', 1_000_001],
    ['a lot', '/download', DOWNLOAD],
  ])('sends %s', (_, path, bytes) => {
    expect(
      fetched(
        '--output',
        '/dev/null',
        '--write-out',
        '%{size_download}',
        `http://${ALLOWED}${path}`,
      ),
    ).toBe(String(bytes));
  });

  it('takes what a strict server would refuse', async () => {
    const heard = listening();
    const socket = connect(PORTS.web, cdn);
    socket.write(
      'POST /first HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    socket.write(`GET /second HTTP/1.1\r\nHost: ${OTHER}\r\nConnection: close\r\n\r\n`);
    await text(socket);
    expect(heard('request').map(({ url, host }) => [url, host])).toEqual([
      ['/first', null],
      ['/second', OTHER],
    ]);
  });

  it('becomes a WebSocket that sends back what it is sent', async () => {
    const socket = new WebSocket(`ws://${ALLOWED}/any`);
    await once(socket, 'open');
    for (const message of ['short', 'long '.repeat(100)]) {
      socket.send(message);
      const [event] = (await once(socket, 'message')) as [MessageEvent];
      expect(event.data).toBe(message);
    }
    socket.close();
    const [end] = (await once(socket, 'close')) as [CloseEvent];
    expect(end.wasClean).toBe(true);
  });
});
