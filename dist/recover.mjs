import { _ as searchOrder, h as findProgram, w as execute } from "./host.mjs";
import { C as OWN, S as JOURNAL, i as settleOutputs, x as JOB } from "./journal.mjs";
import { readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
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

// src/run/outputs/recover.ts
const RUN = /^glovebox-\d+-[0-9a-f]{12}$/;
const ACTION = /^glovebox-action-[0-9a-f]{24}$/;
/** A run in another container cannot be looked at; after this time nobody is at it any more. */
const FORGOTTEN_MS = 36e5;
const OUTCOMES = {
	"in-place": "they are all in place now",
	"taken-back": "none of them is in place"
};
/**
* Ends what runs began that were killed while they brought outputs out, and whose directories are in
* `base`. Says of each what became of it.
*/
async function recoverOutputs(base) {
	const runs = namesIn(base).flatMap((name) => ACTION.test(name) ? namesIn(join(base, name)).map((inner) => join(base, name, inner)) : [join(base, name)]);
	const recovered = [];
	for (const run of runs.filter((path) => RUN.test(path.split("/").at(-1) ?? ""))) {
		const job = jobOf(join(run, OWN));
		if (job === null || isAtWork(run, job)) continue;
		await endLeftovers(run);
		recovered.push(...settle(join(run, OWN), job));
	}
	return recovered;
}
/** Ends what the runs in a directory began, once nothing of them is left. */
function settleRuns(directory) {
	for (const name of namesIn(directory)) {
		const own = join(directory, name, OWN);
		const job = RUN.test(name) ? jobOf(own) : null;
		if (job !== null) settle(own, job);
	}
}
function settle(own, { workspace }) {
	const told = (outcome) => [`an earlier run in ${workspace} was killed while it brought its outputs out: ${outcome}`];
	try {
		const settled = settleOutputs(own);
		return settled === null ? [] : told(OUTCOMES[settled]);
	} catch {
		return told("only some of them are in place, and they can neither be completed nor taken back");
	}
}
/** Only one whose outputs were begun has a journal. */
function jobOf(own) {
	try {
		if (statSync(join(own, "journal.json")).uid !== process.geteuid?.()) return null;
		return JSON.parse(readFileSync(join(own, JOB), "utf8"));
	} catch {
		return null;
	}
}
function isAtWork(run, { supervisor, startedAt, namespace }) {
	if (namespace === ownNamespace()) return startOf(supervisor) === startedAt;
	return Date.now() - statSync(run).mtimeMs < FORGOTTEN_MS;
}
/** With this a process is told from a later one of the same number. */
function startOf(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
	} catch {
		return null;
	}
}
function ownNamespace() {
	return readlinkSync("/proc/self/ns/pid");
}
function namesIn(directory) {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}

export { endLeftovers as a, startOf as i, recoverOutputs as n, removeRun as o, settleRuns as r, ownNamespace as t };