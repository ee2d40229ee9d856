import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import { mergePolicies, overridePolicy } from '../../src/policy/merge.ts';
import { type Documents, withoutGroups } from '../../src/probe/groups.ts';
import { layer } from '../fixtures/policy.ts';

const root = mkdtempSync(join(tmpdir(), 'glovebox-groups-'));
let machines = 0;

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A machine of its own: files by their path in it, programs by their script. */
function machine(
  files: Readonly<Record<string, string>> = {},
  programs: Readonly<Record<string, string>> = {},
) {
  machines += 1;
  const base = join(root, `${machines}`);
  for (const directory of ['home', 'etc', 'work', 'bin'])
    mkdirSync(join(base, directory), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), text);
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(base, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(base, 'bin', name), 0o755);
  }
  return {
    base,
    home: join(base, 'home'),
    etc: join(base, 'etc'),
    workspaces: [join(base, 'work')],
    programs: [join(base, 'bin')],
    environment: {},
  };
}

const documents = (...allow: string[]): Documents => ({
  layers: [layer({ network: { mode: 'allowlist', allow } })],
  floors: [],
  override: {},
});

type Around = ReturnType<typeof machine> & { environment: Record<string, string> };

/** Each entry of a group, and what said so. */
async function expansion(group: string, around: Around): Promise<[string, string | undefined][]> {
  const { documents: expanded } = await withoutGroups(documents(group), around);
  const { allow } = mergePolicies(expanded.layers).network;
  return allow.map(({ value, source }) => [value.text, source.group?.from]);
}

async function failure(group: string, around: Around): Promise<GloveboxError> {
  try {
    await expansion(group, around);
  } catch (error) {
    if (error instanceof GloveboxError) return error;
    throw error;
  }
  throw new Error('the group was expanded');
}

const NPM = `echo '{"registry":"https://default.example.com/","@own:registry":"https://own.example.com","fund":false}'`;
const PYTHON = "printf 'https://index.example.com/simple\\nhttps://files.example.com\\n'";
const GO = "printf 'https://proxy.example.com,direct\\nsums.example.com\\n'";

describe('the group npm', () => {
  it('is what npm itself says, where nobody else does', async () => {
    expect(await expansion('npm', machine({}, { npm: NPM }))).toEqual([
      ['default.example.com:443', 'npm itself'],
      ['own.example.com:443', 'npm itself'],
    ]);
  });

  it('is the user’s registry and all scopes, without users and passwords', async () => {
    const text = [
      'registry=http://me:secret@npm.example.com/',
      '@a:registry=https://a.example.com:8443',
      '//npm.example.com/:_authToken=secret',
    ].join('\n');
    const around = machine({ 'home/.npmrc': text }, { npm: NPM });
    expect(await expansion('npm', around)).toEqual([
      ['npm.example.com:80', '~/.npmrc'],
      ['a.example.com:8443', '~/.npmrc'],
      ['own.example.com:443', 'npm itself'],
    ]);
    const { notes } = await withoutGroups(documents('npm'), around);
    expect(JSON.stringify(notes)).not.toContain('secret');
  });

  it('needs no npm where a file or a variable has the registry', async () => {
    const around = machine({
      'home/.npmrc': 'registry=https://a.example.com',
      'other/npmrc': 'registry=https://b.example.com',
    });
    const named = { NPM_CONFIG_USERCONFIG: join(around.base, 'other/npmrc') };
    const environment = { npm_config_registry: 'https://c.example.com' };
    expect(await expansion('npm', around)).toEqual([['a.example.com:443', '~/.npmrc']]);
    expect(await expansion('npm', { ...around, environment: named })).toEqual([
      ['b.example.com:443', named.NPM_CONFIG_USERCONFIG],
    ]);
    expect(await expansion('npm', { ...around, environment })).toEqual([
      ['c.example.com:443', '$npm_config_registry'],
    ]);
  });

  it('asks npm away from the workspace, and without variables that lead there or say more', async () => {
    const script = `[ "$PWD" = / ] && [ "$npm_config_userconfig$NODE_OPTIONS" = /dev/null ] && ${NPM}`;
    const around = machine({ 'work/.npmrc': 'registry=https://evil.example.com' }, { npm: script });
    const environment = {
      npm_config_userconfig: join(around.base, 'work/.npmrc'),
      NODE_OPTIONS: '--require=./evil.js',
    };
    const texts = (await expansion('npm', { ...around, environment })).map(([text]) => text);
    expect(texts).toEqual(['default.example.com:443', 'own.example.com:443']);
  });
});

