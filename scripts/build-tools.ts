// Builds the archives of tools from packages of the release of Debian or Ubuntu that this runs on, and
// archives-<arch>.json, from which scripts/tools-manifest.ts makes the manifest. Each archive has its own
// loader and libraries. The same packages give the same bytes.
// Usage: build-tools.ts DIRECTORY [--arch x64|arm64] [--debs DIRECTORY]
// Packages in --debs, such as ones that were just built from source, take the place of the release's own.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { SUPPLIED_TOOLS, type SuppliedTool } from '../src/capabilities/facts.ts';
import { PACKAGE_OF } from '../src/capabilities/missing-tool.ts';
import { type Archive, startOf } from '../src/capabilities/tool-manifest.ts';
import { currentEnvironment } from '../src/tools/environment.ts';
import { gather, unpackPackages } from '../src/tools/packages.ts';
import { describeTree, settleModes, sha256 } from '../src/tools/trees.ts';
import { LOADERS } from '../src/tools/unpack.ts';

const COMMON_LICENCES = '/usr/share/common-licenses';
const DEBIAN = { x64: 'amd64', arm64: 'arm64' } as const;
const LICENCES: Readonly<Record<SuppliedTool, string>> = {
  bwrap: 'LGPL-2.0-or-later',
  slirp4netns: 'GPL-2.0-or-later',
  nft: 'GPL-2.0-only',
};

