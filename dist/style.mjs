// src/base/errors.ts
/** The one error class: what failed, why, and what to do about it. */
var GloveboxError = class extends Error {
	name = "GloveboxError";
	code;
	details;
	constructor(code, message, details = {}) {
		super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.code = code;
		this.details = details;
	}
};
/** The message of anything that was thrown, without a stack. */
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}

// src/cli/style.ts
/** Colours on a terminal; plain text everywhere else, and wherever NO_COLOR is set. */
function styleFor(stream) {
	const wanted = stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
	const paint = (code) => (text) => wanted ? `\u001b[${code}m${text}\u001b[0m` : text;
	return {
		fresh: wanted ? "\x1B[0m\n" : "\n",
		good: paint(32),
		bad: paint(31),
		warn: paint(33),
		dim: paint(2),
		bold: paint(1)
	};
}
/** Left-aligned columns, two blanks apart; the last one is not padded. */
function columns(rows, indent = "  ") {
	const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
	return rows.map((row) => {
		return `${indent}${row.map((cell, index) => index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd();
	});
}

export { messageOf as i, styleFor as n, GloveboxError as r, columns as t };