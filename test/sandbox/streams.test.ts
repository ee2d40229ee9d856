import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bare, bash, cli, CLI, NODE, policy, seal, workspace } from '../lab/glovebox.ts';

const ESCAPE = '\u001b';
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const run = (...command: readonly string[]): string[] => [NODE, CLI, 'run', '-q', '--', ...command];

/** A pipeline of the shell's; `"$@"` stands for the sealed command. */
const shell = (script: string, command: readonly string[], env = {}) =>
  bare(['bash', '-c', script, 'bash', ...command], { env });

describe('input', () => {
  it('goes through, byte for byte, with and without a newline at its end', () => {
    for (const input of ['one\ntwo\n', 'no newline', '', 'nul \0 and é\r\n']) {
      expect(seal([], ['cat'], { input }).stdout).toBe(input);
    }
  });

  it('goes through by the megabyte', () => {
    const bytes = randomBytes(1 << 20);
    const { stdout } = spawnSync(NODE, [CLI, 'run', '-q', '--', 'md5sum'], {
      input: bytes,
      encoding: 'utf8',
      cwd: workspace(),
    });
    expect(stdout).toBe(`${md5(bytes)}  -\n`);
  });

  it('that the step does not read is no hindrance', () => {
    const { status } = spawnSync(NODE, [CLI, 'run', '-q', '--', 'true'], {
      input: randomBytes(1 << 22),
      cwd: workspace(),
    });
    expect(status).toBe(0);
  });

  it('can be opened by name, also when it has long ended', () => {
    for (const script of [
      'cat /dev/stdin',
      'sleep 1; cat /dev/stdin',
      'cat; cat /dev/stdin; cat < /dev/fd/0',
    ]) {
      expect(cli(['run', '-q', '--', ...bash(script)], { input: 'in\n' }).stdout).toBe('in\n');
    }
    const late = shell('{ sleep 1; echo in; } | "$@"', run('cat', '/dev/stdin'));
    expect(late.stdout).toBe('in\n');
  });

  it('that never ends does not keep the run from ending', () => {
    const began = performance.now();
    const { stdout } = shell(
      'sleep 30 | { "$@"; kill %1 2>/dev/null; pkill -P $$ sleep; }',
      run('echo', 'done'),
    );
    expect(stdout).toBe('done\n');
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('may be closed', () => {
    const { stdout, code } = shell('"$@" <&-', run('wc', '-c'));
    expect(stdout).toBe('0\n');
    expect(code).toBe(0);
  });

  it('is not the file itself, which the step could write or rewind', () => {
    const file = join(workspace({ file: 'as it was\n' }), 'file');
    const attack = ['bash', '-c', 'echo evil >&0; cat <&0; ls -l /proc/self/fd/0'];
    shell(`"$@" <> ${file}`, attack);
    expect(readFileSync(file, 'utf8')).toMatch(/^evil/);

    writeFileSync(file, 'as it was\n');
    const { stdout } = shell(`"$@" <> ${file}`, run(...attack));
    expect(stdout).toMatch(/^as it was\n/);
    expect(stdout).not.toContain(file);
    expect(readFileSync(file, 'utf8')).toBe('as it was\n');
  });
});

describe('output', () => {
  it('is the same byte for byte on both streams, and kept apart', () => {
    const cwd = workspace();
    const bytes = randomBytes(1 << 20);
    writeFileSync(join(cwd, 'bytes'), bytes);
    const { stdout, stderr } = spawnSync(
      NODE,
      [CLI, 'run', '-q', '--', ...bash('cat bytes; cat bytes bytes >&2')],
      { cwd, maxBuffer: 1 << 24 },
    );
    expect(md5(stdout)).toBe(md5(bytes));
    expect(md5(stderr)).toBe(md5(Buffer.concat([bytes, bytes])));
  });

  it('needs no newline at its end', () => {
    expect(cli(['run', '-q', '--', 'printf', 'no newline']).stdout).toBe('no newline');
  });

  it('can be reached by name', () => {
    const script = bash(
      'cat /dev/stdin; echo out > /dev/stdout; echo err > /dev/stderr; echo fd > /dev/fd/1',
    );
    const { stdout, stderr, code } = cli(['run', '-q', '--', ...script], { input: 'in\n' });
    expect(stdout).toBe('in\nout\nfd\n');
    expect(stderr).toBe('err\n');
    expect(code).toBe(0);
  });

  it('keeps its colours', () => {
    const text = `${ESCAPE}[31mred${ESCAPE}[0m`;
    expect(cli(['run', '-q', '--', 'printf', '%s', text]).stdout).toBe(text);
  });

  it('whose reader goes away ends the step as a broken pipe does', () => {
    const began = performance.now();
    const { stdout } = shell('"$@" | head -1; echo "${PIPESTATUS[0]}"', run('yes'));
    expect(stdout).toBe('y\n141\n');
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(shell('"$@" | head -1; echo "${PIPESTATUS[0]}"', ['yes']).stdout).toBe('y\n141\n');
  });

  it('may be closed', () => {
    const { code } = shell('"$@" >&- 2>&-', run(...bash('exit 3')));
    expect(code).toBe(3);
  });

  it('of what the step left behind is not waited for', () => {
    const began = performance.now();
    const { stdout, code } = cli(['run', '-q', '--', ...bash('sleep 40 & echo done')]);
    expect(stdout).toBe('done\n');
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('that cannot be written does not pass for a success', () => {
    const { code, stderr } = shell('"$@" > /dev/full', run('echo', 'hi'));
    expect(code).toBe(125);
    expect(stderr).toMatch(/^glovebox: standard output cannot be written: ENOSPC/);
    expect(shell('"$@" > /dev/full', run('sh', '-c', 'echo hi; exit 3')).code).toBe(3);
    expect(shell('"$@" > /dev/null', run('echo', 'hi')).code).toBe(0);
  });
});

describe('the exit code', () => {
  it.each([0, 1, 3, 77, 124, 125, 255])('%d is the command’s', (code) => {
    const script = bash(`exit ${code}`);
    expect(bare(script).code).toBe(code);
    const sealed = seal([], script);
    expect(sealed.code).toBe(code);
    expect(sealed.report.outcome).toMatchObject({ kind: 'exited', stepExitCode: code });
  });

  it('is 127 for a command that is not there', () => {
    const { code, stderr, report } = seal([], ['glovebox-lab-nothing']);
    expect(code).toBe(127);
    expect(stderr).toContain('glovebox-lab-nothing');
    expect(report.outcome.kind).toBe('exited');
    expect(seal([], ['./nothing']).code).toBe(127);
  });

  it('is 126 for a file that cannot be executed', () => {
    const cwd = workspace({ file: 'no program\n' });
    symlinkSync('.', join(cwd, 'directory'));
    for (const name of ['./file', './directory']) {
      expect(bare(['bash', '-c', name], { cwd }).code).toBe(126);
      expect(seal([], [name], { cwd }).code).toBe(126);
    }
  });

  it.each([
    ['INT', 130],
    ['KILL', 137],
    ['TERM', 143],
    ['SEGV', 139],
    ['ABRT', 134],
    ['HUP', 129],
  ])('of a command that dies by SIG%s is %d', (signal, code) => {
    const { code: got, report } = seal([], bash(`kill -${signal} $$; sleep 5`));
    expect(got).toBe(code);
    expect(report.outcome).toMatchObject({ kind: 'signaled', exitCode: code });
  });
});

describe('glovebox’s own words', () => {
  it.each(['2>&1 | head -1', '2> /dev/full'])(
    'that nobody can read change nothing: %s',
    (where) => {
      const report = join(workspace(), 'report.json');
      const command = [NODE, CLI, 'run', '--report', report, '--', 'sh', '-c', 'echo a; sleep 0.3'];
      const script = `"$@" ${where}; echo "\${PIPESTATUS[0]}"`;
      expect(shell(script, command).stdout).toBe('a\n0\n');
      expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ outcome: { exitCode: 0 } });
    },
  );

  it('are on stderr, one verdict at the end', () => {
    const { stdout, stderr } = cli(['run', '--', 'echo', 'out']);
    expect(stdout).toBe('out\n');
    expect(stderr).toMatch(/^glovebox: ok · .* · sealed \(/m);
  });

  it('are none with --quiet, whatever the end', () => {
    for (const command of [['true'], ['false'], bash('kill -9 $$')]) {
      const { stdout, stderr } = cli(['run', '--quiet', '--', ...command]);
      expect([stdout, stderr]).toEqual(['', '']);
    }
    // A refusal is no verdict: why nothing ran must be told.
    expect(cli(['run', '-q', '--env', 'LD_PRELOAD', '--', 'true']).stderr).toContain('LD_PRELOAD');
  });

  it('have no escape codes in a pipe, and on a terminal only without NO_COLOR', () => {
    const words = [NODE, CLI, 'run', '--', 'false'];
    expect(cli(['run', '--', 'false']).stderr).not.toContain(ESCAPE);
    expect(cli(['run', '--', 'false'], { env: { FORCE_COLOR: '1' } }).stderr).not.toContain(ESCAPE);

    const onTerminal = (env: Readonly<Record<string, string>>): string => {
      const file = join(mkdtempSync('/var/tmp/lab-tty-'), 'typescript');
      return bare(['script', '-qec', words.join(' '), file], { env }).stdout;
    };
    expect(onTerminal({ TERM: 'xterm' })).toContain(`${ESCAPE}[31m`);
    expect(onTerminal({ TERM: 'xterm', NO_COLOR: '1' })).not.toContain(`${ESCAPE}[3`);
    expect(onTerminal({ TERM: 'dumb' })).not.toContain(`${ESCAPE}[3`);
  });

  const HOSTILE = `evil${ESCAPE}[2J${ESCAPE}]0;title\u0007\r\u202egnp`;
  const acting = /(?!\n)[\p{Cc}\u202e]/u;

  it.each(['read', 'write', 'hide'])(
    'make the characters of a hostile path in %s visible',
    (key) => {
      const file = policy(JSON.stringify({ version: 1, filesystem: { [key]: [HOSTILE] } }));
      const { stderr, report } = seal(['-p', file], ['true']);
      expect(report.notes.map(({ code }) => code)).toContain(`${key}-path-missing`);
      expect(stderr).toContain('evil');
      expect(stderr).not.toMatch(acting);
    },
  );

  it('make those of a symlink’s target visible', () => {
    const cwd = workspace({ [HOSTILE]: '' });
    symlinkSync(HOSTILE, join(cwd, 'link'));
    const file = policy('version: 1\nfilesystem:\n  hide: [link]\n');
    const { code, stderr } = seal(['-p', file], ['true'], { cwd });
    expect(code).toBe(125);
    expect(stderr).toContain('evil');
    expect(stderr).not.toMatch(acting);
  });

  it.each([
    ['-C', ['-C', HOSTILE]],
    ['-p', ['-p', HOSTILE]],
    ['--network', ['--network', HOSTILE]],
    ['--allow', ['--network', 'allowlist', '--allow', HOSTILE]],
    ['--env', ['--env', HOSTILE]],
    ['--env with a value', ['--env', `${HOSTILE}=x`]],
    ['--timeout', ['--timeout', HOSTILE]],
    ['an unknown option', [`--${HOSTILE}`]],
    ['--report', ['--report', `/nowhere/${HOSTILE}`]],
  ])('make those of %s visible', (_, options) => {
    const { code, stderr } = cli(['run', ...options, '--', 'true']);
    expect(code).toBe(125);
    expect(stderr).not.toMatch(acting);
  });

  it('make those of a policy’s keys and values visible', () => {
    for (const document of [
      { [HOSTILE]: 1 },
      { network: { mode: HOSTILE } },
      { network: { allow: [HOSTILE] } },
    ]) {
      const file = policy(JSON.stringify({ version: 1, ...document }));
      const { code, stderr } = cli(['run', '-p', file, '--', 'true']);
      expect(code).toBe(125);
      expect(stderr).not.toMatch(acting);
    }
  });

  it('do not lend themselves to workflow commands of the runner', () => {
    const cwd = workspace();
    const name = 'x\n::set-env name=PATH::evil';
    const file = policy(JSON.stringify({ version: 1, filesystem: { read: [name] } }));
    const { stderr } = seal(['-p', file], ['true'], { cwd });
    expect(stderr).not.toMatch(/^\s*::/m);
    expect(stderr).toContain('::set-env');
  });

  it('tell of a directory that the command may not enter', () => {
    const cwd = workspace({ 'file/x': '' });
    chmodSync(join(cwd, 'file/x'), 0o644);
    const { code, stderr } = cli(['run', '-C', join(cwd, 'file/x'), '--', 'true']);
    expect(code).toBe(125);
    expect(stderr).toContain('is not a directory');
  });
});
