import { t as require_dist } from "./vendor-yaml.mjs";
import { n as printable } from "./reading.mjs";

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

export { readDocument as t };