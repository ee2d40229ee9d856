import { _ as evaluate, a as openAnteroom, d as bwrapOptions, f as inOrder, g as downgradeOf, h as shedIds, i as offerTun, m as planPrivilege, n as identify, o as openHolder, p as within, r as probeHost, s as shedPrefix, u as execute } from "./environment.mjs";
import { i as forbiddenReason, r as matchesAddress } from "./schema.mjs";
import { o as parseAddress, s as widthOf, t as contains } from "./addresses.mjs";
import { t as mergePolicies } from "./merge.mjs";
import { t as readLayers } from "./policy-files.mjs";
import { i as messageOf, r as GloveboxError } from "./style.mjs";
import { r as outcomeOf, t as VERSION } from "./version.mjs";
import { t as closeInherited } from "./inherited.mjs";
import { chmodSync, chownSync, closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, rmdirSync, statSync, statfsSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { Socket } from "node:net";

// src/plan/types.ts
const LAYERS = [
	"network",
	"filesystem",
	"resources",
	"privilege",
	"environment"
];

// src/plan/environment.ts
/** Handed on without being asked for: what a build needs and nobody keeps a secret in. */
const PASSED_BY_DEFAULT = [
	...[
		"PATH",
		"LANG",
		"LANGUAGE",
		"LC_*",
		"TZ",
		"TERM",
		"COLORTERM",
		"SHELL"
	],
	...[
		"NO_COLOR",
		"FORCE_COLOR",
		"CLICOLOR",
		"CLICOLOR_FORCE",
		"SOURCE_DATE_EPOCH"
	],
	...[
		"CI",
		"GITLAB_CI",
		"BUILDKITE",
		"GITHUB_ACTIONS",
		"RUNNER_OS",
		"RUNNER_ARCH"
	],
	...[
		"GITHUB_WORKFLOW",
		"GITHUB_JOB",
		"GITHUB_RUN_ID",
		"GITHUB_RUN_NUMBER",
		"GITHUB_RUN_ATTEMPT"
	],
	...[
		"GITHUB_REPOSITORY",
		"GITHUB_REPOSITORY_OWNER",
		"GITHUB_WORKSPACE",
		"GITHUB_SHA",
		"GITHUB_REF"
	],
	...[
		"GITHUB_REF_NAME",
		"GITHUB_REF_TYPE",
		"GITHUB_HEAD_REF",
		"GITHUB_BASE_REF",
		"GITHUB_ACTOR"
	],
	...[
		"GITHUB_EVENT_NAME",
		"GITHUB_SERVER_URL",
		"GITHUB_API_URL",
		"GITHUB_GRAPHQL_URL"
	],
	...[
		"JAVA_HOME",
		"JAVA_HOME_*",
		"GOROOT",
		"ANDROID_HOME",
		"ANDROID_SDK_ROOT",
		"DOTNET_ROOT"
	],
	...[
		"RUSTUP_HOME",
		"RUSTUP_TOOLCHAIN",
		"PYENV_ROOT",
		"PYENV_VERSION",
		"NVM_DIR",
		"RBENV_ROOT"
	],
	...[
		"VOLTA_HOME",
		"SDKMAN_DIR",
		"CONDA_PREFIX",
		"VIRTUAL_ENV"
	]
];
/** Decides which variables the step gets; what was not handed on is told by name. */
function planEnvironment(policy, host, identity) {
	const wanted = anyOf([...PASSED_BY_DEFAULT, ...policy.environment.pass.map(({ value }) => value)]);
	const names = Object.keys(host).sort();
	const passed = names.filter((name) => wanted(name) && forbiddenReason(name) === null);
	const set = [...policy.environment.set.keys()].sort();
	const variables = /* @__PURE__ */ new Map();
	for (const name of passed) variables.set(name, host[name] ?? "");
	variables.set("HOME", identity.home);
	variables.set("USER", identity.name);
	variables.set("LOGNAME", identity.name);
	for (const name of set) variables.set(name, policy.environment.set.get(name)?.value ?? "");
	if (variables.has("PATH")) variables.set("PATH", absoluteOnly(variables.get("PATH") ?? ""));
	const kept = new Set(variables.keys());
	return {
		variables,
		passed: passed.filter((name) => !policy.environment.set.has(name)),
		set,
		dropped: names.filter((name) => !kept.has(name))
	};
}
/** A relative entry would let the workspace put its own `git` or `node` first. */
function absoluteOnly(path) {
	return path.split(":").filter((entry) => entry.startsWith("/")).join(":");
}
function anyOf(globs) {
	const source = globs.map((glob) => glob.replaceAll("*", "[A-Za-z0-9_]*").replaceAll("?", "[A-Za-z0-9_]"));
	const pattern = new RegExp(`^(?:${source.join("|")})$`);
	return (name) => pattern.test(name);
}

// src/plan/named-paths.ts
/** The paths that the policy itself names: each is mounted, or the reader is told why not. */
function namedMounts(site, mode) {
	const guarded = mode === "workspace" ? site.guarded : [];
	const parts = [
		...guarded.map((path) => hold(path, site)),
		...mode === "workspace" ? site.hide.map((path) => hold(path, site)) : [],
		...site.read.map((path) => expose(path, "read", site)),
		...site.write.map((path) => expose(path, "write", site)),
		...guarded.map((path) => guard(path)),
		...site.hide.map((path) => hide(path, site))
	];
	return {
		mounts: parts.flatMap(({ mounts }) => mounts),
		downgrades: parts.flatMap(({ downgrades }) => downgrades),
		notes: parts.flatMap(({ notes }) => notes)
	};
}
function expose(path, key, site) {
	if (path.kind === "missing") return note(`${key}-path-missing`, `filesystem.${key}: ${quoted(path)} does not exist and is not there for the step`);
	if (path.real !== path.absolute && within(path.absolute, site.workspace)) return unmaskable(path, key === "read" ? "shown" : "made writable");
	const writable = key === "write";
	return {
		mounts: [{
			kind: "bind",
			source: path.real,
			target: path.absolute,
			writable
		}],
		downgrades: [],
		notes: []
	};
}
/** A directory that is a mount itself cannot be renamed, and so what is guarded in it cannot be replaced. */
function hold(path, site) {
	const inner = path.kind !== "missing" && path.real === path.absolute && within(path.absolute, site.workspace) ? path.absolute.slice(site.workspace.length + 1).split("/") : [];
	return {
		mounts: inner.slice(1).map((_, index) => {
			const directory = `${site.workspace}/${inner.slice(0, index + 1).join("/")}`;
			return {
				kind: "bind",
				source: directory,
				target: directory,
				writable: true
			};
		}),
		downgrades: [],
		notes: []
	};
}
function guard(path) {
	if (path.kind === "missing") return note("guarded-path-missing", `${quoted(path)} does not exist yet, so the step could create it`);
	if (path.real !== path.absolute) return unmaskable(path, "kept read-only");
	return {
		mounts: [{
			kind: "bind",
			source: path.absolute,
			target: path.absolute,
			writable: false
		}],
		downgrades: [],
		notes: []
	};
}
/** Hidden at the place where it really is, so that no symlink leads round the mask. */
function hide(path, site) {
	if (path.kind === "missing") return note("hide-path-missing", `filesystem.hide: ${quoted(path)} does not exist, so there is nothing to hide`);
	if (path.real !== path.absolute && within(path.absolute, site.workspace)) return unmaskable(path, "hidden");
	return {
		mounts: [{
			kind: path.kind === "directory" ? "mask-directory" : "mask-file",
			target: path.real
		}],
		downgrades: [],
		notes: []
	};
}
/** A mount onto a symlink that an earlier step may have planted could land outside the sandbox. */
function unmaskable(path, aim) {
	return {
		mounts: [],
		downgrades: [{
			layer: "filesystem",
			code: "path-through-symlink",
			reason: `${quoted(path)} cannot be ${aim}: a part of it is a symlink to ${JSON.stringify(path.real)}`,
			remedy: "name the path that the symlink leads to"
		}],
		notes: []
	};
}
function note(code, text) {
	return {
		mounts: [],
		downgrades: [],
		notes: [{
			code,
			text
		}]
	};
}
function quoted(path) {
	return JSON.stringify(path.written);
}

// src/plan/system-files.ts
const HOSTNAME = "glovebox";
/** The files and directories of /etc that programs need and that tell nothing of the machine's users. */
const ETC_SHOWN = [
	...[
		"alternatives",
		"ssl",
		"pki",
		"ca-certificates",
		"ca-certificates.conf",
		"crypto-policies"
	],
	...[
		"ld.so.cache",
		"ld.so.conf",
		"ld.so.conf.d",
		"localtime",
		"timezone",
		"nsswitch.conf"
	],
	...[
		"protocols",
		"services",
		"rpc",
		"networks",
		"gai.conf",
		"host.conf",
		"mime.types",
		"magic"
	],
	...[
		"os-release",
		"lsb-release",
		"debian_version",
		"redhat-release",
		"alpine-release",
		"issue"
	],
	...[
		"bash.bashrc",
		"profile",
		"profile.d",
		"inputrc",
		"shells",
		"terminfo",
		"login.defs",
		"fonts"
	],
	...[
		"perl",
		"python3",
		"java",
		"jvm",
		"php",
		"ruby",
		"R",
		"maven",
		"gradle",
		"texmf",
		"ImageMagick-6"
	]
];
/** The parts of /etc that are the sandbox's own, and those that are the host's. */
function systemFiles(site, identity, network) {
	const answered = resolverAnswers(site, network);
	const files = [
		{
			name: "passwd",
			content: passwd(identity, site)
		},
		{
			name: "group",
			content: group(identity)
		},
		{
			name: "hosts",
			content: HOSTS
		},
		{
			name: "hostname",
			content: `${HOSTNAME}\n`
		},
		{
			name: "resolv.conf",
			content: resolvConf(site, answered)
		},
		{
			name: "nsswitch.conf",
			content: nameService(answered)
		}
	];
	return {
		files: files.map(({ name, content }) => ({
			name: `files/${name}`,
			content
		})),
		mounts: (scratch) => [...site.etc.map((path) => ({
			kind: "bind",
			source: path,
			target: path,
			writable: false
		})), ...files.map(({ name }) => ({
			kind: "bind",
			source: `${scratch}/files/${name}`,
			target: `/etc/${name}`,
			writable: false
		}))]
	};
}
const HOSTS = `127.0.0.1 localhost ${HOSTNAME}
::1 localhost ip6-localhost ip6-loopback
`;
function passwd({ uid, gid, name, home }, site) {
	const shell = site.environment["SHELL"] ?? "/bin/sh";
	return `${uid === 0 ? "" : "root:x:0:0:root:/:/usr/sbin/nologin\n"}${name}:x:${uid}:${gid}::${field(home)}:${field(shell)}\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`;
}
function group({ gid, name }) {
	return `${gid === 0 ? "" : "root:x:0:\n"}${name}:x:${gid}:\nnogroup:x:65534:\n`;
}
function field(text) {
	return /[:\n]/.test(text) ? "/" : text;
}
/** Whether the policy lets the step ask any of the resolvers at all. */
function resolverAnswers(site, { mode, allow }) {
	if (mode.value === "deny") return false;
	if (mode.value !== "allowlist") return true;
	return site.nameservers.some((address) => allow.some(({ value }) => matchesAddress(value, {
		address,
		port: 53,
		protocol: "udp"
	})));
}
/** Sealed off, the resolver's address stays: asking it is an attempt to leave, and must be seen. */
function resolvConf(site, answered) {
	const servers = site.nameservers.map((address) => `nameserver ${address}`);
	const options = answered ? site.resolverOptions : ["options timeout:1 attempts:1"];
	return [...servers, ...options].map((line) => `${line}\n`).join("");
}
/**
* The last service has the last word. A resolver that cannot be asked would be a passing fault, and
* programs would try again for minutes; after a second look at the files it is "no such name".
*/
function nameService(answered) {
	return `passwd: files\ngroup: files\nshadow: files\nhosts: ${answered ? "files dns" : "files dns files"}\n`;
}

// src/plan/filesystem.ts
/** Where a step without a workspace of its own may write. */
const SCRATCH = "/scratch";
/** Decides the file tree that the step sees. */
function planFilesystem(policy, capabilities, site, identity, scratch) {
	const asked = policy.filesystem.mode.value;
	if (!capabilities.sandbox.available) return withoutSandbox(asked, capabilities, site);
	if (asked === "off") return wholeHost(site);
	const downgrades = [];
	let mode = asked;
	if (mode === "overlay" && !capabilities.overlay.available) {
		downgrades.push(downgradeOf("filesystem", capabilities.overlay));
		mode = "workspace";
	}
	const named = namedMounts(site, mode);
	downgrades.push(...named.downgrades);
	const stage = stager(identity.shed ? scratch : null);
	const system = systemFiles(site, identity, policy.network);
	const mounts = [
		...baseMounts(site),
		...system.mounts(scratch),
		...freshDirectories(identity),
		...site.toolDirectories.map((path) => bind(stage(path), path, false)),
		...workspaceMounts(mode, site, scratch, stage),
		...named.mounts.map((mount) => mount.kind === "bind" ? {
			...mount,
			source: stage(mount.source)
		} : mount)
	];
	const overlay = mode === "overlay" ? {
		lower: site.workspace,
		merged: `${scratch}/merged`,
		top: {
			...site.workspaceOwner,
			mode: site.workspaceMode
		},
		options: overlayOptions(scratch, identity),
		chown: identity.shed && site.workspaceOwner.uid !== identity.uid ? `${identity.uid}:${identity.gid}` : null
	} : null;
	return {
		filesystem: {
			mounts: [
				{
					kind: "proc",
					covered: site.procCovered
				},
				{ kind: "dev" },
				...inOrder(mounts)
			],
			directories: [
				"empty",
				"files",
				"work",
				...overlay === null ? [] : [
					"lower",
					"merged",
					"upper",
					"index"
				]
			],
			files: system.files,
			overlay,
			staged: stage.done(),
			cwd: workingDirectory$1(mode, site)
		},
		layer: {
			status: downgrades.length > 0 ? "downgraded" : "enforced",
			mechanism: MECHANISMS[mode]
		},
		downgrades,
		notes: [...named.notes, ...ownershipNotes(mode, site, identity)]
	};
}
const MECHANISMS = {
	"scratch-only": "mount namespace, read-only base system, empty scratch directory",
	"scratch-plus-ro": "mount namespace, read-only base system and workspace, empty scratch directory",
	overlay: "mount namespace, read-only base system, workspace on a throwaway overlay",
	workspace: "mount namespace, read-only base system, workspace writable in place"
};
function withoutSandbox(asked, capabilities, site) {
	const downgrades = asked === "off" || capabilities.sandbox.available ? [] : [downgradeOf("filesystem", capabilities.sandbox)];
	return {
		filesystem: {
			mounts: [],
			directories: [],
			files: [],
			overlay: null,
			staged: [],
			cwd: site.cwd
		},
		layer: {
			status: downgrades.length > 0 ? "unavailable" : "not-requested",
			mechanism: "none: the host's own files"
		},
		downgrades,
		notes: []
	};
}
function wholeHost(site) {
	return {
		filesystem: {
			mounts: [{ kind: "host-root" }, {
				kind: "proc",
				covered: site.procCovered
			}],
			directories: [],
			files: [],
			overlay: null,
			staged: [],
			cwd: site.cwd
		},
		layer: {
			status: "not-requested",
			mechanism: "none: the host's own files"
		},
		downgrades: [],
		notes: []
	};
}
function baseMounts(site) {
	return site.base.map((entry) => entry.kind === "symlink" ? {
		kind: "symlink",
		target: entry.path,
		to: entry.to
	} : bind(entry.path, entry.path, false));
}
function freshDirectories(identity) {
	return [
		{
			kind: "tmpfs",
			target: "/tmp",
			mode: "1777"
		},
		{
			kind: "tmpfs",
			target: "/var/tmp",
			mode: "1777"
		},
		{
			kind: "tmpfs",
			target: "/run",
			mode: "0755"
		},
		...identity.home === "/" ? [] : [{
			kind: "tmpfs",
			target: identity.home,
			mode: "0700"
		}]
	];
}
function workspaceMounts(mode, site, scratch, stage) {
	const emptyScratch = bind(`${scratch}/work`, SCRATCH, true);
	switch (mode) {
		case "scratch-only": return [emptyScratch];
		case "scratch-plus-ro": return [emptyScratch, bind(stage(site.workspace), site.workspace, false)];
		case "overlay": return [bind(`${scratch}/merged`, site.workspace, true)];
		case "workspace": return [bind(stage(site.workspace), site.workspace, true)];
	}
}
function workingDirectory$1(mode, site) {
	return mode === "scratch-only" || mode === "scratch-plus-ro" ? SCRATCH : site.cwd;
}
/** As real root the overlay can hold a changed owner without copying content; rootless it cannot. */
function overlayOptions(scratch, identity) {
	const layers = `lowerdir=${scratch}/lower,upperdir=${scratch}/upper,workdir=${scratch}/index`;
	return identity.shed ? `${layers},metacopy=on,redirect_dir=on` : `${layers},userxattr`;
}
function ownershipNotes(mode, site, identity) {
	if (mode !== "workspace" || !identity.shed || site.workspaceOwner.uid === identity.uid) return [];
	return [{
		code: "workspace-owner",
		text: `the workspace belongs to uid ${site.workspaceOwner.uid} and the step runs as uid ${identity.uid}: it cannot write there (use filesystem.mode overlay, or chown the workspace)`
	}];
}
/** For a root supervisor: every source gets a place that the step's uid can reach. */
function stager(scratch) {
	const staged = /* @__PURE__ */ new Map();
	const stage = (path) => {
		if (scratch === null || within(path, scratch)) return path;
		const target = staged.get(path) ?? `${scratch}/staged/${staged.size}`;
		staged.set(path, target);
		return target;
	};
	return Object.assign(stage, { done: () => [...staged].map(([source, target]) => ({
		source,
		target
	})) });
}
function bind(source, target, writable) {
	return {
		kind: "bind",
		source,
		target,
		writable
	};
}

// src/plan/filter.ts
/** Numbers from the kernel's uapi: audit.h, seccomp.h, and each architecture's unistd.h. */
const ARCHITECTURES = {
	x64: {
		audit: 3221225534,
		keyring: [
			248,
			249,
			250
		],
		ioUringSetup: 425,
		socket: 41,
		clone: 56,
		unshare: 272,
		clone3: 435,
		x32: true
	},
	arm64: {
		audit: 3221225655,
		keyring: [
			217,
			218,
			219
		],
		ioUringSetup: 425,
		socket: 198,
		clone: 220,
		unshare: 97,
		clone3: 435,
		x32: false
	}
};
const LOAD_WORD = 32;
const JUMP_EQUAL = 21;
const JUMP_GREATER_EQUAL = 53;
const JUMP_ANY_BIT = 69;
const RETURN = 6;
const ALLOW = 2147418112;
const KILL_PROCESS = 2147483648;
const X32_BIT = 1073741824;
/** Sockets between a virtual machine and its host: no network namespace holds them. */
const AF_VSOCK = 40;
/** In a user namespace of its own a step has every capability, and undoes mounts that guard it. */
const CLONE_NEWUSER = 268435456;
/** Offsets in struct seccomp_data; of an argument the low word. */
const NR = 0;
const ARCH = 4;
const ARGUMENT_0 = 16;
/**
* The seccomp filter that every sandbox has, as `struct sock_filter[]`: it shuts what namespaces do
* not, the kernel's keyrings and vsock, and user namespaces of the step's own. Calls of another architecture end the process, because
* their numbers mean other things. null for an architecture without a table.
*/
function baseFilter(arch) {
	const table = ARCHITECTURES[arch];
	if (table === void 0) return null;
	const tests = [
		[
			LOAD_WORD,
			NR,
			null,
			null
		],
		...table.x32 ? [[
			JUMP_GREATER_EQUAL,
			X32_BIT,
			"absent",
			null
		]] : [],
		...[
			...table.keyring,
			table.ioUringSetup,
			table.clone3
		].map((nr) => [
			JUMP_EQUAL,
			nr,
			"absent",
			null
		]),
		[
			JUMP_EQUAL,
			table.clone,
			"flags",
			null
		],
		[
			JUMP_EQUAL,
			table.unshare,
			"flags",
			null
		],
		[
			JUMP_EQUAL,
			table.socket,
			null,
			"allow"
		],
		[
			LOAD_WORD,
			ARGUMENT_0,
			null,
			null
		],
		[
			JUMP_EQUAL,
			AF_VSOCK,
			"no-family",
			"allow"
		]
	];
	const flags = [[
		LOAD_WORD,
		ARGUMENT_0,
		null,
		null
	], [
		JUMP_ANY_BIT,
		CLONE_NEWUSER,
		"forbidden",
		"allow"
	]];
	const all = [...tests, ...flags];
	const verdicts = [
		"allow",
		"absent",
		"no-family",
		"forbidden"
	];
	const distance = (from, to) => {
		if (to === null) return 0;
		return (to === "flags" ? tests.length : all.length + verdicts.indexOf(to)) - from - 1;
	};
	return encode([
		[
			LOAD_WORD,
			0,
			0,
			ARCH
		],
		[
			JUMP_EQUAL,
			1,
			0,
			table.audit
		],
		[
			RETURN,
			0,
			0,
			KILL_PROCESS
		],
		...all.map(([code, k, ifTrue, ifFalse], index) => [
			code,
			distance(index, ifTrue),
			distance(index, ifFalse),
			k
		]),
		[
			RETURN,
			0,
			0,
			ALLOW
		],
		[
			RETURN,
			0,
			0,
			327718
		],
		[
			RETURN,
			0,
			0,
			327777
		],
		[
			RETURN,
			0,
			0,
			327681
		]
	]);
}
function encode(program) {
	const bytes = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(program.length * 8));
	program.forEach(([code, ifTrue, ifFalse, k], index) => {
		bytes.setUint16(index * 8, code, true);
		bytes.setUint8(index * 8 + 2, ifTrue);
		bytes.setUint8(index * 8 + 3, ifFalse);
		bytes.setUint32(index * 8 + 4, k >>> 0, true);
	});
	return new Uint8Array(bytes.buffer);
}

