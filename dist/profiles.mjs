import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { r as leaf, u as profileText } from "./schema.mjs";
import { a as wrongChoice, i as unknownKey, n as valuesOf, o as wrongType, r as checkInput, s as problemOf, t as readDocument } from "./document.mjs";
import { c as nullish, m as string, n as array, p as strictObject, t as _enum } from "./vendor-zod.mjs";
import { i as shown, n as printable, r as refuse, t as accept } from "./reading.mjs";
import { c as downgradesOf, f as ARCHITECTURES, m as readSyscall, p as isArch, t as SHED_CALLS } from "./shedding.mjs";
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
			remedy: "check its path"
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
	const files = [...existsSync(MACHINE_FLOOR) ? [MACHINE_FLOOR] : [], ...variable === "" ? [] : [variable]];
	const read = await Promise.all([...files.map(onDisk), ...named].map(parsed));
	return {
		layers: read.map(({ layer }) => layer),
		problems: read.flatMap(({ problem }) => problem ?? []),
		files
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

// src/seccomp/adjust.ts
const EPERM$1 = 1;
const ENOSYS = 38;
/** Of these, libraries try the older call when they hear that the kernel does not have them, and only then. */
const FALL_BACK = /* @__PURE__ */ new Set([
	"clone3",
	"close_range",
	"copy_file_range",
	"epoll_pwait2",
	"execveat",
	"faccessat2",
	"fchmodat2",
	"futex_waitv",
	"getrandom",
	"io_uring_setup",
	"membarrier",
	"memfd_create",
	"openat2",
	"pidfd_open",
	"preadv2",
	"pwritev2",
	"renameat2",
	"rseq",
	"statx"
]);
/** A profile with a policy's own rules before all others. What is in both lists is blocked. */
function adjustProfile(profile, { allow, block }) {
	const rules = [...block.map((name) => ({
		names: [name],
		action: "SCMP_ACT_ERRNO",
		errnoRet: FALL_BACK.has(name) ? ENOSYS : EPERM$1
	})), ...allow.length > 0 ? [{
		names: [...allow],
		action: "SCMP_ACT_ALLOW"
	}] : []];
	return {
		...profile,
		syscalls: [...rules, ...profile.syscalls ?? []]
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
/** The calls that it refuses, some or all of them. */
const HELD_CALLS = new Set(base_default.syscalls.flatMap(({ names }) => names));

// src/seccomp/decisions.ts
const EPERM = 1;
const ERRNO = 327680;
const KILL_PROCESS = 2147483648;
const VERDICTS = {
	SCMP_ACT_ALLOW: 2147418112,
	SCMP_ACT_ERRNO: ERRNO,
	SCMP_ACT_KILL: 0,
	SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
	SCMP_ACT_KILL_THREAD: 0,
	SCMP_ACT_LOG: 2147221504,
	SCMP_ACT_TRAP: 196608
};
/** What a profile means on one architecture. `kernel` is a release such as `6.1.0-13`. */
function decisionsOf(profile, architecture, kernel) {
	const otherwise = [{
		conditions: [],
		verdict: verdictOf(profile.defaultAction, profile.defaultErrnoRet)
	}];
	const cases = /* @__PURE__ */ new Map();
	const absent = /* @__PURE__ */ new Set();
	const counting = (profile.syscalls ?? []).filter((rule) => counts(rule, architecture, kernel));
	let rules = 0;
	for (const rule of counting) {
		const verdict = verdictOf(rule.action, rule.errnoRet ?? profile.defaultErrnoRet);
		for (const name of namesOf$1(rule)) {
			const number = architecture.numbers.get(name);
			if (number === void 0) absent.add(name);
			else {
				rules += 1;
				const earlier = cases.get(number) ?? [];
				earlier.push({
					conditions: rule.args ?? [],
					verdict
				});
				cases.set(number, earlier);
			}
		}
	}
	const byNumber = new Map([...cases].map(([number, list]) => [number, decided([...list, ...otherwise])]));
	const kernelMissed = kernel === null && (profile.syscalls ?? []).some((rule) => rule.includes?.minKernel ?? rule.excludes?.minKernel);
	return {
		byNumber,
		otherwise,
		rules,
		absent,
		kernelMissed
	};
}
/** Without what comes after a case that always holds. */
function decided(cases) {
	return cases.slice(0, cases.findIndex(({ conditions }) => conditions.length === 0) + 1);
}
function verdictOf(action, errno) {
	return action === "SCMP_ACT_ERRNO" ? ERRNO | (errno ?? EPERM) : VERDICTS[action];
}
/** A step has no capability, so what is for holders of one is not for it. */
function counts(rule, architecture, kernel) {
	const { includes, excludes } = rule;
	const here = (arches) => arches?.includes(architecture.alias) ?? false;
	if (here(excludes?.arches) || reached(excludes?.minKernel, kernel)) return false;
	if (includes?.arches && includes.arches.length > 0 && !here(includes.arches)) return false;
	if ((includes?.caps?.length ?? 0) > 0) return false;
	return !includes?.minKernel || reached(includes.minKernel, kernel);
}
function reached(wanted, kernel) {
	if (!wanted || kernel === null) return false;
	const [major = 0, minor = 0] = wanted.split(".").map(Number);
	const [, given = "0", second = "0"] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
	return Number(given) > major || Number(given) === major && Number(second) >= minor;
}

// src/seccomp/program.ts
const JUMP = 5;
const RETURN = 6;
const lowWord = (argument) => 16 + 8 * argument;
const highWord = (argument) => 20 + 8 * argument;
const FARTHEST = 255;
/**
* A program that is written from its end, so that whatever a test leads to is there already. A place is
* counted from the end too.
*/
var Program = class {
	#reversed = [];
	/** The newest place that leads to a target, by the target. */
	#newest = /* @__PURE__ */ new Map();
	get length() {
		return this.#reversed.length;
	}
	/** Puts an instruction in front. What stood first follows it. */
	before(code, k) {
		return this.#place([
			code,
			0,
			0,
			k
		]);
	}
	/** Puts a test of the loaded word in front. */
	test(code, k, ifTrue, ifFalse) {
		const [yes, no] = [this.#near(ifTrue), this.#near(ifFalse)];
		return this.#place([
			code,
			this.length - yes - 1,
			this.length - no - 1,
			k
		]);
	}
	/** Makes a target the first instruction, so that what is put in front of it goes on there. */
	first(target) {
		if ("at" in target && target.at === this.length - 1) return;
		this.#place(this.#straightTo(target));
	}
	/** As `struct sock_filter[]` of a little-endian machine. */
	bytes() {
		const view = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(this.length * 8));
		this.#reversed.toReversed().forEach(([code, ifTrue, ifFalse, k], index) => {
			view.setUint16(index * 8, code, true);
			view.setUint8(index * 8 + 2, ifTrue);
			view.setUint8(index * 8 + 3, ifFalse);
			view.setUint32(index * 8 + 4, k, true);
		});
		return new Uint8Array(view.buffer);
	}
	/** A place within a test's reach that leads to the target. */
	#near(target) {
		const key = JSON.stringify(target);
		const known = this.#newest.get(key) ?? ("at" in target ? target.at : void 0);
		if (known !== void 0 && this.length - known - 1 <= 253) return known;
		const { at } = this.#place(this.#straightTo(target));
		this.#newest.set(key, at);
		return at;
	}
	#straightTo(target) {
		return "verdict" in target ? [
			RETURN,
			0,
			0,
			target.verdict
		] : [
			JUMP,
			0,
			0,
			this.length - target.at - 1
		];
	}
	#place(instruction) {
		const [, ifTrue, ifFalse] = instruction;
		if (Math.max(ifTrue, ifFalse) > FARTHEST) throw new RangeError("a jump is too far");
		this.#reversed.push(instruction);
		return { at: this.length - 1 };
	}
};

