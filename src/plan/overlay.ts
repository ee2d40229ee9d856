import type { FilesystemMode } from '../policy/types.ts';
import type { FilesystemRequest } from './filesystem.ts';
import { strangersInOverlay } from './odd-workspace.ts';
import { exchanged, idmapOption } from './owners.ts';
import type { LayerEntry, Note, OverlayPlan } from './types.ts';

/** A step that only reads sees the layers of earlier ones as well, where there are any. */
export function layered(mode: FilesystemMode, { stack }: FilesystemRequest): boolean {
  return mode === 'overlay' || (mode === 'scratch-plus-ro' && stack.below.length > 0);
}

export function planOverlay(
  mode: FilesystemMode,
  request: FilesystemRequest,
  entries: readonly LayerEntry[],
): OverlayPlan | null {
  if (!layered(mode, request)) return null;
  const { site, identity, scratch, stack } = request;
  const writable = mode === 'overlay';
  const own = stack.own ?? scratch;
  const upper = writable ? `${own}/upper` : null;
  const index = writable ? `${own}/index` : null;
  const below = [...stack.below, `${scratch}/lower`].join(':');
  // As real root the overlay can hold a changed owner without copying content; rootless it cannot.
  const format = identity.shed ? ['metacopy=on', 'redirect_dir=on'] : ['userxattr'];
  const isBare = stack.below.length === 0;
  const { idmap, chown, chownBecause } = ownership(writable, request);
  const shownOwner = <T extends { readonly uid: number; readonly gid: number }>(ids: T): T =>
    idmap === null
      ? ids
      : {
          ...ids,
          uid: exchanged(ids.uid, site.workspaceOwner.uid, identity.uid),
          gid: exchanged(ids.gid, site.workspaceOwner.gid, identity.gid),
        };
  return {
    lower: site.workspace,
    below: stack.below,
    upper,
    index,
    merged: `${scratch}/merged`,
    before: {
      mount: isBare ? `${scratch}/lower` : `${scratch}/before`,
      options: isBare ? null : [`lowerdir=${below}`, ...format].join(','),
    },
    attributes: identity.shed ? 'trusted' : 'user',
    top: shownOwner({ ...site.workspaceOwner, mode: site.workspaceMode }),
    entries: writable ? entries.map(shownOwner) : [],
    options: [
      `lowerdir=${below}`,
      ...(upper === null ? [] : [`upperdir=${upper}`, `workdir=${index}`]),
      ...format,
    ].join(','),
    ...{ idmap, chown, chownBecause },
  };
}

/** How the workspace's files come to belong to the step: by a mount that shows them so, or one by one. */
function ownership(
  writable: boolean,
  { capabilities, site, identity, highestId }: FilesystemRequest,
): Pick<OverlayPlan, 'idmap' | 'chown' | 'chownBecause'> {
  const { workspaceOwner, layerOwners } = site;
  if (!writable || !identity.shed || workspaceOwner.uid === identity.uid)
    return { idmap: null, chown: null, chownBecause: null };
  // A layer of a step that was somebody else is not on that mount.
  const alike = layerOwners.every((owner) => owner === identity.uid);
  if (capabilities.idmap.available && alike)
    return {
      idmap: idmapOption(workspaceOwner, identity, highestId),
      chown: null,
      chownBecause: null,
    };
  const because = capabilities.idmap.available
    ? 'an earlier step was another user'
    : `${capabilities.idmap.reason}; ${capabilities.idmap.remedy}`;
  return { idmap: null, chown: `${identity.uid}:${identity.gid}`, chownBecause: because };
}

export function ownershipNotes(
  mode: FilesystemMode,
  { site, identity }: FilesystemRequest,
  overlay: OverlayPlan | null,
): Note[] {
  if (mode === 'overlay' && overlay !== null) {
    return overlay.chown === null ? strangersInOverlay(site) : [];
  }
  if (mode !== 'workspace' || !identity.shed || site.workspaceOwner.uid === identity.uid) return [];
  return [
    {
      code: 'workspace-owner',
      text: `the workspace belongs to uid ${site.workspaceOwner.uid} and the step runs as uid ${identity.uid}: it cannot write there (use filesystem.mode overlay, or chown the workspace)`,
    },
  ];
}
