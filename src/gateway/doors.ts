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
  readonly mostListeners: number;
}

interface Name {
  readonly address: string;
  readonly elements: readonly DoorElement[];
  readonly servers: readonly Server[];
  asked: number;
}

const LOCALHOST = '127.0.0.1';
/** Look-ups that come together are opened together. */
const GATHER_MS = 1;
/** Longer than an answer lives, so that nobody dials a door that was just shut. */
const KEPT_MS = 60_000;
const BACKLOG = 511;

export function makeDoors({ addresses, feed, accept, now, mostListeners }: DoorsRequest): Doors {
  /** In the order in which they were last asked for. */
  const open = new Map<string, Name>();
  const opening = new Map<string, Promise<string | null>>();
  let listeners = 0;
  let batch: { elements: DoorElement[]; done: Promise<void> } | null = null;

  let turn: Promise<void> = Promise.resolve();
  /** One after another: a door that is shut and opened again at once must end up open. */
  const feedInTurn = async (transactions: readonly string[]): Promise<void> => {
    const before = turn;
    const mine = (async () => {
      await before;
      for (const transaction of transactions) await feed(transaction);
    })();
    turn = mine.catch(() => undefined);
    await mine;
  };

  const feedGathered = async (gathered: readonly DoorElement[]): Promise<void> => {
    await sleep(GATHER_MS);
    batch = null;
    await feedInTurn(openDoors(gathered));
  };

  const feedSoon = async (elements: readonly DoorElement[]): Promise<void> => {
    if (batch === null) {
      const gathered: DoorElement[] = [];
      batch = { elements: gathered, done: feedGathered(gathered) };
    }
    batch.elements.push(...elements);
    await batch.done;
  };

  const isRecent = (name: Name): boolean => now() - name.asked < KEPT_MS;
  const takeRoom = (wanted: number): boolean => {
    if (listeners + wanted > mostListeners) return false;
    listeners += wanted;
    return true;
  };

  /** Takes room by shutting the doors of names that were asked for the longest ago and have no connection. */
  const makeRoom = async (wanted: number): Promise<boolean> => {
    for (const [host, name] of open) {
      if (takeRoom(wanted)) return true;
      if (isRecent(name)) return false;
      const inUse = await isInUse(name);
      // Meanwhile somebody else may have shut it, or asked for it.
      if (inUse || open.get(host) !== name || isRecent(name)) continue;
      open.delete(host);
      listeners -= name.servers.length;
      // Only then is a listener's port anybody's.
      await feedInTurn(shutDoors(name.elements)).finally(() => closeAll(name.servers));
    }
    return takeRoom(wanted);
  };

  const openName = async (destinations: readonly Destination[]): Promise<string | null> => {
    const host = destinations[0]?.host ?? '';
    const address = addresses.addressFor(host);
    const count = destinations.length;
    if (address === null || !(takeRoom(count) || (await makeRoom(count)))) return null;
    const servers: Server[] = [];
    try {
      for (const destination of destinations)
        servers.push(await listen(destination, address, accept));
      const elements = servers.map((server, index) => ({
        address,
        port: destinations[index]?.port ?? 0,
        listener: (server.address() as AddressInfo).port,
      }));
      await feedSoon(elements);
      open.set(host, { address, elements, servers, asked: now() });
      return address;
    } catch {
      // No descriptor is left, say: what stands is taken down, and the step may ask again.
      listeners -= count;
      closeAll(servers);
      return null;
    }
  };

  return {
    open: async (destinations) => {
      const host = destinations[0]?.host ?? '';
      const known = open.get(host);
      if (known !== undefined) {
        known.asked = now();
        open.delete(host);
        open.set(host, known);
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
      for (const { servers } of open.values()) closeAll(servers);
    },
  };
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) server.close();
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
