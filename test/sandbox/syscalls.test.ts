import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARCHITECTURES, isArch } from '../../src/seccomp/syscalls.ts';
import { bare, bash, PERSONA, policy, seal, type Sealed, sealOf } from '../lab/glovebox.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ARCH = isArch(process.arch) ? process.arch : 'x64';
const { numbers, label, x32 } = ARCHITECTURES[ARCH];
/** No address of any program. */
const BAD = 1;
const [EPERM, ESRCH, ENOSYS, EOPNOTSUPP] = [1, 3, 38, 95];
const [EPROTONOSUPPORT, EAFNOSUPPORT] = [93, 97];
/** How a shell tells that a call ended a program, and that one is for another machine. */
const [ENDED, NO_PROGRAM] = [128 + 31, 126];

interface Asked {
  readonly what: string;
  readonly name: string;
  readonly args: readonly number[];
  /** The error number under the default profile. */
  readonly refused: number;
  /** Only of this persona the kernel itself looks at the arguments. */
  readonly who?: string | undefined;
}

const asked = (
  what: string,
  name: string,
  args: readonly number[],
  refused: number,
  who?: 'root',
): Asked => ({ what, name, args, refused, who });

/** Calls that no other architecture has. */
const ONLY_X86: readonly Asked[] = x32
  ? [
      asked('modify_ldt', 'modify_ldt', [0, 0, 0], ENOSYS),
      asked('ustat', 'ustat', [0xffff, BAD], ENOSYS),
      asked('sysfs', 'sysfs', [3], ENOSYS),
      asked('iopl', 'iopl', [99], EPERM),
      asked('ioperm', 'ioperm', [-1, 1, 0], EPERM),
    ]
  : [];

/**
 * Calls that do no harm where nothing refuses them: their arguments make no sense, so the kernel itself
 * answers something else. Those for `root` it refuses to everybody else before it looks at these.
 */
