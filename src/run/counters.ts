import { GloveboxError, messageOf } from '../base/errors.ts';
import type { EgressObservations, EgressRecord } from './observations.ts';

/** Reads `nft -j list table`: the record sets and the totals of our ruleset. Throws rather than find nothing. */
export function parseCounters(json: string): EgressObservations {
  try {
    return observationsIn(json);
  } catch (error) {
    const message = `the network's counters could not be read: ${messageOf(error)}`;
    throw new GloveboxError('setup-failed', message, { cause: error });
  }
}

function observationsIn(json: string): EgressObservations {
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
    const total = counters.find(({ name }) => name === verdict)?.packets;
    if (total === undefined) throw new Error(`there is no total of what was ${verdict}`);
    return Math.max(0, total - records.reduce((sum, { count }) => sum + count, 0));
  };
  const allowed = recordsOf('reached');
  const refused = recordsOf('refused');
  return {
    allowed,
    refused,
    allowedNotListed: notListed('reached', allowed),
    refusedNotListed: notListed('refused', refused),
    names: null,
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

/** nft gives a protocol's number where the system has no /etc/protocols. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'ipv6-icmp',
};

function toRecord({ elem }: NftElement): EgressRecord {
  const [address, protocol, port] = elem.val.concat;
  return {
    address: String(address),
    port: typeof port === 'number' ? port : null,
    protocol: PROTOCOLS[String(protocol)] ?? String(protocol),
    count: elem.counter.packets,
  };
}

function compare(a: EgressRecord, b: EgressRecord): number {
  return `${a.address} ${a.protocol} ${a.port}` < `${b.address} ${b.protocol} ${b.port}` ? -1 : 1;
}
