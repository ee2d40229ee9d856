import { type BigIntStats, readlinkSync } from 'node:fs';
import { type OutputMatcher, outputMatcher } from '../../plan/output-matcher.ts';
import type { OutputsPlan } from '../../plan/filesystem-types.ts';
import { mayRead, type Reader } from '../reader.ts';
import { at, lookAt, namesIn, openDirectory, type Raw, textOf, using } from './open-at.ts';
import { OutputProblem } from './problem.ts';
import { isSameFile } from './same.ts';

/** Each level holds two descriptors. */
const DEEPEST = 200;
const SETUID = 0o6000n;
/** Of these none comes out, so none is a change. */
const SPECIAL = 0o7000n;

/** Something in the step's workspace that the policy declares. */
export interface Output {
  readonly path: Raw;
  readonly kind: 'file' | 'directory' | 'link';
  readonly stats: BigIntStats;
  /** Of a link: where it leads. */
  readonly target: Raw;
  /** The globs that mean it. */
  readonly globs: readonly number[];
  /** The workspace has it just so. */
  readonly unchanged: boolean;
}

export interface Told {
  readonly path: Raw;
  readonly reason: string;
}

/** What a look at the step's workspace found, and nothing was touched yet. */
export interface Survey {
  readonly outputs: Output[];
  /** Directories on the way to outputs, with what they are in the step's workspace. */
  readonly directories: Map<Raw, BigIntStats>;
  /** Outputs that cannot come out: one is enough, and none does. */
  readonly refused: Told[];
  /** What the globs mean, and what does not come out all the same. */
  readonly leftOut: Told[];
}

/** The place in both trees, each open; `workspace` is null where the real one has no such directory. */
interface Place {
  readonly path: Raw;
  readonly merged: number;
  readonly workspace: number | null;
  /** The symlink in the workspace that would have to be followed to get here; null for none. */
  readonly detour: Raw | null;
  readonly depth: number;
}

export interface SurveyRequest {
  readonly plan: OutputsPlan;
  /** Whose step it was; null: our own. */
  readonly reader: Reader | null;
  /** Both open. */
  readonly merged: number;
  readonly workspace: number;
}

/** Finds the outputs, and says what is wrong with them. Throws where there are more than the plan allows. */
export function surveyOutputs({ plan, reader, merged, workspace }: SurveyRequest): Survey {
  const survey = { outputs: [], directories: new Map(), refused: [], leftOut: [] };
  new Surveyor(plan, reader, survey).walk({ path: '', merged, workspace, detour: null, depth: 0 });
  return survey;
}

class Surveyor {
  readonly #matcher: OutputMatcher;
  readonly #plan: OutputsPlan;
  readonly #reader: Reader | null;
  readonly #survey: Survey;
  #files = 0;
  #bytes = 0;

  constructor(plan: OutputsPlan, reader: Reader | null, survey: Survey) {
    this.#matcher = outputMatcher(plan);
    this.#plan = plan;
    this.#reader = reader;
    this.#survey = survey;
  }

  walk(place: Place): void {
    for (const name of namesIn(place.merged)) this.#visit(name, place);
  }

