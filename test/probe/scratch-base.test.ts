import { chmodSync, mkdtempSync, realpathSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseScratchBase, mayHoldLayers } from '../../src/probe/scratch-base.ts';

it.each([
  ['ext4', 0xef53, true],
  ['xfs', 0x58465342, true],
  ['btrfs', 0x9123683e, true],
  ['tmpfs', 0x01021994, true],
  ['NFS', 0x6969, false],
  ['SMB 2', 0xfe534d42, false],
  ['9P', 0x01021997, false],
  ['FUSE', 0x65735546, false],
  ['another overlay', 0x794c7630, false],
])('on %s there may be layers: %s', (_, type, expected) => {
  expect(mayHoldLayers(type)).toBe(expected);
});

it('is TMPDIR, where layers can lie there and the step cannot write it', () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'glovebox_scratch-')));
  expect(mayHoldLayers(statfsSync(directory).type)).toBe(true);
  const chosen = chooseScratchBase({ TMPDIR: directory }, [directory]);
  expect(chosen).not.toBe(directory);
});

it('is the runner’s directory where nothing else will do', () => {
  const directory = mkdtempSync('/dev/shm/glovebox_runner-');
  chmodSync(directory, 0o755);
  const others = ['/var/tmp', '/tmp', tmpdir()].map((path) => realpathSync(path));
  expect(chooseScratchBase({ RUNNER_TEMP: directory }, others)).toBe(directory);
  expect(chooseScratchBase({ RUNNER_TEMP: directory }, [])).not.toBe(directory);
  rmdirSync(directory);
});
