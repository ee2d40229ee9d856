import type { Destination, Ledger, Refusal, RefusalCode } from './types.ts';

/** What went to one name and port. */
export interface NameTraffic {
  readonly name: string;
  readonly port: number;
  readonly connections: number;
  /** Bytes from the step, and to it. */
  readonly up: number;
  readonly down: number;
  /** The first process that was seen at it; null where that could not be told. */
  readonly process: string | null;
}

/** Something that the gateway did not let through. */
export interface NameRefusal {
  readonly name: string;
  /** null: it was looked up, and not dialled. */
  readonly port: number | null;
  readonly check: RefusalCode | 'not-allowed';
  /** What was seen instead; the step's own text. */
  readonly seen: string | null;
  readonly count: number;
  readonly process: string | null;
}

export interface NameAccount {
  readonly traffic: readonly NameTraffic[];
  readonly refusals: readonly NameRefusal[];
  readonly trafficNotListed: number;
  readonly refusalsNotListed: number;
  /** Look-ups that were no look-ups. */
  readonly malformed: number;
}

export interface Book extends Ledger {
  lookUpRefused(asked: string, process: string | null): void;
  lookUpMalformed(): void;
  /** Who looked an allowed name up; the first one stays. */
  sawLookUp(name: string, process: string | null): void;
  processOf(name: string): string | null;
  /** Who dialled; the first one stays. */
  saw(destination: Destination, process: string | null): void;
  dialledBy(destination: Destination): string | null;
  account(): NameAccount;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of each kind; what does not fit is counted. */
const LISTED = 1024;
const LONGEST_TEXT = 253;

export function openBook(): Book {
  const traffic = new Map<string, Mutable<NameTraffic>>();
  const refusals = new Map<string, Mutable<NameRefusal>>();
  const processes = new Map<string, string>();
  const askers = new Map<string, string>();
  let trafficNotListed = 0;
  let refusalsNotListed = 0;
  let malformed = 0;

  const trafficOf = ({ host, port }: Destination): Mutable<NameTraffic> | null => {
    const key = `${host}:${port}`;
    const known = traffic.get(key);
    if (known !== undefined) return known;
    if (traffic.size >= LISTED) return null;
    const made = { name: host, port, connections: 0, up: 0, down: 0, process: null };
    traffic.set(key, made);
    return made;
  };
  const refuse = (refusal: Omit<NameRefusal, 'count'>): void => {
    const { name, port, check, seen } = refusal;
    const key = JSON.stringify([name, port, check, seen]);
    const known = refusals.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.process ??= refusal.process;
    } else if (refusals.size < LISTED) refusals.set(key, { ...refusal, count: 1 });
    else refusalsNotListed += 1;
  };
  const keyOf = ({ host, port }: Destination): string => `${host}:${port}`;

  return {
    opened: (destination) => {
      const row = trafficOf(destination);
      if (row === null) trafficNotListed += 1;
      else {
        row.connections += 1;
        row.process ??= processes.get(keyOf(destination)) ?? null;
      }
    },
    moved: (destination, { up, down }) => {
      const row = trafficOf(destination);
      if (row === null) return;
      row.up += up;
      row.down += down;
    },
    refused: (destination, { code, seen }: Refusal) =>
      refuse({
        name: destination.host,
        port: destination.port,
        check: code,
        seen: seen === null ? null : cut(seen),
        process: processes.get(keyOf(destination)) ?? null,
      }),
    lookUpRefused: (asked, process) =>
      refuse({ name: cut(asked), port: null, check: 'not-allowed', seen: null, process }),
    lookUpMalformed: () => {
      malformed += 1;
    },
    sawLookUp: (name, process) => {
      if (process !== null && !askers.has(name) && askers.size < LISTED) askers.set(name, process);
    },
    processOf: (name) => askers.get(name) ?? null,
    saw: (destination, process) => {
      const key = keyOf(destination);
      if (process !== null && !processes.has(key) && processes.size < LISTED)
        processes.set(key, process);
    },
    dialledBy: (destination) => processes.get(keyOf(destination)) ?? null,
    account: () => ({
      traffic: copies(traffic).toSorted(byName),
      refusals: copies(refusals).toSorted((a, b) => b.count - a.count || byName(a, b)),
      trafficNotListed,
      refusalsNotListed,
      malformed,
    }),
  };
}

/** Connections may still move bytes when the account is read. */
function copies<T extends object>(rows: ReadonlyMap<string, T>): T[] {
  return [...rows.values()].map((row) => ({ ...row }));
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function byName(
  a: { readonly name: string; readonly port: number | null },
  b: { readonly name: string; readonly port: number | null },
): number {
  return a.name === b.name ? (a.port ?? 0) - (b.port ?? 0) : a.name < b.name ? -1 : 1;
}
