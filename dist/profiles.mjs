import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { a as wrongChoice, i as unknownKey, n as valuesOf, o as wrongType, r as checkInput, s as problemOf, t as readDocument } from "./document.mjs";
import { a as leaf } from "./schema.mjs";
import { c as nullish, m as string, n as array, p as strictObject, t as _enum } from "./vendor-zod.mjs";
import { i as shown, n as printable, r as refuse, t as accept } from "./reading.mjs";
import { o as readSyscall } from "./merge.mjs";
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, isAbsolute, join, resolve } from "node:path";

// src/policy/strictest-floor.ts
const MINUTE = 6e4;
const MEBIBYTE = 2 ** 20;
function written(value) {
	return {
		value,
		source: {
			kind: "default",
			name: ""
		}
	};
}
/** Binds every key, as tight as a step can still run: for a floor that was named and cannot be read. */
const STRICTEST_FLOOR = {
	name: "the strictest floor",
	sha256: null,
	values: {
		onUnavailable: written("fail"),
		network: {
			mode: written("deny"),
			allow: [],
			blockMetadata: written(true),
			resolver: written(null),
			backend: written("auto"),
			interface: written(null),
			address: written(null),
			netmask: written(null),
			gateway: written(null),
			onBlocked: written("fail"),
			expectBlocked: []
		},
		filesystem: {
			mode: written("scratch-only"),
			read: [],
			write: [],
			hide: [],
			outputs: [],
			logs: [],
			outputsOn: written("success"),
			outputsMissing: written("fail"),
			maxOutputSize: written(256 * MEBIBYTE),
			maxOutputFiles: written(1e3)
		},
		resources: {
			timeout: written(10 * MINUTE),
			cpuTime: written(10 * MINUTE),
			memory: written(1024 * MEBIBYTE),
			processes: written(256),
			openFiles: written(1024),
			fileSize: written(256 * MEBIBYTE),
			output: written(16 * MEBIBYTE)
		},
		privilege: { mode: written("drop") },
		syscalls: {
			profile: written("strict"),
			allow: [],
			block: []
		},
		environment: {
			pass: [],
			set: /* @__PURE__ */ new Map()
		},
		runner: {
			outputs: [],
			env: [],
			path: [],
			summary: written(false),
			annotations: written(false)
		}
	}
};

// src/policy/flags.ts
const FLAGS = {
	"on-unavailable": "--on-unavailable",
	"network.mode": "--network",
	"network.allow": "--allow",
	"filesystem.mode": "--filesystem",
	"resources.timeout": "--timeout",
	"syscalls.profile": "--syscalls",
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
			syscalls: { profile: flags.syscalls },
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

// src/probe/floors.ts
/** Where the owner of a machine puts a floor for everything that runs on it. */
const MACHINE_FLOOR = "/etc/glovebox/policy.yml";
/** Names one for all that runs in an environment. */
const FLOOR_VARIABLE = "GLOVEBOX_FLOOR_POLICY";
/** The machine's own floor, the environment's, and those that a front end names. */
async function readFloors(environment, named) {
	const variable = environment["GLOVEBOX_FLOOR_POLICY"] ?? "";
	const all = [
		...existsSync(MACHINE_FLOOR) ? [onDisk(MACHINE_FLOOR)] : [],
		...variable === "" ? [] : [onDisk(variable)],
		...named
	];
	const read = await Promise.all(all.map(parsed));
	return {
		layers: read.map(({ layer }) => layer),
		problems: read.flatMap(({ problem }) => problem ?? [])
	};
}
function onDisk(name) {
	try {
		return { text: readPolicyFile(name) };
	} catch (error) {
		return {
			name,
			problem: messageOf(error)
		};
	}
}
/** Whoever named a floor meant to bound something, so one that cannot be read bounds everything. */
async function parsed(floor) {
	if ("problem" in floor) return strictest(floor.name, floor.problem);
	const { text } = floor;
	try {
		const [layer] = await readLayers([text], {});
		return layer === void 0 ? strictest(text.name, "it is empty") : {
			layer,
			problem: null
		};
	} catch (error) {
		return strictest(text.name, messageOf(error));
	}
}
/** What stands in for a floor that somebody named and that cannot be used. */
function strictest(name, problem) {
	return {
		layer: {
			...STRICTEST_FLOOR,
			name
		},
		problem: `the floor ${name} cannot be used, so the strictest one holds: ${problem}`
	};
}

// seccomp/base.json
var base_default = {
	defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [
		{
			"names": [
				"add_key",
				"request_key",
				"keyctl"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "A session keyring is inherited across every namespace, so its keys would be the step's."
		},
		{
			"names": ["io_uring_setup"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "A ring makes sockets and opens files without a system call that any filter sees. Libraries fall back."
		},
		{
			"names": ["clone3"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Its flags lie behind a pointer, where no filter can look; without it libc falls back to clone."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 268435456,
				"valueTwo": 0
			}],
			"comment": "Without CLONE_NEWUSER. In a user namespace of its own a step has every capability, and undoes mounts that guard it."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "With CLONE_NEWUSER."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 40
			}],
			"comment": "AF_VSOCK, between a virtual machine and its host: no network namespace holds it."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21522
			}],
			"comment": "TIOCSTI types into a terminal as if its user had."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21532
			}],
			"comment": "TIOCLINUX pastes into a console."
		}
	]
};

