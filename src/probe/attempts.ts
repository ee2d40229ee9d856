import { mkdtemp, rm, mkdir, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Attempt, Facts, ToolFact, ToolName } from '../capabilities/facts.ts';
import { execute } from '../tools/execute.ts';
import { openUplink } from '../tools/uplink.ts';
import { offerTun, openAnteroom, openHolder, type Room, shedPrefix } from '../tools/room.ts';

/** What a policy will ask for; the rest is not tried. */
export interface Needs {
  readonly rules: boolean;
  readonly egress: boolean;
  /** Names are allowed. */
  readonly doors: boolean;
  readonly overlay: boolean;
  readonly memoryCgroup: boolean;
}

export interface AttemptRequest {
  readonly tools: Readonly<Record<ToolName, ToolFact>>;
  readonly needs: Needs;
  readonly shed: { readonly uid: number; readonly gid: number } | null;
  readonly scratchBase: string;
}

type Attempts = Facts['attempts'];

const NOTHING_TRIED: Attempts = {
  namespaces: { tried: false },
  bwrap: { tried: false },
  seccomp: { tried: false },
  ip: { tried: false },
  nft: { tried: false },
  doors: { tried: false },
  slirp4netns: { tried: false },
  overlay: { tried: false },
};

/** Builds a small sandbox for each capability, side by side in one set of namespaces. */
export async function tryEverything(request: AttemptRequest): Promise<Attempts> {
  const { tools, needs, shed, scratchBase } = request;
  if (tools.unshare.path === null || tools.nsenter.path === null || tools.cat.path === null)
    return NOTHING_TRIED;
  const paths = Object.fromEntries(
    Object.entries(tools).map(([name, { path }]) => [name, path ?? '']),
  ) as Record<ToolName, string>;
  const rooms: Room[] = [];
  try {
    const anteroom = shed === null ? null : await openAnteroom(paths);
    if (anteroom !== null) {
      rooms.push(anteroom);
      await offerTun(anteroom, paths);
    }
    const holder = await openHolder(paths, anteroom, shed);
    rooms.push(holder);
    const [[bwrap, seccomp], ip, nft, doors, slirp4netns, overlay] = await Promise.all([
      trySandbox(tools.bwrap, async (filter) => await tryBwrap(holder, paths, filter)),
      attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, paths)),
      attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, paths)),
      attempt(needs.doors ? tools.nft : null, async () => await tryDoors(holder, paths)),
      attempt(
        needs.egress ? tools.slirp4netns : null,
        async () => await trySlirp(holder, anteroom, shed, paths),
      ),
      attempt(
        needs.overlay ? tools.mount : null,
        async () => await tryOverlay(anteroom ?? holder, paths, scratchBase, shed !== null),
      ),
    ]);
    const namespaces = { tried: true, ok: true } as const;
    return { namespaces, bwrap, seccomp, ip, nft, doors, slirp4netns, overlay };
  } catch (error) {
    return { ...NOTHING_TRIED, namespaces: { tried: true, ok: false, said: messageOf(error) } };
  } finally {
    for (const room of rooms.toReversed()) await room.close();
  }
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

async function tryBwrap(
  holder: Room,
  tools: Record<ToolName, string>,
  filter: boolean,
): Promise<string | null> {
  return await complaintOf(
    holder.enter([
      tools.bwrap,
      ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup'],
      ...[
        '--hostname',
        'glovebox',
        '--uid',
        '1',
        '--gid',
        '1',
        '--cap-drop',
        'ALL',
        '--new-session',
        '--die-with-parent',
      ],
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
      ...['--', tools.env],
    ]),
    filter ? TRIAL_FILTER : '',
  );
}

async function tryIp(holder: Room, tools: Record<ToolName, string>): Promise<string | null> {
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
meta nfproto ipv4 meta l4proto tcp dnat ip to ip daddr . tcp dport map @doors
}
chain output {
type filter hook output priority 0; policy accept;
ct status dnat ip daddr 10.0.2.2 accept
}
}
`;

async function tryDoors(holder: Room, tools: Record<ToolName, string>): Promise<string | null> {
  return await complaintOf(holder.enter([tools.nft, '-f', '-']), TRIAL_DOORS);
}

async function tryNft(holder: Room, tools: Record<ToolName, string>): Promise<string | null> {
  return await complaintOf(holder.enter([tools.nft, '-f', '-']), TRIAL_RULES);
}

async function trySlirp(
  holder: Room,
  anteroom: Room | null,
  shed: AttemptRequest['shed'],
  tools: Record<ToolName, string>,
): Promise<string | null> {
  const plain = [
    tools.slirp4netns,
    ...[
      '--configure',
      '--disable-host-loopback',
      '--enable-ipv6',
      '--enable-sandbox',
      '--enable-seccomp',
    ],
    ...['--ready-fd=3', '--exit-fd=4', String(holder.pid), 'tap0'],
  ];
  const argv =
    anteroom === null || shed === null
      ? plain
      : anteroom.enter([...shedPrefix(tools, shed), ...plain]);
  try {
    await (await openUplink(argv)).close();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function tryOverlay(
  room: Room,
  tools: Record<ToolName, string>,
  scratchBase: string,
  privileged: boolean,
): Promise<string | null> {
  const trial = await mkdtemp(join(scratchBase, 'glovebox-probe-'));
  try {
    await chmod(trial, 0o755);
    for (const name of ['lower', 'upper', 'index', 'merged']) await mkdir(join(trial, name));
    const layers = `lowerdir=${trial}/lower,upperdir=${trial}/upper,workdir=${trial}/index`;
    const options = privileged ? `${layers},metacopy=on,redirect_dir=on` : `${layers},userxattr`;
    const argv = [tools.mount, '-t', 'overlay', 'overlay', '-o', options, `${trial}/merged`];
    return await complaintOf(room.enter(argv));
  } finally {
    await complaintOf(
      room.enter([tools.rm, '-rf', '--one-file-system', '--', `${trial}/index`, `${trial}/upper`]),
    );
    await rm(trial, { recursive: true, force: true });
  }
}
