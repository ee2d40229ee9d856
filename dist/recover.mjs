import { t as GloveboxError } from "./errors.mjs";
import { B as execute, M as orderOutside, k as findKept } from "./environment.mjs";
import { C as JOB, T as OWN, i as settleOutputs, p as isOnlyOurs, w as JOURNAL } from "./journal.mjs";
import { closeSync, constants, lstatSync, openSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { once } from "node:events";
import { isAbsolute, join } from "node:path";
import { rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";

// src/tools/processes.ts
/** With this a process is told from a later one of the same number. */
function startOf(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
	} catch {
		return null;
	}
}

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
	const directories = orderOutside(process.env["PATH"] ?? "");
	const unshare = await findKept("unshare", directories);
	const rm$1 = await findKept("rm", directories);
	if (rm$1 === null) {
		await rm(directory, {
			recursive: true,
			force: true
		}).catch(() => void 0);
		return;
	}
	const argv = [
		rm$1,
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

// src/tools/lock.ts
const PATIENCE_S = 10;
/** flock's own code for a lock that somebody else has. */
const TAKEN = 1;
/** Takes a share in a directory; null where its file system knows no locks. Waits while somebody is alone. */
async function shareDirectory(directory, flock) {
	const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
	const code = await lock(flock, fd, [
		"--shared",
		"--timeout",
		String(PATIENCE_S)
	]);
	if (code === TAKEN) {
		closeSync(fd);
		throw new GloveboxError("setup-failed", `${directory} is locked by another process`, { remedy: "find it with `lslocks`, or run in another directory" });
	}
	if (code !== 0) {
		closeSync(fd);
		return null;
	}
	return {
		alone: async () => await lock(flock, fd, ["--exclusive", "--nonblock"]) === 0,
		close: () => closeSync(fd)
	};
}
/**
* Has a directory for itself until `release` is called or this process ends; where its file system knows no
* locks, without a lock. `taken`: somebody else had it for as many seconds as there is patience.
*/
async function lockDirectory(directory, flock, patience) {
	const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
	const code = await lock(flock, fd, [
		"--exclusive",
		"--timeout",
		String(patience)
	]);
	if (code === TAKEN) closeSync(fd);
	return code === TAKEN ? "taken" : { release: () => closeSync(fd) };
}
/** The lock belongs to the open file, so it stays with us when flock has ended. */
async function lock(flock, fd, how) {
	if (!isAbsolute(flock)) return null;
	const child = spawn(flock, [...how, "3"], {
		env: {},
		stdio: [
			"ignore",
			"ignore",
			"ignore",
			fd
		]
	});
	try {
		const [code] = await once(child, "exit");
		return code;
	} catch {
		return null;
	}
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
		const lock = await lockDirectory(join(run, OWN), await flock(), 0);
		if (lock === "taken") continue;
		await endLeftovers(run);
		recovered.push(...settle(join(run, OWN), job));
		lock.release();
	}
	return recovered;
}
async function flock() {
	return await findKept("flock", orderOutside(process.env["PATH"] ?? "")) ?? "flock";
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
/** Only one whose outputs were begun has a journal. Where anybody may make directories, some are not ours. */
function jobOf(own) {
	try {
		if (!["journal.json", "job.json"].every((name) => lstatSync(join(own, name)).isFile())) return null;
		if (!isOnlyOurs(lstatSync(own))) return null;
		return JSON.parse(readFileSync(join(own, JOB), "utf8"));
	} catch {
		return null;
	}
}
function isAtWork(run, { supervisor, startedAt, namespace }) {
	if (namespace === ownNamespace()) return startOf(supervisor) === startedAt;
	return Date.now() - statSync(run).mtimeMs < FORGOTTEN_MS;
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

export { shareDirectory as a, startOf as c, lockDirectory as i, recoverOutputs as n, endLeftovers as o, settleRuns as r, removeRun as s, ownNamespace as t };