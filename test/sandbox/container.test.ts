import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProfile } from '../../src/seccomp/compile.ts';
import {
  namesOf,
  parseProfile,
  type ProfileRule,
  type SeccompProfile,
} from '../../src/seccomp/profile.ts';
import { isArch } from '../../src/seccomp/syscalls.ts';
import { underFilter } from '../lab/filter.ts';
import { bare, CLI, NODE, policy, type Ran, workspace } from '../lab/glovebox.ts';

const FILE = 'seccomp/container.json';
const { profile } = parseProfile(
  readFileSync(join(import.meta.dirname, '../..', FILE), 'utf8'),
  FILE,
);

/** What Docker lets a container do with clone: all but new namespaces. */
const DOCKERS_CLONE: ProfileRule = {
  names: ['clone'],
  action: 'SCMP_ACT_ALLOW',
  args: [{ index: 0, op: 'SCMP_CMP_MASKED_EQ', value: 0x7e020000n, valueTwo: 0n }],
};

/** The container's profile as it was before these calls were added. */
function without(...calls: string[]): SeccompProfile {
  if (profile === null) throw new Error(`${FILE} is no profile`);
  const rules = (profile.syscalls ?? []).filter((rule) => {
    const added = rule.comment?.startsWith('Glovebox: ') === true;
    return !(added && namesOf(rule).some((name) => calls.includes(name)));
  });
  const clone = calls.includes('clone') ? [DOCKERS_CLONE] : [];
  return { ...profile, syscalls: [...clone, ...rules] };
}

const POLICY = policy('version: 1\nnetwork: {mode: deny}\nfilesystem: {mode: overlay}\n');

/** `glovebox run` in something with the filter of a container. */
function inContainer(given: SeccompProfile): Ran {
  if (!isArch(process.arch)) throw new Error(`no filter for ${process.arch}`);
  const { filter } = compileProfile(given, process.arch, '6.1');
  const run = [NODE, CLI, 'run', '--policy', POLICY, '--', 'echo', 'inside'];
  return bare([...underFilter(filter), ...run], { cwd: workspace() });
}

describe('under the profile of a container', () => {
  it('a step is sealed where what Glovebox needs was added to it', () => {
    const { code, stdout, stderr } = inContainer(without());
    expect(stderr).toContain('sealed');
    expect([code, stdout]).toEqual([0, 'inside\n']);
  });

  it.each(['clone', 'unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'sethostname'])(
    'a step is refused without %s',
    (call) => {
      const { code, stdout, stderr } = inContainer(without(call));
      expect(stderr).toContain('Nothing was run');
      expect([code, stdout]).toEqual([125, '']);
    },
  );
});
