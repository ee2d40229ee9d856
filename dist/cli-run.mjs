import { r as markdownSummary } from "./summary.mjs";
import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { T as $ZodError, a as literal, m as string, n as array, p as strictObject, t as _enum } from "./vendor-zod.mjs";
import { s as removeRun } from "./recover.mjs";
import { i as listenForInterrupts, n as verdict, r as openOutlet, t as unusedLines } from "./verdict.mjs";
import { t as ownIo } from "./step-io.mjs";
import { n as session } from "./session.mjs";
import { t as currentEnvironment } from "./environment.mjs";
import { t as logSections } from "./logs.mjs";
import { n as styleFor } from "./style.mjs";
import { accessSync, constants, existsSync, lstatSync, readFileSync, readdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";

// src/run/kept-layers.ts
const DESCRIPTION = "layer.json";
const description = strictObject({
	version: literal(1),
	id: string(),
	/** What it was made over, the oldest first. */
	below: array(string()),
	workspace: string(),
	attributes: _enum(["user", "trusted"])
});
/** overlayfs takes other characters of a path for the end of it. */
const PLAIN_PATH = /^\/[\w./-]+$/;
const OTHERS_MAY_WRITE = 18;
/**
* Looks at the layers to build on, the oldest first, and at the place for a new one; makes nothing yet.
* Throws `layer-unusable`.
*/
function openKeptLayers(layers, keepAt) {
	const below = layers.map(readLayer);
	for (const [index, { directory, described }] of below.entries()) if (below.slice(0, index).map((one) => one.described.id).join() !== described.below.join()) throw unusable(directory, "it was made over other layers than the ones named before it");
	const place = keepAt === null ? null : placeFor(keepAt);
	const newest = below.at(-1)?.described ?? null;
	return {
		stack: {
			below: below.map(({ directory }) => join(directory, "upper")).toReversed(),
			own: place?.made ?? null,
			kept: newest === null ? null : { ...newest }
		},
		keep: async (origin) => {
			if (place === null) return;
			const ids = below.map(({ described }) => described.id);
			await settle(place, {
				version: 1,
				id: randomBytes(12).toString("hex"),
				below: ids,
				...origin
			});
		},
		discard: async () => {
			if (place !== null && existsSync(place.made)) await removeRun(place.made);
		}
	};
}
function readLayer(named) {
	try {
		const directory = plain(realpathSync(named));
		const file = join(directory, DESCRIPTION);
		refuseForeign(lstatSync(directory));
		refuseForeign(lstatSync(file));
		if (!lstatSync(join(directory, "upper")).isDirectory()) throw new Error("it has no layer in it");
		return {
			directory,
			described: description.parse(JSON.parse(readFileSync(file, "utf8")))
		};
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof $ZodError) throw unusable(named, `${DESCRIPTION} in it is not as Glovebox writes it`, error);
		throw unusable(named, error.code === "ENOENT" ? "it is no layer that was kept" : messageOf(error), error);
	}
}
function placeFor(named) {
	try {
		const wanted = resolve(named);
		const parent = realpathSync(dirname(wanted));
		const target = plain(join(parent, basename(wanted)));
		const there = lstatSync(target, { throwIfNoEntry: false });
		if (there !== void 0) {
			refuseForeign(there);
			if (!there.isDirectory() || readdirSync(target).length > 0) throw new Error("something is there already");
		}
		accessSync(parent, constants.W_OK | constants.X_OK);
		return {
			target,
			made: join(parent, `.${basename(target)}.${randomBytes(6).toString("hex")}`)
		};
	} catch (error) {
		throw unusable(named, messageOf(error), error);
	}
}
async function settle({ target, made }, described) {
	try {
		await removeRun(join(made, "index"));
		const text = `${JSON.stringify(described, null, 2)}\n`;
		writeFileSync(join(made, DESCRIPTION), text, {
			flag: "wx",
			mode: 384
		});
		renameSync(made, target);
	} catch (error) {
		await removeRun(made);
		throw unusable(target, messageOf(error), error);
	}
}
/** A layer is obeyed: whoever may write it decides what the next step finds. */
function refuseForeign({ uid, mode }) {
	if (uid !== process.getuid?.()) throw new Error(`it belongs to uid ${uid}`);
	if ((mode & OTHERS_MAY_WRITE) !== 0) throw new Error("others may write to it");
}
function plain(path) {
	if (PLAIN_PATH.test(path)) return path;
	throw new Error("its path has characters that overlayfs would read");
}
function unusable(directory, why, cause) {
	return new GloveboxError("layer-unusable", `the layer ${directory} cannot be used: ${why}`, {
		cause,
		remedy: "name layers that --keep-layer made, in the order in which they were made, and for a new one a place that is empty"
	});
}

