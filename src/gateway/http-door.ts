import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { messageOf } from '../base/errors.ts';
import { bounded } from '../base/text.ts';
import { headText, refusalAnswer } from './http-answer.ts';
import { type Exchange, exchange, type Outcome } from './http-exchange.ts';
import { badRequest, judgeRequest, type Refused } from './http-request.ts';
import { HttpWay } from './http-way.ts';
import { splice } from './splice.ts';
import { StepSide } from './step-side.ts';
import type { Destination, Door, Ledger, Refusal, Upstream } from './types.ts';

export interface HttpDoorLimits {
  /** Milliseconds from the first byte of a request's head to its last, and from connecting to the first byte. */
  readonly headWithinMs: number;
  /** Bytes of a request's head, of its trailers, and of an answer's. */
  readonly maxHeadBytes: number;
  /** Milliseconds in which a client may still send and read after the last answer. */
  readonly lingerMs: number;
  /** Milliseconds between two accounts of the bytes of a connection that stays open. */
  readonly accountEveryMs: number;
}

const LIMITS: HttpDoorLimits = {
  headWithinMs: 15_000,
  maxHeadBytes: 64 * 1024,
  lingerMs: 5000,
  accountEveryMs: 5000,
};

interface AnswerShape {
  readonly withBody?: boolean;
  readonly tooLarge?: boolean;
}

const LONGEST_ERROR = 200;

/**
 * The door for destinations with check `http`. Every request is read by a strict parser, judged, and
 * written anew, so the destination sees what was judged and nothing else; requests go one at a time
 * over one connection. A request that is not for the destination ends the step's connection with a
 * short text that says why.
 */
export function httpDoor(limits: Partial<HttpDoorLimits> = {}): Door {
  return (socket, destination, { upstream, ledger }) => {
    const conversation = new Conversation(socket, destination, upstream, ledger, {
      ...LIMITS,
      ...limits,
    });
    conversation.begin();
  };
}

/** All requests of one connection. */
class Conversation {
  readonly #destination: Destination;
  readonly #ledger: Ledger;
  readonly #limits: HttpDoorLimits;
  readonly #side: StepSide;
  readonly #way: HttpWay;
  readonly #server: Server;
  #current:
    | (Exchange & { readonly request: IncomingMessage; readonly response: ServerResponse })
    | null = null;
  #over = false;

