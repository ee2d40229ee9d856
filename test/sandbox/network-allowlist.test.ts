import { afterEach, describe, expect, it } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Attempt, came, making, shared, sharedFor } from '../lab/attempts.ts';
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

const record = (address: string, port: number): string => `${address}:${port}/tcp 1`;

describe('an allowlist lets through, and records', () => {
  /** Those of a group are in one list; no entry of it lets through what another is tried for. */
  const LET_THROUGH: readonly (readonly [
    name: string,
    group: string,
    entries: readonly string[],
    attempt: readonly string[],
    record: string,
  ])[] = [
    ['an address and port', 'one', [`${allowed}:80`], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['port 443 where no port is said', 'one', [allowed], tcp(allowed, tls), `${allowed}:443/tcp 1`],
    ['several ports', 'ports', [`${allowed}:1,80-90`], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['a network', 'networks', ['203.0.113.0/24:80'], tcp(allowed, web), `${allowed}:80/tcp 1`],
    ['UDP', 'one', [`${allowed}:53/udp`], udp(allowed, dns), `${allowed}:53/udp 1`],
    ['ICMP', 'one', [`${allowed}/icmp`], ping(allowed), `${allowed}/icmp 1`],
    ['IPv6', 'one', [`[${allowed6}]:80`], tcp(allowed6, web), `${allowed6}:80/tcp 1`],
    [
      'an IPv6 network',
      'networks',
      ['[2001:db8::/64]:80'],
      tcp(allowed6, web),
      `${allowed6}:80/tcp 1`,
    ],
    ['UDP over IPv6', 'one', [`[${allowed6}]:53/udp`], udp(allowed6, dns), `${allowed6}:53/udp 1`],
    [
      'an address that is called by its IPv6 form',
      'form',
      [`${allowed}:80`],
      tcp(`::ffff:${allowed}`, web),
      `${allowed}:80/tcp 1`,
    ],
    [
      'the last of several entries',
      'last',
      [`${other}:5432`, `${allowed}:443/udp`, `${allowed}:80`],
      tcp(allowed, web),
      `${allowed}:80/tcp 1`,
    ],
    [
      'a private address that is named',
      'one',
      [`${inside}:80`],
      tcp(inside, web),
      `${inside}:80/tcp 1`,
    ],
    [
      'a private network that is named',
      'networks',
      ['10.0.0.0/8:80'],
      tcp(inside, web),
      `${inside}:80/tcp 1`,
    ],
    [
      "the host's own address when it is named",
      'one',
      [`${HOST.address}:7778`],
      tcp(HOST.address, hostAny),
      `${HOST.address}:7778/tcp 1`,
    ],
  ];
  const inGroup = sharedFor((group: string) => {
    const all = LET_THROUGH.filter(([, of]) => of === group);
    const attempts = all.map(([name, , , does]) => ({ name, does }));
    const ran = seal(allowing(...all.flatMap(([, , entries]) => entries)), making(attempts));
    return { ran, attempts: came(ran), records: all.map(([, , , , one]) => one) };
  });

  it.each(LET_THROUGH)('%s', (name, group, _entries, attempt, one) => {
    expect(succeedsOutside(attempt)).toBe(true);

    const { ran, attempts, records } = inGroup(group);
    expect(attempts(name).stdout).toContain(GREETING);
    expect(attempts(name).code).toBe(0);
    expect(traffic(ran).allowed).toContain(one);
    expect(traffic(ran).allowed.toSorted()).toEqual(records.toSorted());
    expect(traffic(ran).blocked).toEqual([]);
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
  ['another address in its IPv6 form', tcp(`::ffff:${other}`, database), `${other}:5432/tcp 1`],
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
  const all = shared(() => {
    const attempts = REFUSED.map(([name, does]) => ({ name, does }));
    const ran = seal(allowing(`${allowed}:443`), making(attempts));
    return { ran, attempts: came(ran) };
  });

  it.each(REFUSED)('%s', (name, attack, one) => {
    expect(succeedsOutside(attack)).toBe(true);

    const { ran, attempts } = all();
    const { stdout, code, ms } = attempts(name);
    expect(stdout).not.toContain(GREETING);
    expect(code).not.toBe(0);
    expect(ms).toBeLessThan(AT_ONCE_MS);
    expect(traffic(ran).blocked).toContain(one);
    expect(ran.report.enforced.network).toBe(true);
  });

  it('and nothing else is on record', () => {
    const records = REFUSED.map(([, , one]) => one);
    expect(traffic(all().ran).allowed).toEqual([]);
    expect(traffic(all().ran).blocked.toSorted()).toEqual(records.toSorted());
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
  const NEVER: readonly (readonly [string, string, number])[] = [
    ["the host's loopback behind slirp4netns's gateway", '10.0.2.2', hostLoopback],
    ["the host's resolver behind slirp4netns's", '10.0.2.3', dns],
    ['the same over IPv6', 'fd00::2', hostAny],
    ["slirp4netns's IPv6 resolver", 'fd00::3', dns],
    ['the metadata service', metadata, web],
    ["Azure's agent endpoint", azure, web],
    ['a unique local address', unique6, web],
  ];
  const named = shared(() => {
    const entries = NEVER.map(
      ([, address, port]) => `${address.includes(':') ? `[${address}]` : address}:${port}`,
    );
    const attempts = NEVER.map(([name, address, port]) => ({ name, does: tcp(address, port) }));
    const options = allowing(...entries, '0.0.0.0/0:1-65535', '[::/0]:1-65535');
    const ran = seal(options, making(attempts));
    return { ran, attempts: came(ran) };
  });

  it.each(NEVER)('%s', (name, address, port) => {
    const stands = address.startsWith('10.0.2.') || address.startsWith('fd00:');
    expect(succeedsOutside(stands ? tcp('127.0.0.1', hostLoopback) : tcp(address, port))).toBe(
      true,
    );

    const { ran, attempts } = named();
    expect(attempts(name).stdout).not.toContain(GREETING);
    expect(traffic(ran).blocked).toContain(record(address, port));
    const told = ran.report.egress?.blocked.find((one) => one.address === address);
    expect(told?.allow).toBe(null);
  });

  it('a way for anything', () => {
    const { allowed: reached, blocked } = traffic(named().ran);
    expect(reached).toEqual([]);
    expect(blocked).toHaveLength(NEVER.length);
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

  const REACHED = [
    [tcp(other, web), `${other}:80/tcp 1`],
    [tcp(other6, database), `${other6}:5432/tcp 1`],
    [udp(other, dns), `${other}:53/udp 1`],
    [ping(other), `${other}/icmp 1`],
  ] as const;
  const LACKING: readonly (readonly [string, string, number])[] = [
    ["the host's own address", HOST.address, hostAny],
    ["the host's own IPv6 address", HOST.address6, hostAny],
    ["the host's address without a carrier", HOST.idle, hostAny],
    ['private addresses', inside, web],
    ['unique local addresses', unique6, web],
    ['the metadata service', metadata, web],
    ["Azure's agent endpoint", azure, web],
  ];
  const all = shared(() => {
    const ran = seal(
      everything,
      making([
        ...REACHED.map(([does, name]) => ({ name, does })),
        ...LACKING.map(([name, address, port]) => ({ name, does: tcp(address, port) })),
      ]),
    );
    return { ran, attempts: came(ran) };
  });

  it.each(REACHED)('has the internet (%#)', (_, one) => {
    const { ran, attempts } = all();
    expect(attempts(one).stdout).toContain(GREETING);
    expect(traffic(ran).allowed).toContain(one);
  });

  it.each(LACKING)('does not have %s', (name, address, port) => {
    expect(succeedsOutside(tcp(address, port))).toBe(true);

    const { ran, attempts } = all();
    expect(attempts(name).stdout).not.toContain(GREETING);
    expect(traffic(ran).blocked).toContain(record(address, port));
  });

  it('is told by nothing else on record', () => {
    const { allowed: reached, blocked } = traffic(all().ran);
    expect(reached.toSorted()).toEqual(REACHED.map(([, one]) => one).toSorted());
    expect(blocked.toSorted()).toEqual(
      LACKING.map(([, address, port]) => record(address, port)).toSorted(),
    );
  });
});

describe("the host's loopback", () => {
  let ear: Ear | undefined;
  afterEach(() => ear?.close());

  /** Whether the host hears what is sent to it when nothing is around the sender. */
  async function heardOutside(sending: readonly string[], address: string): Promise<void> {
    ear = await hostEar();
    expect(bare(sending).code).toBe(0);
    expect(await ear.heard()).toContain(`to ${address}\n`);
    ear.close();
  }

  const connecting = perl(`
    use Socket qw(:all);
    alarm 5;
    socket(S, AF_INET, SOCK_STREAM, 0);
    @ARGV or setsockopt(S, SOL_SOCKET, 25, "tap0\\0") or die "bind: $!\\n";
    connect(S, pack_sockaddr_in(${hostLoopback}, inet_aton('127.0.0.1'))) or die "connect: $!\\n";
    print while <S>;`);
  const LOOPBACK = ['127.0.0.1', '::1'];
  const EVERYONE = ['192.0.2.255', '255.255.255.255', '224.0.0.251', 'ff02::fb'];
  const sent = (addresses: readonly string[], port: number, device = ''): Attempt[] =>
    addresses.map((address) => ({ name: address, does: datagram(address, port, device) }));

  /** All that is sent past the loopback device in a mode, and what the host heard meanwhile. */
  const past = sharedFor(async (mode: string) => {
    const listening = await hostEar();
    // Halves of the address space are entries that name what is in them.
    const halves = ['0.0.0.0/1:1-65535/udp', '[::/1]:1-65535/udp'];
    const options = mode === 'allowlist' ? allowing(...halves) : ['--network', mode];
    const ran = seal(
      options,
      making([
        ...sent(LOOPBACK, 6666, 'tap0'),
        ...(mode === 'audit'
          ? [{ name: 'connecting', does: connecting }, ...sent(EVERYONE, 6667)]
          : []),
      ]),
    );
    const heard = await listening.heard();
    listening.close();
    return { ran, attempts: came(ran), heard };
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', 'audit'],
    ['127.0.0.1', '127.0.0.1', 'unrestricted'],
    ['127.0.0.1', '127.0.0.1', 'allowlist'],
    ['::1', '::1', 'audit'],
    ['::1', '::1', 'allowlist'],
  ])('does not hear what is sent to %s past the loopback device (%s, %s)', async (_, to, mode) => {
    await heardOutside(datagram(to, 6666), to);

    const { ran, attempts, heard } = await past(mode);
    expect(attempts(to).stdout).toBe('');
    expect(heard).toMatch(/^ready\n/);
    expect(heard).not.toContain(`to ${to}\n`);
    expect(traffic(ran).allowed.filter((one) => one.startsWith(to))).toEqual([]);
    expect(traffic(ran).blocked).toContain(`${to}:6666/udp 1`);
    const told = ran.report.egress?.blocked.find(({ address, port }) => {
      return address === to && port === 6666;
    });
    expect(told?.reason).toBe("the host's loopback");
  });

  it('does not see a connection to it past the loopback device', async () => {
    expect(succeedsOutside([...connecting, 'unbound'])).toBe(true);

    const { ran, attempts } = await past('audit');
    expect(attempts('connecting').stderr).toContain('connect: Connection refused');
    expect(traffic(ran).blocked).toContain(`127.0.0.1:${hostLoopback}/tcp 1`);
  });

  it.each(EVERYONE)(
    'and its neighbours do not hear what is sent to everyone at %s',
    async (address) => {
      await heardOutside(datagram(address, 6667, 'lab0'), address);

      const { attempts, heard } = await past('audit');
      attempts(address);
      expect(heard).toMatch(/^ready\n/);
      expect(heard).not.toContain(`to ${address}\n`);
    },
  );

  it.each(['audit', 'unrestricted', 'allowlist'])('hears nothing at all in %s', async (mode) => {
    const { heard } = await past(mode);
    expect(heard).toBe('ready\n');
  });
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
