import { describe, expect, it } from 'vitest';
import { GREETING, HOST, INTERNET, policy, PORTS, seal } from '../lab/glovebox.ts';
import { SYNTHETIC_RESOLVER } from '../../src/plan/ranges.ts';
import { listening } from '../lab/internet.ts';
import { AT_ONCE_MS, node, ping, succeedsOutside, tcp, traffic, udp } from './network-attacks.ts';

const { other, other6, metadata, azure, private: inside, unique6 } = INTERNET;
const { web, tls, database, hostAny, hostLoopback } = PORTS;

describe.each(['audit', 'unrestricted'])('%s', (mode) => {
  it.each([
    ['TCP', tcp(other, web), `${other}:80/tcp 1`],
    ['any port', tcp(other, database), `${other}:5432/tcp 1`],
    ['UDP', udp(other, tls), `${other}:443/udp 1`],
    ['ICMP', ping(other), `${other}/icmp 1`],
    ['TCP over IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
    ['UDP over IPv6', udp(other6, tls), `${other6}:443/udp 1`],
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
    ['10.0.2.3', web],
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

/** Asks a resolver for the address of a name. */
const question = (resolver: string, name: string): string[] =>
  node(`
    const resolver = new (require('dns').promises.Resolver)({ timeout: 2000, tries: 1 });
    resolver.setServers(['${resolver}']);
    resolver.resolve4('${name}').then(([first]) => console.log(first), (e) => console.log(e.code));`);

describe('a look-up', () => {
  it.each([
    ['its own', SYNTHETIC_RESOLVER],
    ['any other resolver', other],
    ["slirp4netns's own", '10.0.2.3'],
  ])('is answered by Glovebox in audit, also of %s', (_, resolver) => {
    const heard = listening();
    const ran = seal(['--network', 'audit'], question(resolver, 'api.example.net'));
    expect(ran.stdout).toMatch(/^198\.1[89]\./);
    expect(heard('question').filter(({ address }) => address === resolver)).toEqual([]);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [] });
  });

  it('goes where it is sent in unrestricted', () => {
    const ran = seal(['--network', 'unrestricted'], question(other, 'api.example.net'));
    expect(ran.stdout).toBe(`${INTERNET.api}\n`);
    expect(traffic(ran)).toEqual({ allowed: [`${other}:53/udp 1`], blocked: [] });
  });

  it("does not reach slirp4netns's resolver in unrestricted", () => {
    const ran = seal(['--network', 'unrestricted'], question('10.0.2.3', 'api.example.net'));
    expect(ran.stdout).not.toContain(INTERNET.api);
    expect(traffic(ran).allowed).toEqual([]);
    expect(traffic(ran).blocked).toEqual([expect.stringMatching(/^10\.0\.2\.3:53\/udp /)]);
  });
});
