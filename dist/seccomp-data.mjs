// seccomp/default.json
var default_default = {
	defaultAction: "SCMP_ACT_ERRNO",
	defaultErrnoRet: 38,
	syscalls: [
		{
			"names": [
				"access",
				"chdir",
				"chmod",
				"chown",
				"close",
				"close_range",
				"copy_file_range",
				"creat",
				"dup",
				"dup2",
				"dup3",
				"faccessat",
				"faccessat2",
				"fadvise64",
				"fallocate",
				"fchdir",
				"fchmod",
				"fchmodat",
				"fchmodat2",
				"fchown",
				"fchownat",
				"fcntl",
				"fdatasync",
				"file_getattr",
				"file_setattr",
				"flock",
				"fstat",
				"fstatfs",
				"fsync",
				"ftruncate",
				"futimesat",
				"getcwd",
				"getdents",
				"getdents64",
				"ioprio_get",
				"ioprio_set",
				"lchown",
				"link",
				"linkat",
				"lseek",
				"lstat",
				"mkdir",
				"mkdirat",
				"newfstatat",
				"open",
				"openat",
				"openat2",
				"pread64",
				"preadv",
				"preadv2",
				"pwrite64",
				"pwritev",
				"pwritev2",
				"read",
				"readahead",
				"readlink",
				"readlinkat",
				"readv",
				"rename",
				"renameat",
				"renameat2",
				"rmdir",
				"sendfile",
				"splice",
				"stat",
				"statfs",
				"statx",
				"symlink",
				"symlinkat",
				"sync",
				"sync_file_range",
				"syncfs",
				"tee",
				"truncate",
				"umask",
				"unlink",
				"unlinkat",
				"utime",
				"utimensat",
				"utimes",
				"write",
				"writev"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Files and directories. What of them is there, and what may be written, is decided by the mounts."
		},
		{
			"names": [
				"fgetxattr",
				"flistxattr",
				"fremovexattr",
				"fsetxattr",
				"getxattr",
				"getxattrat",
				"lgetxattr",
				"listxattr",
				"listxattrat",
				"llistxattr",
				"lremovexattr",
				"lsetxattr",
				"removexattr",
				"removexattrat",
				"setxattr",
				"setxattrat"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Extended attributes, which tar and cp carry along. The kernel keeps those of the system to root."
		},
		{
			"names": [
				"epoll_create",
				"epoll_create1",
				"epoll_ctl",
				"epoll_pwait",
				"epoll_pwait2",
				"epoll_wait",
				"eventfd",
				"eventfd2",
				"inotify_add_watch",
				"inotify_init",
				"inotify_init1",
				"inotify_rm_watch",
				"pipe",
				"pipe2",
				"poll",
				"ppoll",
				"pselect6",
				"select",
				"signalfd",
				"signalfd4"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Pipes, and waiting for descriptors."
		},
		{
			"names": [
				"brk",
				"cachestat",
				"madvise",
				"map_shadow_stack",
				"membarrier",
				"memfd_create",
				"mincore",
				"mlock",
				"mlock2",
				"mlockall",
				"mmap",
				"mprotect",
				"mremap",
				"mseal",
				"msync",
				"munlock",
				"munlockall",
				"munmap"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "The memory of the process itself."
		},
		{
			"names": [
				"arch_prctl",
				"execve",
				"execveat",
				"exit",
				"exit_group",
				"fork",
				"get_robust_list",
				"getcpu",
				"getpgid",
				"getpgrp",
				"getpid",
				"getppid",
				"getpriority",
				"getrlimit",
				"getrusage",
				"getsid",
				"gettid",
				"kill",
				"pause",
				"pidfd_open",
				"pidfd_send_signal",
				"prctl",
				"prlimit64",
				"restart_syscall",
				"rseq",
				"set_robust_list",
				"set_tid_address",
				"setpgid",
				"setpriority",
				"setrlimit",
				"setsid",
				"tgkill",
				"tkill",
				"vfork",
				"wait4",
				"waitid"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Processes and threads. Others are found only in the own pid namespace, and limits can only be lowered."
		},
		{
			"names": [
				"futex",
				"futex_waitv",
				"sched_get_priority_max",
				"sched_get_priority_min",
				"sched_getaffinity",
				"sched_getattr",
				"sched_getparam",
				"sched_getscheduler",
				"sched_rr_get_interval",
				"sched_setaffinity",
				"sched_yield"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Locks, and the scheduler."
		},
		{
			"names": [
				"rt_sigaction",
				"rt_sigpending",
				"rt_sigprocmask",
				"rt_sigqueueinfo",
				"rt_sigreturn",
				"rt_sigsuspend",
				"rt_sigtimedwait",
				"rt_tgsigqueueinfo",
				"sigaltstack"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Signals."
		},
		{
			"names": [
				"capget",
				"capset",
				"getegid",
				"geteuid",
				"getgid",
				"getgroups",
				"getresgid",
				"getresuid",
				"getuid",
				"setfsgid",
				"setfsuid",
				"setgid",
				"setgroups",
				"setregid",
				"setresgid",
				"setresuid",
				"setreuid",
				"setuid"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Who the process is. Without a capability it can only become who it is already."
		},
		{
			"names": [
				"alarm",
				"clock_getres",
				"clock_gettime",
				"clock_nanosleep",
				"getitimer",
				"gettimeofday",
				"nanosleep",
				"setitimer",
				"time",
				"timer_create",
				"timer_delete",
				"timer_getoverrun",
				"timer_gettime",
				"timer_settime",
				"timerfd_create",
				"timerfd_gettime",
				"timerfd_settime",
				"times"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Clocks and timers."
		},
		{
			"names": [
				"accept",
				"accept4",
				"bind",
				"connect",
				"getpeername",
				"getsockname",
				"getsockopt",
				"listen",
				"recvfrom",
				"recvmmsg",
				"recvmsg",
				"sendmmsg",
				"sendmsg",
				"sendto",
				"setsockopt",
				"shutdown"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "What is done with a socket. Which sockets there are is decided below, and whom they reach by the network namespace."
		},
		{
			"names": [
				"getrandom",
				"sysinfo",
				"uname"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Random bytes, and what machine this is."
		},
		{
			"names": [
				"landlock_add_rule",
				"landlock_create_ruleset",
				"landlock_restrict_self",
				"seccomp"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "With these a program takes rights away from itself, and never gets any back."
		},
		{
			"names": ["uprobe", "uretprobe"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Made by code that the kernel puts into a process which is traced from outside; refusing them would crash it."
		},
		{
			"names": [
				"futex_requeue",
				"futex_wait",
				"futex_wake"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "The newer calls for locks."
		},
		{
			"names": [
				"memfd_secret",
				"pkey_alloc",
				"pkey_free",
				"pkey_mprotect",
				"process_mrelease",
				"remap_file_pages",
				"vmsplice"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Less usual ways to deal with memory, all of the process itself or of one that it may kill."
		},
		{
			"names": [
				"sched_setattr",
				"sched_setparam",
				"sched_setscheduler"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Batch and idle scheduling; real time needs a capability."
		},
		{
			"names": [
				"io_cancel",
				"io_destroy",
				"io_getevents",
				"io_pgetevents",
				"io_setup",
				"io_submit"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Asynchronous reads and writes of the older kind, which databases use in tests."
		},
		{
			"names": [
				"mq_getsetattr",
				"mq_notify",
				"mq_open",
				"mq_timedreceive",
				"mq_timedsend",
				"mq_unlink",
				"msgctl",
				"msgget",
				"msgrcv",
				"msgsnd",
				"semctl",
				"semget",
				"semop",
				"semtimedop",
				"shmat",
				"shmctl",
				"shmdt",
				"shmget"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Queues, semaphores and shared memory with names; the ipc namespace holds no others than the own."
		},
		{
			"names": ["adjtimex", "clock_adjtime"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Asked for what the clock is doing. Setting it needs a capability."
		},
		{
			"names": ["listmount", "statmount"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "What is mounted, as /proc/self/mountinfo says too."
		},
		{
			"names": ["mknod", "mknodat"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Named pipes. Devices need a capability."
		},
		{
			"names": ["clone"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 2114060288,
				"valueTwo": 0
			}],
			"comment": "Processes and threads, but no new namespace: in a user namespace of its own a program has all capabilities, and the kernel code behind them is in its reach."
		},
		{
			"names": ["unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_GT",
				"value": 4294967295
			}],
			"comment": "Flags that no kernel has yet."
		},
		{
			"names": ["unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294635775,
				"valueTwo": 0
			}],
			"comment": "Descriptors and the like of its own, or nothing. Flags are allowed by name here: the kernel gives new namespaces new ones."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Any flag of a new namespace."
		},
		{
			"names": ["clone3"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Its flags lie behind a pointer, where no filter can look. A libc that hears of no such call takes clone."
		},
		{
			"names": ["socket", "socketpair"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 1
			}],
			"comment": "AF_UNIX. Whom it reaches is decided by the mounts and the network namespace."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 0
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for the usual protocol of its kind. Whom it reaches is decided by the network namespace and its rules."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 6
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for TCP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 17
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for UDP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 1
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for ping."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 262
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for MPTCP, which the servers of newer Go ask for."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 0
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for the usual protocol of its kind."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 6
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for TCP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 17
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for UDP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 58
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for ping."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 262
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for MPTCP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 93,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 2
			}],
			"comment": "Other protocols over IP, such as SCTP, DCCP, L2TP and SMC, by number or by their kind of socket: seldom used kernel code, which the kernel loads for whoever asks. SOCK_PACKET is AF_PACKET by another name."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 93,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 10
			}],
			"comment": "As for AF_INET."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 16
			}, {
				"index": 2,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 0
			}],
			"comment": "AF_NETLINK for NETLINK_ROUTE: a libc asks it for interfaces and addresses."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 93,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 16
			}],
			"comment": "The rest of AF_NETLINK is kernel code that no build needs. Programs that look for the audit system take this for its absence."
		},
		{
			"names": ["socket", "socketpair"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"comment": "All other families. AF_VSOCK leads to the host past every network namespace, AF_PACKET reads and writes raw frames, AF_ALG and the rest are seldom used kernel code."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 0
			}],
			"comment": "PER_LINUX, the usual one."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 4294967295
			}],
			"comment": "Only asks which one it is."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 8
			}],
			"comment": "PER_LINUX32: uname says a 32-bit machine."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 131072
			}],
			"comment": "UNAME26: uname says a 2.6 kernel."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 131080
			}],
			"comment": "Both of these."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The others switch off address randomisation and other protections."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21522
			}],
			"comment": "TIOCSTI types into the terminal of whoever started the step."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21532
			}],
			"comment": "TIOCLINUX pastes into a console."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21539
			}],
			"comment": "TIOCSETD loads another line discipline into the kernel."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35136
			}],
			"comment": "SIOCGIFBR and SIOCSIFBR: the kernel loads its code for bridges for whoever asks."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35232
			}],
			"comment": "SIOCBRADDBR and SIOCBRDELBR, as those."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35202
			}],
			"comment": "SIOCGIFVLAN and SIOCSIFVLAN: the same for virtual networks."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "All other requests: what they can do is decided by the devices that are there."
		},
		{
			"names": [
				"add_key",
				"keyctl",
				"request_key"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Keyrings are inherited across every namespace."
		},
		{
			"names": [
				"io_uring_enter",
				"io_uring_register",
				"io_uring_setup"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Makes sockets and opens files that no filter sees, and had many holes. Libraries fall back."
		},
		{
			"names": [
				"delete_module",
				"finit_module",
				"init_module"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Kernel modules."
		},
		{
			"names": [
				"kexec_file_load",
				"kexec_load",
				"reboot"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Another kernel, or an end to this one."
		},
		{
			"names": ["swapoff", "swapon"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Swap space of the machine."
		},
		{
			"names": [
				"chroot",
				"mount",
				"pivot_root",
				"umount2"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The file tree was built before the step began."
		},
		{
			"names": [
				"fsconfig",
				"fsmount",
				"fsopen",
				"fspick",
				"mount_setattr",
				"move_mount",
				"open_tree",
				"open_tree_attr"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The newer calls that mount."
		},
		{
			"names": ["setns"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Enters other namespaces."
		},
		{
			"names": ["bpf"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Programs in the kernel."
		},
		{
			"names": ["perf_event_open"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Looks into the kernel and other processes, and had many holes."
		},
		{
			"names": ["userfaultfd"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Holds up the kernel in the middle of a copy: a tool of exploits."
		},
		{
			"names": [
				"kcmp",
				"pidfd_getfd",
				"process_madvise",
				"process_vm_readv",
				"process_vm_writev",
				"ptrace"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Reach into other processes. A policy can allow ptrace for debuggers and sanitizers."
		},
		{
			"names": ["open_by_handle_at"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Opens files by number, past every directory and mount."
		},
		{
			"names": ["name_to_handle_at"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 95,
			"comment": "Gives the numbers for that. Those who ask take this answer for a file system without them."
		},
		{
			"names": [
				"acct",
				"quotactl",
				"quotactl_fd"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Accounting and quotas of file systems."
		},
		{
			"names": ["fanotify_init", "fanotify_mark"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Watches whole file systems."
		},
		{
			"names": [
				"get_mempolicy",
				"mbind",
				"migrate_pages",
				"move_pages",
				"set_mempolicy",
				"set_mempolicy_home_node"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Which memory of the machine is used: seldom used kernel code, and what it gives is speed."
		},
		{
			"names": ["clock_settime", "settimeofday"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The clock of the machine."
		},
		{
			"names": ["setdomainname", "sethostname"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The names of the machine."
		},
		{
			"names": ["ioperm", "iopl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Ports of the hardware."
		},
		{
			"names": ["syslog", "vhangup"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The log of the kernel, and the terminals of others."
		},
		{
			"names": ["lookup_dcookie"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Profiles the kernel."
		},
		{
			"names": [
				"listns",
				"lsm_get_self_attr",
				"lsm_list_modules",
				"lsm_set_self_attr",
				"rseq_slice_yield"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "New, and nothing needs them yet."
		},
		{
			"names": ["modify_ldt"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Segments for 16-bit and 32-bit code, which does not run here."
		},
		{
			"names": [
				"_sysctl",
				"afs_syscall",
				"create_module",
				"epoll_ctl_old",
				"epoll_wait_old",
				"get_kernel_syms",
				"get_thread_area",
				"getpmsg",
				"nfsservctl",
				"putpmsg",
				"query_module",
				"security",
				"set_thread_area",
				"sysfs",
				"tuxcall",
				"uselib",
				"ustat",
				"vserver"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Obsolete, or never made."
		}
	]
};

// seccomp/strict.json
var strict_default = {
	defaultAction: "SCMP_ACT_ERRNO",
	defaultErrnoRet: 38,
	syscalls: [
		{
			"names": [
				"access",
				"chdir",
				"chmod",
				"chown",
				"close",
				"close_range",
				"copy_file_range",
				"creat",
				"dup",
				"dup2",
				"dup3",
				"faccessat",
				"faccessat2",
				"fadvise64",
				"fallocate",
				"fchdir",
				"fchmod",
				"fchmodat",
				"fchmodat2",
				"fchown",
				"fchownat",
				"fcntl",
				"fdatasync",
				"file_getattr",
				"file_setattr",
				"flock",
				"fstat",
				"fstatfs",
				"fsync",
				"ftruncate",
				"futimesat",
				"getcwd",
				"getdents",
				"getdents64",
				"ioprio_get",
				"ioprio_set",
				"lchown",
				"link",
				"linkat",
				"lseek",
				"lstat",
				"mkdir",
				"mkdirat",
				"newfstatat",
				"open",
				"openat",
				"openat2",
				"pread64",
				"preadv",
				"preadv2",
				"pwrite64",
				"pwritev",
				"pwritev2",
				"read",
				"readahead",
				"readlink",
				"readlinkat",
				"readv",
				"rename",
				"renameat",
				"renameat2",
				"rmdir",
				"sendfile",
				"splice",
				"stat",
				"statfs",
				"statx",
				"symlink",
				"symlinkat",
				"sync",
				"sync_file_range",
				"syncfs",
				"tee",
				"truncate",
				"umask",
				"unlink",
				"unlinkat",
				"utime",
				"utimensat",
				"utimes",
				"write",
				"writev"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Files and directories. What of them is there, and what may be written, is decided by the mounts."
		},
		{
			"names": [
				"fgetxattr",
				"flistxattr",
				"fremovexattr",
				"fsetxattr",
				"getxattr",
				"getxattrat",
				"lgetxattr",
				"listxattr",
				"listxattrat",
				"llistxattr",
				"lremovexattr",
				"lsetxattr",
				"removexattr",
				"removexattrat",
				"setxattr",
				"setxattrat"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Extended attributes, which tar and cp carry along. The kernel keeps those of the system to root."
		},
		{
			"names": [
				"epoll_create",
				"epoll_create1",
				"epoll_ctl",
				"epoll_pwait",
				"epoll_pwait2",
				"epoll_wait",
				"eventfd",
				"eventfd2",
				"inotify_add_watch",
				"inotify_init",
				"inotify_init1",
				"inotify_rm_watch",
				"pipe",
				"pipe2",
				"poll",
				"ppoll",
				"pselect6",
				"select",
				"signalfd",
				"signalfd4"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Pipes, and waiting for descriptors."
		},
		{
			"names": [
				"brk",
				"cachestat",
				"madvise",
				"map_shadow_stack",
				"membarrier",
				"memfd_create",
				"mincore",
				"mlock",
				"mlock2",
				"mlockall",
				"mmap",
				"mprotect",
				"mremap",
				"mseal",
				"msync",
				"munlock",
				"munlockall",
				"munmap"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "The memory of the process itself."
		},
		{
			"names": [
				"arch_prctl",
				"execve",
				"execveat",
				"exit",
				"exit_group",
				"fork",
				"get_robust_list",
				"getcpu",
				"getpgid",
				"getpgrp",
				"getpid",
				"getppid",
				"getpriority",
				"getrlimit",
				"getrusage",
				"getsid",
				"gettid",
				"kill",
				"pause",
				"pidfd_open",
				"pidfd_send_signal",
				"prctl",
				"prlimit64",
				"restart_syscall",
				"rseq",
				"set_robust_list",
				"set_tid_address",
				"setpgid",
				"setpriority",
				"setrlimit",
				"setsid",
				"tgkill",
				"tkill",
				"vfork",
				"wait4",
				"waitid"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Processes and threads. Others are found only in the own pid namespace, and limits can only be lowered."
		},
		{
			"names": [
				"futex",
				"sched_get_priority_max",
				"sched_get_priority_min",
				"sched_getaffinity",
				"sched_getattr",
				"sched_getparam",
				"sched_getscheduler",
				"sched_rr_get_interval",
				"sched_yield"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Locks, and the scheduler."
		},
		{
			"names": [
				"rt_sigaction",
				"rt_sigpending",
				"rt_sigprocmask",
				"rt_sigqueueinfo",
				"rt_sigreturn",
				"rt_sigsuspend",
				"rt_sigtimedwait",
				"rt_tgsigqueueinfo",
				"sigaltstack"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Signals."
		},
		{
			"names": [
				"capget",
				"getegid",
				"geteuid",
				"getgid",
				"getgroups",
				"getresgid",
				"getresuid",
				"getuid",
				"setgid",
				"setregid",
				"setresgid",
				"setresuid",
				"setreuid",
				"setuid"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Who the process is. Without a capability it can only become who it is already."
		},
		{
			"names": [
				"alarm",
				"clock_getres",
				"clock_gettime",
				"clock_nanosleep",
				"getitimer",
				"gettimeofday",
				"nanosleep",
				"setitimer",
				"time",
				"timer_create",
				"timer_delete",
				"timer_getoverrun",
				"timer_gettime",
				"timer_settime",
				"timerfd_create",
				"timerfd_gettime",
				"timerfd_settime",
				"times"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Clocks and timers."
		},
		{
			"names": [
				"accept",
				"accept4",
				"bind",
				"connect",
				"getpeername",
				"getsockname",
				"getsockopt",
				"listen",
				"recvfrom",
				"recvmmsg",
				"recvmsg",
				"sendmmsg",
				"sendmsg",
				"sendto",
				"setsockopt",
				"shutdown"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "What is done with a socket. Which sockets there are is decided below, and whom they reach by the network namespace."
		},
		{
			"names": [
				"getrandom",
				"sysinfo",
				"uname"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Random bytes, and what machine this is."
		},
		{
			"names": [
				"landlock_add_rule",
				"landlock_create_ruleset",
				"landlock_restrict_self",
				"seccomp"
			],
			"action": "SCMP_ACT_ALLOW",
			"comment": "With these a program takes rights away from itself, and never gets any back."
		},
		{
			"names": ["uprobe", "uretprobe"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "Made by code that the kernel puts into a process which is traced from outside; refusing them would crash it."
		},
		{
			"names": ["clone"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 2114060288,
				"valueTwo": 0
			}],
			"comment": "Processes and threads, but no new namespace: in a user namespace of its own a program has all capabilities, and the kernel code behind them is in its reach."
		},
		{
			"names": ["unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_GT",
				"value": 4294967295
			}],
			"comment": "Flags that no kernel has yet."
		},
		{
			"names": ["unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294635775,
				"valueTwo": 0
			}],
			"comment": "Descriptors and the like of its own, or nothing. Flags are allowed by name here: the kernel gives new namespaces new ones."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Any flag of a new namespace."
		},
		{
			"names": ["clone3"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Its flags lie behind a pointer, where no filter can look. A libc that hears of no such call takes clone."
		},
		{
			"names": ["socket", "socketpair"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 1
			}],
			"comment": "AF_UNIX. Whom it reaches is decided by the mounts and the network namespace."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 0
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for the usual protocol of its kind."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 6
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for TCP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 17
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for UDP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 2
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 1
				}
			],
			"comment": "AF_INET, streams, datagrams and raw ones, for ping."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 0
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for the usual protocol of its kind."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 6
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for TCP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 17
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for UDP."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ALLOW",
			"args": [
				{
					"index": 0,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 10
				},
				{
					"index": 1,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 12,
					"valueTwo": 0
				},
				{
					"index": 2,
					"op": "SCMP_CMP_MASKED_EQ",
					"value": 4294967295,
					"valueTwo": 58
				}
			],
			"comment": "AF_INET6, streams, datagrams and raw ones, for ping."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 93,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 2
			}],
			"comment": "Other protocols over IP, such as SCTP and MPTCP, by number or by their kind of socket: kernel code that a script has no use for. SOCK_PACKET is AF_PACKET by another name."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 93,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 10
			}],
			"comment": "As for AF_INET."
		},
		{
			"names": ["socket", "socketpair"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"comment": "All other families. AF_VSOCK leads to the host past every network namespace, AF_PACKET reads and writes raw frames, AF_ALG and the rest are seldom used kernel code. AF_NETLINK lists and sets up interfaces; a libc that cannot ask goes by its defaults."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 0
			}],
			"comment": "PER_LINUX, the usual one."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 4294967295
			}],
			"comment": "Only asks which one it is."
		},
		{
			"names": ["personality"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The others switch off address randomisation and other protections."
		},
		{
			"names": ["mknod"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 61440,
				"valueTwo": 4096
			}],
			"comment": "Named pipes."
		},
		{
			"names": ["mknodat"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 2,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 61440,
				"valueTwo": 4096
			}],
			"comment": "Named pipes."
		},
		{
			"names": ["mknod", "mknodat"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Devices need a capability, and for files and sockets there are other calls."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21539
			}],
			"comment": "TIOCSETD loads another line discipline into the kernel."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21522
			}],
			"comment": "TIOCSTI types into the terminal of whoever started the step."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 21532
			}],
			"comment": "TIOCLINUX pastes into a console."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35136
			}],
			"comment": "SIOCGIFBR and SIOCSIFBR: the kernel loads its code for bridges for whoever asks."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35232
			}],
			"comment": "SIOCBRADDBR and SIOCBRDELBR, as those."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"args": [{
				"index": 1,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967294,
				"valueTwo": 35202
			}],
			"comment": "SIOCGIFVLAN and SIOCSIFVLAN: the same for virtual networks."
		},
		{
			"names": ["ioctl"],
			"action": "SCMP_ACT_ALLOW",
			"comment": "All other requests: what they can do is decided by the devices that are there."
		},
		{
			"names": [
				"io_cancel",
				"io_destroy",
				"io_getevents",
				"io_pgetevents",
				"io_setup",
				"io_submit"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Asynchronous reads and writes are for databases."
		},
		{
			"names": [
				"mq_getsetattr",
				"mq_notify",
				"mq_open",
				"mq_timedreceive",
				"mq_timedsend",
				"mq_unlink",
				"msgctl",
				"msgget",
				"msgrcv",
				"msgsnd",
				"semctl",
				"semget",
				"semop",
				"semtimedop",
				"shmat",
				"shmctl",
				"shmdt",
				"shmget"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Queues, semaphores and shared memory with names outlive the process that made them, and a script has files and pipes."
		},
		{
			"names": [
				"futex_requeue",
				"futex_wait",
				"futex_waitv",
				"futex_wake"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Locks of a kind that libraries do not need yet."
		},
		{
			"names": [
				"memfd_secret",
				"pkey_alloc",
				"pkey_free",
				"pkey_mprotect",
				"process_mrelease",
				"remap_file_pages",
				"vmsplice"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Less usual ways to deal with memory, of which exploits make more use than scripts."
		},
		{
			"names": [
				"sched_setaffinity",
				"sched_setattr",
				"sched_setparam",
				"sched_setscheduler"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "A script takes the processor as it comes."
		},
		{
			"names": ["adjtimex", "clock_adjtime"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Asks for what the clock is doing, or sets it."
		},
		{
			"names": ["listmount", "statmount"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "What is mounted; those who ask fall back to /proc/self/mountinfo."
		},
		{
			"names": [
				"capset",
				"setfsgid",
				"setfsuid",
				"setgroups"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Changes who the process is, which a script without capabilities cannot."
		},
		{
			"names": [
				"add_key",
				"keyctl",
				"request_key"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Keyrings are inherited across every namespace."
		},
		{
			"names": [
				"io_uring_enter",
				"io_uring_register",
				"io_uring_setup"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Makes sockets and opens files that no filter sees, and had many holes. Libraries fall back."
		},
		{
			"names": [
				"delete_module",
				"finit_module",
				"init_module"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Kernel modules."
		},
		{
			"names": [
				"kexec_file_load",
				"kexec_load",
				"reboot"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Another kernel, or an end to this one."
		},
		{
			"names": ["swapoff", "swapon"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Swap space of the machine."
		},
		{
			"names": [
				"chroot",
				"mount",
				"pivot_root",
				"umount2"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The file tree was built before the step began."
		},
		{
			"names": [
				"fsconfig",
				"fsmount",
				"fsopen",
				"fspick",
				"mount_setattr",
				"move_mount",
				"open_tree",
				"open_tree_attr"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The newer calls that mount."
		},
		{
			"names": ["setns"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Enters other namespaces."
		},
		{
			"names": ["bpf"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Programs in the kernel."
		},
		{
			"names": ["perf_event_open"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Looks into the kernel and other processes, and had many holes."
		},
		{
			"names": ["userfaultfd"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Holds up the kernel in the middle of a copy: a tool of exploits."
		},
		{
			"names": [
				"kcmp",
				"pidfd_getfd",
				"process_madvise",
				"process_vm_readv",
				"process_vm_writev",
				"ptrace"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Reach into other processes. A policy can allow ptrace for debuggers and sanitizers."
		},
		{
			"names": ["open_by_handle_at"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Opens files by number, past every directory and mount."
		},
		{
			"names": ["name_to_handle_at"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 95,
			"comment": "Gives the numbers for that. Those who ask take this answer for a file system without them."
		},
		{
			"names": [
				"acct",
				"quotactl",
				"quotactl_fd"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Accounting and quotas of file systems."
		},
		{
			"names": ["fanotify_init", "fanotify_mark"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Watches whole file systems."
		},
		{
			"names": [
				"get_mempolicy",
				"mbind",
				"migrate_pages",
				"move_pages",
				"set_mempolicy",
				"set_mempolicy_home_node"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Which memory of the machine is used: seldom used kernel code, and what it gives is speed."
		},
		{
			"names": ["clock_settime", "settimeofday"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The clock of the machine."
		},
		{
			"names": ["setdomainname", "sethostname"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The names of the machine."
		},
		{
			"names": ["ioperm", "iopl"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Ports of the hardware."
		},
		{
			"names": ["syslog", "vhangup"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "The log of the kernel, and the terminals of others."
		},
		{
			"names": ["lookup_dcookie"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "Profiles the kernel."
		},
		{
			"names": [
				"listns",
				"lsm_get_self_attr",
				"lsm_list_modules",
				"lsm_set_self_attr",
				"rseq_slice_yield"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "New, and nothing needs them yet."
		},
		{
			"names": ["modify_ldt"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Segments for 16-bit and 32-bit code, which does not run here."
		},
		{
			"names": [
				"_sysctl",
				"afs_syscall",
				"create_module",
				"epoll_ctl_old",
				"epoll_wait_old",
				"get_kernel_syms",
				"get_thread_area",
				"getpmsg",
				"nfsservctl",
				"putpmsg",
				"query_module",
				"security",
				"set_thread_area",
				"sysfs",
				"tuxcall",
				"uselib",
				"ustat",
				"vserver"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Obsolete, or never made."
		}
	]
};

// src/seccomp/data.ts
/** In a file of their own, so that only who asks for a profile loads them. */
const PROFILES = {
	default: default_default,
	strict: strict_default
};

export { PROFILES };