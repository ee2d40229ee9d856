import { renameSync } from 'node:fs';
import { isShut, type Move } from './moves.ts';
import { at, inParent, lookAt, type Raw, setDirectoryMode } from './open-at.ts';
import { about, OutputProblem } from './problem.ts';

/** What is staged, in the directory of the workspace that has it. */
export const STAGED = 'new';
/** … and what is left of that, once all of it is in place. */
export const DONE = 'done';
/** What was there before. */
export const REPLACED = 'old';

export interface Site {
  readonly workspace: number;
  /** Has what is staged, at the paths where it will be. */
  readonly staged: number;
  /** Takes what is replaced, by the number of the move. */
  readonly replaced: number;
}

/** Puts everything in place. It may have been begun before, and stopped at any point. */
export function moveForward(moves: readonly Move[], site: Site): void {
  openUp(moves, site);
  for (const [index, move] of moves.entries())
    if (move.kind !== 'mode') about(move.path, () => forward(move, `${index}`, site));
  // From the inside out: a directory may be shut for its own owner.
  for (const { path, mode } of moves.toReversed())
    if (mode !== null) about(path, () => setMode(site.workspace, path, mode));
}

/** Puts everything back as it was, from wherever it was stopped. */
export function moveBack(moves: readonly Move[], site: Site): void {
  openUp(moves, site);
  for (const [index, move] of [...moves.entries()].toReversed()) {
    const { path, kind, before } = move;
    if (kind === 'mode') about(path, () => setMode(site.workspace, path, before));
    else about(path, () => back(move, `${index}`, site));
  }
}

/** From the outside in. They get their mode again when all is moved. */
function openUp(moves: readonly Move[], { workspace }: Site): void {
  for (const { path, kind, mode, before } of moves)
    if (kind === 'mode' && (isShut(before) || isShut(mode ?? 0)))
      about(path, () => setMode(workspace, path, before | 0o700));
}

function forward({ path, kind }: Move, number: Raw, { workspace, staged, replaced }: Site): void {
  inParent(staged, path, (from, name) => {
    if (lookAt(from, name) === null) return; // It is in place already.
    inParent(workspace, path, (to) => {
      if (lookAt(to, name) !== null) {
        if (kind === 'place' || lookAt(replaced, number) !== null)
          throw new OutputProblem(path, 'something has appeared there');
        renameSync(at(to, name), at(replaced, number));
      }
      renameSync(at(from, name), at(to, name));
    });
  });
}

function back({ path, mode }: Move, number: Raw, { workspace, staged, replaced }: Site): void {
  inParent(staged, path, (from, name) =>
    inParent(workspace, path, (to) => {
      if (lookAt(from, name) === null) {
        if (mode !== null) setMode(to, name, 0o700);
        renameSync(at(to, name), at(from, name));
      }
      if (lookAt(replaced, number) !== null) renameSync(at(replaced, number), at(to, name));
    }),
  );
}

function setMode(root: number, path: Raw, mode: number): void {
  inParent(root, path, (directory, name) => setDirectoryMode(directory, name, mode));
}
