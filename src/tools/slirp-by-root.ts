import { readdir, readFile, readlink } from 'node:fs/promises';
import type { ToolCommands } from '../capabilities/facts.ts';
import { attachSlirp, type Uplink } from './attach.ts';
import { execute } from './execute.ts';
import { openHolder, type Room, type Shed } from './room.ts';

interface Request {
  readonly tools: ToolCommands;
  readonly anteroom: Room;
  readonly holder: Room;
  readonly shed: Shed;
  /** An empty file that the network is bound to. */
  readonly file: string;
  readonly argv: readonly string[];
}

/** Where slirp4netns looks in its own sandbox. It needs nothing of either: it answers no look-ups. */
const EMPTIED = ['/etc', '/run'];
/** CAP_NET_BIND_SERVICE: what slirp4netns keeps. */
const KEPT = 1n << 10n;

/**
 * Without a user namespace only root gets into the sandbox's network, and slirp4netns stays uid 0. So it
 * starts in a room of its own, with the host's network but none of its files and processes, and gives up
 * its capabilities before it reads the first packet. The room ends it when we die.
 */
export async function openSlirpByRoot(request: Request): Promise<Uplink> {
  const { tools, anteroom, holder, shed, file, argv } = request;
  await must(anteroom.enter([tools.mount, '--bind', `/proc/${holder.pid}/ns/net`, file]));
  const cell = await openHolder(tools, anteroom, shed, 'host');
  try {
    for (const directory of EMPTIED)
      await must(cell.enter([tools.mount, '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', directory]));
    const uplink = await attachSlirp(cell.enter(argv));
    await confirmPowerless(cell);
    return {
      gone: uplink.gone,
      close: async () => {
        await uplink.close();
        await cell.close();
      },
    };
  } catch (error) {
    await cell.close();
    throw error;
  }
}

async function must(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await execute(argv);
  if (code !== 0) throw new Error(stderr.trim() || `mount exited with ${code}`);
}

/** The kernel, asked from outside: slirp4netns is there, and holds no more than it keeps by design. */
async function confirmPowerless(cell: Room): Promise<void> {
  const inside = await readlink(`/proc/${cell.pid}/ns/pid_for_children`);
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const statuses = await Promise.all(names.map(async (pid) => await statusIn(inside, pid)));
  const seen = statuses.filter((status) => status !== null);
  const powerless = seen.every((status) =>
    ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].every((set) => (held(status, set) & ~KEPT) === 0n),
  );
  if (seen.some((status) => /^Name:\s+slirp/m.test(status)) && powerless) return;
  throw new Error('slirp4netns was not seen to give up its privileges');
}

/** What the kernel tells of a process of that pid namespace; null for any other. */
async function statusIn(namespace: string, pid: string): Promise<string | null> {
  try {
    const own = await readlink(`/proc/${pid}/ns/pid`);
    return own === namespace ? await readFile(`/proc/${pid}/status`, 'utf8') : null;
  } catch {
    return null; // It is gone.
  }
}

function held(status: string, set: string): bigint {
  const digits = new RegExp(`^${set}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return digits === undefined ? -1n : BigInt(`0x${digits}`);
}
