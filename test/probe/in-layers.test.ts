import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kindInLayers } from '../../src/probe/in-layers.ts';

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'glovebox-in-layers-test-'));
  for (const layer of ['older', 'newer/a']) mkdirSync(join(base, layer), { recursive: true });
  mkdirSync(join(base, 'older/b'));
  for (const file of ['older/a', 'older/b/x', 'newer/a/x', 'newer/b'])
    writeFileSync(join(base, file), '');
  symlinkSync('a', join(base, 'newer/l'));
});
afterAll(() => rmSync(base, { recursive: true }));

it.each([
  ['a', 'directory'],
  ['a/x', 'file'],
  ['a/none', 'missing'],
  ['b', 'file'],
  ['b/x', 'missing'],
  ['l', 'other'],
  ['none', undefined],
])('of %s layers have: %s', (path, kind) => {
  expect(kindInLayers(path, [join(base, 'newer'), join(base, 'older')])).toBe(kind);
});