describe('the workspace', () => {
  const EVIL = 'registry=https://evil.example.com';

  it.each<[string, (around: Around) => Around]>([
    [
      'named by a variable',
      (around) => ({
        ...around,
        environment: { NPM_CONFIG_USERCONFIG: join(around.base, 'work/.npmrc') },
      }),
    ],
    [
      'behind a symlink in the home directory',
      (around) => {
        symlinkSync(join(around.base, 'work/.npmrc'), join(around.home, '.npmrc'));
        return around;
      },
    ],
    [
      'by another name of its own',
      (around) => {
        symlinkSync(join(around.base, 'work'), join(around.base, 'alias'));
        const NPM_CONFIG_USERCONFIG = join(around.base, 'alias/.npmrc');
        return { ...around, environment: { NPM_CONFIG_USERCONFIG } };
      },
    ],
  ])('is not asked: a file %s', async (_name, arrange) => {
    const around = arrange(machine({ 'work/.npmrc': EVIL }, { npm: NPM }));
    const { documents: expanded, notes } = await withoutGroups(documents('npm'), around);
    expect(JSON.stringify(expanded)).not.toContain('evil');
    expect(notes.map(({ code }) => code)).toContain('group-file-passed-over');
  });

  it('is not asked: a program on PATH, also behind a symlink', async () => {
    const around = machine({
      'work/npm': `#!/bin/sh\necho '{"registry":"https://evil.example.com"}'`,
    });
    chmodSync(join(around.base, 'work/npm'), 0o755);
    symlinkSync(join(around.base, 'work/npm'), join(around.base, 'bin/npm'));
    const programs = [join(around.base, 'work'), join(around.base, 'bin')];
    expect((await failure('npm', { ...around, programs })).code).toBe('policy-invalid');
    // The same program is asked where it does not lie in the workspace.
    const elsewhere = { ...around, programs, workspaces: [join(around.base, 'other')] };
    expect(await expansion('npm', elsewhere)).toEqual([['evil.example.com:443', 'npm itself']]);
  });
});

