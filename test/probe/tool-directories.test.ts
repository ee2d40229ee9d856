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
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { within } from '../../src/plan/mounts.ts';
import { toolDirectories } from '../../src/probe/tool-directories.ts';

const made: string[] = [];
let root = '';
let home = '';
let workspace = '';

/** A machine of its own for each test: a home, a workspace, and what a test puts there. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'glovebox-tools-')));
  made.push(root);
  home = directory('homes/me');
  workspace = directory('work/project');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

function directory(path: string): string {
  mkdirSync(join(root, path), { recursive: true });
  return join(root, path);
}

function program(path: string, content = 'binary'): string {
  directory(dirname(path));
  const file = join(root, path);
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return file;
}

function link(path: string, to: string): string {
  directory(dirname(path));
  symlinkSync(to.startsWith('/') ? to : join(root, to), join(root, path));
  return join(root, path);
}

/** What is found, without the part before this test's own machine. */
function found(path: readonly string[], command = 'tool', cwd = workspace): string[] {
  const absolute = path.map((entry) => (/^[/.]|^$/.test(entry) ? entry : join(root, entry)));
  const all = toolDirectories([command], absolute.join(':'), { home, workspace, cwd });
  return all.map((one) => (within(one, root) ? one.slice(root.length + 1) : one));
}

describe('toolDirectories', () => {
  it('needs nothing for the base system', () => {
    expect(found(['/usr/bin', '/bin', '/usr/sbin'], 'sh')).toEqual([]);
  });

  it.each(['bin', 'sbin', 'shims'])('takes the prefix of a %s directory', (name) => {
    program(`opt/node/${name}/tool`);
    expect(found([`opt/node/${name}`])).toEqual(['opt/node']);
  });

  it('takes a directory of another name as it is', () => {
    program('opt/node/scripts/tool');
    expect(found(['opt/node/scripts'])).toEqual(['opt/node/scripts']);
  });

  it('leaves out what is not there, not absolute, or no directory', () => {
    program('opt/file');
    expect(found(['opt/none/bin', './bin', '', 'opt/file'])).toEqual([]);
  });

  it('leaves out what lies in another that is there', () => {
    program('opt/node/bin/tool');
    program('opt/node/lib/more/tool');
    expect(found(['opt/node/lib/more', 'opt/node/bin'])).toEqual(['opt/node']);
  });

  it('follows the symlinks in a directory to where programs are', () => {
    program('store/node-1/bin/tool');
    link('opt/links/bin/tool', 'store/node-1/bin/tool');
    link('opt/links/bin/broken', 'nowhere');
    expect(found(['opt/links/bin'])).toEqual(['opt/links', 'store/node-1']);
  });

  it('takes both names of a directory that is a symlink', () => {
    program('store/node-1/bin/tool');
    link('opt/node', 'store/node-1');
    expect(found(['opt/node/bin'])).toEqual(['opt/node', 'store/node-1']);
  });

  it('finds the command by its path, and the interpreter of a script', () => {
    program('lang/bin/interpreter');
    program('app/run', `#! ${join(root, 'lang/bin/interpreter')} -x\n`);
    expect(found([], join(root, 'app/run'))).toEqual(['app', 'lang']);
  });

  it('finds a command that is relative to the working directory', () => {
    program('app/sub/run');
    expect(found([], './sub/run', join(root, 'app'))).toEqual(['app/sub']);
  });

  it('makes nothing of an interpreter that is not there, or of an empty command', () => {
    program('app/run', '#!/nowhere/at/all\n');
    expect(found([], join(root, 'app/run'))).toEqual(['app']);
    expect(toolDirectories([], '', { home, workspace, cwd: workspace })).toEqual([]);
  });
});

