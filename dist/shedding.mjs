import { t as SPARE_TOOLS } from "./facts.mjs";
import { i as shown, r as refuse, t as accept } from "./reading.mjs";
import { f as suggestion } from "./entries.mjs";

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
	...[
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
	],
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
/** Doctor does not try what only a policy asks for. */
const UNKNOWN = {
	pasta: "leave network.backend out, or set it to slirp4netns; docs/hosts.md has what each needs",
	macvlan: "leave network.backend out; docs/policy.md has what a macvlan needs"
};
/** What could not work, as the host shows, had the program been there to be tried. */
const KNOWN_UNTRIED = {
	slirp4netns: TUN_CAUSES,
	pasta: TUN_CAUSES
};
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

// src/seccomp/tables/aarch64.ts
/** The numbers of the system calls of aarch64. */
const AARCH64 = {
	io_setup: 0,
	io_destroy: 1,
	io_submit: 2,
	io_cancel: 3,
	io_getevents: 4,
	setxattr: 5,
	lsetxattr: 6,
	fsetxattr: 7,
	getxattr: 8,
	lgetxattr: 9,
	fgetxattr: 10,
	listxattr: 11,
	llistxattr: 12,
	flistxattr: 13,
	removexattr: 14,
	lremovexattr: 15,
	fremovexattr: 16,
	getcwd: 17,
	lookup_dcookie: 18,
	eventfd2: 19,
	epoll_create1: 20,
	epoll_ctl: 21,
	epoll_pwait: 22,
	dup: 23,
	dup3: 24,
	fcntl: 25,
	inotify_init1: 26,
	inotify_add_watch: 27,
	inotify_rm_watch: 28,
	ioctl: 29,
	ioprio_set: 30,
	ioprio_get: 31,
	flock: 32,
	mknodat: 33,
	mkdirat: 34,
	unlinkat: 35,
	symlinkat: 36,
	linkat: 37,
	renameat: 38,
	umount2: 39,
	mount: 40,
	pivot_root: 41,
	nfsservctl: 42,
	statfs: 43,
	fstatfs: 44,
	truncate: 45,
	ftruncate: 46,
	fallocate: 47,
	faccessat: 48,
	chdir: 49,
	fchdir: 50,
	chroot: 51,
	fchmod: 52,
	fchmodat: 53,
	fchownat: 54,
	fchown: 55,
	openat: 56,
	close: 57,
	vhangup: 58,
	pipe2: 59,
	quotactl: 60,
	getdents64: 61,
	lseek: 62,
	read: 63,
	write: 64,
	readv: 65,
	writev: 66,
	pread64: 67,
	pwrite64: 68,
	preadv: 69,
	pwritev: 70,
	sendfile: 71,
	pselect6: 72,
	ppoll: 73,
	signalfd4: 74,
	vmsplice: 75,
	splice: 76,
	tee: 77,
	readlinkat: 78,
	newfstatat: 79,
	fstat: 80,
	sync: 81,
	fsync: 82,
	fdatasync: 83,
	sync_file_range: 84,
	timerfd_create: 85,
	timerfd_settime: 86,
	timerfd_gettime: 87,
	utimensat: 88,
	acct: 89,
	capget: 90,
	capset: 91,
	personality: 92,
	exit: 93,
	exit_group: 94,
	waitid: 95,
	set_tid_address: 96,
	unshare: 97,
	futex: 98,
	set_robust_list: 99,
	get_robust_list: 100,
	nanosleep: 101,
	getitimer: 102,
	setitimer: 103,
	kexec_load: 104,
	init_module: 105,
	delete_module: 106,
	timer_create: 107,
	timer_gettime: 108,
	timer_getoverrun: 109,
	timer_settime: 110,
	timer_delete: 111,
	clock_settime: 112,
	clock_gettime: 113,
	clock_getres: 114,
	clock_nanosleep: 115,
	syslog: 116,
	ptrace: 117,
	sched_setparam: 118,
	sched_setscheduler: 119,
	sched_getscheduler: 120,
	sched_getparam: 121,
	sched_setaffinity: 122,
	sched_getaffinity: 123,
	sched_yield: 124,
	sched_get_priority_max: 125,
	sched_get_priority_min: 126,
	sched_rr_get_interval: 127,
	restart_syscall: 128,
	kill: 129,
	tkill: 130,
	tgkill: 131,
	sigaltstack: 132,
	rt_sigsuspend: 133,
	rt_sigaction: 134,
	rt_sigprocmask: 135,
	rt_sigpending: 136,
	rt_sigtimedwait: 137,
	rt_sigqueueinfo: 138,
	rt_sigreturn: 139,
	setpriority: 140,
	getpriority: 141,
	reboot: 142,
	setregid: 143,
	setgid: 144,
	setreuid: 145,
	setuid: 146,
	setresuid: 147,
	getresuid: 148,
	setresgid: 149,
	getresgid: 150,
	setfsuid: 151,
	setfsgid: 152,
	times: 153,
	setpgid: 154,
	getpgid: 155,
	getsid: 156,
	setsid: 157,
	getgroups: 158,
	setgroups: 159,
	uname: 160,
	sethostname: 161,
	setdomainname: 162,
	getrlimit: 163,
	setrlimit: 164,
	getrusage: 165,
	umask: 166,
	prctl: 167,
	getcpu: 168,
	gettimeofday: 169,
	settimeofday: 170,
	adjtimex: 171,
	getpid: 172,
	getppid: 173,
	getuid: 174,
	geteuid: 175,
	getgid: 176,
	getegid: 177,
	gettid: 178,
	sysinfo: 179,
	mq_open: 180,
	mq_unlink: 181,
	mq_timedsend: 182,
	mq_timedreceive: 183,
	mq_notify: 184,
	mq_getsetattr: 185,
	msgget: 186,
	msgctl: 187,
	msgrcv: 188,
	msgsnd: 189,
	semget: 190,
	semctl: 191,
	semtimedop: 192,
	semop: 193,
	shmget: 194,
	shmctl: 195,
	shmat: 196,
	shmdt: 197,
	socket: 198,
	socketpair: 199,
	bind: 200,
	listen: 201,
	accept: 202,
	connect: 203,
	getsockname: 204,
	getpeername: 205,
	sendto: 206,
	recvfrom: 207,
	setsockopt: 208,
	getsockopt: 209,
	shutdown: 210,
	sendmsg: 211,
	recvmsg: 212,
	readahead: 213,
	brk: 214,
	munmap: 215,
	mremap: 216,
	add_key: 217,
	request_key: 218,
	keyctl: 219,
	clone: 220,
	execve: 221,
	mmap: 222,
	fadvise64: 223,
	swapon: 224,
	swapoff: 225,
	mprotect: 226,
	msync: 227,
	mlock: 228,
	munlock: 229,
	mlockall: 230,
	munlockall: 231,
	mincore: 232,
	madvise: 233,
	remap_file_pages: 234,
	mbind: 235,
	get_mempolicy: 236,
	set_mempolicy: 237,
	migrate_pages: 238,
	move_pages: 239,
	rt_tgsigqueueinfo: 240,
	perf_event_open: 241,
	accept4: 242,
	recvmmsg: 243,
	wait4: 260,
	prlimit64: 261,
	fanotify_init: 262,
	fanotify_mark: 263,
	name_to_handle_at: 264,
	open_by_handle_at: 265,
	clock_adjtime: 266,
	syncfs: 267,
	setns: 268,
	sendmmsg: 269,
	process_vm_readv: 270,
	process_vm_writev: 271,
	kcmp: 272,
	finit_module: 273,
	sched_setattr: 274,
	sched_getattr: 275,
	renameat2: 276,
	seccomp: 277,
	getrandom: 278,
	memfd_create: 279,
	bpf: 280,
	execveat: 281,
	userfaultfd: 282,
	membarrier: 283,
	mlock2: 284,
	copy_file_range: 285,
	preadv2: 286,
	pwritev2: 287,
	pkey_mprotect: 288,
	pkey_alloc: 289,
	pkey_free: 290,
	statx: 291,
	io_pgetevents: 292,
	rseq: 293,
	kexec_file_load: 294,
	pidfd_send_signal: 424,
	io_uring_setup: 425,
	io_uring_enter: 426,
	io_uring_register: 427,
	open_tree: 428,
	move_mount: 429,
	fsopen: 430,
	fsconfig: 431,
	fsmount: 432,
	fspick: 433,
	pidfd_open: 434,
	clone3: 435,
	close_range: 436,
	openat2: 437,
	pidfd_getfd: 438,
	faccessat2: 439,
	process_madvise: 440,
	epoll_pwait2: 441,
	mount_setattr: 442,
	quotactl_fd: 443,
	landlock_create_ruleset: 444,
	landlock_add_rule: 445,
	landlock_restrict_self: 446,
	memfd_secret: 447,
	process_mrelease: 448,
	futex_waitv: 449,
	set_mempolicy_home_node: 450,
	cachestat: 451,
	fchmodat2: 452,
	map_shadow_stack: 453,
	futex_wake: 454,
	futex_wait: 455,
	futex_requeue: 456,
	statmount: 457,
	listmount: 458,
	lsm_get_self_attr: 459,
	lsm_set_self_attr: 460,
	lsm_list_modules: 461,
	mseal: 462,
	setxattrat: 463,
	getxattrat: 464,
	listxattrat: 465,
	removexattrat: 466,
	open_tree_attr: 467,
	file_getattr: 468,
	file_setattr: 469,
	listns: 470,
	rseq_slice_yield: 471
};

