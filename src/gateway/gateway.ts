import type { Socket } from 'node:net';
import { openResolver as resolverDoor } from '../plan/ruleset-gateway.ts';
import type { GatewayPlan } from '../plan/types.ts';
import { judgeAddresses } from './address-judgement.ts';
import { type Book, type NameAccount, openBook } from './book.ts';
import { makeDoors } from './doors.ts';
import { httpDoor } from './http-door.ts';
import { type FindName, isServiceOf, nameFinder } from './names.ts';
import { rawDoor } from './raw-door.ts';
import { recorder } from './recorder.ts';
import { openResolver, type Resolve } from './resolver.ts';
import { openFilesLimit, shareOf } from './share.ts';
import { type SyntheticAddresses, syntheticAddresses } from './synthetic.ts';
import { tlsDoor } from './tls-door.ts';
import type { Destination, Door, Upstream } from './types.ts';
import { systemUpstream } from './upstream.ts';

/** The way to allowed names, outside of the sandbox, for as long as the step lives. */
export interface Gateway {
  account(): NameAccount;
  /** The name that a synthetic address was handed out for. */
  nameOf(address: string): string | null;
  /** The real address that a synthetic one stands for; null where names go through doors. */
  realOf(address: string): string | null;
  /** The first process that looked the name up, where it could be told. */
  processOf(name: string): string | null;
  close(): void;
}

export interface GatewayRequest {
  readonly plan: GatewayPlan;
  /** Our own: proxies of the runner are honoured. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes one nftables transaction, in the step's network. */
  readonly feed: (transaction: string) => Promise<void>;
  /** The name of a process that is connected there; null where it cannot be told. */
  readonly whoIsAt: (address: string, port: number) => string | null;
}

/** Told in place of an address: any that a look-up is sent to. */
const RESOLVER_PORT = 53;

const DOORS: Readonly<Record<Destination['check'], Door>> = {
  tls: tlsDoor(),
  http: httpDoor(),
  none: rawDoor(),
};

export async function openGateway(request: GatewayRequest): Promise<Gateway> {
  const { plan, feed, whoIsAt } = request;
  const book = openBook();
  const addresses = syntheticAddresses();
  const find = nameFinder(plan.names);
  const way: Way =
    plan.kind === 'record'
      ? recorder({ addresses, feed, resolver: plan.resolver })
      : openWays(request, find, book, addresses);
  const resolver = await openResolver({
    resolve: async (name) => {
      const found = await way.resolve(name);
      if (typeof found !== 'string' && book.processOf(name) === null)
        book.sawLookUp(name, whoIsAt('', RESOLVER_PORT));
      return found;
    },
    refused: (asked) => {
      if (plan.kind === 'doors' && !isServiceOf(find, asked))
        book.lookUpRefused(asked, whoIsAt('', RESOLVER_PORT));
    },
    malformed: () => book.lookUpMalformed(),
  });
  await feed(resolverDoor(resolver.ports));
  return {
    account: () => book.account(),
    nameOf: (address) => addresses.nameOf(address),
    realOf: (address) => way.realOf?.(address) ?? null,
    processOf: (name) => book.processOf(name),
    close: () => {
      resolver.close();
      way.close?.();
    },
  };
}

/** How names get their addresses, and what that leaves to be asked and ended. */
interface Way {
  readonly resolve: Resolve;
  readonly realOf?: (address: string) => string | null;
  readonly close?: () => void;
}

/** The doors of the allowed names, and who goes through them. */
function openWays(
  { plan, environment, feed, whoIsAt }: GatewayRequest,
  find: FindName,
  book: Book,
  addresses: SyntheticAddresses,
): Way {
  const upstream = systemUpstream({
    ...judgeAddresses(plan),
    resolver: plan.resolver,
    environment,
  });
  const connections = new Set<Socket>();
  const share = shareOf(openFilesLimit());
  const doors = makeDoors({
    addresses,
    feed,
    now: () => performance.now(),
    mostListeners: share.listeners,
    accept: (socket, destination, address) => {
      // Looking costs, and only so many looks are had.
      if (book.dialledBy(destination) === null)
        book.saw(destination, whoIsAt(address, destination.port));
      receive(socket, destination, { book, upstream, connections, most: share.connections });
    },
  });
  return {
    resolve: async (name) => {
      const destinations = find(name);
      if (destinations === null) return 'unknown';
      const address = await doors.open(destinations);
      return address === null ? 'busy' : { address };
    },
    close: () => {
      doors.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

function receive(
  socket: Socket,
  destination: Destination,
  around: {
    readonly book: Book;
    readonly upstream: Upstream;
    readonly connections: Set<Socket>;
    readonly most: number;
  },
): void {
  const { book, upstream, connections, most } = around;
  if (connections.size >= most) {
    book.refused(destination, { code: 'too-many-connections', seen: null });
    socket.destroy();
    return;
  }
  connections.add(socket);
  socket.once('close', () => connections.delete(socket));
  DOORS[destination.check](socket, destination, { upstream, ledger: book });
}
