import { describe, expect, it } from 'vitest';
import { plan, SCRATCH } from '../fixtures/plan.ts';
import { guarded, named, WORKSPACE } from '../fixtures/site.ts';

function decide(mode: string, site: Parameters<typeof plan>[0] = {}, logs = ['*.log']) {
  const made = plan({ policy: { filesystem: { mode, logs } }, ...site });
  return { logs: made.logs, codes: made.notes.map(({ code }) => code) };
}

describe('files that are followed', () => {
  it.each([
    ['overlay', `${SCRATCH}/merged`],
    ['workspace', WORKSPACE],
    ['off', WORKSPACE],
  ])('lie, in mode %s, in %s', (mode, source) => {
    expect(decide(mode).logs).toMatchObject({
      globs: ['*.log'],
      places: [{ path: '', source }],
    });
  });

  it('lie where the policy lets the step write besides', () => {
    const site = { write: [named(`${WORKSPACE}/dist`)], hide: [named(`${WORKSPACE}/secrets`)] };
    expect(decide('overlay', { site }).logs).toMatchObject({
      places: [
        { path: '', source: `${SCRATCH}/merged` },
        { path: 'dist', source: `${WORKSPACE}/dist` },
      ],
      never: [{ path: 'secrets' }],
    });
  });

  it('are none that the step cannot write', () => {
    const site = { guarded: [guarded(`${WORKSPACE}/.github`)] };
    expect(decide('workspace', { site }).logs?.never).toMatchObject([{ path: '.github' }]);
  });

  it.each(['scratch-only', 'scratch-plus-ro'])('are none in %s, and that is told', (mode) => {
    const { logs, codes } = decide(mode);
    expect(logs).toBeNull();
    expect(codes).toContain('logs-unused');
  });

  it('are none where nobody asked', () => {
    const { logs, codes } = decide('scratch-only', {}, []);
    expect(logs).toBeNull();
    expect(codes).not.toContain('logs-unused');
  });

  it('are those of the host without a sandbox', () => {
    const policy = { filesystem: { logs: ['*.log'] }, 'on-unavailable': 'degrade' };
    expect(plan({ policy, facts: { missing: ['bwrap'] } }).logs?.places).toEqual([
      { path: '', source: WORKSPACE },
    ]);
  });
});
