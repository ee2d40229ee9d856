import type * as Fs from 'node:fs';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { stageOutputs } from '../../src/run/outputs/bring.ts';
import { settleOutputs } from '../../src/run/outputs/journal.ts';

/** How often something is changed on the disk before death; from then on nothing is any more. */
const life = vi.hoisted(() => ({ left: Infinity, acts: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const mortal = <A extends unknown[], R>(act: (...of: A) => R) => {
    return (...of: A): R => {
      if (life.left <= 0) throw new Error('killed');
      life.left -= 1;
      life.acts += 1;
      return act(...of);
    };
  };
  return {
    ...real,
    ...{ mkdirSync: mortal(real.mkdirSync), renameSync: mortal(real.renameSync) },
    ...{ writeFileSync: mortal(real.writeFileSync), writeSync: mortal(real.writeSync) },
    ...{ linkSync: mortal(real.linkSync), symlinkSync: mortal(real.symlinkSync) },
    ...{ chmodSync: mortal(real.chmodSync), fchmodSync: mortal(real.fchmodSync) },
    ...{ unlinkSync: mortal(real.unlinkSync), rmdirSync: mortal(real.rmdirSync) },
    ...{ rmSync: mortal(real.rmSync), fsyncSync: mortal(() => undefined) },
    ...{ futimesSync: mortal(real.futimesSync), lutimesSync: mortal(real.lutimesSync) },
  };
});

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'glovebox-outputs-killed-'));
});
beforeEach(() => {
  life.left = Infinity;
});
afterAll(() => rmSync(base, { recursive: true }));

function make(content: string): string {
  const directory = mkdtempSync(join(base, 'tree-'));
  for (const path of ['dist', 'dist/shut']) mkdirSync(join(directory, path));
  for (const path of ['a', 'dist/a', 'dist/b', 'dist/shut/a'])
    writeFileSync(join(directory, path), content);
  return directory;
}

/** What a workspace has, and what a step makes of it. */
function scene(): { readonly workspace: string; readonly merged: string; readonly own: string } {
  const [workspace, merged] = [make('old'), make('new')];
  mkdirSync(join(workspace, 'gives-way'));
  writeFileSync(join(workspace, 'gives-way/a'), 'old');
  writeFileSync(join(merged, 'gives-way'), 'new');
  writeFileSync(join(merged, 'late'), 'new');
  mkdirSync(join(merged, 'fresh'));
  writeFileSync(join(merged, 'fresh/a'), 'new');
  linkSync(join(merged, 'fresh/a'), join(merged, 'fresh/b'));
  symlinkSync('../dist/a', join(merged, 'fresh/link'));
  for (const directory of [workspace, merged]) chmodSync(join(directory, 'dist/shut'), 0o555);
  const own = mkdtempSync(join(base, 'own-'));
  chmodSync(own, 0o700);
  return { workspace, merged, own };
}

/** Each path with its kind and mode, and what is in it. */
function tree(directory: string, below = ''): string[] {
  return readdirSync(directory)
    .toSorted()
    .flatMap((name) => {
      const path = join(directory, name);
      const stats = lstatSync(path);
      const line = `${below}${name} ${stats.mode.toString(8)}`;
      if (stats.isDirectory()) return [line, ...tree(path, `${below}${name}/`)];
      return [
        `${line} ${stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8')}`,
      ];
    });
}

/** Brings everything out, and dies on the way. True: it had said that all is in place. */
function bringUntilDeath(
  { workspace, merged, own }: ReturnType<typeof scene>,
  acts: number,
  meanwhile = (): void => undefined,
): boolean {
  let said = false;
  life.acts = 0;
  const plan = { globs: ['**'], never: [], maxBytes: null, maxFiles: null } as const;
  const job = {
    plan: { ...plan, on: 'success', missing: 'fail' } as const,
    ...{ merged, workspace, layers: [], root: false, reader: null },
    ...{ supervisor: 0, startedAt: null, namespace: '' },
  };
  untilDeath(acts, () => {
    stageOutputs(job, own, meanwhile).commit?.(() => (said = true));
  });
  return said;
}

function untilDeath(acts: number, act: () => void): void {
  life.left = acts;
  try {
    act();
  } catch (error) {
    if (!/killed|something has appeared/.test(String(error))) throw error;
  }
  life.left = Infinity;
}

/** A file that is there in any case. */
const OBSTACLE = import.meta.filename;

it('whenever the process that brings outputs out is killed, all are in place or none is', () => {
  const whole = scene();
  const before = tree(whole.workspace);
  expect(bringUntilDeath(whole, Infinity)).toBe(true);
  const [after, moments] = [tree(whole.workspace), life.acts];
  let ended = 0;
  for (let moment = 0; moment < moments; moment += 1) {
    const run = scene();
    const said = bringUntilDeath(run, moment);
    // Whoever ends it may be killed as well.
    untilDeath((moment * 7) % 30, () => settleOutputs(run.own));
    const isThere = tree(run.workspace).join() === after.join();
    const settled = settleOutputs(run.own);
    const inPlace = said || isThere || settled === 'in-place';
    expect([moment, tree(run.workspace)]).toEqual([moment, inPlace ? after : before]);
    if (inPlace) ended += 1;
  }
  expect(Math.min(ended, moments - ended)).toBeGreaterThan(10);
});

it('whenever it is killed while it takes them back, none is in place', () => {
  const bring = (acts: number): ReturnType<typeof scene> => {
    const run = scene();
    // Where the last one goes, so that all others are moved by then.
    const obstacle = join(run.workspace, 'late');
    const said = bringUntilDeath(run, acts, () => copyFileSync(OBSTACLE, obstacle));
    expect(said).toBe(false);
    return run;
  };
  const without = ({ workspace }: ReturnType<typeof scene>): string[] =>
    tree(workspace).filter((line) => !line.startsWith('late '));
  const before = without(scene());
  expect(without(bring(Infinity))).toEqual(before);
  const moments = life.acts;
  for (let moment = 0; moment < moments; moment += 1) {
    const run = bring(moment);
    untilDeath((moment * 7) % 30, () => settleOutputs(run.own));
    settleOutputs(run.own);
    expect([moment, without(run)]).toEqual([moment, before]);
  }
});
