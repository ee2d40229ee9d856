import { i as messageOf, r as GloveboxError } from "./style.mjs";
import { n as formatAddress } from "./addresses.mjs";
import { accessSync, closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, realpathSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { arch, homedir, networkInterfaces, platform, release, tmpdir, userInfo } from "node:os";
import { access, chmod, mkdir, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/capabilities/diagnose.ts
/** The package that carries each tool, under the name that most distributions share. */
const PACKAGE_OF = {
	bwrap: "bubblewrap",
	slirp4netns: "slirp4netns",
	nft: "nftables",
	ip: "iproute2",
	unshare: "util-linux",
	nsenter: "util-linux",
	setpriv: "util-linux",
	prlimit: "util-linux",
	mount: "mount",
	chown: "coreutils",
	mknod: "coreutils",
	mkfifo: "coreutils",
	rm: "coreutils",
	tee: "coreutils",
	cat: "coreutils"
};
function missingTool(name) {
	return {
		available: false,
		code: "tool-missing",
		reason: `\`${name}\` was not found on PATH or in the system's own directories`,
		remedy: `install the package ${PACKAGE_OF[name]} (\`glovebox doctor --fix\` does it)`
	};
}
const WHAT = {
	namespaces: "user, network, mount and pid namespaces could not be created",
	bwrap: "bubblewrap could not build a sandbox",
	ip: "loopback could not be brought up in a new network namespace",
	nft: "an nftables ruleset could not be loaded in a new network namespace",
	slirp4netns: "slirp4netns could not attach to a new network namespace",
	overlay: "overlayfs could not be mounted"
};
/** Names the cause of a failed attempt and what mends it, from what was said and what the host shows. */
function diagnose(subject, attempt, facts) {
	if (!attempt.tried) return lack("not-probed", `${WHAT[subject]}: it was not tried`, "run `glovebox doctor`");
	const said = attempt.ok ? "" : firstLine(attempt.said);
	const because = said === "" ? WHAT[subject] : `${WHAT[subject]} (${said})`;
	const cause = CAUSES[subject].find(({ when }) => when(facts, said));
	if (cause === void 0) return lack(`${subject}-failed`, because, "run `glovebox doctor` and see docs/hosts.md");
	return lack(cause.code, `${because}: ${cause.why}`, cause.remedy);
}
const USERNS_CAUSES = [
	{
		code: "userns-disabled",
		when: ({ hints }) => hints.maxUserNamespaces === 0,
		why: "user.max_user_namespaces is 0",
		remedy: "sudo sysctl -w user.max_user_namespaces=15000"
	},
	{
		code: "userns-disabled",
		when: ({ hints }) => hints.usernsClone === 0,
		why: "kernel.unprivileged_userns_clone is 0",
		remedy: "sudo sysctl -w kernel.unprivileged_userns_clone=1"
	},
	{
		code: "userns-limit",
		when: (_, said) => /no space left on device/i.test(said),
		why: "the number of user namespaces is used up, or a namespace above this one allows none",
		remedy: "raise user.max_user_namespaces on the host, or in the container that this runs in"
	},
	{
		code: "userns-apparmor",
		when: ({ hints }) => hints.apparmorRestrictsUserns === 1,
		why: "AppArmor keeps unprivileged programs from using user namespaces",
		remedy: "load an AppArmor profile with `userns,` for bwrap and unshare, or: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
	},
	{
		code: "container-seccomp",
		when: ({ hints }, said) => hints.inContainer && /operation not permitted|permission denied/i.test(said),
		why: "the container's seccomp profile or masked /proc forbids it",
		remedy: "start the container with a profile that allows namespaces and with an unmasked /proc (see docs/hosts.md)"
	}
];
const CAUSES = {
	namespaces: USERNS_CAUSES,
	bwrap: [{
		code: "tool-too-old",
		when: (_, said) => /unknown option|unrecognized option/i.test(said),
		why: "this bubblewrap is too old",
		remedy: "install bubblewrap 0.6 or newer"
	}, ...USERNS_CAUSES],
	ip: [],
	nft: [{
		code: "nft-unsupported",
		when: (_, said) => /not supported|no such file or directory|protocol/i.test(said),
		why: "the kernel has no nf_tables, or its module is not loaded",
		remedy: "sudo modprobe -a nf_tables nft_reject_inet"
	}, {
		code: "tool-too-old",
		when: (_, said) => /syntax error/i.test(said),
		why: "this nft is too old",
		remedy: "install nftables 0.9.8 or newer"
	}],
	slirp4netns: [
		{
			code: "tun-missing",
			when: ({ hints }) => !hints.tunExists,
			why: "there is no /dev/net/tun",
			remedy: "sudo modprobe tun; in a container start it with --device /dev/net/tun"
		},
		{
			code: "tun-closed",
			when: ({ hints }) => !hints.tunOpens,
			why: "/dev/net/tun may not be opened by this user",
			remedy: "sudo chmod 0666 /dev/net/tun"
		},
		{
			code: "tool-too-old",
			when: (_, said) => /unrecognized option|unknown option/i.test(said),
			why: "this slirp4netns is too old",
			remedy: "install slirp4netns 1.0 or newer"
		}
	],
	overlay: [{
		code: "overlay-unsupported",
		when: (_, said) => /unknown filesystem type|no such device/i.test(said),
		why: "the kernel has no overlayfs",
		remedy: "sudo modprobe overlay, or set filesystem.mode"
	}, {
		code: "overlay-scratch",
		when: (_, said) => /wrong fs type|invalid argument|operation not permitted|permission denied/i.test(said),
		why: "the kernel is older than 5.11, or the scratch directory is itself on a file system that cannot hold an upper layer",
		remedy: "set TMPDIR to a directory on ext4, xfs, btrfs or a recent tmpfs"
	}]
};
function lack(code, reason, remedy) {
	return {
		available: false,
		code,
		reason,
		remedy
	};
}
function firstLine(text) {
	return text.trim().split("\n")[0]?.trim() ?? "";
}

// src/capabilities/evaluate.ts
const HAVE = { available: true };
/** Turns what probing found into verdicts with reasons. */
function evaluate(facts) {
	if (facts.host.platform !== "linux") return nothingOn(facts.host.platform);
	const first = (...verdicts) => verdicts.find((verdict) => !verdict.available) ?? HAVE;
	const tools = (...names) => first(...names.map((name) => facts.tools[name].path === null ? missingTool(name) : HAVE));
	const seen = (subject, attempt) => attempt.tried && attempt.ok ? HAVE : diagnose(subject, attempt, facts);
	const namespaces = first(tools("unshare", "nsenter", "cat"), seen("namespaces", facts.attempts.namespaces));
	return {
		namespaces,
		sandbox: first(tools("bwrap", "prlimit", "mkfifo"), namespaces, seen("bwrap", facts.attempts.bwrap)),
		loopback: first(tools("ip"), namespaces, seen("ip", facts.attempts.ip)),
		rules: first(tools("nft"), namespaces, seen("nft", facts.attempts.nft)),
		egress: first(tools("slirp4netns"), namespaces, seen("slirp4netns", facts.attempts.slirp4netns)),
		overlay: first(tools("mount", "rm"), namespaces, seen("overlay", facts.attempts.overlay)),
		limits: tools("prlimit"),
		privilegeDrop: tools("setpriv"),
		memoryCgroup: facts.memoryCgroup
	};
}
function nothingOn(platform) {
	const lack = {
		available: false,
		code: "platform-unsupported",
		reason: `${platformName(platform)} has no Linux namespaces, so no step can be sealed here`,
		remedy: "run the job on a Linux runner"
	};
	return {
		namespaces: lack,
		sandbox: lack,
		loopback: lack,
		rules: lack,
		egress: lack,
		overlay: lack,
		limits: lack,
		privilegeDrop: lack,
		memoryCgroup: null
	};
}
function platformName(platform) {
	return platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
}

// src/plan/downgrade.ts
/** A capability that is lacking, told as what it takes from a layer. */
function downgradeOf(layer, { code, reason, remedy }) {
	return {
		layer,
		code,
		reason,
		remedy
	};
}

// src/plan/privilege.ts
/** Nobody's: not `nobody`, whose processes and files may be somebody's. */
const SPARE_ID = 65533;
const DISGUISED_ID = 1e3;
/** root owns /proc/sys/kernel/core_pattern and its like: what it writes there runs outside. */
const ROOT_UNDOES = [
	"network",
	"filesystem",
	"resources"
].map((layer) => ({
	layer,
	code: "root-inherited",
	reason: "privilege.mode is inherit and the supervisor is root: a step with uid 0 can leave the sandbox",
	remedy: "set privilege.mode to drop, or run as an ordinary user"
}));
/** Decides under which kernel ids the step runs. */
function planPrivilege(policy, capabilities, host, workspaceOwner) {
	const shed = shedIds(policy, host, workspaceOwner);
	if (shed === null) return asOneself(policy, capabilities, host);
	const { uid, gid } = shed;
	const identity = {
		uid,
		gid,
		name: "glovebox",
		home: host.home,
		shed: true
	};
	if (!capabilities.privilegeDrop.available) return refusedDrop(host, [downgradeOf("privilege", capabilities.privilegeDrop)]);
	if (uid > host.maxUid || gid > host.maxUid) return refusedDrop(host, [{
		layer: "privilege",
		code: "uid-unmapped",
		reason: `the supervisor is root and uid ${uid} does not exist in this user namespace (the highest is ${host.maxUid})`,
		remedy: "run as an ordinary user, or set privilege.uid and privilege.gid to ids that exist here"
	}]);
	return {
		identity,
		layer: {
			status: "enforced",
			mechanism: `uid ${uid}, no_new_privs, no capabilities`
		},
		downgrades: [],
		notes: []
	};
}
/** The ids that a real root supervisor gives the step; null where there is nothing to shed. */
function shedIds(policy, host, workspaceOwner) {
	if (!host.realRoot || policy.privilege.mode.value === "inherit") return null;
	return {
		uid: policy.privilege.uid.value ?? firstId(host.sudoUid, workspaceOwner.uid),
		gid: policy.privilege.gid.value ?? firstId(host.sudoGid, workspaceOwner.gid)
	};
}
function asOneself(policy, capabilities, host) {
	const identity = ownIdentity(host);
	const tool = capabilities.sandbox.available ? capabilities.sandbox : capabilities.privilegeDrop;
	const { uid, gid } = policy.privilege;
	const notes = (uid.value ?? identity.uid) !== identity.uid || (gid.value ?? identity.gid) !== identity.gid ? [{
		code: "uid-not-changed",
		text: `privilege.uid and privilege.gid take effect only where the supervisor is root; the step runs as uid ${identity.uid}`
	}] : [];
	if (policy.privilege.mode.value === "inherit") return {
		identity,
		layer: {
			status: "not-requested",
			mechanism: "none"
		},
		downgrades: host.realRoot ? ROOT_UNDOES : [],
		notes
	};
	if (!tool.available) return {
		...refusedDrop(host, [downgradeOf("privilege", tool)]),
		notes
	};
	if (host.uid === 0 && !capabilities.sandbox.available) {
		const { remedy } = capabilities.sandbox;
		return {
			...refusedDrop(host, [{
				layer: "privilege",
				code: "uid-kept",
				reason: "the supervisor is uid 0 of a user namespace, and without a sandbox the step keeps that uid and its capabilities",
				remedy
			}]),
			notes
		};
	}
	return {
		identity,
		layer: {
			status: "enforced",
			mechanism: `uid ${identity.uid}, no_new_privs, no capabilities`
		},
		downgrades: [],
		notes
	};
}
function refusedDrop(host, downgrades) {
	return {
		identity: ownIdentity(host),
		layer: {
			status: "unavailable",
			mechanism: `none: uid ${host.uid}`
		},
		downgrades,
		notes: []
	};
}
/** uid 0 of a user namespace is nobody special outside, and should not look special inside. */
function ownIdentity(host) {
	const disguised = host.uid === 0 && !host.realRoot;
	return {
		uid: disguised ? DISGUISED_ID : host.uid,
		gid: disguised ? DISGUISED_ID : host.gid,
		name: disguised ? "glovebox" : host.userName ?? "glovebox",
		home: host.home,
		shed: false
	};
}
function firstId(...candidates) {
	return candidates.find((id) => id !== null && id !== 0) ?? SPARE_ID;
}

// src/plan/mounts.ts
/** Whether `path` is `directory` or lies under it. Both absolute and without `..`. */
function within(path, directory) {
	return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
/** Parents before children; of two mounts on one path the later wins. */
function inOrder(mounts) {
	const byTarget = /* @__PURE__ */ new Map();
	for (const mount of mounts) {
		byTarget.delete(mount.target);
		byTarget.set(mount.target, mount);
	}
	return [...byTarget.values()].sort((a, b) => depth(a.target) - depth(b.target));
}
/** bubblewrap's options for a file tree. Every path is absolute, so none is taken for an option. */
function bwrapOptions(mounts, emptyDirectory) {
	const whole = mounts.some(({ kind }) => kind === "host-root");
	return [...mounts.flatMap((mount) => optionOf(mount, emptyDirectory)), ...whole ? [] : ["--remount-ro", "/"]];
}
function optionOf(mount, emptyDirectory) {
	switch (mount.kind) {
		case "bind": return [
			mount.writable ? "--bind" : "--ro-bind",
			mount.source,
			mount.target
		];
		case "symlink": return [
			"--symlink",
			mount.to,
			mount.target
		];
		case "tmpfs": return [
			"--perms",
			mount.mode,
			"--tmpfs",
			mount.target
		];
		case "mask-file": return [
			"--ro-bind",
			"/dev/null",
			mount.target
		];
		case "mask-directory": return [
			"--ro-bind",
			emptyDirectory,
			mount.target
		];
		case "host-root": return [
			"--dev-bind",
			"/",
			"/"
		];
		case "proc": return [
			"--proc",
			"/proc",
			...mount.covered.flatMap((path) => [
				"--ro-bind",
				"/dev/null",
				path
			])
		];
		case "dev": return [
			"--dev",
			"/dev",
			"--perms",
			"1777",
			"--tmpfs",
			"/dev/shm"
		];
	}
}
function depth(path) {
	return path.split("/").length;
}

// src/capabilities/facts.ts
/** The system programs that the sandbox is built from. */
const TOOL_NAMES = [
	"bwrap",
	"slirp4netns",
	"nft",
	"ip",
	"unshare",
	"nsenter",
	"setpriv",
	"prlimit",
	"mount",
	"chown",
	"mknod",
	"mkfifo",
	"rm",
	"tee",
	"cat"
];

// src/tools/execute.ts
/**
* Runs a system program to its end with an empty environment, in a session of its own so that a
* Ctrl-C at the terminal reaches only us. Never throws: a failure is told in `stderr`.
*/
async function execute(argv, options = {}) {
	const [program = "", ...args] = argv;
	return await new Promise((resolve) => {
		const child = spawn(program, args, {
			env: {},
			detached: true,
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			timeout: options.timeout ?? 2e4,
			killSignal: "SIGKILL"
		});
		const stdout = [];
		const stderr = [];
		child.stdout.on("data", (chunk) => stdout.push(chunk));
		child.stderr.on("data", (chunk) => stderr.push(chunk));
		child.stdin.on("error", () => {});
		child.stdin.end(options.stdin ?? "");
		child.once("error", (error) => resolve({
			code: null,
			stdout: "",
			stderr: error.message
		}));
		child.once("close", (code, signal) => {
			const said = Buffer.concat(stderr).toString();
			resolve({
				code,
				stdout: Buffer.concat(stdout).toString(),
				stderr: signal === null ? said : `${said}ended by ${signal}`
			});
		});
	});
}

// src/tools/programs.ts
/** Where system programs live; /sbin is often missing from an ordinary user's PATH. */
const SYSTEM_DIRECTORIES = [
	"/usr/local/sbin",
	"/usr/local/bin",
	"/usr/sbin",
	"/usr/bin",
	"/sbin",
	"/bin"
];
const VERSION_FLAG = {
	bwrap: "--version",
	slirp4netns: "--version",
	nft: "--version"
};
/**
* Finds the system programs. The system's own directories come before PATH: a directory early in
* PATH may be one that a step could write.
*/
async function locateTools(path) {
	const directories = [...SYSTEM_DIRECTORIES, ...path.split(":").filter((entry) => entry.startsWith("/"))];
	const found = await Promise.all(TOOL_NAMES.map(async (name) => {
		const file = await findProgram(name, directories);
		return [name, {
			path: file,
			version: await versionOf(name, file)
		}];
	}));
	return Object.fromEntries(found);
}
/** The first executable file of that name, as an absolute path with symlinks resolved. */
async function findProgram(name, directories) {
	for (const directory of directories) {
		const file = join(directory, name);
		if (await isExecutable(file)) return await realpath(file);
	}
	return null;
}
async function isExecutable(file) {
	try {
		await access(file, constants.X_OK);
		return (await stat(file)).isFile();
	} catch {
		return false;
	}
}
async function versionOf(name, file) {
	const flag = VERSION_FLAG[name];
	if (flag === void 0 || file === null) return null;
	const { stdout } = await execute([file, flag], { timeout: 5e3 });
	return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? null;
}

// src/tools/room.ts
const ANSWER_WITHIN_MS = 2e4;
/** Where nobody reaps orphans, as in many containers, the kernel may keep an ended room for good. */
const ENDS_WITHIN_MS = 5e3;
/**
* Mount namespace for a root supervisor, in which it prepares what the step's uid may not: it lasts
* only until the holder has its copy.
*/
async function openAnteroom(tools) {
	return await open([
		tools.unshare,
		"--mount",
		"--propagation",
		"private",
		"--",
		tools.cat
	], (pid, inner) => [
		tools.nsenter,
		`--mount=/proc/${pid}/ns/mnt`,
		"--",
		...inner
	]);
}
/**
* The namespaces that own the step's network and mounts, and that every process of it lives in.
* Where egress cannot be had and the run goes on all the same, the network is the host's: not a
* namespace without a way out that looks like one with it.
*/
async function openHolder(tools, anteroom, shed, network = "own") {
	const unshare = [
		tools.unshare,
		...[
			"--user",
			"--map-root-user",
			"--mount",
			"--pid"
		],
		...[
			"--fork",
			"--kill-child",
			"--mount-proc"
		],
		...network === "own" ? ["--net"] : [],
		"--",
		tools.cat
	];
	const shedding = shed === null ? [] : shedPrefix(tools, shed);
	const argv = [...shedding, ...unshare];
	return await open(anteroom === null ? argv : anteroom.enter(argv), (pid, inner) => [
		...shedding,
		tools.nsenter,
		"--preserve-credentials",
		...[`--user=/proc/${pid}/ns/user`, `--mount=/proc/${pid}/ns/mnt`],
		...network === "own" ? [`--net=/proc/${pid}/ns/net`] : [],
		`--pid=/proc/${pid}/ns/pid_for_children`,
		"--",
		...inner
	]);
}
/** A root supervisor opens the tunnel device for the step's uid, in the anteroom's mounts only. */
async function offerTun(anteroom, tools) {
	await execute(anteroom.enter([
		tools.mount,
		"-t",
		"tmpfs",
		"-o",
		"mode=0755",
		"tmpfs",
		"/dev/net"
	]));
	await execute(anteroom.enter([
		tools.mknod,
		"-m",
		"0666",
		"/dev/net/tun",
		"c",
		"10",
		"200"
	]));
}
/** Gives up root for good. */
function shedPrefix(tools, { uid, gid }) {
	return [
		tools.setpriv,
		"--reuid",
		String(uid),
		"--regid",
		String(gid),
		"--clear-groups",
		"--inh-caps=-all",
		"--"
	];
}
async function open(argv, enter) {
	const [program = "", ...args] = argv;
	const child = spawn(program, args, {
		env: {},
		detached: true,
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		]
	});
	const gone = new Promise((resolve) => {
		child.once("close", () => resolve());
		child.once("error", () => resolve());
	});
	child.stdin.on("error", () => {});
	await answers(child, child.stdout, child.stderr);
	const pid = child.pid ?? 0;
	return {
		pid,
		enter: (inner) => enter(pid, inner),
		gone,
		close: async () => {
			child.stdin.destroy();
			await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS, void 0, { ref: false })]);
			child.stdout.destroy();
			child.stderr.destroy();
			child.unref();
		}
	};
}
/** The room is ready when `cat`, started after all namespaces were made, echoes a line. */
async function answers(child, stdout, stderr) {
	const said = [];
	const hung = setTimeout(() => child.kill("SIGKILL"), ANSWER_WITHIN_MS);
	stderr.on("data", (chunk) => said.push(chunk));
	child.stdin?.write("\n");
	const echo = once(stdout, "data").then(() => null);
	const failure = new Promise((resolve) => {
		child.once("error", (error) => resolve(error.message));
		child.once("close", () => resolve(Buffer.concat(said).toString().trim() || "it ended without a word"));
	});
	const problem = await Promise.race([echo, failure]);
	clearTimeout(hung);
	if (problem !== null) throw new GloveboxError("setup-failed", `the namespaces could not be created: ${problem}`);
}

