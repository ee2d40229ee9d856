import { LAYERS, type Downgrade, type Layer, type LayerPlan } from './types.ts';

export interface Settled {
  readonly layers: Readonly<Record<Layer, LayerPlan>>;
  readonly downgrades: readonly Downgrade[];
}

/**
 * One decision may weaken another's layer. Nobody misses a layer that was not asked for; every
 * other one that has a downgrade counts as enforced no longer.
 */
export function settle(
  decided: Readonly<Record<Layer, LayerPlan>>,
  told: readonly Downgrade[],
): Settled {
  const downgrades = told.filter(({ layer }) => decided[layer].status !== 'not-requested');
  const weakened = new Set(downgrades.map(({ layer }) => layer));
  const layers = LAYERS.map((layer): [Layer, LayerPlan] => {
    const plan = decided[layer];
    const fell = plan.status === 'enforced' && weakened.has(layer);
    return [layer, fell ? { ...plan, status: 'downgraded' } : plan];
  });
  return { layers: Object.fromEntries(layers) as Record<Layer, LayerPlan>, downgrades };
}
