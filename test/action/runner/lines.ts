import { TextDecoder } from 'node:util';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * One stream of a step as the runner reads it. A line ends at `\n`, `\r\n` or a lone `\r`, and a byte
 * order mark at the very start chooses the encoding, so UTF-16 can spell a command too.
 */
export class LineReader {
  private decoder: TextDecoder | null = null;
  private head = Buffer.alloc(0);
  private rest = '';

  /** The lines that this chunk completes, without their ends. */
  push(chunk: Buffer): string[] {
    if (this.decoder !== null) return this.split(this.decoder.decode(chunk, { stream: true }));
    this.head = Buffer.concat([this.head, chunk]);
    if (!isDecided(this.head)) return [];
    return this.split(this.begin().decode(this.head, { stream: true }));
  }

  /** What is left at the end of the stream: the runner takes an unfinished line as it is. */
  end(): string[] {
    const tail = this.decoder === null ? this.begin().decode(this.head) : this.decoder.decode();
    const lines = this.split(tail);
    const last = this.rest.replace(/\r$/, '');
    if (this.rest !== '') lines.push(last);
    this.rest = '';
    return lines;
  }

  private begin(): TextDecoder {
    this.decoder = new TextDecoder(encodingOf(this.head));
    return this.decoder;
  }

  private split(text: string): string[] {
    // A `\r` at the very end may be half of `\r\n`: the runner waits for the next character too.
    const parts = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = parts.pop() ?? '';
    return parts;
  }
}

/** Whether enough is there to tell a byte order mark from a text. */
function isDecided(head: Buffer): boolean {
  const first = head[0];
  if (first === undefined) return false;
  return head.length > 2 || (first !== 0xef && first !== 0xfe && first !== 0xff);
}

/** UTF-32, which the runner would also take, is left out. */
function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}
