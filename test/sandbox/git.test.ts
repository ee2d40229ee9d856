import {
  chmodSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { came, type Came, making, shared } from '../lab/attempts.ts';
import { bare, bash, PERSONA, policy, seal, type Sealed, workspace } from '../lab/glovebox.ts';

const MODES = ['overlay', 'workspace', 'scratch-plus-ro'] as const;
type Mode = (typeof MODES)[number];

/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;
const SECRET = 'c2VjcmV0LWNhbmFyeQ';

/** git with nobody's settings but the repository's. */
const GIT = 'git -c user.name=a -c user.email=a@example.test';

/** A repository with one commit and a change, and what else a job leaves there. */
function repository(configuration = '', files: Readonly<Record<string, string>> = {}): string {
  return repositoryIn(workspace(), configuration, files);
}

function repositoryIn(
  cwd: string,
  configuration: string,
  files: Readonly<Record<string, string>> = {},
): string {
  for (const [name, content] of Object.entries({ file: 'one\n', ...files })) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const script = `
    git init -q -b main && git add file && ${GIT} commit -qm one && echo two > file
    git remote add origin https://user:${SECRET}@example.com/a
    printf %s "$CONFIGURATION" >> .git/config`;
  expect(bare(bash(script), { cwd, env: { CONFIGURATION: configuration } }).code).toBe(0);
  own(cwd);
  return cwd;
}

function own(directory: string): void {
  if (PERSONA !== 'root') return;
  lchownSync(directory, STEP_OWNER, STEP_OWNER);
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    lchownSync(join(entry.parentPath, entry.name), STEP_OWNER, STEP_OWNER);
}

/** With nothing of the machine but its system. */
const BARE_PATH = { PATH: '/usr/bin:/bin' };

/** In the workspace, wherever the step starts. */
function sealed(mode: Mode, script: string, cwd: string, options: readonly string[] = []): Sealed {
  const command = bash(`cd ${cwd} && { ${script}\n}`);
  return seal(['--filesystem', mode, ...options], command, { cwd, env: BARE_PATH });
}

/** A repository, in some of whose directories others lie; what scripts came to in one sealed run. */
interface Several {
  /** Where a script is run. */
  readonly at: (name: string) => string;
  readonly came: Came;
  /** The configuration that a script found, as it was on the host before. */
  readonly before: (name: string) => string;
  readonly report: Sealed['report'];
}

interface Script {
  readonly name: string;
  readonly does: string;
  /** What there is of a repository of its own; without it the script is run in the one at the top. */
  readonly own?: readonly [configuration: string, files: Readonly<Record<string, string>>];
}

function several(
  mode: Mode,
  files: Readonly<Record<string, string>>,
  scripts: readonly Script[],
): Several {
  const cwd = workspace();
  const at = (name: string): string => {
    const number = scripts.findIndex((script) => script.name === name);
    return scripts[number]?.own === undefined ? cwd : join(cwd, `repository-${number}`);
  };
  for (const { name, own: [configuration, inside] = [] } of scripts)
    if (configuration !== undefined) {
      mkdirSync(at(name));
      repositoryIn(at(name), configuration, inside);
    }
  repositoryIn(cwd, HEADER, files);
  const attempts = scripts.map(({ name, does }) => ({ name, does, cwd: at(name) }));
  const before = new Map(scripts.map(({ name }) => [name, configurationIn(at(name))]));
  const ran = seal(['--filesystem', mode], making(attempts), { cwd, env: BARE_PATH });
  return {
    at,
    came: came(ran),
    before: (name) => before.get(name) ?? '',
    report: ran.report,
  };
}

const configurationIn = (cwd: string): string => readFileSync(join(cwd, '.git/config'), 'utf8');

/** Root would be told of a dubious owner. */
const TRUSTING = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};

function outside(script: string, cwd: string): string {
  return bare(bash(script), { cwd, env: TRUSTING }).stdout;
}

const HEADER = `[http "https://example.com/"]\n\textraheader = AUTHORIZATION: basic ${SECRET}\n`;
const CAT = 'cat .git/config';

