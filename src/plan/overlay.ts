import { missingTool } from '../capabilities/missing-tool.ts';
import type { Capability } from '../capabilities/capability.ts';
import type { FilesystemMode } from '../policy/types.ts';
import type { FilesystemRequest } from './filesystem-request.ts';
import { strangersInOverlay } from './odd-workspace.ts';
import { exchanged, idmapOption } from './owners.ts';
import type { GivenPlan, LayerEntry, OverlayPlan } from './filesystem-types.ts';
import type { Note } from './types.ts';

/** What overlayfs may put into a layer. */
export const OVERLAY_FORMATS = {
  /** Without root. A renamed directory is a copy, and a file is there as a whole. */
  user: 'userxattr',
  /** The same as root: nothing in a layer hangs on what the workspace has when it is used again. */
  whole: 'redirect_dir=nofollow,metacopy=off',
  /** A file may be there without its content, and a directory by its old name: quick to give away. */
  thin: 'metacopy=on,redirect_dir=on',
} as const;

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
  const under = [...stack.below, `${scratch}/lower`].join(':');
  const { idmap, chown, chownBecause } = ownership(writable, request);
  const given =
    chown !== null && request.capabilities.overlayTwice.available ? givenIn(scratch, under) : null;
  const redirects = hasRedirects(mode, request);
  const format = !identity.shed
    ? OVERLAY_FORMATS.user
    : OVERLAY_FORMATS[redirects ? 'thin' : 'whole'];
  const below = given?.mount ?? under;
  const isOne = given !== null || stack.below.length === 0;
  const shownOwner = <T extends { readonly uid: number; readonly gid: number }>(ids: T): T => {
    if (given !== null) return { ...ids, uid: identity.uid, gid: identity.gid };
    if (idmap === null) return ids;
    return {
      ...ids,
      uid: exchanged(ids.uid, site.workspaceOwner.uid, identity.uid),
      gid: exchanged(ids.gid, site.workspaceOwner.gid, identity.gid),
    };
  };
  return {
    lower: site.workspace,
    below: stack.below,
    upper,
    index,
    merged: `${scratch}/merged`,
    before: {
      mount: isOne ? below : `${scratch}/before`,
      options: isOne ? null : [`lowerdir=${below}`, format].join(','),
    },
    attributes: identity.shed ? 'trusted' : 'user',
    top: shownOwner({ ...site.workspaceOwner, mode: site.workspaceMode }),
    entries: writable ? entries.map(shownOwner) : [],
    options: [
      `lowerdir=${below}`,
      ...(upper === null ? [] : [`upperdir=${upper}`, `workdir=${index}`]),
      format,
    ].join(','),
    ...{ redirects, idmap, chown, chownBecause, given },
  };
}

/** Whether a directory that was renamed is in a layer by its old name, and leads to what the workspace has there. */
export function hasRedirects(mode: FilesystemMode, request: FilesystemRequest): boolean {
  const { identity, capabilities } = request;
  if (!layered(mode, request) || !identity.shed) return false;
  // To read layers, however they were made.
  if (mode !== 'overlay') return true;
  return ownership(true, request).chown !== null && !capabilities.overlayTwice.available;
}

/** All that lies below the step's layer, put together. Real root can hold a changed owner without the content. */
function givenIn(scratch: string, under: string): GivenPlan {
  const [upper, index] = [`${scratch}/owners`, `${scratch}/owners-index`];
  const options = `lowerdir=${under},upperdir=${upper},workdir=${index},${OVERLAY_FORMATS.thin}`;
  return { mount: `${scratch}/given`, upper, index, options };
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

/** Whether there is what it takes to make the workspace's files the step's, where that has to be. */
export function givable(request: FilesystemRequest): Capability {
  const { idmap } = request.capabilities;
  const { chown, chownBecause } = ownership(true, request);
  // Where there was no workspace to try it on, an idmapped mount may do.
  const mayDo = !idmap.available && idmap.code === 'not-probed';
  if (chown === null || mayDo || request.tools.chown.path !== null) return { available: true };
  const lack = missingTool('chown', request.tools.chown);
  const reason = `the workspace's files cannot be given to the step: ${lack.reason}, and ${chownBecause}`;
  return { ...lack, reason };
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
