import { bounded } from '../base/text.ts';
import type { Destination, RefusalCode } from './types.ts';

/** The head of a request, as a strict parser read it. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** `1.1` and the like. */
  readonly version: string;
  /** Name, value, name, value, as they came. */
  readonly headers: readonly string[];
}

/** Bytes, or chunks whose number nobody knows. */
export type BodyLength = number | 'chunked';

/** What goes on to the destination. */
export interface Onward {
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: BodyLength;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  readonly webSocket: boolean;
  /** The client wants no further request on this connection. */
  readonly close: boolean;
}

/** Why a request goes nowhere. */
export interface Refused {
  readonly code: RefusalCode;
  /** Somebody else's text, bounded, or what was wrong in our words. */
  readonly seen: string | null;
}

export type Judgement = { readonly onward: Onward } | { readonly refused: Refused };

const LONGEST_SEEN = 255;

/** Node's client sends these without a body unless told of one; to all others it would add chunks. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** They belong to one connection; ours to the destination has its own. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade'],
]);

/** What a request must not take away by naming it in `Connection`, nor add after its body. */
const ESSENTIAL: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'trailer', 'expect', 'connection', 'upgrade'],
  ...['te', 'authorization', 'cookie', 'content-type', 'content-encoding', 'content-range'],
]);

class Fields {
  readonly #pairs: readonly string[];

  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  /** All values of a header; `name` is lower case. */
  all(name: string): string[] {
    return this.#pairs.filter(
      (_, index) => index % 2 === 1 && this.#pairs[index - 1]?.toLowerCase() === name,
    );
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** The elements of a list header, in lower case. */
  tokens(name: string): string[] {
    return this.all(name)
      .flatMap((value) => value.split(','))
      .map((token) => token.trim().toLowerCase())
      .filter((token) => token !== '');
  }
}

/** Decides on one request for a destination: what of it goes on, or why nothing does. */
export function judgeRequest(head: RequestHead, destination: Destination): Judgement {
  const fields = new Fields(head.headers);
  const refused =
    wrongVersion(head) ??
    wrongTarget(head) ??
    wrongFraming(head, fields) ??
    wrongHost(fields, destination) ??
    wrongConnection(fields) ??
    wrongExpectation(fields) ??
    wrongUpgrade(head, fields);
  return refused === null ? { onward: onwardOf(head, fields) } : { refused };
}

/** Whether a request may end with these trailers: name, value, name, value. */
export function judgeTrailers(trailers: readonly string[]): Refused | null {
  const wrong = trailers.find(
    (name, index) => index % 2 === 0 && ESSENTIAL.has(name.toLowerCase()),
  );
  return wrong === undefined ? null : badRequest(`the trailer ${seenText(wrong)}`);
}

export function badRequest(what: string): Refused {
  return { code: 'bad-request', seen: what };
}

function seenText(text: string): string {
  return bounded(text, LONGEST_SEEN);
}

function wrongVersion(head: RequestHead): Refused | null {
  if (head.version === '1.1' || head.version === '1.0') return null;
  return badRequest(`HTTP/${head.version}`);
}

function wrongTarget(head: RequestHead): Refused | null {
  if (head.method === 'CONNECT') return { code: 'proxy-request', seen: seenText(head.target) };
  if (head.target.startsWith('/')) return null;
  if (head.target === '*')
    return head.method === 'OPTIONS' ? null : badRequest('the target * without OPTIONS');
  return { code: 'proxy-request', seen: seenText(head.target) };
}

function wrongFraming(head: RequestHead, fields: Fields): Refused | null {
  const lengths = fields.all('content-length');
  const codings = fields.all('transfer-encoding');
  if (lengths.length > 1) return badRequest('more than one Content-Length');
  if (codings.length > 1) return badRequest('more than one Transfer-Encoding');
  const [length] = lengths;
  const [coding] = codings;
  if (length !== undefined && coding !== undefined)
    return badRequest('both Content-Length and Transfer-Encoding');
  if (length !== undefined && !(/^\d+$/.test(length) && Number.isSafeInteger(Number(length))))
    return badRequest('a Content-Length that is no length');
  if (coding === undefined) return null;
  if (coding.toLowerCase() !== 'chunked')
    return badRequest('a Transfer-Encoding other than chunked');
  return head.version === '1.0' ? badRequest('Transfer-Encoding in HTTP/1.0') : null;
}

