import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { o as harmless, s as markdownText } from "./version.mjs";
import { t as columns } from "./style.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { a as yamlText, i as suggestionsOf, o as LAYERS } from "./session.mjs";
import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

// src/run/interrupts.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
function listenForInterrupts() {
	let first = null;
	let target = null;
	const onSignal = (signal) => {
		const ending = {
			by: "interrupt",
			detail: signal
		};
		first ??= ending;
		target?.(ending);
	};
	for (const signal of SIGNALS) process.on(signal, onSignal);
	return {
		first: () => first,
		forward: (end) => {
			target = end;
		},
		hold: () => {
			target = null;
		},
		stop: () => {
			for (const signal of SIGNALS) process.off(signal, onSignal);
		}
	};
}

// src/console/outlets.ts
/**
* Opens the file now, because what lies at its path afterwards may be the step's doing: a symlink to
* a file that only we may write, say. `fresh` takes an earlier run's file away first.
*/
function openOutlet(file, how) {
	return orExplain(file, () => {
		refuseDetour(file);
		const special = isSpecial(file);
		if (how === "fresh" && !special) rmSync(file, { force: true });
		const fd = openSync(file, flagsFor(how, special), 420);
		return {
			write: (text) => orExplain(file, () => {
				if (!special && !isStill(file, fd)) throw new Error("it was replaced while the step ran");
				for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(fd, rest));
				closeSync(fd);
			}),
			abandon: () => {
				if (how === "fresh" && !special && isStill(file, fd)) rmSync(file, { force: true });
				closeSync(fd);
			}
		};
	});
}
function flagsFor(how, special) {
	const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_WRONLY } = constants;
	if (special) return O_RDWR | O_APPEND;
	return O_WRONLY | O_CREAT | O_NOFOLLOW | (how === "fresh" ? O_EXCL : O_APPEND);
}
/** Pipes, terminals and the like stay what they are. */
function isSpecial(file) {
	const stats = statSync(file, { throwIfNoEntry: false });
	return stats !== void 0 && !stats.isFile() && !stats.isDirectory();
}
/** A symlink in the workspace must not choose which directory is written to. */
function refuseDetour(file) {
	const directory = resolve(dirname(file));
	const here = resolve(".");
	if (!directory.startsWith(`${here}/`)) return;
	const wanted = join(realpathSync(here), directory.slice(here.length + 1));
	if (realpathSync(directory) !== wanted) throw new Error("its directory is reached through a symlink");
}
function isStill(file, fd) {
	const there = lstatSync(join(realpathSync(dirname(file)), basename(file)), { throwIfNoEntry: false });
	const ours = fstatSync(fd);
	return there?.ino === ours.ino && there.dev === ours.dev;
}
function orExplain(file, act) {
	try {
		return act();
	} catch (error) {
		if (error instanceof GloveboxError) throw error;
		throw new GloveboxError("report-unwritable", `${file} cannot be written: ${messageOf(error)}`, {
			cause: error,
			remedy: "name a file in a directory that exists, can be written, and that the step cannot change"
		});
	}
}

