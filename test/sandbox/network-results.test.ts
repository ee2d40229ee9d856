import { describe, expect, it } from 'vitest';
import { bare, bash, GREETING, INTERNET, policy, PORTS, seal } from '../lab/glovebox.ts';
import { node, tcp, traffic } from './network-attacks.ts';

const { allowed, other, other6, metadata } = INTERNET;

/** Tries, and ends well whatever came of it. */
const trying = (...addresses: string[]): string[] =>
  bash(
    `${addresses.map((address) => `(exec 3<>/dev/tcp/${address}/80 && timeout 5 cat <&3)`).join('; ')}; exit 0`,
  );

const network = (...lines: string[]): string =>
  policy(`version: 1\nnetwork:\n${lines.map((line) => `  ${line}\n`).join('')}`);

describe('a step that ends well after a refused attempt', () => {
  it('fails, and is told the lines that make it pass', () => {
    const attempt = bash(`
      (exec 3<>/dev/tcp/${other}/80 && timeout 5 cat <&3)
      (exec 3<>/dev/tcp/${other6}/443 && timeout 5 cat <&3)
      echo x > /dev/udp/${other}/53
      exit 0`);
    const outside = bare(attempt);
    expect(outside.stdout.split(GREETING).length - 1).toBe(2);

    const refused = seal([], attempt);
    expect(refused.stdout).not.toContain(GREETING);
    expect(refused.code).toBe(1);
    expect(refused.report.outcome).toMatchObject({ kind: 'blocked', exitCode: 1, stepExitCode: 0 });
    const [, advice = ''] = refused.stderr.split('put into the policy:\n');
    const lines = /^ {4}network:\n(?: {6}.*\n)+/.exec(advice)?.[0] ?? '';
    for (const entry of [`${other}:80`, other6, `${other}:53/udp`]) expect(lines).toContain(entry);

    const again = seal(['-p', policy(`version: 1\n${lines.replace(/^ {4}/gm, '')}`)], attempt);
    expect(again.stdout).toBe(outside.stdout);
    expect(again.code).toBe(0);
    expect(again.report.outcome.kind).toBe('exited');
    expect(traffic(again).blocked).toEqual([]);
    expect(traffic(again).allowed.toSorted()).toEqual(
      [`${other}:80/tcp 1`, `${other6}:443/tcp 1`, `${other}:53/udp 1`].toSorted(),
    );
  });

  it('is told no line for what cannot be allowed', () => {
    const { code, stderr, report } = seal([], trying(metadata));
    expect(code).toBe(1);
    expect(stderr).toContain(`${metadata}:80/tcp`);
    expect(stderr).not.toContain('put into the policy');
    expect(report.egress?.blocked[0]?.allow).toBe(null);
  });

  it.each(['warn', 'ignore'])('passes with on-blocked: %s, and the attempt is on record', (how) => {
    const ran = seal(['-p', network(`on-blocked: ${how}`)], trying(other));
    expect(ran.stdout).not.toContain(GREETING);
    expect(ran.code).toBe(0);
    expect(ran.report.outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(traffic(ran).blocked).toEqual([`${other}:80/tcp 1`]);
    expect(ran.stderr.includes(`${other}:80/tcp`)).toBe(how === 'warn');
  });

  it.each([[`${other}:80`], ['198.51.100.0/24:1-1000'], ['0.0.0.0/0:80']])(
    'passes when the attempt was expected: %s',
    (entry) => {
      const ran = seal(['-p', network(`expect-blocked: ['${entry}']`)], trying(other));
      expect(ran.stdout).not.toContain(GREETING);
      expect(ran.code).toBe(0);
      expect(ran.report.outcome.kind).toBe('exited');
      expect(ran.report.egress?.blocked).toMatchObject([
        { address: other, port: 80, protocol: 'tcp', count: 1, expected: true },
      ]);
      expect(ran.stderr).not.toContain('put into the policy');
    },
  );

  it('fails when besides the expected attempt there was another', () => {
    const ran = seal(['-p', network(`expect-blocked: ['${other}:80']`)], trying(other, allowed));
    expect(ran.code).toBe(1);
    expect(ran.report.outcome.kind).toBe('blocked');
    expect(ran.report.outcome.cause).toContain(`${allowed}:80/tcp`);
    expect(ran.report.outcome.cause).not.toContain(other);
    expect(ran.report.egress?.blocked.map(({ address, expected }) => [address, expected])).toEqual(
      expect.arrayContaining([
        [allowed, false],
        [other, true],
      ]),
    );
  });

  it('passes when it did not wait for an answer that then came', () => {
    const attempt = bash(`
      echo x > /dev/udp/${other}/53; echo x > /dev/udp/${other6}/53; sleep 0.3
      exit 0`);
    const entries = ['--allow', `${other}:53/udp`, '--allow', `[${other6}]:53/udp`];
    for (const mode of ['allowlist', 'unrestricted']) {
      const ran = seal(['--network', mode, ...entries], attempt);
      expect(ran.code).toBe(0);
      expect(traffic(ran)).toEqual({
        allowed: [`${other}:53/udp 1`, `${other6}:53/udp 1`],
        blocked: [],
      });
    }
  });

  it('keeps its own code when it failed by itself', () => {
    const ran = seal([], bash(`(exec 3<>/dev/tcp/${other}/80); exit 7`));
    expect(ran.code).toBe(7);
    expect(ran.report.outcome.cause).toContain(`${other}:80/tcp`);
  });
});

describe('the record', () => {
  const SENT = 6000;
  const LISTED = 4096;
  /** Sends one datagram to each of many destinations, and prints how many left. */
  const flood = node(`
    const s = require('dgram').createSocket('udp4');
    let left = 0, done = 0;
    s.bind(() => {
      for (let i = 0; i < ${SENT}; i += 1)
        s.send('x', 1000 + i, '${other}', (e) => {
          if (!e) left += 1;
          if (++done === ${SENT}) { console.log(left); process.exit(); }
        });
    });
    setTimeout(() => process.exit(2), 20000);`);

  it('is bounded, and tells how much it leaves out', () => {
    expect(bare(flood).stdout).toBe(`${SENT}\n`);

    const { stdout, code, report, stderr } = seal([], flood);
    expect(stdout).toBe('0\n');
    expect(code).toBe(1);
    const { blocked = [], blockedNotListed = 0 } = report.egress ?? {};
    expect(blocked.length).toBeLessThanOrEqual(LISTED);
    expect(blocked.length).toBeGreaterThan(LISTED / 2);
    expect(blocked.every(({ count }) => count === 1)).toBe(true);
    expect(blocked.length + blockedNotListed).toBe(SENT);
    expect(stderr).toContain(`and ${SENT - 10} more`);
    expect(stderr.split('\n').length).toBeLessThan(50);
  });

  it('still refuses and counts when it is full', () => {
    const attempt = bash(`node -e "$FLOOD"; (exec 3<>/dev/tcp/${other}/80 && timeout 5 cat <&3)`);
    expect(bare(tcp(other, PORTS.web)).stdout).toContain(GREETING);

    const ran = seal(['--env', `FLOOD=${flood[2]}`], attempt);
    expect(ran.stdout).not.toContain(GREETING);
    const { blocked = [], blockedNotListed = 0 } = ran.report.egress ?? {};
    expect(blocked.length + blockedNotListed).toBe(SENT + 1);
  });

  it('counts what was let out in the same way', () => {
    const { stdout, report } = seal(['--network', 'audit'], flood);
    expect(stdout).toBe(`${SENT}\n`);
    const { allowed: reached = [], allowedNotListed = 0 } = report.egress ?? {};
    expect(reached.length).toBeLessThanOrEqual(LISTED);
    expect(reached.length + allowedNotListed).toBe(SENT);
  });
});
