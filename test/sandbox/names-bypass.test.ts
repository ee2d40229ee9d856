import { beforeAll, describe, expect, it } from 'vitest';
import { bash, GREETING, HOST, INTERNET, PORTS } from '../lab/glovebox.ts';
import { curl, hello, listening } from '../lab/internet.ts';
import {
  allowing,
  type BothWays,
  bothWays,
  dial,
  GIVEN_UP,
  reasons,
  sealed,
  text,
} from './name-attacks.ts';
import { ping, succeedsOutside, tcp, udp } from './network-attacks.ts';

// Ways around the gateway: each leads out on the bare host, and none where two names are allowed.

const ALLOWED = 'allowed.example.com';
const OTHER = 'other.example.com';
const { cdn, cdn6, publicResolver, metadata, private: inside } = INTERNET;

const python = (code: string): string[] => ['/usr/bin/python3', '-c', code];
/** With `$address` for what the step is told to be the allowed name's. */
const addressed = (...command: string[]): string[] =>
  bash(`address=$(getent ahostsv4 ${ALLOWED} | head -n 1 | cut -d ' ' -f 1); ${command.join(' ')}`);
const shout = (call: string): string[] =>
  python(`
import ctypes, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
to = (socket.gethostbyname('${ALLOWED}'), 443)
${call}
print(s.recv(100).decode())`);

const ALLOW = [`${ALLOWED}:80,443`, '*.wild.example.com', 'allowed.com'];

/** The attack, what it brings on the bare host, and what is on record of it in the sandbox. */
type Attack = readonly [
  name: string,
  attack: readonly string[],
  booty: string,
  record: string,
  reason: string,
];

const UNLISTED = 'not in network.allow';
const OTHER_PORT = 'the port is not in network.allow';
const TCP_ONLY = 'names are reached over tcp only';

const ATTACKS = [
  [
    'the real address of the allowed name',
    curl('--resolve', `${ALLOWED}:443:${cdn}`, `https://${ALLOWED}`),
    hello(ALLOWED),
    `${cdn}:443/tcp`,
    UNLISTED,
  ],
  [
    'the real address in its IPv6 form',
    curl('--resolve', `${ALLOWED}:443:[::ffff:${cdn}]`, `https://${ALLOWED}`),
    hello(ALLOWED),
    `${cdn}:443/tcp`,
    UNLISTED,
  ],
  [
    'the real IPv6 address',
    curl('--resolve', `${ALLOWED}:443:[${cdn6}]`, `https://${ALLOWED}`),
    hello(ALLOWED),
    `${cdn6}:443/tcp`,
    UNLISTED,
  ],
  [
    'another name, as anybody would',
    curl(`https://${OTHER}`),
    hello(OTHER),
    `${OTHER}/tcp`,
    UNLISTED,
  ],
  [
    'another name at the address of the allowed one',
    addressed(...curl('--resolve', `${OTHER}:443:$address`, `https://${OTHER}`)),
    hello(OTHER),
    `${ALLOWED}:443/tcp`,
    `its TLS hello names another server: ${OTHER}`,
  ],
  [
    'another name by its Host, in the clear',
    curl('-H', `Host: ${OTHER}`, `http://${ALLOWED}/`),
    hello(OTHER, 'none'),
    `${ALLOWED}:80/tcp`,
    `its HTTP request is for another host: ${OTHER}`,
  ],
  [
    'another name in the target of a request',
    curl('--proxy', `http://${ALLOWED}:80`, `http://${OTHER}/target`),
    `"url":"http://${OTHER}/target"`,
    `${ALLOWED}:80/tcp`,
    'its HTTP request is',
  ],
  [
    'a name that only ends like the allowed one',
    curl('https://xallowed.com'),
    hello('xallowed.com'),
    'xallowed.com/tcp',
    UNLISTED,
  ],
  [
    'a name that only begins like the allowed one',
    curl(`https://${ALLOWED}.evil.example.org`),
    hello(`${ALLOWED}.evil.example.org`),
    `${ALLOWED}.evil.example.org/tcp`,
    UNLISTED,
  ],
  [
    'the name above a wildcard, at an address below it',
    bash(
      `address=$(getent ahostsv4 a.wild.example.com | head -n 1 | cut -d ' ' -f 1)
      ${curl('--resolve', `wild.example.com:80:$address`, 'http://wild.example.com/').join(' ')}`,
    ),
    hello('wild.example.com', 'none'),
    'a.wild.example.com:80/tcp',
    OTHER_PORT,
  ],
  [
    'another port of the allowed name',
    tcp(ALLOWED, PORTS.database),
    GREETING,
    `${ALLOWED}:${PORTS.database}/tcp`,
    OTHER_PORT,
  ],
  [
    'the allowed name over UDP, as QUIC does',
    udp(ALLOWED, PORTS.tls),
    GREETING,
    `${ALLOWED}:443/udp`,
    TCP_ONLY,
  ],
  [
    'the allowed name by sendmsg',
    shout(`s.sendmsg([b'x'], [], 0, to)`),
    GREETING,
    `${ALLOWED}:443/udp`,
    TCP_ONLY,
  ],
  [
    'the allowed name by sendmmsg',
    shout(`
name = ctypes.create_string_buffer(struct.pack('=H', 2) + struct.pack('!H', to[1]) + socket.inet_aton(to[0]) + bytes(8))
data = ctypes.create_string_buffer(b'x')
vector = (ctypes.c_void_p * 2)(ctypes.addressof(data), 1)
header = (ctypes.c_uint64 * 8)(ctypes.addressof(name), 16, ctypes.addressof(vector), 1, 0, 0, 0, 0)
if ctypes.CDLL(None, use_errno=True).sendmmsg(s.fileno(), header, 1, 0) != 1:
    raise OSError(ctypes.get_errno(), 'sendmmsg')`),
    GREETING,
    `${ALLOWED}:443/udp`,
    TCP_ONLY,
  ],
  ['the allowed name over ICMP', ping(cdn), GREETING, `${cdn}/icmp`, UNLISTED],
  [
    "the allowed name's address over ICMP",
    addressed(
      ...['python=$(command -v /usr/bin/python3);', '$python', '-c'],
      `"import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1)
s.settimeout(3)
s.connect(('$address', 0))
s.send(bytes([8, 0, 0, 0, 0, 0, 0, 1]))
print('${GREETING}' if s.recv(100) else '')"`,
    ),
    GREETING,
    `${ALLOWED}/icmp`,
    TCP_ONLY,
  ],
  [
    'DNS over HTTPS at a public resolver',
    curl('--doh-url', `https://${publicResolver}/dns-query`, `https://${OTHER}`),
    hello(OTHER),
    `${publicResolver}:443/tcp`,
    UNLISTED,
  ],
  [
    'DNS over HTTPS at a public resolver by its name',
    curl('--doh-url', 'https://dns.example.org/dns-query', `https://${OTHER}`),
    hello(OTHER),
    'dns.example.org/tcp',
    UNLISTED,
  ],
  [
    'DNS over TLS at a public resolver',
    bash(`openssl s_client -connect ${publicResolver}:${PORTS.dot} < /dev/null`),
    'CONNECTED(',
    `${publicResolver}:${PORTS.dot}/tcp`,
    UNLISTED,
  ],
  ['the metadata service', tcp(metadata, PORTS.web), GREETING, `${metadata}:80/tcp`, 'link-local'],
  ['a private address', tcp(inside, PORTS.web), GREETING, `${inside}:80/tcp`, UNLISTED],
  [
    "the host's own address",
    tcp(HOST.address, PORTS.hostAny),
    GREETING,
    `${HOST.address}:${PORTS.hostAny}/tcp`,
    "the host's own address",
  ],
] as const satisfies readonly Attack[];

