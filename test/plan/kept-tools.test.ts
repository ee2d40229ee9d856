import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/capabilities/facts.ts';
import { directoriesOf, keptMounts } from '../../src/plan/kept-tools.ts';
import { type Located } from '../../src/plan/mounts.ts';
import { facts } from '../fixtures/facts.ts';
import { plan } from '../fixtures/plan.ts';
import { named } from '../fixtures/site.ts';

const tools: Facts['tools'] = {
  ...facts().tools,
  bwrap: {
    ...{ path: '/home/u/.cache/glovebox/b/bin/bwrap', version: '1.0.0' },
    supply: {
      ...{ source: 'packages', command: ['x'], sha256: '0' },
      ...{ directory: '/home/u/.cache/glovebox/b', record: '/home/u/.local/state/glovebox' },
    },
  },
};

function bind(path: string, writable = true, target = path): Located {
  return { kind: 'bind', source: path, target, writable };
}

/** As `mode target`, or `mode source at target`. */
function kept(...mounts: readonly Located[]): string[] {
  return keptMounts(mounts, directoriesOf(tools)).map(({ source, target, writable }) =>
    [writable ? 'rw' : 'ro', source, ...(source === target ? [] : ['at', target])].join(' '),
  );
}

describe('tools in a place that the policy opens', () => {
  it.each<[string, Located[], string[]]>([
    ['nothing is needed elsewhere', [bind('/opt'), bind('/home/u/.cached')], []],
    ['nor where nothing can be written', [bind('/home/u', false)], []],
    [
      'what leads there cannot be moved, and they are read-only',
      [bind('/home/u')],
      [
        'rw /home/u/.cache',
        'rw /home/u/.cache/glovebox',
        'ro /home/u/.cache/glovebox/b',
        'rw /home/u/.local',
        'rw /home/u/.local/state',
        'ro /home/u/.local/state/glovebox',
      ],
    ],
    [
      'also under another name',
      [bind('/home/u/.cache/glovebox', true, '/link')],
      ['ro /home/u/.cache/glovebox/b at /link/b'],
    ],
    [
      'also where it is a part of one',
      [bind('/home/u/.cache/glovebox/b/bin')],
      ['ro /home/u/.cache/glovebox/b/bin'],
    ],
    [
      'also the very place',
      [bind('/home/u/.local/state/glovebox')],
      ['ro /home/u/.local/state/glovebox'],
    ],
    [
      'what is hidden stays hidden',
      [bind('/home/u'), { kind: 'mask-directory', target: '/home/u/.cache' }],
      ['rw /home/u/.local', 'rw /home/u/.local/state', 'ro /home/u/.local/state/glovebox'],
    ],
  ])('%s', (_, mounts, expected) => expect(kept(...mounts)).toEqual(expected));
});

describe('the records of what tools have to be, whether there are any or not', () => {
  const toolRecords = '/home/runner/.local/state/glovebox';
  it.each([
    ['are read-only in what the policy opens', '/home/runner/.local', false],
    ['are left alone elsewhere', '/home/runner/.cache', undefined],
  ])('%s', (_, opened, writable) => {
    const { filesystem } = plan({ site: { write: [named(opened)], toolRecords } });
    const mount = filesystem.mounts.find((one) => 'target' in one && one.target === toolRecords);
    expect(mount).toEqual(
      writable === undefined
        ? undefined
        : { kind: 'bind', source: toolRecords, target: toolRecords, writable },
    );
    expect(filesystem.records).toBe(writable === undefined ? null : toolRecords);
  });
});
