import { bounded, harmless } from '../base/text.ts';
import { type Refused, withoutNames } from './http-request.ts';
import type { Destination, RefusalCode } from './types.ts';

/** The head of an answer, as a strict parser read it. */
export interface AnswerHead {
  readonly status: number;
  readonly message: string;
  /** Name, value, name, value, as they came. */
  readonly headers: readonly string[];
}

/** How an answer goes on to the client. */
export interface AnswerWay {
  /** No further answer follows on this connection. */
  readonly close: boolean;
  /** The client understands chunks. */
  readonly chunks: boolean;
}

const LONGEST_LINE = 400;

const OF_THE_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'upgrade'];

/** The headers of an answer as the client gets them. */
export function answerHeaders(head: AnswerHead, way: AnswerWay): string[] {
  const dropped = new Set(OF_THE_CONNECTION);
  const chunked = valuesOf(head, 'transfer-encoding').length > 0;
  if (!way.chunks || head.status === 204 || head.status === 304) dropped.add('transfer-encoding');
  if (!way.chunks || !chunked) dropped.add('trailer');
  return [...withoutNames(head.headers, dropped), 'Connection', way.close ? 'close' : 'keep-alive'];
}

/** Why a final answer cannot go on, or null. */
export function faultOf(head: AnswerHead): string | null {
  if (head.status < 200) return `it answered with ${head.status}, which nobody asked for`;
  const codings = valuesOf(head, 'transfer-encoding');
  // The client would get the body in a coding that it is not told of.
  const strange = codings.some((coding) => coding.toLowerCase() !== 'chunked');
  return strange ? 'it answered with a Transfer-Encoding other than chunked' : null;
}

/** Whether a 101 answer is the consent to speak WebSocket. */
export function isWebSocketConsent(head: AnswerHead): boolean {
  const agreed = valuesOf(head, 'upgrade');
  return head.status === 101 && agreed.length === 1 && agreed[0]?.toLowerCase() === 'websocket';
}

function valuesOf(head: AnswerHead, name: string): string[] {
  return head.headers.filter(
    (_, index) => index % 2 === 1 && head.headers[index - 1]?.toLowerCase() === name,
  );
}

/** A head without a body, as bytes in latin1: a 1xx answer. */
export function headText(head: AnswerHead): string {
  const lines = [`HTTP/1.1 ${head.status} ${head.message}`];
  for (let index = 0; index + 1 < head.headers.length; index += 2)
    lines.push(`${head.headers[index]}: ${head.headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const REASONS = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
} as const;

/** What a client is told whose request goes nowhere: a whole answer, the last of its connection. */
export function refusalAnswer(
  refused: Refused,
  destination: Destination,
  { withBody = true, tooLarge = false } = {},
): string {
  const status = tooLarge ? 431 : statusOf(refused.code);
  const line = `Glovebox ${sentence(refused, destination)}.`;
  const body = `${bounded(harmless(line), LONGEST_LINE)}\n`;
  return headText({
    status,
    message: REASONS[status],
    headers: [
      ...['Content-Type', 'text/plain; charset=utf-8'],
      ...['Content-Length', String(new TextEncoder().encode(body).length)],
      ...['Connection', 'close'],
    ],
  }).concat(withBody ? body : '');
}

function statusOf(code: RefusalCode): 400 | 408 | 502 {
  if (code === 'request-timeout') return 408;
  const asked = ['bad-request', 'other-host', 'proxy-request', 'upgrade-refused'];
  return asked.includes(code) ? 400 : 502;
}

function sentence({ code, seen }: Refused, { host, port }: Destination): string {
  const only = `and this way leads to ${host} only`;
  if (code === 'bad-request') return `refused this request: ${seen ?? 'it is malformed'}`;
  if (code === 'other-host') return `refused this request: it is for ${seen ?? '?'}, ${only}`;
  if (code === 'proxy-request') return `refused this request: it asks for a proxy, ${only}`;
  if (code === 'upgrade-refused')
    return 'refused this request: the only upgrade it lets through is WebSocket, by a plain GET';
  if (code === 'request-timeout') return 'waited too long for the head of a request';
  return `could not pass this request on to ${host}:${port}: ${seen ?? code}`;
}
