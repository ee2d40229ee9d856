import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bare, bash, PERSONA, seal, sealInBackground, workspace } from '../lab/glovebox.ts';

const NAMES = ['.git', '.github', '.envrc'];
const IN_PLACE = ['--filesystem', 'workspace'];
/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;
const RENAMEAT2 = process.arch === 'arm64' ? 276 : 316;

/** A workspace of the step's own that has none of the guarded names. */
function project(files: Readonly<Record<string, string>> = { file: '' }): string {
  const directory = workspace(files);
  if (PERSONA === 'root') {
    bare(['chown', '-R', `${STEP_OWNER}:${STEP_OWNER}`, directory]);
    lchownSync(directory, STEP_OWNER, STEP_OWNER);
  }
  return directory;
}

function guardedIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => NAMES.includes(name));
}

/** Each leaves something behind in a directory without such names. */
const ATTACKS: readonly (readonly [string, string])[] = [
  ['a repository', 'git init -q .'],
  ['a hook', 'mkdir -p .git/hooks; echo evil > .git/hooks/pre-commit'],
  ['a repository elsewhere', 'mkdir mine; echo "gitdir: mine" > .git'],
  ['a workflow', 'mkdir -p .github/workflows; echo evil > .github/workflows/ci.yml'],
  ['.envrc', 'echo evil > .envrc'],
  ['what is moved there', 'echo evil > moved; mv -f moved .envrc'],
  ['a directory that is moved there', 'mkdir -p d/workflows; mv -T d .github'],
  ['a symlink', 'ln -sfn /tmp .github; ln -sf file .envrc'],
  ['a hard link', 'ln -f file .envrc'],
  [
    'an exchange of two names',
    `mkdir e; perl -e 'my ($a, $b) = ("e", ".git"); mkdir $b; exit(syscall(${RENAMEAT2}, -100, $a, -100, $b, 2) != 0)'`,
  ],
  ['something after a removal', 'rm -rf .envrc .git .github; mkdir .git .github; : > .envrc'],
  ['something after a move', 'mv .git gone; mv .envrc gone2; mkdir .git; echo evil > .envrc'],
  ['the way round by /proc', 'echo evil > "/proc/self/root$PWD/.envrc"'],
  ['a namespace of its own', "unshare -Urm bash -c 'umount -l .envrc; echo evil > .envrc'"],
];

describe('what a later step would run, where it does not exist yet', () => {
  it.each(ATTACKS)('can be planted without a seal by %s', (_, attack) => {
    const control = workspace({ file: '' });
    bare(bash(attack), { cwd: control });
    expect(guardedIn(control)).not.toEqual([]);
  });

  it('cannot be planted in workspace mode by any of these, and nothing is left in its place', () => {
    const cwd = project();
    const script = `${ATTACKS.map(([, attack]) => `( ${attack} )`).join('\n')}; : > made`;
    const { code, report } = seal(IN_PLACE, bash(script), { cwd });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, 'made'))).toBe(true);
    expect(guardedIn(cwd)).toEqual([]);
    expect(report.enforced.filesystem).toBe(true);
    expect(report.notes.filter(({ code: note }) => note.startsWith('guarded'))).toEqual([]);
  });

  it('is cleared away by the next run where a supervisor was killed', async () => {
    const cwd = project();
    const child = sealInBackground(IN_PLACE, bash('echo up; sleep 60'), { cwd });
    await once(child.stdout ?? child, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(guardedIn(cwd).toSorted()).toEqual(NAMES.toSorted());

    const { stdout } = seal(IN_PLACE, bash('echo evil > .envrc || echo held'), { cwd });
    expect(stdout).toBe('held\n');
    expect(guardedIn(cwd)).toEqual([]);
  });

  it('stays guarded in a run that goes on when another one in the same workspace ends', async () => {
    const cwd = project();
    const script = bash(
      'echo up; until [ -e go ]; do sleep 0.05; done; echo evil > .envrc; git init -q .; cat .envrc; ls -A .git',
    );
    const child = sealInBackground(IN_PLACE, script, { cwd });
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!said.includes('up')) await sleep(20);
    const closed = once(child, 'close');
    expect(seal(IN_PLACE, ['true'], { cwd }).code).toBe(0);
    expect(guardedIn(cwd).toSorted()).toEqual(NAMES.toSorted());
    mkdirSync(join(cwd, 'go'));
    await closed;
    expect(said).toBe('up\n');
    expect(guardedIn(cwd)).toEqual([]);
  });

  it('is no symlink that leads nowhere yet', () => {
    const cwd = project();
    symlinkSync('planted', join(cwd, '.envrc'));
    const { code, report } = seal(IN_PLACE, bash('echo evil > planted'), { cwd });
    expect(code).toBe(125);
    expect(report.downgrades.map(({ code: downgrade }) => downgrade)).toEqual([
      'path-through-symlink',
    ]);
    expect(existsSync(join(cwd, 'planted'))).toBe(false);
  });
});

it('repositories further down keep their hooks and configuration', () => {
  const attack = bash(
    'echo evil >> a/b/.git/config; mkdir -p a/b/.git/hooks; mv a gone; mkdir -p a/b/.git; echo evil > a/b/.git/config',
  );
  const files = { 'a/b/.git/config': '[core]\n', 'a/b/.git/HEAD': 'ref: refs/heads/main\n' };
  const control = workspace(files);
  bare(attack, { cwd: control });
  expect(bare(['cat', 'a/b/.git/config'], { cwd: control }).stdout).toBe('evil\n');

  const cwd = project(files);
  chmodSync(cwd, 0o755);
  seal(IN_PLACE, attack, { cwd });
  expect(bare(['cat', 'a/b/.git/config'], { cwd }).stdout).toBe('[core]\n');
  expect(readdirSync(join(cwd, 'a/b/.git')).toSorted()).toEqual(['HEAD', 'config']);
});