// src/seccomp/profile-findings.ts
/** What the schema had against a profile, in our words. */
function findingsOf(issues, schema, data) {
	return issues.flatMap((issue) => {
		const path = issue.path.map((step) => typeof step === "number" ? step : String(step));
		if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, keysAt(schema, path)));
		if (issue.code === "invalid_value") return [wrongChoice(path, issue.input, issue.values)];
		if (issue.code === "invalid_type") return [path.length === 0 ? notAProfile(data) : wrongType(path, issue.input, issue.expected)];
		const expected = issue.code === "custom" ? String(issue.params?.["expected"] ?? "") : "";
		return [{
			path,
			message: issue.message,
			expected
		}];
	});
}
function notAProfile(data) {
	return {
		path: [],
		message: data === null ? "the file is empty" : `the profile is ${shown(data)}`,
		expected: "a JSON object with `defaultAction` and `syscalls`"
	};
}
/** The keys that the schema knows of the map at a path. */
function keysAt(schema, path) {
	const { shape, innerType, element } = schema.def;
	if (innerType !== void 0) return keysAt(innerType, path);
	const [step, ...rest] = path;
	if (step === void 0) return Object.keys(shape ?? {});
	const next = typeof step === "number" ? element : shape?.[step];
	return next === void 0 ? [] : keysAt(next, rest);
}

// src/seccomp/profile-readers.ts
const LARGEST = 2n ** 64n - 1n;
/** MAX_ERRNO of the kernel: larger numbers would be read as results. */
const LARGEST_ERRNO = 4095;
/** A number of 64 bits: a whole number, or a text with one, decimal or `0x…`. */
function readUnsigned(raw) {
	const exact = typeof raw === "number" && Number.isSafeInteger(raw);
	const text = typeof raw === "string" && /^(?:\d{1,20}|0x[\da-f]{1,16})$/i.test(raw);
	const value = exact || text ? BigInt(raw) : -1n;
	return value >= 0n && value <= LARGEST ? accept(value) : refuse(`${shown(raw)} is not a value of an argument`, "a whole number from 0 to 2^64-1");
}
function readErrno(raw) {
	return readWhole(raw, LARGEST_ERRNO, "an error number");
}
function readIndex(raw) {
	return readWhole(raw, 5, "the number of an argument");
}
function readWhole(raw, largest, what) {
	return typeof raw === "number" && Number.isInteger(raw) && raw >= 0 && raw <= largest ? accept(raw) : refuse(`${shown(raw)} is not ${what}`, `a whole number from 0 to ${largest}`);
}
/** A kernel's release such as `4.8`. */
function readKernel(raw) {
	return typeof raw === "string" && /^\d{1,5}\.\d{1,5}$/.test(raw) ? accept(raw) : refuse(`${shown(raw)} is not a kernel release`, "a text such as \"4.8\"");
}

