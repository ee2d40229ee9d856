import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdName, letGo, readHolds, takeHold } from '../../src/tools/holds.ts';

const PROFILE = 'profile /usr/bin/unshare';

let directory: string;
let other: ChildProcess;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'holds-')), 'machine');
  other = spawn('sleep', ['60'], { stdio: 'ignore' });
});
afterEach(() => {
  other.kill('SIGKILL');
  rmSync(join(directory, '..'), { recursive: true });
});

const ours = (): string => holdName(process.pid);
const theirs = (): string => holdName(other.pid ?? 0);

describe('what several jobs rest on', () => {
  it('is taken back by the only one', () => {
    takeHold(directory, ours(), [PROFILE]);
    expect(letGo(directory, ours())).toEqual([PROFILE]);
    expect(readHolds(directory)).toEqual([]);
  });

  it('is taken back by the last one, whoever that is', () => {
    takeHold(directory, ours(), [PROFILE]);
    takeHold(directory, theirs(), [PROFILE]);
    expect(letGo(directory, ours())).toEqual([]);
    expect(letGo(directory, theirs())).toEqual([PROFILE]);
  });

  it('is taken back once, however often a job used the action', () => {
    takeHold(directory, ours(), [PROFILE]);
    takeHold(directory, ours(), [PROFILE, 'sysctl']);
    expect([letGo(directory, ours()), letGo(directory, ours())]).toEqual([[PROFILE, 'sysctl'], []]);
  });

  it('is taken back for one that was killed', async () => {
    takeHold(directory, theirs(), ['sysctl']);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(readHolds(directory)).toMatchObject([{ words: ['sysctl'], living: false }]);
    takeHold(directory, ours(), [PROFILE]);
    expect(letGo(directory, ours()).toSorted()).toEqual([PROFILE, 'sysctl']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not wait for another process of the same number', () => {
    takeHold(directory, `${other.pid}-1`, [PROFILE]);
    expect(letGo(directory, ours())).toEqual([PROFILE]);
  });

  it('is nothing where nobody opened anything', () => {
    expect(letGo(directory, ours())).toEqual([]);
    takeHold(directory, ours(), []);
    writeFileSync(join(directory, 'odd'), 'sysctl\n');
    expect(letGo(directory, ours())).toEqual([]);
  });
});
