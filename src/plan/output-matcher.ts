import { compileGlob, foldedName, neverComesOut, outputGlob } from '../policy/output-globs.ts';
import { within } from './mounts.ts';
import type { OutputsPlan } from './filesystem-types.ts';

/** Directories of ours in the workspace, while outputs are brought out. */
export const STAGING_PREFIX = '.glovebox-outputs-';

/** Paths are relative to the workspace, without `.` and `..`. */
export interface OutputMatcher {
  /** The globs, by their place among those that are no exclusions, that mean the path. */
  readonly meaning: (path: string) => readonly number[];
  /** Why a path never comes out, whatever the globs say; null where nothing speaks against it. */
  readonly keptBack: (path: string) => string | null;
  /** Some glob means the path, and nothing speaks against it. */
  readonly isOutput: (path: string) => boolean;
  /** A directory in which there may be outputs. */
  readonly mayHold: (directory: string) => boolean;
  /** Those that are no exclusions, as written. */
  readonly wanted: readonly string[];
}

/** What a plan's globs mean. */
export function outputMatcher({
  globs,
  never,
}: Pick<OutputsPlan, 'globs' | 'never'>): OutputMatcher {
  const all = globs.map((text) => ({ text, ...outputGlob(text) }));
  const wanted = all.filter(({ excludes }) => !excludes);
  const patterns = wanted.map(({ glob, plain }) => compileGlob(plain ? `${glob}/**` : glob));
  // What lies in an excluded directory is excluded with it.
  const exclusions = all
    .filter(({ excludes }) => excludes)
    .flatMap(({ glob }) => [compileGlob(glob), compileGlob(`${glob}/**`)]);
  const folded = never.map(({ path, reason }) => ({ path: foldedName(path), reason }));

  const isExcluded = (path: string): boolean => exclusions.some((pattern) => pattern.test(path));
  const meaning = (path: string): readonly number[] => {
    const meant = patterns.flatMap((pattern, index) => (pattern.test(path) ? [index] : []));
    return meant.length === 0 || isExcluded(path) ? [] : meant;
  };
  const keptBack = (path: string): string | null => {
    if (path.split('/').some((name) => neverComesOut(name)))
      return 'nothing of .git and .github comes out';
    if (path.startsWith(STAGING_PREFIX)) return 'it is a directory of Glovebox';
    const plain = foldedName(path);
    return folded.find(({ path: shut }) => shut === '' || within(plain, shut))?.reason ?? null;
  };
  return {
    meaning,
    keptBack,
    isOutput: (path) => keptBack(path) === null && meaning(path).length > 0,
    mayHold: (directory) =>
      !isExcluded(directory) && wanted.some((glob) => leadsInto(glob, directory)),
    wanted: wanted.map(({ text }) => text),
  };
}

/** False only where nothing in the directory can be meant. */
function leadsInto(
  { glob, base, plain }: { glob: string; base: string; plain: boolean },
  directory: string,
): boolean {
  if (base !== '' && !within(directory, base)) return within(base, directory);
  // Without these a glob means paths of just as many names as it has itself.
  return plain || /[({]|\*\*/.test(glob) || directory.split('/').length < glob.split('/').length;
}
