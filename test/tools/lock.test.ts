import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory, shareDirectory } from '../../src/tools/lock.ts';
import { findProgram, searchOrder } from '../../src/tools/programs.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'lock-test-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const flock = (await findProgram('flock', searchOrder(''))) ?? '';

describe('a directory that is locked', () => {
  it('is taken for others until it is released', async () => {
    const first = await lockDirectory(directory, flock, 0);
    expect(await lockDirectory(directory, flock, 0)).toBe('taken');
    if (first !== 'taken') first.release();
    expect(await lockDirectory(directory, flock, 0)).not.toBe('taken');
  });

  it('is had alone by the only one that shares it', async () => {
    const [mine, theirs] = [
      await shareDirectory(directory, flock),
      await shareDirectory(directory, flock),
    ];
    expect(await mine?.alone()).toBe(false);
    theirs?.close();
    expect(await mine?.alone()).toBe(true);
    mine?.close();
  });
});

describe('where no flock was found that could be trusted', () => {
  it('none is started by its bare name, and there is no lock', async () => {
    expect(await shareDirectory(directory, 'flock')).toBeNull();
    const had = await lockDirectory(directory, 'flock', 0);
    const control = await shareDirectory(directory, flock);
    expect([had === 'taken', control === null]).toEqual([false, false]);
    control?.close();
  });
});