const CALLS: readonly Asked[] = [
  asked('init_module', 'init_module', [0, 0, 0], EPERM, 'root'),
  asked('finit_module', 'finit_module', [-1, BAD, 0], EPERM, 'root'),
  asked('delete_module', 'delete_module', [BAD, 0], EPERM, 'root'),
  asked('kexec_load', 'kexec_load', [0, 0, 0, 0xff], EPERM, 'root'),
  asked('kexec_file_load', 'kexec_file_load', [-1, -1, 0, 0, 0xffff], EPERM, 'root'),
  asked('reboot', 'reboot', [0, 0, 0, 0], EPERM, 'root'),
  asked('swapon', 'swapon', [BAD, 0], EPERM, 'root'),
  asked('swapoff', 'swapoff', [BAD], EPERM, 'root'),
  asked('mount', 'mount', [BAD, BAD, BAD, 0, 0], EPERM),
  asked('umount2', 'umount2', [BAD, 0x8000], EPERM),
  asked('pivot_root', 'pivot_root', [BAD, BAD], EPERM, 'root'),
  asked('chroot', 'chroot', [BAD], EPERM),
  asked('open_tree', 'open_tree', [-1, BAD, 0], EPERM),
  asked('move_mount', 'move_mount', [-1, BAD, -1, BAD, 0], EPERM, 'root'),
  asked('fsopen', 'fsopen', [BAD, 0xff], EPERM, 'root'),
  asked('fsconfig', 'fsconfig', [-1, 99, 0, 0, 0], EPERM),
  asked('fsmount', 'fsmount', [-1, 0, 0], EPERM, 'root'),
  asked('fspick', 'fspick', [-1, BAD, 0], EPERM, 'root'),
  asked('open_tree_attr', 'open_tree_attr', [-1, BAD, 0, 0, 0], EPERM),
  asked('mount_setattr', 'mount_setattr', [-1, BAD, 0xffff, 0, 0], EPERM),
  asked('setns', 'setns', [-1, 0], EPERM),
  asked('a mount namespace', 'unshare', [0x20000 | 1], EPERM),
  asked('a user namespace', 'unshare', [0x10000000 | 1], EPERM),
  asked('a mount namespace for a child', 'clone', [0x20200, 0, 0, 0, 0], EPERM),
  asked('a flag of no kernel yet', 'unshare', [0x20_00000000], EPERM),
  asked('clone3', 'clone3', [0, 0], ENOSYS),
  asked('bpf', 'bpf', [9999, 0, 0], EPERM, 'root'),
  asked('perf_event_open', 'perf_event_open', [0, 0, -1, -1, 0xff00], EPERM),
  asked('userfaultfd', 'userfaultfd', [0xff], EPERM, 'root'),
  asked('kcmp', 'kcmp', [-1, -1, 0, 0, 0], EPERM),
  asked('process_vm_readv', 'process_vm_readv', [-1, 0, 0, 0, 0, 1], EPERM),
  asked('process_vm_writev', 'process_vm_writev', [-1, 0, 0, 0, 0, 1], EPERM),
  asked('ptrace', 'ptrace', [99, -1, 0, 0], EPERM),
  asked('process_madvise', 'process_madvise', [-1, 0, 0, 0, 0xff], EPERM),
  asked('pidfd_getfd', 'pidfd_getfd', [-1, 0, 0], EPERM),
  asked('open_by_handle_at', 'open_by_handle_at', [-1, BAD, 0], EPERM, 'root'),
  asked('name_to_handle_at', 'name_to_handle_at', [-1, BAD, BAD, BAD, 0xffff0000], EOPNOTSUPP),
  asked('acct', 'acct', [BAD], EPERM, 'root'),
  asked('quotactl', 'quotactl', [0xff, 0, 0, 0], EPERM),
  asked('quotactl_fd', 'quotactl_fd', [-1, 0xff, 0, 0], EPERM),
  asked('mbind', 'mbind', [0, 0, 99, 0, 0, 0], EPERM),
  asked('set_mempolicy', 'set_mempolicy', [99, 0, 0], EPERM),
  asked('get_mempolicy', 'get_mempolicy', [0, 0, 0, 0, 0xff], EPERM),
  asked('migrate_pages', 'migrate_pages', [-1, 0, 0, 0], EPERM),
  asked('move_pages', 'move_pages', [-1, 0, 0, 0, 0, 0xff], EPERM),
  asked('syslog', 'syslog', [99, 0, 0], EPERM, 'root'),
  asked('fanotify_init', 'fanotify_init', [0x7fffffff, 0], EPERM, 'root'),
  asked('fanotify_mark', 'fanotify_mark', [-1, 0x7fffffff, 0, -1, 0], EPERM),
  asked('clock_settime', 'clock_settime', [0, BAD], EPERM),
  asked('settimeofday', 'settimeofday', [BAD, 0], EPERM),
  asked('sethostname', 'sethostname', [BAD, -1], EPERM, 'root'),
  asked('setdomainname', 'setdomainname', [BAD, -1], EPERM, 'root'),
  asked('addresses that are not random', 'personality', [0x40000], EPERM),
  asked('data that can be run', 'personality', [0x400000], EPERM),
  asked('System V', 'personality', [0x5_00000001], EPERM),
  asked('add_key', 'add_key', [BAD, BAD, 0, 0, 0], ENOSYS),
  asked('request_key', 'request_key', [BAD, BAD, 0, 0], ENOSYS),
  asked('keyctl', 'keyctl', [9999, 0, 0, 0, 0], ENOSYS),
  asked('io_uring_setup', 'io_uring_setup', [0, BAD], ENOSYS),
  asked('io_uring_enter', 'io_uring_enter', [-1, 0, 0, 0xffff, 0, 0], ENOSYS),
  asked('io_uring_register', 'io_uring_register', [-1, 0xff, 0, 0], ENOSYS),
  asked('TIOCSTI', 'ioctl', [-1, 0x5412, BAD], EPERM),
  asked('TIOCLINUX', 'ioctl', [-1, 0x541c, BAD], EPERM),
  asked('TIOCSTI and more', 'ioctl', [-1, 0xabc_00005412, BAD], EPERM),
  asked('TIOCLINUX and more', 'ioctl', [-1, 0xabc_0000541c, BAD], EPERM),
  asked('TIOCSETD', 'ioctl', [-1, 0x5423, BAD], EPERM),
  asked('SIOCGIFBR', 'ioctl', [-1, 0x8940, BAD], EPERM),
  asked('vsock', 'socket', [40, 1, 99], EAFNOSUPPORT),
  asked('vsock and more', 'socket', [0x7_00000028, 1, 99], EAFNOSUPPORT),
  asked('raw frames', 'socket', [17, 3, 0], EAFNOSUPPORT),
  asked('raw frames by another name', 'socket', [2, 10, 0], EPROTONOSUPPORT),
  asked('a protocol of its own', 'socket', [2, 3, 255], EPROTONOSUPPORT),
  asked('a pair that is no pipe', 'socketpair', [2, 1, 0, BAD], EAFNOSUPPORT),
  asked('netlink of the audit system', 'socket', [16, 3, 9], EPROTONOSUPPORT),
  asked('set_mempolicy_home_node', 'set_mempolicy_home_node', [BAD, 0, 0, 0], EPERM),
  ...ONLY_X86,
];
/** What of them the base shuts, under every profile. */
const BASE = [
  ...['a user namespace', 'clone3', 'add_key', 'request_key', 'keyctl', 'io_uring_setup'],
  ...['TIOCSTI', 'TIOCLINUX', 'vsock', 'TIOCSTI and more', 'TIOCLINUX and more', 'vsock and more'],
];

