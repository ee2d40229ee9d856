import { s as getState, u as saveState } from "./vendor-actions-core.mjs";
import { h as searchOrder, p as findProgram, t as chooseScratchBase, x as execute } from "./host.mjs";
import { chmodSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

// src/run/leftovers.ts
const ROUNDS = 20;
const PAUSE_MS = 50;
const REMOVE_MS = 3e5;
/**
* Kills every process that still has to do with a run's directory: that has it mounted, or was told
* of it in its environment or arguments. The name is random, so nothing else is meant by it.
* Returns how many there were.
*/
async function endLeftovers(directory) {
	const killed = /* @__PURE__ */ new Set();
	for (let round = 0; round < ROUNDS; round += 1) {
		const living = processesOf(directory);
		if (living.length === 0) break;
		for (const pid of living) {
			killed.add(pid);
			kill(pid);
		}
		await setTimeout(PAUSE_MS);
	}
	return killed.size;
}
/** Takes a run's directory away, also what its step left unreadable: in a namespace of ours we may. */
async function removeRun(directory) {
	const directories = searchOrder(process.env["PATH"] ?? "");
	const unshare = await findProgram("unshare", directories);
	const argv = [
		await findProgram("rm", directories) ?? "rm",
		"-rf",
		"--one-file-system",
		"--",
		directory
	];
	const inside = process.getuid?.() !== 0 && unshare !== null ? [
		unshare,
		"--user",
		"--map-root-user",
		"--",
		...argv
	] : argv;
	if ((await execute(inside, { timeout: REMOVE_MS })).code !== 0) await execute(argv, { timeout: REMOVE_MS });
}
function processesOf(directory) {
	return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid && mentions(pid, directory));
}
function mentions(pid, directory) {
	return [
		"mountinfo",
		"environ",
		"cmdline"
	].some((file) => {
		try {
			return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(directory);
		} catch {
			return false;
		}
	});
}
function kill(pid) {
	try {
		process.kill(pid, "SIGKILL");
	} catch {}
}

// src/action/run-directory.ts
const STATE = "run-directory";
const NAME = /\/glovebox-action-[0-9a-f]{24}$/;
/** Makes the directory that holds everything of this use of the action, and tells `post` of it first. */
function makeRunDirectory(environment) {
	const base = chooseScratchBase(environment, []);
	const directory = join(base, `glovebox-action-${randomBytes(12).toString("hex")}`);
	saveState(STATE, directory);
	mkdirSync(directory);
	chmodSync(directory, process.getuid?.() === 0 ? 457 : 448);
	return directory;
}
/** What `main` said it made; null where it did not come that far, or where the state is not ours. */
function savedRunDirectory() {
	const directory = getState(STATE);
	return NAME.test(directory) ? directory : null;
}
/** Ends what is left of the run and takes its files away. Returns how many processes there were. */
async function clearRun(directory) {
	const left = await endLeftovers(directory);
	await removeRun(directory);
	return left;
}

export { makeRunDirectory as n, savedRunDirectory as r, clearRun as t };