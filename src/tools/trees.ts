import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { ToolFile } from '../capabilities/tool-manifest.ts';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All files below a directory, in order. Throws where there is anything but files and directories. */
export function describeTree(directory: string): ToolFile[] {
  return pathsBelow(directory)
    .sort()
    .map((path) => {
      const file = join(directory, path);
      const bytes = readFileSync(file);
      const executable = (lstatSync(file).mode & 0o100) !== 0;
      return { path, sha256: sha256(bytes), size: bytes.length, executable };
    });
}

/** What is wrong with a directory that is to have exactly these files; null when nothing is. */
export function treeProblem(directory: string, files: readonly ToolFile[]): string | null {
  try {
    const top = lstatSync(directory);
    if (!top.isDirectory()) return 'it is not a directory';
    if ((top.mode & OPEN_TO_OTHERS) !== 0) return 'it is open to be written';
    const there = new Map(describeTree(directory).map((file) => [file.path, file]));
    const missing = files.find(({ path }) => !there.has(path));
    if (missing !== undefined) return `${missing.path} is missing`;
    for (const { path, sha256: hash, executable } of files) {
      const found = there.get(path);
      if (found?.sha256 !== hash) return `${path} is not what it should be (SHA-256)`;
      if (executable && !found.executable) return `${path} is not executable`;
      there.delete(path);
    }
    const [stray] = there.keys();
    return stray === undefined ? null : `${stray} does not belong there`;
  } catch (error) {
    return messageOf(error);
  }
}

/** Whatever the umask: everybody may read and run it, and nobody else may write it. */
export function settleModes(directory: string, files: readonly ToolFile[]): void {
  for (const { path, executable } of files)
    chmodSync(join(directory, path), executable ? 0o755 : 0o644);
  const names = ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })];
  for (const path of names.map((name) => join(directory, name))) {
    if (lstatSync(path).isDirectory()) chmodSync(path, 0o755);
  }
}

const OPEN_TO_OTHERS = 0o022;
const SETUID = 0o6000;

function pathsBelow(directory: string, prefix = ''): string[] {
  return readdirSync(join(directory, prefix)).flatMap((name) => {
    const path = join(prefix, name);
    const stats = lstatSync(join(directory, path));
    const fault = faultOf(stats);
    if (fault !== null) throw new Error(`${path} is ${fault}`);
    return stats.isDirectory() ? pathsBelow(directory, path) : [path];
  });
}

function faultOf(stats: Stats): string | null {
  if (!stats.isFile() && !stats.isDirectory()) return 'neither file nor directory';
  if ((stats.mode & OPEN_TO_OTHERS) !== 0) return 'open to be written';
  if (stats.isDirectory()) return null;
  if ((stats.mode & SETUID) !== 0) return 'setuid';
  return stats.nlink > 1 ? 'open to be written by another name' : null;
}
