import type { Lack } from '../capabilities/capability.ts';
import type { Downgrade, Layer } from './types.ts';

/** A capability that is lacking, told as what it takes from a layer. */
export function downgradeOf(layer: Layer, { code, reason, remedy }: Lack): Downgrade {
  return { layer, code, reason, remedy };
}
