import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  bare,
  bash,
  GREETING,
  HOST,
  INTERNET,
  PERSONA,
  policy,
  PORTS,
  ROUTER,
  seal,
  sealInBackground,
} from '../lab/glovebox.ts';
import { curl, hello } from '../lab/internet.ts';
import { allowing, bothWays, reasons, sealed } from './name-attacks.ts';
import {
  datagram,
  type Ear,
  hostEar,
  node,
  ping,
  succeedsOutside,
  tcp,
  traffic,
  udp,
} from './network-attacks.ts';

// The other ways out: what holds with slirp4netns holds with them.

const { allowed, allowed6, other, other6, metadata, azure, private: inside, unique6 } = INTERNET;
const { web, tls, dns, hostAny, hostLoopback } = PORTS;

const PASTA = { backend: 'pasta' };
const MACVLAN = {
  ...{ backend: 'macvlan', interface: 'lab0' },
  ...{ address: '192.0.2.77', netmask: '255.255.255.0', gateway: ROUTER.address },
};

const network = (section: object): string[] => [
  '-p',
  policy(JSON.stringify({ version: 1, network: section })),
];

/** What leads somewhere on the bare host, by what is on record of it in the sandbox. */
const REFUSED = {
  [`${allowed}:443/tcp`]: tcp(allowed, tls),
  [`${allowed}:53/udp`]: udp(allowed, dns),
  [`${other}:80/tcp`]: tcp(other, web),
  [`${other}/icmp`]: ping(other),
  [`${other6}:80/tcp`]: tcp(other6, web),
  [`${inside}:80/tcp`]: tcp(inside, web),
  [`${unique6}:80/tcp`]: tcp(unique6, web),
  [`${metadata}:80/tcp`]: tcp(metadata, web),
  [`${azure}:80/tcp`]: tcp(azure, web),
  [`${HOST.address}:7778/tcp`]: tcp(HOST.address, hostAny),
  [`${HOST.address6}:7778/tcp`]: tcp(HOST.address6, hostAny),
  [`${HOST.idle}:7778/tcp`]: tcp(HOST.idle, hostAny),
};
/** What is the host's loopback there, or would be. */
const LOOPBACK = {
  [`10.0.2.2:${hostLoopback}/tcp`]: tcp('10.0.2.2', hostLoopback),
  [`fd00::2:${hostAny}/tcp`]: tcp('fd00::2', hostAny),
};

describe.each([
  ['pasta', PASTA],
  ...(PERSONA === 'root' ? [['macvlan', MACVLAN] as const] : []),
] as const)('over %s', (backend, section) => {
  let ear: Ear | undefined;
  afterEach(() => ear?.close());

  it('an allowlist lets through what it names, and refuses all else on record', () => {
    const reached = {
      [`${allowed}:80/tcp`]: tcp(allowed, web),
      ...(backend === 'pasta' ? { [`${allowed6}:80/tcp`]: tcp(allowed6, web) } : {}),
    };
    // A macvlan has no IPv6, so what goes there ends before the rules.
    const recorded = Object.keys(REFUSED).filter(
      (name) => backend === 'pasta' || (!name.includes('::') && !name.startsWith('2001:')),
    );
    const {
      outside,
      inside: came,
      ran,
    } = bothWays(
      { ...reached, ...REFUSED },
      network({ mode: 'allowlist', allow: [`${allowed}:80`, `[${allowed6}]:80`], ...section }),
    );
    expect(Object.values(outside).filter(({ output }) => !output.includes(GREETING))).toEqual([]);
    const through = Object.keys(came).filter((name) => came[name]?.output.includes(GREETING));
    expect(through).toEqual(Object.keys(reached));
    const { allowed: flowed, blocked } = traffic(ran);
    expect(flowed.sort()).toEqual(
      Object.keys(reached)
        .map((name) => `${name} 1`)
        .sort(),
    );
    expect(blocked.map((text) => text.replace(/ \d+$/, '')).sort()).toEqual(recorded.sort());
    expect(ran.report.enforced.network).toBe(true);
    expect(ran.report.layers.network.mechanism).toContain(backend);
  });

  it("an audit does not have the host's loopback, nor what is for everyone around the host", async () => {
    ear = await hostEar();
    const { inside: came, ran } = sealed(
      {
        ...LOOPBACK,
        'other/tcp': tcp(other, web),
        loopback: datagram('127.0.0.1', 6666, 'tap0'),
        group: datagram('224.0.0.251', 6667),
        group6: datagram('ff02::fb', 6667),
        everyone: datagram('192.0.2.255', 6667),
        metadata: tcp(metadata, web),
        self: tcp(HOST.address, hostAny),
      },
      network({ mode: 'audit', ...section }),
    );
    const through = Object.entries(came).filter(([, { output }]) => output.includes(GREETING));
    expect(through.map(([name]) => name)).toEqual(['other/tcp']);
    expect(await ear.heard()).toBe('ready\n');
    expect(traffic(ran).allowed).toContain(`${other}:80/tcp 1`);
  });

  it('nobody calls in', async () => {
    const serving = node(`
      require('net').createServer((c) => c.end('${GREETING}')).listen(4321, '0.0.0.0');
      const udp = require('dgram').createSocket('udp4');
      udp.on('message', () => console.log('called'));
      udp.bind(4321, '0.0.0.0', () => console.log('ready'));
      setTimeout(() => process.exit(), 1500);`);
    const options = network({ mode: 'unrestricted', ...section });
    const step = sealInBackground(options, [...serving]);
    let said = '';
    step.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!said.includes('ready')) await sleep(20);
    const places = ['127.0.0.1', '::1', HOST.address, MACVLAN.address];
    const call = (place: string): string =>
      `timeout 1 bash -c 'exec 3<>/dev/tcp/${place}/4321 && cat <&3' &`;
    const called = bare(
      bash(`${places.map(call).join('\n')}\necho x >/dev/udp/${MACVLAN.address}/4321; wait`),
    );
    expect(called.stdout).not.toContain(GREETING);
    await once(step, 'exit');
    expect(said).toBe('ready\n');
  });
});

