import { describe, expect, it } from 'vitest';
import {
  bare,
  bash,
  GREETING,
  HOST,
  INTERNET,
  policy,
  PORTS,
  seal,
  SOCKETS,
} from '../lab/glovebox.ts';

/** Opens a TCP connection by hand and prints what comes back; fails after three seconds. */
const tcp = (address: string, port: number): string[] =>
  bash(`exec 3<>/dev/tcp/${address}/${port} && timeout 3 cat <&3`);

/** Node rather than bash where an address needs more than a name in a path. */
const node = (code: string): string[] => ['node', '-e', code];

const udp = (address: string, port: number): string[] =>
  node(`const s=require('dgram').createSocket('udp${address.includes(':') ? 6 : 4}');
s.on('message',m=>{console.log(String(m));process.exit(0)});
s.on('error',e=>{console.log(e.code);process.exit(1)});
s.send('x',${port},'${address}',e=>{if(e){console.log(e.code);process.exit(1)}});
setTimeout(()=>process.exit(2),2000)`);

describe('deny', () => {
  const attacks: readonly (readonly [string, string[], string])[] = [
    ['an unlisted address over TCP', tcp(INTERNET.other, PORTS.web), `${INTERNET.other}:80/tcp`],
    ['the metadata service', tcp(INTERNET.metadata, PORTS.web), `${INTERNET.metadata}:80/tcp`],
    ['IPv6', tcp(INTERNET.other6, PORTS.web), `${INTERNET.other6}:80/tcp`],
    ['v4-mapped IPv6', tcp(`::ffff:${INTERNET.other}`, PORTS.web), `${INTERNET.other}:80/tcp`],
    ['UDP', udp(INTERNET.other, PORTS.dns), `${INTERNET.other}:53/udp`],
    ['UDP over IPv6', udp(INTERNET.other6, PORTS.dns), `${INTERNET.other6}:53/udp`],
  ];

  it.each(attacks)('refuses and records %s', (_, attack, destination) => {
    expect(bare(attack).stdout).toContain(GREETING);

    const { code, stdout, report } = seal([], attack);
    expect(stdout).not.toContain(GREETING);
    expect(code).not.toBe(0);
    const seen = report.egress?.blocked.map(
      ({ address, port, protocol }) => `${address}:${port}/${protocol}`,
    );
    expect(seen).toContain(destination);
    expect(report.enforced.network).toBe(true);
  });
});

describe('an allowlist', () => {
  const options = ['--network', 'allowlist', '--allow', `${INTERNET.allowed}:80`];

  it('lets through what it names and records it', () => {
    const { code, stdout, report } = seal(options, tcp(INTERNET.allowed, PORTS.web));
    expect(stdout).toContain(GREETING);
    expect(code).toBe(0);
    expect(report.egress?.allowed).toEqual([
      { address: INTERNET.allowed, port: 80, protocol: 'tcp', count: 1 },
    ]);
    expect(report.enforced.network).toBe(true);
  });
});