// src/seccomp/tables/elsewhere.ts
/** Names that are system calls on other architectures only. */
const ELSEWHERE = [
	"_llseek",
	"_newselect",
	"arc_gettls",
	"arc_settls",
	"arc_usr_cmpxchg",
	"arm_fadvise64_64",
	"arm_sync_file_range",
	"atomic_barrier",
	"atomic_cmpxchg_32",
	"bdflush",
	"break",
	"breakpoint",
	"cachectl",
	"cacheflush",
	"chown32",
	"clock_adjtime64",
	"clock_getres_time64",
	"clock_gettime64",
	"clock_nanosleep_time64",
	"clock_settime64",
	"dipc",
	"exec_with_loader",
	"execv",
	"fadvise64_64",
	"fchown32",
	"fcntl64",
	"fstat64",
	"fstatat64",
	"fstatfs64",
	"ftime",
	"ftruncate64",
	"futex_time64",
	"get_tls",
	"getdomainname",
	"getdtablesize",
	"getegid32",
	"geteuid32",
	"getgid32",
	"getgroups32",
	"gethostname",
	"getpagesize",
	"getresgid32",
	"getresuid32",
	"getuid32",
	"getxgid",
	"getxpid",
	"getxuid",
	"gtty",
	"idle",
	"io_pgetevents_time64",
	"ipc",
	"kern_features",
	"lchown32",
	"llseek",
	"lock",
	"lstat64",
	"memory_ordering",
	"mmap2",
	"mpx",
	"mq_timedreceive_time64",
	"mq_timedsend_time64",
	"multiplexer",
	"nice",
	"old_adjtimex",
	"oldfstat",
	"oldlstat",
	"oldolduname",
	"oldstat",
	"oldumount",
	"olduname",
	"pciconfig_iobase",
	"pciconfig_read",
	"pciconfig_write",
	"perfctr",
	"ppoll_time64",
	"prof",
	"profil",
	"pselect6_time64",
	"readdir",
	"recv",
	"recvmmsg_time64",
	"riscv_flush_icache",
	"riscv_hwprobe",
	"rt_sigtimedwait_time64",
	"rtas",
	"s390_guarded_storage",
	"s390_pci_mmio_read",
	"s390_pci_mmio_write",
	"s390_runtime_instr",
	"s390_sthyi",
	"sched_get_affinity",
	"sched_rr_get_interval_time64",
	"sched_set_affinity",
	"semtimedop_time64",
	"send",
	"sendfile64",
	"set_tls",
	"setfsgid32",
	"setfsuid32",
	"setgid32",
	"setgroups32",
	"sethae",
	"setpgrp",
	"setregid32",
	"setresgid32",
	"setresuid32",
	"setreuid32",
	"setuid32",
	"sgetmask",
	"sigaction",
	"signal",
	"sigpending",
	"sigprocmask",
	"sigreturn",
	"sigsuspend",
	"socketcall",
	"spu_create",
	"spu_run",
	"ssetmask",
	"stat64",
	"statfs64",
	"stime",
	"stty",
	"subpage_prot",
	"swapcontext",
	"switch_endian",
	"sync_file_range2",
	"sys_debug_setcontext",
	"syscall",
	"sysmips",
	"timer_gettime64",
	"timer_settime64",
	"timerfd",
	"timerfd_gettime64",
	"timerfd_settime64",
	"truncate64",
	"ugetrlimit",
	"ulimit",
	"umount",
	"usr26",
	"usr32",
	"utimensat_time64",
	"utrap_install",
	"vm86",
	"vm86old",
	"waitpid"
];

