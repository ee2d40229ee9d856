import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { isArch } from '../../src/seccomp/syscalls.ts';
import { underFilter } from '../lab/filter.ts';
import {
  bare,
  bash,
  GREETING,
  INTERNET,
  PERSONA,
  policy,
  PORTS,
  seal,
  type Sealed,
  sealInBackground,
  workspace,
} from '../lab/glovebox.ts';
import { succeedsOutside, tcp, traffic } from './network-attacks.ts';

/** uid 0 of a user namespace is refused like any other user. */
const REAL = PERSONA === 'root' && /^\s*0\s+0\s/.test(readFileSync('/proc/self/uid_map', 'utf8'));

const NEW_USER_NAMESPACE = 0x10000000n;

/** Starts what follows where nobody can have a user namespace. */
const WITHOUT_USERNS = ((): string[] => {
  if (!isArch(process.arch)) throw new Error(`no filter for ${process.arch}`);
  const args = [
    {
      ...{ index: 0, op: 'SCMP_CMP_MASKED_EQ' as const },
      ...{ value: NEW_USER_NAMESPACE, valueTwo: NEW_USER_NAMESPACE },
    },
  ];
  const refused = { action: 'SCMP_ACT_ERRNO' as const };
  const { filter } = compileProfile(
    {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [
        { ...refused, names: ['clone', 'unshare'], errnoRet: 1, args },
        { ...refused, names: ['clone3'], errnoRet: 38 },
      ],
    },
    process.arch,
    null,
  );
  return underFilter(filter);
})();

/** Nobody else's, so that its processes are counted alone. */
const UID = 48_123;
const GID = 48_124;
const BASE = {
  version: 1,
  privilege: { uid: UID, gid: GID },
  resources: { processes: 40, 'open-files': 1000 },
};
const { allowed, other, metadata } = INTERNET;
const OPEN = {
  ...BASE,
  network: { mode: 'allowlist', allow: [`${allowed}:80`], 'on-blocked': 'ignore' },
};

/** A process of root's outside, which no step may see. */
let victim: ChildProcess;
beforeAll(() => {
  victim = spawn('sleep', ['600'], { stdio: 'ignore' });
});
afterAll(() => {
  victim.kill('SIGKILL');
});

describe('the laboratory', () => {
  it('has user namespaces, but not under the filter', () => {
    const attempt = ['unshare', '--user', 'true'];
    expect(bare(attempt).code).toBe(0);
    expect(bare([...WITHOUT_USERNS, ...attempt]).code).not.toBe(0);
  });
});

describe.each(REAL ? [] : ['not root'])('without user namespaces, somebody who is %s', () => {
  it('is refused', () => {
    const { code, report, stdout } = seal([], ['echo', 'ran'], { under: WITHOUT_USERNS });
    expect([code, stdout]).toEqual([125, '']);
    expect(report.enforced.privilege).toBe(false);
  });
});

