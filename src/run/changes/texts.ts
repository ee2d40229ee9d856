import { isUtf8 } from 'node:buffer';
import { lstatSync } from 'node:fs';
import type { Change, ChangedText, Changes, TextSide } from '../observations.ts';
import { mayRead, type Reader } from '../reader.ts';
import { bytesIn } from './content.ts';
import { at, linkTarget, look } from './entries.ts';
import type { Views } from './walk.ts';

const MOST_FILES = 200;
const LARGEST = 256 * 1024;
/** Bytes of all of them together. */
const MOST = 8 * 1024 * 1024;

/** Both sides of the files that were changed, for a diff, as far as they are text and there is room. */
export function readTexts({ files }: Changes, views: Views): ChangedText[] {
  let left = MOST;
  return files.slice(0, MOST_FILES).map((change) => {
    const path = bytesOf(change);
    const side = (view: Buffer): TextSide => {
      const read = sideAt(at(view, path), Math.min(LARGEST, left), views.reader);
      left -= read.text?.length ?? 0;
      return read;
    };
    const before = change.change === 'created' ? NOTHING : side(views.before);
    const after = change.change === 'deleted' ? NOTHING : side(views.after);
    // What the host's file has was not shown to the step, and is not shown here.
    const ours = views.ours.get(change.path)?.content ?? null;
    return { change, before: ours === null ? before : { ...before, text: ours, why: null }, after };
  });
}

const NOTHING: TextSide = { mode: null, text: null, why: null };

/** The path in bytes of what is listed. */
function bytesOf({ path, hex }: Change): Buffer {
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return Buffer.from(path === '.' ? '' : path);
}

function sideAt(path: Buffer, room: number, reader: Reader | null): TextSide {
  const entry = look(path);
  if (entry === null) return NOTHING;
  if (entry === 'unreadable') return { mode: null, text: null, why: 'it cannot be read' };
  const { kind, mode } = entry;
  if (kind === 'symlink') return { mode: null, ...asText(linkTarget(path)) };
  if (kind !== 'file') return { mode, text: null, why: null };
  // A name can be given to it, or taken from it, all the same.
  if (!mayRead(reader, lstatSync(path, { bigint: true })))
    return { mode, text: null, why: 'it is of another user, and the step could not read it' };
  if (entry.size > room) return { mode, text: null, why: 'it is too long' };
  return { mode, ...asText(bytesIn(path, room)) };
}

function asText(bytes: Buffer | null): Omit<TextSide, 'mode'> {
  if (bytes === null) return { text: null, why: 'it cannot be read' };
  if (bytes.includes(0) || !isUtf8(bytes)) return { text: null, why: 'it is no text' };
  return { text: bytes.toString(), why: null };
}
