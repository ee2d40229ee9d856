import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { LOWERS, NODE, PERSONA, seal, workspace } from '../lab/glovebox.ts';
import { GIVING } from '../lab/mounts.ts';
import { scribble, snapshot } from '../lab/scribble.mjs';

/** More, for a long look: GLOVEBOX_CASES=5000. A run lists a thousand changes, so it has few of them. */
const CASES = Number(process.env['GLOVEBOX_CASES'] ?? 60);
const SEED = Number(process.env['GLOVEBOX_SEED'] ?? 20260517);
const IN_ONE_RUN = 60;

type Act = [act: string, path: string, rest: string | number];
/** `[path, kind, mode, size, content]` of one place. */
type Place = [string, string, number, number, string];

const odd = fc.constantFrom('a b', '-f', 'n\nl', '\xc3\xa9', '\xff\xfe', '\\xff');
const name = fc.oneof({ weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c') }, odd);
const path = fc
  .array(name, { minLength: 1, maxLength: 3, size: 'max' })
  .map((names) => names.join('/'));
const text = fc.constantFrom('', 'one\n', 'two\n', 'longer than the others\n');
const mode = fc.constantFrom(0o744, 0o755, 0o700, 0o544, 0o1777);

const REST: Readonly<Record<string, fc.Arbitrary<string | number>>> = {
  chmod: mode,
  truncate: fc.nat({ max: 6 }),
  touch: fc.constantFrom(1, 1_700_000_000),
  ...{ rename: path, link: path, symlink: path },
};

/** Acts of these names on any paths; what they need besides depends on them. */
function acts(names: readonly string[]): fc.Arbitrary<Act> {
  return fc.constantFrom(...names).chain((act): fc.Arbitrary<Act> => {
    return fc.tuple(fc.constant(act), path, REST[act] ?? text);
  });
}

const MAKING = ['mkdir', 'mkdir', 'mkdir', 'write', 'write', 'symlink', 'link', 'chmod'];
const ANY = [
  ...['write', 'append', 'truncate', 'open', 'touch', 'chmod', 'mkdir', 'symlink', 'link'],
  ...['rename', 'rename', 'rename', 'remove', 'renew', 'fill'],
];
/** Directories first, so that most of what follows finds something. */
const skeleton = fc.subarray<Act>(
  [
    ...['a', 'b', 'c', '\xff\xfe', 'a/a', 'a/b', 'b/a', 'b/b', 'c/\xff\xfe', 'a/a/b', 'b/a/b'].map(
      (directory): Act => ['mkdir', directory, ''],
    ),
    ...['a/c', 'b/c', 'a/a/c', 'b/a/c'].map((file): Act => ['write', file, 'one\n']),
  ],
  { minLength: 8 },
);
const trial = fc.record({
  before: fc
    .tuple(skeleton, fc.array(acts(MAKING), { maxLength: 15, size: 'max' }))
    .map(([bones, flesh]) => [...bones, ...flesh]),
  during: fc.array(acts(ANY), { minLength: 3, maxLength: 30, size: 'max' }),
});
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never;

/** What differs between two looks at one tree, told as the report tells it. */
function differences(before: readonly Place[], after: readonly Place[]): string[] {
  const [was, is] = [before, after].map((places) => new Map(places.map((one) => [one[0], one])));
  const parent = (of: string): string => of.split('/').slice(0, -1).join('/');
  const lines = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].flatMap((at) => {
    const [old, now] = [was?.get(at), is?.get(at)];
    if (old === undefined) {
      const stood =
        now?.[1] === 'directory' && after.some(([inner]) => parent(inner) === at && inner !== '');
      return stood ? [] : [`created ${now?.[1]} ${now?.[3]} ${at}`];
    }
    // What went with the directory that it was in is not told one by one.
    if (now === undefined)
      return is?.get(parent(at))?.[1] === 'directory' ? [`deleted ${old[1]} 0 ${at}`] : [];
    return JSON.stringify(old) === JSON.stringify(now)
      ? []
      : [`modified ${now[1]} ${now[3]} ${at}`];
  });
  return lines.sort();
}

function told(changes: EffectiveSandbox['changes'], tree: string): string[] {
  return (changes?.files ?? [])
    .map(({ path: shown, hex, change, kind, size }) => {
      const at = Buffer.from(hex ?? shown, hex === undefined ? 'utf8' : 'hex').toString('latin1');
      return { at, line: (inner: string): string => `${change} ${kind} ${size} ${inner}` };
    })
    .filter(({ at }) => at === tree || at.startsWith(`${tree}/`))
    .map(({ at, line }) => line(at.slice(tree.length + 1)))
    .sort();
}

/** What two runs do, the second one on the layer of the first. */
const HALVES = [
  (all: readonly Act[]): Act[] => all.slice(0, all.length / 2),
  (all: readonly Act[]): Act[] => all.slice(all.length / 2),
];

function lay(where: string, trials: readonly Trial[], owner: number | null): string {
  const directory = mkdtempSync(join(where, 'changes-'));
  chmodSync(directory, 0o755);
  copyFileSync(join(import.meta.dirname, '../lab/scribble.mjs'), join(directory, 'scribble.mjs'));
  for (const [index, half] of HALVES.entries()) {
    const scripts = trials.map(({ during }) => half(during));
    writeFileSync(join(directory, `${index}.json`), JSON.stringify(scripts));
  }
  for (const [index, { before }] of trials.entries()) {
    mkdirSync(join(directory, `t${index}`));
    scribble(join(directory, `t${index}`), before);
  }
  if (owner !== null) spawnSync('chown', ['-Rh', `${owner}:${owner}`, directory]);
  return directory;
}

interface Trials {
  /** Trees of which something else was told than what differs, each with all that is needed to see it again. */
  readonly wrong: object[];
  readonly changes: readonly NonNullable<EffectiveSandbox['changes']>[];
  /** The trees on the host, before and after. */
  readonly host: readonly [Place[][], Place[][]];
}

/** Two sealed runs for many trees. */
function tryOut({ where, owner, under }: Ground, seed: number, numRuns: number): Trials {
  const trials = fc.sample(trial, { numRuns, seed });
  const directory = lay(where, trials, owner);
  const layer = join(workspace(), 'layer');
  const onHost = (): Place[][] =>
    trials.map((_, index) => snapshot(join(directory, `t${index}`)) as Place[]);
  const host = onHost();
  let before = host;
  const runs = HALVES.map((_, half) => {
    const options = [half === 0 ? '--keep-layer' : '--layer', layer];
    const command = [NODE, 'scribble.mjs', `${half}.json`];
    const { report, stdout, stderr } = seal(options, command, { cwd: directory, under });
    const { changes } = report;
    if (changes === null || report.outcome.exitCode !== 0) throw new Error(stderr);
    const after = JSON.parse(stdout) as Place[][];
    const wrong = trials.flatMap((one, index) => {
      const expected = differences(before[index] ?? [], after[index] ?? []);
      const found = told(changes, `t${index}`);
      const isRight = JSON.stringify(found) === JSON.stringify(expected);
      return isRight ? [] : [{ seed, half, index, trial: JSON.stringify(one), expected, found }];
    });
    before = after;
    return { wrong, changes };
  });
  return {
    wrong: runs.flatMap(({ wrong }) => wrong),
    changes: runs.map(({ changes }) => changes),
    host: [host, onHost()],
  };
}

/** Where the workspace lies, and what Glovebox finds there. */
interface Ground {
  readonly where: string;
  /** Whose the files are, where they are not the supervisor's own. */
  readonly owner: number | null;
  /** Words that start Glovebox. */
  readonly under: readonly string[];
}

const GROUNDS: [string, Ground][] = [
  ...GIVING.map(([how, under]): [string, Ground] => [
    ...([`a disk${how}`, { where: '/var/tmp', owner: null, under }] as const),
  ]),
  ['a tmpfs', { where: LOWERS.tmpfs, owner: null, under: [] }],
  ['an overlay', { where: LOWERS.overlay, owner: null, under: [] }],
];
if (PERSONA === 'root') {
  const own = { where: '/var/tmp', owner: 1234, under: [] };
  GROUNDS.push(['a disk, with files of the step`s own', own]);
}

describe('for any tree and anything that a step does to it', () => {
  it.each(GROUNDS)(
    'the report tells what differs: on %s',
    (_name, ground) => {
      for (let run = 0; run * IN_ONE_RUN < CASES; run += 1) {
        const { wrong, changes, host } = tryOut(ground, SEED + run, IN_ONE_RUN);
        expect(wrong).toEqual([]);
        for (const { files, notListed, unread } of changes) {
          expect(files.filter(({ path: one }) => !/^t\d/.test(one))).toEqual([]);
          expect([notListed, unread]).toEqual([0, 0]);
          // The controls: the steps did a lot, and nothing of it came to the host.
          expect(files.length).toBeGreaterThan(IN_ONE_RUN / 2);
        }
        expect(host[1]).toEqual(host[0]);
      }
    },
    900_000,
  );
});