// src/probe/attempts.ts
const NOTHING_TRIED = {
	namespaces: { tried: false },
	bwrap: { tried: false },
	ip: { tried: false },
	nft: { tried: false },
	slirp4netns: { tried: false },
	overlay: { tried: false }
};
/** Builds a small sandbox for each capability, side by side in one set of namespaces. */
async function tryEverything(request) {
	const { tools, needs, shed, scratchBase } = request;
	if (tools.unshare.path === null || tools.nsenter.path === null || tools.cat.path === null) return NOTHING_TRIED;
	const paths = Object.fromEntries(Object.entries(tools).map(([name, { path }]) => [name, path ?? ""]));
	const rooms = [];
	try {
		const anteroom = shed === null ? null : await openAnteroom(paths);
		if (anteroom !== null) {
			rooms.push(anteroom);
			await offerTun(anteroom, paths);
		}
		const holder = await openHolder(paths, anteroom, shed);
		rooms.push(holder);
		const [bwrap, ip, nft, slirp4netns, overlay] = await Promise.all([
			attempt(tools.bwrap, async () => await tryBwrap(holder, paths)),
			attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, paths)),
			attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, paths)),
			attempt(needs.egress ? tools.slirp4netns : null, async () => await trySlirp(holder, anteroom, shed, paths)),
			attempt(needs.overlay ? tools.mount : null, async () => await tryOverlay(anteroom ?? holder, paths, scratchBase, shed !== null))
		]);
		return {
			namespaces: {
				tried: true,
				ok: true
			},
			bwrap,
			ip,
			nft,
			slirp4netns,
			overlay
		};
	} catch (error) {
		return {
			...NOTHING_TRIED,
			namespaces: {
				tried: true,
				ok: false,
				said: messageOf(error)
			}
		};
	} finally {
		for (const room of rooms.toReversed()) await room.close();
	}
}
async function attempt(tool, act) {
	if (tool === null || tool.path === null) return { tried: false };
	const complaint = await act();
	return complaint === null ? {
		tried: true,
		ok: true
	} : {
		tried: true,
		ok: false,
		said: complaint
	};
}
/** What a program complained of; null when it succeeded. */
async function complaintOf(argv, stdin = "") {
	const { code, stderr } = await execute(argv, { stdin });
	return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}
