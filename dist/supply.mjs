// src/capabilities/facts.ts
/** The system programs that the sandbox is built from. */
const TOOL_NAMES = [
	"bwrap",
	"slirp4netns",
	"pasta",
	"nft",
	"ip",
	"unshare",
	"nsenter",
	"setpriv",
	"prlimit",
	"mount",
	"chown",
	"flock",
	"mknod",
	"mkfifo",
	"rm",
	"tee",
	"cat",
	"env",
	"systemd-run",
	"perl"
];
/** Nothing is lost without these, as long as the others are there. */
const SPARE_TOOLS = [
	"pasta",
	"systemd-run",
	"perl"
];
/** Those that Glovebox can bring along; everything else is on every machine or its package manager's. */
const SUPPLIED_TOOLS = [
	"bwrap",
	"slirp4netns",
	"nft"
];
/** Tools that were not found keep their bare name: it only shows in an `explain`. */
function commandsOf(tools) {
	const named = Object.entries(tools).map(([name, { path }]) => [name, path ?? name]);
	const supplied = SUPPLIED_TOOLS.map((name) => {
		const { supply, path } = tools[name];
		return [name, supply?.command ?? [path ?? name]];
	});
	return Object.fromEntries([...named, ...supplied]);
}

// src/capabilities/supply.ts
/** The oldest version of each tool that does its work. */
const OLDEST = {
	bwrap: "0.6.0",
	slirp4netns: "1.0.0",
	nft: "0.9.8"
};
/** Why a program cannot be used; null when it can. */
function unfit(tool, candidate) {
	const { setuid, rewritable, version, said } = candidate;
	if (setuid) return "it is setuid, and would run with rights that nobody gave it";
	if (rewritable !== null) return `${rewritable} could be rewritten by a step`;
	if (version === null) return `it does not work${said === "" ? "" : ` (${said})`}`;
	if (!isAtLeast(version, OLDEST[tool])) return `it is ${version}, older than ${OLDEST[tool]}`;
	return null;
}
/** Whether a version such as `1.0.12` is that of `oldest` or a later one. */
function isAtLeast(version, oldest) {
	const [have, want] = [version, oldest].map((text) => text.split(".").map(Number));
	for (const [index, part] of (want ?? []).entries()) {
		const ours = have?.[index] ?? 0;
		if (ours !== part) return ours > part;
	}
	return true;
}
const MIRROR_FORM = "http:// or https://, a host and a path; no user, password or query";
/** The base of a mirror's addresses, without a slash at its end; null where it cannot be one. */
function readMirror(text) {
	const [, scheme, rest = ""] = /^(https?):\/\/([^\s?#@]+)$/.exec(text) ?? [];
	return scheme === void 0 ? null : `${scheme}://${rest.replace(/\/+$/, "")}`;
}
/** For each tool that Glovebox can bring along, where it is from and what was passed over for it. */
function originLines(tools) {
	return SUPPLIED_TOOLS.flatMap((name) => {
		const { path, version, supply, passedOver = [] } = tools[name];
		return [path === null ? `${name}: missing` : `${name} ${version ?? "?"}: ${ORIGIN[supply?.source ?? "system"]}, ${path}`, ...passedOver.map((reason) => `  passed over: ${reason}`)];
	});
}
const ORIGIN = {
	system: "the system's",
	archive: "an archive of the manifest",
	packages: "the distribution's package, unpacked"
};

export { unfit as a, TOOL_NAMES as c, readMirror as i, commandsOf as l, isAtLeast as n, SPARE_TOOLS as o, originLines as r, SUPPLIED_TOOLS as s, MIRROR_FORM as t };