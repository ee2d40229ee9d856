import { beforeAll, describe, expect, it } from 'vitest';
import { bash, GREETING, HOST, INTERNET, PORTS, seal } from '../lab/glovebox.ts';
import { curl, hello, listening, ssh } from '../lab/internet.ts';
import { allowing, type BothWays, bothWays, GIVEN_UP, reasons, sealed } from './name-attacks.ts';
import { tcp } from './network-attacks.ts';

// Where the gateway goes for an allowed name, and where it does not, whatever the name leads to.

const ALLOWED = 'allowed.example.com';
const API = 'api.example.net';
const { web, hostLoopback, hostAny } = PORTS;
const { cdn, api, private: inside, unique6, metadata } = INTERNET;

/** An allowed name, its port, and why its address is not connected to. */
const FORBIDDEN = {
  "the host's loopback": ['rebind-loopback', hostLoopback, "127.0.0.1: this machine's loopback"],
  'no address, which is the host': ['rebind-zero', hostLoopback, '0.0.0.0: unspecified'],
  'the host itself': ['rebind-host', hostAny, `${HOST.address}: an address of this machine`],
  'the metadata service': ['rebind-metadata', web, `${metadata}: link-local`],
  'a private address': ['rebind-private', web, `${inside}: private`],
  'the loopback in its IPv6 form': ['rebind6', hostLoopback, '::ffff:127.0.0.1: 127.0.0.1 inside'],
  'the IPv6 loopback': ['rebind6-loopback', hostAny, "::1: this machine's loopback"],
  'a unique local address': ['rebind6-unique', web, `${unique6}: unique local`],
} as const;
/** The same, where nobody answers to compare with. */
const DEAD_ENDS = {
  "slirp4netns's host": ['rebind-slirp', hostLoopback, '10.0.2.2: private'],
  'a link': ['rebind6-link', web, 'fe80::1: link-local'],
  'the loopback behind NAT64': ['rebind6-nat64', web, '64:ff9b::7f00:1: 127.0.0.1 inside'],
} as const;

type Forbidden = keyof typeof FORBIDDEN;
type Way = readonly [label: string, port: number, reason: string];

const raw = ([label, port]: Way, more: object = {}): object => ({
  ...{ host: `${label}.example.com`, port, tls: 'off', ...more },
});
const dialling = ([label, port]: Way): string[] => tcp(`${label}.example.com`, port);
const attemptsOf = <Names extends string>(ways: Readonly<Record<Names, Way>>) =>
  Object.fromEntries(
    Object.entries<Way>(ways).map(([name, way]) => [name, dialling(way)]),
  ) as Record<Names, string[]>;

describe('an allowed name does not lead to', () => {
  let both: BothWays<Forbidden>;
  let heard: ReturnType<typeof listening>;
  beforeAll(() => {
    const entries = Object.values(FORBIDDEN).map((way) => raw(way));
    both = bothWays(attemptsOf(FORBIDDEN), allowing(entries), () => {
      heard = listening();
    });
  });

  it.each(Object.keys(FORBIDDEN) as Forbidden[])('%s', (name) => {
    const [label, port, reason] = FORBIDDEN[name];
    expect(both.outside[name].output).toContain(GREETING);
    expect(both.inside[name].output).not.toContain(GREETING);
    expect(both.inside[name].code).not.toBe(GIVEN_UP);
    expect(reasons(both.ran)[`${label}.example.com:${port}/tcp`]).toEqual([
      expect.stringContaining(`to an address that no name may lead to: ${reason}`),
    ]);
    expect(heard('connection')).toEqual([]);
  });

  it('a dead end, where nobody could be greeted anyway', () => {
    const ways = Object.values(DEAD_ENDS);
    const { ran } = sealed(attemptsOf(DEAD_ENDS), allowing(ways.map((way) => raw(way))));
    const found = reasons(ran);
    for (const [label, port, reason] of ways) {
      const told = found[`${label}.example.com:${port}/tcp`];
      expect(told).toEqual([expect.stringContaining(reason)]);
    }
  });

  it('what may be private, but is not', () => {
    const entries = Object.values(FORBIDDEN).map((way) => raw(way, { private: true }));
    const { inside: came } = sealed(attemptsOf(FORBIDDEN), allowing(entries));
    const reached = Object.entries(came).filter(([, { output }]) => output.includes(GREETING));
    expect(reached.map(([name]) => name)).toEqual(['the host itself', 'a private address']);
  });

  it('a unique local address, but where metadata need not be blocked', () => {
    const way = FORBIDDEN['a unique local address'];
    const options = allowing([raw(way, { private: true })], { 'block-metadata': false });
    expect(seal(options, dialling(way)).stdout).toContain(GREETING);
  });

  it('the host, when it did not a moment ago', () => {
    const name = `step-${process.pid}.turn.example.com`;
    const fetching = curl(`http://${name}/`).join(' ');
    const ran = seal(allowing(['*.turn.example.com:80']), bash(`${fetching}; ${fetching}; exit 0`));
    expect(ran.stdout).toContain(hello(name, 'none'));
    expect(ran.stdout).toContain('Glovebox could not pass this request on');
    expect(Object.values(reasons(ran)).flat()).toEqual([
      expect.stringContaining("127.0.0.1: this machine's loopback"),
    ]);
  });
});

