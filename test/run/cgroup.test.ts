import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryGroup, type MemoryGroup } from '../../src/run/cgroup.ts';

/** An ordinary directory takes what is written to it, and answers what the test puts there. */
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'glovebox-cgroup-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

const make = (version: 1 | 2): MemoryGroup =>
  makeMemoryGroup({ version, parent, ceiling: null, scope: null }, 1024);
const inGroup = (file: string): string => join(parent, readdirSync(parent)[0] ?? '', file);

describe('makeMemoryGroup', () => {
  it.each<[1 | 2, Record<string, string>]>([
    [1, { 'memory.limit_in_bytes': '1024', 'memory.memsw.limit_in_bytes': '1024' }],
    [2, { 'memory.max': '1024', 'memory.swap.max': '0', 'memory.oom.group': '1' }],
  ])('sets the limit, leaves nothing for swap: version %i', (version, files) => {
    make(version);
    const names = readdirSync(inGroup('.'));
    expect(Object.fromEntries(names.map((name) => [name, read(name)]))).toEqual(files);
  });

  it.each<[1 | 2, string, string, number]>([
    [1, 'memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n', 3],
    [2, 'memory.events', 'low 0\nhigh 0\nmax 41\noom 7\noom_kill 5\noom_group_kill 1\n', 5],
    [2, 'memory.events', 'low 0\nhigh 0\nmax 41\noom 7\noom_kill 0\noom_group_kill 0\n', 0],
    [2, 'memory.gone', '', 0],
  ])('reads how often the kernel killed: version %i, %s', (version, file, text, kills) => {
    const group = make(version);
    writeFileSync(inGroup(file), text);
    expect(group.kills()).toBe(kills);
  });

  it.each<[1 | 2, string, number | null]>([
    [1, 'memory.max_usage_in_bytes', 67_108_864],
    [2, 'memory.peak', 67_108_864],
    [2, 'memory.unknown', null],
  ])('reads the peak: version %i, %s', (version, file, peak) => {
    const group = make(version);
    writeFileSync(inGroup(file), '67108864\n');
    expect(group.peak()).toBe(peak);
  });

  it('holds what the kernel lists, and no pid that only looks like one of these', () => {
    const group = make(2);
    expect(group.holds(41)).toBe(false);
    writeFileSync(inGroup('cgroup.procs'), '410\n41\n');
    expect([group.holds(41), group.holds(410), group.holds(4)]).toEqual([true, true, false]);
  });
});

const read = (name: string): string => readFileSync(inGroup(name), 'utf8');
