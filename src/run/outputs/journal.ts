import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { STAGING_PREFIX } from '../../plan/output-matcher.ts';
import { neverComesOut } from '../../policy/output-globs.ts';
import { JOURNAL } from './job.ts';
import type { Move } from './moves.ts';
import {
  at,
  isOnlyOurs,
  lookAt,
  openDirectory,
  openRoot,
  type Raw,
  removeTree,
  textOf,
  using,
} from './open-at.ts';
import { inWords, OutputProblem } from './problem.ts';
import { moveBack, moveForward, REPLACED, type Site, STAGED } from './put-in-place.ts';

const STAGING = /^\.glovebox-outputs-[0-9a-f]{24}$/;
const OWN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a run that was killed had begun. It lies in the run's own directory, never in the workspace. */
export interface Journal {
  readonly workspace: string;
  /** A directory of ours at the top of the workspace. */
  readonly staging: string;
  /** null: not all is staged yet, and nothing was moved. */
  readonly moves: readonly Move[] | null;
}

/** What became of outputs that were begun. */
export type Settled = 'in-place' | 'taken-back';

export function stagingName(random: string): string {
  return `${STAGING_PREFIX}${random}`;
}

/** On the disk as a whole or not at all. */
export function writeJournal(directory: string, journal: Journal): void {
  const file = join(directory, JOURNAL);
  const fresh = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeFileSync(fresh, JSON.stringify(journal));
    fsyncSync(fresh);
  } finally {
    closeSync(fresh);
  }
  renameSync(`${file}.new`, file);
}

export function makeStaging(workspace: number, name: string): void {
  mkdirSync(at(workspace, name), { mode: 0o700 });
  using(openDirectory(workspace, name), (staging) => {
    mkdirSync(at(staging, STAGED), { mode: 0o700 });
    mkdirSync(at(staging, REPLACED), { mode: 0o700 });
  });
}

/** Opens what moving needs. */
export function inStaging<T>(workspace: number, name: string, use: (site: Site) => T): T {
  return using(openDirectory(workspace, name), (staging) =>
    using(openDirectory(staging, STAGED), (staged) =>
      using(openDirectory(staging, REPLACED), (replaced) => use({ workspace, staged, replaced })),
    ),
  );
}

/**
 * Puts all in place and gives null; or puts all back, and gives what kept it from going forward. Throws
 * where it could not be put back either: then nothing may be taken away.
 */
export function carryOut(
  directory: string,
  staging: string,
  moves: readonly Move[],
  workspace: number,
): OutputProblem | null {
  return inStaging(workspace, staging, (site) => {
    try {
      moveForward(moves, site);
      return null;
    } catch (error) {
      moveBack(moves, site);
      // What is taken away from now on must not count as being in place.
      rmSync(join(directory, JOURNAL), { force: true });
      return error instanceof OutputProblem ? error : new OutputProblem('', inWords(error), error);
    }
  });
}

/**
 * Ends what a journal tells of, whoever began it: what was all staged goes in place, anything less is
 * taken away. null where there is nothing to end. Throws where neither forward nor back can be gone.
 */
export function settleOutputs(directory: string): Settled | null {
  const journal = readJournal(directory);
  if (journal === null) return null;
  const settled = settle(directory, journal);
  rmSync(join(directory, JOURNAL), { force: true });
  return settled;
}

function settle(directory: string, { workspace: path, staging, moves }: Journal): Settled | null {
  return using(openRoot(path), (workspace) => {
    // Its name is random, so another workspace in this one's place has none.
    if (lookAt(workspace, staging) === null) return null;
    const settled =
      moves === null ? 'taken-back' : forwardOrBack(directory, staging, moves, workspace);
    removeTree(workspace, staging);
    return settled;
  });
}

function forwardOrBack(
  directory: string,
  staging: string,
  moves: readonly Move[],
  workspace: number,
): Settled {
  // Where one is missing, all was done, and it was being taken away.
  const whole = using(openDirectory(workspace, staging), (open) =>
    [STAGED, REPLACED].every((name) => lookAt(open, name) !== null),
  );
  if (!whole) return 'in-place';
  return carryOut(directory, staging, moves, workspace) === null ? 'in-place' : 'taken-back';
}

/** null where there is none of ours: that of somebody else is not to be believed. */
function readJournal(directory: string): Journal | null {
  try {
    const text = using(openRoot(directory), (own) => {
      if (!isOurs(own)) return null;
      return using(openSync(at(own, JOURNAL), OWN_FILE), (file) =>
        isOurs(file) ? readFileSync(file, 'utf8') : null,
      );
    });
    const journal = text === null ? null : (JSON.parse(text) as Journal);
    return journal !== null && isSound(journal) ? journal : null;
  } catch {
    return null;
  }
}

function isOurs(file: number): boolean {
  return isOnlyOurs(fstatSync(file));
}

function isSound({ staging, moves }: Journal): boolean {
  return STAGING.test(staging) && (moves ?? []).every(({ path }) => staysInside(path));
}

function staysInside(path: Raw): boolean {
  return path
    .split('/')
    .every((name) => !['', '.', '..'].includes(name) && !neverComesOut(textOf(name)));
}
