import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  descendantsOf,
  pageBytesIn,
  proportionalBytes,
  readStat,
  readStatus,
  residentBytes,
} from '../../src/run/process-tree.ts';

const started: ChildProcess[] = [];

/** Starts our own Node with a script, and waits for its first line. */
async function start(script: string): Promise<{ pid: number; line: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, line: data.toString().trim(), child };
}

/** Each of them ends with its input. */
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.stdin?.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

const UNTIL_INPUT_ENDS = `process.stdin.resume(); process.stdin.on('end', () => process.exit());`;
const IDLE = `${UNTIL_INPUT_ENDS} console.log('ready');`;
const WITH_CHILD = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(IDLE)}], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.on('data', () => console.log(child.pid));
  process.stdin.resume();
  process.stdin.on('end', () => child.stdin.end());
`;

describe('the process tree', () => {
  it('has children and grandchildren, and neither itself nor others', async () => {
    const parent = await start(WITH_CHILD);
    const grandchild = Number(parent.line);
    expect(descendantsOf(parent.pid).map(({ pid }) => pid)).toEqual([grandchild]);
    const ours = descendantsOf(process.pid).map(({ pid }) => pid);
    expect(ours).toEqual(expect.arrayContaining([parent.pid, grandchild]));
    expect(ours).not.toContain(process.pid);
    expect(ours).not.toContain(1);
  });

  it('is empty for a process without children, and for one that is not there', async () => {
    const { pid } = await start(IDLE);
    expect(descendantsOf(pid)).toEqual([]);
    expect(descendantsOf(2 ** 30)).toEqual([]);
  });

  it('is not misled by a name with blanks and parentheses', async () => {
    const { pid } = await start(`process.title = 'a) Z 1 (b'; ${IDLE}`);
    const stat = readStat(pid);
    expect(stat).toMatchObject({ pid, parent: process.pid });
    expect(stat?.state).toMatch(/^[RSD]$/);
    expect(stat?.residentPages).toBeGreaterThan(100);
  });

  it('counts processor time, that of reaped children too', async () => {
    // Of its own time, not the wall's: the machine may be busy with other tests.
    const busy = `let used; do used = process.cpuUsage(); while (used.user + used.system < 300_000);`;
    const { pid } = await start(
      `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}]); ${IDLE}`,
    );
    expect(readStat(pid)?.ticks).toBeGreaterThanOrEqual(28);
  });

  it('knows a group of its own', async () => {
    const child = spawn(process.execPath, ['-e', IDLE], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    started.push(child);
    await once(child.stdout, 'data');
    expect(readStat(child.pid ?? 0)?.group).toBe(child.pid);
  });

  it('has nothing of a process that is gone', async () => {
    const { pid, child } = await start(IDLE);
    child.stdin?.end();
    await once(child, 'exit');
    expect(readStat(pid)).toBeNull();
    expect(readStatus(pid)).toBeNull();
  });
});

describe('memory', () => {
  const held = 64 * 2 ** 20;

  it('is at least what a process fills, and its proportional size at most its resident one', async () => {
    const { pid } = await start(`globalThis.kept = Buffer.alloc(${held}, 1); ${IDLE}`);
    const stat = readStat(pid);
    const all = stat === null ? [] : [stat];
    expect(residentBytes(all)).toBeGreaterThan(held);
    expect(proportionalBytes(all)).toBeGreaterThan(held);
    expect(proportionalBytes(all)).toBeLessThanOrEqual(residentBytes(all) * 1.1);
  });

  it('is counted in pages of the size that the kernel tells', () => {
    const told = (...pairs: readonly (readonly [bigint, bigint])[]): Buffer =>
      Buffer.from(BigUint64Array.from(pairs.flat()).buffer);
    expect(pageBytesIn(told([33n, 4096n], [6n, 65_536n], [0n, 0n]))).toBe(65_536);
    expect(pageBytesIn(told([0n, 0n]))).toBe(4096);
    const own = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
    const one = { pid: 1, parent: 0, group: 1, state: 'S', ticks: 0, residentPages: 3 };
    expect(residentBytes([one])).toBe(3 * own);
  });

  it('is nothing of what ended after it was listed', () => {
    const gone = { pid: 2 ** 30, parent: 1, group: 1, state: 'S', ticks: 0, residentPages: 3 };
    expect(existsSync(`/proc/${gone.pid}`)).toBe(false);
    expect(proportionalBytes([gone])).toBe(0);
    expect(proportionalBytes([])).toBe(0);
  });
});

it('readStatus reads fields by name', async () => {
  const { pid } = await start(IDLE);
  const status = readStatus(pid);
  expect(status?.get('PPid')).toBe(String(process.pid));
  expect(status?.get('NoNewPrivs')).toMatch(/^[01]$/);
  expect(status?.get('CapEff')).toMatch(/^[0-9a-f]{16}$/);
});
