import { p as mergePolicies } from "./host.mjs";
import { n as readLayers } from "./session.mjs";
import { n as styleFor } from "./style.mjs";

// src/cli/validate.ts
/** All problems of all files are thrown together; here there are none. */
function validateCommand({ files }) {
	const style = styleFor(process.stdout);
	const layers = readLayers(files, {});
	mergePolicies(layers);
	for (const { name } of layers) process.stdout.write(`${style.good("ok")}  ${name}\n`);
	return 0;
}

export { validateCommand };