describe('an allowed name that cannot be reached', () => {
  const attempts = {
    unknown: curl('https://unknown.example.com'),
    broken: curl('https://broken.example.com'),
    closed: tcp(ALLOWED, 81),
  };

  it('is told by why, and is no attempt to leave', () => {
    const entries = ['*.example.com', { host: ALLOWED, port: 81, tls: 'off' }];
    const { inside: came, ran } = sealed(attempts, allowing(entries));
    for (const { code } of Object.values(came)) expect([0, GIVEN_UP]).not.toContain(code);
    expect(ran.report.egress?.blocked.map(({ expected }) => expected)).toEqual([true, true, true]);
    expect(reasons(ran)).toEqual({
      'unknown.example.com:443/tcp': ['the name has no address: ENOTFOUND'],
      'broken.example.com:443/tcp': [expect.stringMatching(/^the name has no address: E/)],
      [`${ALLOWED}:81/tcp`]: ['its server could not be reached: ECONNREFUSED'],
    });
  });
});

describe("the runner's proxy", () => {
  const proxy = `http://127.0.0.1:${PORTS.hostProxy}`;
  const attempts = {
    'over TLS': curl(`https://${ALLOWED}`),
    'over HTTP': curl(`http://${ALLOWED}`),
    'by bytes': ssh('me@git.example.com', 'anything'),
    'past it': curl(`https://${API}`),
    "the step's own look": bash('env | grep -i proxy'),
  };
  const entries = [`${ALLOWED}:80,443`, API, { host: 'git.example.com', port: 22, tls: 'off' }];

  it('is asked for what its variables name, and not by the step', () => {
    const heard = listening();
    const env = {
      HTTPS_PROXY: proxy.replace('//', '//user:word@'),
      http_proxy: proxy,
      ALL_PROXY: proxy,
      NO_PROXY: `localhost,.${API.replace('api.', '')}`,
    };
    const { inside: came, ran } = sealed(attempts, allowing(entries), { env });
    expect(came['over TLS'].output).toBe(hello(ALLOWED));
    expect(came['over HTTP'].output).toBe(hello(ALLOWED, 'none'));
    expect(came['by bytes'].output).toBe('hello me, you asked for: anything\n');
    expect(came['past it'].output).toBe(hello(API));
    expect(came["the step's own look"]).toEqual({ code: 1, output: '' });
    expect(ran.code).toBe(0);

    const authorization = `Basic ${Buffer.from('user:word').toString('base64')}`;
    const byTarget = Object.fromEntries(
      heard('proxied').map((one) => [one.target, one.authorization]),
    );
    expect(byTarget).toEqual({
      [`${ALLOWED}:443`]: authorization,
      [`${ALLOWED}:80`]: null,
      'git.example.com:22': null,
    });
    expect(heard('connection').map(({ address }) => address)).toContain(api);
    expect(ran.report.egress?.allowed.map(({ name }) => name)).toEqual([
      ...[ALLOWED, ALLOWED, API, 'git.example.com'],
    ]);
  });

  it('does not make a foreign name pass, and one that is not there is told', () => {
    const heard = listening();
    const { inside: came, ran } = sealed(
      {
        fronting: bash(`
          address=$(getent ahostsv4 ${ALLOWED} | head -n 1 | cut -d ' ' -f 1)
          ${curl('--resolve', `other.example.com:443:$address`, 'https://other.example.com').join(' ')}`),
        'the proxy itself': tcp('127.0.0.1', PORTS.hostProxy),
        'the proxy by its address': tcp(HOST.address, PORTS.hostProxy),
        dead: curl(`http://${ALLOWED}`),
      },
      allowing(entries, { 'on-blocked': 'ignore' }),
      { env: { HTTPS_PROXY: proxy, HTTP_PROXY: `http://${cdn}:81` } },
    );
    expect(heard('proxied')).toEqual([]);
    expect(heard('connection')).toEqual([]);
    expect(Object.values(came).map(({ code }) => code)).not.toContain(GIVEN_UP);
    expect(came.dead.output).toContain('could not pass this request on');
    expect(reasons(ran)).toMatchObject({
      [`${ALLOWED}:443/tcp`]: ['its TLS hello names another server: other.example.com'],
      [`${ALLOWED}:80/tcp`]: ['its server could not be reached: ECONNREFUSED'],
      [`${HOST.address}:${PORTS.hostProxy}/tcp`]: ["the host's own address"],
    });
  });
});
