import type { ToolCommands } from '../capabilities/facts.ts';
import type { StepIdentity } from './types.ts';

type Identity = Pick<StepIdentity, 'uid' | 'gid' | 'byRoot'>;

/** What bubblewrap needs while it builds. */
const BUILDS_WITH = ['sys_admin', 'sys_chroot', 'net_admin', 'dac_override'];
/** What is left until root is shed: that is done with the first three, and begins in a directory of the step's. */
const SHEDS_WITH = ['setuid', 'setgid', 'setpcap', 'dac_read_search'];

/** What bubblewrap unshares, and which ids and capabilities it leaves. */
export function namespaceOptions({ uid, gid, byRoot }: Identity): string[] {
  const others = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup'];
  // Also for `inherit`: with capabilities the step could undo its own read-only mounts.
  const none = ['--cap-drop', 'ALL'];
  return byRoot
    ? [...others, ...none, ...SHEDS_WITH.flatMap((name) => ['--cap-add', `CAP_${name}`])]
    : ['--unshare-user', ...others, '--uid', String(uid), '--gid', String(gid), ...none];
}

/** Before bubblewrap: a root that builds has neither groups nor privileges beyond the task. */
export function boundedRoot(
  { setpriv }: Pick<ToolCommands, 'setpriv'>,
  { byRoot }: Identity,
): string[] {
  if (!byRoot) return [];
  const kept = [...BUILDS_WITH, ...SHEDS_WITH].map((name) => `+${name}`);
  return [
    setpriv,
    ...['--clear-groups', '--inh-caps=-all', `--bounding-set=${['-all', ...kept].join(',')}`, '--'],
  ];
}

/** After bubblewrap, with all its filters in force: root becomes the step for good. */
export function shedInside(
  { setpriv }: Pick<ToolCommands, 'setpriv'>,
  { uid, gid, byRoot }: Identity,
): string[] {
  if (!byRoot) return [];
  return [
    setpriv,
    ...['--reuid', String(uid), '--regid', String(gid), '--keep-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--'],
  ];
}

/** The system calls of that, which a filter must let through. */
export const SHED_CALLS: readonly string[] = [
  'capget',
  'capset',
  'prctl',
  'setresgid',
  'setresuid',
];
