import { decode, type DecodedPacket } from 'dns-packet';
import { type Address, parseAddress } from '../policy/addresses.ts';
import { normalName } from './names.ts';

/** What a look-up asks for, and nothing else of it. */
export interface LookUp {
  readonly id: number;
  readonly recursionDesired: boolean;
  /** The question as it stands in the message; clients want to see it again, byte for byte. */
  readonly question: Uint8Array;
  /** null for a name that cannot be one. */
  readonly name: string | null;
  /** As it was asked, for a record. */
  readonly asked: string;
  readonly type: string;
}

/** Seconds. Short, so that a name that loses its door is soon asked for again. */
const TTL = 20;
/** Bits of the header's flags: a response, authoritative, recursion desired, recursion available. */
const RESPONSE = 0x8000 | 0x0400 | 0x0080;
const RECURSION_DESIRED = 0x0100;
/** Where the header says what kind of question it is; 0 is a plain one. */
const OPCODE = 0x7800;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
const HEADER_BYTES = 12;
const LONGEST_LABEL = 63;
const DOT = 0x2e;
/** Of a resource record. */
const TYPES = { 4: 1, 6: 28 } as const;

/** Reads a look-up. Never throws: null for what is malformed or asks for anything but one name. */
export function readLookUp(message: Uint8Array): LookUp | null {
  const packet = readPacket(message);
  const [question, ...more] = packet?.questions ?? [];
  if (packet === null || packet.type !== 'query' || packet.flag_tc) return null;
  if (((packet.flags ?? 0) & OPCODE) !== 0) return null;
  if (question === undefined || more.length > 0 || question.class !== 'IN') return null;
  const labels = labelsOf(message);
  if (labels === null) return null;
  const bytes = labels.reduce((sum, label) => sum + 1 + label.length, 0);
  return {
    id: packet.id ?? 0,
    recursionDesired: packet.flag_rd,
    question: message.slice(HEADER_BYTES, HEADER_BYTES + bytes + 1 + 4),
    // A label with a dot in it reads as two, and is none that a host has.
    name: labels.some((label) => label.includes(DOT)) ? null : normalName(question.name),
    asked: question.name,
    type: question.type,
  };
}

function readPacket(message: Uint8Array): DecodedPacket | null {
  try {
    return decode(Buffer.from(message));
  } catch {
    return null;
  }
}

/** Of the first question; null where they point elsewhere, as nothing stands before them. */
function labelsOf(message: Uint8Array): Uint8Array[] | null {
  const labels: Uint8Array[] = [];
  for (let at = HEADER_BYTES; ;) {
    const length = message[at];
    if (length === undefined || length > LONGEST_LABEL) return null;
    if (length === 0) return labels;
    labels.push(message.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** The name has this address, if that is what was asked, and nothing else. */
export function answer(lookUp: LookUp, address: string): Uint8Array {
  const parsed = parseAddress(address);
  if (parsed === null) return serverFailure(lookUp);
  const kind = parsed.family === 4 ? 'A' : 'AAAA';
  const wanted = lookUp.type === kind || lookUp.type === 'ANY';
  return reply(lookUp, 0, wanted ? addressRecord(parsed) : []);
}

/** Points to the question's name; then type, class IN, time to live, and the address's bytes. */
function addressRecord({ family, bits }: Address): number[] {
  const width = family === 4 ? 4 : 16;
  const bytes = Array.from({ length: width }, (_, index) =>
    Number((bits >> BigInt(8 * (width - 1 - index))) & 0xffn),
  );
  return [0xc0, HEADER_BYTES, 0, TYPES[family], 0, 1, 0, 0, 0, TTL, 0, width, ...bytes];
}

export function nameError(lookUp: LookUp): Uint8Array {
  return reply(lookUp, NAME_ERROR, []);
}

export function serverFailure(lookUp: LookUp): Uint8Array {
  return reply(lookUp, SERVER_FAILURE, []);
}

function reply(
  { id, recursionDesired, question }: LookUp,
  code: number,
  record: readonly number[],
): Uint8Array {
  const flags = RESPONSE | (recursionDesired ? RECURSION_DESIRED : 0) | code;
  const header = Buffer.alloc(HEADER_BYTES);
  for (const [index, word] of [id, flags, 1, record.length > 0 ? 1 : 0].entries())
    header.writeUInt16BE(word, index * 2);
  return Buffer.concat([header, question, Uint8Array.from(record)]);
}
