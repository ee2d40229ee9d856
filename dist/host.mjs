import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { n as formatAddress } from "./addresses.mjs";
import { accessSync, closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, realpathSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { arch, homedir, networkInterfaces, platform, release, tmpdir, userInfo } from "node:os";
import { access, chmod, mkdir, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

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
/** How long what a program left behind may keep its output open. */
const LAST_WORDS_MS$1 = 500;
/**
* Runs a system program to its end with the environment that is given, in a session of its own so that a
* Ctrl-C at the terminal reaches only us. Never throws: a failure is told in `stderr`. What the program
* leaves behind is killed: bubblewrap's child, for one, waits for good when its parent dies too early.
*/
async function execute(argv, options = {}) {
	const [program = "", ...args] = argv;
	return await new Promise((resolve) => {
		const child = spawn(program, args, {
			env: options.environment ?? {},
			cwd: options.directory,
			detached: true,
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			],
			timeout: options.timeout ?? 2e4,
			killSignal: "SIGKILL"
		});
		child.once("error", (error) => resolve({
			code: null,
			stdout: "",
			stderr: error.message
		}));
		const group = child.pid;
		if (group === void 0) return;
		const stdout = [];
		const stderr = [];
		child.stdout.on("data", (chunk) => stdout.push(chunk));
		child.stderr.on("data", (chunk) => stderr.push(chunk));
		child.stdin.on("error", () => {});
		child.stdin.end(options.stdin ?? "");
		const killGroup = () => {
			try {
				process.kill(-group, "SIGKILL");
			} catch {}
		};
		let lingering;
		child.once("exit", () => {
			lingering = setTimeout(() => {
				killGroup();
				child.stdout.destroy();
				child.stderr.destroy();
			}, LAST_WORDS_MS$1);
		});
		child.once("close", (code, signal) => {
			clearTimeout(lingering);
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
	const directories = searchOrder(path);
	const found = await Promise.all(TOOL_NAMES.map(async (name) => {
		const file = await findProgram(name, directories);
		return [name, {
			path: file,
			version: await versionOf(name, file)
		}];
	}));
	return Object.fromEntries(found);
}
/** Where programs are looked for, given a PATH. */
function searchOrder(path) {
	return [...SYSTEM_DIRECTORIES, ...path.split(":").filter((entry) => entry.startsWith("/"))];
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

// src/tools/uplink.ts
/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
const UPLINK_FDS = {
	ready: 3,
	exit: 4
};
const ATTACHES_WITHIN_MS = 2e4;
const ENDS_WITHIN_MS$1 = 1e3;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;
/** Starts slirp4netns and waits until it is attached. Throws what it said where it did not attach. */
async function openUplink(argv) {
	const [program = "", ...args] = argv;
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
	const gone = new Promise((resolve) => {
		child.once("error", (error) => {
			said.push(Buffer.from(error.message));
			resolve();
		});
		child.once("exit", () => resolve());
	});
	const uplink = {
		pid: child.pid ?? 0,
		gone,
		close: async () => await close(child, gone)
	};
	const closed = new Promise((resolve) => child.once("close", () => resolve()));
	const ready = new Promise((resolve) => child.stdio[UPLINK_FDS.ready]?.once("data", () => resolve(true)));
	if (await Promise.race([
		ready,
		gone.then(() => false),
		setTimeout$1(ATTACHES_WITHIN_MS, false, { ref: false })
	])) return uplink;
	await Promise.race([closed, setTimeout$1(LAST_WORDS_MS, void 0, { ref: false })]);
	await uplink.close();
	const reason = Buffer.concat(said).toString().trim().split("\n").at(-1) ?? "";
	throw new Error(reason || "it did not answer");
}
/** It ends when its exit descriptor is closed, which also happens when we die. */
async function close(child, gone) {
	const pipe = child.stdio[UPLINK_FDS.exit];
	if (pipe !== null && pipe !== void 0 && "destroy" in pipe) pipe.destroy();
	await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS$1, void 0, { ref: false })]);
	child.kill("SIGKILL");
	await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS$1, void 0, { ref: false })]);
	child.stderr?.destroy();
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
	await answers(child);
	const pid = child.pid ?? 0;
	return {
		pid,
		enter: (inner) => enter(pid, inner),
		gone,
		close: async () => {
			child.stdin.destroy();
			await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS, void 0, { ref: false })]);
			letGo(child);
		}
	};
}
/** Whatever becomes of it, it does not keep us from ending. */
function letGo(child) {
	child.stdout.destroy();
	child.stderr.destroy();
	child.unref();
}
/** The room is ready when `cat`, started after all namespaces were made, echoes a line. */
async function answers(child) {
	const said = [];
	child.stderr.on("data", (chunk) => said.push(chunk));
	child.stdin.write("\n");
	const echo = once(child.stdout, "data").then(() => null);
	const failure = new Promise((resolve) => {
		child.once("error", (error) => resolve(error.message));
		child.once("close", () => resolve(Buffer.concat(said).toString().trim() || "it ended without a word"));
	});
	let hung;
	const silence = new Promise((resolve) => {
		hung = setTimeout(() => resolve("they did not answer"), ANSWER_WITHIN_MS);
	});
	const problem = await Promise.race([
		echo,
		failure,
		silence
	]);
	clearTimeout(hung);
	if (problem !== null) {
		child.stdin.destroy();
		child.kill("SIGKILL");
		letGo(child);
		throw new GloveboxError("setup-failed", `the namespaces could not be created: ${problem}`);
	}
}

