import { readFileSync, readlinkSync } from 'node:fs';
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

/** Waits until the process is in a scope, and no longer systemd-run. `ended`: or became `program` where it was. */
export async function arrives(
  pid: number,
  { systemdRun }: DelegatedScope,
  program: string | undefined,
): Promise<'arrived' | 'ended' | 'silent'> {
  const until = performance.now() + ARRIVES_WITHIN_MS;
  const here = groupsOf('self');
  while (performance.now() < until) {
    const running = programOf(pid);
    if (running === null) return 'ended';
    const moved = groupsOf(pid) !== here;
    if (moved && running !== systemdRun) return 'arrived';
    if (!moved && running === program) return 'ended';
    await sleep(LOOKS_EVERY_MS);
  }
  return 'silent';
}

function groupsOf(pid: number | 'self'): string | null {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return null;
  }
}

/** null when it has ended. */
function programOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return null;
  }
}
