import { mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../src/capabilities/capability.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { compileProfile } from '../../src/seccomp/compile.ts';
import { parseProfile } from '../../src/seccomp/profile.ts';
import { isArch } from '../../src/seccomp/syscalls.ts';
import { underFilter } from '../lab/filter.ts';
import { bare, CLI, NODE, PERSONA, type Ran, sealOf } from '../lab/glovebox.ts';

const OURS = readFileSync(resolve(import.meta.dirname, '../../seccomp/container.json'), 'utf8');
/** What the profiles of containers refuse to everybody without CAP_SYS_ADMIN. */
const USUAL = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    {
      names: ['clone'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    {
      names: ['clone', 'unshare', 'setns', 'mount', 'umount2', 'pivot_root'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 1,
    },
  ],
});

/** Runs glovebox as in a container that was started with this profile. */
function within(text: string, args: readonly string[]): Ran {
  const { profile, problems } = parseProfile(text, 'profile');
  if (profile === null || !isArch(process.arch)) throw new Error(JSON.stringify(problems));
  const { filter } = compileProfile(profile, process.arch, '6.1');
  return bare([...underFilter(filter), NODE, CLI, ...args]);
}

interface Told {
  readonly healthy: boolean;
  readonly capabilities: Capabilities;
}

describe('in a container', () => {
  it('with the usual profile doctor knows what is in the way, and names the flag', () => {
    const { code, stdout } = within(USUAL, ['doctor', '--json']);
    const { healthy, capabilities } = JSON.parse(stdout) as Told;
    expect([code, healthy]).toEqual([1, false]);
    for (const lack of [capabilities.sandbox, capabilities.syscalls, capabilities.overlay])
      expect(lack).toMatchObject({
        available: false,
        code: 'container-seccomp',
        remedy: expect.stringContaining('--security-opt seccomp=container.json') as string,
      });
  });

  it("with Glovebox's own profile doctor finds nothing amiss", () => {
    const { code, stdout } = within(OURS, ['doctor', '--json']);
    const { healthy, capabilities } = JSON.parse(stdout) as Told;
    expect([code, healthy]).toEqual([0, true]);
    expect(capabilities.slirp4netns.available).toBe(true);
  });

  // As in Docker, whose root has neither, and as in a rootless container.
  const bounded = (...lost: string[]): string[] => [
    'setpriv',
    `--bounding-set=${lost.map((name) => `-${name}`).join(',')}`,
    '--',
  ];
  const doctor = (prefix: readonly string[]): Told =>
    JSON.parse(bare([...prefix, NODE, CLI, 'doctor', '--json']).stdout) as Told;

  it.each(PERSONA === 'root' ? ['sys_admin', 'sys_ptrace'] : [])(
    'root is told that it cannot do without %s',
    (name) => {
      expect(doctor([]).healthy).toBe(true);
      const { healthy, capabilities } = doctor(bounded(name));
      expect(healthy).toBe(false);
      expect(capabilities.sandbox).toMatchObject({
        code: 'root-bounded',
        remedy: expect.stringContaining(name.toUpperCase()) as string,
      });
    },
  );

  it.each(PERSONA === 'root' ? [] : ['uid 0 of a user namespace'])(
    '%s has a way out without privileges in it',
    () => {
      const prefix = ['unshare', '--user', '--map-root-user', ...bounded('sys_admin')];
      expect(bare([...prefix, 'unshare', '--mount', 'true']).code).not.toBe(0);
      const { healthy, capabilities } = doctor(prefix);
      expect([healthy, capabilities.slirp4netns]).toEqual([true, { available: true }]);
    },
  );

  it('a step has filters of its own, beside that of the container, and is known to have them', () => {
    const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
    const step = ['grep', '^Seccomp', '/proc/self/status'];
    const { stdout } = within(OURS, ['run', '--report', file, '--', ...step]);
    expect(stdout).toBe('Seccomp:\t2\nSeccomp_filters:\t3\n');
    const { enforced } = JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
    expect(sealOf(enforced).every(Boolean)).toBe(true);
  });
});
