import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execute } from '../../src/tools/execute.ts';
import { packagesIn } from '../../src/tools/packages.ts';
import { findCached } from '../../src/tools/tool-cache.ts';
import { sha256 } from '../../src/tools/trees.ts';
import { unpackTool } from '../../src/tools/unpack.ts';

// apt is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

it('reads what apt would install', () => {
  const said = `Reading package lists...
Inst libcap2 (1:2.66-4 Debian:12/stable [amd64])
Inst bubblewrap [0.8.0-1] (0.8.0-2+deb12u1 Debian:12/stable [amd64]) []
Conf libcap2 (1:2.66-4 Debian:12/stable [amd64])
`;
  expect(packagesIn(said)).toEqual(['libcap2=1:2.66-4', 'bubblewrap=0.8.0-2+deb12u1']);
});

/** A program that has libraries, and tells its version. */
const PROGRAM = '/bin/ls';
const DEBIAN = process.arch === 'arm64' ? 'arm64' : 'amd64';
const TRIPLET = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

describe('packages of a repository on this machine', () => {
  let base = '';
  let environment: Record<string, string> = {};
  const packages: { name: string; file: string; fields: string }[] = [];

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'packages-'));
    chmodSync(base, 0o755);
    for (const name of ['repository', 'home', 'cache', 'parts']) mkdirSync(join(base, name));
    addPackage('bubblewrap', 'Depends: libfixture1\n', (root) => {
      mkdirSync(join(root, 'usr/bin'), { recursive: true });
      copyFileSync(PROGRAM, join(root, 'usr/bin/bwrap'));
    });
    addPackage('libfixture1', '', (root) => {
      const libraries = join(root, 'usr/lib', TRIPLET);
      mkdirSync(libraries, { recursive: true });
      writeFileSync(join(libraries, 'libfixture.so.1.2'), 'a library');
      symlinkSync('libfixture.so.1.2', join(libraries, 'libfixture.so.1'));
      symlinkSync('/etc/passwd', join(libraries, 'libescape.so.1'));
    });
    addPackage('nftables', 'Depends: not-there\n', () => undefined);
    // No other repository is asked, and nothing counts as installed.
    writeFileSync(join(base, 'status'), '');
    writeFileSync(
      join(base, 'sources.list'),
      `deb [trusted=yes arch=${DEBIAN}] copy:${base}/repository ./\n`,
    );
    writeFileSync(
      join(base, 'apt.conf'),
      `Dir::State::status "${base}/status";\nDir::Etc::sourcelist "${base}/sources.list";\n` +
        `Dir::Etc::sourceparts "${base}/parts";\n`,
    );
    environment = {
      ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', APT_CONFIG: join(base, 'apt.conf') },
      ...{ HOME: join(base, 'home'), XDG_CACHE_HOME: join(base, 'cache') },
      XDG_STATE_HOME: join(base, 'state'),
    };
    writeIndex();
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  function addPackage(name: string, depends: string, fill: (root: string) => void): void {
    const root = mkdtempSync(join(base, `${name}-`));
    chmodSync(root, 0o755);
    fill(root);
    mkdirSync(join(root, 'DEBIAN'));
    const fields = `Package: ${name}\nVersion: 1.5.0-1\nArchitecture: ${DEBIAN}\nMaintainer: Nobody <nobody@example.com>\n${depends}Description: fixture\n`;
    writeFileSync(join(root, 'DEBIAN/control'), fields);
    // It would run, if the package were installed.
    writeFileSync(join(root, 'DEBIAN/postinst'), `#!/bin/sh\ntouch ${base}/installed\n`);
    chmodSync(join(root, 'DEBIAN/postinst'), 0o755);
    const file = `${name}.deb`;
    execFileSync('dpkg-deb', ['--build', root, join(base, 'repository', file)]);
    packages.push({ name, file, fields });
  }

  function writeIndex(spoil: (hash: string) => string = (hash) => hash): void {
    const entries = packages.map(({ file, fields }) => {
      const bytes = readFileSync(join(base, 'repository', file));
      return `${fields}Filename: ./${file}\nSize: ${bytes.length}\nSHA256: ${spoil(sha256(bytes))}\n`;
    });
    writeFileSync(join(base, 'repository/Packages'), entries.join('\n'));
  }

  it('are unpacked into the cache with what they need, and nothing is installed', async () => {
    expect(await unpackTool('bwrap', environment)).toBeNull();
    const { found, passedOver } = findCached('bwrap', environment);
    expect(passedOver).toEqual([]);
    const directory = found?.supply.directory ?? '';
    const there = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(there.sort()).toEqual([
      ...['bin', 'bin/bwrap', 'lib', 'lib/libfixture.so.1', 'lib/libfixture.so.1.2'],
    ]);
    expect(found?.supply.command.slice(1)).toEqual([
      ...['--library-path', `${directory}/lib`, `${directory}/bin/bwrap`],
    ]);
    const { stdout } = await execute([...(found?.supply.command ?? []), '--version']);
    expect(stdout).toMatch(/^ls \(/);
    expect(readdirSync(base)).not.toContain('installed');
    expect(readdirSync(join(base, 'cache/glovebox'))).toEqual(['glovebox-bwrap']);
  });

  it('are not used when the record or a file was rewritten', async () => {
    expect(await unpackTool('bwrap', environment)).toBeNull();
    const directory = findCached('bwrap', environment).found?.supply.directory ?? '';
    writeFileSync(join(directory, 'lib/libfixture.so.1'), 'another library');
    const spoilt = findCached('bwrap', environment);
    expect([spoilt.found, spoilt.passedOver]).toEqual([null, [expect.stringMatching(/SHA-256/)]]);
    const record = join(base, 'state/glovebox/bwrap.json');
    chmodSync(record, 0o666);
    expect(findCached('bwrap', environment).passedOver).toEqual([
      `${record}: others could have written it`,
    ]);
    expect(await unpackTool('bwrap', environment)).toBeNull();
    expect(findCached('bwrap', environment).found).not.toBeNull();
  });

  it.each([
    ['that need another one which is not there', 'nft', /apt-get: .*/],
    ['that do not exist', 'slirp4netns', /Unable to locate package slirp4netns/],
  ] as const)('%s are told', async (_, tool, expected) => {
    expect(await unpackTool(tool, environment)).toMatch(expected);
    expect(findCached(tool, environment).found).toBeNull();
  });

  it('with other bytes than the index has are refused by apt', async () => {
    writeIndex(() => '0'.repeat(64));
    rmSync(join(base, 'cache'), { recursive: true });
    mkdirSync(join(base, 'cache'));
    expect(await unpackTool('bwrap', environment)).toMatch(/apt-get: /);
    expect(readdirSync(join(base, 'cache/glovebox'))).toEqual([]);
  });
});
