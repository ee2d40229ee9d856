import { bounded } from '../base/text.ts';
import { within } from '../plan/mounts.ts';
import { steeringReason } from '../policy/steering.ts';
import {
  isWritableName,
  type Entry,
  type EntryFile,
  type FileProblem,
  type PathFile,
} from './command-files.ts';

/** The step's own files, as parsed. */
export interface StepFiles {
  readonly outputs: EntryFile;
  readonly env: EntryFile;
  readonly path: PathFile;
}

/** What the policy lets out of the step. */
export interface PromotionRules {
  readonly outputs: readonly string[];
  readonly env: readonly string[];
  /** Directories, absolute or relative to the workspace: a step may put these and what is in them on PATH. */
  readonly path: readonly string[];
  /** Absolute. */
  readonly workspace: string;
}

export type PromotionKind = 'output' | 'env' | 'path';

export interface LeftBehind {
  readonly kind: PromotionKind;
  /** The step's own text, cut when long: a name, or a whole path. */
  readonly name: string;
  /** One clause, such as `the policy does not name it`. */
  readonly reason: string;
}

/** What goes on to the runner, and what does not. */
export interface Promotion {
  readonly outputs: readonly Entry[];
  readonly env: readonly Entry[];
  /** Absolute and normalised, in the step's order; the runner puts the last one first. */
  readonly path: readonly string[];
  /** The first ones. */
  readonly leftBehind: readonly LeftBehind[];
  readonly leftBehindCount: number;
  /** A kind with a problem hands on nothing. */
  readonly problems: readonly (FileProblem & { readonly kind: PromotionKind })[];
}

const SHOWN = 50;
const LONGEST_NAME = 200;
/** A path on Linux is no longer. */
const LONGEST_PATH = 4096;
const NOT_NAMED = 'the policy does not name it';

/** Decides what of a step's files reaches later steps: what the policy names, and of that only the harmless. */
export function promote(files: StepFiles, rules: PromotionRules): Promotion {
  const outputs = promoteOutputs(files.outputs.entries, rules.outputs);
  const env = promoteEnv(files.env.entries, rules.env);
  const path = promotePaths(files.path.paths, rules);
  const left = [...outputs.left, ...env.left, ...path.left];
  return {
    outputs: outputs.passed,
    env: env.passed,
    path: path.passed,
    leftBehind: left.slice(0, SHOWN),
    leftBehindCount: left.length,
    problems: [
      ...files.outputs.problems.map((problem) => ({ kind: 'output' as const, ...problem })),
      ...files.env.problems.map((problem) => ({ kind: 'env' as const, ...problem })),
      ...files.path.problems.map((problem) => ({ kind: 'path' as const, ...problem })),
    ],
  };
}

interface Decision<T> {
  readonly passed: readonly T[];
  readonly left: readonly LeftBehind[];
}

/** The runner keeps outputs without regard to case, and the last value of each; they go on as the policy spells them. */
function promoteOutputs(entries: readonly Entry[], names: readonly string[]): Decision<Entry> {
  const spelling = new Map(names.map((name) => [name.toLowerCase(), name]));
  return decideEntries('output', entries, (name) => {
    const spelt = spelling.get(name.toLowerCase());
    return spelt === undefined ? { reason: NOT_NAMED } : usable(spelt);
  });
}

/** The runner on Linux keeps variables by their exact name, and so do the programs that read them. */
function promoteEnv(entries: readonly Entry[], names: readonly string[]): Decision<Entry> {
  const named = new Set(names);
  return decideEntries('env', entries, (name) => {
    const reason = named.has(name) ? steeringReason(name) : NOT_NAMED;
    return reason === null ? usable(name) : { reason };
  });
}

type Verdict = { readonly name: string } | { readonly reason: string };

function usable(name: string): Verdict {
  return isWritableName(name) ? { name } : { reason: 'the runner could not read the name back' };
}

function decideEntries(
  kind: PromotionKind,
  entries: readonly Entry[],
  judge: (name: string) => Verdict,
): Decision<Entry> {
  const passed = new Map<string, Entry>();
  const left = new Map<string, LeftBehind>();
  for (const { name, value } of entries) {
    const verdict = judge(name);
    if ('name' in verdict) passed.set(verdict.name, { name: verdict.name, value });
    else left.set(name, leftBehind(kind, name, verdict.reason));
  }
  return { passed: [...passed.values()], left: [...left.values()] };
}

function promotePaths(paths: readonly string[], rules: PromotionRules): Decision<string> {
  const allowed = rules.path.map((path) => normalised(path, rules.workspace));
  const passed = new Set<string>();
  const left = new Map<string, LeftBehind>();
  for (const path of paths) {
    const full = normalised(path, rules.workspace);
    const reason = pathReason(path, full, allowed);
    if (reason === null) {
      // As the runner does: an entry that comes again moves to the end.
      passed.delete(full);
      passed.add(full);
    } else left.set(path, leftBehind('path', path, reason));
  }
  return { passed: [...passed], left: [...left.values()] };
}

function pathReason(path: string, full: string, allowed: readonly string[]): string | null {
  if (path.length > LONGEST_PATH) return 'it is too long for a path';
  if (path === '' || /[:\p{C}\p{Zl}\p{Zp}]/u.test(path))
    return 'it has a character that PATH cannot hold, or that nobody would see';
  return allowed.some((directory) => within(full, directory)) ? null : NOT_NAMED;
}

/** Absolute, without `.`, `..` and doubled slashes. By its letters alone: a symlink may still lead elsewhere. */
function normalised(path: string, workspace: string): string {
  const whole = path.startsWith('/') ? path : `${workspace}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function leftBehind(kind: PromotionKind, name: string, reason: string): LeftBehind {
  return { kind, name: bounded(name, LONGEST_NAME), reason };
}
