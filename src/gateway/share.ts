import { readFileSync } from 'node:fs';

/** What the step can make the gateway hold open. */
export interface Share {
  readonly listeners: number;
  readonly connections: number;
}

const MOST: Share = { listeners: 8192, connections: 4096 };

/**
 * A part of the files that we may have open: whoever watches over the step needs some, too.
 * A connection is two, and more for as long as several addresses of its name are tried.
 */
export function shareOf(openFiles: number): Share {
  return {
    listeners: Math.min(MOST.listeners, Math.floor(openFiles / 4)),
    connections: Math.min(MOST.connections, Math.floor(openFiles / 16)),
  };
}

/** How many files we may have open. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}
