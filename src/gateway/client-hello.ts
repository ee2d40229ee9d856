import { growingBytes } from './growing-bytes.ts';
import { HANDSHAKE, RECORD_HEADER_BYTES, recordSplitter, type RecordPiece } from './tls-records.ts';

const CLIENT_HELLO = 1;
const HANDSHAKE_HEADER_BYTES = 4;
const LONGEST_RECORD = 2 ** 14;
/** With the headers of its records. One with post-quantum keys has about 2 KiB. */
const LONGEST_HELLO = 64 * 1024;

const SERVER_NAME = 0;
const HOST_NAME = 0;
const INNER_HELLO = 1;

/** What the bytes so far amount to. All but `need-more` are final. */
export type HelloReading =
  | { readonly kind: 'need-more' }
  | ClientHello
  /** Not one well-formed ClientHello; `why` is in our words. */
  | { readonly kind: 'not-tls'; readonly why: string }
  | { readonly kind: 'too-long' };

export interface ClientHello {
  readonly kind: 'hello';
  /**
   * The name asked for: lower case, one trailing dot off, every byte a character of its own. So a
   * name with bytes that no host name has is equal to none. Null where the hello names nobody.
   */
  readonly sni: string | null;
  /** It carries a second, encrypted hello, which may name somebody else. */
  readonly encrypted: boolean;
  /** Bytes of the stream up to its end, the headers of its records counted. */
  readonly bytes: number;
}

export interface HelloReader {
  /** Reads on, in time proportional to the chunk. After a final reading it gives that again. */
  push(chunk: Uint8Array): HelloReading;
}

const NEED_MORE: HelloReading = { kind: 'need-more' };

/**
 * Reads the ClientHello at the beginning of a stream, in however many records and chunks it comes.
 * Stricter than servers are: where two of them could read two names, it is no hello at all.
 */
export function helloReader(): HelloReader {
  const split = recordSplitter();
  const message = helloCollector();
  let reading = NEED_MORE;
  let started = false;
  return {
    push(chunk) {
      if (reading.kind !== 'need-more' || chunk.length === 0) return reading;
      if (!started && chunk[0] !== HANDSHAKE) reading = notTls('it does not begin as TLS does');
      started = true;
      for (const piece of split(chunk)) {
        if (reading.kind !== 'need-more') break;
        reading = message.take(piece);
      }
      return reading;
    },
  };
}

/** The same for a stream that is already split: takes the pieces of nothing but the hello's records. */
export function helloCollector(): { take(piece: RecordPiece): HelloReading } {
  const held = growingBytes();
  let flight = 0;

  return {
    take(piece) {
      const wrong = piece.starts ? wrongRecord(piece) : null;
      if (wrong !== null) return notTls(wrong);
      if (piece.starts) flight += RECORD_HEADER_BYTES + piece.length;
      if (flight > LONGEST_HELLO) return { kind: 'too-long' };
      held.add(piece.body);
      const message = held.bytes();
      if (message.length > 0 && message[0] !== CLIENT_HELLO) return notTls('it is no ClientHello');
      if (message.length < HANDSHAKE_HEADER_BYTES) return NEED_MORE;
      const whole = HANDSHAKE_HEADER_BYTES + numberAt(message, 1, 3);
      if (whole > LONGEST_HELLO) return { kind: 'too-long' };
      if (message.length < whole) return NEED_MORE;
      if (message.length > whole || !piece.ends)
        return notTls('its record has more than the ClientHello');
      return readHello(message.subarray(HANDSHAKE_HEADER_BYTES), piece.end);
    },
  };
}

function wrongRecord({ type, version, length }: RecordPiece): string | null {
  if (type !== HANDSHAKE) return 'a record of another type stands in its place';
  if (version < 0x0301 || version > 0x0304) return 'its record has no version of TLS';
  // A server may skip an empty record, end the connection, or count it.
  if (length === 0) return 'it has an empty record';
  return length > LONGEST_RECORD ? 'its record is longer than TLS allows' : null;
}

function readHello(body: Uint8Array, bytes: number): HelloReading {
  const extensions = extensionsOf(body);
  if (extensions === null) return notTls('its ClientHello is malformed');
  const names = extensions.filter(({ type }) => type === SERVER_NAME);
  if (names.length > 1) return notTls('it has two server names');
  const [name] = names;
  const sni = name === undefined ? null : hostNameIn(name.body);
  if (name !== undefined && sni === null) return notTls('its server name is malformed');
  return { kind: 'hello', sni, encrypted: extensions.some(isEncryptedHello), bytes };
}

interface Extension {
  readonly type: number;
  readonly body: Uint8Array;
}

/** RFC 8446, section 4.1.2; the same since SSL 3. Null unless it is exactly that. */
function extensionsOf(body: Uint8Array): Extension[] | null {
  const version = numberAt(body, 0, 2);
  const session = vectorAt(body, 34, 1);
  const suites = session && vectorAt(body, session.end, 2);
  const compressions = suites && vectorAt(body, suites.end, 1);
  if (version >> 8 !== 3 || !session || !suites || !compressions) return null;
  if (session.bytes.length > 32 || suites.bytes.length < 2 || suites.bytes.length % 2 !== 0) {
    return null;
  }
  if (compressions.bytes.length === 0) return null;
  // TLS 1.2 still allows a hello that ends here.
  if (compressions.end === body.length) return [];
  const block = vectorAt(body, compressions.end, 2);
  return block === null || block.end !== body.length ? null : splitExtensions(block.bytes);
}

function splitExtensions(block: Uint8Array): Extension[] | null {
  const found: Extension[] = [];
  for (let at = 0; at < block.length;) {
    const body = vectorAt(block, at + 2, 2);
    if (body === null) return null;
    found.push({ type: numberAt(block, at, 2), body: body.bytes });
    at = body.end;
  }
  return found;
}

/** The one host name of a server_name extension (RFC 6066, section 3); null where it is not just that. */
function hostNameIn(extension: Uint8Array): string | null {
  const list = vectorAt(extension, 0, 2);
  if (list === null || list.end !== extension.length) return null;
  const name = vectorAt(list.bytes, 1, 2);
  if (name === null || name.end !== list.bytes.length) return null;
  if (list.bytes[0] !== HOST_NAME || name.bytes.length === 0) return null;
  return Array.from(name.bytes, (byte) => String.fromCharCode(byte))
    .join('')
    .toLowerCase()
    .replace(/\.$/, '');
}

/** RFC 9849, its drafts since the eighth, and the Encrypted SNI that came before them. */
function isEncryptedHello({ type, body }: Extension): boolean {
  // One byte and nothing more says "I am the inner hello", and that one names whom it wants.
  if (type === 0xfe0d) return !(body.length === 1 && body[0] === INNER_HELLO);
  return (type >= 0xfe08 && type < 0xfe0d) || type === 0xffce;
}

/** The vector whose length, in so many bytes, stands at `at`; null where it does not fit in. */
function vectorAt(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
): { readonly bytes: Uint8Array; readonly end: number } | null {
  const start = at + lengthBytes;
  if (start > bytes.length) return null;
  const end = start + numberAt(bytes, at, lengthBytes);
  return end > bytes.length ? null : { bytes: bytes.subarray(start, end), end };
}

/** Big-endian; what lies past the end counts as zero. */
function numberAt(bytes: Uint8Array, at: number, count: number): number {
  return bytes.subarray(at, at + count).reduce((number, byte) => number * 256 + byte, 0);
}

function notTls(why: string): HelloReading {
  return { kind: 'not-tls', why };
}
