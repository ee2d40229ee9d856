import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attempt, came, making, shared, sharedFor } from '../lab/attempts.ts';
import { bare, bash, cli, PERSONA, policy, seal, type Sealed, workspace } from '../lab/glovebox.ts';

/** Where the supervisor is root the step runs as the workspace's owner, who must not be root. */
const STEP_OWNER = 4711;

/** A directory with these files that belongs to the step's own uid. */
function place(files: Readonly<Record<string, string>> = {}): string {
  const directory = workspace(files);
  own(directory);
  return directory;
}

function own(path: string): void {
  if (PERSONA !== 'root') return;
  chownSync(path, STEP_OWNER, STEP_OWNER);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) own(join(path, entry.name));
    else if (!entry.isSymbolicLink()) chownSync(join(path, entry.name), STEP_OWNER, STEP_OWNER);
  }
}

interface Lists {
  readonly mode?: string;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly hide?: readonly string[];
}

/** The options for a policy with these lists. JSON is YAML, and carries every name. */
const lists = (filesystem: Lists, more: object = {}): string[] => [
  '-p',
  policy(JSON.stringify({ version: 1, filesystem, ...more })),
];

const notesOf = ({ report }: Sealed): string[] =>
  report.notes.map(({ code }) => code).filter((code) => code.endsWith('-path-missing'));

const MODES = ['overlay', 'scratch-only', 'scratch-plus-ro', 'workspace'] as const;