// src/plan/launch.ts
/** File descriptors that bwrap is started with, besides 0 to 2. */
const LAUNCH_FDS = {
	args: 3,
	status: 4,
	block: 5,
	filter: 6
};
/** bwrap, started with an empty environment and everything telling in `hidden`. */
function sandboxLaunch(parts) {
	const { command, identity, network, filesystem, limits, environment, tools, scratch, filter } = parts;
	return {
		argv: [
			...limits.prlimit.length > 0 ? [
				tools.prlimit,
				...limits.prlimit,
				"--"
			] : [],
			tools.bwrap,
			...["--args", String(LAUNCH_FDS.args)],
			"--",
			...limits.prlimit.length > 0 ? [
				tools.prlimit,
				"--core=0:0",
				"--"
			] : [],
			...command
		],
		hidden: [
			...[
				"--unshare-user",
				"--unshare-pid",
				"--unshare-ipc",
				"--unshare-uts",
				"--unshare-cgroup"
			],
			...network.kind === "bare" ? ["--unshare-net"] : [],
			...[
				"--hostname",
				HOSTNAME,
				"--uid",
				String(identity.uid),
				"--gid",
				String(identity.gid)
			],
			...["--new-session", "--die-with-parent"],
			...["--cap-drop", "ALL"],
			...[
				"--json-status-fd",
				String(LAUNCH_FDS.status),
				"--block-fd",
				String(LAUNCH_FDS.block)
			],
			...filter === null ? [] : ["--seccomp", String(LAUNCH_FDS.filter)],
			...bwrapOptions(filesystem.mounts, `${scratch}/empty`),
			...["--chdir", filesystem.cwd],
			...[...environment.variables].flatMap(([name, value]) => [
				"--setenv",
				name,
				value
			])
		],
		filter
	};
}
/** Without a sandbox: what limits and privileges can still be held. */
function bareLaunch(parts, capabilities) {
	const { policy, command, identity, limits, tools } = parts;
	const drop = policy.privilege.mode.value === "drop" && capabilities.privilegeDrop.available;
	const shed = identity.shed ? [
		"--reuid",
		String(identity.uid),
		"--regid",
		String(identity.gid),
		"--clear-groups"
	] : [];
	return {
		argv: [
			...drop ? [
				tools.setpriv,
				"--no-new-privs",
				"--inh-caps=-all",
				...shed,
				"--"
			] : [],
			...limits.prlimit.length > 0 ? [
				tools.prlimit,
				...limits.prlimit,
				"--"
			] : [],
			...command
		],
		hidden: [],
		filter: null
	};
}

