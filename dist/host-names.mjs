import { i as shown, r as refuse, t as accept } from "./reading.mjs";

// src/policy/addresses.ts
/** 32 or 128. */
function widthOf(family) {
	return family === 4 ? 32 : 128;
}
/** Reads a dotted quad or an IPv6 address; null for anything else, zone ids and leading zeros in octets included. */
function parseAddress(text) {
	const family = text.includes(":") ? 6 : 4;
	const bits = family === 6 ? parseIPv6(text) : parseIPv4(text);
	return bits === null ? null : {
		family,
		bits
	};
}
function parseIPv4(text) {
	const octets = text.split(".");
	if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet))) return null;
	if (octets.some((octet) => Number(octet) > 255)) return null;
	return BigInt(octets.reduce((number, octet) => number * 256 + Number(octet), 0));
}
function parseIPv6(text) {
	const halves = (text.includes(".") ? withHexTail(text) : text)?.split("::") ?? [];
	if (halves.length < 1 || halves.length > 2) return null;
	const [head, tail] = [groupsOf(halves[0]), groupsOf(halves[1])];
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
	const groups = [
		...head,
		...Array(missing).fill("0"),
		...tail
	];
	if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
	return BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
}
/** Turns the dotted quad at the end of `::ffff:192.0.2.1` into two groups. */
function withHexTail(text) {
	const start = text.lastIndexOf(":") + 1;
	const quad = parseIPv4(text.slice(start));
	return quad === null ? null : `${text.slice(0, start)}${(quad >> 16n).toString(16)}:${(quad & 65535n).toString(16)}`;
}
function groupsOf(half) {
	return half === void 0 || half === "" ? [] : half.split(":");
}
/** Canonical text: a dotted quad, or IPv6 as RFC 5952 spells it. */
function formatAddress(address) {
	if (address.family === 4) return formatIPv4(address.bits);
	const mapped = mappedIPv4(address);
	return mapped ? `::ffff:${formatIPv4(mapped.bits)}` : formatIPv6(address.bits);
}
function formatIPv4(bits) {
	return [
		24n,
		16n,
		8n,
		0n
	].map((shift) => bits >> shift & 255n).join(".");
}
function formatIPv6(bits) {
	const groups = Array.from({ length: 8 }, (_, index) => bits >> BigInt(112 - 16 * index) & 65535n);
	const zeros = longestZeros(groups);
	const hex = groups.map((group) => group.toString(16));
	if (zeros.length < 2) return hex.join(":");
	return `${hex.slice(0, zeros.start).join(":")}::${hex.slice(zeros.start + zeros.length).join(":")}`;
}
/** The first of the longest runs of zero groups: the one that `::` stands for. */
function longestZeros(groups) {
	let best = {
		start: 0,
		length: 0
	};
	for (let start = 0; start < groups.length; start += 1) {
		let end = start;
		while (groups[end] === 0n) end += 1;
		if (end - start > best.length) best = {
			start,
			length: end - start
		};
	}
	return best;
}
/** The IPv4 address inside `::ffff:a.b.c.d`; null for every other address. */
function mappedIPv4(address) {
	return address.family === 6 && address.bits >> 32n === 65535n ? {
		family: 4,
		bits: address.bits & 4294967295n
	} : null;
}
/** Reads `203.0.113.0/24` or `2001:db8::/32`, or an address as the network of itself; null for anything else. */
function parseCidr(text) {
	const [addressText = "", prefixText, ...more] = text.split("/");
	const address = more.length > 0 ? null : parseAddress(addressText);
	if (address === null) return null;
	const prefix = prefixText === void 0 ? widthOf(address.family) : prefixOf(prefixText, address);
	return prefix === null ? null : {
		...address,
		prefix
	};
}
/** A prefix length for the address; null for anything but digits, and for more than it has bits. */
function prefixOf(text, { family }) {
	return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= widthOf(family) ? Number(text) : null;
}
/** The address with every bit after the prefix cleared. */
function networkOf(address, prefix) {
	const hostBits = BigInt(widthOf(address.family) - prefix);
	return {
		family: address.family,
		bits: address.bits >> hostBits << hostBits
	};
}
/** Whether bits are set after the prefix, as in `10.1.2.3/24`. */
function hasHostBits(address, prefix) {
	return networkOf(address, prefix).bits !== address.bits;
}
/** Whether every address of `inner` is in `outer`; never across families. */
function contains(outer, inner) {
	return outer.family === inner.family && outer.prefix <= inner.prefix && networkOf(inner, outer.prefix).bits === networkOf(outer, outer.prefix).bits;
}

// src/policy/host-names.ts
const NAME_EXPECTED = "a name like api.example.com or *.example.com";
const LONGEST_NAME = 253;
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** A last label that programs read as a number makes the whole name an address to them. */
const NUMERIC_LABEL = /^(?:\d+|0x[0-9a-f]*)$/;
/** Whether the last label is all digits or `0x…`: such a text is an address or nothing. */
function looksLikeIPv4(text) {
	const labels = text.replace(/\.$/, "").toLowerCase().split(".");
	return NUMERIC_LABEL.test(labels.at(-1) ?? "");
}
/** Reads a host name, or `*.` and a host name. */
function parseHostName(text) {
	const wildcard = text.startsWith("*.");
	const host = asciiName(wildcard ? text.slice(2) : text)?.replace(/\.$/, "") ?? "";
	if (host.includes("*") || text === "*") return refuse(`${shown(text)} has a \`*\` that is not the whole first label`, NAME_EXPECTED);
	if (!host.split(".").every((label) => LABEL.test(label))) return refuse(`${shown(text)} is not a host name`, NAME_EXPECTED);
	if (host.length > LONGEST_NAME) return refuse(`${shown(text)} is longer than a host name can be`, `at most ${LONGEST_NAME} characters`);
	if (looksLikeIPv4(host)) return refuse(`${shown(text)} is neither an address nor a host name`, "an IPv4 address like 203.0.113.7");
	return accept({
		host,
		wildcard
	});
}
/** Lower case, with other scripts as punycode; null where that is not possible. */
function asciiName(text) {
	if (/^[\x21-\x7e]*$/.test(text)) return text.toLowerCase();
	if (/[\s\p{Cc}@:/?#%\\[\]*]/u.test(text)) return null;
	return URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : null;
}

export { hasHostBits as a, parseAddress as c, widthOf as d, formatAddress as i, parseCidr as l, parseHostName as n, mappedIPv4 as o, contains as r, networkOf as s, looksLikeIPv4 as t, prefixOf as u };