  #visit(name: Raw, place: Place): void {
    const path = place.path === '' ? name : `${place.path}/${name}`;
    const text = textOf(path);
    const stats = lookAt(place.merged, name);
    if (stats === null) return;
    const globs = this.#matcher.meaning(text);
    const goesOn = stats.isDirectory() && this.#matcher.mayHold(text);
    if (globs.length === 0 && !goesOn) return;
    const reason = this.#matcher.keptBack(text);
    if (reason !== null) {
      if (globs.length > 0) this.#survey.leftOut.push({ path, reason });
      return;
    }
    if (globs.length > 0) this.#note(path, name, stats, globs, place);
    if (goesOn) this.#descend(path, name, stats, place);
  }

  #note(path: Raw, name: Raw, stats: BigIntStats, globs: readonly number[], place: Place): void {
    const { refused, leftOut, outputs } = this.#survey;
    const kind = kindOf(stats);
    if (kind === null) {
      this.#count(path, 0);
      refused.push({ path, reason: `it is ${oddKind(stats)}` });
      return;
    }
    const there = place.workspace === null ? null : lookAt(place.workspace, name);
    const target =
      kind === 'link' ? readlinkSync(at(place.merged, name), { encoding: 'latin1' }) : '';
    const unchanged = there !== null && isUnchanged({ name, stats, target, there, ...place });
    outputs.push({ path, kind, stats, target, globs, unchanged });
    if (kind === 'file' && (stats.mode & SETUID) !== 0n && stats.mode !== there?.mode)
      leftOut.push({ path, reason: 'its setuid and setgid bits are taken off' });
    if (unchanged) return;
    this.#count(path, kind === 'file' ? Number(stats.size) : 0);
    const detour = place.detour ?? (kind === 'directory' && isLink(there) ? path : null);
    if (detour !== null)
      refused.push({ path, reason: `in the workspace ${textOf(detour)} is a symlink` });
    // It would lie there as a file of the workspace's owner, who every later step is.
    if (kind === 'file' && !mayRead(this.#reader, stats))
      refused.push({ path, reason: 'it is a file of another user that the step could not read' });
  }

  #count(path: Raw, bytes: number): void {
    const { maxFiles, maxBytes } = this.#plan;
    this.#files += 1;
    this.#bytes += bytes;
    if (maxFiles !== null && this.#files > maxFiles)
      throw new OutputProblem('', `there are more than ${maxFiles} (filesystem.max-output-files)`);
    if (maxBytes !== null && this.#bytes > maxBytes)
      throw new OutputProblem(
        path,
        `with it they have more than ${maxBytes} bytes (filesystem.max-output-size)`,
      );
  }

  #descend(path: Raw, name: Raw, stats: BigIntStats, place: Place): void {
    if (place.depth === DEEPEST) {
      this.#survey.refused.push({ path, reason: `it lies more than ${DEEPEST} directories deep` });
      return;
    }
    const there = place.workspace === null ? null : lookAt(place.workspace, name);
    const merged = opened(place.merged, name);
    if (merged === null) {
      // What was shut before, and was not touched, is not the step's doing.
      const untouched = there?.isDirectory() === true && there.ctimeNs === stats.ctimeNs;
      const list = untouched ? this.#survey.leftOut : this.#survey.refused;
      list.push({ path, reason: 'it cannot be read' });
      return;
    }
    this.#survey.directories.set(path, stats);
    const detour = place.detour ?? (isLink(there) ? path : null);
    const workspace =
      place.workspace !== null && there?.isDirectory() === true
        ? opened(place.workspace, name)
        : null;
    const depth = place.depth + 1;
    const inner = (real: number | null): void =>
      using(merged, () => this.walk({ path, merged, workspace: real, detour, depth }));
    if (workspace === null) inner(null);
    else using(workspace, inner);
  }
}

function opened(directory: number, name: Raw): number | null {
  try {
    return openDirectory(directory, name);
  } catch {
    return null;
  }
}

function kindOf(stats: BigIntStats): Output['kind'] | null {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : null;
}

function oddKind(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'a fifo';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function isLink(stats: BigIntStats | null): boolean {
  return stats?.isSymbolicLink() === true;
}

interface Pair {
  readonly name: Raw;
  readonly stats: BigIntStats;
  readonly target: Raw;
  readonly there: BigIntStats;
  readonly merged: number;
  readonly workspace: number | null;
}

function isUnchanged({ name, stats, target, there, merged, workspace }: Pair): boolean {
  if (workspace === null) return false;
  if (stats.isSymbolicLink())
    return (
      there.isSymbolicLink() && readlinkSync(at(workspace, name), { encoding: 'latin1' }) === target
    );
  if (((stats.mode ^ there.mode) & ~SPECIAL) !== 0n) return false;
  return stats.isDirectory() || isSameFile({ name, stats, there, merged, workspace });
}