// src/seccomp/tables/x86_64.ts
/** The numbers of the system calls of x86_64. */
const X86_64 = {
	read: 0,
	write: 1,
	open: 2,
	close: 3,
	stat: 4,
	fstat: 5,
	lstat: 6,
	poll: 7,
	lseek: 8,
	mmap: 9,
	mprotect: 10,
	munmap: 11,
	brk: 12,
	rt_sigaction: 13,
	rt_sigprocmask: 14,
	rt_sigreturn: 15,
	ioctl: 16,
	pread64: 17,
	pwrite64: 18,
	readv: 19,
	writev: 20,
	access: 21,
	pipe: 22,
	select: 23,
	sched_yield: 24,
	mremap: 25,
	msync: 26,
	mincore: 27,
	madvise: 28,
	shmget: 29,
	shmat: 30,
	shmctl: 31,
	dup: 32,
	dup2: 33,
	pause: 34,
	nanosleep: 35,
	getitimer: 36,
	alarm: 37,
	setitimer: 38,
	getpid: 39,
	sendfile: 40,
	socket: 41,
	connect: 42,
	accept: 43,
	sendto: 44,
	recvfrom: 45,
	sendmsg: 46,
	recvmsg: 47,
	shutdown: 48,
	bind: 49,
	listen: 50,
	getsockname: 51,
	getpeername: 52,
	socketpair: 53,
	setsockopt: 54,
	getsockopt: 55,
	clone: 56,
	fork: 57,
	vfork: 58,
	execve: 59,
	exit: 60,
	wait4: 61,
	kill: 62,
	uname: 63,
	semget: 64,
	semop: 65,
	semctl: 66,
	shmdt: 67,
	msgget: 68,
	msgsnd: 69,
	msgrcv: 70,
	msgctl: 71,
	fcntl: 72,
	flock: 73,
	fsync: 74,
	fdatasync: 75,
	truncate: 76,
	ftruncate: 77,
	getdents: 78,
	getcwd: 79,
	chdir: 80,
	fchdir: 81,
	rename: 82,
	mkdir: 83,
	rmdir: 84,
	creat: 85,
	link: 86,
	unlink: 87,
	symlink: 88,
	readlink: 89,
	chmod: 90,
	fchmod: 91,
	chown: 92,
	fchown: 93,
	lchown: 94,
	umask: 95,
	gettimeofday: 96,
	getrlimit: 97,
	getrusage: 98,
	sysinfo: 99,
	times: 100,
	ptrace: 101,
	getuid: 102,
	syslog: 103,
	getgid: 104,
	setuid: 105,
	setgid: 106,
	geteuid: 107,
	getegid: 108,
	setpgid: 109,
	getppid: 110,
	getpgrp: 111,
	setsid: 112,
	setreuid: 113,
	setregid: 114,
	getgroups: 115,
	setgroups: 116,
	setresuid: 117,
	getresuid: 118,
	setresgid: 119,
	getresgid: 120,
	getpgid: 121,
	setfsuid: 122,
	setfsgid: 123,
	getsid: 124,
	capget: 125,
	capset: 126,
	rt_sigpending: 127,
	rt_sigtimedwait: 128,
	rt_sigqueueinfo: 129,
	rt_sigsuspend: 130,
	sigaltstack: 131,
	utime: 132,
	mknod: 133,
	uselib: 134,
	personality: 135,
	ustat: 136,
	statfs: 137,
	fstatfs: 138,
	sysfs: 139,
	getpriority: 140,
	setpriority: 141,
	sched_setparam: 142,
	sched_getparam: 143,
	sched_setscheduler: 144,
	sched_getscheduler: 145,
	sched_get_priority_max: 146,
	sched_get_priority_min: 147,
	sched_rr_get_interval: 148,
	mlock: 149,
	munlock: 150,
	mlockall: 151,
	munlockall: 152,
	vhangup: 153,
	modify_ldt: 154,
	pivot_root: 155,
	_sysctl: 156,
	prctl: 157,
	arch_prctl: 158,
	adjtimex: 159,
	setrlimit: 160,
	chroot: 161,
	sync: 162,
	acct: 163,
	settimeofday: 164,
	mount: 165,
	umount2: 166,
	swapon: 167,
	swapoff: 168,
	reboot: 169,
	sethostname: 170,
	setdomainname: 171,
	iopl: 172,
	ioperm: 173,
	create_module: 174,
	init_module: 175,
	delete_module: 176,
	get_kernel_syms: 177,
	query_module: 178,
	quotactl: 179,
	nfsservctl: 180,
	getpmsg: 181,
	putpmsg: 182,
	afs_syscall: 183,
	tuxcall: 184,
	security: 185,
	gettid: 186,
	readahead: 187,
	setxattr: 188,
	lsetxattr: 189,
	fsetxattr: 190,
	getxattr: 191,
	lgetxattr: 192,
	fgetxattr: 193,
	listxattr: 194,
	llistxattr: 195,
	flistxattr: 196,
	removexattr: 197,
	lremovexattr: 198,
	fremovexattr: 199,
	tkill: 200,
	time: 201,
	futex: 202,
	sched_setaffinity: 203,
	sched_getaffinity: 204,
	set_thread_area: 205,
	io_setup: 206,
	io_destroy: 207,
	io_getevents: 208,
	io_submit: 209,
	io_cancel: 210,
	get_thread_area: 211,
	lookup_dcookie: 212,
	epoll_create: 213,
	epoll_ctl_old: 214,
	epoll_wait_old: 215,
	remap_file_pages: 216,
	getdents64: 217,
	set_tid_address: 218,
	restart_syscall: 219,
	semtimedop: 220,
	fadvise64: 221,
	timer_create: 222,
	timer_settime: 223,
	timer_gettime: 224,
	timer_getoverrun: 225,
	timer_delete: 226,
	clock_settime: 227,
	clock_gettime: 228,
	clock_getres: 229,
	clock_nanosleep: 230,
	exit_group: 231,
	epoll_wait: 232,
	epoll_ctl: 233,
	tgkill: 234,
	utimes: 235,
	vserver: 236,
	mbind: 237,
	set_mempolicy: 238,
	get_mempolicy: 239,
	mq_open: 240,
	mq_unlink: 241,
	mq_timedsend: 242,
	mq_timedreceive: 243,
	mq_notify: 244,
	mq_getsetattr: 245,
	kexec_load: 246,
	waitid: 247,
	add_key: 248,
	request_key: 249,
	keyctl: 250,
	ioprio_set: 251,
	ioprio_get: 252,
	inotify_init: 253,
	inotify_add_watch: 254,
	inotify_rm_watch: 255,
	migrate_pages: 256,
	openat: 257,
	mkdirat: 258,
	mknodat: 259,
	fchownat: 260,
	futimesat: 261,
	newfstatat: 262,
	unlinkat: 263,
	renameat: 264,
	linkat: 265,
	symlinkat: 266,
	readlinkat: 267,
	fchmodat: 268,
	faccessat: 269,
	pselect6: 270,
	ppoll: 271,
	unshare: 272,
	set_robust_list: 273,
	get_robust_list: 274,
	splice: 275,
	tee: 276,
	sync_file_range: 277,
	vmsplice: 278,
	move_pages: 279,
	utimensat: 280,
	epoll_pwait: 281,
	signalfd: 282,
	timerfd_create: 283,
	eventfd: 284,
	fallocate: 285,
	timerfd_settime: 286,
	timerfd_gettime: 287,
	accept4: 288,
	signalfd4: 289,
	eventfd2: 290,
	epoll_create1: 291,
	dup3: 292,
	pipe2: 293,
	inotify_init1: 294,
	preadv: 295,
	pwritev: 296,
	rt_tgsigqueueinfo: 297,
	perf_event_open: 298,
	recvmmsg: 299,
	fanotify_init: 300,
	fanotify_mark: 301,
	prlimit64: 302,
	name_to_handle_at: 303,
	open_by_handle_at: 304,
	clock_adjtime: 305,
	syncfs: 306,
	sendmmsg: 307,
	setns: 308,
	getcpu: 309,
	process_vm_readv: 310,
	process_vm_writev: 311,
	kcmp: 312,
	finit_module: 313,
	sched_setattr: 314,
	sched_getattr: 315,
	renameat2: 316,
	seccomp: 317,
	getrandom: 318,
	memfd_create: 319,
	kexec_file_load: 320,
	bpf: 321,
	execveat: 322,
	userfaultfd: 323,
	membarrier: 324,
	mlock2: 325,
	copy_file_range: 326,
	preadv2: 327,
	pwritev2: 328,
	pkey_mprotect: 329,
	pkey_alloc: 330,
	pkey_free: 331,
	statx: 332,
	io_pgetevents: 333,
	rseq: 334,
	uretprobe: 335,
	uprobe: 336,
	pidfd_send_signal: 424,
	io_uring_setup: 425,
	io_uring_enter: 426,
	io_uring_register: 427,
	open_tree: 428,
	move_mount: 429,
	fsopen: 430,
	fsconfig: 431,
	fsmount: 432,
	fspick: 433,
	pidfd_open: 434,
	clone3: 435,
	close_range: 436,
	openat2: 437,
	pidfd_getfd: 438,
	faccessat2: 439,
	process_madvise: 440,
	epoll_pwait2: 441,
	mount_setattr: 442,
	quotactl_fd: 443,
	landlock_create_ruleset: 444,
	landlock_add_rule: 445,
	landlock_restrict_self: 446,
	memfd_secret: 447,
	process_mrelease: 448,
	futex_waitv: 449,
	set_mempolicy_home_node: 450,
	cachestat: 451,
	fchmodat2: 452,
	map_shadow_stack: 453,
	futex_wake: 454,
	futex_wait: 455,
	futex_requeue: 456,
	statmount: 457,
	listmount: 458,
	lsm_get_self_attr: 459,
	lsm_set_self_attr: 460,
	lsm_list_modules: 461,
	mseal: 462,
	setxattrat: 463,
	getxattrat: 464,
	listxattrat: 465,
	removexattrat: 466,
	open_tree_attr: 467,
	file_getattr: 468,
	file_setattr: 469,
	listns: 470,
	rseq_slice_yield: 471
};

