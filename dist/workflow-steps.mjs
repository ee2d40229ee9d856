import { t as LAYERS } from "./types.mjs";
import { n as valuesOf, r as checkInput, s as problemOf, t as readDocument } from "./document.mjs";
import { i as shown, r as refuse, t as accept } from "./reading.mjs";
import { f as suggestion } from "./entries.mjs";

// src/workflow/shells.ts
const asWritten = (script) => script;
/** The runner's own, each with the options that it gives it. */
const KNOWN = {
	bash: {
		command: [
			"bash",
			"--noprofile",
			"--norc",
			"-eo",
			"pipefail",
			"{0}"
		],
		extension: ".sh",
		prepare: asWritten
	},
	sh: {
		command: [
			"sh",
			"-e",
			"{0}"
		],
		extension: ".sh",
		prepare: asWritten
	},
	python: {
		command: ["python", "{0}"],
		extension: ".py",
		prepare: asWritten
	},
	node: {
		command: ["node", "{0}"],
		extension: ".js",
		prepare: asWritten
	},
	pwsh: {
		command: [
			"pwsh",
			"-command",
			". '{0}'"
		],
		extension: ".ps1",
		prepare: (script) => [
			"$ErrorActionPreference = 'stop'",
			script,
			"if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }",
			""
		].join("\n")
	}
};
/** What a step without a `shell` gets. */
const DEFAULT_SHELL = {
	command: [
		"bash",
		"-e",
		"{0}"
	],
	extension: ".sh",
	prepare: asWritten
};
/** One of the known names, or any command in which `{0}` stands for the script. */
function readShell(raw) {
	const expected = `one of ${Object.keys(KNOWN).join(", ")}, or a command with {0}`;
	if (typeof raw !== "string" || raw.trim() === "") return refuse("it is not a text", expected);
	const known = Object.hasOwn(KNOWN, raw) ? KNOWN[raw] : void 0;
	if (known !== void 0) return accept(known);
	const command = wordsOf(raw);
	if (command === null) return refuse("a double quote is not closed", expected);
	if (!command.some((word) => word.includes("{0}"))) return refuse(command.length === 1 ? `\`${raw}\` is no shell that is known` : "it has no {0}", expected);
	return accept({
		command,
		extension: "",
		prepare: asWritten
	});
}
/** Split at blanks; double quotes group, as the runner has it. null: a quote is open at the end. */
function wordsOf(text) {
	if ((text.match(/"/g) ?? []).length % 2 === 1) return null;
	return (text.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map((word) => word.replaceAll("\"", ""));
}

// src/workflow/step-values.ts
/** Readers of a step's own values: what they stand for, or in words what stands there instead. */
const CONDITIONS = [
	"success()",
	"failure()",
	"always()"
];
const LONGEST_NAME = 60;
/** As the runner names a step without a name. */
function nameFrom(script) {
	const line = script.split("\n").find((one) => one.trim() !== "")?.trim() ?? "";
	return `Run ${line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line}`;
}
function textIn(value) {
	if (typeof value === "string" && value.trim() !== "" && !value.includes("\0")) return { text: value };
	return `is ${shown(value)}`;
}
function idIn(value) {
	return typeof value === "string" && /^[A-Za-z_][\w-]{0,99}$/.test(value) ? { text: value } : `is ${shown(value)}`;
}
function booleanIn(value) {
	return typeof value === "boolean" ? { value } : `is ${shown(value)}`;
}
function shellIn(value) {
	const read = readShell(value);
	return read.ok ? read.value : `cannot be used: ${read.message}`;
}
function conditionIn(value) {
	const condition = CONDITIONS.find((one) => one === (typeof value === "string" ? value.trim() : value));
	return condition === void 0 ? `is ${shown(value)}` : { condition };
}
function minutesIn(value) {
	return typeof value === "number" && Number.isFinite(value) && value > 0 ? { minutes: value } : `is ${shown(value)}`;
}

// src/workflow/steps.ts
const OWN_KEYS = [...[
	"name",
	"id",
	"run",
	"shell",
	"working-directory",
	"env",
	"timeout-minutes"
], ...[
	"continue-on-error",
	"keep-changes",
	"if"
]];
const POLICY_KEYS = ["on-unavailable", ...LAYERS];
const MOST_STEPS = 40;
/** Reads the list of steps. Never throws: all that is wrong comes back, each with its line. */
function readSteps(text, origin) {
	const document = readDocument(text);
	const locate = (path) => ({
		kind: "file",
		name: origin,
		...document.locate(path)
	});
	const read = document.value === void 0 ? [] : stepsOf(document.value, locate);
	const problems = [...document.findings, ...read.flatMap((one) => one.findings)].map((finding) => problemOf(finding, origin, finding.position ?? document.locate(finding.path, finding.onKey)));
	return {
		steps: problems.length > 0 ? [] : read.flatMap(({ step }) => step ?? []),
		problems
	};
}
/** The one step of `run` and `shell`. */
function singleStep(script, shell) {
	const read = shell === null ? accept(DEFAULT_SHELL) : readShell(shell);
	if (!read.ok) {
		const { message, expected } = read;
		return {
			steps: [],
			problems: [{
				place: { origin: "input shell" },
				path: "",
				message,
				expected
			}]
		};
	}
	return {
		steps: [{
			id: "run",
			name: nameFrom(script),
			script,
			shell: read.value,
			workingDirectory: null,
			continueOnError: false,
			keepChanges: false,
			condition: "success()",
			policy: {}
		}],
		problems: []
	};
}
function stepsOf(value, locate) {
	if (!Array.isArray(value) || value.length === 0) return [failed({
		path: [],
		message: `\`steps\` is ${shown(value)}`,
		expected: "a list of steps, each with `run`"
	})];
	if (value.length > MOST_STEPS) return [failed({
		path: [],
		message: `there are ${value.length} steps`,
		expected: `at most ${MOST_STEPS}`
	})];
	const read = value.map((item, index) => readStep(item, index, locate));
	return [...read, ...repeatedIds(read)];
}
function failed(...findings) {
	return {
		step: null,
		findings
	};
}
function repeatedIds(read) {
	const seen = /* @__PURE__ */ new Set();
	return read.flatMap(({ step }, index) => {
		if (step === null || !seen.has(step.id)) {
			if (step !== null) seen.add(step.id);
			return [];
		}
		const message = `the id \`${step.id}\` is there already`;
		return [failed({
			path: [index, "id"],
			message,
			expected: "an id of its own for each step"
		})];
	});
}
function readStep(item, index, locate) {
	if (typeof item !== "object" || item === null || Array.isArray(item)) return failed({
		path: [index],
		message: `the step is ${shown(item)}`,
		expected: "a map with `run`"
	});
	const raw = item;
	const findings = Object.keys(raw).filter((key) => !OWN_KEYS.includes(key) && !POLICY_KEYS.includes(key)).map((key) => unknownKey(index, key));
	const take = (key, read, expected) => {
		if (raw[key] === void 0) return null;
		const result = read(raw[key]);
		if (typeof result !== "string") return result;
		findings.push({
			path: [index, key],
			message: `\`${key}\` ${result}`,
			expected
		});
		return null;
	};
	const run = take("run", textIn, "the commands to run");
	const name = take("name", textIn, "a text");
	const id = take("id", idIn, "a letter or _, then letters, digits, _ and -");
	const directory = take("working-directory", textIn, "a path relative to the workspace");
	const shell = take("shell", shellIn, "one of bash, sh, python, node, pwsh, or a command with {0}");
	const condition = take("if", conditionIn, `one of ${CONDITIONS.join(", ")}`);
	const timeout = take("timeout-minutes", minutesIn, "a number of minutes above 0");
	const goesOn = take("continue-on-error", booleanIn, "true or false");
	const keeps = take("keep-changes", booleanIn, "true or false");
	if (raw["run"] === void 0) findings.push({
		path: [index],
		message: "the step has no `run`",
		expected: "`run` with the commands"
	});
	const policy = policyOf(raw, timeout?.minutes ?? null, index, locate);
	findings.push(...policy.findings);
	if (findings.length > 0 || run === null) return {
		step: null,
		findings
	};
	const script = run.text;
	return {
		step: {
			id: id?.text ?? `step-${index + 1}`,
			name: name?.text ?? nameFrom(script),
			script,
			shell: shell ?? DEFAULT_SHELL,
			workingDirectory: directory?.text ?? null,
			continueOnError: goesOn?.value ?? false,
			keepChanges: keeps?.value ?? goesOn?.value ?? false,
			condition: condition?.condition ?? "success()",
			policy: policy.values
		},
		findings
	};
}
function unknownKey(index, key) {
	const guess = suggestion(key, [...OWN_KEYS, ...POLICY_KEYS]);
	return {
		path: [index, key],
		message: `${shown(key)} is not a key of a step`,
		expected: `one of ${[...OWN_KEYS, ...POLICY_KEYS].join(", ")}${guess === null ? "" : ` (did you mean \`${guess}\`?)`}`,
		onKey: true
	};
}
/** The policy sections of a step, with `env` and `timeout-minutes` as what they stand for. */
function policyOf(raw, minutes, index, locate) {
	const written = Object.entries(raw).filter(([key]) => POLICY_KEYS.includes(key));
	const parts = [
		check({
			version: 1,
			...Object.fromEntries(written)
		}, (path) => [index, ...path]),
		...raw["env"] === void 0 ? [] : [check({
			version: 1,
			environment: { set: raw["env"] }
		}, ([, , ...rest]) => [
			index,
			"env",
			...rest
		])],
		...minutes === null ? [] : [check({
			version: 1,
			resources: { timeout: minutes * 60 }
		}, () => [index, "timeout-minutes"])]
	];
	return {
		values: parts.map((part) => part.values(locate)).reduce(joined, {}),
		findings: parts.flatMap(({ findings }) => findings)
	};
}
function check(document, whereOf) {
	const { input, findings } = checkInput(document);
	return {
		values: (locate) => input === null ? {} : valuesOf(input, (path) => locate(whereOf(path))),
		findings: findings.map((finding) => ({
			...finding,
			path: whereOf(finding.path)
		}))
	};
}
function joined(a, b) {
	const set = new Map([...a.environment?.set ?? [], ...b.environment?.set ?? []]);
	return {
		...a,
		...b,
		...a.resources || b.resources ? { resources: {
			...a.resources,
			...b.resources
		} } : {},
		...a.environment || b.environment ? { environment: {
			...a.environment,
			...b.environment,
			...set.size > 0 ? { set } : {}
		} } : {}
	};
}

export { readSteps, singleStep };