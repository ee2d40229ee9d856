import { c as commandsOf, i as unfit, o as SUPPLIED_TOOLS, s as TOOL_NAMES } from "./supply.mjs";
import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { C as safeParse, a as literal, b as _regex, f as strictObject, i as int, n as array, o as meta, p as string, r as boolean, s as nullable, t as _enum, x as _startsWith, y as _nonnegative } from "./vendor-zod.mjs";
import { i as treeProblem, r as sha256$1 } from "./trees.mjs";
import { l as widthOf, n as formatAddress, o as parseAddress, t as contains } from "./addresses.mjs";
import { accessSync, closeSync, constants, existsSync, lstatSync, mkdtempSync, openSync, readFileSync, readdirSync, realpathSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { dirname, isAbsolute, join } from "node:path";
import { arch, homedir, networkInterfaces, platform, release, tmpdir, userInfo } from "node:os";
import { access, chmod, mkdir, mkdtemp, readFile, realpath, rm, stat } from "node:fs/promises";
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

// src/tools/ownership.ts
/** Who the kernel shows as the owner of what belongs to nobody in this user namespace. */
const UNMAPPED = 65534;
/**
* The file, or the directory on the way to it, that a step could rewrite: one of our own when we are an
* ordinary user, anybody's but root's when we are root. null when there is none. Symlinks are resolved.
*/
function rewritable(path) {
	const uid = process.getuid?.() ?? -1;
	const open = uid === 0 ? byOthers : byOneself(uid);
	return onTheWay(realpathSync(path)).find((part) => open(statSync(part))) ?? null;
}
/** Whether everybody gets through to a path: under root, a step is somebody else. */
function opensToAll(path) {
	return onTheWay(realpathSync(path)).every((part) => (statSync(part).mode & 1) !== 0);
}
/** `/`, then each directory, then the path itself. */
function onTheWay(path) {
	const parts = path.split("/");
	return parts.map((_, index) => parts.slice(0, index + 1).join("/") || "/");
}
function byOthers({ uid, gid, mode }) {
	return !(uid === 0 || uid === UNMAPPED && !isMapped(UNMAPPED)) || (mode & 2) !== 0 || (mode & 16) !== 0 && gid !== 0;
}
function byOneself(uid) {
	const groups = [process.getgid?.() ?? -1, ...process.getgroups?.() ?? []];
	return (stats) => stats.uid === uid || (stats.mode & 2) !== 0 || (stats.mode & 16) !== 0 && groups.includes(stats.gid);
}
function isMapped(id) {
	return readFileSync("/proc/self/uid_map", "utf8").trim().split("\n").some((line) => {
		const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
		return id >= first && id < first + count;
	});
}

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

// src/capabilities/tool-manifest.ts
const told = (type, description) => type.check(meta({ description }));
/** Below a directory of ours: plain names only, so that none leads out of it. */
const path = string().check(_regex(/^(?!.*\.\.)[\w+-][\w.+~-]*(?:\/[\w+-][\w.+~-]*)*$/));
const sha256 = string().check(_regex(/^[0-9a-f]{64}$/));
const size = int().check(_nonnegative());
const toolFile = strictObject({
	path,
	sha256,
	size,
	executable: boolean()
});
/** A tool as it lies in a cache: the program, and the libraries that it needs beside it. */
const tree = {
	program: told(path, "The program itself"),
	loader: told(nullable(string().check(_regex(/^[\w./+-]+$/))), "The loader that starts it with the libraries in `lib`: in the archive, or the absolute path of the machine’s; null where the program starts by itself"),
	files: told(array(toolFile), "Every file, and there is no other")
};
const archive = strictObject({
	tool: _enum(SUPPLIED_TOOLS),
	version: string().check(_regex(/^\d+\.\d+\.\d+$/)),
	arch: _enum(["x64", "arm64"]),
	path: told(path, "Below the release or the mirror"),
	sha256,
	size: told(size, "Bytes"),
	licence: told(string(), "Of the program, as an SPDX expression; all texts are in the archive"),
	packages: told(array(string()), "What it was made of: `source package=version`"),
	...tree
});
const toolManifest = strictObject({
	version: literal(1),
	release: told(nullable(string().check(_regex(/^https:\/\/\S+[^/\s]$/))), "Where the archives lie when no mirror is named; null while none are released"),
	archives: array(archive)
});
/** What was unpacked from the distribution's packages, written down where no step can write. */
const toolRecord = strictObject({
	version: literal(1),
	tool: _enum(SUPPLIED_TOOLS),
	directory: string().check(_startsWith("/")),
	packages: array(string()),
	...tree
});
function readManifest(text) {
	return read(toolManifest, text);
}
function readRecord(text) {
	return read(toolRecord, text);
}
function read(type, text) {
	let json;
	try {
		json = JSON.parse(text);
	} catch {
		return {
			value: null,
			problem: "it is not JSON"
		};
	}
	const { success, data, error } = safeParse(type, json);
	if (success) return {
		value: data,
		problem: null
	};
	const [issue] = error.issues;
	return {
		value: null,
		problem: `${issue?.path.join(".")}: ${issue?.message}`
	};
}
/** What starts a tool whose files lie in `directory`. */
function startOf({ program, loader }, directory) {
	const file = `${directory}/${program}`;
	if (loader === null) return [file];
	return [
		loader.startsWith("/") ? loader : `${directory}/${loader}`,
		"--library-path",
		`${directory}/lib`,
		file
	];
}
/** The name of an archive's entry in a tool cache: two that differ in a byte are never one. */
function entryOf({ tool, version, arch, sha256: hash }) {
	return `glovebox-${tool}/${version}-g${hash.slice(0, 12)}/${arch}`;
}

// src/tools/tool-cache.ts
/** In the repository, and so in every release: it says what archives of tools have to be. */
const MANIFEST = join(import.meta.dirname, import.meta.filename.endsWith(".ts") ? "../.." : "..", "tools/manifest.json");
/** Without one no archive is known, and `problem` says why. */
function knownArchives(file = MANIFEST) {
	const none = {
		version: 1,
		release: null,
		archives: []
	};
	try {
		const { value, problem } = readManifest(readFileSync(file, "utf8"));
		return {
			...value ?? {
				...none,
				archives: []
			},
			problem
		};
	} catch (error) {
		return {
			...none,
			archives: [],
			problem: messageOf(error)
		};
	}
}
/** Where tools are cached, best first: in the runner's tool cache, and in a place of our own. */
function cacheRoots(environment) {
	const runners = environment["RUNNER_TOOL_CACHE"] ?? "";
	const own = ownPlace(environment, "XDG_CACHE_HOME", "/var/cache", ".cache");
	return [...isAbsolute(runners) ? [runners] : [], own];
}
/** Where it is written down what was unpacked from packages: apart from the caches. */
function recordsDirectory(environment) {
	return ownPlace(environment, "XDG_STATE_HOME", "/var/lib", ".local/state");
}
function ownPlace(environment, name, roots, users) {
	const given = environment[name] ?? "";
	const home = environment["HOME"] ?? "";
	const usual = process.getuid?.() === 0 ? roots : join(isAbsolute(home) ? home : homedir(), users);
	return join(isAbsolute(given) ? given : usual, "glovebox");
}
/** A tool in a cache whose every byte is what it should be. */
function findCached(tool, environment, known) {
	const roots = cacheRoots(environment).filter((root) => existsSync(root));
	if (roots.length === 0) return {
		found: null,
		passedOver: []
	};
	const passedOver = [];
	const { archives } = known ?? knownArchives();
	const entries = [...archivesIn(roots, tool, archives), ...recorded(tool, environment, passedOver)];
	for (const { source, tree, directory, record } of entries) {
		const problem = problemOf$1(directory, tree);
		if (problem !== null) {
			passedOver.push(`${directory}: ${problem}`);
			continue;
		}
		const real = realpathSync(directory);
		return {
			found: {
				supply: {
					source,
					command: startOf(tree, real),
					directory: real,
					record
				},
				file: join(real, tree.program)
			},
			passedOver
		};
	}
	return {
		found: null,
		passedOver
	};
}
function archivesIn(roots, tool, archives) {
	return archives.filter((one) => one.tool === tool && one.arch === process.arch).flatMap((tree) => roots.map((root) => join(root, entryOf(tree))).filter((directory) => existsSync(directory)).map((directory) => ({
		source: "archive",
		tree,
		directory,
		record: null
	})));
}
function recorded(tool, environment, passedOver) {
	const record = recordsDirectory(environment);
	const file = join(record, `${tool}.json`);
	if (!existsSync(file)) return [];
	const { value, problem } = isOurs(file) ? readRecord(readFileSync(file, "utf8")) : {
		value: null,
		problem: "others could have written it"
	};
	if (value === null) {
		passedOver.push(`${file}: ${problem}`);
		return [];
	}
	return [{
		source: "packages",
		tree: value,
		directory: value.directory,
		record
	}];
}
function isOurs(file) {
	return [file, dirname(file)].every((path) => {
		const { uid, mode } = lstatSync(path);
		return (uid === 0 || uid === process.getuid?.()) && (mode & 18) === 0;
	});
}
function problemOf$1(directory, { files }) {
	if (!existsSync(`${directory}.complete`)) return "it was not written to its end";
	const problem = treeProblem(directory, files);
	if (problem !== null) return problem;
	return process.getuid?.() === 0 && !opensToAll(directory) ? "other users, as whom root runs it, cannot get there" : null;
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
/** pasta has dates: 2024_08_21.1d6142f, or 0.0~git20240220.1e6f92b on a distribution. */
const PASTA_VERSION = /\d{4}_?\d\d_?\d\d/;
const VERSION = /\d+(?:\.\d+)+/;
/**
* Finds the system programs. The system's own directories come before PATH: a directory early in
* PATH may be one that a step could write. Of those that Glovebox can bring along, one in a tool cache
* comes first, and what is not fit for use is passed over.
*/
async function locateTools(environment) {
	const directories = searchOrder(environment["PATH"] ?? "");
	const found = await Promise.all(TOOL_NAMES.map(async (name) => {
		if (isSupplied(name)) return [name, await findSupplied(name, directories, environment)];
		return [name, name === "pasta" ? await findPasta(directories) : await findOther(name, directories)];
	}));
	return Object.fromEntries(found);
}
async function findOther(name, directories) {
	return {
		path: await findProgram(name, directories),
		version: null
	};
}
/** passt under another name, and it does what it is called by: its symlink stays one. */
async function findPasta(directories) {
	const path = await firstExecutable("pasta", directories);
	return {
		path,
		version: path === null ? null : (await versionOf([path], PASTA_VERSION)).version
	};
}
function isSupplied(name) {
	return SUPPLIED_TOOLS.some((supplied) => supplied === name);
}
async function findSupplied(name, directories, environment) {
	const { found, passedOver: inCaches } = findCached(name, environment);
	const passedOver = [...inCaches];
	const candidates = [...found === null ? [] : [found], ...(await programsNamed(name, directories)).map((file) => ({
		file,
		supply: asSystems(file)
	}))];
	for (const { file, supply } of candidates) {
		const { candidate, hash } = await lookAt(file, supply);
		const reason = unfit(name, candidate);
		if (reason === null) return {
			path: file,
			version: candidate.version,
			supply: {
				...supply,
				sha256: hash
			},
			passedOver
		};
		passedOver.push(`${file}: ${reason}`);
	}
	return {
		path: null,
		version: null,
		passedOver
	};
}
function asSystems(file) {
	return {
		source: "system",
		command: [file],
		directory: null,
		record: null
	};
}
async function lookAt(file, { source, command }) {
	const setuid = (statSync(file).mode & 3072) !== 0;
	const open = source === "system" ? rewritable(file) : null;
	return {
		candidate: {
			setuid,
			rewritable: open,
			...setuid || open !== null ? {
				version: null,
				said: ""
			} : await versionOf(command)
		},
		hash: sha256$1(await readFile(file))
	};
}
async function versionOf(command, pattern = VERSION) {
	const { code, stdout, stderr } = await execute([...command, "--version"], { timeout: 5e3 });
	return {
		version: code === 0 ? pattern.exec(stdout)?.[0] ?? null : null,
		said: stderr.trim().split("\n")[0] ?? ""
	};
}
/** Where programs are looked for, given a PATH. */
function searchOrder(path) {
	return [...SYSTEM_DIRECTORIES, ...path.split(":").filter((entry) => entry.startsWith("/"))];
}
/** The first executable file of that name, as an absolute path with symlinks resolved. */
async function findProgram(name, directories) {
	const file = await firstExecutable(name, directories);
	return file === null ? null : await realpath(file);
}
async function firstExecutable(name, directories) {
	for (const directory of directories) {
		const file = join(directory, name);
		if (await isExecutable(file)) return file;
	}
	return null;
}
/** All of them, each once. */
async function programsNamed(name, directories) {
	const found = await Promise.all(directories.map(async (at) => await findProgram(name, [at])));
	return [...new Set(found.filter((file) => file !== null))];
}
async function isExecutable(file) {
	try {
		await access(file, constants.X_OK);
		return (await stat(file)).isFile();
	} catch {
		return false;
	}
}

// src/plan/macvlan.ts
const KEYS = [
	"interface",
	"address",
	"netmask",
	"gateway"
];
/** A link without an address of its own would swallow everything without a word, so there is none. */
function addressed(network, verdict) {
	const problem = problemOf(network);
	if (problem === null) return verdict;
	return {
		available: false,
		code: "macvlan-unaddressed",
		reason: `a macvlan has only the addresses that the policy gives it, and ${problem}`,
		remedy: "set network.interface, and network.address, netmask and gateway to what is free to use there"
	};
}
function problemOf(network) {
	const missing = KEYS.filter((key) => network[key].value === null);
	if (missing.length > 0) return `${missing.map((key) => `network.${key}`).join(", ")} is not set`;
	const [address, gateway] = [quad(network.address.value), quad(network.gateway.value)];
	const prefix = prefixOf(network);
	if (prefix === null) return "network.netmask is no netmask of a network";
	if (!contains({
		...address,
		prefix
	}, {
		...gateway,
		prefix: widthOf(4)
	})) return "network.gateway is not in the network of network.address";
	return address.bits === gateway.bits ? "network.address is that of network.gateway" : null;
}
/** The netmask's leading ones; null where others follow a zero, or where there is no room for two. */
function prefixOf({ netmask }) {
	const ones = quad(netmask.value).bits.toString(2).padStart(widthOf(4), "0").replace(/0+$/, "");
	return ones.includes("0") || ones.length < 1 || ones.length > 30 ? null : ones.length;
}
function quad(text) {
	return parseAddress(text ?? "") ?? {
		family: 4,
		bits: 0n
	};
}
/** What `ip` does inside, line by line, once the link is there. */
function macvlanRoutes(network, link) {
	return [
		"link set lo up",
		`address add ${network.address.value}/${prefixOf(network)} dev ${link}`,
		`link set ${link} up`,
		`route add default via ${network.gateway.value} dev ${link}`
	];
}

// src/plan/uplink.ts
/** The pid of a process in the sandbox's network, as the host counts. */
const HOLDER_PID = "{pid}";
/** A file that is the sandbox's network namespace. */
const NETWORK_FILE = "{network}";
/** The step's side of each uplink. */
const LINK = "tap0";
/** Those that may carry the packets, the preferred one first. */
function backendsOf(asked) {
	return asked === "auto" ? ["slirp4netns", "pasta"] : [asked];
}
function chooseUplink(network, capabilities) {
	const backends = backendsOf(network.backend.value);
	const [preferred = "slirp4netns"] = backends;
	const backend = backends.find((one) => capabilities[one].available) ?? preferred;
	const before = backends.slice(0, backends.indexOf(backend)).map((one) => capabilities[one]);
	return {
		backend,
		verdict: backend === "macvlan" ? addressed(network, capabilities.macvlan) : capabilities[backend],
		passedOver: before.filter((one) => !one.available)
	};
}
function planUplink({ backend, tools, loopback, ...link }) {
	switch (backend) {
		case "slirp4netns": return {
			backend,
			argv: slirp4netns(tools, loopback)
		};
		case "pasta": return {
			backend,
			argv: pasta(tools, loopback)
		};
		case "macvlan": return {
			backend,
			argv: macvlan(tools, link.interface ?? "")
		};
	}
}
function slirp4netns(tools, loopback) {
	return [
		...tools.slirp4netns,
		"--configure",
		"--mtu=65520",
		...loopback ? [] : ["--disable-host-loopback"],
		...atLeast(tools.slirp4netnsVersion, 1, 1) ? ["--disable-dns"] : [],
		"--enable-ipv6",
		"--enable-sandbox",
		"--enable-seccomp",
		"--ready-fd=3",
		"--exit-fd=4",
		HOLDER_PID,
		LINK
	];
}
/**
* With the addresses of slirp4netns, so that the same rules hold. No port is forwarded, in neither
* direction; its router stands for the host's loopback only where the gateway listens there.
*/
function pasta({ pasta: program }, loopback) {
	return [
		program,
		...["--foreground", "--quiet"],
		...[
			"--tcp-ports",
			"none",
			"--udp-ports",
			"none",
			"--tcp-ns",
			"none",
			"--udp-ns",
			"none"
		],
		...loopback ? [] : ["--no-map-gw"],
		...[
			"--no-dhcp",
			"--no-dhcpv6",
			"--no-ra",
			"--config-net",
			"--ns-ifname",
			LINK
		],
		...[
			"--address",
			"10.0.2.100",
			"--netmask",
			"24",
			"--gateway",
			"10.0.2.2"
		],
		...[
			"--address",
			"fd00::100",
			"--gateway",
			"fd00::2"
		],
		...[
			"--netns-only",
			"--no-netns-quit",
			"--netns",
			NETWORK_FILE
		]
	];
}
/** Private: neither the host nor another sandbox on the same interface is in its sight. */
function macvlan({ ip }, parent) {
	return [
		ip,
		...[
			"link",
			"add",
			"link",
			parent,
			"name",
			LINK,
			"netns",
			HOLDER_PID
		],
		...[
			"type",
			"macvlan",
			"mode",
			"private"
		]
	];
}
/** What `ip` does inside once the uplink is there, line by line. */
function routesOf(backend, network) {
	if (backend !== "macvlan") return [`address replace fd00::100/64 dev ${LINK} nodad`, `route replace ::/0 via fd00::2 dev ${LINK}`];
	return macvlanRoutes(network, LINK);
}
/** The rules refuse its resolver anyway; an older slirp4netns just does not know the option. */
function atLeast(version, major, minor) {
	const [ofMajor = 0, ofMinor = 0] = (version ?? "").split(".").map(Number);
	return ofMajor > major || ofMajor === major && ofMinor >= minor;
}

// src/tools/room.ts
const ANSWER_WITHIN_MS = 2e4;
/** Where nobody reaps orphans, as in many containers, the kernel may keep an ended room for good. */
const ENDS_WITHIN_MS$1 = 5e3;
/**
* Mount namespace for a root supervisor, in which it prepares what the step's uid may not: it lasts
* only until the holder has its copy.
*/
async function openAnteroom(tools) {
	const argv = [
		tools.unshare,
		"--mount",
		"--propagation",
		"private",
		"--",
		tools.cat
	];
	const enter = (pid, inner) => [
		tools.nsenter,
		`--mount=/proc/${pid}/ns/mnt`,
		"--",
		...inner
	];
	return await open(argv, {
		enter,
		enterOnHostNetwork: enter
	});
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
	const entering = (pid, net, inner) => [
		...shedding,
		tools.nsenter,
		"--preserve-credentials",
		...[`--user=/proc/${pid}/ns/user`, `--mount=/proc/${pid}/ns/mnt`],
		...net === "own" ? [`--net=/proc/${pid}/ns/net`] : [],
		`--pid=/proc/${pid}/ns/pid_for_children`,
		"--",
		...inner
	];
	return await open(anteroom === null ? argv : anteroom.enter(argv), {
		enter: (pid, inner) => entering(pid, network, inner),
		enterOnHostNetwork: (pid, inner) => entering(pid, "host", inner)
	});
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
async function open(argv, { enter, enterOnHostNetwork }) {
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
		enterOnHostNetwork: (inner) => enterOnHostNetwork(pid, inner),
		gone,
		close: async () => {
			child.stdin.destroy();
			await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS$1, void 0, { ref: false })]);
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

// src/tools/uplink.ts
/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
const SLIRP_FDS = {
	ready: 3,
	exit: 4
};
const ATTACHES_WITHIN_MS = 2e4;
const LOOKS_EVERY_MS = 3;
const ENDS_WITHIN_MS = 1e3;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;
/** Attaches the uplink that is planned. Throws what it said where it did not attach. */
async function openUplink(request) {
	switch (request.plan.backend) {
		case "slirp4netns": return await openSlirp(request);
		case "pasta": return await openPasta(request);
		case "macvlan": return await openMacvlan(request);
	}
}
/** It ends when its exit descriptor is closed, which also happens when we die. */
async function openSlirp(request) {
	const { anteroom, shed, tools } = request;
	const plain = argvOf(request, "");
	return await attach(anteroom === null || shed === null ? plain : anteroom.enter([...shedPrefix(tools, shed), ...plain]), ["pipe", "pipe"], async (child) => {
		await new Promise((resolve) => child.stdio[SLIRP_FDS.ready]?.once("data", resolve));
	});
}
/**
* pasta lives in the holder's pid namespace, so the kernel ends it with the holder, and nsenter, which
* brought it there, reaps it: without that, its zombie would keep the namespace. It gives up early what
* it would need to find the network by a pid there: a file leads to it instead.
*/
async function openPasta(request) {
	const { holder, tools, directory } = request;
	const file = join(directory, "network");
	writeFileSync(file, "");
	const bind = [
		tools.mount,
		"--bind",
		"/proc/1/ns/net",
		file
	];
	const { code, stderr } = await execute(holder.enter(bind));
	if (code !== 0) throw new Error(stderr.trim() || `${tools.mount} exited with ${code}`);
	return await attach(holder.enterOnHostNetwork(argvOf(request, file)), [], async (_, isOver) => {
		while (!isOver() && !hasRoute(holder.pid)) await setTimeout$1(LOOKS_EVERY_MS);
	});
}
/** A link goes with the namespace that it is in: nothing of it has to be ended. */
async function openMacvlan(request) {
	const { code, stderr } = await execute(argvOf(request, ""));
	if (code !== 0) throw new Error(stderr.trim() || `${request.tools.ip} exited with ${code}`);
	return {
		gone: new Promise(() => {}),
		close: async () => {}
	};
}
function argvOf({ plan, holder }, file) {
	return plan.argv.map((word) => word === "{pid}" ? String(holder.pid) : word === "{network}" ? file : word);
}
function hasRoute(pid) {
	try {
		return readFileSync(`/proc/${pid}/net/route`, "latin1").split("\n").some((line) => line.startsWith(`${LINK}\t00000000\t`));
	} catch {
		return false;
	}
}
/** Starts a program and waits until it is attached, or has ended. */
async function attach(argv, further, isAttached) {
	const [program = "", ...args] = argv;
	const child = spawn(program, args, {
		env: {},
		detached: true,
		stdio: [
			"ignore",
			"ignore",
			"pipe",
			...further
		]
	});
	const said = [];
	child.stderr?.on("data", (chunk) => said.push(chunk));
	let over = false;
	const gone = new Promise((resolve) => {
		child.once("error", (error) => {
			said.push(Buffer.from(error.message));
			resolve();
		});
		child.once("exit", () => resolve());
	});
	const closed = new Promise((resolve) => child.once("close", () => resolve()));
	const attached = await Promise.race([
		isAttached(child, () => over).then(() => true),
		gone.then(() => false),
		setTimeout$1(ATTACHES_WITHIN_MS, false, { ref: false })
	]);
	over = true;
	const uplink = {
		gone,
		close: async () => await close(child, gone)
	};
	if (attached) return uplink;
	await Promise.race([closed, setTimeout$1(LAST_WORDS_MS, void 0, { ref: false })]);
	await uplink.close();
	throw new Error(lastWords(Buffer.concat(said).toString()));
}
/** pasta complains of a missing system log after each of its own lines. */
function lastWords(said) {
	return said.split("\n").map((line) => line.trim()).findLast((line) => line !== "" && !line.endsWith(" bytes to syslog")) ?? "it did not answer";
}
/** What has no descriptor to be ended by ends with the holder. */
async function close(child, gone) {
	const pipe = child.stdio[SLIRP_FDS.exit];
	if (pipe !== null && pipe !== void 0 && "destroy" in pipe) {
		pipe.destroy();
		await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS, void 0, { ref: false })]);
		child.kill("SIGKILL");
		await Promise.race([gone, setTimeout$1(ENDS_WITHIN_MS, void 0, { ref: false })]);
	}
	child.stderr?.destroy();
	child.unref();
}

