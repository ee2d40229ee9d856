import { beforeAll, describe, expect, it } from 'vitest';
import { bash, DOWNLOAD, GREETING, PORTS } from '../lab/glovebox.ts';
import { curl, hello, ssh } from '../lab/internet.ts';
import { allowing, type BothWays, bothWays, dial, GIVEN_UP, text } from './name-attacks.ts';

// Allowed names, by whatever reaches for them: as on the bare host.

const ALLOWED = 'allowed.example.com';
const API = 'api.example.net';
const REPOSITORY = 'hello from the repository';
const MIB = 1 << 20;

const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, `Host: ${ALLOWED}`, ...headers, '', ''].join('\r\n');
const clone = (url: string): string[] =>
  bash(`
    directory=$(mktemp -d)
    git -c core.sshCommand="${ssh().join(' ')}" clone --quiet ${url} $directory/lab
    cat $directory/lab/greeting.txt`);
/** One frame: a masked text of four letters. */
const FRAME = Buffer.from([0x81, 0x84, 0, 0, 0, 0, ...Buffer.from('ping')]).toString('latin1');

const ALLOW = [
  `${ALLOWED}:80,443`,
  'API.example.NET.:443',
  '*.wild.example.com',
  'bücher.example.com',
  'tls12.example.com',
  'tls13.example.com',
  'git.example.com',
  `${API}:${PORTS.echo - 3}-${PORTS.echo + 5}`,
  { host: 'git.example.com', port: `${PORTS.ssh},${PORTS.git}`, tls: 'off' },
  { host: ALLOWED, port: `${PORTS.database},9000-${PORTS.reset}`, tls: 'off' },
  { host: 'alias.example.com', port: 443, protocol: 'tcp' },
  ...['chain.example.com', 'six.example.com', 'dual.example.com', 'half.example.com'],
  ...['mixed.example.com', 'truncated.example.com', 'short.example.com'],
];

