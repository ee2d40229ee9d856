import { t as structuredPatch } from "./vendor-diff.mjs";
import { n as bounded, r as harmless } from "./text.mjs";
import { t as Neutraliser } from "./neutralise.mjs";

// src/console/unified-diff.ts
const MOST_LINES = 4e3;
const LONGEST_LINE = 1e3;
/** Bounds for one file, so that a hostile pair of texts costs no more than any other. */
const EFFORT = {
	context: 3,
	maxEditLength: 1e3,
	timeout: 100
};
/**
* What a step did to text files, as lines for a terminal or a log in which nothing acts. `left`: how many
* changes there are besides.
*/
function unifiedDiff(texts, left, style) {
	if (texts.length === 0) return `${style.dim("no diff:")} nothing was changed\n`;
	const lines = [];
	let rest = left;
	for (const text of texts) if (lines.length < MOST_LINES) lines.push(...fileLines(text));
	else rest += 1;
	const printed = withoutCommands(lines.slice(0, MOST_LINES)).map((line) => painted(line, style));
	const isCut = rest > 0 || lines.length > MOST_LINES;
	return [
		...printed,
		...isCut ? ["… the rest of the diff is left out"] : [],
		""
	].join("\n");
}
function fileLines({ change: { path, change, kind }, before, after }) {
	const name = harmless(path);
	const plain = `${change} ${kind} ${name}`;
	const why = before.why ?? after.why;
	if (why !== null) return [`${plain}: ${why}`];
	const modes = before.mode !== null && after.mode !== null && before.mode !== after.mode ? [`mode of ${name}: ${before.mode.toString(8)} → ${after.mode.toString(8)}`] : [];
	const hunks = hunksOf(before.text, after.text);
	if (hunks === null) return [...modes, `${plain}: the two differ too much to be compared`];
	if (hunks.length === 0) return modes.length > 0 ? modes : [plain];
	return [
		...modes,
		`--- ${before.text === null ? "/dev/null" : `a/${name}`}`,
		`+++ ${after.text === null ? "/dev/null" : `b/${name}`}`,
		...hunks.map(lineOf)
	];
}
function hunksOf(before, after) {
	if ((before ?? "") === "") return wholeHunk(after ?? "", "+");
	if ((after ?? "") === "") return wholeHunk(before ?? "", "-");
	const patch = structuredPatch("", "", before ?? "", after ?? "", void 0, void 0, EFFORT);
	if (patch === void 0) return null;
	return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [`@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@`, ...lines]);
}
function wholeHunk(text, sign) {
	if (text === "") return [];
	const lines = text.split("\n");
	const unended = lines.at(-1) !== "";
	if (!unended) lines.pop();
	const [none, all] = ["0,0", `1,${lines.length}`];
	return [
		sign === "+" ? `@@ -${none} +${all} @@` : `@@ -${all} +${none} @@`,
		...lines.slice(0, MOST_LINES).map((line) => `${sign}${line}`),
		...unended ? ["\\ No newline at end of file"] : []
	];
}
/** Of no lines the format has the one before them. */
function rangeOf(start, count) {
	return `${count === 0 ? start - 1 : start},${count}`;
}
/** Everything but a tab that would act on a terminal is made visible. */
function lineOf(line) {
	return bounded(line, LONGEST_LINE).split("	").map(harmless).join("	");
}
/** A line of somebody's file may look like a command to the runner that reads our output. */
function withoutCommands(lines) {
	const neutraliser = new Neutraliser();
	const bytes = [...neutraliser.push(Buffer.from(lines.join("\n"))), ...neutraliser.end()];
	return Buffer.concat(bytes).toString().split("\n");
}
function painted(line, style) {
	if (/^(?:---|\+\+\+) /.test(line)) return style.bold(line);
	if (line.startsWith("+")) return style.good(line);
	if (line.startsWith("-")) return style.bad(line);
	return line.startsWith("@@") ? style.dim(line) : line;
}

export { unifiedDiff };