// src/seccomp/syscalls.ts
const ARCHITECTURES = {
	x64: {
		audit: 3221225534,
		alias: "amd64",
		token: "SCMP_ARCH_X86_64",
		label: "x86_64",
		numbers: new Map(Object.entries(X86_64)),
		x32: true
	},
	arm64: {
		audit: 3221225655,
		alias: "arm64",
		token: "SCMP_ARCH_AARCH64",
		label: "aarch64",
		numbers: new Map(Object.entries(AARCH64)),
		x32: false
	}
};
const OURS = /* @__PURE__ */ new Set([...ARCHITECTURES.x64.numbers.keys(), ...ARCHITECTURES.arm64.numbers.keys()]);
const KNOWN = /* @__PURE__ */ new Set([...OURS, ...ELSEWHERE]);
function isArch(arch) {
	return Object.hasOwn(ARCHITECTURES, arch);
}
/** The name of a system call of any architecture; for any other text the nearest name. */
function readSyscall(raw) {
	if (typeof raw === "string" && KNOWN.has(raw)) return accept(raw);
	const guess = typeof raw === "string" ? nearest(raw) : null;
	const hint = guess === null ? "" : ` (did you mean \`${guess}\`?)`;
	return refuse(`${shown(raw)} is not a system call`, `the name of a system call, such as \`openat\`${hint}`);
}
/** Among names that begin alike, so that a file full of wrong names takes no minutes. */
function nearest(written) {
	const letter = written.charAt(0).toLowerCase();
	const alike = [...OURS, ...ELSEWHERE].filter((name) => name.startsWith(letter));
	return suggestion(written, alike);
}

