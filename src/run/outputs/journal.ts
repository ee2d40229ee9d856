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
import { DONE, moveBack, moveForward, REPLACED, type Site, STAGED } from './put-in-place.ts';

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

/** One of which all is staged. */
export interface WholeJournal extends Journal {
  readonly moves: readonly Move[];
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
 * where it could not be put back either: then nothing may be taken away. Whoever finds the journal, or the
 * staging directory, knows by it which one it was, and has only to take away what is left.
 */
export function carryOut(
  directory: string,
  journal: WholeJournal,
  workspace: number,
): OutputProblem | null {
  const { staging, moves } = journal;
  return inStaging(workspace, staging, (site) => {
    try {
      moveForward(moves, site);
      using(openDirectory(workspace, staging), (open) =>
        renameSync(at(open, STAGED), at(open, DONE)),
      );
      return null;
    } catch (error) {
      moveBack(moves, site);
      giveUp(directory, journal);
      return error instanceof OutputProblem ? error : new OutputProblem('', inWords(error), error);
    }
  });
}

/** As if nothing had been moved. */
function giveUp(directory: string, journal: Journal): void {
  try {
    writeJournal(directory, { ...journal, moves: null });
  } catch {
    // The disk may be full. Without a journal nothing counts as being in place either.
    rmSync(join(directory, JOURNAL), { force: true });
  }
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

function settle(directory: string, journal: Journal): Settled | null {
  const { workspace: path, staging, moves } = journal;
  return using(openRoot(path), (workspace) => {
    // Its name is random, so another workspace in this one's place has none.
    if (lookAt(workspace, staging) === null) return null;
    const settled =
      moves === null ? 'taken-back' : forwardOrBack(directory, { ...journal, moves }, workspace);
    removeTree(workspace, staging);
    return settled;
  });
}

function forwardOrBack(directory: string, journal: WholeJournal, workspace: number): Settled {
  // Where it has another name, or none any more, all was done.
  const isDone = using(
    openDirectory(workspace, journal.staging),
    (open) => lookAt(open, STAGED) === null,
  );
  return isDone || carryOut(directory, journal, workspace) === null ? 'in-place' : 'taken-back';
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
