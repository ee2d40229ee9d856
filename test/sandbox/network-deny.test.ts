import { afterEach, describe, expect, it } from 'vitest';
import { came, making, shared } from '../lab/attempts.ts';
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
const { web, database, dns, hostAny, hostLoopback } = PORTS;

type Attack = readonly [name: string, attack: string[], record: string];

const ATTACKS: readonly Attack[] = [
  ['TCP', tcp(other, web), `${other}:80/tcp 1`],
  ['TCP over IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
  ['TCP to IPv4 written as IPv6', tcp(`::ffff:${other}`, database), `${other}:5432/tcp 1`],
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

const BEHIND: readonly (readonly [string, string, number])[] = [
  ["the host's side of slirp4netns", '10.0.2.2', hostLoopback],
  ["slirp4netns's resolver", '10.0.2.3', dns],
];

describe('without a policy', () => {
  const loopback = tcp('127.0.0.1', hostLoopback);
  const abstract = perl(`
    use Socket;
    alarm 5;
    socket(S, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\\n";
    connect(S, pack('S a*', AF_UNIX, "\\0glovebox-lab")) or die "connect: $!\\n";
    print while <S>;`);
  const serving = (address: string): string[] =>
    node(`
      const net = require('net');
      const server = net.createServer((c) => c.end('it is me')).listen(4321, '${address}', () => {
        net.connect(4321, '${address}').on('data', (d) => { console.log(String(d)); process.exit(); });
      });
      setTimeout(() => process.exit(2), 5000);`);
  const OWN = ['127.0.0.1', '::1', 'localhost'];

  const all = shared(() => {
    const ran = seal(
      [],
      making([
        ...ATTACKS.map(([name, does]) => ({ name, does })),
        ...BEHIND.map(([name, address, port]) => ({ name, does: tcp(address, port) })),
        { name: 'ping', does: ping(other) },
        { name: 'loopback', does: loopback },
        { name: 'abstract', does: abstract },
        ...OWN.map((address) => ({ name: address, does: serving(address) })),
      ]),
    );
    return { ran, attempts: came(ran) };
  });

  it.each(ATTACKS)(
    'the step does not get out over %s, at once and on record',
    (name, attack, record) => {
      expect(succeedsOutside(attack)).toBe(true);

      const { ran, attempts } = all();
      const { stdout, code, ms } = attempts(name);
      expect(stdout).not.toContain(GREETING);
      expect(code).not.toBe(0);
      expect(ms).toBeLessThan(AT_ONCE_MS);
      expect(traffic(ran).blocked).toContain(record);
      expect(ran.report.enforced.network).toBe(true);
    },
  );

  it.each(BEHIND)('%s is not there', (name, address, port) => {
    expect(succeedsOutside(tcp('127.0.0.1', hostLoopback))).toBe(true);
    expect(succeedsOutside(tcp(resolver, dns))).toBe(true);

    const { ran, attempts } = all();
    expect(attempts(name).stdout).not.toContain(GREETING);
    expect(traffic(ran).blocked).toContain(`${address}:${port}/tcp 1`);
  });

  it('nothing else is on record', () => {
    const behind = BEHIND.map(([, address, port]) => `${address}:${port}/tcp 1`);
    const records = [...ATTACKS.map(([, , record]) => record), ...behind];
    const { allowed, blocked } = traffic(all().ran);
    expect(allowed).toEqual([]);
    expect(blocked.toSorted()).toEqual(records.toSorted());
  });

  it('no ICMP socket can be had', () => {
    expect(succeedsOutside(ping(other))).toBe(true);

    const { stdout, stderr } = all().attempts('ping');
    expect(stdout).not.toContain(GREETING);
    expect(stderr).toContain('socket: Permission denied');
  });

  it("the host's loopback is not the step's", () => {
    expect(succeedsOutside(loopback)).toBe(true);
    expect(all().attempts('loopback').stderr).toContain('Connection refused');
  });

  it("the host's abstract sockets are not there", () => {
    expect(succeedsOutside(abstract)).toBe(true);

    const { stdout, stderr } = all().attempts('abstract');
    expect(stderr).toContain('connect: Connection refused');
    expect(stdout).toBe('');
  });

  it.each(OWN)('a server of its own answers at %s', (address) => {
    expect(bare(serving(address)).stdout).toBe('it is me\n');
    expect(all().attempts(address)).toMatchObject({ code: 0, stdout: 'it is me\n' });
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

  const SOCKETS: readonly (readonly [string, string[], string])[] = [
    ['raw ICMP', raw(2, 1), 'Operation not permitted'],
    ['raw IPv6', raw(10, 58), 'Operation not permitted'],
    // The filter of system calls knows neither that protocol nor that family.
    ['raw IP of its own making', raw(2, 255), 'Protocol not supported'],
    ['packets of its own making', raw(17, 0x300), 'Address family not supported by protocol'],
  ];
  const all = shared(() =>
    came(
      seal(
        ['--network', 'audit'],
        making(
          SOCKETS.flatMap(([name, attack]) => [
            { name, does: attack },
            { name: `${name}, as root`, does: ['unshare', '-Ur', '--', ...attack] },
          ]),
        ),
      ),
    ),
  );

  it.each(SOCKETS)('refuses a socket for %s', (name, attack, refusal) => {
    expect(succeedsOutside(privileged(attack))).toBe(true);

    const plain = all()(name);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toContain(`socket: ${refusal}`);
    const asRoot = all()(`${name}, as root`);
    expect(asRoot.stdout).toBe('');
    expect(asRoot.stderr).toContain('unshare failed: Operation not permitted');
  });
});

describe('a protocol of another kind', () => {
  /** Some kernels have it and some do not; without a socket there is nothing to send. */
  const MISSING = /socket: (Protocol not supported|Address family not supported|Socket type not)/;
  const GIVES_UP_MS = 5000;
  const send = (type: number, protocol: number): string[] =>
    perl(`
      use Socket;
      alarm ${GIVES_UP_MS / 1000};
      socket(S, AF_INET, ${type}, ${protocol}) or die "socket: $!\\n";
      connect(S, pack_sockaddr_in(80, inet_aton('${other}'))) or die "connect: $!\\n";
      send(S, 'x', 0) or die "send: $!\\n";
      print "${GREETING}\\n";`);

  // The kernel's own part of the last two takes no notice of a refusal, and tries again.
  const KINDS: readonly (readonly [string, string[], RegExp, number])[] = [
    ['UDP-Lite', send(2, 136), /^[\d.]+\/(udplite|136) 1$/, AT_ONCE_MS],
    ['Multipath TCP', send(1, 262), /^[\d.]+:80\/tcp 1$/, AT_ONCE_MS],
    ['SCTP', send(1, 132), /^[\d.]+\/(sctp|132) \d+$/, GIVES_UP_MS + AT_ONCE_MS],
    ['DCCP', send(6, 33), /^[\d.]+\/(dccp|33) \d+$/, GIVES_UP_MS + AT_ONCE_MS],
  ];
  const all = shared(() => {
    // The default filter of system calls refuses most of these sockets, so this is without it.
    const attempts = making(KINDS.map(([name, does]) => ({ name, does })));
    const ran = seal(['--syscalls', 'off'], attempts);
    return { ran, attempts: came(ran) };
  });

  it.each(KINDS)('%s does not get out either', (name, attack, record, within) => {
    const outside = bare(attack);
    const { ran, attempts } = all();
    const { stdout, stderr, code, ms } = attempts(name);
    expect(stdout).not.toContain(GREETING);
    expect(code).not.toBe(0);
    // Where the kernel does not have it, the step cannot have it either.
    const missing = MISSING.test(outside.stderr);
    expect(MISSING.test(stderr)).toBe(missing);
    expect(traffic(ran).blocked.filter((text) => record.test(text))).toHaveLength(missing ? 0 : 1);
    expect(ms).toBeLessThan(within);
  });
});

describe('datagrams to everyone', () => {
  let ear: Ear | undefined;
  afterEach(() => ear?.close());

  const EVERYONE = ['192.0.2.255', '255.255.255.255', '224.0.0.251'];
  const all = shared(async () => {
    const listening = await hostEar();
    const attempts = EVERYONE.map((address) => ({ name: address, does: datagram(address, 6667) }));
    const ran = seal([], making(attempts));
    const heard = await listening.heard();
    listening.close();
    return { ran, attempts: came(ran), heard };
  });

  it.each(EVERYONE)('to %s do not come out of the seal', async (address) => {
    ear = await hostEar();
    const sending = datagram(address, 6667, 'lab0');
    expect(bare(sending).code).toBe(0);
    expect(await ear.heard()).toContain(`to ${address}`);
    ear.close();

    const { ran, attempts, heard } = await all();
    expect(attempts(address).code).not.toBe(0);
    expect(heard).toBe('ready\n');
    expect(traffic(ran).blocked).toContain(`${address}:6667/udp 1`);
  });
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

describe('npm that looks for a newer npm unasked', () => {
  // With a home that is empty it looks each time.
  const looks = (value: string) =>
    seal(['--env', `npm_config_update_notifier=${value}`, '--env', 'CI='], NPM);
  const NPM = ['npm', 'exec', '--offline', '--call', 'true'];

  it('is not made to fail a step that did nothing else', () => {
    expect(looks('true')).toMatchObject({ code: 1, report: { outcome: { kind: 'blocked' } } });
    expect(seal(['--env', 'CI='], NPM)).toMatchObject({
      code: 0,
      report: { egress: { blocked: [] } },
    });
  });
});
