// src/base/text.ts
/** Control characters and marks that turn the direction of text: they act on a terminal or a page. */
const ACTING_CHARACTERS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** Somebody else's text with such characters made visible. */
function harmless(text) {
	return text.replace(ACTING_CHARACTERS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
/** At most `longest` UTF-16 units, cut between characters and with a sign that it was cut. */
function bounded(text, longest) {
	if (text.length <= longest) return text;
	return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
/** Text of anybody's for a place in Markdown, so that it is only text: no markup, no table, no direction marks. */
function markdownText(text) {
	return text.replace(ACTING_CHARACTERS, " ").replace(/[&<>|`*_[\]()#~!\\@:$]|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
}

export { markdownText as i, bounded as n, harmless as r, ACTING_CHARACTERS as t };