import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
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
  const files = commandFiles(command[0] ?? '', onPath, around.cwd);
  const ours = (path: string): boolean =>
    !spellings(path).some((name) => within(name, around.workspace));
  const managed = (directory: string): boolean =>
    spellings(directory).some((name) => managerOf(name, around.home) !== undefined);
  const found = [
    ...onPath.map((directory) => ({ from: directory, to: linkTargets(directory) })),
    ...files.map(({ from, to }) => ({ from, to: [dirname(to)] })),
  ];
  const candidates = [
    ...onPath,
    ...found.flatMap(({ from, to }) => (ours(from) ? to : to.filter(managed))),
  ];
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

/** The command's file, what its symlinks lead to, and the interpreter in its first line: each with where that is said. */
function commandFiles(
  command: string,
  onPath: readonly string[],
  cwd: string,
): { readonly from: string; readonly to: string }[] {
  const tries = command.includes('/')
    ? [join(isAbsolute(command) ? '/' : cwd, command)]
    : onPath.map((directory) => join(directory, command));
  const file = tries.find((candidate) => isFile(candidate));
  if (file === undefined) return [];
  const real = realpathSync(file);
  const interpreter = shebang(real);
  return [
    { from: file, to: file },
    { from: dirname(file), to: real },
    ...(interpreter !== null && isFile(interpreter)
      ? [
          { from: real, to: interpreter },
          { from: real, to: realpathSync(interpreter) },
        ]
      : []),
  ];
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
function linkTargets(directory: string): string[] {
  // The system's own directories point into themselves, and reading them is slow.
  if (['/usr/bin', '/bin', '/usr/sbin', '/sbin'].includes(directory)) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .flatMap((entry) => {
        const target = resolved(join(directory, entry.name));
        return target === null ? [] : [dirname(target)];
      });
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