describe('the home directory', () => {
  it.each([
    ['.cargo/bin', ['.cargo/bin', '.rustup']],
    ['.pyenv/shims', ['.pyenv']],
    ['.rbenv/shims', ['.rbenv']],
    ['.nvm/versions/node/v1/bin', ['.nvm']],
    ['.volta/bin', ['.volta']],
    ['.local/share/mise/shims', ['.local/share/mise']],
    ['.local/bin', ['.local/bin', '.local/lib']],
  ])('shows of %s what its version manager needs', (path, needs) => {
    for (const need of needs) directory(`homes/me/${need}`);
    program(`homes/me/${path}/tool`);
    program('homes/me/.ssh/id');
    expect(found([`homes/me/${path}`])).toEqual(needs.map((need) => `homes/me/${need}`));
  });

  it.each(['bin', 'tools/bin', '.local/x/bin'])('shows ~/%s without what is beside it', (path) => {
    program(`homes/me/${path}/tool`);
    const [only, ...more] = found([`homes/me/${path}`]);
    expect(more).toEqual([]);
    expect([`homes/me/${path}`, `homes/me/${dirname(path)}`]).toContain(only);
    expect(['homes/me', 'homes/me/.', 'homes/me/.local']).not.toContain(only);
  });

  it.each([
    'homes/me',
    'homes',
    '.',
    'homes/me/',
    'homes/me/.',
    'homes//me',
    'opt/../homes/me',
    'homes/me/bin/..',
  ])('is not shown for %s on PATH', (entry) => {
    directory('opt');
    directory('homes/me/bin');
    program('homes/me/tool');
    expect(
      toolDirectories(['tool'], `${root}/${entry}`, { home, workspace, cwd: workspace }),
    ).toEqual([]);
  });

  it.each(['opt/link', 'opt/link/bin'])('is not shown for %s, which leads there', (entry) => {
    program('homes/me/bin/tool');
    link('opt/link', 'homes/me');
    for (const one of found([entry])) expect(['homes/me/bin', 'opt/link/bin']).toContain(one);
  });

  it('is not shown under its other name where it is a symlink itself', () => {
    program('var/homes/you/bin/tool');
    link('alias', 'var/homes/you');
    home = join(root, 'alias');
    for (const entry of ['alias/bin', 'var/homes/you/bin', 'alias', 'var/homes/you'])
      for (const one of found([entry])) expect(['alias/bin', 'var/homes/you/bin']).toContain(one);
  });

  it('is not shown for a program that lies in it', () => {
    expect(found([], program('homes/me/run'))).toEqual([]);
  });
});

describe('the workspace', () => {
  it.each([
    'work/project',
    'work/project/bin',
    'work/project/node_modules/.bin',
    'work',
    'opt/../work/project/bin',
    'work/project/',
  ])('is not a tool for %s on PATH', (entry) => {
    directory('opt');
    program('work/project/bin/tool');
    program('work/project/node_modules/.bin/tool');
    expect(
      toolDirectories(['tool'], `${root}/${entry}`, { home, workspace, cwd: workspace }),
    ).toEqual([]);
  });

  it('is not a tool under another name', () => {
    program('work/project/bin/tool');
    link('opt/link', 'work/project');
    link('opt/up', 'work');
    expect(found(['opt/link/bin', 'opt/link', 'opt/up'])).toEqual([]);
  });

  it('is not a tool for a command of its own', () => {
    program('work/project/run');
    expect(found([], './run')).toEqual([]);
  });
});

it('shows neither home nor workspace nor a system directory for any PATH', () => {
  const places = [
    ...['homes', 'homes/me', 'homes/me/bin', 'homes/me/.cargo/bin', 'homes/me/.ssh', 'work'],
    ...['work/project', 'work/project/bin', 'opt/node/bin', 'opt/home', 'opt/home/bin', 'opt/ws'],
    ...['opt/ws/bin', 'opt/top/work', 'opt/top/homes/me', '.'],
  ];
  for (const place of [
    'homes/me/bin',
    'homes/me/.cargo/bin',
    'homes/me/.ssh',
    'work/project/bin',
    'opt/node/bin',
  ])
    directory(place);
  link('opt/home', 'homes/me');
  link('opt/ws', 'work/project');
  link('opt/top', '.');
  link('opt/node/bin/tool', 'work/project/bin');
  const ending = fc.constantFrom('', '/', '/.', '//', '/..', '/../..');
  const entry = fc.oneof(
    fc.tuple(fc.constantFrom(...places), ending).map(([place, end]) => `${root}/${place}${end}`),
    fc.constantFrom(
      '/',
      '/tmp',
      '/etc',
      '/home',
      '/proc',
      '/var',
      '//',
      '/usr/..',
      '/tmp/',
      '.',
      '',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 5 }),
      fc.constantFrom('tool', './bin/tool', '../x'),
      (path, command) => {
        for (const one of toolDirectories([command], path.join(':'), {
          home,
          workspace,
          cwd: workspace,
        })) {
          const real = realpathSync(one);
          expect(one).not.toMatch(/\/\.{0,2}(\/|$)/);
          expect([one, within(home, real)]).toEqual([one, false]);
          expect([one, within(workspace, real) || within(real, workspace)]).toEqual([one, false]);
          expect(['/', '/tmp', '/etc', '/home', '/proc', '/var']).not.toContain(real);
        }
      },
    ),
    { numRuns: 300 },
  );
});
