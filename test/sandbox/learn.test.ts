import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { came, making, shared } from '../lab/attempts.ts';
import {
  bash,
  cli,
  GREETING,
  INTERNET,
  PORTS,
  type Ran,
  seal,
  workspace,
} from '../lab/glovebox.ts';
import { curl, hello, listening, ssh, trusting } from '../lab/internet.ts';
import { succeedsOutside, tcp, traffic } from './network-attacks.ts';

const { other, other6, metadata, unique6 } = INTERNET;
const { web, database } = PORTS;

interface Learned extends Ran {
  /** The lines of the policy. */
  readonly lines: readonly string[];
  /** The options with which it holds. */
  readonly options: readonly string[];
}

/** What `glovebox learn` writes; fails the test where it writes nothing. */
function learn(command: readonly string[]): Learned {
  const output = join(workspace(), 'learned.yml');
  const trust = trusting();
  const ran = cli(['learn', '-o', output, ...trust, '--', ...command]);
  if (!existsSync(output)) throw new Error(`nothing was learned:\n${ran.stderr}`);
  const lines = readFileSync(output, 'utf8').split('\n').slice(0, -1);
  return { ...ran, lines, options: [...trust, '-p', output, '--locked'] };
}

/** Entries without their comments. */
function entries({ lines }: Learned): string[] {
  return lines.flatMap((line) => /^ {4}- (.*?) *(?: {2}#.*)?$/.exec(line)?.[1] ?? []);
}

/** Fetches with Python's own client. */
const python = (url: string): string =>
  `python3 -c 'import urllib.request as u; print(u.urlopen("${url}", timeout=10).read().decode())'`;
const first = (host: string, port: number): string =>
  `(exec 3<>/dev/tcp/${host}/${port} && timeout 5 head -n1 <&3)`;

describe('a learned policy', () => {
  it('is the smallest one that lets the same command pass', () => {
    const command = bash(`set -e
      ${curl('https://allowed.example.com/').join(' ')}
      ${curl('http://allowed.example.com/').join(' ')}
      ${python('https://tls13.example.com/')}
      ${first('api.example.net', database)}
      ${first(other, web)}
      ${ssh('git.example.com', 'true').join(' ')}`);
    const learned = learn(command);
    expect([learned.code, learned.stdout]).toEqual([
      0,
      expect.stringContaining(hello('allowed.example.com')) as string,
    ]);
    expect(entries(learned)).toEqual([
      'allowed.example.com:80,443',
      '{host: api.example.net, port: 5432, tls: off}',
      '{host: git.example.com, port: 22, tls: off}',
      'tls13.example.com',
      `${other}:80`,
    ]);
    for (const line of learned.lines.filter((one) => one.includes('example.com:80,443')))
      expect(line).toMatch(/ {2}# curl: 2 connections$/);
    expect(learned.lines.find((line) => line.includes('tls13'))).toMatch(/# python3[^:]*: 1 conn/);
    const { stderr, options } = learned;
    expect(stderr).toContain('learned');

    const ran = seal(options, command);
    expect([ran.code, ran.stdout]).toEqual([0, learned.stdout]);
    expect(ran.report.egress).toMatchObject({ blocked: [], unused: [], blockedNotListed: 0 });
    expect(ran.stderr).not.toContain('unused');
  });

  it('tells with --locked what another command does without', () => {
    const { options } = learn(
      bash(
        `${curl('https://allowed.example.com/').join(' ')}; ${curl('http://api.example.net/').join(' ')}`,
      ),
    );
    const ran = seal(options, curl('https://allowed.example.com/'));
    expect([ran.code, ran.report.egress?.unused]).toEqual([0, ['api.example.net:80']]);
    expect(ran.stderr).toMatch(/unused api\.example\.net:80\n/);
  });

  it('has the name that was dialled of those that share an address, and only that one', () => {
    const heard = listening();
    const learned = learn(curl('https://other.example.com/'));
    expect(learned.stdout).toBe(hello('other.example.com'));
    expect(heard('request')).toMatchObject([{ address: INTERNET.cdn, sni: 'other.example.com' }]);
    expect(entries(learned)).toEqual(['other.example.com']);

    const ran = seal(learned.options, curl('https://allowed.example.com/'));
    expect(ran.code).not.toBe(0);
    expect(ran.report.egress?.blocked).toMatchObject([{ name: 'allowed.example.com' }]);
  });

  it('opens a name that leads to a private address, and says so', () => {
    const command = curl('http://intranet.example.com/');
    const learned = learn(command);
    expect(entries(learned)).toEqual(['{host: intranet.example.com, port: 80, private: true}']);
    const ran = seal(learned.options, command);
    expect([ran.code, ran.stdout]).toEqual([0, hello('intranet.example.com', 'none')]);
  });

  it.each([
    ['IPv6 only', 'six.example.com'],
    ['both kinds of address', 'dual.example.com'],
  ])('knows a name with %s', (_, name) => {
    const command = curl(`https://${name}/`);
    const learned = learn(command);
    expect([learned.stdout, entries(learned)]).toEqual([hello(name), [name]]);
    const ran = seal(learned.options, command);
    expect([ran.code, ran.stdout, ran.report.egress?.unused]).toEqual([0, hello(name), []]);
  });

  it('knows addresses that no name led to', () => {
    const command = bash(`${first(other, database)}; ${first(other6, web)}`);
    const learned = learn(command);
    expect(entries(learned)).toEqual([`${other}:5432`, `'[${other6}]:80'`]);
    const ran = seal(learned.options, command);
    expect([ran.code, ran.report.egress?.blocked, ran.report.egress?.unused]).toEqual([0, [], []]);
  });

  it('denies everything to what reaches nothing, and has the exit code of the command', () => {
    const learned = learn(bash('exit 3'));
    expect(learned.code).toBe(3);
    expect(learned.lines.slice(1)).toEqual(['version: 1', 'network:', '  mode: deny']);
  });

  it('leaves out names that were only looked up, and what no name can be', () => {
    const learned = learn(
      bash(`getent hosts allowed.example.com nothing.example.org 0x7f.1 || true
        ${curl('--max-time', '2', 'http://dead.example.com:9/').join(' ')} || true`),
    );
    expect(entries(learned)).toEqual(['{host: dead.example.com, port: 9, tls: off}']);
  });
});

describe('while it learns', () => {
  it.each([
    ['the metadata service', tcp(metadata, web), `${metadata}:80/tcp 1`],
    ['unique local addresses', tcp(unique6, web), `${unique6}:80/tcp 1`],
  ])('a step does not reach %s', (_, attempt, record) => {
    expect(succeedsOutside(attempt)).toBe(true);
    const ran = seal(['--network', 'audit'], attempt);
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran)).toEqual({ allowed: [], blocked: [record] });
    const learned = learn(attempt);
    expect([learned.stdout, entries(learned)]).toEqual(['', []]);
  });

  const LEADING: readonly (readonly [string, string, number, string | null])[] = [
    ['the metadata service', 'rebind-metadata.example.com', web, metadata],
    ["the host's loopback", 'rebind-loopback.example.com', PORTS.hostLoopback, null],
    ["the host's loopback in its IPv6 form", 'rebind6.example.com', PORTS.hostLoopback, null],
    ["slirp4netns's host", 'rebind-slirp.example.com', PORTS.hostLoopback, null],
    ['the unspecified address', 'rebind-zero.example.com', PORTS.hostLoopback, null],
    ['IPv6 loopback', 'rebind6-loopback.example.com', PORTS.hostLoopback, null],
    ['a unique local address', 'rebind6-unique.example.com', web, unique6],
  ];
  const led = shared(() => {
    const attempts = LEADING.map(([name, host, port]) => ({ name, does: tcp(host, port) }));
    const ran = seal(['--network', 'audit'], making(attempts));
    return { ran, attempts: came(ran) };
  });

  it.each(LEADING)('no name leads to %s', (name, _, port, blocked) => {
    const { ran, attempts } = led();
    expect(attempts(name).stdout).not.toContain(GREETING);
    expect(attempts(name).code).not.toBe(0);
    if (blocked !== null) expect(traffic(ran).blocked).toContain(`${blocked}:${port}/tcp 1`);
  });

  it('no name leads to anything else', () => {
    const blocked = LEADING.flatMap(([, , port, one]) =>
      one === null ? [] : [`${one}:${port}/tcp 1`],
    );
    const recorded = traffic(led().ran);
    expect(recorded.allowed).toEqual([]);
    expect(recorded.blocked.toSorted()).toEqual(blocked.toSorted());
  });

  it('a name is recorded with its real address and its process', () => {
    const ran = seal(['--network', 'audit'], curl('http://api.example.net/'));
    expect(ran.report.egress?.allowed).toEqual([
      {
        ...{ name: 'api.example.net', address: INTERNET.api, port: 80, protocol: 'tcp', count: 1 },
        process: 'curl',
      },
    ]);
  });
});