describe('names over pasta', () => {
  it('are reached through the gateway, and nothing else of that loopback is', () => {
    const NAME = 'allowed.example.com';
    const { cdn } = INTERNET;
    expect(succeedsOutside(tcp('127.0.0.1', hostLoopback))).toBe(true);
    const { inside: came, ran } = sealed(
      {
        allowed: curl(`https://${NAME}`),
        another: curl('https://other.example.com'),
        fronted: bash(
          `a=$(getent ahostsv4 ${NAME} | head -n 1 | cut -d ' ' -f 1); ${curl('--resolve', 'other.example.com:443:$a', 'https://other.example.com').join(' ')}`,
        ),
        real: curl('--resolve', `${NAME}:443:${cdn}`, `https://${NAME}`),
        ...LOOPBACK,
      },
      allowing([NAME], PASTA),
    );
    expect(came.allowed.output).toContain(hello(NAME));
    const through = Object.entries(came).filter(([, { output }]) => output.includes('hello from'));
    expect(through.map(([name]) => name)).toEqual(['allowed']);
    expect(reasons(ran)[`${NAME}:443/tcp`]).toEqual([
      'its TLS hello names another server: other.example.com',
    ]);
    expect(ran.report.enforced.network).toBe(true);
  });
});

describe('pasta', () => {
  let run: ChildProcess | undefined;
  afterEach(() => run?.kill('SIGKILL'));

  const start = async (): Promise<ChildProcess> => {
    const options = network({ mode: 'allowlist', allow: [`${allowed}:80`], ...PASTA });
    run = sealInBackground(options, bash('echo ready; sleep 30'));
    await once(run.stdout as NodeJS.ReadableStream, 'data');
    return run;
  };

  it('that is killed ends the step', async () => {
    const step = await start();
    process.kill(pastas()[0] ?? 0, 'SIGKILL');
    let said = '';
    step.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect((await once(step, 'exit'))[0]).toBe(125);
    expect(said).toContain('the sandbox was lost: pasta was killed');
    expect(pastas()).toEqual([]);
  });

  it('does not outlive a supervisor that is killed', async () => {
    const step = await start();
    expect(pastas()).not.toEqual([]);
    step.kill('SIGKILL');
    await once(step, 'exit');
    for (let wait = 0; wait < 100 && pastas().length > 0; wait += 1) await sleep(20);
    expect(pastas()).toEqual([]);
  });
});

/**
 * In the laboratory's own pid namespace nobody else has one. Zombies are dead. Now and then pasta clones itself for
 * a moment, to make sockets in the namespace: the first of them is the one that stays.
 */
function pastas(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && /\(pas(ta|st)\b[^)]*\) [^ZX]/.test(statOf(name)))
    .map(Number);
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

describe('a macvlan', () => {
  const asked = { mode: 'allowlist', allow: [`${allowed}:80`] };
  const { address: _, ...unaddressed } = MACVLAN;
  const root = PERSONA === 'root';

  // Both ends of it are down.
  const ip = (...args: readonly string[]): void => void (root && bare(['ip', 'link', ...args]));
  beforeAll(() => ip('add', 'lab8', 'type', 'veth', 'peer', 'name', 'lab9'));
  afterAll(() => ip('delete', 'lab8'));

  it.each([
    [
      'on an interface that is down',
      { ...MACVLAN, interface: 'lab8' },
      root ? 'interface-down' : 'macvlan-unprivileged',
    ],
    [
      'without an address',
      unaddressed,
      `${root ? '' : 'macvlan-unprivileged '}macvlan-unaddressed`,
    ],
    ['for an ordinary user', MACVLAN, root ? null : 'macvlan-unprivileged'],
    [
      'on no interface',
      { ...MACVLAN, interface: 'lab7' },
      root ? 'interface-missing' : 'macvlan-unprivileged',
    ],
  ] as const)('%s is refused', (_name, section, code) => {
    const ran = seal(network({ ...asked, ...section }), bash('echo ran'));
    expect(ran.report.downgrades.map((one) => one.code).join(' ')).toBe(code ?? '');
    expect(ran.stdout).toBe(code === null ? 'ran\n' : '');
    expect(ran.code).toBe(code === null ? 0 : 125);
  });

  it('does not lead to names, and says so', () => {
    const ran = seal(network({ ...asked, ...MACVLAN, allow: ['a.example.com'] }), bash('echo ran'));
    const codes = [...(root ? [] : ['macvlan-unprivileged']), 'macvlan-names'];
    expect(ran.report.downgrades.map((one) => one.code)).toEqual(codes);
    expect([ran.code, ran.stdout]).toEqual([125, '']);
  });
});
