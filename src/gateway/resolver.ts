import { createSocket, type RemoteInfo, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { answer, type LookUp, nameError, readLookUp, serverFailure } from './look-ups.ts';

/** What a name is answered with: its address, `unknown`, or `busy` where none can be given now. */
export type Resolved = { readonly address: string } | 'unknown' | 'busy';
export type Resolve = (name: string) => Promise<Resolved>;

export interface Resolver {
  readonly ports: { readonly udp: number; readonly tcp: number };
  close(): void;
}

export interface ResolverRequest {
  readonly resolve: Resolve;
  /** A name was asked for that is none, or that nobody allows. */
  readonly refused: (asked: string) => void;
  readonly malformed: () => void;
}

const LOCALHOST = '127.0.0.1';
/** Connections at one time, and how long one may say nothing. */
const MOST_CONNECTIONS = 64;
const IDLE_MS = 10_000;
/** A look-up of one name is far shorter. */
const LONGEST_MESSAGE = 4096;
/** Look-ups that wait for their answer; of more the step hears nothing, and asks again. */
const MOST_PENDING = 1024;
/** Asked for our own addresses or a loopback's: nobody tries to leave by that. */
const HARMLESS_PTR = /(?:\.(?:19|18)\.198|\.127)\.in-addr\.arpa$/;

/** Answers all look-ups of the step, of which none goes any further. */
export async function openResolver(request: ResolverRequest): Promise<Resolver> {
  const answered = answerer(request);
  const datagrams = createSocket('udp4');
  let closed = false;
  const replyTo = async (message: Uint8Array, from: RemoteInfo): Promise<void> => {
    const reply = await answered(message);
    // A step that has ended may have left questions behind.
    if (reply !== null && !closed) datagrams.send(reply, from.port, from.address, ignore);
  };
  datagrams.on('message', (message, from) => {
    void replyTo(message, from);
  });
  datagrams.on('error', ignore);
  datagrams.bind(0, LOCALHOST);
  await once(datagrams, 'listening');
  const server = createServer((socket) => serve(socket, answered));
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(0, LOCALHOST);
  await once(server, 'listening');
  return {
    ports: { udp: datagrams.address().port, tcp: (server.address() as AddressInfo).port },
    close: () => {
      closed = true;
      closeBoth(datagrams, server);
    },
  };
}

function closeBoth(datagrams: Datagrams, server: Server): void {
  datagrams.close();
  server.close();
}

function ignore(): void {
  // An answer that cannot be sent is one that the step asks for again.
}

function answerer({ resolve, refused, malformed }: ResolverRequest) {
  let pending = 0;
  return async (message: Uint8Array): Promise<Uint8Array | null> => {
    const lookUp = readLookUp(message);
    if (lookUp === null) {
      malformed();
      return null;
    }
    if (pending >= MOST_PENDING) return null;
    pending += 1;
    try {
      return await answerTo(lookUp, resolve, refused);
    } catch {
      // The door could not be opened. The step hears so, and nothing is let through.
      return serverFailure(lookUp);
    } finally {
      pending -= 1;
    }
  };
}

async function answerTo(
  lookUp: LookUp,
  resolve: Resolve,
  refused: (asked: string) => void,
): Promise<Uint8Array> {
  const { name } = lookUp;
  if (name === 'localhost') return answer(lookUp, LOCALHOST);
  const found = name === null ? 'unknown' : await resolve(name);
  if (found === 'busy') return serverFailure(lookUp);
  if (found !== 'unknown') return answer(lookUp, found.address);
  const asked = name ?? lookUp.asked;
  if (!HARMLESS_PTR.test(asked)) refused(asked);
  return nameError(lookUp);
}

/** Over TCP each message has its length before it. */
function serve(
  socket: Socket,
  answered: (message: Uint8Array) => Promise<Uint8Array | null>,
): void {
  let held = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const next = async (): Promise<void> => {
    while (held.length >= 2) {
      const length = held.readUInt16BE(0);
      if (length > LONGEST_MESSAGE) {
        socket.destroy();
        return;
      }
      if (held.length < 2 + length) return;
      const message = held.subarray(2, 2 + length);
      held = held.subarray(2 + length);
      const reply = await answered(message);
      if (reply === null) {
        socket.destroy();
        return;
      }
      const size = Buffer.alloc(2);
      size.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([size, reply]));
    }
  };
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    socket.pause();
    void next().then(() => socket.resume());
  });
}
