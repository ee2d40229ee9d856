import { a as unfit, c as TOOL_NAMES, l as commandsOf, n as isAtLeast, o as SPARE_TOOLS, s as SUPPLIED_TOOLS } from "./supply.mjs";
import { i as matchesAddress } from "./entries.mjs";
import { c as downgradesOf, i as shedInside, l as HAVE, n as boundedRoot, p as isArch, r as namespaceOptions, u as allOf } from "./shedding.mjs";
import { a as readOnly, i as masksIn, n as bwrapOptions, o as within } from "./mounts.mjs";
import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { S as _startsWith, a as literal, b as _nonnegative, i as int, m as string, n as array, o as meta, p as strictObject, r as boolean, s as nullable, t as _enum, w as safeParse, x as _regex } from "./vendor-zod.mjs";
import { i as treeProblem, r as sha256$1 } from "./trees.mjs";
import { c as parseAddress, d as widthOf, i as formatAddress, r as contains } from "./host-names.mjs";
import { r as harmless } from "./text.mjs";
import { o as SYNTHETIC_RESOLVER } from "./ranges.mjs";
import { accessSync, closeSync, constants, existsSync, fchmodSync, lstatSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmdirSync, statSync, statfsSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { dirname, isAbsolute, join } from "node:path";
import { arch, homedir, networkInterfaces, platform, release, tmpdir, userInfo } from "node:os";
import { access, chmod, mkdir, mkdtemp, readFile, readdir, readlink, realpath, rm, stat } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/capabilities/missing-tool.ts
/** The package that carries each tool, under the name that most distributions share. */
const PACKAGE_OF = {
	bwrap: "bubblewrap",
	slirp4netns: "slirp4netns",
	pasta: "passt",
	nft: "nftables",
	ip: "iproute2",
	unshare: "util-linux",
	nsenter: "util-linux",
	setpriv: "util-linux",
	prlimit: "util-linux",
	mount: "mount",
	flock: "util-linux",
	chown: "coreutils",
	mknod: "coreutils",
	mkfifo: "coreutils",
	rm: "coreutils",
	tee: "coreutils",
	cat: "coreutils",
	env: "coreutils",
	"systemd-run": "systemd",
	perl: "perl"
};
function missingTool(name, { passedOver = [] }) {
	return {
		available: false,
		code: "tool-missing",
		reason: passedOver.length === 0 ? `\`${name}\` was not found on PATH or in the system's own directories` : `no \`${name}\` that was found can be used: ${passedOver.join("; ")}`,
		remedy: `install the package ${PACKAGE_OF[name]}${SPARE_TOOLS.includes(name) ? "" : " (`glovebox doctor --fix` does it)"}`
	};
}

// src/capabilities/userns-causes.ts
const ON_MACHINE = "on the machine that the container runs on: ";
const OPEN_USERNS = "`glovebox doctor --fix` loads an AppArmor profile for unshare; or: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
/** All at once: whoever had to start the container anew for each would do it five times. */
function startAnew({ hints, identity, scratchOnOverlay }) {
	const { seccompMode, inContainer, procCovered, apparmorProfile, tunExists } = hints;
	const next = apparmorProfile !== null && hints.apparmorRestrictsUserns === 1;
	return `start the container also with ${[
		...seccompMode === 2 || inContainer ? ["--security-opt seccomp=container.json"] : [],
		...procCovered ? ["--security-opt systempaths=unconfined"] : [],
		...apparmorProfile === null ? [] : ["--security-opt apparmor=unconfined"],
		...identity.realRoot ? hints.capabilitiesMissing.map((name) => `--cap-add ${name}`) : [],
		...tunExists ? [] : ["--device /dev/net/tun"],
		...scratchOnOverlay ? ["--volume /var/tmp"] : []
	].join(" ")}${next ? `, and ${ON_MACHINE}${OPEN_USERNS}` : ""}; docs/containers.md has each of them, and Kubernetes`;
}
const FORBIDDEN = /operation not permitted|permission denied/i;
/** A container says no before anything of the machine itself is asked. */
const CONTAINER_CAUSES = [
	{
		code: "root-bounded",
		when: ({ hints, identity }, said) => identity.realRoot && hints.capabilitiesMissing.length > 0 && (said.includes("CAP_SYS_PTRACE") || FORBIDDEN.test(said) && !/mount/i.test(said)),
		why: "root has not the capabilities here with which it prepares a sandbox, as in most containers",
		remedy: (facts) => facts.hints.inContainer || facts.hints.seccompMode === 2 ? `${startAnew(facts)}; an ordinary user (--user) needs no --cap-add` : `run Glovebox as an ordinary user, or leave root ${facts.hints.capabilitiesMissing.map((name) => `CAP_${name}`).join(", ")}`
	},
	{
		code: "root-bounded",
		when: ({ hints, identity }, said) => identity.uid === 0 && hints.apparmorRestrictsUserns !== 1 && /uid_map: operation not permitted/i.test(said),
		why: "uid 0 has not CAP_SETFCAP here, with which alone it gets a user namespace of its own",
		remedy: "run Glovebox as an ordinary user, or leave root that one (in a container: --cap-add SETFCAP)"
	},
	{
		code: "container-seccomp",
		when: ({ hints }, said) => hints.seccompMode === 2 && /unshare failed: op/i.test(said),
		why: "Glovebox runs under a seccomp filter, such as that of a container, which forbids namespaces",
		remedy: startAnew
	},
	{
		code: "container-proc",
		when: ({ hints }, said) => hints.procCovered && /mount.*proc/i.test(said) && FORBIDDEN.test(said),
		why: "parts of /proc are covered here, so the kernel lets nobody mount a fresh one",
		remedy: startAnew
	},
	{
		code: "container-apparmor",
		when: ({ hints }, said) => hints.apparmorProfile !== null && /(?:mount|propagation).*permission denied/i.test(said),
		why: "the AppArmor profile that Glovebox runs under forbids mounts",
		remedy: startAnew
	}
];
/** Why no namespaces can be had. */
const USERNS_CAUSES = [
	{
		code: "gvisor",
		when: ({ hints }) => hints.flavour === "gvisor",
		why: "gVisor stands for the kernel here, and has not all that a sandbox is built of",
		remedy: "run the job on a machine or in a container without gVisor"
	},
	{
		code: "wsl1",
		when: ({ hints }) => hints.flavour === "wsl1",
		why: "WSL 1 is no Linux kernel",
		remedy: "wsl --set-version DISTRIBUTION 2"
	},
	{
		code: "hosted-container",
		when: ({ hints }) => hints.flavour === "slim",
		why: "this hosted runner is an unprivileged container, as ubuntu-slim is",
		remedy: "runs-on: ubuntu-latest"
	},
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
		code: "chroot",
		when: ({ hints }) => hints.chrooted,
		why: "this is a chroot, in which the kernel gives nobody what a sandbox is built of",
		remedy: "enter the directory by systemd-nspawn --directory, or as a container, instead of chroot"
	},
	...CONTAINER_CAUSES,
	{
		code: "userns-apparmor",
		when: ({ hints }) => hints.apparmorRestrictsUserns === 1,
		why: "AppArmor keeps unprivileged programs from using user namespaces",
		remedy: ({ hints }) => `${hints.inContainer ? ON_MACHINE : ""}${OPEN_USERNS}`
	},
	{
		code: "container-seccomp",
		when: ({ hints }, said) => (hints.inContainer || hints.seccompMode === 2) && FORBIDDEN.test(said),
		why: "the container's seccomp profile or masked /proc forbids it",
		remedy: startAnew
	}
];

