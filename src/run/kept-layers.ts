import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod/mini';
import { GloveboxError, messageOf } from '../base/errors.ts';
import type { LayerOrigin, LayerStack } from '../plan/filesystem-types.ts';
import { removeRun } from './leftovers.ts';

const DESCRIPTION = 'layer.json';
const description = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** What it was made over, the oldest first. */
  below: z.array(z.string()),
  workspace: z.string(),
  attributes: z.enum(['user', 'trusted']),
});
type Description = z.infer<typeof description>;

/** overlayfs takes other characters of a path for the end of it. */
const PLAIN_PATH = /^\/[\w./-]+$/;
const OTHERS_MAY_WRITE = 0o022;

/** The layers that a command line names. */
export interface KeptLayers {
  readonly stack: LayerStack;
  /** Gives the run's layer its place: it is there whole, or not at all. */
  keep(origin: LayerOrigin): Promise<void>;
  /** Takes the run's layer away. */
  discard(): Promise<void>;
}

/**
 * Looks at the layers to build on, the oldest first, and at the place for a new one; makes nothing yet.
 * Throws `layer-unusable`.
 */
export function openKeptLayers(layers: readonly string[], keepAt: string | null): KeptLayers {
  const below = layers.map(readLayer);
  for (const [index, { directory, described }] of below.entries()) {
    const under = below.slice(0, index).map((one) => one.described.id);
    if (under.join() !== described.below.join())
      throw unusable(directory, 'it was made over other layers than the ones named before it');
  }
  const place = keepAt === null ? null : placeFor(keepAt);
  const newest = below.at(-1)?.described ?? null;
  return {
    stack: {
      below: below.map(({ directory }) => join(directory, 'upper')).toReversed(),
      own: place?.made ?? null,
      kept: newest === null ? null : { ...newest },
    },
    keep: async (origin) => {
      if (place === null) return;
      const ids = below.map(({ described }) => described.id);
      await settle(place, {
        version: 1,
        id: randomBytes(12).toString('hex'),
        below: ids,
        ...origin,
      });
    },
    discard: async () => {
      if (place !== null && existsSync(place.made)) await removeRun(place.made);
    },
  };
}

interface Layer {
  readonly directory: string;
  readonly described: Description;
}

function readLayer(named: string): Layer {
  try {
    const directory = plain(realpathSync(named));
    const file = join(directory, DESCRIPTION);
    refuseForeign(lstatSync(directory));
    refuseForeign(lstatSync(file));
    if (!lstatSync(join(directory, 'upper')).isDirectory())
      throw new Error('it has no layer in it');
    return { directory, described: description.parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.core.$ZodError)
      throw unusable(named, `${DESCRIPTION} in it is not as Glovebox writes it`, error);
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(named, missing ? 'it is no layer that was kept' : messageOf(error), error);
  }
}

/** Where the layer will be, and where it is made: beside it, so that a name is all that changes. */
interface Place {
  readonly target: string;
  readonly made: string;
}

function placeFor(named: string): Place {
  try {
    const wanted = resolve(named);
    const parent = realpathSync(dirname(wanted));
    const target = plain(join(parent, basename(wanted)));
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there !== undefined) {
      refuseForeign(there);
      if (!there.isDirectory() || readdirSync(target).length > 0)
        throw new Error('something is there already');
    }
    accessSync(parent, constants.W_OK | constants.X_OK);
    const made = join(parent, `.${basename(target)}.${randomBytes(6).toString('hex')}`);
    return { target, made };
  } catch (error) {
    throw unusable(named, messageOf(error), error);
  }
}

async function settle({ target, made }: Place, described: Description): Promise<void> {
  try {
    // overlayfs has used it up.
    await removeRun(join(made, 'index'));
    const text = `${JSON.stringify(described, null, 2)}\n`;
    writeFileSync(join(made, DESCRIPTION), text, { flag: 'wx', mode: 0o600 });
    renameSync(made, target);
  } catch (error) {
    await removeRun(made);
    throw unusable(target, messageOf(error), error);
  }
}

/** A layer is obeyed: whoever may write it decides what the next step finds. */
function refuseForeign({ uid, mode }: Stats): void {
  if (uid !== process.getuid?.()) throw new Error(`it belongs to uid ${uid}`);
  if ((mode & OTHERS_MAY_WRITE) !== 0) throw new Error('others may write to it');
}

function plain(path: string): string {
  if (PLAIN_PATH.test(path)) return path;
  throw new Error('its path has characters that overlayfs would read');
}

function unusable(directory: string, why: string, cause?: unknown): GloveboxError {
  return new GloveboxError('layer-unusable', `the layer ${directory} cannot be used: ${why}`, {
    cause,
    remedy:
      'name layers that --keep-layer made, in the order in which they were made, and for a new one a place that is empty',
  });
}