function wrongHost(fields: Fields, destination: Destination): Refused | null {
  const [host, second] = fields.all('host');
  if (host === undefined) return badRequest('no Host');
  if (second !== undefined) return badRequest('more than one Host');
  const port = `:${destination.port}`;
  const withoutPort = host.endsWith(port) ? host.slice(0, -port.length) : host;
  const name = withoutPort.toLowerCase().replace(/\.$/, '');
  return name === destination.host ? null : { code: 'other-host', seen: seenText(host) };
}

/** A header that `Connection` names is taken out by the next proxy: Host must not be. */
function wrongConnection(fields: Fields): Refused | null {
  const wrong = fields
    .tokens('connection')
    .find((token) => ESSENTIAL.has(token) && token !== 'upgrade' && token !== 'te');
  return wrong === undefined ? null : badRequest(`Connection: ${wrong}`);
}

function wrongExpectation(fields: Fields): Refused | null {
  const expected = fields.all('expect');
  if (expected.length === 0) return null;
  if (expected.length === 1 && expected[0]?.toLowerCase() === '100-continue') return null;
  return badRequest('an Expect other than 100-continue');
}

/** Only WebSocket is let through, because every other protocol could carry requests nobody checks. */
function wrongUpgrade(head: RequestHead, fields: Fields): Refused | null {
  if (!fields.has('upgrade')) return null;
  const wanted = fields.tokens('upgrade');
  const plain = head.method === 'GET' && head.version === '1.1' && bodyOf(fields) === 0;
  if (wanted.length === 1 && wanted[0] === 'websocket' && plain) return null;
  return { code: 'upgrade-refused', seen: seenText(fields.all('upgrade').join(', ')) };
}

function bodyOf(fields: Fields): BodyLength {
  return fields.has('transfer-encoding') ? 'chunked' : Number(fields.all('content-length')[0] ?? 0);
}

function onwardOf(head: RequestHead, fields: Fields): Onward {
  const connection = fields.tokens('connection');
  const webSocket = fields.has('upgrade') && connection.includes('upgrade');
  const close = head.version === '1.0' || connection.includes('close');
  const body = bodyOf(fields);
  const expectsContinue =
    fields.has('expect') && head.version === '1.1' && body !== 0 && isAscii(head.headers);
  const trailersWelcome = fields.tokens('te').includes('trailers');

  const dropped = new Set([...OF_THE_CONNECTION, ...connection]);
  if (!expectsContinue) dropped.add('expect');
  if (body !== 'chunked') dropped.add('trailer');
  const headers = withoutNames(head.headers, dropped);
  if (body === 0 && !fields.has('content-length') && !WITHOUT_BODY.has(head.method))
    headers.push('Content-Length', '0');
  if (trailersWelcome) headers.push('TE', 'trailers');
  if (webSocket) headers.push('Upgrade', 'websocket');
  const options = [
    ...(webSocket ? ['Upgrade'] : []),
    ...(trailersWelcome ? ['TE'] : []),
    ...(close ? ['close'] : []),
  ];
  headers.push('Connection', options.length > 0 ? options.join(', ') : 'keep-alive');
  return { headers, body, expectsContinue, webSocket, close };
}

/** Of a request that expects something Node sends the head as UTF-8. Without Expect the client just waits less well. */
function isAscii(texts: readonly string[]): boolean {
  return texts.every((text) => /^[\t -~]*$/.test(text));
}

/** The pairs whose names, in lower case, are not among `dropped`. */
export function withoutNames(pairs: readonly string[], dropped: ReadonlySet<string>): string[] {
  return pairs.filter((_, index) => {
    const name = pairs[index - (index % 2)];
    return name !== undefined && !dropped.has(name.toLowerCase());
  });
}
