import { type Facts, SUPPLIED_TOOLS } from '../capabilities/facts.ts';
import { type Bind, type Located, readOnly, within, writable } from './mounts.ts';

/**
 * Tools that the seal is made of, and the records of what tools have to be, stay read-only where the policy
 * opens a place that they lie in. What is between the two is mounted onto itself, because a mount point
 * can neither be renamed nor removed. `mounts` is all that the policy opens or hides.
 */
export function keptMounts(mounts: readonly Located[], directories: readonly string[]): Bind[] {
  const opened = mounts.filter((mount): mount is Bind => mount.kind === 'bind' && mount.writable);
  const taken = mounts.filter(({ kind }) => kind === 'mask-directory' || kind === 'tmpfs');
  const kept = [...new Set(directories)].flatMap((directory) =>
    opened.flatMap((mount) => wayTo(directory, mount)),
  );
  return kept.filter(
    (own) =>
      !taken.some((mask) => within(own.target, mask.target)) &&
      !mounts.some((mount) => mount.target === own.target && (own.writable || isReadOnly(mount))),
  );
}

function isReadOnly(mount: Located): boolean {
  return mount.kind === 'bind' && !mount.writable;
}

/** Of all tools from a cache, and of their records. */
export function directoriesOf(tools: Facts['tools']): string[] {
  const named = SUPPLIED_TOOLS.flatMap((name) => {
    const { directory = null, record = null } = tools[name].supply ?? {};
    return [directory, record].filter((path) => path !== null);
  });
  return [...new Set(named)];
}

function wayTo(directory: string, mount: Bind): Bind[] {
  const { source, target } = mount;
  if (within(source, directory)) return [readOnly(source, target)];
  if (!within(directory, source)) return [];
  const names = directory.slice(source.length).split('/').slice(1);
  return names.map((_, index) => {
    const inner = ['', ...names.slice(0, index + 1)].join('/');
    const bind = index + 1 < names.length ? writable : readOnly;
    return bind(`${source}${inner}`, `${target}${inner}`);
  });
}
