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
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attempt, came, making, oneByOne, shared } from '../lab/attempts.ts';
import {
  bare,
  bash,
  cli,
  GREETING,
  PERSONA,
  type Ran,
  seal,
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

/** The same with a project at its top and one more in a directory for each of these names. */
function projects(names: readonly string[], make = project): string {
  const places = ['', ...names.map((name) => `${placeOf(names, name)}/`)];
  return make(
    Object.fromEntries(
      places.flatMap((place) =>
        Object.entries(PROJECT).map(([file, text]) => [`${place}${file}`, text]),
      ),
    ),
  );
}

const placeOf = (names: readonly string[], name: string): string =>
  `project-${names.indexOf(name)}`;

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
    ['renaming a file', 'mv file moved', '[ -f moved ] && [ ! -e file ]'],
    ['renaming a directory', 'mv dir moved', '[ -f moved/inner ] && [ ! -e dir ]'],
    ['replacing a file by another', 'mv other file', '[ "$(cat file)" = other ]'],
    ['changing a mode', 'chmod 0705 file', '[ "$(stat -c %a file)" = 705 ]'],
    ['planting a symlink', 'ln -sf /etc/passwd file', '[ -L file ]'],
    ['writing through a hard link', 'ln file hard && echo x > hard', '[ "$(cat hard)" = x ]'],
    ['writing by way of /proc', 'echo x > "/proc/self/cwd/file"', '[ "$(cat file)" = x ]'],
    [
      'filling .git with hooks',
      'mkdir .git/hooks && echo x > .git/hooks/pre-commit',
      '[ -s .git/hooks/pre-commit ]',
    ],
    ['deleting everything', 'find . -mindepth 1 -delete', '[ -z "$(ls -A)" ]'],
  ];

  /** Each in a project of its own below the workspace, but these, the last of all, at its top. */
  const AT_THE_TOP = ['filling .git with hooks', 'deleting everything'];
  const names = attacks.map(([name]) => name).filter((name) => !AT_THE_TOP.includes(name));
  const placed = (cwd: string, name: string): string =>
    AT_THE_TOP.includes(name) ? cwd : join(cwd, placeOf(names, name));
  const scriptOf = (attack: string, seen: string): string => `${attack} && ${seen} && echo done`;

  // Root's own workspace, too: there the files are given to the step on the way.
  const owners = PERSONA === 'root' ? [project, workspace] : [project];
  const runs = shared(() =>
    owners.map((owner) => {
      const cwd = projects(names, owner);
      const before = new Map(attacks.map(([name]) => [name, snapshot(placed(cwd, name))]));
      const attempts = attacks.map(([name, attack, seen]): Attempt => {
        return { name, does: scriptOf(attack, seen), cwd: placed(cwd, name) };
      });
      const ran = seal([], making(attempts), { cwd });
      return { cwd, before, attempts: came(ran), report: ran.report };
    }),
  );

  it.each(attacks)('lets the step see %s, and the host does not', (name, attack, seen) => {
    const control = project();
    const untouched = snapshot(control);
    expect(bare(bash(scriptOf(attack, seen)), { cwd: control }).stdout).toBe('done\n');
    expect(snapshot(control)).not.toEqual(untouched);

    for (const { cwd, before, attempts, report } of runs()) {
      expect(attempts(name)).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
      expect(snapshot(placed(cwd, name))).toEqual(before.get(name));
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

  const attacks: readonly (readonly [string, string])[] = [
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
  ];
  /** Each in a project of its own; a mount is the workspace's alone. */
  const names = attacks.map(([name]) => name).filter((name) => !name.startsWith('mounting'));
  const placed = (cwd: string, name: string): string =>
    names.includes(name) ? join(cwd, placeOf(names, name)) : cwd;
  const run = shared(() => {
    const cwd = projects(names);
    const before = new Map(attacks.map(([name]) => [name, snapshot(placed(cwd, name))]));
    const attempts = attacks.map(([name, does]) => ({ name, does, cwd: placed(cwd, name) }));
    const ran = seal(inMode('scratch-plus-ro'), making(attempts), { cwd });
    return { cwd, before, attempts: came(ran), report: ran.report };
  });

  it.each(attacks)('refuses %s', (name, attack) => {
    const control = workspace(PROJECT);
    const untouched = snapshot(control);
    bare(bash(attack.replaceAll('/tmp', '/mnt')), { cwd: control });
    expect(snapshot(control)).not.toEqual(untouched);

    const { cwd, before, attempts, report } = run();
    expect(attempts(name).code).not.toBe(0);
    expect(snapshot(placed(cwd, name))).toEqual(before.get(name));
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
      'sleep 5 > /dev/null 2>&1 & perl -e \'open(F, "+<", "/proc/$ARGV[0]/root$ENV{PWD}/policy.yml") or exit 1; print F "evil"\' $!',
    ],
  ];

  /** What the host sees of the guarded before and after each trick; all begin alike. */
  const run = shared(async () => {
    const cwd = project();
    const first = readdirSync(cwd);
    const seen = [snapshot(cwd, GUARDED)];
    const options = [...inMode('workspace'), '-p', 'policy.yml', '-p', 'ci/policy.yml'];
    const attempts = tricks.map(([name, does]) => ({ name, does }));
    const report = await oneByOne(options, attempts, cwd, () => {
      seen.push(snapshot(cwd, GUARDED));
      for (const name of readdirSync(cwd).filter((one) => !first.includes(one)))
        rmSync(join(cwd, name), { recursive: true });
    });
    return { cwd, seen, report };
  });

  it.each(tricks)('keeps what a later step runs from %s', async (name, attack) => {
    const control = workspace(PROJECT);
    const untouched = snapshot(control, GUARDED);
    bare(bash(attack), { cwd: control });
    expect(snapshot(control, GUARDED)).not.toEqual(untouched);

    const { seen, report } = await run();
    const number = tricks.findIndex(([one]) => one === name);
    expect(seen).toHaveLength(tricks.length + 1);
    expect(seen[number + 1]).toEqual(seen[number]);
    expect(report.enforced.filesystem).toBe(true);
  });

  it('keeps it until all of them are over', async () => {
    const { cwd, seen } = await run();
    expect(snapshot(cwd, GUARDED)).toEqual(seen[0]);
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

const BREAK_IN = 'glovebox-lab-break-in';

describe.each(SEALED_MODES)('in %s mode', (mode) => {
  const users = 'cut -d: -f1 /etc/passwd';
  const docker = `node -e 'require("net").connect("${SOCKETS.docker}").on("data", d => process.stdout.write(d)).on("error", e => { console.log(e.code); process.exit(1) })'`;
  const devices = 'ls -A /dev | tr "\\n" " "';
  const settings = (names: readonly string[]): string =>
    `for name in ${names.join(' ')}; do value=$(cat /proc/sys/$name 2>/dev/null || echo 1); ` +
    '{ echo "$value" > /proc/sys/$name; } 2>/dev/null && echo "wrote $name"; done; ' +
    '[ -w /proc/sysrq-trigger ] && echo "wrote sysrq-trigger"; true';
  const system = [
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
  ];

  /** With nothing prepared: all that is tried of the system. */
  const plain = shared(() => {
    const cwd = project();
    const other = mkdtempSync('/var/tmp/lab-other-');
    writeFileSync(join(other, 'diary'), 'dear diary\n');
    chmodSync(other, 0o777);
    const ran = seal(
      inMode(mode),
      making([
        {
          // Before anything else is made there.
          name: 'devices',
          does: `${devices}; mknod /tmp/d c 1 3; unshare -Urm mknod /tmp/d b 254 0; mknod /dev/shm/d b 254 0; ls -A /tmp /dev/shm`,
        },
        ...system.map((directory) => ({
          name: directory,
          does: `echo x > ${directory}/${BREAK_IN}`,
        })),
        { name: 'other', does: `cat ${other}/diary && echo x > ${other}/more` },
        { name: 'users', does: `${users}; cat /etc/shadow /etc/gshadow /etc/sudoers` },
        { name: 'docker', does: docker },
        {
          name: 'settings',
          does: settings([
            ...['kernel/core_pattern', 'kernel/modprobe', 'kernel/hostname', 'kernel/sysrq'],
            ...['vm/overcommit_memory', 'vm/drop_caches', 'fs/suid_dumpable'],
            ...['fs/protected_symlinks', 'net/ipv4/ip_forward', 'net/ipv4/ping_group_range'],
            'user/max_user_namespaces',
          ]),
        },
        {
          name: 'sys',
          does: 'find /sys -mindepth 1 -maxdepth 3; find /sys -writable -not -type l',
        },
        { name: 'mounts', does: 'cat /proc/self/mountinfo' },
        {
          name: 'undoing',
          does:
            "unshare -Urm bash -c 'umount /usr; umount -l /usr; mount -o remount,rw,bind /usr; mount -o remount,rw /; " +
            `mount --bind /usr /tmp; mount -o remount,rw,bind /tmp; echo x > /usr/${BREAK_IN}; echo x > /tmp/bin/${BREAK_IN}; ` +
            `echo x > /${BREAK_IN}'; ls -d /usr/${BREAK_IN} /usr/bin/${BREAK_IN} /${BREAK_IN}`,
        },
      ]),
      { cwd },
    );
    return { cwd, other, attempts: came(ran), report: ran.report };
  });

  const secrets: readonly (readonly [string, string])[] = [
    ['~/.ssh/id_ed25519', '.ssh/id_ed25519'],
    ['~/.npmrc', '.npmrc'],
    ['~/.docker/config.json', '.docker/config.json'],
    ['~/.aws/credentials', '.aws/credentials'],
    ['~/.config/gh/hosts.yml', '.config/gh/hosts.yml'],
    ['~/.netrc', '.netrc'],
  ];
  const canaryOf = (title: string): string =>
    `glovebox-lab-canary-${mode}-${secrets.findIndex(([one]) => one === title)}`;
  const fresh = ['/tmp', '/var/tmp', '/run', '/dev/shm', '~'];

  /** With a home full of secrets, and a workspace below a runner's own files. */
  const planted = shared(() => {
    const home = workspace({
      ...Object.fromEntries(secrets.map(([title, name]) => [name, `${canaryOf(title)}\n`])),
      'of-the-host': '',
    });
    const runner = workspace({
      '.credentials': 'token\n',
      '_work/_temp/secret.sh': 'token\n',
      '_work/_actions/a/action.yml': 'token\n',
      '_work/project/project/file': 'mine\n',
    });
    own(runner);
    const cwd = join(runner, '_work/project/project');
    const runnersFiles = `cat ${runner}/.credentials ${runner}/_work/_temp/* ${runner}/_work/_actions/a/*; cd ${cwd} && cat ../../_temp/* ../../../.credentials`;
    const ran = seal(
      inMode(mode),
      making([
        ...secrets.map(([title, name]) => ({
          name: title,
          does: `cat ~/${name}; cat ${home}/${name}; grep -rsh ${canaryOf(title)} ~ /home /root /tmp /var /run /mnt /opt /srv "$PWD"`,
        })),
        { name: 'runner', does: runnersFiles },
        ...fresh.map((directory) => ({
          name: directory,
          does: `echo x > ${directory}/${BREAK_IN} && ls -A ${directory}`,
        })),
      ]),
      { cwd, env: { HOME: home, PATH: '/usr/bin:/bin', GITHUB_WORKSPACE: cwd } },
    );
    return { home, cwd, runnersFiles, attempts: came(ran) };
  });

  it.each(system)('nothing can be made in %s', (directory) => {
    const control = mkdtempSync('/var/tmp/lab-system-');
    expect(bare(bash(`echo x > ${control}/${BREAK_IN}`)).code).toBe(0);

    const { attempts, report } = plain();
    expect(attempts(directory).code).not.toBe(0);
    expect(existsSync(join(directory, BREAK_IN))).toBe(false);
    expect(report.enforced.filesystem).toBe(true);
  });

  it.each(fresh)('%s can be written, and is not the host’s', (directory) => {
    const { home, attempts } = planted();
    const { code, stdout } = attempts(directory);
    expect(code).toBe(0);
    expect(stdout).toContain(BREAK_IN);
    expect(stdout).not.toContain('of-the-host');
    expect(existsSync(join(directory.replace('~', home), BREAK_IN))).toBe(false);
  });

  it('a directory that anybody may write is not there', () => {
    const { other, attempts } = plain();
    const { code, stdout } = attempts('other');
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(readdirSync(other)).toEqual(['diary']);

    const control = bare(bash(`cat ${other}/diary && echo x > ${other}/made`));
    expect(control.stdout).toBe('dear diary\n');
    expect(readdirSync(other)).toEqual(['diary', 'made']);
  });

  it.each(secrets)('%s cannot be read, nor found anywhere else', (title, name) => {
    const { home, attempts } = planted();
    const outside = bare(bash(`cat ~/${name}`), { env: { HOME: home } });
    expect(outside.stdout).toBe(`${canaryOf(title)}\n`);
    expect(attempts(title).stdout).toBe('');
  });

  it("the runner's own files beside the workspace are not there", () => {
    const { cwd, runnersFiles, attempts } = planted();
    expect(bare(bash(runnersFiles), { cwd }).stdout).toBe('token\n'.repeat(5));

    const { stdout, code } = attempts('runner');
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
  });

  it("the host's users and passwords are not there", () => {
    const outside = bare(bash(users)).stdout.trim().split('\n');
    expect(outside).toContain('daemon');

    const { stdout, stderr } = plain().attempts('users');
    const user = PERSONA === 'root' ? 'glovebox' : bare(['id', '-un']).stdout.trim();
    expect(stdout.trim().split('\n')).toEqual(['root', user, 'nobody']);
    expect(stderr).toContain('/etc/shadow: No such file');
  });

  it('the docker socket is not there', () => {
    expect(bare(bash(docker)).stdout).toContain(GREETING);

    const { code, stdout } = plain().attempts('docker');
    expect(stdout).toBe('ENOENT\n');
    expect(code).toBe(1);
  });

  it('no setting of the kernel can be written', () => {
    const control = bare(['unshare', '-Urn', ...bash(settings(['net/ipv4/ip_forward']))]);
    expect(control.stdout).toBe('wrote net/ipv4/ip_forward\n');

    const { code, stdout } = plain().attempts('settings');
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });

  it('has the few devices that programs need, and can make none', () => {
    const { stdout } = plain().attempts('devices');
    expect(stdout).toBe(
      'core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero /dev/shm:\n\n/tmp:\n',
    );
    expect(bare(bash(devices)).stdout).not.toBe(stdout.split('/dev/shm')[0]);
  });

  it('shows of /sys only the processors', () => {
    const { stdout } = plain().attempts('sys');
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((path) => !'/sys/devices/system/cpu'.startsWith(path)),
    ).toEqual([]);
    expect(bare(['ls', '/sys']).stdout).toContain('kernel');
  });

  it('has no mount that can be written but its own', () => {
    const { cwd, attempts } = plain();
    const mine = ['/proc', '/dev', '/dev/pts', '/dev/shm', '/tmp', '/run', '/var/tmp'];
    const workplace = { overlay: cwd, workspace: cwd }[mode as string] ?? '/scratch';
    const home = bare(bash('echo ~')).stdout.trim();
    const { stdout } = attempts('mounts');
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
    expect(plain().attempts('undoing').stdout).toBe('');
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
