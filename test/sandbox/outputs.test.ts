import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import {
  bare,
  bash,
  cli,
  CLI,
  INTERNET,
  NODE,
  PERSONA,
  policy,
  type Ran,
  seal,
  type Sealed,
  workspace,
} from '../lab/glovebox.ts';

const ROOT = PERSONA === 'root';
/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;
const STAGING = '.glovebox-outputs-';

const declaring = (filesystem: object): string =>
  policy(`version: 1\nfilesystem: ${JSON.stringify(filesystem)}\n`);

/** Runs a step in a workspace; `filesystem` has the outputs and what goes with them. */
function run(cwd: string, filesystem: object, script: string): Sealed {
  const ran = seal(['-p', declaring(filesystem)], bash(`set -e\n${script}`), { cwd });
  expect(staged(cwd)).toEqual([]);
  return ran;
}

const staged = (cwd: string): string[] =>
  readdirSync(cwd).filter((name) => name.startsWith(STAGING));

function outputsOf({ report, stderr }: Pick<Sealed, 'report' | 'stderr'>) {
  if (report.outputs === null) throw new Error(stderr);
  return report.outputs;
}

/** Every path below, with what it is: a file's content, a link's target. Names as bytes. */
function tree(directory: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(Buffer.from(directory, 'latin1'), { encoding: 'latin1' }).sort()) {
    const path = `${directory}/${name}`;
    const bytes = Buffer.from(path, 'latin1');
    const stats = lstatSync(bytes);
    if (stats.isDirectory()) Object.assign(found, tree(path, `${below}${name}/`));
    else if (stats.isSymbolicLink())
      found[below + name] = `-> ${readlinkSync(bytes, { encoding: 'latin1' })}`;
    else found[below + name] = stats.size > 1000 ? `${stats.size}` : readFileSync(bytes, 'utf8');
  }
  return found;
}

/** To somebody whom a step of root's may be. */
function giveAway(cwd: string): void {
  if (ROOT) spawnSync('chown', ['--recursive', `${STEP_OWNER}:4712`, cwd]);
}

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

