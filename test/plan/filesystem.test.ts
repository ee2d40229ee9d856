import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bwrapOptions, masksIn, inOrder, within, type Located } from '../../src/plan/mounts.ts';
import type { NamedPath, Site } from '../../src/plan/site.ts';
import {
  type GuardPlan,
  type LayerStack,
  type Mount,
  NO_LAYERS,
} from '../../src/plan/filesystem-types.ts';
import type { Plan } from '../../src/plan/types.ts';
import { said, type FactsOverrides, WORKED } from '../fixtures/facts.ts';
import { plan, SCRATCH } from '../fixtures/plan.ts';
import { guarded, named, WORKSPACE } from '../fixtures/site.ts';

type Mode = 'scratch-only' | 'scratch-plus-ro' | 'overlay' | 'workspace' | 'off';

const ROOT: FactsOverrides = {
  identity: { uid: 0, gid: 0, realRoot: true, userName: 'root', home: '/root' },
};

function decide(
  mode: Mode,
  site: Partial<Site> = {},
  facts: FactsOverrides = {},
  stack: LayerStack = NO_LAYERS,
): Plan {
  return plan({ policy: { filesystem: { mode } }, site, facts, stack });
}

/** What stands at a path in the end. */
function at({ filesystem }: Plan, target: string): Located | undefined {
  return filesystem.mounts.find(
    (mount): mount is Located => 'target' in mount && mount.target === target,
  );
}

function codes(made: Plan): string[] {
  return [
    ...made.downgrades.map(({ code }) => code),
    ...made.notes.map(({ code }) => code).filter((code) => code !== 'memory-watched'),
  ];
}

const writableScratch = {
  kind: 'bind',
  source: `${SCRATCH}/work`,
  target: '/scratch',
  writable: true,
};

describe('the modes', () => {
  it.each<[Mode, object | undefined, object | undefined, string]>([
    ['scratch-only', undefined, writableScratch, '/scratch'],
    ['scratch-plus-ro', { source: WORKSPACE, writable: false }, writableScratch, '/scratch'],
    ['overlay', { source: `${SCRATCH}/merged`, writable: true }, undefined, `${WORKSPACE}/sub`],
    ['workspace', { source: WORKSPACE, writable: true }, undefined, `${WORKSPACE}/sub`],
  ])('%s', (mode, workspace, scratch, cwd) => {
    const made = decide(mode, { cwd: `${WORKSPACE}/sub` });
    expect(at(made, WORKSPACE)).toEqual(
      workspace && { kind: 'bind', target: WORKSPACE, ...workspace },
    );
    expect(at(made, '/scratch')).toEqual(scratch);
    expect(made.filesystem.cwd).toBe(cwd);
    expect(made.layers.filesystem.status).toBe('enforced');
  });

  it('off shows the whole host, with a /proc of its own', () => {
    const { filesystem, layers } = decide('off', { cwd: `${WORKSPACE}/sub` });
    expect(filesystem.mounts.map(({ kind }) => kind)).toEqual(['host-root', 'proc']);
    expect(filesystem.cwd).toBe(`${WORKSPACE}/sub`);
    expect(layers.filesystem.status).toBe('not-requested');
    expect(bwrapOptions(filesystem.mounts, masksIn('/e'))).not.toContain('--remount-ro');
  });

  it.each<Mode>(['scratch-only', 'scratch-plus-ro', 'overlay', 'workspace'])(
    '%s has base system, chosen files of /etc, tools, and empty homes and temporary directories',
    (mode) => {
      const made = decide(mode);
      expect(at(made, '/usr')).toMatchObject({ kind: 'bind', writable: false });
      expect(at(made, '/bin')).toEqual({ kind: 'symlink', target: '/bin', to: 'usr/bin' });
      expect(at(made, '/opt/node')).toMatchObject({ kind: 'bind', writable: false });
      for (const target of ['/tmp', '/var/tmp', '/run', '/home/runner'])
        expect(at(made, target)?.kind).toBe('tmpfs');
      for (const name of [
        ...['passwd', 'group', 'hosts', 'hostname', 'resolv.conf', 'nsswitch.conf', 'gitconfig'],
      ])
        expect(at(made, `/etc/${name}`)).toMatchObject({
          source: `${SCRATCH}/files/${name}`,
          writable: false,
        });
      expect(made.filesystem.mounts.slice(0, 2)).toEqual([
        { kind: 'proc', covered: ['/proc/keys'] },
        { kind: 'dev' },
      ]);
    },
  );

  it('covers nothing where the home directory is /', () => {
    const made = decide('overlay', {}, { identity: { home: '/' } });
    expect(at(made, '/')).toBeUndefined();
    expect(at(made, '/usr')?.kind).toBe('bind');
  });

  it('falls from overlay to workspace where there is no overlayfs, and says so', () => {
    const made = decide('overlay', {}, { missing: ['mount'] });
    expect(at(made, WORKSPACE)).toMatchObject({ source: WORKSPACE, writable: true });
    expect(made.filesystem.overlay).toBeNull();
    expect(made.layers.filesystem.status).toBe('downgraded');
    expect(made.downgrades[0]).toMatchObject({ layer: 'filesystem', code: 'tool-missing' });
  });

  it('keeps the guards of workspace mode when it falls there', () => {
    const git = guarded(`${WORKSPACE}/.git`);
    const made = decide('overlay', { guarded: [git] }, { missing: ['mount'] });
    expect(at(made, git.absolute)).toMatchObject({ writable: false });
  });
});

