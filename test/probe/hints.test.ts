import { expect, it } from 'vitest';
import { confinedBy, coversProc, flavourOf, isChroot } from '../../src/probe/hints.ts';

const ORDINARY = 'Linux version 6.8.0-1021-azure (buildd@host) #25-Ubuntu SMP';
const HERE = { version: ORDINARY, init: 'systemd', hosted: false, docker: false };

it.each([
  ['an ordinary machine', {}, null],
  ['a hosted runner', { hosted: true }, null],
  ['a container on one', { hosted: true, docker: true, init: 'tail' }, null],
  ['a container of one’s own', { init: 'sh' }, null],
  ['ubuntu-slim', { hosted: true, init: 'hosted-compute' }, 'slim'],
  ['gVisor', { version: 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n' }, 'gvisor'],
  ['an old Linux', { version: 'Linux version 4.4.0-210-generic #242-Ubuntu SMP' }, null],
  [
    'WSL 2',
    { version: 'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@host) #1 SMP' },
    'wsl2',
  ],
  ['WSL 1', { version: 'Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)' }, 'wsl1'],
] as const)('%s is told as what it is', (_name, seen, flavour) => {
  expect(flavourOf({ ...HERE, ...seen })).toBe(flavour);
});

it.each([
  ['docker-default (enforce)', 'docker-default'],
  ['unconfined', null],
  ['crun (unconfined)', null],
  ['', null],
])('who is in %j is confined by %j', (text, profile) => {
  expect(confinedBy(text)).toBe(profile);
});

const PROC = '23 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw\n';

it.each([
  ['nothing else', '', false],
  [
    'binfmt_misc',
    '33 23 0:29 / /proc/sys/fs/binfmt_misc rw shared:15 - autofs systemd-1 rw\n',
    false,
  ],
  ['the files of nfsd', '34 23 0:44 / /proc/fs/nfsd rw - nfsd nfsd rw\n', false],
  ['a masked file', '35 23 0:5 /null /proc/kcore rw - devtmpfs dev rw\n', true],
  ['a directory made read-only', '36 23 0:21 /sys /proc/sys ro - proc proc rw\n', true],
])('what lies over /proc, here %s', (_, mount, covers) => {
  expect(coversProc(PROC + mount)).toBe(covers);
});

it.each([
  ['a machine', '28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n', false],
  ['a container', '509 460 0:50 / / rw,relatime - overlay overlay rw\n', false],
  ['a chroot', '23 28 0:21 / /proc rw - proc proc rw\n', true],
  ['a chroot by bind mount', '23 28 254:0 /srv/root / rw - ext4 /dev/vda rw\n', false],
  ['no /proc', '', false],
])('the root of %s is known by its mounts', (_, mountinfo, chroot) => {
  expect(isChroot(mountinfo)).toBe(chroot);
});
