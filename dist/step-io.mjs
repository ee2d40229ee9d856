// src/run/step-io.ts
/** Our own, unchanged. */
function ownIo() {
	return {
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr
	};
}

export { ownIo as t };