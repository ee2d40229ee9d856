import { i as shown, n as printable } from "./reading.mjs";
import { f as suggestion } from "./entries.mjs";
import { i as readEntry, t as policySchema } from "./schema.mjs";
import { t as require_dist } from "./vendor-yaml.mjs";

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
	["filesystem", "outputs"],
	["filesystem", "logs"],
	["syscalls", "allow"],
	["syscalls", "block"],
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
		syscalls: input.syscalls && syscallValues(input.syscalls, at),
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
		hide: many(filesystem.hide, ["filesystem", "hide"], at),
		outputs: many(filesystem.outputs, ["filesystem", "outputs"], at),
		logs: many(filesystem.logs, ["filesystem", "logs"], at),
		outputsOn: one(filesystem["outputs-on"], ["filesystem", "outputs-on"], at),
		outputsMissing: one(filesystem["outputs-missing"], ["filesystem", "outputs-missing"], at),
		maxOutputSize: one(filesystem["max-output-size"], ["filesystem", "max-output-size"], at),
		maxOutputFiles: one(filesystem["max-output-files"], ["filesystem", "max-output-files"], at)
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
function syscallValues(syscalls, at) {
	return present({
		profile: one(syscalls.profile, ["syscalls", "profile"], at),
		allow: many(syscalls.allow, ["syscalls", "allow"], at),
		block: many(syscalls.block, ["syscalls", "block"], at)
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

// src/policy/tree.ts
var import_dist = require_dist();
const MOST_ALIASES = 100;
/** Checks keys and aliases, which the schema cannot see, and turns the document into plain data. Changes the document. */
function readTree(document, positionOf) {
	const findings = [];
	const keys = /* @__PURE__ */ new Map();
	const targets = /* @__PURE__ */ new Map();
	const positionIn = (node) => positionOf(node?.range?.[0] ?? 0);
	/** The node to keep at this path: itself, or an empty one for an alias that leads nowhere. */
	function settle(node, path) {
		if ((0, import_dist.isAlias)(node)) return settleAlias(node, path);
		if ((0, import_dist.isMap)(node)) settleMap(node, path);
		if ((0, import_dist.isSeq)(node)) node.items.forEach((item, index) => node.items[index] = settle(item, [...path, index]));
		if ((0, import_dist.isScalar)(node)) keepSpelling(node, path);
		return node;
	}
	function settleAlias(alias, path) {
		const target = targets.size < MOST_ALIASES ? alias.resolve(document) : void 0;
		targets.set(alias, target);
		if (target || targets.size > MOST_ALIASES) return alias;
		findings.push({
			path,
			message: `\`*${printable(alias.source)}\` is an alias of nothing`,
			expected: `a value that starts with * in quotes, like "*${printable(alias.source)}"`,
			position: positionIn(alias)
		});
		const empty = new import_dist.Scalar(null);
		if (alias.range) empty.range = alias.range;
		return empty;
	}
	function settleMap(map, path) {
		const known = /* @__PURE__ */ new Map();
		for (const pair of map.items) {
			const key = (0, import_dist.isScalar)(pair.key) && typeof pair.key.value === "string" ? pair.key.value : null;
			const first = key === null ? void 0 : known.get(key);
			if (key === null || first) findings.push(keyFinding(path, key, pair.key, first?.key));
			else known.set(key, pair);
			pair.value = settle(pair.value, key === null ? path : [...path, key]);
		}
		map.items = [...known.values()];
		keys.set(map, known);
	}
	function keyFinding(path, key, node, first) {
		const position = positionIn(node);
		return key === null ? {
			path,
			message: "a key is not text",
			expected: "a name as the key",
			position,
			onKey: true
		} : {
			path: [...path, key],
			message: `key \`${printable(key)}\` is given twice`,
			expected: `each key once; the first is on line ${positionIn(first).line}`,
			position,
			onKey: true
		};
	}
	function locate(path, onKey = false) {
		let node = document.contents;
		let found = node;
		for (const [depth, step] of path.entries()) {
			if ((0, import_dist.isAlias)(node)) node = targets.get(node);
			const pair = (0, import_dist.isMap)(node) ? keys.get(node)?.get(String(step)) : void 0;
			if (pair && onKey && depth === path.length - 1) return positionIn(pair.key);
			node = (0, import_dist.isSeq)(node) ? node.items[Number(step)] : pair?.value;
			if (!node) return positionIn(pair?.key ?? found);
			found = node;
		}
		return positionIn(found);
	}
	document.contents = settle(document.contents, []);
	const value = plainValue(document, targets.size);
	if (value !== void 0) return {
		value,
		findings,
		locate
	};
	const excess = {
		path: [],
		message: "the file has too many aliases",
		expected: `at most ${MOST_ALIASES}`
	};
	return {
		value,
		findings: [...findings, excess],
		locate
	};
}
/** A variable set to 1.10 or 007 gets exactly those characters, not the number's shortest spelling. */
function keepSpelling(scalar, [section, key, name]) {
	const written = typeof scalar.value === "number" || typeof scalar.value === "boolean" ? scalar.source : void 0;
	if (section === "environment" && key === "set" && name !== void 0 && written !== void 0) scalar.value = written;
}
function plainValue(document, aliases) {
	if (aliases > MOST_ALIASES) return void 0;
	try {
		return document.toJS({ maxAliasCount: 101 });
	} catch (thrown) {
		if (thrown instanceof ReferenceError) return void 0;
		throw thrown;
	}
}

// src/policy/document.ts
const LARGEST_DOCUMENT = 1048576;
const LONGEST_MESSAGE = 200;
const START = {
	line: 1,
	column: 1
};
/** The parser calls itself for each level, so thousands of levels exhaust the stack. */
const TOO_DEEP = {
	path: [],
	message: "the file is nested too deeply",
	expected: "the few levels of a policy",
	position: START
};
/** These leave the rest of the document readable; after any other error its meaning is a guess. */
const HARMLESS_ERRORS = /* @__PURE__ */ new Set(["MULTIPLE_DOCS", "TAG_RESOLVE_FAILED"]);
/** Reads YAML 1.2 text. Never throws: all that is wrong is in `findings`. */
function readDocument(source) {
	const text = source.startsWith("﻿") ? source.slice(1) : source;
	const unreadable = unreadableText(text);
	if (unreadable) return broken(unreadable);
	try {
		return readYaml(text);
	} catch {
		return broken(TOO_DEEP);
	}
}
function broken(finding) {
	return {
		value: void 0,
		findings: [finding],
		locate: () => finding.position ?? START
	};
}
function unreadableText(text) {
	if (text.length > LARGEST_DOCUMENT || new TextEncoder().encode(text).length > LARGEST_DOCUMENT) return {
		path: [],
		message: "the file is too large for a policy",
		expected: "at most 1 MiB",
		position: START
	};
	const index = text.search(/[^\P{Cc}\t\n\r\x85]/u);
	if (index < 0) return null;
	const before = text.slice(0, index).split("\n");
	return {
		path: [],
		message: text[index] === "\0" ? "the file has a NUL byte" : "the file has a control character",
		expected: "UTF-8 text without control characters",
		position: {
			line: before.length,
			column: (before.at(-1)?.length ?? 0) + 1
		}
	};
}
function readYaml(text) {
	const lines = new import_dist.LineCounter();
	const positionOf = (offset) => {
		const { line, col } = lines.linePos(offset);
		return {
			line: Math.max(line, 1),
			column: Math.max(col, 1)
		};
	};
	const document = (0, import_dist.parseDocument)(text, {
		lineCounter: lines,
		prettyErrors: false,
		uniqueKeys: false,
		version: "1.2",
		schema: "core",
		merge: false,
		resolveKnownTags: false
	});
	if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION")) return broken(TOO_DEEP);
	const syntax = firstAtEachPlace([...document.errors, ...document.warnings]).map((error) => syntaxFinding(error, positionOf));
	if (document.errors.some(({ code }) => !HARMLESS_ERRORS.has(code))) return {
		value: void 0,
		findings: syntax,
		locate: () => START
	};
	const tree = readTree(document, positionOf);
	return {
		...tree,
		findings: [...syntax, ...tree.findings]
	};
}
/** One slip makes the parser complain about the same place more than once. */
function firstAtEachPlace(errors) {
	const places = /* @__PURE__ */ new Set();
	return errors.filter(({ pos: [offset] }) => !places.has(offset) && places.add(offset));
}
const SYNTAX_EXPECTED = {
	MULTIPLE_DOCS: "one document in a file",
	TAB_AS_INDENT: "spaces",
	TAG_RESOLVE_FAILED: "no tag",
	BAD_ALIAS: "a value that starts with * in quotes"
};
function syntaxFinding(error, positionOf) {
	const [first = ""] = error.message.split("\n");
	const message = error.code === "MULTIPLE_DOCS" ? "the file has several documents" : `not YAML: ${lowerFirst(first)}`;
	return {
		path: [],
		message: printable(message.replace(/[.:]$/, ""), LONGEST_MESSAGE),
		expected: SYNTAX_EXPECTED[error.code] ?? "YAML 1.2; texts with special characters in quotes",
		position: positionOf(error.pos[0])
	};
}
function lowerFirst(text) {
	return text.charAt(0).toLowerCase() + text.slice(1);
}

export { wrongChoice as a, unknownKey as i, valuesOf as n, wrongType as o, checkInput as r, problemOf as s, readDocument as t };