import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { within } from '../plan/mounts.ts';

interface Surroundings {
  readonly home: string;
  readonly workspace: string;
  readonly cwd: string;
}

/** Already there in every sandbox. */
const BASE = ['/usr', '/bin', '/sbin', '/lib', '/lib64'];

/** Under the home directory: where version managers keep programs, and nothing else. */
const VERSION_MANAGERS: readonly { readonly found: string; readonly needs: readonly string[] }[] = [
  { found: '.cargo/bin', needs: ['.cargo/bin', '.rustup'] },
  { found: '.pyenv', needs: ['.pyenv'] },
  { found: '.rbenv', needs: ['.rbenv'] },
  { found: '.nodenv', needs: ['.nodenv'] },
  { found: '.nvm', needs: ['.nvm'] },
  { found: '.volta', needs: ['.volta'] },
  { found: '.asdf', needs: ['.asdf'] },
  { found: '.goenv', needs: ['.goenv'] },
  { found: '.sdkman', needs: ['.sdkman'] },
  { found: '.jenv', needs: ['.jenv'] },
  { found: '.local/share/mise', needs: ['.local/share/mise'] },
  { found: '.local/share/fnm', needs: ['.local/share/fnm'] },
  { found: '.local/bin', needs: ['.local/bin', '.local/lib', '.local/pipx'] },
];

/**
 * The directories, outside the base system and the workspace, that the programs on PATH and the
 * command need: each with its prefix (`/opt/node/bin` needs `/opt/node`), symlinks resolved.
 * What a symlink or a script in the workspace leads to counts only where version managers keep
 * programs: the change under test may have brought it, and could choose what is shown.
 */
export function toolDirectories(
  command: readonly string[],
  path: string,
  around: Surroundings,
): string[] {
  const onPath = path
    .split(':')
    .filter((entry) => isAbsolute(entry))
    .map((entry) => resolve(entry));
  const ways = [
    ...onPath.map((directory) => [directory]),
    ...onPath.flatMap((directory) => linksIn(directory).map(wayTo)),
    commandWay(command[0] ?? '', onPath, around.cwd),
  ];
  const candidates = ways.flatMap((way) => believed(way, around));
  const needed = candidates.flatMap((directory) => withPrefix(directory, around));
  const existing = [...new Set(needed)].filter(
    (directory) => isDirectory(directory) && !insideBase(directory) && isSafe(directory, around),
  );
  return existing
    .filter(
      (directory) => !existing.some((other) => other !== directory && within(directory, other)),
    )
    .sort();
}

/** From where the workspace comes in, only what version managers keep. */
function believed(way: readonly string[], { home, workspace }: Surroundings): string[] {
  const names = way.map(spellings);
  const first = names.findIndex((spelled) => spelled.some((name) => within(name, workspace)));
  return way.filter(
    (_, index) =>
      first === -1 ||
      index < first ||
      names[index]?.some((name) => managerOf(name, home) !== undefined),
  );
}

/** The directories of the command's file, of what its symlinks lead to, and of the interpreter in its first line. */
function commandWay(command: string, onPath: readonly string[], cwd: string): string[] {
  const tries = command.includes('/')
    ? [join(isAbsolute(command) ? '/' : cwd, command)]
    : onPath.map((directory) => join(directory, command));
  const file = tries.find((candidate) => isFile(candidate));
  if (file === undefined) return [];
  const interpreter = shebang(file);
  return [
    ...wayTo(file),
    ...(interpreter !== null && isFile(interpreter) ? wayTo(interpreter) : []),
  ];
}

/** The directories of a file's names, symlink by symlink. */
function wayTo(file: string): string[] {
  const names = [file];
  for (let name: string | null = file; name !== null && names.length < LONGEST_WAY;) {
    name = nextName(name);
    if (name !== null) names.push(name);
  }
  return names.map((name) => dirname(name));
}

function nextName(link: string): string | null {
  try {
    return resolve(realpathSync(dirname(link)), readlinkSync(link));
  } catch {
    return null; // No symlink: the way ends here.
  }
}

function shebang(file: string): string | null {
  const head = Buffer.alloc(256);
  try {
    const fd = openSync(file, 'r');
    const length = readSync(fd, head, 0, head.length, 0);
    closeSync(fd);
    return /^#!\s*(\/\S+)/.exec(head.toString('latin1', 0, length))?.[1] ?? null;
  } catch {
    return null; // Executable but not readable: then it is no script.
  }
}

/** Programs are often symlinks to a directory of their own, such as /usr/local/bin/x to /opt/x/bin/x. */
function linksIn(directory: string): string[] {
  // The system's own directories point into themselves, and reading them is slow.
  if (['/usr/bin', '/bin', '/usr/sbin', '/sbin'].includes(directory)) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => join(directory, entry.name))
      .filter((link) => resolved(link) !== null);
  } catch {
    return [];
  }
}

function withPrefix(directory: string, { home }: Surroundings): string[] {
  if (resolved(directory) === null) return [];
  return spellings(directory).flatMap((spelling) => {
    const manager = managerOf(spelling, home);
    if (manager !== undefined) return manager.needs.map((name) => join(home, name));
    const prefix = dirname(spelling);
    const hasPrefix =
      ['bin', 'sbin', 'shims'].includes(basename(spelling)) && isOwnPrefix(prefix, home);
    return [hasPrefix ? prefix : spelling];
  });
}

function managerOf(path: string, home: string): (typeof VERSION_MANAGERS)[number] | undefined {
  return VERSION_MANAGERS.find(({ found }) => within(path, join(home, found)));
}

/** `/opt/node` is a program's own; `/home/me` and `/home/me/.local` hold everything of somebody's. */
function isOwnPrefix(prefix: string, home: string): boolean {
  const homes = spellings(home);
  return spellings(prefix).every(
    (name) =>
      name.split('/').length > 2 &&
      !homes.some((inner) => within(inner, name)) &&
      !['/home', ...homes].includes(dirname(name)),
  );
}

/** By each of its names: a symlink to the home directory is the home directory. */
function isSafe(directory: string, { home, workspace }: Surroundings): boolean {
  return spellings(directory).every(
    (name) =>
      !spellings(home).some((inner) => within(inner, name)) &&
      !within(workspace, name) &&
      !within(name, workspace) &&
      !NEVER.includes(name),
  );
}

/** The kernel follows no more. */
const LONGEST_WAY = 40;

const NEVER = ['/', '/proc', '/sys', '/dev', '/run', '/tmp', '/etc', '/var', '/home', '/root'];

function insideBase(directory: string): boolean {
  return BASE.some((base) => within(directory, base));
}

function spellings(path: string): string[] {
  return [...new Set([path, resolved(path) ?? path])];
}

function resolved(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
