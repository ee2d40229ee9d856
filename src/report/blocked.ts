import type { EgressRecord } from '../run/observations.ts';

/** A refused destination, with why and what would allow it. */
export interface Blocked extends Omit<EgressRecord, 'address'> {
  /** null for a name that was never given one. */
  readonly address: string | null;
  readonly reason: string;
  readonly expected: boolean;
  /** The entry to add to `network.allow`; null where no entry can allow it. */
  readonly allow: string | null;
  /** As people write it: `203.0.113.7:443/tcp`. */
  readonly text: string;
}