async function tryBwrap(holder, tools) {
	return await complaintOf(holder.enter([
		tools.bwrap,
		...[
			"--unshare-user",
			"--unshare-pid",
			"--unshare-ipc",
			"--unshare-uts",
			"--unshare-cgroup"
		],
		...[
			"--hostname",
			"glovebox",
			"--uid",
			"1",
			"--gid",
			"1",
			"--cap-drop",
			"ALL",
			"--new-session",
			"--die-with-parent"
		],
		...[
			"--ro-bind",
			"/",
			"/",
			"--dev",
			"/dev",
			"--proc",
			"/proc",
			"--perms",
			"1777",
			"--tmpfs",
			"/tmp"
		],
		...["--", tools.cat]
	]));
}
async function tryIp(holder, tools) {
	return await complaintOf(holder.enter([
		tools.ip,
		"-batch",
		"-"
	]), "link set lo up\n");
}
const TRIAL_RULES = `table inet glovebox_probe {
set plain { type ipv4_addr; flags interval; auto-merge; elements = { 203.0.113.0/24 } }
set record { type ipv4_addr . inet_proto . inet_service; size 16; flags dynamic; counter; }
counter total { }
chain output {
type filter hook output priority 0; policy accept;
ip daddr @plain meta l4proto udp counter name total update @record { ip daddr . meta l4proto . udp dport }
ip daddr @plain meta l4proto tcp reject with tcp reset
ip daddr @plain reject with icmpx type admin-prohibited
}
}
`;
async function tryNft(holder, tools) {
	return await complaintOf(holder.enter([
		tools.nft,
		"-f",
		"-"
	]), TRIAL_RULES);
}
async function trySlirp(holder, anteroom, shed, tools) {
	const plain = [
		tools.slirp4netns,
		...[
			"--configure",
			"--disable-host-loopback",
			"--enable-ipv6",
			"--enable-sandbox",
			"--enable-seccomp"
		],
		...[
			"--ready-fd=3",
			"--exit-fd=4",
			String(holder.pid),
			"tap0"
		]
	];
	const [program = "", ...args] = anteroom === null || shed === null ? plain : anteroom.enter([...shedPrefix(tools, shed), ...plain]);
	const child = spawn(program, args, {
		env: {},
		detached: true,
		stdio: [
			"ignore",
			"ignore",
			"pipe",
			"pipe",
			"pipe"
		]
	});
	const said = [];
	child.stderr?.on("data", (chunk) => said.push(chunk));
	const ready = new Promise((resolve) => child.stdio[3]?.once("data", () => resolve(null)));
	const ended = new Promise((resolve) => {
		child.once("error", (error) => resolve(error.message));
		child.once("close", () => resolve(lastLine(Buffer.concat(said).toString())));
	});
	const outcome = await Promise.race([ready, ended]);
	child.kill("SIGKILL");
	return outcome;
}
async function tryOverlay(room, tools, scratchBase, privileged) {
	const trial = await mkdtemp(join(scratchBase, "glovebox-probe-"));
	try {
		await chmod(trial, 493);
		for (const name of [
			"lower",
			"upper",
			"index",
			"merged"
		]) await mkdir(join(trial, name));
		const layers = `lowerdir=${trial}/lower,upperdir=${trial}/upper,workdir=${trial}/index`;
		const options = privileged ? `${layers},metacopy=on,redirect_dir=on` : `${layers},userxattr`;
		const argv = [
			tools.mount,
			"-t",
			"overlay",
			"overlay",
			"-o",
			options,
			`${trial}/merged`
		];
		return await complaintOf(room.enter(argv));
	} finally {
		await complaintOf(room.enter([
			tools.rm,
			"-rf",
			"--one-file-system",
			"--",
			`${trial}/index`,
			`${trial}/upper`
		]));
		await rm(trial, {
			recursive: true,
			force: true
		});
	}
}
function lastLine(text) {
	return text.trim().split("\n").at(-1) ?? "";
}

