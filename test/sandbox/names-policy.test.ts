import { describe, expect, it } from 'vitest';
import { bash, GREETING, INTERNET, policy, PORTS, seal } from '../lab/glovebox.ts';
import { curl, hello, trusting } from '../lab/internet.ts';
import { allowing, dial, reasons, sealed, text } from './name-attacks.ts';
import { tcp, traffic } from './network-attacks.ts';

// Names and the rest of a policy: what is done about a refusal, floors, addresses, open file trees.

const ALLOWED = 'allowed.example.com';
const OTHER = 'other.example.com';
const API = 'api.example.net';
const { cdn, other, api } = INTERNET;

/** Tries, and ends well whatever came of it. */
const trying = (...commands: string[][]): string[] =>
  bash([...commands.map((command) => command.join(' ')), 'exit 0'].join('\n'));

describe('a step that ends well after a name was refused', () => {
  const attempt = trying(
    curl(`https://${ALLOWED}`),
    curl(`https://${OTHER}`),
    curl(`http://${ALLOWED}`),
    ['bash', '-c', `'exec 3<>/dev/tcp/${other}/80 && timeout 5 cat <&3'`],
  );

  it('fails, and is told the lines that make it pass', () => {
    const refused = seal(allowing([ALLOWED]), attempt);
    expect(refused.stdout).toBe(hello(ALLOWED));
    expect(refused.code).toBe(1);
    expect(refused.report.outcome).toMatchObject({ kind: 'blocked', exitCode: 1, stepExitCode: 0 });
    const [, advice = ''] = refused.stderr.split('put into the policy:\n');
    const lines = /^ {4}network:\n(?: {6}.*\n)+/.exec(advice)?.[0] ?? '';
    const entries = [...lines.matchAll(/^ +- (.*)$/gm)].map(([, entry]) => entry);
    expect(new Set(entries)).toEqual(new Set([`${ALLOWED}:80`, `${other}:80`, OTHER]));

    const added = policy(`version: 1\n${lines.replace(/^ {4}/gm, '')}`);
    const again = seal([...allowing([ALLOWED]), '-p', added], attempt);
    expect(again.code).toBe(0);
    expect(again.report.egress?.blocked).toEqual([]);
    expect(again.stdout).toContain(`${hello(ALLOWED)}${hello(OTHER)}${hello(ALLOWED, 'none')}`);
    expect(again.stdout).toContain(GREETING);
  });

  it.each(['warn', 'ignore'])('passes with on-blocked: %s, and the name is on record', (how) => {
    const ran = seal(allowing([ALLOWED], { 'on-blocked': how }), trying(curl(`https://${OTHER}`)));
    expect(ran.code).toBe(0);
    expect(ran.report.outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(ran.report.egress?.blocked).toMatchObject([{ name: OTHER, expected: false }]);
    expect(ran.stderr.includes(`blocked  ${OTHER}`)).toBe(how === 'warn');
  });

  it('passes when all of it was expected, and fails when not', () => {
    const expected = [OTHER, `${ALLOWED}:80`, `${other}:80`];
    const passed = seal(allowing([ALLOWED], { 'expect-blocked': expected }), attempt);
    expect(passed.code).toBe(0);
    expect(passed.report.egress?.blocked.map((one) => one.expected)).toEqual([true, true, true]);

    const failed = seal(allowing([ALLOWED], { 'expect-blocked': ['*.example.com:1'] }), attempt);
    expect(failed.code).toBe(1);
    expect(failed.report.outcome.cause).toContain('example.com');
  });
});

describe('a floor', () => {
  const attempts = {
    both: curl(`https://${ALLOWED}`),
    'the policy alone': curl(`https://${OTHER}`),
    'the floor alone': curl(`https://${API}`),
    'both, on a port of the policy alone': curl(`http://${ALLOWED}`),
  };

  it('leaves the names that it allows too, with its own resolver', () => {
    const floor = policy(
      `version: 1\nnetwork:\n  allow: ['*.example.com', ${API}]\n  resolver: ${INTERNET.publicResolver}\n`,
    );
    const { inside, ran } = sealed(
      attempts,
      allowing([`${ALLOWED}:80,443`, 'other.example.com.evil.org']),
      {
        env: { GLOVEBOX_FLOOR_POLICY: floor },
      },
    );
    expect(inside.both.output).toBe(hello(ALLOWED));
    for (const name of ['the policy alone', 'the floor alone'] as const)
      expect(inside[name].code).toBe(6);
    expect(inside['both, on a port of the policy alone'].output).not.toContain('hello');
    expect(ran.report.egress?.allowed).toMatchObject([{ name: ALLOWED, port: 443 }]);
    expect(ran.report.requested.network).toMatchObject({
      allow: [`${ALLOWED}:443`],
      resolver: INTERNET.publicResolver,
    });
  });

  it('of looked-at names does not let bytes in the clear or private addresses through', () => {
    const floor = policy("version: 1\nnetwork: { allow: ['*.example.com:1-1000'] }\n");
    const entries = [
      { host: 'git.example.com', port: PORTS.ssh, tls: 'off' },
      { host: 'rebind-private.example.com', port: 80, private: true },
    ];
    const { inside, ran } = sealed(
      {
        ssh: tcp('git.example.com', PORTS.ssh),
        private: curl('http://rebind-private.example.com/'),
      },
      allowing(entries),
      { env: { GLOVEBOX_FLOOR_POLICY: floor } },
    );
    expect(inside.ssh.output).not.toContain('SSH-2.0');
    expect(inside.private.output).not.toContain(GREETING);
    expect(ran.report.egress?.allowed).toEqual([]);
  });
});

describe('names beside addresses', () => {
  it('each open what they open', () => {
    const attempts = {
      'the name': curl(`https://${ALLOWED}`),
      'the address': curl('--resolve', `${API}:443:${api}`, `https://${API}`),
      'the address of the name': tcp(cdn, PORTS.web),
      'the name of the address': curl(`https://${API}`),
      'the resolver that is named': dial(other, PORTS.dns, text('who is there?')),
      'an address that only a name can have': tcp('198.18.0.77', PORTS.tls),
    };
    const entries = [ALLOWED, api, '0.0.0.0/1:443', `${other}:53`, '198.18.0.0/15'];
    const { inside, ran } = sealed(attempts, allowing(entries));
    expect(inside['the name'].output).toBe(hello(ALLOWED));
    expect(inside['the address'].output).toBe(hello(API));
    expect(inside['the address of the name'].output).not.toContain('HTTP');
    expect(inside['the name of the address'].code).toBe(6);
    // Every look-up is the gateway's, so this one does not leave either.
    expect(inside['the resolver that is named'].output).not.toContain(GREETING);
    expect(reasons(ran)).toEqual({
      [`${cdn}:80/tcp`]: ['not in network.allow'],
      [`${API}/tcp`]: ['not in network.allow'],
      '198.18.0.77:443/tcp': ['not in network.allow'],
    });
    expect(traffic(ran).allowed).toEqual([`${ALLOWED}:443/tcp 1`, `${api}:443/tcp 1`]);
    expect(ran.report.enforced.network).toBe(true);
  });
});

describe('filesystem.mode: off', () => {
  it('leaves look-ups to the gateway, by whatever resolver the host has', () => {
    const attempts = {
      allowed: curl(`https://${ALLOWED}`),
      forbidden: curl(`https://${OTHER}`),
      fronting: curl('-H', `Host: ${OTHER}`, `http://${ALLOWED}/`),
      resolver: ['cat', '/etc/resolv.conf'],
    };
    const options = allowing([`${ALLOWED}:80,443`]);
    const off = ['-p', policy('version: 1\nfilesystem: { mode: off, read: [] }\n')];
    const { inside, ran } = sealed(attempts, [...options, ...off]);
    expect(inside.resolver.output).toBe(`nameserver ${INTERNET.resolver}\n`);
    expect(inside.allowed.output).toBe(hello(ALLOWED));
    expect(inside.forbidden.code).toBe(6);
    expect(inside.fronting.output).not.toContain('hello');
    expect(ran.report.enforced).toMatchObject({ network: true, filesystem: false });
    expect(reasons(ran)).toMatchObject({ [`${OTHER}/tcp`]: ['not in network.allow'] });
  });
});

describe('what nobody can see without decrypting', () => {
  it('a Host inside TLS: whoever serves both names at one address serves it', () => {
    const ran = seal(allowing([ALLOWED]), curl('-H', `Host: ${OTHER}`, `https://${ALLOWED}`));
    expect(ran.stdout).toBe(hello(OTHER, ALLOWED));
    expect(ran.report.egress?.allowed).toMatchObject([{ name: ALLOWED, port: 443 }]);
  });

  it('nor anything after `tls: off`', () => {
    const entry = { host: ALLOWED, port: PORTS.web, tls: 'off' };
    const ran = seal(
      [...allowing([entry]), ...trusting()],
      curl('-H', `Host: ${OTHER}`, `http://${ALLOWED}`),
    );
    expect(ran.stdout).toBe(hello(OTHER, 'none'));
  });
});
