import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { r as harmless } from "./text.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { t as columns } from "./style.mjs";
import { a as outputRows, i as suggestionsOf, l as yamlText, o as outputsInWords, p as shownDestination } from "./session.mjs";
import { t as LAYERS } from "./types.mjs";
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
function openOutlet(file, how, workspace = ".") {
	return orExplain(file, () => {
		for (const place of [".", workspace]) refuseDetour(file, resolve(place));
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
/** What the system has for it, such as /dev/stdout, is a symlink; any other one could lead to a disk. In /dev/shm anybody makes them. */
const SYSTEM_LINK = /^\/(?:dev\/(?!shm\/)|proc\/)/;
/** Pipes, terminals and the like stay what they are. */
function isSpecial(file) {
	const stats = (SYSTEM_LINK.test(resolve(file)) ? statSync : lstatSync)(file, { throwIfNoEntry: false });
	if (stats?.isSymbolicLink() === true) return false;
	return stats !== void 0 && !stats.isFile() && !stats.isDirectory();
}
/** A symlink in the workspace must not choose which directory is written to. */
function refuseDetour(file, here) {
	const directory = resolve(dirname(file));
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
		...outputLines(report, style),
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
	const painted = columns(shown.map((one) => [
		one.expected ? "expected" : "blocked",
		harmless(shownDestination(one)),
		`${one.count}×`,
		harmless(one.reason)
	])).map((line, index) => shown[index]?.expected === true ? style.dim(line) : line.replace("blocked", style.bad));
	const rest = blocked.length - shown.length + blockedNotListed;
	return [...painted, ...rest > 0 ? [`  and ${rest} more`] : []];
}
function outputLines(report, style) {
	const words = outputsInWords(report);
	if (words === null || report.outputs === null) return [];
	const rows = outputRows(report);
	const { done, refusedNotListed, leftOutNotListed } = report.outputs;
	const rest = Math.max(0, rows.length - SHOWN) + refusedNotListed + leftOutNotListed;
	return [
		`  ${done ? style.good("outputs") : style.bad("outputs")} ${harmless(words)}`,
		...rows.slice(0, SHOWN).map(([what, why]) => `    ${harmless(what)}  ${harmless(why)}`),
		...rest > 0 ? [`    and ${rest} more`] : []
	];
}
/** What `--locked` tells: entries that could go. */
function unusedLines({ egress }, style) {
	return (egress?.unused ?? []).map((entry) => `  ${style.warn("unused")} ${harmless(entry)}\n`).join("");
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

export { listenForInterrupts as i, verdict as n, openOutlet as r, unusedLines as t };