/** Makes each call, and tells the error number; 0 for none. */
const SCRIPT = `
for (split /\\n/, $ENV{CALLS}) {
  my ($what, $number, @args) = split /\\t/;
  $! = 0;
  my $result = syscall($number, map { $_ + 0 } @args);
  printf "%s\\t%d\\n", $what, $result == -1 ? $! : 0;
}`;
const ASKED = CALLS.map(({ what, name, args }) => [what, numbers.get(name), ...args].join('\t'));
const asking = { CALLS: ASKED.join('\n') };
const PERL = ['perl', '-e', SCRIPT];

function answers(stdout: string): ReadonlyMap<string, number> {
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(
    lines.map((line): [string, number] => {
      const [what = '', errno = ''] = line.split('\t');
      return [what, Number(errno)];
    }),
  );
}

function under(
  options: readonly string[],
  text = '',
): Sealed & { answers: ReturnType<typeof answers> } {
  const file = policy(`version: 1\nenvironment:\n  pass: [CALLS]\n${text}`);
  const sealed = seal(['-p', file, ...options], PERL, { env: asking });
  return { ...sealed, answers: answers(sealed.stdout) };
}

const free = answers(bare(PERL, { env: asking }).stdout);
const shut = under([]);
const strict = under(['--syscalls', 'strict']);
const off = under(['--syscalls', 'off']);

describe('the default profile', () => {
  it.each(CALLS.filter(({ who }) => who === undefined || who === PERSONA))(
    'refuses $what, which the kernel does not',
    ({ what, refused }) => {
      expect(free.get(what)).not.toBe(refused);
      expect(shut.answers.get(what)).toBe(refused);
    },
  );

  it('refuses everything on the list to everybody', () => {
    expect([...shut.answers]).toEqual(CALLS.map(({ what, refused }) => [what, refused]));
  });

  it('refuses nothing that strict lets through', () => {
    expect([...strict.answers].filter(([, errno]) => errno === 0)).toEqual([]);
    expect(strict.answers.get('netlink of the audit system')).toBe(EAFNOSUPPORT);
    expect(strict.report.enforced.syscalls).toBe(true);
  });

  it('is told with the hashes of its filters, which are those of the files', () => {
    const { report } = shut;
    const { filters } = report.syscalls;
    expect(report.syscalls.profile).toBe('default');
    expect(filters.map(({ name }) => name)).toEqual(['base', 'default']);
    for (const { name, sha256 } of filters) {
      const artefact = readFileSync(join(ROOT, `seccomp/${name}.${label}.bpf`));
      expect(sha256).toBe(createHash('sha256').update(artefact).digest('hex'));
    }
    expect(report.layers.syscalls.status).toBe('enforced');
    expect(sealOf(report.enforced).every(Boolean)).toBe(true);
  });
});

describe('a profile of one name', () => {
  it('off leaves the base in force, and claims nothing', () => {
    for (const { what, refused } of CALLS) {
      if (BASE.includes(what)) expect([what, off.answers.get(what)]).toEqual([what, refused]);
    }
    expect(off.answers.get('kcmp')).toBe(ESRCH);
    expect(off.answers.get('addresses that are not random')).toBe(0);
    expect(off.report.enforced.syscalls).toBe(false);
    expect(off.report.layers.syscalls.status).toBe('not-requested');
    expect(off.report.syscalls.filters.map(({ name }) => name)).toEqual(['base']);
  });

  it('is opened by `allow` and shut by `block`, but never past the base', () => {
    const text = 'syscalls:\n  allow: [ptrace, unshare, keyctl]\n  block: [chdir]\n';
    const { answers: told, report } = under([], text);
    expect(told.get('ptrace')).toBe(free.get('ptrace'));
    expect(told.get('a mount namespace')).toBe(free.get('a mount namespace'));
    expect(told.get('a user namespace')).toBe(EPERM);
    expect(told.get('keyctl')).toBe(ENOSYS);
    expect(report.notes.map(({ code }) => code)).toContain('syscalls-held');
  });
});

