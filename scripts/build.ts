// Bundles the entries of src/ into dist/. The same sources give the same bytes, wherever they lie.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '..');
const SHEBANG = '#!/usr/bin/env node\n';
/** The command line, what the runner starts for the action, what fetches tools for both, and what brings outputs out. */
const ENTRIES = ['cli', 'main', 'post', 'fetch', 'bring-out'];

export async function buildInto(outDir: string, root = ROOT): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(ENTRIES.map((name) => [name, join(root, `src/${name}.ts`)])),
    platform: 'node',
    external: /^node:/,
    transform: { target: 'node20' },
    // How long the build took is no reason to fail it.
    checks: { pluginTimings: false },
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    minify: false,
    entryFileNames: '[name].mjs',
    chunkFileNames: (chunk) => `${chunkName(root, chunk.facadeModuleId, chunk.name)}.mjs`,
    codeSplitting: {
      groups: [{ name: vendorName, debugName: 'vendor', test: /[\\/]node_modules[\\/]/ }],
    },
  });
  await bundle.close();

  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const chunks = output.filter((file) => file.type === 'chunk');
  for (const chunk of chunks) {
    const path = join(outDir, chunk.fileName);
    const code = chunk.code.replace(/^#!.*\n/, '');
    writeFileSync(path, chunk.isEntry ? SHEBANG + code : code);
    chmodSync(path, chunk.isEntry ? 0o755 : 0o644);
  }
  writeFileSync(join(outDir, 'LICENSES.txt'), licences(chunks));
}

/** A lazily loaded file lends its own path to its chunk: src/cli/doctor.ts is cli-doctor.mjs. */
function chunkName(root: string, facade: string | null, name: string): string {
  if (facade === null || packageDir(facade) !== undefined) return name;
  const path = relative(join(root, 'src'), facade).replace(/\.ts$/, '');
  return path.split(sep).join('-');
}

function vendorName(id: string): string | null {
  const dir = packageDir(id);
  return dir === undefined ? null : `vendor-${packageName(dir).replace('@', '').replace('/', '-')}`;
}

/** The folder of the installed package that a module belongs to. */
function packageDir(id: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
}

function packageName(dir: string): string {
  return dir.slice(dir.lastIndexOf('node_modules') + 'node_modules'.length + 1).replace(sep, '/');
}

function licences(chunks: readonly OutputChunk[]): string {
  const dirs = new Set(
    chunks.flatMap((chunk) => chunk.moduleIds.map(packageDir).filter((dir) => dir !== undefined)),
  );
  const texts = [...dirs].map((dir) => {
    const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
      version: string;
    };
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE']
      .map((name) => join(dir, name))
      .find((path) => existsSync(path));
    if (file === undefined) throw new Error(`${packageName(dir)} has no licence text`);
    return `${packageName(dir)} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
  });
  return texts.toSorted().join(`\n${'-'.repeat(72)}\n\n`);
}

if (import.meta.main) await buildInto(join(ROOT, 'dist'));