// src/capabilities/causes.ts
/** Both of the programs that carry packets open it. */
const TUN_CAUSES = [{
	code: "tun-missing",
	when: ({ hints }) => !hints.tunExists,
	why: "there is no /dev/net/tun",
	remedy: "sudo modprobe tun; in a container start it with --device /dev/net/tun"
}, {
	code: "tun-closed",
	when: ({ hints }) => !hints.tunOpens,
	why: "/dev/net/tun may not be opened by this user",
	remedy: ({ identity, hints }) => hints.inContainer ? "on the machine: sudo chmod 0666 /dev/net/tun, its usual mode; then start the container anew" : `sudo setfacl --modify user:${identity.uid}:rw /dev/net/tun || sudo chown ${identity.uid} /dev/net/tun`
}];
/** What could not work, as the host shows, had the program been there to be tried. */
const KNOWN_UNTRIED = {
	slirp4netns: TUN_CAUSES,
	pasta: TUN_CAUSES
};
/** Of each subject the first that fits is told, so the more certain stand first. */
const CAUSES = {
	namespaces: USERNS_CAUSES,
	bwrap: [{
		code: "tool-too-old",
		when: (_, said) => /unknown option|unrecognized option/i.test(said),
		why: "this bubblewrap is too old",
		remedy: "install bubblewrap 0.6 or newer"
	}, ...USERNS_CAUSES],
	seccomp: [{
		code: "seccomp-unsupported",
		when: (_, said) => /seccomp/i.test(said),
		why: "the kernel has no seccomp filters",
		remedy: "use a kernel with CONFIG_SECCOMP_FILTER"
	}],
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
	doors: [{
		code: "nat-unsupported",
		when: (_, said) => /not supported|no such file or directory|protocol/i.test(said),
		why: "the kernel has no address translation for nf_tables, or its module is not loaded",
		remedy: "sudo modprobe -a nft_nat nf_nat nft_chain_nat"
	}],
	slirp4netns: [...TUN_CAUSES, {
		code: "tool-too-old",
		when: (_, said) => /unrecognized option|unknown option/i.test(said),
		why: "this slirp4netns is too old",
		remedy: "install slirp4netns 1.0 or newer"
	}],
	pasta: [...TUN_CAUSES, {
		code: "tool-too-old",
		when: (_, said) => /unrecognized option|unknown option|^usage:/i.test(said),
		why: "this pasta is too old",
		remedy: "install passt of 2023 or newer"
	}],
	macvlan: [
		{
			code: "interface-missing",
			when: (_, said) => /cannot find device|no such device/i.test(said),
			why: "network.interface names no interface of this host",
			remedy: "name one that `ip link` shows"
		},
		{
			code: "interface-down",
			when: (_, said) => said.endsWith(" is down"),
			why: "network.interface carries nothing: it is switched off, or nothing is connected",
			remedy: (_, said) => `connect it, and: sudo ip link set ${said.replace(/ is down$/, "")} up`
		},
		{
			code: "macvlan-unsupported",
			when: (_, said) => /unknown device type|not supported|invalid argument/i.test(said),
			why: "the kernel has no macvlan, or not on an interface of this kind",
			remedy: "name a network card in network.interface; sudo modprobe macvlan; or leave network.backend out"
		}
	],
	overlay: [
		{
			code: "overlay-unsupported",
			when: (_, said) => /unknown filesystem type|no such device/i.test(said),
			why: "the kernel has no overlayfs",
			remedy: "sudo modprobe overlay, or set filesystem.mode"
		},
		{
			code: "overlay-scratch",
			when: ({ scratchOnOverlay }) => scratchOnOverlay,
			why: "scratch files lie on an overlay, as most files of a container do, and no upper layer can",
			remedy: "in a container: --volume /var/tmp (Kubernetes: an emptyDir there); or set TMPDIR to a directory on ext4, xfs, btrfs or a recent tmpfs"
		},
		{
			code: "overlay-scratch",
			when: (_, said) => /wrong fs type|invalid argument|operation not permitted|permission denied/i.test(said),
			why: "the kernel is older than 5.11, or the scratch directory is itself on a file system that cannot hold an upper layer",
			remedy: "set TMPDIR to a directory on ext4, xfs, btrfs or a recent tmpfs"
		}
	],
	workspaceOverlay: [{
		code: "overlay-nested",
		when: (_, said) => said.startsWith("something is mounted in it"),
		why: "an ordinary user may not lay an overlay over mounts of others",
		remedy: "unmount that, run Glovebox as root, or set filesystem.mode"
	}, {
		code: "overlay-workspace",
		when: () => true,
		why: "the file system of the workspace cannot lie below an overlay, as one on two overlays cannot",
		remedy: "check out on ext4, xfs, btrfs or tmpfs, or set filesystem.mode"
	}],
	idmap: [
		{
			code: "tool-too-old",
			when: (_, said) => /X-mount\.idmap.* perl/.test(said),
			why: "this mount is too old, and Perl is not there to do without it",
			remedy: "install perl, or util-linux 2.39 or newer"
		},
		{
			code: "idmap-unsupported",
			when: ({ hints }, said) => hints.seccompMode === 2 && /not implemented|attach idmapping/i.test(said),
			why: "the seccomp filter that Glovebox runs under shuts the calls for that",
			remedy: "run Glovebox as the user whom the workspace belongs to"
		},
		{
			code: "idmap-unsupported",
			when: () => true,
			why: "the kernel or the file system of the workspace has no idmapped mounts",
			remedy: "Linux 5.19 or newer, and the workspace on ext4, xfs, btrfs or tmpfs"
		}
	],
	overlayTwice: [{
		code: "overlay-twice",
		when: () => true,
		why: "the workspace is itself on an overlay",
		remedy: "check out on ext4, xfs, btrfs or tmpfs"
	}]
};

// src/capabilities/diagnose.ts
const WHAT = {
	namespaces: "user, network, mount and pid namespaces could not be created",
	bwrap: "bubblewrap could not build a sandbox",
	seccomp: "bubblewrap could not put a filter of system calls in force",
	ip: "loopback could not be brought up in a new network namespace",
	nft: "an nftables ruleset could not be loaded in a new network namespace",
	doors: "nftables could not translate addresses in a new network namespace",
	slirp4netns: "slirp4netns could not attach to a new network namespace",
	pasta: "pasta could not attach to a new network namespace",
	macvlan: "no macvlan could be made",
	overlay: "overlayfs could not be mounted",
	workspaceOverlay: "overlayfs could not be mounted over the workspace",
	idmap: "the workspace could not be mounted with the step as its files' owner",
	overlayTwice: "an overlay could not be mounted on another one over the workspace"
};
/** Doctor does not try what only a policy asks for. */
const UNKNOWN = {
	pasta: "leave network.backend out, or set it to slirp4netns; docs/hosts.md has what each needs",
	macvlan: "leave network.backend out; docs/policy.md has what a macvlan needs"
};
/** Names the cause of a failed attempt and what mends it, from what was said and what the host shows. */
function diagnose(subject, attempt, facts) {
	const causes = attempt.tried ? CAUSES[subject] : KNOWN_UNTRIED[subject] ?? [];
	const said = !attempt.tried || attempt.ok ? "" : firstLine(attempt.said);
	const because = said === "" ? WHAT[subject] : `${WHAT[subject]} (${said})`;
	const cause = causes.find(({ when }) => when(facts, said));
	if (cause === void 0 && !attempt.tried) return lack("not-probed", `${WHAT[subject]}: it was not tried`, "run `glovebox doctor`");
	if (cause === void 0) return lack(`${subject}-failed`, because, UNKNOWN[subject] ?? "run `glovebox doctor` and see docs/hosts.md");
	const { remedy } = cause;
	const told = typeof remedy === "string" ? remedy : remedy(facts, said);
	return lack(cause.code, `${because}: ${cause.why}`, told);
}
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
const MACVLAN_FOR_ROOT = {
	available: false,
	code: "macvlan-unprivileged",
	reason: "only root can put a link of its own on an interface of the host",
	remedy: "run as root, or leave network.backend out"
};
const PASTA_BY_ROOT = {
	available: false,
	code: "pasta-by-root",
	reason: "without user namespaces pasta cannot reach the network of the sandbox and give up root",
	remedy: "install slirp4netns, or open user namespaces"
};
/** Turns what probing found into verdicts with reasons. */
function evaluate(facts) {
	if (facts.host.platform !== "linux") return nothingOn(facts.host.platform);
	const first = (...verdicts) => verdicts.find((verdict) => !verdict.available) ?? HAVE;
	const tools = (...names) => allOf(...names.map((name) => {
		const fact = facts.tools[name];
		return fact.path === null ? missingTool(name, fact) : HAVE;
	}));
	const seen = (subject, attempt) => worked(attempt) ? HAVE : diagnose(subject, attempt, facts);
	const made = withoutRoot(seen("namespaces", facts.attempts.namespaces), facts);
	const byRoot = made.available || !worked(facts.attempts.privileges) ? null : { because: made };
	const namespaces = allOf(tools("unshare", "nsenter", "cat"), byRoot === null ? made : tools("setpriv", "mount"));
	const forRoot = facts.identity.uid === 0 ? ["mount"] : [];
	const sandbox = first(allOf(tools("bwrap", "prlimit", "mkfifo", "env", ...forRoot), namespaces), withoutRoot(seen("bwrap", facts.attempts.bwrap), facts));
	const tried = (name, needs) => needs.available ? seen(name, facts.attempts[name]) : allOf(needs, diagnose(name, { tried: false }, facts));
	const within = (...names) => allOf(tools(...names), namespaces);
	return {
		namespaces,
		sandbox,
		syscalls: first(sandbox, seen("seccomp", facts.attempts.seccomp), visible(facts)),
		loopback: tried("ip", within("ip")),
		rules: tried("nft", within("nft")),
		doors: tried("doors", within("nft")),
		slirp4netns: tried("slirp4netns", within("slirp4netns")),
		pasta: first(byRoot === null ? HAVE : PASTA_BY_ROOT, tried("pasta", within("pasta", "mount"))),
		macvlan: first(facts.identity.realRoot ? HAVE : MACVLAN_FOR_ROOT, tried("macvlan", within("ip"))),
		overlay: first(tried("overlay", within("mount", "rm")), facts.attempts.workspaceOverlay.tried ? seen("workspaceOverlay", facts.attempts.workspaceOverlay) : HAVE),
		idmap: tried("idmap", within("mount")),
		overlayTwice: seen("overlayTwice", facts.attempts.overlayTwice),
		limits: tools("prlimit"),
		privilegeDrop: tools("setpriv"),
		byRoot,
		memoryCgroup: facts.memoryCgroup
	};
}
function worked(attempt) {
	return attempt.tried && attempt.ok;
}
/** Where root's own privileges were tried as well, and did not do either, that is part of the reason. */
function withoutRoot(verdict, { attempts: { privileges } }) {
	if (verdict.available || !privileges.tried || privileges.ok) return verdict;
	const said = privileges.said.trim().split("\n")[0] ?? "";
	return {
		...verdict,
		reason: `${verdict.reason}; nor by root's own privileges (${said})`
	};
}
/** A filter whose force cannot be seen is not promised. */
function visible({ host, hints }) {
	if (!isArch(host.arch)) return {
		available: false,
		code: "arch-unknown",
		reason: `there is no table of system calls for ${host.arch}`,
		remedy: "run on x86_64 or arm64"
	};
	if (hints.seccompMode === 2 && hints.seccompFilters === null) return {
		available: false,
		code: "seccomp-unseen",
		reason: "Glovebox runs under a filter itself, and this kernel does not count filters, so nobody could see that the step has one more",
		remedy: "run on Linux 5.9 or newer, or outside of a container"
	};
	return HAVE;
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
		syscalls: lack,
		loopback: lack,
		rules: lack,
		doors: lack,
		slirp4netns: lack,
		pasta: lack,
		macvlan: lack,
		overlay: lack,
		idmap: lack,
		overlayTwice: lack,
		limits: lack,
		privilegeDrop: lack,
		byRoot: null,
		memoryCgroup: null
	};
}
function platformName(platform) {
	return platform === "darwin" ? "macOS" : platform === "win32" ? "Windows" : platform;
}

// src/plan/privilege.ts
/** Nobody's: not `nobody`, whose processes and files may be somebody's. */
const SPARE_ID = 65533;
const DISGUISED_ID = 1e3;
/** root owns /proc/sys/kernel/core_pattern and its like: what it writes there runs outside. */
const ROOT_UNDOES = [
	"network",
	"filesystem",
	"resources",
	"syscalls",
	"runner"
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
	const { byRoot } = capabilities;
	const identity = {
		uid,
		gid,
		name: "glovebox",
		home: host.home,
		shed: true,
		byRoot: byRoot !== null
	};
	if (!capabilities.privilegeDrop.available) return refusedDrop(host, downgradesOf("privilege", capabilities.privilegeDrop));
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
			mechanism: `uid ${uid}, no_new_privs, no capabilities${byRoot === null ? "" : ", namespaces made by root"}`
		},
		downgrades: [],
		notes: byRoot === null ? [] : [rootsNamespaces(byRoot.because, uid)]
	};
}
function rootsNamespaces({ reason }, uid) {
	return {
		code: "namespaces-by-root",
		text: `root makes the namespaces itself and gives itself up inside of them, because ${reason}; what uid ${uid} has running elsewhere counts towards resources.processes`
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
		...refusedDrop(host, downgradesOf("privilege", tool)),
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
		shed: false,
		byRoot: false
	};
}
function firstId(...candidates) {
	return candidates.find((id) => id !== null && id !== 0) ?? SPARE_ID;
}

