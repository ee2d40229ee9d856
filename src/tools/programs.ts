import { constants, realpathSync, statSync } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  SUPPLIED_TOOLS,
  type SuppliedTool,
  type Supply,
  TOOL_NAMES,
  type ToolFact,
  type ToolName,
} from '../capabilities/facts.ts';
import { type Candidate, unfit } from '../capabilities/supply.ts';
import { within } from '../plan/mounts.ts';
import { execute } from './execute.ts';
import { rewritable } from './ownership.ts';
import { findCached } from './tool-cache.ts';
import { sha256 } from './trees.ts';

/** Where system programs live; /sbin is often missing from an ordinary user's PATH. */
const SYSTEM_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/** pasta has dates: 2024_08_21.1d6142f, or 0.0~git20240220.1e6f92b on a distribution. */
const PASTA_VERSION = /\d{4}_?\d\d_?\d\d/;
const VERSION = /\d+(?:\.\d+)+/;

/**
 * Finds the system programs. The system's own directories come before PATH: a directory early in
 * PATH may be one that a step could write. Of those that Glovebox can bring along, one in a tool cache
 * comes first, and what is not fit for use is passed over.
 */
export async function locateTools(
  environment: Readonly<Record<string, string>>,
  workspaces: readonly string[] = [],
): Promise<Record<ToolName, ToolFact>> {
  const directories = orderOutside(environment['PATH'] ?? '', workspaces);
  // Doctor may well be asked at home, which is nobody's workspace.
  const own = [ownDirectory()].filter((place) => !within(homeOf(environment), realOf(place)));
  const places = checkedOut([...workspaces, ...own]);
  const found = await Promise.all(
    TOOL_NAMES.map(async (name): Promise<[ToolName, ToolFact]> => {
      if (isSupplied(name))
        return [name, await findSupplied(name, directories, environment, places)];
      return [name, await findOther(name, directories)];
    }),
  );
  return Object.fromEntries(found) as Record<ToolName, ToolFact>;
}

async function findOther(name: ToolName, directories: readonly string[]): Promise<ToolFact> {
  const passedOver: string[] = [];
  for (const directory of directories) {
    const file = await firstExecutable(name, [directory]);
    if (file === null) continue;
    const open = openPart(file);
    if (open !== null) passedOver.push(`${file}: ${open} could be rewritten by a step`);
    // passt under another name, and it does what it is called by: its symlink stays one.
    else if (name === 'pasta')
      return { path: file, version: (await versionOf([file], PASTA_VERSION)).version };
    else return { path: await realpath(file), version: null };
  }
  return { path: null, version: null, passedOver };
}

/** What of a program's way a step could rewrite, the symlink by which it was found included; null: nothing. */
function openPart(file: string): string | null {
  return rewritable(file) ?? rewritable(dirname(file));
}

function isSupplied(name: ToolName): name is SuppliedTool {
  return SUPPLIED_TOOLS.some((supplied) => supplied === name);
}

async function findSupplied(
  name: SuppliedTool,
  directories: readonly string[],
  environment: Readonly<Record<string, string>>,
  places: readonly string[],
): Promise<ToolFact> {
  const { found, passedOver: inCaches } = findCached(name, environment, undefined, places);
  const passedOver = [...inCaches];
  const candidates = [
    ...(found === null ? [] : [found]),
    ...(await programsNamed(name, directories)).map((file) => ({ file, supply: asSystems(file) })),
  ];
  for (const { file, supply } of candidates) {
    const { candidate, hash } = await lookAt(file, supply);
    const reason = unfit(name, candidate);
    if (reason === null)
      return {
        path: file,
        version: candidate.version,
        supply: { ...supply, sha256: hash },
        passedOver,
      };
    passedOver.push(`${file}: ${reason}`);
  }
  return { path: null, version: null, passedOver };
}

function asSystems(file: string): Omit<Supply, 'sha256'> {
  return { source: 'system', command: [file], directory: null, record: null };
}

async function lookAt(
  file: string,
  { source, command }: Omit<Supply, 'sha256'>,
): Promise<{ candidate: Candidate; hash: string }> {
  const setuid = (statSync(file).mode & 0o6000) !== 0;
  // What is in a cache is ours to write, and was compared with what it has to be.
  const open = source === 'system' ? rewritable(file) : null;
  // Nothing is run that is known to be unfit.
  const none = { version: null, said: '' };
  const told = setuid || open !== null ? none : await versionOf(command);
  return {
    candidate: { setuid, rewritable: open, ...told },
    hash: sha256(await readFile(file)),
  };
}

async function versionOf(
  command: readonly string[],
  pattern = VERSION,
): Promise<Pick<Candidate, 'version' | 'said'>> {
  const { code, stdout, stderr } = await execute([...command, '--version']);
  const version = code === 0 ? (pattern.exec(stdout)?.[0] ?? null) : null;
  return { version, said: stderr.trim().split('\n')[0] ?? '' };
}

/** Where programs are looked for, given a PATH. */
export function searchOrder(path: string): string[] {
  return [...SYSTEM_DIRECTORIES, ...path.split(':').filter((entry) => entry.startsWith('/'))];
}

/**
 * The same for programs of the seal: nowhere in a workspace, our own directory or another that is named.
 * Whoever owns what lies there, a step may have made it.
 */
export function orderOutside(path: string, workspaces: readonly string[] = []): string[] {
  const places = checkedOut([...workspaces, ownDirectory()]);
  return searchOrder(path).filter(
    (entry) =>
      SYSTEM_DIRECTORIES.includes(entry) || !places.some((place) => within(realOf(entry), place)),
  );
}

/** Where somebody else may have written: these, and the job's workspace. Real, and never all of the machine. */
function checkedOut(workspaces: readonly string[]): string[] {
  return [...workspaces, process.env['GITHUB_WORKSPACE'] ?? '']
    .filter((place) => place.startsWith('/'))
    .map(realOf)
    .filter((place) => place !== '/');
}

function ownDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return ''; // It is gone.
  }
}

function homeOf(environment: Readonly<Record<string, string>>): string {
  return realOf(environment['HOME'] || homedir());
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // It is not there.
  }
}

/** The first program of that name which no step could have rewritten, as `findProgram` gives it. */
export async function findKept(
  name: string,
  directories: readonly string[],
): Promise<string | null> {
  for (const directory of directories) {
    const file = await findProgram(name, [directory]);
    if (file !== null && rewritable(file) === null) return file;
  }
  return null;
}

/** The first executable file of that name, as an absolute path with symlinks resolved. */
export async function findProgram(
  name: string,
  directories: readonly string[],
): Promise<string | null> {
  const file = await firstExecutable(name, directories);
  return file === null ? null : await realpath(file);
}

async function firstExecutable(
  name: string,
  directories: readonly string[],
): Promise<string | null> {
  for (const directory of directories) {
    const file = join(directory, name);
    if (await isExecutable(file)) return file;
  }
  return null;
}

/** All of them, each once. */
async function programsNamed(name: string, directories: readonly string[]): Promise<string[]> {
  const found = await Promise.all(directories.map(async (at) => await findProgram(name, [at])));
  return [...new Set(found.filter((file) => file !== null))];
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
