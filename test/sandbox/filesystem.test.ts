import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bare,
  bash,
  cli,
  GREETING,
  PERSONA,
  type Ran,
  seal,
  type Sealed,
  SOCKETS,
  workspace,
} from '../lab/glovebox.ts';

const SEALED_MODES = ['overlay', 'scratch-only', 'scratch-plus-ro', 'workspace'] as const;

/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;

const PROJECT = {
  file: 'as it was\n',
  other: 'other\n',
  'dir/inner': 'inner\n',
  '.git/config': '[core]\n',
  '.github/workflows/ci.yml': 'on: push\n',
  '.envrc': 'export A=1\n',
  'policy.yml': 'version: 1\n',
  'ci/policy.yml': 'version: 1\n',
};

/** A workspace that belongs to the step's own uid. */
function project(files: Readonly<Record<string, string>> = PROJECT): string {
  const directory = workspace(files);
  own(directory);
  return directory;
}

function own(directory: string): void {
  if (PERSONA !== 'root') return;
  for (const path of [directory, ...everyPath(directory)]) lchownSync(path, STEP_OWNER, STEP_OWNER);
}

function everyPath(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [path, ...everyPath(path)] : [path];
  });
}

/** Everything that can be seen of a tree: names, kinds, modes, contents. */
function snapshot(directory: string, only: RegExp = /./): string[] {
  const about = (path: string): string => {
    const stats = lstatSync(path);
    const content = stats.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : stats.isFile()
        ? readFileSync(path, 'utf8')
        : '';
    return `${path.slice(directory.length)} ${stats.mode.toString(8)} ${content}`;
  };
  return [directory, ...everyPath(directory)]
    .map(about)
    .filter((line) => only.test(line))
    .sort();
}

const inMode = (mode: string): string[] => ['--filesystem', mode];

