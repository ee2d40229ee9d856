import { n as formatSize, t as formatDuration } from "./units.mjs";
import { c as yamlText, i as suggestionsOf, l as LAYERS, o as shownDestination } from "./session.mjs";
import { i as markdownText } from "./text.mjs";

// src/report/markdown.ts
/** Longer tables are cut; the whole list is in the report. */
const SHOWN = 50;
const LONGEST_CELL = 500;
/** Text of anybody's for one place of a table or a line. */
function cell(text) {
	return markdownText(text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);
}
function table(head, rows) {
	const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
	return [
		line(head),
		`|${" --- |".repeat(head.length)}`,
		...rows.map(line)
	];
}
/** A titled table, at most fifty rows of it; nothing where there are none. */
function section(title, head, rows) {
	if (rows.length === 0) return [];
	const rest = rows.length - 50;
	return [
		"",
		`#### ${title}`,
		"",
		...table(head, rows.slice(0, 50)),
		...rest > 0 ? ["", `…and ${rest} more.`] : []
	];
}
/** Folded away until somebody opens it. The title is ours, not anybody's text. */
function folded(title, lines) {
	return [
		"",
		`<details><summary>${title}</summary>`,
		"",
		...lines,
		"",
		"</details>"
	];
}

// src/report/summary.ts
/** The report as Markdown, for a job summary. */
function markdownSummary(report) {
	const { outcome, usage } = report;
	const sealed = isSealed(report);
	return [
		`### ${outcome.exitCode === 0 ? "✅" : "❌"} Glovebox: ${cell(report.command.join(" ").slice(0, 200))}`,
		"",
		`**${outcome.kind}**${outcome.cause === null ? "" : ` (${cell(outcome.cause)})`}, exit code ${outcome.exitCode}, ${formatDuration(usage.wallMs)}${usage.peakMemoryBytes === null ? "" : `, peak ${formatSize(usage.peakMemoryBytes)}`}.`,
		"",
		sealed ? "Every requested layer was enforced." : "**Not every requested layer was enforced.**",
		"",
		...layerTable(report),
		...problemSections(report),
		""
	].join("\n");
}
/** Every layer that was asked for was in force. */
function isSealed({ layers, enforced }) {
	return LAYERS.every((layer) => enforced[layer] || layers[layer].status === "not-requested");
}
/** What fell short and what was blocked, each with what would mend it. */
function problemSections(report) {
	return [...section("Downgrades", [
		"layer",
		"why",
		"remedy"
	], report.downgrades.map(({ layer, reason, remedy }) => [
		layer,
		reason,
		remedy
	])), ...blockedSection(report)];
}
/** What was asked of each layer, and what held it. */
function layerTable({ layers, requested }) {
	const asked = {
		network: requested.network.mode,
		filesystem: requested.filesystem.mode,
		resources: "limits",
		privilege: requested.privilege.mode,
		environment: "allowlist",
		runner: layers.runner.status === "not-requested" ? "nothing" : "seal"
	};
	return table([
		"layer",
		"requested",
		"status",
		"how"
	], LAYERS.map((layer) => [
		layer,
		asked[layer],
		layers[layer].status,
		layers[layer].mechanism
	]));
}
/** What the step used, beside what it might have. */
function usageTable({ usage, requested: { resources } }) {
	const none = "no limit";
	const duration = (ms) => ms === null ? none : formatDuration(ms);
	const size = (bytes) => bytes === null ? none : formatSize(bytes);
	const { peakMemoryBytes: memory, peakProcesses: processes } = usage;
	return table([
		"resource",
		"used",
		"limit"
	], [
		[
			"time",
			formatDuration(usage.wallMs),
			duration(resources.timeoutMs)
		],
		[
			"processor time",
			formatDuration(usage.cpuMs),
			duration(resources.cpuTimeMs)
		],
		[
			"memory",
			memory === null ? "-" : formatSize(memory),
			size(resources.memoryBytes)
		],
		[
			"processes",
			processes === null ? "-" : `${processes}`,
			`${resources.processes ?? none}`
		],
		[
			"output",
			`${formatSize(usage.outputBytes)}${usage.truncated ? ", cut off" : ""}`,
			size(resources.outputBytes)
		]
	]);
}
/** What was reached, as the kernel counted it. */
function reachedTable({ egress }) {
	const allowed = egress?.allowed ?? [];
	if (allowed.length === 0) return [];
	const rest = allowed.length - 50 + (egress?.allowedNotListed ?? 0);
	return [...table(["destination", "count"], allowed.slice(0, 50).map((one) => [shownDestination(one), `${one.count}`])), ...rest > 0 ? ["", `…and ${rest} more.`] : []];
}
function blockedSection(report) {
	const blocked = report.egress?.blocked ?? [];
	if (blocked.length === 0) return [];
	const rows = blocked.map((one) => [
		shownDestination(one),
		`${one.count}`,
		one.expected ? `${one.reason} (expected)` : one.reason,
		one.allow ?? "-"
	]);
	const entries = suggestionsOf(report).slice(0, 50);
	const paste = [
		"",
		"To allow them, add to `network.allow`:",
		"",
		"```yaml",
		...entries.map(({ entry, warning }) => `- ${yamlText(entry)}${warning === null ? "" : ` # ${warning}`}`),
		"```"
	];
	return [...section("Blocked", [
		"destination",
		"count",
		"why",
		"entry"
	], rows), ...entries.length > 0 ? paste : []];
}

export { reachedTable as a, folded as c, problemSections as i, table as l, layerTable as n, usageTable as o, markdownSummary as r, cell as s, isSealed as t };