import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesPart } from '../../src/report/changes-tree.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { report } from '../fixtures/report.ts';

type Change = NonNullable<EffectiveSandbox['changes']>['files'][number];

/** `+ path 12`, `~ path`, `- path/`: a slash at its end makes it a directory. */
function change(text: string): Change {
  const [mark = '', path = '', size = '0'] = text.split(' ');
  const isDirectory = path.endsWith('/');
  return {
    path: isDirectory ? path.slice(0, -1) : path,
    change: mark === '+' ? 'created' : mark === '~' ? 'modified' : 'deleted',
    kind: isDirectory ? 'directory' : 'file',
    size: Number(size),
  };
}

function tree(texts: readonly string[], notListed = 0, unread = 0): string[] {
  const changes = { files: texts.map(change), notListed, unread };
  return changesPart({ ...report(), changes });
}

function drawn(texts: readonly string[]): string[] {
  const lines = tree(texts);
  return lines.slice(lines.indexOf('<pre>') + 1, lines.indexOf('</pre>'));
}

describe('the changes as a tree', () => {
  it('has a line for each name, and none for a directory that leads to one name only', () => {
    expect(drawn(['+ a/b/c 2048', '~ a/b/d 1', '- gone/', '- old', '+ x/y/z/', '~ .'])).toEqual([
      ...['  a/b/', '  + c  2 KiB', '  ~ d  1 B', '- gone/', '- old', '+ x/y/z/', '~ .  0 B'],
    ]);
  });

  it('tells a directory that took a file`s place, and what is in it', () => {
    expect(drawn(['~ a/', '+ a/b 1'])).toEqual(['~ a/', '  + b  1 B']);
  });

  it('counts what there is no room for, where it begins', () => {
    const many = Array.from({ length: 60 }, (_, index) => `+ big/${index} 1`);
    expect(drawn([...many, '~ small/a 1', '~ small/b 1'])).toEqual([
      ...['  big/  60 created (+)', '  small/', '  ~ a  1 B', '  ~ b  1 B'],
    ]);
    const top = Array.from({ length: 60 }, (_, index) => `- ${index}`);
    expect(drawn(top)).toHaveLength(51);
    expect(drawn(top).at(-1)).toBe('… 10 more');
  });

  it('says in words how many there are, listed or not', () => {
    const text = tree(['+ a 1', '+ b 1', '- c'], 5, 2).join('\n');
    expect(text).toContain('<summary>Changes (8)</summary>');
    expect(text).toContain('2 created (+), 1 deleted (-).');
    expect(text).toContain('…and 5 more');
    expect(text).toContain('2 places could not be looked at.');
  });

  it('is nothing where nothing changed, or nothing could', () => {
    expect(tree([])).toEqual([]);
    expect(changesPart({ ...report(), changes: null })).toEqual([]);
  });

  it('is never longer than a page, and every change is in it or counted', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 4 })
      .map((names) => `+ ${names.join('/')} 1`);
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 200 }), (paths) => {
        const lines = drawn(paths);
        expect(lines.length).toBeLessThanOrEqual(51);
        const single = lines.filter((line) => /^ *\+/.test(line) && !line.includes('created'));
        const counted = lines.map((line) => Number(/(\d+) created/.exec(line)?.[1] ?? 0));
        expect(single.length + counted.reduce((sum, one) => sum + one, 0)).toBe(paths.length);
      }),
    );
  });
});