// src/report/markdown.ts
/** Longer tables are cut; the whole list is in the report. */
const SHOWN$1 = 50;
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
	return [...table(["destination", "count"], allowed.slice(0, 50).map(({ address, port, protocol, count }) => [`${address}${port === null ? "" : ` port ${port}`}/${protocol}`, `${count}`])), ...rest > 0 ? ["", `…and ${rest} more.`] : []];
}
function blockedSection(report) {
	const blocked = report.egress?.blocked ?? [];
	if (blocked.length === 0) return [];
	const rows = blocked.map(({ address, port, protocol, count, reason, allow, expected }) => [
		`${address}${port === null ? "" : ` port ${port}`}/${protocol}`,
		`${count}`,
		expected ? `${reason} (expected)` : reason,
		allow ?? "-"
	]);
	const entries = suggestionsOf(report).slice(0, 50);
	const paste = [
		"",
		"To allow them, add to `network.allow`:",
		"",
		"```yaml",
		...entries.map(({ entry, warning }) => `- '${entry}'${warning === null ? "" : ` # ${warning}`}`),
		"```"
	];
	return [...section("Blocked", [
		"destination",
		"count",
		"why",
		"entry"
	], rows), ...entries.length > 0 ? paste : []];
}

// src/console/verdict.ts
/** Longer lists are in the report. */
const SHOWN = 10;
/** A few lines that end a run: how it went, how tight the seal was, and what to do. */
function verdict(report, style) {
	return `${[
		headline(report, style),
		...downgradeLines(report, style),
		...report.requested.network.onBlocked === "ignore" ? [] : blockedLines(report, style),
		...report.requested.network.onBlocked === "ignore" ? [] : suggestionLines(report, style),
		...report.notes.map(({ text }) => `  ${style.dim("note")} ${harmless(text)}`)
	].join("\n")}\n`;
}
function headline({ outcome, usage, enforced, layers }, style) {
	const paint = outcome.exitCode === 0 ? style.good : style.bad;
	const word = outcome.cause === null ? "ok" : `${outcome.kind}: ${harmless(outcome.cause)}`;
	if (!((outcome.stepExitCode !== null || usage.wallMs > 0) && outcome.kind !== "refused" && outcome.kind !== "failed-to-start")) return `${paint("glovebox:")} ${word}`;
	const open = LAYERS.filter((layer) => !enforced[layer] && layers[layer].status !== "not-requested");
	const seal = open.length === 0 ? `sealed (${LAYERS.filter((layer) => enforced[layer]).join(", ")})` : style.warn(`NOT sealed: ${open.join(", ")}`);
	const peak = usage.peakMemoryBytes === null ? "" : `, peak ${formatSize(usage.peakMemoryBytes)}`;
	return `${paint("glovebox:")} ${word} · ${formatDuration(usage.wallMs)}${peak} · ${seal}`;
}
function downgradeLines({ downgrades, outcome }, style) {
	const lines = downgrades.flatMap(({ layer, reason, remedy }) => [`  ${style.warn(layer)} ${harmless(reason)}`, `    ${style.dim("→")} ${harmless(remedy)}`]);
	if (outcome.kind !== "refused") return lines;
	return [...lines, "  Nothing was run. `on-unavailable: degrade` would run it with what is left."];
}
function blockedLines({ egress }, style) {
	if (egress === null) return [];
	const { blocked, blockedNotListed } = egress;
	const shown = blocked.toSorted((a, b) => Number(a.expected) - Number(b.expected)).slice(0, SHOWN);
	const painted = columns(shown.map(({ address, port, protocol, count, reason, expected }) => [
		expected ? "expected" : "blocked",
		`${address.includes(":") && port !== null ? `[${address}]` : address}${port === null ? "" : `:${port}`}/${protocol}`,
		`${count}×`,
		reason
	])).map((line, index) => shown[index]?.expected === true ? style.dim(line) : line.replace("blocked", style.bad));
	const rest = blocked.length - shown.length + blockedNotListed;
	return [...painted, ...rest > 0 ? [`  and ${rest} more`] : []];
}
function suggestionLines(report, style) {
	const entries = suggestionsOf(report);
	if (entries.length === 0) return [];
	const { mode } = report.requested.network;
	return [
		`  ${style.dim("to allow it, put into the policy:")}`,
		"    network:",
		...mode === "deny" ? ["      mode: allowlist"] : [],
		"      allow:",
		...entries.slice(0, SHOWN).map(({ entry, warning }) => {
			const comment = warning === null ? "" : `  # ${warning}`;
			return `        - ${yamlText(entry)}${comment}`;
		})
	];
}

export { problemSections as a, cell as c, openOutlet as d, listenForInterrupts as f, markdownSummary as i, folded as l, isSealed as n, reachedTable as o, layerTable as r, usageTable as s, verdict as t, table as u };