// src/probe/read.ts
/** The text of a file; null where there is none that we may read. */
function readOrNull(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

// src/probe/hints.ts
/** What may explain a trial that failed. */
function readHints(environment) {
	const mountinfo = readOrNull("/proc/self/mountinfo") ?? "";
	return {
		maxUserNamespaces: numberIn("/proc/sys/user/max_user_namespaces"),
		usernsClone: numberIn("/proc/sys/kernel/unprivileged_userns_clone"),
		apparmorRestrictsUserns: numberIn("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		tunExists: existsSync("/dev/net/tun"),
		tunOpens: opens("/dev/net/tun"),
		...ownSeccomp(),
		inContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv") || environment["KUBERNETES_SERVICE_HOST"] !== void 0,
		capabilitiesMissing: capabilitiesMissing(),
		chrooted: isChroot(mountinfo),
		procCovered: coversProc(mountinfo),
		apparmorProfile: confinedBy(readOrNull("/proc/self/attr/apparmor/current")?.trim() ?? ""),
		flavour: flavourOf({
			version: readOrNull("/proc/version") ?? "",
			init: (readOrNull("/proc/1/comm") ?? "").trim(),
			hosted: environment["RUNNER_ENVIRONMENT"] === "github-hosted",
			docker: existsSync("/.dockerenv")
		})
	};
}
/** Whether our root is no mount, as in a plain chroot; one that is a mount itself looks like none. Exported for tests. */
function isChroot(mountinfo) {
	return mountinfo !== "" && !/^\d+ \d+ \S+ \S+ \/ /m.test(mountinfo);
}
/**
* Whether something is mounted over what /proc has, as containers do. Two directories of it are there to
* be mounted on, and the kernel minds those no more than we. Exported for tests.
*/
function coversProc(mountinfo) {
	return / \/proc\/(?!(?:sys\/fs\/binfmt_misc|fs\/nfsd) )\S+ /.test(mountinfo);
}
/** gVisor tells the version and the build date of a Linux that it never was. */
const GVISOR = /^Linux version 4\.4\.0 .*Sun Jan 10 15:06:54 PST 2016/;
/** What kind of Linux it says it is; null for an ordinary one. Exported for tests. */
function flavourOf({ version, init, hosted, docker }) {
	if (GVISOR.test(version)) return "gvisor";
	if (/microsoft-standard|wsl2/i.test(version)) return "wsl2";
	if (/-microsoft/i.test(version)) return "wsl1";
	return hosted && !docker && init !== "" && init !== "systemd" ? "slim" : null;
}
function ownSeccomp() {
	const field = (name) => {
		const value = ownStatus(name);
		return value === void 0 ? null : Number(value);
	};
	return {
		seccompMode: field("Seccomp"),
		seccompFilters: field("Seccomp_filters")
	};
}
/** With these root prepares what only it may, becomes somebody else, and looks into that one's sandbox. */
const NEEDED_BY_ROOT = {
	CHOWN: 0n,
	DAC_OVERRIDE: 1n,
	FOWNER: 3n,
	KILL: 5n,
	SETGID: 6n,
	SETUID: 7n,
	SYS_CHROOT: 18n,
	SYS_PTRACE: 19n,
	SYS_ADMIN: 21n
};
function capabilitiesMissing() {
	const held = BigInt(`0x${ownStatus("CapEff") ?? "0"}`);
	return Object.entries(NEEDED_BY_ROOT).filter(([, bit]) => (held >> bit & 1n) === 0n).map(([name]) => name);
}
function ownStatus(name) {
	const status = readOrNull("/proc/self/status") ?? "";
	return new RegExp(`^${name}:\\s+([\\da-f]+)`, "m").exec(status)?.[1];
}
/** Exported for tests. `docker-default (enforce)`, `unconfined`, or nothing where there is no AppArmor; `crun (unconfined)` confines nothing. */
function confinedBy(text) {
	return text === "" || /^unconfined|\(unconfined\)$/.test(text) ? null : text.replace(/ \(\w+\)$/, "");
}
function opens(path) {
	try {
		closeSync(openSync(path, "r+"));
		return true;
	} catch {
		return false;
	}
}
function numberIn(path) {
	const text = readOrNull(path)?.trim();
	return text !== void 0 && /^-?\d+$/.test(text) ? Number(text) : null;
}

// src/tools/input.ts
/** With O_DIRECTORY it is O_TMPFILE, for which Node has no name. */
const WITHOUT_A_NAME = 4194304;
const IN_ANY_OF = [
	"/dev/shm",
	tmpdir(),
	"/var/tmp"
];
/**
* A descriptor to read these bytes from: a file that never had a name, so nobody else can open it. What
* Node calls a pipe is a socket, and nft 1.0.9 reads none. null where there is no such file to be had.
*/
function openInput(bytes) {
	for (const directory of IN_ANY_OF) try {
		return readable(directory, bytes);
	} catch {}
	return null;
}
function readable(directory, bytes) {
	const { O_DIRECTORY, O_EXCL, O_RDWR } = constants;
	const file = openSync(directory, WITHOUT_A_NAME | O_DIRECTORY | O_EXCL | O_RDWR, 384);
	try {
		writeFileSync(file, bytes);
		fchmodSync(file, 292);
		return openSync(`/proc/self/fd/${file}`, "r");
	} finally {
		closeSync(file);
	}
}

// src/tools/execute.ts
/** Far more than any says that does its work. */
const MOST_BYTES = 67108864;
/** How long what a program left behind may keep its output open. */
const LAST_WORDS_MS$1 = 500;
/**
* Runs a system program to its end with the environment that is given, in a session of its own so that a
* Ctrl-C at the terminal reaches only us. Never throws: a failure is told in `stderr`. What the program
* leaves behind is killed: bubblewrap's child, for one, waits for good when its parent dies too early.
*/
async function execute(argv, options = {}) {
	const [program = "", ...args] = argv;
	const { stdin } = options;
	const input = stdin === void 0 ? "ignore" : openInput(stdin) ?? "pipe";
	const ended = new Promise((resolve) => {
		const child = spawn(program, args, {
			env: options.environment ?? {},
			cwd: options.directory,
			detached: true,
			stdio: [
				input,
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
		let heard = 0;
		for (const [stream, chunks] of [[child.stdout, stdout], [child.stderr, stderr]]) stream?.on("data", (chunk) => {
			heard += chunk.length;
			if (heard <= MOST_BYTES) chunks.push(chunk);
			else child.kill("SIGKILL");
		});
		child.stdin?.on("error", () => {});
		child.stdin?.end(stdin);
		const killGroup = () => {
			try {
				process.kill(-group, "SIGKILL");
			} catch {}
		};
		let lingering;
		child.once("exit", () => {
			lingering = setTimeout(() => {
				killGroup();
				child.stdout?.destroy();
				child.stderr?.destroy();
			}, LAST_WORDS_MS$1);
		});
		child.once("close", (code, signal) => {
			clearTimeout(lingering);
			killGroup();
			const said = Buffer.concat(stderr).toString();
			resolve({
				code,
				stdout: Buffer.concat(stdout).toString(),
				stderr: signal === null ? said : `${said}ended by ${signal}`
			});
		});
	});
	if (typeof input === "number") closeSync(input);
	return await ended;
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
	return onTheWay(realpathSync(path)).find((part) => open(statSync(part)) || uid !== 0 && mayWrite(part)) ?? null;
}
/** Whether everybody gets through to a path: under root, a step is somebody else. */
function opensToAll(path) {
	return onTheWay(realpathSync(path)).every((part) => (statSync(part).mode & 1) !== 0);
}
/**
* Why root takes no tools from a cache there: they run as somebody else, and until then nobody else may
* change them; null: it does, or it is not root who asks.
*/
function closedToRoot(cache) {
	if (process.getuid?.() !== 0) return null;
	if (!opensToAll(cache)) return "other users, as whom root runs it, cannot get there";
	const open = onTheWay(realpathSync(cache)).find((part) => {
		const stats = statSync(part);
		return byOthers(stats) && !keepsEntries(stats);
	});
	return open === void 0 ? null : `others could rewrite ${open}`;
}
/** As /tmp does: what root has in it nobody else can move. */
function keepsEntries({ uid, mode }) {
	return uid === 0 && (mode & 512) !== 0;
}
/** `/`, then each directory, then the path itself. */
function onTheWay(path) {
	const parts = path.split("/");
	return parts.map((_, index) => parts.slice(0, index + 1).join("/") || "/");
}
/** A group that may write can be the mask of an access control list, and so anybody. */
function byOthers({ uid, mode }) {
	return !(uid === 0 || uid === UNMAPPED && !isMapped(UNMAPPED)) || (mode & 18) !== 0;
}
function mayWrite(path) {
	try {
		accessSync(path, constants.W_OK);
		return true;
	} catch {
		return false;
	}
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

// src/capabilities/tool-manifest.ts
const told$1 = (type, description) => type.check(meta({ description }));
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
	program: told$1(path, "The program itself"),
	loader: told$1(nullable(string().check(_regex(/^[\w./+-]+$/))), "The loader that starts it with the libraries in `lib`: in the archive, or the absolute path of the machine’s; null where the program starts by itself"),
	files: told$1(array(toolFile), "Every file, and there is no other")
};
const archive = strictObject({
	tool: _enum(SUPPLIED_TOOLS),
	version: string().check(_regex(/^\d+\.\d+\.\d+$/)),
	arch: _enum(["x64", "arm64"]),
	path: told$1(path, "Below the release or the mirror"),
	sha256,
	size: told$1(size, "Bytes"),
	licence: told$1(string(), "Of the program, as an SPDX expression; all texts are in the archive"),
	packages: told$1(array(string()), "The packages that it was made of, each as `name=version`"),
	...tree
});
const toolManifest = strictObject({
	version: literal(1),
	release: told$1(nullable(string().check(_regex(/^https:\/\/\S+[^/\s]$/))), "Where the archives lie when no mirror is named; null while none are released"),
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
/**
* A tool in a cache whose every byte is what it should be. What lies in `workspaces` may be of whoever wrote
* these, and says nothing about that.
*/
function findCached(tool, environment, known, workspaces = []) {
	const roots = cacheRoots(environment).filter((root) => existsSync(root));
	if (roots.length === 0) return {
		found: null,
		passedOver: []
	};
	const passedOver = [];
	const { archives } = known ?? knownArchives();
	const entries = [...archivesIn(roots, tool, archives), ...recorded(tool, environment, workspaces, passedOver)];
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
function recorded(tool, environment, workspaces, passedOver) {
	const record = recordsDirectory(environment);
	const file = join(record, `${tool}.json`);
	if (!existsSync(file)) return [];
	if (workspaces.some((place) => within(realpathSync(file), place))) {
		passedOver.push(`${file}: it lies in the workspace`);
		return [];
	}
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
	return treeProblem(directory, files) ?? closedToRoot(directory);
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
async function locateTools(environment, workspaces = []) {
	const directories = orderOutside(environment["PATH"] ?? "", workspaces);
	const own = [ownDirectory()].filter((place) => !within(homeOf(environment), realOf(place)));
	const places = checkedOut([...workspaces, ...own]);
	const found = await Promise.all(TOOL_NAMES.map(async (name) => {
		if (isSupplied(name)) return [name, await findSupplied(name, directories, environment, places)];
		return [name, await findOther(name, directories)];
	}));
	return Object.fromEntries(found);
}
async function findOther(name, directories) {
	const passedOver = [];
	for (const directory of directories) {
		const file = await firstExecutable(name, [directory]);
		if (file === null) continue;
		const open = openPart(file);
		if (open !== null) passedOver.push(`${file}: ${open} could be rewritten by a step`);
		else if (name === "pasta") return {
			path: file,
			version: (await versionOf([file], PASTA_VERSION)).version
		};
		else return {
			path: await realpath(file),
			version: null
		};
	}
	return {
		path: null,
		version: null,
		passedOver
	};
}
/** What of a program's way a step could rewrite, the symlink by which it was found included; null: nothing. */
function openPart(file) {
	return rewritable(file) ?? rewritable(dirname(file));
}
function isSupplied(name) {
	return SUPPLIED_TOOLS.some((supplied) => supplied === name);
}
async function findSupplied(name, directories, environment, places) {
	const { found, passedOver: inCaches } = findCached(name, environment, void 0, places);
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
	const { code, stdout, stderr } = await execute([...command, "--version"]);
	return {
		version: code === 0 ? pattern.exec(stdout)?.[0] ?? null : null,
		said: stderr.trim().split("\n")[0] ?? ""
	};
}
/** Where programs are looked for, given a PATH. */
function searchOrder(path) {
	return [...SYSTEM_DIRECTORIES, ...path.split(":").filter((entry) => entry.startsWith("/"))];
}
/**
* The same for programs of the seal: nowhere in a workspace, our own directory or another that is named.
* Whoever owns what lies there, a step may have made it.
*/
function orderOutside(path, workspaces = []) {
	const places = checkedOut([...workspaces, ownDirectory()]);
	return searchOrder(path).filter((entry) => SYSTEM_DIRECTORIES.includes(entry) || !places.some((place) => within(realOf(entry), place)));
}
/** Where somebody else may have written: these, and the job's workspace. Real, and never all of the machine. */
function checkedOut(workspaces) {
	return [...workspaces, process.env["GITHUB_WORKSPACE"] ?? ""].filter((place) => place.startsWith("/")).map(realOf).filter((place) => place !== "/");
}
function ownDirectory() {
	try {
		return process.cwd();
	} catch {
		return "";
	}
}
function homeOf(environment) {
	return realOf(environment["HOME"] || homedir());
}
function realOf(path) {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}
/** The first program of that name which no step could have rewritten, as `findProgram` gives it. */
async function findKept(name, directories) {
	for (const directory of directories) {
		const file = await findProgram(name, [directory]);
		if (file !== null && rewritable(file) === null) return file;
	}
	return null;
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

// src/tools/scope.ts
const ARRIVES_WITHIN_MS = 1e4;
const LOOKS_EVERY_MS$2 = 2;
/** systemd-run has a scope made around itself, and then becomes the command: same pid, same descriptors. */
function startInScope({ systemdRun, literally, env, runtime }, argv) {
	return {
		argv: [...[
			systemdRun,
			"--user",
			"--scope",
			"--quiet",
			"--collect",
			...literally,
			"--"
		], ...[
			env,
			"-i",
			"--",
			...argv
		]],
		environment: { XDG_RUNTIME_DIR: runtime }
	};
}
/** Waits until the process is in a scope, and no longer systemd-run. `ended`: or became `program` where it was. */
async function arrives(pid, { systemdRun }, program) {
	const until = performance.now() + ARRIVES_WITHIN_MS;
	const here = groupsOf("self");
	while (performance.now() < until) {
		const running = programOf(pid);
		if (running === null) return "ended";
		const moved = groupsOf(pid) !== here;
		if (moved && running !== systemdRun) return "arrived";
		if (!moved && running === program) return "ended";
		await setTimeout$1(LOOKS_EVERY_MS$2);
	}
	return "silent";
}
function groupsOf(pid) {
	try {
		return readFileSync(`/proc/${pid}/cgroup`, "utf8");
	} catch {
		return null;
	}
}
/** null when it has ended. */
function programOf(pid) {
	try {
		return readlinkSync(`/proc/${pid}/exe`);
	} catch {
		return null;
	}
}

// src/probe/cgroup.ts
/**
* Finds a memory controller in which a child group can be made for what this process starts, by making
* one and taking it away.
*/
function findMemoryCgroup(pid = process.pid) {
	const memberships = readText(`/proc/${pid}/cgroup`);
	const mounts = readText("/proc/self/mounts");
	const parent = versionOneParents(memberships, mounts).find((path) => canHold(path, "memory.limit_in_bytes"));
	if (parent !== void 0) return {
		version: 1,
		parent,
		ceiling: null
	};
	return versionTwo(versionTwoParents(memberships, mounts), pid);
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
function versionTwo(parents, pid) {
	if (!lists(parents[0], pid)) return null;
	const parent = parents.find((path) => {
		handMemoryOn(path);
		return canHold(path, "memory.max");
	});
	if (parent === void 0) return null;
	return {
		version: 2,
		parent,
		ceiling: tightest(parents.map(limitOf))
	};
}
/** What `memory.max` says; at the top there is none. */
function limitOf(group) {
	return readText(join(group, "memory.max"));
}
/** The lowest of these limits, in bytes: "max" is no number, and no limit. Exported for tests. */
function tightest(limits) {
	const numbers = limits.map((limit) => Number.parseInt(limit, 10)).filter(Number.isInteger);
	return numbers.length === 0 ? null : Math.min(...numbers);
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

// src/probe/scope.ts
/** Finds a memory controller for the run: in reach of ourselves, or else of a scope of the user's systemd. */
async function findMemoryHold(tools, { uid }) {
	const ours = findMemoryCgroup();
	if (ours !== null) return {
		...ours,
		scope: null
	};
	for (const literally of LITERALLY) {
		const scope = scopeOf(tools, uid, literally);
		const seen = scope === null ? null : await fromWithin(scope, tools.cat.path ?? "cat");
		if (scope === null || seen === null) return null;
		if (seen !== "refused") return {
			...seen,
			scope
		};
	}
	return null;
}
/**
* Newer ones put their own variables into the command unless they are told not to, as systemd 259 does.
* Before 254 none does, and none knows the option.
*/
const LITERALLY = [["--expand-environment=no"], []];
/** An argument that would not stay as it is. cat gets to it only after its input has ended. */
const CANARY = "${GLOVEBOX}";
const SETTLES_WITHIN_MS = 1e3;
const LOOKS_EVERY_MS$1 = 2;
function scopeOf(tools, uid, literally) {
	const [systemdRun, env] = [tools["systemd-run"].path, tools.env.path];
	const runtime = `/run/user/${uid}`;
	const listens = existsSync(`${runtime}/systemd/private`);
	return systemdRun !== null && env !== null && listens ? {
		systemdRun,
		literally,
		env,
		runtime
	} : null;
}
/** Has a scope made, looks from where a process in it stands, and ends it. */
async function fromWithin(scope, cat) {
	const { argv, environment } = startInScope(scope, [
		cat,
		"-",
		CANARY
	]);
	const [program = "", ...args] = argv;
	const child = spawn(program, args, {
		env: environment,
		stdio: [
			"pipe",
			"ignore",
			"ignore"
		]
	});
	const over = once(child, "exit").catch(() => void 0);
	try {
		const { pid } = child;
		if (pid === void 0) return null;
		const came = await arrives(pid, scope, cat);
		if (came !== "arrived") return came === "ended" ? "refused" : null;
		return (await wordsOf(pid)).includes(CANARY) ? findMemoryCgroup(pid) : "refused";
	} finally {
		child.kill("SIGKILL");
		await over;
	}
}
/** A process's command line: for a moment after it became another program there is none yet. */
async function wordsOf(pid) {
	const until = performance.now() + SETTLES_WITHIN_MS;
	let line = "";
	while (line === "" && performance.now() < until) {
		line = readOrNull(`/proc/${pid}/cmdline`) ?? "";
		if (line === "") await setTimeout$1(LOOKS_EVERY_MS$1);
	}
	return line.split("\0");
}

// src/probe/scratch-base.ts
/** On disk if possible, because /tmp is often memory; and without characters that overlayfs would read. */
function chooseScratchBase(environment, writable) {
	const usable = [
		environment["TMPDIR"],
		"/var/tmp",
		tmpdir(),
		"/tmp",
		environment["RUNNER_TEMP"]
	].filter((path) => path !== void 0 && /^\/[\w./-]+$/.test(path) && isWritable(path) && (process.getuid?.() !== 0 || opensToAll(path)) && !writable.some((place) => within(realpathSync(path), place)));
	return usable.find((path) => mayHoldLayers(statfsSync(path).type)) ?? usable[0] ?? "/tmp";
}
/**
* A run's own files are not for its step. As an ordinary user's it could put a symlink in the place of a layer, and
* the next step would see what that leads to.
*/
function refuseOpenScratch(base, writable) {
	const open = writable.find((place) => within(realpathSync(base), place));
	if (open === void 0) return;
	throw new GloveboxError("input-invalid", `the step could write to Glovebox's own files, which would lie in ${base}: the policy opens ${open}`, { remedy: "set TMPDIR to a directory that the policy does not open for writing" });
}
const OVERLAY = 2035054128;
/** File systems by their magic numbers on which no overlay can write: NFS, SMB, 9P, FUSE, FAT, another overlay. */
const LAYERLESS = /* @__PURE__ */ new Set([...[
	26985,
	20859,
	4283649346,
	4266872130,
	16914839,
	1702057286,
	19780
], OVERLAY]);
function onOverlay(path) {
	return statfsSync(path).type === OVERLAY;
}
function mayHoldLayers(type) {
	return !LAYERLESS.has(type);
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
	const byRoot = shed?.byRoot ?? false;
	const unshare = [
		tools.unshare,
		...byRoot ? [] : ["--user", "--map-root-user"],
		...[
			"--mount",
			"--pid",
			"--fork",
			"--kill-child",
			"--mount-proc"
		],
		...network === "own" ? ["--net"] : [],
		"--",
		...byRoot ? powerlessPrefix(tools) : [],
		tools.cat
	];
	const shedding = shed === null || byRoot ? [] : shedPrefix(tools, shed);
	const argv = [...shedding, ...unshare];
	const entering = (pid, net, inner) => [
		...shedding,
		tools.nsenter,
		...byRoot ? [] : ["--preserve-credentials", `--user=/proc/${pid}/ns/user`],
		`--mount=/proc/${pid}/ns/mnt`,
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
/** A user namespace of root's that nobody lives in, to say whose files are whose. */
async function openUserNamespace(tools) {
	const enter = (_, inner) => [...inner];
	return await open([
		tools.unshare,
		"--user",
		"--",
		tools.cat
	], {
		enter,
		enterOnHostNetwork: enter
	});
}
/** A root supervisor opens the tunnel device for the step's uid, in the anteroom's mounts only. */
async function offerTun(anteroom, tools) {
	if ((((await stat("/dev/net/tun").catch(() => null))?.mode ?? 0) & 6) === 6) return;
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
/** Keeps root's uid, because with another the kernel forgets `--kill-child`, and nothing else of it. */
function powerlessPrefix(tools) {
	return [
		tools.setpriv,
		"--bounding-set=-all",
		"--inh-caps=-all",
		"--no-new-privs",
		"--"
	];
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

// src/probe/attempt.ts
/** What became of an act that tells its complaint; not tried where there is no tool for it. */
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
async function complaintOf$2(argv, stdin = "") {
	const { code, stderr } = await execute(argv, { stdin });
	return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}

// src/plan/odd-workspace.ts
const MOST_NAMES$1 = 10;
/**
* An overlay does not reach into what is mounted in the workspace, and would show what lies under it.
* So that is mounted there again, read-only; what the policy names shows or covers it by itself.
*/
function nestedInOverlay(site) {
	const named = [
		...site.read,
		...site.write,
		...site.hide
	].map(({ absolute }) => absolute);
	const nested = site.nested.filter(({ path }) => !named.some((other) => within(path, other)));
	const seen = nested.filter((mount) => mount.seen).map(({ path }) => path);
	const unseen = nested.filter((mount) => !mount.seen).map(({ path }) => path);
	return {
		mounts: seen.map((path) => readOnly(path)),
		notes: [...told(seen, site, {
			code: "nested-mount",
			text: "other file systems are mounted in the workspace, where the throwaway layer does not reach; they are read-only for the step (filesystem.write opens one)"
		}), ...told(unseen, site, {
			code: "nested-mount-hidden",
			text: "other file systems are mounted in the workspace that Glovebox cannot look at; the step sees what lies under them"
		})]
	};
}
/** Without idmapped mounts nobody's files but the step's own can be copied into its layer. */
function strangersInOverlay({ strangers }) {
	const { named, more, all } = strangers;
	if (named.length === 0) return [];
	const names = named.map((path) => JSON.stringify(path)).join(", ");
	return [{
		code: "foreign-files",
		text: harmless(`files in the workspace that belong to another user or group cannot be changed by the step: ${names}${more || !all ? " and perhaps others" : ""} (chown them before, or clean up after what made them)`)
	}];
}
function told(paths, { workspace }, { code, text }) {
	if (paths.length === 0) return [];
	const names = paths.map((path) => JSON.stringify(path.slice(workspace.length + 1)));
	const more = names.length > MOST_NAMES$1 ? [`and ${names.length - MOST_NAMES$1} more`] : [];
	const list = [...names.slice(0, MOST_NAMES$1), ...more].join(", ");
	return [{
		code,
		text: harmless(`${text}: ${list}`)
	}];
}

// src/plan/owners.ts
/** Whoever is `one` becomes `other`, and the reverse; everybody else stays who they are. */
function exchanged(id, one, other) {
	return id === one ? other : id === other ? one : id;
}
/**
* mount's option for a bind on which the files of `owner` are those of `step`, and the reverse. Every
* id up to `highest` has a place: a file whose owner had none could not even be read by root.
*/
function idmapOption(owner, step, highest) {
	return `X-mount.idmap=${[...extents("u", owner.uid, step.uid, highest), ...extents("g", owner.gid, step.gid, highest)].join(" ")}`;
}
/** Each `kind:id on the disk:id on the mount:count`. */
function extents(kind, one, other, highest) {
	const [low, high] = [Math.min(one, other), Math.max(one, other)];
	return [.../* @__PURE__ */ new Set([0, ...(one === other ? [] : [low, high]).flatMap((id) => [id, id + 1])])].filter((from) => from <= highest).toSorted((a, b) => a - b).map((from, index, all) => {
		const to = all[index + 1] ?? highest + 1;
		return `${kind}:${from}:${exchanged(from, one, other)}:${to - from}`;
	});
}

// src/plan/overlay.ts
/** What overlayfs may put into a layer. */
const OVERLAY_FORMATS = {
	/** Without root. A renamed directory is a copy, and a file is there as a whole. */
	user: "userxattr",
	/** The same as root: nothing in a layer hangs on what the workspace has when it is used again. */
	whole: "redirect_dir=nofollow,metacopy=off",
	/** A file may be there without its content, and a directory by its old name: quick to give away. */
	thin: "metacopy=on,redirect_dir=on"
};
/** A step that only reads sees the layers of earlier ones as well, where there are any. */
function layered(mode, { stack }) {
	return mode === "overlay" || mode === "scratch-plus-ro" && stack.below.length > 0;
}
function planOverlay(mode, request, entries) {
	if (!layered(mode, request)) return null;
	const { site, identity, scratch, stack } = request;
	const writable = mode === "overlay";
	const own = stack.own ?? scratch;
	const upper = writable ? `${own}/upper` : null;
	const index = writable ? `${own}/index` : null;
	const under = [...stack.below, `${scratch}/lower`].join(":");
	const { idmap, chown, chownBecause } = ownership(writable, request);
	const given = chown !== null && request.capabilities.overlayTwice.available ? givenIn(scratch, under) : null;
	const redirects = hasRedirects(mode, request);
	const format = !identity.shed ? OVERLAY_FORMATS.user : OVERLAY_FORMATS[redirects ? "thin" : "whole"];
	const below = given?.mount ?? under;
	const isOne = given !== null || stack.below.length === 0;
	const shownOwner = (ids) => {
		if (given !== null) return {
			...ids,
			uid: identity.uid,
			gid: identity.gid
		};
		if (idmap === null) return ids;
		return {
			...ids,
			uid: exchanged(ids.uid, site.workspaceOwner.uid, identity.uid),
			gid: exchanged(ids.gid, site.workspaceOwner.gid, identity.gid)
		};
	};
	return {
		lower: site.workspace,
		below: stack.below,
		upper,
		index,
		merged: `${scratch}/merged`,
		before: {
			mount: isOne ? below : `${scratch}/before`,
			options: isOne ? null : [`lowerdir=${below}`, format].join(",")
		},
		attributes: identity.shed ? "trusted" : "user",
		top: shownOwner({
			...site.workspaceOwner,
			mode: site.workspaceMode
		}),
		entries: writable ? entries.map(shownOwner) : [],
		options: [
			`lowerdir=${below}`,
			...upper === null ? [] : [`upperdir=${upper}`, `workdir=${index}`],
			format
		].join(","),
		redirects,
		idmap,
		chown,
		chownBecause,
		given
	};
}
/** Whether a directory that was renamed is in a layer by its old name, and leads to what the workspace has there. */
function hasRedirects(mode, request) {
	const { identity, capabilities } = request;
	if (!layered(mode, request) || !identity.shed) return false;
	if (mode !== "overlay") return true;
	return ownership(true, request).chown !== null && !capabilities.overlayTwice.available;
}
/** All that lies below the step's layer, put together. Real root can hold a changed owner without the content. */
function givenIn(scratch, under) {
	const [upper, index] = [`${scratch}/owners`, `${scratch}/owners-index`];
	const options = `lowerdir=${under},upperdir=${upper},workdir=${index},${OVERLAY_FORMATS.thin}`;
	return {
		mount: `${scratch}/given`,
		upper,
		index,
		options
	};
}
/** How the workspace's files come to belong to the step: by a mount that shows them so, or one by one. */
function ownership(writable, { capabilities, site, identity, highestId }) {
	const { workspaceOwner, layerOwners } = site;
	if (!writable || !identity.shed || workspaceOwner.uid === identity.uid) return {
		idmap: null,
		chown: null,
		chownBecause: null
	};
	const alike = layerOwners.every((owner) => owner === identity.uid);
	if (capabilities.idmap.available && alike) return {
		idmap: idmapOption(workspaceOwner, identity, highestId),
		chown: null,
		chownBecause: null
	};
	const because = capabilities.idmap.available ? "an earlier step was another user" : `${capabilities.idmap.reason}; ${capabilities.idmap.remedy}`;
	return {
		idmap: null,
		chown: `${identity.uid}:${identity.gid}`,
		chownBecause: because
	};
}
/** Whether there is what it takes to make the workspace's files the step's, where that has to be. */
function givable(request) {
	const { idmap } = request.capabilities;
	const { chown, chownBecause } = ownership(true, request);
	const mayDo = !idmap.available && idmap.code === "not-probed";
	if (chown === null || mayDo || request.tools.chown.path !== null) return { available: true };
	const lack = missingTool("chown", request.tools.chown);
	const reason = `the workspace's files cannot be given to the step: ${lack.reason}, and ${chownBecause}`;
	return {
		...lack,
		reason
	};
}
function ownershipNotes(mode, { site, identity }, overlay) {
	if (mode === "overlay" && overlay !== null) return overlay.chown === null ? strangersInOverlay(site) : [];
	if (mode !== "workspace" || !identity.shed || site.workspaceOwner.uid === identity.uid) return [];
	return [{
		code: "workspace-owner",
		text: `the workspace belongs to uid ${site.workspaceOwner.uid} and the step runs as uid ${identity.uid}: it cannot write there (use filesystem.mode overlay, or chown the workspace)`
	}];
}

// src/tools/idmap.ts
/** Makes it, in a room of root's; under it may lie one without these owners. Returns what was complained of; null when it is there. */
async function bindMapped(room, tools, bind) {
	const { from, to, option, uid } = bind;
	const complaint = await complaintOf$1(room.enter([
		tools.mount,
		"--bind",
		"-o",
		option,
		"--",
		from,
		to
	]));
	if (complaint !== null) return complaint;
	if ((await stat(`/proc/${room.pid}/root${to}`)).uid === uid) return null;
	return await bindByCalls(room, tools, bind);
}
/**
* What mount does from util-linux 2.39 on. Perl is on every Debian and Ubuntu, and has a word for calls that
* nobody has wrapped yet: open_tree, mount_setattr and move_mount have these numbers on every architecture.
*/
const MAPPED_BIND = `
  my ($owners, $from, $to) = @ARGV;
  my $none = "";
  open my $map, "<", $owners or die "$owners: $!\\n";
  my $tree = syscall 428, -100, $from, 0x80001;
  $tree >= 0 or die "open_tree: $!\\n";
  my $attributes = pack "Q4", 0x100000, 0, 0, fileno $map;
  syscall(442, $tree, $none, 0x1000, $attributes, length $attributes) == 0 or die "mount_setattr: $!\\n";
  syscall(429, $tree, $none, -100, $to, 4) == 0 or die "move_mount: $!\\n";
`;
async function bindByCalls(room, tools, { from, to, option }) {
	let owners = null;
	try {
		owners = await openUserNamespace(tools);
		const extents = option.replace(/^.*=/, "").split(" ");
		for (const kind of ["u", "g"]) writeFileSync(`/proc/${owners.pid}/${kind}id_map`, mapOf(extents, kind));
		const argv = [
			tools.perl,
			"-e",
			MAPPED_BIND,
			"--",
			`/proc/${owners.pid}/ns/user`,
			from,
			to
		];
		const complaint = await complaintOf$1(room.enter(argv));
		return complaint === null ? null : `mount does not know X-mount.idmap, and ${complaint}`;
	} catch (error) {
		return `mount does not know X-mount.idmap, and ${messageOf(error)}`;
	} finally {
		await owners?.close();
	}
}
function mapOf(extents, kind) {
	return extents.filter((extent) => extent.startsWith(`${kind}:`)).map((extent) => `${extent.slice(2).replaceAll(":", " ")}\n`).join("");
}
async function complaintOf$1(argv) {
	const { code, stderr } = await execute(argv);
	return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}

// src/probe/overlay-attempts.ts
/** How a reason begins that names mounts in the workspace. */
const NESTED = "something is mounted in it";
const MOST_NAMES = 5;
const WORKED = {
	tried: true,
	ok: true
};
const NOT_TRIED = { tried: false };
/** Tries the best first, because what works there works without it as well. */
async function tryOverlays(trial) {
	const { scratchBase, room, tools } = trial;
	const directory = await mkdtemp(join(scratchBase, "glovebox-probe-"));
	try {
		await chmod(directory, 493);
		const idmap = await tryIdmap(trial, directory);
		if (idmap.tried && idmap.ok) return {
			overlay: WORKED,
			workspaceOverlay: WORKED,
			idmap,
			overlayTwice: WORKED
		};
		const workspaceOverlay = await tryWorkspace(trial, directory);
		if (workspaceOverlay.tried && workspaceOverlay.ok) {
			const overlayTwice = isGivenAway(trial) ? await tryTwice(trial, directory) : NOT_TRIED;
			return {
				overlay: WORKED,
				workspaceOverlay,
				idmap,
				overlayTwice
			};
		}
		const blank = join(directory, "blank");
		await makeDirectories(blank);
		return {
			overlay: attempted(await mountOverlay(trial, blank)),
			workspaceOverlay,
			idmap,
			overlayTwice: NOT_TRIED
		};
	} finally {
		const upper = [
			"mapped",
			"plain",
			"twice",
			"blank"
		].flatMap((name) => [join(directory, name, "index"), join(directory, name, "upper")]);
		await execute(room.enter([
			tools.rm,
			"-rf",
			"--one-file-system",
			"--",
			...upper
		]));
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
/** The workspace's files are somebody else's than the step's. */
function isGivenAway({ lower, shed }) {
	return lower !== null && shed !== null && lower.uid !== shed.uid;
}
async function tryIdmap(trial, directory) {
	const { room, tools, lower, shed, highestId } = trial;
	if (lower === null || shed === null || !isGivenAway(trial)) return NOT_TRIED;
	const mapped = join(directory, "mapped");
	await makeDirectories(mapped);
	const option = idmapOption(lower, shed, highestId);
	const bind = {
		from: lower.path,
		to: `${mapped}/lower`,
		option,
		uid: shed.uid
	};
	return attempted(await bindMapped(room, tools, bind) ?? await mountOverlay(trial, mapped));
}
async function tryWorkspace(trial, directory) {
	const { room, tools, lower, shed } = trial;
	if (lower === null) return NOT_TRIED;
	const plain = join(directory, "plain");
	await makeDirectories(plain);
	const how = shed === null ? "--rbind" : "--bind";
	const argv = [
		tools.mount,
		how,
		"--",
		lower.path,
		`${plain}/lower`
	];
	const complaint = await complaintOf(room.enter(argv)) ?? await mountOverlay(trial, plain);
	return attempted(complaint !== null && shed === null && lower.nested.length > 0 ? `${NESTED}: ${quoted(lower.nested)}` : complaint);
}
/** On the one that was mounted over the workspace. */
async function tryTwice(trial, directory) {
	const twice = join(directory, "twice");
	await makeDirectories(twice);
	return attempted(await mountOverlay(trial, twice, join(directory, "plain/merged")));
}
async function mountOverlay({ room, tools, shed }, directory, lower = `${directory}/lower`) {
	const options = `${`lowerdir=${lower},upperdir=${directory}/upper,workdir=${directory}/index`},${shed === null ? OVERLAY_FORMATS.user : OVERLAY_FORMATS.thin}`;
	const argv = [
		tools.mount,
		"-t",
		"overlay",
		"overlay",
		"-o",
		options,
		`${directory}/merged`
	];
	return await complaintOf(room.enter(argv));
}
async function makeDirectories(directory) {
	for (const name of [
		"lower",
		"upper",
		"index",
		"merged"
	]) await mkdir(join(directory, name), { recursive: true });
}
/** What mount complained of; null when it succeeded. */
async function complaintOf(argv) {
	const { code, stderr } = await execute(argv);
	return code === 0 ? null : stderr.trim() || `exit code ${code}`;
}
function attempted(complaint) {
	return complaint === null ? WORKED : {
		tried: true,
		ok: false,
		said: complaint
	};
}
function quoted(paths) {
	return [...paths.slice(0, MOST_NAMES).map((path) => JSON.stringify(path)), ...paths.length > MOST_NAMES ? ["…"] : []].join(", ");
}

// src/plan/system-files.ts
const HOSTNAME = "glovebox";
const ETC_SHOWN = /* @__PURE__ */ new Set([
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
		"ImageMagick-6",
		"dotnet"
	]
]);
/** Without it, Debian's Java does not even start. */
const ETC_OF_JAVA = /^java-\d+-openjdk$/;
/** Whether a file or directory of /etc is what programs need, and tells nothing of the machine's users. */
function isShownOfEtc(name) {
	return ETC_SHOWN.has(name) || ETC_OF_JAVA.test(name);
}
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
			name: "host.conf",
			content: ONE_ADDRESS
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
		mounts: (scratch) => [...site.etc.map((path) => readOnly(path)), ...files.map(({ name }) => readOnly(`${scratch}/files/${name}`, `/etc/${name}`))]
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
/**
* Whoever asks for localhost is told the first line of these two, unless IPv6 is asked for. Otherwise who
* listens would be told of both, and who connects only of the kind that the network has an address of.
*/
const ONE_ADDRESS = "multi off\n";
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

// src/plan/launch.ts
/** File descriptors that bwrap is started with, besides 0 to 2. */
const LAUNCH_FDS = {
	args: 3,
	status: 4,
	gate: 5
};
/** From here on, one for each filter of system calls. */
const FIRST_FILTER_FD = 6;
/**
* Holds the command back once bwrap has done everything, filters and all, in the process that will be
* the command: says that it is there, and goes on only at a word. If the supervisor dies first, it ends.
*/
const GATE = `printf . >&${LAUNCH_FDS.gate} && read -r word <&${LAUNCH_FDS.gate} || exit 125; exec "$@" ${LAUNCH_FDS.gate}>&-`;
/** bwrap, started with an empty environment and everything telling in `hidden`. */
function sandboxLaunch(parts) {
	const { command, identity, network, filesystem, limits, syscalls, environment } = parts;
	const { tools, scratch } = parts;
	const variables = [...environment.variables];
	return {
		argv: [
			...limits.prlimit.length > 0 ? [
				tools.prlimit,
				...limits.prlimit,
				"--"
			] : [],
			...boundedRoot(tools, identity),
			...tools.bwrap,
			...[
				"--args",
				String(LAUNCH_FDS.args),
				"--"
			],
			...shedInside(tools, identity),
			...[
				"/bin/sh",
				"-c",
				GATE,
				"gate"
			],
			...renaming(tools.env, variables.map(([name], at) => [name, carried(at)])),
			...limits.prlimit.length > 0 ? [
				tools.prlimit,
				"--core=0:0",
				"--"
			] : [],
			...command
		],
		hidden: [
			...namespaceOptions(identity),
			...network.kind === "bare" ? ["--unshare-net"] : [],
			...[
				"--hostname",
				HOSTNAME,
				"--new-session",
				"--die-with-parent"
			],
			...["--json-status-fd", String(LAUNCH_FDS.status)],
			...syscalls.filters.flatMap((_, index) => ["--add-seccomp-fd", String(6 + index)]),
			...bwrapOptions(filesystem.mounts, masksIn(scratch)),
			...["--chdir", filesystem.cwd],
			...variables.flatMap(([, value], at) => [
				"--setenv",
				carried(at),
				value
			])
		]
	};
}
/** Gives each variable's value to another name, and nothing else. uutils' env knows `-S` only in one word with its text. */
function renaming(env, names) {
	const text = names.map(([name, from]) => `${name}=\${${from}}`).join(" ");
	return [
		env,
		"-i",
		...text === "" ? [] : [`-S${text}`]
	];
}
/**
* What a variable is called until the command has it, under names that mean nothing to the gate's shell: by
* some of their own names it can be steered, and others it keeps to itself or gives another value.
*/
function carried(at) {
	return `V${at}`;
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
		hidden: []
	};
}

// src/probe/sandbox-attempts.ts
/** Who bubblewrap's step is in a trial. */
const TRIAL_IDS = {
	uid: 1,
	gid: 1
};
/** A filter that allows everything: `return SECCOMP_RET_ALLOW`. */
const TRIAL_FILTER = Uint8Array.of(6, 0, 0, 0, 0, 0, 255, 127);
const TRIAL_VARIABLES = "[ \"$ONE $TWO\" = \"value value\" ] || { echo \"env did not set the variables\" >&2; exit 1; }";
/** With a filter, which is what every run needs; only where that is what fails, without one. */
async function trySandbox(tool, trial) {
	const filtered = await attempt(tool, async () => await tryBwrap(trial, TRIAL_FILTER));
	if (!filtered.tried || filtered.ok || !/seccomp/i.test(filtered.said)) return [filtered, filtered];
	return [await attempt(tool, async () => await tryBwrap(trial, null)), filtered];
}
async function tryBwrap({ holder, tools, byRoot }, filter) {
	const identity = {
		...TRIAL_IDS,
		byRoot
	};
	return await complaintOf$2(holder.enter([
		...boundedRoot(tools, identity),
		...tools.bwrap,
		...namespaceOptions(identity),
		...byRoot ? ["--unshare-net"] : [],
		...[
			"--hostname",
			"glovebox",
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
			"/proc"
		],
		...[
			"--perms",
			"1777",
			"--tmpfs",
			"/tmp"
		],
		...filter === null ? [] : ["--add-seccomp-fd", "0"],
		...[
			"--setenv",
			"FROM",
			"value",
			"--"
		],
		...shedInside(tools, identity),
		...renaming(tools.env, [["ONE", "FROM"], ["TWO", "FROM"]]),
		...[
			"/bin/sh",
			"-c",
			TRIAL_VARIABLES
		]
	]), filter ?? "");
}

// src/plan/macvlan.ts
const KEYS = [
	"interface",
	"address",
	"netmask",
	"gateway"
];
/** A link without an address of its own would swallow everything without a word, so there is none. */
function addressed(network, verdict, hostAddresses) {
	const problem = problemOf(network, hostAddresses);
	if (problem === null) return verdict;
	return allOf(verdict, {
		available: false,
		code: "macvlan-unaddressed",
		reason: `a macvlan has only the addresses that the policy gives it, and ${problem}`,
		remedy: "set network.interface, and network.address, netmask and gateway to what is free to use there"
	});
}
function problemOf(network, hostAddresses) {
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
	if (address.bits === gateway.bits) return "network.address is that of network.gateway";
	if ([address, gateway].some(isNoMachines)) return "network.address or gateway is none that a machine on a network can have";
	if (hostAddresses.includes(network.address.value ?? "")) return "network.address is one of this host";
	if (hostAddresses.includes(network.gateway.value ?? "")) return "network.gateway is this host, which is out of a macvlan's sight";
	const hosts = 1n << BigInt(widthOf(4) - prefix);
	const [own, routers] = [address, gateway].map(({ bits }) => bits % hosts);
	return [own, routers].some((host) => host === 0n || host === hosts - 1n) ? "network.address or gateway is that of the network, or of all in it" : null;
}
/** "This network", loopback, and from multicast on. */
function isNoMachines({ bits }) {
	const first = bits >> 24n;
	return first === 0n || first === 127n || first >= 224n;
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
function chooseUplink(network, capabilities, hostAddresses) {
	const backends = backendsOf(network.backend.value);
	const [preferred = "slirp4netns"] = backends;
	const backend = backends.find((one) => capabilities[one].available) ?? preferred;
	const before = backends.slice(0, backends.indexOf(backend)).map((one) => capabilities[one]);
	return {
		backend,
		verdict: backend === "macvlan" ? addressed(network, capabilities.macvlan, hostAddresses) : capabilities[backend],
		passedOver: before.filter((one) => !one.available)
	};
}
function planUplink({ backend, tools, loopback, ...link }) {
	switch (backend) {
		case "slirp4netns": return {
			backend,
			argv: slirp4netns({
				tools,
				loopback,
				byRoot: link.byRoot
			})
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
function slirp4netns({ tools, loopback, byRoot }) {
	return [
		...tools.slirp4netns,
		"--configure",
		"--mtu=65520",
		...loopback ? [] : ["--disable-host-loopback"],
		...isAtLeast(tools.slirp4netnsVersion ?? "0", "1.1") ? ["--disable-dns"] : [],
		"--enable-ipv6",
		"--enable-sandbox",
		"--enable-seccomp",
		"--ready-fd=3",
		"--exit-fd=4",
		...byRoot ? ["--netns-type=path", NETWORK_FILE] : [HOLDER_PID],
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
			"/proc/self/fd/0"
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

// src/tools/attach.ts
/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
const SLIRP_FDS = {
	ready: 3,
	exit: 4
};
const ATTACHES_WITHIN_MS = 2e4;
const ENDS_WITHIN_MS = 1e3;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;
/** Starts slirp4netns and waits until it says that it is attached. */
async function attachSlirp(argv) {
	return await attach(argv, {
		input: "ignore",
		further: ["pipe", "pipe"]
	}, async (child) => {
		await new Promise((resolve) => child.stdio[SLIRP_FDS.ready]?.once("data", resolve));
	});
}
/** Starts a program and waits until it is attached, or has ended. */
async function attach(argv, { input, further }, isAttached) {
	const [program = "", ...args] = argv;
	const child = spawn(program, args, {
		env: {},
		detached: true,
		stdio: [
			input,
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

// src/tools/slirp-by-root.ts
/** Where slirp4netns looks in its own sandbox. It needs nothing of either: it answers no look-ups. */
const EMPTIED = ["/etc", "/run"];
/** CAP_NET_BIND_SERVICE: what slirp4netns keeps. */
const KEPT = 1n << 10n;
/**
* Without a user namespace only root gets into the sandbox's network, and slirp4netns stays uid 0. So it
* starts in a room of its own, with the host's network but none of its files and processes, and gives up
* its capabilities before it reads the first packet. The room ends it when we die.
*/
async function openSlirpByRoot(request) {
	const { tools, anteroom, holder, shed, file, argv } = request;
	await must(anteroom.enter([
		tools.mount,
		"--bind",
		`/proc/${holder.pid}/ns/net`,
		file
	]));
	const cell = await openHolder(tools, anteroom, shed, "host");
	try {
		for (const directory of EMPTIED) await must(cell.enter([
			tools.mount,
			"-t",
			"tmpfs",
			"-o",
			"mode=0755",
			"tmpfs",
			directory
		]));
		const uplink = await attachSlirp(cell.enter(argv));
		await confirmPowerless(cell);
		return {
			gone: uplink.gone,
			close: async () => {
				await uplink.close();
				await cell.close();
			}
		};
	} catch (error) {
		await cell.close();
		throw error;
	}
}
async function must(argv) {
	const { code, stderr } = await execute(argv);
	if (code !== 0) throw new Error(stderr.trim() || `mount exited with ${code}`);
}
/** The kernel, asked from outside: slirp4netns is there, and holds no more than it keeps by design. */
async function confirmPowerless(cell) {
	const inside = await readlink(`/proc/${cell.pid}/ns/pid_for_children`);
	const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
	const seen = (await Promise.all(names.map(async (pid) => await statusIn(inside, pid)))).filter((status) => status !== null);
	const powerless = seen.every((status) => [
		"CapInh",
		"CapPrm",
		"CapEff",
		"CapAmb"
	].every((set) => (held(status, set) & ~KEPT) === 0n));
	if (seen.some((status) => /^Name:\s+slirp/m.test(status)) && powerless) return;
	throw new Error("slirp4netns was not seen to give up its privileges");
}
/** What the kernel tells of a process of that pid namespace; null for any other. */
async function statusIn(namespace, pid) {
	try {
		return await readlink(`/proc/${pid}/ns/pid`) === namespace ? await readFile(`/proc/${pid}/status`, "utf8") : null;
	} catch {
		return null;
	}
}
function held(status, set) {
	const digits = new RegExp(`^${set}:\\s+([0-9a-f]+)$`, "m").exec(status)?.[1];
	return digits === void 0 ? -1n : BigInt(`0x${digits}`);
}

// src/tools/uplink.ts
const LOOKS_EVERY_MS = 3;
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
	const { anteroom, holder, shed, tools } = request;
	if (anteroom !== null && shed?.byRoot === true) {
		const file = fileFor(request);
		return await openSlirpByRoot({
			tools,
			anteroom,
			holder,
			shed,
			file,
			argv: argvOf(request, file)
		});
	}
	const plain = argvOf(request, "");
	if (anteroom !== null && shed !== null) return await attachSlirp(anteroom.enter([...shedPrefix(tools, shed), ...plain]));
	return await attachSlirp(process.getuid?.() === 0 ? fromInside(request) : plain);
}
/**
* As uid 0 slirp4netns makes its own sandbox where it is, and in a rootless container that uid may not. In the
* holder's user namespace it may, as it does by itself for others; from there no pid leads to the network.
*/
function fromInside({ plan, holder, tools }) {
	const network = ["--netns-type=path", `/proc/${holder.pid}/ns/net`];
	const words = plan.argv.flatMap((word) => word === "{pid}" ? network : [word]);
	const user = `--user=/proc/${holder.pid}/ns/user`;
	return [
		tools.nsenter,
		"--preserve-credentials",
		user,
		"--",
		...words
	];
}
/**
* pasta lives in the holder's pid namespace, so the kernel ends it with the holder, and nsenter, which
* brought it there, reaps it: without that, its zombie would keep the namespace. It gives up early what
* it would need to find the network by a pid there, and where it has an AppArmor profile that lets it
* open few files: so the network is its standard input.
*/
async function openPasta(request) {
	const { holder, plan } = request;
	const network = openSync(`/proc/${holder.pid}/ns/net`, "r");
	try {
		return await attach(holder.enterOnHostNetwork(plan.argv), {
			input: network,
			further: []
		}, async (_, isOver) => {
			while (!isOver() && !hasRoute(holder.pid)) await setTimeout$1(LOOKS_EVERY_MS);
		});
	} finally {
		closeSync(network);
	}
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
/** What the network is bound to, where no pid leads to it. */
function fileFor({ directory }) {
	const file = join(directory, "network");
	writeFileSync(file, "");
	return file;
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

// src/probe/uplink-attempts.ts
const NO_UPLINK = {
	slirp4netns: { tried: false },
	pasta: { tried: false },
	macvlan: { tried: false }
};
/** One after the other, because each takes the same name and addresses. */
async function tryUplinks({ tools, needs, scratchBase }, rooms) {
	const program = {
		slirp4netns: tools.slirp4netns,
		pasta: tools.pasta,
		macvlan: tools.ip
	};
	let found = NO_UPLINK;
	for (const backend of needs.egress) {
		if (backend === "macvlan" && needs.interface === null) continue;
		const byRoot = rooms.shed?.byRoot ?? false;
		if (backend === "pasta" && byRoot) continue;
		const plan = planUplink({
			backend,
			loopback: false,
			interface: needs.interface,
			byRoot,
			tools: {
				...rooms.tools,
				slirp4netnsVersion: tools.slirp4netns.version
			}
		});
		const tried = await attempt(program[backend], async () => (backend === "macvlan" ? await downReason(rooms.tools, needs.interface) : null) ?? await tryUplink({
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
/** A link on an interface that is down would swallow everything without a word. */
async function downReason({ ip }, name) {
	const { stdout } = await execute([
		ip,
		"-o",
		"link",
		"show",
		"dev",
		name ?? ""
	]);
	return / state (?:LOWERLAYER)?DOWN /.test(stdout) ? `${name} is down` : null;
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

// src/probe/attempts.ts
const NO_OVERLAY = {
	overlay: { tried: false },
	workspaceOverlay: { tried: false },
	idmap: { tried: false },
	overlayTwice: { tried: false }
};
const NOTHING_TRIED = {
	namespaces: { tried: false },
	privileges: { tried: false },
	bwrap: { tried: false },
	seccomp: { tried: false },
	ip: { tried: false },
	nft: { tried: false },
	doors: { tried: false },
	slirp4netns: { tried: false },
	pasta: { tried: false },
	macvlan: { tried: false },
	...NO_OVERLAY
};
/**
* Builds a small sandbox for each capability, side by side in one set of namespaces. `byRoot`: without a
* user namespace, as a root supervisor can.
*/
async function tryAll(request, { byRoot }) {
	const { tools, needs } = request;
	const shed = request.shed === null ? null : {
		...request.shed,
		byRoot
	};
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
		if (shed !== null) await lookInto(holder);
		const [[bwrap, seccomp], ip, nft, doors, uplinks, overlays] = await Promise.all([
			trySandbox(tools.bwrap, {
				holder,
				tools: commands,
				byRoot
			}),
			attempt(needs.rules ? tools.ip : null, async () => await tryIp(holder, commands)),
			attempt(needs.rules ? tools.nft : null, async () => await tryNft(holder, commands)),
			attempt(needs.doors ? tools.nft : null, async () => await tryDoors(holder, commands)),
			tryUplinks(request, {
				holder,
				anteroom,
				shed,
				tools: commands
			}),
			needs.overlay && tools.mount.path !== null ? tryOverlays({
				...request,
				tools: commands,
				room: anteroom ?? holder
			}) : NO_OVERLAY
		]);
		const namespaces = {
			tried: true,
			ok: true
		};
		return {
			...NOTHING_TRIED,
			namespaces,
			bwrap,
			seccomp,
			ip,
			nft,
			doors,
			...uplinks,
			...overlays
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
/** What a run reads of the step it reads so, and only root needs leave to. */
async function lookInto({ pid }) {
	await access(`/proc/${pid}/root`).catch(() => {
		throw new Error("root cannot look into them without CAP_SYS_PTRACE");
	});
}
async function tryIp(holder, tools) {
	return await complaintOf$2(holder.enter([
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
meta nfproto ipv4 meta l4proto tcp dnat ip addr . port to ip daddr . tcp dport map @doors
}
chain output {
type filter hook output priority 0; policy accept;
ct status dnat ip daddr 10.0.2.2 accept
}
}
`;
async function tryDoors(holder, tools) {
	return await complaintOf$2(holder.enter([
		...tools.nft,
		"-f",
		"-"
	]), TRIAL_DOORS);
}
async function tryNft(holder, tools) {
	return await complaintOf$2(holder.enter([
		...tools.nft,
		"-f",
		"-"
	]), TRIAL_RULES);
}

// src/probe/ways.ts
/** How the kernel says no. */
const REFUSED = /not permitted|permission denied|no permissions|no space left|invalid argument|not implemented|too many users/i;
/** Tries everything with user namespaces, and only where root cannot have them, by root's own privileges. */
async function tryEverything(request) {
	const first = await tryAll(request, { byRoot: false });
	if (request.shed === null || !isRefused(first)) return first;
	const usual = await tryAll(request, { byRoot: false });
	const failed = failureOf(usual);
	if (failed === void 0 || !isRefused(usual)) return usual;
	const open = openTool(request.tools);
	if (open !== null) return {
		...usual,
		privileges: {
			tried: true,
			ok: false,
			said: open
		}
	};
	const byRoot = await tryAll(request, { byRoot: true });
	const wrong = failureOf(byRoot);
	return wrong === void 0 ? {
		...byRoot,
		namespaces: failed,
		privileges: byRoot.namespaces
	} : {
		...usual,
		privileges: wrong
	};
}
function isRefused(attempts) {
	const failed = failureOf(attempts);
	return failed?.tried === true && !failed.ok && REFUSED.test(failed.said);
}
function failureOf({ namespaces, bwrap }) {
	return [namespaces, bwrap].find((one) => one.tried && !one.ok);
}
/**
* Why root may not run the tools: elsewhere one that lies in a cache is only run as somebody who may as
* well rewrite it. null: it may. Exported for tests.
*/
function openTool(tools) {
	const open = SUPPLIED_TOOLS.flatMap((name) => {
		const { path, supply } = tools[name];
		const words = supply?.command.filter((word) => word.startsWith("/")) ?? [];
		return path === null ? [] : [path, ...words];
	}).map(rewritable).find((path) => path !== null);
	return open === void 0 ? null : `${open} could be rewritten by others, and root would run it`;
}

// src/probe/host.ts
/** Finds out what this host can do, by doing it. Reads and tries only; leaves nothing behind. */
async function probeHost({ needs, environment, writable, shed, scratchBase: given, lower }) {
	const tools = await locateTools(environment, lower === void 0 ? [] : [lower.path]);
	const identity = identify(environment);
	const hints = readHints(environment);
	const scratchBase = given ?? chooseScratchBase(environment, writable);
	const wanted = shed(identity);
	const ids = wanted !== null && canShed(wanted, identity, tools) ? wanted : null;
	const attempts = await tryEverything({
		tools,
		needs,
		shed: ids,
		scratchBase,
		lower: lower ?? null,
		highestId: identity.maxUid
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
		memoryCgroup: needs.memoryCgroup ? await findMemoryHold(tools, identity) : null,
		hints,
		hardLimits: hardLimits(),
		hostAddresses: hostAddresses(),
		scratchBase,
		scratchOnOverlay: onOverlay(scratchBase)
	};
}
/** Probes for the first of several runs on one machine, and remembers what the others would find again. */
function probeOnce() {
	const known = /* @__PURE__ */ new Map();
	return async (request) => {
		const { needs, environment, writable, shed, scratchBase, lower } = request;
		const key = JSON.stringify([...[
			needs,
			environment["PATH"],
			environment["RUNNER_TOOL_CACHE"],
			writable,
			shed(identify(environment)),
			scratchBase,
			lower
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

// src/tools/environment.ts
/** Our own environment, without the gaps that Node's type allows. */
function currentEnvironment() {
	return Object.fromEntries(Object.entries(process.env).filter((pair) => pair[1] !== void 0));
}

export { findProgram as A, execute as B, openAnteroom as C, arrives as D, refuseOpenScratch as E, knownArchives as F, PACKAGE_OF as G, planPrivilege as H, recordsDirectory as I, entryOf as L, orderOutside as M, searchOrder as N, startInScope as O, cacheRoots as P, startOf as R, offerTun as S, chooseScratchBase as T, shedIds as U, readHints as V, evaluate as W, hasRedirects as _, openUplink as a, planOverlay as b, planUplink as c, bareLaunch as d, sandboxLaunch as f, givable as g, bindMapped as h, probeOnce as i, locateTools as j, findKept as k, routesOf as l, systemFiles as m, identify as n, backendsOf as o, isShownOfEtc as p, probeHost as r, chooseUplink as s, currentEnvironment as t, LAUNCH_FDS as u, layered as v, openHolder as w, nestedInOverlay as x, ownershipNotes as y, closedToRoot as z };