// src/probe/attempts.ts
const NOTHING_TRIED = {
	namespaces: { tried: false },
	bwrap: { tried: false },
	ip: { tried: false },
	nft: { tried: false },
	doors: { tried: false },
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
		const [bwrap, ip, nft, doors, slirp4netns, overlay] = await Promise.all([
			attempt(tools.bwrap, async () => await tryBwrap(holder, paths)),
			attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, paths)),
			attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, paths)),
			attempt(needs.doors ? tools.nft : null, async () => await tryDoors(holder, paths)),
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
			doors,
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
const TRIAL_DOORS = `table inet glovebox_doors {
map doors { type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = { 198.18.0.1 . 80 : 10.0.2.2 . 8080 } }
chain doors {
type nat hook output priority -100; policy accept;
meta nfproto ipv4 meta l4proto tcp dnat ip to ip daddr . tcp dport map @doors
}
chain output {
type filter hook output priority 0; policy accept;
ct status dnat ip daddr 10.0.2.2 accept
}
}
`;
async function tryDoors(holder, tools) {
	return await complaintOf(holder.enter([
		tools.nft,
		"-f",
		"-"
	]), TRIAL_DOORS);
}
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
	const argv = anteroom === null || shed === null ? plain : anteroom.enter([...shedPrefix(tools, shed), ...plain]);
	try {
		await (await openUplink(argv)).close();
		return null;
	} catch (error) {
		return messageOf(error);
	}
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

// src/probe/cgroup.ts
/** Finds a memory controller in which we can make a child group, by making one and taking it away. */
function findMemoryCgroup() {
	const memberships = readText("/proc/self/cgroup");
	const mounts = readText("/proc/self/mounts");
	const parent = versionOneParents(memberships, mounts).find((path) => canHold(path, "memory.limit_in_bytes"));
	if (parent !== void 0) return {
		version: 1,
		parent,
		ceiling: null
	};
	return versionTwo(versionTwoParents(memberships, mounts));
}
/** Our own group, or the top of what is mounted, if that is all of the tree that a container sees. */
function versionOneParents(memberships, mounts) {
	const own = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(memberships)?.[1];
	const mount = mountsIn(mounts).find(({ type, options }) => type === "cgroup" && options.includes("memory"));
	return own === void 0 || mount === void 0 ? [] : [join(mount.target, own), mount.target];
}
/** Our own group and all above it, nearest first; none when our own is not in what is mounted. */
function versionTwoParents(memberships, mounts) {
	const own = /^0::(.*)$/m.exec(memberships)?.[1];
	const mount = mountsIn(mounts).find(({ type }) => type === "cgroup2");
	const names = own?.split("/").filter((name) => name !== "") ?? [".."];
	if (mount === void 0 || names.includes("..")) return [];
	return [...names.keys(), names.length].toReversed().map((depth) => join(mount.target, ...names.slice(0, depth)));
}
/**
* Processes and a controller for child groups do not go together in one group: except at the very
* top, the step's group comes to lie next to our own or further up, where limits below do not bind it.
*/
function versionTwo(parents) {
	if (!lists(parents[0], process.pid)) return null;
	let ceiling = null;
	for (const parent of parents) {
		handMemoryOn(parent);
		if (canHold(parent, "memory.max")) return {
			version: 2,
			parent,
			ceiling
		};
		const limit = Number.parseInt(readText(join(parent, "memory.max")), 10);
		if (!Number.isNaN(limit)) ceiling = Math.min(limit, ceiling ?? limit);
	}
	return null;
}
function lists(group, pid) {
	if (group === void 0) return false;
	return readText(join(group, "cgroup.procs")).split("\n").includes(String(pid));
}
/** Who is given a group has to switch on what its child groups shall have. */
function handMemoryOn(parent) {
	const file = join(parent, "cgroup.subtree_control");
	if (readText(file).split(/\s/).includes("memory")) return;
	try {
		writeFileSync(file, "+memory");
	} catch {}
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
function mountsIn(text) {
	return text.split("\n").map((line) => {
		const [, target = "", type = "", options = ""] = line.split(" ");
		return {
			target,
			type,
			options: options.split(",")
		};
	});
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
async function probeHost({ needs, environment, writable, shed, scratchBase: given }) {
	const tools = await locateTools(environment["PATH"] ?? "");
	const identity = identify(environment);
	const hints = readHints();
	const scratchBase = given ?? chooseScratchBase(environment, writable);
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
/** Probes for the first of several runs on one machine, and remembers what the others would find again. */
function probeOnce() {
	const known = /* @__PURE__ */ new Map();
	return async (request) => {
		const { needs, environment, writable, shed, scratchBase } = request;
		const key = JSON.stringify([...[
			needs,
			environment["PATH"],
			writable,
			shed(identify(environment)),
			scratchBase
		]]);
		const facts = known.get(key) ?? probeHost(request);
		known.set(key, facts);
		return await facts;
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

export { offerTun as a, shedPrefix as c, locateTools as d, searchOrder as f, within as g, inOrder as h, probeOnce as i, openUplink as l, bwrapOptions as m, identify as n, openAnteroom as o, execute as p, probeHost as r, openHolder as s, chooseScratchBase as t, findProgram as u };