describe('where names are allowed, the step does not reach', () => {
  const attempts = Object.fromEntries(ATTACKS.map(([name, attack]) => [name, attack]));
  let both: BothWays<string>;
  let heard: ReturnType<typeof listening>;
  beforeAll(() => {
    both = bothWays(attempts, allowing(ALLOW), () => {
      heard = listening();
    });
  });

  it.each(ATTACKS)('%s', (name, _, booty, record, reason) => {
    const { outside, inside: came, ran } = both;
    expect(outside[name]?.output).toContain(booty);
    expect(came[name]?.output).not.toContain(booty);
    expect(came[name]?.code).not.toBe(GIVEN_UP);
    expect(reasons(ran)[record]).toContainEqual(expect.stringContaining(reason));
  });

  it('anything: nothing was asked, and nothing was connected to', () => {
    expect(heard('connection')).toEqual([]);
    expect(heard('question')).toEqual([]);
    expect(both.ran.report.egress?.allowed).toEqual([]);
    expect(both.ran.report.enforced.network).toBe(true);
    expect(both.ran.code).toBe(1);
  });

  it('and is told what to allow, where that can be allowed', () => {
    const entries = Object.fromEntries(
      (both.ran.report.egress?.blocked ?? []).map(({ name, address, port, protocol, allow }) => [
        `${name ?? address}:${port}/${protocol}`,
        allow,
      ]),
    );
    expect(entries).toMatchObject({
      [`${OTHER}:null/tcp`]: OTHER,
      [`${ALLOWED}:${PORTS.database}/tcp`]: `${ALLOWED}:${PORTS.database}`,
      [`${ALLOWED}:443/tcp`]: null,
      [`${ALLOWED}:443/udp`]: null,
      [`${metadata}:80/tcp`]: null,
    });
    expect(both.ran.stderr).toContain(`        - ${OTHER}\n`);
  });
});

describe("slirp4netns's side", () => {
  it('is not reached, though the gateway is there', () => {
    const { hostLoopback } = PORTS;
    const attempts = {
      'the loopback': tcp('127.0.0.1', hostLoopback),
      'the host behind slirp4netns': tcp('10.0.2.2', hostLoopback),
      'its resolver': dial('10.0.2.3', hostLoopback, text('x')),
      'the host over IPv6': tcp('fd00::2', PORTS.hostAny),
      SCTP: python(`
import socket
try: s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
except OSError as error: print(error)
else: s.settimeout(3); s.connect(('10.0.2.2', ${hostLoopback})); print('${GREETING}')`),
    };
    expect(succeedsOutside(attempts['the loopback'])).toBe(true);

    const { inside: came, ran } = sealed(attempts, allowing(ALLOW));
    for (const { output, code } of Object.values(came)) {
      expect(output).not.toContain(GREETING);
      expect(code).not.toBe(GIVEN_UP);
    }
    expect(reasons(ran)).toMatchObject({
      [`10.0.2.2:${hostLoopback}/tcp`]: ["the sandbox's own link to the host"],
      [`10.0.2.3:${hostLoopback}/tcp`]: ["the sandbox's own link to the host"],
    });
  });
});
