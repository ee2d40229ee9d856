import { beforeAll, describe, expect, it } from 'vitest';
import { baseProfile } from '../../src/seccomp/base.ts';
import { BUILTIN_NAMES, builtinProfile, type BuiltinName } from '../../src/seccomp/builtin.ts';
import { compiledBuiltin } from '../../src/seccomp/compiled.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { namesOf, type SeccompProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import { runFilter } from './bpf.ts';
import { ALLOW, AUDIT, errno, KILL_PROCESS } from './meaning.ts';

const EPERM = errno(1);
const ENOSYS = errno(38);
const EPROTONOSUPPORT = errno(93);
const EOPNOTSUPP = errno(95);
const EAFNOSUPPORT = errno(97);
const ARCHES = ['x64', 'arm64'] as const;

const profiles = new Map<BuiltinName, SeccompProfile>();
const filters = new Map<string, Uint8Array>();
beforeAll(async () => {
  for (const name of BUILTIN_NAMES) {
    const profile = await builtinProfile(name);
    profiles.set(name, profile);
    for (const arch of ARCHES) filters.set(name + arch, compileProfile(profile, arch).filter);
  }
});

function verdict(name: BuiltinName, arch: Arch, call: string | number, args: bigint[]): number {
  const number = typeof call === 'number' ? call : ARCHITECTURES[arch].numbers.get(call);
  const filter = filters.get(name + arch);
  if (number === undefined || filter === undefined) throw new Error(`no ${call} on ${arch}`);
  return runFilter(filter, { number, audit: AUDIT[arch], args }).verdict;
}

/** Each of these is shut in both profiles, on both architectures. */
const SHUT: [calls: string, expected: number][] = [
  ['init_module finit_module delete_module', EPERM],
  ['kexec_load kexec_file_load reboot swapon swapoff', EPERM],
  ['mount umount2 pivot_root chroot', EPERM],
  ['open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr open_tree_attr', EPERM],
  ['setns bpf perf_event_open userfaultfd', EPERM],
  ['kcmp process_vm_readv process_vm_writev ptrace pidfd_getfd process_madvise', EPERM],
  ['open_by_handle_at acct quotactl quotactl_fd syslog', EPERM],
  ['fanotify_init clock_settime settimeofday sethostname setdomainname vhangup', EPERM],
  ['name_to_handle_at', EOPNOTSUPP],
  ['clone3 io_uring_setup io_uring_enter io_uring_register', ENOSYS],
  ['add_key request_key keyctl', ENOSYS],
  ['nfsservctl listns', ENOSYS],
  ['lookup_dcookie', EPERM],
];