// src/plan/layers.ts
/**
* One decision may weaken another's layer. Nobody misses a layer that was not asked for; every
* other one that has a downgrade counts as enforced no longer.
*/
function settle(decided, told) {
	const downgrades = told.filter(({ layer }) => decided[layer].status !== "not-requested");
	const weakened = new Set(downgrades.map(({ layer }) => layer));
	const layers = LAYERS.map((layer) => {
		const plan = decided[layer];
		return [layer, plan.status === "enforced" && weakened.has(layer) ? {
			...plan,
			status: "downgraded"
		} : plan];
	});
	return {
		layers: Object.fromEntries(layers),
		downgrades
	};
}

// src/plan/limits.ts
/** unshare, cat, nsenter, bwrap and its pid 1 count in the same user namespaces as the step. */
const OUR_OWN = 5;
/** Decides what holds each limit: an rlimit, a control group, or the supervisor's own watch. */
function planLimits(policy, capabilities, hard) {
	const { timeout, cpuTime, memory, processes, openFiles, fileSize, output } = policy.resources;
	const rlimits = capabilities.limits.available;
	const sandboxed = capabilities.sandbox.available;
	const requested = Object.values(policy.resources).some(({ value }) => value !== null);
	const memoryCgroup = memory.value === null ? null : capabilities.memoryCgroup;
	const limits = {
		prlimit: rlimits ? [
			...option("nproc", sandboxed && processes.value !== null ? processes.value + OUR_OWN : null, hard.processes),
			...option("nofile", openFiles.value, hard.openFiles),
			...option("fsize", fileSize.value, hard.fileSize),
			...option("cpu", cpuTime.value === null ? null : Math.ceil(cpuTime.value / 1e3) + 1, hard.cpuTime),
			"--core=0:0"
		] : [],
		timeoutMs: timeout.value,
		cpuMs: cpuTime.value,
		memoryBytes: memory.value,
		outputBytes: output.value,
		memoryCgroup
	};
	const downgrades = [];
	if (requested && !capabilities.limits.available) downgrades.push(downgradeOf("resources", capabilities.limits));
	if (processes.value !== null && !sandboxed && !capabilities.sandbox.available) downgrades.push({
		layer: "resources",
		code: "processes-unlimited",
		reason: `the number of processes cannot be capped for this run alone: ${capabilities.sandbox.reason}`,
		remedy: capabilities.sandbox.remedy
	});
	return {
		limits,
		layer: layerOf(requested, downgrades, limits),
		downgrades,
		notes: memoryNotes(limits)
	};
}
function layerOf(requested, downgrades, limits) {
	if (!requested) return {
		status: "not-requested",
		mechanism: "none"
	};
	const memory = limits.memoryBytes === null ? null : limits.memoryCgroup === null ? "memory watch" : `memory cgroup v${limits.memoryCgroup.version}`;
	const parts = [
		limits.prlimit.length > 0 ? "rlimits" : null,
		"watchdog",
		memory
	];
	return {
		status: downgrades.length > 0 ? "downgraded" : "enforced",
		mechanism: parts.filter((part) => part !== null).join(", ")
	};
}
function memoryNotes(limits) {
	if (limits.memoryBytes === null || limits.memoryCgroup !== null) return [];
	return [{
		code: "memory-watched",
		text: "memory is watched, not held by the kernel (no control group can be made here): a step can pass the cap for a moment before it is ended, and memory that no process maps (memfd, System V segments, socket buffers) is not seen"
	}];
}
/** Soft and hard alike; a host limit that is tighter already stays, because nobody here can raise it. */
function option(name, wanted, hard) {
	if (wanted === null) return [];
	const value = hard === null ? wanted : Math.min(wanted, hard);
	return [`--${name}=${value}:${value}`];
}

// src/plan/ranges.ts
/** Rejected before any entry is looked at, unless `block-metadata` is off. */
const METADATA_RANGES = [
	{
		family: 4,
		text: "169.254.0.0/16",
		why: "link-local, where clouds serve instance credentials"
	},
	{
		family: 4,
		text: "168.63.129.16/32",
		why: "Azure's agent endpoint"
	},
	{
		family: 4,
		text: "100.100.100.200/32",
		why: "Alibaba Cloud's metadata endpoint"
	},
	{
		family: 6,
		text: "fe80::/10",
		why: "link-local"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local, where clouds serve instance credentials over IPv6"
	}
];
/**
* slirp4netns's own side, never reached: its gateway stands for the host, its forwarder for the
* host's resolver, and a loopback address that a socket bound to the device sends out is the host's.
*/
const HOST_LINK = [
	{
		family: 4,
		text: "10.0.2.0/24",
		why: "slirp4netns's own network"
	},
	{
		family: 6,
		text: "fd00::/64",
		why: "slirp4netns's own network"
	},
	{
		family: 4,
		text: "127.0.0.0/8",
		why: "the host's loopback"
	},
	{
		family: 6,
		text: "::1/128",
		why: "the host's loopback"
	}
];
/** Reachable only when an entry names them: one that lies within the range. */
const PRIVATE_RANGES = [
	{
		family: 4,
		text: "10.0.0.0/8",
		why: "private"
	},
	{
		family: 4,
		text: "100.64.0.0/10",
		why: "shared address space"
	},
	{
		family: 4,
		text: "172.16.0.0/12",
		why: "private"
	},
	{
		family: 4,
		text: "192.168.0.0/16",
		why: "private"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local"
	}
];

