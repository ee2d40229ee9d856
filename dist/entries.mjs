import { i as shown, n as printable, r as refuse, t as accept } from "./reading.mjs";
import { a as hasHostBits, c as parseAddress, d as widthOf, i as formatAddress, n as parseHostName, o as mappedIPv4, r as contains, s as networkOf, t as looksLikeIPv4, u as prefixOf } from "./host-names.mjs";

// src/policy/suggestion.ts
const LONGEST_GUESSED = 40;
const SHORTEST_PREFIX = 3;
const FARTHEST = 2;
/** The known name that a misspelled one most likely meant; null where none is close. */
function suggestion(written, known) {
	if (written.length > LONGEST_GUESSED) return null;
	const plain = plainOf(written);
	return known.filter((name) => Math.abs(plainOf(name).length - plain.length) <= FARTHEST).map((name) => ({
		name,
		distance: distanceOf(plain, plainOf(name))
	})).filter(({ name, distance }) => distance <= Math.min(FARTHEST, Math.floor(name.length / 2))).toSorted((a, b) => a.distance - b.distance)[0]?.name ?? known.find((name) => startsAlike(plain, plainOf(name))) ?? null;
}
/** `onUnavailable`, `on_unavailable` and `On-Unavailable` are one word here. */
function plainOf(name) {
	return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
function startsAlike(a, b) {
	return Math.min(a.length, b.length) >= SHORTEST_PREFIX && (a.startsWith(b) || b.startsWith(a));
}
/** Letters to add, drop, change, or swap with their neighbour, to make one word of the other. */
function distanceOf(a, b) {
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row += 1) {
		const next = [row];
		for (let column = 1; column <= b.length; column += 1) {
			const changed = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
			const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
			next.push(Math.min(changed, swapped, (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
		}
		[beforeLast, last] = [last, next];
	}
	return last[b.length] ?? Infinity;
}

// src/policy/ports.ts
const PORTS_EXPECTED = "ports from 1 to 65535 like 443, 80,443 or 1024-2047";
const RANGE = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/;
/** Reads `443`, `80,443`, `1024-2047` and mixes of them; the ranges come back sorted and disjoint. */
function parsePorts(text) {
	const ranges = [];
	for (const part of text.split(",")) {
		const range = parseRange(part);
		if (!range) return refuse(`${shown(part)} is not a port or a range of ports`, PORTS_EXPECTED);
		ranges.push(range);
	}
	return accept(joined(ranges));
}
function parseRange(text) {
	const match = RANGE.exec(text);
	if (!match) return null;
	const from = Number(match[1]);
	const to = Number(match[2] ?? match[1]);
	return from <= to && to <= 65535 ? {
		from,
		to
	} : null;
}
/** Sorts, and joins ranges that overlap or touch, so that equal sets of ports have one spelling. */
function joined(ranges) {
	const result = [];
	for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
		const last = result.at(-1);
		if (last && range.from <= last.to + 1) result[result.length - 1] = {
			from: last.from,
			to: Math.max(last.to, range.to)
		};
		else result.push(range);
	}
	return result;
}
/** `80,443,1024-2047`. */
function portsText(ports) {
	return ports.map(({ from, to }) => from === to ? `${from}` : `${from}-${to}`).join(",");
}
/** How many ports there are in disjoint ranges. */
function portCount(ports) {
	return ports.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
/** The ports in both; each list is sorted, disjoint and joined, and so is what comes back. */
function commonPorts(a, b) {
	return a.flatMap((one) => b.map((other) => ({
		from: Math.max(one.from, other.from),
		to: Math.min(one.to, other.to)
	})).filter(({ from, to }) => from <= to));
}
/** Whether every port of `inner` is in `outer`; both sorted, disjoint and joined. */
function portsCover(outer, inner) {
	return inner.every(({ from, to }) => outer.some((range) => range.from <= from && to <= range.to));
}

// src/policy/entries.ts
const ENTRY_EXPECTED = "an entry like 203.0.113.7:443, 10.1.0.0/16:5432, [2001:db8::/32]:443 or api.example.com:443, with /tcp, /udp or /icmp at the end";
const ADDRESS_EXPECTED = "an address like 203.0.113.7, 10.1.0.0/16, 2001:db8::1 or [2001:db8::/32]:443";
const DEFAULT_PORTS = [{
	from: 443,
	to: 443
}];
/** An address with a long mask is 43 characters, a name 253; the rest is room for ports. */
const LONGEST_ENTRY = 1024;
/** Each is a listener of the gateway's. */
const MOST_PORTS = 1024;
const LONG_KEYS = [
	"host",
	"port",
	"protocol",
	"tls",
	"private"
];
/**
* Reads `ADDRESS[/PREFIX][:PORTS][/PROTOCOL]` or `NAME[:PORTS][/PROTOCOL]`; port 443 and tcp where left out.
* An IPv6 address is in brackets when ports follow.
*/
function parseEntry(text) {
	const parts = splitEntry(text);
	if (!parts.ok) return parts;
	const service = readService(parts.value);
	if (!service.ok) return service;
	return isAddress(parts.value) ? readAddress(parts.value.destination, service.value) : readName(parts.value.destination, service.value);
}
function splitEntry(text) {
	if (text === "" || text.length > LONGEST_ENTRY || /[\s\p{Cc}]/u.test(text)) return refuse(`${shown(text)} is not an egress entry`, ENTRY_EXPECTED);
	if (text.includes("//")) return refuse(`${shown(text)} looks like a URL`, "only the host and port, like api.example.com:443");
	const suffix = /\/([a-z]+)$/i.exec(text);
	const protocol = suffix?.[1]?.toLowerCase() ?? "tcp";
	if (!isProtocol(protocol)) return refuse(`${shown(protocol)} is not a protocol`, "one of tcp, udp, icmp");
	return splitPorts(suffix ? text.slice(0, suffix.index) : text, protocol);
}
function splitPorts(text, protocol) {
	if (text.startsWith("[")) {
		const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
		return match ? accept({
			destination: match[1] ?? "",
			form: "brackets",
			ports: match[2] ?? null,
			protocol
		}) : refuse(`${shown(text)} has misplaced brackets`, "brackets around address and prefix, like [2001:db8::/32]:443");
	}
	const [destination = "", ports = null, ...more] = text.split(":");
	return more.length > 0 ? accept({
		destination: text,
		form: "colons",
		ports: null,
		protocol
	}) : accept({
		destination,
		form: "plain",
		ports,
		protocol
	});
}
function isProtocol(text) {
	return text === "tcp" || text === "udp" || text === "icmp";
}
function readService({ ports, protocol }) {
	if (protocol === "icmp") return ports === null ? accept({
		protocol,
		ports: []
	}) : refuse("icmp has no ports", "an entry without a port, like 192.0.2.0/24/icmp");
	if (ports === null) return accept({
		protocol,
		ports: DEFAULT_PORTS
	});
	const read = parsePorts(ports);
	return read.ok ? accept({
		protocol,
		ports: read.value
	}) : read;
}
function isAddress({ destination, form }) {
	return form !== "plain" || looksLikeIPv4(destination.split("/")[0] ?? "");
}
function readAddress(destination, service) {
	const [text = "", prefixText, ...more] = destination.split("/");
	const address = more.length > 0 ? null : parseAddress(text);
	if (!address) return refuse(`${shown(destination)} is not an address`, ADDRESS_EXPECTED);
	const width = widthOf(address.family);
	const prefix = prefixText === void 0 ? width : prefixOf(prefixText, address);
	if (prefix === null) return refuse(`${shown(prefixText)} is not a prefix length`, `a whole number from 0 to ${width}`);
	const mapped = prefix >= 96 ? mappedIPv4(address) : null;
	if (mapped) return refuse(`${shown(destination)} is an IPv4 address inside IPv6`, asIPv4(mapped, prefix));
	if (hasHostBits(address, prefix)) {
		const network = formatAddress(networkOf(address, prefix));
		return refuse(`${shown(destination)} has host bits set`, `\`${network}/${prefix}\``);
	}
	return accept(withText({
		kind: "address",
		family: address.family,
		address: formatAddress(address),
		prefix,
		...service
	}));
}
function asIPv4(mapped, prefix) {
	const network = formatAddress(networkOf(mapped, prefix - 96));
	return `write it as IPv4: \`${prefix === 128 ? network : `${network}/${prefix - 96}`}\``;
}
function readName(destination, service) {
	if (destination.includes("/")) return refuse(`\`${printable(destination)}\` puts a prefix on a name`, "a name without a prefix, like api.example.com:443");
	if (service.protocol !== "tcp") return refuse(`${shown(destination)} is a name, and names are reached over tcp only`, "tcp, or the addresses behind the name");
	if (portCount(service.ports) > MOST_PORTS) return refuse(`${shown(destination)} has more than ${MOST_PORTS} ports`, "fewer ports");
	const name = parseHostName(destination);
	if (!name.ok) return name;
	return accept(withText({
		kind: "name",
		...name.value,
		...service,
		tls: true,
		private: false
	}));
}
/** The long form: `{host, port, protocol, tls: off, private: true}`. */
function readLongEntry(raw) {
	const unknown = Object.keys(raw).find((key) => !LONG_KEYS.includes(key));
	if (unknown !== void 0) return refuse(`${shown(unknown)} is not a key of an entry`, `one of ${LONG_KEYS.join(", ")}`);
	const { host, port, protocol = "tcp", tls = "on", private: inside = false } = raw;
	if (typeof host !== "string" || host === "" || /[:/\s]/.test(host.replace(/^\[.*\]/, ""))) return refuse(`\`host\` is ${shown(host)}`, "a name, or an address in brackets");
	if (port !== void 0 && typeof port !== "number" && typeof port !== "string") return refuse(`\`port\` is ${shown(port)}`, "a port, or ports like 80,443");
	if (typeof protocol !== "string" || !isProtocol(protocol)) return refuse(`\`protocol\` is ${shown(protocol)}`, "one of tcp, udp, icmp");
	if (![
		true,
		false,
		"on",
		"off"
	].includes(tls)) return refuse(`\`tls\` is ${shown(tls)}`, "on or off");
	if (typeof inside !== "boolean") return refuse(`\`private\` is ${shown(inside)}`, "true or false");
	const entry = parseEntry(`${host}${port === void 0 ? "" : `:${port}`}/${protocol}`);
	if (!entry.ok) return entry;
	const checked = tls === "on" || tls === true;
	if (entry.value.kind === "name") return accept(withText({
		...entry.value,
		tls: checked,
		private: inside
	}));
	return checked && !inside ? entry : refuse("`tls` and `private` are for names", "an address without them");
}
function withText(entry) {
	return {
		...entry,
		text: entryText(entry)
	};
}
/** The canonical spelling: the port always written, the protocol only when it is not tcp, then the options of a name. */
function entryText(entry) {
	const ports = entry.ports.length > 0 ? `:${portsText(entry.ports)}` : "";
	const protocol = entry.protocol === "tcp" ? "" : `/${entry.protocol}`;
	const options = entry.kind === "name" ? `${entry.tls ? "" : " tls=off"}${entry.private ? " private" : ""}` : "";
	return `${destinationText(entry)}${ports}${protocol}${options}`;
}
function destinationText(entry) {
	if (entry.kind === "name") return entry.wildcard ? `*.${entry.host}` : entry.host;
	const cidr = entry.prefix === widthOf(entry.family) ? entry.address : `${entry.address}/${entry.prefix}`;
	return entry.family === 6 ? `[${cidr}]` : cidr;
}
/** Whether every name of `inner` is one of `outer`, whatever the ports. */
function nameCovers(outer, inner) {
	if (outer.wildcard && inner.host.endsWith(`.${outer.host}`)) return true;
	return outer.host === inner.host && outer.wildcard === inner.wildcard;
}
/** The network of an entry, as numbers. */
function cidrOf(entry) {
	const bits = parseAddress(entry.address)?.bits ?? 0n;
	return {
		family: entry.family,
		bits,
		prefix: entry.prefix
	};
}
/** The network that somebody wrote down, of which a floor may have left only this entry. */
function asWritten(entry) {
	const cidr = cidrOf(entry);
	const prefix = Math.min(cidr.prefix, entry.cutFrom ?? cidr.prefix);
	return {
		...networkOf(cidr, prefix),
		prefix
	};
}
/** Whether the attempt is one that the entry names. A name never matches an address. */
function matchesAddress(entry, attempt) {
	if (entry.kind === "name" || entry.protocol !== attempt.protocol) return false;
	const parsed = parseAddress(attempt.address.replace(/%.*$/, ""));
	if (!parsed) return false;
	const address = mappedIPv4(parsed) ?? parsed;
	return contains(cidrOf(entry), {
		...address,
		prefix: widthOf(address.family)
	}) && portMatches(entry, attempt.port);
}
function portMatches(entry, port) {
	if (entry.protocol === "icmp") return true;
	return port !== null && portsCover(entry.ports, [{
		from: port,
		to: port
	}]);
}

export { nameCovers as a, commonPorts as c, portsText as d, suggestion as f, matchesAddress as i, parsePorts as l, cidrOf as n, parseEntry as o, entryText as r, readLongEntry as s, asWritten as t, portsCover as u };