import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { formatAddress } from '../policy/addresses.ts';

/**
 * The addresses under which this host answers itself, besides loopback. Node tells only those of
 * interfaces with a carrier; the kernel answers for all of them, an idle docker0's too.
 */
export function hostAddresses(): string[] {
  const told = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const all = [
    ...told.map(({ address }) => address.split('%')[0] ?? address),
    ...localFour(readOrEmpty('/proc/net/fib_trie')),
    ...localSix(readOrEmpty('/proc/net/if_inet6')),
  ];
  return [...new Set(all)].filter((address) => !address.startsWith('127.') && address !== '::1');
}

/** A leaf of the routing trie is an address, followed by a line for each of its routes. */
function localFour(trie: string): string[] {
  return trie
    .split('|-- ')
    .slice(1)
    .filter((leaf) => leaf.includes('/32 host LOCAL'))
    .map((leaf) => leaf.split('\n')[0] ?? '');
}

/** Lines that begin with an address of 32 hexadecimal digits. */
function localSix(list: string): string[] {
  return [...list.matchAll(/^[0-9a-f]{32}/gm)].map(([hex]) =>
    formatAddress({ family: 6, bits: BigInt(`0x${hex}`) }),
  );
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