// src/plan/ruleset.ts
const TABLE = "glovebox";
/** Bound of each record set; what does not fit is still counted. */
const RECORD_LIMIT = 4096;
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
const ELEMENTS_PER_TRANSACTION = 2e3;
/**
* The nftables text, in transactions to be loaded in order. The first has the whole default-drop
* ruleset, the others only add elements to its sets: at no moment is more open than in the end.
*/
function rulesets(request) {
	const groups = groupEntries(request);
	return [`${[
		`table inet ${TABLE} {`,
		...recordSets(),
		...groups.map(declareSet),
		...refuseChain(),
		...reachChain(),
		"chain output {",
		"type filter hook output priority 0; policy drop;",
		...outputRules(request, groups),
		"}",
		"}"
	].join("\n")}\n`, ...elementTransactions(groups)];
}
function groupEntries({ entries, hostAddresses }) {
	const ranges = PRIVATE_RANGES.map(({ text }) => cidrOf(text));
	const hosts = hostAddresses.map(({ family, address }) => cidrOf(`${address}/${widthOf(family)}`));
	const byKey = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const text = `${entry.address}/${entry.prefix}`;
		const cidr = cidrOf(text);
		const holds = (range) => cidr.prefix < range.prefix && contains(cidr, range);
		const wide = ranges.some(holds) ? "private" : hosts.some(holds) ? "host" : "no";
		const ports = entry.ports.map(rangeText).join(",");
		const key = [
			entry.family,
			entry.protocol,
			ports,
			wide
		].join(" ");
		const group = byKey.get(key) ?? {
			entry,
			wide,
			addresses: []
		};
		group.addresses.push(text);
		byKey.set(key, group);
	}
	return [...byKey.values()].map(({ entry, wide, addresses }, index) => ({
		set: `allow${index}`,
		family: entry.family,
		protocol: entry.protocol,
		ports: entry.ports,
		wide,
		addresses
	}));
}
function cidrOf(text) {
	const [address = "", prefix = ""] = text.split("/");
	const parsed = parseAddress(address);
	if (parsed === null) throw new TypeError(`not an address: ${text}`);
	return {
		...parsed,
		prefix: Number(prefix)
	};
}
function declareSet({ set, family }) {
	return `set ${set} { type ipv${family}_addr; flags interval; auto-merge; }`;
}
function elementTransactions(groups) {
	const statements = groups.flatMap(({ set, addresses }) => chunks(addresses, ELEMENTS_PER_TRANSACTION).map((chunk) => ({
		size: chunk.length,
		text: `add element inet ${TABLE} ${set} { ${chunk.join(", ")} }\n`
	})));
	const transactions = [];
	for (const { size, text } of statements) {
		const last = transactions.at(-1);
		if (last !== void 0 && last.size + size <= ELEMENTS_PER_TRANSACTION) {
			last.size += size;
			last.text += text;
		} else transactions.push({
			size,
			text
		});
	}
	return transactions.map(({ text }) => text);
}
function outputRules(request, groups) {
	if (request.loopbackAddress !== null) return [
		`ip daddr { 127.0.0.0/8, ${request.loopbackAddress} } accept`,
		"ip6 daddr ::1 accept",
		"goto refuse"
	];
	const anyFamily = (ranges, verdict) => [4, 6].flatMap((family) => {
		const texts = ranges.filter((range) => range.family === family).map(({ text }) => text);
		return texts.length === 0 ? [] : [`${daddr(family)} { ${texts.join(", ")} } ${verdict}`];
	});
	const own = request.hostAddresses.map(({ family, address }) => ({
		family,
		text: address
	}));
	const wide = groups.filter((group) => group.wide === "private");
	const open = request.mode === "audit" || request.mode === "unrestricted";
	return [
		"oifname \"lo\" accept",
		"icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept",
		...request.blockMetadata ? anyFamily(METADATA_RANGES, "goto refuse") : [],
		...anyFamily(HOST_LINK, "goto refuse"),
		...groups.filter((group) => group.wide === "no").map(acceptGroup),
		...anyFamily(own, "goto refuse"),
		...groups.filter((group) => group.wide === "host").map(acceptGroup),
		...wide.length > 0 && !open ? anyFamily(PRIVATE_RANGES, "goto refuse") : [],
		...wide.map(acceptGroup),
		open ? "goto reach" : "goto refuse"
	];
}
function acceptGroup({ set, family, protocol, ports }) {
	return `${protocolMatch(protocol, family, ports)} ${daddr(family)} @${set} goto reach`;
}
function protocolMatch(protocol, family, ports) {
	if (protocol === "icmp") return family === 4 ? "icmp type echo-request" : "icmpv6 type echo-request";
	return `${protocol} dport { ${ports.map(rangeText).join(", ")} }`;
}
const daddr = (family) => family === 4 ? "ip daddr" : "ip6 daddr";
const rangeText = ({ from, to }) => from === to ? String(from) : `${from}-${to}`;
const FAMILIES = [{
	family: 4,
	address: "ip daddr",
	match: "meta nfproto ipv4"
}, {
	family: 6,
	address: "ip6 daddr",
	match: "meta nfproto ipv6"
}];
function recordSets() {
	return ["refused", "reached"].flatMap((verdict) => [`counter ${verdict} { }`, ...FAMILIES.flatMap(({ family }) => [`set ${verdict}${family} { type ipv${family}_addr . inet_proto . inet_service; size ${RECORD_LIMIT}; flags dynamic; counter; }`, `set ${verdict}${family}other { type ipv${family}_addr . inet_proto; size ${RECORD_LIMIT}; flags dynamic; counter; }`])]);
}
/** A TCP connection counts once, by its SYN; other protocols count packets. */
function recordRules(verdict) {
	return FAMILIES.flatMap(({ family, address, match }) => [
		`${match} tcp flags & (syn|ack) == syn counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . tcp dport }`,
		`${match} meta l4proto udp counter name ${verdict} update @${verdict}${family} { ${address} . meta l4proto . udp dport }`,
		`${match} meta l4proto != { tcp, udp } counter name ${verdict} update @${verdict}${family}other { ${address} . meta l4proto }`
	]);
}
/** Errors that the kernel sends by itself, such as for a late answer; the step cannot, nor did it try to. */
const ERRORS = ["icmp type { destination-unreachable, time-exceeded, parameter-problem }", "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }"];
function refuseChain() {
	return [
		"chain refuse {",
		...ERRORS.map((match) => `${match} drop`),
		...recordRules("refused"),
		"meta l4proto tcp reject with tcp reset",
		"reject with icmpx type admin-prohibited",
		"}"
	];
}
function reachChain() {
	return [
		"chain reach {",
		...ERRORS.map((match) => `${match} accept`),
		...recordRules("reached"),
		"accept",
		"}"
	];
}
function chunks(items, size) {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

// src/plan/network.ts
/** An address that means nothing outside (RFC 7600), so that refused packets have a source. */
const LOOPBACK_SOURCE = "192.0.0.8";
const UNUSED = {
	code: "allow-unused",
	text: "network.allow has no effect under network.mode deny: set the mode to allowlist"
};
/** Decides how the step's network is made, and what of the request it cannot hold. */
function planNetwork(policy, capabilities, hostAddresses, tools) {
	const { mode, allow, blockMetadata } = policy.network;
	const entries = allow.map(({ value }) => value);
	const addresses = entries.filter((entry) => entry.kind === "address");
	const names = entries.filter((entry) => entry.kind === "name");
	const wanted = mode.value !== "unrestricted" || blockMetadata.value;
	if (!capabilities.sandbox.available) return hostNetwork(wanted ? [downgradeOf("network", capabilities.sandbox)] : []);
	const request = {
		mode: mode.value,
		entries: addresses,
		blockMetadata: blockMetadata.value,
		hostAddresses: hostAddresses.map((address) => ({
			family: address.includes(":") ? 6 : 4,
			address
		})),
		loopbackAddress: LOOPBACK_SOURCE
	};
	if (mode.value === "deny" || mode.value === "allowlist" && entries.length === 0) {
		const decision = sealedNetwork(capabilities, {
			...request,
			entries: []
		}, tools);
		return entries.length === 0 ? decision : {
			...decision,
			notes: [...decision.notes, UNUSED]
		};
	}
	if (!capabilities.egress.available) return hostNetwork(wanted ? [downgradeOf("network", capabilities.egress)] : []);
	const downgrades = [];
	if (names.length > 0 && mode.value === "allowlist") downgrades.push({
		layer: "network",
		code: "names-unsupported",
		reason: `names cannot be allowed yet: ${listed(names.map(({ text }) => text))} will not be reachable`,
		remedy: "allow the addresses behind them, such as 203.0.113.7:443"
	});
	if (!capabilities.rules.available && wanted) downgrades.push(downgradeOf("network", capabilities.rules));
	return routedNetwork(capabilities, {
		...request,
		loopbackAddress: null
	}, tools, downgrades, wanted);
}
function hostNetwork(downgrades) {
	return {
		network: {
			kind: "host",
			seal: [],
			slirp4netns: null,
			route: [],
			counters: null
		},
		layer: {
			status: downgrades.length > 0 ? "unavailable" : "not-requested",
			mechanism: "none: the host's own network"
		},
		downgrades,
		notes: []
	};
}
function sealedNetwork(capabilities, request, tools) {
	const missing = [capabilities.loopback, capabilities.rules].find((verdict) => !verdict.available);
	if (missing !== void 0 && !missing.available) return {
		network: {
			kind: "bare",
			seal: [],
			slirp4netns: null,
			route: [],
			counters: null
		},
		layer: {
			status: "enforced",
			mechanism: "network namespace with loopback only"
		},
		downgrades: [],
		notes: [{
			code: "egress-not-recorded",
			text: `nothing can leave, but what was tried is not recorded: ${missing.reason}`
		}]
	};
	return {
		network: {
			kind: "sealed",
			seal: [...loadRules(request, tools), ...loopbackRoutes(tools)],
			slirp4netns: null,
			route: [],
			counters: counterQuery(tools)
		},
		layer: {
			status: "enforced",
			mechanism: "network namespace with loopback only, attempts refused by nftables"
		},
		downgrades: [],
		notes: []
	};
}
function routedNetwork(capabilities, request, tools, downgrades, wanted) {
	const ruled = capabilities.rules.available;
	const notes = capabilities.loopback.available ? [] : [{
		code: "ipv6-not-routed",
		text: `IPv6 does not leave the sandbox: ${capabilities.loopback.reason}`
	}];
	return {
		network: {
			kind: "routed",
			seal: ruled ? [...loadRules(request, tools), ...kernelSettings(tools)] : [],
			slirp4netns: [
				tools.slirp4netns,
				"--configure",
				"--mtu=65520",
				"--disable-host-loopback",
				...atLeast(tools.slirp4netnsVersion, 1, 1) ? ["--disable-dns"] : [],
				"--enable-ipv6",
				"--enable-sandbox",
				"--enable-seccomp",
				"--ready-fd=3",
				"--exit-fd=4",
				"tap0"
			],
			route: capabilities.loopback.available ? [routeOut(tools)] : [],
			counters: ruled ? counterQuery(tools) : null
		},
		layer: {
			status: !wanted ? "not-requested" : !ruled ? "unavailable" : downgrades.length > 0 ? "downgraded" : "enforced",
			mechanism: ruled ? `network namespace, nftables ${request.mode === "allowlist" ? "default drop" : "recording"}, slirp4netns` : "network namespace, slirp4netns, no rules"
		},
		downgrades,
		notes
	};
}
/** The rules refuse its resolver anyway; an older slirp4netns just does not know the option. */
function atLeast(version, major, minor) {
	const [ofMajor = 0, ofMinor = 0] = (version ?? "").split(".").map(Number);
	return ofMajor > major || ofMajor === major && ofMinor >= minor;
}
function loadRules(request, tools) {
	return rulesets(request).map((stdin) => ({
		argv: [
			tools.nft,
			"-f",
			"-"
		],
		stdin
	}));
}
/** Packets must reach the rules to be refused and recorded, so everything is routed to loopback. */
function loopbackRoutes(tools) {
	return [ipBatch(tools, [
		"link set lo up",
		`address add ${LOOPBACK_SOURCE}/32 dev lo`,
		`route add default dev lo src ${LOOPBACK_SOURCE}`
	]), {
		...ipBatch(tools, ["route add ::/0 dev lo"]),
		optional: true
	}];
}
/** Unprivileged ping for the step's group; no wait for duplicate addresses. */
function kernelSettings({ tee }) {
	return [{
		argv: [tee, "/proc/sys/net/ipv4/ping_group_range"],
		stdin: "0 0\n",
		optional: true
	}, {
		argv: [tee, "/proc/sys/net/ipv6/conf/default/accept_dad"],
		stdin: "0\n",
		optional: true
	}];
}
function routeOut(tools) {
	return {
		...ipBatch(tools, ["address replace fd00::100/64 dev tap0 nodad", "route replace ::/0 via fd00::2 dev tap0"]),
		optional: true
	};
}
function ipBatch({ ip }, lines) {
	return {
		argv: [
			ip,
			"-batch",
			"-"
		],
		stdin: `${lines.join("\n")}\n`
	};
}
function counterQuery(tools) {
	return [
		tools.nft,
		"-j",
		"list",
		"table",
		"inet",
		TABLE
	];
}
function listed(texts) {
	const shown = texts.slice(0, 3).join(", ");
	return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}

// src/plan/plan.ts
/** Policy and capabilities in, everything that a run will do out. No I/O. */
function makePlan({ policy, facts, capabilities, site, command, scratch }) {
	const tools = toolPaths(facts);
	const privilege = planPrivilege(policy, capabilities, facts.identity, site.workspaceOwner);
	const network = planNetwork(policy, capabilities, facts.hostAddresses, {
		...tools,
		slirp4netnsVersion: facts.tools.slirp4netns.version
	});
	const filesystem = planFilesystem(policy, capabilities, site, privilege.identity, scratch);
	const limits = planLimits(policy, capabilities, facts.hardLimits);
	const environment = planEnvironment(policy, site.environment, privilege.identity);
	const sandboxed = capabilities.sandbox.available;
	const decisions = [
		network,
		filesystem,
		limits,
		privilege
	];
	const filter = sandboxed ? baseFilter(facts.host.arch) : null;
	const { layers, downgrades } = settle({
		network: network.layer,
		filesystem: filesystem.layer,
		resources: limits.layer,
		privilege: privilege.layer,
		environment: {
			status: "enforced",
			mechanism: "allowlist of names"
		}
	}, [...decisions.flatMap((decision) => decision.downgrades), ...sandboxed && filter === null ? [filterMissing(facts.host.arch)] : []]);
	const parts = {
		policy,
		command,
		identity: privilege.identity,
		network: network.network,
		filesystem: filesystem.filesystem,
		limits: limits.limits,
		environment,
		tools,
		scratch,
		nameservers: site.nameservers,
		filter
	};
	return {
		...parts,
		refused: downgrades.length > 0 && policy.onUnavailable.value === "fail",
		layers,
		downgrades,
		notes: decisions.flatMap((decision) => decision.notes),
		sandboxed,
		launch: sandboxed ? sandboxLaunch(parts) : bareLaunch(parts, capabilities)
	};
}
function filterMissing(arch) {
	return {
		layer: "privilege",
		code: "filter-missing",
		reason: `there is no table of system calls for ${arch}, so the host's keyrings and vsock are not shut off`,
		remedy: "run on x86_64 or arm64"
	};
}
/** Tools that were not found keep their bare name: it only shows in an `explain`. */
function toolPaths(facts) {
	return Object.fromEntries(Object.entries(facts.tools).map(([name, { path }]) => [name, path ?? name]));
}

// src/probe/tool-directories.ts
/** Already there in every sandbox. */
const BASE$1 = [
	"/usr",
	"/bin",
	"/sbin",
	"/lib",
	"/lib64"
];
/** Under the home directory: where version managers keep programs, and nothing else. */
const VERSION_MANAGERS = [
	{
		found: ".cargo/bin",
		needs: [".cargo/bin", ".rustup"]
	},
	{
		found: ".pyenv",
		needs: [".pyenv"]
	},
	{
		found: ".rbenv",
		needs: [".rbenv"]
	},
	{
		found: ".nodenv",
		needs: [".nodenv"]
	},
	{
		found: ".nvm",
		needs: [".nvm"]
	},
	{
		found: ".volta",
		needs: [".volta"]
	},
	{
		found: ".asdf",
		needs: [".asdf"]
	},
	{
		found: ".goenv",
		needs: [".goenv"]
	},
	{
		found: ".sdkman",
		needs: [".sdkman"]
	},
	{
		found: ".jenv",
		needs: [".jenv"]
	},
	{
		found: ".local/share/mise",
		needs: [".local/share/mise"]
	},
	{
		found: ".local/share/fnm",
		needs: [".local/share/fnm"]
	},
	{
		found: ".local/bin",
		needs: [
			".local/bin",
			".local/lib",
			".local/pipx"
		]
	}
];
/**
* The directories, outside the base system and the workspace, that the programs on PATH and the
* command need: each with its prefix (`/opt/node/bin` needs `/opt/node`), symlinks resolved.
* What a symlink or a script in the workspace leads to counts only where version managers keep
* programs: the change under test may have brought it, and could choose what is shown.
*/
function toolDirectories(command, path, around) {
	const onPath = path.split(":").filter((entry) => isAbsolute(entry)).map((entry) => resolve(entry));
	const needed = [
		...onPath.map((directory) => [directory]),
		...onPath.flatMap((directory) => linksIn(directory).map(wayTo)),
		commandWay(command[0] ?? "", onPath, around.cwd)
	].flatMap((way) => believed(way, around)).flatMap((directory) => withPrefix(directory, around));
	const existing = [...new Set(needed)].filter((directory) => isDirectory(directory) && !insideBase(directory) && isSafe(directory, around));
	return existing.filter((directory) => !existing.some((other) => other !== directory && within(directory, other))).sort();
}
/** From where the workspace comes in, only what version managers keep. */
function believed(way, { home, workspace }) {
	const names = way.map(spellings);
	const first = names.findIndex((spelled) => spelled.some((name) => within(name, workspace)));
	return way.filter((_, index) => first === -1 || index < first || names[index]?.some((name) => managerOf(name, home) !== void 0));
}
/** The directories of the command's file, of what its symlinks lead to, and of the interpreter in its first line. */
function commandWay(command, onPath, cwd) {
	const file = (command.includes("/") ? [join(isAbsolute(command) ? "/" : cwd, command)] : onPath.map((directory) => join(directory, command))).find((candidate) => isFile(candidate));
	if (file === void 0) return [];
	const interpreter = shebang(file);
	return [...wayTo(file), ...interpreter !== null && isFile(interpreter) ? wayTo(interpreter) : []];
}
/** The directories of a file's names, symlink by symlink. */
function wayTo(file) {
	const names = [file];
	for (let name = file; name !== null && names.length < LONGEST_WAY;) {
		name = nextName(name);
		if (name !== null) names.push(name);
	}
	return names.map((name) => dirname(name));
}
function nextName(link) {
	try {
		return resolve(realpathSync(dirname(link)), readlinkSync(link));
	} catch {
		return null;
	}
}
function shebang(file) {
	const head = Buffer.alloc(256);
	try {
		const fd = openSync(file, "r");
		const length = readSync(fd, head, 0, head.length, 0);
		closeSync(fd);
		return /^#!\s*(\/\S+)/.exec(head.toString("latin1", 0, length))?.[1] ?? null;
	} catch {
		return null;
	}
}
/** Programs are often symlinks to a directory of their own, such as /usr/local/bin/x to /opt/x/bin/x. */
function linksIn(directory) {
	if ([
		"/usr/bin",
		"/bin",
		"/usr/sbin",
		"/sbin"
	].includes(directory)) return [];
	try {
		return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()).map((entry) => join(directory, entry.name)).filter((link) => resolved(link) !== null);
	} catch {
		return [];
	}
}
function withPrefix(directory, { home }) {
	if (resolved(directory) === null) return [];
	return spellings(directory).flatMap((spelling) => {
		const manager = managerOf(spelling, home);
		if (manager !== void 0) return manager.needs.map((name) => join(home, name));
		const prefix = dirname(spelling);
		return [[
			"bin",
			"sbin",
			"shims"
		].includes(basename(spelling)) && isOwnPrefix(prefix, home) ? prefix : spelling];
	});
}
function managerOf(path, home) {
	return VERSION_MANAGERS.find(({ found }) => within(path, join(home, found)));
}
/** `/opt/node` is a program's own; `/home/me` and `/home/me/.local` hold everything of somebody's. */
function isOwnPrefix(prefix, home) {
	const homes = spellings(home);
	return spellings(prefix).every((name) => name.split("/").length > 2 && !homes.some((inner) => within(inner, name)) && !["/home", ...homes].includes(dirname(name)));
}
/** By each of its names: a symlink to the home directory is the home directory. */
function isSafe(directory, { home, workspace }) {
	return spellings(directory).every((name) => !spellings(home).some((inner) => within(inner, name)) && !within(workspace, name) && !within(name, workspace) && !NEVER.includes(name));
}
/** The kernel follows no more. */
const LONGEST_WAY = 40;
const NEVER = [
	"/",
	"/proc",
	"/sys",
	"/dev",
	"/run",
	"/tmp",
	"/etc",
	"/var",
	"/home",
	"/root"
];
function insideBase(directory) {
	return BASE$1.some((base) => within(directory, base));
}
function spellings(path) {
	return [.../* @__PURE__ */ new Set([path, resolved(path) ?? path])];
}
function resolved(path) {
	try {
		return realpathSync(path);
	} catch {
		return null;
	}
}
function isDirectory(path) {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}
function isFile(path) {
	try {
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

// src/probe/site.ts
const BASE = [
	"/usr",
	"/bin",
	"/sbin",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/sys/devices/system/cpu"
];
const PROC_COVERED = [
	"/proc/keys",
	"/proc/key-users",
	"/proc/timer_list",
	"/proc/sched_debug",
	"/proc/kallsyms"
];
/** Where a write would reach a later step: what git, the workflow and the shell run by themselves. */
const GUARDED = [
	".git",
	".github",
	".envrc"
];
/** Looks at the files around a command. Only reads. */
function surveySite(request) {
	const { policy, environment, home } = request;
	const cwd = workingDirectory(request.directory);
	const workspace = chooseWorkspace(cwd, environment["GITHUB_WORKSPACE"]);
	refuseUnsealable(workspace, home);
	const look = (path) => lookAt(path, workspace, home);
	const owner = statSync(workspace);
	return {
		cwd,
		workspace,
		workspaceOwner: {
			uid: owner.uid,
			gid: owner.gid
		},
		workspaceMode: owner.mode & 4095,
		base: BASE.flatMap(baseEntry),
		etc: ETC_SHOWN.map((name) => `/etc/${name}`).filter((path) => existsSync(path)),
		toolDirectories: toolDirectories(request.command, environment["PATH"] ?? "", {
			home,
			workspace,
			cwd
		}),
		read: policy.filesystem.read.map(({ value }) => look(value)),
		write: policy.filesystem.write.map(({ value }) => look(value)),
		hide: policy.filesystem.hide.map(({ value }) => look(value)),
		guarded: [...GUARDED, ...request.policyFiles.map((file) => asTheStepSees(resolve(file), workspace))].map(look).filter(({ absolute }) => within(absolute, workspace)),
		procCovered: PROC_COVERED.filter((path) => existsSync(path)),
		...resolvers(),
		environment
	};
}
function workingDirectory(directory) {
	const absolute = resolve(directory);
	const kind = kindOf(absolute);
	if (kind !== "directory") throw new GloveboxError("input-invalid", `the directory to run in ${kind === "missing" ? "does not exist" : "is not a directory"}: ${absolute}`, { remedy: "give an existing directory with -C" });
	return realpathSync(absolute);
}
/** The runner's workspace when we are in it; otherwise the directory itself. */
function chooseWorkspace(cwd, announced) {
	if (announced === void 0 || !isAbsolute(announced) || kindOf(announced) !== "directory") return cwd;
	const real = realpathSync(announced);
	return within(cwd, real) ? real : cwd;
}
/** A workspace that holds the system or the whole home directory would undo the seal. */
function refuseUnsealable(workspace, home) {
	const realHome = existsSync(home) ? realpathSync(home) : home;
	const system = [
		"/usr",
		"/etc",
		"/proc",
		"/sys",
		"/dev",
		"/run",
		"/tmp",
		"/var",
		"/var/tmp",
		"/home",
		"/bin",
		"/lib"
	];
	const holdsHome = within(realHome, workspace);
	if (workspace === "/" || system.includes(workspace) || holdsHome) throw new GloveboxError("input-invalid", `${workspace} cannot be a workspace: it ${holdsHome ? "holds the home directory" : "belongs to the system"}`, { remedy: "run in the directory of one project, or name it with -C" });
}
function lookAt(written, workspace, home) {
	const absolute = absolutePath(written, workspace, home);
	const kind = kindOf(absolute);
	return {
		written,
		absolute,
		kind,
		real: kind === "missing" ? absolute : realpathSync(absolute)
	};
}
function absolutePath(written, workspace, home) {
	if (written === "~") return home;
	if (written.startsWith("~/")) return join(home, written.slice(2));
	return resolve(workspace, written);
}
/** A path that leads into the workspace by another name, such as a symlink to it, by the workspace's own. */
function asTheStepSees(path, workspace) {
	const parts = path.split("/");
	for (let length = 2; length <= parts.length; length += 1) {
		const prefix = parts.slice(0, length).join("/");
		const real = existsSync(prefix) ? realpathSync(prefix) : prefix;
		if (within(real, workspace)) return join(real, ...parts.slice(length));
	}
	return path;
}
function kindOf(path) {
	try {
		const stats = statSync(path);
		return stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other";
	} catch {
		return "missing";
	}
}
function baseEntry(path) {
	try {
		if (lstatSync(path).isSymbolicLink()) return [{
			path,
			kind: "symlink",
			to: readlinkSync(path)
		}];
		return [{
			path,
			kind: "directory"
		}];
	} catch {
		return [];
	}
}
/** A daemon on the host's loopback cannot be asked from inside; systemd keeps the real list elsewhere. */
function resolvers() {
	const all = (["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].map((file) => existsSync(file) ? readFileSync(file, "utf8").split("\n") : []).find((text) => text.some((line) => line.startsWith("nameserver"))) ?? []).map((line) => line.trim());
	return {
		nameservers: all.map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1]).filter((address) => address !== void 0).filter((address) => !address.startsWith("127.") && address !== "::1"),
		resolverOptions: all.filter((line) => /^(search|domain|options)\s/.test(line))
	};
}

// src/report/egress.ts
/** Why an attempt to ask the host's resolver was refused. */
const LOOK_UP = "the resolver: a name was looked up";
function blockedOf(plan, egress, hostAddresses) {
	const { blockMetadata, expectBlocked } = plan.policy.network;
	return (egress?.refused ?? []).map((record) => {
		const range = rangeOf(record.address, [...blockMetadata.value ? METADATA_RANGES : [], ...HOST_LINK]);
		const attempt = attemptOf(record);
		const own = hostAddresses.includes(record.address);
		const asked = record.port === 53 && plan.nameservers.includes(record.address);
		const plain = own ? "the host's own address" : asked ? LOOK_UP : "not in network.allow";
		return {
			...record,
			reason: range?.why ?? plain,
			expected: attempt !== null && expectBlocked.some(({ value }) => matchesAddress(value, attempt)),
			allow: range === void 0 ? entryFor(record) : null,
			text: textOf(record)
		};
	}).toSorted((a, b) => Number(a.reason === LOOK_UP) - Number(b.reason === LOOK_UP));
}
function rangeOf(address, ranges) {
	return ranges.find(({ text }) => isWithin(address, text));
}
function isWithin(text, range) {
	const [network = "", prefix = ""] = range.split("/");
	const outer = parseAddress(network);
	const inner = parseAddress(text);
	if (outer === null || inner === null) return false;
	return contains({
		...outer,
		prefix: Number(prefix)
	}, {
		...inner,
		prefix: widthOf(inner.family)
	});
}
function attemptOf({ address, port, protocol }) {
	const name = protocol === "ipv6-icmp" ? "icmp" : protocol;
	return name === "tcp" || name === "udp" || name === "icmp" ? {
		address,
		port,
		protocol: name
	} : null;
}
/** The line to add; tcp and port 443 go without saying. No entry names port 0. */
function entryFor({ address, port, protocol }) {
	if (port === 0) return null;
	const host = address.includes(":") && port !== null ? `[${address}]` : address;
	if (protocol === "tcp") return port === 443 ? address : `${host}:${port}`;
	if (protocol === "udp") return `${host}:${port}/udp`;
	return protocol === "icmp" || protocol === "ipv6-icmp" ? `${address}/icmp` : null;
}
function textOf({ address, port, protocol }) {
	return `${address.includes(":") && port !== null ? `[${address}]` : address}${port === null ? "" : `:${port}`}/${protocol}`;
}

// src/report/build.ts
/** Puts the report together from the plan and the observations. */
function buildReport({ plan, facts, seen, layers, version }) {
	const blocked = blockedOf(plan, seen?.egress ?? null, facts.hostAddresses);
	return {
		version: 1,
		glovebox: version,
		command: [...plan.command],
		requested: requestedOf(plan.policy),
		enforced: eachLayer((layer) => seen?.released === true && plan.layers[layer].status === "enforced"),
		layers: eachLayer((layer) => ({ ...plan.layers[layer] })),
		downgrades: plan.downgrades.map((downgrade) => ({ ...downgrade })),
		notes: [...plan.notes, ...observedNotes(seen)],
		egress: egressOf(seen, blocked),
		environment: {
			passed: [...plan.environment.passed],
			set: [...plan.environment.set],
			dropped: [...plan.environment.dropped]
		},
		usage: usageOf(seen),
		outcome: outcomeOf(plan, seen, blocked),
		policy: { sources: layers.map(({ name, sha256 }) => ({
			name,
			sha256
		})) },
		host: {
			...facts.host,
			uid: facts.identity.uid,
			root: facts.identity.realRoot
		},
		tools: versionsOf(facts)
	};
}
/** What would have to be added to `network.allow`; what was expected is left out. */
function suggestionsOf(report) {
	return (report.egress?.blocked ?? []).filter(({ expected }) => !expected).flatMap(({ allow, reason }) => {
		if (allow === null) return [];
		return [{
			entry: allow,
			warning: reason === "the resolver: a name was looked up" ? "the resolver: a name can carry anything out" : null
		}];
	});
}
function eachLayer(value) {
	return Object.fromEntries(LAYERS.map((layer) => [layer, value(layer)]));
}
function requestedOf(policy) {
	const { network, filesystem, resources, privilege } = policy;
	return {
		onUnavailable: policy.onUnavailable.value,
		network: {
			mode: network.mode.value,
			allow: texts(network.allow),
			blockMetadata: network.blockMetadata.value,
			onBlocked: network.onBlocked.value,
			expectBlocked: texts(network.expectBlocked)
		},
		filesystem: {
			mode: filesystem.mode.value,
			read: values(filesystem.read),
			write: values(filesystem.write),
			hide: values(filesystem.hide)
		},
		resources: {
			timeoutMs: resources.timeout.value,
			cpuTimeMs: resources.cpuTime.value,
			memoryBytes: resources.memory.value,
			processes: resources.processes.value,
			openFiles: resources.openFiles.value,
			fileSizeBytes: resources.fileSize.value,
			outputBytes: resources.output.value
		},
		privilege: {
			mode: privilege.mode.value,
			uid: privilege.uid.value,
			gid: privilege.gid.value
		}
	};
}
function texts(entries) {
	return entries.map(({ value }) => value.text);
}
function values(sourced) {
	return sourced.map(({ value }) => value);
}
function egressOf(seen, blocked) {
	const egress = seen?.egress ?? null;
	if (egress === null) return null;
	return {
		allowed: egress.allowed.map((record) => ({ ...record })),
		blocked: blocked.map(({ address, port, protocol, count, reason, expected, allow }) => ({
			address,
			port,
			protocol,
			count,
			reason,
			expected,
			allow
		})),
		allowedNotListed: egress.allowedNotListed,
		blockedNotListed: egress.refusedNotListed
	};
}
function usageOf(seen) {
	if (seen === null) return {
		wallMs: 0,
		cpuMs: 0,
		peakMemoryBytes: null,
		peakProcesses: null,
		outputBytes: 0,
		truncated: false
	};
	return {
		...seen.usage,
		wallMs: Math.round(seen.usage.wallMs)
	};
}
function observedNotes(seen) {
	return seen?.usage.truncated === true ? [{
		code: "output-truncated",
		text: "the output went past resources.output; the rest of it was dropped"
	}] : [];
}
function versionsOf(facts) {
	const { bwrap, slirp4netns, nft } = facts.tools;
	return {
		bwrap: bwrap.version,
		slirp4netns: slirp4netns.version,
		nft: nft.version
	};
}

// src/run/interrupts.ts
const SIGNALS$1 = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
function listenForInterrupts() {
	let first = null;
	let target = null;
	const onSignal = (signal) => {
		const ending = {
			by: "interrupt",
			detail: signal
		};
		first ??= ending;
		target?.(ending);
	};
	for (const signal of SIGNALS$1) process.on(signal, onSignal);
	return {
		first: () => first,
		forward: (end) => {
			target = end;
		},
		hold: () => {
			target = null;
		},
		stop: () => {
			for (const signal of SIGNALS$1) process.off(signal, onSignal);
		}
	};
}

// src/run/process-tree.ts
const PAGE_BYTES = 4096;
/** All descendants of a process, in one reading of /proc; the process itself is left out. */
function descendantsOf(root) {
	const children = /* @__PURE__ */ new Map();
	for (const name of readdirSync("/proc")) {
		const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
		if (stat === null) continue;
		const siblings = children.get(stat.parent);
		if (siblings === void 0) children.set(stat.parent, [stat]);
		else siblings.push(stat);
	}
	const found = [];
	const next = [root];
	for (let pid = next.pop(); pid !== void 0; pid = next.pop()) for (const child of children.get(pid) ?? []) {
		found.push(child);
		next.push(child.pid);
	}
	return found;
}
/** null when the process is gone. */
function readStat(pid) {
	const text = readOrNull(`/proc/${pid}/stat`);
	if (text === null) return null;
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const number = (index) => Number(fields[index]);
	return {
		pid,
		state: fields[0] ?? "",
		parent: number(1),
		group: number(2),
		ticks: number(11) + number(12) + number(13) + number(14),
		residentPages: number(21)
	};
}
/** Bytes that these processes hold, shared pages counted once: the sum of their proportional set sizes. */
function proportionalBytes(processes) {
	return processes.reduce((sum, { pid, residentPages }) => {
		const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
		const kibibytes = rollup === null ? void 0 : /^Pss:\s+(\d+)/m.exec(rollup)?.[1];
		return sum + (kibibytes === void 0 ? residentPages * PAGE_BYTES : Number(kibibytes) * 1024);
	}, 0);
}
/** An upper bound of the above that costs nothing more to read. */
function residentBytes(processes) {
	return processes.reduce((sum, { residentPages }) => sum + residentPages * PAGE_BYTES, 0);
}
/** The fields of /proc/PID/status, by name. */
function readStatus(pid) {
	const text = readOrNull(`/proc/${pid}/status`);
	if (text === null) return null;
	const pairs = text.split("\n").map((line) => {
		const colon = line.indexOf(":");
		return [line.slice(0, colon), line.slice(colon + 1).trim()];
	});
	return new Map(pairs);
}
function readOrNull(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

// src/run/cgroup.ts
const FILES = {
	1: {
		limit: "memory.limit_in_bytes",
		swap: "memory.memsw.limit_in_bytes",
		peak: "memory.max_usage_in_bytes",
		events: "memory.oom_control"
	},
	2: {
		limit: "memory.max",
		swap: "memory.swap.max",
		peak: "memory.peak",
		events: "memory.events"
	}
};
function makeMemoryGroup({ version, parent }, bytes) {
	const directory = mkdtempSync(join(parent, `glovebox-${process.pid}-`));
	const files = FILES[version];
	writeFileSync(join(directory, files.limit), String(bytes));
	writeIfThere(join(directory, files.swap), version === 1 ? String(bytes) : "0");
	if (version === 2) writeIfThere(join(directory, "memory.oom.group"), "1");
	return {
		admit: (pid) => {
			for (const member of [pid, ...descendantsOf(pid).map((process) => process.pid)]) writeFileSync(join(directory, "cgroup.procs"), String(member));
		},
		kills: () => Number(/^oom_kill (\d+)/m.exec(readOrEmpty(join(directory, files.events)))?.[1] ?? 0),
		peak: () => Number(readOrEmpty(join(directory, files.peak))) || null,
		remove: () => {
			try {
				rmdirSync(directory);
			} catch {}
		}
	};
}
function writeIfThere(file, text) {
	try {
		writeFileSync(file, text);
	} catch {}
}
function readOrEmpty(file) {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return "";
	}
}

// src/run/launch.ts
/** How long bwrap's stderr is waited for once it is known to have failed. */
const LAST_WORDS_MS = 1e3;
/** What bwrap itself ends with; of a command that it started it tells the code in its account. */
const BWRAP_FAILED = 1;
/** Starts bwrap with everything in place but the command held back at its block descriptor. */
async function launchSealed(plan, holder, streams) {
	const stdio = [
		...streams.childFds,
		"pipe",
		"pipe",
		"pipe",
		"pipe"
	];
	const child = start(holder.enter(plan.launch.argv), {}, stdio);
	streams.closeChildEnds();
	const pipe = (fd) => child.stdio[fd];
	for (const fd of Object.values(LAUNCH_FDS)) pipe(fd).on("error", () => {});
	pipe(LAUNCH_FDS.args).end(plan.launch.hidden.map((argument) => `${argument}\0`).join(""));
	pipe(LAUNCH_FDS.filter).end(plan.launch.filter ?? "");
	const status = statusOf(pipe(LAUNCH_FDS.status));
	const ended = once(child, "exit");
	const built = await Promise.race([
		status.built,
		ended.then(() => false),
		failed(child)
	]);
	const root = child.pid ?? 0;
	const init = built ? descendantsOf(root).at(-1)?.pid ?? null : null;
	if (init === null) {
		const said = await Promise.race([text(streams.stderr).then((all) => all.trim()), setTimeout$1(LAST_WORDS_MS, "", { ref: false })]);
		throw new GloveboxError("setup-failed", `bubblewrap could not build the sandbox: ${said || "it ended without a word"}`);
	}
	return {
		root,
		init,
		privilege: privilegeOf(init),
		release: () => pipe(LAUNCH_FDS.block).end("x"),
		exited: ended.then(async ([own]) => {
			const code = await status.exitCode;
			return {
				started: code !== null || own !== BWRAP_FAILED,
				code
			};
		})
	};
}
/** Starts the command with what can be held without a sandbox. */
function launchBare(plan, streams) {
	const environment = Object.fromEntries(plan.environment.variables);
	const child = start(plan.launch.argv, environment, [...streams.childFds], plan.filesystem.cwd);
	streams.closeChildEnds();
	const root = child.pid ?? 0;
	return {
		root,
		init: null,
		privilege: privilegeOf(root),
		release: () => void 0,
		exited: Promise.race([once(child, "exit").then(([code, signal]) => code ?? signalCode(signal)), once(child, "error").then(() => 127)]).then((code) => ({
			started: true,
			code
		}))
	};
}
function start(argv, environment, stdio, cwd) {
	const [program = "", ...args] = argv;
	return spawn(program, args, {
		env: environment,
		detached: true,
		stdio,
		...cwd === void 0 ? {} : { cwd }
	});
}
async function failed(child) {
	await once(child, "error");
	return false;
}
/** bwrap's own account: one document when the sandbox is built, another when the command has ended. */
function statusOf(stream) {
	let seen = "";
	return {
		built: new Promise((resolve) => {
			stream.on("data", (chunk) => {
				seen += chunk.toString();
				if (/"child-pid":\s*\d+[^}]*\}/.test(seen)) resolve(true);
			});
			stream.once("close", () => resolve(false));
		}),
		exitCode: new Promise((resolve) => {
			stream.once("close", () => {
				const code = /"exit-code":\s*(\d+)/.exec(seen)?.[1];
				resolve(code === void 0 || Number(code) > 255 ? null : Number(code));
			});
		})
	};
}
function privilegeOf(pid) {
	const status = readStatus(pid);
	if (status === null) return null;
	return {
		uid: Number(status.get("Uid")?.split(/\s+/)[0] ?? NaN),
		noNewPrivs: status.get("NoNewPrivs") === "1"
	};
}
const SIGNALS = {
	SIGHUP: 1,
	SIGINT: 2,
	SIGQUIT: 3,
	SIGILL: 4,
	SIGABRT: 6,
	SIGBUS: 7,
	SIGFPE: 8,
	SIGKILL: 9,
	SIGSEGV: 11,
	SIGPIPE: 13,
	SIGALRM: 14,
	SIGTERM: 15,
	SIGXCPU: 24,
	SIGXFSZ: 25
};
function signalCode(signal) {
	return 128 + (SIGNALS[signal] ?? 0);
}

