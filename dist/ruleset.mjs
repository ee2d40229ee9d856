import { s as parseCidr, t as contains } from "./addresses.mjs";
import { t as asWritten } from "./entries.mjs";

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
* slirp4netns's own side, never reached: its gateway stands for the host, its forwarder for the
* host's resolver, and a loopback address that a socket bound to the device sends out is the host's.
* So is what is sent to everyone or to no address: it hands that to the host's loopback.
*/
const HOST_LINK = [
	{
		family: 4,
		text: "10.0.2.0/24",
		why: "slirp4netns's own network"
	},
	{
		family: 6,
		text: "fd00::/64",
		why: "slirp4netns's own network"
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
/** Where slirp4netns has the host's 127.0.0.1: there the gateway listens. */
const GATEWAY_HOST = "10.0.2.2";
/** Meant for benchmarks of networks (RFC 2544), so that nothing real is shadowed: each allowed name gets one of these. */
const SYNTHETIC_RANGE = "198.18.0.0/15";
/** What the step's resolv.conf names; any other resolver that it asks is the gateway as well. */
const SYNTHETIC_RESOLVER = "198.18.0.1";

// src/plan/ruleset.ts
const TABLE = "glovebox";
const RESOLVER_MAP = "resolver";
const DOOR_MAP = "doors";
const REAL_MAPS = {
	4: "real",
	6: "real6"
};
/** Bound of each record set; what does not fit is still counted. */
const RECORD_LIMIT = 4096;
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
const ELEMENTS_PER_TRANSACTION = 2e3;
/**
* The nftables text, in transactions to be loaded in order. The first has the whole default-drop
* ruleset, the others only add elements to its sets: at no moment is more open than in the end.
*/
function rulesets(request) {
	const groups = groupEntries(request);
	return [`${[
		`table inet ${TABLE} {`,
		...recordSets(),
		...groups.map(declareSet),
		...refuseChain(),
		...reachChain(request.gateway === "record"),
		...request.gateway === null ? [] : natChain(request.gateway),
		"chain output {",
		"type filter hook output priority 0; policy drop;",
		...outputRules(request, groups),
		"}",
		"}"
	].join("\n")}\n`, ...elementTransactions(groups)];
}
function groupEntries({ entries, hostAddresses }) {
	const ranges = PRIVATE_RANGES.map(({ text }) => network(text));
	const hosts = hostAddresses.map(({ address }) => network(address));
	const byKey = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const text = `${entry.address}/${entry.prefix}`;
		const written = asWritten(entry);
		const holds = (range) => written.prefix < range.prefix && contains(written, range);
		const wide = ranges.some(holds) ? "private" : hosts.some(holds) ? "host" : "no";
		const ports = entry.ports.map(rangeText).join(",");
		const key = [
			entry.family,
			entry.protocol,
			ports,
			wide
		].join(" ");
		const group = byKey.get(key) ?? {
			entry,
			wide,
			addresses: []
		};
		group.addresses.push(text);
		byKey.set(key, group);
	}
	return [...byKey.values()].map(({ entry, wide, addresses }, index) => ({
		set: `allow${index}`,
		family: entry.family,
		protocol: entry.protocol,
		ports: entry.ports,
		wide,
		addresses
	}));
}
function network(text) {
	const cidr = parseCidr(text);
	if (cidr === null) throw new TypeError(`not an address: ${text}`);
	return cidr;
}
function declareSet({ set, family }) {
	return `set ${set} { type ipv${family}_addr; flags interval; auto-merge; }`;
}
function elementTransactions(groups) {
	const statements = groups.flatMap(({ set, addresses }) => chunks(addresses, ELEMENTS_PER_TRANSACTION).map((chunk) => ({
		size: chunk.length,
		text: `add element inet ${TABLE} ${set} { ${chunk.join(", ")} }\n`
	})));
	const transactions = [];
	for (const { size, text } of statements) {
		const last = transactions.at(-1);
		if (last !== void 0 && last.size + size <= ELEMENTS_PER_TRANSACTION) {
			last.size += size;
			last.text += text;
		} else transactions.push({
			size,
			text
		});
	}
	return transactions.map(({ text }) => text);
}
function outputRules(request, groups) {
	if (request.loopbackAddress !== null) return [
		`ip daddr { 127.0.0.0/8, ${request.loopbackAddress} } accept`,
		"ip6 daddr ::1 accept",
		"goto refuse"
	];
	const anyFamily = (ranges, verdict) => [4, 6].flatMap((family) => {
		const texts = ranges.filter((range) => range.family === family).map(({ text }) => text);
		return texts.length === 0 ? [] : [`${daddr(family)} { ${texts.join(", ")} } ${verdict}`];
	});
	const own = request.hostAddresses.map(({ family, address }) => ({
		family,
		text: address
	}));
	const wide = groups.filter((group) => group.wide === "private");
	const open = request.mode === "audit" || request.mode === "unrestricted";
	return [
		"oifname \"lo\" accept",
		"icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept",
		...request.blockMetadata ? anyFamily(METADATA_RANGES, "goto refuse") : [],
		...request.gateway === null ? [] : GATEWAY_RULES[request.gateway],
		...anyFamily(HOST_LINK, "goto refuse"),
		...groups.filter((group) => group.wide === "no").map(acceptGroup),
		...anyFamily(own, "goto refuse"),
		...groups.filter((group) => group.wide === "host").map(acceptGroup),
		...wide.length > 0 && !open ? anyFamily(PRIVATE_RANGES, "goto refuse") : [],
		...wide.map(acceptGroup),
		open ? "goto reach" : "goto refuse"
	];
}
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
function acceptGroup({ set, family, protocol, ports }) {
	return `${protocolMatch(protocol, family, ports)} ${daddr(family)} @${set} goto reach`;
}
function protocolMatch(protocol, family, ports) {
	if (protocol === "icmp") return family === 4 ? "icmp type echo-request" : "icmpv6 type echo-request";
	return `${protocol} dport { ${ports.map(rangeText).join(", ")} }`;
}
const daddr = (family) => family === 4 ? "ip daddr" : "ip6 daddr";
const rangeText = ({ from, to }) => from === to ? String(from) : `${from}-${to}`;
const FAMILIES = [{
	family: 4,
	address: "ip daddr",
	match: "meta nfproto ipv4"
}, {
	family: 6,
	address: "ip6 daddr",
	match: "meta nfproto ipv6"
}];
/** What the step dialled, where that stood for something else. */
const DIALLED = FAMILIES.map(({ family, address, match }) => ({
	family,
	address: `ct original ${address}`,
	match: `${match} ct status dnat`
}));
function recordSets() {
	return ["refused", "reached"].flatMap((verdict) => [`counter ${verdict} { }`, ...FAMILIES.flatMap(({ family }) => [`set ${verdict}${family} { type ipv${family}_addr . inet_proto . inet_service; size ${RECORD_LIMIT}; flags dynamic; counter; }`, `set ${verdict}${family}other { type ipv${family}_addr . inet_proto; size ${RECORD_LIMIT}; flags dynamic; counter; }`])]);
}
/** A TCP connection counts once, by its SYN; other protocols count packets. */
function recordRules(verdict, families = FAMILIES) {
	return families.flatMap(({ family, address, match }) => [
		`${match} tcp flags & (syn|ack) == syn counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . tcp dport }`,
		`${match} meta l4proto udp counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . udp dport }`,
		`${match} meta l4proto != { tcp, udp } counter name ${verdict} update @${verdict}${family}other { ${address} . meta l4proto }`
	]);
}
/** Errors that the kernel sends by itself, such as for a late answer; the step cannot, nor did it try to. */
const ERRORS = ["icmp type { destination-unreachable, time-exceeded, parameter-problem }", "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }"];
function refuseChain() {
	return [
		"chain refuse {",
		...ERRORS.map((match) => `${match} drop`),
		...recordRules("refused"),
		"meta l4proto tcp reject with tcp reset",
		"reject with icmpx type admin-prohibited",
		"}"
	];
}
function reachChain(byName) {
	const dialled = recordRules("reached", DIALLED);
	return [
		...byName ? [
			"chain dialled {",
			...dialled,
			"accept",
			"}"
		] : [],
		"chain reach {",
		...ERRORS.map((match) => `${match} accept`),
		...byName ? ["ct status dnat goto dialled"] : [],
		...recordRules("reached"),
		"accept",
		"}"
	];
}
function chunks(items, size) {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

export { shutDoors as a, METADATA_RANGES as c, rulesets as i, PRIVATE_RANGES as l, openDoors as n, standFor as o, openResolver as r, HOST_LINK as s, TABLE as t, SYNTHETIC_RESOLVER as u };