describe.each(MODES)('in %s mode', (mode) => {
  const missing = ['nothing', '~/nothing', '/nowhere/at/all'];
  /** What can be named side by side, in one run. */
  const several = shared(() => {
    const shown = place({ 'dir/data': 'data\n', single: 'single\n', beside: 'beside\n' });
    const open = place({ 'dir/data': 'data\n', single: 'single\n', beside: 'beside\n' });
    const home = place({ '.cache/tool/data': 'data\n', '.netrc': 'canary\n', mine: 'mine\n' });
    const names = {
      mode,
      read: [join(shown, 'dir'), join(shown, 'single'), '~/.cache/tool', ...missing],
      write: [join(open, 'dir'), join(open, 'single'), '~/mine', ...missing],
      hide: missing,
    };
    const attempts = [
      { name: 'reading', does: `cat ${shown}/dir/data ${shown}/single` },
      ...attacksOn(shown),
      {
        name: 'writing',
        does: `cd ${open} && echo new > dir/new && rm dir/data && echo x > single; echo x > beside; echo x > made`,
      },
      { name: 'missing', does: 'ls -d nothing ~/nothing /nowhere' },
      {
        name: 'home',
        does: 'cat ~/.cache/tool/data && echo x > ~/mine && cat ~/.netrc ~/.cache/../.netrc',
      },
    ];
    const sealed = seal(lists(names), making(attempts), { cwd: place(), env: { HOME: home } });
    return { shown, open, home, sealed, attempts: came(sealed) };
  });

  const attacksOn = (directory: string): Attempt[] =>
    [
      `cat ${directory}/beside`,
      `echo x > ${directory}/dir/data`,
      `echo x > ${directory}/dir/new`,
      `echo x > ${directory}/single`,
      `mv ${directory}/dir ${directory}/gone`,
      `unshare -Urm bash -c 'mount -o remount,rw,bind ${directory}/dir; echo x > ${directory}/dir/data'`,
    ].map((does) => ({ name: does, does }));

  it('read shows a directory and a file, and neither can be written', () => {
    const { shown, attempts } = several();
    expect(attempts('reading')).toMatchObject({ code: 0, stdout: 'data\nsingle\n', stderr: '' });
    const success = attacksOn(shown).filter(({ name }) => attempts(name).code === 0);
    expect(success).toEqual([]);
    expect(readdirSync(join(shown, 'dir'))).toEqual(['data']);
    const reading = `cat ${shown}/dir/data ${shown}/single ${shown}/beside`;
    expect(bare(bash(reading)).stdout).toBe('data\nsingle\nbeside\n');
    expect(bare(bash(`echo x > ${shown}/dir/data`)).code).toBe(0);
  });

  it('write lets changes through to a directory and a file, and nowhere else', () => {
    const { open, sealed, attempts } = several();
    expect(attempts('writing').stdout).toBe('');
    expect(sealed.report.enforced.filesystem).toBe(true);
    expect(readdirSync(join(open, 'dir'))).toEqual(['new']);
    expect(readFileSync(join(open, 'single'), 'utf8')).toBe('x\n');
    expect(readFileSync(join(open, 'beside'), 'utf8')).toBe('beside\n');
    expect(existsSync(join(open, 'made'))).toBe(false);

    bare(bash(`cd ${open}; echo x > beside; echo x > made`));
    expect(readFileSync(join(open, 'beside'), 'utf8')).toBe('x\n');
    expect(existsSync(join(open, 'made'))).toBe(true);
  });

  it('hide takes a file and a directory out of what is shown, by whatever way they are asked for', () => {
    const cwd = place({ 'keys/one': 'canary\n', token: 'canary\n', file: 'file\n' });
    const outside = place({ 'keys/one': 'canary\n', token: 'canary\n' });
    const named = {
      mode,
      read: [outside, cwd],
      hide: ['keys', join(cwd, 'token'), join(outside, 'keys'), join(outside, 'token')],
    };
    const attack = (spare: string): string[] =>
      bash(
        `grep -rsh canary ${cwd} ${outside}; cat ${cwd}/token ${cwd}/./keys/../keys/one /proc/self/root${cwd}/token; ` +
          `cd ${cwd}; ln token ${spare}/t; mv keys shown; mv token shown-too; cp token keys/* ${spare}; grep -rsh canary . ${spare}; ` +
          `unshare -Urm bash -c 'umount keys token; umount -l ${outside}/keys; mkdir -p ${spare}/d; mount --bind ${outside} ${spare}/d; ` +
          `mount --bind . ${spare}/d; grep -rsh canary . ${outside} ${spare}'`,
      );
    const { stdout, report } = seal(lists(named), attack('/tmp'), { cwd });
    expect(stdout).toBe('');
    expect(report.enforced.filesystem).toBe(true);
    expect(bare(attack(place()), { cwd }).stdout).toContain('canary');
  });

  it('what a list names and does not exist is left out with a note', () => {
    const { home, sealed, attempts } = several();
    expect(attempts('missing').stdout).toBe('');
    expect(notesOf(sealed).toSorted()).toEqual(
      ['hide', 'read', 'write'].flatMap((key) => missing.map(() => `${key}-path-missing`)),
    );
    expect(sealed.report.enforced.filesystem).toBe(true);
    expect(readdirSync(home).toSorted()).toEqual(['.cache', '.netrc', 'mine']);
  });

  it('~ is the home directory, and only what is named of it is shown', () => {
    const { home, attempts } = several();
    expect(attempts('home').stdout).toBe('data\n');
    expect(readFileSync(join(home, 'mine'), 'utf8')).toBe('x\n');
    expect(bare(bash('cat ~/.netrc'), { env: { HOME: home } }).stdout).toBe('canary\n');
  });
});

describe('a relative path', () => {
  it('is one of the workspace, wherever the command is run', () => {
    const cwd = place({ 'data/file': 'file\n', 'out/x': '', 'sub/x': 'seen\n' });
    const named = lists({ read: ['data'], write: ['out'], hide: ['sub/x'] });
    const script = bash(
      `echo made > ${cwd}/out/made; echo x > ${cwd}/data/file; echo y > ${cwd}/made; cat x && echo hidden`,
    );
    const { stdout } = seal(named, script, {
      cwd: join(cwd, 'sub'),
      env: { GITHUB_WORKSPACE: cwd },
    });
    expect(stdout).toBe('hidden\n');
    expect(readFileSync(join(cwd, 'out/made'), 'utf8')).toBe('made\n');
    expect(readFileSync(join(cwd, 'data/file'), 'utf8')).toBe('file\n');
    expect(existsSync(join(cwd, 'made'))).toBe(false);
  });
});

