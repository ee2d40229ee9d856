import type { Ending } from './observations.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals that ask us to stop. From the first moment on they no longer end us by themselves. */
export interface Interrupts {
  /** The first that came; null when none did. */
  first(): Ending | null;
  /** From now on each goes there too. */
  forward(end: (ending: Ending) => void): void;
  /** From now on they are only remembered: what is left to do is short and must be done. */
  hold(): void;
  stop(): void;
}

export function listenForInterrupts(): Interrupts {
  let first: Ending | null = null;
  let target: ((ending: Ending) => void) | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    const ending: Ending = { by: 'interrupt', detail: signal };
    first ??= ending;
    target?.(ending);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    first: () => first,
    forward: (end) => {
      target = end;
    },
    hold: () => {
      target = null;
    },
    stop: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
