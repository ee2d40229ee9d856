import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TOOL_NAMES, type ToolFact, type ToolName } from '../capabilities/facts.ts';
import { execute } from './execute.ts';

/** Where system programs live; /sbin is often missing from an ordinary user's PATH. */
const SYSTEM_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

const VERSION_FLAG: Partial<Record<ToolName, string>> = {
  bwrap: '--version',
  slirp4netns: '--version',
  pasta: '--version',
  nft: '--version',
};

/**
 * Finds the system programs. The system's own directories come before PATH: a directory early in
 * PATH may be one that a step could write.
 */
export async function locateTools(path: string): Promise<Record<ToolName, ToolFact>> {
  const directories = searchOrder(path);
  const found = await Promise.all(
    TOOL_NAMES.map(async (name): Promise<[ToolName, ToolFact]> => {
      const file = await findTool(name, directories);
      return [name, { path: file, version: await versionOf(name, file) }];
    }),
  );
  return Object.fromEntries(found) as Record<ToolName, ToolFact>;
}

/** Where programs are looked for, given a PATH. */
export function searchOrder(path: string): string[] {
  return [...SYSTEM_DIRECTORIES, ...path.split(':').filter((entry) => entry.startsWith('/'))];
}

/** The first executable file of that name, as an absolute path with symlinks resolved. */
export async function findProgram(
  name: string,
  directories: readonly string[],
): Promise<string | null> {
  const file = await firstExecutable(name, directories);
  return file === null ? null : await realpath(file);
}

/** pasta is passt under another name, and does what it is called by. */
async function findTool(name: ToolName, directories: readonly string[]): Promise<string | null> {
  return await (name === 'pasta' ? firstExecutable : findProgram)(name, directories);
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

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function versionOf(name: ToolName, file: string | null): Promise<string | null> {
  const flag = VERSION_FLAG[name];
  if (flag === undefined || file === null) return null;
  const { stdout } = await execute([file, flag], { timeout: 5000 });
  // pasta has dates: 2024_08_21.1d6142f, or 0.0~git20240220.1e6f92b on a distribution.
  const pattern = name === 'pasta' ? /\d{4}_?\d\d_?\d\d/ : /\d+(?:\.\d+)+/;
  return pattern.exec(stdout)?.[0] ?? null;
}
