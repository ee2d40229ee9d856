import { a as harmless, i as ACTING_CHARACTERS } from "./version.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { i as LAYERS, n as session, r as suggestionsOf } from "./session.mjs";
import { t as currentEnvironment } from "./environment.mjs";
import { i as messageOf, n as styleFor, r as GloveboxError, t as columns } from "./style.mjs";
import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

// src/report/summary.ts
const SHOWN$1 = 50;
/** The report as Markdown, for a job summary. */
function markdownSummary(report) {
	const { outcome, usage, layers, enforced, downgrades } = report;
	const sealed = LAYERS.every((layer) => enforced[layer] || layers[layer].status === "not-requested");
	return [
		`### ${outcome.exitCode === 0 ? "✅" : "❌"} Glovebox: ${cell(report.command.join(" ").slice(0, 200))}`,
		"",
		`**${outcome.kind}**${outcome.cause === null ? "" : ` (${cell(outcome.cause)})`}, exit code ${outcome.exitCode}, ${formatDuration(usage.wallMs)}${usage.peakMemoryBytes === null ? "" : `, peak ${formatSize(usage.peakMemoryBytes)}`}.`,
		"",
		sealed ? "Every requested layer was enforced." : "**Not every requested layer was enforced.**",
		"",
		...table([
			"layer",
			"status",
			"how"
		], LAYERS.map((layer) => [
			layer,
			layers[layer].status,
			layers[layer].mechanism
		])),
		...section("Downgrades", [
			"layer",
			"why",
			"remedy"
		], downgrades.map(({ layer, reason, remedy }) => [
			layer,
			reason,
			remedy
		])),
		...blockedSection(report),
		""
	].join("\n");
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
	const entries = suggestionsOf(report).slice(0, SHOWN$1);
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
function section(title, head, rows) {
	if (rows.length === 0) return [];
	const rest = rows.length - SHOWN$1;
	return [
		"",
		`#### ${title}`,
		"",
		...table(head, rows.slice(0, SHOWN$1)),
		...rest > 0 ? ["", `…and ${rest} more.`] : []
	];
}
function table(head, rows) {
	const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
	return [
		line(head),
		`|${" --- |".repeat(head.length)}`,
		...rows.map(line)
	];
}
/** Text of anybody's, so that it is only text: no markup, no table, no direction marks. */
function cell(text) {
	return text.replace(ACTING_CHARACTERS, " ").replace(/[&<>|`*_[\]()#~!\\@:$]|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
}

// src/cli/outlets.ts
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

// src/cli/verdict.ts
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
/** In YAML a leading bracket starts a list, and a colon at the end a map. */
function yamlText(entry) {
	return /^[[*]|:$/.test(entry) ? `'${entry}'` : entry;
}

// src/cli/run.ts
const LAST_READ_MS = 500;
/** Runs the command sealed, writes what was asked for, and ends with a verdict. */
async function runCommand(parsed) {
	const { policyFiles, flags, directory, step, quiet } = parsed;
	const reportTo = parsed.report === null ? null : openOutlet(parsed.report, "fresh");
	const summaryTo = parsed.summary === null ? null : openOutlet(parsed.summary, "append");
	const report = await session({
		policyFiles,
		flags,
		command: step,
		directory,
		environment: currentEnvironment()
	}).catch((error) => {
		reportTo?.abandon();
		summaryTo?.abandon();
		throw error;
	});
	const style = styleFor(process.stderr);
	if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
	reportTo?.write(`${JSON.stringify(report, null, 2)}\n`);
	summaryTo?.write(markdownSummary(report));
	setTimeout(() => process.exit(), LAST_READ_MS).unref();
	return report.outcome.exitCode;
}

export { runCommand };