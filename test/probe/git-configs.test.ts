import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { surveyGit } from '../../src/probe/git-configs.ts';

let root = '';
let workspace = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'glovebox-git-')));
  workspace = join(root, 'work');
  mkdirSync(workspace);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const TOKEN = '[http "https://example.com/"]\n\textraheader = AUTHORIZATION: basic c2VjcmV0\n';
const HEADER = 'http.https://example.com/.extraheader';

function write(path: string, content: string = TOKEN): string {
  const file = join(workspace, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** The files that are found, by their names in the workspace. */
function found(): string[] {
  return surveyGit(workspace)
    .files.map(({ path }) => path.slice(workspace.length + 1))
    .sort();
}

describe('repositories', () => {
  it.each([
    ['the workspace itself', '.git/config'],
    ["the worktree's own configuration", '.git/config.worktree'],
    ['what a broken-off git left', '.git/config.lock'],
    ['a module', '.git/modules/a/config'],
    ['a module with slashes in its name', '.git/modules/libs/a/b/config'],
    ['a module of that name', '.git/modules/config/config'],
    ['a module of a module', '.git/modules/a/modules/b/config'],
    ['another worktree', '.git/worktrees/a/config.worktree'],
    ['a checkout into a path', 'path/to/checkout/.git/config'],
  ])('%s', (_, path) => {
    write(path);
    expect(found()).toEqual([path]);
  });

  it('but nothing that would keep us waiting, such as a fifo', () => {
    write('elsewhere/config');
    const fifo = join(workspace, '.git');
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
    const line = 'gitdir: elsewhere\\n';
    const writer = spawn('sh', ['-c', `printf '${line}' > "$1"`, 'sh', fifo], { stdio: 'ignore' });
    expect(found()).toEqual([]);
    writer.kill('SIGKILL');
    // The same from a file.
    rmSync(fifo);
    write('.git', 'gitdir: elsewhere\n');
    expect(found()).toEqual(['elsewhere/config']);
  });

  it('a bare one', () => {
    for (const name of ['HEAD', 'objects/x', 'refs/x']) write(`a/b.git/${name}`, 'x\n');
    write('a/b.git/config');
    expect(found()).toEqual(['a/b.git/config']);
  });

  it.each([
    ['a file that says where it is', () => write('a/.git', 'gitdir: ../store/a\n')],
    [
      'a symlink',
      () => mkdirSync(join(workspace, 'a')) ?? symlinkSync('../store/a', join(workspace, 'a/.git')),
    ],
  ])('behind %s', (_, make) => {
    make();
    write('store/a/config');
    expect(found()).toEqual(['store/a/config']);
  });

  it('are nothing that does not lie in the workspace', () => {
    mkdirSync(join(root, 'other/.git'), { recursive: true });
    writeFileSync(join(root, 'other/.git/config'), TOKEN);
    symlinkSync(join(root, 'other'), join(workspace, 'link'));
    symlinkSync(join(root, 'other/.git'), join(workspace, '.git'));
    write('a/.git', `gitdir: ${root}/other/.git\n`);
    write('b/.git/HEAD', 'x\n');
    symlinkSync(join(root, 'other/.git/config'), join(workspace, 'b/.git/config'));
    expect(found()).toEqual([]);
  });

  it('that keep nothing are left alone', () => {
    write('.git/config', '# mine\n[core]\n\tbare = false\n');
    expect(surveyGit(workspace)).toMatchObject({ files: [], cutShort: false });
  });

  it('are not looked for in more directories than there is time for, and that is told', () => {
    write('.git/config');
    for (let number = 0; number < 2001; number += 1) mkdirSync(join(workspace, `d${number}`));
    const { files, cutShort } = surveyGit(workspace);
    expect(files).toHaveLength(1);
    expect(cutShort).toBe(true);
  });

  it('are not looked for in node_modules', () => {
    write('node_modules/a/.git/config');
    for (let number = 0; number < 2001; number += 1)
      mkdirSync(join(workspace, `node_modules/d${number}`));
    expect(surveyGit(workspace)).toMatchObject({ files: [], cutShort: false });
  });
});

describe('files', () => {
  it('say what is shown, whose they are, and which directories lead to them', () => {
    const path = write('a/.git/config', `[core]\n\tbare = false\n${TOKEN}`);
    chmodSync(path, 0o640);
    chmodSync(join(workspace, 'a/.git'), 0o2750);
    chmodSync(join(workspace, 'a'), 0o711);
    const ids = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect(surveyGit(workspace).files).toEqual([
      {
        path,
        ...ids,
        mode: 0o640,
        own: true,
        shown: '[core]\n\tbare = "false"\n',
        removed: [HEADER],
        directories: [
          { path: join(workspace, 'a'), ...ids, mode: 0o711 },
          { path: join(workspace, 'a/.git'), ...ids, mode: 0o2750 },
        ],
      },
    ]);
  });

  it('are cleaned where a configuration includes them, and left alone without credentials', () => {
    write('.git/config', '[include]\n\tpath = ../shared\n\tpath = a\n\tpath = a\n');
    write('shared', '[alias]\n\ta = b\n');
    write('.git/a', `[include]\n\tpath = b\n`);
    write('.git/b', `[include]\n\tpath = config\n${TOKEN}`);
    expect(found()).toEqual(['.git/a', '.git/b', '.git/config']);
  });

  it.each([
    ['[credential]\nhelper = store --file=.git/my-store\n', '.git/my-store'],
    ['[credential]\nhelper = store --file=store\n', 'store'],
    ['[core]\nsshCommand = ssh -i deploy-key\n', 'deploy-key'],
    ['[http]\nsslKey = my.key\n', '.git/my.key'],
    ['', '.git/.git-credentials'],
    ['', '.git/credentials'],
    ['', '.git-credentials'],
    ['', 'a/.git-credentials'],
  ])('are hidden whole where %j keeps a credential in %s', (config, name) => {
    write('.git/config', config);
    const path = write(name, 'https://u:secret@example.com\n');
    const { files } = surveyGit(workspace);
    expect(files.find((file) => file.path === path)).toMatchObject({ shown: '', removed: [] });
  });

  it.each([
    ['that git cannot read', '[http'],
    ['that are too long', `${TOKEN}${'#\n'.repeat(1 << 19)}`],
  ])('%s are replaced', (_, content) => {
    write('.git/config', content);
    expect(surveyGit(workspace).files).toMatchObject([
      { removed: ['all of it: git cannot read it'] },
    ]);
  });
});
