import type { EgressObservations, EgressRecord } from './observations.ts';

/** Reads `nft -j list table`: the record sets and the totals of our ruleset. */
export function parseCounters(json: string): EgressObservations {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  const sets = nftables.flatMap(({ set }) => (set === undefined ? [] : [set]));
  const counters = nftables.flatMap(({ counter }) => (counter === undefined ? [] : [counter]));

  const recordsOf = (verdict: string): EgressRecord[] =>
    sets
      .filter(({ name }) => new RegExp(`^${verdict}[46](other)?$`).test(name))
      .flatMap(({ elem }) => elem ?? [])
      .map(toRecord)
      .sort((a, b) => b.count - a.count || compare(a, b));
  const notListed = (verdict: string, records: readonly EgressRecord[]): number => {
    const total = counters.find(({ name }) => name === verdict)?.packets ?? 0;
    return Math.max(0, total - records.reduce((sum, { count }) => sum + count, 0));
  };
  const allowed = recordsOf('reached');
  const refused = recordsOf('refused');
  return {
    allowed,
    refused,
    allowedNotListed: notListed('reached', allowed),
    refusedNotListed: notListed('refused', refused),
  };
}

interface NftObject {
  readonly set?: { readonly name: string; readonly elem?: readonly NftElement[] };
  readonly counter?: { readonly name: string; readonly packets: number };
}

interface NftElement {
  readonly elem: {
    readonly val: { readonly concat: readonly (string | number)[] };
    readonly counter: { readonly packets: number };
  };
}

function toRecord({ elem }: NftElement): EgressRecord {
  const [address, protocol, port] = elem.val.concat;
  return {
    address: String(address),
    port: typeof port === 'number' ? port : null,
    protocol: String(protocol),
    count: elem.counter.packets,
  };
}

function compare(a: EgressRecord, b: EgressRecord): number {
  return `${a.address} ${a.protocol} ${a.port}` < `${b.address} ${b.protocol} ${b.port}` ? -1 : 1;
}
