import { l as commandsOf, s as SUPPLIED_TOOLS } from "./supply.mjs";
import { H as planPrivilege, _ as hasRedirects, b as planOverlay, c as planUplink, d as bareLaunch, f as sandboxLaunch, g as givable, l as routesOf, m as systemFiles, s as chooseUplink, v as layered, x as nestedInOverlay, y as ownershipNotes, z as closedToRoot } from "./environment.mjs";
import { t as asWritten } from "./entries.mjs";
import { c as downgradesOf, u as allOf } from "./shedding.mjs";
import { a as readOnly, o as within, r as inOrder, s as writable, t as EMPTY } from "./mounts.mjs";
import { n as messageOf } from "./errors.mjs";
import { i as treeProblem } from "./trees.mjs";
import { l as parseCidr, r as contains } from "./host-names.mjs";
import { r as harmless } from "./text.mjs";
import { i as PRIVATE_RANGES, n as HOST_LINK, r as METADATA_RANGES } from "./ranges.mjs";
import { n as formatSize } from "./units.mjs";
import { a as outputGlob } from "./output-globs.mjs";
import { t as LAYERS } from "./types.mjs";
import { a as forbiddenReason } from "./schema.mjs";
import { i as planSyscalls } from "./profiles.mjs";
import { c as TABLE, l as chunks, n as natChain, s as ELEMENTS_PER_TRANSACTION, t as GATEWAY_RULES } from "./ruleset-gateway.mjs";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

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
* would wait over a minute for each request. And a tool that looks for a newer self tries to leave
* unasked, which would fail a step that did nothing wrong. Names in the tools' own documentation.
*/
const WITHOUT_NETWORK = /* @__PURE__ */ new Map([
	["npm_config_fetch_retries", "0"],
	["YARN_HTTP_RETRY", "0"],
	["PIP_RETRIES", "0"],
	["UV_HTTP_RETRIES", "0"],
	["CARGO_NET_RETRY", "0"],
	["BUNDLE_RETRY", "0"],
	["npm_config_update_notifier", "false"],
	["PIP_DISABLE_PIP_VERSION_CHECK", "1"]
]);
/** Decides which variables the step gets; what was not handed on is told by name. */
function planEnvironment(policy, host, identity, cwd, own) {
	const wanted = anyOf([...PASSED_BY_DEFAULT, ...policy.environment.pass.map(({ value }) => value)]);
	const names = Object.keys(host).sort();
	const passed = names.filter((name) => wanted(name) && forbiddenReason(name) === null);
	const set = [...policy.environment.set.keys()].sort();
	const variables = new Map(reachesNothing(policy.network) ? WITHOUT_NETWORK : []);
	for (const name of passed) variables.set(name, host[name] ?? "");
	variables.set("HOME", identity.home);
	variables.set("USER", identity.name);
	variables.set("LOGNAME", identity.name);
	variables.set("PWD", cwd);
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

// src/plan/fresh.ts
/**
* What bubblewrap makes as root is root's, and often closed to everybody else. So where root builds, the
* anteroom mounts the temporary file systems, as the step's, and bubblewrap only shows them; and what
* leads to a mount is made open before it.
*/
function placeForStep(mounts, { byRoot }, scratch) {
	if (!byRoot) return {
		mounts,
		fresh: []
	};
	const fresh = [];
	const placed = mounts.map((mount) => {
		if (mount.kind !== "tmpfs") return mount;
		const source = `${scratch}/fresh/${fresh.length}`;
		fresh.push({
			source,
			mode: mount.mode,
			directories: waysIn(mount.target, mounts)
		});
		return {
			...mount,
			source
		};
	});
	return {
		mounts: [...waysIn("", mounts).map((way) => `/${way}`).filter((way) => !mounts.some(({ target }) => within(way, target))).map((target) => ({
			kind: "way",
			target
		})), ...placed],
		fresh
	};
}
/** The directories of a place, relative to it and parents first, that lead to what is mounted in it. */
function waysIn(place, mounts) {
	const ways = mounts.filter(({ target }) => target.startsWith(`${place}/`)).flatMap(({ target }) => {
		const names = target.slice(place.length + 1).split("/");
		return names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join("/"));
	});
	return [...new Set(ways)];
}

