import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DelegatedScope } from '../capabilities/facts.ts';

const ARRIVES_WITHIN_MS = 10_000;
const LOOKS_EVERY_MS = 2;

export interface Start {
  readonly argv: string[];
  readonly environment: Record<string, string>;
}

/** systemd-run has a scope made around itself, and then becomes the command: same pid, same descriptors. */
export function startInScope(
  { systemdRun, literally, env, runtime }: DelegatedScope,
  argv: readonly string[],
): Start {
  return {
    argv: [
      ...[systemdRun, '--user', '--scope', '--quiet', '--collect', ...literally, '--'],
      // What tells systemd-run whom to ask is nobody else's business.
      ...[env, '-i', '--', ...argv],
    ],
    environment: { XDG_RUNTIME_DIR: runtime },
  };
}

/** Waits until the process is in its scope, and something else than systemd-run. */
export async function arrives(
  pid: number,
  { systemdRun }: DelegatedScope,
): Promise<'arrived' | 'ended' | 'silent'> {
  const until = performance.now() + ARRIVES_WITHIN_MS;
  // Between fork and exec the child still is what we are.
  const before = [systemdRun, process.execPath, readlinkSync('/proc/self/exe')];
  while (performance.now() < until) {
    const program = programOf(pid);
    if (program === null) return 'ended';
    if (!before.includes(program)) return 'arrived';
    await sleep(LOOKS_EVERY_MS);
  }
  return 'silent';
}

/** null when it has ended. */
function programOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
}
