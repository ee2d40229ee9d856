import { r as harmless } from "./text.mjs";
import { n as formatSize } from "./units.mjs";

// src/console/logs.ts
/** What a log on a terminal is coloured with. */
const COLOURS = new RegExp(String.raw`\u001b\[[\d;]*m`, "g");
/** What the step wrote to the files that the policy wants to see, each below its name. */
function logSections(logs, style) {
	return (logs?.files ?? []).map((one) => `${style.bold(logTitle(one))}\n${harmlessLines(one.bytes)}\n`).join("");
}
function logTitle({ path, leftOut }) {
	const before = leftOut === 0 ? "" : `, without the ${formatSize(leftOut)} before this`;
	return harmless(`log ${path}${before}`);
}
function harmlessLines(bytes) {
	return new TextDecoder().decode(bytes).replace(COLOURS, "").replace(/\r?\n$/, "").split(/\r?\n/).map((line) => `  ${line.split("	").map(harmless).join("	")}`).join("\n");
}

export { logTitle as n, logSections as t };