// src/plan/git-credentials.ts
/** What the step sees of git's credentials, next to the mounts that the policy itself names. */
function hideGitCredentials(site, mode, named, { scratch, shed }) {
	const inLayer = (file) => mode === "overlay" && (shed || file.own) && !site.nested.some(({ path }) => within(file.path, path));
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
		mounts: hidden.flatMap(({ name, targets }) => targets.map((target) => readOnly(`${scratch}/${name}`, target))),
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
	text: "the workspace has too many files and directories to look for git repositories in all of them: credentials that git keeps in one further down are shown to the step"
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
* Tools that the seal is made of, and the records of what tools have to be, stay read-only where the policy
* opens a place that they lie in. What is between the two is mounted onto itself, because a mount point
* can neither be renamed nor removed. `mounts` is all that the policy opens or hides.
*/
function keptMounts(mounts, directories) {
	const opened = mounts.filter((mount) => mount.kind === "bind" && mount.writable);
	const taken = mounts.filter(({ kind }) => kind === "mask-directory" || kind === "tmpfs");
	return [...new Set(directories)].flatMap((directory) => opened.flatMap((mount) => wayTo(directory, mount))).filter((own) => !taken.some((mask) => within(own.target, mask.target)) && !mounts.some((mount) => mount.target === own.target && (own.writable || isReadOnly(mount))));
}
function isReadOnly(mount) {
	return mount.kind === "bind" && !mount.writable;
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
	if (within(source, directory)) return [readOnly(source, target)];
	if (!within(directory, source)) return [];
	const names = directory.slice(source.length).split("/").slice(1);
	return names.map((_, index) => {
		const inner = ["", ...names.slice(0, index + 1)].join("/");
		return (index + 1 < names.length ? writable : readOnly)(`${source}${inner}`, `${target}${inner}`);
	});
}

// src/plan/named-paths.ts
/**
* The paths that the policy itself names: each is mounted, or the reader is told why not. `held` is where
* the workspace lies whose directories must not be renamed; null where that does no harm.
*/
function namedMounts(site, mode, held) {
	const guarded = mode === "workspace" ? outermost(site.guarded) : [];
	const hides = site.hide.map((path) => asFound(path, mode));
	const hidden = hides.filter(({ kind }) => kind !== "missing");
	const parts = [
		...held === null ? [] : [...guarded, ...hidden].map((path) => hold(path, site, held)),
		...site.read.map((path) => expose(path, "read", site)),
		...site.write.map((path) => expose(path, "write", site)),
		...guarded.map((path) => guard(path)),
		...hides.map((path) => hide(path, site))
	];
	return {
		mounts: parts.flatMap(({ mounts }) => mounts),
		downgrades: parts.flatMap(({ downgrades }) => downgrades),
		notes: parts.flatMap(({ notes }) => notes),
		placeholders: parts.flatMap(({ placeholders }) => placeholders)
	};
}
/** Where the step sees the layers of earlier ones, it finds what is in them. */
function asFound(path, mode) {
	return (mode === "overlay" || mode === "scratch-plus-ro") && path.inLayers !== void 0 ? {
		...path,
		kind: path.inLayers
	} : path;
}
/** What is guarded as a whole needs no guard for its parts. */
function outermost(guarded) {
	return guarded.filter(({ absolute }) => guarded.every((other) => other.absolute === absolute || !within(absolute, other.absolute)));
}
const NOTHING = {
	mounts: [],
	downgrades: [],
	notes: [],
	placeholders: []
};
function expose(path, key, site) {
	if (path.kind === "missing") return note(`${key}-path-missing`, `filesystem.${key}: ${quoted(path)} does not exist and is not there for the step`);
	if (path.real !== path.absolute && within(path.absolute, site.workspace)) return unmaskable(path, key === "read" ? "shown" : "made writable");
	const bind = key === "write" ? writable : readOnly;
	return {
		...NOTHING,
		mounts: [bind(path.real, path.absolute)]
	};
}
/** A directory that is a mount itself cannot be renamed, and so what is guarded in it cannot be replaced. */
function hold(path, site, held) {
	const inner = path.real === path.absolute && within(path.absolute, site.workspace) ? path.absolute.slice(site.workspace.length + 1).split("/") : [];
	const mounts = inner.slice(1).map((_, index) => {
		const directory = inner.slice(0, index + 1).join("/");
		return writable(`${held}/${directory}`, `${site.workspace}/${directory}`);
	});
	return {
		...NOTHING,
		mounts
	};
}
/** What does not exist yet is guarded by way of something empty in its place. */
function guard(path) {
	const { absolute, absent } = path;
	if (path.real !== absolute) return unmaskable(path, "kept read-only");
	const placeholders = path.kind === "missing" ? [...absent, absolute] : [];
	return {
		...NOTHING,
		mounts: [readOnly(absolute)],
		placeholders
	};
}
/** Hidden at the place where it really is, so that no symlink leads round the mask. */
function hide(path, site) {
	if (path.kind === "missing" && path.unasked === true) return NOTHING;
	if (path.kind === "missing") return note("hide-path-missing", `filesystem.hide: ${quoted(path)} does not exist, so there is nothing to hide`);
	if (path.real !== path.absolute && within(path.absolute, site.workspace)) return unmaskable(path, "hidden");
	const kind = path.kind === "directory" ? "mask-directory" : "mask-file";
	const notes = path.unasked === true ? [credentialsHidden(path)] : [];
	return {
		...NOTHING,
		mounts: [{
			kind,
			target: path.real
		}],
		notes
	};
}
function credentialsHidden(path) {
	return {
		code: "credentials-hidden",
		text: `${quoted(path)} holds credentials of the job, and is not shown to the step; filesystem.read shows it`
	};
}
/** A mount onto a symlink that an earlier step may have planted could land outside the sandbox. */
function unmaskable(path, aim) {
	return {
		...NOTHING,
		downgrades: [{
			layer: "filesystem",
			code: "path-through-symlink",
			reason: `${quoted(path)} cannot be ${aim}: a part of it is a symlink to ${JSON.stringify(path.real)}`,
			remedy: "name the path that the symlink leads to"
		}]
	};
}
function note(code, text) {
	return {
		...NOTHING,
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
const NOTHING_NESTED = {
	mounts: [],
	notes: []
};
/** Decides the file tree that the step sees. */
function planFilesystem(request) {
	const { policy, capabilities, site, identity, workflow, scratch, stack } = request;
	const asked = policy.filesystem.mode.value;
	if (!capabilities.sandbox.available) return withoutSandbox(request);
	if (asked === "off") return wholeHost(request);
	const downgrades = [];
	let mode = asked;
	const overlaid = capabilities.overlay.available ? givable(request) : capabilities.overlay;
	if (mode === "overlay" && !overlaid.available) {
		downgrades.push(...downgradesOf("filesystem", overlaid));
		mode = "workspace";
	}
	const named = namedMounts(site, mode, heldIn(mode, request));
	downgrades.push(...named.downgrades);
	const nested = layered(mode, request) ? nestedInOverlay(site) : NOTHING_NESTED;
	const shown = [...nested.mounts, ...named.mounts];
	const git = hideGitCredentials(site, mode, shown, {
		scratch,
		shed: identity.shed
	});
	const stage = stager(identity.shed ? scratch : null);
	const system = systemFiles(request);
	const inPlace = mode === "workspace" ? [writable(site.workspace)] : [];
	const kept = keptMounts([...inPlace, ...shown], [...directoriesOf(request.tools), site.toolRecords]);
	const mounts = [
		...baseMounts(site),
		...system.mounts(scratch),
		...freshDirectories(identity),
		...site.toolDirectories.map((path) => readOnly(stage(path), path)),
		...workspaceMounts(mode, request, stage),
		...workflow.mounts,
		...[...shown, ...kept].map((mount) => mount.kind === "bind" ? {
			...mount,
			source: stage(mount.source)
		} : mount),
		...git.mounts
	];
	const overlay = planOverlay(mode, request, git.entries);
	const placed = placeForStep(inOrder(mounts), identity, scratch);
	return {
		filesystem: {
			mounts: [
				{
					kind: "proc",
					covered: site.procCovered
				},
				{ kind: "dev" },
				...placed.mounts
			],
			directories: [
				EMPTY.directory,
				"files",
				"work",
				...overlay === null ? [] : ["lower", "merged"],
				...overlay === null || overlay.before.options === null ? [] : ["before"],
				...overlay === null || overlay.given === null ? [] : [
					"given",
					"owners",
					"owners-index"
				],
				...overlay === null || stack.own !== null ? [] : ["upper", "index"],
				...workflow.directories
			],
			files: [
				{
					name: EMPTY.file,
					content: ""
				},
				...system.files,
				...workflow.files,
				...git.files
			],
			overlay,
			guards: mode === "workspace" ? {
				workspace: site.workspace,
				placeholders: named.placeholders
			} : null,
			records: kept.some(({ source }) => source === site.toolRecords) ? site.toolRecords : null,
			staged: stage.done(),
			fresh: placed.fresh,
			cwd: workingDirectory(mode, site)
		},
		layer: {
			status: downgrades.length > 0 ? "downgraded" : "enforced",
			mechanism: MECHANISMS[mode]
		},
		downgrades,
		notes: [
			...named.notes,
			...nested.notes,
			...git.notes,
			...ownershipNotes(mode, request, overlay)
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
	const asked = policy.filesystem.mode.value;
	const { sandbox, overlay } = capabilities;
	const downgrades = asked === "off" || sandbox.available ? [] : downgradesOf("filesystem", asked === "overlay" ? allOf(sandbox, overlay) : sandbox);
	return {
		filesystem: untouched(workflow, site, []),
		layer: {
			status: downgrades.length > 0 ? "unavailable" : "not-requested",
			mechanism: "none: the host's own files"
		},
		downgrades,
		notes: visibleGitCredentials(site)
	};
}
/** The host's own files, as they are but for these mounts. */
function untouched({ directories, files }, { cwd }, mounts) {
	return {
		mounts,
		directories,
		files,
		cwd,
		overlay: null,
		guards: null,
		records: null,
		staged: [],
		fresh: []
	};
}
function wholeHost({ site, workflow, tools }) {
	return {
		filesystem: untouched(workflow, site, [
			{ kind: "host-root" },
			{
				kind: "proc",
				covered: site.procCovered
			},
			...directoriesOf(tools).map((path) => readOnly(path))
		]),
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
	} : readOnly(entry.path));
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
/** Where what the step could rename lies, with what is hidden in it; null where it cannot be renamed. */
function heldIn(mode, request) {
	if (mode === "workspace") return request.site.workspace;
	return mode === "overlay" && hasRedirects(mode, request) ? `${request.scratch}/merged` : null;
}
function workspaceMounts(mode, { site, scratch, stack }, stage) {
	const emptyScratch = writable(`${scratch}/work`, SCRATCH);
	switch (mode) {
		case "scratch-only": return [emptyScratch];
		case "scratch-plus-ro": return [emptyScratch, readOnly(stack.below.length > 0 ? `${scratch}/merged` : stage(site.workspace), site.workspace)];
		case "overlay": return [writable(`${scratch}/merged`, site.workspace)];
		case "workspace": return [writable(stage(site.workspace), site.workspace)];
	}
}
function workingDirectory(mode, site) {
	return mode === "scratch-only" || mode === "scratch-plus-ro" ? SCRATCH : site.cwd;
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

// src/plan/layers.ts
/**
* One decision may weaken another's layer. Nobody misses a layer that was not asked for; every
* other one that has a downgrade counts as enforced no longer.
*/
function settle$1(decided, told) {
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
/** unshare, cat, nsenter, bwrap and its pid 1 count in the same user namespaces as the step, unless they are root's. */
const OUR_OWN = 5;
/** Decides what holds each limit: an rlimit, a control group, or the supervisor's own watch. */
function planLimits(policy, capabilities, hard) {
	const { timeout, cpuTime, memory, processes, openFiles, fileSize, output } = policy.resources;
	const rlimits = capabilities.limits.available;
	const sandboxed = capabilities.sandbox.available;
	const requested = Object.values(policy.resources).some(({ value }) => value !== null);
	const ours = capabilities.byRoot === null ? OUR_OWN : 0;
	const memoryCgroup = memory.value === null ? null : capabilities.memoryCgroup;
	const limits = {
		prlimit: rlimits ? [
			...option("nproc", sandboxed && processes.value !== null ? processes.value + ours : null, hard.processes),
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
	if (requested && !capabilities.limits.available) downgrades.push(...downgradesOf("resources", capabilities.limits));
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
	const memory = limits.memoryBytes === null ? null : limits.memoryCgroup === null ? "memory watch" : groupName(limits.memoryCgroup);
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
/** What holds the memory, in words. */
function groupName({ version, scope }) {
	return `memory cgroup v${version}${scope === null ? "" : " by a scope of systemd"}`;
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

// src/plan/network-feeds.ts
/** An address that means nothing outside (RFC 7600), so that refused packets have a source. */
const LOOPBACK_SOURCE = "192.0.0.8";
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

// src/plan/own-loopback.ts
/** Whoever allows a loopback address means the machine's, which is not what the step gets. */
function ownLoopback({ allow }) {
	const loopback = allow.map(({ value }) => value).filter(isLoopback);
	if (loopback.length === 0) return null;
	return {
		code: "loopback-own",
		text: `network.allow: a loopback address is the step's own and never the machine's (${loopback.map(({ text }) => JSON.stringify(text)).join(", ")}); let the service listen on another address of the machine, and allow that one`
	};
}
const LOOPBACK = ["127.0.0.0/8", "::1/128"].flatMap((text) => parseCidr(text) ?? []);
function isLoopback(entry) {
	if (entry.kind === "name") return /(^|\.)localhost$/.test(entry.host);
	const network = parseCidr(`${entry.address}/${entry.prefix}`);
	return network !== null && LOOPBACK.some((range) => contains(range, network));
}

// src/plan/network.ts
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
	const decision = decide(policy, capabilities, hostAddresses, tools);
	const note = decision.network.kind === "routed" ? ownLoopback(policy.network) : null;
	return note === null ? decision : {
		...decision,
		notes: [...decision.notes, note]
	};
}
function decide(policy, capabilities, hostAddresses, tools) {
	const { mode, allow, blockMetadata } = policy.network;
	const entries = allow.map(({ value }) => value);
	const addresses = entries.filter((entry) => entry.kind === "address");
	const names = entries.filter((entry) => entry.kind === "name");
	const wanted = mode.value !== "unrestricted" || blockMetadata.value;
	if (!capabilities.sandbox.available) {
		const besides = reachesNothing(policy.network) ? [] : wayOut(policy, capabilities, hostAddresses);
		return hostNetwork(wanted ? downgradesOf("network", allOf(capabilities.sandbox, ...besides)) : []);
	}
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
	const { backend, verdict, passedOver } = chooseUplink(policy.network, capabilities, hostAddresses);
	if (!verdict.available) return hostNetwork(wanted ? downgradesOf("network", allOf(...wayOut(policy, capabilities, hostAddresses))) : []);
	const downgrades = [];
	const named = allowsNames(policy.network);
	const { rules } = capabilities;
	const doors = doorsOver(backend, capabilities);
	if (named && !doors.available && rules.available) downgrades.push(...downgradesOf("network", doors));
	if (!rules.available && wanted) downgrades.push(...downgradesOf("network", rules));
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
/** What a way out needs besides a sandbox. */
function wayOut({ network }, capabilities, hostAddresses) {
	const { backend, verdict } = chooseUplink(network, capabilities, hostAddresses);
	const doors = allowsNames(network) ? [doorsOver(backend, capabilities)] : [];
	return [
		verdict,
		capabilities.rules,
		...doors
	];
}
function doorsOver(backend, { doors }) {
	return backend === "macvlan" ? NO_NAMES_BY_MACVLAN : doors;
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
				byRoot: capabilities.byRoot !== null,
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

// src/plan/logs.ts
/** Decides where the files that a policy wants to see lie, which the step sees at other places. */
function planLogs({ filesystem }, { workspace }, mounts, sandboxed) {
	const globs = filesystem.logs.map(({ value }) => value);
	if (globs.length === 0) return {
		logs: null,
		notes: []
	};
	const relative = (path) => path.slice(workspace.length + 1);
	const inside = mounts.filter((mount) => "target" in mount && within(mount.target, workspace));
	const places = !sandboxed || mounts.some(({ kind }) => kind === "host-root") ? [{
		path: "",
		source: workspace
	}] : inside.flatMap((mount) => mount.kind === "bind" && mount.writable ? [{
		path: relative(mount.target),
		source: mount.source
	}] : []);
	if (places.length === 0) return {
		logs: null,
		notes: [{
			code: "logs-unused",
			text: "filesystem.logs has no effect: the step cannot write to the workspace"
		}]
	};
	return {
		logs: {
			globs,
			places,
			never: inside.filter((mount) => mount.kind !== "bind" || !mount.writable).filter(({ target }) => target !== workspace).map(({ target }) => ({
				path: relative(target),
				reason: "the step cannot write it"
			}))
		},
		notes: []
	};
}

// src/plan/outputs.ts
/** Decides what may come out of a step's throwaway layer, if it has one. */
function planOutputs({ filesystem }, site, overlay) {
	const globs = filesystem.outputs.map(({ value }) => value);
	if (globs.length === 0) return {
		outputs: null,
		notes: []
	};
	if (globs.every((glob) => outputGlob(glob).excludes)) return unused("it has nothing but exclusions, so nothing comes out");
	if (overlay === null || overlay.upper === null) return unused("there is no throwaway layer here, so nothing has to come out of one; only mode overlay has one");
	return {
		outputs: {
			globs,
			never: [
				...site.write.flatMap(inWorkspace(site, "filesystem.write writes it in place")),
				...site.hide.flatMap(inWorkspace(site, "filesystem.hide hides it")),
				...site.guarded.flatMap(inWorkspace(site, "it decides what later steps run")),
				...site.git.files.flatMap((file) => at(site, file.path, "git keeps credentials there")),
				...site.nested.flatMap(({ path }) => at(site, path, "another file system is mounted there"))
			],
			on: filesystem.outputsOn.value,
			missing: filesystem.outputsMissing.value,
			maxBytes: filesystem.maxOutputSize.value,
			maxFiles: filesystem.maxOutputFiles.value
		},
		notes: []
	};
}
function unused(text) {
	return {
		outputs: null,
		notes: [{
			code: "outputs-unused",
			text: `filesystem.outputs has no effect: ${text}`
		}]
	};
}
/** By both names: the one in the policy, and the one that a symlink leads to. */
function inWorkspace(site, reason) {
	return ({ absolute, real }) => [.../* @__PURE__ */ new Set([absolute, real])].flatMap((path) => at(site, path, reason));
}
function at({ workspace }, path, reason) {
	return within(path, workspace) ? [{
		path: path.slice(workspace.length + 1),
		reason
	}] : [];
}

// src/plan/filesystem-types.ts
const NO_LAYERS = {
	below: [],
	own: null
};

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
		mounts: own ? [writable(`${scratch}/commands`, `${INSIDE}/commands`), readOnly(`${scratch}/script`, `${INSIDE}/script`)] : [],
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

// src/plan/plan.ts
/** Policy and capabilities in, everything that a run will do out. No I/O. */
function makePlan({ policy, facts, capabilities, site, profiles, command, scratch, workflow: step = null, stack = NO_LAYERS, diff = false }) {
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
		tools: facts.tools,
		highestId: facts.identity.maxUid
	});
	const outputs = planOutputs(policy, site, filesystem.filesystem.overlay);
	const logs = planLogs(policy, site, filesystem.filesystem.mounts, capabilities.sandbox.available);
	const limits = planLimits(policy, capabilities, facts.hardLimits);
	const environment = planEnvironment(policy, site.environment, privilege.identity, filesystem.filesystem.cwd, workflow.variables);
	const sandboxed = capabilities.sandbox.available;
	const syscalls = planSyscalls(policy, capabilities, facts.host, profiles);
	const decisions = [...[
		network,
		filesystem,
		limits,
		privilege,
		syscalls
	], {
		...workflow,
		notes: []
	}];
	const { layers, downgrades } = settle$1({
		network: network.layer,
		filesystem: filesystem.layer,
		resources: limits.layer,
		privilege: privilege.layer,
		syscalls: syscalls.layer,
		environment: {
			status: "enforced",
			mechanism: "allowlist of names"
		},
		runner: workflow.layer
	}, decisions.flatMap((decision) => decision.downgrades));
	const parts = {
		policy,
		command: command.map((word) => word.replaceAll("{0}", () => workflow.script ?? "{0}")),
		identity: privilege.identity,
		network: network.network,
		filesystem: filesystem.filesystem,
		outputs: outputs.outputs,
		logs: logs.logs,
		limits: limits.limits,
		syscalls: syscalls.syscalls,
		environment,
		workflow: workflow.workflow,
		tools,
		diff,
		scratch,
		nameservers: site.nameservers
	};
	return {
		...parts,
		refused: downgrades.length > 0 && policy.onUnavailable.value === "fail",
		layers,
		downgrades,
		notes: [
			...decisions.flatMap((decision) => decision.notes),
			...outputs.notes,
			...logs.notes
		],
		sandboxed,
		launch: sandboxed ? sandboxLaunch(parts) : bareLaunch(parts, capabilities)
	};
}

// src/tools/staging.ts
const PREFIX = ".glovebox-";
const ABANDONED_MS = 864e5;
const TRIES = 3;
/**
* Lets `work` make something in a directory that lies in the first of these caches which takes it, and
* takes the directory away again. Returns null, or why there is none where that worked.
*/
async function inSomeCache(roots, work) {
	const reasons = [];
	for (const root of roots) {
		let staging = null;
		try {
			staging = openStaging(root);
			await work(root, staging);
			return null;
		} catch (error) {
			reasons.push(`${root}: ${messageOf(error)}`);
			if (!isAboutTheCache(error)) break;
		} finally {
			if (staging !== null) rmSync(staging, {
				recursive: true,
				force: true
			});
		}
	}
	return reasons.join("; ");
}
/** What would fail in every other cache as well. */
var Unobtainable = class extends Error {};
function isAboutTheCache(error) {
	return !(error instanceof Unobtainable);
}
function openStaging(root) {
	makePublic(root);
	const problem = closedToRoot(root);
	if (problem !== null) throw new Error(problem);
	for (const name of readdirSync(root).filter((entry) => entry.startsWith(PREFIX))) {
		const since = lstatSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
		if (Date.now() - since > ABANDONED_MS) rmSync(join(root, name), {
			recursive: true,
			force: true
		});
	}
	return mkdtempSync(join(root, PREFIX));
}
/**
* Moves a finished directory to its place in one step: nobody ever finds half of it there. Another job
* may be first; what it left is taken when it is what it should be, and moved out of the way otherwise.
*/
function settle(from, to, files, staging) {
	makePublic(dirname(to));
	for (let attempt = 0;; attempt += 1) try {
		renameSync(from, to);
		break;
	} catch (error) {
		if (attempt === TRIES || lstatSync(to, { throwIfNoEntry: false }) === void 0) throw error;
		if (treeProblem(to, files) === null) break;
		rmSync(`${to}.complete`, {
			recursive: true,
			force: true
		});
		renameSync(to, join(staging, `replaced-${attempt}`));
	}
	const marked = join(staging, "complete");
	writeFileSync(marked, "");
	renameSync(marked, `${to}.complete`);
}
/** A directory, with all on the way to it that is not there yet, which everybody may list whatever the umask. */
function makePublic(directory) {
	if (existsSync(directory)) return;
	makePublic(dirname(directory));
	try {
		mkdirSync(directory);
		chmodSync(directory, 493);
	} catch (error) {
		if (!existsSync(directory)) throw error;
	}
}

export { makePlan as a, allowsNames as c, settle as i, reachesNothing as l, inSomeCache as n, COMMAND_FILES as o, makePublic as r, groupName as s, Unobtainable as t };