/** Conditions on arguments: what the call is given, and what it is told. */
const CONDITIONAL: [what: string, call: string, args: bigint[], expected: number][] = [
  ['a fork', 'clone', [0x1200011n], ALLOW],
  ['a thread', 'clone', [0x3d0f00n], ALLOW],
  ['a mount namespace', 'clone', [0x20011n], EPERM],
  ['a cgroup namespace', 'clone', [0x2000011n], EPERM],
  ['a uts namespace', 'clone', [0x4000011n], EPERM],
  ['an ipc namespace', 'clone', [0x8000011n], EPERM],
  ['a user namespace', 'clone', [0x10000011n], EPERM],
  ['a pid namespace', 'clone', [0x20000011n], EPERM],
  ['a network namespace', 'clone', [0x40000011n], EPERM],
  ['a user namespace, and bits that the kernel drops', 'clone', [0xff_10000011n], EPERM],
  ['the files', 'unshare', [0x400n], ALLOW],
  ['what a thread shares', 'unshare', [0x50f00n], ALLOW],
  ['a time namespace', 'unshare', [0x80n], EPERM],
  ['a flag of the future', 'unshare', [0x100000n], EPERM],
  ['a flag of the far future', 'unshare', [0x20_00000000n], EPERM],
  ['user and mount namespaces', 'unshare', [0x10020000n], EPERM],
  ['AF_UNIX', 'socket', [1n, 1n, 0n], ALLOW],
  ['AF_INET', 'socket', [2n, 1n, 6n], ALLOW],
  ['AF_INET6', 'socket', [10n, 2n, 17n], ALLOW],
  ['AF_ALG', 'socket', [38n, 5n, 0n], EAFNOSUPPORT],
  ['AF_PACKET', 'socket', [17n, 3n, 0x300n], EAFNOSUPPORT],
  ['AF_VSOCK', 'socket', [40n, 1n, 0n], EAFNOSUPPORT],
  ['AF_VSOCK, and bits that the kernel drops', 'socket', [0x1_00000028n, 1n, 0n], EAFNOSUPPORT],
  ['AF_INET, closed on exec', 'socket', [2n, 0x80801n, 0n], ALLOW],
  ['ping', 'socket', [2n, 2n, 1n], ALLOW],
  ['ping over IPv6', 'socket', [10n, 2n, 58n], ALLOW],
  ['SCTP', 'socket', [2n, 1n, 132n], EPROTONOSUPPORT],
  ['SCTP by its kind of socket', 'socket', [2n, 5n, 0n], EPROTONOSUPPORT],
  ['DCCP by its kind of socket', 'socket', [10n, 0x80006n, 0n], EPROTONOSUPPORT],
  ['L2TP', 'socket', [10n, 2n, 115n], EPROTONOSUPPORT],
  ['SMC', 'socket', [2n, 1n, 256n], EPROTONOSUPPORT],
  ['UDP-Lite, and bits that the kernel drops', 'socket', [2n, 2n, 0x5_00000088n], EPROTONOSUPPORT],
  ['AF_PACKET by another name', 'socket', [2n, 0x8000an, 0n], EPROTONOSUPPORT],
  ['AF_UNIX with packets', 'socket', [1n, 5n, 0n], ALLOW],
  ['AF_UNIX', 'socketpair', [1n, 1n, 0n], ALLOW],
  ['AF_TIPC', 'socketpair', [30n, 1n, 0n], EAFNOSUPPORT],
  ['the usual one', 'personality', [0n], ALLOW],
  ['asked for', 'personality', [0xffffffffn], ALLOW],
  ['asked for with the sign', 'personality', [0xffffffff_ffffffffn], ALLOW],
  ['ADDR_NO_RANDOMIZE', 'personality', [0x40000n], EPERM],
  ['READ_IMPLIES_EXEC', 'personality', [0x400000n], EPERM],
  ['TCGETS', 'ioctl', [0n, 0x5401n], ALLOW],
  ['TIOCSTI', 'ioctl', [0n, 0x5412n], EPERM],
  ['TIOCSTI, and bits that the kernel drops', 'ioctl', [0n, 0xabc_00005412n], EPERM],
  ['TIOCLINUX', 'ioctl', [0n, 0x541cn], EPERM],
  ['TIOCSETD', 'ioctl', [0n, 0x5423n], EPERM],
  ['SIOCGIFCONF', 'ioctl', [0n, 0x8912n], ALLOW],
  ['SIOCGIFBR', 'ioctl', [0n, 0x8940n], EPERM],
  ['SIOCBRDELBR', 'ioctl', [0n, 0x89a1n], EPERM],
  ['SIOCSIFVLAN', 'ioctl', [0n, 0x8983n], EPERM],
  ['a named pipe', 'mknodat', [0n, 0n, 0o10644n], ALLOW],
];

/** Where the two profiles differ. */
const DIFFERENT: [string, string, bigint[], standard: number, strict: number][] = [
  ['NETLINK_ROUTE', 'socket', [16n, 3n, 0n], ALLOW, EAFNOSUPPORT],
  ['NETLINK_NETFILTER', 'socket', [16n, 3n, 12n], EPROTONOSUPPORT, EAFNOSUPPORT],
  ['NETLINK_AUDIT', 'socket', [16n, 3n, 9n], EPROTONOSUPPORT, EAFNOSUPPORT],
  ['MPTCP over IPv6', 'socket', [10n, 1n, 262n], ALLOW, EPROTONOSUPPORT],
  ['PER_LINUX32', 'personality', [8n], ALLOW, EPERM],
  ['a device', 'mknodat', [0n, 0n, 0o60644n], ALLOW, EPERM],
  ['shared memory', 'shmget', [], ALLOW, ENOSYS],
  ['a queue', 'mq_open', [], ALLOW, ENOSYS],
  ['old asynchronous reads', 'io_setup', [], ALLOW, ENOSYS],
  ['secret memory', 'memfd_secret', [], ALLOW, ENOSYS],
  ['a scheduler', 'sched_setattr', [], ALLOW, EPERM],
  ['capabilities', 'capset', [], ALLOW, EPERM],
  ['mounts', 'statmount', [], ALLOW, ENOSYS],
];

