import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { opensToAll, rewritable } from '../../src/tools/ownership.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'ownership-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

it('a program of the system cannot be rewritten, by whatever name', () => {
  const link = join(directory(), 'link');
  symlinkSync('/usr/bin/env', link);
  expect([rewritable('/usr/bin/env'), rewritable(link)]).toEqual([null, null]);
});

it('a program below a directory that anybody may write can be', () => {
  const file = join(directory(), 'program');
  writeFileSync(file, '', { mode: 0o555 });
  expect(rewritable(file)).not.toBeNull();
});

it.each([
  [0o755, true],
  [0o711, true],
  [0o750, false],
])('whether everybody gets through to a directory of mode %o: %s', (mode, expected) => {
  const path = directory();
  chmodSync(path, 0o755);
  mkdirSync(join(path, 'inner'));
  chmodSync(join(path, 'inner'), mode);
  expect(opensToAll(join(path, 'inner'))).toBe(expected);
});
