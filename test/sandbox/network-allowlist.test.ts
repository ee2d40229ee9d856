import { afterEach, describe, expect, it } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  ANSWER,
  bare,
  bash,
  GREETING,
  HOST,
  INTERNET,
  policy,
  PORTS,
  ROUTER,
  seal,
  sealInBackground,
} from '../lab/glovebox.ts';
import {
  AT_ONCE_MS,
  datagram,
  type Ear,
  hostEar,
  lookup,
  node,
  perl,
  ping,
  succeedsOutside,
  tcp,
  traffic,
  udp,
} from './network-attacks.ts';

const { allowed, allowed6, other, other6, metadata, azure, private: inside, unique6 } = INTERNET;
const { resolver } = INTERNET;
const { web, tls, database, dns, download, hostAny, hostLoopback } = PORTS;

const allowing = (...entries: string[]): string[] => [
  ...['--network', 'allowlist'],
  ...entries.flatMap((entry) => ['--allow', entry]),
];

describe('an allowlist lets through, and records', () => {
  it.each([
    ['an address and port', [`${allowed}:80`], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['port 443 where no port is said', [allowed], tcp(allowed, tls), `${allowed}:443/tcp 1`],
    ['several ports', [`${allowed}:1,80-90`], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['a network', ['203.0.113.0/24:80'], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['UDP', [`${allowed}:53/udp`], udp(allowed, dns), `${allowed}:53/udp 1`],
    ['ICMP', [`${allowed}/icmp`], ping(allowed), `${allowed}/icmp 1`],
    ['IPv6', [`[${allowed6}]:80`], tcp(allowed6, web), `${allowed6}:80/tcp 1`],
    ['an IPv6 network', ['[2001:db8::/64]:80'], tcp(allowed6, web), `${allowed6}:80/tcp 1`],
    ['UDP over IPv6', [`[${allowed6}]:53/udp`], udp(allowed6, dns), `${allowed6}:53/udp 1`],
    [
      'an address that is called by its IPv6 form',
      [`${allowed}:80`],
      tcp(`::ffff:${allowed}`, web),
      `${allowed}:80/tcp 1`,
    ],
    [
      'the last of several entries',
      [`${other}:5432`, `${allowed}:443/udp`, `${allowed}:80`],
      tcp(allowed, web),
      `${allowed}:80/tcp 1`,
    ],
    ['a private address that is named', [`${inside}:80`], tcp(inside, web), `${inside}:80/tcp 1`],
    ['a private network that is named', ['10.0.0.0/8:80'], tcp(inside, web), `${inside}:80/tcp 1`],
    [
      "the host's own address when it is named",
      [`${HOST.address}:7778`],
      tcp(HOST.address, hostAny),
      `${HOST.address}:7778/tcp 1`,
    ],
  ] as const)('%s', (_, entries, attempt, record) => {
    expect(succeedsOutside(attempt)).toBe(true);

    const ran = seal(allowing(...entries), attempt);
    expect(ran.stdout).toContain(GREETING);
    expect(ran.code).toBe(0);
    expect(traffic(ran)).toEqual({ allowed: [record], blocked: [] });
    expect(ran.report.enforced.network).toBe(true);
  });

  it('every attempt by its number', () => {
    const attempt = `(exec 3<>/dev/tcp/${allowed}/80 && timeout 5 cat <&3)`;
    const ran = seal(allowing(`${allowed}:80`), bash(`${attempt}; ${attempt}; ${attempt}`));
    expect(traffic(ran).allowed).toEqual([`${allowed}:80/tcp 3`]);
  });

  it("the resolver's answers when the resolver is named", () => {
    expect(bare(lookup('service.lab.test')).stdout).toContain(ANSWER);

    const ran = seal(allowing(`${resolver}:53/udp`), lookup('service.lab.test'));
    expect(ran.stdout).toContain(ANSWER);
    expect(ran.code).toBe(0);
    expect(traffic(ran).blocked).toEqual([]);
  });

  it('8 MiB, complete', () => {
    const fetching = bash(`timeout 40 cat </dev/tcp/${allowed}/${download} | md5sum`);
    const outside = bare(fetching);
    expect(outside.stdout).toMatch(/^[0-9a-f]{32} /);

    const ran = seal(allowing(`${allowed}:${download}`), fetching);
    expect(ran.stdout).toBe(outside.stdout);
    expect(ran.code).toBe(0);
  });

  it('one address among ten thousand networks, and not its neighbour', () => {
    const networks = Array.from({ length: 10_000 }, (_, i) => `11.${i >> 8}.${i & 255}.0/24:80`);
    networks.splice(5000, 0, `${allowed}:80`);
    const file = policy(
      `version: 1\nnetwork:\n  mode: allowlist\n  on-blocked: warn\n  allow:\n${networks.map((entry) => `    - ${entry}\n`).join('')}`,
    );
    const ran = seal(
      ['-p', file],
      bash(`
        for address in ${allowed} ${resolver}; do
          (exec 3<>/dev/tcp/$address/80 && echo $address && timeout 5 cat <&3)
        done`),
    );
    expect(ran.stdout).toContain(`${allowed}\n`);
    expect(ran.stdout).toContain(GREETING);
    expect(ran.stdout).not.toContain(resolver);
    expect(traffic(ran)).toEqual({
      allowed: [`${allowed}:80/tcp 1`],
      blocked: [`${resolver}:80/tcp 1`],
    });
  });
});

const REFUSED = [
  ['another port of the same address', tcp(allowed, web), `${allowed}:80/tcp 1`],
  ['another protocol to the same port', udp(allowed, tls), `${allowed}:443/udp 1`],
  ['ICMP to the same address', ping(allowed), `${allowed}/icmp 1`],
  ['another address', tcp(other, web), `${other}:80/tcp 1`],
  ['another address in its IPv6 form', tcp(`::ffff:${other}`, web), `${other}:80/tcp 1`],
  ['UDP to another address', udp(other, dns), `${other}:53/udp 1`],
  ['ICMP to another address', ping(other), `${other}/icmp 1`],
  ['IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
  ['UDP over IPv6', udp(other6, dns), `${other6}:53/udp 1`],
  ['ICMP over IPv6', ping(other6), `${other6}/ipv6-icmp 1`],
  ['a private address', tcp(inside, web), `${inside}:80/tcp 1`],
  ['a unique local address', tcp(unique6, web), `${unique6}:80/tcp 1`],
  ['the metadata service', tcp(metadata, web), `${metadata}:80/tcp 1`],
  ["the host's own address", tcp(HOST.address, hostAny), `${HOST.address}:7778/tcp 1`],
  ["the host's own IPv6 address", tcp(HOST.address6, hostAny), `${HOST.address6}:7778/tcp 1`],
  ["the host's address without a carrier", tcp(HOST.idle, hostAny), `${HOST.idle}:7778/tcp 1`],
] as const;

describe('an allowlist refuses, at once and on record,', () => {
  it.each(REFUSED)('%s', (_, attack, record) => {
    expect(succeedsOutside(attack)).toBe(true);

    const ran = seal(allowing(`${allowed}:443`), attack);
    expect(ran.stdout).not.toContain(GREETING);
    expect(ran.code).not.toBe(0);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [record] });
    expect(ran.report.enforced.network).toBe(true);
    expect(ran.report.usage.wallMs).toBeLessThan(AT_ONCE_MS);
  });

  it('TCP and IPv4 where UDP and IPv6 are allowed', () => {
    const entries = [`${allowed}:80/udp`, `${allowed}/icmp`, `[${allowed6}]:80`];
    const ran = seal(allowing(...entries), tcp(allowed, web));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${allowed}:80/tcp 1`] });
  });

  it('a name lookup, within seconds', () => {
    expect(bare(lookup('service.lab.test')).stdout).toContain(ANSWER);

    const ran = seal(allowing(`${allowed}:80`), lookup('service.lab.test'));
    expect(ran.stdout).not.toContain(ANSWER);
    expect(traffic(ran).blocked).toEqual([expect.stringContaining(`${resolver}:53/udp `)]);
    expect(ran.report.usage.wallMs).toBeLessThan(5000);
  });

  it('everything when it is empty, as without a network', () => {
    expect(succeedsOutside(tcp(allowed, web))).toBe(true);

    const empty = seal(['--network', 'allowlist'], tcp(allowed, web));
    const denied = seal(['--network', 'deny'], tcp(allowed, web));
    expect(traffic(empty)).toEqual({ allowed: [], blocked: [`${allowed}:80/tcp 1`] });
    expect(empty.report.layers.network).toEqual(denied.report.layers.network);
    expect(empty.report.enforced.network).toBe(true);
  });
});

describe('nothing in an allowlist opens', () => {
  it.each([
    ["the host's loopback behind slirp4netns's gateway", '10.0.2.2', hostLoopback],
    ["the host's resolver behind slirp4netns's", '10.0.2.3', dns],
    ['the same over IPv6', 'fd00::2', hostAny],
    ["slirp4netns's IPv6 resolver", 'fd00::3', dns],
    ['the metadata service', metadata, web],
    ["Azure's agent endpoint", azure, web],
    ['a unique local address', unique6, web],
  ])('%s', (_, address, port) => {
    const stands = address.startsWith('10.0.2.') || address.startsWith('fd00:');
    expect(succeedsOutside(stands ? tcp('127.0.0.1', hostLoopback) : tcp(address, port))).toBe(
      true,
    );

    const entry = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    const ran = seal(allowing(entry, '0.0.0.0/0:1-65535', '[::/0]:1-65535'), tcp(address, port));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${address}:${port}/tcp 1`] });
    expect(ran.report.egress?.blocked[0]?.allow).toBe(null);
  });

  it("the host's own address, when only the network around it is named", () => {
    expect(succeedsOutside(tcp(HOST.address, hostAny))).toBe(true);

    const around = allowing('192.0.2.0/24:1-65535');
    const ran = seal(around, tcp(HOST.address, hostAny));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${HOST.address}:7778/tcp 1`] });
    expect(seal(around, tcp(ROUTER.address, web)).stdout).toContain(GREETING);
  });

  it('the metadata service, unless block-metadata is off', () => {
    const file = policy('version: 1\nnetwork: { mode: allowlist, block-metadata: false }\n');
    const ran = seal(['-p', file, '--allow', `${metadata}:80`], tcp(metadata, web));
    expect(ran.stdout).toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [`${metadata}:80/tcp 1`], blocked: [] });
  });
});

describe('the whole address space', () => {
  const everything = allowing(
    ...['0.0.0.0/0:1-65535', '0.0.0.0/0:1-65535/udp', '0.0.0.0/0/icmp'],
    ...['[::/0]:1-65535', '[::/0]:1-65535/udp'],
  );

  it.each([
    [tcp(other, web), `${other}:80/tcp 1`],
    [tcp(other6, database), `${other6}:5432/tcp 1`],
    [udp(other, dns), `${other}:53/udp 1`],
    [ping(other), `${other}/icmp 1`],
  ])('has the internet (%#)', (attempt, record) => {
    const ran = seal(everything, attempt);
    expect(ran.stdout).toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [record], blocked: [] });
  });

  it.each([
    ["the host's own address", HOST.address, hostAny],
    ["the host's own IPv6 address", HOST.address6, hostAny],
    ["the host's address without a carrier", HOST.idle, hostAny],
    ['private addresses', inside, web],
    ['unique local addresses', unique6, web],
    ['the metadata service', metadata, web],
    ["Azure's agent endpoint", azure, web],
  ])('does not have %s', (_, address, port) => {
    expect(succeedsOutside(tcp(address, port))).toBe(true);

    const ran = seal(everything, tcp(address, port));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${address}:${port}/tcp 1`] });
  });
});

