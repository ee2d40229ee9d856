import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPPLIED_TOOLS, type SuppliedTool } from '../../src/capabilities/facts.ts';
import { entryOf } from '../../src/capabilities/tool-manifest.ts';
import { type MadeArchive, makeArchive, type Mirror, serveTools } from '../fixtures/tools.ts';
import { newJob, reportOf, said, use, USES } from '../lab/action.ts';
import type { Job } from './runner/job.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SYSTEMS: Readonly<Record<SuppliedTool, string>> = {
  bwrap: '/usr/bin/bwrap',
  slirp4netns: '/usr/bin/slirp4netns',
  nft: '/usr/sbin/nft',
};

let archives: readonly MadeArchive[] = [];
let mirror: Mirror;
let base = '';
beforeAll(async () => {
  base = mkdtempSync('/var/tmp/tools-');
  chmodSync(base, 0o755);
  // The machine's own programs, so they run on it without a loader of their own.
  archives = SUPPLIED_TOOLS.map((tool) => {
    const version = /\d+\.\d+\.\d+/.exec(
      execFileSync(SYSTEMS[tool], ['--version'], { encoding: 'utf8' }),
    )?.[0];
    const files = { [`bin/${tool}`]: readFileSync(SYSTEMS[tool]) };
    return makeArchive(tool, files, { version: version ?? '' });
  });
  mirror = await serveTools(archives);
});
afterAll(() => mirror.close());

/** The action with these archives in its manifest. */
function release(): string {
  const directory = mkdtempSync(join(base, 'release-'));
  for (const name of ['action.yml', 'dist'])
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  mkdirSync(join(directory, 'tools'));
  const manifest = { version: 1, release: null, archives: archives.map(({ archive }) => archive) };
  writeFileSync(join(directory, 'tools/manifest.json'), JSON.stringify(manifest));
  return directory;
}

/** Runs the action on a machine that has none of the three programs, and no room in its tool cache. A shell would drop its inputs. */
function bareNode(cache: 'roomy' | 'full' = 'roomy'): string {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const rooted = uid === 0 ? [] : ['--user', '--map-root-user'];
  const back =
    uid === 0 ? [] : ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
  // What only root could install, an ordinary user has to do without.
  const others = cache === 'full' && uid !== 0 ? [realpathSync('/usr/sbin/ip')] : [];
  const hide = [...Object.values(SYSTEMS), ...others].map((program) => [
    ...['--bind', '/dev/null', program],
  ]);
  const small = ['-t', 'tmpfs', '-o', 'size=100k,mode=755', 'tmpfs'];
  const mounts = cache === 'full' ? [...hide, [...small, 'RUNNER_TOOL_CACHE']] : hide;
  const file = join(mkdtempSync(join(base, 'node-')), 'node.mjs');
  writeFileSync(
    file,
    `#!${process.execPath}
import { spawnSync } from 'node:child_process';
const run = ([program, ...args]) => spawnSync(program, args, { stdio: 'inherit' }).status;
const [stage, ...rest] = process.argv.slice(2);
if (stage === 'hidden') {
  for (const mount of ${JSON.stringify(mounts)}) run(['mount', ...mount.map((word) => process.env[word] ?? word)]);
  process.exit(run([...${JSON.stringify(back)}, process.execPath, ...rest]));
}
const unshare = ['unshare', ...${JSON.stringify(rooted)}, '--mount', '--propagation', 'private', '--'];
process.exit(run([...unshare, process.execPath, import.meta.filename, 'hidden', stage, ...rest]));
`,
  );
  chmodSync(file, 0o755);
  chmodSync(dirname(file), 0o755);
  return file;
}

function bareJob(node = bareNode()): Job {
  return newJob({ actions: { [USES]: release() }, node });
}

const inCache = (job: Job, tool: SuppliedTool): string => {
  const found = archives.find(({ archive }) => archive.tool === tool);
  if (found === undefined) throw new Error(`there is no archive of ${tool}`);
  return join(job.layout.tools, entryOf(found.archive));
};

