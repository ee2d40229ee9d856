import { mkdirSync, mkdtempSync, type Stats, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findStrangers } from '../../src/probe/strangers.ts';

/** A test cannot make a file of somebody else: here what is not empty stands for one. */
const isOwn = (stats: Stats): boolean => stats.isDirectory() || stats.size === 0;

function workspace(strangers: readonly string[], own = 0): string {
  const directory = mkdtempSync(join(tmpdir(), 'glovebox-strangers-'));
  for (const path of strangers) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), 'x');
  }
  for (let index = 0; index < own; index += 1) writeFileSync(join(directory, `own-${index}`), '');
  return directory;
}

it.each<[string, string, object]>([
  ['nothing', workspace([]), { named: [], more: false, all: true }],
  ['what lies deep', workspace(['a/b/c']), { named: ['a/b/c'], more: false, all: true }],
  [
    'the outer levels first',
    workspace(['a/1', 'v', 'w', 'x', 'y', 'z']),
    { named: ['v', 'w', 'x', 'y', 'z'], more: true },
  ],
  ['a few of many', workspace(['1', '2', '3', '4', '5', '6']), { more: true }],
  ['that it was too much to look at', workspace([], 1500), { named: [], all: false }],
])('tells %s', (_, directory, expected) => {
  expect(findStrangers(directory, isOwn)).toMatchObject(expected);
});

it('takes a directory that is not there for an empty one', () => {
  expect(findStrangers('/nowhere/at/all', isOwn)).toMatchObject({ named: [], all: true });
});
