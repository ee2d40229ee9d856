import { a as SYNTHETIC_RANGE, t as GATEWAY_HOST } from "./ranges.mjs";

// src/base/chunks.ts
/** A list in pieces of at most `size`, in order. */
function chunks(items, size) {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

// src/plan/nft.ts
/** Our own table; whatever else the machine has, a new network namespace does not. */
const TABLE = "glovebox";
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
const ELEMENTS_PER_TRANSACTION = 2e3;

// src/plan/ruleset-gateway.ts
const RESOLVER_MAP = "resolver";
const DOOR_MAP = "doors";
const REAL_MAPS = {
	4: "real",
	6: "real6"
};
/**
* Empty until the gateway has a listener: a packet that finds no door keeps its destination, and is refused.
* nft 0.9.8 has to be told that a map has an address and a port; a newer one sees it.
*/
function natChain(kind) {
	const [maps, rules] = kind === "doors" ? [[`map ${DOOR_MAP} { type ipv4_addr . inet_service : ipv4_addr . inet_service; }`], [`meta nfproto ipv4 meta l4proto tcp dnat ip addr . port to ip daddr . tcp dport map @${DOOR_MAP}`]] : [[`map ${REAL_MAPS[4]} { type ipv4_addr : ipv4_addr; }`, `map ${REAL_MAPS[6]} { type ipv6_addr : ipv6_addr; }`], [`meta nfproto ipv4 dnat ip to ip daddr map @${REAL_MAPS[4]}`, `meta nfproto ipv6 dnat ip6 to ip6 daddr map @${REAL_MAPS[6]}`]];
	return [
		`map ${RESOLVER_MAP} { type inet_proto : ipv4_addr . inet_service; }`,
		...maps,
		"chain doors {",
		"type nat hook output priority -100; policy accept;",
		`oifname != "lo" meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 dnat ip addr . port to meta l4proto map @${RESOLVER_MAP}`,
		...rules,
		"}"
	];
}
/** Only what a door sent there reaches the gateway's host; with doors every look-up goes through one. */
const GATEWAY_RULES = {
	doors: [
		`ct status dnat ip daddr ${GATEWAY_HOST} accept`,
		"meta l4proto { tcp, udp } th dport 53 goto refuse",
		`ip daddr ${SYNTHETIC_RANGE} goto refuse`
	],
	record: [`ct status dnat ip daddr ${GATEWAY_HOST} accept`]
};
/** The transaction that makes an address of ours stand for a real one of the same family. */
function standFor(address, real) {
	return `add element inet ${TABLE} ${REAL_MAPS[real.includes(":") ? 6 : 4]} { ${address} : ${real} }\n`;
}
/** The transactions that open doors. */
function openDoors(doors) {
	return chunks(doors, ELEMENTS_PER_TRANSACTION).map((chunk) => {
		const elements = chunk.map(({ address, port, listener }) => `${address} . ${port} : ${GATEWAY_HOST} . ${listener}`);
		return `add element inet ${TABLE} ${DOOR_MAP} { ${elements.join(", ")} }\n`;
	});
}
/** The transactions that take doors away again. */
function shutDoors(doors) {
	return chunks(doors, ELEMENTS_PER_TRANSACTION).map((chunk) => {
		const elements = chunk.map(({ address, port }) => `${address} . ${port}`);
		return `delete element inet ${TABLE} ${DOOR_MAP} { ${elements.join(", ")} }\n`;
	});
}
/** Sends every look-up to the gateway, which answers both kinds on one port number each. */
function openResolver(ports) {
	const elements = ["udp", "tcp"].map((protocol) => `${protocol} : ${GATEWAY_HOST} . ${ports[protocol]}`);
	return `add element inet ${TABLE} ${RESOLVER_MAP} { ${elements.join(", ")} }\n`;
}

export { shutDoors as a, TABLE as c, openResolver as i, chunks as l, natChain as n, standFor as o, openDoors as r, ELEMENTS_PER_TRANSACTION as s, GATEWAY_RULES as t };