describe('overlay', () => {
  const attacks: readonly (readonly [string, string, string])[] = [
    ['creating a file', 'echo new > made', '[ "$(cat made)" = new ]'],
    ['creating a directory', 'mkdir -p a/b', '[ -d a/b ]'],
    ['changing a file', 'echo changed > file', '[ "$(cat file)" = changed ]'],
    ['appending to a file', 'echo more >> file', '[ "$(tail -1 file)" = more ]'],
    ['truncating a file', ': > file', '[ ! -s file ]'],
    ['deleting a file', 'rm file', '[ ! -e file ]'],
    ['deleting everything', 'find . -mindepth 1 -delete', '[ -z "$(ls -A)" ]'],
    ['renaming a file', 'mv file moved', '[ -f moved ] && [ ! -e file ]'],
    ['renaming a directory', 'mv dir moved', '[ -f moved/inner ] && [ ! -e dir ]'],
    ['replacing a file by another', 'mv other file', '[ "$(cat file)" = other ]'],
    ['changing a mode', 'chmod 0705 file', '[ "$(stat -c %a file)" = 705 ]'],
    ['planting a symlink', 'ln -sf /etc/passwd file', '[ -L file ]'],
    ['writing through a hard link', 'ln file hard && echo x > hard', '[ "$(cat hard)" = x ]'],
    [
      'filling .git with hooks',
      'mkdir .git/hooks && echo x > .git/hooks/pre-commit',
      '[ -s .git/hooks/pre-commit ]',
    ],
    ['writing by way of /proc', 'echo x > "/proc/self/cwd/file"', '[ "$(cat file)" = x ]'],
  ];

  it.each(attacks)('lets the step see %s, and the host does not', (_, attack, seen) => {
    const script = bash(`${attack} && ${seen} && echo done`);
    const control = project();
    const untouched = snapshot(control);
    expect(bare(script, { cwd: control }).stdout).toBe('done\n');
    expect(snapshot(control)).not.toEqual(untouched);

    // Root's own workspace, too: there the files are given to the step on the way.
    for (const cwd of [project(), workspace(PROJECT)]) {
      const before = snapshot(cwd);
      const { code, stdout, report } = seal([], script, { cwd });
      expect(stdout).toBe('done\n');
      expect(code).toBe(0);
      expect(snapshot(cwd)).toEqual(before);
      expect(report.enforced.filesystem).toBe(true);
    }
  });

  it('lets git commit, and no object, ref or lock of it reaches the host', () => {
    const git = 'git -c user.name=a -c user.email=a@example.test';
    const commit = bash(`${git} add -A && ${git} commit -qm two && ${git} log --format=%s`);
    const repository = (): string => {
      const directory = workspace({ file: 'one\n' });
      bare(bash(`git init -q && git add -A && ${git} commit -qm one && echo two > file`), {
        cwd: directory,
      });
      own(directory);
      return directory;
    };
    const control = repository();
    const untouched = snapshot(control);
    // Root would be told of a dubious owner.
    const outside = bare(bash(`${commit[2]}`), {
      cwd: control,
      env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
    });
    expect(outside.stdout).toBe('two\none\n');
    expect(snapshot(control)).not.toEqual(untouched);

    const cwd = repository();
    const before = snapshot(cwd);
    const { stdout, code } = seal([], bash(`git status --porcelain && ${commit[2]}`), { cwd });
    expect(stdout).toBe(' M file\ntwo\none\n');
    expect(code).toBe(0);
    expect(snapshot(cwd)).toEqual(before);
  });

  it('leaves nothing of its layers on the disk', () => {
    const scratch = mkdtempSync('/var/tmp/lab-scratch-');
    chmodSync(scratch, 0o711);
    const script = bash('mkdir -p a/b && echo x > a/b/c && chmod 000 a/b');
    const control = project();
    bare(script, { cwd: control });
    expect(existsSync(join(control, 'a'))).toBe(true);

    const { code } = seal([], script, { cwd: project(), env: { TMPDIR: scratch } });
    expect(code).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe('scratch-only', () => {
  it('has no workspace in it', () => {
    const cwd = project();
    expect(bare(bash(`cat ${cwd}/file`), { cwd }).stdout).toBe('as it was\n');

    const { stdout, code, report } = seal(inMode('scratch-only'), bash(`cat ${cwd}/file`), { cwd });
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
    expect(report.enforced.filesystem).toBe(true);
  });

  it('runs in an empty /scratch that can be written, and keeps nothing of it', () => {
    const scratch = mkdtempSync('/var/tmp/lab-scratch-');
    chmodSync(scratch, 0o711);
    const script = bash('pwd && ls -A && echo mine > made && cat made');
    const { stdout, code } = seal(inMode('scratch-only'), script, { env: { TMPDIR: scratch } });
    expect(stdout).toBe('/scratch\nmine\n');
    expect(code).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe('scratch-plus-ro', () => {
  it('shows the workspace and gives an empty /scratch', () => {
    const cwd = project();
    const script = bash(`pwd && ls -A && echo mine > made && cat made ${cwd}/file`);
    const { stdout, code } = seal(inMode('scratch-plus-ro'), script, { cwd });
    expect(stdout).toBe('/scratch\nmine\nas it was\n');
    expect(code).toBe(0);
  });

  it.each([
    ['creating', 'echo x > made'],
    ['changing', 'echo x > file'],
    ['deleting', 'rm -f file'],
    ['renaming', 'mv file moved'],
    ['changing a mode', 'chmod 0777 file'],
    ['setting a time', 'touch -d 2001-01-01 file && chmod 600 file'],
    ['mounting over it', "unshare -Urm bash -c 'mount -o remount,rw,bind .; echo x > file'"],
    [
      'mounting it elsewhere',
      "unshare -Urm bash -c 'mount --bind . /tmp; echo x > /tmp/file; echo x > file'",
    ],
  ])('refuses %s', (_, attack) => {
    const control = workspace(PROJECT);
    const untouched = snapshot(control);
    bare(bash(attack.replaceAll('/tmp', '/mnt')), { cwd: control });
    expect(snapshot(control)).not.toEqual(untouched);

    const cwd = project();
    const before = snapshot(cwd);
    const { code, report } = seal(inMode('scratch-plus-ro'), bash(`cd ${cwd} && ${attack}`), {
      cwd,
    });
    expect(code).not.toBe(0);
    expect(snapshot(cwd)).toEqual(before);
    expect(report.enforced.filesystem).toBe(true);
  });
});

describe('workspace', () => {
  it('is written in place', () => {
    const cwd = project();
    const script = bash('echo changed > file && echo new > dir/made && rm other');
    const { code, report } = seal(inMode('workspace'), script, { cwd });
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('changed\n');
    expect(readFileSync(join(cwd, 'dir/made'), 'utf8')).toBe('new\n');
    expect(existsSync(join(cwd, 'other'))).toBe(false);
    expect(report.enforced.filesystem).toBe(true);
  });

  const GUARDED = /^\/(?:\.git|\.github|\.envrc|policy\.yml|ci\/policy\.yml)(?:[/ ])/;
  const RENAMEAT2 = process.arch === 'arm64' ? 276 : 316;
  const inNamespace = (script: string): string => `unshare -Urm bash -c '${script}'`;
  const tricks: readonly (readonly [string, string])[] = [
    ['a hook in .git', 'mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit'],
    ['git config', 'git config --file .git/config core.fsmonitor evil'],
    ['a workflow', 'echo evil > .github/workflows/ci.yml'],
    ['another workflow', 'echo evil > .github/workflows/evil.yml'],
    ['.envrc', 'echo evil >> .envrc'],
    ['the policy file', 'echo evil >> policy.yml'],
    ['the policy file further down', 'echo evil >> ci/policy.yml'],
    ['rm', 'rm -rf .git .github .envrc policy.yml ci'],
    ['mv of .git', 'mv .git gone; mkdir .git; echo evil > .git/config'],
    [
      'mv of .github',
      'mv .github gone; mkdir -p .github/workflows; echo evil > .github/workflows/ci.yml',
    ],
    ['mv of .envrc', 'mv .envrc gone; echo evil > .envrc'],
    ['mv over the policy file', 'echo evil > mine; mv -f mine policy.yml'],
    [
      'mv of the directory above the policy file',
      'mv ci gone; mkdir ci; echo evil > ci/policy.yml',
    ],
    ['cp over it', 'echo evil > mine; cp --remove-destination mine policy.yml'],
    ['sed in place', 'sed -i s/1/2/ policy.yml ci/policy.yml'],
    ['a symlink over it', 'ln -sfn /tmp policy.yml'],
    ['a hard link to it', 'ln policy.yml mine; echo evil > mine'],
    ['chmod', 'chmod 0777 policy.yml .git .envrc'],
    [
      'the exchange of two names',
      `mkdir mine; perl -e 'my ($a, $b) = ("mine", ".git"); exit(syscall(${RENAMEAT2}, -100, $a, -100, $b, 2) != 0)'`,
    ],
    ['the way round by /proc', 'echo evil > "/proc/self/root$PWD/policy.yml"'],
    [
      'umount',
      inNamespace(
        'umount .git; umount -l policy.yml; echo evil > .git/config; echo evil > policy.yml',
      ),
    ],
    ['a remount', inNamespace('mount -o remount,rw,bind .git; echo evil > .git/config')],
    [
      'a bind of the workspace elsewhere',
      inNamespace('mkdir there; mount --bind . there; echo evil > there/.git/config'),
    ],
    [
      'a recursive bind of it',
      inNamespace(
        'mkdir there; mount --rbind . there; umount -R there/.git; echo evil > there/.git/config',
      ),
    ],
    [
      'a mount that is moved away',
      inNamespace('mkdir there; mount --move .git there; mkdir -p .git; echo evil > .git/config'),
    ],
    [
      'an overlay over it',
      inNamespace('mkdir there; mount --bind .git there; echo evil > there/config'),
    ],
    [
      'the debugger of another process',
      'sleep 5 & perl -e \'open(F, "+<", "/proc/$ARGV[0]/root$ENV{PWD}/policy.yml") or exit 1; print F "evil"\' $!',
    ],
  ];

  it.each(tricks)('keeps what a later step runs from %s', (_, attack) => {
    const control = workspace(PROJECT);
    const untouched = snapshot(control, GUARDED);
    bare(bash(attack), { cwd: control });
    expect(snapshot(control, GUARDED)).not.toEqual(untouched);

    const cwd = project();
    const before = snapshot(cwd, GUARDED);
    const options = [...inMode('workspace'), '-p', 'policy.yml', '-p', 'ci/policy.yml'];
    const { report } = seal(options, bash(attack), { cwd });
    expect(snapshot(cwd, GUARDED)).toEqual(before);
    expect(report.enforced.filesystem).toBe(true);
  });

  it('keeps the policy file that was named by way of a symlink to the workspace', () => {
    const cwd = project();
    const link = join(mkdtempSync('/var/tmp/lab-link-'), 'link');
    symlinkSync(cwd, link);
    const attack = bash('echo evil >> policy.yml');
    const options = [...inMode('workspace'), '-p', join(link, 'policy.yml')];
    if (PERSONA === 'root') chmodSync(join(link, '..'), 0o755);
    const { code } = seal(options, attack, { cwd });
    expect(code).not.toBe(0);
    expect(readFileSync(join(cwd, 'policy.yml'), 'utf8')).toBe('version: 1\n');

    expect(bare(attack, { cwd }).code).toBe(0);
    expect(readFileSync(join(cwd, 'policy.yml'), 'utf8')).toContain('evil');
  });

  it('keeps the floor that the environment names, and one that is not there yet', () => {
    for (const name of ['policy.yml', 'later.yml']) {
      const cwd = project();
      const before = readdirSync(cwd);
      const attack = bash(`echo evil > evil; mv evil ${name}; echo evil >> ${name}; rm -f evil`);
      const env = { GLOVEBOX_FLOOR_POLICY: join(cwd, name) };
      expect(seal(inMode('workspace'), attack, { cwd, env }).code).not.toBe(125);
      expect(readdirSync(cwd)).toEqual(before);
      expect(readFileSync(join(cwd, 'policy.yml'), 'utf8')).toBe('version: 1\n');
      bare(attack, { cwd });
      expect(readFileSync(join(cwd, name), 'utf8')).toContain('evil');
    }
  });

  it.each(['.git', '.github', '.envrc'])(
    'refuses to run where %s is a symlink, and runs downgraded when asked to',
    (name) => {
      const cwd = project({ 'real/config': 'real\n' });
      symlinkSync('real', join(cwd, name));
      const attack = bash('echo ran; echo evil > real/config');
      const refused = seal(inMode('workspace'), attack, { cwd });
      expect(refused.code).toBe(125);
      expect(refused.stdout).toBe('');
      expect(refused.report.outcome.kind).toBe('refused');
      expect(refused.report.downgrades.map(({ code }) => code)).toEqual(['path-through-symlink']);
      expect(readFileSync(join(cwd, 'real/config'), 'utf8')).toBe('real\n');

      const anyway = [...inMode('workspace'), '--on-unavailable', 'degrade'];
      const { stdout, report } = seal(anyway, attack, { cwd });
      expect(stdout).toBe('ran\n');
      expect(report.layers.filesystem.status).toBe('downgraded');
      expect(report.enforced.filesystem).toBe(false);
    },
  );
});

describe('off', () => {
  it("is the host's own files, and the report does not call that a seal", () => {
    const cwd = project();
    const beside = mkdtempSync('/var/tmp/lab-beside-');
    writeFileSync(join(beside, 'note'), 'beside\n');
    chmodSync(beside, 0o755);
    const script = bash(`cat ${beside}/note && echo changed > file && cat /etc/hostname`);
    const { stdout, code, report } = seal(inMode('off'), script, { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe(`beside\n${readFileSync('/etc/hostname', 'utf8')}`);
    expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('changed\n');
    expect(report.layers.filesystem.status).toBe('not-requested');
    expect(report.enforced.filesystem).toBe(false);
    expect(report.enforced.privilege).toBe(true);
  });
});

describe.each(SEALED_MODES)('in %s mode', (mode) => {
  const sealed = (script: string, rest: Parameters<typeof seal>[2] = {}): Sealed =>
    seal(inMode(mode), bash(script), { cwd: project(), ...rest });

  const BREAK_IN = 'glovebox-lab-break-in';
  it.each([
    '/',
    '/usr',
    '/usr/bin',
    '/usr/local/lib',
    '/etc',
    '/etc/ssl',
    '/bin',
    '/home',
    '/opt',
    '/sys',
    '/boot',
  ])('nothing can be made in %s', (directory) => {
    const attack = (where: string): string => `echo x > ${where}/${BREAK_IN}`;
    const control = mkdtempSync('/var/tmp/lab-system-');
    expect(bare(bash(attack(control))).code).toBe(0);

    const { code, report } = sealed(attack(directory));
    expect(code).not.toBe(0);
    expect(existsSync(join(directory, BREAK_IN))).toBe(false);
    expect(report.enforced.filesystem).toBe(true);
  });

  it.each(['/tmp', '/var/tmp', '/run', '/dev/shm', '~'])(
    '%s can be written, and is not the host’s',
    (directory) => {
      const attack = `echo x > ${directory}/${BREAK_IN} && ls -A ${directory}`;
      const home = mkdtempSync('/var/tmp/lab-home-');
      writeFileSync(join(home, 'of-the-host'), '');
      const { code, stdout } = sealed(attack, { env: { HOME: home } });
      expect(code).toBe(0);
      expect(stdout).toContain(BREAK_IN);
      expect(stdout).not.toContain('of-the-host');
      expect(existsSync(join(directory.replace('~', home), BREAK_IN))).toBe(false);
    },
  );

  it('a directory that anybody may write is not there', () => {
    const other = mkdtempSync('/var/tmp/lab-other-');
    writeFileSync(join(other, 'diary'), 'dear diary\n');
    chmodSync(other, 0o777);
    const attack = `cat ${other}/diary && echo x > ${other}/made`;
    expect(bare(bash(attack)).stdout).toBe('dear diary\n');
    expect(readdirSync(other)).toEqual(['diary', 'made']);

    const { code, stdout } = sealed(attack.replace('made', 'more'));
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(readdirSync(other)).toEqual(['diary', 'made']);
  });

  it.each([
    ['~/.ssh/id_ed25519', '.ssh/id_ed25519'],
    ['~/.npmrc', '.npmrc'],
    ['~/.docker/config.json', '.docker/config.json'],
    ['~/.aws/credentials', '.aws/credentials'],
    ['~/.config/gh/hosts.yml', '.config/gh/hosts.yml'],
    ['~/.netrc', '.netrc'],
  ])('%s cannot be read, nor found anywhere else', (_, name) => {
    const canary = `glovebox-lab-canary-${mode}`;
    const home = workspace({ [name]: `${canary}\n` });
    const attack = `cat ~/${name}; cat ${home}/${name}; grep -rsh glovebox-lab-canary ~ /home /root /tmp /var /run /mnt /opt /srv "$PWD"`;
    expect(bare(bash(`cat ~/${name}`), { env: { HOME: home } }).stdout).toBe(`${canary}\n`);

    const { stdout } = sealed(attack, { env: { HOME: home, PATH: '/usr/bin:/bin' } });
    expect(stdout).toBe('');
  });

  it("the runner's own files beside the workspace are not there", () => {
    const runner = workspace({
      '.credentials': 'token\n',
      '_work/_temp/secret.sh': 'token\n',
      '_work/_actions/a/action.yml': 'token\n',
      '_work/project/project/file': 'mine\n',
    });
    own(runner);
    const cwd = join(runner, '_work/project/project');
    const attack = `cat ${runner}/.credentials ${runner}/_work/_temp/* ${runner}/_work/_actions/a/*; cd ${cwd} && cat ../../_temp/* ../../../.credentials`;
    const outside = bare(bash(attack), { cwd });
    expect(outside.stdout).toBe('token\n'.repeat(5));

    const { stdout, code } = sealed(attack, { cwd, env: { GITHUB_WORKSPACE: cwd } });
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
  });

  it("the host's users and passwords are not there", () => {
    const names = 'cut -d: -f1 /etc/passwd';
    const outside = bare(bash(names)).stdout.trim().split('\n');
    expect(outside).toContain('daemon');

    const { stdout, stderr } = sealed(`${names}; cat /etc/shadow /etc/gshadow /etc/sudoers`);
    const user = PERSONA === 'root' ? 'glovebox' : bare(['id', '-un']).stdout.trim();
    expect(stdout.trim().split('\n')).toEqual(['root', user, 'nobody']);
    expect(stderr).toContain('/etc/shadow: No such file');
  });

  it('the docker socket is not there', () => {
    const attack = `node -e 'require("net").connect("${SOCKETS.docker}").on("data", d => process.stdout.write(d)).on("error", e => { console.log(e.code); process.exit(1) })'`;
    expect(bare(bash(attack)).stdout).toContain(GREETING);

    const { code, stdout } = sealed(attack);
    expect(stdout).toBe('ENOENT\n');
    expect(code).toBe(1);
  });

  it('no setting of the kernel can be written', () => {
    const settings = [
      ...['kernel/core_pattern', 'kernel/modprobe', 'kernel/hostname', 'kernel/sysrq'],
      ...['vm/overcommit_memory', 'vm/drop_caches', 'fs/suid_dumpable', 'fs/protected_symlinks'],
      ...['net/ipv4/ip_forward', 'net/ipv4/ping_group_range', 'user/max_user_namespaces'],
    ];
    const attack = (names: readonly string[]): string =>
      `for name in ${names.join(' ')}; do value=$(cat /proc/sys/$name 2>/dev/null || echo 1); ` +
      '{ echo "$value" > /proc/sys/$name; } 2>/dev/null && echo "wrote $name"; done; ' +
      '[ -w /proc/sysrq-trigger ] && echo "wrote sysrq-trigger"; true';
    const control = bare(['unshare', '-Urn', ...bash(attack(['net/ipv4/ip_forward']))]);
    expect(control.stdout).toBe('wrote net/ipv4/ip_forward\n');

    const { code, stdout } = sealed(attack(settings));
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('has the few devices that programs need, and can make none', () => {
    const list = 'ls -A /dev | tr "\\n" " "';
    const { stdout } = sealed(
      `${list}; mknod /tmp/d c 1 3; unshare -Urm mknod /tmp/d b 254 0; mknod /dev/shm/d b 254 0; ls -A /tmp /dev/shm`,
    );
    expect(stdout).toBe(
      'core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero /dev/shm:\n\n/tmp:\n',
    );
    expect(bare(bash(list)).stdout).not.toBe(stdout.split('/dev/shm')[0]);
  });

  it('shows of /sys only the processors', () => {
    const { stdout } = sealed(
      'find /sys -mindepth 1 -maxdepth 3; find /sys -writable -not -type l',
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((path) => !'/sys/devices/system/cpu'.startsWith(path)),
    ).toEqual([]);
    expect(bare(['ls', '/sys']).stdout).toContain('kernel');
  });

  it('has no mount that can be written but its own', () => {
    const cwd = project();
    const mine = ['/proc', '/dev', '/dev/pts', '/dev/shm', '/tmp', '/run', '/var/tmp'];
    const workplace = { overlay: cwd, workspace: cwd }[mode as string] ?? '/scratch';
    const home = bare(bash('echo ~')).stdout.trim();
    const { stdout } = sealed('cat /proc/self/mountinfo', { cwd });
    const writable = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, , , , , options = '']) => /(?:^|,)rw(?:,|$)/.test(options))
      .map(([, , , , target = '']) => target)
      .filter((target) => !/^\/dev\/(?:null|zero|full|random|urandom|tty)$/.test(target));
    expect(writable.sort()).toEqual([...mine, home, workplace].sort());
    // And none lets a set-uid bit or a device act.
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !line.includes('nosuid'))).toEqual([]);
  });

  it('cannot undo its own mounts in a user namespace of its own', () => {
    const attack =
      "unshare -Urm bash -c 'umount /usr; umount -l /usr; mount -o remount,rw,bind /usr; mount -o remount,rw /; " +
      `mount --bind /usr /tmp; mount -o remount,rw,bind /tmp; echo x > /usr/${BREAK_IN}; echo x > /tmp/bin/${BREAK_IN}; ` +
      `echo x > /${BREAK_IN}'; ls -d /usr/${BREAK_IN} /usr/bin/${BREAK_IN} /${BREAK_IN}`;
    const { stdout } = sealed(attack);
    expect(stdout).toBe('');
    expect(existsSync(`/usr/${BREAK_IN}`) || existsSync(`/usr/bin/${BREAK_IN}`)).toBe(false);
  });
});

describe('the home directory', () => {
  it('is hidden where it really is, too', () => {
    const home = bare(bash('echo ~')).stdout.trim();
    const directory = mkdtempSync(join(home, '.glovebox-lab-'));
    try {
      writeFileSync(join(directory, 'secret'), 'canary\n');
      const attack = bash(`cat ${directory}/secret; ls -A ${home}`);
      expect(bare(attack).stdout).toContain('canary');

      const { stdout } = seal([], attack);
      expect(stdout).not.toContain('canary');
      expect(stdout).not.toContain('.glovebox-lab');
    } finally {
      spawnSync('rm', ['-rf', '--', directory]);
    }
  });

  it.each(['bin', '.local/bin', '.local/share/x/bin', 'link'])(
    'is not shown for a PATH that leads into ~/%s',
    (name) => {
      const home = workspace({
        'bin/tool': '#!/bin/sh\necho tool\n',
        '.local/bin/tool': '#!/bin/sh\necho tool\n',
        '.local/share/x/bin/tool': '#!/bin/sh\necho tool\n',
        '.netrc': 'canary\n',
        '.local/share/keys': 'canary\n',
      });
      symlinkSync('bin', join(home, 'link'));
      const alias = `${mkdtempSync('/var/tmp/lab-alias-')}/home`;
      symlinkSync(home, alias);
      chmodSync(join(alias, '..'), 0o755);
      const path = `${home}/${name}:${alias}/${name}:${process.env['PATH'] ?? ''}`;
      const attack = bash(
        'cat ~/.netrc; find / -xdev -name .netrc -o -name keys -path "*share*"; grep -rsh canary /var/tmp',
      );
      for (const HOME of [home, alias]) {
        expect(bare(bash('cat ~/.netrc'), { env: { HOME } }).stdout).toBe('canary\n');
        const { stdout } = seal([], attack, { env: { HOME, PATH: path } });
        expect(stdout).toBe('');
      }
    },
  );
});

describe('the workspace', () => {
  const words = /cannot be a workspace: it (?:belongs to the system|holds the home directory)/;
  const tryIn = (directory: string, env: Record<string, string> = {}): Ran =>
    cli(['run', '-C', directory, '--', 'echo', 'ran'], { env });

  it.each(['/', '/tmp', '/var/tmp', '/usr', '/etc', '/home', '/dev', '/proc', '/var', '/run'])(
    'must not be %s',
    (directory) => {
      const { code, stdout, stderr } = tryIn(directory);
      expect(stderr).toMatch(words);
      expect(stderr).toContain('→');
      expect(stdout).toBe('');
      expect(code).toBe(125);
    },
  );

  it('must not be the home directory, what holds it, or a symlink to it', () => {
    const above = workspace({ 'home/x': '', 'home/project/file': '' });
    symlinkSync('home', join(above, 'link'));
    const env = { HOME: join(above, 'home') };
    for (const directory of [above, join(above, 'home'), join(above, 'link')]) {
      const { code, stdout, stderr } = tryIn(directory, env);
      expect(stderr).toMatch(words);
      expect(stdout).toBe('');
      expect(code).toBe(125);
    }
    expect(tryIn(join(above, 'home/project'), env).stdout).toBe('ran\n');
  });

  it('must be there', () => {
    const { code, stderr } = tryIn('/nowhere/at/all');
    expect(stderr).toContain('does not exist');
    expect(code).toBe(125);
  });
});
