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

export { commandsOf as i, SUPPLIED_TOOLS as n, TOOL_NAMES as r, SPARE_TOOLS as t };