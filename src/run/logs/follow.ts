import { closeSync, fstatSync, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LogsPlan } from '../../plan/filesystem-types.ts';
import { type OutputMatcher, outputMatcher } from '../../plan/output-matcher.ts';
import type { Plan } from '../../plan/types.ts';
import type { LogAccount } from '../observations.ts';
import type { Rooms } from '../rooms.ts';
import { FollowedFile } from './followed.ts';
import { beneath, openDirectory, openFile, walk } from './walk.ts';

const SHORTEST_MS = 250;
/** Looking may cost at most this share of one processor. */
const DUTY = 0.05;
const MOST_FILES = 50;

/** Follows the files that a policy wants to see, for as long as the step runs. */
export interface Following {
  start(): void;
  /** The last look, when nothing of the step runs any more and its mounts are still there. */
  finish(): LogAccount;
}

/** A place of the plan, opened before the step could change anything. */
interface Place {
  readonly path: string;
  /** The directory, or that of the file. */
  readonly fd: number;
  /** null: all that is in the directory. */
  readonly name: string | null;
}

/** To be called before the step is let go. null where nothing is to be followed. */
export function followLogs(plan: Plan, rooms: Rooms | null): Following | null {
  const { logs, identity } = plan;
  if (logs === null) return null;
  // Root reads what the step could not, and a name is quickly given to somebody else's file.
  const owner = identity.shed ? identity.uid : null;
  return new Follower(logs, rooms === null ? '' : `/proc/${rooms.holder.pid}/root`, owner);
}

class Follower implements Following {
  readonly #matcher: OutputMatcher;
  readonly #places: readonly Place[];
  readonly #owner: number | null;
  readonly #files = new Map<string, FollowedFile>();
  readonly #notFollowed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #fresh = false;

  constructor(logs: LogsPlan, root: string, owner: number | null) {
    this.#matcher = outputMatcher(logs);
    this.#owner = owner;
    this.#places = logs.places.flatMap(({ path, source }) => openPlace(path, `${root}${source}`));
    // What is there now is not the step's.
    this.#look();
    this.#fresh = true;
  }

  start(): void {
    const again = (): void => {
      const began = process.cpuUsage();
      this.#look();
      const { user, system } = process.cpuUsage(began);
      this.#timer = setTimeout(again, Math.max(SHORTEST_MS, (user + system) / 1000 / DUTY));
    };
    this.#timer = setTimeout(again, SHORTEST_MS);
  }

  finish(): LogAccount {
    clearTimeout(this.#timer);
    this.#look();
    const files = [...this.#files].flatMap(([path, file]) => file.excerpt(path) ?? []);
    for (const file of this.#files.values()) file.close();
    for (const { fd } of this.#places) closeSync(fd);
    return {
      files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      notFollowed: this.#notFollowed.size,
    };
  }

  #look(): void {
    const seen = new Set<string>();
    const found = (path: string, file: string): void => {
      if (this.#lookAt(path, file)) seen.add(path);
    };
    for (const place of this.#places) {
      const isElsewhere = (path: string): boolean =>
        this.#places.some((other) => other !== place && other.path === path);
      if (place.name === null) walk(place, this.#matcher, isElsewhere, found);
      else if (this.#matcher.isOutput(place.path)) found(place.path, beneath(place.fd, place.name));
    }
    // What has no name any more may have been written to before.
    for (const [path, file] of this.#files) if (!seen.has(path)) file.readOn();
  }

  #lookAt(path: string, name: string): boolean {
    const fd = openFile(name);
    if (fd === null) return false;
    const stats = fstatSync(fd);
    const known = this.#files.get(path);
    if (!this.#mayFollow(stats) || (known === undefined && this.#isFull(path))) {
      closeSync(fd);
      return false;
    }
    if (known !== undefined) {
      known.look(fd, stats);
      return true;
    }
    const file = new FollowedFile(fd, stats, this.#fresh);
    this.#files.set(path, file);
    file.readOn();
    return true;
  }

  /** A second name could be one that was given to somebody else's file. */
  #mayFollow(stats: Stats): boolean {
    return (
      stats.isFile() && stats.nlink === 1 && (this.#owner === null || stats.uid === this.#owner)
    );
  }

  #isFull(path: string): boolean {
    if (this.#files.size < MOST_FILES) return false;
    if (this.#notFollowed.size < MOST_FILES) this.#notFollowed.add(path);
    return true;
  }
}

function openPlace(path: string, source: string): Place[] {
  const directory = openDirectory(source);
  if (directory !== null) return [{ path, fd: directory, name: null }];
  const above = openDirectory(dirname(source));
  return above === null ? [] : [{ path, fd: above, name: basename(source) }];
}
