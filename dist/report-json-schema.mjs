import { _ as _lte, a as literal, c as optional, d as strictObject, f as string, g as _gte, h as toJSONSchema, i as int, n as array, o as nullable, r as boolean, s as number, t as _enum, u as record, v as _nonnegative, y as globalRegistry } from "./vendor-zod.mjs";

// src/report/schema.ts
/** The shape of a report. The types everywhere else are read off it; nothing is checked at run time. */
function told(schema, description) {
	globalRegistry.add(schema, { description });
	return schema;
}
const layer = _enum([
	"network",
	"filesystem",
	"resources",
	"privilege",
	"environment",
	"runner"
]);
const texts = array(string());
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
		allow: texts,
		blockMetadata: boolean(),
		resolver: nullable(string()),
		onBlocked: _enum([
			"fail",
			"warn",
			"ignore"
		]),
		expectBlocked: texts
	}),
	filesystem: strictObject({
		mode: _enum([
			"scratch-only",
			"scratch-plus-ro",
			"overlay",
			"workspace",
			"off"
		]),
		read: texts,
		write: texts,
		hide: texts
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
	runner: strictObject({
		outputs: texts,
		env: texts,
		path: texts,
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
		expected: told(boolean(), "Named by network.expect-blocked"),
		allow: told(nullable(string()), "The entry that would allow it; null where none can")
	})),
	allowedNotListed: told(count(), "Counted but not listed, because the lists are bounded"),
	blockedNotListed: count(),
	unused: told(texts, "Entries of network.allow that nothing of this run used"),
	malformedLookUps: told(count(), "Packets to a resolver that were no look-ups")
});
const changes = strictObject({
	files: array(strictObject({
		path: told(string(), "Relative to the workspace"),
		change: _enum([
			"created",
			"modified",
			"deleted"
		]),
		size: told(count(), "Bytes of a plain file; 0 for anything else")
	})),
	notListed: told(count(), "Found but not listed, because the list is bounded"),
	unread: told(count(), "Directories that could not be looked into, or that were one too many")
});
const outcome = strictObject({
	kind: _enum([
		"exited",
		"signaled",
		"timed-out",
		"out-of-memory",
		"refused",
		"blocked",
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
	command: texts,
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
	environment: told(strictObject({
		passed: texts,
		set: texts,
		dropped: texts
	}), "Names only, never values"),
	usage: strictObject({
		wallMs: number(),
		cpuMs: number(),
		peakMemoryBytes: nullable(number()),
		peakProcesses: nullable(number()),
		outputBytes: number(),
		truncated: boolean()
	}),
	outcome,
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
	tools: told(record(string(), nullable(string())), "Versions, as the tools tell them; null where a tool is missing")
}), "What was requested of the sandbox, what was enforced and how, and what was seen.");

// src/report/json-schema.ts
/** The JSON Schema (draft 2020-12) of a report. */
function reportJsonSchema() {
	const { $schema, ...schema } = toJSONSchema(effectiveSandbox, { target: "draft-2020-12" });
	return {
		$schema,
		title: "Glovebox EffectiveSandbox report",
		...schema
	};
}

export { reportJsonSchema };