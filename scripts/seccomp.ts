// Compiles the built-in seccomp profiles to the programs that the kernel takes: each in a file of its own, for
// who wants to look, and all in one, for who runs them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseProfile } from '../src/seccomp/base.ts';
import { BUILTIN_NAMES, builtinProfile } from '../src/seccomp/builtin.ts';
import { compileProfile } from '../src/seccomp/compile.ts';
import { ARCHITECTURES, type Arch } from '../src/seccomp/syscalls.ts';

export async function writeFilters(outDir: string): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  const builtin = BUILTIN_NAMES.map(async (name) => ({
    name,
    profile: await builtinProfile(name),
  }));
  const all = [{ name: 'base', profile: baseProfile() }, ...(await Promise.all(builtin))];
  const compiled = all.map(({ name, profile }) => {
    const filters = (Object.keys(ARCHITECTURES) as Arch[]).map((arch) => {
      const { filter, rules } = compileProfile(profile, arch);
      writeFileSync(join(outDir, `${name}.${ARCHITECTURES[arch].label}.bpf`), filter);
      return [arch, { rules, filter: Buffer.from(filter).toString('hex') }];
    });
    return [name, Object.fromEntries(filters) as unknown];
  });
  const text = JSON.stringify(Object.fromEntries(compiled), null, 2);
  writeFileSync(join(outDir, 'compiled.bpf.json'), `${text}\n`);
}

if (import.meta.main) await writeFilters(join(import.meta.dirname, '..', 'seccomp'));