// src/seccomp/profile.ts
/** What Glovebox can carry out; TRACE and NOTIFY need somebody who answers, and there is nobody. */
const action = _enum([
	"SCMP_ACT_ALLOW",
	"SCMP_ACT_ERRNO",
	"SCMP_ACT_KILL",
	"SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_KILL_THREAD",
	"SCMP_ACT_LOG",
	"SCMP_ACT_TRAP"
]);
const operator = _enum([
	"SCMP_CMP_NE",
	"SCMP_CMP_LT",
	"SCMP_CMP_LE",
	"SCMP_CMP_EQ",
	"SCMP_CMP_GE",
	"SCMP_CMP_GT",
	"SCMP_CMP_MASKED_EQ"
]);
const texts = nullish(array(string()));
const errno = nullish(leaf(readErrno, { description: "An error number." }));
const value = leaf(readUnsigned, { description: "An unsigned number of 64 bits." });
const name = leaf(readSyscall, { description: "The name of a system call." });
const condition = strictObject({
	index: leaf(readIndex, { description: "Which argument, from 0." }),
	/** What the argument is compared with; the mask for MASKED_EQ. */
	value,
	/** For MASKED_EQ what is left under the mask. */
	valueTwo: nullish(value),
	op: operator
});
const circumstances = nullish(strictObject({
	caps: texts,
	arches: texts,
	minKernel: nullish(leaf(readKernel, { description: "A kernel release." }))
}));
const rule = strictObject({
	names: nullish(array(name)),
	/** The older form of `names`. */
	name: nullish(name),
	action,
	errnoRet: errno,
	/** Podman names the number that is in `errnoRet` as well. */
	errno: nullish(string()),
	args: nullish(array(condition)),
	comment: nullish(string()),
	includes: circumstances,
	excludes: circumstances
});
/** A seccomp profile in the shape that Docker, Podman and the OCI runtimes read. */
const profileSchema = strictObject({
	defaultAction: action,
	defaultErrnoRet: errno,
	defaultErrno: nullish(string()),
	architectures: texts,
	archMap: nullish(array(strictObject({
		architecture: string(),
		subArchitectures: texts
	}))),
	flags: texts,
	syscalls: nullish(array(rule))
});
/** In UTF-16 units; Docker's has 17 thousand. */
const LARGEST_PROFILE = 262144;
const TOO_LARGE = {
	path: [],
	message: "the file is too large for a seccomp profile",
	expected: "at most 256 KiB"
};
/** Reads the text of a profile; `file` as the user named it. Never throws. */
function parseProfile(text, file) {
	if (text.length > LARGEST_PROFILE) return {
		profile: null,
		problems: [problemOf(TOO_LARGE, file)]
	};
	const document = readDocument(jsonAsYaml(text));
	const checked = document.value === void 0 ? null : checkProfile(document.value);
	const findings = [...document.findings.map(ofJson), ...checked?.findings ?? []];
	const problems = findings.map((finding) => problemOf(finding, file, finding.position ?? document.locate(finding.path, finding.onKey)));
	return {
		profile: findings.length === 0 ? checked?.profile ?? null : null,
		problems
	};
}
/** Checks plain data; `profile` is null exactly when there are findings. */
function checkProfile(data) {
	const result = profileSchema.safeParse(data, { reportInput: true });
	if (!result.success) return {
		profile: null,
		findings: findingsOf(result.error.issues, profileSchema, data)
	};
	const findings = (result.data.syscalls ?? []).flatMap(ruleFindings);
	return {
		profile: findings.length === 0 ? result.data : null,
		findings
	};
}
/**
* JSON is YAML but for its tabs. Numbers that a JavaScript number cannot hold exactly go in quotes, which
* readUnsigned takes too.
*/
function jsonAsYaml(text) {
	return text.replaceAll("	", " ").replace(/"(?:[^"\\\n]|\\.)*"|(?<![\w.+-])\d{16,20}(?![\w.+-])/g, (token) => token.startsWith("\"") ? token : `"${token}"`);
}
function ofJson(finding) {
	const [, complaint] = /^not YAML: (.*)/s.exec(finding.message) ?? [];
	return complaint === void 0 ? finding : {
		...finding,
		message: `not JSON: ${complaint}`,
		expected: "a JSON object"
	};
}
function ruleFindings(given, index) {
	const path = ["syscalls", index];
	const findings = [];
	if (namesOf$1(given).length === 0 || given.names && given.name) findings.push({
		path,
		message: given.name ? "both `name` and `names`" : "a rule without a system call",
		expected: "`names`, a list of system calls"
	});
	const conditions = given.args ?? [];
	for (const [at, { index: argument, value: mask, valueTwo, op }] of conditions.entries()) {
		const place = [
			...path,
			"args",
			at
		];
		if (conditions.findIndex((other) => other.index === argument) < at) findings.push({
			path: place,
			message: `two conditions on argument ${argument}, which runtimes read differently`,
			expected: "a rule of its own for each, of which any may hold, or one MASKED_EQ"
		});
		if (op === "SCMP_CMP_MASKED_EQ" && ((valueTwo ?? 0n) & ~mask) !== 0n) findings.push({
			path: place,
			message: "`valueTwo` has bits outside of the mask, so the rule never holds",
			expected: "the mask in `value`, and in `valueTwo` what is to be left under it"
		});
	}
	return findings;
}
/** The system calls that a rule is for. */
function namesOf$1(given) {
	return given.names ?? (given.name ? [given.name] : []);
}

// src/seccomp/base.ts
/** What other layers rest on: in force beside every profile, whatever a policy allows. */
function baseProfile() {
	const { profile, findings } = checkProfile(base_default);
	if (profile === null) throw new Error(`seccomp/base.json is no profile: ${findings[0]?.message}`);
	return profile;
}

