/** What was seen of a request's head: malformed, complete before `end`, or more of it is to come. */
export type Scanned = { readonly malformed: string } | { readonly end: number | null };

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

const BLANK_LINE = '\r\n\r\n';

/**
 * Finds where a request's head ends, byte by byte over any number of chunks, and turns away what
 * parsers are known to read differently: lines that do not end with CRLF, folded lines, NULs. The
 * parsers in Node's releases differ in how strict they are here; this does not.
 */
export class HeadScan {
  #before = LF;
  #started = false;
  /** The line so far has no byte but its CR. */
  #blank = true;

  /** `end` is the index after the blank line that closes the head. */
  read(bytes: Uint8Array): Scanned {
    let read = 0;
    for (const byte of bytes) {
      read += 1;
      const malformed = this.#fault(byte);
      if (malformed !== null) return { malformed };
      const blankLine = byte === LF && this.#blank;
      // Blank lines before a request are allowed, and skipped.
      if (blankLine && this.#started) return { end: read };
      if (byte === LF) this.#blank = true;
      else if (byte !== CR) {
        this.#blank = false;
        this.#started = true;
      }
      this.#before = byte;
    }
    return { end: null };
  }

  #fault(byte: number): string | null {
    if (byte === NUL) return 'a NUL byte';
    if (this.#before === CR && byte !== LF) return 'a CR that no LF follows';
    if (this.#before !== CR && byte === LF) return 'a line that ends without CR';
    const lineStarts = this.#before === LF;
    if (lineStarts && (byte === SPACE || byte === TAB)) return 'a line that begins with a blank';
    return null;
  }
}

/**
 * The index after the first blank line in `bytes`, or null. `tail` is the last three bytes before, so that a
 * blank line in two pieces is found.
 */
export function afterBlankLine(tail: Buffer, bytes: Buffer): number | null {
  const split = Buffer.concat([tail, bytes.subarray(0, 3)]).indexOf(BLANK_LINE);
  if (split !== -1) return split + BLANK_LINE.length - tail.length;
  const found = bytes.indexOf(BLANK_LINE);
  return found === -1 ? null : found + BLANK_LINE.length;
}
