import { isUtf8 } from 'node:buffer';
import { setImmediate as breath } from 'node:timers/promises';
import type { LayerEntry } from '../../plan/filesystem-types.ts';
import type { Change, Changes } from '../observations.ts';
import type { Reader } from '../reader.ts';
import { bytesIn, contentComparer } from './content.ts';
import { at, contentsOf, type Entry, type Look, look, namesIn } from './entries.ts';
import { judge, type Judgement } from './judge.ts';

const LISTED = 1000;
const MOST_LOOKED_AT = 1_000_000;
const AT_ONE_BREATH = 2000;
const ROOT = Buffer.alloc(0);

/** The workspace three times. What the layer has leads to what can have changed; the other two say what has. */
export interface Views {
  /** As the step found it. */
  readonly before: Buffer;
  /** As the step left it. */
  readonly after: Buffer;
  /** The layer that took the step's writes. */
  readonly upper: Buffer;
  /** When every file had been given to the step, in nanoseconds of the layer's clock; null: they were not. */
  readonly ownedSince: bigint | null;
  /** Whether a directory of the workspace can be renamed without being copied. */
  readonly redirects: boolean;
  /** All layers are on one file system, so a directory keeps its inode number when it is changed. */
  readonly sameDevice: boolean;
  /** What we put into the layer ourselves, by path. */
  readonly ours: ReadonlyMap<string, LayerEntry>;
  /** Whose step it was. What it could not read is not shown. */
  readonly reader: Reader | null;
}

interface Directory {
  readonly path: Buffer;
  /**
   * - `new`: no directory was there before, so everything in it is new.
   * - `home`: the layer's directory lies over the one that was there.
   * - `unsure`: perhaps another one was renamed to here, of which the layer does not show what is in it.
   */
  readonly way: 'new' | 'home' | 'unsure';
  /** The layer's directory is as it was when the step began: no name in it came or went. */
  readonly untouched?: boolean;
  /** It is in the list already. */
  readonly told?: boolean;
}

/** Everything that differs between before and after, those nearest to the top first. */
export async function compareViews(views: Views): Promise<Changes> {
  const walk = new Walk(views);
  return await walk.run();
}

class Walk {
  readonly #views: Views;
  readonly #same = contentComparer();
  readonly #found: Change[] = [];
  /** Directories to look into; the nearest to the top first. */
  readonly #due: Directory[] = [{ path: ROOT, way: 'home' }];
  #notListed = 0;
  #unread = 0;
  #lookedAt = 0;

  constructor(views: Views) {
    this.#views = views;
  }

  async run(): Promise<Changes> {
    this.#compare(ROOT, false);
    // The top itself is due already, as what it surely is.
    this.#due.length = 1;
    let rested = 0;
    for (const [index, directory] of this.#due.entries()) {
      if (this.#lookedAt > MOST_LOOKED_AT) {
        this.#unread += this.#due.length - index;
        break;
      }
      if (this.#lookedAt - rested > AT_ONE_BREATH) {
        rested = this.#lookedAt;
        await breath();
      }
      this.#lookInto(directory);
    }
    return {
      files: this.#found.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      notListed: this.#notListed,
      unread: this.#unread,
    };
  }

