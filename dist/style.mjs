// src/console/style.ts
/** Colours on a terminal; plain text everywhere else, and wherever NO_COLOR is set. */
function styleFor(stream) {
	return styleOf(stream.isTTY === true && mayColour() && process.env["TERM"] !== "dumb");
}
/** The runner's log shows colours although it is no terminal; each line of ours starts one there. */
function styleInLog() {
	return {
		...styleOf(mayColour()),
		fresh: ""
	};
}
function mayColour() {
	return (process.env["NO_COLOR"] ?? "") === "";
}
function styleOf(wanted) {
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
/** Left-aligned columns, indented and two blanks apart; the last one is not padded. */
function columns(rows) {
	const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
	return rows.map((row) => {
		return `  ${row.map((cell, index) => index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd();
	});
}

export { styleFor as n, styleInLog as r, columns as t };