describe.each(REAL ? ['root'] : [])('without user namespaces, %s', () => {
  /** Every attack succeeds outside, as root; inside each fails. What is printed tells. */
  const ATTACKS: Readonly<Record<string, string>> = {
    'read a file of root alone': 'head -c1 /etc/shadow >/dev/null',
    'be root': 'test "$(id -u)" = 0',
    'look into the first process': 'tr -d "\\0" < /proc/1/environ >/dev/null',
    'signal the first process': 'kill -0 1',
    'see a process outside': `test -d /proc/$VICTIM/fd`,
    'make a mount namespace': 'unshare --mount true',
    'make a network namespace': 'unshare --net true',
    mount: 'd=$(mktemp -d) && unshare -m mount -t tmpfs tmpfs $d',
    'make a device': 'f=$(mktemp -u) && mknod $f b 254 0 && rm $f',
    'give a file away': 'f=$(mktemp) && chown 4711 $f && rm $f',
    'become somebody else': 'setpriv --reuid 4711 --clear-groups true',
    'change root': 'chroot / true',
    'write to the system': 'touch /usr/lab-mark && rm /usr/lab-mark',
    'write to the root directory': 'touch /lab-mark && rm /lab-mark',
    'set what the kernel does': 'c=/proc/sys/kernel/core_pattern; test -w $c',
    'load rules': 'nft list ruleset >/dev/null',
    'change the network': 'ip link set lo mtu 65535 && ip link set lo mtu 65536',
    'raise a limit': 'prlimit --nofile=1500:1500 true',
    'start more than forty processes': `perl -e 'my @all; for (1..60) { my $pid = fork() // last; if ($pid == 0) { sleep 2; exit } push @all, $pid } kill 9, @all; exit(@all < 60)'`,
  };

  const script = Object.entries(ATTACKS)
    .map(([name, attack]) => `if (${attack}) 2>/dev/null; then echo '+ ${name}'; fi`)
    .join('\n');
  const succeeded = (stdout: string): string[] =>
    stdout.split('\n').flatMap((line) => (line.startsWith('+ ') ? [line.slice(2)] : []));

  let ran: Sealed;
  let cwd = '';
  beforeAll(() => {
    cwd = workspace({ 'kept.txt': 'as it was', 'deep/file': '' });
    const inside = [
      script,
      'cat /proc/self/status',
      'for d in ~ /tmp /var/tmp /run /dev/shm .; do touch $d/mine && stat -c "owner %u:%g" $d/mine; done',
      'echo changed > kept.txt; cat kept.txt; echo out > /dev/stdout',
      `exec 3<>/dev/tcp/${other}/${PORTS.web} && cat <&3`,
      'true',
    ].join('\n');
    ran = seal(
      ['-p', policy(JSON.stringify({ ...BASE, network: { 'on-blocked': 'ignore' } }))],
      bash(inside),
      {
        ...{ cwd, under: WITHOUT_USERNS },
        env: { VICTIM: String(victim.pid) },
      },
    );
  });

  it('is sealed, and the report says which way', () => {
    expect(ran.code, ran.stderr).toBe(0);
    const { runner: _runner, ...layers } = ran.report.enforced;
    expect(new Set(Object.values(layers))).toEqual(new Set([true]));
    expect(ran.report.downgrades).toEqual([]);
    expect(ran.report.layers.privilege.mechanism).toContain('namespaces made by root');
    expect(ran.report.notes.map(({ code }) => code)).toContain('namespaces-by-root');
  });

  it('gives its step nothing of itself', () => {
    const outside = bare(bash(script), { env: { VICTIM: String(victim.pid) } });
    expect(succeeded(outside.stdout)).toEqual(Object.keys(ATTACKS));
    expect(succeeded(ran.stdout)).toEqual([]);
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(ran.stdout)?.[1];
    expect(field('Uid')?.split(/\s+/)).toEqual(Array<string>(4).fill(String(UID)));
    expect(field('Gid')?.split(/\s+/)).toEqual(Array<string>(4).fill(String(GID)));
    expect(field('Groups')).toBe('');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(field(set)).toMatch(/^0+$/);
    expect(field('NoNewPrivs')).toBe('1');
  });

  it('gives it the same places to write, as its own, and throws them away', () => {
    expect(ran.stdout.match(/^owner .*$/gm)).toEqual(Array<string>(6).fill(`owner ${UID}:${GID}`));
    expect(ran.stdout).toMatch(/^changed\nout$/m);
    expect(readFileSync(join(cwd, 'kept.txt'), 'utf8')).toBe('as it was');
    expect(existsSync(join(cwd, 'mine'))).toBe(false);
  });

  it('lets it reach nothing, and counts what it tried', () => {
    expect(succeedsOutside(tcp(other, PORTS.web))).toBe(true);
    expect(ran.stdout).not.toContain(GREETING);
    expect(traffic(ran).blocked).toEqual([`${other}:80/tcp 1`]);
  });

  it('lets it reach what is allowed, and no more', () => {
    expect(succeedsOutside(tcp(metadata, PORTS.web))).toBe(true);
    const tries = [allowed, other, metadata].map((address) => tcp(address, PORTS.web).at(-1));
    const reached = seal(
      ['-p', policy(JSON.stringify(OPEN))],
      bash(`${tries.map((one) => `(${one})`).join('; ')}; true`),
      { under: WITHOUT_USERNS },
    );
    expect(reached.stdout.split(GREETING).length - 1).toBe(1);
    expect(traffic(reached)).toEqual({
      allowed: [`${allowed}:80/tcp 1`],
      blocked: [`${metadata}:80/tcp 1`, `${other}:80/tcp 1`].toSorted(),
    });
    expect(reached.report.enforced.network).toBe(true);
  });

  it('refuses a profile under which it could not give itself up', () => {
    const under = WITHOUT_USERNS;
    const refused = seal(['--syscalls', 'strict'], ['echo', 'ran'], { under });
    expect([refused.code, refused.stdout]).toEqual([125, '']);
    expect(refused.report.downgrades.map(({ code }) => code)).toEqual(['shedding-refused']);
    const opened = policy(
      JSON.stringify({ ...BASE, syscalls: { profile: 'strict', allow: ['capset'] } }),
    );
    const { code, stdout } = seal(['-p', opened], ['echo', 'ran'], { under });
    expect([code, stdout]).toEqual([0, 'ran\n']);
  });

  it('leaves no power outside of the sandbox, and nothing when it is killed', async () => {
    const mark = `41.${process.pid}`;
    const run = sealInBackground(['-p', policy(JSON.stringify(OPEN))], ['sleep', mark], {
      under: WITHOUT_USERNS,
    });
    const step = await found(() => processes().find((one) => one.command === `sleep ${mark}`));
    const ours = (): Process[] =>
      processes().filter((one) => !before.has(one.namespaces) && one.namespaces !== own);
    const own = namespacesOf(process.pid);
    const before = new Set<string>();
    for (const one of processes()) if (!descends(one.pid, run.pid ?? 0)) before.add(one.namespaces);

    const carrier = await found(() => ours().find(({ name }) => name === 'slirp4netns'));
    // CAP_NET_BIND_SERVICE is what slirp4netns keeps by design.
    expect(carrier.capabilities & ~(1n << 10n)).toBe(0n);
    expect(readdirSync(`/proc/${carrier.pid}/root`).toSorted()).toEqual(['etc', 'run']);
    for (const place of ['etc', 'run'])
      expect(readdirSync(`/proc/${carrier.pid}/root/${place}`)).toEqual([]);
    expect(readlinkSync(`/proc/${carrier.pid}/ns/pid`)).not.toBe(readlinkSync('/proc/self/ns/pid'));
    // Whoever shares the step's network, or lives beside it, has nothing to hand out.
    const beside = ours().filter(({ pid }) => shares(pid, step.pid, 'net') && pid !== step.pid);
    const living = beside.filter(({ name }) => !['unshare', 'nsenter'].includes(name));
    expect(living.map(({ name }) => name)).toContain('bwrap');
    expect(living.filter(({ capabilities }) => capabilities !== 0n)).toEqual([]);

    const { pid = 0 } = run;
    expect(pid).toBeGreaterThan(0);
    run.kill('SIGKILL');
    const empty = await found(() => (ours().length === 0 ? true : undefined));
    expect(empty).toBe(true);
  });
});

interface Process {
  readonly pid: number;
  readonly name: string;
  readonly command: string;
  readonly capabilities: bigint;
  readonly namespaces: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (/^State:\s+Z/m.test(status)) return [];
        return [
          {
            pid,
            name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '',
            command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
            capabilities: BigInt(`0x${/^CapPrm:\s+(\w+)$/m.exec(status)?.[1] ?? 'f'}`),
            namespaces: namespacesOf(pid),
          },
        ];
      } catch {
        return []; // It is gone.
      }
    });
}

function namespacesOf(pid: number): string {
  return ['mnt', 'pid', 'net'].map((name) => readlinkSync(`/proc/${pid}/ns/${name}`)).join(' ');
}

function shares(one: number, another: number, name: string): boolean {
  return readlinkSync(`/proc/${one}/ns/${name}`) === readlinkSync(`/proc/${another}/ns/${name}`);
}

function descends(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1;) {
    if (at === ancestor) return true;
    try {
      at = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return false;
    }
  }
  return false;
}

/** What is looked for, once it is there. */
async function found<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = look();
    if (seen !== undefined) return seen;
    await sleep(25);
  }
  throw new Error('it did not come to be');
}
