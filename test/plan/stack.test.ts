import { describe, expect, it } from 'vitest';
import { misfitOf } from '../../src/plan/stack.ts';
import type { LayerStack } from '../../src/plan/filesystem-types.ts';
import { plan } from '../fixtures/plan.ts';
import { named, site, WORKSPACE } from '../fixtures/site.ts';

const SITE = site({ write: [named('/data')] });
const made = { workspace: WORKSPACE, attributes: 'user' } as const;

function misfit(stack: LayerStack, mode = 'overlay'): string | null {
  const { overlay } = plan({ policy: { filesystem: { mode } }, stack }).filesystem;
  return misfitOf(stack, SITE, overlay);
}

describe('layers that were kept', () => {
  const below = ['/var/kept/upper'];

  it.each<[string, LayerStack, string]>([
    ['one to build on', { below, own: null, kept: made }, 'overlay'],
    ['one to keep', { below: [], own: '/var/.new', kept: null }, 'overlay'],
    ['one that is only read', { below, own: null, kept: made }, 'scratch-plus-ro'],
    ['those of one use of the action', { below: [`${WORKSPACE}/x`], own: null }, 'workspace'],
  ])('fit: %s', (_name, stack, mode) => {
    expect(misfit(stack, mode)).toBeNull();
  });

  it.each<[string, LayerStack, string, RegExp]>([
    ['without an overlay', { below, own: null, kept: made }, 'workspace', /mode overlay/],
    ['with nothing to keep', { below, own: '/n', kept: made }, 'scratch-plus-ro', /mode overlay/],
    [
      'in the workspace',
      { below: [`${WORKSPACE}/kept/upper`], own: null, kept: made },
      'overlay',
      /where a step can write/,
    ],
    [
      'to be put where it may write',
      { below: [], own: '/data/.n', kept: null },
      'overlay',
      /\/data/,
    ],
    [
      'of another workspace',
      { below, own: null, kept: { ...made, workspace: '/other' } },
      'overlay',
      /made over \/other/,
    ],
    [
      'of root',
      { below, own: null, kept: { ...made, attributes: 'trusted' } },
      'overlay',
      /made as root/,
    ],
  ])('do not fit: %s', (_name, stack, mode, why) => {
    expect(misfit(stack, mode)).toMatch(why);
  });
});
