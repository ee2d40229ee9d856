import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { UpstreamRefused } from '../../src/gateway/refused.ts';
import type { Destination, Door, Ledger, Refusal, Upstream } from '../../src/gateway/types.ts';

const open: (() => void)[] = [];

/** All that a test opened is closed after it. */
afterEach(() => {
  for (const close of open.splice(0)) close();
});

export const DESTINATION: Destination = {
  host: 'api.example.com',
  port: 443,
  check: 'tls',
  private: false,
};

export interface Listening {
  readonly port: number;
  readonly server: Server;
}

/** A server on loopback. Its sockets swallow their errors and stay half-open. */
export async function listen(
  serve: (socket: Socket) => void,
  options: { readonly highWaterMark?: number } = {},
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, ...options }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** A client on loopback, not connected yet. */
export function call(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  open.push(() => socket.destroy());
  return socket;
}

/** A connected client on loopback. */
export async function dial(port: number): Promise<Socket> {
  const socket = call(port);
  await once(socket, 'connect');
  return socket;
}

/** A promise to be kept by somebody else. */
export function promised<T>(): { promise: Promise<T>; resolve: (value: T | Promise<T>) => void } {
  let resolve: (value: T | Promise<T>) => void = () => undefined;
  const promise = new Promise<T>((keep) => (resolve = keep));
  return { promise, resolve };
}

/** An upstream that leads every name to one port of loopback, or refuses. */
export function leadTo(port: number | Refusal): Upstream & { readonly asked: Destination[] } {
  const asked: Destination[] = [];
  return {
    asked,
    connect: async (destination) => {
      asked.push(destination);
      if (typeof port !== 'number') throw new UpstreamRefused(port);
      return await dial(port);
    },
  };
}

interface Account extends Ledger {
  readonly events: string[];
  readonly bytes: { up: number; down: number };
}

function account(): Account {
  const events: string[] = [];
  const bytes = { up: 0, down: 0 };
  return {
    events,
    bytes,
    opened: () => events.push('opened'),
    moved: (_, { up, down }) => {
      bytes.up += up;
      bytes.down += down;
    },
    refused: (_, { code, seen }) => events.push(seen === null ? code : `${code}: ${seen}`),
  };
}

/** A door on a port of its own. */
export async function openDoor(
  door: Door,
  upstream: Upstream,
  destination = DESTINATION,
): Promise<{ readonly port: number; readonly ledger: Account; readonly inside: Socket[] }> {
  const ledger = account();
  const inside: Socket[] = [];
  const { port } = await listen((socket) => {
    inside.push(socket);
    door(socket, destination, { upstream, ledger });
  });
  return { port, ledger, inside };
}

/** Everything that comes until the other end ends; `reset` where it does not end but break. */
export async function readAll(socket: Socket): Promise<Buffer | 'reset'> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return await new Promise((resolve) => {
    socket.once('end', () => resolve(Buffer.concat(chunks)));
    socket.once('error', () => resolve('reset'));
    socket.once('close', () => resolve('reset'));
    socket.resume();
  });
}
