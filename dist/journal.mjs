import { a as outputGlob, i as neverComesOut, n as compileGlob, r as foldedName } from "./output-globs.mjs";
import { o as within } from "./mounts.mjs";
import { n as messageOf } from "./errors.mjs";
import { chmodSync, closeSync, constants, fstatSync, fsyncSync, lstatSync, mkdirSync, openSync, opendirSync, readFileSync, renameSync, rmSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// src/run/outputs/job.ts
/** In the run's directory, where no step ever sees it; and what is in there. */
const OWN = "outputs";
const JOB = "job.json";
const JOURNAL = "journal.json";

// src/plan/output-matcher.ts
/** Directories of ours in the workspace, while outputs are brought out. */
const STAGING_PREFIX = ".glovebox-outputs-";
/** What a plan's globs mean. */
function outputMatcher({ globs, never }) {
	const all = globs.map((text) => ({
		text,
		...outputGlob(text)
	}));
	const wanted = all.filter(({ excludes }) => !excludes);
	const patterns = wanted.map(({ glob, plain }) => compileGlob(plain ? `${glob}/**` : glob));
	const exclusions = all.filter(({ excludes }) => excludes).flatMap(({ glob }) => [compileGlob(glob), compileGlob(`${glob}/**`)]);
	const folded = never.map(({ path, reason }) => ({
		path: foldedName(path),
		reason
	}));
	const isExcluded = (path) => exclusions.some((pattern) => pattern.test(path));
	const meaning = (path) => {
		const meant = patterns.flatMap((pattern, index) => pattern.test(path) ? [index] : []);
		return meant.length === 0 || isExcluded(path) ? [] : meant;
	};
	const keptBack = (path) => {
		if (path.split("/").some((name) => neverComesOut(name))) return "nothing of .git and .github comes out";
		if (path.startsWith(".glovebox-outputs-")) return "it is a directory of Glovebox";
		const plain = foldedName(path);
		return folded.find(({ path: shut }) => shut === "" || within(plain, shut))?.reason ?? null;
	};
	return {
		meaning,
		keptBack,
		isOutput: (path) => keptBack(path) === null && meaning(path).length > 0,
		mayHold: (directory) => !isExcluded(directory) && wanted.some((glob) => leadsInto(glob, directory)),
		wanted: wanted.map(({ text }) => text)
	};
}
/** False only where nothing in the directory can be meant. */
function leadsInto({ glob, base, plain }, directory) {
	if (base !== "" && !within(directory, base)) return within(base, directory);
	return plain || /[({]|\*\*/.test(glob) || directory.split("/").length < glob.split("/").length;
}

// src/run/outputs/open-at.ts
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const OTHERS_WRITE = 18;
/** Names a place without a right to read it; Node has no word for it. */
const O_PATH = 2097152;
/** Whatever has come to stand there, opening it neither follows nor waits. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/**
* A name in a directory that is open: by way of /proc the kernel starts at the descriptor, and not at
* a path that somebody could have changed. With one name at a time, no symlink is ever on the way.
*/
function at(directory, name) {
	return Buffer.from(`/proc/self/fd/${directory}/${name}`, "latin1");
}
function textOf(raw) {
	return Buffer.from(raw, "latin1").toString();
}
/** Throws where it is no directory, or a symlink to one. */
function openDirectory(directory, name) {
	return openSync(at(directory, name), DIRECTORY);
}
/** Also of one that its owner must not read. Throws where it is no directory, or a symlink to one. */
function setDirectoryMode(directory, name, mode) {
	using(openSync(at(directory, name), DIRECTORY | O_PATH), (open) => chmodSync(`/proc/self/fd/${open}`, mode));
}
/** The directory itself may be reached through symlinks of ours, but must not be one. */
function openRoot(path) {
	return openSync(path, DIRECTORY);
}
function openFile(directory, name) {
	return openSync(at(directory, name), FILE);
}
/** null where there is nothing. */
function lookAt(directory, name) {
	return lstatSync(at(directory, name), {
		bigint: true,
		throwIfNoEntry: false
	}) ?? null;
}
/** One after the other, because a directory may have a million of them. */
function* namesIn(directory) {
	const listing = opendirSync(`/proc/self/fd/${directory}`, {
		encoding: "latin1",
		bufferSize: 1024
	});
	try {
		for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) yield entry.name;
	} finally {
		listing.closeSync();
	}
}
/** Nobody else could have written it. */
function isOnlyOurs({ uid, mode }) {
	return uid === process.geteuid?.() && (mode & OTHERS_WRITE) === 0;
}
/** Gives `use` the directory, and closes it in any case. */
function using(directory, use) {
	try {
		return use(directory);
	} finally {
		closeSync(directory);
	}
}
/** The directory that a path lies in, opened name by name, and the path's last name. */
function inParent(root, path, use) {
	const [name = "", ...rest] = path.split("/");
	if (rest.length === 0) return use(root, name);
	return using(openDirectory(root, name), (inner) => inParent(inner, rest.join("/"), use));
}
/** Takes away whatever is there; its owner may have been shut out of it. */
function removeTree(directory, name) {
	const found = lookAt(directory, name);
	if (found === null) return;
	if (!found.isDirectory()) {
		unlinkSync(at(directory, name));
		return;
	}
	setDirectoryMode(directory, name, 448);
	using(openDirectory(directory, name), (inner) => {
		for (const one of [...namesIn(inner)]) removeTree(inner, one);
	});
	rmdirSync(at(directory, name));
}

// src/run/outputs/problem.ts
/** Why outputs cannot be brought out, with the path that it was about; empty where there is none. */
var OutputProblem = class extends Error {
	name = "OutputProblem";
	path;
	constructor(path, message, cause) {
		super(message, { cause });
		this.path = path;
	}
};
/** Does something with a path, and says of a failure that it was about this one. */
function about(path, act) {
	try {
		return act();
	} catch (error) {
		throw error instanceof OutputProblem ? error : new OutputProblem(path, inWords(error), error);
	}
}
/** In words. The descriptors that a system error names say nothing to a reader. */
function inWords(error) {
	if (error instanceof OutputProblem) return error.path === "" ? error.message : `${textOf(error.path)}: ${error.message}`;
	const message = messageOf(error);
	return isSystemError(error) ? message.replace(/^[A-Z]+: |, \w+(?: '.*)?$/gs, "") : message;
}
function isSystemError(error) {
	return error instanceof Error && "syscall" in error;
}

// src/run/outputs/moves.ts
const PERMISSIONS = 511;
/** What has to be moved so that the workspace has the tree. As few and as large things as can be. */
function movesFor(tree, workspace, matcher) {
	return movesIn(tree, workspace, "", matcher);
}
function movesIn(branch, workspace, above, matcher) {
	const pathOf = (name) => above === "" ? name : `${above}/${name}`;
	const directories = [...branch.branches].flatMap(([name, inner]) => movesOfDirectory(pathOf(name), name, inner, workspace, matcher));
	const others = [...branch.leaves.keys()].map((name) => {
		const path = pathOf(name);
		const there = lookAt(workspace, name);
		if (there?.isDirectory() === true && !isCovered(path, name, workspace, matcher)) throw new OutputProblem(path, "in the workspace it is a directory with things in it that are no outputs");
		return {
			path,
			kind: there === null ? "place" : "replace",
			mode: null,
			before: 0
		};
	});
	return [...directories, ...others];
}
function movesOfDirectory(path, name, branch, parent, matcher) {
	const there = lookAt(parent, name);
	const mode = branch.stats === null ? 493 : Number(branch.stats.mode) & PERMISSIONS;
	if (there === null) return [{
		path,
		kind: "place",
		mode,
		before: 0
	}];
	if (there.isSymbolicLink()) throw new OutputProblem(path, "in the workspace it is a symlink");
	if (!there.isDirectory()) return [{
		path,
		kind: "replace",
		mode,
		before: 0
	}];
	const before = Number(there.mode) & 4095;
	const after = before & -512 | mode;
	const inner = using(openDirectory(parent, name), (open) => movesIn(branch, open, path, matcher));
	const final = branch.declared ? after : before;
	return before !== final || inner.length > 0 && isShut(before) ? [{
		path,
		kind: "mode",
		mode: final,
		before
	}, ...inner] : inner;
}
/** Its owner must first open a directory of this mode to change what is in it. */
function isShut(mode) {
	return (mode & 192) !== 192;
}
/** Everything in a directory is declared, so that a file in its place takes nothing else away. */
function isCovered(path, name, parent, matcher) {
	const us = process.geteuid?.();
	if (us !== 0 && lookAt(parent, name)?.uid !== BigInt(us ?? -1)) throw new OutputProblem(path, "in the workspace it is a directory of another user");
	return using(openDirectory(parent, name), (directory) => {
		for (const inner of namesIn(directory)) {
			const whole = `${path}/${inner}`;
			if (!matcher.isOutput(textOf(whole))) return false;
			if (lookAt(directory, inner)?.isDirectory() !== true) continue;
			if (!isCovered(whole, inner, directory, matcher)) return false;
		}
		return true;
	});
}

// src/run/outputs/put-in-place.ts
/** … and what is left of that, once all of it is in place. */
const DONE = "done";
/** Puts everything in place. It may have been begun before, and stopped at any point. */
function moveForward(moves, site) {
	openUp(moves, site);
	for (const [index, move] of moves.entries()) if (move.kind !== "mode") about(move.path, () => forward(move, `${index}`, site));
	for (const { path, mode } of moves.toReversed()) if (mode !== null) about(path, () => setMode(site.workspace, path, mode));
}
/** Puts everything back as it was, from wherever it was stopped. */
function moveBack(moves, site) {
	openUp(moves, site);
	for (const [index, move] of [...moves.entries()].toReversed()) {
		const { path, kind, before } = move;
		if (kind === "mode") about(path, () => setMode(site.workspace, path, before));
		else about(path, () => back(move, `${index}`, site));
	}
}
/** From the outside in. They get their mode again when all is moved. */
function openUp(moves, { workspace }) {
	for (const { path, kind, mode, before } of moves) if (kind === "mode" && (isShut(before) || isShut(mode ?? 0))) about(path, () => setMode(workspace, path, before | 448));
}
function forward({ path, kind }, number, { workspace, staged, replaced }) {
	inParent(staged, path, (from, name) => {
		if (lookAt(from, name) === null) return;
		inParent(workspace, path, (to) => {
			if (lookAt(to, name) !== null) {
				if (kind === "place" || lookAt(replaced, number) !== null) throw new OutputProblem(path, "something has appeared there");
				renameSync(at(to, name), at(replaced, number));
			}
			renameSync(at(from, name), at(to, name));
		});
	});
}
function back({ path, mode }, number, { workspace, staged, replaced }) {
	inParent(staged, path, (from, name) => inParent(workspace, path, (to) => {
		if (lookAt(from, name) === null) {
			if (mode !== null) setMode(to, name, 448);
			renameSync(at(to, name), at(from, name));
		}
		if (lookAt(replaced, number) !== null) renameSync(at(replaced, number), at(to, name));
	}));
}
function setMode(root, path, mode) {
	inParent(root, path, (directory, name) => setDirectoryMode(directory, name, mode));
}

// src/run/outputs/journal.ts
const STAGING = /^\.glovebox-outputs-[0-9a-f]{24}$/;
const OWN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
function stagingName(random) {
	return `${STAGING_PREFIX}${random}`;
}
/** On the disk as a whole or not at all. */
function writeJournal(directory, journal) {
	const file = join(directory, JOURNAL);
	const fresh = openSync(`${file}.new`, "w", 384);
	try {
		writeFileSync(fresh, JSON.stringify(journal));
		fsyncSync(fresh);
	} finally {
		closeSync(fresh);
	}
	renameSync(`${file}.new`, file);
}
function makeStaging(workspace, name) {
	mkdirSync(at(workspace, name), { mode: 448 });
	using(openDirectory(workspace, name), (staging) => {
		mkdirSync(at(staging, "new"), { mode: 448 });
		mkdirSync(at(staging, "old"), { mode: 448 });
	});
}
/** Opens what moving needs. */
function inStaging(workspace, name, use) {
	return using(openDirectory(workspace, name), (staging) => using(openDirectory(staging, "new"), (staged) => using(openDirectory(staging, "old"), (replaced) => use({
		workspace,
		staged,
		replaced
	}))));
}
/**
* Puts all in place and gives null; or puts all back, and gives what kept it from going forward. Throws
* where it could not be put back either: then nothing may be taken away. Whoever finds the journal, or the
* staging directory, knows by it which one it was, and has only to take away what is left.
*/
function carryOut(directory, journal, workspace) {
	const { staging, moves } = journal;
	return inStaging(workspace, staging, (site) => {
		try {
			moveForward(moves, site);
			using(openDirectory(workspace, staging), (open) => renameSync(at(open, "new"), at(open, DONE)));
			return null;
		} catch (error) {
			moveBack(moves, site);
			giveUp(directory, journal);
			return error instanceof OutputProblem ? error : new OutputProblem("", inWords(error), error);
		}
	});
}
/** As if nothing had been moved. */
function giveUp(directory, journal) {
	try {
		writeJournal(directory, {
			...journal,
			moves: null
		});
	} catch {
		rmSync(join(directory, JOURNAL), { force: true });
	}
}
/**
* Ends what a journal tells of, whoever began it: what was all staged goes in place, anything less is
* taken away. null where there is nothing to end. Throws where neither forward nor back can be gone.
*/
function settleOutputs(directory) {
	const journal = readJournal(directory);
	if (journal === null) return null;
	const settled = settle(directory, journal);
	rmSync(join(directory, JOURNAL), { force: true });
	return settled;
}
function settle(directory, journal) {
	const { workspace: path, staging, moves } = journal;
	return using(openRoot(path), (workspace) => {
		if (lookAt(workspace, staging) === null) return null;
		const settled = moves === null ? "taken-back" : forwardOrBack(directory, {
			...journal,
			moves
		}, workspace);
		removeTree(workspace, staging);
		return settled;
	});
}
function forwardOrBack(directory, journal, workspace) {
	return using(openDirectory(workspace, journal.staging), (open) => lookAt(open, "new") === null) || carryOut(directory, journal, workspace) === null ? "in-place" : "taken-back";
}
/** null where there is none of ours: that of somebody else is not to be believed. */
function readJournal(directory) {
	try {
		const text = using(openRoot(directory), (own) => {
			if (!isOurs(own)) return null;
			return using(openSync(at(own, JOURNAL), OWN_FILE), (file) => isOurs(file) ? readFileSync(file, "utf8") : null);
		});
		const journal = text === null ? null : JSON.parse(text);
		return journal !== null && isSound(journal) ? journal : null;
	} catch {
		return null;
	}
}
function isOurs(file) {
	return isOnlyOurs(fstatSync(file));
}
function isSound({ staging, moves }) {
	return STAGING.test(staging) && (moves ?? []).every(({ path }) => staysInside(path));
}
function staysInside(path) {
	return path.split("/").every((name) => ![
		"",
		".",
		".."
	].includes(name) && !neverComesOut(textOf(name)));
}

export { JOB as C, outputMatcher as S, OWN as T, openFile as _, stagingName as a, textOf as b, OutputProblem as c, at as d, inParent as f, openDirectory as g, namesIn as h, settleOutputs as i, about as l, lookAt as m, inStaging as n, writeJournal as o, isOnlyOurs as p, makeStaging as r, movesFor as s, carryOut as t, inWords as u, openRoot as v, JOURNAL as w, using as x, removeTree as y };