// src/seccomp/builtin.ts
/** A profile that comes with Glovebox. */
async function builtinProfile(name) {
	const { PROFILES } = await import("./seccomp-data.mjs");
	const { profile, findings } = checkProfile(PROFILES[name]);
	if (profile === null) throw new Error(`seccomp/${name}.json is no profile: ${findings[0]?.message}`);
	return profile;
}

// src/probe/profiles.ts
/** A profile as it lies on disk. */
const profileOnDisk = async (file) => await Promise.resolve(readPolicyFile(file));
/**
* Reads the profiles that documents name, each from beside its document, and looks at all names of system
* calls. Throws `policy-invalid` with all problems of the policy; a floor with problems bounds everything.
*/
async function withProfiles({ layers, floors, override }, home, read) {
	const files = /* @__PURE__ */ new Map();
	const paths = /* @__PURE__ */ new Set();
	const reading = async (values, document, by) => {
		const problems = namesOf(values).flatMap(unknownName);
		const profile = values.syscalls?.profile;
		if (profile === void 0 || typeof profile.value === "string") return {
			values,
			problems
		};
		const file = beside(document, profile.value.path, home);
		const found = await contentOf({
			...profile,
			value: profile.value
		}, file, by, read);
		if (found.content === null || found.profile === null) return {
			values,
			problems: [...problems, ...found.problems]
		};
		paths.add(resolve(file));
		files.set(found.content.sha256, found.profile);
		const value = {
			...profile.value,
			content: found.content
		};
		const syscalls = {
			...values.syscalls,
			profile: {
				...profile,
				value
			}
		};
		return {
			values: {
				...values,
				syscalls
			},
			problems
		};
	};
	const problems = [];
	const filled = [];
	for (const layer of layers) {
		const result = await reading(layer.values, layer.name, "policy");
		problems.push(...result.problems);
		filled.push({
			...layer,
			values: result.values
		});
	}
	const step = await reading(override, "", "policy");
	problems.push(...step.problems);
	if (problems.length > 0) throw new GloveboxError("policy-invalid", "the policy has problems", { problems });
	const bounds = await Promise.all(floors.map(async (floor) => {
		const result = await reading(floor.values, floor.name, "floor");
		const [first] = result.problems;
		return first === void 0 ? {
			layer: {
				...floor,
				values: result.values
			},
			problem: null
		} : strictest(floor.name, first.message);
	}));
	return {
		documents: {
			layers: filled,
			floors: bounds.map(({ layer }) => layer),
			override: step.values
		},
		files,
		paths: [...paths],
		problems: bounds.flatMap(({ problem }) => problem ?? [])
	};
}
/** What a policy's choices mean; those of Glovebox's own are only loaded where they are chosen. */
async function profilesFor({ syscalls }, files) {
	const chosen = [syscalls.profile, ...syscalls.further.map(({ profile }) => profile)];
	const names = new Set(chosen.map(({ value }) => value));
	const named = /* @__PURE__ */ new Map();
	for (const name of ["default", "strict"]) if (names.has(name)) named.set(name, await builtinProfile(name));
	return {
		base: baseProfile(),
		named,
		files
	};
}
function beside(document, path, home) {
	if (path.startsWith("~/")) return join(home, path.slice(2));
	return isAbsolute(path) ? path : join(dirname(document), path);
}
async function contentOf({ value: { path }, source }, file, by, read) {
	try {
		const { name, bytes, commit } = await read(file, by);
		const text = Buffer.from(bytes).toString();
		return {
			content: {
				name,
				text,
				sha256: createHash("sha256").update(bytes).digest("hex"),
				commit
			},
			...parseProfile(text, name)
		};
	} catch (error) {
		const message = `the profile ${path} cannot be used: ${messageOf(error)}`;
		return {
			content: null,
			profile: null,
			problems: [{
				place: placeOf(source),
				path: "syscalls.profile",
				message,
				expected: "a file that can be read, named relative to the file that names it"
			}]
		};
	}
}
function namesOf({ syscalls }) {
	return ["allow", "block"].flatMap((key) => (syscalls?.[key] ?? []).map((call, index) => ({
		call,
		path: `syscalls.${key}[${index}]`
	})));
}
function unknownName({ call, path }) {
	const read = readSyscall(call.value);
	if (read.ok) return [];
	return [{
		place: placeOf(call.source),
		path,
		message: read.message,
		expected: read.expected
	}];
}
function placeOf({ name: origin, line, column }) {
	return {
		origin,
		...line === void 0 || column === void 0 ? {} : {
			line,
			column
		}
	};
}

export { FLOOR_VARIABLE as a, readPolicyFile as c, namesOf$1 as i, profilesFor as n, readFloors as o, withProfiles as r, readLayers as s, profileOnDisk as t };