describe.each(ARCHES)('on %s', (arch) => {
  describe.each(BUILTIN_NAMES)('%s', (name) => {
    const shut = SHUT.flatMap(([calls, expected]) =>
      calls.split(' ').map((call): [string, number] => [call, expected]),
    );
    it.each(shut)('shuts %s', (call, expected) => {
      expect(verdict(name, arch, call, [])).toBe(expected);
    });

    it.each(CONDITIONAL)('%s, of %s', (_what, call, args, expected) => {
      expect(verdict(name, arch, call, args)).toBe(expected);
    });

    it('knows no number that is not in its table', () => {
      const known = new Set(ARCHITECTURES[arch].numbers.values());
      const unknown = Array.from({ length: 1000 }, (_, number) => number).filter(
        (number) => !known.has(number),
      );
      expect(unknown.length).toBeGreaterThan(500);
      expect(new Set(unknown.map((number) => verdict(name, arch, number, [])))).toEqual(
        new Set([ENOSYS]),
      );
    });

    it('kills what comes in by another door', () => {
      const filter = filters.get(name + arch) ?? new Uint8Array();
      const doors = [AUDIT.i386, AUDIT.arm, AUDIT[arch === 'x64' ? 'arm64' : 'x64'], 0];
      const verdicts = doors.map((audit) => runFilter(filter, { number: 1, audit }).verdict);
      expect(new Set(verdicts)).toEqual(new Set([KILL_PROCESS]));
    });
  });

  it.each(DIFFERENT)('%s, of %s, is for default alone', (_what, call, args, standard, strict) => {
    expect(verdict('default', arch, call, args)).toBe(standard);
    expect(verdict('strict', arch, call, args)).toBe(strict);
  });

  it('strict allows no call that default does not', () => {
    const given = [[], [1n, 1n, 0n], [2n, 1n, 6n], [0n, 0o10644n, 0o10644n]];
    const more = [...ARCHITECTURES[arch].numbers].filter(([, number]) =>
      given.some(
        (args) =>
          verdict('strict', arch, number, args) === ALLOW &&
          verdict('default', arch, number, args) !== ALLOW,
      ),
    );
    expect(more).toEqual([]);
  });
});

describe.each(BUILTIN_NAMES)('the table of %s', (name) => {
  const rules = () => profiles.get(name)?.syscalls ?? [];

  it('says why of every entry', () => {
    expect(rules().filter(({ comment }) => (comment ?? '').length < 5)).toEqual([]);
    expect(rules().length).toBeGreaterThan(40);
  });

  it('judges every call of both architectures, and no other', () => {
    const judged = new Set(rules().flatMap(namesOf));
    const known = new Set(ARCHES.flatMap((arch) => [...ARCHITECTURES[arch].numbers.keys()]));
    expect([...known].filter((call) => !judged.has(call))).toEqual([]);
    expect([...judged].filter((call) => !known.has(call))).toEqual([]);
  });

  it('has no rule that an earlier one leaves nothing to', () => {
    const settled = new Set<string>();
    const idle = rules().flatMap((rule) => {
      const names = namesOf(rule).filter((call) => settled.has(call));
      if ((rule.args ?? []).length === 0) namesOf(rule).forEach((call) => settled.add(call));
      return names;
    });
    expect(idle).toEqual([]);
  });

  it('ends each call with a rule that always holds', () => {
    const last = new Map(rules().flatMap((rule) => namesOf(rule).map((call) => [call, rule])));
    const open = [...last].filter(([, { args }]) => (args ?? []).length > 0);
    expect(open.map(([call]) => call)).toEqual([]);
  });
});

describe.each(ARCHES)('what is compiled already for %s', (arch) => {
  it.each(['base', ...BUILTIN_NAMES] as const)('is what %s says, on any kernel', (name) => {
    const profile = name === 'base' ? baseProfile() : (profiles.get(name) ?? baseProfile());
    const { filter, rules } = compiledBuiltin(name, arch);
    for (const kernel of [null, '3.5.0', '9.9.9']) {
      const made = compileProfile(profile, arch, kernel);
      expect([filter, rules]).toEqual([made.filter, made.rules]);
    }
  });
});
