import { n as valuesOf, r as checkInput, s as problemOf, t as readDocument } from "./document.mjs";

// src/policy/parse.ts
/**
* Reads one policy file. Never throws: whatever is wrong comes back in `problems`, all at once.
* `name` is the file as the user named it; `sha256` is of its bytes, in hex.
*/
function parsePolicy(text, meta) {
	const document = readDocument(text);
	const checked = document.value === void 0 ? null : checkInput(document.value);
	const findings = [...document.findings, ...fresh(checked?.findings ?? [], document.findings)];
	if (findings.length > 0 || !checked?.input) {
		const positionOf = (finding) => finding.position ?? document.locate(finding.path, finding.onKey);
		return {
			layer: null,
			problems: findings.map((finding) => problemOf(finding, meta.name, positionOf(finding))).toSorted(byPlace)
		};
	}
	const values = valuesOf(checked.input, (path) => ({
		kind: "file",
		name: meta.name,
		...document.locate(path)
	}));
	return {
		layer: {
			...meta,
			values
		},
		problems: []
	};
}
/** Leaves out what only follows from an alias that was already reported at the same path. */
function fresh(findings, reported) {
	const known = new Set(reported.filter(({ path, onKey }) => path.length > 0 && !onKey).map(({ path }) => keyOf(path)));
	return known.size === 0 ? [...findings] : findings.filter(({ path }) => !known.has(keyOf(path)));
}
function keyOf(path) {
	return JSON.stringify(path);
}
function byPlace({ place: a }, { place: b }) {
	return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

export { parsePolicy };