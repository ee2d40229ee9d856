import { expect, it } from 'vitest';
import { confinedBy, flavourOf } from '../../src/probe/hints.ts';

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
