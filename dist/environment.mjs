// src/cli/environment.ts
/** Our own environment, without the gaps that Node's type allows. */
function currentEnvironment() {
	return Object.fromEntries(Object.entries(process.env).filter((pair) => pair[1] !== void 0));
}

export { currentEnvironment as t };