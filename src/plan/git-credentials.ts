import { harmless } from '../base/text.ts';
import type { FilesystemMode } from '../policy/types.ts';
import { type Located, readOnly, within } from './mounts.ts';
import type { GitFile, Site } from './site.ts';
import type { GeneratedFile, LayerEntry } from './filesystem-types.ts';
import type { Note } from './types.ts';

export interface HiddenGitCredentials {
  readonly files: readonly GeneratedFile[];
  /** Over the host's files, wherever the step would see them. */
  readonly mounts: readonly Located[];
  /** For the overlay. */
  readonly entries: readonly LayerEntry[];
  readonly notes: readonly Note[];
}

/** What the step sees of git's credentials, next to the mounts that the policy itself names. */
export function hideGitCredentials(
  site: Site,
  mode: FilesystemMode,
  named: readonly Located[],
  { scratch, shed }: { readonly scratch: string; readonly shed: boolean },
): HiddenGitCredentials {
  const inLayer = (file: GitFile): boolean =>
    mode === 'overlay' &&
    (shed || file.own) &&
    // There the layer is covered.
    !site.nested.some(({ path }) => within(file.path, path));
  const asked = site.git.files.filter(({ path }) =>
    named.some((mount) => mount.kind === 'bind' && mount.source === path),
  );
  const hidden = site.git.files
    .filter((file) => !asked.includes(file))
    .map((file, index) => {
      const inOverlay = inLayer(file);
      const targets = targetsOf(file, inOverlay, mode, site, named);
      return { file, name: `files/git-${index}`, inOverlay, targets };
    })
    .filter(({ inOverlay, targets }) => inOverlay || targets.length > 0);
  const { workspace } = site;
  return {
    files: hidden
      .filter(({ targets }) => targets.length > 0)
      .map(({ file, name }) => ({ name, content: file.shown })),
    mounts: hidden.flatMap(({ name, targets }) =>
      targets.map((target) => readOnly(`${scratch}/${name}`, target)),
    ),
    entries: entriesOf(
      hidden.filter(({ inOverlay }) => inOverlay).map(({ file }) => file),
      workspace,
    ),
    notes: [
      ...told(
        HIDDEN,
        hidden.map(({ file }) => file),
        workspace,
      ),
      ...told(NAMED, asked, workspace),
      ...(site.git.cutShort ? [NOT_SEARCHED] : []),
    ],
  };
}

/** The places where a mount has to cover the file, because the step would see the host's. */
function targetsOf(
  { path }: GitFile,
  inOverlay: boolean,
  mode: FilesystemMode,
  { workspace, base }: Site,
  named: readonly Located[],
): string[] {
  const own = mode === 'scratch-only' || inOverlay ? [] : [path];
  const elsewhere = [
    ...named.filter((mount) => mount.kind === 'bind'),
    ...base.map(({ path: source }) => ({ source, target: source })),
  ]
    .filter(({ source }) => within(path, source))
    .map(({ source, target }) => ({ source, target: target + path.slice(source.length) }))
    // What shows more than the workspace is covered by the workspace's own mount.
    .filter(
      ({ source, target }) =>
        mode === 'scratch-only' || within(source, workspace) || !within(target, workspace),
    )
    .map(({ target }) => target);
  const masks = named.filter(({ kind }) => kind === 'mask-file' || kind === 'mask-directory');
  return [...new Set([...own, ...elsewhere])].filter(
    (target) => !masks.some((mask) => within(target, mask.target)),
  );
}

/** Where the step has the host's own files, its git has the host's own credentials. */
export function visibleGitCredentials(site: Site): Note[] {
  return told(UNSEALED, site.git.files, site.workspace);
}

const HIDDEN: Note = {
  code: 'git-credentials-hidden',
  text: "git's credentials are not shown to the step",
};
const NAMED: Note = {
  code: 'git-credentials-visible',
  text: "git's credentials are shown to the step, because the policy names their file",
};
const UNSEALED: Note = {
  code: 'git-credentials-visible',
  text: "git's credentials are shown to the step, which sees the host's own files",
};
const NOT_SEARCHED: Note = {
  code: 'git-not-searched',
  text: 'the workspace has too many files and directories to look for git repositories in all of them: credentials that git keeps in one further down are shown to the step',
};

function entriesOf(files: readonly GitFile[], workspace: string): LayerEntry[] {
  const entries = new Map<string, LayerEntry>();
  for (const { directories, shown, ...file } of files) {
    const all = [
      ...directories.map((directory) => ({ ...directory, content: null })),
      { ...file, content: shown },
    ];
    for (const { path, content, uid, gid, mode } of all)
      entries.set(path, { path: path.slice(workspace.length + 1), content, uid, gid, mode });
  }
  return [...entries.values()];
}

const MOST_NAMES = 20;

function told({ code, text }: Note, files: readonly GitFile[], workspace: string): Note[] {
  if (files.length === 0) return [];
  const names = files.flatMap(({ path, removed }) => {
    const file = path.slice(workspace.length + 1);
    return removed.length === 0 ? [`all of ${file}`] : removed.map((name) => `${name} of ${file}`);
  });
  const more = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : [];
  const list = [...names.slice(0, MOST_NAMES), ...more].join(', ');
  return [{ code, text: harmless(`${text}: ${list}`) }];
}