// src/capabilities/evaluate.ts
const HAVE = { available: true };
/** Everything that keeps it away, each thing once. */
function lacksOf(verdict) {
	if (verdict.available) return [];
	const { further = [], ...lack } = verdict;
	return [lack, ...further];
}
/** What needs all of these. What was not tried for want of another one says nothing besides. */
function allOf(...verdicts) {
	const lacks = verdicts.flatMap(lacksOf);
	const known = lacks.filter(({ code }) => code !== "not-probed");
	const [lack, ...further] = new Map((known.length > 0 ? known : lacks).map((one) => [one.reason, one])).values();
	return lack === void 0 ? HAVE : further.length === 0 ? lack : {
		...lack,
		further
	};
}
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
	const sandbox = first(allOf(tools("bwrap", "prlimit", "mkfifo", "env"), namespaces), withoutRoot(seen("bwrap", facts.attempts.bwrap), facts));
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

// src/plan/downgrade.ts
/** A capability that is lacking, told as what it takes from a layer; nothing where it is there. */
function downgradesOf(layer, verdict) {
	return lacksOf(verdict).map(({ code, reason, remedy }) => ({
		layer,
		code,
		reason,
		remedy
	}));
}

// src/policy/defaults.ts
const HOUR = 36e5;
const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
function byDefault(value) {
	return {
		value,
		source: {
			kind: "default",
			name: ""
		}
	};
}
/** What holds where no file and no option says otherwise. */
const DEFAULT_POLICY = {
	onUnavailable: byDefault("fail"),
	network: {
		mode: byDefault("deny"),
		allow: [],
		blockMetadata: byDefault(true),
		resolver: byDefault(null),
		backend: byDefault("auto"),
		interface: byDefault(null),
		address: byDefault(null),
		netmask: byDefault(null),
		gateway: byDefault(null),
		onBlocked: byDefault("fail"),
		expectBlocked: []
	},
	filesystem: {
		mode: byDefault("overlay"),
		read: [],
		write: [],
		hide: [],
		outputs: [],
		logs: [],
		outputsOn: byDefault("success"),
		outputsMissing: byDefault("fail"),
		maxOutputSize: byDefault(2 * GIBIBYTE),
		maxOutputFiles: byDefault(1e5)
	},
	resources: {
		timeout: byDefault(HOUR),
		cpuTime: byDefault(2 * HOUR),
		memory: byDefault(8 * GIBIBYTE),
		processes: byDefault(4096),
		openFiles: byDefault(65536),
		fileSize: byDefault(8 * GIBIBYTE),
		output: byDefault(256 * MEBIBYTE)
	},
	privilege: {
		mode: byDefault("drop"),
		uid: byDefault(null),
		gid: byDefault(null)
	},
	syscalls: {
		profile: byDefault("default"),
		allow: [],
		block: [],
		further: []
	},
	environment: {
		pass: [],
		set: /* @__PURE__ */ new Map()
	},
	runner: {
		outputs: [],
		env: [],
		path: [],
		summary: byDefault(true),
		annotations: byDefault(false)
	}
};

