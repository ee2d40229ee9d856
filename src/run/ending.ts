import type { Launched } from './launch.ts';
import type { Ending } from './observations.ts';
import { descendantsOf, readStat } from './process-tree.ts';

/** A step that is asked to go and does not within this time is killed; the runner gives 7.5 s. */
const GRACE_MS: Readonly<Partial<Record<Ending['by'], number>>> = {
  interrupt: 4000,
  timeout: 2000,
};

/** Ends the step in the way that fits the reason. */
export function endStep(launched: Launched, { by, detail }: Ending): void {
  const grace = GRACE_MS[by];
  if (grace === undefined) {
    killStep(launched);
    return;
  }
  signalStep(launched, by === 'interrupt' ? (detail as NodeJS.Signals) : 'SIGTERM');
  setTimeout(() => killStep(launched), grace).unref();
}

/**
 * As a terminal does it: to the whole process group of the command. Right after its release there
 * may be no command yet, so it is looked for again.
 */
function signalStep(launched: Launched, signal: NodeJS.Signals, tries = 50): void {
  const { root, init } = launched;
  const command =
    init === null ? readStat(root) : descendantsOf(init).find(({ parent }) => parent === init);
  if (command !== null && command !== undefined) send(-command.group, signal);
  else if (tries > 0) setTimeout(() => signalStep(launched, signal, tries - 1), 20).unref();
}

/** In a sandbox the kernel kills everything with its pid 1; without one we go after each process. */
export function killStep({ root, init }: Launched): void {
  if (init !== null) {
    send(init, 'SIGKILL');
    return;
  }
  for (let round = 0; round < 50; round += 1) {
    const living = descendantsOf(root).filter(({ state }) => state !== 'Z');
    if (living.length === 0) break;
    for (const { pid } of living) send(pid, 'SIGKILL');
  }
  send(-root, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
