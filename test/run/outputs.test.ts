import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OutputsPlan } from '../../src/plan/filesystem-types.ts';
import { stageOutputs, type Staged } from '../../src/run/outputs/bring.ts';
import { type Journal, settleOutputs } from '../../src/run/outputs/journal.ts';
import type { Move } from '../../src/run/outputs/moves.ts';
import { openRoot, removeTree, setDirectoryMode, using } from '../../src/run/outputs/open-at.ts';
import { ownNamespace, recoverOutputs, settleRuns } from '../../src/run/outputs/recover.ts';
import type { Reader } from '../../src/run/reader.ts';
import { startOf } from '../../src/tools/processes.ts';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'glovebox-outputs-test-'));
});
afterAll(() => rmSync(base, { recursive: true }));

/** A file's content, `-> target` of a link, null for an empty directory. */
type Files = Readonly<Record<string, string | null>>;

function make(files: Files): string {
  const directory = mkdtempSync(join(base, 'tree-'));
  for (const [path, content] of Object.entries(files)) {
    const whole = join(directory, path);
    mkdirSync(dirname(whole), { recursive: true });
    if (content === null) mkdirSync(whole);
    else if (content.startsWith('-> ')) symlinkSync(content.slice(3), whole);
    else writeFileSync(whole, content);
  }
  return directory;
}

function tree(directory: string, below = ''): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) found[below + name] = `-> ${readlinkSync(path)}`;
    else if (!stats.isDirectory()) found[below + name] = readFileSync(path, 'utf8');
    else if (readdirSync(path).length === 0) found[below + name] = null;
    else Object.assign(found, tree(path, `${below}${name}/`));
  }
  return found;
}

interface Setting {
  readonly workspace: string;
  readonly own: string;
  readonly staged: Staged;
}

/** What the step left beside what the workspace has: everything that the real thing does, but for its mounts. */
function stage(
  merged: string,
  workspace: string,
  plan: Partial<OutputsPlan> = {},
  reader: Reader | null = null,
): Setting {
  const own = mkdtempSync(join(base, 'own-'));
  chmodSync(own, 0o700);
  const job = {
    plan: {
      ...({ globs: ['**'], never: [], on: 'success', missing: 'fail' } as const),
      ...{ maxBytes: null, maxFiles: null },
      ...plan,
    },
    ...{ merged, workspace, layers: [], root: false, reader, supervisor: 0 },
    ...{ startedAt: null, namespace: '' },
  };
  return { workspace, own, staged: stageOutputs(job, own, () => undefined) };
}

function bring(merged: Files, workspace: Files, plan: Partial<OutputsPlan> = {}) {
  const made = stage(make(merged), make(workspace), plan);
  made.staged.commit?.(() => undefined);
  return { seen: made.staged.seen, after: tree(made.workspace) };
}

