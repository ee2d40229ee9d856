import { f as startGroup, p as warning, r as endGroup, s as getState, u as saveState } from "./vendor-actions-core.mjs";
import { I as recordsDirectory, T as chooseScratchBase, U as shedIds, V as readHints, W as evaluate, r as probeHost, t as currentEnvironment } from "./environment.mjs";
import { a as mergePolicies } from "./shedding.mjs";
import { c as undoWord, n as undoMend, o as mendsFor, s as undoOf, t as mendAll } from "./mend.mjs";
import { r as harmless } from "./text.mjs";
import { c as startOf, o as endLeftovers, r as settleRuns, s as removeRun } from "./recover.mjs";
import { n as logTitle } from "./logs.mjs";
import { t as Neutraliser } from "./neutralise.mjs";
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

// src/tools/holds.ts
const NAME$1 = /^(\d+)-(\d+)$/;
/** The job that a process is of. */
function holdName(pid) {
	return `${pid}-${startOf(pid) ?? 0}`;
}
function readHolds(directory) {
	return namesIn(directory).flatMap((name) => {
		const [, pid, startedAt] = NAME$1.exec(name) ?? [];
		if (pid === void 0) return [];
		return [{
			name,
			words: wordsIn(join(directory, name)),
			living: startOf(Number(pid)) === startedAt
		}];
	});
}
/** From here on the job of that name rests on these, and so does whoever comes while it lives. */
function takeHold(directory, name, words) {
	mkdirSync(directory, {
		recursive: true,
		mode: 448
	});
	writeFileSync(join(directory, name), words.map((word) => `${word}\n`).join(""), { mode: 384 });
}
/** Ends a job's hold. Returns what is now to be taken back: nothing while another job lives that has one. */
function letGo(directory, name) {
	const holds = readHolds(directory);
	rmSync(join(directory, name), { force: true });
	if (holds.some((hold) => hold.living && hold.name !== name)) return [];
	for (const dead of holds) rmSync(join(directory, dead.name), { force: true });
	return [...new Set(holds.flatMap(({ words }) => words))];
}
function namesIn(directory) {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}
function wordsIn(file) {
	try {
		return readFileSync(file, "utf8").split("\n").filter((word) => word !== "");
	} catch {
		return [];
	}
}

// src/action/log.ts
const LINE_FEED = 10;
/** Text of ours that may quote a step's: shown, never obeyed. */
function say(text) {
	sayBytes(Buffer.from(text));
}
function sayBytes(bytes) {
	const neutraliser = new Neutraliser();
	const parts = (bytes.at(-1) === LINE_FEED ? [bytes] : [bytes, Uint8Array.of(LINE_FEED)]).flatMap((part) => neutraliser.push(part).map((one) => one.slice()));
	process.stdout.write(Buffer.concat([...parts, ...neutraliser.end()]));
}
/** What the step wrote to files that the policy wants to see, each folded away. */
function showLogs(logs) {
	for (const one of logs?.files ?? []) {
		startGroup(logTitle(one));
		sayBytes(one.bytes);
		endGroup();
	}
}
/** As the runner announces a step of its own: what is run, folded away. */
function announce(name, script, command) {
	startGroup(harmless(name));
	say(script);
	say(`shell: ${command.join(" ")}`);
	endGroup();
}

// src/action/machine.ts
const STATE$1 = "machine";
/**
* Opens what keeps this user from a sandbox, where it is known and root's to open. What could not be
* opened is told, and whether a run can do without it is decided where it is planned.
*/
async function openMachine(environment, allowSysctl) {
	const hints = readHints(environment);
	if (hints.apparmorRestrictsUserns === null && hints.tunOpens) return;
	rest(environment, []);
	if (hints.apparmorRestrictsUserns !== 1 && hints.tunOpens) return;
	const facts = await probeHost({
		environment,
		writable: [],
		scratchBase: null,
		needs: {
			...NEEDS,
			egress: ["slirp4netns"]
		},
		shed: (identity) => shedIds(mergePolicies([]), identity, identity)
	});
	const { sandbox, slirp4netns } = evaluate(facts);
	const mends = mendsFor([sandbox, slirp4netns], facts, { sysctl: allowSysctl ? "preferred" : "never" });
	const word = undoWord(mends, facts);
	if (word !== "") rest(environment, [word]);
	const { begun, problems } = await mendAll(mends, say);
	if (undoWord(begun, facts) !== word) forget(environment, word);
	for (const problem of problems) say(problem);
}
const NEEDS = {
	rules: false,
	doors: false,
	overlay: false,
	memoryCgroup: false,
	interface: null
};
/** Has this job take back, at its end, what is to be taken back, unless another still rests on it. */
function rest(environment, opened) {
	const directory = holdsDirectory(environment);
	const words = [.../* @__PURE__ */ new Set([...readHolds(directory).flatMap((hold) => hold.words), ...opened])];
	if (words.length === 0) return;
	try {
		takeHold(directory, holdName(process.ppid), words);
		saveState(STATE$1, HELD);
	} catch {
		saveState(STATE$1, opened.join("\n"));
	}
}
/** It could not be opened, so nothing of it is to be taken back. */
function forget(environment, word) {
	const directory = holdsDirectory(environment);
	const name = holdName(process.ppid);
	const own = readHolds(directory).find((hold) => hold.name === name);
	if (own !== void 0) takeHold(directory, name, own.words.filter((one) => one !== word));
	else saveState(STATE$1, "");
}
const HELD = "held";
/** After the last job that needs it the machine is as it was. */
async function closeMachine() {
	const state = getState(STATE$1);
	const environment = currentEnvironment();
	const words = state === HELD ? letGo(holdsDirectory(environment), holdName(process.ppid)) : state.split("\n");
	for (const word of words) {
		const command = undoOf(word);
		const problem = command === null ? null : await undoMend(command);
		if (problem !== null) warning(`AppArmor is not as it was: ${problem}`, { title: "Glovebox" });
	}
}
function holdsDirectory(environment) {
	return join(recordsDirectory(environment), "machine");
}

// src/action/run-directory.ts
const STATE = "run-directory";
const NAME = /\/glovebox-action-[0-9a-f]{24}$/;
/** Makes the directory that holds everything of this use of the action, and tells `post` of it first. */
function makeRunDirectory(environment) {
	const workspace = environment["GITHUB_WORKSPACE"];
	const base = chooseScratchBase(environment, workspace === void 0 ? [] : [workspace]);
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
	settleRuns(directory);
	await removeRun(directory);
	return left;
}

export { openMachine as a, showLogs as c, closeMachine as i, makeRunDirectory as n, announce as o, savedRunDirectory as r, say as s, clearRun as t };