describe('a symlink in the workspace', () => {
  const victim = (): string => place({ 'inner/key': 'canary\n' });
  const aims: readonly (readonly [string, (cwd: string, target: string) => string])[] = [
    ['relative', (cwd, target) => relative(cwd, target)],
    ['absolute', (_, target) => target],
  ];

  const followingIn = (cwd: string, kind: string): string =>
    `cat ${cwd}/${kind}/inner/key; echo evil > ${cwd}/${kind}/inner/key`;
  /** One run in each mode follows both kinds of links, in a workspace that has both. */
  const followed = sharedFor((mode: string) => {
    const cwd = place();
    const target = victim();
    for (const [kind, aim] of aims) symlinkSync(aim(cwd, target), join(cwd, kind));
    const attempts = aims.map(([kind]) => ({ name: kind, does: followingIn(cwd, kind) }));
    return { cwd, target, attempts: came(seal(lists({ mode }), making(attempts), { cwd })) };
  });

  describe.each(aims)('with a %s target', (kind, aim) => {
    it.each(['read', 'write', 'hide'] as const)('that %s names makes the run be refused', (key) => {
      const cwd = place();
      const target = victim();
      symlinkSync(aim(cwd, target), join(cwd, 'link'));
      const attack = bash('cat link/inner/key; echo evil > link/inner/key; echo ran');
      const names = ['link', 'link/inner', 'link/inner/key', join(cwd, 'link')];
      const { code, stdout, report } = seal(lists({ [key]: names }), attack, { cwd });
      expect(code).toBe(125);
      expect(stdout).toBe('');
      expect(report.downgrades.map((one) => one.code)).toEqual(
        names.map(() => 'path-through-symlink'),
      );
      for (const [index, name] of names.entries())
        expect(report.downgrades[index]?.reason).toContain(JSON.stringify(name));
      expect(readFileSync(join(target, 'inner/key'), 'utf8')).toBe('canary\n');
      const control = bare(attack, { cwd });
      expect(control.stdout).toBe('canary\nran\n');
      expect(readFileSync(join(target, 'inner/key'), 'utf8')).toBe('evil\n');
    });

    it.each(['read', 'write', 'hide'] as const)(
      'that %s names leads nowhere when the run goes on all the same',
      (key) => {
        const cwd = place();
        const target = victim();
        symlinkSync(aim(cwd, target), join(cwd, 'link'));
        const options = [...lists({ [key]: ['link/inner'] }), '--on-unavailable', 'degrade'];
        const attack = bash(
          `cat link/inner/key ${target}/inner/key; echo evil > ${target}/inner/key; echo ran`,
        );
        const { stdout, report } = seal(options, attack, { cwd });
        expect(stdout).toBe('ran\n');
        expect(report.layers.filesystem.status).toBe('downgraded');
        expect(readFileSync(join(target, 'inner/key'), 'utf8')).toBe('canary\n');
        expect(bare(bash('cat link/inner/key'), { cwd }).stdout).toBe('canary\n');
      },
    );

    it.each(MODES)('cannot be followed in %s mode', (mode) => {
      const { cwd, target, attempts } = followed(mode);
      const attack = followingIn(cwd, kind);
      expect(attempts(kind).stdout).toBe('');
      expect(readFileSync(join(target, 'inner/key'), 'utf8')).toBe('canary\n');
      expect(bare(bash(attack.replace('evil', 'canary')), { cwd }).stdout).toBe('canary\n');
    });
  });

  // bubblewrap before 0.11 followed such links to the host while it made mount points.
  const ROOTS: readonly (readonly [string, string])[] = [
    ['/oldroot', 'made'],
    ['../../../../oldroot', 'made'],
    ['../../../../../oldroot', 'made/deep'],
    ['/newroot/../oldroot', 'made'],
  ];
  const linkOf = (root: string): string => `link-${ROOTS.findIndex(([one]) => one === root)}`;

  /** A run with a link by way of each of these, and what a workspace guards by way of the first. */
  const goingBy = (mode: string, roots: typeof ROOTS): ReadonlyMap<string, string> => {
    const cwd = place({ 'real/x': '' });
    const targets = new Map(roots.map(([root]) => [root, victim()]));
    for (const [root, target] of targets) symlinkSync(`${root}${target}`, join(cwd, linkOf(root)));
    const [first = ['', '']] = targets;
    for (const guarded of ['.git', '.github', '.envrc'])
      symlinkSync(`${first.join('')}/${guarded.slice(1)}`, join(cwd, guarded));
    const names = roots.map(([root, made]) => `${linkOf(root)}/${made}`);
    const named = lists({ mode, read: names, write: names, hide: names });
    const attempts = roots.map(([root]) => {
      return { name: root, does: `mkdir -p ${linkOf(root)}/made; ls ${linkOf(root)}` };
    });
    const ran = seal([...named, '--on-unavailable', 'degrade'], making(attempts), { cwd });
    const made = came(ran);
    for (const [root] of roots) made(root);
    return targets;
  };
  // Only in place is anything guarded, so there each is a run of its own.
  const together = sharedFor((mode: string) => goingBy(mode, ROOTS));

  it.each(MODES.flatMap((mode) => ROOTS.map(([root, made]) => [mode, root, made] as const)))(
    'in %s mode that goes by %s makes nothing appear on the host',
    (mode, root, made) => {
      const targets = mode === 'workspace' ? goingBy(mode, [[root, made]]) : together(mode);
      const target = targets.get(root) ?? '';
      expect(readdirSync(target)).toEqual(['inner']);

      // As a link that is true on the host it does what it aims at.
      const cwd = place();
      symlinkSync(target, join(cwd, 'true'));
      bare(bash(`mkdir -p true/${made}`), { cwd });
      expect(readdirSync(target)).toEqual(['inner', 'made']);
    },
  );

  it('that a step plants in place of a mount point does not move the next run’s mounts', () => {
    const target = victim();
    const cwd = place({ 'out/x': '' });
    const plant = bash(`rm -rf out && ln -s ${target} out`);
    seal(lists({ mode: 'workspace' }), plant, { cwd });
    expect(bare(bash('cat out/inner/key'), { cwd }).stdout).toBe('canary\n');

    const { code, stdout } = seal(
      lists({ mode: 'workspace', write: ['out'] }),
      bash('cat out/inner/key; echo evil > out/inner/key'),
      { cwd },
    );
    expect(code).toBe(125);
    expect(stdout).toBe('');
    expect(readFileSync(join(target, 'inner/key'), 'utf8')).toBe('canary\n');
  });
});

