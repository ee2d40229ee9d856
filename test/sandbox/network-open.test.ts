import { describe, expect, it } from 'vitest';
import { came, making, shared } from '../lab/attempts.ts';
import { GREETING, HOST, INTERNET, policy, PORTS, seal } from '../lab/glovebox.ts';
import { SYNTHETIC_RESOLVER } from '../../src/plan/ranges.ts';
import { listening } from '../lab/internet.ts';
import { AT_ONCE_MS, node, ping, succeedsOutside, tcp, traffic, udp } from './network-attacks.ts';

const { other, other6, metadata, azure, private: inside, unique6 } = INTERNET;
const { web, tls, database, hostAny, hostLoopback } = PORTS;

const REACHED: readonly (readonly [string, string[], string])[] = [
  ['TCP', tcp(other, web), `${other}:80/tcp 1`],
  ['any port', tcp(other, database), `${other}:5432/tcp 1`],
  ['UDP', udp(other, tls), `${other}:443/udp 1`],
  ['ICMP', ping(other), `${other}/icmp 1`],
  ['TCP over IPv6', tcp(other6, web), `${other6}:80/tcp 1`],
  ['UDP over IPv6', udp(other6, tls), `${other6}:443/udp 1`],
  ['private addresses', tcp(inside, web), `${inside}:80/tcp 1`],
];
const REFUSED: readonly (readonly [string, string, number])[] = [
  ['the metadata service', metadata, web],
  ["Azure's agent endpoint", azure, web],
  ['unique local addresses', unique6, web],
  ["the host's own address", HOST.address, hostAny],
  ["the host's own IPv6 address", HOST.address6, hostAny],
  ["the host's address without a carrier", HOST.idle, hostAny],
];
const BEHIND: readonly (readonly [string, number])[] = [
  ['10.0.2.2', hostLoopback],
  ['10.0.2.3', web],
];
const recordOf = (address: string, port: number): string => `${address}:${port}/tcp 1`;

describe.each(['audit', 'unrestricted'])('%s', (mode) => {
  const all = shared(() => {
    const ran = seal(
      ['--network', mode],
      making([
        ...REACHED.map(([name, does]) => ({ name, does })),
        ...REFUSED.map(([name, address, port]) => ({ name, does: tcp(address, port) })),
        ...BEHIND.map(([address, port]) => ({ name: address, does: tcp(address, port) })),
      ]),
    );
    return { ran, attempts: came(ran), ...traffic(ran) };
  });

  it.each(REACHED)('lets out and records %s', (name, _, record) => {
    const { ran, attempts, allowed } = all();
    expect(attempts(name).stdout).toContain(GREETING);
    expect(attempts(name).code).toBe(0);
    expect(allowed).toContain(record);
    expect(ran.report.enforced.network).toBe(true);
  });

  it.each(REFUSED)('still refuses, at once and on record, %s', (name, address, port) => {
    expect(succeedsOutside(tcp(address, port))).toBe(true);

    const { attempts, blocked } = all();
    const { stdout, code, ms } = attempts(name);
    expect(stdout).not.toContain(GREETING);
    expect(code).not.toBe(0);
    expect(ms).toBeLessThan(AT_ONCE_MS);
    expect(blocked).toContain(recordOf(address, port));
  });

  it.each(BEHIND)("still refuses slirp4netns's own %s", (address, port) => {
    expect(succeedsOutside(tcp('127.0.0.1', hostLoopback))).toBe(true);

    const { attempts, blocked } = all();
    expect(attempts(address).stdout).not.toContain(GREETING);
    expect(blocked).toContain(recordOf(address, port));
  });

  it('has nothing else on record', () => {
    const { allowed, blocked } = all();
    expect(allowed.toSorted()).toEqual(REACHED.map(([, , record]) => record).toSorted());
    const refused = [...REFUSED.map(([, ...where]) => where), ...BEHIND];
    expect(blocked.toSorted()).toEqual(refused.map((where) => recordOf(...where)).toSorted());
  });

  it('opens the metadata service with block-metadata: false, and nothing of the host', () => {
    const file = policy(`version: 1\nnetwork: { mode: ${mode}, block-metadata: false }\n`);
    const own = tcp(HOST.address, hostAny);
    expect(succeedsOutside(own)).toBe(true);

    const ran = seal(
      ['-p', file],
      making([
        { name: 'metadata', does: tcp(metadata, web) },
        { name: 'own', does: own },
      ]),
    );
    expect(came(ran)('metadata').stdout).toContain(GREETING);
    expect(came(ran)('own').stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({
      allowed: [recordOf(metadata, web)],
      blocked: [recordOf(HOST.address, hostAny)],
    });
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
