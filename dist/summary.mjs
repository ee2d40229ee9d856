import { n as formatSize, t as formatDuration } from "./units.mjs";
import { t as LAYERS } from "./types.mjs";
import { _ as table, g as section, h as folded, i as suggestionsOf, l as yamlText, m as cell, p as shownDestination, s as outputsSection } from "./session.mjs";

// src/report/changes-tree.ts
const MARKS = {
	created: "+",
	modified: "~",
	deleted: "-"
};
/** What the step changed, as a tree that is folded away; nothing where nothing changed. */
function changesPart({ changes }) {
	if (changes === null) return [];
	const { files, notListed, unread } = changes;
	if (files.length === 0 && unread === 0) return [];
	const rest = [...notListed > 0 ? ["", `…and ${notListed} more, which the report does not list either.`] : [], ...unread > 0 ? ["", `${unread} places could not be looked at.`] : []];
	return folded(`Changes (${files.length + notListed})`, [
		`${inWords(files)}.`,
		"",
		...treeLines(files),
		...rest
	]);
}
function inWords(changes) {
	const kinds = Object.entries(MARKS).flatMap(([kind, mark]) => {
		const count = changes.filter(({ change }) => change === kind).length;
		return count === 0 ? [] : [`${count} ${kind} (${mark})`];
	});
	return kinds.length === 0 ? "Nothing was found" : kinds.join(", ");
}
/** At most fifty lines: what lies deeper than there is room for is counted where it begins. */
function treeLines(changes) {
	const top = branchesOf(changes.map((change) => ({
		names: change.path.split("/"),
		change
	})));
	const shown = top.slice(0, 50);
	const open = openWithin(50 - shown.length, shown);
	const rest = top.length - shown.length;
	return [
		"<pre>",
		...shown.flatMap((branch) => linesOf(branch, open, "")),
		...rest > 0 ? [`… ${rest} more`] : [],
		"</pre>"
	];
}
function branchesOf(leaves) {
	const byName = /* @__PURE__ */ new Map();
	for (const leaf of leaves) {
		const [name = ""] = leaf.names;
		byName.set(name, [...byName.get(name) ?? [], leaf]);
	}
	return [...byName].map(([name, below]) => branchOf(name, below));
}
function branchOf(name, leaves) {
	const own = leaves.find(({ names }) => names.length === 1)?.change ?? null;
	const inner = branchesOf(leaves.filter(({ names }) => names.length > 1).map(({ names, change }) => ({
		names: names.slice(1),
		change
	})));
	const [only] = inner;
	if (own === null && only !== void 0 && inner.length === 1) return {
		...only,
		name: `${name}/${only.name}`
	};
	return {
		name,
		change: own,
		inner,
		changes: leaves.map(({ change }) => change)
	};
}
/** Which branches there is room to open, those nearest to the top first. */
function openWithin(room, top) {
	const open = /* @__PURE__ */ new Set();
	let left = room;
	let level = top;
	while (level.length > 0) {
		const opened = level.filter(({ inner }) => {
			const fits = inner.length > 0 && inner.length <= left;
			if (fits) left -= inner.length;
			return fits;
		});
		for (const branch of opened) open.add(branch);
		level = opened.flatMap(({ inner }) => inner);
	}
	return open;
}
function linesOf(branch, open, indent) {
	const { name, change, inner, changes } = branch;
	const mark = change === null ? " " : MARKS[change.change];
	const isDirectory = inner.length > 0 || change?.kind === "directory";
	const shut = inner.length > 0 && !open.has(branch) ? `  ${inWords(changes)}` : "";
	const size = change !== null && change.kind === "file" && change.change !== "deleted" ? `  ${formatSize(change.size)}` : "";
	return [`${indent}${mark} ${cell(name)}${isDirectory ? "/" : ""}${size}${shut}`, ...open.has(branch) ? inner.flatMap((one) => linesOf(one, open, `${indent}  `)) : []];
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
		...changesPart(report),
		""
	].join("\n");
}
/** Every layer that was asked for was in force. */
function isSealed({ layers, enforced }) {
	return LAYERS.every((layer) => enforced[layer] || layers[layer].status === "not-requested");
}
/** What fell short and what was blocked, each with what would mend it. */
function problemSections(report) {
	return [
		...section("Downgrades", [
			"layer",
			"why",
			"remedy"
		], report.downgrades.map(({ layer, reason, remedy }) => [
			layer,
			reason,
			remedy
		])),
		...blockedSection(report),
		...outputsSection(report)
	];
}
/** What was asked of each layer, and what held it. */
function layerTable({ layers, requested }) {
	const asked = {
		network: requested.network.mode,
		filesystem: requested.filesystem.mode,
		resources: "limits",
		privilege: requested.privilege.mode,
		syscalls: requested.syscalls.profile,
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

export { reachedTable as a, problemSections as i, layerTable as n, usageTable as o, markdownSummary as r, changesPart as s, isSealed as t };