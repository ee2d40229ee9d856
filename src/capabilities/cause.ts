import type { Facts } from './facts.ts';

/** What may have made an attempt fail, and what mends it. */
export interface Cause {
  readonly code: string;
  readonly when: (facts: Facts, said: string) => boolean;
  readonly why: string;
  readonly remedy: string | ((facts: Facts, said: string) => string);
}