// src/run/counters.ts
/** Reads `nft -j list table`: the record sets and the totals of our ruleset. Throws rather than find nothing. */
function parseCounters(json) {
	try {
		return observationsIn(json);
	} catch (error) {
		const message = `the network's counters could not be read: ${messageOf(error)}`;
		throw new GloveboxError("setup-failed", message, { cause: error });
	}
}
function observationsIn(json) {
	const { nftables } = JSON.parse(json);
	const sets = nftables.flatMap(({ set }) => set === void 0 ? [] : [set]);
	const counters = nftables.flatMap(({ counter }) => counter === void 0 ? [] : [counter]);
	const recordsOf = (verdict) => sets.filter(({ name }) => new RegExp(`^${verdict}[46](other)?$`).test(name)).flatMap(({ elem }) => elem ?? []).map(toRecord).sort((a, b) => b.count - a.count || compare(a, b));
	const notListed = (verdict, records) => {
		const total = counters.find(({ name }) => name === verdict)?.packets;
		if (total === void 0) throw new Error(`there is no total of what was ${verdict}`);
		return Math.max(0, total - records.reduce((sum, { count }) => sum + count, 0));
	};
	const allowed = recordsOf("reached");
	const refused = recordsOf("refused");
	return {
		allowed,
		refused,
		allowedNotListed: notListed("reached", allowed),
		refusedNotListed: notListed("refused", refused)
	};
}
/** nft gives a protocol's number where the system has no /etc/protocols. */
const PROTOCOLS = {
	1: "icmp",
	6: "tcp",
	17: "udp",
	58: "ipv6-icmp"
};
function toRecord({ elem }) {
	const [address, protocol, port] = elem.val.concat;
	return {
		address: String(address),
		port: typeof port === "number" ? port : null,
		protocol: PROTOCOLS[String(protocol)] ?? String(protocol),
		count: elem.counter.packets
	};
}
function compare(a, b) {
	return `${a.address} ${a.protocol} ${a.port}` < `${b.address} ${b.protocol} ${b.port}` ? -1 : 1;
}

