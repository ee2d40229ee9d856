import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addPath } from '@actions/core';
import { installPackages, missingPackages } from '../tools/install.ts';
import { locateTools } from '../tools/programs.ts';
import { say } from './log.ts';

/** Sees to it that the tools of the seal are there. */
export async function installTools(path: string): Promise<void> {
  const packages = missingPackages(await locateTools(path));
  if (packages.length > 0) await installPackages(packages, say);
}

/** Puts `glovebox` on the PATH of the steps that follow: the same program, run by the runner's Node. */
export function offerCommand(runDirectory: string): void {
  const bin = join(runDirectory, 'command', 'bin');
  mkdirSync(bin, { recursive: true });
  const program = join(bin, 'glovebox');
  const cli = resolve(import.meta.dirname, 'cli.mjs');
  writeFileSync(program, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(cli)} "$@"\n`);
  chmodSync(program, 0o755);
  addPath(bin);
  say(`glovebox is on the PATH of the steps that follow: ${program}`);
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
