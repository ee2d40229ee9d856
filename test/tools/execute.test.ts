import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/tools/execute.ts';

const sh = (script: string): string[] => ['/bin/sh', '-c', script];

describe('a program that ends', () => {
  it('is told with its code and what it said', async () => {
    expect(await execute(sh('cat; echo problem >&2; exit 3'), { stdin: 'text' })).toEqual({
      code: 3,
      stdout: 'text',
      stderr: 'problem\n',
    });
  });

  it.each([
    ['cannot be started', ['/nonexistent/program'], /ENOENT/],
    ['is killed', sh('kill -KILL $$'), /ended by SIGKILL/],
  ])('is told when it %s', async (_, argv, expected) => {
    const { code, stderr } = await execute(argv);
    expect(code).toBeNull();
    expect(stderr).toMatch(expected);
  });
});

describe('what a program reads', () => {
  it('comes from a file or a pipe: nft 1.0.9 takes no socket', async () => {
    const argv = sh('stat -Lc %F /dev/stdin; head -c 1; tail -c 1 | cat');
    const { stdout } = await execute(argv, { stdin: `a${'x'.repeat(1 << 20)}z` });
    expect(stdout).toMatch(/^(regular file|fifo)\naz$/);
  });

  it('can be opened anew by whoever has become another user: nft 0.9.8 does', async () => {
    const { stdout } = await execute(sh('stat -Lc %a /dev/stdin'), { stdin: 'text' });
    expect(stdout).toBe('444\n');
  });

  it('is nothing where there is nothing', async () => {
    expect((await execute(sh('cat; readlink /proc/self/fd/0'))).stdout).toBe('/dev/null\n');
  });
});

describe('a program that leaves something behind', () => {
  // It holds the output open, and would go on for a minute.
  const leaving = (mark: string): string[] =>
    sh(`(sleep 2; touch ${mark}; sleep 58) & echo said; exit 4`);
  const newMark = (): string => join(mkdtempSync(join(tmpdir(), 'execute-')), 'mark');

  it('holds up who waits for its output (the control)', async () => {
    const mark = newMark();
    const [program = '', ...args] = leaving(mark);
    const child = spawn(program, args, { detached: true, stdio: 'pipe' });
    const closed = once(child, 'close').then(() => 'closed');
    expect(await Promise.race([closed, sleep(3000, 'open')])).toBe('open');
    expect(existsSync(mark)).toBe(true);
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
    await closed;
  });

  it('does not hold us up, and what it left is killed', async () => {
    const mark = newMark();
    expect(await execute(leaving(mark))).toEqual({ code: 4, stdout: 'said\n', stderr: '' });
    await sleep(2500);
    expect(existsSync(mark)).toBe(false);
  });

  it.each([
    ['when it ends', 'exit 4', { code: 4, stdout: '', stderr: '' }],
    ['when its time is over', 'sleep 60', { code: null, stdout: '', stderr: 'ended by SIGKILL' }],
  ])('does not leave it on streams of its own %s', async (_, end, expected) => {
    const mark = newMark();
    const argv = sh(`(sleep 1; touch ${mark}) < /dev/null > /dev/null 2>&1 & ${end}`);
    expect(await execute(argv, { timeout: 200 })).toEqual(expected);
    await sleep(1500);
    expect(existsSync(mark)).toBe(false);
  });

  it('is ended with it when its time is over', async () => {
    const mark = newMark();
    const argv = sh(`sleep 60; touch ${mark}`);
    const { code, stderr } = await execute(argv, { timeout: 200 });
    expect({ code, stderr }).toEqual({ code: null, stderr: 'ended by SIGKILL' });
  });
});

it('a program that says more than can be kept is ended', async () => {
  const { code, stdout, stderr } = await execute(['yes'], { timeout: 20_000 });
  expect([code, stderr]).toEqual([null, 'ended by SIGKILL']);
  expect(stdout.startsWith('y\ny\n')).toBe(true);
  expect(stdout.length).toBeLessThan(100_000_000);
});
