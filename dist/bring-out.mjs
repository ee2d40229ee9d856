#!/usr/bin/env node
import { n as stageOutputs, t as failedOutputs } from "./bring.mjs";
import { C as JOB, i as settleOutputs, u as inWords } from "./journal.mjs";
import { readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";

// src/run/outputs/worker.ts
/**
* A process of its own, in a session of its own, so that nothing that happens to the supervisor stops it
* half-way: it stages, waits for the supervisor's word, and then moves all in place. A supervisor that
* dies before that has said nothing, and all is taken back.
*/
function bringOut(own) {
	for (const signal of [
		"SIGINT",
		"SIGTERM",
		"SIGHUP"
	]) process.on(signal, () => void 0);
	const { seen, commit } = staged(JSON.parse(readFileSync(join(own, JOB), "utf8")), own);
	say({
		staged: commit !== null,
		seen
	});
	if (commit === null) return;
	if (!isTold()) {
		settleOutputs(own);
		return;
	}
	try {
		commit(() => say({ inPlace: true }));
	} catch (error) {
		say({ failed: inWords(error) });
	}
}
function staged(job, own) {
	try {
		return stageOutputs(job, own, () => {
			if (process.ppid !== job.supervisor) throw new Error("the supervisor is gone");
		});
	} catch (error) {
		return {
			seen: failedOutputs(error),
			commit: null
		};
	}
}
/** Whoever listened may be gone. */
function say(answer) {
	try {
		writeSync(1, `${JSON.stringify(answer)}\n`);
	} catch {}
}
/** The end of the supervisor is the end of the pipe. */
function isTold() {
	const heard = Buffer.alloc("go\n".length);
	try {
		return readSync(0, heard) === heard.length && heard.toString() === "go\n";
	} catch {
		return false;
	}
}

// src/bring-out.ts
bringOut(process.argv[2] ?? "");

export {  };