import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SuppliedTool } from '../capabilities/facts.ts';
import { startOf, type ToolRecord, type ToolTree } from '../capabilities/tool-manifest.ts';
import { execute } from './execute.ts';
import { gather, unpackPackages } from './packages.ts';
import { inSomeCache, makePublic, settle, Unobtainable } from './staging.ts';
import { cacheRoots, recordsDirectory } from './tool-cache.ts';
import { describeTree, settleModes, sha256 } from './trees.ts';

/** Where each architecture's programs expect their loader, and what it is called among the libraries. */
export const LOADERS: Readonly<Record<string, { readonly file: string; readonly name: string }>> = {
  x64: { file: '/lib64/ld-linux-x86-64.so.2', name: 'ld-linux-x86-64.so.2' },
  arm64: { file: '/lib/ld-linux-aarch64.so.1', name: 'ld-linux-aarch64.so.1' },
};

/**
 * Puts the distribution's own package of a tool into a tool cache, with the libraries that the system
 * lacks, and writes down what it has to be from now on. Needs no root. Returns null, or why it could not.
 */
export async function unpackTool(
  tool: SuppliedTool,
  environment: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<string | null> {
  return await inSomeCache(cacheRoots(environment), async (root, staging) => {
    const work = join(staging, 'apt');
    mkdirSync(work);
    const unpacked = await unpackPackages({ tool, directory: work, options, environment });
    const made = join(staging, 'made');
    gather(unpacked.root, tool, made);
    chmodSync(join(made, 'bin', tool), 0o755);
    const tree = treeOf(tool, made);
    settleModes(made, tree.files);
    const key = sha256(Buffer.from(JSON.stringify(tree))).slice(0, 12);
    const directory = join(
      root,
      `glovebox-${tool}`,
      `${await versionOf(tree, made)}-p${key}`,
      process.arch,
    );
    settle(made, directory, tree.files, staging);
    const { packages } = unpacked;
    writeRecord({ version: 1, tool, directory, packages: [...packages], ...tree }, environment);
  });
}

function treeOf(tool: SuppliedTool, directory: string): ToolTree {
  const loader = LOADERS[process.arch];
  if (loader === undefined) throw new Unobtainable(`${process.arch} is not known`);
  const own = `lib/${loader.name}`;
  if (existsSync(join(directory, own))) chmodSync(join(directory, own), 0o755);
  const files = describeTree(directory);
  const libraries = files.some(({ path }) => path.startsWith('lib/'));
  const brought = files.some(({ path }) => path === own);
  return {
    program: `bin/${tool}`,
    loader: libraries ? (brought ? own : loader.file) : null,
    files,
  };
}

async function versionOf(tree: ToolTree, directory: string): Promise<string> {
  const { stdout, stderr } = await execute([...startOf(tree, directory), '--version']);
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0];
  if (version === undefined)
    throw new Unobtainable(`unpacked, it does not work (${stderr.trim().split('\n')[0]})`);
  return version;
}

function writeRecord(record: ToolRecord, environment: Readonly<Record<string, string>>): void {
  const directory = recordsDirectory(environment);
  makePublic(directory);
  const file = join(directory, `${record.tool}.json`);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
  chmodSync(fresh, 0o644);
  renameSync(fresh, file);
}
