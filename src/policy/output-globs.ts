import picomatch from 'picomatch/posix.js';
import { accept, refuse, shown, type Reading } from './reading.ts';

/** What JSON Schema can say of a glob; the rest is read by hand. */
export const OUTPUT_GLOB_PATTERN = String.raw`^!?[^/~\\][^\\]*$`;
const EXPECTED =
  'a path or glob relative to the workspace, such as dist, dist/** or !dist/**/*.map, without `..` and `\\`';
const LONGEST = 1024;
/** `flags`: a name may have a newline, and `**` means that one too. */
const OPTIONS = { dot: true, nonegate: true, debug: true, flags: 's' } as const;

/** One entry of `filesystem.outputs`, taken apart. */
export interface OutputGlob {
  /** Without the `!` of an exclusion, a leading `./` and a trailing `/`. */
  readonly glob: string;
  /** Takes away from what the others name. */
  readonly excludes: boolean;
  /** The directory that everything it means lies in, or the path itself; empty for the workspace. */
  readonly base: string;
  /** It has no wildcard, and means the path with everything in it. */
  readonly plain: boolean;
}

/** Reads one entry; what could lead out of the workspace, or never comes out, is refused. */
export function readOutputGlob(raw: unknown): Reading<string> {
  if (typeof raw !== 'string' || raw === '') return refuse(`${shown(raw)} is not a glob`, EXPECTED);
  const { glob, excludes } = takenApart(raw);
  const reason = unusable(raw, glob, excludes);
  return reason === null ? accept(raw) : refuse(`${shown(raw)} ${reason}`, EXPECTED);
}

function unusable(raw: string, glob: string, excludes: boolean): string | null {
  if (raw.length > LONGEST) return 'is too long';
  if (raw.includes('\0')) return 'has a NUL';
  if (raw.includes('\\')) return 'has a backslash; `[*]` means a star itself';
  if (glob.startsWith('/')) return 'is absolute';
  if (glob.startsWith('~')) return "leads to a home, and the step's is thrown away";
  const steps = glob.split('/');
  if (steps.includes('..')) return 'leads upwards';
  if (steps.includes('') || steps.includes('.')) return 'has an empty step';
  const shut = excludes ? undefined : steps.find((step) => neverComesOut(step));
  if (shut !== undefined) return `names \`${shut}\`, which never comes out`;
  return compiles(glob) ? null : 'is not a glob that can be read';
}

function compiles(glob: string): boolean {
  try {
    compileGlob(glob);
    return true;
  } catch {
    return false;
  }
}

/** An entry that was read before, taken apart. */
export function outputGlob(text: string): OutputGlob {
  const { glob, excludes } = takenApart(text);
  const { isGlob, base } = picomatch.scan(glob);
  return { glob, excludes, base: isGlob ? base : glob, plain: !isGlob };
}

/** `!(a|b)` is a glob of its own, and no exclusion. */
function takenApart(text: string): { glob: string; excludes: boolean } {
  const excludes = text.startsWith('!') && text[1] !== '(';
  const glob = (excludes ? text.slice(1) : text).replace(/^(?:\.\/)+/, '').replace(/(?<=.)\/$/, '');
  return { glob, excludes };
}

/** Matches whole paths relative to the workspace. Throws where the glob cannot be read. */
export function compileGlob(glob: string): RegExp {
  return picomatch.makeRe(glob, OPTIONS);
}

/**
 * A name as a file system that ignores case would compare it, so that `.GIT` is known for what it is.
 * Such file systems also leave out characters that nobody sees.
 */
export function foldedName(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase();
}

/**
 * What git and the CI system read by themselves: whoever writes it decides what later steps run. Some
 * file systems leave out dots and blanks at the end, or know a name by a short one as well.
 */
export function neverComesOut(name: string): boolean {
  return ['.git', '.github', 'git~1'].includes(foldedName(name).replace(/[. ]+$/, ''));
}