describe('the overlay', () => {
  it('belongs to the user without root', () => {
    const { filesystem } = decide('overlay');
    expect(filesystem.overlay).toEqual({
      lower: WORKSPACE,
      below: [],
      upper: `${SCRATCH}/upper`,
      index: `${SCRATCH}/index`,
      merged: `${SCRATCH}/merged`,
      before: { mount: `${SCRATCH}/lower`, options: null },
      attributes: 'user',
      top: { uid: 1001, gid: 1002, mode: 0o755 },
      entries: [],
      options: `lowerdir=${SCRATCH}/lower,upperdir=${SCRATCH}/upper,workdir=${SCRATCH}/index,userxattr`,
      chown: null,
      chownBecause: null,
      idmap: null,
      given: null,
      redirects: false,
    });
    expect(filesystem.directories).toEqual(
      expect.arrayContaining(['lower', 'merged', 'upper', 'index', 'empty', 'files', 'work']),
    );
  });

  it.each<[string, FactsOverrides]>([
    ['a user', {}],
    ['root', ROOT],
  ])('has at its top the owner and mode of the workspace under %s', (_name, facts) => {
    const { filesystem } = decide(
      'overlay',
      { workspaceOwner: { uid: 2001, gid: 2002 }, workspaceMode: 0o2750 & 0o777 },
      facts,
    );
    expect(filesystem.overlay?.top).toEqual({ uid: 2001, gid: 2002, mode: 0o750 });
  });

  it.each<[string, FactsOverrides, string]>([
    ['a user', {}, 'userxattr'],
    ['root', ROOT, 'redirect_dir=nofollow,metacopy=off'],
  ])('is put together without the step`s own layer as well, for %s', (_name, found, format) => {
    const below = ['/run/2/upper', '/run/1/upper'];
    const { overlay, directories } = decide('overlay', {}, found, {
      below,
      own: '/run/3',
    }).filesystem;
    const lowers = `lowerdir=/run/2/upper:/run/1/upper:${SCRATCH}/lower`;
    expect(overlay?.before).toEqual({ mount: `${SCRATCH}/before`, options: `${lowers},${format}` });
    expect(overlay?.options.startsWith(`${lowers},upperdir=/run/3/upper,`)).toBe(true);
    expect(directories).toContain('before');
  });
  const ROOT_OWNED = { workspaceOwner: { uid: 0, gid: 0 } };
  const IDMAP = { ...ROOT, attempts: { idmap: WORKED } };

  it('is given to the step by root only where the owner is another', () => {
    expect(decide('overlay', {}, ROOT).filesystem.overlay?.chown).toBeNull();
    const { overlay } = decide('overlay', ROOT_OWNED, ROOT).filesystem;
    expect(overlay).toMatchObject({ chown: '65533:65533', idmap: null, top: { uid: 0, gid: 0 } });
    expect(overlay?.chownBecause).toContain('it was not tried');
    expect(overlay).toMatchObject({ redirects: true, given: null });
    expect(overlay?.options).toContain('metacopy=on');
  });

  const TWICE = { ...ROOT, attempts: { overlayTwice: WORKED } };

  it('is given to the step below its layer, where an overlay can lie on another', () => {
    const { overlay, directories } = decide('overlay', ROOT_OWNED, TWICE, {
      below: ['/run/1/upper'],
      own: '/run/2',
    }).filesystem;
    const given = `${SCRATCH}/given`;
    expect(overlay).toMatchObject({
      ...{ chown: '65533:65533', redirects: false, top: { uid: 65533, gid: 65533 } },
      before: { mount: given, options: null },
      options: `lowerdir=${given},upperdir=/run/2/upper,workdir=/run/2/index,redirect_dir=nofollow,metacopy=off`,
    });
    expect(overlay?.given?.options).toBe(
      `lowerdir=/run/1/upper:${SCRATCH}/lower,upperdir=${SCRATCH}/owners,workdir=${SCRATCH}/owners-index,metacopy=on,redirect_dir=on`,
    );
    expect(directories).toEqual(expect.arrayContaining(['given', 'owners', 'owners-index']));
    expect(decide('overlay', {}, TWICE).filesystem.overlay?.given).toBeNull();
  });

  it('lets nobody rename a directory around what is hidden, where its layer would remember no more', () => {
    const site = { ...ROOT_OWNED, hide: [named(`${WORKSPACE}/a/key`)] };
    const holding = (facts: FactsOverrides) =>
      decide('overlay', site, facts).filesystem.mounts.filter(
        (mount) => mount.kind === 'bind' && mount.target === `${WORKSPACE}/a`,
      );
    expect(holding(ROOT)).toEqual([
      { kind: 'bind', source: `${SCRATCH}/merged/a`, target: `${WORKSPACE}/a`, writable: true },
    ]);
    expect(holding(TWICE)).toEqual([]);
  });

  it('is given to the step as a whole where that can be had', () => {
    const { overlay } = decide('overlay', ROOT_OWNED, IDMAP).filesystem;
    expect(overlay).toMatchObject({
      ...{ chown: null, chownBecause: null, top: { uid: 65533, gid: 65533 } },
      idmap: expect.stringMatching(/^X-mount\.idmap=u:0:65533:1 /) as string,
    });
    expect(decide('overlay', {}, IDMAP).filesystem.overlay?.idmap).toBeNull();
  });

  it('is given to the step file by file where an earlier one was somebody else', () => {
    const others = decide('overlay', { ...ROOT_OWNED, layerOwners: [65533, 4711] }, IDMAP);
    expect(others.filesystem.overlay).toMatchObject({
      ...{ chown: '65533:65533', idmap: null },
      chownBecause: 'an earlier step was another user',
    });
    const same = decide('overlay', { ...ROOT_OWNED, layerOwners: [65533] }, IDMAP);
    expect(same.filesystem.overlay?.chown).toBeNull();
  });
});

