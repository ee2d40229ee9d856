import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import type { Archive, ToolManifest } from '../../src/capabilities/tool-manifest.ts';
import { sha256 } from '../../src/tools/trees.ts';

// apt is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ROOT = resolve(import.meta.dirname, '../..');
const ARM = process.arch === 'arm64';
const [DEBIAN, OTHER] = ARM ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
const TRIPLET = ARM ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** A program that has libraries, and tells a version of three numbers. */
const PROGRAM = '/bin/bash';
const VERSION = /\d+\.\d+\.\d+/.exec(
  execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' }),
)?.[0];
const LIBRARIES = [
  ...execFileSync('ldd', [PROGRAM], { encoding: 'utf8' }).matchAll(/(\/\S+) \(/g),
].map(({ 1: file = '' }) => file);
const REPLACED = LIBRARIES.find((file) => !/\/(?:libc|ld-linux)/.test(file)) ?? '';
const CARRIED: Readonly<Record<string, string>> = {
  ...{ bubblewrap: 'usr/bin/bwrap', slirp4netns: 'usr/bin/slirp4netns', nftables: 'usr/sbin/nft' },
};

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'build-tools-test-'));
  chmodSync(base, 0o755);
  for (const name of ['repository', 'parts', 'built']) mkdirSync(join(base, name));
  const files = [
    ...Object.entries(CARRIED).map(([name, path]) =>
      makePackage('repository', name, { [path]: PROGRAM }),
    ),
    makePackage(
      'repository',
      'libfixture1',
      Object.fromEntries(LIBRARIES.map((file) => [`usr/lib/${TRIPLET}/${basename(file)}`, file])),
    ),
  ];
  const entries = files.map((file) => {
    const bytes = readFileSync(file);
    const fields = execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' });
    return `${fields}Filename: ./${basename(file)}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
  });
  writeFileSync(join(base, 'repository/Packages'), entries.join('\n'));
  // No other repository is asked.
  writeFileSync(
    join(base, 'sources.list'),
    `deb [trusted=yes arch=${DEBIAN}] copy:${base}/repository ./\n`,
  );
  writeFileSync(
    join(base, 'apt.conf'),
    `Dir::Etc::sourcelist "${base}/sources.list";\nDir::Etc::sourceparts "${base}/parts";\n`,
  );
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Making {
  readonly architecture?: string | undefined;
  readonly licence?: boolean;
}

function makePackage(
  to: string,
  name: string,
  files: Readonly<Record<string, string>>,
  { architecture = DEBIAN, licence = true }: Making = {},
): string {
  const root = mkdtempSync(join(base, `${name}-`));
  chmodSync(root, 0o755);
  for (const [path, from] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(from, join(root, path));
  }
  const doc = join(root, 'usr/share/doc', name);
  mkdirSync(doc, { recursive: true });
  if (licence) writeFileSync(join(doc, 'copyright'), 'see /usr/share/common-licenses/GPL-2.\n');
  mkdirSync(join(root, 'DEBIAN'));
  writeFileSync(
    join(root, 'DEBIAN/control'),
    `Package: ${name}\nVersion: 1:${VERSION}-${basename(to)}\nArchitecture: ${architecture}\nMaintainer: Nobody <nobody@example.com>\n` +
      `${name in CARRIED ? 'Depends: libfixture1\n' : ''}Description: fixture\n`,
  );
  const file = join(base, to, `${name}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['-Znone', '--build', root, file], { stdio: 'ignore' });
  return file;
}

/** A directory of packages as builds from source leave them; the libraries lie elsewhere than in the release's. */
function built(name: string, { licence = true }: Making = {}): string {
  const to = mkdtempSync(join(base, 'built', `${name}-`));
  const own = join(to, basename(REPLACED));
  copyFileSync(REPLACED, own);
  // What follows an ELF file's last section is nothing to its loader.
  appendFileSync(own, 'built from source');
  const path = join('built', basename(to));
  for (const [carrier, program] of Object.entries(CARRIED)) {
    makePackage(path, carrier, { [program]: '/etc/passwd' }, { architecture: OTHER });
    if (carrier !== name) makePackage(path, carrier, { [program]: PROGRAM }, { licence });
  }
  const others = LIBRARIES.filter((file) => file !== REPLACED);
  const libraries = [...others, own].map((file) => [`lib/${TRIPLET}/${basename(file)}`, file]);
  makePackage(path, 'libfixture1', Object.fromEntries(libraries) as Record<string, string>);
  return to;
}

function build(...args: string[]): { to: string; archives: Archive[]; stderr: string } {
  const to = mkdtempSync(join(base, 'out-'));
  const { stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts/build-tools.ts'), to, ...args],
    { encoding: 'utf8', env: { ...process.env, APT_CONFIG: join(base, 'apt.conf') } },
  );
  const list = readdirSync(to).find((name) => name.endsWith('.json'));
  const archives =
    list === undefined ? [] : (JSON.parse(readFileSync(join(to, list), 'utf8')) as Archive[]);
  return { to, archives, stderr };
}

const hashIn = (archive: Archive | undefined, path: string): string | undefined =>
  archive?.files.find((file) => file.path === path)?.sha256;

