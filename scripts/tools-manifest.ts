// Writes tools/manifest.json from what scripts/build-tools.ts left in a directory, once each archive there
// is found to be what is said of it, and none to be without an entry.
// Usage: tools-manifest.ts DIRECTORY RELEASE-URL
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Archive, readManifest } from '../src/capabilities/tool-manifest.ts';
import { sha256 } from '../src/tools/trees.ts';

const MANIFEST = join(import.meta.dirname, '../tools/manifest.json');

const [directory, release] = process.argv.slice(2);
if (directory === undefined || release === undefined) {
  console.error('Usage: tools-manifest.ts DIRECTORY RELEASE-URL');
  process.exit(2);
}
const archives = readdirSync(directory)
  .filter((name) => /^archives-\w+\.json$/.test(name))
  .flatMap((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Archive[])
  .toSorted((a, b) => (a.path < b.path ? -1 : 1));
for (const { path, sha256: hash, size } of archives) {
  const bytes = readFileSync(join(directory, path));
  if (bytes.length !== size || sha256(bytes) !== hash)
    throw new Error(`${path} is not what its entry says`);
  console.log(`${hash}  ${path}`);
}
const known = new Set(archives.map(({ path }) => path));
const stray = readdirSync(directory).find((name) => name.endsWith('.tar.gz') && !known.has(name));
if (stray !== undefined) throw new Error(`${stray} has no entry`);
const text = `${JSON.stringify({ version: 1, release, archives }, null, 2)}\n`;
const { problem } = readManifest(text);
if (archives.length === 0 || problem !== null)
  throw new Error(problem ?? `there are no archives in ${directory}`);
writeFileSync(MANIFEST, text);
