import { describe, expect, it } from 'vitest';
import { bash, seal, workspace } from '../lab/glovebox.ts';

const FILES = {
  'kept.txt': 'kept\n',
  'changed.txt': 'before\n',
  'gone.txt': 'gone\n',
  'moved.txt': 'moved\n',
  'tree/inner.txt': 'inner\n',
  'replaced/old.txt': 'old\n',
};

function changesOf(script: string, files: Readonly<Record<string, string>> = FILES): string[] {
  const { report, stderr } = seal([], bash(script), { cwd: workspace(files) });
  if (report.changes === null) throw new Error(stderr);
  expect([report.changes.notListed, report.changes.unread]).toEqual([0, 0]);
  return report.changes.files.map(({ path, change, size }) => `${change} ${path} ${size}`);
}

describe('what a step did to the workspace', () => {
  it.each<[string, string, string[]]>([
    ['nothing', 'cat kept.txt', []],
    ['a new file', 'echo 12345 > new.txt', ['created new.txt 6']],
    ['a new tree', 'mkdir -p a/b && echo 1 > a/b/c', ['created a/b/c 2']],
    ['another content', 'echo after > changed.txt', ['modified changed.txt 6']],
    ['a deletion', 'rm gone.txt', ['deleted gone.txt 0']],
    ['a tree that is gone', 'rm -r tree', ['deleted tree 0']],
    ['a new name', 'mv moved.txt there.txt', ['deleted moved.txt 0', 'created there.txt 6']],
    [
      'a directory in the place of another',
      'rm -r replaced && mkdir replaced && echo 1 > replaced/new.txt',
      ['created replaced/new.txt 2', 'deleted replaced/old.txt 0'],
    ],
    ['another mode', 'chmod 700 kept.txt', ['modified kept.txt 5']],
    ['a symlink', 'ln -s kept.txt link', ['created link 0']],
    ['what was opened and left as it was', 'exec 3<> kept.txt; exec 3>&-', []],
    [
      'a file with the time and size of the old one',
      'echo befora > changed.txt; touch -d @1 changed.txt',
      ['modified changed.txt 7'],
    ],
    ['an odd name', "echo 1 > $'a\\nb'", ['created a\nb 2']],
  ])('is told: %s', (_name, script, expected) => {
    expect(changesOf(script)).toEqual(expected);
  });

  it('is nobody`s to hide: the old time does not make an old content of a new one', () => {
    const forged =
      'touch -r changed.txt /tmp/t; echo befora > changed.txt; touch -r /tmp/t changed.txt';
    expect(changesOf(forged)).toEqual(['modified changed.txt 7']);
  });

  it('is listed up to a thousand, and the rest counted', () => {
    const { report } = seal([], bash('for i in $(seq 1200); do : > f$i; done'), {
      cwd: workspace(FILES),
    });
    expect(report.changes?.files).toHaveLength(1000);
    expect(report.changes?.notListed).toBe(200);
  });

  it('is null where there is no throwaway layer', () => {
    const { report } = seal(['--filesystem', 'scratch-only'], ['true'], { cwd: workspace(FILES) });
    expect(report.changes).toBeNull();
  });
});
