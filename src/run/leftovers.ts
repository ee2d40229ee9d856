import { readdirSync, readFileSync } from 'node:fs';
import { rm as rmDirectory } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from '../tools/execute.ts';
import { findKept, orderOutside } from '../tools/programs.ts';

const ROUNDS = 20;
const PAUSE_MS = 50;
const REMOVE_MS = 300_000;

/**
 * Kills every process that still has to do with a run's directory: that has it mounted, or was told
 * of it in its environment or arguments. The name is random, so nothing else is meant by it.
 * Returns how many there were.
 */
export async function endLeftovers(directory: string): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const living = processesOf(directory);
    if (living.length === 0) break;
    for (const pid of living) {
      killed.add(pid);
      kill(pid);
    }
    await sleep(PAUSE_MS);
  }
  return killed.size;
}

/** Takes a run's directory away, also what its step left unreadable: in a namespace of ours we may. */
export async function removeRun(directory: string): Promise<void> {
  const directories = orderOutside(process.env['PATH'] ?? '');
  const unshare = await findKept('unshare', directories);
  const rm = await findKept('rm', directories);
  if (rm === null) {
    await rmDirectory(directory, { recursive: true, force: true }).catch(() => undefined);
    return;
  }
  const argv = [rm, '-rf', '--one-file-system', '--', directory];
  const rootless = process.getuid?.() !== 0 && unshare !== null;
  const inside = rootless ? [unshare, '--user', '--map-root-user', '--', ...argv] : argv;
  const removed = await execute(inside, { timeout: REMOVE_MS });
  if (removed.code !== 0) await execute(argv, { timeout: REMOVE_MS });
}

function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && mentions(pid, directory));
}

function mentions(pid: number, directory: string): boolean {
  return ['mountinfo', 'environ', 'cmdline'].some((file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(directory);
    } catch {
      return false; // It is gone, or somebody else's.
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, or not ours to end.
  }
}
