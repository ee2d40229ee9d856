import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER, bare, bash, GREETING, HOST, INTERNET, PORTS, seal } from '../lab/glovebox.ts';
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

const { other, other6, metadata, azure, private: inside, unique6, resolver } = INTERNET;
const { web, dns, hostAny, hostLoopback } = PORTS;

type Attack = readonly [name: string, attack: string[], record: string];

const ATTACKS: readonly Attack[] = [
  ['TCP', tcp(other, web), `${other}:80/tcp 1`],
  ['TCP over IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
  ['TCP to IPv4 written as IPv6', tcp(`::ffff:${other}`, web), `${other}:80/tcp 1`],
  ['UDP', udp(other, dns), `${other}:53/udp 1`],
  ['UDP over IPv6', udp(other6, dns), `${other6}:53/udp 1`],
  ['TCP to a private address', tcp(inside, web), `${inside}:80/tcp 1`],
  ['TCP to a unique local address', tcp(unique6, web), `${unique6}:80/tcp 1`],
  ['the metadata service', tcp(metadata, web), `${metadata}:80/tcp 1`],
  ["Azure's agent endpoint", tcp(azure, web), `${azure}:80/tcp 1`],
  ["the host's own address", tcp(HOST.address, hostAny), `${HOST.address}:7778/tcp 1`],
  ["the host's own IPv6 address", tcp(HOST.address6, hostAny), `${HOST.address6}:7778/tcp 1`],
  [
    "an address of the host's without a carrier",
    tcp(HOST.idle, hostAny),
    `${HOST.idle}:7778/tcp 1`,
  ],
];

describe('without a policy', () => {
  it.each(ATTACKS)(
    'the step does not get out over %s, at once and on record',
    (_, attack, record) => {
      expect(succeedsOutside(attack)).toBe(true);

      const ran = seal([], attack);
      expect(ran.stdout).not.toContain(GREETING);
      expect(ran.code).not.toBe(0);
      expect(traffic(ran)).toEqual({ allowed: [], blocked: [record] });
      expect(ran.report.enforced.network).toBe(true);
      expect(ran.report.usage.wallMs).toBeLessThan(AT_ONCE_MS);
    },
  );

  it.each([
    ["the host's side of slirp4netns", '10.0.2.2', hostLoopback],
    ["slirp4netns's resolver", '10.0.2.3', dns],
  ])('%s is not there', (_, address, port) => {
    expect(succeedsOutside(tcp('127.0.0.1', hostLoopback))).toBe(true);
    expect(succeedsOutside(tcp(resolver, dns))).toBe(true);

    const ran = seal([], tcp(address, port));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran).blocked).toEqual([`${address}:${port}/tcp 1`]);
  });

  it('no ICMP socket can be had', () => {
    expect(succeedsOutside(ping(other))).toBe(true);

    const ran = seal([], ping(other));
    expect(ran.stdout).not.toContain(GREETING);
    expect(ran.stderr).toContain('socket: Permission denied');
  });

  it("the host's loopback is not the step's", () => {
    const attack = tcp('127.0.0.1', hostLoopback);
    expect(succeedsOutside(attack)).toBe(true);

    const ran = seal([], attack);
    expect(ran.stderr).toContain('Connection refused');
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [] });
  });

  it("the host's abstract sockets are not there", () => {
    const attack = perl(`
      use Socket;
      alarm 5;
      socket(S, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\\n";
      connect(S, pack('S a*', AF_UNIX, "\\0glovebox-lab")) or die "connect: $!\\n";
      print while <S>;`);
    expect(succeedsOutside(attack)).toBe(true);

    const ran = seal([], attack);
    expect(ran.stderr).toContain('connect: Connection refused');
    expect(ran.stdout).toBe('');
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('a server of its own answers at %s', (address) => {
    const attempt = node(`
      const net = require('net');
      const server = net.createServer((c) => c.end('it is me')).listen(4321, '${address}', () => {
        net.connect(4321, '${address}').on('data', (d) => { console.log(String(d)); process.exit(); });
      });
      setTimeout(() => process.exit(2), 5000);`);
    expect(bare(attempt).stdout).toBe('it is me\n');

    const ran = seal([], attempt);
    expect(ran.stdout).toBe('it is me\n');
    expect(ran.code).toBe(0);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [] });
  });

  it('a name is not found within seconds, and the attempt to ask is on record', () => {
    expect(bare(lookup('service.lab.test')).stdout).toContain(ANSWER);

    const ran = seal([], bash('cat /etc/resolv.conf; getent ahostsv4 service.lab.test'));
    expect(ran.stdout).toContain(`nameserver ${resolver}\n`);
    expect(ran.stdout).not.toContain(ANSWER);
    expect(ran.code).not.toBe(0);
    expect(traffic(ran).blocked).toEqual([
      expect.stringMatching(new RegExp(`^${resolver}:53/udp \\d+$`)),
    ]);
    expect(ran.report.usage.wallMs).toBeLessThan(5000);
  });
});

