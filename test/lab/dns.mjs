// The laboratory's DNS servers: messages, and DNS over UDP, TCP, TLS and HTTPS.
import { isIP } from 'node:net';
import { GREETING } from './addresses.mjs';
import { note, plain } from './log.mjs';
import { recordsOf } from './zone.mjs';

const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SVCB: 64,
  HTTPS: 65,
};
const TYPE_NAMES = new Map(Object.entries(TYPES).map(([name, number]) => [number, name]));
const OPT = 41;

/** A client that says nothing for so long is no DNS client, and is greeted. */
const PATIENCE_MS = 500;

/**
 * The answer to a query of one question; null where none comes, as for a query that cannot be read.
 * @param {Buffer} query
 * @param {'udp' | 'tcp' | 'tls' | 'https'} protocol
 * @param {string} address where it was asked
 */
export function answerTo(query, protocol, address) {
  const question = questionOf(query);
  if (question === null) return null;
  const { name, type, end } = question;
  note({ kind: 'question', protocol, address, name, type });
  const found = recordsOf(name, type);
  if (found?.silent === true) return null;

  const hasEdns = query.readUInt16BE(10) > 0 && query.length >= end + 11;
  const additional = hasEdns ? edns(query.readUInt16BE(end + 3)) : null;
  const room = protocol === 'udp' ? (additional?.room ?? 512) : 65_535;
  const records = (found?.records ?? []).map(encodeRecord);
  const size = records.reduce((sum, record) => sum + record.length, end + 11);
  const cut = size > room || (protocol === 'udp' && found?.onlyTcp === true);
  const code = found === null ? 3 : (found.fails ?? 0);

  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // An answer, to the same kind of question; recursion is there.
  header.writeUInt16BE(0x8080 | (query.readUInt16BE(2) & 0x0100) | (cut ? 0x0200 : 0) | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(cut ? 0 : records.length, 6);
  header.writeUInt16BE(additional === null ? 0 : 1, 10);
  return Buffer.concat([
    header,
    query.subarray(12, end),
    ...(cut ? [] : records),
    ...(additional === null ? [] : [additional.record]),
  ]);
}

/** Whether this may be a query of one question. */
export const isQuery = (message) =>
  message.length > 16 && message.readUInt16BE(4) === 1 && (message.readUInt16BE(2) & 0x8000) === 0;

function questionOf(query) {
  const labels = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return null;
  const type = query.readUInt16BE(at + 1);
  return { name: labels.join('.'), type: TYPE_NAMES.get(type) ?? `TYPE${type}`, end: at + 5 };
}

function edns(room) {
  const record = Buffer.alloc(11);
  record.writeUInt16BE(OPT, 1);
  record.writeUInt16BE(1232, 3);
  return { record, room: Math.max(room, 512) };
}

function encodeRecord({ owner, type, ttl, data }) {
  const rest = Buffer.alloc(10);
  const content = encodeData(type, data);
  rest.writeUInt16BE(TYPES[type], 0);
  rest.writeUInt16BE(1, 2);
  rest.writeUInt32BE(ttl, 4);
  rest.writeUInt16BE(content.length, 8);
  return Buffer.concat([encodeName(owner), rest, content]);
}

function encodeData(type, data) {
  switch (type) {
    case 'A':
      return Buffer.from(data.split('.').map(Number));
    case 'AAAA':
      return encodeIPv6(data);
    case 'TXT':
      return Buffer.concat([Buffer.from([data.length]), Buffer.from(data)]);
    case 'MX':
      return Buffer.concat([Buffer.from([0, 10]), encodeName(data)]);
    default:
      return encodeName(data);
  }
}

function encodeName(name) {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), label]),
    Buffer.alloc(1),
  ]);
}

function encodeIPv6(text) {
  const quad = /[\d.]+$/.exec(text)?.[0] ?? '';
  const hex = isIP(quad) === 4 ? Buffer.from(quad.split('.').map(Number)).toString('hex') : '';
  const spelled = hex === '' ? text : text.replace(quad, `${hex.slice(0, 4)}:${hex.slice(4)}`);
  const [head, tail] = spelled.split('::').map((half) => half.split(':').filter(Boolean));
  const gap = Array.from({ length: 8 - head.length - (tail?.length ?? 0) }, () => '0');
  const groups = [...head, ...gap, ...(tail ?? [])].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}

/** DNS over a stream, where a length goes before each message. */
export function answerStream(socket, protocol) {
  let pending = Buffer.alloc(0);
  const address = plain(socket.localAddress);
  const greeting = setTimeout(() => socket.end(`${GREETING}\n`), PATIENCE_MS);
  socket.on('close', () => clearTimeout(greeting));
  socket.on('data', (data) => {
    clearTimeout(greeting);
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const message = pending.subarray(2, 2 + pending.readUInt16BE(0));
      pending = pending.subarray(2 + message.length);
      if (!isQuery(message)) return socket.destroy();
      const answer = answerTo(message, protocol, address);
      if (answer === null) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
    return undefined;
  });
}

/** DNS over HTTPS, as GET and as POST. */
export function answerWeb(request, body, response) {
  const encoded = new URL(request.url, 'https://localhost').searchParams.get('dns');
  const query = encoded === null ? body : Buffer.from(encoded, 'base64url');
  const answer = isQuery(query)
    ? answerTo(query, 'https', plain(request.socket.localAddress))
    : null;
  if (answer === null) response.writeHead(400).end();
  else response.writeHead(200, { 'content-type': 'application/dns-message' }).end(answer);
}
