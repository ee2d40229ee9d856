import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { namesOf, parseProfile } from '../../src/seccomp/profile.ts';
import { ARCHITECTURES, type Arch } from '../../src/seccomp/syscalls.ts';
import { runFilter } from './bpf.ts';
import { ALLOW, AUDIT, errno } from './meaning.ts';

const FILE = join(import.meta.dirname, '../../seccomp/container.json');
const { profile, problems } = parseProfile(readFileSync(FILE, 'utf8'), 'container.json');
if (profile === null) throw new Error(problems[0]?.message);
const rules = profile.syscalls ?? [];

describe('the profile of a container', () => {
  it('says of each rule whose it is, and why', () => {
    const silent = rules.filter(
      ({ comment }) => !/^(?:Docker's default|Glovebox): .{5}/.test(comment ?? ''),
    );
    expect(silent).toEqual([]);
  });

  it('adds to what Docker allows these calls and no others', () => {
    const added = rules.filter(({ comment }) => comment?.startsWith('Glovebox: '));
    expect(added.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap(namesOf)).toEqual([
      ...['clone', 'unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'sethostname'],
    ]);
  });

  it('adds what its page says, and shuts what the page says is shut', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/containers.md'), 'utf8');
    const [, section = ''] = page.split('## The added system calls');
    const names = (text: string): string[] =>
      [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const [, absent = ''] = /\n\n(`[^|]+?) stay shut/.exec(section) ?? [];
    const rows = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, calls = '']) => calls);
    const of = (wanted: string): string[] =>
      rules
        .filter(({ action, comment }) => action === wanted && comment?.startsWith('Glovebox: '))
        .flatMap(namesOf);
    expect(rows.flatMap(names).toSorted()).toEqual(of('SCMP_ACT_ALLOW').toSorted());
    expect(names(absent).toSorted()).toEqual(of('SCMP_ACT_ERRNO').toSorted());
  });

  it('has nothing that some runtimes read and others pass over', () => {
    expect(rules.filter(({ includes, excludes }) => includes ?? excludes)).toEqual([]);
  });

  it('names no call twice that one rule settles', () => {
    const settled = rules.filter(({ args }) => (args ?? []).length === 0).flatMap(namesOf);
    expect(settled.filter((name, index) => settled.indexOf(name) < index)).toEqual([]);
    const conditional = rules.filter(({ args }) => (args ?? []).length > 0).flatMap(namesOf);
    expect(conditional.filter((name) => settled.includes(name))).toEqual([]);
  });

  it.each<[call: string, args: bigint[], expected: number]>([
    ['read', [], ALLOW],
    ['clone', [0x10000011n], ALLOW],
    ['clone3', [], errno(38)],
    ['fsopen', [], errno(38)],
    ['open_tree', [], errno(38)],
    ['bpf', [], errno(1)],
    ['init_module', [], errno(1)],
    ['keyctl', [], errno(1)],
    ['io_uring_setup', [], errno(1)],
    ['open_by_handle_at', [], errno(1)],
    ['socket', [2n], ALLOW],
    ['socket', [16n], ALLOW],
    ['socket', [38n], errno(1)],
    ['socket', [40n], errno(1)],
    ['personality', [0n], ALLOW],
    ['personality', [0x40000n], errno(1)],
  ])('%s (%s)', (call, args, expected) => {
    for (const arch of ['x64', 'arm64'] satisfies Arch[]) {
      const { filter } = compileProfile(profile, arch);
      const number = ARCHITECTURES[arch].numbers.get(call) ?? -1;
      expect(runFilter(filter, { number, audit: AUDIT[arch], args }).verdict).toBe(expected);
    }
  });
});
