import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DoorElement, openDoors, shutDoors } from '../plan/ruleset-gateway.ts';
import type { SyntheticAddresses } from './synthetic.ts';
import type { Destination } from './types.ts';

/** A listener for each (name, port) that the step has asked for; the kernel leads its connections there. */
export interface Doors {
  /** The name's address, once all its doors stand open; null where no more can be opened now. */
  open(destinations: readonly Destination[]): Promise<string | null>;
  close(): void;
}

export interface DoorsRequest {
  readonly addresses: SyntheticAddresses;
  /** Takes one nftables transaction. */
  readonly feed: (transaction: string) => Promise<void>;
  readonly accept: (socket: Socket, destination: Destination, address: string) => void;
  /** Milliseconds since some moment. */
  readonly now: () => number;
}

interface Name {
  readonly address: string;
  readonly elements: readonly DoorElement[];
  readonly servers: readonly Server[];
  asked: number;
}

const LOCALHOST = '127.0.0.1';
const MOST_LISTENERS = 8192;
/** Look-ups that come together are opened together. */
const GATHER_MS = 1;
/** Longer than an answer lives, so that nobody dials a door that was just shut. */
const KEPT_MS = 60_000;
const BACKLOG = 511;

export function makeDoors({ addresses, feed, accept, now }: DoorsRequest): Doors {
  const open = new Map<string, Name>();
  const opening = new Map<string, Promise<string | null>>();
  let listeners = 0;
  let batch: { elements: DoorElement[]; done: Promise<void> } | null = null;

  const feedGathered = async (gathered: readonly DoorElement[]): Promise<void> => {
    await sleep(GATHER_MS);
    batch = null;
    for (const transaction of openDoors(gathered)) await feed(transaction);
  };

  const feedSoon = async (elements: readonly DoorElement[]): Promise<void> => {
    if (batch === null) {
      const gathered: DoorElement[] = [];
      batch = { elements: gathered, done: feedGathered(gathered) };
    }
    batch.elements.push(...elements);
    await batch.done;
  };

  /** Shuts the doors of the name that was asked for the longest ago and has no connection. */
  const makeRoom = async (wanted: number): Promise<boolean> => {
    const idle = [...open].toSorted(([, a], [, b]) => a.asked - b.asked);
    for (const [host, name] of idle) {
      if (listeners + wanted <= MOST_LISTENERS) break;
      if (now() - name.asked < KEPT_MS) return false;
      if (await isInUse(name)) continue;
      open.delete(host);
      listeners -= name.servers.length;
      for (const server of name.servers) server.close();
      for (const transaction of shutDoors(name.elements)) await feed(transaction);
    }
    return listeners + wanted <= MOST_LISTENERS;
  };

  const openName = async (destinations: readonly Destination[]): Promise<string | null> => {
    const host = destinations[0]?.host ?? '';
    const address = addresses.addressFor(host);
    if (address === null) return null;
    if (listeners + destinations.length > MOST_LISTENERS && !(await makeRoom(destinations.length)))
      return null;
    listeners += destinations.length;
    const servers: Server[] = [];
    try {
      for (const destination of destinations)
        servers.push(await listen(destination, address, accept));
    } catch {
      // No descriptor is left, say: what stands is taken down, and the step may ask again.
      listeners -= destinations.length;
      for (const server of servers) server.close();
      return null;
    }
    const elements = servers.map((server, index) => ({
      address,
      port: destinations[index]?.port ?? 0,
      listener: (server.address() as AddressInfo).port,
    }));
    await feedSoon(elements);
    open.set(host, { address, elements, servers, asked: now() });
    return address;
  };

  return {
    open: async (destinations) => {
      const host = destinations[0]?.host ?? '';
      const known = open.get(host);
      if (known !== undefined) {
        known.asked = now();
        return known.address;
      }
      const pending = opening.get(host) ?? openName(destinations);
      opening.set(host, pending);
      try {
        return await pending;
      } finally {
        opening.delete(host);
      }
    },
    close: () => {
      for (const { servers } of open.values()) for (const server of servers) server.close();
    },
  };
}

async function listen(
  destination: Destination,
  address: string,
  accept: DoorsRequest['accept'],
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    accept(socket, destination, address),
  );
  server.listen({ host: LOCALHOST, port: 0, backlog: BACKLOG });
  await once(server, 'listening');
  return server;
}

async function isInUse({ servers }: Name): Promise<boolean> {
  const counts = await Promise.all(
    servers.map(
      async (server) =>
        await new Promise<number>((resolve) =>
          server.getConnections((error, count) => resolve(error === null ? count : 1)),
        ),
    ),
  );
  return counts.some((count) => count > 0);
}
