import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withoutCredentials } from '../plan/git-config.ts';
import { within } from '../plan/mounts.ts';
import type { GitFile, GitSurvey, Owned } from '../plan/site.ts';
import { firstEntries } from './first-entries.ts';

/** A checkout into `path:` lies a step or two down; every directory on the way costs time. */
const DEEPEST = 3;
const MOST_DIRECTORIES = 2000;
/** A big workspace must not start later than a small one. */
const MOST_ENTRIES = 10_000;
const MOST_OF_ONE = 5000;
/** Names of modules may hold slashes. */
const DEEPEST_MODULE = 12;
/** git itself writes some hundred bytes. */
const LARGEST_CONFIG = 1 << 20;

/** What a repository without a working tree has. */
const BARE = ['HEAD', 'config', 'objects', 'refs'];

/** Names under which `git credential-store` and its kind are told to keep a file. */
const CREDENTIAL_FILES = ['.git-credentials', 'credentials'];

/**
 * Finds what git in the workspace keeps of credentials, in repositories up to three directories down
 * but not in node_modules. Only plain files that really lie in the workspace count: what a symlink
 * leads to outside is not there for the step. What cannot be read here the step cannot read either.
 */
export function surveyGit(workspace: string): GitSurvey {
  const search = new Search(workspace);
  search.repositories();
  return {
    files: [...search.files.values()].filter((file) => file !== null),
    repositories: search.found,
    cutShort: search.cutShort,
    system: withoutCredentials(textOf('/etc/gitconfig') ?? '').text,
  };
}

class Search {
  /** By path; null for one that was looked at and has nothing to hide. */
  readonly files = new Map<string, GitFile | null>();
  /** Relative to the workspace. */
  readonly found: string[] = [];
  cutShort = false;
  readonly #workspace: string;
  readonly #seen = new Set<string>();
  #directories = 0;
  #entriesLeft = MOST_ENTRIES;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** Level by level, so that many directories in one place do not hide another place of that level. */
  repositories(): void {
    let level = [this.#workspace];
    for (let depth = 0; depth < DEEPEST; depth += 1) {
      // All of a level before any is listed: what one is filled with does not hide another.
      for (const directory of level) this.#lookInto(directory);
      level = level.flatMap((directory) => this.#directoriesIn(directory));
    }
    for (const directory of level) this.#dotGit(join(directory, '.git'));
  }

  /** Takes what a directory itself has of git. */
  #lookInto(directory: string): void {
    this.#dotGit(join(directory, '.git'));
    if (BARE.every((name) => isThere(join(directory, name)))) this.#gitDirectory(directory);
    this.#hideWhole(join(directory, '.git-credentials'));
  }

  #directoriesIn(directory: string): string[] {
    return this.#entries(directory)
      .filter((entry) => entry.isDirectory() && !['.git', 'node_modules'].includes(entry.name))
      .map(({ name }) => join(directory, name));
  }

  /** A repository, or the file in its place that says where it is. */
  #dotGit(path: string): void {
    const real = this.#inWorkspace(path);
    if (real === null) return;
    if (real === path) this.found.push(path.slice(this.#workspace.length + 1));
    if (lstatSync(real).isDirectory()) {
      this.#gitDirectory(real);
      return;
    }
    const [, elsewhere] = /^gitdir: (.+)/.exec(textOf(real) ?? '') ?? [];
    const directory =
      elsewhere === undefined ? null : this.#inWorkspace(resolve(dirname(real), elsewhere));
    if (directory !== null) this.#gitDirectory(directory);
  }

  #gitDirectory(directory: string): void {
    if (this.#seen.has(directory)) return;
    this.#seen.add(directory);
    for (const { name } of this.#entries(directory)) {
      const path = join(directory, name);
      // Also config.worktree, and what an editor or a broken-off git left.
      if (name.startsWith('config')) this.#clean(path, directory);
      else if (CREDENTIAL_FILES.includes(name)) this.#hideWhole(path);
      else if (name === 'modules') this.#modules(path, 0);
      else if (name === 'worktrees') this.#worktrees(path);
    }
  }

  #modules(directory: string, depth: number): void {
    if (depth > DEEPEST_MODULE) {
      this.cutShort = true;
      return;
    }
    const entries = this.#entries(directory);
    if (entries.some((entry) => ['HEAD', 'config'].includes(entry.name) && entry.isFile())) {
      this.#gitDirectory(directory);
      return;
    }
    for (const entry of entries) {
      if (entry.isDirectory()) this.#modules(join(directory, entry.name), depth + 1);
    }
  }

  #worktrees(directory: string): void {
    for (const entry of this.#entries(directory)) {
      if (entry.isDirectory()) this.#gitDirectory(join(directory, entry.name));
    }
  }

  /** A file of configuration, and the files it leads to. */
  #clean(path: string, gitDirectory: string): void {
    const real = this.#inWorkspace(path);
    if (real === null || this.files.has(real) || !lstatSync(real).isFile()) return;
    this.files.set(real, null);
    const content = lstatSync(real).size > LARGEST_CONFIG ? '\0' : textOf(real);
    if (content === null) return;
    const { text, removed, includes, files } = withoutCredentials(content);
    if (removed.length > 0) this.#show(real, text, removed);
    for (const file of includes) this.#clean(resolve(dirname(real), file), gitDirectory);
    // git starts its helpers at the top of the files, which is not written where it is.
    const from = [gitDirectory, dirname(gitDirectory), this.#workspace];
    for (const file of files) for (const base of from) this.#hideWhole(resolve(base, file));
  }

  #hideWhole(path: string): void {
    const real = this.#inWorkspace(path);
    if (real !== null && lstatSync(real).isFile()) this.#show(real, '', []);
  }

  #show(path: string, shown: string, removed: readonly string[]): void {
    const directories = [];
    for (let above = dirname(path); within(above, this.#workspace); above = dirname(above)) {
      if (above !== this.#workspace) directories.unshift(ownedAt(above));
    }
    const file = ownedAt(path);
    const own = [file, ...directories].every(
      ({ uid, gid }) => uid === process.getuid?.() && gid === process.getgid?.(),
    );
    this.files.set(path, { ...file, shown, removed, directories, own });
  }

  /** Where a path really is, if that is in the workspace. */
  #inWorkspace(path: string): string | null {
    try {
      // Most places have nothing, and to learn that must be cheap.
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
      const real = realpathSync(path);
      return within(real, this.#workspace) ? real : null;
    } catch {
      return null; // Not there, or not for us.
    }
  }

  #entries(directory: string): Dirent[] {
    const most = Math.min(MOST_OF_ONE, this.#entriesLeft);
    if (this.#directories >= MOST_DIRECTORIES || most === 0) {
      this.cutShort = true;
      return [];
    }
    this.#directories += 1;
    const entries = firstEntries(directory, most);
    this.#entriesLeft -= entries.length;
    if (entries.length === most) this.cutShort = true;
    return entries;
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // Not for us, and so not for the step.
  }
}

function ownedAt(path: string): Owned {
  const { uid, gid, mode } = lstatSync(path);
  return { path, uid, gid, mode: mode & 0o7777 };
}

/** An earlier step may have left anything there: a fifo would keep us waiting for ever, and so would a huge file. */
function textOf(path: string): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      return stats.isFile() && stats.size <= LARGEST_CONFIG ? readFileSync(fd, 'utf8') : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
