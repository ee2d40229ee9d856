import { i as shown, r as refuse, t as accept } from "./reading.mjs";

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

export { parseHostName as n, looksLikeIPv4 as t };