describe('root', () => {
  it('stages every source outside the scratch directory, and mounts from there', () => {
    const made = decide('workspace', { write: [named('/data/cache')] }, ROOT);
    const { staged, mounts } = made.filesystem;
    expect(staged.map(({ source }) => source)).toEqual(['/opt/node', WORKSPACE, '/data/cache']);
    expect(new Set(staged.map(({ target }) => target)).size).toBe(staged.length);
    for (const { source, target } of staged) {
      expect(target.startsWith(`${SCRATCH}/staged/`)).toBe(true);
      const users = mounts.filter((mount) => mount.kind === 'bind' && mount.target === source);
      expect(users).toMatchObject([{ source: target }]);
    }
  });

  it('stages a source once', () => {
    const path = named('/data/cache');
    const { staged } = decide('workspace', { read: [path], write: [path] }, ROOT).filesystem;
    expect(staged.filter(({ source }) => source === '/data/cache')).toHaveLength(1);
  });

  it('is the only one that stages', () => {
    expect(decide('workspace').filesystem.staged).toEqual([]);
  });

  it('is told when the step cannot write to the workspace', () => {
    const workspaceOwner = { uid: 0, gid: 0 };
    expect(codes(decide('workspace', { workspaceOwner }, ROOT))).toEqual(['workspace-owner']);
    expect(codes(decide('workspace', {}, ROOT))).toEqual([]);
    expect(codes(decide('overlay', { workspaceOwner }, ROOT))).toEqual([]);
  });
});

