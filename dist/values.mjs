import { i as shown, n as printable } from "./reading.mjs";
import { r as readEntry, t as policySchema } from "./schema.mjs";

// src/policy/findings.ts
/** `network.allow[2]`; keys of other characters in quotes and brackets. */
function pathText(path) {
	return path.reduce((text, step) => {
		if (typeof step === "number") return `${text}[${step}]`;
		if (!/^[\w-]+$/.test(step)) return `${text}["${printable(step)}"]`;
		return text === "" ? step : `${text}.${step}`;
	}, "");
}
function problemOf(finding, origin, position) {
	const { path, message, expected } = finding;
	return {
		place: {
			origin,
			...position
		},
		path: pathText(path),
		message,
		expected
	};
}

// src/policy/suggestion.ts
const LONGEST_GUESSED = 40;
const SHORTEST_PREFIX = 3;
const FARTHEST = 2;
/** The known name that a misspelled one most likely meant; null where none is close. */
function suggestion(written, known) {
	if (written.length > LONGEST_GUESSED) return null;
	const plain = plainOf(written);
	return known.filter((name) => Math.abs(plainOf(name).length - plain.length) <= FARTHEST).map((name) => ({
		name,
		distance: distanceOf(plain, plainOf(name))
	})).filter(({ name, distance }) => distance <= Math.min(FARTHEST, Math.floor(name.length / 2))).toSorted((a, b) => a.distance - b.distance)[0]?.name ?? known.find((name) => startsAlike(plain, plainOf(name))) ?? null;
}
/** `onUnavailable`, `on_unavailable` and `On-Unavailable` are one word here. */
function plainOf(name) {
	return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
function startsAlike(a, b) {
	return Math.min(a.length, b.length) >= SHORTEST_PREFIX && (a.startsWith(b) || b.startsWith(a));
}
/** Letters to add, drop, change, or swap with their neighbour, to make one word of the other. */
function distanceOf(a, b) {
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row += 1) {
		const next = [row];
		for (let column = 1; column <= b.length; column += 1) {
			const changed = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
			const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
			next.push(Math.min(changed, swapped, (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
		}
		[beforeLast, last] = [last, next];
	}
	return last[b.length] ?? Infinity;
}

// src/policy/schema-findings.ts
const TYPE_EXPECTED = {
	array: "a list",
	object: "a map",
	boolean: "true or false"
};
const LISTS = [
	["network", "allow"],
	["network", "expect-blocked"],
	["filesystem", "read"],
	["filesystem", "write"],
	["filesystem", "hide"],
	["environment", "pass"],
	["runner", "outputs"],
	["runner", "env"],
	["runner", "path"]
];
/** Checks plain data against the schema; `input` is null exactly when there are findings. */
function checkInput(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return {
		input: null,
		findings: [notAMap(value)]
	};
	const result = policySchema.safeParse(value, { reportInput: true });
	const findings = [...result.error?.issues.flatMap(findingsOf) ?? [], ...LISTS.flatMap((path) => repeats(value, path))];
	return {
		input: findings.length === 0 ? result.data ?? null : null,
		findings
	};
}
function notAMap(value) {
	return {
		path: [],
		message: value === null || value === void 0 ? "the file is empty" : `the policy is ${shown(value)}`,
		expected: "a map that starts with `version: 1`"
	};
}
function findingsOf(issue) {
	const path = issue.path.map((step) => typeof step === "number" ? step : String(step));
	if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, keysAt(path)));
	if (issue.code === "invalid_value") return [wrongChoice(path, issue.input, issue.values)];
	if (issue.code === "invalid_type") return [wrongType(path, issue.input, issue.expected)];
	const expected = issue.code === "custom" ? String(issue.params?.["expected"] ?? "") : "";
	return [{
		path,
		message: issue.message,
		expected
	}];
}
function unknownKey(path, key, known) {
	const guess = suggestion(key, known);
	const hint = guess === null ? "" : ` (did you mean \`${guess}\`?)`;
	return {
		path: [...path, key],
		message: `unknown key \`${printable(key)}\``,
		expected: `one of ${known.join(", ")}${hint}`,
		onKey: true
	};
}
/** The keys of the map at a path, which is the policy itself or one of its sections. */
function keysAt([section]) {
	const shape = policySchema.shape;
	if (section === void 0) return Object.keys(shape);
	const inner = shape[section]?.def.innerType;
	return Object.keys(inner?.shape ?? {});
}
function wrongChoice(path, input, values) {
	const expected = values.length === 1 ? `\`${String(path.at(-1))}: ${String(values[0])}\`` : `one of ${values.join(", ")}`;
	if (input === void 0) return {
		path,
		message: `\`${path.join(".")}\` is missing`,
		expected
	};
	return {
		path,
		message: `${typeof input === "string" && typeof values[0] !== "string" ? `\`${printable(JSON.stringify(input))}\`` : shown(input)} is not a value of \`${path.join(".")}\``,
		expected
	};
}
function wrongType(path, input, type) {
	return {
		path,
		message: `\`${path.join(".")}\` is ${shown(input)}`,
		expected: TYPE_EXPECTED[type] ?? type
	};
}
/** Entries that say the same as an earlier one, however spelled. */
function repeats(value, [section, key]) {
	const items = value[section]?.[key];
	if (!Array.isArray(items)) return [];
	const seen = /* @__PURE__ */ new Map();
	return items.flatMap((item, index) => {
		const text = section === "network" ? canonicalEntry(item) : item;
		const first = typeof text === "string" ? seen.get(text) : void 0;
		if (typeof text === "string" && first === void 0) seen.set(text, index);
		if (first === void 0) return [];
		const message = `${shown(item)} says the same as \`${section}.${key}[${first}]\``;
		return [{
			path: [
				section,
				key,
				index
			],
			message,
			expected: "each entry once"
		}];
	});
}
function canonicalEntry(item) {
	const read = readEntry(item);
	return read.ok ? read.value.text : null;
}

