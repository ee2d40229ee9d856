import {
  chmodSync,
  existsSync,
  linkSync,
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
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { entryOf } from '../../src/capabilities/tool-manifest.ts';
import { fetchTool } from '../../src/tools/mirror.ts';
import { findCached } from '../../src/tools/tool-cache.ts';
import {
  type Fault,
  FAULTS,
  makeArchive,
  type Mirror,
  serveTools,
  telling,
} from '../fixtures/tools.ts';
import { selfSigned } from '../gateway/certificate.ts';

// The toolkit asks three times, with pauses.
vi.setConfig({ testTimeout: 60_000 });

const made = makeArchive('bwrap', {
  'bin/bwrap': telling('bubblewrap 9.9.9'),
  'lib/libfixture.so.1': Buffer.alloc(200_000, 'x'),
  'licences/bubblewrap': 'do what you like\n',
});
const { archive } = made;

let cache = '';
let environment: Record<string, string> = {};
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
  chmodSync(cache, 0o755);
  // Our own cache is one that nobody can make.
  environment = {
    RUNNER_TOOL_CACHE: cache,
    XDG_CACHE_HOME: '/proc/nowhere',
    HOME: '/proc/nowhere',
  };
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

async function mirror(...given: Parameters<typeof serveTools>): Promise<Mirror> {
  const served = await serveTools(...given);
  onTestFinished(() => served.close());
  return served;
}

const manifest = { version: 1 as const, release: null, archives: [archive], problem: null };
const found = (): ReturnType<typeof findCached> => findCached('bwrap', environment, manifest);
const entry = (): string => join(cache, entryOf(archive));
/** Nothing is there, and nothing is to be made there. */
const elsewhere = (): string => join(cache, 'elsewhere');

describe('a mirror', () => {
  it('serves an archive, which is found in the cache afterwards', async () => {
    const { base, asked } = await mirror([made]);
    expect(await fetchTool(archive, base, environment)).toBeNull();
    expect(asked).toEqual(['/mirror/tools-1/bwrap.tar.gz']);
    expect(found()).toEqual({
      found: {
        file: join(entry(), 'bin/bwrap'),
        supply: {
          ...{ source: 'archive', command: [join(entry(), 'bin/bwrap')] },
          ...{ directory: entry(), record: null },
        },
      },
      passedOver: [],
    });
    // As the toolkit's own `find` looks for it, and nothing is left beside it.
    expect(existsSync(`${entry()}.complete`)).toBe(true);
    expect(readdirSync(cache)).toEqual(['glovebox-bwrap']);
  });

  it('may have a certificate of one’s own', async () => {
    const tls = selfSigned('localhost');
    const { base } = await mirror([made], { tls });
    expect(await fetchTool(archive, base, environment, 20_000)).toMatch(/self-signed certificate/);
    const authority = join(cache, 'authority.pem');
    writeFileSync(authority, tls.cert);
    const trusting = { ...environment, NODE_EXTRA_CA_CERTS: authority };
    expect(await fetchTool(archive, base, trusting)).toBeNull();
    expect(found().found).not.toBeNull();
  });

  const said: Record<Exclude<Fault, 'none'>, RegExp> = {
    'serves other bytes': /SHA-256 is [0-9a-f]{64}, and [0-9a-f]{64} in the manifest/,
    'serves a part of it': /has 50 bytes, and \d+ in the manifest/,
    'breaks off': /aborted|socket hang up|premature/i,
    'serves without end': /larger than the \d+ bytes/,
    'does not have it': /404/,
    'fails each time': /503/,
    'does not answer': /not there after 1\.5 s/,
    'stops in the middle': /not there after 1\.5 s/,
  };
  it.concurrent.each(Object.entries(said))(
    'that %s leaves nothing',
    async (fault, expected) => {
      const own = mkdtempSync(join(tmpdir(), 'cache-'));
      chmodSync(own, 0o755);
      const served = await serveTools([made], { fault: fault as Fault });
      const { base } = served;
      const hangs = /not there after/.test(expected.source);
      const given = { RUNNER_TOOL_CACHE: own, XDG_CACHE_HOME: '/proc/nowhere' };
      const reason = await fetchTool(archive, base, given, hangs ? 1500 : 60_000);
      served.close();
      expect(reason).toMatch(expected);
      expect(reason).toContain(`${base}/tools-1/bwrap.tar.gz`);
      expect(readdirSync(own)).toEqual([]);
      rmSync(own, { recursive: true });
    },
    60_000,
  );

  it('has every fault that is known', () => {
    expect(['none', ...Object.keys(said)].sort()).toEqual(Object.keys(FAULTS).sort());
  });

  it('cannot pass other files under the right hash of the archive', async () => {
    const [first, ...rest] = archive.files;
    if (first === undefined) throw new Error('it has no files');
    const other = { ...archive, files: [{ ...first, sha256: '0'.repeat(64) }, ...rest] };
    const { base } = await mirror([{ ...made, archive: other }]);
    expect(await fetchTool(other, base, environment)).toMatch(
      /bin\/bwrap is not what it should be/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('that nobody runs is told at once', async () => {
    const reason = await fetchTool(archive, 'http://localhost:1/mirror', environment);
    expect(reason).toMatch(/ECONNREFUSED/);
  });
});

describe('the cache', () => {
  async function fill(): Promise<void> {
    const { base } = await mirror([made]);
    expect(await fetchTool(archive, base, environment)).toBeNull();
  }

  it.each<[string, RegExp, () => void]>([
    [
      'a program that was rewritten',
      /bin\/bwrap is not what it should be/,
      () => writeFileSync(join(entry(), 'bin/bwrap'), telling('bubblewrap 9.9.9 #')),
    ],
    [
      'a library that was added',
      /lib\/libc.so.6 does not belong there/,
      () => writeFileSync(join(entry(), 'lib/libc.so.6'), '', { mode: 0o644 }),
    ],
    [
      'a file that is gone',
      /lib\/libfixture.so.1 is missing/,
      () => rmSync(join(entry(), 'lib/libfixture.so.1')),
    ],
    [
      'a link in the place of a file',
      /neither file nor directory/,
      () => {
        rmSync(join(entry(), 'bin/bwrap'));
        symlinkSync('/bin/sh', join(entry(), 'bin/bwrap'));
      },
    ],
    [
      'a program that anybody may write',
      /open to be written/,
      () => chmodSync(join(entry(), 'bin/bwrap'), 0o777),
    ],
    [
      'a program that has another’s rights',
      /bin\/bwrap is setuid/,
      () => chmodSync(join(entry(), 'bin/bwrap'), 0o4755),
    ],
    [
      'a directory that anybody may write',
      /lib is open to be written/,
      () => chmodSync(join(entry(), 'lib'), 0o777),
    ],
    [
      'its own directory open to anybody',
      /it is open to be written/,
      () => chmodSync(entry(), 0o777),
    ],
    [
      'a file that has another name',
      /libfixture.so.1 is open to be written by another name/,
      () => linkSync(join(entry(), 'lib/libfixture.so.1'), join(cache, 'other-name')),
    ],
    [
      'a marker that leads elsewhere',
      /not written to its end/,
      () => {
        rmSync(`${entry()}.complete`);
        symlinkSync(elsewhere(), `${entry()}.complete`);
      },
    ],
    [
      'an entry that was not written to its end',
      /not written to its end/,
      () => rmSync(`${entry()}.complete`),
    ],
  ])('with %s is not used, and mended', async (_, expected, spoil) => {
    await fill();
    spoil();
    expect(found()).toEqual({ found: null, passedOver: [expect.stringMatching(expected)] });
    await fill();
    expect(found().found?.file).toBe(join(entry(), 'bin/bwrap'));
    expect(readdirSync(cache)).toContain('glovebox-bwrap');
    expect(existsSync(elsewhere())).toBe(false);
  });

  it.each([
    ['an entry that leads nowhere', entry],
    ['something of another job’s that is gone by now', () => join(cache, '.glovebox-gone')],
  ])('is filled in spite of %s', async (_, place) => {
    mkdirSync(join(place(), '..'), { recursive: true });
    symlinkSync(elsewhere(), place());
    await fill();
    expect(found().found?.file).toBe(join(entry(), 'bin/bwrap'));
  });

  it('is none of root’s where somebody else could rewrite it', async () => {
    await fill();
    chmodSync(cache, 0o777);
    const { base } = await mirror([made]);
    const filled = await fetchTool(archive, base, environment);
    const reason = `others could rewrite ${cache}`;
    expect([found().passedOver, filled?.split(';')[0]]).toEqual(
      process.getuid?.() === 0
        ? [[`${entry()}: ${reason}`], `${cache}: ${reason}`]
        : [[], undefined],
    );
  });

  it('is filled by several jobs at once', async () => {
    const { base } = await mirror([made]);
    mkdirSync(join(entry(), 'bin'), { recursive: true });
    writeFileSync(join(entry(), 'bin/bwrap'), 'half of it');
    const jobs = [1, 2, 3].map(async () => await fetchTool(archive, base, environment));
    expect(await Promise.all(jobs)).toEqual([null, null, null]);
    expect(found().found?.file).toBe(join(entry(), 'bin/bwrap'));
    expect(readFileSync(join(entry(), 'bin/bwrap'), 'utf8')).toContain('9.9.9');
  });

  it('that cannot be written leaves the next one', async () => {
    const { base } = await mirror([made]);
    const own = { RUNNER_TOOL_CACHE: '/proc/nowhere', XDG_CACHE_HOME: cache };
    expect(await fetchTool(archive, base, own)).toBeNull();
    const nowhere = { RUNNER_TOOL_CACHE: '/proc/nowhere', XDG_CACHE_HOME: '/proc/nowhere' };
    expect(await fetchTool(archive, base, nowhere)).toMatch(/^\/proc.*ENOENT.*; \/proc.*ENOENT/);
  });
});
