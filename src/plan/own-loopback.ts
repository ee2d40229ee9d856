import { type Cidr, contains, parseCidr } from '../policy/addresses.ts';
import type { EgressEntry, Policy } from '../policy/types.ts';
import type { Note } from './types.ts';

/** Whoever allows a loopback address means the machine's, which is not what the step gets. */
export function ownLoopback({ allow }: Policy['network']): Note | null {
  const loopback = allow.map(({ value }) => value).filter(isLoopback);
  if (loopback.length === 0) return null;
  const listed = loopback.map(({ text }) => JSON.stringify(text)).join(', ');
  return {
    code: 'loopback-own',
    text: `network.allow: a loopback address is the step's own and never the machine's (${listed}); let the service listen on another address of the machine, and allow that one`,
  };
}

const LOOPBACK: readonly Cidr[] = ['127.0.0.0/8', '::1/128'].flatMap(
  (text) => parseCidr(text) ?? [],
);

function isLoopback(entry: EgressEntry): boolean {
  if (entry.kind === 'name') return /(^|\.)localhost$/.test(entry.host);
  const network = parseCidr(`${entry.address}/${entry.prefix}`);
  return network !== null && LOOPBACK.some((range) => contains(range, network));
}
