import { describe, expect, it } from 'vitest';
import { came, making, shared } from '../lab/attempts.ts';
import { bare, bash, GREETING, INTERNET, PERSONA, policy, PORTS, seal } from '../lab/glovebox.ts';
import { succeedsOutside, tcp, traffic } from './network-attacks.ts';

const { allowed, other } = INTERNET;

/** In a network of one's own everything is permitted: that is the control. */
const OWN_NETWORK = ['unshare', '-Urn', '--'];
const SYSTEM_PATH = 'PATH=$PATH:/usr/sbin:/sbin';

/** Runs the command, says how it went, and then tries to get out. */
const thenLeave = (command: string): string =>
  `${SYSTEM_PATH}; (${command}) 2>&1; echo "changed: $?"
   exec 3<>/dev/tcp/${other}/${PORTS.web} && timeout 5 cat <&3`;

const CHANGES: readonly (readonly [name: string, command: string])[] = [
  ['reading the rules', 'nft list ruleset'],
  ['flushing the rules', 'nft flush ruleset'],
  [
    'rules of its own',
    "nft 'table inet own { chain out { type filter hook output priority -9; policy accept; }; }'",
  ],
  ['taking loopback down', 'ip link set lo down'],
  ['a device of its own', 'ip link add own0 type veth peer name own1'],
  ['an address of its own', 'ip address add 192.0.2.77/24 dev lo'],
  ['a route of its own', `ip link set lo up && ip route add ${other} dev lo`],
  ['a routing rule of its own', 'ip rule add from all lookup 77'],
  ['forwarding', 'echo 1 > /proc/sys/net/ipv4/ip_forward'],
  ['routing of loopback addresses', 'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet'],
  ['the range of ping groups', 'echo 0 0 > /proc/sys/net/ipv4/ping_group_range'],
];

const UNSHARES = ['-Ur', '-Urn', '-Urm'];
const unsharing = (flags: string): string[] => ['unshare', flags, '--', 'echo', 'made'];

describe.each([
  ['a step with a way out', ['--network', 'allowlist', '--allow', `${allowed}:80`]],
  ['a step without one', []],
] as const)('%s', (_, options) => {
  const all = shared(() => {
    const ran = seal(
      options,
      making([
        ...CHANGES.map(([name, command]) => ({ name, does: thenLeave(command) })),
        ...UNSHARES.map((flags) => ({ name: flags, does: unsharing(flags) })),
      ]),
    );
    return { ran, attempts: came(ran) };
  });

  it.each(CHANGES)('cannot change its walls: %s', (name, command) => {
    expect(bare([...OWN_NETWORK, ...bash(`${SYSTEM_PATH}; ${command}`)]).code).toBe(0);
    expect(succeedsOutside(tcp(other, PORTS.web))).toBe(true);

    const { ran, attempts } = all();
    const { stdout } = attempts(name);
    expect(stdout).toMatch(/changed: [1-9]/);
    expect(stdout).not.toContain(GREETING);
    expect(stdout).not.toContain('table inet');
    // Each tried to leave after it, and all of them are counted.
    const blocked = [`${other}:80/tcp ${CHANGES.length}`];
    expect(traffic(ran)).toEqual({ allowed: [], blocked });
  });

  it.each(UNSHARES)('cannot get privileges of its own by unshare %s', (flags) => {
    expect(bare(unsharing(flags)).stdout).toBe('made\n');
    const { stdout, stderr } = all().attempts(flags);
    expect(stdout).toBe('');
    expect(stderr).toContain('unshare failed: Operation not permitted');
  });
});

describe('a step that keeps its privileges', () => {
  it('has none over the walls, and does not run where they would be those of root', () => {
    const file = policy('version: 1\nprivilege: { mode: inherit }\n');
    const { stdout, report } = seal(['-p', file], bash(thenLeave('nft flush ruleset')));
    expect(report.outcome.kind).toBe(PERSONA === 'root' ? 'refused' : 'exited');
    expect(stdout).not.toContain(GREETING);
    expect(stdout).not.toContain('changed: 0');
  });
});
