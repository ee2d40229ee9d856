import { describe, expect, it } from 'vitest';
import { GREETING, HOST, INTERNET, policy, PORTS, seal } from '../lab/glovebox.ts';
import { AT_ONCE_MS, ping, succeedsOutside, tcp, traffic, udp } from './network-attacks.ts';

const { other, other6, metadata, azure, private: inside, unique6 } = INTERNET;
const { web, database, dns, hostAny, hostLoopback } = PORTS;

describe.each(['audit', 'unrestricted'])('%s', (mode) => {
  it.each([
    ['TCP', tcp(other, web), `${other}:80/tcp 1`],
    ['any port', tcp(other, database), `${other}:5432/tcp 1`],
    ['UDP', udp(other, dns), `${other}:53/udp 1`],
    ['ICMP', ping(other), `${other}/icmp 1`],
    ['TCP over IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
    ['UDP over IPv6', udp(other6, dns), `${other6}:53/udp 1`],
    ['private addresses', tcp(inside, web), `${inside}:80/tcp 1`],
  ])('lets out and records %s', (_, attempt, record) => {
    const ran = seal(['--network', mode], attempt);
    expect(ran.stdout).toContain(GREETING);
    expect(ran.code).toBe(0);
    expect(traffic(ran)).toEqual({ allowed: [record], blocked: [] });
    expect(ran.report.enforced.network).toBe(true);
  });

  it.each([
    ['the metadata service', metadata, web],
    ["Azure's agent endpoint", azure, web],
    ['unique local addresses', unique6, web],
    ["the host's own address", HOST.address, hostAny],
    ["the host's own IPv6 address", HOST.address6, hostAny],
    ["the host's address without a carrier", HOST.idle, hostAny],
  ])('still refuses, at once and on record, %s', (_, address, port) => {
    expect(succeedsOutside(tcp(address, port))).toBe(true);

    const ran = seal(['--network', mode], tcp(address, port));
    expect(ran.stdout).not.toContain(GREETING);
    expect(ran.code).not.toBe(0);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${address}:${port}/tcp 1`] });
    expect(ran.report.usage.wallMs).toBeLessThan(AT_ONCE_MS);
  });

  it.each([
    ['10.0.2.2', hostLoopback],
    ['10.0.2.3', dns],
  ])("still refuses slirp4netns's own %s", (address, port) => {
    expect(succeedsOutside(tcp('127.0.0.1', hostLoopback))).toBe(true);

    const ran = seal(['--network', mode], tcp(address, port));
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [`${address}:${port}/tcp 1`] });
  });

  it('opens the metadata service with block-metadata: false, and nothing of the host', () => {
    const file = policy(`version: 1\nnetwork: { mode: ${mode}, block-metadata: false }\n`);
    const ran = seal(['-p', file], tcp(metadata, web));
    expect(ran.stdout).toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [`${metadata}:80/tcp 1`], blocked: [] });

    expect(succeedsOutside(tcp(HOST.address, hostAny))).toBe(true);
    const own = seal(['-p', file], tcp(HOST.address, hostAny));
    expect(own.stdout).not.toContain(GREETING);
    expect(traffic(own).blocked).toEqual([`${HOST.address}:7778/tcp 1`]);
  });
});
