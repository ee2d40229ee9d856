import type { Capabilities } from '../capabilities/capability.ts';
import { bwrapOptions, masksIn } from './mounts.ts';
import { boundedRoot, namespaceOptions, shedInside } from './shedding.ts';
import { HOSTNAME } from './system-files.ts';
import type { Plan } from './types.ts';

type Launch = Plan['launch'];
type Parts = Pick<
  Plan,
  | 'policy'
  | 'command'
  | 'identity'
  | 'network'
  | 'filesystem'
  | 'limits'
  | 'syscalls'
  | 'environment'
  | 'tools'
  | 'scratch'
>;

/** File descriptors that bwrap is started with, besides 0 to 2. */
export const LAUNCH_FDS = { args: 3, status: 4, gate: 5 } as const;
/** From here on, one for each filter of system calls. */
export const FIRST_FILTER_FD = 6;

/**
 * Holds the command back once bwrap has done everything, filters and all, in the process that will be
 * the command: says that it is there, and goes on only at a word. If the supervisor dies first, it ends.
 */
const GATE = `printf . >&${LAUNCH_FDS.gate} && read -r word <&${LAUNCH_FDS.gate} || exit 125; exec "$@" ${LAUNCH_FDS.gate}>&-`;

/** bwrap, started with an empty environment and everything telling in `hidden`. */
export function sandboxLaunch(parts: Parts): Launch {
  const { command, identity, network, filesystem, limits, syscalls, environment } = parts;
  const { tools, scratch } = parts;
  const variables = [...environment.variables];
  return {
    argv: [
      // Outside of bwrap, so that its pid 1, which the step could take over, is bound as well.
      ...(limits.prlimit.length > 0 ? [tools.prlimit, ...limits.prlimit, '--'] : []),
      ...boundedRoot(tools, identity),
      ...tools.bwrap,
      ...['--args', String(LAUNCH_FDS.args), '--'],
      ...shedInside(tools, identity),
      ...['/bin/sh', '-c', GATE, 'gate'],
      ...renaming(
        tools.env,
        variables.map(([name], at) => [name, carried(at)]),
      ),
      // Sets nothing anew, but ends with 126 or 127 where the command cannot be run, as bwrap does not.
      ...(limits.prlimit.length > 0 ? [tools.prlimit, '--core=0:0', '--'] : []),
      ...command,
    ],
    hidden: [
      ...namespaceOptions(identity),
      ...(network.kind === 'bare' ? ['--unshare-net'] : []),
      ...['--hostname', HOSTNAME, '--new-session', '--die-with-parent'],
      ...['--json-status-fd', String(LAUNCH_FDS.status)],
      ...syscalls.filters.flatMap((_, index) => [
        '--add-seccomp-fd',
        String(FIRST_FILTER_FD + index),
      ]),
      ...bwrapOptions(filesystem.mounts, masksIn(scratch)),
      ...['--chdir', filesystem.cwd],
      ...variables.flatMap(([, value], at) => ['--setenv', carried(at), value]),
    ],
  };
}

/** Gives each variable's value to another name, and nothing else. uutils' env knows `-S` only in one word with its text. */
export function renaming(
  env: string,
  names: readonly (readonly [name: string, from: string])[],
): string[] {
  const text = names.map(([name, from]) => `${name}=\${${from}}`).join(' ');
  return [env, '-i', ...(text === '' ? [] : [`-S${text}`])];
}

/**
 * What a variable is called until the command has it, under names that mean nothing to the gate's shell: by
 * some of their own names it can be steered, and others it keeps to itself or gives another value.
 */
function carried(at: number): string {
  return `V${at}`;
}

/** Without a sandbox: what limits and privileges can still be held. */
export function bareLaunch(parts: Parts, capabilities: Capabilities): Launch {
  const { policy, command, identity, limits, tools } = parts;
  const drop = policy.privilege.mode.value === 'drop' && capabilities.privilegeDrop.available;
  const shed = identity.shed
    ? ['--reuid', String(identity.uid), '--regid', String(identity.gid), '--clear-groups']
    : [];
  return {
    argv: [
      ...(drop ? [tools.setpriv, '--no-new-privs', '--inh-caps=-all', ...shed, '--'] : []),
      ...(limits.prlimit.length > 0 ? [tools.prlimit, ...limits.prlimit, '--'] : []),
      ...command,
    ],
    hidden: [],
  };
}