// src/run/network.ts
/** Loads the rules. Nothing is attached before this is done. */
async function sealNetwork(plan, rooms) {
	await feedAll(plan.network.seal, rooms);
}
/** Attaches slirp4netns to the sealed namespace. */
async function attachUplink(plan, rooms, undo) {
	const { slirp4netns, route } = plan.network;
	if (slirp4netns === null) return null;
	const plain = [
		...slirp4netns.slice(0, -1),
		String(rooms.holder.pid),
		...slirp4netns.slice(-1)
	];
	const uplink = await startUplink(rooms.anteroom === null ? plain : rooms.anteroom.enter([...shedPrefix(plan.tools, plan.identity), ...plain]));
	undo.push(async () => await uplink.close());
	await feedAll(route, rooms);
	return uplink;
}
/** What the rules counted. Read while the holder still stands. */
async function readCounters(plan, rooms) {
	if (plan.network.counters === null) return null;
	const { code, stdout, stderr } = await execute(rooms.holder.enter(plan.network.counters));
	if (code !== 0) throw new GloveboxError("setup-failed", `the network's counters could not be read: ${stderr.trim()}`);
	return parseCounters(stdout);
}
async function feedAll(feeds, rooms) {
	for (const { argv, stdin, optional } of feeds) {
		const { code, stderr } = await execute(rooms.holder.enter(argv), { stdin });
		if (code !== 0 && optional === void 0) throw new GloveboxError("setup-failed", `${argv[0]} refused the network's rules: ${stderr.trim()}`);
	}
}
async function startUplink(argv) {
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
		child.once("error", () => resolve());
		child.once("close", () => resolve());
	});
	const ready = new Promise((resolve) => child.stdio[3]?.once("data", () => resolve(true)));
	if (!await Promise.race([ready, gone.then(() => false)])) {
		const reason = Buffer.concat(said).toString().trim().split("\n").at(-1) ?? "";
		throw new GloveboxError("setup-failed", `slirp4netns could not attach: ${reason}`);
	}
	return {
		pid: child.pid ?? 0,
		gone,
		close: async () => await closeUplink(child, gone)
	};
}
/** It ends when its exit descriptor is closed, which also happens when we die. */
async function closeUplink(child, gone) {
	const pipe = child.stdio[4];
	if (pipe !== null && pipe !== void 0 && "destroy" in pipe) pipe.destroy();
	const impatient = setTimeout(() => child.kill("SIGKILL"), 1e3);
	await gone;
	clearTimeout(impatient);
}

