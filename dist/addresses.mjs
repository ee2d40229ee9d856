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

export { networkOf as a, prefixOf as c, mappedIPv4 as i, widthOf as l, formatAddress as n, parseAddress as o, hasHostBits as r, parseCidr as s, contains as t };