import { f as startGroup, p as warning, r as endGroup, s as getState, u as saveState } from "./vendor-actions-core.mjs";
import { A as readHints, M as shedIds, N as evaluate, _ as chooseScratchBase, n as probeHost } from "./host.mjs";
import { a as mergePolicies } from "./shedding.mjs";
import { a as mendsFor, n as undoMend, o as undoOf, s as undoWord, t as mendAll } from "./mend.mjs";
import { r as harmless } from "./text.mjs";
import { n as logTitle } from "./logs.mjs";
import { t as Neutraliser } from "./neutralise.mjs";
import { c as removeRun, r as settleRuns, s as endLeftovers } from "./recover.mjs";
import { chmodSync, mkdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

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
	saveState(STATE$1, undoWord(mends, facts));
	const { problems } = await mendAll(mends, say);
	for (const problem of problems) say(problem);
}
const NEEDS = {
	rules: false,
	doors: false,
	overlay: false,
	memoryCgroup: false,
	interface: null
};
/** After the job the machine is as it was. */
async function closeMachine() {
	const command = undoOf(getState(STATE$1));
	if (command === null) return;
	const problem = await undoMend(command);
	if (problem !== null) warning(`AppArmor is not as it was: ${problem}`, { title: "Glovebox" });
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
	settleRuns(directory);
	await removeRun(directory);
	return left;
}

export { openMachine as a, showLogs as c, closeMachine as i, makeRunDirectory as n, announce as o, savedRunDirectory as r, say as s, clearRun as t };