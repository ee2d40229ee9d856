import { access } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { commandsOf, type Facts, type ToolCommands } from '../capabilities/facts.ts';
import { offerTun, openAnteroom, openHolder, type Room, type Shed } from '../tools/room.ts';
import { attempt, complaintOf } from './attempt.ts';
import type { Needs } from './needs.ts';
import { type Lower, tryOverlays } from './overlay-attempts.ts';
import { trySandbox } from './sandbox-attempts.ts';
import { tryUplinks } from './uplink-attempts.ts';

export interface AttemptRequest {
  readonly tools: Facts['tools'];
  readonly needs: Needs;
  readonly shed: { readonly uid: number; readonly gid: number } | null;
  readonly scratchBase: string;
  /** null: nothing is known of a workspace yet. */
  readonly lower: Lower | null;
  readonly highestId: number;
}

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
export async function tryAll(
  request: AttemptRequest,
  { byRoot }: { readonly byRoot: boolean },
): Promise<Attempts> {
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
      trySandbox(tools.bwrap, { holder, tools: commands, byRoot }),
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
