import { within } from './mounts.ts';
import type { Site } from './site.ts';
import type { LayerStack, OverlayPlan } from './filesystem-types.ts';

/** Why layers that were kept do not fit this run, in words; null where they do, or where there are none. */
export function misfitOf(
  { below, own, kept }: LayerStack,
  { workspace, write }: Pick<Site, 'workspace' | 'write'>,
  overlay: OverlayPlan | null,
): string | null {
  if (kept === undefined) return null;
  if (overlay === null || (own !== null && overlay.upper === null))
    return 'there is no layer to keep or to build on: that needs filesystem.mode overlay';
  const open = [workspace, ...write.map(({ real }) => real)];
  for (const layer of [...below, ...(own === null ? [] : [own])]) {
    const place = open.find((directory) => within(layer, directory));
    if (place !== undefined)
      return `a layer must not lie where a step can write: ${layer} is in ${place}`;
  }
  if (kept === null) return null;
  if (kept.workspace !== workspace)
    return `the layers were made over ${kept.workspace}, and the workspace is ${workspace}`;
  if (kept.attributes !== overlay.attributes)
    return `the layers were made ${kept.attributes === 'trusted' ? 'as root' : 'without root'}, and this run is not`;
  return null;
}
