import { A as findProgram, B as execute } from "./environment.mjs";
import { d as lacksOf } from "./shedding.mjs";
import { t as GloveboxError } from "./errors.mjs";
import { spawn } from "node:child_process";

// src/capabilities/apparmor.ts
/** What AppArmor would read as a pattern, or as something else than a path. */
const PLAIN_PATH = /^\/[\w./+-]+$/;
/**
* A profile for exactly the unshare that opens the room, which allows user namespaces and confines
* nothing; null where the path is no plain one. Bubblewrap needs none: it builds in that room, with
* the room's capabilities, and a second profile for it would put the system's own out of force. Nobody
* else has a profile of this name, so none of theirs goes when ours does.
*/
function profileFor(unshare) {
	if (!PLAIN_PATH.test(unshare)) return null;
	return [
		"abi <abi/4.0>,",
		"include <tunables/global>",
		"",
		`profile glovebox-unshare ${unshare} flags=(unconfined) {`,
		"  userns,",
		"}",
		""
	].join("\n");
}

// src/capabilities/mends.ts
const APPARMOR_SYSCTL = "kernel.apparmor_restrict_unprivileged_userns";
const MODULES = {
	"tun-missing": ["tun"],
	"nft-unsupported": ["nf_tables", "nft_reject_inet"],
	"nat-unsupported": [
		"nft_nat",
		"nf_nat",
		"nft_chain_nat"
	],
	"overlay-unsupported": ["overlay"],
	"macvlan-unsupported": ["macvlan"]
};
/** What mends these verdicts, each thing once. */
function mendsFor(verdicts, facts, { sysctl }) {
	return [...new Set(verdicts.flatMap(lacksOf).map(({ code }) => code))].flatMap((code) => mendOf(code, facts, sysctl) ?? []);
}
function mendOf(code, facts, sysctl) {
	switch (code) {
		case "userns-apparmor": return sysctl === "preferred" ? openToAll() : loadProfile(facts);
		case "userns-disabled": return sysctl === "never" ? null : allowNamespaces(facts);
		case "tun-closed": return openTun(facts.identity.uid);
		default: return loadModules(MODULES[code]);
	}
}
function openToAll() {
	return {
		kind: "apparmor-sysctl",
		aim: "let every program use user namespaces",
		commands: [{ argv: [
			"sysctl",
			"-w",
			`${APPARMOR_SYSCTL}=0`
		] }]
	};
}
function loadProfile({ tools }) {
	const { path } = tools.unshare;
	const stdin = path === null ? null : profileFor(path);
	if (stdin === null) return null;
	return {
		kind: "apparmor-profile",
		aim: `let ${path} use user namespaces, by an AppArmor profile`,
		commands: [{
			argv: [
				"apparmor_parser",
				"--replace",
				"--skip-cache"
			],
			stdin
		}]
	};
}
function allowNamespaces({ hints }) {
	const [name, value] = hints.maxUserNamespaces === 0 ? ["user.max_user_namespaces", "15000"] : ["kernel.unprivileged_userns_clone", "1"];
	return {
		kind: "sysctl",
		aim: "let users have user namespaces",
		commands: [{ argv: [
			"sysctl",
			"-w",
			`${name}=${value}`
		] }]
	};
}
/** An entry for one user more where the file system can, or else the device is the user's. */
function openTun(uid) {
	return {
		kind: "tun",
		aim: "open /dev/net/tun to this user alone",
		commands: [{ argv: [
			"setfacl",
			"--modify",
			`user:${uid}:rw`,
			"/dev/net/tun"
		] }, { argv: [
			"chown",
			String(uid),
			"/dev/net/tun"
		] }],
		anyOf: true
	};
}
function loadModules(names) {
	if (names === void 0) return null;
	return {
		kind: "module",
		aim: `load the kernel's ${names.join(", ")}`,
		commands: [{ argv: [
			"modprobe",
			"--all",
			...names
		] }]
	};
}
/** What is to be taken back later: a word, and no command that somebody could put in its place. */
function undoWord(mends, { tools }) {
	const kinds = mends.map(({ kind }) => kind);
	if (kinds.includes("apparmor-sysctl")) return "sysctl";
	return kinds.includes("apparmor-profile") ? `profile ${tools.unshare.path}` : "";
}
/** What takes it back; null for a word that says nothing. */
function undoOf(word) {
	if (word === "sysctl") return { argv: [
		"sysctl",
		"-w",
		`${APPARMOR_SYSCTL}=1`
	] };
	const [kind, unshare = "", ...rest] = word.split(" ");
	const stdin = kind === "profile" && rest.length === 0 ? profileFor(unshare) : null;
	return stdin === null ? null : {
		argv: ["apparmor_parser", "--remove"],
		stdin
	};
}