  constructor(
    socket: Socket,
    destination: Destination,
    upstream: Upstream,
    ledger: Ledger,
    limits: HttpDoorLimits,
  ) {
    this.#destination = destination;
    this.#ledger = ledger;
    this.#limits = limits;
    this.#side = new StepSide(socket, limits, {
      malformed: (what) => this.#refuse(badRequest(what)),
      late: (begun) => {
        if (begun) this.#refuse({ code: 'request-timeout', seen: null });
        // A connection made in advance and never used is nothing to tell of.
        else this.#side.destroy();
      },
    });
    this.#way = new HttpWay({
      connect: async () => await upstream.connect(destination),
      opened: () => ledger.opened(destination),
      moved: (bytes) => ledger.moved(destination, bytes),
      closed: () => {
        if (this.#current === null) this.#end();
      },
      accountEveryMs: limits.accountEveryMs,
    });
    this.#server = strictServer(limits);
  }

  begin(): void {
    const take = (request: IncomingMessage, response: ServerResponse): void =>
      this.#take(request, response);
    this.#server.on('request', take);
    this.#server.on('checkContinue', take);
    this.#server.on('checkExpectation', take);
    this.#server.on('connect', (request) =>
      this.#refuse({ code: 'proxy-request', seen: bounded(request.url ?? '', 255) }),
    );
    this.#server.on('clientError', (error) => this.#onUnreadable(error));
    this.#side.on('error', () => {});
    this.#side.on('close', () => {
      this.#over = true;
      this.#current?.abort();
      this.#way.destroy();
    });
    this.#server.emit('connection', this.#side);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    if (this.#over) return;
    request.on('error', () => {});
    response.on('error', () => {});
    if (this.#current !== null) {
      this.#refuse(badRequest('another request inside'));
      return;
    }
    const judgement = judgeRequest(
      {
        method: request.method ?? '',
        target: request.url ?? '',
        version: request.httpVersion,
        headers: request.rawHeaders,
      },
      this.#destination,
    );
    if ('refused' in judgement) {
      this.#refuse(judgement.refused, { withBody: request.method !== 'HEAD' });
      return;
    }
    if (this.#way.over) {
      this.#end();
      return;
    }
    const { onward } = judgement;
    this.#side.hold({ body: onward.body, isComplete: () => request.complete });
    const running = exchange(
      { request, response, onward },
      {
        way: this.#way,
        destination: this.#destination,
        maxHeadBytes: this.#limits.maxHeadBytes,
        settle: (outcome) => this.#onOutcome(outcome, response),
      },
    );
    if (!this.#over) this.#current = { ...running, request, response };
  }

  #onOutcome(outcome: Outcome, response: ServerResponse): void {
    if (this.#over) return;
    switch (outcome.kind) {
      case 'done':
        this.#current = null;
        if (this.#way.over || this.#side.writableEnded) this.#end();
        else this.#side.release();
        return;
      case 'cut':
        this.#cut(response);
        return;
      case 'refused':
        this.#refuse(outcome.refused);
        return;
      case 'failed':
        this.#fail(outcome.error);
        return;
      case 'switched':
        this.#switch(outcome);
    }
  }

  /** Bytes that are no HTTP, or an end amid a request. */
  #onUnreadable(error: Error): void {
    const code = 'code' in error ? error.code : null;
    if (code === 'ECONNRESET' || code === 'HPE_INVALID_EOF_STATE') {
      this.#side.destroy();
      return;
    }
    if (code === 'HPE_HEADER_OVERFLOW')
      this.#refuse(badRequest('its head is too long'), { tooLarge: true });
    else this.#refuse(badRequest('reason' in error ? String(error.reason) : error.message));
  }

  #refuse(refused: Refused, shape?: AnswerShape): void {
    if (this.#over) return;
    this.#ledger.refused(this.#destination, refused);
    const response = this.#current?.response;
    this.#current?.abort();
    if (response?.headersSent === true) this.#cut(response);
    else this.#say(refused, shape);
  }

  #fail(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal !== null) this.#ledger.refused(this.#destination, refusal);
    const seen = bounded(messageOf(error), LONGEST_ERROR);
    this.#say({ code: refusal?.code ?? 'unreachable', seen });
  }

  #say(refused: Refused, shape?: AnswerShape): void {
    this.#over = true;
    this.#side.end(Buffer.from(refusalAnswer(refused, this.#destination, shape)));
    this.#way.destroy();
  }

  /** The client must not take what it has of the answer for the whole of it. */
  #cut(response: ServerResponse): void {
    if (response.headersSent && !response.writableFinished) {
      this.#over = true;
      this.#side.reset();
    }
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#side.end();
    this.#way.destroy();
  }

  #switch({ consent, socket, early }: Outcome & { readonly kind: 'switched' }): void {
    this.#over = true;
    this.#way.giveAway();
    const step = this.#side.handOver();
    if (step === null) {
      socket.destroy();
      this.#side.destroy();
      return;
    }
    step.socket.write(headText(consent), 'latin1');
    step.socket.write(early);
    splice({
      client: step.socket,
      upstream: socket,
      first: step.unread,
      gate: null,
      tellMs: this.#limits.accountEveryMs,
      moved: (bytes) => this.#ledger.moved(this.#destination, bytes),
      cut: () => {},
    });
  }
}

/** Reads as strictly as Node can, whatever the options of the process are. It never listens. */
function strictServer({ maxHeadBytes }: HttpDoorLimits): Server {
  const server = createServer({
    insecureHTTPParser: false,
    // Looked at with everything else, and told.
    requireHostHeader: false,
    maxHeaderSize: maxHeadBytes,
    keepAliveTimeout: 0,
  });
  // By default Node drops headers past a certain number.
  server.maxHeadersCount = 0;
  return server;
}

function refusalOf(thrown: unknown): Refusal | null {
  return thrown instanceof Error && 'refusal' in thrown ? (thrown.refusal as Refusal) : null;
}