// src/seccomp/conditions.ts
/** Puts the cases of a decision in front of a program, the first one first, and says where they begin. */
function branch(program, decision) {
	const last = { verdict: decision.at(-1)?.verdict ?? 0 };
	return decision.slice(0, -1).reduceRight((next, { conditions, verdict }) => conditions.reduceRight((holds, condition) => compare(program, condition, holds, next), { verdict }), last);
}
/** One condition on an argument of 64 bits, which BPF sees as two words. */
function compare(program, { index, op, value, valueTwo }, yes, no) {
	const high = {
		offset: highWord(index),
		k: Number(value >> 32n)
	};
	const low = {
		offset: lowWord(index),
		k: Number(value & WHOLE)
	};
	const equal = (ifEqual, ifNot) => {
		program.test(21, low.k, ifEqual, ifNot);
		const lower = program.before(32, low.offset);
		program.test(21, high.k, lower, ifNot);
		return program.before(32, high.offset);
	};
	/** Above in the high word, or equal there and `code` of the low word. */
	const above = (code, ifAbove, ifNot) => {
		program.test(code, low.k, ifAbove, ifNot);
		const lower = program.before(32, low.offset);
		const level = program.test(21, high.k, lower, ifNot);
		program.test(37, high.k, ifAbove, level);
		return program.before(32, high.offset);
	};
	switch (op) {
		case "SCMP_CMP_EQ": return equal(yes, no);
		case "SCMP_CMP_NE": return equal(no, yes);
		case "SCMP_CMP_GT": return above(37, yes, no);
		case "SCMP_CMP_GE": return above(53, yes, no);
		case "SCMP_CMP_LE": return above(37, no, yes);
		case "SCMP_CMP_LT": return above(53, no, yes);
		case "SCMP_CMP_MASKED_EQ": return masked(program, index, value, valueTwo ?? 0n, yes, no);
	}
}
const WHOLE = 4294967295n;
/** A word that the mask leaves nothing of is not looked at, and one that it leaves whole is not masked. */
function masked(program, index, mask, wanted, yes, no) {
	return [{
		offset: lowWord(index),
		mask: mask & WHOLE,
		wanted: wanted & WHOLE
	}, {
		offset: highWord(index),
		mask: mask >> 32n,
		wanted: wanted >> 32n
	}].reduce((next, word) => {
		if (word.mask === 0n) return word.wanted === 0n ? next : no;
		program.test(21, Number(word.wanted), next, no);
		if (word.mask !== WHOLE) program.before(84, Number(word.mask));
		return program.before(32, word.offset);
	}, yes);
}