  #lookInto(directory: Directory): void {
    switch (directory.way) {
      case 'new':
        return this.#tellAll(directory);
      case 'home':
        return this.#followLayer(directory);
      case 'unsure':
        return this.#compareAll(directory);
    }
  }

  /** A directory that is empty is told itself; what is in another one stands for it. */
  #tellAll({ path, told = false }: Directory): void {
    const contents = contentsOf(at(this.#views.after, path));
    if (contents === null) this.#unread += 1;
    if (!told && (contents ?? []).length === 0) this.#note(path, 'created', 'directory', 0);
    for (const found of contents ?? []) {
      const inner = at(path, found.name);
      if (found.isDirectory()) this.#due.push({ path: inner, way: 'new' });
      else this.#tellNew(inner);
    }
  }

  #tellNew(path: Buffer): void {
    // Nobody reads its size any more.
    const entry = this.#isFull() ? null : this.#look(this.#views.after, path);
    if (entry === 'unreadable') this.#unread += 1;
    else this.#note(path, 'created', entry?.kind ?? 'other', entry?.size ?? 0);
  }

  #followLayer({ path, untouched = false }: Directory): void {
    const { before, after, upper } = this.#views;
    const written = namesIn(at(upper, path));
    if (written === null) {
      this.#unread += 1;
      return;
    }
    for (const name of written) {
      const inner = at(path, name);
      const entry = this.#look(upper, inner);
      if (entry === 'unreadable') this.#unread += 1;
      else if (entry === null || entry.isWhiteout) continue;
      else if (!this.#isUntouched(entry)) this.#compare(inner, false);
      else if (entry.kind === 'directory')
        this.#due.push({ path: inner, way: 'home', untouched: true });
    }
    if (untouched) return;
    const [was, is] = [namesIn(at(before, path)), namesIn(at(after, path))];
    if (was === null || is === null) this.#unread += 1;
    else for (const gone of missing(was, is)) this.#compare(at(path, gone), false);
  }

  #compareAll({ path }: Directory): void {
    const [was, is] = [this.#views.before, this.#views.after].map((view) =>
      namesIn(at(view, path)),
    );
    if (was === null || is === null || was === undefined || is === undefined) {
      this.#unread += 1;
      return;
    }
    for (const name of [...is, ...missing(was, is)]) this.#compare(at(path, name), true);
  }

  /** `unsure`: whether that it is there now, and was then, may be two different things. */
  #compare(path: Buffer, unsure: boolean): void {
    const before = this.#lookBefore(path);
    const after = this.#look(this.#views.after, path);
    if (before === 'unreadable' || after === 'unreadable') {
      this.#unread += 1;
      return;
    }
    if (unsure && this.#isNeverWritten(path, before, after)) return;
    const judgement = this.#settle(judge(before, after, this.#isGiven()), path, after);
    const isDirectory = after?.kind === 'directory';
    const entry = after ?? before;
    if (entry !== null && judgement !== 'same' && !(judgement === 'created' && isDirectory))
      this.#note(path, judgement, entry.kind, after?.size ?? 0);
    if (!isDirectory) return;
    const told = judgement === 'modified';
    const way = before?.kind === 'directory' ? this.#wayInto(before, after) : 'new';
    this.#due.push({ path, way, told });
  }

  #wayInto(before: Entry, after: Entry): 'home' | 'unsure' {
    const { redirects, sameDevice } = this.#views;
    return !redirects || (sameDevice && before.ino === after.ino) ? 'home' : 'unsure';
  }

  #settle(judgement: Judgement, path: Buffer, after: Entry | null): Exclude<Judgement, 'content'> {
    if (judgement !== 'content') return judgement;
    if (after === null) return 'same';
    return this.#hasSameContent(path, after) ? 'same' : 'modified';
  }

  #hasSameContent(path: Buffer, entry: Entry): boolean {
    const { before, after } = this.#views;
    const content = this.#ours(path)?.content ?? null;
    return content === null
      ? this.#same(at(after, path), at(before, path), entry)
      : bytesIn(at(after, path), entry.size)?.equals(Buffer.from(content)) === true;
  }

  /** It is the very file that was there: the layer has none, or one that only got another owner. */
  #isNeverWritten(path: Buffer, before: Entry | null, after: Entry | null): boolean {
    if (before?.kind !== 'file' || after?.kind !== 'file') return false;
    if (before.ino !== after.ino || before.size !== after.size || before.mtime !== after.mtime)
      return false;
    const written = look(at(this.#views.upper, path));
    return written === null || (written !== 'unreadable' && this.#isUntouched(written));
  }

  /** A change of whatever kind, a new name too, sets this time, and nobody can set it back. Equal may be later. */
  #isUntouched({ ctime }: Entry): boolean {
    return this.#views.ownedSince !== null && ctime < this.#views.ownedSince;
  }

  #isGiven(): boolean {
    return this.#views.ownedSince !== null;
  }

  /** What we put there ourselves is what the step found. */
  #lookBefore(path: Buffer): Look {
    const found = this.#look(this.#views.before, path);
    const ours = this.#ours(path);
    if (ours === undefined || ours.content === null) return found;
    if (found === null || found === 'unreadable') return found;
    return { ...found, kind: 'file', mode: ours.mode, size: Buffer.byteLength(ours.content) };
  }

  #ours(path: Buffer): LayerEntry | undefined {
    return this.#views.ours.size === 0 ? undefined : this.#views.ours.get(path.toString());
  }

  #look(view: Buffer, path: Buffer): Look {
    this.#lookedAt += 1;
    return look(at(view, path));
  }

  #note(path: Buffer, change: Change['change'], kind: Change['kind'], size: number): void {
    if (this.#isFull()) this.#notListed += 1;
    else this.#found.push({ ...named(path), change, kind, size });
  }

  #isFull(): boolean {
    return this.#found.length === LISTED;
  }
}

function named(path: Buffer): Pick<Change, 'path' | 'hex'> {
  if (path.length === 0) return { path: '.' };
  return isUtf8(path)
    ? { path: path.toString() }
    : { path: path.toString(), hex: path.toString('hex') };
}

/** Those of `names` that are not in `others`. */
function missing(names: readonly Buffer[], others: readonly Buffer[]): Buffer[] {
  const there = new Set(others.map((name) => name.toString('latin1')));
  return names.filter((name) => !there.has(name.toString('latin1')));
}
