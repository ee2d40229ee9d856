import { accept, refuse, shown, type Reading } from './reading.ts';
import type { PortRange } from './types.ts';

const PORTS_EXPECTED = 'ports from 1 to 65535 like 443, 80,443 or 1024-2047';
const RANGE = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/;

/** Reads `443`, `80,443`, `1024-2047` and mixes of them; the ranges come back sorted and disjoint. */
export function parsePorts(text: string): Reading<PortRange[]> {
  const ranges: PortRange[] = [];
  for (const part of text.split(',')) {
    const range = parseRange(part);
    if (!range) return refuse(`${shown(part)} is not a port or a range of ports`, PORTS_EXPECTED);
    ranges.push(range);
  }
  return accept(joined(ranges));
}

function parseRange(text: string): PortRange | null {
  const match = RANGE.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= 65535 ? { from, to } : null;
}

/** Sorts, and joins ranges that overlap or touch, so that equal sets of ports have one spelling. */
function joined(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && range.from <= last.to + 1) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      result.push(range);
    }
  }
  return result;
}

/** `80,443,1024-2047`. */
export function portsText(ports: readonly PortRange[]): string {
  return ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** How many ports there are in disjoint ranges. */
export function portCount(ports: readonly PortRange[]): number {
  return ports.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** The ports in both; each list is sorted, disjoint and joined, and so is what comes back. */
export function commonPorts(a: readonly PortRange[], b: readonly PortRange[]): PortRange[] {
  return a.flatMap((one) =>
    b
      .map((other) => ({
        from: Math.max(one.from, other.from),
        to: Math.min(one.to, other.to),
      }))
      .filter(({ from, to }) => from <= to),
  );
}

/** Whether every port of `inner` is in `outer`; both sorted, disjoint and joined. */
export function portsCover(outer: readonly PortRange[], inner: readonly PortRange[]): boolean {
  return inner.every(({ from, to }) => outer.some((range) => range.from <= from && to <= range.to));
}
