import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { within } from '../plan/mounts.ts';

/** No configuration is larger; what is, is not read. */
const LARGEST_FILE = 256 * 1024;

/** The user's and the system's files, without anything that the checked-out tree could have brought. */
export class TrustedFiles {
  /** Files that would have counted and were not read, each with the reason. */
  readonly passedOver: string[] = [];
  readonly #home: string;
  readonly #workspaces: readonly string[];

  /** `workspaces` are directories that somebody else may have written. */
  constructor(home: string, workspaces: readonly string[]) {
    this.#home = home;
    this.#workspaces = workspaces.flatMap((path) => [path, realOrNull(path) ?? path]);
  }

  /** The text of a file; null where there is none, or it cannot be read or trusted, which `passedOver` tells. */
  text(path: string): string | null {
    if (!existsSync(path)) return null;
    try {
      if (!this.isTrusted(path)) return this.#passOver(path, 'lies in the workspace');
      const stats = statSync(path);
      if (!stats.isFile()) return null;
      if (stats.size > LARGEST_FILE) return this.#passOver(path, 'is too large');
      return readFileSync(path, 'utf8');
    } catch (error) {
      return this.#passOver(path, `cannot be read (${messageOf(error)})`);
    }
  }

  #passOver(path: string, why: string): null {
    this.passedOver.push(`${this.shown(path)} ${why}`);
    return null;
  }

  /** The files in a directory whose names end in this way, sorted; empty where there is none. */
  list(directory: string, ending: string): string[] {
    try {
      return readdirSync(directory)
        .filter((name) => name.endsWith(ending))
        .sort()
        .map((name) => join(directory, name));
    } catch {
      return [];
    }
  }

  /** Whether neither the path nor what it leads to lies in a workspace. */
  isTrusted(path: string): boolean {
    return (
      isAbsolute(path) &&
      ![resolve(path), realOrNull(path) ?? path].some((name) =>
        this.#workspaces.some((workspace) => within(name, workspace)),
      )
    );
  }

  /** A path as people write it, with `~`. */
  shown(path: string): string {
    return within(path, this.#home) ? `~${path.slice(this.#home.length)}` : path;
  }
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
