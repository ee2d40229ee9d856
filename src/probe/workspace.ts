import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { GloveboxError } from '../base/errors.ts';
import { within } from '../plan/mounts.ts';
import type { NamedPath, PathKind } from '../plan/site.ts';
import type { Policy } from '../policy/types.ts';

/** The directory to run in, which need not exist on the host where it `mayAppear`. */
export function workingDirectory(directory: string, mayAppear: boolean): string {
  const absolute = resolve(directory);
  const kind = kindOf(absolute);
  if (kind === 'missing' && mayAppear) return absolute;
  if (kind !== 'directory') {
    throw new GloveboxError(
      'input-invalid',
      `the directory to run in ${kind === 'missing' ? 'does not exist' : 'is not a directory'}: ${absolute}`,
      { remedy: 'give an existing directory with -C' },
    );
  }
  return realpathSync(absolute);
}

/**
 * The runner's workspace when we are in it; otherwise the directory itself. A symlink in the workspace
 * may be the proposed change's: it does not choose what is taken for the workspace.
 */
export function chooseWorkspace(asked: string, cwd: string, announced: string | undefined): string {
  if (announced === undefined || !isAbsolute(announced) || kindOf(announced) !== 'directory')
    return cwd;
  const real = realpathSync(announced);
  if (within(cwd, real)) return real;
  if (!within(asked, real) && !within(asked, resolve(announced))) return cwd;
  throw new GloveboxError(
    'input-invalid',
    `the directory to run in, ${asked}, leads out of the workspace through a symlink, to ${cwd}`,
    { remedy: 'name the directory itself' },
  );
}

/** A workspace that holds the system or the whole home directory would undo the seal. */
export function refuseUnsealable(workspace: string, home: string): void {
  const realHome = existsSync(home) ? realpathSync(home) : home;
  const system = [
    '/usr',
    '/etc',
    '/proc',
    '/sys',
    '/dev',
    '/run',
    '/tmp',
    '/var',
    '/var/tmp',
    '/home',
    '/bin',
    '/lib',
  ];
  const holdsHome = within(realHome, workspace);
  if (workspace === '/' || system.includes(workspace) || holdsHome) {
    throw new GloveboxError(
      'input-invalid',
      `${workspace} cannot be a workspace: it ${holdsHome ? 'holds the home directory' : 'belongs to the system'}`,
      { remedy: 'run in the directory of one project, or name it with -C' },
    );
  }
}

/** A sandbox has a root of its own, with directories of the machine in it. */
export function refuseWholeSystem(
  { filesystem }: Policy,
  named: Readonly<Record<'read' | 'write' | 'hide', readonly NamedPath[]>>,
): void {
  if (filesystem.mode.value === 'off') return;
  for (const key of ['read', 'write', 'hide'] as const)
    if (named[key].some(({ real }) => real === '/'))
      throw new GloveboxError(
        'input-invalid',
        `filesystem.${key} names the root directory, which no sandbox can be built around`,
        { remedy: 'name the directories that the step needs, or use filesystem.mode off' },
      );
}

/** What a path leads to. */
export function kindOf(path: string): PathKind {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other';
  } catch {
    return 'missing';
  }
}
