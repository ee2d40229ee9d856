import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addPath, warning } from '@actions/core';
import { GloveboxError } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import { originLines } from '../capabilities/supply.ts';
import { provideTools } from '../tools/provide.ts';
import { say } from './log.ts';

/**
 * Sees to it that the tools of the seal are there, and says where each came from. Whether a run can do
 * without one that could not be had is decided where it is planned; throws where none `follows`.
 */
export async function installTools(
  mirror: string | null,
  environment: Readonly<Record<string, string>>,
  follows: boolean,
): Promise<void> {
  try {
    const { tools } = await provideTools({ environment, mirror, tell: say });
    for (const line of originLines(tools)) say(line);
  } catch (error) {
    const lacking = error instanceof GloveboxError && error.code === 'setup-failed';
    if (!follows || !lacking) throw error;
    warning(harmless(error.message), { title: 'Glovebox' });
  }
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
