import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import {
  type AnswerHead,
  answerHeaders,
  faultOf,
  headText,
  isWebSocketConsent,
} from './http-answer.ts';
import { judgeTrailers, type Onward, type Refused } from './http-request.ts';
import type { Destination } from './types.ts';

/** A request that was found good, and where its answer goes. */
export interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onward: Onward;
}

/**
 * How it went.
 *
 * - `done`: answered and read to its end, and both connections can carry the next.
 * - `cut`: nothing true can be said to the client any more, or nothing at all.
 * - `refused`: nothing was said to the client yet.
 * - `failed`: likewise, because of the destination.
 * - `switched`: both sides speak WebSocket from here on.
 */
export type Outcome =
  | { readonly kind: 'done' | 'cut' }
  | { readonly kind: 'refused'; readonly refused: Refused }
  | { readonly kind: 'failed'; readonly error: unknown }
  | {
      readonly kind: 'switched';
      readonly consent: AnswerHead;
      readonly socket: Socket;
      readonly early: Buffer;
    };

export interface Exchange {
  /** Gives up, whatever was said already. No outcome is told any more. */
  abort(): void;
}

export interface ExchangeOptions {
  readonly way: Agent;
  readonly destination: Destination;
  readonly maxHeadBytes: number;
  /** Called once, and not after `abort`. */
  readonly settle: (outcome: Outcome) => void;
}

/** Carries one request to the destination and its answer back. Never throws. */
export function exchange(turn: Turn, options: ExchangeOptions): Exchange {
  let settled = false;
  const settle = (outcome: Outcome): void => {
    if (settled) return;
    settled = true;
    options.settle(outcome);
  };

  let onwardRequest: ClientRequest;
  try {
    onwardRequest = openRequest(turn, options);
  } catch (error) {
    settle({ kind: 'failed', error });
    return { abort: () => {} };
  }
  const giveUp = (outcome: Outcome): void => {
    settle(outcome);
    onwardRequest.destroy();
  };
  carryAnswer(turn, onwardRequest, giveUp, settle);
  carryBody(turn, onwardRequest, giveUp);
  return {
    abort: () => {
      settled = true;
      onwardRequest.destroy();
    },
  };
}

function openRequest({ request, onward }: Turn, options: ExchangeOptions): ClientRequest {
  const onwardRequest = httpRequest({
    agent: options.way,
    host: options.destination.host,
    port: options.destination.port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: [...onward.headers],
    maxHeaderSize: options.maxHeadBytes,
    insecureHTTPParser: false,
  });
  // By default Node drops headers past a certain number.
  onwardRequest.maxHeadersCount = 0;
  return onwardRequest;
}

function carryBody(
  { request, onward }: Turn,
  to: ClientRequest,
  giveUp: (outcome: Outcome) => void,
): void {
  // What breaks a request is told by the connection that it came on.
  request.on('error', () => {});
  if (onward.body === 0) {
    request.resume();
    to.end();
    return;
  }
  sendHead(to);
  request.pipe(to, { end: false });
  request.on('end', () => {
    const refused = judgeTrailers(request.rawTrailers);
    if (refused !== null) {
      giveUp({ kind: 'refused', refused });
      return;
    }
    to.addTrailers(pairsOf(request.rawTrailers));
    to.end();
  });
}

function carryAnswer(
  turn: Turn,
  from: ClientRequest,
  giveUp: (outcome: Outcome) => void,
  settle: (outcome: Outcome) => void,
): void {
  const { request, response } = turn;
  let answered = false;
  let informed = false;
  from.on('information', (information) => {
    if (request.httpVersion === '1.0' || response.headersSent) return;
    informed = true;
    const head = headOf(information);
    response.socket?.write(headText(head), 'latin1');
  });
  from.on('response', (answer) => {
    answered = true;
    sendAnswer(turn, from, answer, giveUp);
  });
  from.on('upgrade', (answer, socket, early) => {
    const consent = headOf(answer);
    if (turn.onward.webSocket && isWebSocketConsent(consent)) {
      settle({ kind: 'switched', consent, socket, early });
      return;
    }
    socket.destroy();
    settle({ kind: 'failed', error: new Error('it answered with an upgrade nobody asked for') });
  });
  from.on('error', (error) => {
    // Once an answer is on its way, the answer itself tells how it ended.
    if (answered) return;
    // A destination may close a connection while the next request is under way: clients know that.
    const quietly = from.reusedSocket && !informed && isHangUp(error);
    settle(quietly ? { kind: 'cut' } : { kind: 'failed', error });
  });
  let left = 2;
  const halfDone = (): void => {
    left -= 1;
    if (left === 0) settle({ kind: request.complete ? 'done' : 'cut' });
  };
  from.on('close', halfDone);
  response.on('finish', halfDone);
}

function sendAnswer(
  { request, response, onward }: Turn,
  from: ClientRequest,
  answer: IncomingMessage,
  giveUp: (outcome: Outcome) => void,
): void {
  const head = headOf(answer);
  // Whether the body will still come after such an answer, each side guesses for itself.
  const unclear = onward.expectsContinue && !request.complete;
  const close = onward.close || unclear || !from.shouldKeepAlive;
  try {
    const fault = faultOf(head);
    if (fault !== null) throw new Error(fault);
    response.sendDate = false;
    const headers = answerHeaders(head, { close, chunks: request.httpVersion === '1.1' });
    response.writeHead(head.status, head.message, headers);
  } catch (error) {
    giveUp({ kind: 'failed', error });
    return;
  }
  sendHead(response);
  answer.on('error', () => {
    giveUp({ kind: 'cut' });
  });
  response.on('finish', () => {
    // Nothing reads the rest of the body: the connection ends with this answer.
    if (close && !request.complete) giveUp({ kind: 'cut' });
  });
  answer.on('end', () => {
    if (!answer.complete) return;
    response.addTrailers(pairsOf(answer.rawTrailers));
    response.end();
  });
  answer.pipe(response, { end: false });
}

/** Sends the head before there is any of the body. `flushHeaders` would make UTF-8 of its latin1. */
function sendHead(message: OutgoingMessage): void {
  message.write('', 'latin1');
}

function headOf(message: {
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly rawHeaders: readonly string[];
}): AnswerHead {
  return {
    status: message.statusCode ?? 0,
    message: message.statusMessage ?? '',
    headers: message.rawHeaders,
  };
}

function isHangUp(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function pairsOf(flat: readonly string[]): [name: string, value: string][] {
  return flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [],
  );
}
