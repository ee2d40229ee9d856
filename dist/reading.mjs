// src/policy/reading.ts
function accept(value) {
	return {
		ok: true,
		value
	};
}
function refuse(message, expected) {
	return {
		ok: false,
		message,
		expected
	};
}
const LONGEST_SHOWN = 80;
/** The user's text made safe for a terminal and a log: no control or direction characters, cut when long. */
function printable(text, longest = LONGEST_SHOWN) {
	return (text.length > longest ? `${text.slice(0, longest)}…` : text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}
/** A value as an error message names it: `text` in backticks, or what kind of thing it is, such as `a list`. */
function shown(value) {
	if (value === null || value === void 0) return "an empty value";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object") return "a map";
	if (value === "") return "an empty text";
	return `\`${printable(`${value}`)}\``;
}

export { shown as i, printable as n, refuse as r, accept as t };