import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import {
  type Attempt,
  commandsOf,
  type Facts,
  type ToolCommands,
  type ToolFact,
} from '../capabilities/facts.ts';
import { renaming } from '../plan/launch.ts';
import { boundedRoot, namespaceOptions, shedInside } from '../plan/shedding.ts';
import { planUplink } from '../plan/uplink.ts';
import type { Backend } from '../policy/types.ts';
import { execute } from '../tools/execute.ts';
import { offerTun, openAnteroom, openHolder, type Room, type Shed } from '../tools/room.ts';
import { openUplink, type UplinkRequest } from '../tools/uplink.ts';
import { type Lower, tryOverlays } from './overlay-attempts.ts';

/** What a policy will ask for; the rest is not tried. */
export interface Needs {
  readonly rules: boolean;
  /** Ways out, tried in this order until one works; empty where none is needed. */
  readonly egress: readonly Backend[];
  /** The host's interface that a macvlan would be on. */
  readonly interface: string | null;
  /** Names are allowed. */
  readonly doors: boolean;
  readonly overlay: boolean;
  readonly memoryCgroup: boolean;
}

export interface AttemptRequest {
  readonly tools: Facts['tools'];
  readonly needs: Needs;
  readonly shed: { readonly uid: number; readonly gid: number } | null;
  readonly scratchBase: string;
  /** null: nothing is known of a workspace yet. */
  readonly lower: Lower | null;
  readonly highestId: number;
}

/** Who bubblewrap's step is in a trial. */
const TRIAL_IDS = { uid: 1, gid: 1 };

export type Attempts = Facts['attempts'];

const NO_OVERLAY = {
  overlay: { tried: false },
  workspaceOverlay: { tried: false },
  idmap: { tried: false },
  overlayTwice: { tried: false },
} as const;

const NOTHING_TRIED: Attempts = {
  namespaces: { tried: false },
  privileges: { tried: false },
  bwrap: { tried: false },
  seccomp: { tried: false },
  ip: { tried: false },
  nft: { tried: false },
  doors: { tried: false },
  slirp4netns: { tried: false },
  pasta: { tried: false },
  macvlan: { tried: false },
  ...NO_OVERLAY,
};

/**
 * Builds a small sandbox for each capability, side by side in one set of namespaces. `byRoot`: without a
 * user namespace, as a root supervisor can.
 */
export async function tryAll(request: AttemptRequest, byRoot: boolean): Promise<Attempts> {
  const { tools, needs } = request;
  const shed: Shed | null = request.shed === null ? null : { ...request.shed, byRoot };
  if (tools.unshare.path === null || tools.nsenter.path === null || tools.cat.path === null)
    return NOTHING_TRIED;
  const commands = commandsOf(tools);
  const rooms: Room[] = [];
  try {
    const anteroom = shed === null ? null : await openAnteroom(commands);
    if (anteroom !== null) {
      rooms.push(anteroom);
      await offerTun(anteroom, commands);
    }
    const holder = await openHolder(commands, anteroom, shed);
    rooms.push(holder);
    if (shed !== null) await lookInto(holder);
    const [[bwrap, seccomp], ip, nft, doors, uplinks, overlays] = await Promise.all([
      trySandbox(
        tools.bwrap,
        async (filter) => await tryBwrap(holder, commands, { filter, byRoot }),
      ),
      attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, commands)),
      attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, commands)),
      attempt(needs.doors ? tools.nft : null, async () => await tryDoors(holder, commands)),
      tryUplinks(request, { holder, anteroom, shed, tools: commands }),
      needs.overlay && tools.mount.path !== null
        ? tryOverlays({ ...request, tools: commands, room: anteroom ?? holder })
        : NO_OVERLAY,
    ]);
    const namespaces = { tried: true, ok: true } as const;
    return {
      ...NOTHING_TRIED,
      namespaces,
      bwrap,
      seccomp,
      ip,
      nft,
      doors,
      ...uplinks,
      ...overlays,
    };
  } catch (error) {
    return { ...NOTHING_TRIED, namespaces: { tried: true, ok: false, said: messageOf(error) } };
  } finally {
    for (const room of rooms.toReversed()) await room.close();
  }
}

/** What a run reads of the step it reads so, and only root needs leave to. */
async function lookInto({ pid }: Room): Promise<void> {
  await access(`/proc/${pid}/root`).catch(() => {
    throw new Error('root cannot look into them without CAP_SYS_PTRACE');
  });
}

async function attempt(tool: ToolFact | null, act: () => Promise<string | null>): Promise<Attempt> {
  if (tool === null || tool.path === null) return { tried: false };
  const complaint = await act();
  return complaint === null
    ? { tried: true, ok: true }
    : { tried: true, ok: false, said: complaint };
}

/** What a program complained of; null when it succeeded. */
async function complaintOf(
  argv: readonly string[],
  stdin: string | Uint8Array = '',
): Promise<string | null> {
  const { code, stderr } = await execute(argv, { stdin });
  return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}

/** A filter that allows everything: `return SECCOMP_RET_ALLOW`. */
const TRIAL_FILTER = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);

