import { r as harmless } from "./text.mjs";

// src/console/problems.ts
/** Two lines a problem: where and what, and what was expected. */
function problemLines(problems, style) {
	return problems.flatMap(({ place, path, message, expected }) => {
		const where = [
			place.origin,
			place.line,
			place.column
		].filter((part) => part !== void 0).join(":");
		const what = path === "" ? message : `${path}: ${message}`;
		return [`  ${style.bold(harmless(where))}  ${harmless(what)}`, ...expected === void 0 ? [] : [`    ${style.dim("expected")} ${harmless(expected)}`]];
	});
}

export { problemLines as t };