import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterBlankLine, HeadScan } from './head-scan.ts';
import type { BodyLength } from './http-request.ts';

export interface StepSideLimits {
  /** Milliseconds from the first byte of a request's head to its last, and from connecting to the first byte. */
  readonly headWithinMs: number;
  /** Milliseconds in which the client may still send and read when all was said. */
  readonly lingerMs: number;
}

export interface StepSideListener {
  /** The bytes are no request's head. Nothing further is read. */
  readonly malformed: (what: string) => void;
  /** The clock ran out; `begun` is false if there was not one byte. */
  readonly late: (begun: boolean) => void;
}

/** A message that the parser is reading, or has read and that is not answered yet. */
export interface Message {
  readonly body: BodyLength;
  readonly isComplete: () => boolean;
}

/** Bytes that may lie here unread while a request is being answered. */
const HELD_BYTES = 64 * 1024;

/** Nothing else has a head that is not the whole head of a request. */
const HTTP2 = { malformed: 'the preface of HTTP/2' };

const NOTHING = Buffer.alloc(0);

/**
 * The step's end of a connection as the parser sees it. It hands on one request at a time, and not a
 * byte of the next before `release`: so nothing piles up, whatever the step sends ahead, and what
 * follows a request that changes the protocol is still whole.
 */
export class StepSide extends Duplex {
  readonly #socket: Socket;
  readonly #limits: StepSideLimits;
  readonly #listener: StepSideListener;
  #held: Buffer = NOTHING;
  /** The parser asks for more. */
  #wanted = false;
  #ended = false;
  /** No further byte goes to the parser. */
  #shut = false;
  #handedOver = false;
  #message: Message | null = null;
  /** Bytes of a sized body that are still to come. */
  #left = 0;
  /** The last bytes of a chunked body, in which a blank line may have begun. */
  #tail: Buffer = NOTHING;
  #scan: HeadScan | null = null;
  /** The parser has a whole head, and has not told yet. */
  #headRead = false;
  #clock: NodeJS.Timeout | null = null;

  constructor(socket: Socket, limits: StepSideLimits, listener: StepSideListener) {
    // Without read-ahead: what may be read next is known only when the parser has seen the last piece.
    super({ readableHighWaterMark: 0, autoDestroy: false });
    this.#socket = socket;
    this.#limits = limits;
    this.#listener = listener;
    socket.setNoDelay(true);
    // A client that has sent its last request still gets the answer.
    socket.allowHalfOpen = true;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onGone);
    socket.on('close', this.#onGone);
    this.#awaitHead(false);
  }

  /** The parser has read a head; bytes of its body may follow. */
  hold(message: Message): void {
    this.#message = message;
    this.#left = message.body === 'chunked' ? 0 : message.body;
    this.#tail = NOTHING;
    this.#scan = null;
    this.#headRead = false;
    this.#stopClock();
  }

  /** The request is answered and read to its end: the next one may come. */
  release(): void {
    this.#message = null;
    this.#feed();
  }

  /** Nothing that comes is looked at any more. */
  shut(): void {
    this.#shut = true;
    this.#held = NOTHING;
    this.#stopClock();
    this.#socket.resume();
  }

  /** Gives the socket away, with what was read of it too early; null where the client has gone. */
  handOver(): { readonly socket: Socket; readonly unread: Buffer } | null {
    if (this.#shut || this.#ended) return null;
    const unread = this.#held;
    this.shut();
    this.#socket.pause();
    this.#handedOver = true;
    this.#letGo();
    this.destroy();
    return { socket: this.#socket, unread };
  }

  /** Ends the connection so that the client cannot take it for the regular end of an answer. */
  reset(): void {
    this.#socket.resetAndDestroy();
    this.destroy();
  }

  override _read(): void {
    this.#wanted = true;
    this.#feed();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  /** Ends our half and reads on for a while: closing over unread bytes would take the answer away. */
  override _final(done: () => void): void {
    this.shut();
    this.#socket.end(() => {
      if (!this.destroyed) this.#setClock(() => this.destroy(), this.#limits.lingerMs);
    });
    done();
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#shut = true;
    this.#stopClock();
    if (!this.#handedOver) this.#socket.destroy();
    done();
  }

  #send(chunks: readonly Buffer[], done: () => void): void {
    this.#socket.cork();
    const flowing = chunks.map((chunk) => this.#socket.write(chunk)).every(Boolean);
    this.#socket.uncork();
    if (flowing) done();
    else this.#socket.once('drain', done);
  }

  #feed(): void {
    if (!this.#wanted || this.#shut) return;
    const length = this.#portion();
    if (length > 0) {
      const piece = this.#held.subarray(0, length);
      this.#held = this.#held.subarray(length);
      if (this.#held.length < HELD_BYTES) this.#socket.resume();
      this.#wanted = false;
      this.push(piece);
    } else if (this.#ended && this.#held.length === 0 && !this.#mustHold()) {
      this.#wanted = false;
      this.push(null);
    }
  }

  #mustHold(): boolean {
    return this.#message?.isComplete() ?? false;
  }

  /** How many of the held bytes the parser may have now. */
  #portion(): number {
    const held = this.#held;
    if (held.length === 0 || this.#mustHold()) return 0;
    if (this.#message === null) return this.#portionOfHead();
    if (this.#message.body === 'chunked') {
      const length = afterBlankLine(this.#tail, held) ?? held.length;
      this.#tail = Buffer.concat([this.#tail, held.subarray(0, length)]).subarray(-3);
      return length;
    }
    const length = Math.min(this.#left, held.length);
    this.#left -= length;
    return length;
  }

  #portionOfHead(): number {
    if (this.#scan === null) {
      this.#scan = new HeadScan();
      this.#awaitHead(true);
    }
    const scanned = this.#headRead ? HTTP2 : this.#scan.read(this.#held);
    if ('malformed' in scanned) {
      this.shut();
      this.#listener.malformed(scanned.malformed);
      return 0;
    }
    this.#headRead = scanned.end !== null;
    return scanned.end ?? this.#held.length;
  }

  #awaitHead(begun: boolean): void {
    this.#setClock(() => this.#listener.late(begun), this.#limits.headWithinMs);
  }

  #setClock(whenOver: () => void, ms: number): void {
    this.#stopClock();
    this.#clock = setTimeout(whenOver, ms);
  }

  #stopClock(): void {
    if (this.#clock !== null) clearTimeout(this.#clock);
    this.#clock = null;
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#shut) return;
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#held.length >= HELD_BYTES) this.#socket.pause();
    this.#feed();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#feed();
  };

  readonly #onGone = (): void => {
    this.destroy();
  };

  #letGo(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('error', this.#onGone);
    this.#socket.off('close', this.#onGone);
  }
}
