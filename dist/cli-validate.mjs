import { t as mergePolicies } from "./merge.mjs";
import { n as readPolicyFile, t as readLayers } from "./policy-files.mjs";
import { n as styleFor } from "./style.mjs";

// src/cli/validate.ts
/** All problems of all files are thrown together; here there are none. */
async function validateCommand({ files }) {
	const style = styleFor(process.stdout);
	const layers = await readLayers(files.map(readPolicyFile), {});
	mergePolicies(layers);
	for (const { name } of layers) process.stdout.write(`${style.good("ok")}  ${name}\n`);
	return 0;
}

export { validateCommand };