import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { i as problemOf, n as checkInput, t as valuesOf } from "./values.mjs";
import { n as printable } from "./reading.mjs";
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";

// src/policy/flags.ts
const FLAGS = {
	"on-unavailable": "--on-unavailable",
	"network.mode": "--network",
	"network.allow": "--allow",
	"filesystem.mode": "--filesystem",
	"resources.timeout": "--timeout",
	"environment.pass": "--env",
	"environment.set": "--env"
};
function flagDocument(flags) {
	const { pass, set, findings } = environmentOf(flags.env ?? []);
	return {
		value: {
			version: 1,
			"on-unavailable": flags.onUnavailable,
			network: {
				mode: flags.network,
				allow: flags.allow
			},
			filesystem: { mode: flags.filesystem },
			resources: { timeout: flags.timeout },
			environment: {
				pass,
				set
			}
		},
		findings,
		flagOf: (path) => FLAGS[path.slice(0, 2).join(".")] ?? "command line"
	};
}
function environmentOf(variables) {
	const set = /* @__PURE__ */ new Map();
	const findings = [];
	for (const text of variables.filter((variable) => variable.includes("="))) {
		const end = text.indexOf("=");
		const name = text.slice(0, end);
		if (set.has(name)) {
			const message = `\`${printable(name)}\` is set twice`;
			findings.push({
				path: [
					"environment",
					"set",
					name
				],
				message,
				expected: "each variable once"
			});
		}
		set.set(name, text.slice(end + 1));
	}
	const pass = variables.filter((variable) => !variable.includes("="));
	return {
		pass: pass.length > 0 ? pass : void 0,
		set: set.size > 0 ? Object.fromEntries(set) : void 0,
		findings
	};
}

// src/policy/from-flags.ts
/** Reads the options that stand for policy values, with the checks of a file. Each source is the option. */
function policyFromFlags(flags) {
	const document = flagDocument(flags);
	const { input, findings } = checkInput(document.value);
	const all = [...document.findings, ...findings];
	if (all.length > 0 || !input) return {
		layer: null,
		problems: all.map((finding) => problemOf(finding, document.flagOf(finding.path)))
	};
	return {
		layer: {
			name: "command line",
			sha256: null,
			values: valuesOf(input, (path) => ({
				kind: "flag",
				name: document.flagOf(path)
			}))
		},
		problems: []
	};
}

// src/probe/policy-files.ts
/** Parses all sources of policy, and reports all problems of all of them together. */
async function readLayers(texts, flags) {
	const parsed = [...await parseTexts(texts), policyFromFlags(flags)];
	const problems = parsed.flatMap((one) => one.problems);
	if (problems.length > 0) throw new GloveboxError("policy-invalid", "the policy has problems", { problems });
	return parsed.flatMap(({ layer }) => layer === null || saysNothing(layer) ? [] : [layer]);
}
/** Loading the YAML reader takes as long as all the rest, so only a policy file makes us. */
async function parseTexts(texts) {
	if (texts.length === 0) return [];
	const { parsePolicy } = await import("./policy-parse.mjs");
	return texts.map(({ name, bytes, commit }) => {
		const sha256 = createHash("sha256").update(bytes).digest("hex");
		return parsePolicy(Buffer.from(bytes).toString(), {
			name,
			sha256,
			...commit === null ? {} : { commit }
		});
	});
}
/** A policy file as it lies on disk. */
function readPolicyFile(name) {
	try {
		return {
			name,
			bytes: readFileSync(name),
			commit: null
		};
	} catch (error) {
		throw new GloveboxError("policy-unreadable", `the policy file ${name} cannot be read: ${messageOf(error)}`, {
			cause: error,
			remedy: "check the path given with -p"
		});
	}
}
/** A command line without options is no source of policy. */
function saysNothing({ sha256, values }) {
	return sha256 === null && Object.values(values).every((section) => isEmpty(section));
}
function isEmpty(section) {
	return !("source" in section) && Object.keys(section).length === 0;
}

export { readPolicyFile as n, readLayers as t };