import type { Attempt, ToolCommands, ToolFact } from '../capabilities/facts.ts';
import { renaming } from '../plan/launch.ts';
import { boundedRoot, namespaceOptions, shedInside } from '../plan/shedding.ts';
import type { Room } from '../tools/room.ts';
import { attempt, complaintOf } from './attempt.ts';

/** Who bubblewrap's step is in a trial. */
const TRIAL_IDS = { uid: 1, gid: 1 };

/** A filter that allows everything: `return SECCOMP_RET_ALLOW`. */
const TRIAL_FILTER = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);

const TRIAL_VARIABLES =
  '[ "$ONE $TWO" = "value value" ] || { echo "env did not set the variables" >&2; exit 1; }';

interface SandboxTrial {
  readonly holder: Room;
  readonly tools: ToolCommands;
  readonly byRoot: boolean;
}

/** With a filter, which is what every run needs; only where that is what fails, without one. */
export async function trySandbox(
  tool: ToolFact,
  trial: SandboxTrial,
): Promise<[bwrap: Attempt, seccomp: Attempt]> {
  const filtered = await attempt(tool, async () => await tryBwrap(trial, TRIAL_FILTER));
  if (!filtered.tried || filtered.ok || !/seccomp/i.test(filtered.said))
    return [filtered, filtered];
  return [await attempt(tool, async () => await tryBwrap(trial, null)), filtered];
}

async function tryBwrap(
  { holder, tools, byRoot }: SandboxTrial,
  filter: Uint8Array | null,
): Promise<string | null> {
  const identity = { ...TRIAL_IDS, byRoot };
  return await complaintOf(
    holder.enter([
      ...boundedRoot(tools, identity),
      ...tools.bwrap,
      ...namespaceOptions(identity),
      // With a user namespace it may do this anyway.
      ...(byRoot ? ['--unshare-net'] : []),
      ...['--hostname', 'glovebox', '--new-session', '--die-with-parent'],
      ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
      ...['--perms', '1777', '--tmpfs', '/tmp'],
      ...(filter === null ? [] : ['--add-seccomp-fd', '0']),
      ...['--setenv', 'FROM', 'value', '--'],
      ...shedInside(tools, identity),
      // As in a run: not every env puts an environment together.
      ...renaming(tools.env, [
        ['ONE', 'FROM'],
        ['TWO', 'FROM'],
      ]),
      ...['/bin/sh', '-c', TRIAL_VARIABLES],
    ]),
    filter ?? '',
  );
}
