import type { Mount } from './filesystem-types.ts';

/** A mount that has a place in the tree of its own. */
export type Located = Extract<Mount, { target: string }>;

/** A directory or file of the host, and where the step sees it. */
export type Bind = Extract<Located, { kind: 'bind' }>;

export function readOnly(source: string, target = source): Bind {
  return { kind: 'bind', source, target, writable: false };
}

export function writable(source: string, target = source): Bind {
  return { kind: 'bind', source, target, writable: true };
}

/** Whether `path` is `directory` or lies under it. Both absolute and without `..`. */
export function within(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** Parents before children; of two mounts on one path the later wins. */
export function inOrder(mounts: readonly Located[]): Located[] {
  const byTarget = new Map<string, Located>();
  for (const mount of mounts) {
    byTarget.delete(mount.target);
    byTarget.set(mount.target, mount);
  }
  return [...byTarget.values()].sort((a, b) => depth(a.target) - depth(b.target));
}

/** What is put over what the step is not to see. */
interface Masks {
  /** The path of an empty file. */
  readonly file: string;
  /** The path of an empty directory. */
  readonly directory: string;
}

/** Relative to the scratch directory. */
export const EMPTY: Masks = { file: 'files/empty', directory: 'empty' };

export function masksIn(scratch: string): Masks {
  return { file: `${scratch}/${EMPTY.file}`, directory: `${scratch}/${EMPTY.directory}` };
}

/** bubblewrap's options for a file tree. Every path is absolute, so none is taken for an option. */
export function bwrapOptions(mounts: readonly Mount[], masks: Masks): string[] {
  const whole = mounts.some(({ kind }) => kind === 'host-root');
  return [
    ...mounts.flatMap((mount) => optionOf(mount, masks)),
    ...(whole ? [] : ['--remount-ro', '/']),
  ];
}

function optionOf(mount: Mount, masks: Masks): string[] {
  switch (mount.kind) {
    case 'bind':
      return [mount.writable ? '--bind' : '--ro-bind', mount.source, mount.target];
    case 'symlink':
      return ['--symlink', mount.to, mount.target];
    case 'tmpfs':
      return mount.source === undefined
        ? ['--perms', mount.mode, '--tmpfs', mount.target]
        : ['--bind', mount.source, mount.target];
    case 'way':
      return ['--perms', '0755', '--dir', mount.target];
    case 'mask-file':
      return ['--ro-bind', masks.file, mount.target];
    case 'mask-directory':
      return ['--ro-bind', masks.directory, mount.target];
    case 'host-root':
      return ['--dev-bind', '/', '/'];
    case 'proc':
      return [
        '--proc',
        '/proc',
        ...mount.covered.flatMap((path) => ['--ro-bind', '/dev/null', path]),
      ];
    case 'dev':
      return ['--dev', '/dev', '--perms', '1777', '--tmpfs', '/dev/shm'];
  }
}

function depth(path: string): number {
  return path.split('/').length;
}
