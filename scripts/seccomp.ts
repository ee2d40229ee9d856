// Compiles the built-in seccomp profiles to the programs that the kernel takes, for who wants to look.
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
  for (const { name, profile } of all) {
    for (const arch of Object.keys(ARCHITECTURES) as Arch[]) {
      const file = `${name}.${ARCHITECTURES[arch].label}.bpf`;
      writeFileSync(join(outDir, file), compileProfile(profile, arch).filter);
    }
  }
}

if (import.meta.main) await writeFilters(join(import.meta.dirname, '..', 'seccomp'));
