import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nestedMounts } from '../../src/probe/nested-mounts.ts';

const workspace = mkdtempSync(join(tmpdir(), 'glovebox-nested-'));
mkdirSync(join(workspace, 'a b\\c'));
mkdirSync(join(workspace, 'plain/deep'), { recursive: true });

it.each<[string, string[], [string, boolean][]]>([
  ['nothing', ['/', '/proc', `${workspace}-other/x`], []],
  ['the workspace itself is none', [workspace], []],
  ['the outer one of two', [`${workspace}/plain/deep`, `${workspace}/plain`], [['plain', true]]],
  ['one that lies there twice', [`${workspace}/plain`, `${workspace}/plain`], [['plain', true]]],
  ['an odd name', [`${workspace}/a\\040b\\134c`], [['a b\\c', true]]],
  ['one that is covered', [`${workspace}/gone`], [['gone', false]]],
])('%s', (_, targets, expected) => {
  const table = targets.map((target, id) => `${id} 1 0:${id} / ${target} rw - tmpfs tmpfs rw\n`);
  expect(nestedMounts(workspace, table.join(''))).toEqual(
    expected.map(([path, seen]) => ({ path: join(workspace, path), seen })),
  );
});
