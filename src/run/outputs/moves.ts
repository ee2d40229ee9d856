import type { OutputMatcher } from '../../plan/output-matcher.ts';
import { lookAt, namesIn, openDirectory, type Raw, textOf, using } from './open-at.ts';
import { OutputProblem } from './problem.ts';
import type { Branch } from './tree.ts';

const PERMISSIONS = 0o777;

/** One thing to do to put what is staged in place. All of them can be done again, and taken back. */
export interface Move {
  readonly path: Raw;
  /**
   * - `place`: nothing is there, and what is staged goes there, with all that is in it.
   * - `replace`: what is there goes away first.
   * - `mode`: the directory is there, and gets another mode, or has one that keeps us from putting
   *   anything in it.
   */
  readonly kind: 'place' | 'replace' | 'mode';
  /** Of a directory, once it is in place; null for anything else. */
  readonly mode: number | null;
  /** For `mode`: what it was. */
  readonly before: number;
}

/** What has to be moved so that the workspace has the tree. As few and as large things as can be. */
export function movesFor(tree: Branch, workspace: number, matcher: OutputMatcher): Move[] {
  return movesIn(tree, workspace, '', matcher);
}

function movesIn(branch: Branch, workspace: number, above: Raw, matcher: OutputMatcher): Move[] {
  const pathOf = (name: Raw): Raw => (above === '' ? name : `${above}/${name}`);
  const directories = [...branch.branches].flatMap(([name, inner]) =>
    movesOfDirectory(pathOf(name), name, inner, workspace, matcher),
  );
  const others = [...branch.leaves.keys()].map((name): Move => {
    const path = pathOf(name);
    const there = lookAt(workspace, name);
    if (there?.isDirectory() === true && !isCovered(path, name, workspace, matcher))
      throw new OutputProblem(
        path,
        'in the workspace it is a directory with things in it that are no outputs',
      );
    return { path, kind: there === null ? 'place' : 'replace', mode: null, before: 0 };
  });
  return [...directories, ...others];
}

function movesOfDirectory(
  path: Raw,
  name: Raw,
  branch: Branch,
  parent: number,
  matcher: OutputMatcher,
): Move[] {
  const there = lookAt(parent, name);
  const mode = branch.stats === null ? 0o755 : Number(branch.stats.mode) & PERMISSIONS;
  if (there === null) return [{ path, kind: 'place', mode, before: 0 }];
  if (there.isSymbolicLink()) throw new OutputProblem(path, 'in the workspace it is a symlink');
  if (!there.isDirectory()) return [{ path, kind: 'replace', mode, before: 0 }];
  const before = Number(there.mode) & 0o7777;
  // Its setgid bit, say, is the workspace's own.
  const after = (before & ~PERMISSIONS) | mode;
  const inner = using(openDirectory(parent, name), (open) => movesIn(branch, open, path, matcher));
  const final = branch.declared ? after : before;
  return before !== final || (inner.length > 0 && isShut(before))
    ? [{ path, kind: 'mode', mode: final, before }, ...inner]
    : inner;
}

/** Its owner must first open a directory of this mode to change what is in it. */
export function isShut(mode: number): boolean {
  return (mode & 0o300) !== 0o300;
}

/** Everything in a directory is declared, so that a file in its place takes nothing else away. */
function isCovered(path: Raw, name: Raw, parent: number, matcher: OutputMatcher): boolean {
  const us = process.geteuid?.();
  if (us !== 0 && lookAt(parent, name)?.uid !== BigInt(us ?? -1))
    throw new OutputProblem(path, 'in the workspace it is a directory of another user');
  return using(openDirectory(parent, name), (directory) => {
    for (const inner of namesIn(directory)) {
      const whole = `${path}/${inner}`;
      if (!matcher.isOutput(textOf(whole))) return false;
      if (lookAt(directory, inner)?.isDirectory() !== true) continue;
      if (!isCovered(whole, inner, directory, matcher)) return false;
    }
    return true;
  });
}
