import type { Backend } from '../policy/types.ts';

/** What a policy will ask for; the rest is not tried. */
export interface Needs {
  readonly rules: boolean;
  /** Ways out, tried in this order until one works; empty where none is needed. */
  readonly egress: readonly Backend[];
  /** The host's interface that a macvlan would be on. */
  readonly interface: string | null;
  /** Names are allowed. */
  readonly doors: boolean;
  readonly overlay: boolean;
  readonly memoryCgroup: boolean;
}
