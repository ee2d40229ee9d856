import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../../src/plan/layers.ts';
import {
  LAYERS,
  type Downgrade,
  type Layer,
  type LayerPlan,
  type LayerStatus,
} from '../../src/plan/types.ts';

function layers(overrides: Partial<Record<Layer, LayerStatus>> = {}): Record<Layer, LayerPlan> {
  return Object.fromEntries(
    LAYERS.map((layer) => [
      layer,
      { status: overrides[layer] ?? 'enforced', mechanism: `what holds ${layer}` },
    ]),
  ) as Record<Layer, LayerPlan>;
}

function downgrade(layer: Layer, code = 'some-code'): Downgrade {
  return { layer, code, reason: 'a reason', remedy: 'a remedy' };
}

describe('settle', () => {
  it('changes nothing where nothing is told', () => {
    const decided = layers({ network: 'not-requested', resources: 'downgraded' });
    expect(settle(decided, [])).toEqual({ layers: decided, downgrades: [] });
  });

  it.each<[LayerStatus, LayerStatus]>([
    ['enforced', 'downgraded'],
    ['downgraded', 'downgraded'],
    ['unavailable', 'unavailable'],
  ])('makes a layer that is %s %s, and keeps its mechanism', (before, after) => {
    const told = [downgrade('network')];
    const settled = settle(layers({ network: before }), told);
    expect(settled.layers).toEqual(layers({ network: after }));
    expect(settled.downgrades).toEqual(told);
  });

  it('tells of no layer that was not asked for', () => {
    const told = [downgrade('network'), downgrade('filesystem'), downgrade('network', 'other')];
    const settled = settle(layers({ network: 'not-requested' }), told);
    expect(settled.layers).toEqual(layers({ network: 'not-requested', filesystem: 'downgraded' }));
    expect(settled.downgrades).toEqual([told[1]]);
  });

  it('keeps every other downgrade, in its order, and calls no layer that has one enforced', () => {
    const status = fc.constantFrom<LayerStatus>(
      ...(['enforced', 'downgraded', 'unavailable', 'not-requested'] as const),
    );
    const statuses = fc.record(
      Object.fromEntries(LAYERS.map((layer) => [layer, status])) as Record<Layer, typeof status>,
    );
    const told = fc.array(
      fc
        .tuple(fc.constantFrom(...LAYERS), fc.stringMatching(/^[a-z]{1,3}$/))
        .map(([layer, code]) => downgrade(layer, code)),
    );
    fc.assert(
      fc.property(statuses, told, (before, downgrades) => {
        const settled = settle(layers(before), downgrades);
        expect(settled.downgrades).toEqual(
          downgrades.filter(({ layer }) => before[layer] !== 'not-requested'),
        );
        for (const layer of LAYERS) {
          const fell =
            before[layer] === 'enforced' && downgrades.some((one) => one.layer === layer);
          expect(settled.layers[layer]).toEqual({
            status: fell ? 'downgraded' : before[layer],
            mechanism: `what holds ${layer}`,
          });
        }
      }),
    );
  });
});