// src/cli/run.ts
const LAST_READ_MS = 500;
const NOT_FOUND = 127;
/** What somebody may have meant for a shell. */
function isLine(step) {
	return step.length === 1 && /\s/.test(step[0] ?? "");
}
/** Runs the command sealed, writes what was asked for, and ends with a verdict. */
async function runCommand(parsed) {
	const { policyFiles, flags, directory, step, quiet, diff } = parsed;
	const layers = layersOf(parsed);
	const reportTo = parsed.report === null ? null : openOutlet(parsed.report, "fresh", directory);
	const summaryTo = parsed.summary === null ? null : openOutlet(parsed.summary, "append", directory);
	const interrupts = listenForInterrupts();
	const environment = currentEnvironment();
	const result = await session({
		policyFiles,
		flags,
		command: step,
		directory,
		environment,
		diff,
		...layers === null ? {} : { stack: layers.stack }
	}, ownIo(), interrupts).catch((error) => {
		reportTo?.abandon();
		summaryTo?.abandon();
		throw error;
	});
	interrupts.stop();
	const { report, seen } = result;
	const style = styleFor(process.stderr);
	process.stderr.write(logSections(seen?.logs ?? null, style));
	if (diff) process.stderr.write(`${style.fresh}${await diffText(seen, style)}`);
	if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
	if (!quiet && report.outcome.exitCode === NOT_FOUND && isLine(step)) process.stderr.write(`  ${style.dim("→")} that was one word; for a shell: glovebox run -- bash -c 'COMMANDS'\n`);
	if (parsed.locked) process.stderr.write(unusedLines(report, style));
	reportTo?.write(`${JSON.stringify(report, null, 2)}\n`);
	summaryTo?.write(markdownSummary(report));
	if (layers !== null) await settleLayer(layers, result, parsed, style);
	setTimeout(() => process.exit(), LAST_READ_MS).unref();
	return report.outcome.exitCode;
}
function layersOf({ layers, keepLayer }) {
	return layers.length === 0 && keepLayer === null ? null : openKeptLayers(layers, keepLayer);
}
/** A command that failed leaves no layer, unless its changes are asked for all the same. */
async function settleLayer(layers, { report: { outcome }, layer }, { keepLayer, keepChanges, quiet }, style) {
	const ranOn = keepChanges && outcome.stepExitCode !== null;
	if (layer !== null && (outcome.exitCode === 0 || ranOn)) return await layers.keep(layer);
	await layers.discard();
	if (keepLayer !== null && !quiet) process.stderr.write(`  ${style.dim("note")} no layer was kept, because the run failed\n`);
}
async function diffText(seen, style) {
	const { texts = null, changes = null } = seen ?? {};
	if (texts === null || changes === null) return `${style.dim("no diff:")} there was no throwaway layer to see changes in\n`;
	const { unifiedDiff } = await import("./console-unified-diff.mjs");
	return unifiedDiff(texts, changes.files.length - texts.length + changes.notListed, style);
}

export { runCommand };