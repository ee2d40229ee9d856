import { describe, expect, it } from 'vitest';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { ANSWER, bare, FILES, INTERNET, PORTS } from '../lab/glovebox.ts';
import { curl, hello, listening, TRUST, ZONE } from '../lab/internet.ts';

// The laboratory's names, from the host: what the suite's controls rest on.

const { cdn, cdn6, api, resolver: nameServer, publicResolver } = INTERNET;

function resolverAt(address: string): Resolver {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([address]);
  return resolver;
}

describe('a DNS server of the internet', () => {
  const resolver = resolverAt(nameServer);

  it.each([
    ['an address', 'allowed.example.com', 'A', [cdn]],
    ['the same address for another name', 'other.example.com', 'A', [cdn]],
    ['in any case of letters', 'API.Example.NET', 'A', [api]],
    ['below a wildcard', 'a.wild.example.com', 'A', [cdn]],
    ['deep below a wildcard', 'x.deep.wild.example.com', 'A', [cdn]],
    ['by way of aliases', 'chain.example.com', 'A', [cdn]],
    ['an IPv6 address', 'six.example.com', 'AAAA', [cdn6]],
    ['both, the first', 'dual.example.com', 'A', [cdn]],
    ['both, the second', 'dual.example.com', 'AAAA', [cdn6]],
    ['a good one and a bad one', 'mixed.example.com', 'A', ['127.0.0.1', cdn]],
    ['text', 'allowed.example.com', 'TXT', [['glovebox laboratory']]],
    [
      'the text that was asked for',
      'secret.tunnel.example.net',
      'TXT',
      [['heard secret.tunnel.example.net']],
    ],
    ['a name for an address', '80.113.0.203.in-addr.arpa', 'PTR', ['other.example.com']],
    ['what the older tests rest on', 'service.lab.test', 'A', [ANSWER]],
  ] as const)('has %s', async (_, name, type, answers) => {
    expect(await resolver.resolve(name, type)).toEqual(answers);
  });

  it.each([
    ['loopback', 'rebind-loopback.example.com', 'A', '127.0.0.1'],
    ['the metadata service', 'rebind-metadata.example.com', 'A', INTERNET.metadata],
    ["slirp4netns's host", 'rebind-slirp.example.com', 'A', '10.0.2.2'],
    ['a private address', 'rebind-private.example.com', 'A', INTERNET.private],
    ['no address', 'rebind-zero.example.com', 'A', '0.0.0.0'],
    ['loopback in its IPv6 form', 'rebind6.example.com', 'AAAA', '::ffff:127.0.0.1'],
    ['IPv6 loopback', 'rebind6-loopback.example.com', 'AAAA', '::1'],
    ['a link', 'rebind6-link.example.com', 'AAAA', 'fe80::1'],
    ['a unique local address', 'rebind6-unique.example.com', 'AAAA', INTERNET.unique6],
    ['loopback behind NAT64', 'rebind6-nat64.example.com', 'AAAA', '64:ff9b::7f00:1'],
  ] as const)('leads a name to %s', async (_, name, type, answer) => {
    expect(await resolver.resolve(name, type)).toEqual([answer]);
  });

  it.each([
    ['for a name that it does not know', 'unknown.example.com', 'A', 'ENOTFOUND'],
    ['for the name above a wildcard', 'wild.example.com', 'A', 'ENOTFOUND'],
    ['for a type that a name does not have', 'allowed.example.com', 'AAAA', 'ENODATA'],
    ['when it is broken', 'broken.example.com', 'A', 'ESERVFAIL'],
    ['when it does not answer', 'silent.example.com', 'A', 'ETIMEOUT'],
  ])('has nothing %s', async (_, name, type, code) => {
    await expect(resolver.resolve(name, type)).rejects.toMatchObject({ code });
  });

  it('lets names move and turn from the second question on', async () => {
    const asked = async (name: string): Promise<string[]> => [
      ...(await resolver.resolve4(name)),
      ...(await resolver.resolve4(name)),
      ...(await resolver.resolve4(name)),
    ];
    const name = `lab-${process.pid}`;
    expect(await asked(`${name}.turn.example.com`)).toEqual([cdn, '127.0.0.1', '127.0.0.1']);
    expect(await asked(`${name}.move.example.com`)).toEqual([cdn, api, api]);
  });

  it('says how long an answer holds', async () => {
    expect(await resolver.resolve4('short.example.com', { ttl: true })).toEqual([
      { address: cdn, ttl: 1 },
    ]);
    expect(await resolver.resolve4('allowed.example.com', { ttl: true })).toEqual([
      { address: cdn, ttl: 60 },
    ]);
  });

  it('is at every address, and writes down what it is asked', async () => {
    const addresses = Object.values(INTERNET);
    const heard = listening();
    await Promise.all(
      addresses.map(async (address) => await resolverAt(address).resolve4('everywhere.lab.test')),
    );
    const asked = heard('question').filter(({ name }) => name === 'everywhere.lab.test');
    expect(asked.map(({ address }) => address).sort()).toEqual([...addresses].sort());
    expect(new Set(asked.map(({ protocol, type }) => `${protocol} ${type}`))).toEqual(
      new Set(['udp A']),
    );
  });

  it('speaks TCP to whom it truncates', async () => {
    const heard = listening();
    expect(await resolver.resolve4('truncated.example.com')).toEqual([cdn]);
    expect(heard('question').map(({ protocol }) => protocol)).toEqual(['udp', 'tcp']);
  });

  it('speaks TLS', async () => {
    const heard = listening();
    const socket = connect({
      host: publicResolver,
      port: PORTS.dot,
      servername: 'dns.example.org',
      ca: readFileSync(FILES.authority),
    });
    const name = Buffer.from('\x07allowed\x07example\x03com\0');
    const head = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const query = Buffer.concat([head, name, Buffer.from([0, 1, 0, 1])]);
    socket.write(Buffer.concat([Buffer.from([0, query.length]), query]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect([...answer.subarray(-4)].join('.')).toBe(cdn);
    expect(heard('question')).toEqual([
      {
        kind: 'question',
        protocol: 'tls',
        address: publicResolver,
        name: 'allowed.example.com',
        type: 'A',
      },
    ]);
  });

  it('speaks HTTPS', () => {
    const heard = listening();
    const url = `https://${publicResolver}/dns-query`;
    const ran = bare(curl('--doh-url', url, 'https://other.example.com'), { env: TRUST });
    expect(ran.stdout).toBe(hello('other.example.com'));
    const asked = heard('question').filter(({ name }) => name === 'other.example.com');
    expect(new Set(asked.map(({ protocol }) => protocol))).toEqual(new Set(['https']));
  });

  it('knows only names that can be written', () => {
    for (const name of Object.keys(ZONE))
      expect(name).toMatch(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
  });
});
