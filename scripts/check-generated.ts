// Rebuilds what is generated beside the real thing and compares the two byte for byte.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildInto } from './build.ts';
import { writeSchemas } from './schema.ts';
import { writeFilters } from './seccomp.ts';

const ROOT = join(import.meta.dirname, '..');
const fresh = mkdtempSync(join(tmpdir(), 'glovebox-generated-'));
try {
  await buildInto(join(fresh, 'dist'));
  writeSchemas(join(fresh, 'schema'));
  await writeFilters(join(fresh, 'seccomp'));
  const stale = ['dist', 'schema', 'seccomp'].flatMap((dir) => differences(dir));
  if (stale.length > 0) {
    console.error(`Not what the sources give: ${stale.join(', ')}`);
    console.error('Run `npm run generate` and commit the result.');
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true });
}

function differences(dir: string): string[] {
  const names = new Set([...filesIn(join(ROOT, dir)), ...filesIn(join(fresh, dir))]);
  return [...names]
    .map((name) => join(dir, name))
    .filter((path) => !same(join(ROOT, path), join(fresh, path)))
    .toSorted();
}

function filesIn(dir: string): string[] {
  // The profiles beside the filters are their source.
  return existsSync(dir) ? readdirSync(dir).filter((name) => !/^[^.]*\.json$/.test(name)) : [];
}

function same(one: string, other: string): boolean {
  if (!existsSync(one) || !existsSync(other)) return false;
  const executable = (path: string) => (statSync(path).mode & 0o100) !== 0;
  return executable(one) === executable(other) && readFileSync(one).equals(readFileSync(other));
}