// src/probe/attempts.ts
const NOTHING_TRIED = {
	namespaces: { tried: false },
	bwrap: { tried: false },
	ip: { tried: false },
	nft: { tried: false },
	doors: { tried: false },
	slirp4netns: { tried: false },
	pasta: { tried: false },
	macvlan: { tried: false },
	overlay: { tried: false }
};
/** Builds a small sandbox for each capability, side by side in one set of namespaces. */
async function tryEverything(request) {
	const { tools, needs, shed, scratchBase } = request;
	if (tools.unshare.path === null || tools.nsenter.path === null || tools.cat.path === null) return NOTHING_TRIED;
	const commands = commandsOf(tools);
	const rooms = [];
	try {
		const anteroom = shed === null ? null : await openAnteroom(commands);
		if (anteroom !== null) {
			rooms.push(anteroom);
			await offerTun(anteroom, commands);
		}
		const holder = await openHolder(commands, anteroom, shed);
		rooms.push(holder);
		const [bwrap, ip, nft, doors, uplinks, overlay] = await Promise.all([
			attempt(tools.bwrap, async () => await tryBwrap(holder, commands)),
			attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, commands)),
			attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, commands)),
			attempt(needs.doors ? tools.nft : null, async () => await tryDoors(holder, commands)),
			tryUplinks(request, {
				holder,
				anteroom,
				shed,
				tools: commands
			}),
			attempt(needs.overlay ? tools.mount : null, async () => await tryOverlay(anteroom ?? holder, commands, scratchBase, shed !== null))
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
			...uplinks,
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
		...tools.bwrap,
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
		...tools.nft,
		"-f",
		"-"
	]), TRIAL_DOORS);
}
async function tryNft(holder, tools) {
	return await complaintOf(holder.enter([
		...tools.nft,
		"-f",
		"-"
	]), TRIAL_RULES);
}
/** One after the other, because each takes the same name and addresses. */
async function tryUplinks({ tools, needs, scratchBase }, rooms) {
	const { slirp4netns, pasta, macvlan } = NOTHING_TRIED;
	const program = {
		slirp4netns: tools.slirp4netns,
		pasta: tools.pasta,
		macvlan: tools.ip
	};
	let found = {
		slirp4netns,
		pasta,
		macvlan
	};
	for (const backend of needs.egress) {
		if (backend === "macvlan" && needs.interface === null) continue;
		const plan = planUplink({
			backend,
			loopback: false,
			interface: needs.interface,
			tools: {
				...rooms.tools,
				slirp4netnsVersion: tools.slirp4netns.version
			}
		});
		const tried = await attempt(program[backend], async () => await tryUplink({
			...rooms,
			plan
		}, scratchBase));
		found = {
			...found,
			[backend]: tried
		};
		if (tried.tried && tried.ok) break;
	}
	return found;
}
async function tryUplink(request, scratchBase) {
	const directory = await mkdtemp(join(scratchBase, "glovebox-probe-"));
	try {
		await chmod(directory, 493);
		await (await openUplink({
			...request,
			directory
		})).close();
		return null;
	} catch (error) {
		return messageOf(error);
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
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
	const tools = await locateTools(environment);
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
			environment["RUNNER_TOOL_CACHE"],
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
	].find((path) => path !== void 0 && /^\/[\w./-]+$/.test(path) && isWritable(path) && (process.getuid?.() !== 0 || opensToAll(path)) && !writable.some((place) => within(realpathSync(path), place))) ?? "/tmp";
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

export { bwrapOptions as C, opensToAll as S, within as T, knownArchives as _, openUplink as a, startOf as b, openHolder as c, planUplink as d, routesOf as f, cacheRoots as g, searchOrder as h, probeOnce as i, backendsOf as l, locateTools as m, identify as n, offerTun as o, findProgram as p, probeHost as r, openAnteroom as s, chooseScratchBase as t, chooseUplink as u, recordsDirectory as v, inOrder as w, execute as x, entryOf as y };