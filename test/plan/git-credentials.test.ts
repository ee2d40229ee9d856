import { describe, expect, it } from 'vitest';
import type { GitFile, Owned, Site } from '../../src/plan/site.ts';
import type { Mount } from '../../src/plan/filesystem-types.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { FactsOverrides } from '../fixtures/facts.ts';
import { plan, SCRATCH } from '../fixtures/plan.ts';
import { named, WORKSPACE } from '../fixtures/site.ts';

type Mode = 'scratch-only' | 'scratch-plus-ro' | 'overlay' | 'workspace' | 'off';

const ROOT: FactsOverrides = {
  identity: { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' },
};
const MISSING: FactsOverrides = { missing: ['bwrap'] };

const owned = (path: string, mode: number): Owned => ({
  path: `${WORKSPACE}/${path}`,
  uid: 1001,
  gid: 1002,
  mode,
});

function config(overrides: Partial<GitFile> = {}): GitFile {
  return {
    ...owned('sub/.git/config', 0o640),
    shown: '[core]\n',
    removed: ['http.https://example.com/.extraheader', 'credential.helper'],
    directories: [owned('sub', 0o755), owned('sub/.git', 0o2750)],
    own: true,
    ...overrides,
  };
}

function decide(
  mode: Mode,
  site: Partial<Site> = {},
  facts: FactsOverrides = {},
  file = config(),
): Plan {
  const git = { files: [file], repositories: [], cutShort: false, system: '' };
  return plan({ policy: { filesystem: { mode } }, site: { git, ...site }, facts });
}

/** Where a file of ours is mounted over git's. */
function covered({ filesystem }: Plan): Mount[] {
  return filesystem.mounts.filter(
    (mount) => mount.kind === 'bind' && mount.source.startsWith(`${SCRATCH}/files/git-`),
  );
}

const over = (target: string): object => ({
  kind: 'bind',
  source: `${SCRATCH}/files/git-0`,
  target,
  writable: false,
});

const CONFIG = config().path;
const LAYERED = [
  { path: 'sub', content: null, uid: 1001, gid: 1002, mode: 0o755 },
  { path: 'sub/.git', content: null, uid: 1001, gid: 1002, mode: 0o2750 },
  { path: 'sub/.git/config', content: '[core]\n', uid: 1001, gid: 1002, mode: 0o640 },
];

function codes(made: Plan): string[] {
  return made.notes.map(({ code }) => code).filter((code) => code !== 'memory-watched');
}

describe('a file with credentials', () => {
  it.each<[string, FactsOverrides, Partial<GitFile>]>([
    ['a user', {}, {}],
    ['root', ROOT, {}],
    ['root, whoever owns it', ROOT, { own: false }],
  ])('lies cleaned in the throwaway layer under %s', (_, facts, file) => {
    const made = decide('overlay', {}, facts, config(file));
    expect(made.filesystem.overlay?.entries).toEqual(LAYERED);
    expect(covered(made)).toEqual([]);
  });

  it.each<[string, Mode, Partial<GitFile>, FactsOverrides]>([
    ['scratch-plus-ro', 'scratch-plus-ro', {}, {}],
    ['workspace', 'workspace', {}, {}],
    ['workspace under root', 'workspace', {}, ROOT],
    ["an overlay that cannot hold somebody else's file", 'overlay', { own: false }, {}],
    ['what an overlay falls to', 'overlay', {}, { missing: ['mount'] }],
  ])('is mounted over, read-only, in %s', (_, mode, file, facts) => {
    const made = decide(mode, {}, facts, config(file));
    expect(covered(made)).toEqual([over(CONFIG)]);
    expect(made.filesystem.files).toContainEqual({ name: 'files/git-0', content: '[core]\n' });
    expect(made.filesystem.overlay?.entries ?? []).toEqual([]);
  });

  it('needs no hiding where there is no workspace', () => {
    const made = decide('scratch-only');
    expect(covered(made)).toEqual([]);
    expect(codes(made)).toEqual([]);
  });

  it.each<[string, Mode, Partial<Site>, readonly string[]]>([
    ['a directory to write', 'overlay', { write: [named(`${WORKSPACE}/sub`)] }, [CONFIG]],
    ['a directory to read', 'scratch-only', { read: [named(`${WORKSPACE}/sub`)] }, [CONFIG]],
    [
      'the workspace by another name',
      'overlay',
      { read: [named('/alias', { real: WORKSPACE })] },
      ['/alias/sub/.git/config'],
    ],
    ['a directory above, under the workspace itself', 'overlay', { read: [named('/home')] }, []],
    [
      'a directory above, without a workspace',
      'scratch-only',
      { read: [named('/home')] },
      [CONFIG],
    ],
    [
      'the system, by another name',
      'overlay',
      { read: [named('/alias', { real: '/home/runner' })] },
      ['/alias/work/project/sub/.git/config'],
    ],
    [
      'a base directory with the workspace in it',
      'scratch-only',
      { base: [{ path: '/home', kind: 'directory' }] },
      [CONFIG],
    ],
    ['nothing of a sibling', 'scratch-only', { read: [named(`${WORKSPACE}/su`)] }, []],
    ['what is hidden anyhow', 'workspace', { hide: [named(`${WORKSPACE}/sub`)] }, []],
  ])('is covered in all that is shown: %s', (_, mode, site, targets) => {
    for (const facts of [{}, ROOT])
      expect(covered(decide(mode, site, facts))).toEqual(targets.map(over));
  });

  it('comes after every mount that could show it', () => {
    const { filesystem } = decide('overlay', { write: [named(`${WORKSPACE}/sub`)] });
    const targets = filesystem.mounts.flatMap((mount) => ('target' in mount ? [mount.target] : []));
    expect(targets.indexOf(CONFIG)).toBeGreaterThan(targets.indexOf(`${WORKSPACE}/sub`));
  });

  it('is shown where the policy names the file itself, and that is told', () => {
    const file = named(CONFIG, { kind: 'file' });
    const made = decide('overlay', { read: [file] });
    expect(covered(made)).toEqual([]);
    expect(made.filesystem.overlay?.entries).toEqual([]);
    expect(codes(made)).toEqual(['git-credentials-visible']);
  });

  it('is not shown where a symlink in the workspace leads to it', () => {
    const link = named(`${WORKSPACE}/link`, { kind: 'file', real: CONFIG });
    const made = decide('workspace', { read: [link] });
    expect(covered(made)).toEqual([over(CONFIG)]);
    expect(made.downgrades).toMatchObject([{ code: 'path-through-symlink' }]);
  });

  it('shares its directories with others', () => {
    const store = config({ ...owned('sub/.git/credentials', 0o600), shown: '', removed: [] });
    const git = { files: [config(), store], repositories: [], cutShort: false, system: '' };
    expect(decide('overlay', { git }).filesystem.overlay?.entries).toEqual([
      ...LAYERED,
      { path: 'sub/.git/credentials', content: '', uid: 1001, gid: 1002, mode: 0o600 },
    ]);
  });
});

describe('the reader is told', () => {
  it('what is hidden, by name', () => {
    expect(decide('overlay').notes).toContainEqual({
      code: 'git-credentials-hidden',
      text: "git's credentials are not shown to the step: http.https://example.com/.extraheader of sub/.git/config, credential.helper of sub/.git/config",
    });
  });

  it('of a whole file, of many names, and of names that would act', () => {
    const made = (file: Partial<GitFile>): string =>
      decide('overlay', {}, {}, config(file))
        .notes.map(({ text }) => text)
        .join('\n');
    expect(made({ removed: [] })).toContain('all of sub/.git/config');
    expect(made({ removed: Array.from({ length: 25 }, (_, n) => `a.k${n}`) })).toMatch(
      /a\.k19 of sub\/\.git\/config, and 5 more$/m,
    );
    expect(made({ removed: ['http.\u001b[2J\n::x.proxy'] })).toContain('http.\\u001b[2J\\u000a::x');
  });

  it.each<[string, Mode, FactsOverrides]>([
    ['off', 'off', {}],
    ['overlay without a sandbox', 'overlay', MISSING],
  ])('that nothing is hidden in %s', (_, mode, facts) => {
    const made = decide(mode, {}, facts);
    expect(covered(made)).toEqual([]);
    expect(codes(made)).toContain('git-credentials-visible');
  });

  it('that not all was searched', () => {
    const git = { files: [], repositories: [], cutShort: true, system: '' };
    expect(codes(decide('overlay', { git }))).toEqual(['git-not-searched']);
  });
});

it("the machine's configuration is shown without credentials, and every owner is fine", () => {
  const git = {
    files: [],
    repositories: [],
    cutShort: false,
    system: '[filter "lfs"]\n\tclean = "x"\n',
  };
  expect(decide('overlay', { git }).filesystem.files).toContainEqual({
    name: 'files/gitconfig',
    content: '[filter "lfs"]\n\tclean = "x"\n[safe]\n\tdirectory = *\n',
  });
});
