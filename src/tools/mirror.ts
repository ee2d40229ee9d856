import { join } from 'node:path';
import { type Archive, entryOf } from '../capabilities/tool-manifest.ts';
import { type Executed, execute } from './execute.ts';
import { inSomeCache, settle, Unobtainable } from './staging.ts';
import { cacheRoots } from './tool-cache.ts';

/** What the process that fetches is told. */
export interface Order {
  readonly url: string;
  /** Empty, and thrown away afterwards. */
  readonly directory: string;
  readonly archive: Archive;
  /** Tool, version and architecture, as the toolkit names an entry of its cache. */
  readonly entry: readonly [tool: string, version: string, arch: string];
}

const FETCHER = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../fetch.ts' : 'fetch.mjs',
);
const FETCH_MS = 120_000;

/** What a download needs of our environment, and nothing that names a program. */
const HANDED_ON = [
  ...['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** Puts an archive of the manifest into a tool cache. Returns null, or why that was not possible. */
export async function fetchTool(
  archive: Archive,
  base: string,
  environment: Readonly<Record<string, string>>,
  patience = FETCH_MS,
): Promise<string | null> {
  const url = `${base}/${archive.path}`;
  return await inSomeCache(cacheRoots(environment), async (root, staging) => {
    const cache = join(staging, 'cache');
    const [tool = '', version = '', arch = ''] = entryOf(archive).split('/');
    const order: Order = { url, directory: staging, archive, entry: [tool, version, arch] };
    const fetched = await execute([process.execPath, FETCHER, JSON.stringify(order)], {
      timeout: patience,
      environment: {
        ...Object.fromEntries(HANDED_ON.map((name) => [name, environment[name] ?? ''])),
        ...{ PATH: '/usr/bin:/bin', LC_ALL: 'C' },
        ...{ RUNNER_TEMP: staging, RUNNER_TOOL_CACHE: cache },
      },
    });
    if (fetched.code !== 0) throw failure(fetched, url, patience);
    settle(join(cache, entryOf(archive)), join(root, entryOf(archive)), archive.files, staging);
  });
}

/** What the toolkit, or the tar that it starts, says of a cache in which nothing can be written. */
const ABOUT_THE_CACHE =
  /ENOSPC|EDQUOT|EROFS|EACCES|No space left|Wrote only|quota exceeded|Read-only/i;

function failure({ code, stdout, stderr }: Executed, url: string, patience: number): Error {
  // The toolkit hands on what tar complains of as if it were output.
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  const last = lines.at(-1) ?? '';
  if (code === null)
    return new Unobtainable(`${url}: it was not there after ${patience / 1000} s (${last})`);
  // Another cache may have room.
  const full = lines.find((line) => ABOUT_THE_CACHE.test(line));
  return full === undefined ? new Unobtainable(`${url}: ${last}`) : new Error(`${url}: ${full}`);
}
