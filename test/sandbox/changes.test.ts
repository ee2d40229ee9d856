import { chmodSync, chownSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bash, PERSONA, seal, workspace } from '../lab/glovebox.ts';

const FILES = {
  'kept.txt': 'kept\n',
  'changed.txt': 'before\n',
  'gone.txt': 'gone\n',
  'moved.txt': 'moved\n',
  'tree/inner.txt': 'inner\n',
  'replaced/old.txt': 'old\n',
};

/** What the step does in a directory with FILES, and what is told of it. */
const CASES: [string, string, string[]][] = [
  ['nothing', 'cat kept.txt', []],
  ['a new file', 'echo 12345 > new.txt', ['created file new.txt 6']],
  ['a new tree', 'mkdir -p a/b && echo 1 > a/b/c', ['created file a/b/c 2']],
  ['an empty directory', 'mkdir -p a/b', ['created directory a/b 0']],
  ['another content', 'echo after > changed.txt', ['modified file changed.txt 6']],
  ['a deletion', 'rm gone.txt', ['deleted file gone.txt 0']],
  ['a tree that is gone', 'rm -r tree', ['deleted directory tree 0']],
  [
    'a new name',
    'mv moved.txt there.txt',
    ['created file there.txt 6', 'deleted file moved.txt 0'],
  ],
  [
    'a new name of a directory',
    'mv tree there',
    ['created file there/inner.txt 6', 'deleted directory tree 0'],
  ],
  [
    'a directory in the place of another',
    'rm -r replaced && mkdir replaced && echo 1 > replaced/new.txt',
    ['created file replaced/new.txt 2', 'deleted file replaced/old.txt 0'],
  ],
  [
    'another directory in the place of one',
    'rm -r replaced && mv tree replaced',
    [
      ...['created file replaced/inner.txt 6', 'deleted directory tree 0'],
      'deleted file replaced/old.txt 0',
    ],
  ],
  ['a directory that went and came back', 'mv tree away && mv away tree', []],
  ['a file in the place of a directory', 'rm -r tree; echo 1 > tree', ['modified file tree 2']],
  [
    'a directory in the place of a file',
    'rm kept.txt; mkdir kept.txt; echo 1 > kept.txt/new',
    ['created file kept.txt/new 2', 'modified directory kept.txt 0'],
  ],
  ['another mode', 'chmod 700 kept.txt', ['modified file kept.txt 5']],
  ['another mode of a directory', 'chmod 700 tree', ['modified directory tree 0']],
  ['a symlink', 'ln -s kept.txt link', ['created symlink link 0']],
  ['a hard link', 'ln kept.txt link', ['created file link 5']],
  ['a fifo', 'mkfifo fifo', ['created other fifo 0']],
  ['another time', 'touch -d @1 kept.txt', []],
  ['what was opened and left as it was', 'exec 3<> kept.txt; exec 3>&-', []],
  ['what was written as it was', 'rm kept.txt; echo kept > kept.txt', []],
  [
    'a file with the time and size of the old one',
    'touch -r changed.txt /tmp/t; echo befora > changed.txt; touch -r /tmp/t changed.txt',
    ['modified file changed.txt 7'],
  ],
  ['an odd name', "echo 1 > $'a\\nb'", ['created file a\nb 2']],
];