// src/tools/install.ts
const MANAGERS = [
	{
		name: "apt-get",
		commands: [["update"], [
			"install",
			"--yes",
			"--no-install-recommends",
			"-o",
			"DPkg::Lock::Timeout=60"
		]]
	},
	{
		name: "dnf",
		commands: [["install", "--assumeyes"]]
	},
	{
		name: "apk",
		commands: [["add", "--no-cache"]]
	},
	{
		name: "pacman",
		commands: [[
			"--sync",
			"--refresh",
			"--noconfirm"
		]]
	},
	{
		name: "zypper",
		commands: [["--non-interactive", "install"]]
	}
];
/** What root runs is looked for in these alone. */
const ROOT_DIRECTORIES = [
	"/usr/bin",
	"/usr/sbin",
	"/bin",
	"/sbin",
	"/usr/local/bin"
];
/**
* Installs packages through the system's package manager, as root or with passwordless sudo.
* `tell` gets one line before each command. Throws when that is not possible.
*/
async function installPackages(packages, tell) {
	const byHand = `install ${packages.join(", ")} by hand`;
	const manager = await findManager();
	if (manager === null) throw new GloveboxError("setup-failed", "no package manager that Glovebox knows was found", { remedy: byHand });
	const commands = commandsOf(manager, packages);
	const prefix = await privilegePrefix();
	if (prefix === null) throw new GloveboxError("setup-failed", `${packages.join(", ")} cannot be installed: neither root nor passwordless sudo`, { remedy: `${byHand}: sudo ${commands.at(-1)?.join(" ")}` });
	for (const command of commands) {
		const last = command === commands.at(-1);
		tell(last ? `installing ${packages.join(", ")}` : "refreshing the package lists");
		const problem = await runManager([...prefix, ...command]);
		if (problem !== null && last) throw new GloveboxError("setup-failed", `${manager.name} could not install ${packages.join(", ")}: ${problem}`, { remedy: byHand });
	}
}
/** What `installPackages` does, to be read by whoever is asked for consent. */
async function installLine(packages) {
	const manager = await findManager();
	return (manager === null ? [] : commandsOf(manager, packages)).map((command) => `sudo ${command.join(" ")}`).join("; ");
}
function commandsOf({ file, commands }, packages) {
	return commands.map((command, index, { length }) => [
		file,
		...command,
		...index === length - 1 ? packages : []
	]);
}
async function findManager() {
	for (const manager of MANAGERS) {
		const file = await findProgram(manager.name, ROOT_DIRECTORIES);
		if (file !== null) return {
			...manager,
			file
		};
	}
	return null;
}
/** What to put before a command to run it as root; null where we cannot. */
async function privilegePrefix() {
	if (process.getuid?.() === 0) return [];
	const sudo = await findProgram("sudo", ROOT_DIRECTORIES);
	if (sudo === null) return null;
	return await runManager([
		sudo,
		"--non-interactive",
		"--",
		"/bin/true"
	]) === null ? [
		sudo,
		"--non-interactive",
		"--"
	] : null;
}
/** What a command complained of; null when it succeeded. Keeps the environment: proxies and mirrors are set there. */
async function runManager(argv) {
	const [program = "", ...args] = argv;
	return await new Promise((resolve) => {
		const child = spawn(program, args, {
			env: {
				...process.env,
				DEBIAN_FRONTEND: "noninteractive"
			},
			stdio: [
				"ignore",
				"ignore",
				"pipe"
			]
		});
		let said = "";
		child.stderr.on("data", (chunk) => {
			said = (said + chunk.toString()).slice(-4e3);
		});
		child.once("error", (error) => resolve(error.message));
		child.once("close", (code) => resolve(code === 0 ? null : said.trim().split("\n").at(-1) ?? `exit code ${code}`));
	});
}

// src/tools/mend.ts
const NO_ROOT = "neither root nor passwordless sudo";
async function wayToRoot() {
	const prefix = await privilegePrefix();
	return prefix === null ? null : {
		prefix,
		directories: ROOT_DIRECTORIES
	};
}
/** Changes what root can change. Never throws. */
async function mendAll(mends, tell, findRoot = wayToRoot) {
	const done = [];
	const problems = [];
	if (mends.length === 0) return {
		done,
		begun: [],
		problems
	};
	const root = await findRoot();
	for (const mend of mends) {
		if (root !== null) tell(mend.aim);
		const problem = root === null ? NO_ROOT : await runCommands(root, mend.commands, mend.anyOf === true);
		if (problem === null) done.push(mend);
		else problems.push(`could not ${mend.aim}: ${problem}`);
	}
	return {
		done,
		begun: root === null ? [] : mends,
		problems
	};
}
/** Takes one change back; what went wrong, or null. */
async function undoMend(command, findRoot = wayToRoot) {
	const root = await findRoot();
	return root === null ? NO_ROOT : await runCommands(root, [command], false);
}
async function runCommands(root, commands, oneIsEnough) {
	let problem = null;
	for (const command of commands) {
		problem = await runAsRoot(root, command);
		if (problem === null === oneIsEnough) return problem;
	}
	return problem;
}
/** What it complained of; null when it succeeded. */
async function runAsRoot(root, { argv, stdin = "" }) {
	const [name = "", ...args] = argv;
	const program = await findProgram(name, root.directories);
	if (program === null) return `${name} was not found`;
	const { code, stderr } = await execute([
		...root.prefix,
		program,
		...args
	], { stdin });
	return code === 0 ? null : (stderr.trim().split("\n").at(-1) ?? "") || `exit code ${code}`;
}

export { privilegePrefix as a, undoWord as c, installPackages as i, undoMend as n, mendsFor as o, installLine as r, undoOf as s, mendAll as t };