// src/probe/cgroup.ts
/** Finds a memory controller in which we can make a child group, by making one and taking it away. */
function findMemoryCgroup() {
	const memberships = readText("/proc/self/cgroup").split("\n");
	const mounts = readText("/proc/self/mounts").split("\n").map((line) => line.split(" "));
	return versionOne(memberships, mounts) ?? versionTwo(memberships, mounts);
}
function versionOne(memberships, mounts) {
	const own = memberships.map((line) => /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/.exec(line)?.[1]).find(Boolean);
	const mount = mounts.find(([, , type, options]) => type === "cgroup" && options?.split(",").includes("memory"));
	if (own === void 0 || mount?.[1] === void 0) return null;
	return usable(1, [join(mount[1], own), mount[1]], "memory.limit_in_bytes");
}
/** A child group has the memory controller only where its parent hands it on. */
function versionTwo(memberships, mounts) {
	const own = memberships.map((line) => /^0::(.*)$/.exec(line)?.[1]).find((path) => path !== void 0);
	const mount = mounts.find(([, , type]) => type === "cgroup2");
	if (own === void 0 || mount?.[1] === void 0) return null;
	return usable(2, [
		join(mount[1], own),
		join(mount[1], own, ".."),
		mount[1]
	], "memory.max");
}
function usable(version, parents, limitFile) {
	const parent = parents.find((path) => canHold(path, limitFile));
	return parent === void 0 ? null : {
		version,
		parent
	};
}
function canHold(parent, limitFile) {
	let trial;
	try {
		accessSync(join(parent, "cgroup.procs"), constants.W_OK);
		trial = mkdtempSync(join(parent, "glovebox-probe-"));
	} catch {
		return false;
	}
	try {
		writeFileSync(join(trial, limitFile), String(67108864));
		accessSync(join(trial, "cgroup.procs"), constants.W_OK);
		return true;
	} catch {
		return false;
	} finally {
		rmdirSync(trial);
	}
}
function readText(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

// src/probe/host-addresses.ts
/**
* The addresses under which this host answers itself, besides loopback. Node tells only those of
* interfaces with a carrier; the kernel answers for all of them, an idle docker0's too.
*/
function hostAddresses() {
	const all = [
		...Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).map(({ address }) => address.split("%")[0] ?? address),
		...localFour(readOrEmpty("/proc/net/fib_trie")),
		...localSix(readOrEmpty("/proc/net/if_inet6"))
	];
	return [...new Set(all)].filter((address) => !address.startsWith("127.") && address !== "::1");
}
/** A leaf of the routing trie is an address, followed by a line for each of its routes. */
function localFour(trie) {
	return trie.split("|-- ").slice(1).filter((leaf) => leaf.includes("/32 host LOCAL")).map((leaf) => leaf.split("\n")[0] ?? "");
}
/** Lines that begin with an address of 32 hexadecimal digits. */
function localSix(list) {
	return [...list.matchAll(/^[0-9a-f]{32}/gm)].map(([hex]) => formatAddress({
		family: 6,
		bits: BigInt(`0x${hex}`)
	}));
}
function readOrEmpty(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

// src/probe/host.ts
/** Finds out what this host can do, by doing it. Reads and tries only; leaves nothing behind. */
async function probeHost({ needs, environment, writable, shed }) {
	const tools = await locateTools(environment["PATH"] ?? "");
	const identity = identify(environment);
	const hints = readHints();
	const scratchBase = chooseScratchBase(environment, writable);
	const wanted = shed(identity);
	const ids = wanted !== null && canShed(wanted, identity, tools) ? wanted : null;
	const attempts = await tryEverything({
		tools,
		needs,
		shed: ids,
		scratchBase
	});
	return {
		host: {
			platform: platform(),
			arch: arch(),
			kernel: release(),
			node: process.version
		},
		identity,
		tools,
		attempts,
		memoryCgroup: needs.memoryCgroup ? findMemoryCgroup() : null,
		hints,
		hardLimits: hardLimits(),
		hostAddresses: hostAddresses(),
		scratchBase
	};
}
/** Where it cannot, the plan keeps its own ids too, and says so; everything else is to be had all the same. */
function canShed({ uid, gid }, { maxUid }, { setpriv }) {
	return setpriv.path !== null && uid <= maxUid && gid <= maxUid;
}
/** Who we are. `uid_map` tells root from somebody who is uid 0 in a user namespace only. */
function identify(environment) {
	const uid = process.getuid?.() ?? -1;
	const gid = process.getgid?.() ?? -1;
	const map = uidMap();
	const [, outside] = map.find(([inside]) => inside === 0) ?? [0, -1];
	return {
		uid,
		gid,
		realRoot: uid === 0 && outside === 0,
		userName: userName(),
		home: homedir(),
		maxUid: Math.max(-1, ...map.map(([inside, , count]) => inside + count - 1)),
		sudoUid: idFrom(environment["SUDO_UID"]),
		sudoGid: idFrom(environment["SUDO_GID"])
	};
}
function uidMap() {
	return (readOrNull("/proc/self/uid_map") ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number)).filter((fields) => fields.length === 3).map(([inside = -1, outside = -1, count = 0]) => [
		inside,
		outside,
		count
	]);
}
function userName() {
	try {
		return userInfo().username;
	} catch {
		return null;
	}
}
function idFrom(text) {
	return text !== void 0 && /^\d+$/.test(text) ? Number(text) : null;
}
function readHints() {
	return {
		maxUserNamespaces: numberIn("/proc/sys/user/max_user_namespaces"),
		usernsClone: numberIn("/proc/sys/kernel/unprivileged_userns_clone"),
		apparmorRestrictsUserns: numberIn("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		tunExists: existsSync("/dev/net/tun"),
		tunOpens: opens("/dev/net/tun"),
		inContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv")
	};
}
function opens(path) {
	try {
		closeSync(openSync(path, "r+"));
		return true;
	} catch {
		return false;
	}
}
function hardLimits() {
	const text = readOrNull("/proc/self/limits") ?? "";
	const hard = (label) => {
		const value = new RegExp(`^${label}\\s+\\S+\\s+(\\d+)`, "m").exec(text)?.[1];
		return value === void 0 ? null : Number(value);
	};
	return {
		processes: hard("Max processes"),
		openFiles: hard("Max open files"),
		fileSize: hard("Max file size"),
		cpuTime: hard("Max cpu time")
	};
}
/** On disk if possible, because /tmp is often memory; and without characters that overlayfs would read. */
function chooseScratchBase(environment, writable) {
	return [
		environment["TMPDIR"],
		"/var/tmp",
		tmpdir(),
		"/tmp"
	].find((path) => path !== void 0 && /^\/[\w./-]+$/.test(path) && isWritable(path) && isOpenToAll(path) && !writable.some((place) => within(realpathSync(path), place))) ?? "/tmp";
}
function isWritable(path) {
	try {
		accessSync(path, constants.W_OK | constants.X_OK);
		readdirSync(path);
		return true;
	} catch {
		return false;
	}
}
/** A root supervisor's step, which is somebody else, must get through to what lies there. */
function isOpenToAll(path) {
	if (process.getuid?.() !== 0) return true;
	const parts = realpathSync(path).split("/");
	return parts.map((_, index) => parts.slice(0, index + 1).join("/") || "/").every((directory) => (statSync(directory).mode & 1) !== 0);
}
function numberIn(path) {
	const text = readOrNull(path)?.trim();
	return text !== void 0 && /^-?\d+$/.test(text) ? Number(text) : null;
}
function readOrNull(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

// src/cli/environment.ts
/** Our own environment, without the gaps that Node's type allows. */
function currentEnvironment() {
	return Object.fromEntries(Object.entries(process.env).filter((pair) => pair[1] !== void 0));
}

export { evaluate as _, openAnteroom as a, findProgram as c, bwrapOptions as d, inOrder as f, downgradeOf as g, shedIds as h, offerTun as i, locateTools as l, planPrivilege as m, identify as n, openHolder as o, within as p, probeHost as r, shedPrefix as s, currentEnvironment as t, execute as u, PACKAGE_OF as v };