describe('declared outputs', () => {
  it('come out as the step left them, and nothing else does', () => {
    const cwd = workspace({
      README: 'as it was\n',
      'dist/kept': 'kept\n',
      'dist/gone': 'gone\n',
      'dist/changed': 'before\n',
      'dist/was-file': 'file\n',
      'dist/was-dir/inner': 'inner\n',
      'src/a': 'a\n',
      'dist/read-only/a': 'a\n',
    });
    giveAway(cwd);
    chmodSync(join(cwd, 'dist/read-only'), 0o555);
    const script = `
      echo no > README; echo no > new; echo no > src/a
      cd dist
      rm gone; echo after > changed; echo map > x.map
      rm was-file; mkdir was-file; echo 1 > was-file/inner
      rm -r was-dir; echo 2 > was-dir
      mkdir -p fresh/deep empty shut; echo 3 > fresh/deep/.dot; echo 4 > shut/inner; chmod 500 shut
      chmod 755 read-only; echo 0 > read-only/b; chmod 555 read-only
      echo 5 > tool; chmod 751 tool; touch -d @1000000000.5 tool
      chmod 6755 /bin/true 2> /dev/null || :; echo 6 > suid; chmod 6755 suid
      echo 7 > one; ln one fresh/two; ln -s ../tool fresh/link; ln -s fresh/deep dir-link; ln -s link fresh/again
      truncate -s 8M sparse; echo end >> sparse
      echo 8 > $'new\\nline'; echo 9 > $'esc\\e[31m'; echo 10 > $'raw\\xff'`;
    const ran = run(cwd, { outputs: ['dist/**', '!**/*.map'] }, script);
    expect(ran.code, ran.stderr).toBe(0);
    const { missing, refused, leftOut, ...rest } = outputsOf(ran);
    expect({ missing, refused, ...rest }).toMatchObject({
      ...{ done: true, problem: null, missing: [], refused: [] },
      ...{ files: 22, refusedNotListed: 0, leftOutNotListed: 0 },
    });
    expect(leftOut).toEqual([
      { path: 'dist/suid', reason: 'its setuid and setgid bits are taken off' },
    ]);
    expect(tree(cwd)).toEqual({
      README: 'as it was\n',
      'src/a': 'a\n',
      'dist/kept': 'kept\n',
      'dist/gone': 'gone\n',
      'dist/changed': 'after\n',
      'dist/was-file/inner': '1\n',
      'dist/was-dir': '2\n',
      'dist/fresh/deep/.dot': '3\n',
      'dist/read-only/a': 'a\n',
      'dist/read-only/b': '0\n',
      'dist/shut/inner': '4\n',
      'dist/tool': '5\n',
      'dist/suid': '6\n',
      'dist/one': '7\n',
      'dist/fresh/two': '7\n',
      'dist/fresh/link': '-> ../tool',
      'dist/fresh/again': '-> link',
      'dist/dir-link': '-> fresh/deep',
      'dist/sparse': `${8 * 2 ** 20 + 4}`,
      'dist/new\nline': '8\n',
      'dist/esc\u001b[31m': '9\n',
      'dist/raw\u00ff': '10\n',
    });
    const dist = join(cwd, 'dist');
    expect(readdirSync(join(dist, 'empty'))).toEqual([]);
    expect(['tool', 'suid', 'shut', 'read-only'].map((name) => modeOf(join(dist, name)))).toEqual([
      ...['751', '755', '500', '555'],
    ]);
    expect(statSync(join(dist, 'tool')).mtimeMs).toBe(1_000_000_000_500);
    expect(statSync(join(dist, 'sparse')).blocks * 512).toBeLessThan(2 ** 20);
    const [one, two] = ['one', 'fresh/two'].map((name) => statSync(join(dist, name)));
    expect(two?.ino).toBe(one?.ino);
    expect(one?.nlink).toBe(2);
    const owners = ['tool', 'fresh', 'fresh/deep/.dot', 'fresh/link'].map((name) => {
      const { uid, gid } = lstatSync(join(dist, name));
      return `${uid}:${gid}`;
    });
    const own = ROOT ? `${STEP_OWNER}:4712` : `${process.getuid?.()}:${process.getgid?.()}`;
    expect([...new Set(owners)]).toEqual([own]);
    expect(ran.stderr).toContain('dist/suid');
    expect(ran.stderr).not.toContain('\u001b');

    // Once more without a change: nothing has to come out, and that is no failure.
    const again = outputsOf(run(cwd, { outputs: ['dist'] }, 'cat dist/tool'));
    expect(again).toMatchObject({ done: true, files: 0, bytes: 0 });
  });

  it('lie in the file system of a tmpfs and of an overlay just as well', () => {
    for (const mounted of [TMPFS('8m'), OVERLAY]) {
      const { ran, after } = elsewhere(
        mounted,
        { outputs: ['dist'] },
        'mkdir dist; echo 1 > dist/a; ln dist/a dist/b; ln -s a dist/l',
      );
      expect(ran.code, ran.stderr).toBe(0);
      expect(after).toEqual({ 'dist/a': '1\n', 'dist/b': '1\n', 'dist/l': '-> a' });
    }
  });

  it.each<[string, object, string, { kind: string; code: number; out: boolean }]>([
    ['a step that fails: no', {}, 'false', { kind: 'exited', code: 1, out: false }],
    [
      'a step that reached for what is blocked: no',
      {},
      `(exec 3<>/dev/tcp/${INTERNET.other}/80) 2> /dev/null || true`,
      { kind: 'blocked', code: 1, out: false },
    ],
    [
      'any step, if the policy says so',
      { 'outputs-on': 'always' },
      'exit 7',
      { kind: 'exited', code: 7, out: true },
    ],
    [
      'no step with a glob that nothing matches',
      { outputs: ['dist', 'other/*'] },
      'true',
      { kind: 'outputs-failed', code: 1, out: false },
    ],
    [
      'all but that glob, if the policy says so',
      { outputs: ['dist', 'other/*'], 'outputs-missing': 'warn' },
      'true',
      { kind: 'exited', code: 0, out: true },
    ],
    [
      'no step with too many bytes',
      { 'max-output-size': 5 },
      'true',
      { kind: 'outputs-failed', code: 1, out: false },
    ],
  ])('come from %s', (_, filesystem, last, { kind, code, out }) => {
    const cwd = workspace({ a: 'a\n' });
    const ran = run(
      cwd,
      { outputs: ['dist'], ...filesystem },
      `mkdir dist; echo 12345 > dist/f\n${last}`,
    );
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.report.outcome.kind).toBe(kind);
    expect(existsSync(join(cwd, 'dist/f'))).toBe(out);
    const missing = 'outputs' in filesystem ? ['other/*'] : [];
    expect(ran.report.outputs?.missing ?? []).toEqual(
      out || (kind === 'outputs-failed' && missing.length > 0) ? missing : [],
    );
  });

  it('are bounded in number, and a flood of them ends at the bound', () => {
    const cwd = workspace();
    const flood = 'mkdir d; cd d; perl -e \'for (1 .. 2000) { open my $f, ">", $_ or die }\'';
    const ran = run(cwd, { outputs: ['d'], 'max-output-files': 1000 }, flood);
    expect(ran.report.outcome).toMatchObject({ kind: 'outputs-failed', exitCode: 1 });
    expect(ran.report.outcome.cause).toContain('more than 1000 (filesystem.max-output-files)');
    expect(readdirSync(cwd)).toEqual([]);
  });
});