describe("a profile of the user's own", () => {
  const directory = mkdtempSync('/var/tmp/lab-profile-');
  chmodSync(directory, 0o755);
  const profile = (rules: object[]): string => {
    const file = join(directory, 'own.json');
    writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: rules }));
    return file;
  };

  it('decides, and the base holds beside it', () => {
    const kcmp = { names: ['kcmp'], action: 'SCMP_ACT_ERRNO', errnoRet: 77 };
    const { answers: told, report } = under(['--syscalls', profile([kcmp])]);
    expect(told.get('kcmp')).toBe(77);
    expect(told.get('addresses that are not random')).toBe(0);
    expect(told.get('keyctl')).toBe(ENOSYS);
    expect(report.enforced.syscalls).toBe(true);
  });

  it('that lets no program start ends in an error that says so, and nothing is run', () => {
    const none = { names: ['execve'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 };
    const { code, report } = under(['--syscalls', profile([none])]);
    expect([code, report.outcome.kind]).toEqual([125, 'failed-to-start']);
    expect(report.outcome.cause).toMatch(/syscalls\.profile/);
    expect(report.enforced.syscalls).toBe(false);
  });
});

/** A program of 64 bits that asks the 32-bit entry for its pid, and ends well. */
function through32Bit(): string {
  const code = [
    ...[0xb8, 20, 0, 0, 0, 0xcd, 0x80], // mov eax, 20; int 0x80
    ...[0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05], // mov eax, 60; xor edi, edi; syscall
  ];
  const elf = Buffer.alloc(120 + code.length);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16); // executable
  elf.writeUInt16LE(62, 18); // x86_64
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(0x400078n, 24); // where it begins
  elf.writeBigUInt64LE(64n, 32); // its one segment
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64); // to be loaded
  elf.writeUInt32LE(5, 68); // to be read and run
  elf.writeBigUInt64LE(0x400000n, 80);
  elf.writeBigUInt64LE(0x400000n, 88);
  elf.writeBigUInt64LE(BigInt(elf.length), 96);
  elf.writeBigUInt64LE(BigInt(elf.length), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  elf.set(code, 120);
  return elf.toString('base64');
}

describe.each(x32 ? [label] : [])('another way into the kernel of %s', () => {
  const script = [
    'echo "$ELF" | base64 -d > elf; chmod +x elf; ./elf; echo "int80 $?"',
    `perl -e 'syscall(0x40000000 | 39)'; echo "x32 $?"`,
  ].join('\n');

  it('ends the process that takes it', () => {
    const env = { ELF: through32Bit() };
    const control = bare(bash(script), { env });
    expect(control.stdout.split('\n')).toEqual(['int80 0', 'x32 0', '']);
    for (const profile of ['default', 'off']) {
      const { stdout } = seal(['--env', 'ELF', '--syscalls', profile], bash(script), { env });
      expect(stdout.split('\n')).toEqual([`int80 ${ENDED}`, `x32 ${ENDED}`, '']);
    }
  });
});

/** A program of 32 bits for arm that asks for its pid, and ends well. */
function forArm32(): string {
  // mov r7, 20 (getpid); svc 0; mov r0, 0; mov r7, 1 (exit); svc 0
  const code = [0xe3a07014, 0xef000000, 0xe3a00000, 0xe3a07001, 0xef000000];
  const elf = Buffer.alloc(84 + code.length * 4);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  elf.writeUInt16LE(2, 16); // executable
  elf.writeUInt16LE(40, 18); // arm
  elf.writeUInt32LE(1, 20);
  elf.writeUInt32LE(0x10054, 24); // where it begins
  elf.writeUInt32LE(52, 28); // its one segment
  elf.writeUInt32LE(0x5000000, 36);
  elf.writeUInt16LE(52, 40);
  elf.writeUInt16LE(32, 42);
  elf.writeUInt16LE(1, 44);
  elf.writeUInt32LE(1, 52); // to be loaded
  elf.writeUInt32LE(0x10000, 60);
  elf.writeUInt32LE(0x10000, 64);
  elf.writeUInt32LE(elf.length, 68);
  elf.writeUInt32LE(elf.length, 72);
  elf.writeUInt32LE(5, 76); // to be read and run
  elf.writeUInt32LE(0x1000, 80);
  code.forEach((word, at) => elf.writeUInt32LE(word, 84 + at * 4));
  return elf.toString('base64');
}

describe.each(x32 ? [] : [label])('another way into the kernel of %s', () => {
  it('is not a number of x32, which is no call', () => {
    const asks = ['perl', '-e', 'exit(syscall(0x40000000 | 39) == -1 ? $! : 0)'];
    expect([bare(asks).code, seal([], asks).code]).toEqual([ENOSYS, ENOSYS]);
  });

  it('is a program of 32 bits, which is ended', () => {
    const env = { ELF: forArm32() };
    const script = bash('echo "$ELF" | base64 -d > elf; chmod +x elf; ./elf');
    const { code } = bare(script, { env });
    // There are processors that run none.
    expect([0, NO_PROGRAM]).toContain(code);
    for (const profile of ['default', 'off']) {
      const sealed = seal(['--env', 'ELF', '--syscalls', profile], script, { env });
      expect(sealed.code).toBe(code === 0 ? ENDED : NO_PROGRAM);
    }
  });
});