describe('paths that the policy names', () => {
  const inside = `${WORKSPACE}/x`;

  it.each<['read' | 'write' | 'hide', NamedPath, object | undefined]>([
    ['read', named('/data'), { kind: 'bind', source: '/data', writable: false }],
    ['write', named('/data'), { kind: 'bind', source: '/data', writable: true }],
    ['read', named('/data', { real: '/mnt/data' }), { kind: 'bind', source: '/mnt/data' }],
    ['hide', named(inside), { kind: 'mask-directory' }],
    ['hide', named(inside, { kind: 'file' }), { kind: 'mask-file' }],
    ['hide', named(inside, { kind: 'other' }), { kind: 'mask-file' }],
  ])('%s %j is mounted', (key, path, expected) => {
    const made = decide('overlay', { [key]: [path] });
    expect(at(made, path.absolute)).toMatchObject({ ...expected });
    expect(codes(made)).toEqual([]);
  });

  it('hides a path outside the workspace where it really is', () => {
    const made = decide('overlay', { hide: [named('/data', { real: '/usr/share/data' })] });
    expect(at(made, '/usr/share/data')?.kind).toBe('mask-directory');
    expect(at(made, '/data')).toBeUndefined();
  });

  it('hides what holds credentials unasked, and says so', () => {
    const path = { ...named(inside), unasked: true as const };
    const made = decide('workspace', { hide: [path] });
    expect(at(made, inside)?.kind).toMatch(/^mask-/);
    expect(codes(made)).toEqual(['credentials-hidden']);
  });

  it.each<['read' | 'write' | 'hide', string]>([
    ['read', 'read-path-missing'],
    ['write', 'write-path-missing'],
    ['hide', 'hide-path-missing'],
  ])('a missing %s path is only noted', (key, code) => {
    const path = named(inside, { kind: 'missing', written: 'x\n"y"' });
    const made = decide('workspace', { [key]: [path] });
    expect(at(made, inside)).toBeUndefined();
    expect(codes(made)).toEqual([code]);
    expect(made.refused).toBe(false);
    expect(made.notes.find((note) => note.code === code)?.text).toContain(JSON.stringify('x\n"y"'));
  });

  it.each(['read', 'write', 'hide', 'guarded'] as const)(
    'a %s path through a symlink in the workspace is not mounted, and refuses the run',
    (key) => {
      const path = guarded(inside, { real: '/home/runner/.ssh' });
      const made = decide('workspace', { [key]: [path] });
      expect(at(made, inside)).toBeUndefined();
      expect(at(made, '/home/runner/.ssh')).toBeUndefined();
      expect(codes(made)).toEqual(['path-through-symlink']);
      expect(made.downgrades[0]?.reason).toContain('/home/runner/.ssh');
      expect([made.refused, made.layers.filesystem.status]).toEqual([true, 'downgraded']);
    },
  );

  it('guards in workspace mode alone, over what is writable', () => {
    const git = guarded(`${WORKSPACE}/.git`);
    expect(at(decide('workspace', { guarded: [git], write: [git] }), git.absolute)).toMatchObject({
      kind: 'bind',
      writable: false,
    });
    expect(at(decide('overlay', { guarded: [git] }), git.absolute)).toBeUndefined();
  });

  it('holds the directories above what it guards, so that they cannot be renamed', () => {
    const file = guarded(`${WORKSPACE}/ci/policies/a.yml`, { kind: 'file' });
    const made = decide('workspace', { guarded: [file] });
    expect(at(made, file.absolute)).toMatchObject({ kind: 'bind', writable: false });
    for (const target of [`${WORKSPACE}/ci`, `${WORKSPACE}/ci/policies`])
      expect(at(made, target)).toMatchObject({ kind: 'bind', source: target, writable: true });
  });

  it.each<[string, Parameters<typeof guarded>[1], GuardPlan['placeholders']]>([
    ['a directory', {}, [inside]],
    [
      'directories',
      { absent: [`${WORKSPACE}/a`, `${WORKSPACE}/a/b`] },
      [`${WORKSPACE}/a`, `${WORKSPACE}/a/b`, inside],
    ],
  ])('guards what does not exist by way of %s in its place', (_, facts, placeholders) => {
    const path = guarded(inside, { kind: 'missing', ...facts });
    const made = decide('workspace', { guarded: [path] });
    expect(at(made, inside)).toMatchObject({ kind: 'bind', source: inside, writable: false });
    expect(made.filesystem.guards).toEqual({ workspace: WORKSPACE, placeholders });
    expect(codes(made)).toEqual([]);
    expect(decide('overlay', { guarded: [path] }).filesystem.guards).toBeNull();
  });

  it('puts nothing in the place of what lies in a guarded directory', () => {
    const github = guarded(`${WORKSPACE}/.github`);
    const file = guarded(`${github.absolute}/policy.yml`, { kind: 'missing' });
    const made = decide('workspace', { guarded: [github, file] });
    expect(made.filesystem.guards?.placeholders).toEqual([]);
    expect(at(made, file.absolute)).toBeUndefined();
  });

  it('hides over everything else', () => {
    const path = guarded(inside);
    const made = decide('workspace', {
      guarded: [path],
      read: [path],
      write: [path],
      hide: [path],
    });
    expect(at(made, inside)?.kind).toBe('mask-directory');
  });
});

