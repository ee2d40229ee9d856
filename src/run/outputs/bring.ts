import { randomBytes } from 'node:crypto';
import { outputMatcher } from '../../plan/output-matcher.ts';
import type { OutputsPlan } from '../../plan/filesystem-types.ts';
import type { OutputsSeen, OutputTold } from '../observations.ts';
import { FileCopier } from './copy-file.ts';
import type { OutputsJob } from './job.ts';
import {
  carryOut,
  inStaging,
  type Journal,
  makeStaging,
  stagingName,
  type WholeJournal,
  writeJournal,
} from './journal.ts';
import { inodeOf, type Judged, judgeLinks } from './links.ts';
import { movesFor } from './moves.ts';
import { openRoot, removeTree, textOf, using } from './open-at.ts';
import { inWords, OutputProblem } from './problem.ts';
import { stageTree } from './stage.ts';
import { surveyOutputs, type Told } from './survey.ts';
import { type Branch, treeOf } from './tree.ts';

const LISTED = 100;

/** What is staged, and how it gets in place. */
export interface Staged {
  readonly seen: OutputsSeen;
  /**
   * Calls back when all is in place, and takes away what is left over then. null: nothing comes out, and
   * nothing was left in the workspace.
   */
  readonly commit: ((inPlace: () => void) => void) | null;
}

/**
 * Looks for the outputs and stages them: copies them to a directory of ours in the workspace, where
 * nobody else looks. Nothing is in place before `commit`. `own` is the run's directory for the journal.
 */
export function stageOutputs(job: OutputsJob, own: string, check: () => void): Staged {
  return using(openRoot(job.merged), (merged) =>
    using(openRoot(job.workspace), (workspace) => stageFrom(job, merged, workspace, own, check)),
  );
}

function stageFrom(
  job: OutputsJob,
  merged: number,
  workspace: number,
  own: string,
  check: () => void,
): Staged {
  const survey = surveyOutputs({ plan: job.plan, reader: job.reader, merged, workspace });
  const judged = judgeLinks(survey);
  const seen = seenOf(job.plan, judged);
  const problem = problemOf(job.plan, seen);
  if (problem !== null || judged.wanted.length === 0)
    return { seen: { ...seen, problem, done: problem === null }, commit: null };

  const tree = treeOf(judged.wanted, survey.directories);
  const moves = movesFor(tree, workspace, outputMatcher(job.plan));
  const staging = stagingName(randomBytes(12).toString('hex'));
  const journal: Journal = { workspace: job.workspace, staging, moves: null };
  writeJournal(own, journal);
  try {
    begin(workspace, staging);
    stageInto(tree, { job, merged, workspace, staging, check });
  } catch (error) {
    removeTree(workspace, staging);
    throw error;
  }
  return { seen, commit: (inPlace) => commit(own, { ...journal, moves }, inPlace) };
}

function begin(workspace: number, staging: string): void {
  try {
    makeStaging(workspace, staging);
  } catch (error) {
    throw new OutputProblem('', `nothing can be made in the workspace: ${inWords(error)}`, error);
  }
}

interface Staging {
  readonly job: OutputsJob;
  readonly merged: number;
  readonly workspace: number;
  readonly staging: string;
  readonly check: () => void;
}

function stageInto(tree: Branch, { job, merged, workspace, staging, check }: Staging): void {
  const layers = job.layers.map(openRoot);
  inStaging(workspace, staging, ({ staged }) =>
    stageTree(tree, {
      ...{ merged, workspace, staging: staged, check },
      copier: new FileCopier(layers),
      chown: job.root,
    }),
  );
}

/** From here on whoever finds the journal can end what is begun. */
function commit(own: string, journal: WholeJournal, inPlace: () => void): void {
  writeJournal(own, journal);
  using(openRoot(journal.workspace), (workspace) => {
    const failure = carryOut(own, journal, workspace);
    if (failure === null) inPlace();
    removeTree(workspace, journal.staging);
    if (failure !== null) throw failure;
  });
}

function seenOf(plan: OutputsPlan, { wanted, refused, leftOut, met }: Judged): OutputsSeen {
  // One file may have several names.
  const sizes = new Map(
    wanted
      .filter(({ kind }) => kind === 'file')
      .map((output) => [inodeOf(output), Number(output.stats.size)]),
  );
  const missing = outputMatcher(plan).wanted.filter((_, index) => !met.has(index));
  return {
    done: false,
    files: wanted.length,
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    missing,
    refused: listed(refused),
    refusedNotListed: Math.max(0, refused.length - LISTED),
    leftOut: listed(leftOut),
    leftOutNotListed: Math.max(0, leftOut.length - LISTED),
    problem: null,
  };
}

function listed(all: readonly Told[]): OutputTold[] {
  return all.slice(0, LISTED).map(({ path, reason }) => ({ path: textOf(path), reason }));
}

function problemOf(
  { missing: onMissing }: OutputsPlan,
  { missing, refused, refusedNotListed }: OutputsSeen,
): string | null {
  const [first] = refused;
  const more = (count: number): string => (count > 0 ? ` (and ${count} more)` : '');
  if (first !== undefined)
    return `${first.path}: ${first.reason}${more(refused.length - 1 + refusedNotListed)}`;
  if (missing.length > 0 && onMissing === 'fail')
    return `nothing is there for ${missing[0] ?? ''}${more(missing.length - 1)}`;
  return null;
}

/** Nothing came out: what was thrown on the way says why. */
export function failedOutputs(error: unknown): OutputsSeen {
  return {
    done: false,
    files: 0,
    bytes: 0,
    missing: [],
    refused: [],
    refusedNotListed: 0,
    leftOut: [],
    leftOutNotListed: 0,
    problem: inWords(error),
  };
}