// src/seccomp/compile.ts
/** BPF_MAXINSNS: the kernel loads no longer program. */
const LONGEST = 4096;
const X32_FIRST = 1073741824;
const SHOWN_NAMES = 8;
/**
* Compiles a profile for one architecture. The first rule of the profile whose conditions hold decides a
* call. Calls of other architectures, x32 among them, end the process, whatever the profile says.
* `kernel` is the release that `minKernel` is compared with; without it no such condition is met.
* Throws `input-invalid` for a profile that comes out longer than the kernel takes.
*/
function compileProfile(profile, arch, kernel = null) {
	const architecture = ARCHITECTURES[arch];
	const decisions = decisionsOf(profile, architecture, kernel);
	return {
		filter: programOf(decisions, architecture),
		rules: decisions.rules,
		notes: notesOf$1(profile, decisions, architecture)
	};
}
function programOf(decisions, { audit, x32 }) {
	const program = new Program();
	program.first(search(program, waysOf(program, startsOf(decisions, x32))));
	const known = program.before(32, 0);
	program.test(21, audit, known, { verdict: KILL_PROCESS });
	program.before(32, 4);
	if (program.length > LONGEST) throw new GloveboxError("input-invalid", `the seccomp profile needs ${program.length} instructions, and the kernel takes ${LONGEST}`, { remedy: "leave out rules, or join conditions on arguments with MASKED_EQ" });
	return program.bytes();
}
function startsOf({ byNumber, otherwise }, x32) {
	const start = (from, decision) => ({
		from,
		decision,
		key: keyOf(decision)
	});
	const starts = [.../* @__PURE__ */ new Set([0, ...[...byNumber.keys()].flatMap((number) => [number, number + 1])])].toSorted((a, b) => a - b).map((from) => start(from, byNumber.get(from) ?? otherwise));
	if (x32) {
		const killed = [{
			conditions: [],
			verdict: KILL_PROCESS
		}];
		starts.push(start(X32_FIRST, killed), start(4294967295, otherwise));
	}
	return starts.filter(({ key }, index) => key !== starts[index - 1]?.key);
}
function keyOf(decision) {
	return decision.map(({ conditions, verdict }) => {
		return `${conditions.map(({ index, op, value, valueTwo }) => [
			index,
			op,
			value,
			valueTwo
		]).join(",")}:${verdict}`;
	}).join(";");
}
/** Where each start leads: the same decision in one place for all calls that share it. */
function waysOf(program, starts) {
	const targets = /* @__PURE__ */ new Map();
	return starts.map(({ from, decision, key }) => {
		const target = targets.get(key) ?? branch(program, decision);
		targets.set(key, target);
		return {
			from,
			target
		};
	});
}
/** A balanced search for the last way that does not begin above the number. */
function search(program, ways) {
	const middle = Math.ceil(ways.length / 2);
	const pivot = ways[middle];
	if (pivot === void 0) return ways[0]?.target ?? { verdict: 2147483648 };
	const above = search(program, ways.slice(middle));
	const below = search(program, ways.slice(0, middle));
	return program.test(53, pivot.from, above, below);
}
function notesOf$1({ architectures, archMap, flags }, { absent, kernelMissed }, { label, token }) {
	const notes = [];
	if (absent.size > 0) {
		const names = [...absent].toSorted();
		const more = names.length - SHOWN_NAMES;
		const list = `${names.slice(0, SHOWN_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
		notes.push(`not system calls of ${label}, so their rules have no effect: ${list}`);
	}
	if ([...architectures ?? [], ...(archMap ?? []).filter(({ architecture }) => architecture === token).flatMap(({ subArchitectures }) => subArchitectures ?? [])].filter((name) => name !== token).length > 0) notes.push(`calls of other architectures than ${label} end the process, listed or not`);
	if ((flags?.length ?? 0) > 0) notes.push("the flags of the profile are not applied");
	if (kernelMissed) notes.push("rules with a least kernel were left out: the kernel is not known");
	return notes;
}

// seccomp/compiled.bpf.json
var compiled_bpf_default = {
	base: {
		"x64": {
			"rules": 12,
			"filter": "2000000004000000150000123e0000c02000000000000000350008001001000035000400380000003500020029000000350018001100000035001317100000003500160f2a00000035000100f80000003500140a3900000035001306fb00000035000300b301000035000100a9010000350010061101000035000f02aa010000350002000000004035000d00b4010000060000002600050035000b00ffffffff0600000000000080200000001000000054000000000000101500070800000000200000001000000015000005280000000600000061000500200000001800000015000300125400002000000018000000150001001c540000060000000000ff7f0600000001000500"
		},
		"arm64": {
			"rules": 12,
			"filter": "200000000400000015000100b70000c00600000000000080200000000000000035000600d90000003500030062000000350001001e000000350010141d00000035000c136100000035001200c700000035000711c600000035000300aa01000035000100dd00000035000703dc0000003500020da901000035000c00b40100003500000bb30100000600000026000500200000001000000015000008280000000600000061000500200000001000000054000000000000101500040500000000200000001800000015000300125400002000000018000000150001001c540000060000000000ff7f0600000001000500"
		}
	},
	"default": {
		"x64": {
			"rules": 415,
			"filter": "20000000040000001500005d3e0000c0200000000000000035002d00f7000000350016009d00000035000b0068000000350005003600000035000200290000003500d200110000003500c2d11000000035006b00350000003500cf6c2a00000035000200650000003500cd0039000000350064cc380000003500cc00670000003500cacb66000000350005008c0000003500020088000000350055008700000035004bc68600000035004a008b0000003500c44989000000350002009b000000350047009a0000003500c2c199000000350045c19c00000035000b00d300000035000500b100000035000200a30000003500bc00a20000003500bcbba10000003500bb00af00000035003ebaae00000035000200ba00000035003c00b40000003500b73bb30000003500b500ce000000350039b4cd00000035000500e400000035000200d60000003500b100d50000003500b135d40000003500b000e30000003500ae33d800000035000200f00000003500ad00ed000000350030abec0000003500abaaf6000000350017004401000035000b002e010000350005001101000035000200000100003500a500fb000000350029a4f800000035002900100100003500a2a301010000350002002a0100003500a000180100003500a09f1701000035009f002c01000035009d9e2b0100003500060036010000350003003101000035009b0030010000350000992f010000060000005f0005003500970035010000350097963401000035000200420100003500950040010000350093943a010000350093924301000035000b00ba01000035000500b301000035000200a901000035008e00a80100003500128d5101000035008c00b201000035008c10ac01000035000200b701000035008a00b60100003500880db401000035008700b901000035008786b801000035000500d301000035000200c301000035008400c201000035008283bc01000035008100ce01000035000580cb010000350002000000004035000300d601000035007d7ed401000035000100ffffffff06000000000000800600000026000500200000001400000025007900000000001500000200000000200000001000000025007600ffffffff200000001000000054000000fff0faff150072730000000020000000100000001500700000000000200000001000000015006e00ffffffff200000001000000015006c0008000000200000001000000015006a0000000200200000001000000015006869080002002000000010000000540000000000027e15006566000000002000000010000000150063520100000020000000100000001500610001000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015005a0000000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500530006000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015004c0011000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500450001000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015003e00060100002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015003700000000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015003000060000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015002900110000002000000010000000150000050a0000002000000018000000540000000c00000015000002000000002000000020000000150022003a0000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015001b0006010000200000001000000015000900020000002000000010000000150007000a0000002000000010000000150000021000000020000000200000001500130000000000200000001000000015000100100000000600000061000500060000005d000500200000001800000015000e0012540000200000001800000015000c001c540000200000001800000015000a0023540000200000001800000054000000feffffff1500070040890000200000001800000054000000feffffff15000400a0890000200000001800000054000000feffffff1500010082890000060000000000ff7f0600000001000500"
		},
		"arm64": {
			"rules": 357,
			"filter": "200000000400000015000100b70000c00600000000000080200000000000000035002700eb0000003500130068000000350009003a0000003500040027000000350002001d0000003500c400130000003500c4c3120000003500c2b31e00000035000200330000003500c0002b000000350044c02a0000003500bebf34000000350004005a000000350002003d0000003500bc003c0000003500babb3b0000003500bab95900000035000200610000003500b7005d00000035009db65c0000003500b5946200000035000900aa000000350004007600000035000200710000003500b200700000003500b0b16b0000003500b0af7400000035000200a10000003500ad008f0000003500adac8e0000003500abaca300000035000400d900000035000200c700000035003300c60000003500a7a8ab0000003500a62fc800000035000200e00000003500a400dd00000035002928dc0000003500a2a3e200000035001400a801000035000a000c010000350004000401000035000200f200000035009e00f100000035009c9df00000003500209bf400000035000300090100003500000108010000060000005f0005003500989706010000350096970a01000035000400190100003500020012010000350094000e010000350092930d0100003500929118010000350002002601000035008f001b01000035008f8e1a0100003500128e2701000035000900ba01000035000400b401000035000200b201000035008a00ac01000035000d88a901000035000c87b301000035000200b801000035008500b701000035008584b601000035008384b901000035000400ce01000035000200c301000035008100c201000035007f80bc0100003500037ecb01000035000100d401000035007d7cd30100003500007bd601000006000000260005002000000010000000540000000000027e15007778000000002000000010000000150075520100000020000000100000001500730001000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015006c0000000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500650006000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015005e0011000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500570001000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015005000060100002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015004900000000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015004200060000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015003b00110000002000000010000000150000050a0000002000000018000000540000000c00000015000002000000002000000020000000150034003a0000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015002d0006010000200000001000000015000900020000002000000010000000150007000a0000002000000010000000150000021000000020000000200000001500250000000000200000001000000015000100100000000600000061000500060000005d000500200000001400000025002000000000001500000200000000200000001000000025001d00ffffffff200000001000000054000000fff0faff1500191a0000000020000000100000001500170000000000200000001000000015001500ffffffff2000000010000000150013000800000020000000100000001500110000000200200000001000000015000f1008000200200000001800000015000e0012540000200000001800000015000c001c540000200000001800000015000a0023540000200000001800000054000000feffffff1500070040890000200000001800000054000000feffffff15000400a0890000200000001800000054000000feffffff1500010082890000060000000000ff7f0600000001000500"
		}
	},
	strict: {
		"x64": {
			"rules": 410,
			"filter": "2000000004000000150000793e0000c0200000000000000035003b00e400000035001d008e00000035000e00670000003500070036000000350003002000000035000100110000003500c9d81000000035006fd71d000000350001002a000000350086d529000000350083d4350000003500030048000000350001003900000035007dd138000000350068d0400000003500cf00660000003500cfce650000003500070085000000350003007a00000035000100740000003500cacb680000003500c9ca75000000350001007e0000003500c7c87c0000003500c6c77f0000003500030089000000350001008700000035005b6c8600000035005a67880000003500c1008c000000350058c08b00000035000e00af000000350007009d000000350003009900000035000100900000003500bbbc8f0000003500babb91000000350001009b000000350050b99a00000035004fb89c00000035000300a200000035000100a00000003500b5b49f0000003500b4b3a100000035004a00ae0000003500b2b1a300000035000700d400000035000300ba00000035000100b3000000350045aeb1000000350044adb400000035000100cc0000003500abaacb000000350041a9cd00000035000300dc00000035000100d60000003500a6a7d50000003500a53dd90000003500a500e30000003500a33bdd00000035001e004301000035000e0017010000350007000001000035000300f600000035000100ed0000003500359dec0000003500349df000000035000100f800000035009a9bf700000035009931fb000000350003001001000035000100030100003500969701010000350095370401000035002c00160100003500932d110100003500080032010000350003002c010000350001002a01000035008f901801000035008e8f2b010000350001002f01000035008c8d2e01000035008c0030010000060000005f000500350003003b0100003500010035010000350088873401000035008786360100003500850042010000350085844001000035000e00b801000035000700a9010000350003004d010000350001004901000035007f804401000035007e164c010000350001005101000035007c144e01000035007b13a801000035000300b401000035000100b201000035007910ac01000035000f77b301000035007600b701000035007675b601000035000600c601000035000300bf01000035000100ba01000035007172b901000035007071bc01000035006f00c301000035006f06c201000035000300d601000035000100d301000035006b03ce01000035006a6bd401000035000100ffffffff350001000000004006000000260005000600000000000080200000001400000025006500000000001500000200000000200000001000000025006200ffffffff200000001000000054000000fff0faff15005e5f0000000020000000200000005400000000f0000015005b5c0010000020000000100000001500590000000000200000001000000015005758ffffffff20000000180000005400000000f0000015005455001000002000000010000000540000000000027e1500515200000000200000001000000015004f3e01000000200000001000000015004d0001000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500460000000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015003f0006000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500380011000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015003100010000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015002a00000000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015002300060000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015001c00110000002000000010000000150000050a0000002000000018000000540000000c00000015000002000000002000000020000000150015003a000000200000001000000015000300020000002000000010000000150001000a0000000600000061000500060000005d000500200000001800000015000e0023540000200000001800000015000c0012540000200000001800000015000a001c540000200000001800000054000000feffffff1500070040890000200000001800000054000000feffffff15000400a0890000200000001800000054000000feffffff1500010082890000060000000000ff7f0600000001000500"
		},
		"arm64": {
			"rules": 351,
			"filter": "200000000400000015000100b70000c00600000000000080200000000000000035003000dc000000350018006200000035000c003a0000003500060022000000350003001d00000035000100120000003500bf5a050000003500bebf130000003500ab00210000003500bcad1e000000350002002b000000350055002a0000003500bab9270000003500b800340000003500b8b7330000003500050059000000350002003d0000003500b5003c0000003500b3b43b0000003500b2004c00000035004cb14b000000350002005c0000003500b0005b0000003500aeaf5a00000035008f00610000003500ac965d00000035000b0099000000350005007800000035000200700000003500a8006b0000003500a8a7680000003500a700740000003500a5a671000000350002008e0000003500a3007b0000003500a3a27a0000003500a200970000003500a0a18f00000035000500ac00000035000200a100000035009d00a000000035009d9c9f00000035009c00aa00000035009a9ba300000035000200c700000035003a00c600000035003297b400000035003100d900000035009535c8000000350019002401000035000d000901000035000600f100000035000300ea00000035000100e000000035008f2cdd00000035008e8fe200000035008d00f000000035008d27eb000000350002000401000035002500f40000003500898af20000003500000108010000060000005f00050035008786060100003500050018010000350002000d010000350084000c010000350082830b0100003500810013010000350081800e010000350002001b01000035007f001a01000035007d7e1901000035007c00230100003500167b2001000035000b00b801000035000500ac01000035000200270100003500780026010000350076112501000035001000a90100003500740fa801000035000200b401000035000d00b301000035007172b201000035007000b70100003500706fb601000035000500c301000035000200bc01000035006d00ba01000035006b6cb901000035006b00c201000035000469bf01000035000200d301000035006700ce01000035000166c601000035000001d6010000060000002600050035006364d40100002000000010000000540000000000027e1500606100000000200000001000000015005e3e01000000200000001000000015005c0001000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500550000000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015004e0006000000200000001000000015000005020000002000000018000000540000000c000000150000020000000020000000200000001500470011000000200000001000000015000005020000002000000018000000540000000c0000001500000200000000200000002000000015004000010000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015003900000000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015003200060000002000000010000000150000050a0000002000000018000000540000000c0000001500000200000000200000002000000015002b00110000002000000010000000150000050a0000002000000018000000540000000c00000015000002000000002000000020000000150024003a000000200000001000000015000300020000002000000010000000150001000a0000000600000061000500060000005d000500200000001400000025001d00000000001500000200000000200000001000000025001a00ffffffff200000001000000054000000fff0faff150016170000000020000000100000001500140000000000200000001000000015001213ffffffff20000000200000005400000000f0000015000f1000100000200000001800000015000e0023540000200000001800000015000c0012540000200000001800000015000a001c540000200000001800000054000000feffffff1500070040890000200000001800000054000000feffffff15000400a0890000200000001800000054000000feffffff1500010082890000060000000000ff7f0600000001000500"
		}
	}
};

// src/seccomp/compiled.ts
/** A profile that comes with Glovebox, as it is: compiled already, since that would take longer than the rest of a plan. */
function compiledBuiltin(name, arch) {
	const { rules, filter } = compiled_bpf_default[name][arch];
	const bytes = filter.match(/../g) ?? [];
	return {
		rules,
		filter: Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)),
		notes: []
	};
}

// src/plan/shed-calls.ts
const ALLOWED = 2147418112;
const LOGGED = 2147221504;
/**
* Where root sheds its ids inside the sandbox, its filters are in force already. One that does not let
* that happen is opened so far, and that is a downgrade.
*/
function sheddingRefused(refused, because) {
	const calls = [...new Set(refused)].toSorted();
	if (calls.length === 0) return [];
	return [{
		layer: "syscalls",
		code: "shedding-refused",
		reason: `the profile refuses ${calls.join(", ")}, which root needs to give itself up inside of the sandbox, because ${because.reason}`,
		remedy: `${because.remedy}; or put these calls into syscalls.allow`
	}];
}
/** The calls of that which a profile refuses. */
function refusedIn(profile, { arch, kernel }) {
	const { numbers } = ARCHITECTURES[arch];
	const { byNumber, otherwise } = decisionsOf(profile, ARCHITECTURES[arch], kernel);
	return SHED_CALLS.filter((name) => {
		return !(byNumber.get(numbers.get(name) ?? -1) ?? otherwise).every(({ verdict }) => verdict === ALLOWED || verdict === LOGGED);
	});
}

// src/plan/syscalls.ts
const NOTHING_REFUSED = { defaultAction: "SCMP_ACT_ALLOW" };
/** Decides which filters of system calls the step gets. The kernel obeys the strictest of them. */
function planSyscalls({ syscalls: asked }, capabilities, host, profiles) {
	const chosen = chosenProfiles(asked);
	const profile = profileText(asked.profile.value);
	if (!capabilities.syscalls.available || !isArch(host.arch)) {
		const { syscalls: lack } = capabilities;
		return {
			syscalls: {
				profile,
				filters: []
			},
			layer: {
				status: chosen.length === 0 ? "not-requested" : "unavailable",
				mechanism: "none"
			},
			downgrades: lack.available ? [] : [...downgradesOf("syscalls", lack), ...baseLost(capabilities)],
			notes: []
		};
	}
	const { arch, kernel } = host;
	const where = {
		arch,
		kernel
	};
	const { byRoot } = capabilities;
	const { chosen: held, downgrades } = byRoot === null ? {
		chosen,
		downgrades: []
	} : openForShedding(chosen, profiles, byRoot.because, where);
	const compiled = [{
		name: "base",
		...compiledBuiltin("base", arch)
	}, ...held.map((one) => ({
		name: profileText(one.profile),
		...compiledProfile(one, where, profiles)
	}))];
	const told = compiled.map(({ name, rules }) => `${name}, ${rules} rules`);
	return {
		syscalls: {
			profile,
			filters: compiled.map(({ name, filter, rules }) => ({
				name,
				filter,
				rules
			}))
		},
		layer: {
			status: chosen.length === 0 ? "not-requested" : "enforced",
			mechanism: `seccomp (${told.join("; ")})`
		},
		downgrades,
		notes: [...notesOf(compiled), ...heldNotes(asked)]
	};
}
/** The policy's own profile, unless it refuses nothing, and what floors add. */
function chosenProfiles({ profile, allow, block, further }) {
	const names = (list) => list.map(({ value }) => value);
	const own = {
		profile: profile.value,
		allow: names(allow),
		block: names(block)
	};
	return [...own.profile === "off" && block.length === 0 ? [] : [own], ...further.map((one) => ({
		profile: one.profile.value,
		allow: names(one.allow),
		block: []
	}))];
}
/** The profile of Glovebox's own that is chosen as it is, so that nobody has to read or compile it; or null. */
function unchanged({ profile, allow, block, opened = [] }) {
	return [
		allow,
		block,
		opened
	].some((calls) => calls.length > 0) || typeof profile !== "string" || profile === "off" ? null : profile;
}
function compiledProfile(chosen, { arch, kernel }, profiles) {
	const builtin = unchanged(chosen);
	if (builtin !== null) return compiledBuiltin(builtin, arch);
	return compileProfile(inFull(chosen, profiles), arch, kernel);
}
function inFull(chosen, profiles) {
	const asked = adjustProfile(meant(chosen.profile, profiles), chosen);
	const { opened = [] } = chosen;
	return opened.length === 0 ? asked : adjustProfile(asked, {
		allow: opened,
		block: []
	});
}
/** The default profile lets happen what root needs to give itself up; the others are looked at. */
function openForShedding(chosen, profiles, because, where) {
	const refused = chosen.map((one) => unchanged(one) === "default" ? [] : refusedIn(inFull(one, profiles), where));
	return {
		chosen: chosen.map((one, index) => ({
			...one,
			opened: refused[index] ?? []
		})),
		downgrades: sheddingRefused(refused.flat(), because)
	};
}
function meant(choice, { named: known, files }) {
	if (choice === "off") return NOTHING_REFUSED;
	const profile = typeof choice === "string" ? known.get(choice) : files.get(choice.content?.sha256 ?? "");
	if (profile === void 0) throw new Error(`the profile ${profileText(choice)} was not read`);
	return profile;
}
/** What the base filter shuts is part of other layers' promises, with or without a sandbox. */
function baseLost({ syscalls }) {
	if (syscalls.available) return [];
	return [{
		layer: "privilege",
		code: "filter-missing",
		reason: `${syscalls.reason}, so no filter shuts off keyrings, vsock and user namespaces of the step's own`,
		remedy: syscalls.remedy
	}];
}
function notesOf(compiled) {
	return compiled.filter(({ name }) => ![
		"base",
		"default",
		"strict"
	].includes(name)).flatMap(({ name, notes }) => notes.map((text) => ({
		code: "profile-note",
		text: `${name}: ${text}`
	})));
}
/** `allow` opens a profile, and nothing of what other layers rest on. */
function heldNotes({ allow }) {
	const held = allow.filter(({ value }) => HELD_CALLS.has(value));
	if (held.length === 0) return [];
	return [{
		code: "syscalls-held",
		text: `syscalls.allow does not open all of ${held.map(({ value }) => value).join(", ")}: the seal itself rests on what the base filter refuses of it`
	}];
}

// src/seccomp/builtin.ts
const BUILTIN_NAMES = ["default", "strict"];
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
/** What a policy's choices mean; those of Glovebox's own are only loaded where a policy changes them. */
async function profilesFor({ syscalls }, files) {
	const looked = chosenProfiles(syscalls).filter((chosen) => unchanged(chosen) !== "default");
	const names = new Set(looked.map(({ profile }) => profile));
	const named = /* @__PURE__ */ new Map();
	for (const name of BUILTIN_NAMES) if (names.has(name)) named.set(name, await builtinProfile(name));
	return {
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

export { FLOOR_VARIABLE as a, readPolicyFile as c, planSyscalls as i, profilesFor as n, readFloors as o, withProfiles as r, readLayers as s, profileOnDisk as t };