/** With a filter, which is what every run needs; only where that is what fails, without one. */
async function trySandbox(
  tool: ToolFact,
  act: (filter: boolean) => Promise<string | null>,
): Promise<[bwrap: Attempt, seccomp: Attempt]> {
  const filtered = await attempt(tool, async () => await act(true));
  if (!filtered.tried || filtered.ok || !/seccomp/i.test(filtered.said))
    return [filtered, filtered];
  return [await attempt(tool, async () => await act(false)), filtered];
}

const TRIAL_VARIABLES =
  '[ "$ONE $TWO" = "value value" ] || { echo "env did not set the variables" >&2; exit 1; }';

async function tryBwrap(
  holder: Room,
  tools: ToolCommands,
  { filter, byRoot }: { readonly filter: boolean; readonly byRoot: boolean },
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
      ...[
        '--ro-bind',
        '/',
        '/',
        '--dev',
        '/dev',
        '--proc',
        '/proc',
        '--perms',
        '1777',
        '--tmpfs',
        '/tmp',
      ],
      ...(filter ? ['--add-seccomp-fd', '0'] : []),
      ...['--setenv', 'FROM', 'value', '--'],
      ...shedInside(tools, identity),
      // As in a run: not every env puts an environment together.
      ...renaming(tools.env, [
        ['ONE', 'FROM'],
        ['TWO', 'FROM'],
      ]),
      ...['/bin/sh', '-c', TRIAL_VARIABLES],
    ]),
    filter ? TRIAL_FILTER : '',
  );
}

async function tryIp(holder: Room, tools: ToolCommands): Promise<string | null> {
  return await complaintOf(holder.enter([tools.ip, '-batch', '-']), 'link set lo up\n');
}

const TRIAL_RULES = `table inet glovebox_probe {
set plain { type ipv4_addr; flags interval; auto-merge; elements = { 203.0.113.0/24 } }
set record { type ipv4_addr . inet_proto . inet_service; size 16; flags dynamic; counter; }
counter total { }
chain output {
type filter hook output priority 0; policy accept;
ip daddr @plain meta l4proto udp counter name total update @record { ip daddr . meta l4proto . udp dport }
ip daddr @plain meta l4proto tcp reject with tcp reset
ip daddr @plain reject with icmpx type admin-prohibited
}
}
`;

const TRIAL_DOORS = `table inet glovebox_doors {
map doors { type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = { 198.18.0.1 . 80 : 10.0.2.2 . 8080 } }
chain doors {
type nat hook output priority -100; policy accept;
meta nfproto ipv4 meta l4proto tcp dnat ip addr . port to ip daddr . tcp dport map @doors
}
chain output {
type filter hook output priority 0; policy accept;
ct status dnat ip daddr 10.0.2.2 accept
}
}
`;

async function tryDoors(holder: Room, tools: ToolCommands): Promise<string | null> {
  return await complaintOf(holder.enter([...tools.nft, '-f', '-']), TRIAL_DOORS);
}

async function tryNft(holder: Room, tools: ToolCommands): Promise<string | null> {
  return await complaintOf(holder.enter([...tools.nft, '-f', '-']), TRIAL_RULES);
}

type Uplinks = Pick<Attempts, Backend>;

/** One after the other, because each takes the same name and addresses. */
async function tryUplinks(
  { tools, needs, scratchBase }: AttemptRequest,
  rooms: Omit<UplinkRequest, 'plan' | 'directory'>,
): Promise<Uplinks> {
  const { slirp4netns, pasta, macvlan } = NOTHING_TRIED;
  const program = { slirp4netns: tools.slirp4netns, pasta: tools.pasta, macvlan: tools.ip };
  let found: Uplinks = { slirp4netns, pasta, macvlan };
  for (const backend of needs.egress) {
    if (backend === 'macvlan' && needs.interface === null) continue;
    const byRoot = rooms.shed?.byRoot ?? false;
    if (backend === 'pasta' && byRoot) continue;
    const plan = planUplink({
      ...{ backend, loopback: false, interface: needs.interface, byRoot },
      tools: { ...rooms.tools, slirp4netnsVersion: tools.slirp4netns.version },
    });
    const tried = await attempt(
      program[backend],
      async () =>
        (backend === 'macvlan' ? await downReason(rooms.tools, needs.interface) : null) ??
        (await tryUplink({ ...rooms, plan }, scratchBase)),
    );
    found = { ...found, [backend]: tried };
    if (tried.tried && tried.ok) break;
  }
  return found;
}

/** A link on an interface that is down would swallow everything without a word. */
async function downReason({ ip }: ToolCommands, name: string | null): Promise<string | null> {
  const { stdout } = await execute([ip, '-o', 'link', 'show', 'dev', name ?? '']);
  return / state (?:LOWERLAYER)?DOWN /.test(stdout) ? `${name} is down` : null;
}

async function tryUplink(
  request: Omit<UplinkRequest, 'directory'>,
  scratchBase: string,
): Promise<string | null> {
  const directory = await mkdtemp(join(scratchBase, 'glovebox-probe-'));
  try {
    await chmod(directory, 0o755);
    await (await openUplink({ ...request, directory })).close();
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
