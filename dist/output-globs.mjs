import { r as __toESM } from "./rolldown-runtime.mjs";
import { t as require_posix } from "./vendor-picomatch.mjs";
import { i as shown, r as refuse, t as accept } from "./reading.mjs";

// src/policy/output-globs.ts
var import_posix = /* @__PURE__ */ __toESM(require_posix(), 1);
/** What JSON Schema can say of a glob; the rest is read by hand. */
const OUTPUT_GLOB_PATTERN = String.raw`^!?[^/~\\][^\\]*$`;
const EXPECTED = "a path or glob relative to the workspace, such as dist, dist/** or !dist/**/*.map, without `..` and `\\`";
const LONGEST = 1024;
/** `flags`: a name may have a newline, and `**` means that one too. */
const OPTIONS = {
	dot: true,
	nonegate: true,
	debug: true,
	flags: "s"
};
/** Reads one entry; what could lead out of the workspace, or never comes out, is refused. */
function readOutputGlob(raw) {
	if (typeof raw !== "string" || raw === "") return refuse(`${shown(raw)} is not a glob`, EXPECTED);
	const { glob, excludes } = takenApart(raw);
	const reason = unusable(raw, glob, excludes);
	return reason === null ? accept(raw) : refuse(`${shown(raw)} ${reason}`, EXPECTED);
}
function unusable(raw, glob, excludes) {
	if (raw.length > LONGEST) return "is too long";
	if (raw.includes("\0")) return "has a NUL";
	if (raw.includes("\\")) return "has a backslash; `[*]` means a star itself";
	if (glob.startsWith("/")) return "is absolute";
	if (glob.startsWith("~")) return "leads to a home, and the step's is thrown away";
	const steps = glob.split("/");
	if (steps.includes("..")) return "leads upwards";
	if (steps.includes("") || steps.includes(".")) return "has an empty step";
	const shut = excludes ? void 0 : steps.find((step) => neverComesOut(step));
	if (shut !== void 0) return `names \`${shut}\`, which never comes out`;
	return compiles(glob) ? null : "is not a glob that can be read";
}
function compiles(glob) {
	try {
		compileGlob(glob);
		return true;
	} catch {
		return false;
	}
}
/** An entry that was read before, taken apart. */
function outputGlob(text) {
	const { glob, excludes } = takenApart(text);
	const { isGlob, base } = import_posix.default.scan(glob);
	return {
		glob,
		excludes,
		base: isGlob ? base : glob,
		plain: !isGlob
	};
}
/** `!(a|b)` is a glob of its own, and no exclusion. */
function takenApart(text) {
	const excludes = text.startsWith("!") && text[1] !== "(";
	return {
		glob: (excludes ? text.slice(1) : text).replace(/^(?:\.\/)+/, "").replace(/(?<=.)\/$/, ""),
		excludes
	};
}
/** Matches whole paths relative to the workspace. Throws where the glob cannot be read. */
function compileGlob(glob) {
	return import_posix.default.makeRe(glob, OPTIONS);
}
/**
* A name as a file system that ignores case would compare it, so that `.GIT` is known for what it is.
* Such file systems also leave out characters that nobody sees.
*/
function foldedName(name) {
	return name.normalize("NFKC").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "").toLowerCase();
}
/**
* What git and the CI system read by themselves: whoever writes it decides what later steps run. Some
* file systems leave out dots and blanks at the end, or know a name by a short one as well.
*/
function neverComesOut(name) {
	return [
		".git",
		".github",
		"git~1"
	].includes(foldedName(name).replace(/[. ]+$/, ""));
}

export { outputGlob as a, neverComesOut as i, compileGlob as n, readOutputGlob as o, foldedName as r, OUTPUT_GLOB_PATTERN as t };