import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import { type KeptLayers, openKeptLayers } from '../../src/run/kept-layers.ts';

const ORIGIN = { workspace: '/work', attributes: 'user' } as const;
const places: string[] = [];

afterAll(() => {
  for (const made of places) rmSync(made, { recursive: true });
});

function place(): string {
  const made = mkdtempSync(join(tmpdir(), 'kept-layers-'));
  places.push(made);
  return made;
}

/** What a run leaves of itself. */
function run({ stack: { own } }: KeptLayers): void {
  mkdirSync(join(own ?? '', 'upper'), { recursive: true, mode: 0o700 });
  chmodSync(own ?? '', 0o700);
  mkdirSync(join(own ?? '', 'index/work'), { recursive: true });
}

async function keep(below: readonly string[], at: string): Promise<void> {
  const layers = openKeptLayers(below, at);
  run(layers);
  await layers.keep(ORIGIN);
}

function refusal(below: readonly string[], at: string | null = null): string {
  try {
    openKeptLayers(below, at);
  } catch (error) {
    if (error instanceof GloveboxError && error.code === 'layer-unusable') return error.message;
    throw error;
  }
  return 'none';
}

describe('the layers of a command line', () => {
  it('are kept whole, and lie below in the order in which they were made', async () => {
    const directory = place();
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    mkdirSync(second, { mode: 0o700 });
    await keep([], first);
    await keep([first], second);
    expect(readdirSync(directory)).toEqual(['first', 'second']);
    expect(readdirSync(second)).toEqual(['layer.json', 'upper']);
    expect(openKeptLayers([first, second], null).stack).toMatchObject({
      below: [join(second, 'upper'), join(first, 'upper')],
      own: null,
      kept: ORIGIN,
    });
  });

  it('leave nothing when they are not kept', async () => {
    const directory = place();
    const layers = openKeptLayers([], join(directory, 'kept'));
    expect(readdirSync(directory)).toEqual([]);
    run(layers);
    expect(readdirSync(directory)).toHaveLength(1);
    await layers.discard();
    expect(readdirSync(directory)).toEqual([]);
    expect(layers.stack.kept).toBeNull();
  });

  it('do not take a place that was filled meanwhile', async () => {
    const directory = place();
    const kept = join(directory, 'kept');
    const layers = openKeptLayers([], kept);
    run(layers);
    mkdirSync(kept);
    writeFileSync(join(kept, 'file'), '');
    await expect(layers.keep(ORIGIN)).rejects.toMatchObject({ code: 'layer-unusable' });
    expect(readdirSync(directory)).toEqual(['kept']);
    expect(readdirSync(kept)).toEqual(['file']);
  });

  it('are refused in another order, or without what they were made over', async () => {
    const directory = place();
    const [first, second] = [join(directory, 'first'), join(directory, 'second')];
    await keep([], first);
    await keep([first], second);
    for (const layers of [[second], [second, first], [first, first]])
      expect(refusal(layers)).toContain('made over other layers');
    expect(refusal([first, second])).toBe('none');
  });

  it.each<[string, (layer: string) => void, RegExp]>([
    ['nothing there', (layer) => rmSync(layer, { recursive: true }), /no layer that was kept/],
    ['no description', (layer) => rmSync(join(layer, 'layer.json')), /no layer that was kept/],
    ['others may write', (layer) => chmodSync(layer, 0o770), /others may write/],
    ['its description too', (layer) => chmodSync(join(layer, 'layer.json'), 0o666), /may write/],
    ['no JSON', (layer) => writeFileSync(join(layer, 'layer.json'), '{'), /not as Glovebox writes/],
    ['other JSON', (layer) => writeFileSync(join(layer, 'layer.json'), '{"version":1}'), /not as/],
    [
      'another version',
      (layer) => {
        const file = join(layer, 'layer.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
      },
      /not as Glovebox writes/,
    ],
    [
      'a symlink for a layer',
      (layer) => {
        rmSync(join(layer, 'upper'), { recursive: true });
        symlinkSync('/etc', join(layer, 'upper'));
      },
      /no layer in it/,
    ],
  ])('are refused with %s', async (_name, spoil, why) => {
    const layer = join(place(), 'layer');
    await keep([], layer);
    expect(refusal([layer])).toBe('none');
    spoil(layer);
    expect(refusal([layer])).toMatch(why);
  });

  it('are refused a place that is taken, is no directory, or has a path that overlayfs would read', () => {
    const directory = place();
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('/', join(directory, 'link'));
    for (const [name, why] of [
      ['.', /there already/],
      ['file', /there already/],
      ['link', /belongs to|there already|may write/],
      ['no/such', /no such file/],
      ['a:b', /overlayfs/],
      ['a,b', /overlayfs/],
    ] as const)
      expect(refusal([], join(directory, name)), name).toMatch(why);
    expect(refusal([], join(directory, 'new'))).toBe('none');
  });
});
