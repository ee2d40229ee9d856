// seccomp/base.json
var base_default = {
	defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [
		{
			"names": [
				"add_key",
				"request_key",
				"keyctl"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "A session keyring is inherited across every namespace, so its keys would be the step's."
		},
		{
			"names": ["io_uring_setup"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "A ring makes sockets and opens files without a system call that any filter sees. Libraries fall back."
		},
		{
			"names": ["clone3"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Its flags lie behind a pointer, where no filter can look; without it libc falls back to clone."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 268435456,
				"valueTwo": 0
			}],
			"comment": "Without CLONE_NEWUSER. In a user namespace of its own a step has every capability, and undoes mounts that guard it."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "With CLONE_NEWUSER."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 40
			}],
			"comment": "AF_VSOCK, between a virtual machine and its host: no network namespace holds it."
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
			"comment": "TIOCSTI types into a terminal as if its user had."
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
		}
	]
};

// seccomp/default.json
var default_default = {
	defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [
		{
			"names": [
				"add_key",
				"request_key",
				"keyctl",
				"io_uring_setup",
				"clone3"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Keyrings are inherited across namespaces."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 268435456,
				"valueTwo": 0
			}],
			"comment": "No user namespace."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "See above."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 40
			}],
			"comment": "vsock."
		}
	]
};

// seccomp/strict.json
var strict_default = {
	defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [
		{
			"names": [
				"add_key",
				"request_key",
				"keyctl",
				"io_uring_setup",
				"clone3"
			],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 38,
			"comment": "Keyrings are inherited across namespaces."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ALLOW",
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 268435456,
				"valueTwo": 0
			}],
			"comment": "No user namespace."
		},
		{
			"names": ["clone", "unshare"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 1,
			"comment": "See above."
		},
		{
			"names": ["socket"],
			"action": "SCMP_ACT_ERRNO",
			"errnoRet": 97,
			"args": [{
				"index": 0,
				"op": "SCMP_CMP_MASKED_EQ",
				"value": 4294967295,
				"valueTwo": 40
			}],
			"comment": "vsock."
		}
	]
};

// src/seccomp/data.ts
/** In a file of their own, so that only who asks for a profile loads them. */
const PROFILES = {
	base: base_default,
	default: default_default,
	strict: strict_default
};

export { PROFILES };