import { decode, encode, type Answer, type DecodedPacket } from 'dns-packet';
import { normalName } from './names.ts';

/** What a look-up asks for, and nothing else of it. */
export interface LookUp {
  readonly packet: DecodedPacket;
  /** null for a name that cannot be one. */
  readonly name: string | null;
  /** As it was asked, for a record. */
  readonly asked: string;
  readonly type: string;
}

/** Seconds. Short, so that a name that loses its door is soon asked for again. */
const TTL = 20;
/** Bits of the header's flags: authoritative, recursion available. */
const FLAGS = 0x0400 | 0x0080;
/** Where the header says what kind of question it is; 0 is a plain one. */
const OPCODE = 0x7800;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;

/** Reads a look-up. Never throws: null for what is malformed or asks for anything but one name. */
export function readLookUp(message: Uint8Array): LookUp | null {
  try {
    const packet = decode(Buffer.from(message));
    const [question, ...more] = packet.questions ?? [];
    if (packet.type !== 'query' || packet.flag_tc || ((packet.flags ?? 0) & OPCODE) !== 0)
      return null;
    if (question === undefined || more.length > 0 || question.class !== 'IN') return null;
    return {
      packet,
      name: normalName(question.name),
      asked: question.name,
      type: question.type,
    };
  } catch {
    return null;
  }
}

/** The name has this address, if that is what was asked, and nothing else. */
export function answer({ packet, type }: LookUp, address: string): Uint8Array {
  const [question] = packet.questions ?? [];
  const kind = address.includes(':') ? 'AAAA' : 'A';
  const wanted = type === kind || type === 'ANY';
  const record: Answer = {
    type: kind,
    class: 'IN',
    name: question?.name ?? '',
    ttl: TTL,
    data: address,
  };
  return reply(packet, 0, wanted ? [record] : []);
}

export function nameError({ packet }: LookUp): Uint8Array {
  return reply(packet, NAME_ERROR, []);
}

export function serverFailure({ packet }: LookUp): Uint8Array {
  return reply(packet, SERVER_FAILURE, []);
}

function reply(packet: DecodedPacket, code: number, answers: Answer[]): Uint8Array {
  const desired = packet.flag_rd ? 0x0100 : 0;
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    flags: FLAGS | desired | code,
    questions: packet.questions ?? [],
    answers,
  });
}
