import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt, Facts, ToolCommands } from '../capabilities/facts.ts';
import { OVERLAY_FORMATS } from '../plan/overlay.ts';
import { idmapOption } from '../plan/owners.ts';
import { execute } from '../tools/execute.ts';
import { bindMapped } from '../tools/idmap.ts';
import type { Room } from '../tools/room.ts';

/** The directory that an overlay will lie over, and who owns it. */
export interface Lower {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** What is mounted in it. */
  readonly nested: readonly string[];
}

export interface OverlayTrial {
  /** Where the overlay is to be mounted: for root the anteroom. */
  readonly room: Room;
  readonly tools: ToolCommands;
  readonly scratchBase: string;
  /** null: nothing is known of a workspace yet. */
  readonly lower: Lower | null;
  /** The ids that root sheds to; null: it is no root's. */
  readonly shed: { readonly uid: number; readonly gid: number } | null;
  readonly highestId: number;
}

type Outcome = Pick<Facts['attempts'], 'overlay' | 'workspaceOverlay' | 'idmap' | 'overlayTwice'>;

/** How a reason begins that names mounts in the workspace. */
const NESTED = 'something is mounted in it';
const MOST_NAMES = 5;

const WORKED: Attempt = { tried: true, ok: true };
const NOT_TRIED: Attempt = { tried: false };

/** Tries the best first, because what works there works without it as well. */
export async function tryOverlays(trial: OverlayTrial): Promise<Outcome> {
  const { scratchBase, room, tools } = trial;
  const directory = await mkdtemp(join(scratchBase, 'glovebox-probe-'));
  try {
    await chmod(directory, 0o755);
    const idmap = await tryIdmap(trial, directory);
    // A file system that has idmaps is no overlay.
    if (idmap.tried && idmap.ok)
      return { overlay: WORKED, workspaceOverlay: WORKED, idmap, overlayTwice: WORKED };
    const workspaceOverlay = await tryWorkspace(trial, directory);
    if (workspaceOverlay.tried && workspaceOverlay.ok) {
      const overlayTwice = isGivenAway(trial) ? await tryTwice(trial, directory) : NOT_TRIED;
      return { overlay: WORKED, workspaceOverlay, idmap, overlayTwice };
    }
    const blank = join(directory, 'blank');
    await makeDirectories(blank);
    const overlay = attempted(await mountOverlay(trial, blank));
    return { overlay, workspaceOverlay, idmap, overlayTwice: NOT_TRIED };
  } finally {
    const upper = ['mapped', 'plain', 'twice', 'blank'].flatMap((name) => [
      join(directory, name, 'index'),
      join(directory, name, 'upper'),
    ]);
    await execute(room.enter([tools.rm, '-rf', '--one-file-system', '--', ...upper]));
    await rm(directory, { recursive: true, force: true });
  }
}

/** The workspace's files are somebody else's than the step's. */
function isGivenAway({ lower, shed }: OverlayTrial): boolean {
  return lower !== null && shed !== null && lower.uid !== shed.uid;
}

async function tryIdmap(trial: OverlayTrial, directory: string): Promise<Attempt> {
  const { room, tools, lower, shed, highestId } = trial;
  if (lower === null || shed === null || !isGivenAway(trial)) return NOT_TRIED;
  const mapped = join(directory, 'mapped');
  await makeDirectories(mapped);
  const option = idmapOption(lower, shed, highestId);
  const bind = { from: lower.path, to: `${mapped}/lower`, option, uid: shed.uid };
  const complaint = await bindMapped(room, tools, bind);
  return attempted(complaint ?? (await mountOverlay(trial, mapped)));
}

async function tryWorkspace(trial: OverlayTrial, directory: string): Promise<Attempt> {
  const { room, tools, lower, shed } = trial;
  if (lower === null) return NOT_TRIED;
  const plain = join(directory, 'plain');
  await makeDirectories(plain);
  // In a user namespace a directory with further mounts in it can only be bound together with them.
  const how = shed === null ? '--rbind' : '--bind';
  const argv = [tools.mount, how, '--', lower.path, `${plain}/lower`];
  const complaint = (await complaintOf(room.enter(argv))) ?? (await mountOverlay(trial, plain));
  // The kernel lets only root see what lies under a mount, and so lie over it.
  const told = complaint !== null && shed === null && lower.nested.length > 0;
  return attempted(told ? `${NESTED}: ${quoted(lower.nested)}` : complaint);
}

/** On the one that was mounted over the workspace. */
async function tryTwice(trial: OverlayTrial, directory: string): Promise<Attempt> {
  const twice = join(directory, 'twice');
  await makeDirectories(twice);
  return attempted(await mountOverlay(trial, twice, join(directory, 'plain/merged')));
}

async function mountOverlay(
  { room, tools, shed }: OverlayTrial,
  directory: string,
  lower = `${directory}/lower`,
): Promise<string | null> {
  const layers = `lowerdir=${lower},upperdir=${directory}/upper,workdir=${directory}/index`;
  const format = shed === null ? OVERLAY_FORMATS.user : OVERLAY_FORMATS.thin;
  const options = `${layers},${format}`;
  const argv = [tools.mount, '-t', 'overlay', 'overlay', '-o', options, `${directory}/merged`];
  return await complaintOf(room.enter(argv));
}

async function makeDirectories(directory: string): Promise<void> {
  for (const name of ['lower', 'upper', 'index', 'merged'])
    await mkdir(join(directory, name), { recursive: true });
}

/** What mount complained of; null when it succeeded. */
async function complaintOf(argv: readonly string[]): Promise<string | null> {
  const { code, stderr } = await execute(argv);
  return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}

function attempted(complaint: string | null): Attempt {
  return complaint === null ? WORKED : { tried: true, ok: false, said: complaint };
}

function quoted(paths: readonly string[]): string {
  const names = paths.slice(0, MOST_NAMES).map((path) => JSON.stringify(path));
  return [...names, ...(paths.length > MOST_NAMES ? ['…'] : [])].join(', ');
}