// src/policy/merge.ts
/**
* The defaults with each layer over them, in order.
* Of a single value the last layer's stays; lists are joined without repeats, the first source staying;
* of variables that are set the last layer's value stays, name by name.
*/
function mergePolicies(layers) {
	return layers.reduce((policy, layer) => over(policy, layer.values, union), DEFAULT_POLICY);
}
/**
* The policy with what is said for one step over it: as a further layer, but a list that the values
* name takes the place of the policy's. Variables that are set still merge name by name.
*/
function overridePolicy(policy, values) {
	return over(policy, values, instead);
}
function over(policy, values, join) {
	const { network, filesystem, syscalls, environment, runner } = policy;
	const { groups: _, ...egress } = values.network ?? {};
	return {
		onUnavailable: values.onUnavailable ?? policy.onUnavailable,
		network: {
			...network,
			...egress,
			allow: join(network.allow, egress.allow, canonicalText),
			expectBlocked: join(network.expectBlocked, egress.expectBlocked, canonicalText)
		},
		filesystem: {
			...filesystem,
			...values.filesystem,
			read: join(filesystem.read, values.filesystem?.read, asIs),
			write: join(filesystem.write, values.filesystem?.write, asIs),
			hide: join(filesystem.hide, values.filesystem?.hide, asIs),
			outputs: join(filesystem.outputs, values.filesystem?.outputs, asIs),
			logs: join(filesystem.logs, values.filesystem?.logs, asIs)
		},
		resources: {
			...policy.resources,
			...values.resources
		},
		privilege: {
			...policy.privilege,
			...values.privilege
		},
		syscalls: {
			...syscalls,
			...values.syscalls,
			allow: join(syscalls.allow, values.syscalls?.allow, asIs),
			block: join(syscalls.block, values.syscalls?.block, asIs)
		},
		environment: {
			pass: join(environment.pass, values.environment?.pass, asIs),
			set: new Map([...environment.set, ...values.environment?.set ?? []])
		},
		runner: {
			...runner,
			...values.runner,
			outputs: join(runner.outputs, values.runner?.outputs, asIs),
			env: join(runner.env, values.runner?.env, asIs),
			path: join(runner.path, values.runner?.path, asIs)
		}
	};
}
const canonicalText = (entry) => entry.text;
const asIs = (text) => text;
/** Joined without repeats, the first source staying. */
function union(first, second = [], textOf) {
	const byText = /* @__PURE__ */ new Map();
	for (const item of [...first, ...second]) {
		const text = textOf(item.value);
		if (!byText.has(text)) byText.set(text, item);
	}
	return [...byText.values()];
}
function instead(first, second) {
	return second ?? first;
}

