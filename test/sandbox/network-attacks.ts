import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bare, bash, GREETING, HOST, type Sealed, workspace } from '../lab/glovebox.ts';

/** Attacks on the network's walls. Each gives up by itself after five seconds. */
export const node = (code: string): string[] => ['node', '-e', code];
export const perl = (code: string): string[] => ['perl', '-e', code];

/** A refused attempt must not take as long as a program waits. */
export const AT_ONCE_MS = 2000;

/** Prints what a server says when it is connected to. */
export const tcp = (address: string, port: number): string[] =>
  bash(`exec 3<>/dev/tcp/${address}/${port} && timeout 5 cat <&3`);

/** Prints what a server sends back. */
export const udp = (address: string, port: number): string[] =>
  node(`
    const s = require('dgram').createSocket('udp${address.includes(':') ? 6 : 4}');
    s.on('message', (m) => { console.log(String(m)); process.exit(0); });
    s.on('error', (e) => { console.log(e.code); process.exit(1); });
    s.send('x', ${port}, '${address}', (e) => { if (e) { console.log(e.code); process.exit(1); } });
    setTimeout(() => process.exit(2), 5000);`);

const DOMAIN = (address: string): string => (address.includes(':') ? 'AF_INET6' : 'AF_INET');
const PACKED = (address: string, port: number): string =>
  address.includes(':')
    ? `pack_sockaddr_in6(${port}, inet_pton(AF_INET6, '${address}'))`
    : `pack_sockaddr_in(${port}, inet_aton('${address}'))`;

/** Asks for an echo through an ICMP socket, which needs no privilege, and greets when it comes. */
export const ping = (address: string): string[] => {
  const [protocol, type] = address.includes(':') ? [58, 128] : [1, 8];
  // Connected, because the kernel tells only such a socket that an ICMPv6 packet was refused.
  return perl(`
    use Socket qw(:all);
    alarm 5;
    socket(S, ${DOMAIN(address)}, SOCK_DGRAM, ${protocol}) or die "socket: $!\\n";
    connect(S, ${PACKED(address, 0)}) or die "connect: $!\\n";
    send(S, pack('CCnnna8', ${type}, 0, 0, 0, 1, 'glovebox'), 0) or die "send: $!\\n";
    defined(recv(S, my $answer, 100, 0)) or die "recv: $!\\n";
    print "${GREETING}\\n" if $answer =~ /glovebox/;`);
};

/** Sends one datagram, through a device of its choice where one is named. */
export const datagram = (address: string, port: number, device = ''): string[] =>
  perl(`
    use Socket qw(:all);
    socket(S, ${DOMAIN(address)}, SOCK_DGRAM, 0) or die "socket: $!\\n";
    setsockopt(S, SOL_SOCKET, SO_BROADCAST, 1);
    if ('${device}') { setsockopt(S, SOL_SOCKET, 25, "${device}\\0") or die "bind: $!\\n"; }
    send(S, 'to ${address}', 0, ${PACKED(address, port)}) or die "send: $!\\n";`);

/** Looks a name up as most programs do. */
export const lookup = (name: string): string[] => ['getent', 'ahostsv4', name];

/** Records as `ADDRESS:PORT/PROTOCOL COUNT`. */
function written(
  records: readonly {
    readonly name?: string | undefined;
    readonly address: string | null;
    readonly port: number | null;
    readonly protocol: string;
    readonly count: number;
  }[],
): string[] {
  return records.map(
    ({ name, address, port, protocol, count }) =>
      `${name ?? address}${port === null ? '' : `:${port}`}/${protocol} ${count}`,
  );
}

/** What was let out, and what was not. */
export function traffic({ report, stderr }: Sealed): { allowed: string[]; blocked: string[] } {
  if (report.egress === null) throw new Error(`nothing was recorded:\n${stderr}`);
  return { allowed: written(report.egress.allowed), blocked: written(report.egress.blocked) };
}

export interface Ear {
  heard(): Promise<string>;
  close(): void;
}

/** Listens on the host for datagrams: on loopback to port 6666, on everything to port 6667. */
export async function hostEar(): Promise<Ear> {
  const file = join(workspace(), 'heard');
  const child = spawn(
    'node',
    [
      '-e',
      `
      const hear = (type, port, address, then) => new Promise((done) => {
        const s = require('dgram').createSocket({ type, ipv6Only: type === 'udp6' });
        s.on('message', (m) => console.log(String(m)));
        s.bind(port, address, () => { then?.(s); done(); });
      });
      const all = [
        hear('udp4', 6666, '127.0.0.1'),
        hear('udp6', 6666, '::1'),
        hear('udp4', 6667, '0.0.0.0', (s) => s.addMembership('224.0.0.251', '${HOST.address}')),
        hear('udp6', 6667, '::', (s) => s.addMembership('ff02::fb', '::%lab0')),
      ];
      Promise.all(all).then(() => console.log('ready'));
      setTimeout(() => process.exit(), 60000);`,
    ],
    { stdio: ['ignore', openSync(file, 'w'), 'inherit'] },
  );
  const ear: Ear = {
    heard: async () => {
      await sleep(200); // A datagram that was sent is there by now.
      return readFileSync(file, 'utf8');
    },
    close: () => child.kill('SIGKILL'),
  };
  for (let wait = 0; wait < 50; wait += 1) {
    if ((await ear.heard()).includes('ready')) return ear;
  }
  throw new Error('the listener on the host did not start');
}

/** Whether the attack reaches its aim when nothing is around it. */
export function succeedsOutside(attack: readonly string[]): boolean {
  return bare(attack).stdout.includes(GREETING);
}
