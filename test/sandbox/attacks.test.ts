import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  bare,
  bash,
  cli,
  PERSONA,
  policy,
  seal,
  sealInBackground,
  workspace,
} from '../lab/glovebox.ts';

/** Seizes pid 1 so that it stops on its way out, and then stops itself: nobody lets pid 1 go. */
const HOLD_PID_1 = `
  syscall(${process.arch === 'arm64' ? 117 : 101}, 0x4206, 1, 0, 0x40) == 0 or die "ptrace: $!\\n";
  $| = 1; print "held\\n"; kill 'STOP', $$; sleep 60;`;

describe('a step that traces the sandbox’s first process', () => {
  it('does not outlive its time', async () => {
    // The default profile lets nobody trace; a policy may.
    const options = ['--timeout', '2s', '--syscalls', 'off'];
    const child = sealInBackground(options, ['perl', '-e', HOLD_PID_1]);
    const began = performance.now();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(124);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('is bound by the limits there too', () => {
    const file = policy('version: 1\nresources: { file-size: 1MiB, open-files: 77 }\n');
    const { stdout } = seal(
      ['-p', file],
      bash('grep -E "Max (file size|open files)" /proc/1/limits'),
    );
    expect(stdout).toMatch(/Max file size\s+1048576\s+1048576/);
    expect(stdout).toMatch(/Max open files\s+77\s+77/);
  });
});

describe('a report', () => {
  const inPlace = ['--filesystem', 'workspace'];

  it('does not follow a symlink that the step puts in its place', () => {
    const target = join(workspace({ secret: 'untouched' }), 'secret');
    const cwd = workspace();
    if (PERSONA === 'root') bare(['chmod', '0777', cwd]);
    const plant = bash(`rm -f r.json s.md; ln -s ${target} r.json; ln -s ${target} s.md`);
    const ran = cli(
      ['run', ...inPlace, '--report', 'r.json', '--summary', 's.md', '--', ...plant],
      { cwd },
    );
    expect(readFileSync(target, 'utf8')).toBe('untouched');
    expect(ran.code).toBe(125);
    expect(ran.stderr).toContain('it was replaced while the step ran');
  });

  it('does not go through a directory that the workspace’s own symlink leads to', () => {
    const elsewhere = workspace();
    const cwd = workspace();
    symlinkSync(elsewhere, join(cwd, 'out'));
    const ran = cli(['run', '--report', 'out/r.json', '--', 'true'], { cwd });
    expect(ran.code).toBe(125);
    expect(existsSync(join(elsewhere, 'r.json'))).toBe(false);
    const outside = ['-C', cwd, '--report', join(cwd, 'out/r.json')];
    expect(cli(['run', ...outside, '--', 'true'], { cwd: elsewhere }).code).toBe(125);
    expect(existsSync(join(elsewhere, 'r.json'))).toBe(false);
  });

  // A fifo stands for a disk: neither is a file that could be taken away first.
  it.each<[string, () => string]>([
    ['a', workspace],
    ['shared memory as a', () => mkdtempSync('/dev/shm/lab-report-')],
  ])('is not written to a device that a symlink in %s workspace leads to', (_, place) => {
    const cwd = place();
    const target = join(workspace(), 'fifo');
    expect(bare(['mkfifo', target]).code).toBe(0);
    symlinkSync(target, join(cwd, 'r.json'));
    symlinkSync(target, join(cwd, 's.md'));
    expect(cli(['run', '--report', 'r.json', '--', 'true'], { cwd }).code).toBe(0);
    expect(lstatSync(join(cwd, 'r.json')).isFile()).toBe(true);
    expect(cli(['run', '--summary', 's.md', '--', 'true'], { cwd }).code).toBe(125);
    // What the system itself has for it is followed.
    const piped = ['bash', '-c', '"$@" | cat', 'bash'];
    const { stdout } = cli(['run', '--report', '/dev/stdout', '--', 'true'], { cwd, under: piped });
    expect(JSON.parse(stdout)).toMatchObject({ command: ['true'] });
    if (cwd.startsWith('/dev/shm/')) rmSync(cwd, { recursive: true });
  });

  it('is not appended to a file that a summary’s symlink leads to', () => {
    const target = join(workspace({ secret: 'untouched' }), 'secret');
    const cwd = workspace();
    symlinkSync(target, join(cwd, 's.md'));
    const ran = cli(['run', '--summary', 's.md', '--', 'true'], { cwd });
    expect(ran.code).toBe(125);
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });
});

describe('the scratch directory', () => {
  it('can be entered by nobody but us and the step', async () => {
    const before = new Set(readdirSync('/var/tmp'));
    const cwd = workspace();
    writeFileSync(join(cwd, 'file'), 'content');
    const child = sealInBackground([], ['sleep', '3'], { cwd });
    await sleep(1500);
    const made = readdirSync('/var/tmp').filter(
      (name) => /^glovebox-\d/.test(name) && !before.has(name),
    );
    expect(made).toHaveLength(1);
    for (const name of made) expect(statSync(join('/var/tmp', name)).mode & 0o067).toBe(0);
    await once(child, 'exit');
  });

  it('is nowhere that the step may write', () => {
    const open = mkdtempSync('/dev/shm/lab-open-');
    const elsewhere = policy(JSON.stringify({ version: 1, filesystem: { write: [open] } }));
    expect(cli(['run', '-p', elsewhere, '--', 'true']).code).toBe(0);
    const everywhere = { version: 1, filesystem: { write: ['/tmp', '/var/tmp'] } };
    const ran = cli(['run', '-p', policy(JSON.stringify(everywhere)), '--', 'echo', 'ran']);
    expect(ran).toMatchObject({ code: 125, stdout: '' });
    expect(ran.stderr).toContain("the step could write to Glovebox's own files");
    rmdirSync(open);
  });
});

describe('what a step leaves for the next run', () => {
  it('does not keep it waiting', () => {
    const cwd = workspace();
    mkdirSync(join(cwd, 'dist'));
    if (PERSONA === 'root') bare(['chmod', '0777', join(cwd, 'dist')]);
    const file = policy(JSON.stringify({ version: 1, filesystem: { write: ['dist'] } }));
    expect(cli(['run', '-p', file, '--', 'mkfifo', 'dist/.git'], { cwd }).code).toBe(0);
    expect(lstatSync(join(cwd, 'dist/.git')).isFIFO()).toBe(true);
    expect(cli(['run', '--', 'ls', '-A', 'dist'], { cwd })).toMatchObject({
      code: 0,
      stdout: '.git\n',
    });
  });
});

/** A program in the place of a tool, and a record that says it has to be just that. */
function ownTool(directory: string, mark: string): Record<string, string> {
  const text = `#!/bin/sh\ntouch '${mark}' 2> /dev/null\nexec /usr/bin/bwrap "$@"\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = { path: 'bin/bwrap', sha256, size: text.length, executable: true };
  const record = {
    ...{ version: 1, tool: 'bwrap', directory: join(directory, 'tool'), packages: [] },
    ...{ program: file.path, loader: null, files: [file] },
  };
  for (const path of ['tool/bin', 'cache/glovebox', 'state/glovebox'])
    mkdirSync(join(directory, path), { recursive: true });
  writeFileSync(join(directory, 'tool/bin/bwrap'), text, { mode: 0o755 });
  writeFileSync(join(directory, 'tool.complete'), '');
  writeFileSync(join(directory, 'state/glovebox/bwrap.json'), JSON.stringify(record));
  chmodSync(directory, 0o755);
  return {
    XDG_CACHE_HOME: join(directory, 'cache'),
    XDG_STATE_HOME: join(directory, 'state'),
  };
}

describe('a program that the workspace brings as a tool of Glovebox', () => {
  it('is not run', () => {
    const [cwd, elsewhere] = [workspace(), workspace()];
    const marks = workspace();
    chmodSync(marks, 0o777);
    const run = (directory: string, mark: string): number | null =>
      cli(['run', '--', 'true'], { cwd, env: ownTool(directory, join(marks, mark)) }).code;
    expect(run(cwd, 'the workspace')).toBe(0);
    expect(run(elsewhere, 'the user')).toBe(0);
    expect(readdirSync(marks)).toEqual(['the user']);
  });
});
