/** Content types (RFC 8446, appendix B.1). */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

export const RECORD_HEADER_BYTES = 5;

/** A piece of a TLS record, as much of it as has come. */
export interface RecordPiece {
  readonly type: number;
  /** As it stands in the header: 0x0301 for TLS 1.0. */
  readonly version: number;
  /** Of the record's whole body, 0 to 65535; nobody has looked whether that is allowed. */
  readonly length: number;
  /** Whether the record begins here. Such a piece has no body yet. */
  readonly starts: boolean;
  readonly body: Uint8Array;
  /** Whether the record ends here. */
  readonly ends: boolean;
  /** Bytes of the stream up to the end of this piece. */
  readonly end: number;
}

/** Splits a stream of bytes into records. It holds no bytes but those of one header. */
export function recordSplitter(): (chunk: Uint8Array) => Generator<RecordPiece, void> {
  const header = new Uint8Array(RECORD_HEADER_BYTES);
  let filled = 0;
  let left = 0;
  let read = 0;
  return function* split(chunk) {
    const before = read;
    read += chunk.length;
    for (let at = 0; at < chunk.length;) {
      const starts = filled < RECORD_HEADER_BYTES;
      const taken = starts ? 1 : Math.min(left, chunk.length - at);
      const body = starts ? chunk.subarray(at, at) : chunk.subarray(at, at + taken);
      if (starts) header[filled++] = chunk[at] ?? 0;
      else left -= taken;
      at += taken;
      if (filled < RECORD_HEADER_BYTES) continue;
      const [type = 0, major = 0, minor = 0, high = 0, low = 0] = header;
      const length = high * 256 + low;
      if (starts) left = length;
      if (left === 0) filled = 0;
      yield {
        type,
        version: major * 256 + minor,
        length,
        starts,
        body,
        ends: left === 0,
        end: before + at,
      };
    }
  };
}
