import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/run/changes/entries.ts';
import { judge, type Judgement } from '../../../src/run/changes/judge.ts';

function entry(overrides: Partial<Entry> = {}): Entry {
  return {
    ...{ kind: 'file', mode: 0o644, size: 5, rdev: 0n, ino: 1n, mtime: 1n, ctime: 1n },
    isWhiteout: false,
    ...overrides,
  };
}

const directory = entry({ kind: 'directory', mode: 0o755, size: 0 });
const device = entry({ kind: 'other', rdev: 5n, size: 0 });

describe('what became of a place', () => {
  it.each<[string, Entry | null, Entry | null, Judgement]>([
    ['nothing, then as now', null, null, 'same'],
    ['nothing before', null, entry(), 'created'],
    ['nothing now', directory, null, 'deleted'],
    ['something else', entry(), directory, 'modified'],
    ['a file of the same size', entry(), entry({ ino: 2n, mtime: 2n }), 'content'],
    ['a file of another size', entry(), entry({ size: 6 }), 'modified'],
    ['a file of another mode', entry(), entry({ mode: 0o600 }), 'modified'],
    ['a directory', directory, { ...directory, ino: 2n }, 'same'],
    ['a directory of another mode', directory, { ...directory, mode: 0o700 }, 'modified'],
    [
      'a symlink',
      entry({ kind: 'symlink', mode: 0o777 }),
      entry({ kind: 'symlink', mode: 0o755 }),
      'content',
    ],
    ['a device', device, device, 'same'],
    ['another device', device, { ...device, rdev: 6n }, 'modified'],
  ])('%s', (_name, before, after, expected) => {
    expect(judge(before, after, false)).toBe(expected);
    expect(judge(before, after, true)).toBe(expected);
  });

  it.each<[string, number, number, boolean]>([
    ['setuid', 0o4755, 0o755, true],
    ['setgid of what a group may run', 0o2755, 0o755, true],
    ['setgid that means something else', 0o2745, 0o745, false],
    ['another bit', 0o1755, 0o755, false],
  ])('the bits that a new owner takes away are no change: %s', (_name, was, is, same) => {
    const judged = judge(entry({ mode: was }), entry({ mode: is }), true);
    expect(judged).toBe(same ? 'content' : 'modified');
    expect(judge(entry({ mode: was }), entry({ mode: is }), false)).toBe('modified');
  });
});