describe('a machine without the tools', () => {
  it('gets them from the mirror, and seals with them', async () => {
    const job = bareJob();
    const steps = `
- id: sealed
  run: |
    echo "> $(cat /proc/self/uid_map | wc -l)"
    ! timeout 2 bash -c ': < /dev/tcp/203.0.113.10/80'
  network: { on-blocked: ignore }
- id: opened
  network: { mode: allowlist, allow: ['203.0.113.10:80'] }
  filesystem: { write: ['${job.layout.tools}'] }
  run: |
    (: < /dev/tcp/203.0.113.10/80) && echo "> reached"
    cd ${job.layout.tools}; echo x > new && echo "> wrote"
    echo x >> ${inCache(job, 'bwrap')}/bin/bwrap || echo "> not the tool"
    mv glovebox-bwrap moved || echo "> not its place"
`;
    // Root takes none from where somebody else could move them.
    chmodSync(job.layout.tools, 0o1777);
    const used = await use({ steps, 'tools-mirror': mirror.base }, job);
    expect(said(used)).toEqual(['1', 'reached', 'wrote', 'not the tool', 'not its place']);
    expect([used.exitCode, used.report.enforced]).toEqual([0, true]);
    expect(used.log).toContain(`bwrap ${archives[0]?.archive.version}: an archive of the manifest`);
    const { toolOrigins } = reportOf(used, 'sealed');
    for (const tool of SUPPLIED_TOOLS) {
      expect(toolOrigins[tool]).toMatchObject({
        source: 'archive',
        path: join(inCache(job, tool), 'bin', tool),
      });
    }
    // The second use asks nobody, and what was rewritten in between is not started.
    const asked = mirror.asked.length;
    expect((await use({ run: 'true', install: 'never' }, job)).exitCode).toBe(0);
    const mark = join(job.layout.temp, 'started');
    const tampered = join(inCache(job, 'bwrap'), 'bin/bwrap');
    writeFileSync(tampered, `#!/bin/sh\ntouch ${mark}\nexec false\n`);
    const refused = await job.uses(USES, { with: { run: 'true', install: 'never' } });
    expect([refused.exitCode, existsSync(mark)]).toEqual([125, false]);
    expect(refused.log).toContain('bin/bwrap is not what it should be (SHA-256)');
    expect(mirror.asked.length).toBe(asked);
    // The control: started, it leaves its mark.
    expect(spawnSync(tampered).status).toBe(1);
    expect(existsSync(mark)).toBe(true);
    appendFileSync(tampered, '#');
    const mended = { run: 'true', 'tools-mirror': mirror.base };
    expect((await use(mended, job, { if: 'always()' })).exitCode).toBe(0);
  });

  it('puts them elsewhere where the tool cache is full', async () => {
    const own = mkdtempSync(join(base, 'own-'));
    chmodSync(own, 0o755);
    const inputs = { run: 'true', 'tools-mirror': mirror.base };
    const used = await use(inputs, bareJob(bareNode('full')), { env: { XDG_CACHE_HOME: own } });
    const { toolOrigins } = reportOf(used, 'run');
    // There was room for the smallest at most.
    expect(toolOrigins['bwrap']?.path).toMatch(/\/own-/);
    expect([used.exitCode, used.report.enforced]).toEqual([0, true]);
  });

  it('refuses what a mirror sends in their place', async () => {
    const other = await serveTools(archives, { fault: 'serves other bytes' });
    const job = bareJob();
    // There are no packages either.
    const none = join(base, 'apt.conf');
    writeFileSync(none, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n');
    const step = await job.uses(USES, {
      with: { run: 'echo "> ran"', 'tools-mirror': other.base },
      env: { APT_CONFIG: none },
    });
    // The policy says whether what could not be had is done without; who asked for nothing else is told.
    const all = { 'tools-mirror': other.base };
    const rest = { env: { APT_CONFIG: none }, if: 'always()' } as const;
    const degraded = await job.uses(USES, {
      ...rest,
      with: { ...all, run: 'echo "> ran"', 'on-unavailable': 'degrade' },
    });
    expect([degraded.exitCode, said(degraded)]).toEqual([0, ['ran']]);
    expect([degraded.outputs['enforced'], degraded.log]).toEqual([
      'false',
      expect.stringContaining('##[warning]bwrap could not be had'),
    ]);
    expect((await job.uses(USES, { ...rest, with: all })).exitCode).toBe(125);
    other.close();
    expect(step.log).toMatch(/bwrap: no archive: .*SHA-256 is .* in the manifest/);
    expect([step.exitCode, said(step)]).toEqual([125, []]);
    expect(readdirSync(job.layout.tools)).toEqual([]);
  });
});
