import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { doctorScreen } from '../../src/cli/doctor-screen.ts';
import { styleInLog } from '../../src/console/style.ts';
import { facts, said, type FactsOverrides, WORKED } from '../fixtures/facts.ts';
import { plan } from '../fixtures/plan.ts';

process.env['NO_COLOR'] = '1';

function screen(overrides: FactsOverrides = {}): string {
  const found = facts(overrides);
  const { downgrades } = plan({ facts: overrides });
  return doctorScreen(found, evaluate(found), downgrades, styleInLog());
}

describe('the screen of doctor', () => {
  it('says where each tool is, and what each layer rests on', () => {
    const text = screen();
    expect(text).toContain("  bwrap 1.2.1: the system's, /usr/bin/bwrap");
    expect(text).toContain("  pasta 1.2.1: the system's, /usr/bin/pasta");
    expect(text).toMatch(/^ {2}network: allowlist +can +slirp4netns and nftables$/m);
    expect(text).toContain('The default policy can be enforced whole.');
    expect(text).not.toContain('→');
  });

  it('says one reason once, however many layers it takes', () => {
    const text = screen({ missing: ['bwrap'] });
    expect(text.match(/`bwrap` was not found/g)).toHaveLength(1);
    expect(text.match(/cannot +\(1\)/g)?.length).toBeGreaterThan(5);
    expect(text).toMatch(/→ install the package bubblewrap/);
    expect(text).toContain('cannot be enforced here');
  });

  it('numbers reasons, and keeps to what the default policy asks for in its verdict', () => {
    const text = screen({ missing: ['slirp4netns'], attempts: { doors: said('odd') } });
    expect(text).toMatch(/^ {2}network: allowlist +cannot +\(1\)$/m);
    expect(text).toContain('  (1) `slirp4netns` was not found');
    expect(text).toContain('The default policy can be enforced whole.');
  });

  it.each<[string, FactsOverrides, boolean]>([
    ['the base filter', { attempts: { seccomp: said('seccomp') } }, false],
    ['setpriv', { missing: ['setpriv'] }, true],
    ['setpriv for root', { missing: ['setpriv'], identity: { uid: 0, realRoot: true } }, false],
  ])('says of privileges what a run does: without %s', (_name, overrides, held) => {
    expect(plan({ facts: overrides }).layers.privilege.status === 'enforced').toBe(held);
    expect(/^ {2}privilege +can /m.test(screen(overrides))).toBe(held);
  });

  it('numbers each reason of a layer', () => {
    const text = screen({ missing: ['bwrap', 'nft'] });
    expect(text).toMatch(/^ {2}network: deny +cannot +\(1\)$/m);
    expect(text).toMatch(/^ {2}network: records +cannot +\(1, 2\)$/m);
    expect(text).toContain('  (2) `nft` was not found');
  });

  it('shows what a program said without letting it act', () => {
    const text = screen({ attempts: { slirp4netns: said('odd \u001b]0;title\u0007') } });
    expect(text).toContain('odd \\u001b]0;title\\u0007');
    expect(text).not.toContain('\u001b]');
  });

  it('has pasta carry the packets where slirp4netns cannot', () => {
    const text = screen({ missing: ['slirp4netns'], attempts: { pasta: WORKED } });
    expect(text).toMatch(/^ {2}network: allowlist +can +pasta and nftables$/m);
    expect(text).toContain('  slirp4netns: missing');
  });

  it('says what the default policy misses besides', () => {
    const text = screen({ host: { arch: 'riscv64' } });
    expect(text).toContain('there is no table of system calls for riscv64');
    expect(text).toContain('cannot be enforced here');
  });

  it.each([
    ['gvisor', 'gVisor'],
    ['slim', 'a hosted runner in a container'],
    ['wsl2', 'WSL 2'],
  ] as const)('tells of %s', (flavour, told) => {
    expect(screen({ hints: { flavour } }).split('\n')[0]).toContain(told);
  });

  const group = { version: 2, parent: '/sys/fs/cgroup/x', ceiling: null } as const;
  const scope = {
    ...{ systemdRun: '/usr/bin/systemd-run', literally: [] },
    ...{ env: '/usr/bin/env', runtime: '/run/user/1000' },
  };
  it.each([
    ['is watched', null],
    ['cgroup v2', { ...group, scope: null }],
    ['cgroup v2 by a scope of systemd', { ...group, scope }],
  ])('tells what holds memory: %s', (told, memoryCgroup) => {
    expect(screen({ memoryCgroup })).toMatch(new RegExp(`rlimits; memory ${told}$`, 'm'));
  });
});
