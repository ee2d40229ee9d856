import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { came, type Came, making, shared } from '../lab/attempts.ts';
import {
  bare,
  bash,
  CLI,
  NODE,
  PERSONA,
  policy,
  seal,
  sealInBackground,
  workspace,
} from '../lab/glovebox.ts';

/** Only there a set-uid program becomes root: in somebody's user namespace root is not mapped. */
const REAL = /^\s*0\s+0\s+4294967295/.test(readFileSync('/proc/self/uid_map', 'utf8'));

const started: ChildProcess[] = [];
const dangerous: string[] = [];
afterEach(async () => {
  for (const file of dangerous.splice(0)) rmSync(file, { force: true });
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

function keep(child: ChildProcess): ChildProcess {
  started.push(child);
  return child;
}

/** A process of the persona's own, outside, with a secret in its environment. */
async function victim(secret = 'canary-of-the-victim'): Promise<ChildProcess> {
  const env = { PATH: process.env['PATH'] ?? '', SECRET: secret };
  const child = keep(spawn('sleep', ['60'], { env, stdio: 'ignore' }));
  await once(child, 'spawn');
  return child;
}

const alive = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null;

let marks = 0;
/** A command that waits, and by which its process is told from every other. */
const waiting = (): { readonly command: string[]; readonly mark: string } => {
  marks += 1;
  const mark = `40.${process.pid}${marks}`;
  return { command: ['sleep', mark], mark };
};

/** The host's pid of a command that `waiting` made, once it runs. */
async function pidOf({ command }: { readonly command: readonly string[] }): Promise<number> {
  const wanted = `${command.join('\0')}\0`;
  for (let tries = 0; tries < 200; tries += 1) {
    for (const pid of pids()) {
      if (readOr(`/proc/${pid}/cmdline`) === wanted) return pid;
    }
    await sleep(50);
  }
  throw new Error(`${command.join(' ')} never ran`);
}

const pids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const field = (status: string, name: string): string =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '';

describe('as the host sees it, the step', () => {
  it('is not root, can gain nothing, and has a filter on its system calls', async () => {
    const outside = waiting();
    keep(spawn(outside.command[0] ?? '', outside.command.slice(1), { stdio: 'ignore' }));
    const free = readFileSync(`/proc/${await pidOf(outside)}/status`, 'utf8');
    expect(field(free, 'Uid').split(/\s+/)[0]).toBe(String(process.getuid?.()));
    expect(field(free, 'Seccomp')).toBe('0');
    expect(field(free, 'CapBnd')).not.toMatch(/^0+$/);

    const inside = waiting();
    keep(sealInBackground([], inside.command));
    const status = readFileSync(`/proc/${await pidOf(inside)}/status`, 'utf8');
    const ids = [...field(status, 'Uid').split(/\s+/), ...field(status, 'Gid').split(/\s+/)];
    expect(ids).not.toContain('0');
    expect(new Set(ids.slice(0, 4)).size).toBe(1);
    // An ordinary user cannot shed groups, but none of them is root's.
    expect(field(status, 'Groups').split(/\s+/)).not.toContain('0');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(field(status, set)).toMatch(/^0+$/);
    }
    expect(field(status, 'NoNewPrivs')).toBe('1');
    expect(field(status, 'Seccomp')).toBe('2');
  });

  it('shares no namespace with it', async () => {
    const inside = waiting();
    keep(sealInBackground([], inside.command));
    const pid = await pidOf(inside);
    const of = (who: string | number, name: string): string =>
      readlinkSync(`/proc/${who}/ns/${name}`);
    const all = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts', 'cgroup'];
    expect(all.filter((name) => of(pid, name) === of('self', name))).toEqual([]);
    const outside = waiting();
    keep(spawn(outside.command[0] ?? '', outside.command.slice(1), { stdio: 'ignore' }));
    expect(of(await pidOf(outside), 'pid')).toBe(of('self', 'pid'));
  });

  it('tells no process list of what its variables hold', async () => {
    const file = policy('version: 1\nenvironment:\n  set:\n    ONE: canary-one\n');
    const inside = waiting();
    const supervisor = keep(
      sealInBackground(
        ['-p', file, '--env', 'TWO', '--env', 'THREE=canary-three'],
        inside.command,
        {
          env: { TWO: 'canary-two' },
        },
      ),
    );
    await pidOf(inside);
    const shown = (): string =>
      pids()
        .filter((one) => one !== supervisor.pid && one !== process.pid)
        .map((one) => readOr(`/proc/${one}/cmdline`))
        .join('\n');
    expect(shown()).toContain(inside.mark);
    expect(shown()).not.toContain('canary');
    expect(readFileSync(`/proc/${supervisor.pid}/cmdline`, 'utf8')).toContain('canary-three');
  });
});

const SETUID = ['su', 'passwd', 'chsh'];
// A process that has ended keeps its status until it is waited for.
const starting = (program: string): string[] => [
  'perl',
  '-e',
  `pipe(my $in, my $out); my $pid = fork() // die;
   if ($pid == 0) { open(STDIN, "<&", $in); open(STDOUT, ">", "/dev/null"); open(STDERR, ">&", STDOUT); exec("${program}"); exit 1 }
   select(undef, undef, undef, 0.4); open(my $status, "<", "/proc/$pid/status"); print <$status>; kill 9, $pid`,
];
const [add, request, keyctl] = process.arch === 'arm64' ? [217, 218, 219] : [248, 249, 250];

/** Looks for the canary in the memory of all processes, or of those that are named. */
const SCAN = `
  for my $pid (@ARGV ? @ARGV : grep { /^\\d+$/ && $_ != $$ } map { s{/proc/}{}r } glob("/proc/*")) {
    open(my $maps, "<", "/proc/$pid/maps") or next;
    open(my $mem, "<", "/proc/$pid/mem") or next;
    while (<$maps>) {
      /^(\\w+)-(\\w+) rw/ or next;
      sysseek($mem, hex($1), 0);
      sysread($mem, my $all, hex($2) - hex($1));
      print "memory\\n" if index($all // "", join("", "cana", "ry-token")) >= 0;
    }
  }`;

/** What asks for nothing but the default policy. */
const ATTACKS = {
  namespace: bash(
    "unshare -Ur bash -c 'cp /bin/bash /tmp/b && chmod 4755 /tmp/b; id -u'; unshare -Urm true; perl -e 'print syscall(56, 0x10000011, 0, 0, 0, 0)'",
  ),
  variables: bash(
    'for f in /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/$PPID/environ /proc/1/environ /proc/self/environ; do tr "\\0" "\\n" < $f; done 2>/dev/null | grep -c "cana[r]y-token";' +
      'env | grep -c "cana[r]y-token"',
  ),
  memory: ['perl', '-e', SCAN],
  ring: [
    'perl',
    '-e',
    `my ($user, $name, $value) = ("user", "glovebox-lab", "canary");
     for ([${keyctl}, 0, -3, 0], [${add}, $user, $name, $value, 6, -2], [${request}, $user, $name, 0, 0]) {
       my ($no, @rest) = @$_; my $got = syscall($no, @rest); print $got >= 0 ? "key " : $! + 0, " " }`,
  ],
  keys: bash('cat /proc/keys /proc/key-users; echo done'),
  names: bash('hostname; uname -n; cat /proc/sys/kernel/hostname /etc/hostname'),
  groups: ['cat', '/proc/self/cgroup'],
  renaming: bash('hostname evil; echo evil > /proc/sys/kernel/hostname; hostname'),
};
const SECRETS = { SECRET_TOKEN: 'canary-token', GITHUB_TOKEN: 'canary-token' };

const attacked = shared((): { readonly attempts: Came; readonly told: string } => {
  const attempts = [
    ...SETUID.map((program) => ({ name: program, does: starting(program) })),
    ...Object.entries(ATTACKS).map(([name, does]) => ({ name, does })),
  ];
  const ran = seal([], making(attempts), { env: SECRETS });
  return { attempts: came(ran), told: JSON.stringify({ ...ran.report, command: [] }) };
});

describe('a set-uid program', () => {
  it.each(SETUID)('such as %s is not root inside', (program) => {
    const effective = (text: string): string | undefined => field(text, 'Uid').split(/\s+/)[1];
    const outside = bare(starting(program)).stdout;
    expect(effective(outside)).toBe(REAL ? '0' : String(process.getuid?.()));

    expect(effective(attacked().attempts(program).stdout)).toMatch(/^[1-9]\d*$/);
  });

  it('in the workspace, or where a policy lets it read and write, is not its owner inside', () => {
    const directory = mkdtempSync('/var/tmp/lab-setuid-');
    const cwd = workspace();
    dangerous.push(join(directory, 'mine'), join(cwd, 'mine'));
    for (const place of [directory, cwd]) {
      copyFileSync('/bin/bash', join(place, 'mine'));
      chmodSync(place, 0o755);
      chmodSync(join(place, 'mine'), 0o6755);
    }
    const ask = (place: string): string => `${place}/mine -p -c 'echo $EUID'`;
    // Somebody else becomes the file's owner outside.
    const other = PERSONA === 'root' ? ['setpriv', '--reuid=4711', '--clear-groups', '--'] : [];
    expect(bare([...other, ...bash(ask(directory))]).stdout).toBe(`${process.getuid?.()}\n`);
    for (const key of ['read', 'write']) {
      const file = policy(JSON.stringify({ version: 1, filesystem: { [key]: [directory] } }));
      const { stdout, code } = seal(
        ['-p', file],
        bash(`echo $EUID; ${ask(directory)}; ${ask('.')}; stat -c %a ${directory}/mine`),
        { cwd },
      );
      const [own, ...others] = stdout.trim().split('\n');
      expect(own).toMatch(/^[1-9]\d*$/);
      expect(others).toEqual([own, own, '6755']);
      expect(code).toBe(0);
    }
  });

  it('cannot be made in a user namespace of its own, because there is none to be had', () => {
    expect(bare(['unshare', '-Ur', 'id', '-u']).stdout).toBe('0\n');
    const { stdout, stderr } = attacked().attempts('namespace');
    expect(stdout).toBe('-1');
    expect(stderr.match(/unshare failed: Operation not permitted/g)).toHaveLength(2);
  });
});

describe('a process outside', () => {
  it('cannot be signalled', async () => {
    const control = await victim();
    const target = await victim();
    bare(bash(`kill -9 ${control.pid}`));
    if (alive(control)) await once(control, 'exit');
    expect(control.signalCode).toBe('SIGKILL');

    seal(
      [],
      bash(`kill -9 ${target.pid}; kill -9 -${target.pid}; kill -9 -1; kill -9 -- -1; true`),
    );
    await sleep(200);
    expect(alive(target)).toBe(true);
  });

  it('is not in /proc, and cannot be traced', async () => {
    const target = await victim();
    const PTRACE = process.arch === 'arm64' ? 117 : 101;
    const attack = bash(
      'cat /proc/[0-9]*/environ /proc/[0-9]*/task/*/environ 2>/dev/null | tr "\\0" "\\n" | grep -o "canary-of[-a-z]*";' +
        `perl -e 'my ($pid, $no) = @ARGV; print "traced\\n" if $pid != $$ && syscall($no, 16, $pid + 0, 0, 0) == 0' ${target.pid} ${PTRACE};` +
        'ls -d /proc/[0-9]* | wc -l',
    );
    expect(bare(attack).stdout).toContain('canary-of-the-victim');

    const { stdout } = seal([], attack);
    expect(stdout).toMatch(/^\d\n$/);
  });

  it('does not give away the supervisor’s own variables, wherever they are looked for', () => {
    expect(bare(ATTACKS.variables, { env: SECRETS }).stdout).toMatch(/^[1-9]/);

    // Its own child may be looked into by anybody.
    const child = bash(`sleep 5 > /dev/null 2>&1 & exec perl -e '${SCAN}' $!`);
    expect(bare(child, { env: SECRETS }).stdout).toContain('memory\n');

    const { attempts, told } = attacked();
    expect(attempts('variables').stdout).toBe('0\n0\n');
    expect(attempts('memory').stdout).toBe('');
    expect(told).not.toContain('canary');
  });
});

describe('what a step inherits', () => {
  it('is no descriptor but its three streams', () => {
    const cwd = workspace({ secret: 'canary\n' });
    const attack =
      'for fd in 3 4 5 6 7 9 63 200; do cat <&$fd; done 2>/dev/null; readlink /proc/*/fd/* 2>/dev/null | grep -c secret; ls /proc/self/fd | tr "\\n" " "';
    const holding = 'exec 3<secret 9<secret 63<secret 200<secret; exec';
    const control = bare(['bash', '-c', `${holding} bash -c '${attack}'`], { cwd });
    expect(control.stdout).toMatch(/^canary\n/);

    const { stdout } = bare(
      ['bash', '-c', `${holding} "$@"`, 'bash', NODE, CLI, 'run', '-q', '--', ...bash(attack)],
      { cwd },
    );
    expect(stdout).toBe('0\n0 1 2 3 ');
  });

  it('is no terminal', () => {
    const attack = bash(
      'tty; { echo injected > /dev/tty; } 2>&1; ps -o sid= -p $$ | tr -d " "; echo pid $$',
    );
    const onTerminal = (command: readonly string[]): string => {
      const file = join(mkdtempSync('/var/tmp/lab-tty-'), 'typescript');
      const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      return bare(['script', '-qec', line, file]).stdout;
    };
    const outside = onTerminal(attack);
    expect(outside).toContain('injected');
    expect(outside).toContain('/dev/pts/');

    const inside = onTerminal([NODE, CLI, 'run', '-q', '--', ...attack]);
    expect(inside).toContain('not a tty');
    expect(inside).toMatch(/\/dev\/tty: No such device or address/);
    expect(inside).not.toMatch(/^injected/m);
  });

  it('is no key ring', () => {
    expect(bare(ATTACKS.ring).stdout).toContain('key');
    expect(attacked().attempts('ring').stdout).toBe('38 38 38 ');
  });

  it('is no list of keys', () => {
    expect(bare(ATTACKS.keys).stdout).not.toBe('done\n');
    expect(attacked().attempts('keys').stdout).toBe('done\n');
  });

  it("is none of the host's shared memory", () => {
    const made = bare(['ipcmk', '-M', '4096']).stdout;
    const id = /\d+/.exec(made)?.[0] ?? '';
    const name = `/dev/shm/glovebox-lab-${process.pid}`;
    writeFileSync(name, 'canary\n');
    try {
      const attack = bash(
        `ipcs -m -i ${id} | grep -c bytes; ipcs -m | grep -c ^0x; cat ${name}; ls -A /dev/shm`,
      );
      expect(bare(attack).stdout).toMatch(/^1\n[1-9]\d*\ncanary\n/);
      expect(seal([], attack).stdout).toBe('0\n0\n');
    } finally {
      bare(['ipcrm', '-m', id]);
      rmSync(name);
    }
  });

  it('is no name of the machine or of its control groups', () => {
    expect(bare(ATTACKS.names).stdout).not.toContain('glovebox\n');
    expect(attacked().attempts('names').stdout).toBe('glovebox\n'.repeat(4));

    const groups = attacked().attempts('groups').stdout.trim().split('\n');
    // Where the run has a group of its own, only that is told.
    expect(groups.filter((line) => !/:\/(?:(?:\.\.\/)?glovebox-[\w-]+)?$/.test(line))).toEqual([]);
  });

  it('is no right to change the name', () => {
    expect(attacked().attempts('renaming').stdout).toBe('glovebox\n');
    expect(bare(['unshare', '-Uru', ...ATTACKS.renaming]).stdout).toBe('evil\n');
  });
});

describe('privilege: inherit', () => {
  it('is told as not requested, and does not run where it would be root', () => {
    const file = policy('version: 1\nprivilege:\n  mode: inherit\n');
    const { code, report } = seal(['-p', file], ['true']);
    expect(code).toBe(PERSONA === 'root' ? 125 : 0);
    expect(report.layers.privilege.status).not.toBe('enforced');
    expect(report.enforced.privilege).toBe(false);
  });
});

describe('privilege.uid', () => {
  it('is the step’s where the supervisor is root, and elsewhere there is a note', () => {
    const file = policy('version: 1\nprivilege:\n  uid: 2345\n  gid: 3456\n');
    const { stdout, report } = seal(['-p', file], bash('id -u; id -g'));
    const notes = report.notes.map(({ code }) => code);
    expect(stdout === '2345\n3456\n').toBe(PERSONA === 'root');
    expect(notes.includes('uid-not-changed')).toBe(PERSONA !== 'root');
    expect(report.enforced.privilege).toBe(true);
  });
});
