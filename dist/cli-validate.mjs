import { a as mergePolicies } from "./shedding.mjs";
import { c as readPolicyFile, r as withProfiles, s as readLayers, t as profileOnDisk } from "./profiles.mjs";
import { n as styleFor } from "./style.mjs";
import { homedir } from "node:os";

// src/cli/validate.ts
/** All problems of all files are thrown together; here there are none. */
async function validateCommand({ files }) {
	const style = styleFor(process.stdout);
	const layers = await readLayers(files.map(readPolicyFile), {});
	await withProfiles({
		layers,
		floors: [],
		override: {}
	}, homedir(), profileOnDisk);
	mergePolicies(layers);
	for (const { name } of layers) process.stdout.write(`${style.good("ok")}  ${name}\n`);
	return 0;
}

export { validateCommand };