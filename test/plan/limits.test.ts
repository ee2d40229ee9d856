import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { said, WORKED } from '../fixtures/facts.ts';
import { plan } from '../fixtures/plan.ts';

const LIFTED = {
  timeout: 'none',
  'cpu-time': 'none',
  memory: 'none',
  processes: 'none',
  'open-files': 'none',
  'file-size': 'none',
  output: 'none',
};
const GIB = 2 ** 30;
const GROUP = { version: 2, parent: '/sys/fs/cgroup/user', ceiling: null, scope: null } as const;

describe('planLimits', () => {
  it('holds the defaults by rlimits, the watchdog and the memory watch', () => {
    const { limits, layers, notes } = plan({ facts: { hardLimits: { openFiles: null } } });
    expect(limits).toEqual({
      prlimit: [
        // Five of the processes in these namespaces are ours.
        '--nproc=4101:4101',
        '--nofile=65536:65536',
        '--fsize=8589934592:8589934592',
        '--cpu=7201:7201',
        '--core=0:0',
      ],
      timeoutMs: 3_600_000,
      cpuMs: 7_200_000,
      memoryBytes: 8_589_934_592,
      outputBytes: 268_435_456,
      memoryCgroup: null,
    });
    expect(layers.resources).toEqual({
      status: 'enforced',
      mechanism: 'rlimits, watchdog, memory watch',
    });
    expect(notes.map(({ code }) => code)).toEqual(['memory-watched']);
  });

  it('counts none of its own where these are root’s', () => {
    const { limits } = plan({
      facts: {
        identity: { uid: 0, realRoot: true },
        attempts: { namespaces: said('no'), privileges: WORKED },
      },
    });
    expect(limits.prlimit[0]).toBe('--nproc=4096:4096');
  });

  it('holds memory by the control group where there is one, and has nothing to note', () => {
    const { limits, layers, notes } = plan({ facts: { memoryCgroup: GROUP } });
    expect(limits.memoryCgroup).toEqual(GROUP);
    expect(layers.resources.mechanism).toContain('memory cgroup v2');
    expect(notes).toEqual([]);
  });

  it.each([
    ['no limit around it', null, '1GiB', GIB, []],
    ['a looser limit around it', 2 * GIB, '1GiB', GIB, []],
    ['the same limit around it', GIB, '1GiB', GIB, []],
    ['a tighter limit around it, which stays', GIB / 2, '1GiB', GIB / 2, ['memory-ceiling']],
    ['a limit around it and none asked for', GIB, 'none', null, []],
  ])('limits memory where there is %s', (_, ceiling, memory, bytes, codes) => {
    const { limits, notes } = plan({
      policy: { resources: { memory } },
      facts: { memoryCgroup: { ...GROUP, ceiling } },
    });
    expect(limits.memoryBytes).toBe(bytes);
    expect(notes.map(({ code }) => code)).toEqual(codes);
  });

  it('makes no control group for memory that is not limited', () => {
    const { limits, notes } = plan({
      policy: { resources: { memory: 'none' } },
      facts: { memoryCgroup: GROUP },
    });
    expect([limits.memoryCgroup, limits.memoryBytes, notes]).toEqual([null, null, []]);
  });

  it('lifts what the policy lifts, and still dumps no core', () => {
    const { limits, layers, downgrades } = plan({ policy: { resources: LIFTED } });
    expect(limits).toEqual({
      prlimit: ['--core=0:0'],
      timeoutMs: null,
      cpuMs: null,
      memoryBytes: null,
      outputBytes: null,
      memoryCgroup: null,
    });
    expect([layers.resources.status, downgrades]).toEqual(['not-requested', []]);
  });

  it.each([
    [1, 2],
    [999, 2],
    [1000, 2],
    [1001, 3],
  ])(
    'holds %d ms of processor time by the watch, and by %d s of the kernel',
    (milliseconds, seconds) => {
      const { limits } = plan({ policy: { resources: { 'cpu-time': `${milliseconds}ms` } } });
      expect(limits.prlimit).toContain(`--cpu=${seconds}:${seconds}`);
      expect(limits.cpuMs).toBe(milliseconds);
    },
  );

  it('lets the watch, which tells why, come before the kernel by a second at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (milliseconds) => {
        const { limits } = plan({ policy: { resources: { 'cpu-time': `${milliseconds}ms` } } });
        const option = limits.prlimit.find((word) => word.startsWith('--cpu='));
        const [soft = 0, hard] = (option ?? '').slice('--cpu='.length).split(':').map(Number);
        expect(soft).toBe(hard);
        expect(soft * 1000 - milliseconds).toBeGreaterThanOrEqual(1000);
        expect(soft * 1000 - milliseconds).toBeLessThan(2000);
      }),
    );
  });

  it('keeps a limit on processor time of the host that is tighter', () => {
    const { limits } = plan({
      policy: { resources: { 'cpu-time': '10s' } },
      facts: { hardLimits: { cpuTime: 5 } },
    });
    expect(limits.prlimit).toContain('--cpu=5:5');
  });

  it('never asks for more than the host`s own hard limit, or than the policy says', () => {
    const limit = fc.integer({ min: 1, max: 10_000 });
    const hard = fc.option(limit);
    fc.assert(
      fc.property(
        fc.record({ processes: limit, 'open-files': limit, 'file-size': limit }),
        fc.record({ processes: hard, openFiles: hard, fileSize: hard }),
        (resources, hardLimits) => {
          const { prlimit } = plan({ policy: { resources }, facts: { hardLimits } }).limits;
          const wanted = [
            ['nproc', resources.processes + 5, hardLimits.processes],
            ['nofile', resources['open-files'], hardLimits.openFiles],
            ['fsize', resources['file-size'], hardLimits.fileSize],
          ] as const;
          for (const [name, asked, most] of wanted) {
            const value = most !== null && most < asked ? most : asked;
            expect(prlimit).toContain(`--${name}=${value}:${value}`);
          }
        },
      ),
    );
  });

  it.each<[string, object, readonly string[]]>([
    ['limits', {}, ['tool-missing', 'processes-unlimited']],
    ['no limit on processes', { processes: 'none' }, ['tool-missing']],
    ['no limit at all', LIFTED, []],
  ])('without prlimit, and %s asked for', (_name, resources, codes) => {
    const made = plan({ policy: { resources }, facts: { missing: ['prlimit'] } });
    const mine = made.downgrades.filter(({ layer }) => layer === 'resources');
    expect(mine.map(({ code }) => code)).toEqual(codes);
    expect(made.limits.prlimit).toEqual([]);
    expect(made.layers.resources.status).toBe(codes.length > 0 ? 'downgraded' : 'not-requested');
  });

  it('does not cap the whole user`s processes where there is no sandbox, and says so', () => {
    const { limits, downgrades } = plan({ facts: { missing: ['bwrap'] } });
    expect(limits.prlimit.join(' ')).not.toContain('--nproc');
    expect(downgrades.map(({ code }) => code)).toContain('processes-unlimited');
  });
});
