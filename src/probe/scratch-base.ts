import { accessSync, constants, readdirSync, realpathSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { GloveboxError } from '../base/errors.ts';
import { within } from '../plan/mounts.ts';
import { opensToAll } from '../tools/ownership.ts';

/** On disk if possible, because /tmp is often memory; and without characters that overlayfs would read. */
export function chooseScratchBase(
  environment: Readonly<Record<string, string>>,
  writable: readonly string[],
): string {
  const places = [environment['TMPDIR'], '/var/tmp', tmpdir(), '/tmp', environment['RUNNER_TEMP']];
  const usable = places.filter(
    (path): path is string =>
      path !== undefined &&
      /^\/[\w./-]+$/.test(path) &&
      isWritable(path) &&
      // A root supervisor's step, which is somebody else, must get through to what lies there.
      (process.getuid?.() !== 0 || opensToAll(path)) &&
      !writable.some((place) => within(realpathSync(path), place)),
  );
  // In a job's container only the runner's own directory is on something else than an overlay.
  return usable.find((path) => mayHoldLayers(statfsSync(path).type)) ?? usable[0] ?? '/tmp';
}

/**
 * A run's own files are not for its step. As an ordinary user's it could put a symlink in the place of a layer, and
 * the next step would see what that leads to.
 */
export function refuseOpenScratch(base: string, writable: readonly string[]): void {
  const open = writable.find((place) => within(realpathSync(base), place));
  if (open === undefined) return;
  throw new GloveboxError(
    'input-invalid',
    `the step could write to Glovebox's own files, which would lie in ${base}: the policy opens ${open}`,
    { remedy: 'set TMPDIR to a directory that the policy does not open for writing' },
  );
}

const OVERLAY = 0x79_4c_76_30;
/** File systems by their magic numbers on which no overlay can write: NFS, SMB, 9P, FUSE, FAT, another overlay. */
const LAYERLESS = new Set([
  ...[0x6969, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42, 0x01_02_19_97, 0x65_73_55_46, 0x4d_44],
  OVERLAY,
]);

export function onOverlay(path: string): boolean {
  return statfsSync(path).type === OVERLAY;
}

export function mayHoldLayers(type: number): boolean {
  return !LAYERLESS.has(type);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