// src/run/rooms.ts
/** Opens the namespaces and mounts in them what bubblewrap will pick up. */
async function openRooms(plan, undo) {
	const anteroom = plan.identity.shed ? await openAnteroom(plan.tools) : null;
	if (anteroom !== null) {
		undo.push(anteroom.close);
		if (plan.network.kind === "routed") await offerTun(anteroom, plan.tools);
		await stageSources(plan, anteroom);
		await mountOverlay(plan, anteroom);
	}
	const shed = anteroom === null ? null : plan.identity;
	const network = plan.network.kind === "host" ? "host" : "own";
	const holder = await openHolder(plan.tools, anteroom, shed, network);
	undo.push(holder.close);
	if (anteroom === null) await mountOverlay(plan, holder);
	return {
		anteroom,
		holder
	};
}
/** One `mount -a` for all of them; fstab's octal escapes carry every odd path. */
async function stageSources(plan, room) {
	const { staged } = plan.filesystem;
	if (staged.length === 0) return;
	for (const { source, target } of staged) if ((await stat(source)).isDirectory()) await mkdir(target, { recursive: true });
	else {
		await mkdir(dirname(target), { recursive: true });
		await writeFile(target, "");
	}
	const table = join(plan.scratch, "fstab");
	const lines = staged.map(({ source, target }) => `${escaped(source)} ${escaped(target)} none rbind 0 0\n`);
	await writeFile(table, lines.join(""));
	await must(room.enter([
		plan.tools.mount,
		"--all",
		"--fstab",
		table
	]), "binding the paths that the step needs");
}
async function mountOverlay(plan, room) {
	const { overlay } = plan.filesystem;
	if (overlay === null) return;
	const { mount, chown } = plan.tools;
	await must(room.enter([
		mount,
		"--bind",
		"--",
		overlay.lower,
		`${plan.scratch}/lower`
	]), "binding the workspace");
	await must(room.enter([
		mount,
		"-t",
		"overlay",
		"overlay",
		"-o",
		overlay.options,
		overlay.merged
	]), "mounting the overlay");
	if (overlay.chown !== null) await must(room.enter([
		chown,
		"--recursive",
		"--no-dereference",
		overlay.chown,
		"--",
		overlay.merged
	]), "giving the overlay's files to the step");
}
async function must(argv, aim) {
	const { code, stderr } = await execute(argv, { timeout: 3e5 });
	if (code !== 0) throw new GloveboxError("setup-failed", `${aim} failed: ${stderr.trim() || `exit code ${code}`}`);
}
/** Only what is one byte long: an octal escape stands for a byte. */
function escaped(path) {
	return path.replace(/[\t-\r \\#"']/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

// src/run/scratch.ts
/** The step's working directory, and what becomes the root of its overlay. */
const STEPS_OWN = ["work", "upper"];
/** Makes the run's own directory and what the plan puts there. */
function makeScratch(plan) {
	mkdirSync(plan.scratch, { mode: 448 });
	if (plan.identity.shed) {
		chownSync(plan.scratch, 0, plan.identity.gid);
		chmodSync(plan.scratch, 456);
	}
	for (const name of plan.filesystem.directories) {
		const path = join(plan.scratch, name);
		mkdirSync(path, { recursive: true });
		chmodSync(path, 493);
		if (plan.identity.shed && STEPS_OWN.includes(name)) chownSync(path, plan.identity.uid, plan.identity.gid);
	}
	lendTop(plan);
	for (const { name, content } of plan.filesystem.files) {
		const path = join(plan.scratch, name);
		writeFileSync(path, content);
		chmodSync(path, 420);
	}
}
function lendTop({ filesystem: { overlay }, identity, scratch }) {
	if (overlay === null) return;
	const upper = join(scratch, "upper");
	chmodSync(upper, overlay.top.mode);
	if (identity.shed) chownSync(upper, overlay.top.uid, overlay.top.gid);
}
/**
* Takes the directory away again. The step may have left directories that even their owner cannot
* enter, so the throwaway layers go from inside the holder, where we are root over the step's files.
*/
async function clearLayers(plan, room) {
	const layers = [
		"upper",
		"index",
		"work"
	].map((name) => join(plan.scratch, name));
	const argv = [
		plan.tools.rm,
		"-rf",
		"--one-file-system",
		"--",
		...layers
	];
	await execute(room === null || plan.identity.shed ? argv : room.enter(argv), { timeout: 3e5 });
}
async function removeScratch(plan) {
	await rm(plan.scratch, {
		recursive: true,
		force: true
	});
}

// src/run/streams.ts
const KNOCK_MS = 50;
/**
* Real pipes: what Node makes for a child are sockets, and `echo > /dev/stdout` fails on those.
* Each is a fifo; only that of the input keeps its name.
*/
async function openStreams(plan, undo) {
	const nameOf = (name) => join(plan.scratch, name);
	const names = [
		"stdin",
		"stdout",
		"stderr"
	].map(nameOf);
	const made = await execute([
		plan.tools.mkfifo,
		"--mode=0600",
		"--",
		...names
	]);
	if (made.code !== 0) {
		const reason = made.stderr.trim();
		throw new GloveboxError("setup-failed", `the step's pipes could not be made: ${reason}`);
	}
	const input = openBothEnds(nameOf("stdin"), plan);
	const output = openBothEnds(nameOf("stdout"), plan);
	const errors = openBothEnds(nameOf("stderr"), plan);
	const childFds = [
		input.read,
		output.write,
		errors.write
	];
	const stdin = new Socket({
		fd: input.write,
		readable: false,
		writable: true
	});
	const stdout = new Socket({
		fd: output.read,
		readable: true,
		writable: false
	});
	const stderr = new Socket({
		fd: errors.read,
		readable: true,
		writable: false
	});
	unlinkSync(nameOf("stdout"));
	unlinkSync(nameOf("stderr"));
	let knocking;
	const keepKnocking = () => {
		knocking = setInterval(() => knock(nameOf("stdin")), KNOCK_MS).unref();
	};
	stdin.once("close", keepKnocking);
	let held = true;
	const closeChildEnds = () => {
		if (held) childFds.forEach((fd) => closeSync(fd));
		held = false;
	};
	undo.push(() => {
		stdin.off("close", keepKnocking);
		clearInterval(knocking);
		closeChildEnds();
		for (const end of [
			stdin,
			stdout,
			stderr
		]) end.destroy();
	});
	return {
		stdin,
		stdout,
		stderr,
		childFds,
		closeChildEnds
	};
}
/**
* A step that opens /dev/stdin by name once our end is closed would wait for another writer for good.
* One that comes and goes at once shows it the end.
*/
function knock(name) {
	try {
		closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK));
	} catch {}
}
/** Opened for both first, because either end alone would wait for the other. */
function openBothEnds(name, { identity }) {
	if (identity.shed) chownSync(name, identity.uid, identity.gid);
	const both = openSync(name, constants.O_RDWR);
	const read = openSync(name, constants.O_RDONLY);
	const write = openSync(name, constants.O_WRONLY);
	closeSync(both);
	return {
		read,
		write
	};
}

// src/run/build.ts
/**
* Builds in this order, so that a supervisor that dies at any moment leaves the step dead or sealed:
*
* 1. namespaces without a way out; 2. rules, default drop; 3. only then the way out, while
* 4. the command is started but held back. The caller looks at it and lets it go.
*/
async function buildSandbox(plan, undo) {
	makeScratch(plan);
	undo.push(async () => await removeScratch(plan));
	if (!plan.sandboxed) {
		const streams = await openStreams(plan, undo);
		return {
			rooms: null,
			uplink: null,
			group: null,
			launched: launchBare(plan, streams),
			streams
		};
	}
	const group = memoryGroup(plan);
	undo.push(() => group?.remove());
	const [streams, rooms] = await bothOrThrow(openStreams(plan, undo), openSealedRooms(plan, undo));
	const [uplink, launched] = await bothOrThrow(attachUplink(plan, rooms, undo), launchSealed(plan, rooms.holder, streams));
	group?.admit(launched.root);
	return {
		rooms,
		uplink,
		group,
		launched,
		streams
	};
}
async function openSealedRooms(plan, undo) {
	const rooms = await openRooms(plan, undo);
	undo.push(async () => await clearLayers(plan, rooms.holder));
	await sealNetwork(plan, rooms);
	return rooms;
}
/** Waits for both also when one fails, so that whatever was started is known and can be undone. */
async function bothOrThrow(first, second) {
	const [a, b] = await Promise.allSettled([first, second]);
	if (a.status === "rejected") throw a.reason;
	if (b.status === "rejected") throw b.reason;
	return [a.value, b.value];
}
function memoryGroup({ limits: { memoryCgroup, memoryBytes } }) {
	return memoryCgroup === null || memoryBytes === null ? null : makeMemoryGroup(memoryCgroup, memoryBytes);
}

// src/run/confirm.ts
/**
* Before the command is let go: the kernel, asked from outside, must show the uid that the plan
* promises and no_new_privs. What a process says of itself inside a user namespace proves nothing.
*/
function confirmPrivilege({ identity, layers }, { privilege }) {
	if (layers.privilege.status !== "enforced" && layers.privilege.status !== "downgraded") return;
	const promised = identity.shed ? identity.uid : process.getuid?.();
	if (privilege !== null && privilege.uid === promised && privilege.noNewPrivs) return;
	const seen = privilege === null ? "nothing" : `uid ${privilege.uid}, no_new_privs ${privilege.noNewPrivs}`;
	throw new GloveboxError("setup-failed", `the step's privileges are not what was promised: uid ${promised} with no_new_privs was, ${seen} was seen`);
}

// src/run/ending.ts
/** A step that is asked to go and does not within this time is killed; the runner gives 7.5 s. */
const GRACE_MS = {
	interrupt: 4e3,
	timeout: 2e3
};
/** Ends the step in the way that fits the reason. */
function endStep(launched, { by, detail }, destroy) {
	const grace = GRACE_MS[by];
	if (grace === void 0) {
		destroy();
		return;
	}
	signalStep(launched, by === "interrupt" ? detail : "SIGTERM");
	setTimeout(destroy, grace).unref();
}
/**
* As a terminal does it: to the whole process group of the command. Right after its release there
* may be no command yet, so it is looked for again.
*/
function signalStep(launched, signal, tries = 50) {
	const { root, init } = launched;
	const command = init === null ? readStat(root) : descendantsOf(init).find(({ parent }) => parent === init);
	if (command !== null && command !== void 0) send(-command.group, signal);
	else if (tries > 0) setTimeout(() => signalStep(launched, signal, tries - 1), 20).unref();
}
/**
* In a sandbox the kernel kills everything with its pid 1. But a process of the step may hold that
* one in a trace, so each is killed on its own as well.
*/
function killStep({ root, init }) {
	if (init !== null) send(init, "SIGKILL");
	for (let round = 0; round < 50; round += 1) {
		const living = descendantsOf(init ?? root).filter(({ state }) => state !== "Z");
		if (living.length === 0) break;
		for (const { pid } of living) send(pid, "SIGKILL");
	}
	if (init === null) send(-root, "SIGKILL");
}
/** Waits, for a second at most, until nothing of a killed step runs any more. */
async function isGone({ init }) {
	if (init === null) return;
	for (let tries = 0; tries < 100; tries += 1) {
		const state = readStat(init)?.state;
		if (state === void 0 || state === "Z") return;
		await setTimeout$1(10);
	}
}
function send(pid, signal) {
	try {
		process.kill(pid, signal);
	} catch {}
}

// src/run/relay.ts
/**
* Past the cap the rest is read and dropped, so the step goes on and memory holds one chunk.
* A reader that is slower than the step slows the step down; one that goes away closes its pipe.
*/
function relayOutput(streams, capBytes) {
	let bytes = 0;
	let truncated = false;
	const carry = async (from, to) => {
		let open = true;
		const closed = () => {
			open = false;
			from.destroy();
		};
		to.on("error", closed);
		try {
			for await (const chunk of from) {
				const room = capBytes === null ? chunk.length : Math.max(0, capBytes - bytes);
				bytes += chunk.length;
				if (chunk.length > room) truncated = true;
				const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
				if (kept.length > 0 && open && !to.write(kept)) await drained(to, from);
			}
		} catch {}
		if (open && to.writableLength > 0) await new Promise((resolve) => to.write("", () => resolve()));
		to.off("error", closed);
	};
	return {
		bytes: () => bytes,
		truncated: () => truncated,
		done: Promise.all(streams.map(async ([from, to]) => await carry(from, to))).then(() => void 0)
	};
}
/** Settles when the reader has caught up, or when nothing more will be read. */
async function drained(to, from) {
	await new Promise((resolve) => {
		const settle = () => {
			to.off("drain", settle);
			from.off("close", settle);
			resolve();
		};
		to.on("drain", settle);
		from.on("close", settle);
	});
}
/**
* Hands our own input on through a pipe: the step must not hold the descriptor itself, which may be
* a terminal, a socket, or a file that is open for writing. A terminal is not read at all.
*/
function relayInput(from, to) {
	to.on("error", () => {
		from.destroy();
	});
	if (from.isTTY === true || !isOpen(0)) {
		to.end();
		return;
	}
	from.on("error", () => to.end());
	from.pipe(to);
}
function isOpen(fd) {
	try {
		fstatSync(fd);
		return true;
	} catch {
		return false;
	}
}

// src/run/undo.ts
async function undoAll(undo) {
	for (const step of undo.toReversed()) await step();
}

// src/run/watch.ts
const FIRST_LOOK_MS = 20;
const SHORTEST_MS = 100;
/** Looking may cost at most this share of one processor. */
const DUTY = .05;
/** Looks at the step's processes again and again, and calls `over` once when a limit is passed. */
function watchStep(plan, launched, group, over) {
	const { memoryBytes, cpuMs, timeoutMs } = plan.limits;
	const temporary = plan.filesystem.mounts.flatMap((mount) => mount.kind === "tmpfs" ? [mount.target] : []);
	let peakMemoryBytes = null;
	let peakProcesses = null;
	let cpu = 0;
	let timer;
	const judge = () => {
		if ((group?.kills() ?? 0) > 0) over({
			by: "memory",
			detail: "the kernel found no memory left in the control group"
		});
		if (cpuMs !== null && cpu > cpuMs) over({
			by: "cpu-time",
			detail: "all its processes together"
		});
	};
	const look = () => {
		const began = performance.now();
		const processes = stepProcesses(launched);
		const init = launched.init === null ? null : readStat(launched.init);
		const holding = init === null ? processes : [...processes, init];
		const begun = processes.length > 0;
		if (begun) peakProcesses = Math.max(peakProcesses ?? 0, processes.length);
		cpu = Math.max(cpu, cpuMsOf(launched, processes));
		if (group === null && begun) {
			const files = temporaryBytes(launched.init, [...temporary, "/dev/shm"]);
			const held = files + heldBytes(holding, memoryBytes === null ? null : memoryBytes - files);
			peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, held);
			if (memoryBytes !== null && held > memoryBytes) over({
				by: "memory",
				detail: "the watch saw it past the cap"
			});
		}
		judge();
		timer = setTimeout(look, Math.max(SHORTEST_MS, (performance.now() - began) / DUTY));
	};
	timer = setTimeout(look, FIRST_LOOK_MS);
	const alarm = timeoutMs === null ? void 0 : setTimeout(() => over({
		by: "timeout",
		detail: "wall clock"
	}), timeoutMs);
	return {
		get peakMemoryBytes() {
			return group?.peak() ?? peakMemoryBytes;
		},
		get peakProcesses() {
			return peakProcesses;
		},
		get cpuMs() {
			return Math.max(cpu, cpuMsOf(launched, []));
		},
		lastLook: () => {
			cpu = Math.max(cpu, cpuMsOf(launched, []));
			judge();
		},
		stop: () => {
			clearTimeout(timer);
			clearTimeout(alarm);
		}
	};
}
/** The sandbox's own pid 1 and what is above it are ours, not the step's. */
function stepProcesses({ root, init }) {
	return descendantsOf(init ?? root);
}
function cpuMsOf({ init }, processes) {
	const reaped = init === null ? 0 : readStat(init)?.ticks ?? 0;
	return processes.reduce((sum, { ticks }) => sum + ticks, reaped) * 10;
}
/** Proportional sizes are dear to read, so first the sum that is certainly not smaller. */
function heldBytes(processes, cap) {
	const atMost = residentBytes(processes);
	return cap !== null && atMost <= cap * .8 ? atMost : proportionalBytes(processes);
}
/** What lies in the sandbox's tmpfs mounts is memory too. */
function temporaryBytes(init, targets) {
	if (init === null) return 0;
	return targets.reduce((sum, target) => {
		try {
			const { blocks, bfree, bsize } = statfsSync(`/proc/${init}/root${target}`);
			return sum + (blocks - bfree) * bsize;
		} catch {
			return sum;
		}
	}, 0);
}

