import type { Policy } from '../policy/types.ts';

type Network = Pick<Policy['network'], 'mode' | 'allow'>;

/** An allowlist that allows nothing is a seal, as `deny` is. */
export function reachesNothing({ mode, allow }: Network): boolean {
  return mode.value === 'deny' || (mode.value === 'allowlist' && allow.length === 0);
}

/** The step may reach some names, and all others stay out of its reach. */
export function allowsNames({ mode, allow }: Network): boolean {
  return mode.value === 'allowlist' && allow.some(({ value }) => value.kind === 'name');
}
