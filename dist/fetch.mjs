#!/usr/bin/env node
import { n as downloadTool, r as extractTar, t as cacheDir } from "./vendor-actions-tool-cache.mjs";
import { n as messageOf } from "./errors.mjs";
import { i as treeProblem, n as settleModes, r as sha256 } from "./trees.mjs";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

// src/tools/fetch-archive.ts
const LOOK_AGAIN_MS = 50;
/**
* A process of its own, which can be ended at any moment: the toolkit knows no time limit and takes
* whatever a server sends. It works in a directory that is thrown away, whatever comes of it.
*/
async function fetchArchive(order) {
	try {
		await fetch(JSON.parse(order));
		return 0;
	} catch (error) {
		process.stderr.write(`${messageOf(error)}\n`);
		return 1;
	}
}
async function fetch({ url, directory, archive, entry }) {
	Object.assign(globalThis, {
		TEST_DOWNLOAD_TOOL_RETRY_MIN_SECONDS: 1,
		TEST_DOWNLOAD_TOOL_RETRY_MAX_SECONDS: 2
	});
	const file = join(directory, "archive");
	const watch = setInterval(() => {
		if (sizeOf(file) <= archive.size) return;
		process.stderr.write(`it is larger than the ${archive.size} bytes of the manifest\n`);
		process.exit(1);
	}, LOOK_AGAIN_MS);
	await downloadTool(url, file);
	clearInterval(watch);
	const size = sizeOf(file);
	if (size !== archive.size) throw new Error(`it has ${size} bytes, and ${archive.size} in the manifest`);
	const hash = sha256(readFileSync(file));
	if (hash !== archive.sha256) throw new Error(`its SHA-256 is ${hash}, and ${archive.sha256} in the manifest`);
	const unpacked = await extractTar(file, join(directory, "unpacked"));
	settleModes(unpacked, archive.files);
	const cached = await cacheDir(unpacked, ...entry);
	settleModes(cached, archive.files);
	const problem = treeProblem(cached, archive.files);
	if (problem !== null) throw new Error(`unpacked, ${problem}`);
}
function sizeOf(file) {
	return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

// src/fetch.ts
process.exit(await fetchArchive(process.argv[2] ?? ""));

export {  };