describe('the files of its own', () => {
  const fileOf = (made: Plan, name: string) =>
    made.filesystem.files.find((file) => file.name === `files/${name}`)?.content ?? '';

  it('know the step, root and nobody, and nobody of the host', () => {
    const made = decide('overlay');
    expect(fileOf(made, 'passwd').trimEnd().split('\n')).toEqual([
      'root:x:0:0:root:/:/usr/sbin/nologin',
      'runner:x:1001:1002::/home/runner:/bin/bash',
      'nobody:x:65534:65534::/:/usr/sbin/nologin',
    ]);
    expect(fileOf(made, 'group')).toContain('runner:x:1002:\n');
  });

  it('have one entry for uid 0 when root is inherited', () => {
    const made = plan({ policy: { privilege: { mode: 'inherit' } }, facts: ROOT });
    expect(fileOf(made, 'passwd').match(/:x:0:/g)).toHaveLength(1);
    expect(fileOf(made, 'group').match(/:x:0:/g)).toHaveLength(1);
  });

  it.each(['/bin/sh\nevil:x:0:0::/:/bin/sh', '/a:b'])(
    'let no shell %j add a line or field',
    (SHELL) => {
      const lines = fileOf(decide('overlay', { environment: { SHELL } }), 'passwd')
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line.split(':')).toHaveLength(7);
    },
  );

  it('keep the resolver, and hurry where nothing can answer', () => {
    const open = plan({ policy: { network: { mode: 'unrestricted' } } });
    expect(fileOf(open, 'resolv.conf')).toBe('nameserver 192.0.2.53\nsearch example.test\n');
    expect(fileOf(decide('overlay'), 'resolv.conf')).toBe(
      'nameserver 192.0.2.53\noptions timeout:1 attempts:1\n',
    );
  });

  it.each<[object, boolean]>([
    [{}, false],
    [{ mode: 'deny' }, false],
    [{ mode: 'deny', allow: ['192.0.2.53:53/udp'] }, false],
    [{ mode: 'allowlist' }, false],
    [{ mode: 'allowlist', allow: ['203.0.113.7'] }, false],
    [{ mode: 'allowlist', allow: ['192.0.2.53:53'] }, false],
    [{ mode: 'allowlist', allow: ['192.0.2.53/udp'] }, false],
    [{ mode: 'allowlist', allow: ['192.0.2.54:53/udp'] }, false],
    [{ mode: 'allowlist', allow: ['192.0.2.53:53/udp'] }, true],
    [{ mode: 'allowlist', allow: ['192.0.2.0/24:1-100/udp'] }, true],
    [{ mode: 'unrestricted' }, true],
  ])(
    'make a name that cannot be asked for fail for good: with %j it can be: %s',
    (network, asked) => {
      const made = plan({ policy: { network } });
      expect(fileOf(made, 'nsswitch.conf').trimEnd().split('\n')).toEqual([
        ...['passwd: files', 'group: files', 'shadow: files'],
        `hosts: ${asked ? 'files dns' : 'files dns files'}`,
      ]);
      expect(fileOf(made, 'resolv.conf').includes('options timeout:1 attempts:1')).toBe(!asked);
      expect(fileOf(made, 'resolv.conf')).toContain('nameserver 192.0.2.53\n');
    },
  );

  const NAMES = { mode: 'allowlist', allow: ['a.example', '203.0.113.7'] };
  const GATEWAY = 'nameserver 198.18.0.1\n';
  it.each<[string, object, string | null, boolean]>([
    ['names', NAMES, null, true],
    ['names and the resolver', { ...NAMES, allow: ['a.example', '192.0.2.53:53/udp'] }, null, true],
    [
      'a name in its long form',
      { ...NAMES, allow: [{ host: 'a.example', tls: 'off' }] },
      null,
      true,
    ],
    ['addresses alone', { ...NAMES, allow: ['203.0.113.7'] }, null, false],
    [
      'names that are only expected',
      { mode: 'unrestricted', 'expect-blocked': ['a.example'] },
      null,
      false,
    ],
    ['names under deny', { ...NAMES, mode: 'deny' }, null, false],
    ['any name under audit', { mode: 'audit' }, null, true],
    ['any name under audit without doors', { mode: 'audit' }, 'doors', false],
    // Nobody would answer at an address of the gateway's then.
    ['names without doors', NAMES, 'doors', false],
    ['names without rules', NAMES, 'nft', false],
    ['names without a way out', NAMES, 'slirp4netns', false],
  ])('of %s ask the gateway: %j, but for %s: %s', (_name, network, broken, asked) => {
    const made = plan({
      policy: { network },
      facts: { attempts: broken === null ? {} : { [broken]: said('no') } },
    });
    expect(fileOf(made, 'resolv.conf') === GATEWAY).toBe(asked);
    expect(fileOf(made, 'resolv.conf').includes('192.0.2.53')).toBe(!asked);
    expect(made.network.gateway !== null).toBe(asked);
    expect(asked && fileOf(made, 'nsswitch.conf').includes('dns files')).toBe(false);
  });

  it('are the sandbox`s own even where the host has such files', () => {
    const made = decide('overlay', { etc: ['/etc/nsswitch.conf', '/etc/ssl'] });
    expect(at(made, '/etc/nsswitch.conf')).toMatchObject({
      source: `${SCRATCH}/files/nsswitch.conf`,
    });
  });
});

