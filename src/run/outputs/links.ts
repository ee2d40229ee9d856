import type { Raw } from './open-at.ts';
import { OutputProblem } from './problem.ts';
import type { Output, Survey, Told } from './survey.ts';

/** As many as the kernel follows. */
const MOST_LINKS = 40;
/** Names in the targets of all symlinks together, and of those that they lead through: some seconds of work. */
const MOST_STEPS = 20_000_000;

/** What is to be brought out, after the links among the outputs were looked at. */
export interface Judged {
  readonly wanted: readonly Output[];
  readonly refused: readonly Told[];
  readonly leftOut: readonly Told[];
  /** Globs that mean something, by their place. */
  readonly met: ReadonlySet<number>;
}

/**
 * Links stay links where all that they lead to is inside; a changed one that leads out is refused. Throws
 * where they lead through more than can be followed.
 */
export function judgeLinks({ outputs, directories, refused, leftOut }: Survey): Judged {
  const left = { steps: MOST_STEPS };
  const byPath = new Map(outputs.map((output) => [output.path, output]));
  const groups = hardLinks(outputs);
  const out: Told[] = [...refused];
  const stays: Told[] = [...leftOut];
  const wanted: Output[] = [];
  const met = new Set<number>();
  for (const output of outputs) {
    const group = groups.get(inodeOf(output)) ?? { names: 1, comes: !output.unchanged };
    const reason =
      output.kind === 'link'
        ? leadsOut(output, byPath, directories, left)
        : hasOtherNames(output, group)
          ? 'it has another name outside of the outputs: a hard link'
          : null;
    if (reason !== null && output.kind === 'link' && output.unchanged) {
      stays.push({ path: output.path, reason });
      continue;
    }
    for (const glob of output.globs) met.add(glob);
    if (!group.comes) continue;
    if (reason === null) wanted.push(output);
    else out.push({ path: output.path, reason });
  }
  return { wanted, refused: out, leftOut: stays, met };
}

/** A file that has several names. */
interface Group {
  /** How many of them are outputs. */
  names: number;
  /** They are brought out together, so that they stay names of one file. */
  comes: boolean;
}

function hardLinks(outputs: readonly Output[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const output of outputs) {
    if (output.kind !== 'file' || output.stats.nlink < 2n) continue;
    const key = inodeOf(output);
    const group = groups.get(key) ?? { names: 0, comes: false };
    group.names += 1;
    group.comes ||= !output.unchanged;
    groups.set(key, group);
  }
  return groups;
}

/** The same for all names of one file. */
export function inodeOf({ stats }: Output): string {
  return `${stats.dev}:${stats.ino}`;
}

function hasOtherNames({ kind, stats }: Output, { names }: Group): boolean {
  return kind === 'file' && stats.nlink > BigInt(names);
}

/**
 * Follows a symlink as the kernel would, but only through what the survey has seen. Every directory
 * that it comes through is a real one, so `..` means what it says.
 */
function leadsOut(
  { path, target }: Output,
  outputs: ReadonlyMap<Raw, Output>,
  directories: ReadonlyMap<Raw, unknown>,
  left: { steps: number },
): string | null {
  const outside = 'it is a symlink that leads out of the outputs';
  const here = path.split('/').slice(0, -1);
  const ahead = target.split('/');
  if (target.startsWith('/')) return outside;
  for (let links = 0; ahead.length > 0;) {
    left.steps -= 1;
    if (left.steps < 0)
      throw new OutputProblem(path, 'the symlinks lead through more than can be followed');
    const step = ahead.shift();
    if (step === undefined || step === '' || step === '.') continue;
    if (step === '..') {
      if (here.pop() === undefined) return outside;
      continue;
    }
    const next = [...here, step].join('/');
    const found = outputs.get(next);
    if (found?.kind === 'link') {
      if ((links += 1) > MOST_LINKS || found.target.startsWith('/')) return outside;
      ahead.unshift(...found.target.split('/'));
      continue;
    }
    if (found === undefined && !directories.has(next)) return outside;
    if (found?.kind === 'file' && ahead.length > 0) return outside;
    here.push(step);
  }
  return outputs.has(here.join('/')) ? null : outside;
}
