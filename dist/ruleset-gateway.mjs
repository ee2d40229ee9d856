// src/plan/ranges.ts
/** Rejected before any entry is looked at, unless `block-metadata` is off. */
const METADATA_RANGES = [
	{
		family: 4,
		text: "169.254.0.0/16",
		why: "link-local, where clouds serve instance credentials"
	},
	{
		family: 4,
		text: "168.63.129.16/32",
		why: "Azure's agent endpoint"
	},
	{
		family: 4,
		text: "100.100.100.200/32",
		why: "Alibaba Cloud's metadata endpoint"
	},
	{
		family: 6,
		text: "fe80::/10",
		why: "link-local"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local, where clouds serve instance credentials over IPv6"
	}
];
/**
* The near end of the way out, never reached: its gateway stands for the host, its forwarder for the
* host's resolver, and a loopback address that a socket bound to the device sends out is the host's.
* So is what is sent to everyone or to no address: it hands that to the host's loopback. What goes to
* a group would reach the host's neighbours through pasta.
*/
const HOST_LINK = [
	{
		family: 4,
		text: "10.0.2.0/24",
		why: "the sandbox's own link to the host"
	},
	{
		family: 6,
		text: "fd00::/64",
		why: "the sandbox's own link to the host"
	},
	{
		family: 4,
		text: "127.0.0.0/8",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "0.0.0.0/8",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "255.255.255.255/32",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "224.0.0.0/4",
		why: "a group of the network around the host"
	},
	{
		family: 6,
		text: "ff00::/8",
		why: "a group of the network around the host"
	},
	{
		family: 6,
		text: "::1/128",
		why: "the host's loopback"
	},
	{
		family: 6,
		text: "::/128",
		why: "the host's loopback"
	},
	{
		family: 6,
		text: "::ffff:0:0/96",
		why: "IPv4 inside IPv6"
	}
];
/** Reachable only when an entry names them: one that lies within the range. */
const PRIVATE_RANGES = [
	{
		family: 4,
		text: "10.0.0.0/8",
		why: "private"
	},
	{
		family: 4,
		text: "100.64.0.0/10",
		why: "shared address space"
	},
	{
		family: 4,
		text: "172.16.0.0/12",
		why: "private"
	},
	{
		family: 4,
		text: "192.168.0.0/16",
		why: "private"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local"
	}
];
/** Where slirp4netns and pasta have the host's 127.0.0.1: there the gateway listens. */
const GATEWAY_HOST = "10.0.2.2";
/** Meant for benchmarks of networks (RFC 2544), so that nothing real is shadowed: each allowed name gets one of these. */
const SYNTHETIC_RANGE = "198.18.0.0/15";
/** What the step's resolv.conf names; any other resolver that it asks is the gateway as well. */
const SYNTHETIC_RESOLVER = "198.18.0.1";

// src/plan/nft.ts
/** Our own table; whatever else the machine has, a new network namespace does not. */
const TABLE = "glovebox";
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
const ELEMENTS_PER_TRANSACTION = 2e3;
function chunks(items, size) {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

// src/plan/ruleset-gateway.ts
const RESOLVER_MAP = "resolver";
const DOOR_MAP = "doors";
const REAL_MAPS = {
	4: "real",
	6: "real6"
};
/** Empty until the gateway has a listener: a packet that finds no door keeps its destination, and is refused. */
function natChain(kind) {
	const [maps, rules] = kind === "doors" ? [[`map ${DOOR_MAP} { type ipv4_addr . inet_service : ipv4_addr . inet_service; }`], [`meta nfproto ipv4 meta l4proto tcp dnat ip to ip daddr . tcp dport map @${DOOR_MAP}`]] : [[`map ${REAL_MAPS[4]} { type ipv4_addr : ipv4_addr; }`, `map ${REAL_MAPS[6]} { type ipv6_addr : ipv6_addr; }`], [`meta nfproto ipv4 dnat ip to ip daddr map @${REAL_MAPS[4]}`, `meta nfproto ipv6 dnat ip6 to ip6 daddr map @${REAL_MAPS[6]}`]];
	return [
		`map ${RESOLVER_MAP} { type inet_proto : ipv4_addr . inet_service; }`,
		...maps,
		"chain doors {",
		"type nat hook output priority -100; policy accept;",
		`oifname != "lo" meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 dnat ip to meta l4proto map @${RESOLVER_MAP}`,
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

export { shutDoors as a, TABLE as c, METADATA_RANGES as d, PRIVATE_RANGES as f, openResolver as i, chunks as l, natChain as n, standFor as o, SYNTHETIC_RESOLVER as p, openDoors as r, ELEMENTS_PER_TRANSACTION as s, GATEWAY_RULES as t, HOST_LINK as u };