const segment = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '-x',
    '--bind',
    'with space',
    'quo"te',
    "ap'os",
    'new\nline',
    '…',
    '$x',
    ',',
  ),
  fc.stringMatching(/^[^/\0]{1,6}$/).filter((text) => text !== '.' && text !== '..'),
);
const path = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);
const located: fc.Arbitrary<Located> = fc.oneof(
  fc.record({
    kind: fc.constant('bind' as const),
    source: path,
    target: path,
    writable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('tmpfs' as const), target: path, mode: fc.constant('0700') }),
  fc.record({
    kind: fc.constantFrom('mask-file' as const, 'mask-directory' as const),
    target: path,
  }),
);

describe('inOrder', () => {
  it('puts parents before children, and of two on one path keeps the later', () => {
    fc.assert(
      fc.property(fc.array(located, { maxLength: 15 }), (mounts) => {
        const ordered = inOrder(mounts);
        const targets = ordered.map(({ target }) => target);
        expect([...targets].sort()).toEqual(
          [...new Set(mounts.map(({ target }) => target))].sort(),
        );
        ordered.forEach((mount, index) => {
          expect(mount).toBe(mounts.findLast(({ target }) => target === mount.target));
          for (const later of ordered.slice(index + 1))
            expect(within(mount.target, later.target)).toBe(false);
        });
      }),
    );
  });
});

