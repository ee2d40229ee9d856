import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bare, bash, CLI, cli, NODE, PERSONA, policy, seal, workspace } from '../lab/glovebox.ts';

const BROKEN = `version: 1
network:
  mode: dney
  allow: [300.1.1.1:80, 'a b']
resources:
  memory: lots
bogus: 1
`;
const PLACES = ['3:9', '4:11', '4:25', '6:11', '7:1'];

/** One line that says what is wrong, and one that says where to look. */
const ONE_LINE = /^glovebox: [^\n]+\n {2}→ [^\n]+\n$/;

describe('validate', () => {
  it('says ok to each good file', () => {
    const files = [policy('version: 1\n'), policy('version: 1\nnetwork: {mode: audit}\n')];
    const { code, stdout, stderr } = cli(['validate', ...files]);
    expect(stdout).toBe(files.map((file) => `ok  ${file}\n`).join(''));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('tells every problem of every file, each with its place', () => {
    const first = policy(BROKEN);
    const second = policy('version: 1\nfilesystem: {mode: 7}\n');
    const { code, stdout, stderr } = cli(['validate', first, second]);
    expect([code, stdout]).toEqual([125, '']);
    for (const place of PLACES) expect(stderr).toContain(`  ${first}:${place}  `);
    expect(stderr).toContain(`  ${second}:2:20  filesystem.mode: `);
    expect(stderr).toContain('expected one of deny, allowlist, audit, unrestricted');
    expect(stderr.split('\n').filter((line) => line.includes(first)).length).toBe(PLACES.length);
  });

  it('tells what is no YAML, what is empty and what cannot be read', () => {
    const torn = policy('version: 1\nnetwork: [\n');
    expect(cli(['validate', torn])).toMatchObject({ code: 125, stdout: '' });
    expect(cli(['validate', torn]).stderr).toMatch(/policy\.yml:\d+:\d+ /);
    expect(cli(['validate', policy('')]).code).toBe(125);
    const { code, stderr } = cli(['validate', '/nowhere/policy.yml']);
    expect(code).toBe(125);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain('/nowhere/policy.yml');
  });
});

describe('a bad policy', () => {
  it.each(['run', 'explain'])('keeps %s from doing anything and is told whole', (command) => {
    const file = policy(BROKEN);
    const cwd = workspace();
    const options = ['-p', file, '--network', 'nope', '--filesystem', 'workspace'];
    const { code, stdout, stderr } = cli([command, ...options, '--', ...bash('echo > mark')], {
      cwd,
    });
    expect([code, stdout]).toEqual([125, '']);
    for (const place of PLACES) expect(stderr).toContain(`  ${file}:${place}  `);
    expect(stderr).toContain('  --network  network.mode: `nope`');
    expect(existsSync(join(cwd, 'mark'))).toBe(false);
  });
});

describe('explain', () => {
  const options = ['--network', 'allowlist', '--allow', '203.0.113.10:443', '--env', 'TOKEN=hush'];

  it('shows layers, limits and rules, and starts nothing', () => {
    const cwd = workspace();
    const { code, stdout, stderr } = cli(
      ['explain', ...options, '--filesystem', 'workspace', '--', ...bash('echo > mark')],
      { cwd, env: { GITHUB_TOKEN: 'secret-of-the-job' } },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^would run\n/);
    for (const part of [
      'network',
      'filesystem',
      'resources',
      'privilege',
      'syscalls',
      'environment',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${part} +enforced `, 'm'));
    }
    for (const part of ['limits', 'bubblewrap', '203.0.113.10', 'slirp4netns', 'GITHUB_TOKEN']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toMatch(/hush|secret-of-the-job/);
    expect(existsSync(join(cwd, 'mark'))).toBe(false);
  });

  it('gives the whole plan as JSON, without the values of variables', () => {
    const { code, stdout } = cli(['explain', '--json', ...options, '--', 'true'], {
      env: { GITHUB_TOKEN: 'secret-of-the-job' },
    });
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/hush|secret-of-the-job/);
    expect(JSON.parse(stdout)).toMatchObject({
      refused: false,
      sandboxed: true,
      command: ['true'],
      network: { kind: 'routed' },
      layers: { network: { status: 'enforced' } },
      environment: { set: expect.arrayContaining(['TOKEN']) },
      downgrades: [],
    });
  });

  it('leaves no scratch directory behind', () => {
    const scratch = mkdtempSync('/var/tmp/lab-scratch-');
    expect(cli(['explain', '--', 'true'], { env: { TMPDIR: scratch } }).code).toBe(0);
    const { stdout } = cli(['run', '-q', '--', ...bash(`ls ${scratch} 2> /dev/null | wc -l`)]);
    expect(stdout).toBe('0\n');
  });
});

describe('doctor', () => {
  it('finds everything here, in a table', () => {
    const { code, stdout, stderr } = cli(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    for (const row of ['network: deny', 'network: allowlist', 'filesystem: overlay', 'privilege']) {
      expect(stdout).toMatch(new RegExp(`^  ${row} +can `, 'm'));
    }
    expect(stdout).toMatch(PERSONA === 'root' ? /memory cgroup v[12]/ : /memory is watched/);
    expect(stdout).toContain('The default policy can be enforced whole.');
  });

  it('gives facts and verdicts as JSON', () => {
    const { code, stdout } = cli(['doctor', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      healthy: true,
      facts: { identity: { realRoot: PERSONA === 'root' }, tools: { bwrap: {} } },
      capabilities: { sandbox: { available: true }, slirp4netns: { available: true } },
    });
  });

  it('does not mind a reader that has seen enough', () => {
    const { code, stdout, stderr } = bare(
      bash('"$0" "$1" doctor --json | head -n 1').concat(NODE, CLI),
    );
    expect([code, stdout, stderr]).toEqual([0, '{\n', '']);
  });

  it('says so where there is no room for it', () => {
    const { code, stderr } = bare(bash('"$0" "$1" doctor > /dev/full').concat(NODE, CLI));
    expect(code).toBe(125);
    expect(stderr).toMatch(
      /^glovebox: standard output cannot be written: ENOSPC[^\n]*\n {2}→ [^\n]+\n$/,
    );
  });

  it('says nothing when it is to say only what is wrong', () => {
    expect(cli(['doctor', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('has nothing to install here', () => {
    expect(cli(['doctor', '--fix', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('schema', () => {
  it.each(['policy', 'report', 'job-report'])(
    'prints the %s schema that lies in the repository',
    (which) => {
      const { code, stdout } = cli(['schema', which]);
      const file = resolve(import.meta.dirname, `../../schema/${which}.schema.json`);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    },
  );
});

describe('help', () => {
  const commands = ['run', 'explain', 'doctor', 'validate', 'schema'];

  it.each(commands)('of %s is the same by every way', (command) => {
    const { code, stdout, stderr } = cli([command, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^glovebox ${command} `));
    expect(cli([command, '-h']).stdout).toBe(stdout);
    expect(cli(['help', command]).stdout).toBe(stdout);
  });

  it.each([[], ['help'], ['--help'], ['-h'], ['help', 'toString']])(
    'of everything names every command: %j',
    (...args: string[]) => {
      const { code, stdout } = cli(args);
      expect(code).toBe(0);
      for (const command of commands) expect(stdout).toContain(`glovebox ${command} `);
    },
  );

  it.each(['version', '--version', '-V'])('tells the version: %s', (argument) => {
    const file = resolve(import.meta.dirname, '../../package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    expect(cli([argument])).toEqual({ code: 0, stdout: `glovebox ${version}\n`, stderr: '' });
  });

  it("leaves the step's own --help and --version alone", () => {
    const { code, stdout } = cli(['run', '-q', '--', 'echo', '--help', '--', '--version']);
    expect([code, stdout]).toEqual([0, '--help -- --version\n']);
  });
});

describe('a command line that is not understood', () => {
  it.each([
    ['an unknown command', ['frobnicate'], 'frobnicate'],
    ['an unknown option', ['run', '--bogus', '--', 'true'], '--bogus'],
    ['no dashes before the command', ['run', 'npm', 'test'], '`npm` is in the way'],
    ['no command', ['run', '--network', 'deny'], 'needs a command'],
    ['no command after the dashes', ['explain', '--'], 'needs a command'],
    ['an option without its value', ['run', '--report', '--', 'true'], '--report'],
    ['a value for a switch', ['doctor', '--json=yes'], '--json'],
    ['a word too many', ['doctor', 'now'], 'now'],
    ['no file', ['validate'], 'at least one policy file'],
    ['no such schema', ['schema', 'everything'], 'policy, report, job-report'],
    ['a directory that is not there', ['run', '-C', '/nowhere', '--', 'true'], '/nowhere'],
    ['the system for a workspace', ['run', '-C', '/usr', '--', 'true'], '/usr'],
    ['a policy that is not there', ['run', '-p', '/no.yml', '--', 'true'], '/no.yml'],
    ['a report nowhere', ['run', '--report', '/no/where', '--', 'true'], '/no/where'],
    ['a summary nowhere', ['run', '--summary', '/no/where', '--', 'true'], '/no/where'],
  ])('is told in one line and exits with 125: %s', (_, args, word) => {
    const { code, stdout, stderr } = cli(args);
    expect([code, stdout]).toEqual([125, '']);
    expect(stderr).toContain(word);
    expect(stderr.split('\n').at(0)).toMatch(/^glovebox: /);
    expect(stderr).toMatch(/\n {2}→ /);
    expect(stderr).not.toContain('bug in Glovebox');
  });
});

describe('where it is started', () => {
  const started = (before: string): ReturnType<typeof bare> =>
    bare([...bash(`${before}; exec "$@"`), 'bash', NODE, CLI, 'run', '--', 'cat', 'file'], {
      cwd: workspace({ file: 'read' }),
    });

  it.each(['022', '077'])('a umask of %s keeps nobody from what the step needs', (mask) => {
    expect(started(`umask ${mask}`)).toMatchObject({ code: 0, stdout: 'read' });
  });

  it('a directory that is gone is told as such', () => {
    const { code, stderr } = started('mkdir gone; cd gone; rmdir ../gone');
    expect([code, stderr]).toEqual([
      125,
      expect.stringMatching(/^glovebox: the current directory is gone\n/),
    ]);
  });
});

describe('a run that ends', () => {
  it.each([
    [0, 'exit 0'],
    [42, 'exit 42'],
    [130, 'kill -INT $$'],
    [134, 'kill -ABRT $$'],
    [126, 'exec /etc/passwd'],
    [127, 'exec no-such-program'],
  ])("hands on the command's own code: %d", (expected, script) => {
    const { code, report } = seal([], bash(script));
    expect(code).toBe(expected);
    expect(report.outcome).toMatchObject({ exitCode: expected, stepExitCode: expected });
  });

  it.each([
    [127, ['no-such-program-anywhere']],
    [126, ['/etc/hostname']],
  ])('says as a shell does that a command cannot be run: %d', (expected, command) => {
    const { code, stderr } = seal([], command);
    expect(code).toBe(expected);
    expect(stderr).toContain(command[0]);
  });

  it('knows commands that were meant for a shell', () => {
    const hint = "glovebox run -- bash -c 'COMMANDS'";
    expect(cli(['run', '--', 'true && true'])).toMatchObject({
      code: 127,
      stderr: expect.stringContaining(hint),
    });
    for (const line of [['no-such-command'], ['bash', '-c', 'exit 127']])
      expect(cli(['run', '--', ...line]).stderr).not.toContain(hint);
  });

  it('never paints where nobody looks, and writes a summary', () => {
    const file = join(mkdtempSync('/var/tmp/lab-summary-'), 'summary.md');
    const plain = { NO_COLOR: '', TERM: 'xterm-256color', FORCE_COLOR: '' };
    const { stderr } = cli(['run', '--summary', file, '--', 'true'], { env: plain });
    // oxlint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/\u001b/);
    expect(stderr).toMatch(/^\nglovebox: ok · .* · sealed \(network, filesystem, /);
    expect(readFileSync(file, 'utf8')).toMatch(/^### ✅ Glovebox: true\n/);
  });

  it('paints on a terminal, but not on a dumb one and not against NO_COLOR', () => {
    const verdict = (env: Readonly<Record<string, string>>): string => {
      const inside = Object.entries(env)
        .map(([name, value]) => `${name}='${value}'`)
        .join(' ');
      return terminal(
        `cd ${workspace()} && env -u NO_COLOR ${inside} '${NODE}' '${CLI}' run -- true`,
      );
    };
    expect(verdict({ TERM: 'xterm' })).toContain('\u001b[32mglovebox:\u001b[0m');
    expect(verdict({ TERM: 'dumb' })).toMatch(/^\r\nglovebox: ok/);
    expect(verdict({ TERM: 'dumb' })).not.toContain('\u001b');
    // What the step may have left on is turned off all the same.
    const unpainted = verdict({ TERM: 'xterm', NO_COLOR: '1' }).replace('\u001b[0m', '');
    expect(unpainted).toContain('glovebox: ok');
    expect(unpainted).not.toContain('\u001b');
  });

  it('quietly says nothing of its own', () => {
    expect(cli(['run', '--quiet', '--', 'true'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

/** What a terminal shows of a command line. */
function terminal(line: string): string {
  return bare(['script', '--quiet', '--command', line, '/dev/null']).stdout;
}
