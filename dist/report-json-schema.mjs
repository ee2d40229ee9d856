import { C as globalRegistry, _ as toJSONSchema, a as literal, b as _nonnegative, f as record, i as int, l as number, m as string, n as array, p as strictObject, r as boolean, s as nullable, t as _enum, u as optional, v as _gte, y as _lte } from "./vendor-zod.mjs";

// src/report/schema.ts
/** The shape of a report. The types everywhere else are read off it; nothing is checked at run time. */
function told(schema, description) {
	globalRegistry.add(schema, { description });
	return schema;
}
const layer = _enum([...[
	"network",
	"filesystem",
	"resources",
	"privilege",
	"syscalls"
], ...["environment", "runner"]]);
const texts$1 = array(string());
const count = () => int().check(_nonnegative());
const limit = () => nullable(number());
const destination = () => ({
	name: told(optional(string()), "The name that was asked for; left out where there is none"),
	address: told(nullable(string()), "null for a name that went through the gateway"),
	port: nullable(int().check(_gte(0), _lte(65535))),
	protocol: told(string(), "tcp, udp, icmp, ipv6-icmp, or the number of another IP protocol"),
	count: told(count(), "TCP: attempts to connect. Other protocols: packets"),
	process: told(optional(nullable(string())), "The first process that was seen at it; null where none was")
});
const requested = strictObject({
	onUnavailable: _enum(["fail", "degrade"]),
	network: strictObject({
		mode: _enum([
			"deny",
			"allowlist",
			"audit",
			"unrestricted"
		]),
		allow: texts$1,
		blockMetadata: boolean(),
		resolver: nullable(string()),
		backend: string(),
		interface: nullable(string()),
		address: nullable(string()),
		netmask: nullable(string()),
		gateway: nullable(string()),
		onBlocked: _enum([
			"fail",
			"warn",
			"ignore"
		]),
		expectBlocked: texts$1
	}),
	filesystem: strictObject({
		mode: _enum([
			"scratch-only",
			"scratch-plus-ro",
			"overlay",
			"workspace",
			"off"
		]),
		read: texts$1,
		write: texts$1,
		hide: texts$1,
		outputs: texts$1,
		outputsOn: _enum(["success", "always"]),
		outputsMissing: _enum(["fail", "warn"]),
		maxOutputBytes: limit(),
		maxOutputFiles: limit(),
		logs: texts$1
	}),
	resources: told(strictObject({
		timeoutMs: limit(),
		cpuTimeMs: limit(),
		memoryBytes: limit(),
		processes: limit(),
		openFiles: limit(),
		fileSizeBytes: limit(),
		outputBytes: limit()
	}), "null: lifted by the policy"),
	privilege: strictObject({
		mode: _enum(["drop", "inherit"]),
		uid: nullable(number()),
		gid: nullable(number())
	}),
	syscalls: strictObject({
		profile: told(string(), "default, strict, off, or the path of a file"),
		allow: texts$1,
		block: texts$1
	}),
	runner: strictObject({
		outputs: texts$1,
		env: texts$1,
		path: texts$1,
		summary: boolean(),
		annotations: boolean()
	})
});
const egress = strictObject({
	allowed: array(strictObject({
		...destination(),
		up: told(optional(count()), "Bytes that the step sent, where the gateway counted them"),
		down: optional(count())
	})),
	blocked: array(strictObject({
		...destination(),
		reason: told(string(), "Why it was refused"),
		expected: told(boolean(), "Named by network.expect-blocked, or an allowed name whose server did not answer"),
		allow: told(nullable(string()), "The entry that would allow it; null where none can")
	})),
	allowedNotListed: told(count(), "Counted but not listed, because the lists are bounded"),
	blockedNotListed: count(),
	unused: told(texts$1, "Entries of network.allow that nothing of this run used"),
	malformedLookUps: told(count(), "Packets to a resolver that were no look-ups")
});
const syscalls = strictObject({
	profile: string(),
	filters: told(array(strictObject({
		name: told(string(), "The profile that it was compiled from"),
		rules: told(count(), "Pairs of a system call and a rule for it"),
		sha256: told(nullable(string()), "Of the program; null where nothing was run")
	})), "In force at once; the kernel obeys the strictest")
});
const changes = strictObject({
	files: array(strictObject({
		path: told(string(), "Relative to the workspace; `.` for itself"),
		hex: told(optional(string()), "The bytes of the path; left out where they are UTF-8"),
		change: _enum([
			"created",
			"modified",
			"deleted"
		]),
		kind: told(_enum([
			"file",
			"directory",
			"symlink",
			"other"
		]), "What is there now; of what is deleted, what was there"),
		size: told(count(), "Bytes of a plain file; 0 for anything else")
	})),
	notListed: told(count(), "Found but not listed, because the list is bounded"),
	unread: told(count(), "Places that could not be looked at, or that were too many")
});
const toldPaths = () => array(strictObject({
	path: string(),
	reason: string()
}));
const outputs = strictObject({
	done: told(boolean(), "All of them are in the workspace; otherwise none is"),
	files: told(count(), "Files, directories and links that were not there just so before"),
	bytes: count(),
	missing: told(texts$1, "Globs that nothing matched"),
	refused: told(toldPaths(), "What cannot come out; with one of them nothing does"),
	refusedNotListed: count(),
	leftOut: told(toldPaths(), "What globs mean that never comes out, or not as it was"),
	leftOutNotListed: count(),
	problem: told(nullable(string()), "Why nothing came out")
});
const outcome$1 = strictObject({
	kind: _enum([
		"exited",
		"signaled",
		"timed-out",
		"out-of-memory",
		"refused",
		"blocked",
		"outputs-failed",
		"failed-to-start"
	]),
	exitCode: told(int(), "What glovebox exits with"),
	stepExitCode: told(nullable(int()), "The command's own; null when it did not get that far"),
	cause: told(nullable(string()), "The first cause, in words; null for an exit with 0")
});
const source = strictObject({
	name: told(string(), "As it was named"),
	sha256: told(nullable(string()), "Of its bytes; null for options of the command line"),
	commit: told(nullable(string()), "The commit that it was read from; null: it lay on disk")
});
const effectiveSandbox = told(strictObject({
	version: literal(1),
	glovebox: told(string(), "The version of Glovebox that wrote this"),
	command: texts$1,
	requested: told(requested, "The merged policy"),
	enforced: told(record(layer, boolean()), "True only where the layer was in force, whole, while the command ran"),
	layers: record(layer, strictObject({
		status: _enum([
			"enforced",
			"downgraded",
			"unavailable",
			"not-requested"
		]),
		mechanism: told(string(), "What holds the layer")
	})),
	downgrades: told(array(strictObject({
		layer,
		code: string(),
		reason: string(),
		remedy: string()
	})), "Layers that were requested and are not, or not fully, enforced"),
	notes: array(strictObject({
		code: string(),
		text: string()
	})),
	egress: told(nullable(egress), "null where nothing was recorded"),
	changes: told(nullable(changes), "What the step did to the workspace in its throwaway layer; null without one"),
	outputs: told(nullable(outputs), "What came out of the throwaway layer; null where nothing was to"),
	syscalls: told(syscalls, "The filters of system calls that the step ran under"),
	environment: told(strictObject({
		passed: texts$1,
		set: texts$1,
		dropped: texts$1
	}), "Names only, never values"),
	usage: strictObject({
		wallMs: number(),
		cpuMs: number(),
		peakMemoryBytes: nullable(number()),
		peakProcesses: nullable(number()),
		outputBytes: number(),
		truncated: boolean()
	}),
	outcome: outcome$1,
	policy: strictObject({
		sources: array(source),
		floors: told(array(source), "What bounded the policy, in this order")
	}),
	host: strictObject({
		platform: string(),
		arch: string(),
		kernel: string(),
		node: string(),
		uid: number(),
		root: boolean()
	}),
	tools: told(record(string(), nullable(string())), "Versions, as the tools tell them; null where a tool is missing"),
	toolOrigins: told(record(string(), strictObject({
		source: _enum([
			"system",
			"archive",
			"packages"
		]),
		path: string(),
		sha256: told(string(), "Of the program's file")
	})), "Where each of them came from; a tool that is missing is not among them")
}), "What was requested of the sandbox, what was enforced and how, and what was seen.");

