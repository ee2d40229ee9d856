// src/tools/environment.ts
/** Our own environment, without the gaps that Node's type allows. */
function currentEnvironment() {
	return Object.fromEntries(Object.entries(process.env).filter((pair) => pair[1] !== void 0));
}

// src/capabilities/diagnose.ts
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
	chown: "coreutils",
	mknod: "coreutils",
	mkfifo: "coreutils",
	rm: "coreutils",
	tee: "coreutils",
	cat: "coreutils"
};
function missingTool(name, { passedOver = [] }) {
	return {
		available: false,
		code: "tool-missing",
		reason: passedOver.length === 0 ? `\`${name}\` was not found on PATH or in the system's own directories` : `no \`${name}\` that was found can be used: ${passedOver.join("; ")}`,
		remedy: `install the package ${PACKAGE_OF[name]} (\`glovebox doctor --fix\` does it)`
	};
}
const WHAT = {
	namespaces: "user, network, mount and pid namespaces could not be created",
	bwrap: "bubblewrap could not build a sandbox",
	ip: "loopback could not be brought up in a new network namespace",
	nft: "an nftables ruleset could not be loaded in a new network namespace",
	doors: "nftables could not translate addresses in a new network namespace",
	slirp4netns: "slirp4netns could not attach to a new network namespace",
	pasta: "pasta could not attach to a new network namespace",
	macvlan: "no macvlan could be made",
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
	remedy: "sudo chmod 0666 /dev/net/tun"
}];
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
	macvlan: [{
		code: "interface-missing",
		when: (_, said) => /cannot find device|no such device/i.test(said),
		why: "network.interface names no interface of this host",
		remedy: "name one that `ip link` shows"
	}, {
		code: "macvlan-unsupported",
		when: (_, said) => /unknown device type|not supported/i.test(said),
		why: "the kernel has no macvlan, or not on this interface",
		remedy: "sudo modprobe macvlan, or leave network.backend out"
	}],
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
const MACVLAN_FOR_ROOT = {
	available: false,
	code: "macvlan-unprivileged",
	reason: "only root can put a link of its own on an interface of the host",
	remedy: "run as root, or leave network.backend out"
};
/** Turns what probing found into verdicts with reasons. */
function evaluate(facts) {
	if (facts.host.platform !== "linux") return nothingOn(facts.host.platform);
	const first = (...verdicts) => verdicts.find((verdict) => !verdict.available) ?? HAVE;
	const tools = (...names) => first(...names.map((name) => {
		const fact = facts.tools[name];
		return fact.path === null ? missingTool(name, fact) : HAVE;
	}));
	const seen = (subject, attempt) => attempt.tried && attempt.ok ? HAVE : diagnose(subject, attempt, facts);
	const namespaces = first(tools("unshare", "nsenter", "cat"), seen("namespaces", facts.attempts.namespaces));
	return {
		namespaces,
		sandbox: first(tools("bwrap", "prlimit", "mkfifo"), namespaces, seen("bwrap", facts.attempts.bwrap)),
		loopback: first(tools("ip"), namespaces, seen("ip", facts.attempts.ip)),
		rules: first(tools("nft"), namespaces, seen("nft", facts.attempts.nft)),
		doors: first(tools("nft"), namespaces, seen("doors", facts.attempts.doors)),
		slirp4netns: first(tools("slirp4netns"), namespaces, seen("slirp4netns", facts.attempts.slirp4netns)),
		pasta: first(tools("pasta", "mount"), namespaces, seen("pasta", facts.attempts.pasta)),
		macvlan: first(facts.identity.realRoot ? HAVE : MACVLAN_FOR_ROOT, tools("ip"), namespaces, seen("macvlan", facts.attempts.macvlan)),
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
		doors: lack,
		slirp4netns: lack,
		pasta: lack,
		macvlan: lack,
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
	"resources",
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

export { PACKAGE_OF as a, evaluate as i, shedIds as n, currentEnvironment as o, downgradeOf as r, planPrivilege as t };