describe('the group pip', () => {
  it('is pip’s own index, and where that keeps its files', async () => {
    expect(await expansion('pip', machine({}, { python3: PYTHON }))).toEqual([
      ['index.example.com:443', 'pip itself'],
      ['files.example.com:443', 'pip itself'],
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string>, [string, string][]]>([
    [
      'the user’s index before the system’s',
      {
        'home/.config/pip/pip.conf': '[global]\nindex-url = https://a.example.com',
        'etc/pip.conf':
          '[global]\nindex-url = https://b.example.com\nextra-index-url = https://c.example.com',
      },
      {},
      [
        ['a.example.com:443', '~/.config/pip/pip.conf'],
        ['c.example.com:443', 'ETC/pip.conf'],
      ],
    ],
    [
      'a variable before all files',
      { 'home/.pip/pip.conf': '[install]\nindex-url = https://a.example.com' },
      {
        PIP_INDEX_URL: 'https://b.example.com',
        PIP_EXTRA_INDEX_URL: 'https://c.example.com https://d.example.com',
      },
      [
        ['b.example.com:443', '$PIP_INDEX_URL'],
        ['c.example.com:443', '$PIP_EXTRA_INDEX_URL'],
        ['d.example.com:443', '$PIP_EXTRA_INDEX_URL'],
      ],
    ],
    [
      'the files of pip’s own index with that index',
      {
        'home/.config/pip/pip.conf': '[global]\nextra-index-url = https://index.example.com/simple',
      },
      { PIP_INDEX_URL: 'https://a.example.com' },
      [
        ['a.example.com:443', '$PIP_INDEX_URL'],
        ['index.example.com:443', '~/.config/pip/pip.conf'],
        ['files.example.com:443', 'pip itself'],
      ],
    ],
    [
      'no file where pip is told so',
      { 'etc/pip.conf': '[global]\nindex-url = https://b.example.com' },
      { PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: 'https://a.example.com' },
      [['a.example.com:443', '$PIP_INDEX_URL']],
    ],
  ])('has %s', async (_name, files, environment, expected) => {
    const around = machine(files, { python3: PYTHON });
    const found = await expansion('pip', { ...around, environment });
    expect(found).toEqual(expected.map(([text, from]) => [text, from.replace('ETC', around.etc)]));
  });

  it('asks the next Python where one has no pip', async () => {
    const around = machine({}, { python3: 'exit 1' });
    const other = machine({}, { python3: PYTHON });
    const programs = [...around.programs, ...other.programs];
    expect(await expansion('pip', { ...around, programs })).toHaveLength(2);
  });
});

describe('the group apt', () => {
  it('is all sources, and the mirrors that a source names', async () => {
    const around = machine();
    const mirrors = join(around.etc, 'apt/mirrors.txt');
    const files = {
      'apt/sources.list': 'deb [arch=amd64] http://a.example.com/x stable main\n',
      'apt/sources.list.d/b.list':
        'deb https://b.example.com/x stable main\n# deb http://no.example.com x\n',
      'apt/sources.list.d/c.sources': `Types: deb\nURIs: mirror+file:${mirrors} cdrom:/x\nSuites: x\n`,
      'apt/sources.list.d/d.list.disabled': 'deb http://no.example.com x\n',
      'apt/mirrors.txt': 'http://c.example.com/x\tpriority:1\nhttps://d.example.com/x\n',
    };
    mkdirSync(join(around.etc, 'apt/sources.list.d'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(around.etc, name), text);
    expect(await expansion('apt', around)).toEqual([
      ['a.example.com:80', join(around.etc, 'apt/sources.list')],
      ['b.example.com:443', join(around.etc, 'apt/sources.list.d/b.list')],
      ['c.example.com:80', mirrors],
      ['d.example.com:443', mirrors],
    ]);
  });
});

describe('the group go', () => {
  it.each<[string, string | null, Record<string, string>, [string, string][]]>([
    [
      'what go itself says',
      null,
      {},
      [
        ['proxy.example.com:443', 'go itself'],
        ['sums.example.com:443', 'go itself'],
      ],
    ],
    [
      'the user’s settings, each alone',
      'GOPROXY=https://a.example.com|https://b.example.com\n',
      {},
      [
        ['a.example.com:443', '~/.config/go/env'],
        ['b.example.com:443', '~/.config/go/env'],
        ['sums.example.com:443', 'go itself'],
      ],
    ],
    [
      'variables before files',
      'GOPROXY=https://a.example.com\nGOSUMDB=off\n',
      { GOPROXY: 'https://c.example.com' },
      [['c.example.com:443', '$GOPROXY']],
    ],
  ])('has %s', async (_name, file, environment, expected) => {
    const files = file === null ? {} : { 'home/.config/go/env': file };
    const around = machine(files, { go: GO });
    expect(await expansion('go', { ...around, environment })).toEqual(expected);
  });

  it('stands for nothing where modules come from anywhere', async () => {
    const environment = { GOPROXY: 'direct', GOSUMDB: 'off' };
    expect((await failure('go', { ...machine({}, { go: GO }), environment })).code).toBe(
      'policy-invalid',
    );
  });
});

describe('the group cargo', () => {
  it('is registries and replacements in the user’s configuration, and those of variables', async () => {
    const text =
      '[source.x]\nregistry = "sparse+https://a.example.com/"\n[registries.me]\nindex = "ssh://b.example.com"\n';
    const environment = { CARGO_REGISTRIES_ME_INDEX: 'sparse+https://c.example.com/' };
    expect(
      await expansion('cargo', { ...machine({ 'home/.cargo/config.toml': text }), environment }),
    ).toEqual([
      ['c.example.com:443', '$CARGO_REGISTRIES_ME_INDEX'],
      ['a.example.com:443', '~/.cargo/config.toml'],
    ]);
  });

  it('reads the file that cargo reads, where CARGO_HOME is', async () => {
    const around = machine({
      'cargo/config': '[registries]\na.index = "https://a.example.com"',
      'cargo/config.toml': '[registries]\na.index = "https://b.example.com"',
    });
    const environment = { CARGO_HOME: join(around.base, 'cargo') };
    const texts = (await expansion('cargo', { ...around, environment })).map(([text]) => text);
    expect(texts).toEqual(['a.example.com:443']);
  });
});

describe('the group github', () => {
  it.each<[string, Record<string, string>]>([
    ['without a word', {}],
    [
      'on its own runner',
      { GITHUB_SERVER_URL: 'https://github.com', GITHUB_API_URL: 'https://api.github.com' },
    ],
  ])('is github.com %s, each host once and none by a wildcard', async (_name, environment) => {
    const texts = (await expansion('github', { ...machine(), environment })).map(([text]) => text);
    expect(texts).toContain('github.com:443');
    expect(texts).toContain('codeload.github.com:443');
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.join()).not.toContain('*');
  });

  it('is an Enterprise server alone where the runner belongs to one', async () => {
    const environment = {
      GITHUB_SERVER_URL: 'https://git.example.com',
      GITHUB_API_URL: 'https://git.example.com/api/v3',
      GITHUB_GRAPHQL_URL: 'https://graphql.example.com',
    };
    expect(await expansion('github', { ...machine(), environment })).toEqual([
      ['git.example.com:443', '$GITHUB_SERVER_URL'],
      ['graphql.example.com:443', '$GITHUB_GRAPHQL_URL'],
    ]);
  });
});

describe('a group that stands for nothing', () => {
  it.each(['npm', 'pip', 'apt', 'cargo', 'go'])(
    'is an error that says what to do: %s',
    async (group) => {
      const { code, details } = await failure(group, machine());
      expect(code).toBe('policy-invalid');
      expect(details.problems).toEqual([
        {
          place: { origin: 'policy.yml', line: 1, column: expect.any(Number) },
          path: 'network.allow',
          message: expect.stringContaining(`\`${group}\``),
          expected: expect.stringMatching(/learn/),
        },
      ]);
    },
  );

  it('is only told where the list has no effect', async () => {
    const around = machine();
    const audit = {
      ...documents(),
      override: layer({ network: { mode: 'audit', allow: ['npm'] } }).values,
    };
    const { notes } = await withoutGroups(audit, around);
    expect(notes.map(({ code }) => code)).toEqual(['group-empty']);
  });

  it('makes a floor tighter, and the policy no error', async () => {
    const around = machine({ 'home/.npmrc': 'registry=https://a.example.com' });
    const floors = [layer({ network: { allow: ['npm', 'cargo'] } })];
    const { documents: expanded, notes } = await withoutGroups(
      { ...documents('npm'), floors },
      around,
    );
    const allow = expanded.floors[0]?.values.network?.allow?.map(({ value }) => value.text);
    expect(allow).toEqual(['a.example.com:443']);
    expect(notes.map(({ code }) => code)).toEqual(['group-expanded', 'group-empty']);
  });
});

describe('withoutGroups', () => {
  it('leaves documents without a group as they are, and asks nobody', async () => {
    const plain = documents('203.0.113.7');
    const expanded = await withoutGroups(plain, machine({}, { npm: 'exit 1' }));
    expect(expanded).toEqual({ documents: plain, notes: [] });
    expect(expanded.documents).toBe(plain);
  });

  it('expands what one step says for itself, in place of the policy’s list', async () => {
    const around = machine({ 'home/.npmrc': 'registry=https://a.example.com' });
    const override = layer({ network: { allow: ['npm'] } }).values;
    const { documents: expanded } = await withoutGroups(
      { ...documents('203.0.113.7'), override },
      around,
    );
    const { network } = overridePolicy(mergePolicies(expanded.layers), expanded.override);
    expect(network.allow.map(({ value }) => value.text)).toEqual(['a.example.com:443']);
  });

  it('tells what each group stands for, once, and who says so', async () => {
    const text = 'registry=https://a.example.com\n@b:registry=https://b.example.com';
    const around = machine({ 'home/.npmrc': text }, { npm: NPM });
    const floors = [layer({ network: { allow: ['npm'] } })];
    const { notes } = await withoutGroups({ ...documents('npm', 'npm:80'), floors }, around);
    expect(notes).toEqual([
      {
        code: 'group-expanded',
        text: 'npm: a.example.com:443, b.example.com:443 (from ~/.npmrc), own.example.com:443 (from npm itself)',
      },
    ]);
  });

  it('tells at most so many entries', async () => {
    const scopes = Array.from(
      { length: 60 },
      (_, index) => `@s${index}:registry=https://s${index}.example.com`,
    );
    const around = machine({
      'home/.npmrc': ['registry=https://a.example.com', ...scopes].join('\n'),
    });
    const { notes } = await withoutGroups(documents('npm'), around);
    expect(notes[0]?.text).toMatch(/s38\.example\.com:443 \(from ~\/\.npmrc\) and 21 more$/);
  });
});