const UNSEEN: readonly (readonly [
  name: string,
  /** Its configuration, or null where it is that of the repository around all. */
  configuration: string | null,
  files: Readonly<Record<string, string>>,
  attack: string,
])[] = [
  ['the header of a checkout', null, {}, CAT],
  ['the header, as git tells it', null, {}, 'git config --list --show-origin'],
  ['the header, asked for', null, {}, 'git config --get-all http.https://example.com/.extraheader'],
  ['the address of a remote', '', {}, 'git remote -v'],
  [
    'an included file in the workspace',
    '[includeIf "gitdir:**"]\n\tpath = ../.checkout\n',
    { '.checkout': HEADER },
    'git config --list; cat .checkout',
  ],
  [
    'a store in the workspace',
    '[credential]\n\thelper = store --file=.git/store\n',
    { '.git/store': `https://u:${SECRET}@example.com\n` },
    'cat .git/store; echo url=https://example.com | GIT_TERMINAL_PROMPT=0 git credential fill',
  ],
  [
    'a store nobody named',
    '',
    { '.git/credentials': SECRET, '.git-credentials': SECRET },
    'cat .git/credentials .git-credentials',
  ],
  [
    'a rewriting rule',
    `[url "https://x-access-token:${SECRET}@example.com/"]\n\tinsteadOf = https://example.com/\n`,
    {},
    'git ls-remote --get-url https://example.com/b',
  ],
  [
    'the configuration of a module',
    '',
    {
      '.git/modules/libs/a/config': HEADER,
      '.git/modules/libs/a/HEAD': 'ref: refs/heads/main\n',
    },
    'cat .git/modules/libs/a/config',
  ],
  [
    "a worktree's configuration",
    '[extensions]\n\tworktreeConfig = true\n',
    { '.git/config.worktree': HEADER },
    'git config --list; cat .git/config.worktree',
  ],
  ['a checkout further down', null, { 'a/b/.git/config': HEADER }, 'cat a/b/.git/config'],
  ['all of a file that git cannot read', `[broken\n# ${SECRET}\n`, {}, CAT],
  ['by way of /proc', null, {}, 'cat /proc/self/cwd/.git/config /proc/$$/root$PWD/.git/config'],
  [
    'everything that can be read',
    null,
    {},
    `grep -rsh ${SECRET.slice(1)} /etc /tmp /var /run /scratch ~ "$PWD"`,
  ],
];

const RECOVERING: readonly (readonly [string, string])[] = [
  ['moving the file', 'mv .git/config gone; cat gone .git/config'],
  ['removing the file', 'rm -f .git/config; cat .git/config'],
  ['removing .git', 'rm -rf .git; mkdir .git; cat .git/config'],
  ['replacing the file', 'echo > mine; mv -f mine .git/config; rm -f .git/config; cat .git/config'],
  ['a hard link', 'ln .git/config hard; cat hard'],
  ['moving the directory above', 'mv a gone; cat gone/.git/config a/.git/config'],
  ['swapping directories', 'mkdir b; mv -T --exchange a b; cat b/.git/config a/.git/config'],
  [
    'a worktree of its own',
    'git worktree add -q tree; cd tree && git config --list; cat "$(git rev-parse --git-common-dir)/config"',
  ],
  ['a clone', 'git clone -q . /tmp/clone; cat /tmp/clone/.git/config; git -C /tmp/clone remote -v'],
  [
    'an attribute of the overlay',
    'setfattr -n user.overlay.opaque -v y .git; setfattr -x user.overlay.origin .git/config; cat .git/config',
  ],
  [
    'unmounting',
    `unshare -Urm bash -c 'umount -l .git/config .git a . "$PWD"; cat .git/config a/.git/config'`,
  ],
  ['moving .git', 'mv .git gone; cat gone/config .git/config'],
];

