import { i as evaluate, n as shedIds, o as currentEnvironment, r as downgradeOf, t as planPrivilege } from "./privilege.mjs";
import { c as commandsOf, o as SUPPLIED_TOOLS } from "./supply.mjs";
import { a as expandGroups, c as asWritten, d as matchesAddress, f as nameCovers, h as portsCover, i as forbiddenReason, l as cidrOf, o as membersOf, p as commonPorts, s as shortEntry, u as entryText } from "./schema.mjs";
import { r as harmless } from "./text.mjs";
import { C as bwrapOptions, T as within, a as openUplink, c as openHolder, d as planUplink, f as routesOf, h as searchOrder, l as backendsOf, n as identify, o as offerTun, p as findProgram, r as probeHost, s as openAnteroom, u as chooseUplink, w as inOrder, x as execute } from "./host.mjs";
import { c as TABLE, d as METADATA_RANGES, f as PRIVATE_RANGES, l as chunks, n as natChain, p as SYNTHETIC_RESOLVER, s as ELEMENTS_PER_TRANSACTION, t as GATEWAY_RULES, u as HOST_LINK } from "./ruleset-gateway.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { l as widthOf, s as parseCidr, t as contains } from "./addresses.mjs";
import { n as printable } from "./reading.mjs";
import { n as overridePolicy, r as union, t as mergePolicies } from "./merge.mjs";
import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { n as readPolicyFile, t as readLayers } from "./policy-files.mjs";
import { n as parseHostName } from "./host-names.mjs";
import { r as outcomeOf, t as VERSION } from "./version.mjs";
import { t as closeInherited } from "./inherited.mjs";
import { chmodSync, chownSync, closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, rmdirSync, statSync, statfsSync, unlinkSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { lstat, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { text } from "node:stream/consumers";

// src/policy/strictest-floor.ts
const MINUTE = 6e4;
const MEBIBYTE = 2 ** 20;
function written(value) {
	return {
		value,
		source: {
			kind: "default",
			name: ""
		}
	};
}
/** Binds every key, as tight as a step can still run: for a floor that was named and cannot be read. */
const STRICTEST_FLOOR = {
	name: "the strictest floor",
	sha256: null,
	values: {
		onUnavailable: written("fail"),
		network: {
			mode: written("deny"),
			allow: [],
			blockMetadata: written(true),
			resolver: written(null),
			backend: written("auto"),
			interface: written(null),
			address: written(null),
			netmask: written(null),
			gateway: written(null),
			onBlocked: written("fail"),
			expectBlocked: []
		},
		filesystem: {
			mode: written("scratch-only"),
			read: [],
			write: [],
			hide: []
		},
		resources: {
			timeout: written(10 * MINUTE),
			cpuTime: written(10 * MINUTE),
			memory: written(1024 * MEBIBYTE),
			processes: written(256),
			openFiles: written(1024),
			fileSize: written(256 * MEBIBYTE),
			output: written(16 * MEBIBYTE)
		},
		privilege: { mode: written("drop") },
		environment: {
			pass: [],
			set: /* @__PURE__ */ new Map()
		},
		runner: {
			outputs: [],
			env: [],
			path: [],
			summary: written(false),
			annotations: written(false)
		}
	}
};

// src/probe/floors.ts
/** Where the owner of a machine puts a floor for everything that runs on it. */
const MACHINE_FLOOR = "/etc/glovebox/policy.yml";
/** Names one for all that runs in an environment. */
const FLOOR_VARIABLE = "GLOVEBOX_FLOOR_POLICY";
/** The machine's own floor, the environment's, and those that a front end names. */
async function readFloors(environment, named) {
	const variable = environment["GLOVEBOX_FLOOR_POLICY"] ?? "";
	const all = [
		...existsSync(MACHINE_FLOOR) ? [onDisk(MACHINE_FLOOR)] : [],
		...variable === "" ? [] : [onDisk(variable)],
		...named
	];
	const read = await Promise.all(all.map(parsed));
	return {
		layers: read.map(({ layer }) => layer),
		problems: read.flatMap(({ problem }) => problem ?? [])
	};
}
function onDisk(name) {
	try {
		return { text: readPolicyFile(name) };
	} catch (error) {
		return {
			name,
			problem: messageOf(error)
		};
	}
}
/** Whoever named a floor meant to bound something, so one that cannot be read bounds everything. */
async function parsed(floor) {
	if ("problem" in floor) return strictest(floor.name, floor.problem);
	const { text } = floor;
	try {
		const [layer] = await readLayers([text], {});
		return layer === void 0 ? strictest(text.name, "it is empty") : {
			layer,
			problem: null
		};
	} catch (error) {
		return strictest(text.name, messageOf(error));
	}
}
function strictest(name, problem) {
	return {
		layer: {
			...STRICTEST_FLOOR,
			name
		},
		problem: `the floor ${name} cannot be used, so the strictest one holds: ${problem}`
	};
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
function systemFiles({ site, identity, gateway, policy }) {
	const answered = gateway || resolverAnswers(site, policy.network);
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
			content: gateway ? GATEWAY_RESOLV_CONF : resolvConf(site, answered)
		},
		{
			name: "nsswitch.conf",
			content: nameService(answered)
		},
		{
			name: "gitconfig",
			content: site.git.system + ANY_OWNER
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
/**
* git refuses a repository of another owner, to keep its user from running somebody else's code. In
* here nobody is safe from the workspace's code anyhow, and the owner may look like another.
*/
const ANY_OWNER = "[safe]\n	directory = *\n";
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
/** No search domains: a name is looked up as it is written. */
const GATEWAY_RESOLV_CONF = `nameserver ${SYNTHETIC_RESOLVER}\n`;
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

// src/plan/git-syntax.ts
/** Reads text exactly as git does; null where git would call the file bad. */
function readGitConfig(text) {
	if (text.includes("\0")) return null;
	const reader = readerOf(text);
	const settings = [];
	const comments = [];
	let base = "";
	for (;;) {
		const char = reader.next();
		if (reader.ended()) return {
			settings,
			comments
		};
		if (isSpace(char)) continue;
		if (isCommentMark(char)) comments.push(restOfLine(reader));
		else if (char === "[") {
			base = readHeader(reader);
			if (base === null) return null;
		} else {
			const setting = /[a-z]/i.test(char) ? readSetting(char, base, reader, comments) : null;
			if (setting === null) return null;
			settings.push(setting);
		}
	}
}
/** Text that git reads back as these settings, in this order. */
function writeGitConfig(settings) {
	const lines = [];
	let last = "";
	for (const { section, subsection, key, value } of settings) {
		const header = subsection === null ? `[${section}]` : `[${section} "${quoted$1(subsection)}"]`;
		if (header !== last) lines.push(header);
		last = header;
		lines.push(value === null ? `\t${key}` : `\t${key} = "${escaped$1(value)}"`);
	}
	return lines.map((line) => `${line}\n`).join("");
}
function readerOf(text) {
	let at = text.startsWith("﻿") ? 1 : 0;
	return {
		next: () => {
			if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
			const char = text[at] ?? "\n";
			at += 1;
			return char;
		},
		ended: () => at > text.length
	};
}
/** What stands between brackets, as git keeps it: `section` or `section.subsection`. */
function readHeader(reader) {
	let name = "";
	for (;;) {
		const char = reader.next();
		if (reader.ended()) return null;
		if (char === "]") return name === "" ? null : name;
		if (isSpace(char)) return readSubsection(name, char, reader);
		if (!/[a-z0-9.-]/i.test(char)) return null;
		name += char.toLowerCase();
	}
}
function readSubsection(section, space, reader) {
	let char = space;
	while (isSpace(char)) {
		if (char === "\n") return null;
		char = reader.next();
	}
	if (char !== "\"") return null;
	let subsection = "";
	for (;;) {
		char = reader.next();
		if (char === "\"") break;
		if (char === "\\") char = reader.next();
		if (char === "\n") return null;
		subsection += char;
	}
	return reader.next() === "]" ? `${section}.${subsection}` : null;
}
function readSetting(first, base, reader, comments) {
	let key = first.toLowerCase();
	let char = reader.next();
	for (; /[a-z0-9-]/i.test(char); char = reader.next()) key += char.toLowerCase();
	while (char === " " || char === "	") char = reader.next();
	const dot = base.indexOf(".");
	const setting = {
		section: dot === -1 ? base : base.slice(0, dot),
		subsection: dot === -1 ? null : base.slice(dot + 1),
		key
	};
	if (char === "\n") return {
		...setting,
		value: null
	};
	if (char !== "=") return null;
	const value = readValue(reader, comments);
	return value === null ? null : {
		...setting,
		value
	};
}
const ESCAPES = /* @__PURE__ */ new Map([
	["\n", ""],
	["t", "	"],
	["b", "\b"],
	["n", "\n"],
	["\\", "\\"],
	["\"", "\""]
]);
function readValue(reader, comments) {
	let value = "";
	/** Blanks that count only if something follows. */
	let blanks = "";
	let inQuotes = false;
	for (;;) {
		const char = reader.next();
		if (char === "\n") return inQuotes ? null : value;
		if (!inQuotes && isSpace(char)) {
			if (value !== "") blanks += char;
			continue;
		}
		if (!inQuotes && isCommentMark(char)) {
			comments.push(restOfLine(reader));
			return value;
		}
		value += blanks;
		blanks = "";
		if (char === "\"") inQuotes = !inQuotes;
		else if (char === "\\") {
			const meant = ESCAPES.get(reader.next());
			if (meant === void 0) return null;
			value += meant;
		} else value += char;
	}
}
function restOfLine(reader) {
	let line = "";
	for (let char = reader.next(); char !== "\n"; char = reader.next()) line += char;
	return line;
}
/** git's own idea: no form feed, no vertical tab, nothing beyond ASCII. */
function isSpace(char) {
	return char === " " || char === "	" || char === "\n" || char === "\r";
}
function isCommentMark(char) {
	return char === "#" || char === ";";
}
function quoted$1(subsection) {
	return subsection.replace(/[\\"]/g, "\\$&");
}
function escaped$1(value) {
	return quoted$1(value).replaceAll("\n", "\\n").replaceAll("	", "\\t").replaceAll("\b", "\\b");
}

// src/plan/git-config.ts
/** For a file that git would not read either: a repository of the plainest kind. */
const PLAIN = "[core]\n	repositoryformatversion = 0\n";
/** Sections about another machine or a key, of which only these settings are known to be harmless. */
const HARMLESS = {
	credential: [],
	include: [],
	includeif: [],
	gpg: [],
	sendemail: [],
	imap: [],
	url: ["insteadof", "pushinsteadof"],
	remote: [
		...[
			"url",
			"pushurl",
			"fetch",
			"push",
			"pushdefault",
			"mirror",
			"prune",
			"prunetags"
		],
		...[
			"tagopt",
			"skipdefaultupdate",
			"skipfetchall",
			"promisor",
			"partialclonefilter"
		],
		...[
			"followremotehead",
			"proxy",
			"gh-resolved"
		]
	],
	http: [...[
		"proxy",
		"sslverify",
		"sslcainfo",
		"sslcapath",
		"sslversion",
		"sslbackend",
		"version"
	], ...[
		"postbuffer",
		"lowspeedlimit",
		"lowspeedtime",
		"followredirects",
		"maxrequests"
	]]
};
/** A secret by its name, or a program that is started to get one. */
const TELLING_KEY = /token|passw|passphrase|secret|api-?key|private-?key|signingkey|cookie|header|oauth|smtppass|^pass$|sshcommand|askpass|gitproxy/;
/** A secret by its looks, wherever it stands. */
const TELLING_VALUE = /authorization|x-access-token|x-oauth-basic|\b(?:bearer|basic|token)\s+[\w.~+/=-]{8,}|\b(?:gh[opsur]|glpat|gldt|glrt|npm|xox[abp])[-_]\w{8,}|github_pat_|\bAKIA[0-9A-Z]{12,}|-----BEGIN/i;
/** Settings whose value may be an address without a scheme. */
const ADDRESS = /^(?:url|pushurl|proxy|pushdefault|remote|pushremote)$/;
/** Takes out of a git configuration what is a credential, leads to one, or reads other files in. */
function withoutCredentials(text) {
	const document = readGitConfig(text);
	if (document === null) return {
		text: PLAIN,
		removed: ["all of it: git cannot read it"],
		includes: [],
		files: []
	};
	const judged = document.settings.map((setting) => ({
		setting,
		left: whatIsLeft(setting)
	}));
	const gone = judged.filter(({ setting, left }) => left?.value !== setting.value || left === null);
	const telling = document.comments.some((comment) => withoutUserinfo(comment) !== comment);
	return {
		text: writeGitConfig(judged.flatMap(({ left }) => left === null ? [] : [left])),
		removed: [.../* @__PURE__ */ new Set([...gone.map(({ setting }) => nameOf$1(setting)), ...telling ? ["a comment"] : []])],
		includes: document.settings.flatMap(includedBy),
		files: document.settings.flatMap(filesOf$1)
	};
}
/** The setting, the setting with a shorter value, or null. */
function whatIsLeft(setting) {
	const { section, subsection, key, value } = setting;
	if (section === "" || TELLING_KEY.test(section) || TELLING_KEY.test(key)) return null;
	if (HARMLESS[section]?.includes(key) === false) return null;
	if (subsection !== null && withoutUserinfo(subsection) !== subsection) return null;
	if (value === null) return setting;
	if (ADDRESS.test(key) && !value.includes("://") && /:.*@/s.test(value)) return null;
	if (key === "proxy" && value.includes("@")) return null;
	const left = withoutUserinfo(value);
	if (left === null || section === "url" && left !== value) return null;
	return {
		...setting,
		value: left
	};
}
/**
* An address without user, password, query and fragment; any other text as it is. null where what
* is secret cannot be told from the rest. For ssh the user stays, because it is no secret there.
*/
function withoutUserinfo(text) {
	const [, scheme = "", user, rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^@/?#\s]*)@)?([^@?#\s]*)(?:[?#][^@\s]*)?$/i.exec(text) ?? [];
	if (scheme === "") return /:\/\/.*[@?]/s.test(text) || TELLING_VALUE.test(text) ? null : text;
	const left = scheme + (user !== void 0 && /ssh/i.test(scheme) && !user.includes(":") ? `${user}@` : "") + rest;
	return TELLING_VALUE.test(left) ? null : left;
}
/** Only what looks like a name: where a value was broken over lines, a piece of it stands as a key. */
function nameOf$1({ section, subsection, key, value }) {
	const shownKey = value !== null && value !== "" && /^[a-z-]{1,32}$/.test(key) ? key : "…";
	const within = subsection === null ? "" : `.${withoutUserinfo(subsection) ?? "…"}`;
	return `${section || "…"}${within.length > 120 ? `${within.slice(0, 120)}…` : within}.${shownKey}`;
}
function includedBy({ section, key, value }) {
	return (section === "include" || section === "includeif") && key === "path" && value !== null ? [value] : [];
}
const KEY_FILE = /^(?:cookiefile|sslkey|sslcert|proxysslkey|proxysslcert|signingkey)$/;
const ARGUMENT = String.raw`("[^"]*"|'[^']*'|\S+)`;
function filesOf$1({ section, key, value }) {
	if (value === null) return [];
	if (KEY_FILE.test(key)) return value.endsWith(".pub") ? [] : [value];
	if (section === "credential" && key === "helper") return argumentsOf(value, "--file[=\\s]+");
	if (section === "core" && key === "sshcommand") return argumentsOf(value, "(?:-i\\s*|identityfile[=\\s]+)");
	return [];
}
function argumentsOf(command, before) {
	return [...command.matchAll(new RegExp(before + ARGUMENT, "gi"))].map(({ 1: argument = "" }) => argument.replace(/^(["'])(.*)\1$/, "$2"));
}

// src/probe/git-configs.ts
/** A checkout into `path:` lies a step or two down; every directory on the way costs time. */
const DEEPEST$1 = 3;
const MOST_DIRECTORIES$1 = 2e3;
/** Names of modules may hold slashes. */
const DEEPEST_MODULE = 12;
/** git itself writes some hundred bytes. */
const LARGEST_CONFIG = 1 << 20;
/** Names under which `git credential-store` and its kind are told to keep a file. */
const CREDENTIAL_FILES = [".git-credentials", "credentials"];
/**
* Finds what git in the workspace keeps of credentials, in repositories up to three directories down
* but not in node_modules. Only plain files that really lie in the workspace count: what a symlink
* leads to outside is not there for the step. What cannot be read here the step cannot read either.
*/
function surveyGit(workspace) {
	const search = new Search(workspace);
	search.repositories();
	return {
		files: [...search.files.values()].filter((file) => file !== null),
		cutShort: search.cutShort,
		system: withoutCredentials(textOf$1("/etc/gitconfig") ?? "").text
	};
}
var Search = class {
	/** By path; null for one that was looked at and has nothing to hide. */
	files = /* @__PURE__ */ new Map();
	cutShort = false;
	#workspace;
	#seen = /* @__PURE__ */ new Set();
	#directories = 0;
	constructor(workspace) {
		this.#workspace = workspace;
	}
	/** Level by level, so that many directories in one place do not hide another place of that level. */
	repositories() {
		let level = [this.#workspace];
		for (let depth = 0; depth < DEEPEST$1; depth += 1) level = level.flatMap((directory) => this.#lookInto(directory));
		for (const directory of level) this.#dotGit(join(directory, ".git"));
	}
	/** Takes what a directory itself has of git; the directories in it. */
	#lookInto(directory) {
		const entries = this.#entries(directory);
		const names = new Set(entries.map(({ name }) => name));
		if (names.has(".git")) this.#dotGit(join(directory, ".git"));
		if ([
			"HEAD",
			"config",
			"objects",
			"refs"
		].every((name) => names.has(name))) this.#gitDirectory(directory);
		if (names.has(".git-credentials")) this.#hideWhole(join(directory, ".git-credentials"));
		return entries.filter((entry) => entry.isDirectory() && ![".git", "node_modules"].includes(entry.name)).map(({ name }) => join(directory, name));
	}
	/** A repository, or the file in its place that says where it is. */
	#dotGit(path) {
		const real = this.#inWorkspace(path);
		if (real === null) return;
		if (lstatSync(real).isDirectory()) {
			this.#gitDirectory(real);
			return;
		}
		const [, elsewhere] = /^gitdir: (.+)/.exec(textOf$1(real) ?? "") ?? [];
		const directory = elsewhere === void 0 ? null : this.#inWorkspace(resolve(dirname(real), elsewhere));
		if (directory !== null) this.#gitDirectory(directory);
	}
	#gitDirectory(directory) {
		if (this.#seen.has(directory)) return;
		this.#seen.add(directory);
		for (const { name } of this.#entries(directory)) {
			const path = join(directory, name);
			if (name.startsWith("config")) this.#clean(path, directory);
			else if (CREDENTIAL_FILES.includes(name)) this.#hideWhole(path);
			else if (name === "modules") this.#modules(path, 0);
			else if (name === "worktrees") this.#worktrees(path);
		}
	}
	#modules(directory, depth) {
		if (depth > DEEPEST_MODULE) {
			this.cutShort = true;
			return;
		}
		const entries = this.#entries(directory);
		if (entries.some((entry) => ["HEAD", "config"].includes(entry.name) && entry.isFile())) {
			this.#gitDirectory(directory);
			return;
		}
		for (const entry of entries) if (entry.isDirectory()) this.#modules(join(directory, entry.name), depth + 1);
	}
	#worktrees(directory) {
		for (const entry of this.#entries(directory)) if (entry.isDirectory()) this.#gitDirectory(join(directory, entry.name));
	}
	/** A file of configuration, and the files it leads to. */
	#clean(path, gitDirectory) {
		const real = this.#inWorkspace(path);
		if (real === null || this.files.has(real) || !lstatSync(real).isFile()) return;
		this.files.set(real, null);
		const content = lstatSync(real).size > LARGEST_CONFIG ? "\0" : textOf$1(real);
		if (content === null) return;
		const { text, removed, includes, files } = withoutCredentials(content);
		if (removed.length > 0) this.#show(real, text, removed);
		for (const file of includes) this.#clean(resolve(dirname(real), file), gitDirectory);
		const from = [
			gitDirectory,
			dirname(gitDirectory),
			this.#workspace
		];
		for (const file of files) for (const base of from) this.#hideWhole(resolve(base, file));
	}
	#hideWhole(path) {
		const real = this.#inWorkspace(path);
		if (real !== null && lstatSync(real).isFile()) this.#show(real, "", []);
	}
	#show(path, shown, removed) {
		const directories = [];
		for (let above = dirname(path); within(above, this.#workspace); above = dirname(above)) if (above !== this.#workspace) directories.unshift(ownedAt(above));
		const file = ownedAt(path);
		const own = [file, ...directories].every(({ uid, gid }) => uid === process.getuid?.() && gid === process.getgid?.());
		this.files.set(path, {
			...file,
			shown,
			removed,
			directories,
			own
		});
	}
	/** Where a path really is, if that is in the workspace. */
	#inWorkspace(path) {
		try {
			if (lstatSync(path, { throwIfNoEntry: false }) === void 0) return null;
			const real = realpathSync(path);
			return within(real, this.#workspace) ? real : null;
		} catch {
			return null;
		}
	}
	#entries(directory) {
		if (this.#directories >= MOST_DIRECTORIES$1) {
			this.cutShort = true;
			return [];
		}
		this.#directories += 1;
		try {
			return readdirSync(directory, { withFileTypes: true });
		} catch {
			return [];
		}
	}
};
function ownedAt(path) {
	const { uid, gid, mode } = lstatSync(path);
	return {
		path,
		uid,
		gid,
		mode: mode & 4095
	};
}
function textOf$1(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
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
		...onPath.flatMap((directory) => linksIn(directory).map(wayTo$1)),
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
	return [...wayTo$1(file), ...interpreter !== null && isFile(interpreter) ? wayTo$1(interpreter) : []];
}
/** The directories of a file's names, symlink by symlink. */
function wayTo$1(file) {
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
	const cwd = workingDirectory$1(request.directory, request.mayAppear);
	const workspace = chooseWorkspace(resolve(request.directory), cwd, environment["GITHUB_WORKSPACE"]);
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
		git: surveyGit(workspace),
		procCovered: PROC_COVERED.filter((path) => existsSync(path)),
		...resolvers(),
		environment
	};
}
function workingDirectory$1(directory, mayAppear) {
	const absolute = resolve(directory);
	const kind = kindOf(absolute);
	if (kind === "missing" && mayAppear) return absolute;
	if (kind !== "directory") throw new GloveboxError("input-invalid", `the directory to run in ${kind === "missing" ? "does not exist" : "is not a directory"}: ${absolute}`, { remedy: "give an existing directory with -C" });
	return realpathSync(absolute);
}
/**
* The runner's workspace when we are in it; otherwise the directory itself. A symlink in the workspace
* may be the proposed change's: it does not choose what is taken for the workspace.
*/
function chooseWorkspace(asked, cwd, announced) {
	if (announced === void 0 || !isAbsolute(announced) || kindOf(announced) !== "directory") return cwd;
	const real = realpathSync(announced);
	if (within(cwd, real)) return real;
	if (!within(asked, real) && !within(asked, resolve(announced))) return cwd;
	throw new GloveboxError("input-invalid", `the directory to run in, ${asked}, leads out of the workspace through a symlink, to ${cwd}`, { remedy: "name the directory itself" });
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

// src/plan/types.ts
const LAYERS = [
	"network",
	"filesystem",
	"resources",
	"privilege",
	"environment",
	"runner"
];
const NO_LAYERS = {
	below: [],
	own: null
};

// src/report/yaml.ts
/** What YAML, also an old one, reads as null, a boolean or a number. */
const NO_TEXT = /^(?:null|true|false|yes|no|on|off|y|n|[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?))$/i;
/** In YAML a leading sign may mean something, and a colon at the end makes a map. */
const SIGNS = /^[^\p{L}\p{N}_]|:$/u;
/** An entry as an item of a YAML list; the long form is YAML already. */
function yamlText(entry) {
	return entry.startsWith("{") || !isMoreThanText(entry) ? entry : `'${entry}'`;
}
/** A name as a value in YAML. */
function yamlName(name) {
	return isMoreThanText(name) ? `'${name}'` : name;
}
function isMoreThanText(text) {
	return NO_TEXT.test(text) || SIGNS.test(text);
}

// src/report/names.ts
const HTTPS$1 = 443;
/** What the gateway did not let through, as everything else that was blocked. */
function blockedNames(refusals, expected) {
	return refusals.map((refusal) => {
		const { name, port, count, process } = refusal;
		return {
			name,
			address: null,
			port,
			protocol: "tcp",
			count,
			process,
			reason: reasonOf(refusal),
			expected: expected.some((entry) => isExpectedName(entry, refusal)),
			allow: entryFor(refusal),
			text: harmless(port === null ? name : `${name}:${port}`)
		};
	});
}
/** Whether the entry names the port of the name, or any port where it was only looked up. */
function isExpectedName(entry, { name, port }) {
	if (entry.kind !== "name") return false;
	const asked = {
		...entry,
		host: name.toLowerCase(),
		wildcard: false
	};
	return nameCovers(entry, asked) && (port === null || portsCover(entry.ports, [{
		from: port,
		to: port
	}]));
}
function reasonOf({ check, seen }) {
	const other = seen === null ? "" : `: ${seen}`;
	switch (check) {
		case "not-allowed": return "not in network.allow";
		case "not-tls": return "it did not begin with TLS";
		case "no-sni": return "its TLS hello names no server";
		case "other-sni": return `its TLS hello names another server${other}`;
		case "encrypted-hello": return "its TLS hello is encrypted, so the server it is for cannot be seen";
		case "hello-too-long": return "its TLS hello is too long";
		case "hello-timeout": return "its TLS hello never came to an end";
		case "bad-request": return `its HTTP request cannot be read in one way only${other}`;
		case "other-host": return `its HTTP request is for another host${other}`;
		case "proxy-request": return "its HTTP request is one for a proxy";
		case "upgrade-refused": return `its HTTP request asks for another protocol${other}`;
		case "request-timeout": return "its HTTP request never came to an end";
		case "unresolved": return `the name has no address${other}`;
		case "forbidden-address": return `the name leads to an address that no name may lead to${other}`;
		case "unreachable": return `its server could not be reached${other}`;
		case "too-many-connections": return "too many connections at a time";
	}
}
/** What to write into `network.allow`; null where no entry would help, or none can have the name. */
function entryFor({ name, port, check }) {
	const read = parseHostName(name);
	if (!read.ok || read.value.wildcard) return null;
	const { host } = read.value;
	if (check === "not-allowed") return port === null || port === HTTPS$1 ? shortEntry(host) : `${host}:${port}`;
	if (check === "not-tls" || check === "no-sni") return `{host: ${yamlName(host)}, port: ${port ?? HTTPS$1}, tls: off}`;
	return null;
}

// src/report/egress.ts
const HTTPS = 443;
/** Why an attempt to ask the host's resolver was refused. */
const LOOK_UP = "the resolver: a name was looked up";
function blockedOf(plan, egress, hostAddresses) {
	const { blockMetadata, expectBlocked } = plan.policy.network;
	const expected = expectBlocked.map(({ value }) => value);
	const blocked = (egress?.refused ?? []).map((record) => {
		const range = rangeOf(record.address, [...blockMetadata.value ? METADATA_RANGES : [], ...HOST_LINK]);
		const attempt = attemptOf(record);
		const own = hostAddresses.includes(record.address);
		const asked = record.port === 53 && plan.nameservers.includes(record.address);
		const plain = own ? "the host's own address" : asked ? LOOK_UP : "not in network.allow";
		if (record.name !== void 0) return ofName(record, record.name, expected);
		return {
			...record,
			reason: range?.why ?? plain,
			expected: attempt !== null && expected.some((entry) => matchesAddress(entry, attempt)),
			allow: range === void 0 ? entryOf(record) : null,
			text: textOf(record)
		};
	});
	return [...blockedNames(egress?.names?.refusals ?? [], expected), ...blocked].toSorted((a, b) => Number(a.reason === LOOK_UP) - Number(b.reason === LOOK_UP));
}
/** An allowed name, on a port that no entry gives it. */
function ofName(record, name, expected) {
	const { port, protocol } = record;
	return {
		...record,
		reason: protocol === "tcp" ? "the port is not in network.allow" : "names are reached over tcp only",
		expected: protocol === "udp" && port === HTTPS || protocol === "tcp" && expected.some((entry) => isExpectedName(entry, {
			name,
			port
		})),
		allow: protocol === "tcp" ? entryOf({
			...record,
			address: name
		}) : null,
		text: `${name}${port === null ? "" : `:${port}`}/${protocol}`
	};
}
function rangeOf(address, ranges) {
	return ranges.find(({ text }) => isWithin(address, text));
}
/** Whether an address lies in a range; both as text. */
function isWithin(text, range) {
	const [outer, inner] = [parseCidr(range), parseCidr(text)];
	return outer !== null && inner !== null && contains(outer, inner);
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
function entryOf({ address, port, protocol }) {
	if (port === 0) return null;
	const host = address.includes(":") && port !== null ? `[${address}]` : address;
	if (protocol === "tcp") return port === 443 ? address : `${host}:${port}`;
	if (protocol === "udp") return `${host}:${port}/udp`;
	return protocol === "icmp" || protocol === "ipv6-icmp" ? `${address}/icmp` : null;
}
function textOf({ address, port, protocol }) {
	return `${address.includes(":") && port !== null ? `[${address}]` : address}${port === null ? "" : `:${port}`}/${protocol}`;
}
/** How a destination is shown: a name where there is one, brackets where a port follows colons. */
function shownDestination({ name, address, port, protocol }) {
	const plain = name ?? address ?? "";
	return `${plain.includes(":") && port !== null ? `[${plain}]` : plain}${port === null ? "" : `:${port}`}/${protocol}`;
}

// src/report/unused.ts
/** Entries that a run could have done without, and groups of which it used nothing; none where the list says nothing, or not all was listed. */
function unusedEntries(plan, egress) {
	const { mode, allow } = plan.policy.network;
	const cutShort = egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0) > 0;
	if (mode.value !== "allowlist" || cutShort) return [];
	const traffic = egress.names?.traffic ?? [];
	const used = allow.filter(({ value }) => isUsed(value, egress.allowed, traffic));
	const words = new Set(used.map(wordOf));
	return [...new Set(allow.map(wordOf))].filter((word) => !words.has(word));
}
/** As the policy has it: a group by its own word, whatever it stands for. */
function wordOf({ value, source }) {
	return source.group?.name ?? value.text;
}
function isUsed(entry, reached, traffic) {
	if (entry.kind === "name") return traffic.some((one) => leadsTo(entry, one));
	return reached.some(({ address, port, protocol }) => {
		const known = protocol === "ipv6-icmp" ? "icmp" : protocol;
		return (known === "tcp" || known === "udp" || known === "icmp") && matchesAddress(entry, {
			address,
			port,
			protocol: known
		});
	});
}
function leadsTo(entry, { name, port }) {
	const asked = {
		...entry,
		host: name,
		wildcard: false
	};
	return nameCovers(entry, asked) && portsCover(entry.ports, [{
		from: port,
		to: port
	}]);
}

// src/report/build.ts
/** Puts the report together from the plan and the observations. */
function buildReport({ plan, facts, seen, layers, floors, version }) {
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
		egress: egressOf(plan, seen, blocked),
		changes: changesOf(seen),
		environment: {
			passed: [...plan.environment.passed],
			set: [...plan.environment.set],
			dropped: [...plan.environment.dropped]
		},
		usage: usageOf(seen),
		outcome: outcomeOf(plan, seen, blocked),
		policy: {
			sources: layers.map(sourceOf),
			floors: floors.map(sourceOf)
		},
		host: {
			...facts.host,
			uid: facts.identity.uid,
			root: facts.identity.realRoot
		},
		tools: versionsOf(facts),
		toolOrigins: originsOf(facts)
	};
}
/** What would have to be added to `network.allow`; what was expected is left out. */
function suggestionsOf(report) {
	const suggestions = (report.egress?.blocked ?? []).filter(({ expected }) => !expected).flatMap(({ allow, reason }) => {
		if (allow === null) return [];
		return [{
			entry: allow,
			warning: reason === "the resolver: a name was looked up" ? "the resolver: a name can carry anything out" : null
		}];
	});
	return [...new Map(suggestions.map((one) => [one.entry, one])).values()];
}
function eachLayer(value) {
	return Object.fromEntries(LAYERS.map((layer) => [layer, value(layer)]));
}
function requestedOf(policy) {
	const { network, filesystem, resources, privilege, runner } = policy;
	return {
		onUnavailable: policy.onUnavailable.value,
		network: {
			mode: network.mode.value,
			allow: texts(network.allow),
			blockMetadata: network.blockMetadata.value,
			resolver: network.resolver.value,
			backend: network.backend.value,
			interface: network.interface.value,
			address: network.address.value,
			netmask: network.netmask.value,
			gateway: network.gateway.value,
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
		},
		runner: {
			outputs: values(runner.outputs),
			env: values(runner.env),
			path: values(runner.path),
			summary: runner.summary.value,
			annotations: runner.annotations.value
		}
	};
}
function texts(entries) {
	return entries.map(({ value }) => value.text);
}
function values(sourced) {
	return sourced.map(({ value }) => value);
}
function egressOf(plan, seen, blocked) {
	const egress = seen?.egress ?? null;
	if (egress === null) return null;
	return {
		allowed: [...(egress.names?.traffic ?? []).map(allowedName), ...egress.allowed.map((one) => ({ ...one }))],
		blocked: blocked.map(blockedOne),
		allowedNotListed: egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0),
		blockedNotListed: egress.refusedNotListed + (egress.names?.refusalsNotListed ?? 0),
		unused: unusedEntries(plan, egress),
		malformedLookUps: egress.names?.malformed ?? 0
	};
}
function sourceOf({ name, sha256, commit }) {
	return {
		name,
		sha256,
		commit: commit ?? null
	};
}
function allowedName({ name, port, connections, up, down, process }) {
	return {
		name,
		address: null,
		port,
		protocol: "tcp",
		count: connections,
		process,
		up,
		down
	};
}
function blockedOne(blocked) {
	const { text: _, ...told } = blocked;
	return told;
}
function changesOf(seen) {
	const changes = seen?.changes ?? null;
	return changes === null ? null : {
		...changes,
		files: changes.files.map((one) => ({ ...one }))
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
	const { bwrap, slirp4netns, pasta, nft } = facts.tools;
	return {
		bwrap: bwrap.version,
		slirp4netns: slirp4netns.version,
		pasta: pasta.version,
		nft: nft.version
	};
}
function originsOf({ tools }) {
	return Object.fromEntries(SUPPLIED_TOOLS.flatMap((name) => {
		const { path, supply } = tools[name];
		if (path === null || supply === void 0) return [];
		return [[name, {
			source: supply.source,
			path,
			sha256: supply.sha256
		}]];
	}));
}

// src/plan/reach.ts
/** An allowlist that allows nothing is a seal, as `deny` is. */
function reachesNothing({ mode, allow }) {
	return mode.value === "deny" || mode.value === "allowlist" && allow.length === 0;
}
/** The step may reach some names, and all others stay out of its reach. */
function allowsNames({ mode, allow }) {
	return mode.value === "allowlist" && allow.some(({ value }) => value.kind === "name");
}

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
/**
* Where nothing can be reached, waiting and trying again only hides the first refusal: npm alone
* would wait over a minute for each request. Names in the tools' own documentation.
*/
const WITHOUT_NETWORK = /* @__PURE__ */ new Map([
	["npm_config_fetch_retries", "0"],
	["YARN_HTTP_RETRY", "0"],
	["PIP_RETRIES", "0"],
	["UV_HTTP_RETRIES", "0"],
	["CARGO_NET_RETRY", "0"],
	["BUNDLE_RETRY", "0"]
]);
/** Decides which variables the step gets; what was not handed on is told by name. */
function planEnvironment(policy, host, identity, own) {
	const wanted = anyOf([...PASSED_BY_DEFAULT, ...policy.environment.pass.map(({ value }) => value)]);
	const names = Object.keys(host).sort();
	const passed = names.filter((name) => wanted(name) && forbiddenReason(name) === null);
	const set = [...policy.environment.set.keys()].sort();
	const variables = new Map(reachesNothing(policy.network) ? WITHOUT_NETWORK : []);
	for (const name of passed) variables.set(name, host[name] ?? "");
	variables.set("HOME", identity.home);
	variables.set("USER", identity.name);
	variables.set("LOGNAME", identity.name);
	for (const [name, { value }] of policy.environment.set) variables.set(name, value);
	for (const [name, value] of own) variables.set(name, value);
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

// src/plan/git-credentials.ts
/** What the step sees of git's credentials, next to the mounts that the policy itself names. */
function hideGitCredentials(site, mode, named, { scratch, shed }) {
	const inLayer = (file) => mode === "overlay" && (shed || file.own);
	const asked = site.git.files.filter(({ path }) => named.some((mount) => mount.kind === "bind" && mount.source === path));
	const hidden = site.git.files.filter((file) => !asked.includes(file)).map((file, index) => {
		const inOverlay = inLayer(file);
		const targets = targetsOf(file, inOverlay, mode, site, named);
		return {
			file,
			name: `files/git-${index}`,
			inOverlay,
			targets
		};
	}).filter(({ inOverlay, targets }) => inOverlay || targets.length > 0);
	const { workspace } = site;
	return {
		files: hidden.filter(({ targets }) => targets.length > 0).map(({ file, name }) => ({
			name,
			content: file.shown
		})),
		mounts: hidden.flatMap(({ name, targets }) => targets.map((target) => ({
			kind: "bind",
			source: `${scratch}/${name}`,
			target,
			writable: false
		}))),
		entries: entriesOf(hidden.filter(({ inOverlay }) => inOverlay).map(({ file }) => file), workspace),
		notes: [
			...told(HIDDEN, hidden.map(({ file }) => file), workspace),
			...told(NAMED, asked, workspace),
			...site.git.cutShort ? [NOT_SEARCHED] : []
		]
	};
}
/** The places where a mount has to cover the file, because the step would see the host's. */
function targetsOf({ path }, inOverlay, mode, { workspace, base }, named) {
	const own = mode === "scratch-only" || inOverlay ? [] : [path];
	const elsewhere = [...named.filter((mount) => mount.kind === "bind"), ...base.map(({ path: source }) => ({
		source,
		target: source
	}))].filter(({ source }) => within(path, source)).map(({ source, target }) => ({
		source,
		target: target + path.slice(source.length)
	})).filter(({ source, target }) => mode === "scratch-only" || within(source, workspace) || !within(target, workspace)).map(({ target }) => target);
	const masks = named.filter(({ kind }) => kind === "mask-file" || kind === "mask-directory");
	return [.../* @__PURE__ */ new Set([...own, ...elsewhere])].filter((target) => !masks.some((mask) => within(target, mask.target)));
}
/** Where the step has the host's own files, its git has the host's own credentials. */
function visibleGitCredentials(site) {
	return told(UNSEALED, site.git.files, site.workspace);
}
const HIDDEN = {
	code: "git-credentials-hidden",
	text: "git's credentials are not shown to the step"
};
const NAMED = {
	code: "git-credentials-visible",
	text: "git's credentials are shown to the step, because the policy names their file"
};
const UNSEALED = {
	code: "git-credentials-visible",
	text: "git's credentials are shown to the step, which sees the host's own files"
};
const NOT_SEARCHED = {
	code: "git-not-searched",
	text: "the workspace has too many directories to look for git repositories in all of them: credentials that git keeps in one further down are shown to the step"
};
function entriesOf(files, workspace) {
	const entries = /* @__PURE__ */ new Map();
	for (const { directories, shown, ...file } of files) {
		const all = [...directories.map((directory) => ({
			...directory,
			content: null
		})), {
			...file,
			content: shown
		}];
		for (const { path, content, uid, gid, mode } of all) entries.set(path, {
			path: path.slice(workspace.length + 1),
			content,
			uid,
			gid,
			mode
		});
	}
	return [...entries.values()];
}
const MOST_NAMES = 20;
function told({ code, text }, files, workspace) {
	if (files.length === 0) return [];
	const names = files.flatMap(({ path, removed }) => {
		const file = path.slice(workspace.length + 1);
		return removed.length === 0 ? [`all of ${file}`] : removed.map((name) => `${name} of ${file}`);
	});
	const more = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : [];
	const list = [...names.slice(0, MOST_NAMES), ...more].join(", ");
	return [{
		code,
		text: harmless(`${text}: ${list}`)
	}];
}

// src/plan/kept-tools.ts
/**
* Tools that the seal is made of, and the record of what they have to be, stay read-only where the policy
* opens a place that they lie in. What is between the two is mounted onto itself, because a mount point
* can neither be renamed nor removed. `mounts` is all that the policy opens or hides.
*/
function keptMounts(mounts, tools) {
	const opened = mounts.filter((mount) => mount.kind === "bind" && mount.writable);
	const taken = mounts.filter(({ kind }) => kind === "mask-directory" || kind === "tmpfs");
	return directoriesOf(tools).flatMap((directory) => opened.flatMap((mount) => wayTo(directory, mount))).filter(({ target, writable }) => !taken.some((mask) => within(target, mask.target)) && !(writable && mounts.some((mount) => mount.target === target)));
}
/** Of all tools from a cache, and of their records. */
function directoriesOf(tools) {
	const named = SUPPLIED_TOOLS.flatMap((name) => {
		const { directory = null, record = null } = tools[name].supply ?? {};
		return [directory, record].filter((path) => path !== null);
	});
	return [...new Set(named)];
}
function wayTo(directory, mount) {
	const { source, target } = mount;
	if (within(source, directory)) return [{
		...mount,
		writable: false
	}];
	if (!within(directory, source)) return [];
	const names = directory.slice(source.length).split("/").slice(1);
	return names.map((_, index) => {
		const inner = ["", ...names.slice(0, index + 1)].join("/");
		const writable = index + 1 < names.length;
		return {
			kind: "bind",
			source: `${source}${inner}`,
			target: `${target}${inner}`,
			writable
		};
	});
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

// src/plan/filesystem.ts
/** Where a step without a workspace of its own may write. */
const SCRATCH = "/scratch";
/** Decides the file tree that the step sees. */
function planFilesystem(request) {
	const { policy, capabilities, site, identity, workflow, scratch, stack } = request;
	const asked = policy.filesystem.mode.value;
	if (!capabilities.sandbox.available) return withoutSandbox(request);
	if (asked === "off") return wholeHost(request);
	const downgrades = [];
	let mode = asked;
	if (mode === "overlay" && !capabilities.overlay.available) {
		downgrades.push(downgradeOf("filesystem", capabilities.overlay));
		mode = "workspace";
	}
	const named = namedMounts(site, mode);
	downgrades.push(...named.downgrades);
	const git = hideGitCredentials(site, mode, named.mounts, {
		scratch,
		shed: identity.shed
	});
	const stage = stager(identity.shed ? scratch : null);
	const system = systemFiles(request);
	const inPlace = mode === "workspace" ? [bind$1(site.workspace, site.workspace, true)] : [];
	const mounts = [
		...baseMounts(site),
		...system.mounts(scratch),
		...freshDirectories(identity),
		...site.toolDirectories.map((path) => bind$1(stage(path), path, false)),
		...workspaceMounts(mode, request, stage),
		...workflow.mounts,
		...[...named.mounts, ...keptMounts([...inPlace, ...named.mounts], request.tools)].map((mount) => mount.kind === "bind" ? {
			...mount,
			source: stage(mount.source)
		} : mount),
		...git.mounts
	];
	const overlay = planOverlay(mode, request, git.entries);
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
				...overlay === null ? [] : ["lower", "merged"],
				...overlay === null || stack.own !== null ? [] : ["upper", "index"],
				...workflow.directories
			],
			files: [
				...system.files,
				...workflow.files,
				...git.files
			],
			overlay,
			staged: stage.done(),
			cwd: workingDirectory(mode, site)
		},
		layer: {
			status: downgrades.length > 0 ? "downgraded" : "enforced",
			mechanism: MECHANISMS[mode]
		},
		downgrades,
		notes: [
			...named.notes,
			...git.notes,
			...ownershipNotes(mode, site, identity)
		]
	};
}
const MECHANISMS = {
	"scratch-only": "mount namespace, read-only base system, empty scratch directory",
	"scratch-plus-ro": "mount namespace, read-only base system and workspace, empty scratch directory",
	overlay: "mount namespace, read-only base system, workspace on a throwaway overlay",
	workspace: "mount namespace, read-only base system, workspace writable in place"
};
function withoutSandbox({ policy, capabilities, site, workflow }) {
	const downgrades = policy.filesystem.mode.value === "off" || capabilities.sandbox.available ? [] : [downgradeOf("filesystem", capabilities.sandbox)];
	return {
		filesystem: {
			mounts: [],
			directories: workflow.directories,
			files: workflow.files,
			overlay: null,
			staged: [],
			cwd: site.cwd
		},
		layer: {
			status: downgrades.length > 0 ? "unavailable" : "not-requested",
			mechanism: "none: the host's own files"
		},
		downgrades,
		notes: visibleGitCredentials(site)
	};
}
function wholeHost({ site, workflow, tools }) {
	const kept = directoriesOf(tools).map((path) => bind$1(path, path, false));
	return {
		filesystem: {
			mounts: [
				{ kind: "host-root" },
				{
					kind: "proc",
					covered: site.procCovered
				},
				...kept
			],
			directories: workflow.directories,
			files: workflow.files,
			overlay: null,
			staged: [],
			cwd: site.cwd
		},
		layer: {
			status: "not-requested",
			mechanism: "none: the host's own files"
		},
		downgrades: [],
		notes: visibleGitCredentials(site)
	};
}
function baseMounts(site) {
	return site.base.map((entry) => entry.kind === "symlink" ? {
		kind: "symlink",
		target: entry.path,
		to: entry.to
	} : bind$1(entry.path, entry.path, false));
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
function workspaceMounts(mode, { site, scratch, stack }, stage) {
	const emptyScratch = bind$1(`${scratch}/work`, SCRATCH, true);
	switch (mode) {
		case "scratch-only": return [emptyScratch];
		case "scratch-plus-ro": return [emptyScratch, bind$1(stack.below.length > 0 ? `${scratch}/merged` : stage(site.workspace), site.workspace, false)];
		case "overlay": return [bind$1(`${scratch}/merged`, site.workspace, true)];
		case "workspace": return [bind$1(stage(site.workspace), site.workspace, true)];
	}
}
function workingDirectory(mode, site) {
	return mode === "scratch-only" || mode === "scratch-plus-ro" ? SCRATCH : site.cwd;
}
/** A step that only reads sees the layers of earlier ones as well, where there are any. */
function planOverlay(mode, { site, identity, scratch, stack }, entries) {
	const writable = mode === "overlay";
	if (!writable && (mode !== "scratch-plus-ro" || stack.below.length === 0)) return null;
	const own = stack.own ?? scratch;
	const upper = writable ? `${own}/upper` : null;
	const index = writable ? `${own}/index` : null;
	return {
		lower: site.workspace,
		below: stack.below,
		upper,
		index,
		merged: `${scratch}/merged`,
		top: {
			...site.workspaceOwner,
			mode: site.workspaceMode
		},
		entries: writable && stack.below.length === 0 ? entries : [],
		options: [
			`lowerdir=${[...stack.below, `${scratch}/lower`].join(":")}`,
			...upper === null ? [] : [`upperdir=${upper}`, `workdir=${index}`],
			...identity.shed ? ["metacopy=on", "redirect_dir=on"] : ["userxattr"]
		].join(","),
		chown: writable && identity.shed && site.workspaceOwner.uid !== identity.uid ? `${identity.uid}:${identity.gid}` : null
	};
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
function bind$1(source, target, writable) {
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
			...tools.bwrap,
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
		memoryBytes: memory.value === null ? null : Math.min(memory.value, memoryCgroup?.ceiling ?? memory.value),
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
		notes: memoryNotes(limits, memory.value)
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
function memoryNotes({ memoryBytes, memoryCgroup }, wanted) {
	if (memoryBytes === null || wanted === null) return [];
	if (memoryCgroup !== null) {
		const text = `the control group that Glovebox itself runs in may hold only ${formatSize(memoryBytes)}, and so the step may not hold more`;
		return memoryBytes < wanted ? [{
			code: "memory-ceiling",
			text
		}] : [];
	}
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

// src/plan/ruleset.ts
/** Bound of each record set; what does not fit is still counted. */
const RECORD_LIMIT = 4096;
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
		...reachChain(request.gateway === "record"),
		...request.gateway === null ? [] : natChain(request.gateway),
		...request.exposed === true ? INPUT_CHAIN : [],
		"chain output {",
		"type filter hook output priority 0; policy drop;",
		...outputRules(request, groups),
		"}",
		"}"
	].join("\n")}\n`, ...elementTransactions(groups)];
}
const INPUT_CHAIN = [
	"chain input {",
	"type filter hook input priority 0; policy drop;",
	"iifname \"lo\" accept",
	"ct state established,related accept",
	"}"
];
function groupEntries({ entries, hostAddresses }) {
	const ranges = PRIVATE_RANGES.map(({ text }) => network(text));
	const hosts = hostAddresses.map(({ address }) => network(address));
	const byKey = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const text = `${entry.address}/${entry.prefix}`;
		const written = asWritten(entry);
		const holds = (range) => written.prefix < range.prefix && contains(written, range);
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
function network(text) {
	const cidr = parseCidr(text);
	if (cidr === null) throw new TypeError(`not an address: ${text}`);
	return cidr;
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
		if (last !== void 0 && last.size + size <= 2e3) {
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
		...request.gateway === null ? [] : GATEWAY_RULES[request.gateway],
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
/** What the step dialled, where that stood for something else. */
const DIALLED = FAMILIES.map(({ family, address, match }) => ({
	family,
	address: `ct original ${address}`,
	match: `${match} ct status dnat`
}));
function recordSets() {
	return ["refused", "reached"].flatMap((verdict) => [`counter ${verdict} { }`, ...FAMILIES.flatMap(({ family }) => [`set ${verdict}${family} { type ipv${family}_addr . inet_proto . inet_service; size ${RECORD_LIMIT}; flags dynamic; counter; }`, `set ${verdict}${family}other { type ipv${family}_addr . inet_proto; size ${RECORD_LIMIT}; flags dynamic; counter; }`])]);
}
/** A TCP connection counts once, by its SYN; other protocols count packets. */
function recordRules(verdict, families = FAMILIES) {
	return families.flatMap(({ family, address, match }) => [
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
function reachChain(byName) {
	const dialled = recordRules("reached", DIALLED);
	return [
		...byName ? [
			"chain dialled {",
			...dialled,
			"accept",
			"}"
		] : [],
		"chain reach {",
		...ERRORS.map((match) => `${match} accept`),
		...byName ? ["ct status dnat goto dialled"] : [],
		...recordRules("reached"),
		"accept",
		"}"
	];
}

// src/plan/network.ts
/** An address that means nothing outside (RFC 7600), so that refused packets have a source. */
const LOOPBACK_SOURCE = "192.0.0.8";
const UNUSED = {
	code: "allow-unused",
	text: "network.allow has no effect under network.mode deny: set the mode to allowlist"
};
/** The host itself is out of a macvlan's sight, and with it the gateway. */
const NO_NAMES_BY_MACVLAN = {
	available: false,
	code: "macvlan-names",
	reason: "names cannot be reached through a macvlan: their gateway is on the host",
	remedy: "allow addresses, or leave network.backend out"
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
		loopbackAddress: LOOPBACK_SOURCE,
		gateway: null
	};
	if (reachesNothing(policy.network)) {
		const decision = sealedNetwork(capabilities, {
			...request,
			entries: []
		}, tools);
		return entries.length === 0 ? decision : {
			...decision,
			notes: [...decision.notes, UNUSED]
		};
	}
	const { backend, verdict, passedOver } = chooseUplink(policy.network, capabilities);
	if (!verdict.available) return hostNetwork(wanted ? [downgradeOf("network", verdict)] : []);
	const downgrades = [];
	const named = allowsNames(policy.network);
	const { rules } = capabilities;
	const doors = backend === "macvlan" ? NO_NAMES_BY_MACVLAN : capabilities.doors;
	if (named && !doors.available && rules.available) downgrades.push(downgradeOf("network", doors));
	if (!rules.available && wanted) downgrades.push(downgradeOf("network", rules));
	const gateway = gatewayKind(mode.value, named, rules.available && doors.available);
	return routedNetwork({
		policy,
		capabilities,
		tools,
		backend,
		passedOver,
		downgrades,
		wanted,
		names,
		request: {
			...request,
			loopbackAddress: null,
			exposed: backend === "macvlan",
			gateway
		}
	});
}
/** An audit records names as well, where it can; an allowlist needs the gateway only for its names. */
function gatewayKind(mode, named, available) {
	if (!available) return null;
	return mode === "audit" ? "record" : named ? "doors" : null;
}
function hostNetwork(downgrades) {
	return {
		network: {
			kind: "host",
			seal: [],
			uplink: null,
			route: [],
			gateway: null,
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
			uplink: null,
			route: [],
			gateway: null,
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
			uplink: null,
			route: [],
			gateway: null,
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
function routedNetwork({ policy, capabilities, request, tools, backend, passedOver, downgrades, wanted, names }) {
	const ruled = capabilities.rules.available;
	return {
		network: {
			kind: "routed",
			seal: ruled ? [...loadRules(request, tools), ...kernelSettings(tools, backend)] : [],
			uplink: planUplink({
				backend,
				tools,
				interface: policy.network.interface.value,
				loopback: request.gateway !== null
			}),
			route: routesOut(capabilities.loopback, policy, tools, backend),
			gateway: request.gateway !== null && ruled ? {
				kind: request.gateway,
				names,
				resolver: policy.network.resolver.value,
				blockMetadata: request.blockMetadata,
				hostAddresses: request.hostAddresses.map(({ address }) => address),
				nft: [
					...tools.nft,
					"-f",
					"-"
				]
			} : null,
			counters: ruled ? counterQuery(tools) : null
		},
		layer: {
			status: !wanted ? "not-requested" : !ruled ? "unavailable" : downgrades.length > 0 ? "downgraded" : "enforced",
			mechanism: ruled ? `network namespace, nftables ${request.mode === "allowlist" ? "default drop" : "recording"}, ${backend}${request.gateway === "doors" ? ", gateway for names" : ""}` : `network namespace, ${backend}, no rules`
		},
		downgrades,
		notes: [...passedOver.map((lack) => insteadOf(lack, backend)), ...ipv6Notes(capabilities.loopback, backend)]
	};
}
function insteadOf({ reason }, backend) {
	return {
		code: "uplink-chosen",
		text: `${backend} carries the packets, because ${reason}`
	};
}
function ipv6Notes(loopback, backend) {
	const why = backend === "macvlan" ? "a macvlan has the one address that the policy gives it" : loopback.available ? null : loopback.reason;
	return why === null ? [] : [{
		code: "ipv6-not-routed",
		text: `IPv6 does not leave the sandbox: ${why}`
	}];
}
function loadRules(request, tools) {
	return rulesets(request).map((stdin) => ({
		argv: [
			...tools.nft,
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
function kernelSettings({ tee }, backend) {
	return [
		["ipv4/ping_group_range", "0 0"],
		["ipv6/conf/default/accept_dad", "0"],
		...backend === "macvlan" ? [["ipv6/conf/default/disable_ipv6", "1"]] : []
	].map(([name, value]) => ({
		argv: [tee, `/proc/sys/net/${name}`],
		stdin: `${value}\n`,
		optional: true
	}));
}
/** Without its address a macvlan is of no use; the other two have theirs but for IPv6. */
function routesOut(loopback, policy, tools, backend) {
	const batch = ipBatch(tools, routesOf(backend, policy.network));
	if (backend === "macvlan") return [batch];
	return loopback.available ? [{
		...batch,
		optional: true
	}] : [];
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
		...tools.nft,
		"-j",
		"list",
		"table",
		"inet",
		TABLE
	];
}

// src/plan/workflow.ts
/** The variables that name the runner's command files, by what they carry. */
const COMMAND_FILES = {
	output: "GITHUB_OUTPUT",
	env: "GITHUB_ENV",
	path: "GITHUB_PATH",
	state: "GITHUB_STATE",
	summary: "GITHUB_STEP_SUMMARY"
};
const INSIDE = "/run/glovebox";
/** Decides where a workflow step finds its script and what it writes its outputs to. */
function planWorkflow(step, filesystemMode, capabilities, scratch) {
	if (step === null) return NO_WORKFLOW;
	const own = capabilities.sandbox.available && filesystemMode !== "off";
	const base = own ? INSIDE : scratch;
	const script = `script/step${step.script.extension}`;
	const names = Object.entries(COMMAND_FILES);
	return {
		workflow: { commandFiles: `${scratch}/commands` },
		layer: {
			status: own ? "enforced" : "unavailable",
			mechanism: own ? "command files of its own, output without commands, nothing of the runner in sight" : "none: the runner's own files are in reach"
		},
		downgrades: own ? [] : [inReach(capabilities)],
		mounts: own ? [bind(`${scratch}/commands`, `${INSIDE}/commands`, true), bind(`${scratch}/script`, `${INSIDE}/script`, false)] : [],
		directories: [
			"commands",
			"script",
			...own ? [] : ["temp"]
		],
		files: [{
			name: script,
			content: step.script.content
		}, ...names.map(([kind]) => ({
			name: `commands/${kind}`,
			content: "",
			ofStep: true
		}))],
		variables: new Map([...names.map(([kind, name]) => [name, `${base}/commands/${kind}`]), ["RUNNER_TEMP", own ? "/tmp" : `${scratch}/temp`]]),
		script: `${base}/${script}`
	};
}
const NO_WORKFLOW = {
	workflow: null,
	layer: {
		status: "not-requested",
		mechanism: "none: not a step of a workflow"
	},
	downgrades: [],
	mounts: [],
	directories: [],
	files: [],
	variables: /* @__PURE__ */ new Map(),
	script: null
};
function inReach({ sandbox }) {
	return {
		layer: "runner",
		code: "runner-in-reach",
		reason: sandbox.available ? "filesystem.mode is off: the step can write the runner's files, which decide what later steps run" : `without a sandbox the step can write the runner's files: ${sandbox.reason}`,
		remedy: sandbox.available ? "set filesystem.mode to overlay or workspace" : sandbox.remedy
	};
}
function bind(source, target, writable) {
	return {
		kind: "bind",
		source,
		target,
		writable
	};
}

// src/plan/plan.ts
/** Policy and capabilities in, everything that a run will do out. No I/O. */
function makePlan({ policy, facts, capabilities, site, command, scratch, workflow: step = null, stack = NO_LAYERS }) {
	const tools = commandsOf(facts.tools);
	const privilege = planPrivilege(policy, capabilities, facts.identity, site.workspaceOwner);
	const network = planNetwork(policy, capabilities, facts.hostAddresses, {
		...tools,
		slirp4netnsVersion: facts.tools.slirp4netns.version
	});
	const workflow = planWorkflow(step, policy.filesystem.mode.value, capabilities, scratch);
	const filesystem = planFilesystem({
		policy,
		capabilities,
		site,
		workflow,
		scratch,
		stack,
		identity: privilege.identity,
		gateway: network.network.gateway !== null,
		tools: facts.tools
	});
	const limits = planLimits(policy, capabilities, facts.hardLimits);
	const environment = planEnvironment(policy, site.environment, privilege.identity, workflow.variables);
	const sandboxed = capabilities.sandbox.available;
	const decisions = [
		network,
		filesystem,
		limits,
		privilege,
		{
			...workflow,
			notes: []
		}
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
		},
		runner: workflow.layer
	}, [...decisions.flatMap((decision) => decision.downgrades), ...sandboxed && filter === null ? [filterMissing(facts.host.arch)] : []]);
	const parts = {
		policy,
		command: command.map((word) => word.replaceAll("{0}", () => workflow.script ?? "{0}")),
		identity: privilege.identity,
		network: network.network,
		filesystem: filesystem.filesystem,
		limits: limits.limits,
		environment,
		workflow: workflow.workflow,
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

// src/policy/cuts.ts
const MOST_PARTS = 3;
const LONGEST_SHOWN = 200;
/** Takes from values what a floor does not allow, and remembers what it was. An undefined floor takes nothing. */
var Knife = class {
	cuts = [];
	tell(path, text) {
		this.cuts.push({
			path,
			text
		});
	}
	/** The stricter of both; `order` starts with the strictest. */
	stricter(path, asked, floor, order) {
		if (floor === void 0 || order.indexOf(asked.value) <= order.indexOf(floor.value)) return asked;
		return this.replaced(path, asked, floor, String);
	}
	/** The smaller of both; null is no limit. */
	smaller(path, asked, floor, textOf) {
		if (floor === void 0 || (asked.value ?? Infinity) <= (floor.value ?? Infinity)) return asked;
		return this.replaced(path, asked, floor, (value) => value === null ? "none" : textOf(value));
	}
	/** The floor's value, where it has one; `none` tells of null. */
	same(path, asked, floor, none) {
		if (floor === void 0 || asked.value === floor.value) return asked;
		return this.replaced(path, asked, floor, (value) => String(value ?? none));
	}
	/** Those that lie within a bound. */
	within(path, asked, bounds, holds) {
		return this.common(path, asked, bounds, holds, () => []);
	}
	/** What lies in one of both lists and within an entry of the other. */
	overlap(path, asked, bounds, holds) {
		return this.common(path, asked, bounds, holds, (item, all) => all.filter(({ value }) => holds(item.value, value)));
	}
	/** Tells what is left of a list's entry, where that is not the entry itself. */
	narrowed(path, entry, parts) {
		if (parts.length === 1 && parts[0] === entry) return;
		const shown = parts.slice(0, MOST_PARTS).map(shortly).join(", ");
		const more = parts.length > MOST_PARTS ? ` and ${parts.length - MOST_PARTS} more` : "";
		this.tell(path, parts.length === 0 ? `${shortly(entry)} is not within the floor` : `${shortly(entry)} is narrowed to ${shown}${more}`);
	}
	common(path, asked, bounds, holds, partsOf) {
		if (bounds === void 0) return asked;
		const left = asked.flatMap((item) => {
			if (bounds.some(({ value }) => holds(value, item.value))) return [item];
			const parts = partsOf(item, bounds);
			this.narrowed(path, item.value, parts.map(({ value }) => value));
			return parts;
		});
		return union(left, [], (value) => value);
	}
	replaced(path, asked, floor, textOf) {
		this.tell(path, `${textOf(asked.value)} becomes ${textOf(floor.value)}`);
		return floor;
	}
};
/** A policy's own text, fit for one line. */
function shortly(text) {
	return printable(text, LONGEST_SHOWN);
}

// src/policy/intersect.ts
function placed(entry) {
	return {
		entry,
		cidr: entry.kind === "address" ? cidrOf(entry) : null
	};
}
/**
* What each of `entries` has in common with `bounds`, in the same order: the entry itself where a bound
* holds all of it, several entries where several hold a part, none where a bound holds nothing of it.
*/
function commonEntries(entries, bounds) {
	const places = bounds.map(placed);
	return entries.map((entry) => {
		const own = placed(entry);
		const parts = places.map((bound) => common(own, bound)).filter((part) => part !== null);
		return parts.includes(entry) ? [entry] : strongest(parts);
	});
}
/** What both allow; the very entry `a` where `b` takes nothing from it. A name and an address have nothing in common. */
function common(a, b) {
	if (a.entry.protocol !== b.entry.protocol) return null;
	const narrower = narrowerOf(a, b);
	if (narrower === null) return null;
	const ports = commonPorts(a.entry.ports, b.entry.ports);
	if (ports.length === 0 && a.entry.protocol !== "icmp") return null;
	const part = narrower.kind === "address" && a.entry.kind === "address" && b.entry.kind === "address" ? addressPart(narrower, ports, Math.min(asWritten(a.entry).prefix, asWritten(b.entry).prefix)) : entryWith(strict(narrower, a.entry, b.entry), ports);
	return isSame$1(part, a.entry) ? a.entry : part;
}
/** Networks are nested or apart, and so are names: what both have is all of one of them. */
function narrowerOf(a, b) {
	if (holds(b, a)) return a.entry;
	return holds(a, b) ? b.entry : null;
}
function holds(outer, inner) {
	if (outer.cidr !== null && inner.cidr !== null) return contains(outer.cidr, inner.cidr);
	return outer.entry.kind === "name" && inner.entry.kind === "name" && nameCovers(outer.entry, inner.entry);
}
/** What is checked for one of two names is checked for what both have. */
function strict(narrower, a, b) {
	if (narrower.kind !== "name" || a.kind !== "name" || b.kind !== "name") return narrower;
	return {
		...narrower,
		tls: a.tls || b.tls,
		private: a.private && b.private
	};
}
function entryWith(entry, ports) {
	const changed = {
		...entry,
		ports
	};
	return {
		...changed,
		text: entryText(changed)
	};
}
function addressPart(entry, ports, written) {
	const { cutFrom: _, ...whole } = entryWith(entry, ports);
	return written < whole.prefix ? {
		...whole,
		cutFrom: written
	} : whole;
}
function isSame$1(a, b) {
	return a.text === b.text && writtenPrefix(a) === writtenPrefix(b);
}
function writtenPrefix(entry) {
	return entry.kind === "address" ? asWritten(entry).prefix : 0;
}
/** Each entry once: of those that differ only in what they were cut from, the one that names the most. */
function strongest(entries) {
	const byText = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const known = byText.get(entry.text);
		if (known === void 0 || writtenPrefix(entry) > writtenPrefix(known)) byText.set(entry.text, entry);
	}
	return [...byText.values()];
}
/** The entry as a part of "everything", which opens no address of the host unless somebody names it. */
function unnamed(entry) {
	if (!namesOne(entry)) return entry;
	return {
		...entry,
		cutFrom: widthOf(entry.family) - 1
	};
}
/** Whether somebody wrote down just this one address: only then it may be the host's own. */
function namesOne(entry) {
	return entry.kind === "address" && asWritten(entry).prefix === widthOf(entry.family);
}

// src/policy/floor-network.ts
const MODES = [
	"deny",
	"allowlist",
	"audit",
	"unrestricted"
];
const OPEN = ["audit", "unrestricted"];
/** The network that both the policy and the floor allow. `source` stands for what the floor says by implication. */
function boundNetwork(asked, floor, source, knife) {
	return {
		...boundReach(asked, reachOf(floor, source), knife),
		blockMetadata: knife.stricter("network.block-metadata", asked.blockMetadata, floor.blockMetadata, [true, false]),
		resolver: knife.same("network.resolver", asked.resolver, floor.resolver, "the system's"),
		backend: knife.same("network.backend", asked.backend, floor.backend, "auto"),
		interface: knife.same("network.interface", asked.interface, floor.interface, "none"),
		address: knife.same("network.address", asked.address, floor.address, "none"),
		netmask: knife.same("network.netmask", asked.netmask, floor.netmask, "none"),
		gateway: knife.same("network.gateway", asked.gateway, floor.gateway, "none"),
		onBlocked: knife.stricter("network.on-blocked", asked.onBlocked, floor.onBlocked, [
			"fail",
			"warn",
			"ignore"
		]),
		expectBlocked: boundExpected(asked.expectBlocked, floor, knife)
	};
}
/** A list alone is an allowlist, and an allowlist alone is an empty one. */
function reachOf({ mode, allow }, source) {
	if (mode === void 0 && allow === void 0) return null;
	return {
		mode: mode ?? {
			value: "allowlist",
			source
		},
		allow: allow ?? []
	};
}
function boundReach({ mode, allow }, floor, knife) {
	if (floor === null || mode.value === "deny") return {
		mode,
		allow
	};
	const bounded = knife.stricter("network.mode", mode, floor.mode, MODES);
	if (bounded.value === "deny") return {
		mode: bounded,
		allow: []
	};
	return {
		mode: bounded,
		allow: boundAllow({
			mode,
			allow
		}, floor, knife)
	};
}
function boundAllow(asked, floor, knife) {
	const isOpen = ({ mode }) => OPEN.includes(mode.value);
	if (!isOpen(asked) && !isOpen(floor)) return intersected(asked.allow, floor.allow, knife);
	const named = intersected(asked.allow, floor.allow, null).filter(({ value }) => namesOne(value));
	return each([...(isOpen(floor) ? asked.allow : floor.allow).map(({ value, source }) => ({
		value: unnamed(value),
		source
	})), ...named]);
}
function boundExpected(asked, floor, knife) {
	const strict = floor.onBlocked?.value === "fail";
	if (floor.expectBlocked === void 0 && !strict) return asked;
	return intersected(asked, floor.expectBlocked ?? [], knife, "network.expect-blocked");
}
/** What both lists hold, told to the knife where there is one. */
function intersected(asked, bounds, knife, path = "network.allow") {
	const parts = commonEntries(asked.map(({ value }) => value), bounds.map(({ value }) => value));
	return each(asked.flatMap(({ value, source }, index) => {
		const left = parts[index] ?? [];
		knife?.narrowed(path, value.text, left.map(({ text }) => text));
		return left.map((part) => ({
			value: part,
			source
		}));
	}));
}
/** Each entry once, the one that names the most. */
function each(entries) {
	const kept = new Set(strongest(entries.map(({ value }) => value)));
	const first = /* @__PURE__ */ new Set();
	return entries.filter(({ value }) => kept.has(value) && !first.has(value) && first.add(value));
}

// src/policy/globs.ts
/**
* Whether every name that `inner` can mean is one that `outer` means; both are names or globs of `*` and `?`.
* Never true in error; false for some pairs whose proof would need more than one look along both.
*/
function globCovers(outer, inner) {
	const [wide, narrow] = [ordered(outer), ordered(inner)];
	let reached = afterStars(wide, [true]);
	for (const character of narrow) {
		const next = [];
		for (const [at, open] of reached.entries()) {
			if (open && wide[at] === "*") next[at] = true;
			if (open && takes(wide[at], character)) next[at + 1] = true;
		}
		reached = afterStars(wide, next);
	}
	return reached[wide.length] === true;
}
/** `*?` means what `?*` means, and `**` what `*` does. */
function ordered(glob) {
	return glob.replaceAll(/[*?]+/g, (run) => run.replaceAll("*", "") + (run.includes("*") ? "*" : ""));
}
function takes(wide, narrow) {
	return wide === "?" ? narrow !== "*" : wide === narrow && wide !== "*";
}
/** A `*` may stand for nothing. */
function afterStars(wide, reached) {
	for (let at = 0; at < wide.length; at += 1) if (reached[at] === true && wide[at] === "*") reached[at + 1] = true;
	return reached;
}

// src/policy/path-containment.ts
/**
* Whether a path of a policy is `outer` or lies in it, whatever the machine looks like.
* A path from the home directory, one from the workspace and an absolute one are never compared.
*/
function liesWithin(inner, outer) {
	const [a, b] = [placeOf(inner), placeOf(outer)];
	const rest = a.steps.slice(b.steps.length);
	return a.origin === b.origin && b.steps.every((step, index) => step === a.steps[index]) && rest[0] !== "..";
}
function placeOf(path) {
	const origin = path.startsWith("/") ? "root" : path === "~" || path.startsWith("~/") ? "home" : "workspace";
	const steps = [];
	for (const step of path.split("/").slice(origin === "home" ? 1 : 0)) {
		if (step === "" || step === ".") continue;
		if (step !== "..") steps.push(step);
		else if (origin !== "root" && (steps.length === 0 || steps.at(-1) === "..")) steps.push(step);
		else steps.pop();
	}
	return {
		origin,
		steps
	};
}

// src/policy/floor.ts
const FILESYSTEM_MODES = [
	"scratch-only",
	"scratch-plus-ro",
	"overlay",
	"workspace",
	"off"
];
const LIMITS = {
	timeout: ["timeout", formatDuration],
	cpuTime: ["cpu-time", formatDuration],
	memory: ["memory", formatSize],
	processes: ["processes", String],
	openFiles: ["open-files", String],
	fileSize: ["file-size", formatSize],
	output: ["output", formatSize]
};
/**
* What a policy and a floor both allow. A floor binds only the keys that it writes, with two exceptions:
* `network.allow` and `network.mode: allowlist` mean each other, and a list of paths rules out `filesystem.mode: off`.
* Several floors are applied one after another.
*/
function boundPolicy(policy, { name, values }) {
	const knife = new Knife();
	const source = {
		kind: "file",
		name
	};
	const { network, filesystem, resources, privilege, environment, runner } = policy;
	return {
		policy: {
			onUnavailable: knife.stricter("on-unavailable", policy.onUnavailable, values.onUnavailable, ["fail", "degrade"]),
			network: boundNetwork(network, values.network ?? {}, source, knife),
			filesystem: boundFilesystem(filesystem, values.filesystem ?? {}, source, knife),
			resources: boundResources(resources, values.resources ?? {}, knife),
			privilege: boundPrivilege(privilege, values.privilege ?? {}, knife),
			environment: boundEnvironment(environment, values.environment ?? {}, knife),
			runner: boundRunner(runner, values.runner ?? {}, knife)
		},
		cuts: knife.cuts
	};
}
function boundFilesystem(asked, floor, source, knife) {
	const { read, write, hide } = floor;
	const holds = (bound, path) => liesWithin(path, bound);
	const lists = read ?? write ?? hide;
	const mode = floor.mode ?? (lists && {
		value: "workspace",
		source
	});
	return {
		mode: knife.stricter("filesystem.mode", asked.mode, mode, FILESYSTEM_MODES),
		read: knife.within("filesystem.read", asked.read, read, holds),
		write: knife.within("filesystem.write", asked.write, write, holds),
		hide: hidden(asked.hide, hide ?? [], knife)
	};
}
function hidden(asked, floor, knife) {
	const known = new Set(asked.map(({ value }) => value));
	for (const { value } of floor) if (!known.has(value)) knife.tell("filesystem.hide", `${shortly(value)} is hidden`);
	return union(asked, floor, (path) => path);
}
function boundResources(asked, floor, knife) {
	const limit = (key) => {
		const [name, textOf] = LIMITS[key];
		return knife.smaller(`resources.${name}`, asked[key], floor[key], textOf);
	};
	return {
		timeout: limit("timeout"),
		cpuTime: limit("cpuTime"),
		memory: limit("memory"),
		processes: limit("processes"),
		openFiles: limit("openFiles"),
		fileSize: limit("fileSize"),
		output: limit("output")
	};
}
function boundPrivilege(asked, floor, knife) {
	return {
		mode: knife.stricter("privilege.mode", asked.mode, floor.mode, ["drop", "inherit"]),
		uid: knife.same("privilege.uid", asked.uid, floor.uid, "a chosen one"),
		gid: knife.same("privilege.gid", asked.gid, floor.gid, "a chosen one")
	};
}
function boundEnvironment(asked, floor, knife) {
	const pass = knife.within("environment.pass", asked.pass, floor.pass, globCovers);
	for (const [name, { value }] of floor.set ?? []) {
		const own = asked.set.get(name);
		if (own !== void 0 && own.value !== value) knife.tell("environment.set", `${shortly(name)} has the floor's value`);
	}
	return {
		pass,
		set: new Map([...asked.set, ...floor.set ?? []])
	};
}
function boundRunner(asked, floor, knife) {
	const same = (bound, name) => bound === name;
	const holds = (bound, path) => liesWithin(path, bound);
	const off = [false, true];
	return {
		outputs: knife.within("runner.outputs", asked.outputs, floor.outputs, same),
		env: knife.within("runner.env", asked.env, floor.env, same),
		path: knife.overlap("runner.path", asked.path, floor.path, holds),
		summary: knife.stricter("runner.summary", asked.summary, floor.summary, off),
		annotations: knife.stricter("runner.annotations", asked.annotations, floor.annotations, off)
	};
}

// src/policy/toml-texts.ts
/** Arrays and inline tables within each other; more of them hold nothing that anybody looks for. */
const DEEPEST = 20;
const BLANKS = /[ \t]*/y;
const BLANKS_AND_LINES = /(?:[ \t\r\n,]|#[^\n]*)*/y;
const REST_OF_LINE = /[^\n]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}\n#]*/y;
const LONG_TEXT = /"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}/y;
const BASIC_TEXT = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL_TEXT = /'[^'\n]*'/y;
/**
* All texts on one line that are the value of a key, in their order. Numbers, dates, texts of several
* lines and what is in arrays are left out. Never throws: a line that is no TOML is passed over.
*/
function tomlTexts(text) {
	const reader = new TomlReader(text);
	reader.document();
	return reader.found;
}
var TomlReader = class {
	found = [];
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	document() {
		let table = [];
		for (this.#take(BLANKS_AND_LINES); this.#at < this.#text.length; this.#take(BLANKS_AND_LINES)) {
			const heading = this.#heading();
			if (heading === null) this.#pair(table, 0);
			else table = heading;
			this.#take(REST_OF_LINE);
		}
	}
	/** `[a.b]` or `[[a.b]]`; null for any other line. */
	#heading() {
		if (!this.#has("[")) return null;
		this.#has("[");
		return this.#keys() ?? [];
	}
	/** `key = value`, below a table; null: in an array, where nothing is kept. */
	#pair(table, depth) {
		const keys = this.#keys();
		if (keys === null || !this.#has("=")) return false;
		this.#take(BLANKS);
		return this.#value(table === null ? null : [...table, ...keys], depth);
	}
	/** `a`, `a.b`, `a."b.c"`. */
	#keys() {
		const keys = [];
		do {
			this.#take(BLANKS);
			const key = this.#quoted() ?? this.#take(BARE_KEY);
			if (key === null) return null;
			keys.push(key);
			this.#take(BLANKS);
		} while (this.#has("."));
		return keys;
	}
	#value(path, depth) {
		if (this.#take(LONG_TEXT) !== null) return true;
		const text = this.#quoted();
		if (text !== null) {
			if (path !== null) this.found.push({
				path,
				value: text
			});
			return true;
		}
		if (depth < DEEPEST && this.#has("{")) return this.#until("}", () => this.#pair(path, depth + 1));
		if (depth < DEEPEST && this.#has("[")) return this.#until("]", () => this.#value(null, depth + 1));
		return this.#take(BARE_VALUE) !== null;
	}
	/** Parts with commas between them, up to the end; false where a part cannot be read. */
	#until(end, part) {
		for (;;) {
			this.#take(BLANKS_AND_LINES);
			if (this.#has(end)) return true;
			const before = this.#at;
			if (!part() || this.#at === before) return false;
		}
	}
	#quoted() {
		const literal = this.#take(LITERAL_TEXT);
		if (literal !== null) return literal.slice(1, -1);
		const basic = this.#take(BASIC_TEXT);
		return basic === null ? null : plainText(basic);
	}
	#has(character) {
		if (this.#text[this.#at] !== character) return false;
		this.#at += 1;
		return true;
	}
	/** The text that matches here, and past it; null where none does. */
	#take(pattern) {
		pattern.lastIndex = this.#at;
		const [taken = ""] = pattern.exec(this.#text) ?? [];
		this.#at += taken.length;
		return taken === "" ? null : taken;
	}
};
/** Its escapes are nearly those of JSON; a text with another one has nothing that anybody looks for. */
function plainText(quoted) {
	try {
		return JSON.parse(quoted);
	} catch {
		return "";
	}
}

// src/policy/tool-configs.ts
const COMMENT = /^\s*[#;]/;
const HEADING = /^\s*\[([^\]]*)\]/;
/** The settings of an npmrc, the last of a key staying; `${NAME}` has the variable's value. Lines with an unknown one are left out. */
function npmSettings(text, environment) {
	const settings = /* @__PURE__ */ new Map();
	for (const line of linesOf(text)) {
		if (HEADING.test(line)) break;
		const [key, value] = pairOf(line, /=/) ?? [];
		if (key === void 0 || value === void 0 || COMMENT.test(line)) continue;
		const filled = withVariables(unquoted(value.replace(/\s*[#;].*$/, "")), environment);
		if (filled !== null) settings.set(unquoted(key), filled);
	}
	return settings;
}
function withVariables(text, environment) {
	if ([...text.matchAll(/\$\{([^}?]+)\??\}/g)].map(({ 1: name = "" }) => name).some((name) => !Object.hasOwn(environment, name))) return null;
	return text.replaceAll(/\$\{([^}?]+)\??\}/g, (_, name) => environment[name] ?? "");
}
/** The settings of a pip.conf, in their order; a value that goes on over indented lines has them all. */
function pipSettings(text) {
	const settings = [];
	let section = "";
	for (const line of linesOf(text)) {
		const heading = HEADING.exec(line)?.[1];
		const last = settings.at(-1);
		if (COMMENT.test(line) || line.trim() === "") continue;
		if (heading !== void 0) section = heading.trim();
		else if (/^\s/.test(line) && last?.section === section) settings[settings.length - 1] = {
			...last,
			value: `${last.value} ${line.trim()}`.trim()
		};
		else {
			const [key, value] = pairOf(line, /[=:]/) ?? [];
			if (key !== void 0 && value !== void 0) settings.push({
				section,
				key: key.toLowerCase().replaceAll("_", "-"),
				value
			});
		}
	}
	return settings;
}
/** The addresses in one-line sources of apt: `deb [options] URI suite component…`. */
function aptListUris(text) {
	return linesOf(text).flatMap((line) => {
		const uri = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?([^\s#[]+)/.exec(line)?.[1];
		return uri === void 0 ? [] : [uri];
	});
}
/** The addresses in deb822 sources of apt, without the stanzas that are switched off. */
function aptStanzaUris(text) {
	return stanzasOf(text).flatMap((fields) => {
		return /^(?:no|false|without|off|disable|0)$/i.test(fields.get("enabled") ?? "") ? [] : wordsOf(fields.get("uris") ?? "");
	});
}
function stanzasOf(text) {
	const stanzas = [/* @__PURE__ */ new Map()];
	let field = "";
	for (const line of linesOf(text)) {
		const fields = stanzas.at(-1);
		const [key, value] = pairOf(line, /:/) ?? [];
		if (line.startsWith("#")) continue;
		if (line.trim() === "") stanzas.push(/* @__PURE__ */ new Map());
		else if (/^\s/.test(line)) fields?.set(field, `${fields.get(field) ?? ""} ${line.trim()}`);
		else if (key !== void 0 && value !== void 0) {
			field = key.toLowerCase();
			fields?.set(field, value);
		}
	}
	return stanzas;
}
/** The addresses in a list of mirrors: the first word of each line. */
function aptMirrorUris(text) {
	return linesOf(text).flatMap((line) => {
		const [uri = ""] = wordsOf(line);
		return uri === "" || uri.startsWith("#") ? [] : [uri];
	});
}
/** The indexes of registries and the sources that a configuration of cargo names. */
function cargoUrls(text) {
	return tomlTexts(text).flatMap(({ path, value }) => {
		const [table, , key] = path.length === 3 ? path : [];
		return table === "registries" && key === "index" || table === "source" && key === "registry" ? [value] : [];
	});
}
/** The settings of go's own file: `NAME=value`. */
function goSettings(text) {
	return new Map(linesOf(text).flatMap((line) => {
		const pair = COMMENT.test(line) ? null : pairOf(line, /=/);
		return pair === null ? [] : [pair];
	}));
}
/** The proxies of a GOPROXY: `direct` and `off` are none. */
function goProxies(value) {
	return value.split(/[,|]/).map((one) => one.trim()).filter((one) => ![
		"",
		"direct",
		"off"
	].includes(one));
}
/** Where a GOSUMDB is asked: at its own URL, or at its name. Null for `off`. */
function goSumUrl(value) {
	const [name = "", url] = wordsOf(value);
	if (name === "" || name === "off") return null;
	return url ?? `https://${name.replace(/\+.*$/, "")}`;
}
/** The words of a text that white space divides. */
function wordsOf(text) {
	return text.split(/\s+/).filter((word) => word !== "");
}
function linesOf(text) {
	return text.replace(/^\uFEFF/, "").split(/\r?\n/);
}
/** What stands before and after the first divider, without the blanks around; null without one or without a key. */
function pairOf(line, divider) {
	const at = line.search(divider);
	const key = line.slice(0, Math.max(at, 0)).trim();
	return key === "" ? null : [key, line.slice(at + 1).trim()];
}
function unquoted(text) {
	return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

// src/probe/tool-defaults.ts
/** A tool answers at once, or it waits for something that it should not need. */
const PATIENCE_MS = 1e4;
/** What npm says of its system-wide configuration and its built-in default; the user's is read already. */
async function npmDefaults(machine) {
	return (await ask(machine, "npm", [
		"config",
		"list",
		"--json"
	], {
		...Object.fromEntries(Object.entries(machine.environment).filter(([name, value]) => /^npm_config_(?:globalconfig|prefix)$/i.test(name) && machine.files.isTrusted(value))),
		npm_config_userconfig: "/dev/null"
	}, jsonTexts) ?? []).map(([key, url]) => ({
		key,
		url,
		from: "npm itself"
	}));
}
/** pip's own index, and the host that keeps its files. */
const PIP_SCRIPT = `from pip._internal.models.index import PyPI
print(PyPI.simple_url)
print("https://" + PyPI.file_storage_domain)`;
async function pipDefaults(machine) {
	return (await ask(machine, "python3", [
		"-I",
		"-c",
		PIP_SCRIPT
	], {}, (text) => {
		const [index = "", storage = "", ...more] = text.trim().split("\n");
		return more.length === 0 && URL.canParse(index) && URL.canParse(storage) ? [index, storage] : null;
	}) ?? []).map((url) => ({
		url,
		from: "pip itself"
	}));
}
async function goDefaults(machine) {
	const from = "go itself";
	return await ask(machine, "go", [
		"env",
		"GOPROXY",
		"GOSUMDB"
	], {
		GOENV: "off",
		GOTOOLCHAIN: "local"
	}, (text) => {
		const [proxy = "", sums = ""] = text.split("\n");
		return {
			proxy: {
				value: proxy.trim(),
				from
			},
			sums: {
				value: sums.trim(),
				from
			}
		};
	});
}
/**
* The first answer of the programs of that name on PATH. They run in `/`, because they would read the
* configuration of a project around them, and only with the variables given.
*/
async function ask({ home, files, programs }, name, args, variables, read) {
	const directories = programs.filter((directory) => files.isTrusted(directory));
	for (const directory of directories) {
		const program = await findProgram(name, [directory]);
		if (program === null || !files.isTrusted(program)) continue;
		const { code, stdout } = await execute([program, ...args], {
			timeout: PATIENCE_MS,
			directory: "/",
			environment: {
				...variables,
				HOME: home,
				PATH: directories.join(":")
			}
		});
		const answer = code === 0 ? read(stdout) : null;
		if (answer !== null) return answer;
	}
	return null;
}
/** The texts of a map; null where it is none. */
function jsonTexts(text) {
	try {
		const map = JSON.parse(text);
		if (typeof map !== "object" || map === null) return null;
		return Object.entries(map).filter((pair) => typeof pair[1] === "string");
	} catch {
		return null;
	}
}

// src/probe/registries.ts
const REGISTRIES = {
	apt: {
		find: aptRepositories,
		expected: "an http or https source in /etc/apt/sources.list or /etc/apt/sources.list.d"
	},
	cargo: {
		find: cargoRegistries,
		expected: "a registry in ~/.cargo/config.toml, under `[registries]` or as the replacement of a `[source]`"
	},
	github: {
		find: github,
		expected: "an http or https URL in $GITHUB_SERVER_URL"
	},
	go: {
		find: goRegistries,
		expected: "go on PATH, or GOPROXY set with `go env -w`"
	},
	npm: {
		find: npmRegistries,
		expected: "npm on PATH, or a `registry` in ~/.npmrc"
	},
	pip: {
		find: pipIndexes,
		expected: "a Python that has pip on PATH, or an `index-url` in ~/.config/pip/pip.conf"
	}
};
/** npm itself tells the rest: its system-wide configuration, whose place only it knows, and its default. */
async function npmRegistries(machine) {
	const { environment, files, home } = machine;
	const variables = Object.entries(environment).flatMap(([name, value]) => {
		const key = /^npm_config_(.+)$/i.exec(name)?.[1]?.toLowerCase();
		return key === void 0 || value === "" ? [] : [{
			key,
			url: value,
			from: `$${name}`
		}];
	});
	const [named] = variables.filter(({ key }) => key === "userconfig");
	const user = named?.url ?? join(home, ".npmrc");
	const written = [...npmSettings(files.text(user) ?? "", environment)].map(([key, url]) => ({
		key,
		url,
		from: files.shown(user)
	}));
	const told = [
		...variables,
		...written,
		...await npmDefaults(machine)
	];
	return [...told.filter(({ key }) => key === "registry").slice(0, 1), ...told.filter(({ key }) => /^@[^:]+:registry$/.test(key))];
}
/** Where pip's own index keeps its files elsewhere, both belong together. */
async function pipIndexes(machine) {
	const { environment, files } = machine;
	const variables = [
		"index-url",
		"extra-index-url",
		"find-links"
	].flatMap((key) => {
		const name = `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
		const value = environment[name] ?? "";
		return value === "" ? [] : [{
			key,
			value,
			from: `$${name}`
		}];
	});
	const written = pipFiles(machine).flatMap((path) => {
		const settings = pipSettings(files.text(path) ?? "");
		return [
			"install",
			"download",
			"global"
		].flatMap((section) => settings.filter((one) => one.section === section).map(({ key, value }) => ({
			key,
			value,
			from: files.shown(path)
		})));
	});
	const told = [...variables, ...written];
	const urlsOf = (key) => {
		const strongest = told.find((one) => one.key === key);
		return strongest === void 0 ? [] : wordsOf(strongest.value).map((url) => ({
			url,
			from: strongest.from
		}));
	};
	const indexes = urlsOf("index-url");
	const more = [...urlsOf("extra-index-url"), ...urlsOf("find-links")];
	const own = await pipDefaults(machine);
	const usesOwn = indexes.length === 0 || [...indexes, ...more].some(({ url }) => sameHost(url, own));
	return [
		...indexes,
		...more,
		...usesOwn ? own : []
	];
}
/** The strongest first. */
function pipFiles({ home, environment, etc }) {
	const named = environment["PIP_CONFIG_FILE"] ?? "";
	if (named === "/dev/null") return [];
	return [
		...isAbsolute(named) ? [named] : [],
		join(configHome(home, environment), "pip/pip.conf"),
		join(home, ".pip/pip.conf"),
		join(etc, "pip.conf"),
		join(etc, "xdg/pip/pip.conf")
	];
}
function sameHost(url, [index]) {
	if (index === void 0 || !URL.canParse(url)) return false;
	return new URL(url).host === new URL(index.url).host;
}
/** GOPROXY and GOSUMDB, each from the first that says something. */
async function goRegistries(machine) {
	const { home, environment, files } = machine;
	const file = environment["GOENV"] ?? join(configHome(home, environment), "go/env");
	const written = file === "off" ? /* @__PURE__ */ new Map() : goSettings(files.text(file) ?? "");
	const setting = (name) => {
		const variable = environment[name] ?? "";
		if (variable !== "") return {
			value: variable,
			from: `$${name}`
		};
		const value = written.get(name) ?? "";
		return value === "" ? null : {
			value,
			from: files.shown(file)
		};
	};
	const proxy = setting("GOPROXY");
	const sums = setting("GOSUMDB");
	const defaults = proxy === null || sums === null ? await goDefaults(machine) : null;
	const proxies = proxy ?? defaults?.proxy ?? null;
	const sumUrl = sums ?? defaults?.sums ?? null;
	return [...goProxies(proxies?.value ?? "").map((url) => ({
		url,
		from: proxies?.from ?? ""
	})), ...[goSumUrl(sumUrl?.value ?? "")].flatMap((url) => url === null ? [] : [{
		url,
		from: sumUrl?.from ?? ""
	}])];
}
function cargoRegistries({ home, environment, files }) {
	const cargoHome = environment["CARGO_HOME"] ?? join(home, ".cargo");
	const path = [join(cargoHome, "config"), join(cargoHome, "config.toml")].find((name) => files.text(name) !== null);
	const written = path === void 0 ? [] : cargoUrls(files.text(path) ?? "");
	return [...Object.entries(environment).flatMap(([name, url]) => /^CARGO_REGISTRIES_\w+_INDEX$/.test(name) ? [{
		url,
		from: `$${name}`
	}] : []), ...written.map((url) => ({
		url,
		from: files.shown(path ?? "")
	}))];
}
function aptRepositories({ etc, files }) {
	const parts = join(etc, "apt/sources.list.d");
	return [...[join(etc, "apt/sources.list"), ...files.list(parts, ".list")].flatMap((path) => located(aptListUris(files.text(path) ?? ""), path)), ...files.list(parts, ".sources").flatMap((path) => located(aptStanzaUris(files.text(path) ?? ""), path))].flatMap(({ url, from }) => {
		const mirrors = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(url)?.[1];
		return mirrors === void 0 ? [{
			url: url.replace(/^mirror\+/, ""),
			from
		}] : located(aptMirrorUris(files.text(mirrors) ?? ""), mirrors);
	});
}
function located(urls, from) {
	return urls.map((url) => ({
		url,
		from
	}));
}
/** What github.com serves git, archives, releases, raw files and large files from. */
const GITHUB_HOSTS = [
	...[
		"github.com",
		"api.github.com",
		"codeload.github.com"
	],
	...[
		"raw",
		"objects",
		"release-assets",
		"github-releases",
		"media",
		"gist",
		"github-cloud"
	].map((name) => `${name}.githubusercontent.com`),
	"github-cloud.s3.amazonaws.com"
];
/** An Enterprise server says where it is; without a word it is github.com. */
function github({ environment }) {
	const variables = [
		"GITHUB_SERVER_URL",
		"GITHUB_API_URL",
		"GITHUB_GRAPHQL_URL"
	].flatMap((name) => {
		const url = environment[name] ?? "";
		return url === "" ? [] : [{
			url,
			from: `$${name}`
		}];
	});
	const [server] = variables.filter(({ from }) => from === "$GITHUB_SERVER_URL");
	const elsewhere = server !== void 0 && !/^https:\/\/github\.com\/?$/i.test(server.url);
	return [...variables, ...elsewhere ? [] : GITHUB_HOSTS.map((host) => ({
		url: `https://${host}`,
		from: "what github.com is known for"
	}))];
}
function configHome(home, environment) {
	const named = environment["XDG_CONFIG_HOME"] ?? "";
	return isAbsolute(named) ? named : join(home, ".config");
}

// src/probe/trusted-files.ts
/** No configuration is larger; what is, is not read. */
const LARGEST_FILE = 262144;
/** The user's and the system's files, without anything that the checked-out tree could have brought. */
var TrustedFiles = class {
	/** Files that would have counted and were not read, each with the reason. */
	passedOver = [];
	#home;
	#workspaces;
	/** `workspaces` are directories that somebody else may have written. */
	constructor(home, workspaces) {
		this.#home = home;
		this.#workspaces = workspaces.flatMap((path) => [path, realOrNull(path) ?? path]);
	}
	/** The text of a file; null where there is none, or it cannot be read or trusted, which `passedOver` tells. */
	text(path) {
		if (!existsSync(path)) return null;
		try {
			if (!this.isTrusted(path)) return this.#passOver(path, "lies in the workspace");
			const stats = statSync(path);
			if (!stats.isFile()) return null;
			if (stats.size > LARGEST_FILE) return this.#passOver(path, "is too large");
			return readFileSync(path, "utf8");
		} catch (error) {
			return this.#passOver(path, `cannot be read (${messageOf(error)})`);
		}
	}
	#passOver(path, why) {
		this.passedOver.push(`${this.shown(path)} ${why}`);
		return null;
	}
	/** The files in a directory whose names end in this way, sorted; empty where there is none. */
	list(directory, ending) {
		try {
			return readdirSync(directory).filter((name) => name.endsWith(ending)).sort().map((name) => join(directory, name));
		} catch {
			return [];
		}
	}
	/** Whether neither the path nor what it leads to lies in a workspace. */
	isTrusted(path) {
		return isAbsolute(path) && ![resolve(path), realOrNull(path) ?? path].some((name) => this.#workspaces.some((workspace) => within(name, workspace)));
	}
	/** A path as people write it, with `~`. */
	shown(path) {
		return within(path, this.#home) ? `~${path.slice(this.#home.length)}` : path;
	}
};
function realOrNull(path) {
	try {
		return realpathSync(path);
	} catch {
		return null;
	}
}

// src/probe/groups.ts
const MOST_TOLD = 40;
/**
* The documents with entries for their groups, and what to tell of it. A group that stands for nothing
* is an error where the policy needs it, and opens nothing otherwise: a floor is only tighter by that.
* Throws `policy-invalid`.
*/
async function withoutGroups(documents, surroundings) {
	const { layers, floors, override } = documents;
	const values = [...layers, ...floors].map((layer) => layer.values);
	const names = new Set([...values, override].flatMap(({ network }) => network?.groups ?? []).map(({ value }) => value));
	if (names.size === 0) return {
		documents,
		notes: []
	};
	const files = new TrustedFiles(surroundings.home, surroundings.workspaces);
	const machine = {
		etc: "/etc",
		programs: searchOrder(surroundings.environment["PATH"] ?? ""),
		...surroundings,
		files
	};
	const expansions = await lookUp([...names].sort(), machine);
	const problems = [];
	const expanded = (written) => {
		const result = expandGroups(written, expansions);
		problems.push(...result.problems);
		return result.values;
	};
	const inLayer = (layer) => ({
		...layer,
		values: expanded(layer.values)
	});
	const asked = {
		layers: layers.map(inLayer),
		override: expanded(override)
	};
	const { mode } = overridePolicy(mergePolicies(asked.layers), asked.override).network;
	if (problems.length > 0 && mode.value === "allowlist") throw new GloveboxError("policy-invalid", "the policy has problems", { problems });
	return {
		documents: {
			...asked,
			floors: floors.map(inLayer)
		},
		notes: [
			...[...expansions].flatMap(([name, { members }]) => expansionNote(name, members)),
			...problems.map(emptyNote),
			...[...new Set(files.passedOver)].map(passedOverNote)
		]
	};
}
async function lookUp(names, machine) {
	const found = await Promise.all(names.map(async (name) => {
		const { find, expected } = REGISTRIES[name];
		return [name, {
			members: membersOf(await find(machine)),
			expected
		}];
	}));
	return new Map(found);
}
function expansionNote(name, members) {
	if (members.length === 0) return [];
	const sources = [...new Set(members.map(({ from }) => from))];
	const told = members.slice(0, MOST_TOLD);
	const parts = sources.flatMap((source) => {
		const texts = told.filter(({ from }) => from === source).map(({ entry }) => entry.text);
		return texts.length === 0 ? [] : [`${texts.join(", ")} (from ${source})`];
	});
	const rest = members.length - told.length;
	const text = `${name}: ${parts.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
	return [{
		code: "group-expanded",
		text: harmless(text)
	}];
}
function emptyNote({ place, message, expected = "" }) {
	return {
		code: "group-empty",
		text: `${message}, so it opens nothing (${place.origin}); it takes ${expected}`
	};
}
function passedOverNote(text) {
	return {
		code: "group-file-passed-over",
		text: harmless(`not asked what a group stands for: ${text}`)
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
	const members = join(directory, "cgroup.procs");
	const move = (pid) => {
		try {
			writeFileSync(members, String(pid));
		} catch (error) {
			if (error.code === "ESRCH") return;
			throw new GloveboxError("setup-failed", `the kernel took no process into the memory control group ${directory}: ${messageOf(error)}`, { cause: error });
		}
	};
	return {
		admit: (pid) => {
			move(pid);
			for (const child of descendantsOf(pid)) move(child.pid);
		},
		holds: (pid) => readOrEmpty(members).split("\n").includes(String(pid)),
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
async function launchSealed(plan, holder, streams, group) {
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
	if (child.pid !== void 0) group?.admit(child.pid);
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
	if (init === null || group?.holds(init) === false) throw new GloveboxError("setup-failed", await whyNotBuilt(init, group, streams));
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
async function whyNotBuilt(init, group, streams) {
	if (group !== null && group.kills() > 0) return "the kernel found no memory left while the sandbox was built: resources.memory, or a limit around Glovebox, is too small";
	if (init !== null) return "the kernel did not take the step into its memory control group";
	return `bubblewrap could not build the sandbox: ${await Promise.race([text(streams.stderr ?? streams.stdout).then((all) => all.trim()), setTimeout$1(LAST_WORDS_MS, "", { ref: false })]) || "it ended without a word"}`;
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
	const recordsOf = (verdict) => sets.filter(({ name }) => new RegExp(`^${verdict}[46](other)?$`).test(name)).flatMap(({ elem }) => elem ?? []).map(toRecord).sort((a, b) => b.count - a.count || compare$1(a, b));
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
		refusedNotListed: notListed("refused", refused),
		names: null
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
function compare$1(a, b) {
	return `${a.address} ${a.protocol} ${a.port}` < `${b.address} ${b.protocol} ${b.port}` ? -1 : 1;
}

// src/run/who.ts
/** Looking takes milliseconds where the step has many processes; a step that dials a lot is looked at less. */
const MOST_LOOKS = 500;
/**
* Tells which process of the step is connected to an address and port, by the kernel's own table of
* the step's network. `namespacePid` is any process in that network, `stepRoot` an ancestor of the step's.
*/
function processFinder(namespacePid, stepRoot) {
	let looks = 0;
	return (address, port) => {
		const root = stepRoot();
		if (root === null || (looks += 1) > MOST_LOOKS) return null;
		const tables = [
			...address === "" ? ["udp", "udp6"] : [],
			"tcp",
			"tcp6"
		];
		for (const table of tables) {
			const inodes = new Set(socketsTo(`/proc/${namespacePid}/net/${table}`, address, port));
			const owner = inodes.size === 0 ? null : ownerOf(inodes, root);
			if (owner !== null) return owner;
		}
		return null;
	};
}
/** Inodes of the sockets whose other end is there; an empty address stands for any. */
function socketsTo(table, address, port) {
	const wanted = `${address === "" ? "" : hexOf(address)}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return lines(table).flatMap((line) => {
		const [, , remote = "", , , , , , , inode = "0"] = line.trim().split(/\s+/);
		return remote.endsWith(wanted) && inode !== "0" ? [inode] : [];
	});
}
/** As /proc/net/tcp has it: the four bytes as a little-endian number; in tcp6 it ends with that. */
function hexOf(address) {
	return address.split(".").toReversed().map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0")).join("");
}
function ownerOf(inodes, root) {
	for (const { pid } of descendantsOf(root)) if (filesOf(pid).some((target) => {
		const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
		return inode !== void 0 && inodes.has(inode);
	})) return nameOf(pid);
	return null;
}
function filesOf(pid) {
	try {
		return readdirSync(`/proc/${pid}/fd`).map((fd) => {
			try {
				return readlinkSync(`/proc/${pid}/fd/${fd}`);
			} catch {
				return "";
			}
		});
	} catch {
		return [];
	}
}
function nameOf(pid) {
	return lines(`/proc/${pid}/comm`)[0] ?? null;
}
function lines(path) {
	try {
		return readFileSync(path, "latin1").split("\n").filter(Boolean);
	} catch {
		return [];
	}
}

// src/run/network.ts
/** Loads the rules. Nothing is attached before this is done. */
async function sealNetwork(plan, rooms) {
	await feedAll(plan.network.seal, rooms);
}
/** Attaches the way out to the sealed namespace. */
async function attachUplink(plan, rooms, undo) {
	const { tools, identity, scratch } = plan;
	const { uplink: planned, route } = plan.network;
	if (planned === null) return null;
	const shed = identity.shed ? identity : null;
	const uplink = await openUplink({
		plan: planned,
		tools,
		...rooms,
		shed,
		directory: scratch
	}).catch((error) => {
		throw new GloveboxError("setup-failed", `${planned.backend} could not attach: ${messageOf(error)}`);
	});
	undo.push(async () => await uplink.close());
	await feedAll(route, rooms);
	return uplink;
}
/** Starts to listen for the names that are allowed; what the step dials comes here through the rules. */
async function attachGateway(plan, rooms, stepRoot, undo) {
	const { gateway } = plan.network;
	if (gateway === null) return null;
	const { openGateway } = await import("./gateway-gateway.mjs");
	const feed = async (stdin) => await feedAll([{
		argv: gateway.nft,
		stdin
	}], rooms);
	const opened = await openGateway({
		plan: gateway,
		environment: currentEnvironment(),
		feed,
		whoIsAt: processFinder(rooms.holder.pid, stepRoot)
	});
	undo.push(() => opened.close());
	return opened;
}
/** What the rules counted and the gateway kept account of. Read while the holder still stands. */
async function readCounters(plan, rooms, gateway) {
	if (plan.network.counters === null) return null;
	const { code, stdout, stderr } = await execute(rooms.holder.enter(plan.network.counters));
	if (code !== 0) throw new GloveboxError("setup-failed", `the network's counters could not be read: ${stderr.trim()}`);
	const counted = parseCounters(stdout);
	if (gateway === null) return counted;
	const named = (record) => {
		const name = gateway.nameOf(record.address);
		if (name === null) return record;
		const address = gateway.realOf(record.address) ?? record.address;
		return {
			...record,
			address,
			name,
			process: gateway.processOf(name)
		};
	};
	return {
		...counted,
		allowed: counted.allowed.map(named),
		refused: counted.refused.map(named),
		names: gateway.account()
	};
}
async function feedAll(feeds, rooms) {
	for (const { argv, stdin, optional } of feeds) {
		const { code, stderr } = await execute(rooms.holder.enter(argv), { stdin });
		if (code !== 0 && optional === void 0) throw new GloveboxError("setup-failed", `${argv[0]} refused the network's rules: ${stderr.trim()}`);
	}
}

// src/run/detours.ts
/**
* An earlier step may have left a symlink in its layer where something is to be mounted. bubblewrap
* would follow it, out of the sandbox that it is still building, and make what is missing there.
*/
async function refuseDetours({ filesystem }, { pid }) {
	const { overlay, mounts } = filesystem;
	if (overlay === null) return;
	const below = mounts.flatMap((mount) => "target" in mount ? [mount.target] : []).filter((target) => target !== overlay.lower && within(target, overlay.lower));
	for (const target of below) {
		const names = target.slice(overlay.lower.length + 1).split("/");
		for (const [index] of names.entries()) {
			const path = names.slice(0, index + 1).join("/");
			if (!await isSymlink(`/proc/${pid}/root${overlay.merged}/${path}`)) continue;
			throw new GloveboxError("setup-failed", `nothing can be mounted at ${target}: an earlier step has put a symlink at ${path}`, { remedy: "have the earlier step leave that path alone" });
		}
	}
}
async function isSymlink(path) {
	try {
		return (await lstat(path)).isSymbolicLink();
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR") return false;
		throw error;
	}
}

// src/run/rooms.ts
/** Opens the namespaces and mounts in them what bubblewrap will pick up. */
async function openRooms(plan, undo) {
	let ownedSince = null;
	const anteroom = plan.identity.shed ? await openAnteroom(plan.tools) : null;
	if (anteroom !== null) {
		undo.push(anteroom.close);
		if (plan.network.kind === "routed") await offerTun(anteroom, plan.tools);
		await stageSources(plan, anteroom);
		ownedSince = await mountOverlay(plan, anteroom);
		await refuseDetours(plan, anteroom);
	}
	const shed = anteroom === null ? null : plan.identity;
	const network = plan.network.kind === "host" ? "host" : "own";
	const holder = await openHolder(plan.tools, anteroom, shed, network);
	undo.push(holder.close);
	if (anteroom === null) {
		await mountOverlay(plan, holder);
		await refuseDetours(plan, holder);
	}
	return {
		anteroom,
		holder,
		ownedSince
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
/** The newer of the two system calls for mounts, util-linux's first choice from 2.39 on, takes no list above 255 bytes. */
const LONG_OPTIONS = { LIBMOUNT_FORCE_MOUNT2: "always" };
async function mountOverlay(plan, room) {
	const { overlay } = plan.filesystem;
	if (overlay === null) return null;
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
	]), "mounting the overlay", LONG_OPTIONS);
	if (overlay.chown === null) return null;
	await must(room.enter([
		chown,
		"--recursive",
		"--no-dereference",
		overlay.chown,
		"--",
		overlay.merged
	]), "giving the overlay's files to the step");
	const mark = join(plan.scratch, "owned");
	await writeFile(mark, "");
	return (await stat(mark)).ctimeMs;
}
async function must(argv, aim, environment = {}) {
	const { code, stderr } = await execute(argv, {
		timeout: 3e5,
		environment
	});
	if (code !== 0) throw new GloveboxError("setup-failed", `${aim} failed: ${stderr.trim() || `exit code ${code}`}`);
}
/** Only what is one byte long: an octal escape stands for a byte. */
function escaped(path) {
	return path.replace(/[\t-\r \\#"']/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

// src/run/scratch.ts
/** What the step itself writes into. */
const STEPS_OWN = [
	"work",
	"upper",
	"commands",
	"temp"
];
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
	makeUpper(plan);
	for (const { name, content, ofStep } of plan.filesystem.files) {
		const path = join(plan.scratch, name);
		writeFileSync(path, content);
		chmodSync(path, 420);
		if (ofStep && plan.identity.shed) chownSync(path, plan.identity.uid, plan.identity.gid);
	}
}
function makeUpper({ filesystem: { overlay }, identity }) {
	if (overlay === null || overlay.upper === null || overlay.index === null) return;
	const { upper, index, top } = overlay;
	mkdirSync(upper, { recursive: true });
	mkdirSync(index, { recursive: true });
	fillLayer(upper, overlay.entries, identity.shed);
	chmodSync(upper, top.mode);
	if (identity.shed) chownSync(upper, top.uid, top.gid);
}
/**
* In the upper directory before anything is mounted, where no symlink can be in the way. Whoever
* reads the overlay never meets what lies below such a file.
*/
function fillLayer(upper, entries, shed) {
	for (const { path, content } of entries) if (content === null) mkdirSync(join(upper, path), { mode: 448 });
	else writeFileSync(join(upper, path), content, {
		mode: 384,
		flag: "wx"
	});
	for (const { path, uid, gid, mode } of entries.toReversed()) {
		if (shed) chownSync(join(upper, path), uid, gid);
		chmodSync(join(upper, path), mode);
	}
}
/**
* Takes the directory away again. The step may have left directories that even their owner cannot
* enter, so the throwaway layers go from inside the holder, where we are root over the step's files.
*/
async function clearLayers(plan, room) {
	const layers = [
		"upper",
		"index",
		"work",
		"commands",
		"temp"
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
async function openStreams(plan, oneOutput, undo) {
	const nameOf = (name) => join(plan.scratch, name);
	const names = [
		"stdin",
		"stdout",
		...oneOutput ? [] : ["stderr"]
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
	const errors = oneOutput ? null : openBothEnds(nameOf("stderr"), plan);
	const childFds = [
		input.read,
		output.write,
		(errors ?? output).write
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
	const stderr = errors === null ? null : new Socket({
		fd: errors.read,
		readable: true,
		writable: false
	});
	for (const name of names.slice(1)) unlinkSync(name);
	let knocking;
	const keepKnocking = () => {
		knocking = setInterval(() => knock(nameOf("stdin")), KNOCK_MS).unref();
	};
	stdin.once("close", keepKnocking);
	let held = true;
	const closeChildEnds = () => {
		if (held) new Set(childFds).forEach((fd) => closeSync(fd));
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
		]) end?.destroy();
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
async function buildSandbox(plan, io, undo) {
	const oneOutput = io.stdout === io.stderr;
	makeScratch(plan);
	undo.push(async () => await removeScratch(plan));
	if (!plan.sandboxed) {
		const streams = await openStreams(plan, oneOutput, undo);
		return {
			rooms: null,
			uplink: null,
			gateway: null,
			group: null,
			launched: launchBare(plan, streams),
			streams
		};
	}
	const group = memoryGroup(plan);
	undo.push(() => group?.remove());
	const [streams, rooms] = await bothOrThrow(openStreams(plan, oneOutput, undo), openSealedRooms(plan, undo));
	let step = null;
	const [[gateway, uplink], launched] = await bothOrThrow(bothOrThrow(attachGateway(plan, rooms, () => step, undo), attachUplink(plan, rooms, undo)), launchSealed(plan, rooms.holder, streams, group));
	step = launched.init;
	return {
		rooms,
		uplink,
		gateway,
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

// src/run/changes.ts
const LISTED = 1e3;
const MOST_DIRECTORIES = 5e4;
/** Bytes; of a larger file the same size is not enough. */
const LARGEST_COMPARED = 16 * 2 ** 20;
/** What the step did to the workspace. To be called when nothing of it runs any more, with its mounts in place. */
function readChanges(plan, rooms) {
	const { overlay } = plan.filesystem;
	if (overlay === null || overlay.upper === null) return null;
	const holder = `/proc/${rooms.holder.pid}/root`;
	const found = [];
	const tally = {
		notListed: 0,
		unread: 0,
		directories: 0
	};
	const note = (change) => {
		if (found.length < LISTED) found.push(change);
		else tally.notListed += 1;
	};
	compare("", {
		upper: overlay.upper,
		below: [...overlay.below, overlay.lower],
		merged: join(holder, overlay.merged),
		ownedSince: rooms.ownedSince,
		ours: new Map(overlay.entries.map(({ path, content }) => [path, content]))
	}, note, tally);
	return {
		files: found.toSorted((a, b) => a.path < b.path ? -1 : 1),
		notListed: tally.notListed,
		unread: tally.unread
	};
}
function compare(path, views, note, tally) {
	const written = namesIn(join(views.upper, path));
	tally.directories += 1;
	if (written === null || tally.directories > MOST_DIRECTORIES) {
		tally.unread += 1;
		return;
	}
	for (const name of written.toSorted()) {
		const inner = path === "" ? name : `${path}/${name}`;
		const now = statOf(join(views.upper, inner));
		if (now === null || isWhiteout(now)) continue;
		const before = statBelow(inner, views.below);
		if (now.isDirectory()) compare(inner, views, note, tally);
		else if (isOurs(inner, views)) continue;
		else if (before === null) note({
			path: inner,
			change: "created",
			size: sizeOf(now)
		});
		else if (!isSame(inner, now, before, views)) note({
			path: inner,
			change: "modified",
			size: sizeOf(now)
		});
	}
	const left = new Set(namesIn(join(views.merged, path)) ?? written);
	for (const name of namesBelow(path, views.below)) if (!left.has(name)) note({
		path: path === "" ? name : `${path}/${name}`,
		change: "deleted",
		size: 0
	});
}
function statBelow(path, layers) {
	for (const layer of layers) {
		const file = join(layer, path);
		const stats = statOf(file);
		if (stats !== null) return isWhiteout(stats) ? null : {
			stats,
			file
		};
	}
	return null;
}
function namesBelow(path, layers) {
	return [...new Set(layers.flatMap((layer) => namesIn(join(layer, path)) ?? []))].filter((name) => statBelow(path === "" ? name : `${path}/${name}`, layers) !== null).toSorted();
}
function isOurs(path, { ours, upper }) {
	const content = ours.get(path);
	if (content === void 0 || content === null) return false;
	try {
		return readFileSync(join(upper, path), "utf8") === content;
	} catch {
		return false;
	}
}
/** That a file was copied up says little: a root supervisor has it done to all, and opening it does it. */
function isSame(path, now, { stats: before, file }, views) {
	if (views.ownedSince !== null && now.ctimeMs <= views.ownedSince) return true;
	if (now.isSymbolicLink() && before.isSymbolicLink()) return readlinkSync(join(views.upper, path)) === readlinkSync(file);
	if (!(now.isFile() && before.isFile() && now.size === before.size) || now.mode !== before.mode) return false;
	return now.size <= LARGEST_COMPARED && sameContent(join(views.merged, path), file);
}
function sameContent(one, other) {
	try {
		return readFileSync(one).equals(readFileSync(other));
	} catch {
		return false;
	}
}
/** overlayfs marks what was deleted with a device 0:0. */
function isWhiteout(stats) {
	return stats.isCharacterDevice() && stats.rdev === 0;
}
function sizeOf(stats) {
	return stats.isFile() ? stats.size : 0;
}
function statOf(path) {
	try {
		return lstatSync(path);
	} catch {
		return null;
	}
}
function namesIn(directory) {
	try {
		return readdirSync(directory);
	} catch {
		return null;
	}
}

// src/run/command-files.ts
const LARGEST = 4194304;
/** Reads what the step left for the runner; to be called when nothing of the step runs any more. */
function readCommandFiles({ commandFiles }) {
	const kinds = Object.keys(COMMAND_FILES);
	return Object.fromEntries(kinds.map((kind) => [kind, readBounded(join(commandFiles, kind))]));
}
/** The step could put anything in a file's place: what is no plain file of a sane size is not read. */
function readBounded(path) {
	let fd;
	try {
		fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT") return unusable("it was removed");
		return unusable(code === "ELOOP" ? "it is a symlink" : messageOf(error));
	}
	try {
		const stats = fstatSync(fd);
		if (!stats.isFile()) return unusable("it is not a plain file");
		if (stats.size > LARGEST) return unusable(`it has ${stats.size} bytes, more than 4 MiB`);
		const bytes = Buffer.alloc(stats.size);
		return {
			bytes: bytes.subarray(0, readSync(fd, bytes, 0, stats.size, 0)),
			problem: null
		};
	} finally {
		closeSync(fd);
	}
}
function unusable(problem) {
	return {
		bytes: /* @__PURE__ */ new Uint8Array(),
		problem
	};
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
		from?.destroy();
	});
	if (from === null || from.isTTY === true || !isOpen(0)) {
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
		const began = process.cpuUsage();
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
		const { user, system } = process.cpuUsage(began);
		timer = setTimeout(look, Math.max(SHORTEST_MS, (user + system) / 1e3 / DUTY));
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
	commandFiles: null,
	changes: null,
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
async function supervise(plan, interrupts, io) {
	closeInherited();
	const undo = [];
	try {
		const sandbox = await buildSandbox(plan, io, undo);
		undo.push(() => killStep(sandbox.launched));
		if (plan.sandboxed) confirmPrivilege(plan, sandbox.launched);
		const early = interrupts.first();
		if (early !== null) return {
			...NOTHING_RAN,
			ending: early
		};
		return await letGo(plan, sandbox, interrupts, io);
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
async function letGo(plan, sandbox, interrupts, io) {
	const { launched, streams, rooms, uplink, gateway, group } = sandbox;
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
	relayInput(io.stdin, streams.stdin);
	const relay = relayOutput(streams.stderr === null ? [[streams.stdout, io.stdout]] : [[streams.stdout, io.stdout], [streams.stderr, io.stderr]], plan.limits.outputBytes);
	const watch = watchStep(plan, launched, group, end);
	rooms?.holder.gone.then(() => end({
		by: "holder-lost",
		detail: "the process that holds the namespaces was killed"
	}));
	uplink?.gone.then(() => end({
		by: "network-lost",
		detail: `${plan.network.uplink?.backend} was killed`
	}));
	interrupts.forward(end);
	launched.release();
	const { started, code: exitCode } = await launched.exited;
	watch.lastLook();
	over = true;
	const wallMs = performance.now() - began;
	watch.stop();
	const interrupted = new Promise((resolve) => interrupts.forward(() => resolve()));
	io.stdin?.destroy();
	const { cpuMs, peakMemoryBytes, peakProcesses } = watch;
	const lost = ending?.by === "holder-lost";
	killStep(launched);
	await isGone(launched);
	const commandFiles = plan.workflow === null ? null : readCommandFiles(plan.workflow);
	const changes = rooms === null || lost ? null : readChanges(plan, rooms);
	const egress = rooms === null || lost ? null : await readCounters(plan, rooms, gateway).catch(() => null);
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
		commandFiles,
		changes,
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
const MOST_CUTS = 20;
/** From policy and host to the report: refuses, or runs the command sealed. */
async function session(request, io, interrupts) {
	const { plan, facts, layers, floors } = await prepare(request);
	const seen = plan.refused ? null : await supervise(plan, interrupts, io);
	return {
		report: buildReport({
			plan,
			facts,
			seen,
			layers,
			floors,
			version: VERSION
		}),
		seen,
		policy: plan.policy
	};
}
/** Everything up to the plan; reads and tries, but starts nothing of the command. */
async function prepare(request) {
	const { environment, command, directory, policyFiles, policyTexts = [], stack } = request;
	const texts = [...policyFiles.map(readPolicyFile), ...policyTexts];
	const read = await readFloors(environment, request.floors ?? []);
	const { home } = identify(environment);
	const { documents, notes: groupNotes } = await withoutGroups({
		layers: await readLayers(texts, request.flags),
		floors: read.layers,
		override: request.override ?? {}
	}, {
		home,
		environment,
		workspaces: workspacesAround(directory, environment)
	});
	const { layers, floors, override } = documents;
	const { policy, cuts } = boundAll(overridePolicy(mergePolicies(layers), override), floors);
	const site = surveySite({
		policy,
		command,
		directory,
		environment,
		home,
		policyFiles: [...policyFiles, ...request.steering ?? []],
		mayAppear: (stack?.below.length ?? 0) > 0
	});
	const facts = await (request.probe ?? probeHost)({
		needs: needsOf(policy),
		environment,
		writable: [site.workspace, ...site.write.map(({ real }) => real)],
		shed: (identity) => shedIds(policy, identity, site.workspaceOwner),
		scratchBase: request.scratchBase ?? null
	});
	const scratch = join(facts.scratchBase, `glovebox-${process.pid}-${randomBytes(6).toString("hex")}`);
	const plan = makePlan({
		policy,
		facts,
		site,
		command,
		scratch,
		capabilities: evaluate(facts),
		...request.workflow === void 0 ? {} : { workflow: request.workflow },
		...stack === void 0 ? {} : { stack }
	});
	const notes = [
		...request.notes ?? [],
		...read.problems.map(floorNote),
		...groupNotes,
		...cutNotes(cuts)
	];
	return {
		plan: {
			...plan,
			notes: [...plan.notes, ...notes]
		},
		facts,
		layers,
		floors
	};
}
/** What holds a checked-out tree, before it is known how much of it the step sees. */
function workspacesAround(directory, environment) {
	const announced = environment["GITHUB_WORKSPACE"] ?? "";
	return [resolve(directory), ...isAbsolute(announced) ? [announced] : []];
}
/** What all floors leave of a policy, and what each took. */
function boundAll(policy, floors) {
	return floors.reduce((before, floor) => {
		const { policy: after, cuts } = boundPolicy(before.policy, floor);
		return {
			policy: after,
			cuts: [...before.cuts, ...cuts.map((cut) => ({
				floor: floor.name,
				cut
			}))]
		};
	}, {
		policy,
		cuts: []
	});
}
function floorNote(text) {
	return {
		code: "floor-unreadable",
		text
	};
}
function cutNotes(cuts) {
	const told = cuts.slice(0, MOST_CUTS).map(({ floor, cut }) => `${cut.path}: ${cut.text} (floor ${floor})`);
	const rest = cuts.length - told.length;
	return [...told, ...rest > 0 ? [`floors took ${rest} more things from the policy`] : []].map((text) => ({
		code: "floor-cut",
		text
	}));
}
/** Only what the policy will use is probed. */
function needsOf(policy) {
	const { network } = policy;
	return {
		rules: true,
		egress: reachesNothing(network) ? [] : backendsOf(network.backend.value),
		interface: network.interface.value,
		doors: network.mode.value === "audit" || allowsNames(network),
		overlay: policy.filesystem.mode.value === "overlay",
		memoryCgroup: policy.resources.memory.value !== null
	};
}

export { isWithin as a, yamlText as c, FLOOR_VARIABLE as d, suggestionsOf as i, LAYERS as l, session as n, shownDestination as o, COMMAND_FILES as r, yamlName as s, prepare as t, asTheStepSees as u };