describe('what comes out', () => {
  it.each<[string, Files, Files, Files]>([
    ['a fresh tree', { 'd/a/b': '1', 'd/e': null }, {}, { 'd/a/b': '1', 'd/e': null }],
    ['a changed file', { a: '2', b: '1' }, { a: '1', b: '1' }, { a: '2', b: '1' }],
    ['nothing of what is deleted', { b: '2' }, { a: '1', b: '1' }, { a: '1', b: '2' }],
    ['a file for a directory', { a: '1' }, { 'a/b/c': '2' }, { a: '1' }],
    ['a directory for a file', { 'a/b': '1' }, { a: '2' }, { 'a/b': '1' }],
    ['a link for a file', { a: '1', b: '-> a' }, { a: '1', b: '2' }, { a: '1', b: '-> a' }],
    [
      'another link',
      { a: '1', b: '2', c: '-> a' },
      { a: '1', b: '2', c: '-> b' },
      { a: '1', b: '2', c: '-> a' },
    ],
    [
      'a link through links',
      { 'd/a': '1', e: '-> d', f: '-> e/a' },
      {},
      { 'd/a': '1', e: '-> d', f: '-> e/a' },
    ],
    ['a file in place of a link', { a: '1' }, { a: '-> /etc/passwd' }, { a: '1' }],
  ])('%s', (_, merged, workspace, after) => {
    const made = bring(merged, workspace);
    expect(made.seen.problem).toBeNull();
    expect(made.after).toEqual(after);
  });

  it.each<[string, Files, Files, string]>([
    ['a link to nowhere', { a: '-> b' }, {}, 'a: it is a symlink that leads out of the outputs'],
    ['an absolute link', { a: '1', b: '-> /a' }, {}, 'b: it is a symlink'],
    ['a link above', { 'd/a': '1', b: '-> ../b' }, {}, 'b: it is a symlink'],
    ['a link round itself', { a: '-> b', b: '-> a' }, {}, ': it is a symlink'],
    ['a link through a file', { a: '1', b: '-> a/..' }, {}, 'b: it is a symlink'],
    [
      'a link through one that leads out',
      { a: '-> /etc', b: '-> a/passwd' },
      {},
      ': it is a symlink',
    ],
    ['a directory for a link', { 'a/b': '1' }, { a: '-> ..' }, 'in the workspace a is a symlink'],
    [
      'a file for what never comes out',
      { a: '1' },
      { 'a/.git/x': '2' },
      'a: in the workspace it is a directory with things in it',
    ],
  ])('not %s', (_, merged, workspace, problem) => {
    const directory = make(workspace);
    let said: string | null;
    try {
      said = stage(make(merged), directory).staged.seen.problem;
    } catch (error) {
      said = `${(error as { path?: string }).path}: ${String(error)}`.replace(
        'OutputProblem: ',
        '',
      );
    }
    expect(said).toContain(problem);
    expect(tree(directory)).toEqual(workspace);
  });

  it('leaves a link that was there, and leads out, where it is', () => {
    const { seen, after } = bring({ a: '1', l: '-> /etc' }, { l: '-> /etc' });
    expect(seen).toMatchObject({ problem: null, files: 1 });
    expect(seen.leftOut).toEqual([
      { path: 'l', reason: 'it is a symlink that leads out of the outputs' },
    ]);
    expect(after).toEqual({ a: '1', l: '-> /etc' });
  });

  it('leaves the special bits of what is there already', () => {
    const [merged, workspace] = [make({ a: '1', b: '1' }), make({ a: '1', b: '1' })];
    for (const directory of [merged, workspace])
      for (const name of ['a', 'b']) utimesSync(join(directory, name), 1000, 1000);
    // As where a file was given to somebody else, and where the step set them.
    chmodSync(join(workspace, 'a'), 0o4644);
    chmodSync(join(merged, 'b'), 0o4644);
    const { staged } = stage(merged, workspace);
    expect(staged.commit).toBeNull();
    expect(staged.seen).toMatchObject({
      leftOut: [{ path: 'b', reason: 'its setuid and setgid bits are taken off' }],
    });
    expect(statSync(join(workspace, 'a')).mode & 0o7777).toBe(0o4644);
  });

  it('counts what cannot come out as well', () => {
    const merged = make({});
    for (const name of ['1', '2', '3']) spawnSync('mkfifo', [join(merged, name)]);
    expect(() => stage(merged, make({}), { maxFiles: 2 })).toThrow('more than 2');
    expect(stage(merged, make({}), { maxFiles: 3 }).staged.seen.refused).toHaveLength(3);
  });

  it.each<[string, number, Reader | null, string[]]>([
    ['the owner`s', 0o600, null, []],
    ['somebody else`s', 0o600, { uid: 4711, gid: 4711 }, ['f']],
    ['somebody else`s that all may read', 0o604, { uid: 4711, gid: 4711 }, []],
    ['one of its group', 0o640, { uid: 4711, gid: process.getgid?.() ?? 0 }, []],
    ['one of its group, but not for it', 0o604, { uid: 4711, gid: process.getgid?.() ?? 0 }, ['f']],
  ])('has only files that the step could read: %s', (_, mode, reader, refused) => {
    const [merged, workspace] = [make({ f: '1' }), make({})];
    chmodSync(join(merged, 'f'), mode);
    const { seen } = stage(merged, workspace, {}, reader).staged;
    expect(seen.refused.map(({ path }) => path)).toEqual(refused);
  });

  it('takes no directory away that is another user`s', () => {
    const workspace = make({ 'a/b': '1' });
    const us = vi.spyOn(process, 'geteuid').mockReturnValue(4711);
    try {
      expect(() => stage(make({ a: '2' }), workspace)).toThrow('of another user');
    } finally {
      us.mockRestore();
    }
    expect(tree(workspace)).toEqual({ 'a/b': '1' });
  });

  it('sets no mode through a symlink', () => {
    const directory = make({ 'd/a': '1', l: '-> d' });
    using(openRoot(directory), (root) => {
      expect(() => setDirectoryMode(root, 'l', 0o711)).toThrow('ENOTDIR');
      setDirectoryMode(root, 'd', 0);
      expect(statSync(join(directory, 'd')).mode & 0o777).toBe(0);
      removeTree(root, 'd');
    });
    expect(readdirSync(directory)).toEqual(['l']);
  });

  it.each(['-1.5', '0', '1700000000.123456'])('keeps the time %s', (time) => {
    const [merged, workspace] = [make({ 'd/a': '1', 'd/l': '-> a' }), make({})];
    const paths = ['d/a', 'd/l', 'd'];
    for (const path of paths) lutimesSync(join(merged, path), time, time);
    stage(merged, workspace).staged.commit?.(() => undefined);
    const times = paths.map((path) => lstatSync(join(workspace, path), { bigint: true }).mtimeNs);
    const expected = Number(time) * 1e9;
    expect(times.map((found) => Math.abs(Number(found) - expected) < 2000)).toEqual([
      ...[true, true, true],
    ]);
  });

  it('follows no symlinks for ever that lead through one another', () => {
    const chain = (links: number): Files => {
      const detour = `.${'/'.repeat(4000)}`;
      const first = Object.fromEntries(
        Array.from({ length: 38 }, (_, index) => [`l${index}`, `-> ${detour}l${index - 1}`]),
      );
      const others = Array.from({ length: links }, (_, index) => [`x${index}`, `-> ${detour}l37`]);
      return { ...first, 'l-1': '1', ...(Object.fromEntries(others) as Files) };
    };
    expect(stage(make(chain(1)), make({})).staged.seen.refused).toEqual([]);
    expect(() => stage(make(chain(150)), make({}))).toThrow('lead through more than');
  });

  it('brings names of one file out together, also one that was there', () => {
    const merged = make({ a: '1' });
    linkSync(join(merged, 'a'), join(merged, 'b'));
    const workspace = make({ a: '1' });
    const { mtime } = statSync(join(merged, 'a'));
    utimesSync(join(workspace, 'a'), mtime, mtime);
    const made = stage(merged, workspace);
    made.staged.commit?.(() => undefined);
    expect(statSync(join(workspace, 'a')).ino).toBe(statSync(join(workspace, 'b')).ino);
    expect(made.staged.seen).toMatchObject({ files: 2, bytes: 1 });
  });

  it('tells one content from another of the same size and time', () => {
    const [merged, workspace] = [make({ a: 'one', b: 'two' }), make({ a: 'one', b: 'owt' })];
    for (const path of [merged, workspace].flatMap((top) => [join(top, 'a'), join(top, 'b')]))
      utimesSync(path, 1e9, 1e9);
    const made = stage(merged, workspace);
    made.staged.commit?.(() => undefined);
    expect(made.staged.seen.files).toBe(1);
    expect(tree(workspace)).toEqual({ a: 'one', b: 'two' });
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const files: fc.Arbitrary<Files> = fc
  .uniqueArray(
    fc.tuple(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
      fc.constantFrom('1', '2', '3', null),
    ),
    { selector: ([path]) => path, maxLength: 8 },
  )
  .map((entries) => {
    const paths = entries.map(([path]) => path);
    // A path on the way to another one is a directory anyway.
    const leaves = entries.filter(([path]) => !paths.some((other) => other.startsWith(`${path}/`)));
    return Object.fromEntries(leaves);
  });

describe('any step', () => {
  it('leaves what it made, over what was there', () => {
    fc.assert(
      fc.property(files, files, (merged, workspace) => {
        const { seen, after } = bring(merged, workspace, { missing: 'warn' });
        expect(seen.done || seen.problem === null).toBe(true);
        const made = Object.entries(merged);
        expect(
          made.filter(([path, content]) => content !== null && after[path] !== content),
        ).toEqual([]);
        // What is neither made nor in the way of it stays.
        const inTheWay = (path: string): boolean =>
          made.some(
            ([own]) => own === path || own.startsWith(`${path}/`) || path.startsWith(`${own}/`),
          );
        expect(
          Object.entries(workspace).filter(
            ([path, content]) => !inTheWay(path) && after[path] !== content,
          ),
        ).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

const BEFORE: Files = {
  ...{ 'dist/a': 'old', 'dist/b': 'old', 'dist/was-dir/x': 'old', 'dist/was-file': 'old' },
  other: 'other',
};
const AFTER: Files = {
  ...{ 'dist/a': 'new', 'dist/b': 'new', 'dist/was-dir': 'new', 'dist/was-file/x': 'new' },
  ...{ 'dist/fresh/x': 'new', 'dist/fresh/y/z': 'new', 'dist/link': '-> a', top: 'new' },
};

const DONE: Files = { ...AFTER, other: 'other' };

/** Everything staged, and the journal that says what is to be moved. */
function begun(): Setting & { readonly moves: readonly Move[]; readonly staging: string } {
  const made = stage(make(AFTER), make(BEFORE));
  const journal = join(made.own, 'journal.json');
  const { staging } = JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  const copy = join(base, 'copy');
  // The moves are written down first of all, so a commit that fails at once leaves them to be read.
  renameSync(join(made.workspace, staging), copy);
  expect(() => made.staged.commit?.(() => undefined)).toThrow('no such file');
  const { moves } = JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  renameSync(copy, join(made.workspace, staging));
  return { ...made, moves: moves ?? [], staging };
}

/** Does by hand what was done when everything was killed: so many moves, and half of the next. */
function moveByHand(
  { workspace, staging, moves }: ReturnType<typeof begun>,
  count: number,
  half: boolean,
): void {
  for (const [index, { path, kind }] of moves.entries()) {
    if (index > count || (index === count && !half)) return;
    const [from, to] = [join(workspace, staging, 'new', path), join(workspace, path)];
    if (kind === 'replace') renameSync(to, join(workspace, staging, 'old', `${index}`));
    if (index < count) renameSync(from, to);
  }
}

describe('a run that was killed', () => {
  const MOVES = 7;
  const moments = Array.from(
    { length: (MOVES + 1) * 2 },
    (_, moment) => [Math.floor(moment / 2), moment % 2 === 1] as const,
  );

  it('has so many moves', () => {
    expect(begun().moves).toHaveLength(MOVES);
  });

  it.each(moments)('is ended after %i moves (and half of another: %s)', (count, half) => {
    const run = begun();
    moveByHand(run, count, half);
    expect(settleOutputs(run.own)).toBe('in-place');
    expect(tree(run.workspace)).toEqual(DONE);
    expect(settleOutputs(run.own)).toBeNull();
  });

  it.each(moments)(
    'is taken back after %i moves (and half of another: %s) where it cannot be ended',
    (count, half) => {
      const run = begun();
      moveByHand(run, count, half);
      // Something that nobody foresaw stands where the last one goes, unless it is there already.
      const last = run.moves.findLast(({ kind }) => kind === 'place');
      const path = last?.path ?? '';
      const foreseen = existsSync(join(run.workspace, path));
      if (!foreseen) writeFileSync(join(run.workspace, path), 'foreign');
      expect(settleOutputs(run.own)).toBe(foreseen ? 'in-place' : 'taken-back');
      const after = foreseen ? DONE : { ...BEFORE, [path]: 'foreign' };
      expect(tree(run.workspace)).toEqual(after);
      expect(settleOutputs(run.own)).toBeNull();
    },
  );

  it('is taken back where not all was staged', () => {
    const made = stage(make(AFTER), make(BEFORE));
    expect(tree(made.workspace)).not.toEqual(BEFORE);
    expect(settleOutputs(made.own)).toBe('taken-back');
    expect(tree(made.workspace)).toEqual(BEFORE);
  });

  it.each([
    ['ended', '', 'in-place', 'new'],
    ['taken back', 'in the way', 'taken-back', 'old'],
  ])('leaves a read-only directory read-only when it is %s', (_, obstacle, settled, content) => {
    const [merged, workspace] = [make({ 'd/a': 'new', z: '1' }), make({ 'd/a': 'old' })];
    for (const directory of [merged, workspace]) chmodSync(join(directory, 'd'), 0o555);
    const { own } = stage(merged, workspace);
    const file = join(own, 'journal.json');
    const journal = JSON.parse(readFileSync(file, 'utf8')) as Journal;
    const moves: Move[] = [
      { path: 'd', kind: 'mode', mode: 0o555, before: 0o555 },
      { path: 'd/a', kind: 'replace', mode: null, before: 0 },
      { path: 'z', kind: 'place', mode: null, before: 0 },
    ];
    writeFileSync(file, JSON.stringify({ ...journal, moves }));
    if (obstacle !== '') writeFileSync(join(workspace, 'z'), obstacle);
    expect(settleOutputs(own)).toBe(settled);
    expect(readFileSync(join(workspace, 'd/a'), 'utf8')).toBe(content);
    expect(statSync(join(workspace, 'd')).mode & 0o777).toBe(0o555);
    for (const directory of [merged, workspace]) chmodSync(join(directory, 'd'), 0o755);
  });

  it('keeps what it replaced where it can neither be ended nor taken back', () => {
    const run = begun();
    moveByHand(run, run.moves.length, false);
    // Taken away behind our back: neither there nor here.
    rmSync(join(run.workspace, 'dist/a'));
    rmSync(join(run.workspace, run.staging, 'new/dist'), { recursive: true });
    expect(() => settleOutputs(run.own)).toThrow('no such file');
    const kept = readdirSync(join(run.workspace, run.staging, 'old'));
    expect(kept).toHaveLength(run.moves.filter(({ kind }) => kind === 'replace').length);
    expect(existsSync(join(run.own, 'journal.json'))).toBe(true);
  });

  it.each<[string, (journal: Journal) => object]>([
    ['that leads upwards', (journal) => ({ ...journal, moves: move('../x') })],
    ['that is absolute', (journal) => ({ ...journal, moves: move('/x') })],
    ['that is of git', (journal) => ({ ...journal, moves: move('.git/hooks/x') })],
    ['of another directory', (journal) => ({ ...journal, staging: 'dist' })],
    ['of no directory', (journal) => ({ ...journal, staging: '../x' })],
  ])('and whose journal has a path %s is left alone', (_, forge) => {
    const run = begun();
    const file = join(run.own, 'journal.json');
    const journal = JSON.parse(readFileSync(file, 'utf8')) as Journal;
    writeFileSync(file, JSON.stringify(forge(journal)));
    const before = tree(run.workspace);
    expect(settleOutputs(run.own)).toBeNull();
    expect(tree(run.workspace)).toEqual(before);
  });
});

/** A killed run in a directory for runs, with the supervisor that it names. */
function abandoned(supervisor: number, startedAt: string | null, namespace = ownNamespace()) {
  const killed = begun();
  moveByHand(killed, 2, true);
  const directory = mkdtempSync(join(base, 'runs-'));
  const run = join(directory, `glovebox-1-${'0'.repeat(12)}`);
  mkdirSync(run);
  renameSync(killed.own, join(run, 'outputs'));
  const { workspace } = killed;
  const job = JSON.stringify({ workspace, supervisor, startedAt, namespace });
  writeFileSync(join(run, 'outputs/job.json'), job);
  return { directory, run, workspace };
}

describe('recovering', () => {
  it('ends what a run began whose supervisor is gone', async () => {
    // A later process may have its number.
    const { directory, workspace } = abandoned(process.pid, 'long ago');
    expect(await recoverOutputs(directory)).toEqual([
      `an earlier run in ${workspace} was killed while it brought its outputs out: they are all in place now`,
    ]);
    expect(tree(workspace)).toEqual(DONE);
    expect(await recoverOutputs(directory)).toEqual([]);
  });

  it('leaves a run alone whose supervisor lives', async () => {
    const { directory, workspace } = abandoned(process.pid, startOf(process.pid));
    const before = tree(workspace);
    expect(await recoverOutputs(directory)).toEqual([]);
    expect(tree(workspace)).toEqual(before);
  });

  it('leaves a run alone that another process is just ending', async () => {
    const { directory, run, workspace } = abandoned(1, 'long ago');
    const own = join(run, 'outputs');
    const other = spawn('flock', [own, 'sh', '-c', 'echo on; exec cat']);
    await once(other.stdout, 'data');
    expect(await recoverOutputs(directory)).toEqual([]);
    other.stdin.end();
    await once(other, 'exit');
    expect(await recoverOutputs(directory)).toHaveLength(1);
    expect(tree(workspace)).toEqual(DONE);
  });

  it('ends nothing for a directory that others could have written', async () => {
    const { directory, run, workspace } = abandoned(1, 'long ago');
    const before = tree(workspace);
    const named = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)', run]);
    const ended = new Promise((resolve) => named.once('exit', (_, signal) => resolve(signal)));
    try {
      chmodSync(join(run, 'outputs'), 0o777);
      expect(await recoverOutputs(directory)).toEqual([]);
      expect(tree(workspace)).toEqual(before);
    } finally {
      named.kill('SIGTERM');
    }
    expect(await ended).toBe('SIGTERM');
  });

  it('gives a run in another container an hour', async () => {
    const { directory, run, workspace } = abandoned(1, null, 'pid:[1]');
    expect(await recoverOutputs(directory)).toEqual([]);
    const past = Date.now() / 1000 - 3601;
    utimesSync(run, past, past);
    expect(await recoverOutputs(directory)).toHaveLength(1);
    expect(tree(workspace)).toEqual(DONE);
  });

  it('looks into the directories of the action, too', async () => {
    const { directory, workspace } = abandoned(1, 'long ago');
    const above = mkdtempSync(join(base, 'above-'));
    renameSync(directory, join(above, `glovebox-action-${'0'.repeat(24)}`));
    expect(await recoverOutputs(above)).toHaveLength(1);
    expect(tree(workspace)).toEqual(DONE);
  });

  it('is what the action`s last step does, before it takes all away', () => {
    const { directory, workspace } = abandoned(1, 'long ago');
    settleRuns(directory);
    expect(tree(workspace)).toEqual(DONE);
  });
});

function move(path: string): Move[] {
  return [{ path, kind: 'place', mode: null, before: 0 }];
}
