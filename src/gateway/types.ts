import type { Socket } from 'node:net';

/** Where an allowed name leads, and what is checked of the bytes that go there. */
export interface Destination {
  /** Lower case, without a trailing dot; the very name that the step asked for. */
  readonly host: string;
  readonly port: number;
  /**
   * - `tls`: the connection must begin with a ClientHello for this very name.
   * - `http`: every request must be for this very name.
   * - `none`: nothing is looked at; the entry says `tls: off`.
   */
  readonly check: 'tls' | 'http' | 'none';
  /** The entry lets it be an address of a private range. */
  readonly private: boolean;
}

/** Why a connection, or a part of it, was not let through. */
export type RefusalCode =
  | 'not-tls'
  | 'no-sni'
  | 'other-sni'
  | 'encrypted-hello'
  | 'hello-too-long'
  | 'hello-timeout'
  | 'bad-request'
  | 'other-host'
  | 'proxy-request'
  | 'upgrade-refused'
  | 'request-timeout'
  | 'unresolved'
  | 'forbidden-address'
  | 'unreachable'
  | 'too-many-connections';

/** Thrown or told where a connection is not let through. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What was seen instead, such as the foreign name; somebody else's text, bounded, null where nothing is. */
  readonly seen: string | null;
}

/** Keeps the account of a gateway. Bounded: it can be told anything any number of times. */
export interface Ledger {
  opened(destination: Destination): void;
  /** Bytes since the last time that this connection told. */
  moved(destination: Destination, bytes: { readonly up: number; readonly down: number }): void;
  refused(destination: Destination, refusal: Refusal): void;
}

/** Opens connections to where a name really leads. */
export interface Upstream {
  /** A connected socket; rejects with an `UpstreamRefused`. */
  connect(destination: Destination): Promise<Socket>;
}

/** Handles one connection of the step. Never throws; when it is done, both sockets are closed. */
export type Door = (
  socket: Socket,
  destination: Destination,
  context: { readonly upstream: Upstream; readonly ledger: Ledger },
) => void;
