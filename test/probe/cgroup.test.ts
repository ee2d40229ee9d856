import { describe, expect, it } from 'vitest';
import { tightest, versionOneParents, versionTwoParents } from '../../src/probe/cgroup.ts';

const UNIFIED =
  'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate,memory_recursiveprot 0 0\n';
const SPLIT = [
  'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0',
  'cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0',
  'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n',
].join('\n');

describe('versionOneParents', () => {
  it.each<[string, string, string, string[]]>([
    [
      'a group of our own, and the top',
      '5:cpu,cpuacct:/\n4:memory:/job\n',
      SPLIT,
      ['/sys/fs/cgroup/memory/job', '/sys/fs/cgroup/memory'],
    ],
    [
      'a controller that is not alone in its hierarchy',
      '4:cpu,memory,pids:/a:b\n',
      SPLIT,
      ['/sys/fs/cgroup/memory/a:b', '/sys/fs/cgroup/memory'],
    ],
    ['another controller of a similar name', '4:memory2:/job\n', SPLIT, []],
    ['no version 1', '0::/job\n', UNIFIED, []],
    ['a hierarchy that is mounted nowhere', '4:memory:/job\n', UNIFIED, []],
    ['no /proc', '', '', []],
  ])('finds %s', (_, memberships, mounts, parents) => {
    expect(versionOneParents(memberships, mounts)).toEqual(parents);
  });
});

describe('versionTwoParents', () => {
  it.each<[string, string, string, string[]]>([
    [
      'our own group and all above it, nearest first',
      '0::/user.slice/user-1001.slice/session-3.scope\n',
      UNIFIED,
      [
        '/sys/fs/cgroup/user.slice/user-1001.slice/session-3.scope',
        '/sys/fs/cgroup/user.slice/user-1001.slice',
        '/sys/fs/cgroup/user.slice',
        '/sys/fs/cgroup',
      ],
    ],
    ['the top, where we are in it', '0::/\n', UNIFIED, ['/sys/fs/cgroup']],
    [
      'the second hierarchy of a machine that has both',
      '4:memory:/job\n0::/job\n',
      SPLIT,
      ['/sys/fs/cgroup/unified/job', '/sys/fs/cgroup/unified'],
    ],
    ['nothing where our group is above what we see', '0::/../other\n', UNIFIED, []],
    ['nothing where version 2 is not mounted', '0::/job\n', 'proc /proc proc rw 0 0\n', []],
    ['nothing without a membership', '4:memory:/job\n', UNIFIED, []],
    ['nothing without /proc', '', '', []],
  ])('finds %s', (_, memberships, mounts, parents) => {
    expect(versionTwoParents(memberships, mounts)).toEqual(parents);
  });
});

describe('tightest', () => {
  it.each<[string, string[], number | null]>([
    ['one far above', ['max\n', 'max\n', '209715200\n', ''], 209_715_200],
    ['the lowest of several', ['8000\n', '4000\n', 'max\n'], 4000],
    ['none', ['max\n', 'max\n', ''], null],
  ])('knows %s', (_, limits, bytes) => {
    expect(tightest(limits)).toBe(bytes);
  });
});
