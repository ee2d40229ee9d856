import { closeSync, readFileSync, readdirSync } from "node:fs";

// src/run/inherited.ts
const CLOSE_ON_EXEC = 524288;
/**
* Closes every descriptor that our own parent left open, so that no child of ours inherits it.
* Those of Node itself are all close-on-exec, and so are told apart.
*/
function closeInherited() {
	if (process.platform !== "linux") return;
	for (const name of readdirSync("/proc/self/fdinfo")) {
		const fd = Number(name);
		if (fd > 2 && isInherited(fd)) closeSync(fd);
	}
}
function isInherited(fd) {
	try {
		const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
		return flags !== void 0 && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
	} catch {
		return false;
	}
}

export { closeInherited as t };