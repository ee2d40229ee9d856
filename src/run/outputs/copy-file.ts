import {
  type BigIntStats,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { at, inParent, openFile, type Raw, using } from './open-at.ts';
import { OutputProblem } from './problem.ts';

const CHUNK = 2 ** 20;
const PAGE = 4096;
const NOTHING = Buffer.alloc(PAGE);
/** Below this a clone saves nothing. */
const WORTH_CLONING = 2 ** 17;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Copies the content of plain files; where the file system can, it shares the blocks instead. */
export class FileCopier {
  readonly #layers: readonly number[];
  #clones: boolean;

  /** Roots of layers that have their files whole, newest first. */
  constructor(layers: readonly number[]) {
    this.#layers = layers;
    this.#clones = layers.length > 0;
  }

  /** Makes `name` in `staging` from the file of that name; gives the new file, open. */
  copy(path: Raw, name: Raw, stats: BigIntStats, merged: number, staging: number): number {
    return using(openFile(merged, name), (source) => {
      const found = fstatSync(source, { bigint: true });
      if (!found.isFile() || found.ino !== stats.ino || found.size !== stats.size)
        throw new OutputProblem(path, 'it changed while it was read');
      // It was made with the mode of the other, which may be read-only, and has its content already.
      if (this.#clone(path, stats, at(staging, name))) return openFile(staging, name);
      const target = openSync(at(staging, name), NEW_FILE, 0o600);
      try {
        copyContent(path, source, target, found);
        return target;
      } catch (error) {
        closeSync(target);
        throw error;
      }
    });
  }

  /** An overlay shares no blocks with what is below it, so the layer itself is asked. */
  #clone(path: Raw, { size, mtimeNs }: BigIntStats, target: Buffer): boolean {
    if (!this.#clones || size < WORTH_CLONING) return false;
    const source = this.#inLayer(path, size, mtimeNs);
    if (source === null) return false;
    try {
      using(source, (file) =>
        copyFileSync(
          `/proc/self/fd/${file}`,
          target,
          constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL,
        ),
      );
      return true;
    } catch {
      this.#clones = false;
      return false;
    }
  }

  #inLayer(path: Raw, size: bigint, mtimeNs: bigint): number | null {
    for (const layer of this.#layers) {
      const file = opened(layer, path);
      if (file === null) continue;
      const stats = fstatSync(file, { bigint: true });
      if (stats.isFile() && stats.size === size && stats.mtimeNs === mtimeNs) return file;
      closeSync(file);
      return null;
    }
    return null;
  }
}

function opened(root: number, path: Raw): number | null {
  try {
    return inParent(root, path, openFile);
  } catch {
    return null;
  }
}

/** What has fewer blocks than bytes has holes, and keeps them. */
function copyContent(path: Raw, source: number, target: number, stats: BigIntStats): void {
  const size = Number(stats.size);
  const sparse = stats.blocks * 512n < stats.size;
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(size, 1)));
  let position = 0;
  for (;;) {
    const length = readSync(source, buffer, 0, buffer.length, position);
    if (length === 0) break;
    const chunk = buffer.subarray(0, length);
    if (sparse) writeRuns(target, chunk, position);
    else writeAll(target, chunk, position);
    position += length;
  }
  if (position !== size) throw new OutputProblem(path, 'it changed while it was read');
  if (sparse) ftruncateSync(target, size);
}

/** Leaves out the pages that have nothing but zeros. */
function writeRuns(target: number, chunk: Buffer, position: number): void {
  let from = 0;
  for (let page = 0; page < chunk.length; page += PAGE) {
    const end = Math.min(page + PAGE, chunk.length);
    if (!NOTHING.subarray(0, end - page).equals(chunk.subarray(page, end))) continue;
    writeAll(target, chunk.subarray(from, page), position + from);
    from = end;
  }
  writeAll(target, chunk.subarray(from), position + from);
}

function writeAll(target: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(target, bytes, written, bytes.length - written, position + written);
}
