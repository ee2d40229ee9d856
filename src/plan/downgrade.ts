import { type Capability, lacksOf } from '../capabilities/capability.ts';
import type { Downgrade, Layer } from './types.ts';

/** A capability that is lacking, told as what it takes from a layer; nothing where it is there. */
export function downgradesOf(layer: Layer, verdict: Capability): Downgrade[] {
  return lacksOf(verdict).map(({ code, reason, remedy }) => ({ layer, code, reason, remedy }));
}
