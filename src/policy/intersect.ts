import { type Cidr, contains, widthOf } from './addresses.ts';
import { asWritten, cidrOf, entryText, nameCovers } from './entries.ts';
import { commonPorts } from './ports.ts';
import type { AddressEntry, EgressEntry, NameEntry, PortRange } from './types.ts';

/** An entry with its network as numbers, read once for many comparisons. */
interface Placed {
  readonly entry: EgressEntry;
  /** null for a name. */
  readonly cidr: Cidr | null;
}

function placed(entry: EgressEntry): Placed {
  return { entry, cidr: entry.kind === 'address' ? cidrOf(entry) : null };
}

/**
 * What each of `entries` has in common with `bounds`, in the same order: the entry itself where a bound
 * holds all of it, several entries where several hold a part, none where a bound holds nothing of it.
 */
export function commonEntries(
  entries: readonly EgressEntry[],
  bounds: readonly EgressEntry[],
): EgressEntry[][] {
  const places = bounds.map(placed);
  return entries.map((entry) => {
    const own = placed(entry);
    const parts = places.map((bound) => common(own, bound)).filter((part) => part !== null);
    return parts.includes(entry) ? [entry] : strongest(parts);
  });
}

/** What both allow; the very entry `a` where `b` takes nothing from it. A name and an address have nothing in common. */
function common(a: Placed, b: Placed): EgressEntry | null {
  if (a.entry.protocol !== b.entry.protocol) return null;
  const narrower = narrowerOf(a, b);
  if (narrower === null) return null;
  const ports = commonPorts(a.entry.ports, b.entry.ports);
  if (ports.length === 0 && a.entry.protocol !== 'icmp') return null;
  const part =
    narrower.kind === 'address' && a.entry.kind === 'address' && b.entry.kind === 'address'
      ? addressPart(narrower, ports, Math.min(asWritten(a.entry).prefix, asWritten(b.entry).prefix))
      : entryWith(strict(narrower, a.entry, b.entry), ports);
  return isSame(part, a.entry) ? a.entry : part;
}

/** Networks are nested or apart, and so are names: what both have is all of one of them. */
function narrowerOf(a: Placed, b: Placed): EgressEntry | null {
  if (holds(b, a)) return a.entry;
  return holds(a, b) ? b.entry : null;
}

function holds(outer: Placed, inner: Placed): boolean {
  if (outer.cidr !== null && inner.cidr !== null) return contains(outer.cidr, inner.cidr);
  return (
    outer.entry.kind === 'name' &&
    inner.entry.kind === 'name' &&
    nameCovers(outer.entry, inner.entry)
  );
}

/** What is checked for one of two names is checked for what both have. */
function strict(narrower: EgressEntry, a: EgressEntry, b: EgressEntry): EgressEntry {
  if (narrower.kind !== 'name' || a.kind !== 'name' || b.kind !== 'name') return narrower;
  return { ...narrower, tls: a.tls || b.tls, private: a.private && b.private };
}

function entryWith<T extends AddressEntry | NameEntry>(entry: T, ports: readonly PortRange[]): T {
  const changed = { ...entry, ports };
  return { ...changed, text: entryText(changed) };
}

function addressPart(
  entry: AddressEntry,
  ports: readonly PortRange[],
  written: number,
): AddressEntry {
  const { cutFrom: _, ...whole } = entryWith(entry, ports);
  return written < whole.prefix ? { ...whole, cutFrom: written } : whole;
}

function isSame(a: EgressEntry, b: EgressEntry): boolean {
  return a.text === b.text && writtenPrefix(a) === writtenPrefix(b);
}

function writtenPrefix(entry: EgressEntry): number {
  return entry.kind === 'address' ? asWritten(entry).prefix : 0;
}

/** Each entry once: of those that differ only in what they were cut from, the one that names the most. */
export function strongest(entries: readonly EgressEntry[]): EgressEntry[] {
  const byText = new Map<string, EgressEntry>();
  for (const entry of entries) {
    const known = byText.get(entry.text);
    if (known === undefined || writtenPrefix(entry) > writtenPrefix(known))
      byText.set(entry.text, entry);
  }
  return [...byText.values()];
}

/** The entry as a part of "everything", which opens no address of the host unless somebody names it. */
export function unnamed(entry: EgressEntry): EgressEntry {
  if (!namesOne(entry)) return entry;
  return { ...entry, cutFrom: widthOf(entry.family) - 1 };
}

/** Whether somebody wrote down just this one address: only then it may be the host's own. */
export function namesOne(entry: EgressEntry): entry is AddressEntry {
  return entry.kind === 'address' && asWritten(entry).prefix === widthOf(entry.family);
}
