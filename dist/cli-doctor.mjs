import { _ as evaluate, c as findProgram, h as shedIds, l as locateTools, r as probeHost, t as currentEnvironment, v as PACKAGE_OF } from "./environment.mjs";
import { t as mergePolicies } from "./merge.mjs";
import { n as styleFor, r as GloveboxError, t as columns } from "./style.mjs";
import { spawn } from "node:child_process";

// src/tools/install.ts
const MANAGERS = [
	{
		name: "apt-get",
		commands: [["update"], [
			"install",
			"--yes",
			"--no-install-recommends"
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
const DIRECTORIES = [
	"/usr/bin",
	"/usr/sbin",
	"/bin",
	"/sbin",
	"/usr/local/bin"
];
/** The packages of the tools that were not found. */
function missingPackages(tools) {
	const names = Object.entries(tools);
	return [...new Set(names.filter(([, { path }]) => path === null).map(([name]) => PACKAGE_OF[name]))];
}
/**
* Installs packages through the system's package manager, as root or with passwordless sudo.
* `tell` gets one line before each command. Throws when that is not possible.
*/
async function installPackages(packages, tell) {
	const byHand = `install ${packages.join(", ")} by hand`;
	const manager = await findManager();
	if (manager === null) throw new GloveboxError("setup-failed", "no package manager that Glovebox knows was found", { remedy: byHand });
	const prefix = await privilegePrefix();
	if (prefix === null) throw new GloveboxError("setup-failed", `${packages.join(", ")} cannot be installed: neither root nor passwordless sudo`, { remedy: `${byHand}: sudo ${[
		manager.file,
		...manager.commands.at(-1) ?? [],
		...packages
	].join(" ")}` });
	for (const [index, command] of manager.commands.entries()) {
		const last = index === manager.commands.length - 1;
		tell(last ? `installing ${packages.join(", ")}` : "refreshing the package lists");
		const problem = await runManager([
			...prefix,
			manager.file,
			...command,
			...last ? packages : []
		]);
		if (problem !== null && last) throw new GloveboxError("setup-failed", `${manager.name} could not install ${packages.join(", ")}: ${problem}`, { remedy: byHand });
	}
}
async function findManager() {
	for (const manager of MANAGERS) {
		const file = await findProgram(manager.name, DIRECTORIES);
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
	const sudo = await findProgram("sudo", DIRECTORIES);
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

// src/cli/live-line.ts
const ERASE = "\r\x1B[2K";
function liveLine(stream) {
	if (!stream.isTTY || process.env["TERM"] === "dumb") return {
		show: () => void 0,
		clear: () => void 0
	};
	return {
		show: (text) => void stream.write(`${ERASE}${text}…`),
		clear: () => void stream.write(ERASE)
	};
}

// src/cli/doctor.ts
const EVERYTHING = {
	rules: true,
	egress: true,
	overlay: true,
	memoryCgroup: true
};
/** Tries everything, tells what can be enforced, and with `--fix` mends what it may. */
async function doctorCommand({ json, fix, quiet }) {
	if (fix) await installMissing();
	const policy = mergePolicies([]);
	const owner = {
		uid: process.getuid?.() ?? 0,
		gid: process.getgid?.() ?? 0
	};
	const facts = await probeHost({
		needs: EVERYTHING,
		environment: currentEnvironment(),
		writable: [],
		shed: (identity) => shedIds(policy, identity, owner)
	});
	const capabilities = evaluate(facts);
	const healthy = [
		capabilities.sandbox,
		capabilities.overlay,
		capabilities.limits,
		capabilities.privilegeDrop
	].every(({ available }) => available);
	if (json) process.stdout.write(`${JSON.stringify({
		healthy,
		facts,
		capabilities
	}, null, 2)}\n`);
	else if (!quiet || !healthy) process.stdout.write(report(facts, capabilities, healthy, styleFor(process.stdout)));
	return healthy ? 0 : 1;
}
async function installMissing() {
	const packages = missingPackages(await locateTools(process.env["PATH"] ?? ""));
	if (packages.length === 0) return;
	const line = liveLine(process.stderr);
	try {
		await installPackages(packages, (text) => line.show(`glovebox: ${text}`));
	} finally {
		line.clear();
	}
}
function report(facts, capabilities, healthy, style) {
	const rows = rowsOf(capabilities);
	const withRemedies = columns(rows.map(({ layer, verdict, how }) => [
		layer,
		verdict.available ? "can" : "cannot",
		verdict.available ? how : verdict.reason
	])).map((line, index) => {
		return rows[index]?.verdict.available === true ? line.replace(" can ", style.good(" can ")) : line.replace(" cannot ", style.bad(" cannot "));
	}).flatMap((line, index) => {
		const verdict = rows[index]?.verdict;
		return verdict === void 0 || verdict.available ? [line] : [line, `    ${style.dim("→")} ${verdict.remedy}`];
	});
	const { host, identity, tools } = facts;
	const versions = [
		"bwrap",
		"slirp4netns",
		"nft"
	].map((name) => `${name} ${tools[name].version ?? "missing"}`);
	return [
		`${style.bold("glovebox doctor")}  ${host.platform} ${host.kernel} ${host.arch}, node ${host.node}, uid ${identity.uid}${identity.realRoot ? " (root)" : ""}`,
		`  ${style.dim(versions.join(", "))}`,
		"",
		...withRemedies,
		"",
		healthy ? style.good("The default policy can be enforced whole.") : style.bad("The default policy cannot be enforced here: a run would be refused."),
		""
	].join("\n");
}
function rowsOf(capabilities) {
	const { sandbox, loopback, rules, egress, overlay, limits, privilegeDrop, memoryCgroup } = capabilities;
	const first = (...verdicts) => verdicts.find(({ available }) => !available) ?? { available: true };
	return [
		{
			layer: "network: deny",
			verdict: sandbox,
			how: "network namespace with loopback only"
		},
		{
			layer: "network: records",
			verdict: first(sandbox, loopback, rules),
			how: "nftables"
		},
		{
			layer: "network: allowlist",
			verdict: first(sandbox, rules, egress),
			how: "slirp4netns and nftables"
		},
		{
			layer: "filesystem",
			verdict: sandbox,
			how: "bubblewrap"
		},
		{
			layer: "filesystem: overlay",
			verdict: first(sandbox, overlay),
			how: "overlayfs"
		},
		{
			layer: "resources",
			verdict: limits,
			how: memoryCgroup === null ? "rlimits; memory is watched" : `rlimits; memory cgroup v${memoryCgroup.version}`
		},
		{
			layer: "privilege",
			verdict: first(sandbox, privilegeDrop),
			how: "no_new_privs, no capabilities, uid not 0"
		},
		{
			layer: "environment",
			verdict: { available: true },
			how: "allowlist of names"
		}
	];
}

export { doctorCommand };