describe("the host's loopback", () => {
  let ear: Ear | undefined;
  afterEach(() => ear?.close());

  it.each([
    ['127.0.0.1', '127.0.0.1', 'audit'],
    ['127.0.0.1', '127.0.0.1', 'unrestricted'],
    ['127.0.0.1', '127.0.0.1', 'allowlist'],
    ['::1', '::1', 'audit'],
    ['::1', '::1', 'allowlist'],
  ])('does not hear what is sent to %s past the loopback device (%s, %s)', async (_, to, mode) => {
    ear = await hostEar();
    expect(bare(datagram(to, 6666)).code).toBe(0);
    expect(await ear.heard()).toContain(`to ${to}\n`);
    ear.close();

    ear = await hostEar();
    // Halves of the address space are entries that name what is in them.
    const halves = ['0.0.0.0/1:1-65535/udp', '[::/1]:1-65535/udp'];
    const options = mode === 'allowlist' ? allowing(...halves) : ['--network', mode];
    const ran = seal(options, datagram(to, 6666, 'tap0'));
    expect(await ear.heard()).toBe('ready\n');
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${to}:6666/udp 1`] });
    expect(ran.report.egress?.blocked[0]?.reason).toBe("the host's loopback");
  });

  it('does not see a connection to it past the loopback device', () => {
    const attack = perl(`
      use Socket qw(:all);
      alarm 5;
      socket(S, AF_INET, SOCK_STREAM, 0);
      @ARGV or setsockopt(S, SOL_SOCKET, 25, "tap0\\0") or die "bind: $!\\n";
      connect(S, pack_sockaddr_in(${hostLoopback}, inet_aton('127.0.0.1'))) or die "connect: $!\\n";
      print while <S>;`);
    expect(succeedsOutside([...attack, 'unbound'])).toBe(true);

    const ran = seal(['--network', 'audit'], attack);
    expect(ran.stderr).toContain('connect: Connection refused');
    expect(traffic(ran)).toEqual({
      allowed: [],
      blocked: [`127.0.0.1:${hostLoopback}/tcp 1`],
    });
  });

  it.each(['192.0.2.255', '255.255.255.255', '224.0.0.251', 'ff02::fb'])(
    'and its neighbours do not hear what is sent to everyone at %s',
    async (address) => {
      ear = await hostEar();
      expect(bare(datagram(address, 6667, 'lab0')).code).toBe(0);
      expect(await ear.heard()).toContain(`to ${address}\n`);
      ear.close();

      ear = await hostEar();
      seal(['--network', 'audit'], datagram(address, 6667));
      expect(await ear.heard()).toBe('ready\n');
    },
  );
});

describe('two sandboxes side by side', () => {
  let first: ChildProcess | undefined;
  afterEach(async () => {
    if (first === undefined || first.exitCode !== null) return;
    first.kill('SIGTERM');
    await once(first, 'exit');
  });

  const serving = node(`
    const net = require('net');
    const answer = (c) => c.on('error', () => {}).end('${GREETING}');
    net.createServer(answer).listen(4321, '::', () => console.log('ready'));
    setTimeout(() => process.exit(), 20000);`);
  const calling = (...addresses: string[]): string[] =>
    bash(`
    for address in ${addresses.join(' ')}; do
      (exec 3<>/dev/tcp/$address/4321 && timeout 2 cat <&3) || echo nobody at $address
    done`);

  it('do not see what the other one serves, nor does the host', async () => {
    const options = ['--network', 'allowlist', '--allow', `${allowed}:80`];
    first = sealInBackground(options, [...serving]);
    expect(String(await once(first.stdout as NodeJS.ReadableStream, 'data'))).toContain('ready');

    const ran = seal(options, calling('127.0.0.1', '::1', '10.0.2.100'));
    const nobody = 'nobody at 127.0.0.1\nnobody at ::1\nnobody at 10.0.2.100\n';
    expect(ran.stdout).toBe(nobody);
    expect(bare(calling('127.0.0.1', '::1')).stdout).toBe('nobody at 127.0.0.1\nnobody at ::1\n');
  });

  it('do see it inside one of them', () => {
    const both = bash(`
      node -e "$SERVING" & for i in {1..50}; do
        (exec 3<>/dev/tcp/127.0.0.1/4321) 2>/dev/null && break; sleep 0.1
      done
      exec 3<>/dev/tcp/127.0.0.1/4321 && timeout 2 cat <&3; kill %1`);
    const ran = seal(['--env', `SERVING=${serving[2]}`], both);
    expect(ran.stdout).toContain(GREETING);
  });
});
