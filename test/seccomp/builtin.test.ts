import { expect, it } from 'vitest';
import { BUILTIN_NAMES, builtinProfile } from '../../src/seccomp/builtin.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { runFilter } from './bpf.ts';

it.each(BUILTIN_NAMES)('the filter of %s allows what every program does', async (name) => {
  const { filter } = compileProfile(await builtinProfile(name), 'x64');
  expect(runFilter(filter, { number: 0, audit: 0xc000003e }).verdict).toBe(0x7fff0000);
  expect(runFilter(filter, { number: 0, audit: 0x40000003 }).verdict).toBe(0x80000000);
});
