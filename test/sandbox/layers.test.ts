import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bash, cli, policy, type Ran, sealInBackground, workspace } from '../lab/glovebox.ts';
import { GIVING } from '../lab/mounts.ts';

const FILES = { 'kept.txt': 'old\n', 'gone.txt': 'x\n', 'tree/leaf.txt': 'x\n', 'dist/a': '1\n' };

function run(
  cwd: string,
  options: readonly string[],
  script: string,
  under: readonly string[] = [],
): Ran {
  return cli(['run', ...options, '--', ...bash(script)], { cwd, under });
}

describe('a layer that was kept', () => {
  it.each(GIVING)('is what a later run finds, and the next goes on top of it%s', (_, under) => {
    const [cwd, place] = [workspace(FILES), workspace()];
    const [first, second] = [join(place, 'first'), join(place, 'second')];
    mkdirSync(second, { mode: 0o700 });
    const acts = 'echo new > made; rm gone.txt; mv tree moved; chmod 700 kept.txt; mkdir -m 0 shut';
    expect(run(cwd, ['--keep-layer', first], acts, under).code).toBe(0);
    const grown = run(
      cwd,
      ['--layer', first, '--keep-layer', second],
      'echo 2 >> made; rm -r moved',
      under,
    );
    expect(grown.code, grown.stderr).toBe(0);
    const look = `find . -path './[a-z]*' | sort; cat made; stat -c %a kept.txt`;
    const both = ['--layer', first, '--layer', second];
    expect(run(cwd, both, look, under).stdout.split('\n')).toEqual([
      ...['./dist', './dist/a', './kept.txt', './made', './shut', 'new', '2', '700', ''],
    ]);
    expect(readdirSync(place).sort()).toEqual(['first', 'second']);
    expect(readdirSync(cwd).sort()).toEqual(['dist', 'gone.txt', 'kept.txt', 'tree']);
  });

  it('is there only where the command succeeded, or its changes are wanted all the same', () => {
    const [cwd, place] = [workspace(FILES), workspace()];
    const kept = join(place, 'kept');
    const failed = run(cwd, ['--keep-layer', kept], 'mkdir -p -m 0 shut; exit 3');
    expect([failed.code, readdirSync(place)]).toEqual([3, []]);
    expect(failed.stderr).toContain('no layer was kept');
    const wanted = ['--keep-layer', kept, '--keep-changes'];
    expect(run(cwd, wanted, 'echo 1 > made; exit 3').code).toBe(3);
    expect(run(cwd, ['--layer', kept], 'cat made').stdout).toBe('1\n');
  });

  it('is not there by half when Glovebox is killed, and its place is free', async () => {
    const [cwd, place] = [workspace(FILES), workspace()];
    const kept = join(place, 'kept');
    const killed = sealInBackground(
      ['--keep-layer', kept],
      bash('echo 1 > made; echo on; sleep 60'),
      { cwd },
    );
    if (killed.stdout === null) throw new Error('it has no output');
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(kept)).toBe(false);
    expect(run(cwd, ['--keep-layer', kept], 'echo 2 > made').code).toBe(0);
    expect(run(cwd, ['--layer', kept], 'cat made').stdout).toBe('2\n');
  });

  it('leads no mount astray by a symlink', () => {
    const [cwd, place] = [workspace(FILES), workspace()];
    const outside = workspace();
    const kept = join(place, 'kept');
    chmodSync(outside, 0o777);
    expect(run(cwd, ['--keep-layer', kept], `rm -r dist; ln -s ${outside} dist`).code).toBe(0);
    const file = policy('version: 1\nfilesystem: { write: [dist/inner] }\n');
    mkdirSync(join(cwd, 'dist/inner'));
    const refused = run(cwd, ['-p', file, '--layer', kept], 'true');
    expect([refused.code, refused.stderr]).toEqual([
      125,
      expect.stringContaining('a symlink at dist'),
    ]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it('shows none of git`s credentials, whatever was to be seen when it was made', () => {
    const config = '[http "https://git.example.com/"]\n\textraheader = Basic c2VjcmV0\n';
    const cwd = workspace({
      ...FILES,
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/config': config,
    });
    const kept = join(workspace(), 'kept');
    const shown = policy('version: 1\nfilesystem: { read: [.git/config] }\n');
    const first = run(cwd, ['-p', shown, '--keep-layer', kept], 'cat .git/config; echo 1 > made');
    // The control: the one that it was shown to saw it.
    expect([first.code, first.stdout]).toEqual([0, config]);
    const second = cli(
      [
        'run',
        '--diff',
        '--layer',
        kept,
        '--',
        ...bash('cat .git/config; ls -A .git; echo x >> .git/config'),
      ],
      { cwd },
    );
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain('config');
    expect(second.stderr).toContain('+x');
    expect(second.stdout + second.stderr).not.toContain('c2VjcmV0');
  });

  it('shows nothing that is hidden, by whatever name, and nothing of what it did not change', () => {
    const cwd = workspace({ ...FILES, 'a/key': 'secret\n' });
    const place = workspace();
    const hiding = ['-p', policy('version: 1\nfilesystem: { hide: [a/key, made] }\n')];
    const moved = 'mv a b 2> /dev/null; cat b/key 2> /dev/null; echo made > made';
    const look = 'cat b/key made 2> /dev/null; stat -c %s dist/a; cat dist/a';
    const both = (options: readonly string[], kept: string): string => {
      expect(run(cwd, [...options, '--keep-layer', kept], `${moved}; true`).code).toBe(0);
      writeFileSync(join(cwd, 'dist/a'), 'longer than it was\n');
      return run(cwd, [...options, '--layer', kept], look).stdout;
    };
    expect(both(hiding, join(place, 'hidden'))).toBe('19\nlonger than it was\n');
    // The control: it is there for a step that may see it.
    expect(both([], join(place, 'open'))).toBe('secret\nmade\n19\nlonger than it was\n');
  });

  it('may have something else where something is hidden, or nothing', () => {
    const cwd = workspace({ 'a/dir': 'x\n', 'b/gone': 'x\n', 'c/out': 'x\n' });
    const kept = join(workspace(), 'kept');
    const acts = 'rm -r a/dir b/gone c; mkdir a/dir; echo secret > a/dir/x; echo 1 > c';
    expect(run(cwd, ['--keep-layer', kept], acts).code).toBe(0);
    const look = ['--layer', kept];
    // The control: it is there for a step that may see it.
    expect(run(cwd, look, 'cat a/dir/x').stdout).toBe('secret\n');
    const hiding = ['-p', policy('version: 1\nfilesystem: { hide: [a/dir, b/gone, c/out] }\n')];
    const hidden = run(cwd, [...look, ...hiding], 'ls -A a/dir b; cat c');
    expect([hidden.code, hidden.stdout], hidden.stderr).toEqual([0, 'a/dir:\n\nb:\n1\n']);
  });

  it('is refused where it does not fit', () => {
    const [cwd, other, place] = [workspace(FILES), workspace(FILES), workspace()];
    const kept = join(place, 'kept');
    expect(run(cwd, ['--keep-layer', kept], 'echo 1 > made').code).toBe(0);
    const elsewhere = run(other, ['--layer', kept], 'echo ran');
    expect([elsewhere.code, elsewhere.stdout]).toEqual([125, '']);
    expect(elsewhere.stderr).toContain(`made over ${cwd}`);
    const inReach = run(cwd, ['--keep-layer', join(cwd, 'kept')], 'echo ran');
    expect([inReach.code, inReach.stdout]).toEqual([125, '']);
    expect(inReach.stderr).toContain('where a step can write');
  });
});
