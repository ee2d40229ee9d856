import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, downloadTool, extractTar } from '@actions/tool-cache';
import { messageOf } from '../base/errors.ts';
import { settleModes, sha256, treeProblem } from './trees.ts';
import type { Order } from './mirror.ts';

const LOOK_AGAIN_MS = 50;

/**
 * A process of its own, which can be ended at any moment: the toolkit knows no time limit and takes
 * whatever a server sends. It works in a directory that is thrown away, whatever comes of it.
 */
export async function fetchArchive(order: string): Promise<number> {
  try {
    await fetch(JSON.parse(order) as Order);
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

async function fetch({ url, directory, archive, entry }: Order): Promise<void> {
  // Somebody waits for the whole job; the toolkit's own pauses are up to 20 s.
  Object.assign(globalThis, {
    TEST_DOWNLOAD_TOOL_RETRY_MIN_SECONDS: 1,
    TEST_DOWNLOAD_TOOL_RETRY_MAX_SECONDS: 2,
  });
  const file = join(directory, 'archive');
  const watch = setInterval(() => {
    if (sizeOf(file) <= archive.size) return;
    process.stderr.write(`it is larger than the ${archive.size} bytes of the manifest\n`);
    process.exit(1);
  }, LOOK_AGAIN_MS);
  await downloadTool(url, file);
  clearInterval(watch);
  const size = sizeOf(file);
  if (size !== archive.size)
    throw new Error(`it has ${size} bytes, and ${archive.size} in the manifest`);
  const hash = sha256(readFileSync(file));
  if (hash !== archive.sha256)
    throw new Error(`its SHA-256 is ${hash}, and ${archive.sha256} in the manifest`);
  const unpacked = await extractTar(file, join(directory, 'unpacked'));
  settleModes(unpacked, archive.files);
  const cached = await cacheDir(unpacked, ...entry);
  settleModes(cached, archive.files);
  const problem = treeProblem(cached, archive.files);
  if (problem !== null) throw new Error(`unpacked, ${problem}`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
