import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bare, bash, PERSONA, policy, seal, workspace } from '../lab/glovebox.ts';

/** What is shown, without the verdict. */
function shownOf(
  logs: string,
  script: string,
  { cwd = workspace(), more = '' }: { readonly cwd?: string; readonly more?: string } = {},
): string {
  // Root's step is somebody else, who is to write in place as well.
  if (PERSONA === 'root') chmodSync(cwd, 0o777);
  const options = ['-p', policy(`version: 1\nfilesystem: {logs: ${logs}${more}}\n`)];
  const { stderr, report } = seal(
    options,
    bash(`exec 2> /dev/null
${script}`),
    { cwd },
  );
  expect(report.enforced.filesystem, stderr).toBe(true);
  return stderr.slice(0, Math.max(0, stderr.search(/\n?glovebox:/)));
}

const CANARY = 'glovebox-lab-canary';

describe('filesystem.logs', () => {
  it.each([
    ['overlay', ''],
    ['workspace', ', mode: workspace'],
    ['overlay, in a directory to write', ', write: [out]'],
  ])('shows what the step writes, and nothing else: %s', (_, more) => {
    const cwd = workspace({ 'out/old.log': 'was there\n', 'out/other.txt': '' });
    if (PERSONA === 'root')
      for (const name of ['out', 'out/old.log']) chmodSync(join(cwd, name), 0o777);
    const script =
      'echo added >> out/old.log; mkdir out/deep; echo new > out/deep/new.log; echo x > out/other.txt; echo x > out/not.log';
    const shown = shownOf("['out/**/*.log', '!out/not.log']", script, { cwd, more });
    const old = PERSONA === 'root' && more !== '' ? '' : 'log out/old.log\n  added\n';
    expect(shown).toBe(`log out/deep/new.log\n  new\n${old}`);
  });

  it('keeps what a file had that is gone in the end', () => {
    const script = 'echo early > a.log; sleep 0.7; rm a.log; echo late > b.log';
    expect(shownOf("['*.log']", script)).toBe('log a.log\n  early\nlog b.log\n  late\n');
  });

  it('follows no symlink, no second name and nothing that is no file', () => {
    const outside = workspace({ 'a.log': `${CANARY}\n`, 'dir/a.log': `${CANARY}\n` });
    chmodSync(outside, 0o755);
    const cwd = workspace({ 'kept.log': '' });
    symlinkSync(join(outside, 'a.log'), join(cwd, 'before.log'));
    symlinkSync(outside, join(cwd, 'dir'));
    const script = `ln -s ${outside}/a.log a.log; ln -s ${outside} there; ln -s /etc/passwd /proc/self/environ .
mkdir real; mv real was; ln -s ${outside}/dir real; mkfifo fifo.log; ln kept.log second.log; ln -s ../../../../etc/hostname up.log
for i in $(seq 15); do mkdir flip; echo x > flip/a.log; rm -r flip; ln -s ${outside} flip; rm flip; sleep 0.02; done; echo fine > fine.log`;
    const control = bare(bash(`${script}; cat a.log real/a.log`), { cwd: workspace() });
    expect(control.stdout).toBe(`${CANARY}\n`.repeat(2));
    const shown = shownOf("['**/*.log', 'passwd', 'environ']", script, { cwd });
    expect(shown).toContain('log fine.log\n  fine\n');
    expect(shown).not.toContain(CANARY);
    expect(shown).not.toMatch(/root:|second|fifo|up\.log/);
  });

  it('shows nothing that is hidden, and nothing of somebody else', () => {
    const cwd = workspace({ 'secrets/a.log': `${CANARY}\n`, 'mine/x': '' });
    writeFileSync(join(cwd, 'shut'), `${CANARY}\n`, { mode: 0o600 });
    mkdirSync(join(cwd, 'sub'));
    if (PERSONA === 'root') chmodSync(cwd, 0o777);
    const script = 'mv shut opened.log; echo x > secrets/b.log; echo y > c.log; true';
    const more =
      PERSONA === 'root' ? ', hide: [secrets], mode: workspace' : ', hide: [secrets, shut]';
    const shown = shownOf("['**/*.log']", script, { cwd, more });
    expect(shown).toBe('log c.log\n  y\n');
  });

  it('is bounded, whatever the step writes', () => {
    const script =
      'for i in $(seq 300); do echo x > $i.log; done; yes | head -c 1000000 > big.log; mkdir many; cd many; seq 1500 | xargs touch';
    const shown = shownOf("['**/*.log', 'many/*']", `${script}; sleep 0.5`);
    expect(shown.length).toBeLessThan(1_000_000);
    expect(shown.match(/^log /gm)?.length ?? 0).toBeLessThanOrEqual(50);
  });
});