describe('no privilege over the network', () => {
  const raw = (domain: number, protocol: number): string[] =>
    perl(`socket(S, ${domain}, 3, ${protocol}) or die "socket: $!\\n"; print "${GREETING}\\n";`);
  const privileged = (attack: readonly string[]): string[] => ['unshare', '-Urn', '--', ...attack];

  it.each([
    ['raw ICMP', raw(2, 1), 'Operation not permitted'],
    ['raw IPv6', raw(10, 58), 'Operation not permitted'],
    // The filter of system calls knows neither that protocol nor that family.
    ['raw IP of its own making', raw(2, 255), 'Protocol not supported'],
    ['packets of its own making', raw(17, 0x300), 'Address family not supported by protocol'],
  ])('refuses a socket for %s', (_, attack, refusal) => {
    expect(succeedsOutside(privileged(attack))).toBe(true);

    for (const around of [[], ['unshare', '-Ur', '--']]) {
      const { stdout, stderr } = seal(['--network', 'audit'], [...around, ...attack]);
      expect(stdout).toBe('');
      expect(stderr).toContain(
        around.length === 0 ? `socket: ${refusal}` : 'unshare failed: Operation not permitted',
      );
    }
  });
});

describe('a protocol of another kind', () => {
  /** Some kernels have it and some do not; without a socket there is nothing to send. */
  const MISSING = /socket: (Protocol not supported|Address family not supported|Socket type not)/;
  const send = (type: number, protocol: number): string[] =>
    perl(`
      use Socket;
      alarm 5;
      socket(S, AF_INET, ${type}, ${protocol}) or die "socket: $!\\n";
      connect(S, pack_sockaddr_in(80, inet_aton('${other}'))) or die "connect: $!\\n";
      send(S, 'x', 0) or die "send: $!\\n";
      print "${GREETING}\\n";`);

  it.each([
    ['UDP-Lite', send(2, 136), /^[\d.]+\/(udplite|136) 1$/],
    ['Multipath TCP', send(1, 262), /^[\d.]+:80\/tcp 1$/],
    ['SCTP', send(1, 132), /^[\d.]+\/(sctp|132) 1$/],
    ['DCCP', send(6, 33), /^[\d.]+\/(dccp|33) 1$/],
  ])('%s does not get out either', (_, attack, record) => {
    const outside = bare(attack);
    // The default filter of system calls refuses most of these sockets, so this is without it.
    const ran = seal(['--syscalls', 'off'], attack);
    expect(ran.stdout).not.toContain(GREETING);
    expect(ran.code).not.toBe(0);
    // Where the kernel does not have it, the step cannot have it either.
    const missing = MISSING.test(outside.stderr);
    expect(MISSING.test(ran.stderr)).toBe(missing);
    expect(traffic(ran).blocked.filter((text) => record.test(text))).toHaveLength(missing ? 0 : 1);
    expect(ran.report.usage.wallMs).toBeLessThan(AT_ONCE_MS);
  });
});

describe('datagrams to everyone', () => {
  let ear: Ear | undefined;
  afterEach(() => ear?.close());

  it.each(['192.0.2.255', '255.255.255.255', '224.0.0.251'])(
    'to %s do not come out of the seal',
    async (address) => {
      ear = await hostEar();
      const sending = datagram(address, 6667, 'lab0');
      expect(bare(sending).code).toBe(0);
      expect(await ear.heard()).toContain(`to ${address}`);
      ear.close();

      ear = await hostEar();
      const ran = seal([], datagram(address, 6667));
      expect(ran.code).not.toBe(0);
      expect(await ear.heard()).toBe('ready\n');
      expect(traffic(ran).blocked).toEqual([`${address}:6667/udp 1`]);
    },
  );
});

describe('a virtual machine socket', () => {
  const vsock = ['perl', '-e', 'socket(S, 40, 1, 0) or die "$!\\n"; print "made\\n"'];

  it('cannot be made, because no network namespace would hold it', () => {
    // Where the kernel has no vsock at all, the control says so in the same words.
    const control = bare(vsock);
    expect(`${control.stdout}${control.stderr}`).toMatch(/^made|Address family not supported/);
    const { stdout, stderr } = seal([], vsock);
    expect(stdout).not.toContain('made');
    expect(stderr).toContain('Address family not supported');
  });

  it('cannot be made through io_uring either', () => {
    const ring = ['perl', '-e', 'syscall(425, 1, 0); print $!{ENOSYS} ? "absent" : "there"'];
    expect(bare(ring).stdout).toBe('there');
    expect(seal([], ring).stdout).toBe('absent');
  });
});
