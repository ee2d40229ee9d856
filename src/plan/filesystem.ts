import { allOf } from '../capabilities/capability.ts';
import type { FilesystemMode } from '../policy/types.ts';
import { downgradesOf } from './downgrade.ts';
import type { FilesystemRequest } from './filesystem-request.ts';
import { placeForStep } from './fresh.ts';
import { hideGitCredentials, visibleGitCredentials } from './git-credentials.ts';
import { directoriesOf, keptMounts } from './kept-tools.ts';
import { EMPTY, inOrder, type Located, readOnly, within, writable } from './mounts.ts';
import { namedMounts } from './named-paths.ts';
import { type NestedDecision, nestedInOverlay } from './odd-workspace.ts';
import { givable, hasRedirects, layered, ownershipNotes, planOverlay } from './overlay.ts';
import type { Site } from './site.ts';
import { systemFiles } from './system-files.ts';
import type { FilesystemPlan, Mount } from './filesystem-types.ts';
import type { Downgrade, LayerPlan, Note, StepIdentity } from './types.ts';

/** Where a step without a workspace of its own may write. */
const SCRATCH = '/scratch';

export interface FilesystemDecision {
  readonly filesystem: FilesystemPlan;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

const NOTHING_NESTED: NestedDecision = { mounts: [], notes: [] };

/** Decides the file tree that the step sees. */
export function planFilesystem(request: FilesystemRequest): FilesystemDecision {
  const { policy, capabilities, site, identity, workflow, scratch, stack } = request;
  const asked = policy.filesystem.mode.value;
  if (!capabilities.sandbox.available) return withoutSandbox(request);
  if (asked === 'off') return wholeHost(request);

  const downgrades: Downgrade[] = [];
  let mode = asked;
  const overlaid = capabilities.overlay.available ? givable(request) : capabilities.overlay;
  if (mode === 'overlay' && !overlaid.available) {
    downgrades.push(...downgradesOf('filesystem', overlaid));
    mode = 'workspace';
  }
  const named = namedMounts(site, mode, heldIn(mode, request));
  downgrades.push(...named.downgrades);

  const nested = layered(mode, request) ? nestedInOverlay(site) : NOTHING_NESTED;
  const shown = [...nested.mounts, ...named.mounts];
  const git = hideGitCredentials(site, mode, shown, { scratch, shed: identity.shed });

  const stage = stager(identity.shed ? scratch : null);
  const system = systemFiles(request);
  const inPlace = mode === 'workspace' ? [writable(site.workspace)] : [];
  const kept = keptMounts(
    [...inPlace, ...shown],
    [...directoriesOf(request.tools), site.toolRecords],
  );
  const mounts: Located[] = [
    ...baseMounts(site),
    ...system.mounts(scratch),
    ...freshDirectories(identity),
    ...site.toolDirectories.map((path) => readOnly(stage(path), path)),
    ...workspaceMounts(mode, request, stage),
    ...workflow.mounts,
    ...[...shown, ...kept].map((mount) =>
      mount.kind === 'bind' ? { ...mount, source: stage(mount.source) } : mount,
    ),
    ...git.mounts,
  ];
  const overlay = planOverlay(mode, request, git.entries);
  const placed = placeForStep(inOrder(mounts), identity, scratch);
  return {
    filesystem: {
      mounts: [{ kind: 'proc', covered: site.procCovered }, { kind: 'dev' }, ...placed.mounts],
      directories: [
        EMPTY.directory,
        'files',
        'work',
        ...(overlay === null ? [] : ['lower', 'merged']),
        ...(overlay === null || overlay.before.options === null ? [] : ['before']),
        ...(overlay === null || overlay.given === null ? [] : ['given', 'owners', 'owners-index']),
        ...(overlay === null || stack.own !== null ? [] : ['upper', 'index']),
        ...workflow.directories,
      ],
      files: [{ name: EMPTY.file, content: '' }, ...system.files, ...workflow.files, ...git.files],
      overlay,
      guards:
        mode === 'workspace'
          ? { workspace: site.workspace, placeholders: named.placeholders }
          : null,
      records: kept.some(({ source }) => source === site.toolRecords) ? site.toolRecords : null,
      staged: stage.done(),
      fresh: placed.fresh,
      cwd: workingDirectory(mode, site),
    },
    layer: {
      status: downgrades.length > 0 ? 'downgraded' : 'enforced',
      mechanism: MECHANISMS[mode],
    },
    downgrades,
    notes: [
      ...named.notes,
      ...nested.notes,
      ...git.notes,
      ...ownershipNotes(mode, request, overlay),
    ],
  };
}

const MECHANISMS: Readonly<Record<Exclude<FilesystemMode, 'off'>, string>> = {
  'scratch-only': 'mount namespace, read-only base system, empty scratch directory',
  'scratch-plus-ro':
    'mount namespace, read-only base system and workspace, empty scratch directory',
  overlay: 'mount namespace, read-only base system, workspace on a throwaway overlay',
  workspace: 'mount namespace, read-only base system, workspace writable in place',
};

function withoutSandbox({
  policy,
  capabilities,
  site,
  workflow,
}: FilesystemRequest): FilesystemDecision {
  const asked = policy.filesystem.mode.value;
  const { sandbox, overlay } = capabilities;
  const downgrades =
    asked === 'off' || sandbox.available
      ? []
      : downgradesOf('filesystem', asked === 'overlay' ? allOf(sandbox, overlay) : sandbox);
  return {
    filesystem: untouched(workflow, site, []),
    layer: {
      status: downgrades.length > 0 ? 'unavailable' : 'not-requested',
      mechanism: "none: the host's own files",
    },
    downgrades,
    notes: visibleGitCredentials(site),
  };
}

/** The host's own files, as they are but for these mounts. */
function untouched(
  { directories, files }: FilesystemRequest['workflow'],
  { cwd }: Site,
  mounts: readonly Mount[],
): FilesystemPlan {
  return {
    ...{ mounts, directories, files, cwd },
    ...{ overlay: null, guards: null, records: null, staged: [], fresh: [] },
  };
}

function wholeHost({ site, workflow, tools }: FilesystemRequest): FilesystemDecision {
  const mounts: Mount[] = [
    { kind: 'host-root' },
    { kind: 'proc', covered: site.procCovered },
    ...directoriesOf(tools).map((path) => readOnly(path)),
  ];
  return {
    filesystem: untouched(workflow, site, mounts),
    layer: { status: 'not-requested', mechanism: "none: the host's own files" },
    downgrades: [],
    notes: visibleGitCredentials(site),
  };
}

function baseMounts(site: Site): Located[] {
  return site.base.map((entry) =>
    entry.kind === 'symlink'
      ? { kind: 'symlink', target: entry.path, to: entry.to }
      : readOnly(entry.path),
  );
}

function freshDirectories(identity: StepIdentity): Located[] {
  return [
    { kind: 'tmpfs', target: '/tmp', mode: '1777' },
    { kind: 'tmpfs', target: '/var/tmp', mode: '1777' },
    { kind: 'tmpfs', target: '/run', mode: '0755' },
    // Over / it would cover everything else; containers without a user have that as their home.
    ...(identity.home === '/'
      ? []
      : [{ kind: 'tmpfs', target: identity.home, mode: '0700' } as const]),
  ];
}

/** Where what the step could rename lies, with what is hidden in it; null where it cannot be renamed. */
function heldIn(mode: FilesystemMode, request: FilesystemRequest): string | null {
  if (mode === 'workspace') return request.site.workspace;
  return mode === 'overlay' && hasRedirects(mode, request) ? `${request.scratch}/merged` : null;
}

function workspaceMounts(
  mode: Exclude<FilesystemMode, 'off'>,
  { site, scratch, stack }: FilesystemRequest,
  stage: (path: string) => string,
): Located[] {
  const emptyScratch = writable(`${scratch}/work`, SCRATCH);
  switch (mode) {
    case 'scratch-only':
      return [emptyScratch];
    case 'scratch-plus-ro':
      return [
        emptyScratch,
        readOnly(
          stack.below.length > 0 ? `${scratch}/merged` : stage(site.workspace),
          site.workspace,
        ),
      ];
    case 'overlay':
      return [writable(`${scratch}/merged`, site.workspace)];
    case 'workspace':
      return [writable(stage(site.workspace), site.workspace)];
  }
}

function workingDirectory(mode: FilesystemMode, site: Site): string {
  return mode === 'scratch-only' || mode === 'scratch-plus-ro' ? SCRATCH : site.cwd;
}

interface Stager {
  (path: string): string;
  done(): { source: string; target: string }[];
}

/** For a root supervisor: every source gets a place that the step's uid can reach. */
function stager(scratch: string | null): Stager {
  const staged = new Map<string, string>();
  const stage = (path: string): string => {
    if (scratch === null || within(path, scratch)) return path;
    const target = staged.get(path) ?? `${scratch}/staged/${staged.size}`;
    staged.set(path, target);
    return target;
  };
  return Object.assign(stage, {
    done: () => [...staged].map(([source, target]) => ({ source, target })),
  });
}