const ATTEMPTS = {
  'an address of IPv6 only': curl('https://six.example.com'),
  'an address of each family, of which one is dead': curl('https://half.example.com'),
  'curl over TLS': curl(`https://${ALLOWED}`),
  'curl over TLS 1.2': curl('--tls-max', '1.2', 'https://tls12.example.com'),
  'curl over TLS 1.3': curl('--tlsv1.3', 'https://tls13.example.com'),
  'curl over HTTP': curl(`http://${ALLOWED}`),
  'a port that is said': curl(`http://${ALLOWED}:80`, `https://${ALLOWED}:443`),
  'capital letters': curl('https://ALLOWED.Example.COM'),
  'capital letters over HTTP': curl('http://ALLOWED.Example.COM/'),
  'a dot at the end': curl(`https://${ALLOWED}.`),
  'a dot at the end, over HTTP': curl(`http://${ALLOWED}./`),
  'a name that the policy writes in its own way': curl(`https://${API}`),
  'a name below a wildcard': curl('https://a.wild.example.com'),
  'a name deep below a wildcard': curl('https://x.deep.wild.example.com'),
  'a name in another script': curl('https://xn--bcher-kva.example.com'),
  'an alias': curl('https://alias.example.com'),
  'an alias of an alias': curl('https://chain.example.com'),
  'addresses of both families': curl('https://dual.example.com'),
  'a good address beside a forbidden one': curl('https://mixed.example.com'),
  'an answer that needs TCP': curl('https://truncated.example.com'),
  'an answer that is soon over': curl('https://short.example.com'),
  'the IPv6 form of its address': bash(`
    address=$(getent ahostsv4 ${ALLOWED} | head -n 1 | cut -d ' ' -f 1)
    ${curl('--resolve', `${ALLOWED}:443:[::ffff:$address]`, `https://${ALLOWED}`).join(' ')}`),
  'two requests over one connection': curl(
    ...['--write-out', '%{num_connects}\n', `https://${ALLOWED}`, `https://${ALLOWED}/chunked`],
  ),
  'requests that do not wait': dial(
    ...([
      ALLOWED,
      PORTS.web,
      text(get('/') + get('/chunked') + get('/a', 'Connection: close')),
    ] as const),
  ),
  'a request in HTTP/1.0': curl('--http1.0', `http://${ALLOWED}/`),
  'a WebSocket': dial(
    ALLOWED,
    PORTS.web,
    text(
      get(
        '/',
        ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
        'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
      ),
    ),
    ':',
    text(FRAME),
  ),
  'a big download over TLS': bash(`${curl(`https://${ALLOWED}/download`).join(' ')} | md5sum`),
  'a big download over HTTP': bash(`${curl(`http://${ALLOWED}/download`).join(' ')} | md5sum`),
  'a big upload over TLS': bash(
    `head -c ${8 * MIB} /dev/zero | ${curl('-T', '-', `https://${ALLOWED}/up`).join(' ')}`,
  ),
  'a big upload over HTTP': bash(
    `head -c ${8 * MIB} /dev/zero | ${curl('-T', '-', `http://${ALLOWED}/up`).join(' ')}`,
  ),
  'an answer that takes its time': curl(`http://${ALLOWED}/slow?ms=1200`),
  'a port in a range, over TLS': bash(
    `(echo there and back; sleep 1) | openssl s_client -servername ${API} -connect ${API}:${PORTS.echo} 2> /dev/null | grep back`,
  ),
  'bytes in the clear, after the end of one half': dial(
    ...([ALLOWED, PORTS.database, text('select 1;'), 'end'] as const),
  ),
  'an upload that ends': dial(ALLOWED, PORTS.upload, text('x'.repeat(50_000)), 'end'),
  'a reset': dial(ALLOWED, PORTS.reset, text('x')),
  ssh: ssh('me@git.example.com', 'anything'),
  'git over HTTPS': clone('https://git.example.com/git/lab.git'),
  'git over ssh': clone('git@git.example.com:/lab.git'),
  'git in the clear': clone('git://git.example.com/lab.git'),
  "Node's fetch": [
    ...['node', '-e', `fetch('https://${ALLOWED}').then((r) => r.text()).then(console.log)`],
  ],
  "Python's urllib": [
    ...['/usr/bin/python3', '-c'],
    `from urllib.request import urlopen; print(urlopen('https://${ALLOWED}').read().decode())`,
  ],
};

const EXPECTED: Readonly<Partial<Record<keyof typeof ATTEMPTS, string>>> = {
  'curl over TLS': hello(ALLOWED),
  'curl over HTTP': hello(ALLOWED, 'none'),
  'a name deep below a wildcard': hello('x.deep.wild.example.com'),
  'two requests over one connection': `${hello(ALLOWED)}1\none\ntwo\nthree\n0\n`,
  'requests that do not wait': hello(ALLOWED, 'none'),
  'a WebSocket': '\x81\x04ping',
  'a big upload over TLS': `"bytes":${8 * MIB}`,
  'a big upload over HTTP': `"bytes":${8 * MIB}`,
  'a port in a range, over TLS': 'there and back',
  'bytes in the clear, after the end of one half': `${GREETING}\nselect 1;\n(end)`,
  'an upload that ends': '50000 bytes\n\n(end)',
  'a reset': 'ECONNRESET',
  ssh: 'hello me, you asked for: anything',
  'git over HTTPS': REPOSITORY,
  'git over ssh': REPOSITORY,
  'git in the clear': REPOSITORY,
  "Node's fetch": hello(ALLOWED),
  "Python's urllib": hello(ALLOWED),
};

/** Without the clock, and without what belongs to each of the two connections. */
const plain = (output: string): string =>
  output.replace(/^(?:date|keep-alive|connection): .*\r\n|,"connection":"keep-alive"/gim, '');

describe('an allowed name is reached by', () => {
  let both: BothWays<keyof typeof ATTEMPTS>;
  beforeAll(() => {
    both = bothWays(ATTEMPTS, allowing(ALLOW));
  });

  it.each(Object.keys(ATTEMPTS) as (keyof typeof ATTEMPTS)[])('%s', (name) => {
    const { outside, inside } = both;
    expect(outside[name].output).toContain(EXPECTED[name] ?? '');
    expect(outside[name].output).not.toBe('');
    expect(outside[name].code).not.toBe(GIVEN_UP);
    expect(plain(inside[name].output)).toBe(plain(outside[name].output));
    expect(inside[name].code).toBe(outside[name].code);
  });

  it('all of them in force, and nothing blocked', () => {
    const { ran } = both;
    expect(ran.report.egress?.blocked).toEqual([]);
    expect(ran.code).toBe(0);
    expect(ran.report.enforced.network).toBe(true);
    expect(ran.report.layers.network).toMatchObject({
      status: 'enforced',
      mechanism: expect.stringContaining('gateway for names'),
    });
    expect(ran.report.egress?.unused).toEqual([]);
    expect(ran.report.egress?.malformedLookUps).toBe(0);
  });

  it('and each is on record, by name and port, with its bytes and a process', () => {
    const rows = both.ran.report.egress?.allowed ?? [];
    const of = (name: string, port: number) =>
      rows.find((row) => row.name === name && row.port === port);
    expect(rows.every(({ address, protocol }) => address === null && protocol === 'tcp')).toBe(
      true,
    );
    expect(of('x.deep.wild.example.com', 443)).toMatchObject({ count: 1, process: 'curl' });
    expect(of('git.example.com', PORTS.ssh)).toMatchObject({ count: 2, process: 'ssh' });
    expect(of('git.example.com', PORTS.git)).toMatchObject({ count: 1, process: 'git' });
    expect(of(API, PORTS.echo)).toMatchObject({ count: 1, process: 'openssl' });
    expect(of(ALLOWED, PORTS.upload)).toMatchObject({ count: 1, up: 50_000, down: 12 });
    for (const port of [PORTS.web, PORTS.tls]) {
      const { up = 0, down = 0 } = of(ALLOWED, port) ?? {};
      expect(up).toBeGreaterThan(8 * MIB);
      expect(down).toBeGreaterThan(DOWNLOAD);
    }
  });
});
