#!/usr/bin/env node
import { c as info } from "./vendor-actions-core.mjs";
import { i as closeMachine, r as savedRunDirectory, t as clearRun } from "./run-directory.mjs";

// src/action/post.ts
/** After the job, also a cancelled or crashed one: nothing of a step runs on, and no file is left. */
async function post() {
	await closeMachine();
	const directory = savedRunDirectory();
	if (directory === null) return;
	const left = await clearRun(directory);
	if (left > 0) info(`Glovebox ended ${left} processes that were left over.`);
}

// src/post.ts
await post();

export {  };