/** What builds do. Each is tried where its tools are. */
const BUILDS: Readonly<Record<string, string>> = {
  node: `node -e 'const { Worker } = require("worker_threads"); require("fs").watch(".").close();
    new Worker("require(\\"zlib\\").gzipSync(Buffer.alloc(1e6))", { eval: true }).on("exit", process.exit)'`,
  npm: `echo '{"name":"a","version":"1.0.0","scripts":{"build":"node -p 1+1"}}' > package.json &&
    npm run build`,
  git: `git init -q . && git config user.name a && git config user.email a@example.com && echo a > a &&
    git add a && git commit -qm a && git gc -q && git clone -q . ../git-clone && git log -p`,
  perl: `perl -MPOSIX -MIO::Socket -e 'fork // die; wait; IO::Socket::INET->new(Listen => 1) or die; system("true") == 0 or die'`,
  python: `/usr/bin/python3 -m venv --without-pip v && v/bin/python -c '
import asyncio, multiprocessing, subprocess, threading
asyncio.run(asyncio.create_subprocess_exec("true"))
threading.Thread(target=int).start()
assert multiprocessing.Pool(2).map(abs, [-1]) == [1]'`,
  archives: `mkdir d && seq 9999 > d/a && ln d/a d/b && tar czf a.tgz d && tar xzf a.tgz -C / --strip-components=9 && cp -a d e && rm -r d`,
  c: `echo '#include <pthread.h>
    #include <stdio.h>
    static void *run(void *arg) { return arg; }
    int main(void) { pthread_t t; return pthread_create(&t, 0, run, 0) || pthread_join(t, 0) || puts("a") < 0; }' > a.c &&
    printf 'a: a.c\\n\\tcc -O1 -pthread -o a a.c\\n' > Makefile && make && ./a`,
  cmake: `printf 'cmake_minimum_required(VERSION 3.10)\\nproject(a C)\\nadd_executable(a a.c)\\n' > CMakeLists.txt &&
    echo 'int main(void) { return 0; }' > a.c && cmake -B b . && cmake --build b && b/a`,
  rust: `mkdir src && printf '[package]\\nname = "a"\\nversion = "1.0.0"\\n' > Cargo.toml &&
    echo 'fn main() { std::thread::spawn(|| 1).join().unwrap(); }' > src/main.rs && cargo run --offline`,
  java: `echo 'class A { public static void main(String[] a) throws Exception { Runtime.getRuntime().exec("true").waitFor(); } }' > A.java &&
    javac A.java && java A`,
  go: `echo 'package main; func main() { c := make(chan int); go func() { c <- 1 }(); <-c }' > a.go && go run a.go`,
};
const SURE = ['node', 'npm', 'git', 'perl', 'python', 'archives'];
const TOOLS: Readonly<Record<string, string>> = { c: 'cc', rust: 'cargo', java: 'javac' };

describe('an ordinary build', () => {
  const script = (names: readonly string[]): string[] =>
    bash(
      names
        .map((name) => {
          const there = SURE.includes(name) ? 'true' : `command -v ${TOOLS[name] ?? name}`;
          const build = `(cd ${name}; ${BUILDS[name]}) >> ${name}.log 2>&1 && echo built ${name} || echo failed ${name}`;
          return `mkdir ${name}; if ${there} > ${name}.log; then ${build}; fi &`;
        })
        .concat('wait; tail -n 3 *.log >&2')
        .join('\n'),
    );
  const named = (stdout: string, word: string): string[] =>
    stdout.split('\n').flatMap((line) => new RegExp(`^${word} (\\w+)$`).exec(line)?.[1] ?? []);

  it('does not notice the default profile', () => {
    const { stdout, stderr } = seal([], script(Object.keys(BUILDS)));
    expect([named(stdout, 'built'), stderr]).toEqual([
      expect.arrayContaining(SURE),
      expect.any(String),
    ]);
    // What fails inside fails without a profile too.
    const failed = named(stdout, 'failed');
    if (failed.length > 0)
      expect(
        named(seal(['--syscalls', 'off'], script(failed)).stdout, 'failed').toSorted(),
      ).toEqual(failed.toSorted());
  });
});
