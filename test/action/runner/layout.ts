import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { copyTree, type Disk } from './disk.ts';

/** Where a runner keeps what. All absolute. */
export interface Layout {
  readonly base: string;
  readonly home: string;
  /** What GitHub would hold: the repository that is checked out. */
  readonly origin: string;
  readonly workspace: string;
  readonly temp: string;
  readonly actions: string;
  readonly tools: string;
  readonly event: string;
}

/** @param repository `owner/name` */
export function makeLayout(disk: Disk, repository: string, home: string | undefined): Layout {
  const base = mkdtempSync(join(tmpdir(), 'runner-'));
  const name = basename(repository);
  const layout: Layout = {
    base,
    home: home ?? join(base, 'home'),
    origin: join(base, 'origin'),
    workspace: join(base, '_work', name, name),
    temp: join(base, '_work/_temp'),
    actions: join(base, '_work/_actions'),
    tools: join(base, '_work/_tool'),
    event: join(base, '_work/_temp/_github_workflow/event.json'),
  };
  const { workspace, temp, actions, tools, origin } = layout;
  for (const directory of [workspace, temp, actions, tools, origin, dirname(layout.event)]) {
    mkdirSync(directory, { recursive: true });
  }
  if (home === undefined) mkdirSync(layout.home);
  disk.ownAll(base);
  return layout;
}

/** An action as `uses:` names it: `owner/repo@ref`, `owner/repo/path@ref` or `./path`. */
export interface ActionReference {
  readonly directory: string;
  /** null for one that lies in the workspace. */
  readonly repository: string | null;
  readonly ref: string | null;
}

export function findAction(layout: Layout, uses: string): ActionReference {
  if (uses.startsWith('./')) {
    return { directory: join(layout.workspace, uses), repository: null, ref: null };
  }
  const [, owner, name, path = '', ref] =
    /^([\w.-]+)\/([\w.-]+)((?:\/[^@]+)?)@(.+)$/.exec(uses) ?? [];
  if (owner === undefined || name === undefined || ref === undefined) {
    throw new Error(`'${uses}' does not name an action: owner/repo@ref or ./path`);
  }
  const directory = join(layout.actions, owner, name, ref, path);
  if (!existsSync(directory)) {
    throw new Error(`'${uses}' is not there: give it to createJob as one of its actions`);
  }
  return { directory, repository: `${owner}/${name}`, ref };
}

/** Puts an action where the runner would have downloaded it. Takes everything but dependencies. */
export function installAction(disk: Disk, layout: Layout, uses: string, source: string): void {
  const [path = '', ref = ''] = uses.split('@');
  if (path.split('/').length !== 2 || ref === '') {
    throw new Error(`'${uses}' is not owner/repo@ref`);
  }
  const left = ['.git', 'node_modules', 'coverage'];
  copyTree(source, join(layout.actions, path, ref), left);
  disk.ownAll(layout.actions);
}
