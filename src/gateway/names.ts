import type { NameEntry } from '../policy/types.ts';
import type { Destination } from './types.ts';

/** Where an asked name may lead: one destination for each port; null: no entry names it. */
export type FindName = (host: string) => readonly Destination[] | null;

const HTTP_PORT = 80;
/** As long as a name can be, of what a name can have; look-ups come with anything. */
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const LONGEST = 253;

/**
 * Whether a look-up asks for a service of an allowed name, as apt does with `_http._tcp.HOST`. There
 * is no answer, and it is no attempt to leave either.
 */
export function isServiceOf(find: FindName, asked: string): boolean {
  const host = /^(?:_[a-z0-9-]+\.){1,3}(.+)$/i.exec(asked)?.[1];
  const name = host === undefined ? null : normalName(host);
  return name !== null && find(name) !== null;
}

/** Lower case, without the trailing dot; null for what no entry can name. */
export function normalName(asked: string): string | null {
  const host = asked.toLowerCase().replace(/\.$/, '');
  return host.length <= LONGEST && NAME.test(host) ? host : null;
}

/** Reads the entries once, so that a look-up among ten thousand costs a few map accesses. */
export function nameFinder(names: readonly NameEntry[]): FindName {
  const exact = groupBy(names.filter(({ wildcard }) => !wildcard));
  const below = groupBy(names.filter(({ wildcard }) => wildcard));
  return (host) => {
    const entries = [
      ...(exact.get(host) ?? []),
      ...parentsOf(host).flatMap((parent) => below.get(parent) ?? []),
    ];
    return entries.length === 0 ? null : destinations(host, entries);
  };
}

function groupBy(names: readonly NameEntry[]): ReadonlyMap<string, readonly NameEntry[]> {
  const groups = new Map<string, NameEntry[]>();
  for (const name of names) groups.set(name.host, [...(groups.get(name.host) ?? []), name]);
  return groups;
}

/** `a.b.c` lies below `b.c` and `c`, not below itself. */
function parentsOf(host: string): string[] {
  const labels = host.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}

/**
 * Of several entries for one port, those that look the least have their way. What another one says of
 * private addresses is not theirs: no entry allows both, bytes that nobody looks at and such an address.
 */
function destinations(host: string, entries: readonly NameEntry[]): Destination[] {
  const byPort = new Map<number, Destination>();
  for (const entry of entries) {
    for (const { from, to } of entry.ports) {
      for (let port = from; port <= to; port += 1) {
        const check = !entry.tls ? 'none' : port === HTTP_PORT ? 'http' : 'tls';
        const known = byPort.get(port);
        if (known?.check === 'none' && check !== 'none') continue;
        const inside = entry.private || (known?.check === check && known.private);
        byPort.set(port, { host, port, check, private: inside });
      }
    }
  }
  return [...byPort.values()];
}
