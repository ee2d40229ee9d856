import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildInto } from '../../scripts/build.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** How workflows name the action. */
export const GLOVEBOX = 'glovebox-ci/glovebox@v1';

/** The action as it is released, made of the sources as they are now. */
export interface BuiltAction {
  readonly directory: string;
  remove(): void;
}

export async function buildAction(): Promise<BuiltAction> {
  const directory = mkdtempSync(join(tmpdir(), 'glovebox-'));
  mkdirSync(join(directory, 'dist'));
  await buildInto(join(directory, 'dist'), ROOT);
  cpSync(join(ROOT, 'action.yml'), join(directory, 'action.yml'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export function examplePath(name: string, file: string): string {
  return join(ROOT, 'examples', name, file);
}

/** The files of an example's repository, as one commit. */
export function exampleRepository(name: string): Record<string, string> {
  const top = examplePath(name, 'repository');
  const files = readdirSync(top, { recursive: true, encoding: 'utf8' }).map((file) =>
    join(top, file),
  );
  return Object.fromEntries(
    files
      .filter((file) => statSync(file).isFile())
      .map((file) => [relative(top, file), readFileSync(file, 'utf8')]),
  );
}
