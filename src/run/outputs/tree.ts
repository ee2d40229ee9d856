import type { BigIntStats } from 'node:fs';
import type { Raw } from './open-at.ts';
import type { Output } from './survey.ts';

/** A directory on the way to outputs, or one of them, with what is to be brought out of it. */
export interface Branch {
  readonly stats: BigIntStats | null;
  /** It is an output itself, and so its mode counts where there is such a directory already. */
  declared: boolean;
  readonly branches: Map<Raw, Branch>;
  readonly leaves: Map<Raw, Output>;
}

/** The outputs in the tree that they are in. */
export function treeOf(
  outputs: readonly Output[],
  directories: ReadonlyMap<Raw, BigIntStats>,
): Branch {
  const root = branch(null);
  const branchAt = (path: Raw): Branch => {
    if (path === '') return root;
    const [above, name] = split(path);
    const parent = branchAt(above);
    const known = parent.branches.get(name);
    if (known !== undefined) return known;
    const made = branch(directories.get(path) ?? null);
    parent.branches.set(name, made);
    return made;
  };
  for (const output of outputs) {
    const [above, name] = split(output.path);
    if (output.kind === 'directory') branchOf(output, branchAt(above), name).declared = true;
    else branchAt(above).leaves.set(name, output);
  }
  return root;
}

function branchOf({ stats }: Output, parent: Branch, name: Raw): Branch {
  const known = parent.branches.get(name);
  if (known !== undefined) return known;
  const made = branch(stats);
  parent.branches.set(name, made);
  return made;
}

function branch(stats: BigIntStats | null): Branch {
  return { stats, declared: false, branches: new Map(), leaves: new Map() };
}

function split(path: Raw): [above: Raw, name: Raw] {
  const end = path.lastIndexOf('/');
  return end < 0 ? ['', path] : [path.slice(0, end), path.slice(end + 1)];
}
