import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { httpDoor, type HttpDoorLimits } from '../../src/gateway/http-door.ts';
import type { Destination, Ledger, Refusal, Upstream } from '../../src/gateway/types.ts';

const DESTINATION: Destination = {
  host: 'site.example.com',
  port: 80,
  check: 'http',
  private: false,
};

/** A request as the destination got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

export interface Account {
  opened: number;
  up: number;
  down: number;
  readonly refused: Refusal[];
}

export interface Lab {
  /** Where the door listens. */
  readonly port: number;
  /** Requests whose head the destination read, in order. */
  readonly begun: string[];
  /** Requests that the destination read to their end, in order. */
  readonly received: Received[];
  readonly account: Account;
  /** Connections to the destination that are open now. */
  readonly open: Set<Socket>;
  /** Connections of clients that are open now. */
  readonly clients: Set<Socket>;
  readonly close: () => Promise<void>;
}

export interface LabOptions {
  readonly limits?: Partial<HttpDoorLimits>;
  /** Answers a request; the body was not read yet. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Instead of an HTTP server: whatever this does with a connection. */
  readonly raw?: (socket: Socket) => void;
  /** Instead of a connection to the destination. */
  readonly connect?: Upstream['connect'];
}

/** A destination on loopback, and a door before it that believes it to be `site.example.com`. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const begun: string[] = [];
  const received: Received[] = [];
  const open = new Set<Socket>();
  const account: Account = { opened: 0, up: 0, down: 0, refused: [] };

  const site =
    options.raw === undefined
      ? httpSite(begun, received, options.answer ?? answerPlainly)
      : createServer({ allowHalfOpen: true }, options.raw);
  site.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  const sitePort = await listening(site);

  const door = httpDoor({ lingerMs: 200, ...options.limits });
  const upstream: Upstream = { connect: options.connect ?? (async () => await dial(sitePort)) };
  const clients = new Set<Socket>();
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    door(socket, DESTINATION, { upstream, ledger: ledgerOf(account) });
  });
  const port = await listening(listener);

  const close = async (): Promise<void> => {
    for (const socket of [...clients, ...open]) socket.destroy();
    await Promise.all(
      [site, listener].map(
        async (server) => await new Promise<void>((resolve) => server.close(() => resolve())),
      ),
    );
  };
  return { port, begun, received, account, open, clients, close };
}

function httpSite(
  begun: string[],
  received: Received[],
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createHttpServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    begun.push(`${request.method} ${request.url}`);
    noteBody(request, received);
    answer(request, response);
  });
  // Otherwise it would not see the last headers of many.
  server.maxHeadersCount = 0;
  return server;
}

function noteBody(request: IncomingMessage, received: Received[]): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('error', () => {});
  request.on('end', () => {
    received.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.rawHeaders,
      body: Buffer.concat(pieces).toString('latin1'),
      trailers: request.rawTrailers,
    });
  });
}

function answerPlainly(request: IncomingMessage, response: ServerResponse): void {
  request.on('end', () => response.end(`answer to ${request.method} ${request.url}\n`));
}

function ledgerOf(account: Account): Ledger {
  return {
    opened: () => {
      account.opened += 1;
    },
    moved: (_, bytes) => {
      account.up += bytes.up;
      account.down += bytes.down;
    },
    refused: (_, refusal) => {
      account.refused.push(refusal);
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return socket;
}

/** A raw client: what it sends is latin1, and so is what it hears. */
export interface Client {
  readonly socket: Socket;
  readonly send: (text: string) => void;
  /** Settles when what was heard matches; rejects with what was heard when the connection ends before. */
  readonly hears: (pattern: RegExp) => Promise<string>;
  /** Settles with everything heard when the connection is closed. */
  readonly closed: Promise<string>;
}

export async function client(port: number): Promise<Client> {
  const socket = await dial(port);
  let heard = '';
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  socket.on('data', (piece: Buffer) => {
    heard += piece.toString('latin1');
    changed();
  });
  socket.on('end', () => socket.end());
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      changed();
      resolve(heard);
    });
  });
  const hears = async (pattern: RegExp): Promise<string> =>
    await new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(heard)) resolve(heard);
        else if (socket.destroyed) reject(new Error(`closed after: ${JSON.stringify(heard)}`));
        else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  return {
    socket,
    send: (text) => {
      socket.write(text, 'latin1');
    },
    hears,
    closed,
  };
}

/** Sends the pieces, each for itself, then ends its half: what it has heard in the end. */
export async function tell(port: number, ...pieces: readonly string[]): Promise<string> {
  const speaker = await client(port);
  speaker.socket.setNoDelay(true);
  for (const piece of pieces) {
    speaker.send(piece);
    if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
  }
  speaker.socket.end();
  return await speaker.closed;
}