/** A directory that no output may ever reach. */
function outside(): string {
  const directory = mkdtempSync('/var/tmp/lab-outside-');
  chmodSync(directory, 0o777);
  writeFileSync(join(directory, 'there'), 'as it was\n');
  return directory;
}

describe('attacks on the way out', () => {
  const evil = `mkdir -p dist/sub other
    echo ok > dist/ok; echo secret > other/secret
    ln -s /etc/passwd dist/absolute
    ln -s ../../etc/passwd dist/upwards
    ln -s ../other/secret dist/beside
    ln -s . dist/sub/self; ln -s self/../../other dist/sub/detour
    ln -s nowhere dist/dangling
    ln -s loop dist/loop
    ln other/secret dist/hard
    mkfifo dist/fifo
    perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "dist/socket", Listen => 1) or die'`;

  it('are refused by name, each, and then nothing comes out', () => {
    const cwd = workspace({ 'dist/old': 'old\n' });
    const ran = run(cwd, { outputs: ['dist'] }, evil);
    expect(ran.report.outcome).toMatchObject({ kind: 'outputs-failed', exitCode: 1 });
    const link = 'it is a symlink that leads out of the outputs';
    expect(outputsOf(ran).refused.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'dist/absolute', reason: link },
      { path: 'dist/beside', reason: link },
      { path: 'dist/dangling', reason: link },
      { path: 'dist/fifo', reason: 'it is a fifo' },
      { path: 'dist/hard', reason: 'it has another name outside of the outputs: a hard link' },
      { path: 'dist/loop', reason: link },
      { path: 'dist/socket', reason: 'it is a socket' },
      { path: 'dist/sub/detour', reason: link },
      { path: 'dist/upwards', reason: link },
    ]);
    expect(tree(cwd)).toEqual({ 'dist/old': 'old\n' });
    // The control: the script does all this where nobody holds it.
    const free = workspace();
    expect(bare(bash(`set -e\n${evil}`), { cwd: free }).code).toBe(0);
    expect(readdirSync(join(free, 'dist'))).toContain('socket');
  });

  it('do not come through a symlink that the checkout has, at whatever part of the way', () => {
    const there = outside();
    const places = ['one', 'two/a', 'three/a/b'];
    const planted = (): string => {
      const cwd = workspace();
      for (const place of places) {
        mkdirSync(join(cwd, place, '..'), { recursive: true });
        symlinkSync(there, join(cwd, place));
      }
      return cwd;
    };
    // The control: who copies by path writes where the symlink leads.
    const naive = planted();
    const copies = places.map((place) => `cp /etc/hostname ${place}/${place.replaceAll('/', '-')}`);
    expect(bare(bash(copies.join('\n')), { cwd: naive }).code).toBe(0);
    expect(readdirSync(there)).toEqual(['one', 'there', 'three-a-b', 'two-a']);

    const cwd = planted();
    const before = tree(there);
    const ran = run(
      cwd,
      { outputs: ['one', 'two/**', 'three/a/b/new'] },
      places.map((place) => `rm ${place}; mkdir ${place}; echo evil > ${place}/new`).join('\n'),
    );
    expect(ran.report.outcome.kind).toBe('outputs-failed');
    expect(
      outputsOf(ran)
        .refused.map(({ path, reason }) => `${path}: ${reason}`)
        .toSorted(),
    ).toEqual([
      'one/new: in the workspace one is a symlink',
      'one: in the workspace one is a symlink',
      'three/a/b/new: in the workspace three/a/b is a symlink',
      'two/a/new: in the workspace two/a is a symlink',
      'two/a: in the workspace two/a is a symlink',
    ]);
    expect(places.map((place) => readlinkSync(join(cwd, place)))).toEqual([there, there, there]);
    expect(tree(there)).toEqual(before);
  });

  it('replace a symlink at an output`s own place, and not what it leads to', () => {
    const there = outside();
    const cwd = workspace();
    symlinkSync(join(there, 'there'), join(cwd, 'file'));
    const ran = run(cwd, { outputs: ['file'] }, 'rm file; echo new > file');
    expect(ran.code, ran.stderr).toBe(0);
    expect(tree(cwd)).toEqual({ file: 'new\n' });
    expect(tree(there)).toEqual({ there: 'as it was\n' });
  });

  it('find nothing of git, of the workflow or of what is hidden, whatever the glob', () => {
    const cwd = workspace({
      '.git/config': '[core]\n',
      '.github/workflows/ci.yml': 'on: push\n',
      'hidden/key': 'key\n',
      'vendor/.git/config': '[core]\n',
    });
    const file = join(cwd, 'policy.yml');
    writeFileSync(file, `version: 1\nfilesystem: {outputs: ['**'], hide: [hidden, later]}\n`);
    giveAway(cwd);
    const before = tree(cwd);
    const script = `mkdir -p .git/hooks .GIT/hooks vendor/.git/hooks sub/.GitHub later
      for f in .git/hooks/post-checkout .GIT/hooks/x vendor/.git/hooks/x .github/workflows/evil.yml sub/.GitHub/x .envrc later/x; do echo evil > $f; done
      echo 'version: 1' > policy.yml; echo good > good`;
    const { code, report, stderr } = seal(['-p', file], bash(`set -e\n${script}`), { cwd });
    expect(code, stderr).toBe(0);
    expect(tree(cwd)).toEqual({ ...before, good: 'good\n' });
    expect(report.outputs?.leftOut.map(({ path }) => path).sort()).toEqual([
      ...['.GIT', '.envrc', '.git', '.github', 'hidden', 'later', 'policy.yml'],
      ...['sub/.GitHub', 'vendor/.git'],
    ]);
  });

  it('leave alone what the step saw less of than there is', () => {
    const tokens = '[http "https://git.example.com/"]\n\textraheader = Basic c2VjcmV0\n';
    const cwd = workspace({
      ...{ '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/x': '', '.git/objects/x': '' },
      ...{ '.git/config': '[include]\n\tpath = ../tokens\n', tokens },
    });
    const ran = run(cwd, { outputs: ['**'] }, 'cat tokens; echo evil >> tokens; echo good > good');
    expect([ran.code, ran.stdout], ran.stderr).toEqual([0, expect.not.stringContaining('c2Vj')]);
    expect(tree(cwd)).toMatchObject({ tokens, good: 'good\n' });
  });

  /** A name can be given to what cannot be read. An ordinary user's overlay does not even do that. */
  it('hand nobody else`s file to the workspace`s owner', () => {
    const [cwd, secret] = [workspace({ secret: 'secret\n', 'dist/open': 'open\n' }), 'secret'];
    giveAway(cwd);
    for (const [name, mode] of [
      [secret, 0o600],
      ['dist/open', 0o644],
    ] as const) {
      chmodSync(join(cwd, name), mode);
      if (ROOT) chownSync(join(cwd, name), 0, 0);
    }
    const look = 'cat dist/moved 2> /dev/null || echo shut';
    const script = `mv dist/open dist/opened; ${ROOT ? '' : 'chmod 0 secret; '}mv secret dist/moved; ${look}`;
    const ran = run(cwd, { outputs: ['dist'] }, script);
    expect(ran.stdout).toBe('shut\n');
    const reason = ROOT
      ? 'it is a file of another user that the step could not read'
      : 'permission denied';
    expect(ran.stderr).toContain(reason);
    expect(tree(cwd)).toEqual({ secret: 'secret\n', 'dist/open': 'open\n' });
  });

  it('do not lead into what is mounted in the workspace', () => {
    const mounted = `${TMPFS('8m')}; mkdir -m 755 "$at/dist"; echo under > "$at/dist/under"
      mount -t tmpfs -o mode=0777 tmpfs "$at/dist"; echo over > "$at/dist/over"`;
    const { ran, after } = elsewhere(mounted, { outputs: ['**'] }, 'ls dist; echo new > new');
    // An ordinary user gets no overlay there.
    expect([ran.code, ran.stdout], ran.stderr).toEqual(ROOT ? [0, 'over\n'] : [125, '']);
    expect(after).toEqual({ 'dist/over': 'over\n', ...(ROOT ? { new: 'new\n' } : {}) });
  });

  it('do not take away what a directory has that is no output', () => {
    const cwd = workspace({ 'lib/.git/config': '[core]\n', 'lib/a': 'a\n' });
    const ran = run(cwd, { outputs: ['lib'] }, 'rm -rf lib; echo evil > lib');
    expect(ran.report.outcome.kind).toBe('outputs-failed');
    expect(tree(cwd)).toEqual({ 'lib/.git/config': '[core]\n', 'lib/a': 'a\n' });
  });
});

