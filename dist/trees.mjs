import { n as messageOf } from "./errors.mjs";
import { chmodSync, lstatSync, readFileSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

// src/tools/trees.ts
function sha256(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}
/** All files below a directory, in order. Throws where there is anything but files and directories. */
function describeTree(directory) {
	return pathsBelow(directory).sort().map((path) => {
		const file = join(directory, path);
		const bytes = readFileSync(file);
		const executable = (lstatSync(file).mode & 64) !== 0;
		return {
			path,
			sha256: sha256(bytes),
			size: bytes.length,
			executable
		};
	});
}
/** What is wrong with a directory that is to have exactly these files; null when nothing is. */
function treeProblem(directory, files) {
	try {
		const top = lstatSync(directory);
		if (!top.isDirectory()) return "it is not a directory";
		if ((top.mode & OPEN_TO_OTHERS) !== 0) return "it is open to be written";
		const there = new Map(describeTree(directory).map((file) => [file.path, file]));
		const missing = files.find(({ path }) => !there.has(path));
		if (missing !== void 0) return `${missing.path} is missing`;
		for (const { path, sha256: hash, executable } of files) {
			const found = there.get(path);
			if (found?.sha256 !== hash) return `${path} is not what it should be (SHA-256)`;
			if (executable && !found.executable) return `${path} is not executable`;
			there.delete(path);
		}
		const [stray] = there.keys();
		return stray === void 0 ? null : `${stray} does not belong there`;
	} catch (error) {
		return messageOf(error);
	}
}
/** Whatever the umask: everybody may read and run it, and nobody else may write it. */
function settleModes(directory, files) {
	for (const { path, executable } of files) chmodSync(join(directory, path), executable ? 493 : 420);
	const names = ["", ...readdirSync(directory, {
		recursive: true,
		encoding: "utf8"
	})];
	for (const path of names.map((name) => join(directory, name))) if (lstatSync(path).isDirectory()) chmodSync(path, 493);
}
const OPEN_TO_OTHERS = 18;
const SETUID = 3072;
function pathsBelow(directory, prefix = "") {
	return readdirSync(join(directory, prefix)).flatMap((name) => {
		const path = join(prefix, name);
		const stats = lstatSync(join(directory, path));
		const fault = faultOf(stats);
		if (fault !== null) throw new Error(`${path} is ${fault}`);
		return stats.isDirectory() ? pathsBelow(directory, path) : [path];
	});
}
function faultOf(stats) {
	if (!stats.isFile() && !stats.isDirectory()) return "neither file nor directory";
	if ((stats.mode & OPEN_TO_OTHERS) !== 0) return "open to be written";
	if (stats.isDirectory()) return null;
	if ((stats.mode & SETUID) !== 0) return "setuid";
	return stats.nlink > 1 ? "open to be written by another name" : null;
}

export { treeProblem as i, settleModes as n, sha256 as r, describeTree as t };