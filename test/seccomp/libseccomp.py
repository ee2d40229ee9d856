"""Compiles profiles with libseccomp, as container runtimes do: JSON in, JSON out."""

import base64
import json
import sys
import tempfile

try:
    import seccomp
except ImportError:
    sys.exit("python3-seccomp is missing: apt-get install python3-seccomp")

ARCHES = {"x64": seccomp.Arch.X86_64, "arm64": seccomp.Arch.AARCH64}
OPS = {
    "SCMP_CMP_NE": seccomp.NE,
    "SCMP_CMP_LT": seccomp.LT,
    "SCMP_CMP_LE": seccomp.LE,
    "SCMP_CMP_EQ": seccomp.EQ,
    "SCMP_CMP_GE": seccomp.GE,
    "SCMP_CMP_GT": seccomp.GT,
    "SCMP_CMP_MASKED_EQ": seccomp.MASKED_EQ,
}
ACTIONS = {
    "SCMP_ACT_ALLOW": seccomp.ALLOW,
    "SCMP_ACT_KILL": seccomp.KILL,
    "SCMP_ACT_KILL_THREAD": seccomp.KILL,
    "SCMP_ACT_KILL_PROCESS": seccomp.KILL_PROCESS,
    "SCMP_ACT_LOG": seccomp.LOG,
    "SCMP_ACT_TRAP": seccomp.TRAP,
}


def action_of(name, errno):
    return seccomp.ERRNO(errno) if name == "SCMP_ACT_ERRNO" else ACTIONS[name]


def argument(index, op, value, under):
    values = [int(value), int(under)] if op == "SCMP_CMP_MASKED_EQ" else [int(value)]
    return seccomp.Arg(index, OPS[op], *values)


def compiled(profile):
    default = action_of(profile["action"], profile["errno"])
    program = seccomp.SyscallFilter(defaction=default)
    arch = ARCHES[profile["arch"]]
    if not program.exist_arch(arch):
        program.add_arch(arch)
        program.remove_arch(seccomp.Arch())
    program.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    unknown = set()
    for rule in profile["rules"]:
        action = action_of(rule["action"], rule["errno"])
        arguments = [argument(*given) for given in rule["args"]]
        for name in rule["names"]:
            # Negative: it knows no such call, or none of this architecture. Version 2.5 then leaves out
            # the load of the number for the calls that follow.
            if seccomp.resolve_syscall(arch, name) < 0:
                unknown.add(name)
            elif action != default:  # libseccomp takes no rule that says what the default says
                program.add_rule(action, name, *arguments)
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        filter = base64.b64encode(file.read()).decode()
    return {"filter": filter, "unknown": sorted(unknown)}


json.dump([compiled(profile) for profile in json.load(sys.stdin)], sys.stdout)