describe('a name with', () => {
  const NAMES: readonly (readonly [string, string])[] = [
    ['a space', 'two words'],
    ['spaces at its ends', ' ends '],
    ['single quotes', "it's"],
    ['double quotes', 'say "so"'],
    ['a newline', 'new\nline'],
    ['a tab', 'a\ttab'],
    ['commas', 'a,b,upperdir=c'],
    ['colons', 'a:b:c'],
    ['backslashes', 'back\\slash\\040'],
    ['a leading dash', '-leading'],
    ['the look of an option', '--bind'],
    ['the look of a shell command', '$(touch evil);`touch evil`'],
    ['a hash', '#hash'],
    ['glob characters', '[a]*?'],
    ['spaces of other scripts', 'a\u00a0b\u3000c'],
    ['letters of other scripts', 'ünïcødé-日本'],
    ['a tilde', '~'],
    ['dots', '...'],
  ];

  const script = bash(`cat "$0/file" && echo x > "$0/made"; pwd`);

  it.each(NAMES)('%s can be the workspace', (_, name) => {
    const cwd = place();
    const directory = join(cwd, name);
    mkdirSync(directory);
    writeFileSync(join(directory, 'file'), 'file\n');
    own(cwd);
    const ran = seal([`--directory=./${name}`], [...script, directory], { cwd });
    expect(ran.stdout).toBe(`file\n${directory}\n`);
    expect(ran.code).toBe(0);
    expect(ran.report.enforced.filesystem).toBe(true);
    expect(readdirSync(directory)).toEqual(['file']);
    expect(readdirSync(cwd)).toEqual([name]);
  });

  // Only an overlay's options have a syntax; elsewhere all these names can be parts of one.
  it.each([
    ['workspace', true],
    ['scratch-plus-ro', false],
  ] as const)('any of that can be in the path of the workspace in %s mode', (mode, made) => {
    const path = NAMES.map(([, name]) => name).join('/');
    const cwd = place({ [`${path}/file`]: 'file\n' });
    const directory = join(cwd, path);
    const options = ['--filesystem', mode, `--directory=./${path}`];
    const ran = seal(options, [...script, directory], { cwd });
    expect(ran.stdout).toBe(`file\n${mode === 'scratch-plus-ro' ? '/scratch' : directory}\n`);
    expect(ran.code).toBe(0);
    expect(existsSync(join(directory, 'made'))).toBe(made);
    expect(ran.report.enforced.filesystem).toBe(true);
  });

  /** All of them are named by one policy. */
  const listed = shared(() => {
    const all = NAMES.map(([, name]) => name);
    const files = (inside: string): Record<string, string> =>
      Object.fromEntries(
        all.flatMap((name) => [
          [`r/${name}${inside}`, 'file\n'],
          [`w/${name}${inside}`, 'file\n'],
          [`h/${name}${inside}`, 'canary\n'],
        ]),
      );
    const outside = place(files('/file'));
    const cwd = place(files(''));
    const both = (kind: string): string[] =>
      all.flatMap((name) => [join(outside, kind, name), `${kind}/${name}`]);
    const named = lists({
      read: [...both('r'), join(outside, 'h')],
      write: both('w'),
      hide: both('h'),
    });
    const attempts = all.map((name) => ({ name, does: [...reaching, name, outside] }));
    const sealed = seal(named, making(attempts), { cwd });
    return { outside, cwd, sealed, attempts: came(sealed) };
  });
  const reaching = bash(
    'cat "$1/r/$0/file" "r/$0"; echo new > "$1/w/$0/file"; echo new > "w/$0"; ' +
      'cat "$1/h/$0/file" "h/$0"; echo evil > "$1/r/$0/file"; echo evil > "r/$0"',
  );

  it.each(NAMES)('%s can be read, written and hidden', (_, name) => {
    const { outside, cwd, sealed, attempts } = listed();
    expect(attempts(name).stdout).toBe('file\nfile\n');
    expect(readFileSync(join(outside, 'w', name, 'file'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(cwd, 'w', name), 'utf8')).toBe('new\n');
    expect(readFileSync(join(outside, 'r', name, 'file'), 'utf8')).toBe('file\n');
    expect(readFileSync(join(cwd, 'r', name), 'utf8')).toBe('file\n');
    expect(notesOf(sealed)).toEqual([]);
    expect(sealed.report.enforced.filesystem).toBe(true);
    expect(bare([...reaching, name, outside], { cwd }).stdout).toContain('canary');
  });
});

describe('a tool', () => {
  const SCRIPT = '#!/bin/sh\necho "tool $(basename "$0")"\n';
  const executable = (file: string, text = SCRIPT): void => {
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  };
  const onPath = (...directories: readonly string[]): string =>
    [...directories, process.env['PATH'] ?? ''].join(':');

  const directories = [
    '.nvm/versions/node/v1.2.3/bin',
    '.cargo/bin',
    '.pyenv/shims',
    '.local/share/mise/shims',
    '.volta/bin',
    '.local/bin',
  ];
  const toolOf = (directory: string): string => `tool-${directories.indexOf(directory)}`;
  /** All of them in one home directory, and all on PATH. */
  const installed = shared(() => {
    const home = workspace({
      ...Object.fromEntries(directories.map((directory) => [`${directory}/x`, ''])),
      '.npmrc': 'canary\n',
      '.ssh/id': 'canary\n',
    });
    chmodSync(home, 0o755);
    for (const directory of directories) executable(join(home, directory, toolOf(directory)));
    const env = { HOME: home, PATH: onPath(...directories.map((one) => join(home, one))) };
    const attempts = directories.map((directory) => ({
      name: directory,
      does: `${toolOf(directory)}; cat ~/.npmrc ~/.ssh/id; echo x > "$(command -v ${toolOf(directory)})"`,
    }));
    return { home, env, attempts: came(seal([], making(attempts), { env })) };
  });

  it.each(directories)(
    'that lies in ~/%s runs, and the rest of the home directory is not there',
    (directory) => {
      const { home, env, attempts } = installed();
      const tool = toolOf(directory);
      const script = bash(`${tool}; cat ~/.npmrc ~/.ssh/id`);
      expect(bare(script, { env }).stdout).toBe(`tool ${tool}\ncanary\ncanary\n`);

      expect(attempts(directory).stdout).toBe(`tool ${tool}\n`);
      expect(readFileSync(join(home, directory, tool), 'utf8')).toBe(SCRIPT);
      const alone = { HOME: home, PATH: onPath(join(home, directory)) };
      expect(seal([], [tool], { env: alone }).stdout).toBe(`tool ${tool}\n`);
    },
  );

  it('that is reached through a chain of symlinks runs', () => {
    const opt = workspace({ 'tool-1.0/bin/x': '', 'tool-1.0/lib/data': 'data\n', 'links/x': '' });
    chmodSync(opt, 0o755);
    executable(join(opt, 'tool-1.0/bin/real'), `#!/bin/sh\ncat "${opt}/tool-1.0/lib/data"\n`);
    symlinkSync('tool-1.0', join(opt, 'tool'));
    symlinkSync(join(opt, 'tool/bin/real'), join(opt, 'links/middle'));
    symlinkSync('middle', join(opt, 'links/glovebox-tool'));
    const env = { PATH: onPath(join(opt, 'links')) };
    expect(bare(['glovebox-tool'], { env }).stdout).toBe('data\n');
    expect(seal([], ['glovebox-tool'], { env }).stdout).toBe('data\n');
    expect(seal([], [join(opt, 'links/glovebox-tool')]).stdout).toBe('data\n');
  });

  it('with an interpreter of its own runs', () => {
    const opt = workspace({ 'lang/bin/x': '', 'app/x': '' });
    chmodSync(opt, 0o755);
    executable(join(opt, 'lang/bin/interpreter'), '#!/bin/sh\necho "interpreted ${1##*/}"\n');
    executable(join(opt, 'app/run'), `#!${opt}/lang/bin/interpreter\n`);
    expect(seal([], [join(opt, 'app/run')]).stdout).toBe('interpreted run\n');
  });

  const secrets = (): string => {
    const home = place({ '.secret/key': 'canary\n' });
    executable(join(home, '.secret/tool'));
    own(home);
    return home;
  };

  it('is not what a symlink in the workspace makes of a secret’s directory', () => {
    const home = secrets();
    const cwd = place({ 'bin/x': '', 'node_modules/.bin/x': '' });
    for (const directory of ['bin', 'node_modules/.bin']) {
      symlinkSync(join(home, '.secret/key'), join(cwd, directory, 'key'));
      symlinkSync(join(home, '.secret/tool'), join(cwd, directory, 'tool'));
    }
    const env = { HOME: home, PATH: onPath(join(cwd, 'bin'), join(cwd, 'node_modules/.bin')) };
    const attack = bash(`cat bin/key node_modules/.bin/key ${home}/.secret/key`);
    expect(bare(attack, { cwd, env }).stdout).toBe('canary\n'.repeat(3));
    expect(seal([], attack, { cwd, env }).stdout).toBe('');
  });

  it('is not what a directory of PATH that is a symlink itself makes of it', () => {
    const home = secrets();
    const cwd = place();
    symlinkSync(join(home, '.secret'), join(cwd, 'bin'));
    const env = { HOME: home, PATH: onPath(join(cwd, 'bin')) };
    const attack = bash(`cat bin/key ${home}/.secret/key`);
    expect(bare(attack, { cwd, env }).stdout).toBe('canary\n'.repeat(2));
    expect(seal([], attack, { cwd, env }).stdout).toBe('');
  });

  it('is not what a link of our own to the workspace makes of it', () => {
    const home = secrets();
    const cwd = place({ 'bin/x': '' });
    const ours = mkdtempSync('/var/tmp/lab-ours-');
    chmodSync(ours, 0o755);
    symlinkSync(join(cwd, 'bin/tool'), join(ours, 'tool'));
    symlinkSync(join(home, '.secret/tool'), join(cwd, 'bin/tool'));
    const env = { HOME: home, PATH: onPath(ours) };
    const attack = bash(`cat ${home}/.secret/key`);
    expect(bare(attack, { cwd, env }).stdout).toBe('canary\n');
    expect(seal([], attack, { cwd, env }).stdout).toBe('');
  });

  it('is not what the command’s own name or first line makes of it', () => {
    const home = secrets();
    const cwd = place();
    symlinkSync(join(home, '.secret/tool'), join(cwd, 'link'));
    executable(join(cwd, 'script'), `#!${home}/.secret/tool\n`);
    executable(join(home, '.secret/tool'), `#!/bin/sh\ncat ${home}/.secret/key\n`);
    own(cwd);
    for (const command of ['./link', './script', join(cwd, 'link')]) {
      expect(bare([command], { cwd, env: { HOME: home } }).stdout).toBe('canary\n');
      const { code, stdout } = seal([], [command], { cwd, env: { HOME: home } });
      expect(stdout).toBe('');
      expect([126, 127]).toContain(code);
    }
  });

  it('of a virtual environment in the workspace runs by its version manager', () => {
    const home = workspace({ '.pyenv/versions/3/bin/x': '', '.netrc': 'canary\n' });
    chmodSync(home, 0o755);
    executable(join(home, '.pyenv/versions/3/bin/glovebox-python'));
    const cwd = place({ 'venv/bin/x': '' });
    symlinkSync(
      join(home, '.pyenv/versions/3/bin/glovebox-python'),
      join(cwd, 'venv/bin/glovebox-python'),
    );
    const env = { HOME: home, PATH: onPath(join(cwd, 'venv/bin')) };
    const { stdout } = seal([], bash('glovebox-python; cat ~/.netrc'), { cwd, env });
    expect(stdout).toBe('tool glovebox-python\n');
    expect(seal([], ['./venv/bin/glovebox-python'], { cwd, env: { HOME: home } }).stdout).toBe(
      'tool glovebox-python\n',
    );
  });
});

describe('the root directory', () => {
  it.each<[string, Lists]>([
    ['read', { read: ['/'] }],
    ['write', { write: ['/../'] }],
    ['hide', { hide: ['//'] }],
  ])('cannot be what filesystem.%s names', (key, named) => {
    const cwd = place();
    const { code, stdout, stderr } = cli(['run', ...lists(named), '--', 'echo', 'ran'], { cwd });
    expect(stdout).toBe('');
    expect(stderr).toContain(`filesystem.${key} names the root directory`);
    expect(stderr).toContain('→ name the directories');
    expect(code).toBe(125);
    const { stdout: unsealed } = seal(
      ['--on-unavailable', 'degrade', ...lists({ ...named, mode: 'off' })],
      ['echo', 'ran'],
      { cwd },
    );
    expect(unsealed).toBe('ran\n');
  });
});

describe('a TMPDIR', () => {
  it.each(['overlay', 'workspace'])(
    'in the workspace does not put our own files before the step in %s mode',
    (mode) => {
      const cwd = place({ 'tmp/x': '' });
      const { stdout, code } = seal(['--filesystem', mode], bash('find tmp'), {
        cwd,
        env: { TMPDIR: join(cwd, 'tmp') },
      });
      expect(stdout).toBe('tmp\ntmp/x\n');
      expect(code).toBe(0);
    },
  );

  it('that only we may enter is no hindrance', () => {
    const closed = mkdtempSync('/var/tmp/lab-closed-');
    const { stdout, code } = seal([], ['echo', 'ran'], { cwd: place(), env: { TMPDIR: closed } });
    expect(stdout).toBe('ran\n');
    expect(code).toBe(0);
  });

  it('that the policy lets the step write does not do so either', () => {
    const outside = place();
    const cwd = place();
    const { stdout } = seal(lists({ write: [outside] }), ['ls', '-A', outside], {
      cwd,
      env: { TMPDIR: outside },
    });
    expect(stdout).toBe('');
    expect(mkdtempSync(join(outside, 'still-writable-'))).toContain(outside);
  });
});

describe('a sandbox that bubblewrap cannot build', () => {
  it('did not start, and is not called sealed', () => {
    const { code, stdout, report } = seal([], ['echo', 'ran'], {
      cwd: place(),
      env: { HOME: '/usr/glovebox-lab-nowhere' },
    });
    expect(stdout).toBe('');
    expect(code).toBe(125);
    expect(report.outcome.kind).toBe('failed-to-start');
    expect(Object.values(report.enforced)).not.toContain(true);
  });
});
