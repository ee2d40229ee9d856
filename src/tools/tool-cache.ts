import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Supply, SuppliedTool } from '../capabilities/facts.ts';
import {
  type Archive,
  entryOf,
  readManifest,
  readRecord,
  startOf,
  type ToolManifest,
  type ToolTree,
} from '../capabilities/tool-manifest.ts';
import { within } from '../plan/mounts.ts';
import { closedToRoot } from './ownership.ts';
import { treeProblem } from './trees.ts';

type Environment = Readonly<Record<string, string>>;

/** In the repository, and so in every release: it says what archives of tools have to be. */
const MANIFEST = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../..' : '..',
  'tools/manifest.json',
);

/** Without one no archive is known, and `problem` says why. */
export function knownArchives(file = MANIFEST): ToolManifest & { readonly problem: string | null } {
  const none = { version: 1, release: null, archives: [] } as const;
  try {
    const { value, problem } = readManifest(readFileSync(file, 'utf8'));
    return { ...(value ?? { ...none, archives: [] }), problem };
  } catch (error) {
    return { ...none, archives: [], problem: messageOf(error) };
  }
}

/** Where tools are cached, best first: in the runner's tool cache, and in a place of our own. */
export function cacheRoots(environment: Environment): string[] {
  const runners = environment['RUNNER_TOOL_CACHE'] ?? '';
  const own = ownPlace(environment, 'XDG_CACHE_HOME', '/var/cache', '.cache');
  return [...(isAbsolute(runners) ? [runners] : []), own];
}

/** Where it is written down what was unpacked from packages: apart from the caches. */
export function recordsDirectory(environment: Environment): string {
  return ownPlace(environment, 'XDG_STATE_HOME', '/var/lib', '.local/state');
}

function ownPlace(environment: Environment, name: string, roots: string, users: string): string {
  const given = environment[name] ?? '';
  const home = environment['HOME'] ?? '';
  const usual = process.getuid?.() === 0 ? roots : join(isAbsolute(home) ? home : homedir(), users);
  return join(isAbsolute(given) ? given : usual, 'glovebox');
}

export interface Cached {
  readonly found: { readonly supply: Omit<Supply, 'sha256'>; readonly file: string } | null;
  /** What was there and is not taken, each with the reason. */
  readonly passedOver: readonly string[];
}

/**
 * A tool in a cache whose every byte is what it should be. What lies in `workspaces` may be of whoever wrote
 * these, and says nothing about that.
 */
export function findCached(
  tool: SuppliedTool,
  environment: Environment,
  known?: ToolManifest,
  workspaces: readonly string[] = [],
): Cached {
  const roots = cacheRoots(environment).filter((root) => existsSync(root));
  if (roots.length === 0) return { found: null, passedOver: [] };
  const passedOver: string[] = [];
  const { archives } = known ?? knownArchives();
  const entries = [
    ...archivesIn(roots, tool, archives),
    ...recorded(tool, environment, workspaces, passedOver),
  ];
  for (const { source, tree, directory, record } of entries) {
    const problem = problemOf(directory, tree);
    if (problem !== null) {
      passedOver.push(`${directory}: ${problem}`);
      continue;
    }
    const real = realpathSync(directory);
    const supply = { source, command: startOf(tree, real), directory: real, record };
    return { found: { supply, file: join(real, tree.program) }, passedOver };
  }
  return { found: null, passedOver };
}

interface Entry {
  readonly source: 'archive' | 'packages';
  readonly tree: ToolTree;
  readonly directory: string;
  readonly record: string | null;
}

function archivesIn(
  roots: readonly string[],
  tool: SuppliedTool,
  archives: readonly Archive[],
): Entry[] {
  const fitting = archives.filter((one) => one.tool === tool && one.arch === process.arch);
  return fitting.flatMap((tree) =>
    roots
      .map((root) => join(root, entryOf(tree)))
      .filter((directory) => existsSync(directory))
      .map((directory) => ({ source: 'archive', tree, directory, record: null })),
  );
}

function recorded(
  tool: SuppliedTool,
  environment: Environment,
  workspaces: readonly string[],
  passedOver: string[],
): Entry[] {
  const record = recordsDirectory(environment);
  const file = join(record, `${tool}.json`);
  if (!existsSync(file)) return [];
  if (workspaces.some((place) => within(realpathSync(file), place))) {
    passedOver.push(`${file}: it lies in the workspace`);
    return [];
  }
  const { value, problem } = isOurs(file)
    ? readRecord(readFileSync(file, 'utf8'))
    : { value: null, problem: 'others could have written it' };
  if (value === null) {
    passedOver.push(`${file}: ${problem}`);
    return [];
  }
  return [{ source: 'packages', tree: value, directory: value.directory, record }];
}

function isOurs(file: string): boolean {
  return [file, dirname(file)].every((path) => {
    const { uid, mode } = lstatSync(path);
    return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
  });
}

function problemOf(directory: string, { files }: ToolTree): string | null {
  // The marker is written last.
  if (!existsSync(`${directory}.complete`)) return 'it was not written to its end';
  return treeProblem(directory, files) ?? closedToRoot(directory);
}
