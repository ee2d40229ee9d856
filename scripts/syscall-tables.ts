// Writes src/seccomp/tables/ from the kernel's own headers, as Debian's linux-libc-dev carries them for
// all architectures: `apt-get download linux-libc-dev`, `dpkg-deb -x` it, and give the folder and version.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [root, version] = process.argv.slice(2);
if (root === undefined || version === undefined) {
  throw new Error('usage: node scripts/syscall-tables.ts FOLDER VERSION');
}
const headers = join(root, 'usr/lib/linux/uapi');
const TABLES = join(import.meta.dirname, '..', 'src/seccomp/tables');
const SOURCE = `// Made by scripts/syscall-tables.ts from the headers in Debian's linux-libc-dev ${version}. Do not edit.`;

const x86 = callsIn('x86/asm/unistd_64.h');
const arm = callsIn('arm64/asm/unistd_64.h');
const elsewhere = new Set(
  readdirSync(headers, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/unistd[^/]*\.h$/.test(path))
    .flatMap((path) => [...callsIn(path).keys()]),
);
for (const name of elsewhere) {
  const ours = x86.has(name) || arm.has(name);
  if (ours || /^(?:osf_|reserved|unused)/.test(name)) elsewhere.delete(name);
}

writeTable('x86_64', x86);
writeTable('aarch64', arm);
write('elsewhere', [
  '/** Names that are system calls on other architectures only. */',
  'export const ELSEWHERE: readonly string[] = [',
  ...[...elsewhere].toSorted().map((name) => `  '${name}',`),
  '];',
]);

/** The calls that a header defines by number; names in capitals are no calls. */
function callsIn(path: string): Map<string, number> {
  const text = readFileSync(join(headers, path), 'utf8');
  const defined = text.matchAll(/^#define\s+__(?:ARM_)?NR_([a-z_]\w*)\s+(.*)$/gm);
  return new Map([...defined].map(([, name = '', value = '']) => [name, Number(value)]));
}

function writeTable(arch: string, calls: ReadonlyMap<string, number>): void {
  const rows = [...calls].toSorted(([, a], [, b]) => a - b);
  if (rows.length === 0 || rows.some(([, number]) => !Number.isSafeInteger(number))) {
    throw new Error(`the header of ${arch} is not a plain list of numbers`);
  }
  write(arch, [
    `/** The numbers of the system calls of ${arch}. */`,
    `export const ${arch.toUpperCase()}: Readonly<Record<string, number>> = {`,
    ...rows.map(([name, number]) => `  ${name}: ${number},`),
    '};',
  ]);
}

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(TABLES, `${name}.ts`), `${[SOURCE, '', ...lines].join('\n')}\n`);
}