describe.each(MODES)('in %s', (mode) => {
  const WORKS = 'working';
  const work = `
    git status --porcelain && git log --format=%s && git diff --stat | head -1
    git rev-parse --abbrev-ref HEAD && git config branch.main.remote && git remote -v`;
  const looking = shared(() =>
    several(
      mode,
      Object.assign({}, ...UNSEEN.filter(([, one]) => one === null).map(([, , files]) => files)),
      [
        ...UNSEEN.map(([name, configuration, files, does]): Script => {
          return configuration === null
            ? { name, does }
            : { name, does, own: [configuration, files] };
        }),
        { name: WORKS, does: work, own: [`${HEADER}[branch "main"]\n\tremote = origin\n`, {}] },
      ],
    ),
  );

  it.each(UNSEEN)('%s is not seen', (name, _configuration, _files, attack) => {
    const { at, came: of, report } = looking();
    const tame = attack.replace(/ \/etc .* "\$PWD"/, ' "$PWD"');
    expect(outside(tame, at(name))).toContain(SECRET);

    const { stdout, stderr } = of(name);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(report.enforced.filesystem).toBe(true);
    expect(JSON.stringify(report)).not.toContain(SECRET.toLowerCase());
    expect(JSON.stringify({ ...report, command: [] })).not.toContain(SECRET);
    expect(report.notes.map(({ code }) => code)).toContain('git-credentials-hidden');
  });

  /** Each in a repository of its own but the last two, which are about the workspace as a whole. */
  const recovering = shared(() => {
    const inner = { 'a/.git/config': HEADER };
    const topmost = RECOVERING.slice(-2);
    return several(
      mode,
      inner,
      RECOVERING.map((one): Script => {
        const [name, attack] = one;
        const does = `${attack}; true`;
        return topmost.includes(one) ? { name, does } : { name, does, own: [HEADER, inner] };
      }),
    );
  });

  it.each(RECOVERING)('%s does not bring it back', (name) => {
    const { at, came: of, before } = recovering();
    const { stdout, stderr } = of(name);
    expect(stdout + stderr).not.toContain(SECRET);
    // On the host all is as it was.
    const cwd = at(name);
    expect(outside('cat .git/config a/.git/config', cwd).split(SECRET)).toHaveLength(4);
    expect(configurationIn(cwd)).toBe(before(name));
  });

  it('git works all the same', () => {
    const { stdout, code } = looking().came(WORKS);
    expect(stdout).toBe(
      [
        ' M file',
        'one',
        ' file | 2 +-',
        'main',
        'origin',
        'origin\thttps://example.com/a (fetch)',
        'origin\thttps://example.com/a (push)\n',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('git works also where the workspace is somebody else’s', () => {
    const cwd = workspace({ file: 'one\n' });
    chmodSync(cwd, 0o755);
    bare(bash(`git init -q && git add -A && ${GIT} commit -qm one`), { cwd });
    const { stdout, code } = sealed(mode, 'git log --format=%s && git status --porcelain', cwd);
    expect(stdout).toBe('one\n');
    expect(code).toBe(0);
  });

  it('is not given back by a path that the policy names', () => {
    const cwd = repository('', { 'a/.git/config': HEADER });
    const naming = (key: string, path: string): Sealed =>
      sealed(mode, 'cat a/.git/config', cwd, [
        '-p',
        policy(`version: 1\nfilesystem:\n  ${key}: [${path}]\n`),
      ]);
    for (const key of ['read', 'write']) {
      const { stdout, report } = naming(key, 'a');
      expect(stdout).not.toContain(SECRET);
      expect(report.enforced.filesystem).toBe(true);
    }
    const asked = naming('read', 'a/.git/config');
    expect(asked.stdout).toContain(SECRET);
    expect(asked.report.notes.map(({ code }) => code)).toContain('git-credentials-visible');
  });
});

describe('in overlay', () => {
  it('the configuration can be changed, and a commit be made', () => {
    const cwd = repository(HEADER);
    chmodSync(join(cwd, '.git/config'), 0o640);
    const before = readFileSync(join(cwd, '.git/config'), 'utf8');
    const script = `
      git config user.name me && git config user.email me@example.test
      git remote add other https://example.com/b && git checkout -qb topic
      git commit -qam two && git log --format='%s %an' && git remote && stat -c '%a %F' .git/config
      git config --unset user.name && git branch -m renamed && git config --list --local | grep -c name`;
    const { stdout, stderr } = sealed('overlay', script, cwd);
    expect(stderr).not.toContain('error');
    expect(stdout).toBe('two me\none a\norigin\nother\n640 regular file\n0\n');
    expect(readFileSync(join(cwd, '.git/config'), 'utf8')).toBe(before);
  });

  it('directories keep their owner, mode and files', () => {
    const cwd = repository('', {
      'a/b/.git/config': HEADER,
      'a/other': 'x\n',
      'a/b/.git/x': 'y\n',
    });
    chmodSync(join(cwd, 'a/b'), 0o711);
    chmodSync(join(cwd, 'a'), 0o750);
    const script = `stat -c '%a %u:%g' a a/b a/b/.git a/b/.git/config; find a | sort; cat a/other a/b/.git/x`;
    const { stdout } = sealed('overlay', script, cwd);
    expect(stdout).toBe(outside(script, cwd));
  });
});

describe('in off', () => {
  it('the token is seen, and that is told', () => {
    const cwd = repository(HEADER);
    const { stdout, report } = seal(['--filesystem', 'off'], bash(CAT), { cwd });
    expect(stdout).toContain(SECRET);
    expect(report.notes.map(({ code }) => code)).toContain('git-credentials-visible');
  });
});

describe.each([...MODES, 'scratch-only'] as const)('at home in %s', (mode) => {
  it('no credentials of git and its kind are there', () => {
    const names = [
      ...['.git-credentials', '.config/git/credentials', '.gitconfig', '.config/git/config'],
      ...['.docker/config.json', '.npmrc', '.netrc', '.config/gh/hosts.yml', '.pypirc'],
      ...['.cargo/credentials.toml', '.kube/config', '.config/gcloud/credentials.db'],
    ];
    const home = workspace({
      ...Object.fromEntries(names.map((name) => [name, `[x]\n\ty = ${SECRET}\n`])),
      '.cargo/bin/glovebox-tool': '#!/bin/sh\necho tool\n',
    });
    chmodSync(join(home, '.cargo/bin/glovebox-tool'), 0o755);
    chmodSync(home, 0o755);
    const env = { HOME: home, PATH: `${home}/.cargo/bin:${process.env['PATH'] ?? ''}` };
    const attack = bash(
      `glovebox-tool; cd ~ && cat ${names.join(' ')}; cat ${home}/.npmrc; git config --global --list; true`,
    );
    expect(bare(attack, { env }).stdout.split(SECRET).length).toBeGreaterThan(names.length);

    const cwd = workspace();
    own(cwd);
    const { stdout } = seal(['--filesystem', mode], attack, { cwd, env });
    expect(stdout).toBe('tool\n');
  });
});