/** Runs what follows in mounts of its own, in the directory that the script mounts; the same user as before. */
const TMPFS = (size: string): string =>
  `mount -t tmpfs -o size=${size},mode=0777 tmpfs "$at"; chmod 777 "$at"`;
const OVERLAY = `t=$(mktemp -d); mount -t tmpfs tmpfs $t; mkdir $t/l $t/u $t/w; chmod 777 $t/u; mount -t overlay overlay -o lowerdir=$t/l,upperdir=$t/u,workdir=$t/w${ROOT ? '' : ',userxattr'} "$at"`;

/** A run in a workspace that was mounted for it, and what is in there afterwards. */
function elsewhere(
  mount: string,
  filesystem: object,
  script: string,
): { readonly ran: Ran; readonly after: Record<string, string> } {
  const place = mkdtempSync('/var/tmp/lab-mounted-');
  chmodSync(place, 0o777);
  const seen = mkdtempSync('/var/tmp/lab-seen-');
  const ids = [`--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`];
  const back = ROOT ? '' : `unshare --user ${ids.join(' ')} --`;
  const steps = [
    `set -e; at=${place}; ${mount}; cd "$at"`,
    `code=0; ${back} "$@" || code=$?`,
    `cp -a "$at/." ${seen}; exit $code`,
  ];
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [
      ...(ROOT ? [] : ['--user', '--map-root-user']),
      ...['--mount', '--propagation', 'private', '--'],
      ...[...bash(steps.join('\n')), 'bash', NODE, CLI, 'run', '-p', declaring(filesystem), '--'],
      ...bash(`set -e\n${script}`),
    ],
    { encoding: 'utf8', timeout: 55_000 },
  );
  return { ran: { code: status, stdout, stderr }, after: tree(seen) };
}