describe('what a step did to the workspace', () => {
  it('is told', () => {
    const script = CASES.map(([, act], index) => `(cd ${index}; ${act})`).join('\n');
    const files = CASES.flatMap((_, index) =>
      Object.entries(FILES).map(([name, text]) => [`${index}/${name}`, text]),
    );
    const cwd = workspace(Object.fromEntries(files));
    const { report } = seal([], bash(script), { cwd });
    expect([report.changes?.notListed, report.changes?.unread]).toEqual([0, 0]);
    const found = CASES.map(([name], index) => [
      name,
      (report.changes?.files ?? [])
        .filter(({ path }) => path.startsWith(`${index}/`))
        .map(
          ({ path, ...one }) =>
            `${one.change} ${one.kind} ${path.slice(`${index}/`.length)} ${one.size}`,
        )
        .sort(),
    ]);
    expect(found).toEqual(CASES.map(([name, , expected]) => [name, expected]));
  });

  it('is told also of what is large, of a name that is no text, and of the workspace itself', () => {
    const cwd = workspace({ large: '', same: '' });
    for (const name of ['large', 'same']) truncateSync(join(cwd, name), 64 << 20);
    const script = [
      'printf x | dd of=large bs=1 seek=50000000 conv=notrunc status=none; exec 3<> same; exec 3>&-',
      "echo 1 > $'\\xff'; chmod 711 .; mkdir -m 0 shut",
    ];
    const { report } = seal([], bash(script.join('\n')), { cwd });
    expect(report.changes).toEqual({
      files: [
        { path: '.', change: 'modified', kind: 'directory', size: 0 },
        { path: 'large', change: 'modified', kind: 'file', size: 64 << 20 },
        { path: 'shut', change: 'created', kind: 'directory', size: 0 },
        { path: '\ufffd', hex: 'ff', change: 'created', kind: 'file', size: 2 },
      ],
      // An ordinary user cannot look into it either.
      ...{ notListed: 0, unread: PERSONA === 'root' ? 0 : 1 },
    });
  });

  it('is listed up to a thousand, and the rest counted', () => {
    const { report } = seal([], bash('for i in $(seq 1200); do : > f$i; done'), {
      cwd: workspace(FILES),
    });
    expect(report.changes?.files).toHaveLength(1000);
    expect(report.changes?.notListed).toBe(200);
  });

  it('is shown line by line with --diff, but for what the step was not to see', () => {
    const cwd = workspace({
      ...FILES,
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/config': '[http "https://git.example.com/"]\n\textraheader = Basic c2VjcmV0\n',
    });
    const script = "echo after > changed.txt; ln -s / link; rm gone.txt; printf '\\0' > binary";
    const named = 'printf "[user]\\n\\tname = x\\n" >> .git/config';
    const { stderr } = seal(['--diff', '-q'], bash(`${script}; ${named}`), { cwd });
    expect(stderr).toContain(
      '--- a/changed.txt\n+++ b/changed.txt\n@@ -1,1 +1,1 @@\n-before\n+after\n',
    );
    expect(stderr).toContain('--- a/gone.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-gone\n');
    expect(stderr).toContain('--- /dev/null\n+++ b/link\n@@ -0,0 +1,1 @@\n+/\n');
    expect(stderr).toContain('created file binary: it is no text\n');
    expect(stderr).toContain('+[user]\n');
    expect(stderr).not.toContain('c2VjcmV0');
    // The control: that is what lies there.
    expect(readFileSync(join(cwd, '.git/config'), 'utf8')).toContain('c2VjcmV0');
  });

  it('is not shown with --diff of a file that the step could move or take away, but not read', () => {
    const cwd = workspace({ moved: 'canary\n', gone: 'canary\n', own: 'before\n' });
    const shut = ['moved', 'gone'].map((name) => join(cwd, name));
    for (const path of shut) chmodSync(path, PERSONA === 'root' ? 0o600 : 0);
    // Where the supervisor is root the step is the workspace's owner.
    if (PERSONA === 'root') for (const path of [cwd, join(cwd, 'own')]) chownSync(path, 4711, 4711);
    const script = 'cat moved gone; mv moved there; rm -f gone; echo after > own';
    const { stderr, stdout } = seal(['--diff', '-q'], bash(script), { cwd });
    expect(stdout).toBe('');
    expect(stderr).toContain('-before\n+after\n');
    expect(stderr).toContain('created file there: it');
    expect(stderr).not.toContain('canary');
  });

  it('is null where there is no throwaway layer', () => {
    const { report } = seal(['--filesystem', 'scratch-only'], ['true'], { cwd: workspace(FILES) });
    expect(report.changes).toBeNull();
  });
});
