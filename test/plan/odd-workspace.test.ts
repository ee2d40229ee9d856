import { describe, expect, it } from 'vitest';
import type { Site } from '../../src/plan/site.ts';
import { plan, SCRATCH } from '../fixtures/plan.ts';
import { named, WORKSPACE } from '../fixtures/site.ts';

const CACHE = `${WORKSPACE}/cache`;
const SEEN: Partial<Site> = { nested: [{ path: CACHE, seen: true }] };

function decide(site: Partial<Site>, mode = 'overlay') {
  const made = plan({ policy: { filesystem: { mode } }, site });
  return {
    at: (target: string) =>
      made.filesystem.mounts.find((mount) => 'target' in mount && mount.target === target),
    notes: made.notes.filter(({ code }) => /^(?:nested|foreign)/.test(code)),
    overlay: made.filesystem.overlay,
  };
}

describe('a mount in the workspace', () => {
  it('is shown read-only over an overlay, and that is told', () => {
    const { at, notes } = decide(SEEN);
    expect(at(CACHE)).toMatchObject({ kind: 'bind', source: CACHE, writable: false });
    expect(notes).toMatchObject([{ code: 'nested-mount' }]);
    expect(notes[0]?.text).toContain('"cache"');
  });

  it('is left alone where the workspace is mounted with all in it', () => {
    const { at, notes } = decide(SEEN, 'workspace');
    expect(at(CACHE)).toBeUndefined();
    expect(notes).toEqual([]);
  });

  it.each<['read' | 'write' | 'hide', string, string]>([
    ['write', CACHE, 'bind'],
    ['hide', CACHE, 'mask-directory'],
  ])('is what the policy makes of it: %s', (key, path, kind) => {
    const { at, notes } = decide({ ...SEEN, [key]: [named(path)] });
    expect(at(CACHE)?.kind).toBe(kind);
    expect(notes).toEqual([]);
  });

  it.each(['read', 'write', 'hide'] as const)('is not shown over a directory to %s', (key) => {
    const { at } = decide({
      nested: [{ path: `${CACHE}/deep`, seen: true }],
      [key]: [named(CACHE)],
    });
    expect(at(`${CACHE}/deep`)).toBeUndefined();
  });

  it('is only told where it cannot be looked at', () => {
    const { at, notes } = decide({ nested: [{ path: `${WORKSPACE}/a\nb`, seen: false }] });
    expect(at(`${WORKSPACE}/a\nb`)).toBeUndefined();
    expect(notes).toMatchObject([{ code: 'nested-mount-hidden' }]);
    expect(notes[0]?.text).toContain(String.raw`"a\nb"`);
  });

  it("hides git's credentials over it, where the layer does not reach", () => {
    const config = {
      ...{ path: `${CACHE}/.git/config`, uid: 1001, gid: 1002, mode: 0o644, own: true },
      ...{ shown: '[core]\n', removed: ['http.extraheader'], directories: [] },
    };
    const git = { files: [config], repositories: [], cutShort: false, system: '' };
    const { at, overlay } = decide({ ...SEEN, git });
    expect(at(config.path)).toMatchObject({ source: `${SCRATCH}/files/git-0`, writable: false });
    expect(overlay?.entries).toEqual([]);
  });
});

describe('files of others in the workspace', () => {
  it('are named, a few of them', () => {
    const strangers = { named: ['a', 'b\u001b[1m'], more: true, all: true };
    const [note] = decide({ strangers }).notes;
    expect(note?.code).toBe('foreign-files');
    expect(note?.text).toContain(String.raw`"a", "b\u001b[1m" and perhaps others`);
  });

  it('do not matter where nothing of them would have to be copied', () => {
    const strangers = { named: ['a'], more: false, all: true };
    expect(decide({ strangers }, 'workspace').notes).toEqual([]);
  });
});