// src/report/job-schema.ts
const texts = array(string());
const outcome = _enum([
	"success",
	"failure",
	"cancelled",
	"skipped"
]);
const handedOn = strictObject({
	outputs: told(texts, "Names, never values"),
	env: texts,
	path: texts,
	leftBehind: told(array(strictObject({
		kind: _enum([
			"output",
			"env",
			"path"
		]),
		name: string(),
		reason: string()
	})), "Written by the step, and not handed on"),
	leftBehindNotListed: int().check(_nonnegative()),
	problems: told(texts, "Why nothing of a file was handed on"),
	annotations: told(int().check(_nonnegative()), "Shown in the log"),
	annotationsNotShown: int().check(_nonnegative())
});
const step = strictObject({
	id: string(),
	name: string(),
	outcome,
	conclusion: told(outcome, "As outcome, after continue-on-error"),
	error: told(nullable(strictObject({
		code: string(),
		message: string(),
		remedy: nullable(string())
	})), "What kept the step from being planned"),
	handedOn,
	report: told(nullable(effectiveSandbox), "null where the step was not run")
});
/** What one use of the action did, step by step. */
const jobReport = told(strictObject({
	version: literal(1),
	glovebox: told(string(), "The version of Glovebox that wrote this"),
	outcome,
	exitCode: told(int(), "What the action exits with"),
	enforced: told(boolean(), "Every requested layer of every step was in force"),
	steps: array(step)
}), "What one use of the Glovebox action did");

// src/report/json-schema.ts
/** The JSON Schema (draft 2020-12) of a report. */
function reportJsonSchema() {
	return titled("Glovebox EffectiveSandbox report", effectiveSandbox);
}
/** The JSON Schema (draft 2020-12) of what one use of the action writes down. */
function jobReportJsonSchema() {
	return titled("Glovebox job report", jobReport);
}
function titled(title, type) {
	const { $schema, ...schema } = toJSONSchema(type, { target: "draft-2020-12" });
	return {
		$schema,
		title,
		...schema
	};
}

export { jobReportJsonSchema, reportJsonSchema };