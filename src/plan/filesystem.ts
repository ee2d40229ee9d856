import type { Capabilities } from '../capabilities/evaluate.ts';
import type { FilesystemMode, Policy } from '../policy/types.ts';
import { downgradeOf } from './downgrade.ts';
import { inOrder, type Located, within } from './mounts.ts';
import { namedMounts } from './named-paths.ts';
import type { Site } from './site.ts';
import { systemFiles } from './system-files.ts';
import type { Downgrade, FilesystemPlan, LayerPlan, Mount, Note, StepIdentity } from './types.ts';

/** Where a step without a workspace of its own may write. */
const SCRATCH = '/scratch';

export interface FilesystemDecision {
  readonly filesystem: FilesystemPlan;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

/** Decides the file tree that the step sees. */
export function planFilesystem(
  policy: Policy,
  capabilities: Capabilities,
  site: Site,
  identity: StepIdentity,
  scratch: string,
): FilesystemDecision {
  const asked = policy.filesystem.mode.value;
  if (!capabilities.sandbox.available) return withoutSandbox(asked, capabilities, site);
  if (asked === 'off') return wholeHost(site);

  const downgrades: Downgrade[] = [];
  let mode = asked;
  if (mode === 'overlay' && !capabilities.overlay.available) {
    downgrades.push(downgradeOf('filesystem', capabilities.overlay));
    mode = 'workspace';
  }
  const named = namedMounts(site, mode);
  downgrades.push(...named.downgrades);

  const stage = stager(identity.shed ? scratch : null);
  const system = systemFiles(site, identity, policy.network);
  const mounts: Located[] = [
    ...baseMounts(site),
    ...system.mounts(scratch),
    ...freshDirectories(identity),
    ...site.toolDirectories.map((path) => bind(stage(path), path, false)),
    ...workspaceMounts(mode, site, scratch, stage),
    ...named.mounts.map((mount) =>
      mount.kind === 'bind' ? { ...mount, source: stage(mount.source) } : mount,
    ),
  ];
  const overlay =
    mode === 'overlay'
      ? {
          lower: site.workspace,
          merged: `${scratch}/merged`,
          top: { ...site.workspaceOwner, mode: site.workspaceMode },
          options: overlayOptions(scratch, identity),
          chown:
            identity.shed && site.workspaceOwner.uid !== identity.uid
              ? `${identity.uid}:${identity.gid}`
              : null,
        }
      : null;
  return {
    filesystem: {
      mounts: [{ kind: 'proc', covered: site.procCovered }, { kind: 'dev' }, ...inOrder(mounts)],
      directories: [
        'empty',
        'files',
        'work',
        ...(overlay === null ? [] : ['lower', 'merged', 'upper', 'index']),
      ],
      files: system.files,
      overlay,
      staged: stage.done(),
      cwd: workingDirectory(mode, site),
    },
    layer: {
      status: downgrades.length > 0 ? 'downgraded' : 'enforced',
      mechanism: MECHANISMS[mode],
    },
    downgrades,
    notes: [...named.notes, ...ownershipNotes(mode, site, identity)],
  };
}

const MECHANISMS: Readonly<Record<Exclude<FilesystemMode, 'off'>, string>> = {
  'scratch-only': 'mount namespace, read-only base system, empty scratch directory',
  'scratch-plus-ro':
    'mount namespace, read-only base system and workspace, empty scratch directory',
  overlay: 'mount namespace, read-only base system, workspace on a throwaway overlay',
  workspace: 'mount namespace, read-only base system, workspace writable in place',
};

function withoutSandbox(
  asked: FilesystemMode,
  capabilities: Capabilities,
  site: Site,
): FilesystemDecision {
  const downgrades =
    asked === 'off' || capabilities.sandbox.available
      ? []
      : [downgradeOf('filesystem', capabilities.sandbox)];
  return {
    filesystem: {
      mounts: [],
      directories: [],
      files: [],
      overlay: null,
      staged: [],
      cwd: site.cwd,
    },
    layer: {
      status: downgrades.length > 0 ? 'unavailable' : 'not-requested',
      mechanism: "none: the host's own files",
    },
    downgrades,
    notes: [],
  };
}

function wholeHost(site: Site): FilesystemDecision {
  return {
    filesystem: {
      mounts: [{ kind: 'host-root' }, { kind: 'proc', covered: site.procCovered }],
      directories: [],
      files: [],
      overlay: null,
      staged: [],
      cwd: site.cwd,
    },
    layer: { status: 'not-requested', mechanism: "none: the host's own files" },
    downgrades: [],
    notes: [],
  };
}

function baseMounts(site: Site): Located[] {
  return site.base.map((entry) =>
    entry.kind === 'symlink'
      ? { kind: 'symlink', target: entry.path, to: entry.to }
      : bind(entry.path, entry.path, false),
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

function workspaceMounts(
  mode: Exclude<FilesystemMode, 'off'>,
  site: Site,
  scratch: string,
  stage: (path: string) => string,
): Located[] {
  const emptyScratch = bind(`${scratch}/work`, SCRATCH, true);
  switch (mode) {
    case 'scratch-only':
      return [emptyScratch];
    case 'scratch-plus-ro':
      return [emptyScratch, bind(stage(site.workspace), site.workspace, false)];
    case 'overlay':
      return [bind(`${scratch}/merged`, site.workspace, true)];
    case 'workspace':
      return [bind(stage(site.workspace), site.workspace, true)];
  }
}

function workingDirectory(mode: FilesystemMode, site: Site): string {
  return mode === 'scratch-only' || mode === 'scratch-plus-ro' ? SCRATCH : site.cwd;
}

/** As real root the overlay can hold a changed owner without copying content; rootless it cannot. */
function overlayOptions(scratch: string, identity: StepIdentity): string {
  const layers = `lowerdir=${scratch}/lower,upperdir=${scratch}/upper,workdir=${scratch}/index`;
  return identity.shed ? `${layers},metacopy=on,redirect_dir=on` : `${layers},userxattr`;
}

function ownershipNotes(mode: FilesystemMode, site: Site, identity: StepIdentity): Note[] {
  if (mode !== 'workspace' || !identity.shed || site.workspaceOwner.uid === identity.uid) return [];
  return [
    {
      code: 'workspace-owner',
      text: `the workspace belongs to uid ${site.workspaceOwner.uid} and the step runs as uid ${identity.uid}: it cannot write there (use filesystem.mode overlay, or chown the workspace)`,
    },
  ];
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

function bind(source: string, target: string, writable: boolean): Located & Mount {
  return { kind: 'bind', source, target, writable };
}
