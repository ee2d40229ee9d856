import { S as outputMatcher, _ as openFile, a as stagingName, b as textOf, c as OutputProblem, d as at, f as inParent, g as openDirectory, h as namesIn, l as about, m as lookAt, n as inStaging, o as writeJournal, r as makeStaging, s as movesFor, t as carryOut, u as inWords, v as openRoot, x as using, y as removeTree } from "./journal.mjs";
import { closeSync, constants, copyFileSync, fchmodSync, fchownSync, fstatSync, ftruncateSync, futimesSync, lchownSync, linkSync, lutimesSync, mkdirSync, openSync, readSync, readlinkSync, symlinkSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";

// src/run/outputs/copy-file.ts
const CHUNK$1 = 2 ** 20;
const PAGE = 4096;
const NOTHING = Buffer.alloc(PAGE);
/** Below this a clone saves nothing. */
const WORTH_CLONING = 2 ** 17;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Copies the content of plain files; where the file system can, it shares the blocks instead. */
var FileCopier = class {
	#layers;
	#clones;
	/** Roots of layers that have their files whole, newest first. */
	constructor(layers) {
		this.#layers = layers;
		this.#clones = layers.length > 0;
	}
	/** Makes `name` in `staging` from the file of that name; gives the new file, open. */
	copy(path, name, stats, merged, staging) {
		return using(openFile(merged, name), (source) => {
			const found = fstatSync(source, { bigint: true });
			if (!found.isFile() || found.ino !== stats.ino || found.size !== stats.size) throw new OutputProblem(path, "it changed while it was read");
			if (this.#clone(path, stats, at(staging, name))) return openFile(staging, name);
			const target = openSync(at(staging, name), NEW_FILE, 384);
			try {
				copyContent(path, source, target, found);
				return target;
			} catch (error) {
				closeSync(target);
				throw error;
			}
		});
	}
	/** An overlay shares no blocks with what is below it, so the layer itself is asked. */
	#clone(path, { size, mtimeNs }, target) {
		if (!this.#clones || size < WORTH_CLONING) return false;
		const source = this.#inLayer(path, size, mtimeNs);
		if (source === null) return false;
		try {
			using(source, (file) => copyFileSync(`/proc/self/fd/${file}`, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL));
			return true;
		} catch {
			this.#clones = false;
			return false;
		}
	}
	#inLayer(path, size, mtimeNs) {
		for (const layer of this.#layers) {
			const file = opened$1(layer, path);
			if (file === null) continue;
			const stats = fstatSync(file, { bigint: true });
			if (stats.isFile() && stats.size === size && stats.mtimeNs === mtimeNs) return file;
			closeSync(file);
			return null;
		}
		return null;
	}
};
function opened$1(root, path) {
	try {
		return inParent(root, path, openFile);
	} catch {
		return null;
	}
}
/** What has fewer blocks than bytes has holes, and keeps them. */
function copyContent(path, source, target, stats) {
	const size = Number(stats.size);
	const sparse = stats.blocks * 512n < stats.size;
	const buffer = Buffer.allocUnsafe(Math.min(CHUNK$1, Math.max(size, 1)));
	let position = 0;
	for (;;) {
		const length = readSync(source, buffer, 0, buffer.length, position);
		if (length === 0) break;
		const chunk = buffer.subarray(0, length);
		if (sparse) writeRuns(target, chunk, position);
		else writeAll(target, chunk, position);
		position += length;
	}
	if (position !== size) throw new OutputProblem(path, "it changed while it was read");
	if (sparse) ftruncateSync(target, size);
}
/** Leaves out the pages that have nothing but zeros. */
function writeRuns(target, chunk, position) {
	let from = 0;
	for (let page = 0; page < chunk.length; page += PAGE) {
		const end = Math.min(page + PAGE, chunk.length);
		if (!NOTHING.subarray(0, end - page).equals(chunk.subarray(page, end))) continue;
		writeAll(target, chunk.subarray(from, page), position + from);
		from = end;
	}
	writeAll(target, chunk.subarray(from), position + from);
}
function writeAll(target, bytes, position) {
	for (let written = 0; written < bytes.length;) written += writeSync(target, bytes, written, bytes.length - written, position + written);
}

// src/run/outputs/links.ts
/** As many as the kernel follows. */
const MOST_LINKS = 40;
/** Names in the targets of all symlinks together, and of those that they lead through: some seconds of work. */
const MOST_STEPS = 2e7;
/**
* Links stay links where all that they lead to is inside; a changed one that leads out is refused. Throws
* where they lead through more than can be followed.
*/
function judgeLinks({ outputs, directories, refused, leftOut }) {
	const left = { steps: MOST_STEPS };
	const byPath = new Map(outputs.map((output) => [output.path, output]));
	const groups = hardLinks(outputs);
	const out = [...refused];
	const stays = [...leftOut];
	const wanted = [];
	const met = /* @__PURE__ */ new Set();
	for (const output of outputs) {
		const group = groups.get(inodeOf(output)) ?? {
			names: 1,
			comes: !output.unchanged
		};
		const reason = output.kind === "link" ? leadsOut(output, byPath, directories, left) : hasOtherNames(output, group) ? "it has another name outside of the outputs: a hard link" : null;
		if (reason !== null && output.kind === "link" && output.unchanged) {
			stays.push({
				path: output.path,
				reason
			});
			continue;
		}
		for (const glob of output.globs) met.add(glob);
		if (!group.comes) continue;
		if (reason === null) wanted.push(output);
		else out.push({
			path: output.path,
			reason
		});
	}
	return {
		wanted,
		refused: out,
		leftOut: stays,
		met
	};
}
function hardLinks(outputs) {
	const groups = /* @__PURE__ */ new Map();
	for (const output of outputs) {
		if (output.kind !== "file" || output.stats.nlink < 2n) continue;
		const key = inodeOf(output);
		const group = groups.get(key) ?? {
			names: 0,
			comes: false
		};
		group.names += 1;
		group.comes ||= !output.unchanged;
		groups.set(key, group);
	}
	return groups;
}
/** The same for all names of one file. */
function inodeOf({ stats }) {
	return `${stats.dev}:${stats.ino}`;
}
function hasOtherNames({ kind, stats }, { names }) {
	return kind === "file" && stats.nlink > BigInt(names);
}
/**
* Follows a symlink as the kernel would, but only through what the survey has seen. Every directory
* that it comes through is a real one, so `..` means what it says.
*/
function leadsOut({ path, target }, outputs, directories, left) {
	const outside = "it is a symlink that leads out of the outputs";
	const here = path.split("/").slice(0, -1);
	const ahead = target.split("/");
	if (target.startsWith("/")) return outside;
	for (let links = 0; ahead.length > 0;) {
		left.steps -= 1;
		if (left.steps < 0) throw new OutputProblem(path, "the symlinks lead through more than can be followed");
		const step = ahead.shift();
		if (step === void 0 || step === "" || step === ".") continue;
		if (step === "..") {
			if (here.pop() === void 0) return outside;
			continue;
		}
		const next = [...here, step].join("/");
		const found = outputs.get(next);
		if (found?.kind === "link") {
			if ((links += 1) > MOST_LINKS || found.target.startsWith("/")) return outside;
			ahead.unshift(...found.target.split("/"));
			continue;
		}
		if (found === void 0 && !directories.has(next)) return outside;
		if (found?.kind === "file" && ahead.length > 0) return outside;
		here.push(step);
	}
	return outputs.has(here.join("/")) ? null : outside;
}

// src/run/outputs/stage.ts
/** Neither setuid nor setgid, and nothing sticky. */
const PERMISSIONS = 511;
const NANOSECONDS = 1e9;
/** Copies the tree, complete with modes, times and links. A directory of the top level stays writable until it is in place. */
function stageTree(tree, request) {
	const { merged, workspace, staging } = request;
	const { uid, gid } = fstatSync(workspace);
	new Stager(request).fill(tree, {
		path: "",
		merged,
		workspace,
		staging,
		owner: {
			uid,
			gid
		}
	});
}
var Stager = class {
	#request;
	/** The first name of each file that has several. */
	#first = /* @__PURE__ */ new Map();
	constructor(request) {
		this.#request = request;
	}
	fill(branch, place) {
		for (const [name, leaf] of branch.leaves) {
			this.#request.check();
			about(leaf.path, () => this.#leaf(name, leaf, place));
		}
		for (const [name, inner] of branch.branches) {
			const path = place.path === "" ? name : `${place.path}/${name}`;
			about(path, () => this.#branch(path, name, inner, place));
		}
	}
	#branch(path, name, branch, place) {
		mkdirSync(at(place.staging, name), 448);
		const known = (place.workspace === null ? null : lookAt(place.workspace, name))?.isDirectory() === true;
		using(openDirectory(place.merged, name), (merged) => using(openDirectory(place.staging, name), (staging) => {
			const inner = (workspace) => {
				const { uid, gid } = workspace === null ? place.owner : fstatSync(workspace);
				const owner = {
					uid,
					gid
				};
				this.fill(branch, {
					path,
					merged,
					staging,
					workspace,
					owner
				});
				if (this.#request.chown) fchownSync(staging, place.owner.uid, place.owner.gid);
				const moved = place.workspace !== null;
				if (branch.stats !== null) setFinal(staging, branch.stats, moved ? 448 : 0);
			};
			if (known && place.workspace !== null) using(openDirectory(place.workspace, name), (workspace) => inner(workspace));
			else inner(null);
		}));
	}
	#leaf(name, leaf, place) {
		if (leaf.kind === "link") this.#link(name, leaf, place);
		else if (!this.#again(name, leaf, place)) this.#file(name, leaf, place);
	}
	#file(name, { path, stats }, { merged, staging, owner }) {
		const file = this.#request.copier.copy(path, name, stats, merged, staging);
		try {
			if (this.#request.chown) fchownSync(file, owner.uid, owner.gid);
			setFinal(file, stats);
		} finally {
			closeSync(file);
		}
	}
	/** Another name of a file that is staged already. */
	#again(name, leaf, { staging }) {
		if (leaf.stats.nlink < 2n) return false;
		const first = this.#first.get(inodeOf(leaf));
		if (first === void 0) {
			this.#first.set(inodeOf(leaf), leaf.path);
			return false;
		}
		inParent(this.#request.staging, first, (directory, known) => linkSync(at(directory, known), at(staging, name)));
		return true;
	}
	#link(name, { target, stats }, { staging, owner }) {
		const link = at(staging, name);
		symlinkSync(Buffer.from(target, "latin1"), link);
		if (this.#request.chown) lchownSync(link, owner.uid, owner.gid);
		lutimesSync(link, secondsOf(stats.atimeNs), secondsOf(stats.mtimeNs));
	}
};
function setFinal(file, stats, besides = 0) {
	fchmodSync(file, Number(stats.mode) & PERMISSIONS | besides);
	futimesSync(file, secondsOf(stats.atimeNs), secondsOf(stats.mtimeNs));
}
/** In words: of a number below zero Node makes the present. */
function secondsOf(nanoseconds) {
	return String(Number(nanoseconds) / NANOSECONDS);
}

// src/run/reader.ts
/** null: the step was no other than we are. */
function readerOf({ shed, uid, gid }) {
	return shed ? {
		uid,
		gid
	} : null;
}
/** Whether a step could read a file, as the kernel decides it. An owner can give it to itself. */
function mayRead(reader, { uid, gid, mode }) {
	if (reader === null || uid === BigInt(reader.uid)) return true;
	return (mode & (gid === BigInt(reader.gid) ? 32n : 4n)) !== 0n;
}

// src/run/outputs/same.ts
const CHUNK = 2 ** 18;
/** Setting a time goes through a floating-point number of seconds. */
const TIME_TOLERANCE_NS = 1000n;
/** Whether both directories have the same plain file of that name: content and time. The mode is the caller's. */
function isSameFile({ name, stats, there, merged, workspace }) {
	if (stats.size !== there.size || !isClose(stats.mtimeNs, there.mtimeNs)) return false;
	if (stats.ino === there.ino && stats.ctimeNs === there.ctimeNs) return true;
	try {
		return using(openFile(merged, name), (one) => using(openFile(workspace, name), (other) => haveSameContent(one, other)));
	} catch {
		return false;
	}
}
function isClose(one, other) {
	const apart = one - other;
	return apart <= TIME_TOLERANCE_NS && -apart <= TIME_TOLERANCE_NS;
}
function haveSameContent(one, other) {
	const [left, right] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
	for (let position = 0;;) {
		const length = readSync(one, left, 0, CHUNK, position);
		if (length !== readSync(other, right, 0, CHUNK, position)) return false;
		if (length === 0) return true;
		if (!left.subarray(0, length).equals(right.subarray(0, length))) return false;
		position += length;
	}
}

// src/run/outputs/survey.ts
/** Each level holds two descriptors. */
const DEEPEST = 200;
const SETUID = 3072n;
/** Finds the outputs, and says what is wrong with them. Throws where there are more than the plan allows. */
function surveyOutputs({ plan, reader, merged, workspace }) {
	const survey = {
		outputs: [],
		directories: /* @__PURE__ */ new Map(),
		refused: [],
		leftOut: []
	};
	new Surveyor(plan, reader, survey).walk({
		path: "",
		merged,
		workspace,
		detour: null,
		depth: 0
	});
	return survey;
}
var Surveyor = class {
	#matcher;
	#plan;
	#reader;
	#survey;
	#files = 0;
	#bytes = 0;
	constructor(plan, reader, survey) {
		this.#matcher = outputMatcher(plan);
		this.#plan = plan;
		this.#reader = reader;
		this.#survey = survey;
	}
	walk(place) {
		for (const name of namesIn(place.merged)) this.#visit(name, place);
	}
	#visit(name, place) {
		const path = place.path === "" ? name : `${place.path}/${name}`;
		const text = textOf(path);
		const stats = lookAt(place.merged, name);
		if (stats === null) return;
		const globs = this.#matcher.meaning(text);
		const goesOn = stats.isDirectory() && this.#matcher.mayHold(text);
		if (globs.length === 0 && !goesOn) return;
		const reason = this.#matcher.keptBack(text);
		if (reason !== null) {
			if (globs.length > 0) this.#survey.leftOut.push({
				path,
				reason
			});
			return;
		}
		if (globs.length > 0) this.#note(path, name, stats, globs, place);
		if (goesOn) this.#descend(path, name, stats, place);
	}
	#note(path, name, stats, globs, place) {
		const { refused, leftOut, outputs } = this.#survey;
		const kind = kindOf(stats);
		if (kind === null) {
			this.#count(path, 0);
			refused.push({
				path,
				reason: `it is ${oddKind(stats)}`
			});
			return;
		}
		const there = place.workspace === null ? null : lookAt(place.workspace, name);
		const target = kind === "link" ? readlinkSync(at(place.merged, name), { encoding: "latin1" }) : "";
		const unchanged = there !== null && isUnchanged({
			name,
			stats,
			target,
			there,
			...place
		});
		outputs.push({
			path,
			kind,
			stats,
			target,
			globs,
			unchanged
		});
		if (kind === "file" && (stats.mode & SETUID) !== 0n && stats.mode !== there?.mode) leftOut.push({
			path,
			reason: "its setuid and setgid bits are taken off"
		});
		if (unchanged) return;
		this.#count(path, kind === "file" ? Number(stats.size) : 0);
		const detour = place.detour ?? (kind === "directory" && isLink(there) ? path : null);
		if (detour !== null) refused.push({
			path,
			reason: `in the workspace ${textOf(detour)} is a symlink`
		});
		if (kind === "file" && !mayRead(this.#reader, stats)) refused.push({
			path,
			reason: "it is a file of another user that the step could not read"
		});
	}
	#count(path, bytes) {
		const { maxFiles, maxBytes } = this.#plan;
		this.#files += 1;
		this.#bytes += bytes;
		if (maxFiles !== null && this.#files > maxFiles) throw new OutputProblem("", `there are more than ${maxFiles} (filesystem.max-output-files)`);
		if (maxBytes !== null && this.#bytes > maxBytes) throw new OutputProblem(path, `with it they have more than ${maxBytes} bytes (filesystem.max-output-size)`);
	}
	#descend(path, name, stats, place) {
		if (place.depth === DEEPEST) {
			this.#survey.refused.push({
				path,
				reason: `it lies more than ${DEEPEST} directories deep`
			});
			return;
		}
		const there = place.workspace === null ? null : lookAt(place.workspace, name);
		const merged = opened(place.merged, name);
		if (merged === null) {
			(there?.isDirectory() === true && there.ctimeNs === stats.ctimeNs ? this.#survey.leftOut : this.#survey.refused).push({
				path,
				reason: "it cannot be read"
			});
			return;
		}
		this.#survey.directories.set(path, stats);
		const detour = place.detour ?? (isLink(there) ? path : null);
		const workspace = place.workspace !== null && there?.isDirectory() === true ? opened(place.workspace, name) : null;
		const depth = place.depth + 1;
		const inner = (real) => using(merged, () => this.walk({
			path,
			merged,
			workspace: real,
			detour,
			depth
		}));
		if (workspace === null) inner(null);
		else using(workspace, inner);
	}
};
function opened(directory, name) {
	try {
		return openDirectory(directory, name);
	} catch {
		return null;
	}
}
function kindOf(stats) {
	if (stats.isFile()) return "file";
	if (stats.isDirectory()) return "directory";
	return stats.isSymbolicLink() ? "link" : null;
}
function oddKind(stats) {
	if (stats.isFIFO()) return "a fifo";
	return stats.isSocket() ? "a socket" : "a device";
}
function isLink(stats) {
	return stats?.isSymbolicLink() === true;
}
function isUnchanged({ name, stats, target, there, merged, workspace }) {
	if (workspace === null) return false;
	if (stats.isSymbolicLink()) return there.isSymbolicLink() && readlinkSync(at(workspace, name), { encoding: "latin1" }) === target;
	if (((stats.mode ^ there.mode) & -3585n) !== 0n) return false;
	return stats.isDirectory() || isSameFile({
		name,
		stats,
		there,
		merged,
		workspace
	});
}