describe('all or nothing', () => {
  it('holds where the disk fills up', () => {
    const fill = (mebibytes: number): string =>
      `echo new > a; mkdir -p dist; for i in $(seq ${mebibytes}); do head -c 1M /dev/urandom > dist/$i; done`;
    const half = elsewhere(
      `${TMPFS('4m')}; echo old > "$at/a"; chmod 666 "$at/a"`,
      { outputs: ['a', 'dist'] },
      fill(6),
    );
    expect(half.ran.stderr).toContain('no space left on device');
    expect(half.ran.code).toBe(1);
    expect(half.after).toEqual({ a: 'old\n' });
    // The control: two of them fit.
    const whole = elsewhere(TMPFS('4m'), { outputs: ['a', 'dist'] }, fill(2));
    expect(whole.ran.code, whole.ran.stderr).toBe(0);
    expect(Object.keys(whole.after)).toEqual(['a', 'dist/1', 'dist/2']);
  });

  const FILES = 120;
  const names = Array.from({ length: FILES }, (_, index) => `dist/${index}`);
  const rewrite = `for i in dist/*; do echo new > $i; done; mkdir fresh; echo new > fresh/x`;

  interface Running {
    readonly cwd: string;
    readonly scratch: string;
    readonly pid: number;
    readonly over: Promise<number | null>;
  }

  function start(): Running {
    const cwd = workspace(Object.fromEntries(names.map((name) => [name, 'old\n'])));
    const scratch = mkdtempSync('/var/tmp/lab-scratch-');
    chmodSync(scratch, 0o755);
    const options = ['-p', declaring({ outputs: ['dist', 'fresh'] }), '--', ...bash(rewrite)];
    const child = spawn(NODE, [CLI, 'run', ...options], {
      cwd,
      env: { ...process.env, TMPDIR: scratch },
      stdio: 'ignore',
    });
    const over = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { cwd, scratch, pid: child.pid ?? 0, over };
  }

  /** What is in place: `old`, `new`, or both, which must never be. */
  const inPlace = (cwd: string): string[] => [
    ...new Set([
      ...names.map((name) => readFileSync(join(cwd, name), 'utf8').trim()),
      existsSync(join(cwd, 'fresh')) ? 'new' : 'old',
    ]),
  ];

  async function until(condition: () => boolean): Promise<void> {
    for (const deadline = performance.now() + 20_000; !condition(); await sleep(1))
      if (performance.now() > deadline) throw new Error('it takes too long');
  }

  const replaced = (cwd: string): number => {
    const [name] = staged(cwd);
    try {
      return name === undefined ? 0 : readdirSync(join(cwd, name, 'old')).length;
    } catch {
      return 0;
    }
  };

  function workerOf({ scratch }: Running): number {
    const found = readdirSync('/proc').find((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.includes('bring-out') && words.includes(scratch);
      } catch {
        return false;
      }
    });
    return Number(found ?? 0);
  }

  const kill = (pid: number): void => {
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };

  it('holds wherever the supervisor is killed', async () => {
    const calm = start();
    await until(() => staged(calm.cwd).length > 0);
    const began = performance.now();
    await until(() => staged(calm.cwd).length === 0);
    const whole = performance.now() - began;
    expect(await calm.over).toBe(0);
    expect(inPlace(calm.cwd)).toEqual(['new']);
    for (let moment = 0; moment < 3; moment += 1) {
      const running = start();
      await until(() => staged(running.cwd).length > 0);
      await sleep((whole * moment) / 3);
      kill(running.pid);
      await running.over;
      // The process that moves them ends what it began, or takes away what it copied.
      await until(() => staged(running.cwd).length === 0);
      expect(inPlace(running.cwd)).toHaveLength(1);
    }
  });

  /** Kills the process that moves them, and `others`, when some are moved. False: it was done by then. */
  async function killInTheMiddle(running: Running, others: readonly number[]): Promise<boolean> {
    await until(() => workerOf(running) > 0);
    const worker = workerOf(running);
    await until(() => replaced(running.cwd) > 0 || existsSync(join(running.cwd, 'fresh')));
    for (const pid of [worker, ...others]) kill(pid);
    return staged(running.cwd).length > 0;
  }

  it('holds, by the next run, where everything is killed in the middle', async () => {
    let running = start();
    for (let tries = 0; !(await killInTheMiddle(running, [running.pid])) && tries < 9; tries += 1)
      running = start();
    await running.over;
    const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
    const next = cli(['run', '--report', file, '--', 'true'], {
      cwd: running.cwd,
      env: { TMPDIR: running.scratch },
    });
    expect(next.code, next.stderr).toBe(0);
    const { notes } = JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
    expect(notes.find(({ code }) => code === 'outputs-recovered')?.text).toContain(
      'they are all in place now',
    );
    expect(staged(running.cwd)).toEqual([]);
    expect(inPlace(running.cwd)).toEqual(['new']);
  });

  it('holds where only the process that moves them is killed', async () => {
    const running = start();
    await killInTheMiddle(running, []);
    expect(await running.over).toBe(0);
    expect(staged(running.cwd)).toEqual([]);
    expect(inPlace(running.cwd)).toEqual(['new']);
  });

  it('holds between runs that share the workspace: one waits for the other', async () => {
    const running = start();
    const go = join(running.scratch, 'go');
    const holder = spawn('flock', [
      running.cwd,
      ...bash(`until [ -e ${go} ]; do sleep 0.05; done`),
    ]);
    await until(() => staged(running.cwd).length > 0);
    await sleep(700);
    expect(inPlace(running.cwd)).toEqual(['old']);
    writeFileSync(go, '');
    expect(await running.over).toBe(0);
    expect(inPlace(running.cwd)).toEqual(['new']);
    expect(holder.exitCode).toBe(0);
  });

  it('believes no journal of somebody else', () => {
    const cwd = workspace({ a: 'old\n' });
    const staging = `${STAGING}${'0'.repeat(24)}`;
    const base = mkdtempSync('/var/tmp/lab-scratch-');
    chmodSync(base, 0o755);
    const forge = (mode: number): void => {
      const own = join(base, `glovebox-1-${'0'.repeat(12)}`, 'outputs');
      mkdirSync(own, { recursive: true });
      mkdirSync(join(cwd, staging, 'new'), { recursive: true });
      mkdirSync(join(cwd, staging, 'old'), { recursive: true });
      writeFileSync(join(cwd, staging, 'new/a'), 'forged\n');
      const moves = [{ path: 'a', kind: 'replace', mode: null, before: 0 }];
      const namespace = readlinkSync('/proc/self/ns/pid');
      const job = { workspace: cwd, supervisor: 1, startedAt: 'long ago', namespace };
      writeFileSync(join(own, 'job.json'), JSON.stringify(job));
      writeFileSync(join(own, 'journal.json'), JSON.stringify({ workspace: cwd, staging, moves }));
      chmodSync(own, mode);
      seal([], ['true'], { cwd, env: { TMPDIR: base } });
    };
    forge(0o777);
    expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('old\n');
    // The control: the same in a directory that only we could have written.
    forge(0o700);
    expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('forged\n');
  });
});