describe('the archives', () => {
  it('are the same each time, and start with what is in them alone', () => {
    const umask = process.umask(0o077);
    const one = build();
    process.umask(umask);
    const other = build();
    expect([one.stderr, other.stderr]).toEqual(['', '']);
    expect(readdirSync(one.to)).toHaveLength(4);
    execFileSync('diff', ['--recursive', one.to, other.to]);
    const tree = mkdtempSync(join(base, 'tree-'));
    const [archive] = one.archives;
    execFileSync('tar', ['-xzf', join(one.to, archive?.path ?? ''), '-C', tree]);
    expect(archive).toMatchObject({
      ...{ tool: 'bwrap', version: VERSION, program: 'bin/bwrap' },
      packages: [`bubblewrap=1:${VERSION}-repository`, `libfixture1=1:${VERSION}-repository`],
    });
    expect(readdirSync(join(tree, 'licences')).sort()).toEqual([
      ...['bubblewrap', 'libfixture1', 'text-GPL-2'],
    ]);
    const loaded = spawnSync(
      join(tree, archive?.loader ?? ''),
      ['--library-path', join(tree, 'lib'), '--list', join(tree, 'bin/bwrap')],
      { encoding: 'utf8' },
    );
    const paths = [...loaded.stdout.matchAll(/(\/\S+) \(/g)].map(({ 1: file = '' }) => file);
    expect(paths).toHaveLength(LIBRARIES.length);
    expect(paths.filter((file) => !file.startsWith(tree))).toEqual([]);
  });

  it('have the libraries that were built, wherever these and the release’s lie', () => {
    const debs = built('nothing');
    const { archives, stderr } = build('--debs', debs);
    expect(stderr).toBe('');
    const name = basename(REPLACED);
    for (const archive of archives) {
      expect(hashIn(archive, `lib/${name}`)).toBe(sha256(readFileSync(join(debs, name))));
      expect(hashIn(archive, archive.program)).toBe(sha256(readFileSync(PROGRAM)));
      expect(archive.packages).toContain(`libfixture1=1:${VERSION}-${basename(debs)}`);
    }
    expect(archives).toHaveLength(3);
  });

  it('are not made of the release’s program in place of one that was not built', () => {
    const { archives, stderr } = build('--debs', built('nftables'));
    expect(stderr).toContain(`has no package nftables for ${DEBIAN}`);
    expect(archives).toEqual([]);
  });

  it('are not made without the licences', () => {
    const { archives, stderr } = build('--debs', built('nothing', { licence: false }));
    expect(stderr).toContain('bubblewrap says nothing of its licence');
    expect(archives).toEqual([]);
  });
});

describe('the manifest that the workflow writes', () => {
  interface Workflow {
    readonly jobs: Readonly<Record<string, { steps: { name?: string; run?: string }[] }>>;
  }

  function release(spoil: (directory: string, archives: Archive[]) => void = () => undefined): {
    status: number | null;
    stderr: string;
    directory: string;
  } {
    const directory = mkdtempSync(join(base, 'release-'));
    for (const name of ['scripts', 'tools']) mkdirSync(join(directory, name));
    copyFileSync(
      join(ROOT, 'scripts/tools-manifest.ts'),
      join(directory, 'scripts/tools-manifest.ts'),
    );
    symlinkSync(join(ROOT, 'src'), join(directory, 'src'));
    const { to, archives } = made;
    cpSync(to, join(directory, 'archives'), { recursive: true });
    writeFileSync(join(directory, 'archives/sources-amd64.tar'), 'sources');
    spoil(join(directory, 'archives'), archives);
    const { jobs } = parse(
      readFileSync(join(ROOT, '.github/workflows/tools.yml'), 'utf8'),
    ) as Workflow;
    const step = jobs['release']?.steps.find(({ name }) => name?.startsWith('Check them') === true);
    writeFileSync(join(directory, 'step.sh'), step?.run ?? 'exit 99');
    const { status, stderr } = spawnSync('bash', ['-e', 'step.sh'], {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
        ...{ TAG: 'tools-1', URL: 'https://example.com/releases/download/tools-1' },
      },
    });
    return { status, stderr, directory };
  }

  let made = { to: '', archives: [] as Archive[] };
  beforeAll(() => {
    made = build();
  });

  it('pins what the checksums name', () => {
    const { status, directory } = release();
    expect(status).toBe(0);
    const text = readFileSync(join(directory, 'tools/manifest.json'), 'utf8');
    const { archives, release: from } = JSON.parse(text) as ToolManifest;
    expect(from).toBe('https://example.com/releases/download/tools-1');
    expect(readFileSync(join(directory, 'archives/SHA256SUMS'), 'utf8')).toBe(
      [{ sha256: sha256(Buffer.from('sources')), path: 'sources-amd64.tar' }, ...archives]
        .map(({ sha256: hash, path }) => `${hash}  ${path}\n`)
        .join(''),
    );
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], {
      cwd: join(directory, 'archives'),
    });
    expect(archives).toHaveLength(3);
  });

  it.each<[string, RegExp, (directory: string, archives: Archive[]) => void]>([
    [
      'that is not what was built',
      /is not what its entry says/,
      (directory, [archive]) => appendFileSync(join(directory, archive?.path ?? ''), 'x'),
    ],
    [
      'without its sources',
      /sources-\*\.tar/,
      (directory) => rmSync(join(directory, 'sources-amd64.tar')),
    ],
    [
      'that nobody built',
      /other\.tar\.gz has no entry/,
      (directory) => writeFileSync(join(directory, 'other.tar.gz'), ''),
    ],
  ])('is not written where there is an archive %s, and nothing is released', (_, said, spoil) => {
    const { status, stderr, directory } = release(spoil);
    expect(stderr).toMatch(said);
    expect(status).toBe(1);
    expect(readdirSync(join(directory, 'tools'))).toEqual([]);
  });
});