// src/policy/values.ts
/** Pairs each value of a checked document with its source, in the policy's own names. */
function valuesOf(input, at) {
	return present({
		onUnavailable: one(input["on-unavailable"], ["on-unavailable"], at),
		network: input.network && networkValues(input.network, at),
		filesystem: input.filesystem && filesystemValues(input.filesystem, at),
		resources: input.resources && resourceValues(input.resources, at),
		privilege: input.privilege && privilegeValues(input.privilege, at),
		environment: input.environment && environmentValues(input.environment, at),
		runner: input.runner && runnerValues(input.runner, at)
	});
}
function networkValues(network, at) {
	const allow = many(network.allow, ["network", "allow"], at);
	const groups = allow?.flatMap(groupIn) ?? [];
	return present({
		mode: one(network.mode, ["network", "mode"], at),
		allow: allow?.flatMap(entryIn),
		groups: groups.length === 0 ? void 0 : groups,
		blockMetadata: one(network["block-metadata"], ["network", "block-metadata"], at),
		resolver: one(network.resolver, ["network", "resolver"], at),
		backend: one(network.backend, ["network", "backend"], at),
		interface: one(network.interface, ["network", "interface"], at),
		address: one(network.address, ["network", "address"], at),
		netmask: one(network.netmask, ["network", "netmask"], at),
		gateway: one(network.gateway, ["network", "gateway"], at),
		onBlocked: one(network["on-blocked"], ["network", "on-blocked"], at),
		expectBlocked: many(network["expect-blocked"], ["network", "expect-blocked"], at)
	});
}
function entryIn({ value, source }) {
	return value.kind === "group" ? [] : [{
		value,
		source
	}];
}
function groupIn({ value, source }) {
	return value.kind === "group" ? [{
		value: value.name,
		source
	}] : [];
}
function filesystemValues(filesystem, at) {
	return present({
		mode: one(filesystem.mode, ["filesystem", "mode"], at),
		read: many(filesystem.read, ["filesystem", "read"], at),
		write: many(filesystem.write, ["filesystem", "write"], at),
		hide: many(filesystem.hide, ["filesystem", "hide"], at)
	});
}
function resourceValues(resources, at) {
	return present({
		timeout: one(resources.timeout, ["resources", "timeout"], at),
		cpuTime: one(resources["cpu-time"], ["resources", "cpu-time"], at),
		memory: one(resources.memory, ["resources", "memory"], at),
		processes: one(resources.processes, ["resources", "processes"], at),
		openFiles: one(resources["open-files"], ["resources", "open-files"], at),
		fileSize: one(resources["file-size"], ["resources", "file-size"], at),
		output: one(resources.output, ["resources", "output"], at)
	});
}
function privilegeValues(privilege, at) {
	return present({
		mode: one(privilege.mode, ["privilege", "mode"], at),
		uid: one(privilege.uid, ["privilege", "uid"], at),
		gid: one(privilege.gid, ["privilege", "gid"], at)
	});
}
function environmentValues(environment, at) {
	return present({
		pass: many(environment.pass, ["environment", "pass"], at),
		set: environment.set && variables(environment.set, at)
	});
}
function runnerValues(runner, at) {
	return present({
		outputs: many(runner.outputs, ["runner", "outputs"], at),
		env: many(runner.env, ["runner", "env"], at),
		path: many(runner.path, ["runner", "path"], at),
		summary: one(runner.summary, ["runner", "summary"], at),
		annotations: one(runner.annotations, ["runner", "annotations"], at)
	});
}
function variables(set, at) {
	return new Map([...set].map(([name, value]) => [name, {
		value,
		source: at([
			"environment",
			"set",
			name
		])
	}]));
}
/** A value that is there; `none` arrives as null and counts. */
function one(value, path, at) {
	return value === void 0 ? void 0 : {
		value,
		source: at(path)
	};
}
function many(values, path, at) {
	return values?.map((value, index) => ({
		value,
		source: at([...path, index])
	}));
}
/** Leaves out what the document does not say, so that a later layer does not erase an earlier one. */
function present(values) {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== void 0));
}

export { problemOf as i, checkInput as n, suggestion as r, valuesOf as t };