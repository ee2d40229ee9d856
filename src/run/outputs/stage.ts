import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
} from 'node:fs';
import type { FileCopier } from './copy-file.ts';
import { inodeOf } from './links.ts';
import { at, inParent, lookAt, openDirectory, type Raw, using } from './open-at.ts';
import { about } from './problem.ts';
import type { Output } from './survey.ts';
import type { Branch } from './tree.ts';

/** Neither setuid nor setgid, and nothing sticky. */
const PERMISSIONS = 0o777;
const NANOSECONDS = 1e9;

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Three directories that stand for one, each open; null where the workspace has none. */
interface Place {
  readonly path: Raw;
  readonly merged: number;
  readonly workspace: number | null;
  readonly staging: number;
  /** Of the nearest directory in the workspace. */
  readonly owner: Owner;
}

export interface StageRequest {
  readonly merged: number;
  readonly workspace: number;
  /** The empty directory that becomes a copy of the tree. */
  readonly staging: number;
  readonly copier: FileCopier;
  /** Gives everything to the owner of the directory that it will land in. */
  readonly chown: boolean;
  /** Called now and then; throws to stop. */
  readonly check: () => void;
}

/** Copies the tree, complete with modes, times and links. A directory of the top level stays writable until it is in place. */
export function stageTree(tree: Branch, request: StageRequest): void {
  const { merged, workspace, staging } = request;
  const { uid, gid } = fstatSync(workspace);
  new Stager(request).fill(tree, { path: '', merged, workspace, staging, owner: { uid, gid } });
}

class Stager {
  readonly #request: StageRequest;
  /** The first name of each file that has several. */
  readonly #first = new Map<string, Raw>();

  constructor(request: StageRequest) {
    this.#request = request;
  }

  fill(branch: Branch, place: Place): void {
    for (const [name, leaf] of branch.leaves) {
      this.#request.check();
      about(leaf.path, () => this.#leaf(name, leaf, place));
    }
    for (const [name, inner] of branch.branches) {
      const path = place.path === '' ? name : `${place.path}/${name}`;
      about(path, () => this.#branch(path, name, inner, place));
    }
  }

  #branch(path: Raw, name: Raw, branch: Branch, place: Place): void {
    mkdirSync(at(place.staging, name), 0o700);
    const there = place.workspace === null ? null : lookAt(place.workspace, name);
    const known = there?.isDirectory() === true;
    using(openDirectory(place.merged, name), (merged) =>
      using(openDirectory(place.staging, name), (staging) => {
        const inner = (workspace: number | null): void => {
          const { uid, gid } = workspace === null ? place.owner : fstatSync(workspace);
          const owner = { uid, gid };
          this.fill(branch, { path, merged, staging, workspace, owner });
          if (this.#request.chown) fchownSync(staging, place.owner.uid, place.owner.gid);
          // What will be moved as such has to be writable until then, to whoever is not root.
          const moved = place.workspace !== null;
          if (branch.stats !== null) setFinal(staging, branch.stats, moved ? 0o700 : 0);
        };
        if (known && place.workspace !== null)
          using(openDirectory(place.workspace, name), (workspace) => inner(workspace));
        else inner(null);
      }),
    );
  }

  #leaf(name: Raw, leaf: Output, place: Place): void {
    if (leaf.kind === 'link') this.#link(name, leaf, place);
    else if (!this.#again(name, leaf, place)) this.#file(name, leaf, place);
  }

  #file(name: Raw, { path, stats }: Output, { merged, staging, owner }: Place): void {
    const file = this.#request.copier.copy(path, name, stats, merged, staging);
    try {
      if (this.#request.chown) fchownSync(file, owner.uid, owner.gid);
      setFinal(file, stats);
    } finally {
      closeSync(file);
    }
  }

  /** Another name of a file that is staged already. */
  #again(name: Raw, leaf: Output, { staging }: Place): boolean {
    if (leaf.stats.nlink < 2n) return false;
    const first = this.#first.get(inodeOf(leaf));
    if (first === undefined) {
      this.#first.set(inodeOf(leaf), leaf.path);
      return false;
    }
    inParent(this.#request.staging, first, (directory, known) =>
      linkSync(at(directory, known), at(staging, name)),
    );
    return true;
  }

  #link(name: Raw, { target, stats }: Output, { staging, owner }: Place): void {
    const link = at(staging, name);
    symlinkSync(Buffer.from(target, 'latin1'), link);
    if (this.#request.chown) lchownSync(link, owner.uid, owner.gid);
    lutimesSync(link, secondsOf(stats.atimeNs), secondsOf(stats.mtimeNs));
  }
}

function setFinal(file: number, stats: BigIntStats, besides = 0): void {
  fchmodSync(file, (Number(stats.mode) & PERMISSIONS) | besides);
  futimesSync(file, secondsOf(stats.atimeNs), secondsOf(stats.mtimeNs));
}

/** In words: of a number below zero Node makes the present. */
function secondsOf(nanoseconds: bigint): string {
  return String(Number(nanoseconds) / NANOSECONDS);
}
