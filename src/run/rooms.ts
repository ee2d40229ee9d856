import { mkdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GloveboxError } from '../base/errors.ts';
import type { LayerEntry, OverlayPlan } from '../plan/filesystem-types.ts';
import type { Plan } from '../plan/types.ts';
import { execute } from '../tools/execute.ts';
import { bindMapped } from '../tools/idmap.ts';
import { offerTun, openAnteroom, openHolder, type Room } from '../tools/room.ts';
import { makePublic } from '../tools/staging.ts';
import { refuseDetours } from './detours.ts';
import { mountFresh } from './fresh.ts';
import { uncovered } from './layer-entries.ts';
import { fillLayer } from './scratch.ts';
import type { Undo } from './undo.ts';

export interface Rooms {
  /** For a root supervisor; null otherwise. */
  readonly anteroom: Room | null;
  readonly holder: Room;
  /** What we put into the step's layer. */
  readonly entries: readonly LayerEntry[];
  /** When the files in the step's own layer had been given to it, in nanoseconds of their clock; null: they were not. */
  readonly ownedSince: bigint | null;
  /** How long that took, in milliseconds. */
  readonly givingMs: number;
}

/** Opens the namespaces and mounts in them what bubblewrap will pick up. */
export async function openRooms(plan: Plan, undo: Undo): Promise<Rooms> {
  let mounted = NO_OVERLAY;
  const anteroom = plan.identity.shed ? await openAnteroom(plan.tools) : null;
  if (anteroom !== null) {
    undo.push(anteroom.close);
    if (plan.network.kind === 'routed') await offerTun(anteroom, plan.tools);
    await stageSources(plan, anteroom);
    await mountFresh(plan, anteroom);
    mounted = await mountOverlay(plan, anteroom);
    await refuseDetours(plan, anteroom);
  }
  const shed = anteroom === null ? null : plan.identity;
  const network = plan.network.kind === 'host' ? 'host' : 'own';
  const holder = await openHolder(plan.tools, anteroom, shed, network);
  undo.push(holder.close);
  if (anteroom === null) {
    mounted = await mountOverlay(plan, holder);
    await refuseDetours(plan, holder);
  }
  return { anteroom, holder, ...mounted };
}

/** One `mount -a` for all of them; fstab's octal escapes carry every odd path. */
async function stageSources(plan: Plan, room: Room): Promise<void> {
  const { staged } = plan.filesystem;
  if (staged.length === 0) return;
  for (const { source, target } of staged) {
    // The step gets through, whatever the umask.
    makePublic(dirname(target));
    if ((await stat(source)).isDirectory()) await mkdir(target, { recursive: true });
    else await writeFile(target, '');
  }
  const table = join(plan.scratch, 'fstab');
  const lines = staged.map(
    ({ source, target }) => `${escaped(source)} ${escaped(target)} none rbind 0 0\n`,
  );
  await writeFile(table, lines.join(''));
  await must(
    room.enter([plan.tools.mount, '--all', '--fstab', table]),
    'binding the paths that the step needs',
  );
}

/** The newer of the two system calls for mounts, util-linux's first choice from 2.39 on, takes no list above 255 bytes. */
const LONG_OPTIONS = { LIBMOUNT_FORCE_MOUNT2: 'always' };

type Mounted = Pick<Rooms, 'entries' | 'ownedSince' | 'givingMs'>;
const NO_OVERLAY: Mounted = { entries: [], ownedSince: null, givingMs: 0 };

async function mountOverlay(plan: Plan, room: Room): Promise<Mounted> {
  const { overlay } = plan.filesystem;
  if (overlay === null) return NO_OVERLAY;
  const { mount, chown } = plan.tools;
  await bindLower(plan, overlay, room);
  const put = async (options: string, target: string): Promise<void> =>
    await must(
      room.enter([mount, '-t', 'overlay', 'overlay', '-o', options, target]),
      'mounting the overlay',
      LONG_OPTIONS,
    );
  const give = async (mounted: string): Promise<number> => {
    const began = performance.now();
    if (overlay.chown !== null)
      await must(
        room.enter([chown, '--recursive', '--no-dereference', overlay.chown, '--', mounted]),
        "giving the overlay's files to the step",
      );
    return performance.now() - began;
  };
  const { before, given } = overlay;
  let { entries } = overlay;
  let givingMs = 0;
  if (given !== null) {
    await put(given.options, given.mount);
    givingMs = await give(given.mount);
  }
  if (before.options !== null) await put(before.options, before.mount);
  if (overlay.below.length > 0) {
    entries = uncovered(overlay, `/proc/${room.pid}/root${before.mount}`);
    if (overlay.upper !== null) fillLayer(overlay.upper, entries, plan.identity.shed);
  }
  await put(overlay.options, overlay.merged);
  if (overlay.chown === null || given !== null) return { entries, ownedSince: null, givingMs };
  givingMs = await give(overlay.merged);
  return { entries, ownedSince: await timeIn(dirname(overlay.upper ?? plan.scratch)), givingMs };
}

/** As the file system of a directory tells it, which may be coarse. */
async function timeIn(directory: string): Promise<bigint> {
  const mark = join(directory, 'owned');
  await writeFile(mark, '');
  const { ctimeNs } = await stat(mark, { bigint: true });
  await unlink(mark);
  return ctimeNs;
}

/** The lower layer goes through a bind of ours: its own path may hold commas and colons. */
async function bindLower(plan: Plan, overlay: OverlayPlan, room: Room): Promise<void> {
  // In a user namespace a directory with further mounts in it can only be bound together with them.
  const how = plan.identity.shed ? '--bind' : '--rbind';
  const { idmap, lower: from, top } = overlay;
  const to = `${plan.scratch}/lower`;
  if (idmap === null)
    return await must(room.enter([plan.tools.mount, how, '--', from, to]), 'binding the workspace');
  const bind = { from, to, option: idmap, uid: top.uid };
  const complaint = await bindMapped(room, plan.tools, bind);
  if (complaint !== null)
    throw new GloveboxError(
      'setup-failed',
      `the workspace's files did not become the step's: ${complaint}`,
    );
}

async function must(
  argv: readonly string[],
  aim: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, stderr } = await execute(argv, { timeout: 300_000, environment });
  if (code !== 0)
    throw new GloveboxError(
      'setup-failed',
      `${aim} failed: ${stderr.trim() || `exit code ${code}`}`,
    );
}

/** Only what is one byte long: an octal escape stands for a byte. */
function escaped(path: string): string {
  return path.replace(
    /[\t-\r \\#"']/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