// src/plan/shedding.ts
/** What bubblewrap needs while it builds. */
const BUILDS_WITH = [
	"sys_admin",
	"sys_chroot",
	"net_admin",
	"dac_override"
];
/** What is left until root is shed: that is done with the first three, and begins in a directory of the step's. */
const SHEDS_WITH = [
	"setuid",
	"setgid",
	"setpcap",
	"dac_read_search"
];
/** What bubblewrap unshares, and which ids and capabilities it leaves. */
function namespaceOptions({ uid, gid, byRoot }) {
	const others = [
		"--unshare-pid",
		"--unshare-ipc",
		"--unshare-uts",
		"--unshare-cgroup"
	];
	const none = ["--cap-drop", "ALL"];
	return byRoot ? [
		...others,
		...none,
		...SHEDS_WITH.flatMap((name) => ["--cap-add", `CAP_${name}`])
	] : [
		"--unshare-user",
		...others,
		"--uid",
		String(uid),
		"--gid",
		String(gid),
		...none
	];
}
/** Before bubblewrap: a root that builds has neither groups nor privileges beyond the task. */
function boundedRoot({ setpriv }, { byRoot }) {
	if (!byRoot) return [];
	return [setpriv, ...[
		"--clear-groups",
		"--inh-caps=-all",
		`--bounding-set=${["-all", ...[...BUILDS_WITH, ...SHEDS_WITH].map((name) => `+${name}`)].join(",")}`,
		"--"
	]];
}
/** After bubblewrap, with all its filters in force: root becomes the step for good. */
function shedInside({ setpriv }, { uid, gid, byRoot }) {
	if (!byRoot) return [];
	return [
		setpriv,
		...[
			"--reuid",
			String(uid),
			"--regid",
			String(gid),
			"--keep-groups",
			"--no-new-privs"
		],
		...[
			"--inh-caps=-all",
			"--ambient-caps=-all",
			"--bounding-set=-all",
			"--"
		]
	];
}
/** The system calls of that, which a filter must let through. */
const SHED_CALLS = [
	"capget",
	"capset",
	"prctl",
	"setresgid",
	"setresuid"
];

export { mergePolicies as a, downgradesOf as c, lacksOf as d, ARCHITECTURES as f, missingTool as g, PACKAGE_OF as h, shedInside as i, allOf as l, readSyscall as m, boundedRoot as n, overridePolicy as o, isArch as p, namespaceOptions as r, union as s, SHED_CALLS as t, evaluate as u };