describe('within', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
    ['/', '/', true],
  ])('%s in %s: %s', (inner, outer, expected) => {
    expect(within(inner, outer)).toBe(expected);
  });
});

/** How many words each of bubblewrap's options takes. */
const TAKES: Readonly<Record<string, number>> = {
  '--bind': 2,
  '--ro-bind': 2,
  '--dev-bind': 2,
  '--symlink': 2,
  '--perms': 1,
  '--tmpfs': 1,
  '--proc': 1,
  '--dev': 1,
  '--remount-ro': 1,
};

function parsed(options: readonly string[]): { option: string; words: readonly string[] }[] {
  const found = [];
  for (let index = 0; index < options.length;) {
    const option = options[index] ?? '';
    const takes = TAKES[option];
    if (takes === undefined) throw new Error(`not an option: ${option}`);
    found.push({ option, words: options.slice(index + 1, index + 1 + takes) });
    index += 1 + takes;
  }
  return found;
}

describe('bwrapOptions', () => {
  it('are options with absolute paths, one for each mount, and close the root at the end', () => {
    fc.assert(
      fc.property(fc.array(located, { maxLength: 10 }), (mounts) => {
        const all: Mount[] = [
          { kind: 'proc', covered: ['/proc/keys'] },
          { kind: 'dev' },
          ...mounts,
        ];
        const options = parsed(bwrapOptions(all, masksIn('/scratch')));
        for (const { option, words } of options)
          for (const word of words) expect(word).toMatch(option === '--perms' ? /^\d+$/ : /^\//);
        expect(options.at(-1)).toEqual({ option: '--remount-ro', words: ['/'] });
        const targets = options.map(({ words }) => words.at(-1));
        for (const { target } of mounts) expect(targets).toContain(target);
        for (const mount of mounts.filter((one) => one.kind === 'bind'))
          expect(options).toContainEqual({
            option: mount.writable ? '--bind' : '--ro-bind',
            words: [mount.source, mount.target],
          });
      }),
    );
  });

  it('mask with nothing', () => {
    const masks: Mount[] = [
      { kind: 'mask-file', target: '/f' },
      { kind: 'mask-directory', target: '/d' },
    ];
    expect(bwrapOptions(masks, { file: '/nothing', directory: '/empty' })).toEqual([
      ...['--ro-bind', '/nothing', '/f'],
      ...['--ro-bind', '/empty', '/d'],
      ...['--remount-ro', '/'],
    ]);
  });
});

describe('any file tree', () => {
  const paths = fc.array(
    path.map((absolute) => named(absolute)),
    { maxLength: 3 },
  );

  it('writes nowhere but where its mode and policy say', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Mode>('scratch-only', 'scratch-plus-ro', 'overlay', 'workspace'),
        fc.record({ read: paths, write: paths, hide: paths }),
        fc.boolean(),
        (mode, site, root) => {
          const { filesystem } = decide(mode, site, root ? ROOT : {});
          const allowed = new Set([
            ...site.write.map(({ absolute }) => absolute),
            ...(mode.startsWith('scratch') ? ['/scratch'] : [WORKSPACE]),
          ]);
          const writable = filesystem.mounts.filter((one) => one.kind === 'bind' && one.writable);
          expect(writable.length).toBeGreaterThan(0);
          for (const mount of writable)
            expect(allowed).toContain('target' in mount && mount.target);
        },
      ),
    );
  });
});