// src/run/outputs/tree.ts
/** The outputs in the tree that they are in. */
function treeOf(outputs, directories) {
	const root = branch(null);
	const branchAt = (path) => {
		if (path === "") return root;
		const [above, name] = split(path);
		const parent = branchAt(above);
		const known = parent.branches.get(name);
		if (known !== void 0) return known;
		const made = branch(directories.get(path) ?? null);
		parent.branches.set(name, made);
		return made;
	};
	for (const output of outputs) {
		const [above, name] = split(output.path);
		if (output.kind === "directory") branchOf(output, branchAt(above), name).declared = true;
		else branchAt(above).leaves.set(name, output);
	}
	return root;
}
function branchOf({ stats }, parent, name) {
	const known = parent.branches.get(name);
	if (known !== void 0) return known;
	const made = branch(stats);
	parent.branches.set(name, made);
	return made;
}
function branch(stats) {
	return {
		stats,
		declared: false,
		branches: /* @__PURE__ */ new Map(),
		leaves: /* @__PURE__ */ new Map()
	};
}
function split(path) {
	const end = path.lastIndexOf("/");
	return end < 0 ? ["", path] : [path.slice(0, end), path.slice(end + 1)];
}

// src/run/outputs/bring.ts
const LISTED = 100;
/**
* Looks for the outputs and stages them: copies them to a directory of ours in the workspace, where
* nobody else looks. Nothing is in place before `commit`. `own` is the run's directory for the journal.
*/
function stageOutputs(job, own, check) {
	return using(openRoot(job.merged), (merged) => using(openRoot(job.workspace), (workspace) => stageFrom(job, merged, workspace, own, check)));
}
function stageFrom(job, merged, workspace, own, check) {
	const survey = surveyOutputs({
		plan: job.plan,
		reader: job.reader,
		merged,
		workspace
	});
	const judged = judgeLinks(survey);
	const seen = seenOf(job.plan, judged);
	const problem = problemOf(job.plan, seen);
	if (problem !== null || judged.wanted.length === 0) return {
		seen: {
			...seen,
			problem,
			done: problem === null
		},
		commit: null
	};
	const tree = treeOf(judged.wanted, survey.directories);
	const moves = movesFor(tree, workspace, outputMatcher(job.plan));
	const staging = stagingName(randomBytes(12).toString("hex"));
	const journal = {
		workspace: job.workspace,
		staging,
		moves: null
	};
	writeJournal(own, journal);
	try {
		begin(workspace, staging);
		stageInto(tree, {
			job,
			merged,
			workspace,
			staging,
			check
		});
	} catch (error) {
		removeTree(workspace, staging);
		throw error;
	}
	return {
		seen,
		commit: (inPlace) => commit(own, {
			...journal,
			moves
		}, inPlace)
	};
}
function begin(workspace, staging) {
	try {
		makeStaging(workspace, staging);
	} catch (error) {
		throw new OutputProblem("", `nothing can be made in the workspace: ${inWords(error)}`, error);
	}
}
function stageInto(tree, { job, merged, workspace, staging, check }) {
	const layers = job.layers.map(openRoot);
	inStaging(workspace, staging, ({ staged }) => stageTree(tree, {
		merged,
		workspace,
		staging: staged,
		check,
		copier: new FileCopier(layers),
		chown: job.root
	}));
}
/** From here on whoever finds the journal can end what is begun. */
function commit(own, journal, inPlace) {
	writeJournal(own, journal);
	using(openRoot(journal.workspace), (workspace) => {
		const failure = carryOut(own, journal, workspace);
		if (failure === null) inPlace();
		removeTree(workspace, journal.staging);
		if (failure !== null) throw failure;
	});
}
function seenOf(plan, { wanted, refused, leftOut, met }) {
	const sizes = new Map(wanted.filter(({ kind }) => kind === "file").map((output) => [inodeOf(output), Number(output.stats.size)]));
	const missing = outputMatcher(plan).wanted.filter((_, index) => !met.has(index));
	return {
		done: false,
		files: wanted.length,
		bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
		missing,
		refused: listed(refused),
		refusedNotListed: Math.max(0, refused.length - LISTED),
		leftOut: listed(leftOut),
		leftOutNotListed: Math.max(0, leftOut.length - LISTED),
		problem: null
	};
}
function listed(all) {
	return all.slice(0, LISTED).map(({ path, reason }) => ({
		path: textOf(path),
		reason
	}));
}
function problemOf({ missing: onMissing }, { missing, refused, refusedNotListed }) {
	const [first] = refused;
	const more = (count) => count > 0 ? ` (and ${count} more)` : "";
	if (first !== void 0) return `${first.path}: ${first.reason}${more(refused.length - 1 + refusedNotListed)}`;
	if (missing.length > 0 && onMissing === "fail") return `nothing is there for ${missing[0] ?? ""}${more(missing.length - 1)}`;
	return null;
}
/** Nothing came out: what was thrown on the way says why. */
function failedOutputs(error) {
	return {
		done: false,
		files: 0,
		bytes: 0,
		missing: [],
		refused: [],
		refusedNotListed: 0,
		leftOut: [],
		leftOutNotListed: 0,
		problem: inWords(error)
	};
}

export { readerOf as i, stageOutputs as n, mayRead as r, failedOutputs as t };