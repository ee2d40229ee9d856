// src/base/text.ts
/** Control characters and marks that turn the direction of text: they act on a terminal or a page. */
const ACTING_CHARACTERS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** Somebody else's text with such characters made visible. */
function harmless(text) {
	return text.replace(ACTING_CHARACTERS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export { harmless as n, ACTING_CHARACTERS as t };