const { values, positionals } = parseArgs({
  options: { arch: { type: 'string' }, debs: { type: 'string' } },
  allowPositionals: true,
});
const arch = values.arch ?? process.arch;
const [out] = positionals;
if (out === undefined || (arch !== 'x64' && arch !== 'arm64')) {
  console.error('Usage: build-tools.ts DIRECTORY [--arch x64|arm64] [--debs DIRECTORY]');
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const archives: Archive[] = [];
for (const tool of SUPPLIED_TOOLS) archives.push(await build(tool, arch, out));
writeFileSync(join(out, `archives-${arch}.json`), `${JSON.stringify(archives, null, 2)}\n`);

async function build(tool: SuppliedTool, forArch: Archive['arch'], to: string): Promise<Archive> {
  const work = mkdtempSync(join(tmpdir(), 'build-tools-'));
  try {
    const tree = join(work, 'tree');
    const { root, packages } = await packagesOf(tool, forArch, work);
    gather(root, tool, tree);
    const program = `bin/${tool}`;
    const loader = `lib/${LOADERS[forArch]?.name}`;
    keepNeeded(tree, program, loader);
    addLicences(root, packages, tree);
    for (const path of [program, loader]) chmodSync(join(tree, path), 0o755);
    const version = upstream(packages.find((name) => name.startsWith(`${PACKAGE_OF[tool]}=`)));
    const files = describeTree(tree);
    settleModes(tree, files);
    const bytes = packed(tree, work);
    const hash = sha256(bytes);
    // A mirror keeps what several releases made of one version.
    const path = `${tool}-${version}-${forArch}-${hash.slice(0, 12)}.tar.gz`;
    writeFileSync(join(to, path), bytes);
    const made: Archive = {
      ...{ tool, version, arch: forArch, path, sha256: hash, size: bytes.length },
      ...{ licence: LICENCES[tool], packages: [...packages], program, loader, files },
    };
    if (forArch === process.arch) tryOut(made, tree);
    console.log(`${made.sha256}  ${path}`);
    return made;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** As if nothing were installed yet: with everything that the tool needs, down to the C library. */
async function packagesOf(
  tool: SuppliedTool,
  forArch: Archive['arch'],
  work: string,
): Promise<{ root: string; packages: readonly string[] }> {
  const nothing = join(work, 'status');
  writeFileSync(nothing, '');
  const debian = DEBIAN[forArch];
  const found = await unpackPackages({
    ...{ tool, directory: work, environment: currentEnvironment() },
    options: [
      ...['-o', `Dir::State::status=${nothing}`, '-o', `APT::Architecture=${debian}`],
      ...['-o', `APT::Architectures=${debian}`],
    ],
  });
  if (values.debs === undefined) return { root: found.root, packages: found.packages.toSorted() };
  const built = debsIn(resolve(values.debs), debian);
  if (!built.some(({ name }) => name === PACKAGE_OF[tool]))
    throw new Error(`${values.debs} has no package ${PACKAGE_OF[tool]} for ${debian}`);
  // Nothing stays of a package that is replaced, wherever it had its files.
  rmSync(found.root, { recursive: true });
  const packages = debsIn(join(work, 'packages'), debian).map((theirs) => {
    const { file, name, version } = built.find((deb) => deb.name === theirs.name) ?? theirs;
    must('dpkg-deb', '--extract', file, found.root);
    return `${name}=${version}`;
  });
  return { root: found.root, packages: packages.sort() };
}

/** The packages in a directory that are for an architecture, or for all. */
function debsIn(
  directory: string,
  debian: string,
): { file: string; name: string; version: string }[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.deb'));
  return files.sort().flatMap((base) => {
    const file = join(directory, base);
    const field = (key: string): string => must('dpkg-deb', '--field', file, key).trim();
    return [debian, 'all'].includes(field('Architecture'))
      ? [{ file, name: field('Package'), version: field('Version') }]
      : [];
  });
}

/** Takes away the libraries that nothing asks for. */
function keepNeeded(tree: string, program: string, loader: string): void {
  const needed = new Set([loader]);
  const toLookAt = [program];
  for (let file = toLookAt.pop(); file !== undefined; file = toLookAt.pop()) {
    const dynamic = must('readelf', '--dynamic', '--wide', join(tree, file));
    for (const { 1: name = '' } of dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)) {
      const library = `lib/${name}`;
      if (!existsSync(join(tree, library))) throw new Error(`${file} needs ${name}: not there`);
      if (!needed.has(library)) toLookAt.push(library);
      needed.add(library);
    }
  }
  for (const name of readdirSync(join(tree, 'lib')))
    if (!needed.has(`lib/${name}`)) rmSync(join(tree, 'lib', name));
}

/** What each package says of its licence, and the texts that it refers to. */
function addLicences(root: string, packages: readonly string[], tree: string): void {
  const to = join(tree, 'licences');
  mkdirSync(to, { mode: 0o755 });
  for (const name of packages.map((one) => one.replace(/=.*/, ''))) {
    const file = join(root, 'usr/share/doc', name, 'copyright');
    if (!existsSync(file)) throw new Error(`${name} says nothing of its licence`);
    copyFileSync(realpathSync(file), join(to, name));
    const referred = readFileSync(file, 'latin1').matchAll(/common-licenses\/([\w.-]*\w)/g);
    for (const { 1: text = '' } of referred)
      if (existsSync(join(COMMON_LICENCES, text)))
        copyFileSync(realpathSync(join(COMMON_LICENCES, text)), join(to, `text-${text}`));
  }
}

/** `0.8.0-2+deb12u1` and `1:0.8-1` are of 0.8.0. */
function upstream(name = ''): string {
  const [, major, minor, patch = '0'] = /=(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(name) ?? [];
  if (major === undefined || minor === undefined) throw new Error(`${name} has no version`);
  return `${major}.${minor}.${patch}`;
}

/** Nothing in it tells when, where or by whom it was packed. */
function packed(tree: string, work: string): Buffer {
  const file = join(work, 'tree.tar');
  must(
    ...['tar', '--create', '--file', file, '--directory', tree, '--format=ustar', '--sort=name'],
    ...['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=u+w,go-w', '.'],
  );
  return gzipSync(readFileSync(file), { level: 9 });
}

function tryOut(made: Archive, tree: string): void {
  const [program = '', ...args] = startOf(made, tree);
  const said = must(program, ...args, '--version');
  if (!said.includes(made.version)) throw new Error(`${made.path} says: ${said}`);
}

function must(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  return stdout;
}
