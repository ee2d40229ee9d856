import { chunks } from '../base/chunks.ts';
import { ELEMENTS_PER_TRANSACTION, TABLE } from './nft.ts';
import { GATEWAY_HOST, SYNTHETIC_RANGE } from './ranges.ts';

/**
 * `doors`: connections to allowed names lead to the gateway. `record`: names flow, each by an address
 * of ours that stands for the real one, so that the rules can count by name.
 */
export type GatewayKind = 'doors' | 'record';

const RESOLVER_MAP = 'resolver';
const DOOR_MAP = 'doors';
const REAL_MAPS = { 4: 'real', 6: 'real6' } as const;

/**
 * Empty until the gateway has a listener: a packet that finds no door keeps its destination, and is refused.
 * nft 0.9.8 has to be told that a map has an address and a port; a newer one sees it.
 */
export function natChain(kind: GatewayKind): string[] {
  const [maps, rules] =
    kind === 'doors'
      ? [
          [`map ${DOOR_MAP} { type ipv4_addr . inet_service : ipv4_addr . inet_service; }`],
          [
            `meta nfproto ipv4 meta l4proto tcp dnat ip addr . port to ip daddr . tcp dport map @${DOOR_MAP}`,
          ],
        ]
      : [
          [
            `map ${REAL_MAPS[4]} { type ipv4_addr : ipv4_addr; }`,
            `map ${REAL_MAPS[6]} { type ipv6_addr : ipv6_addr; }`,
          ],
          [
            `meta nfproto ipv4 dnat ip to ip daddr map @${REAL_MAPS[4]}`,
            `meta nfproto ipv6 dnat ip6 to ip6 daddr map @${REAL_MAPS[6]}`,
          ],
        ];
  return [
    `map ${RESOLVER_MAP} { type inet_proto : ipv4_addr . inet_service; }`,
    ...maps,
    'chain doors {',
    'type nat hook output priority -100; policy accept;',
    // A look-up at the step's own loopback has a source that cannot leave: translated, it would hang.
    `oifname != "lo" meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 dnat ip addr . port to meta l4proto map @${RESOLVER_MAP}`,
    ...rules,
    '}',
  ];
}

/** Only what a door sent there reaches the gateway's host; with doors every look-up goes through one. */
export const GATEWAY_RULES: Readonly<Record<GatewayKind, readonly string[]>> = {
  doors: [
    `ct status dnat ip daddr ${GATEWAY_HOST} accept`,
    'meta l4proto { tcp, udp } th dport 53 goto refuse',
    `ip daddr ${SYNTHETIC_RANGE} goto refuse`,
  ],
  // No address of ours ever stands for the gateway's host, so what comes there is a look-up.
  record: [`ct status dnat ip daddr ${GATEWAY_HOST} accept`],
};

/** The transaction that makes an address of ours stand for a real one of the same family. */
export function standFor(address: string, real: string): string {
  return `add element inet ${TABLE} ${REAL_MAPS[real.includes(':') ? 6 : 4]} { ${address} : ${real} }\n`;
}

/** A door of the gateway: what the step dials, and the port on which the gateway answers. */
export interface DoorElement {
  /** Synthetic IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly listener: number;
}

/** The transactions that open doors. */
export function openDoors(doors: readonly DoorElement[]): string[] {
  return chunks(doors, ELEMENTS_PER_TRANSACTION).map((chunk) => {
    const elements = chunk.map(
      ({ address, port, listener }) => `${address} . ${port} : ${GATEWAY_HOST} . ${listener}`,
    );
    return `add element inet ${TABLE} ${DOOR_MAP} { ${elements.join(', ')} }\n`;
  });
}

/** The transactions that take doors away again. */
export function shutDoors(doors: readonly DoorElement[]): string[] {
  return chunks(doors, ELEMENTS_PER_TRANSACTION).map((chunk) => {
    const elements = chunk.map(({ address, port }) => `${address} . ${port}`);
    return `delete element inet ${TABLE} ${DOOR_MAP} { ${elements.join(', ')} }\n`;
  });
}

/** Sends every look-up to the gateway, which answers both kinds on one port number each. */
export function openResolver(ports: { readonly udp: number; readonly tcp: number }): string {
  const elements = (['udp', 'tcp'] as const).map(
    (protocol) => `${protocol} : ${GATEWAY_HOST} . ${ports[protocol]}`,
  );
  return `add element inet ${TABLE} ${RESOLVER_MAP} { ${elements.join(', ')} }\n`;
}