// src/run/supervise.ts
const FLUSH_MS = 2e3;
/** How long a killed step may take to be dead. */
const DEATH_MS = 1e3;
const NOTHING_RAN = {
	released: false,
	exitCode: null,
	ending: null,
	setupFailure: null,
	egress: null,
	privilege: null,
	usage: {
		wallMs: 0,
		cpuMs: 0,
		peakMemoryBytes: null,
		peakProcesses: null,
		outputBytes: 0,
		truncated: false
	}
};
/** Carries a plan out, watches, takes everything down again, and tells what was seen. */
async function supervise(plan, interrupts) {
	closeInherited();
	const undo = [];
	try {
		const sandbox = await buildSandbox(plan, undo);
		undo.push(() => killStep(sandbox.launched));
		if (plan.sandboxed) confirmPrivilege(plan, sandbox.launched);
		const early = interrupts.first();
		if (early !== null) return {
			...NOTHING_RAN,
			ending: early
		};
		return await letGo(plan, sandbox, interrupts);
	} catch (error) {
		return {
			...NOTHING_RAN,
			ending: interrupts.first(),
			setupFailure: messageOf(error)
		};
	} finally {
		await undoAll(undo);
	}
}
/** Releases the command and stays with it to its end. */
async function letGo(plan, sandbox, interrupts) {
	const { launched, streams, rooms, uplink, group } = sandbox;
	let ending = null;
	let over = false;
	const end = (cause) => {
		if (over) return;
		if (ending === null) endStep(launched, ending = cause, destroy);
		else if (cause.by === "interrupt") destroy();
	};
	const destroy = () => {
		killStep(launched);
		setTimeout(() => void (over ? null : rooms?.holder.close()), DEATH_MS).unref();
	};
	const began = performance.now();
	relayInput(process.stdin, streams.stdin);
	const relay = relayOutput([[streams.stdout, process.stdout], [streams.stderr, process.stderr]], plan.limits.outputBytes);
	const watch = watchStep(plan, launched, group, end);
	rooms?.holder.gone.then(() => end({
		by: "holder-lost",
		detail: "the process that holds the namespaces was killed"
	}));
	uplink?.gone.then(() => end({
		by: "network-lost",
		detail: "slirp4netns was killed"
	}));
	interrupts.forward(end);
	launched.release();
	const { started, code: exitCode } = await launched.exited;
	watch.lastLook();
	over = true;
	const wallMs = performance.now() - began;
	watch.stop();
	const interrupted = new Promise((resolve) => interrupts.forward(() => resolve()));
	process.stdin.destroy();
	const { cpuMs, peakMemoryBytes, peakProcesses } = watch;
	const lost = ending?.by === "holder-lost";
	killStep(launched);
	await isGone(launched);
	const egress = rooms === null || lost ? null : await readCounters(plan, rooms).catch(() => null);
	await Promise.race([
		relay.done,
		interrupted,
		...ending === null ? [] : [setTimeout$1(FLUSH_MS, void 0, { ref: false })]
	]);
	interrupts.hold();
	if (!started) {
		const setupFailure = "bubblewrap could not build the sandbox; its own words stand above";
		return {
			...NOTHING_RAN,
			ending,
			setupFailure
		};
	}
	return {
		released: true,
		exitCode,
		ending,
		setupFailure: null,
		egress,
		privilege: launched.privilege,
		usage: {
			wallMs,
			cpuMs,
			peakMemoryBytes,
			peakProcesses,
			outputBytes: relay.bytes(),
			truncated: relay.truncated()
		}
	};
}

// src/session.ts
/** From policy and host to the report: refuses, or runs the command sealed. */
async function session(request) {
	const interrupts = listenForInterrupts();
	try {
		const { plan, facts, layers } = await prepare(request);
		const seen = plan.refused ? null : await supervise(plan, interrupts);
		return buildReport({
			plan,
			facts,
			seen,
			layers,
			version: VERSION
		});
	} finally {
		interrupts.stop();
	}
}
/** Everything up to the plan; reads and tries, but starts nothing of the command. */
async function prepare(request) {
	const layers = await readLayers(request.policyFiles, request.flags);
	const policy = mergePolicies(layers);
	const { environment, command, directory, policyFiles } = request;
	const { home } = identify(environment);
	const site = surveySite({
		policy,
		policyFiles,
		command,
		directory,
		environment,
		home
	});
	const facts = await probeHost({
		needs: needsOf(policy),
		environment,
		writable: [site.workspace, ...site.write.map(({ real }) => real)],
		shed: (identity) => shedIds(policy, identity, site.workspaceOwner)
	});
	const scratch = join(facts.scratchBase, `glovebox-${process.pid}-${randomBytes(6).toString("hex")}`);
	return {
		plan: makePlan({
			policy,
			facts,
			capabilities: evaluate(facts),
			site,
			command,
			scratch
		}),
		facts,
		layers
	};
}
/** Only what the policy will use is probed. */
function needsOf(policy) {
	const { mode, allow } = policy.network;
	return {
		rules: true,
		egress: !(mode.value === "deny" || mode.value === "allowlist" && allow.length === 0),
		overlay: policy.filesystem.mode.value === "overlay",
		memoryCgroup: policy.resources.memory.value !== null
	};
}

export { LAYERS as i, session as n, suggestionsOf as r, prepare as t };