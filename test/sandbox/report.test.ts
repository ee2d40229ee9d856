import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { effectiveSandbox } from '../../src/report/schema.ts';
import {
  bare,
  bash,
  cli,
  CLI,
  INTERNET,
  NODE,
  policy,
  PORTS,
  seal,
  sealOf,
  type Sealed,
  workspace,
} from '../lab/glovebox.ts';

const problemsOf = (report: unknown): unknown =>
  effectiveSandbox.safeParse(report).error?.issues ?? [];
const fresh = (name: string): string => join(mkdtempSync('/var/tmp/lab-out-'), name);

const refused = (): Sealed => {
  const cwd = workspace({ real: '' });
  symlinkSync('real', join(cwd, 'link'));
  return seal(['-p', policy('version: 1\nfilesystem:\n  hide: [link]\n')], ['true'], { cwd });
};
const reach = (address: string): string[] =>
  bash(`(exec 3<>/dev/tcp/${address}/${PORTS.web}) 2>/dev/null; true`);

describe('the report', () => {
  const outcomes: readonly (readonly [string, () => Sealed, number])[] = [
    ['exited', () => seal([], ['true']), 0],
    ['exited', () => seal([], bash('exit 3')), 3],
    ['exited', () => seal([], ['glovebox-lab-nothing']), 127],
    ['signaled', () => seal([], bash('kill -9 $$')), 137],
    ['timed-out', () => seal(['--timeout', '1s'], ['sleep', '30']), 124],
    ['refused', refused, 125],
    ['blocked', () => seal([], reach(INTERNET.other)), 1],
    [
      'failed-to-start',
      () => seal([], ['true'], { env: { HOME: '/usr/glovebox-lab-nowhere' } }),
      125,
    ],
  ];

  it.each(outcomes)(
    'of a run that was %s fits its schema, and the exit code is in it',
    (kind, act, code) => {
      const ran = act();
      expect(problemsOf(ran.report)).toEqual([]);
      expect(ran.report.outcome).toMatchObject({ kind, exitCode: code });
      expect(ran.code).toBe(code);
      expect(ran.report.outcome.cause === null).toBe(code === 0);
      expect(problemsOf({ ...ran.report, more: true })).not.toEqual([]);
    },
  );

  it('calls nothing enforced where nothing ran', () => {
    for (const { report } of [refused(), outcomes.at(-1)?.[1]() as Sealed]) {
      expect(Object.values(report.enforced)).not.toContain(true);
      expect(report.outcome.stepExitCode).toBe(null);
      expect(report.egress).toBe(null);
    }
    expect(sealOf(seal([], ['true']).report.enforced)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it('has the command as it was given, and the policies with their sums', () => {
    const file = policy('version: 1\n');
    const command = ['echo', 'two words', '"', '\n', '-p', '--', 'é'];
    const { report } = seal(['-p', file], command);
    expect(report.command).toEqual(command);
    const sha256 = createHash('sha256').update('version: 1\n').digest('hex');
    expect(report.policy.sources).toEqual([{ name: file, sha256, commit: null }]);
  });

  it('of an earlier run is gone when this one is refused by a bad policy or command line', () => {
    const file = fresh('report.json');
    for (const args of [
      ['-p', policy('version: 1\nnonsense: true\n')],
      ['-p', '/nowhere/policy.yml'],
      ['--env', 'LD_PRELOAD'],
      ['-C', '/nowhere'],
      ['-C', '/tmp'],
    ]) {
      writeFileSync(file, '{"outcome":"stale"}');
      const { code, stdout } = cli(['run', '--report', file, ...args, '--', 'echo', 'ran']);
      expect(code).toBe(125);
      expect(stdout).toBe('');
      expect(existsSync(file)).toBe(false);
    }
  });

  it('that cannot be written is told before anything runs', () => {
    const cwd = workspace({ file: '' });
    for (const file of ['/nowhere/at/all/report.json', join(cwd, 'file/report.json'), cwd]) {
      const marker = fresh('ran');
      const { code, stderr, stdout } = cli(
        ['run', '--filesystem', 'off', '--report', file, '--', ...bash(`echo ran; : > ${marker}`)],
        { cwd },
      );
      expect(code).toBe(125);
      expect(stderr).toContain(file);
      expect(stderr).toContain('cannot be written');
      expect(stderr).toContain('→');
      expect(stdout).toBe('');
      expect(existsSync(marker)).toBe(false);
    }
  });

  it('goes into a pipe that is there, and the pipe stays', () => {
    const cwd = workspace();
    const line = `mkfifo pipe; cat pipe > got & "$@"; wait; test -p pipe && echo still`;
    const { stdout } = bare(
      ['bash', '-c', line, 'bash', NODE, CLI, 'run', '-q', '--report', 'pipe', '--', 'true'],
      { cwd },
    );
    expect(stdout).toBe('still\n');
    expect(problemsOf(JSON.parse(readFileSync(join(cwd, 'got'), 'utf8')))).toEqual([]);
  });

  it('is not written through a symlink that a step put in its place', () => {
    const cwd = workspace();
    const victim = fresh('victim');
    writeFileSync(victim, 'as it was\n');
    symlinkSync(victim, join(cwd, 'report.json'));
    const { code } = cli(['run', '--report', 'report.json', '--', 'true'], { cwd });
    expect(code).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('as it was\n');
    expect(problemsOf(JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8')))).toEqual([]);
  });
});

describe('the summary', () => {
  it('is appended to what is there', () => {
    const file = fresh('summary.md');
    writeFileSync(file, '# before\n');
    seal(['--summary', file], ['true']);
    seal(['--summary', file], bash('exit 3'));
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# before\n### ✅ Glovebox: true\n/);
    expect(text.match(/^### /gm)).toHaveLength(2);
    expect(text).toContain('### ❌ Glovebox');
    expect(text).toContain('exit code 3');
  });

  it('takes no markup, link or image from the command', () => {
    const file = fresh('summary.md');
    const evil = '](http://evil.test)<img src=x>|`\n# heading ![](x) @everyone';
    seal(['--summary', file], ['echo', evil]);
    const text = readFileSync(file, 'utf8');
    expect(text.match(/^#+ /gm)).toHaveLength(1);
    expect(text).not.toMatch(/<img|\]\(|!\[|@everyone|`/);
  });

  it('that cannot be written is told', () => {
    const { code, stderr } = cli(['run', '--summary', '/nowhere/summary.md', '--', 'true']);
    expect(code).toBe(125);
    expect(stderr).toContain('/nowhere/summary.md cannot be written');
  });
});
