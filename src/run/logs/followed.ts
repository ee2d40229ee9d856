import { closeSync, fstatSync, readSync, type Stats } from 'node:fs';

/** Bytes that are kept of a file: its end. */
const KEPT = 256 * 1024;
/** What is remembered of the end of what was read, to know a file again that lies elsewhere now. */
const KNOWN_BY = 64;

/** What the step wrote to a file while it was followed. */
export interface LogExcerpt {
  /** Relative to the workspace. */
  readonly path: string;
  /** The last of it. */
  readonly bytes: Uint8Array;
  /** How many bytes came before these. */
  readonly leftOut: number;
}

/** One name in the workspace; files come and go under it. */
export class FollowedFile {
  #fd: number;
  #identity: string;
  #offset: number;
  #mark: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #bytes = 0;
  #leftOut = 0;

  /** Takes the descriptor over. What is in the file already is not shown, unless it is a `fresh` one. */
  constructor(fd: number, stats: Stats, fresh: boolean) {
    this.#fd = fd;
    this.#identity = identityOf(stats);
    this.#offset = fresh ? 0 : stats.size;
    if (!fresh) this.#mark = bytesOf(fd, Math.max(0, stats.size - KNOWN_BY), stats.size);
  }

  /** The name leads to this descriptor now, which is taken over. */
  look(fd: number, stats: Stats): void {
    if (identityOf(stats) === this.#identity) {
      closeSync(fd);
      this.readOn();
      return;
    }
    // Another file: the rest of the old one first, which may have no name any more.
    this.readOn();
    closeSync(this.#fd);
    this.#fd = fd;
    this.#identity = identityOf(stats);
    // Unless it is the old one, which an overlay has copied.
    const from = this.#offset - this.#mark.length;
    const same = this.#mark.length > 0 && bytesOf(fd, from, this.#offset).equals(this.#mark);
    if (!same) this.#offset = 0;
    this.readOn();
  }

  /** Reads what was added; from the start where the file became shorter. */
  readOn(): void {
    const { size } = fstatSync(this.#fd);
    if (size < this.#offset) this.#offset = 0;
    const skipped = Math.max(0, size - this.#offset - KEPT);
    this.#leftOut += skipped;
    const read = bytesOf(this.#fd, this.#offset + skipped, size);
    this.#offset += skipped + read.length;
    if (read.length === 0) return;
    this.#mark = Buffer.concat([this.#mark, read]).subarray(-KNOWN_BY);
    this.#keep(read);
  }

  excerpt(path: string): LogExcerpt | null {
    if (this.#bytes === 0) return null;
    const all = Buffer.concat(this.#kept);
    const bytes = all.subarray(Math.max(0, all.length - KEPT));
    return { path, bytes, leftOut: this.#leftOut + all.length - bytes.length };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #keep(read: Buffer): void {
    this.#bytes += read.length;
    this.#kept.push(read);
    let held = this.#kept.reduce((sum, { length }) => sum + length, 0);
    while (held - (this.#kept[0]?.length ?? 0) >= KEPT) {
      const dropped = this.#kept.shift()?.length ?? 0;
      this.#leftOut += dropped;
      held -= dropped;
    }
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function bytesOf(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(to - from);
  let read = 0;
  try {
    while (read < buffer.length) {
      const count = readSync(fd, buffer, read, buffer.length - read, from + read);
      if (count === 0) break;
      read += count;
    }
  } catch {
    // It cannot be read any further.
  }
  return buffer.subarray(0, read);
}
