import { allOf, type Capability } from '../capabilities/capability.ts';
import { type Address, contains, parseAddress, widthOf } from '../policy/addresses.ts';
import type { Policy } from '../policy/types.ts';

type Network = Policy['network'];

const KEYS = ['interface', 'address', 'netmask', 'gateway'] as const;

/** A link without an address of its own would swallow everything without a word, so there is none. */
export function addressed(
  network: Network,
  verdict: Capability,
  hostAddresses: readonly string[],
): Capability {
  const problem = problemOf(network, hostAddresses);
  if (problem === null) return verdict;
  return allOf(verdict, {
    available: false,
    code: 'macvlan-unaddressed',
    reason: `a macvlan has only the addresses that the policy gives it, and ${problem}`,
    remedy:
      'set network.interface, and network.address, netmask and gateway to what is free to use there',
  });
}

function problemOf(network: Network, hostAddresses: readonly string[]): string | null {
  const missing = KEYS.filter((key) => network[key].value === null);
  if (missing.length > 0) return `${missing.map((key) => `network.${key}`).join(', ')} is not set`;
  const [address, gateway] = [quad(network.address.value), quad(network.gateway.value)];
  const prefix = prefixOf(network);
  if (prefix === null) return 'network.netmask is no netmask of a network';
  if (!contains({ ...address, prefix }, { ...gateway, prefix: widthOf(4) }))
    return 'network.gateway is not in the network of network.address';
  if (address.bits === gateway.bits) return 'network.address is that of network.gateway';
  if ([address, gateway].some(isNoMachines))
    return 'network.address or gateway is none that a machine on a network can have';
  if (hostAddresses.includes(network.address.value ?? ''))
    return 'network.address is one of this host';
  if (hostAddresses.includes(network.gateway.value ?? ''))
    return "network.gateway is this host, which is out of a macvlan's sight";
  const hosts = 1n << BigInt(widthOf(4) - prefix);
  const [own, routers] = [address, gateway].map(({ bits }) => bits % hosts);
  return [own, routers].some((host) => host === 0n || host === hosts - 1n)
    ? 'network.address or gateway is that of the network, or of all in it'
    : null;
}

/** "This network", loopback, and from multicast on. */
function isNoMachines({ bits }: Address): boolean {
  const first = bits >> 24n;
  return first === 0n || first === 127n || first >= 224n;
}

/** The netmask's leading ones; null where others follow a zero, or where there is no room for two. */
function prefixOf({ netmask }: Network): number | null {
  const bits = quad(netmask.value).bits.toString(2).padStart(widthOf(4), '0');
  const ones = bits.replace(/0+$/, '');
  return ones.includes('0') || ones.length < 1 || ones.length > 30 ? null : ones.length;
}

function quad(text: string | null): Address {
  return parseAddress(text ?? '') ?? { family: 4, bits: 0n };
}

/** What `ip` does inside, line by line, once the link is there. */
export function macvlanRoutes(network: Network, link: string): readonly string[] {
  return [
    // A refusal comes back over it.
    'link set lo up',
    `address add ${network.address.value}/${prefixOf(network)} dev ${link}`,
    `link set ${link} up`,
    `route add default via ${network.gateway.value} dev ${link}`,
  ];
}
