import { setTimeout as sleep } from 'node:timers/promises';
import type { Launched } from './launch.ts';
import type { Ending } from './observations.ts';
import { descendantsOf, readStat } from './process-tree.ts';

/** A step that is asked to go and does not within this time is killed; the runner gives 7.5 s. */
const GRACE_MS: Readonly<Partial<Record<Ending['by'], number>>> = {
  interrupt: 4000,
  timeout: 2000,
};

/** How long a killed step may take to be dead. */
const DEATH_MS = 1000;

/** What may end a step before it does so itself. */
export interface Fate {
  /** Only the first cause counts; but a second interrupt means now. */
  readonly end: (cause: Ending) => void;
  /** The step is over, and nothing ends it any more. Tells the cause; null where it ended by itself. */
  readonly settle: () => Ending | null;
}

/** `closeRoom` takes its namespaces from a step that even a kill does not end. */
export function fateOf(launched: Launched, closeRoom: () => void): Fate {
  let cause: Ending | null = null;
  let over = false;
  const destroy = (): void => {
    killStep(launched);
    setTimeout(() => (over ? undefined : closeRoom()), DEATH_MS).unref();
  };
  return {
    end: (ending) => {
      if (over) return;
      if (cause === null) endStep(launched, (cause = ending), destroy);
      else if (ending.by === 'interrupt') destroy();
    },
    settle: () => {
      over = true;
      return cause;
    },
  };
}

/** Ends the step in the way that fits the reason. */
function endStep(launched: Launched, { by, detail }: Ending, destroy: () => void): void {
  const grace = GRACE_MS[by];
  if (grace === undefined) {
    destroy();
    return;
  }
  signalStep(launched, by === 'interrupt' ? (detail as NodeJS.Signals) : 'SIGTERM');
  setTimeout(destroy, grace).unref();
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

/**
 * In a sandbox the kernel kills everything with its pid 1. But a process of the step may hold that
 * one in a trace, so each is killed on its own as well.
 */
export function killStep({ root, init }: Launched): void {
  if (init !== null) send(init, 'SIGKILL');
  for (let round = 0; round < 50; round += 1) {
    const living = descendantsOf(init ?? root).filter(({ state }) => state !== 'Z');
    if (living.length === 0) break;
    for (const { pid } of living) send(pid, 'SIGKILL');
  }
  if (init === null) send(-root, 'SIGKILL');
}

/** Waits, for a second at most, until nothing of a killed step runs any more; false when something does. */
export async function isGone({ init }: Launched): Promise<boolean> {
  if (init === null) return true;
  for (let tries = 0; tries < 100; tries += 1) {
    const state = readStat(init)?.state;
    if (state === undefined || state === 'Z') return true;
    await sleep(10);
  }
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
