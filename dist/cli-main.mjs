import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { r as harmless } from "./text.mjs";
import { n as EXIT, t as VERSION } from "./version.mjs";
import { i as readMirror, t as MIRROR_FORM } from "./supply.mjs";
import { t as problemLines } from "./problems.mjs";
import { n as styleFor } from "./style.mjs";
import { parseArgs } from "node:util";

// src/cli/command-line.ts
/** Everything after the first `--` is the step's, whatever it looks like. */
function splitAtDashes(argv) {
	const at = argv.indexOf("--");
	return at === -1 ? {
		ours: argv,
		step: null
	} : {
		ours: argv.slice(0, at),
		step: argv.slice(at + 1)
	};
}
/** Options of a command and what stands between them. Throws a `usage` error for what it does not know. */
function parse(args, command, options) {
	try {
		const parsed = parseArgs({
			args: [...args],
			options,
			allowPositionals: true,
			strict: true
		});
		const stray = [
			"run",
			"learn",
			"explain",
			"doctor"
		].includes(command) ? parsed.positionals[0] : void 0;
		if (stray !== void 0 && command === "doctor") throw usage(`doctor takes options only, and not \`${stray}\``, command);
		if (stray !== void 0) throw usage(`\`${stray}\` is in the way: put \`--\` before the command`, command);
		return parsed;
	} catch (error) {
		if (error instanceof GloveboxError) throw error;
		throw usage(messageOf(error).split(/\.\s/)[0] ?? "", command);
	}
}
function usage(message, command) {
	return new GloveboxError("usage", message, { remedy: `see \`glovebox ${command === null ? "" : `${command} `}--help\`` });
}

// src/cli/arguments.ts
/** What `schema` can print. */
const SCHEMAS = [
	"policy",
	"report",
	"job-report"
];
const POLICY_OPTIONS$1 = {
	policy: {
		type: "string",
		short: "p",
		multiple: true
	},
	network: { type: "string" },
	allow: {
		type: "string",
		multiple: true
	},
	filesystem: { type: "string" },
	"on-unavailable": { type: "string" },
	env: {
		type: "string",
		multiple: true
	},
	directory: {
		type: "string",
		short: "C"
	},
	syscalls: { type: "string" },
	timeout: { type: "string" }
};
const HELP = { help: {
	type: "boolean",
	short: "h"
} };
/** The command line as one of the things that Glovebox can do. Throws a `usage` error otherwise. */
function parseArguments(argv) {
	const [command = "help", ...rest] = argv;
	switch (command) {
		case "run": return parseRun(rest);
		case "learn": return parseLearn(rest);
		case "explain": return parseExplain(rest);
		case "doctor": return parseDoctor(rest);
		case "validate": return parseValidate(rest);
		case "schema": return parseSchema(rest);
		case "help":
		case "--help":
		case "-h": return {
			command: "help",
			topic: rest[0] ?? null
		};
		case "version":
		case "--version":
		case "-V": return { command: "version" };
		default: throw usage(`there is no command \`${command}\``, null);
	}
}
function parseRun(argv) {
	const { ours, step } = splitAtDashes(argv);
	const { values } = parse(ours, "run", {
		...POLICY_OPTIONS$1,
		...HELP,
		report: { type: "string" },
		summary: { type: "string" },
		quiet: {
			type: "boolean",
			short: "q"
		},
		locked: { type: "boolean" },
		diff: { type: "boolean" },
		layer: {
			type: "string",
			multiple: true
		},
		"keep-layer": { type: "string" },
		"keep-changes": { type: "boolean" }
	});
	if (values.help === true) return {
		command: "help",
		topic: "run"
	};
	const keepLayer = values["keep-layer"] ?? null;
	const keepChanges = values["keep-changes"] ?? false;
	if (keepChanges && keepLayer === null) throw usage("--keep-changes needs a place for them: --keep-layer DIR", "run");
	return {
		command: "run",
		...common(values, step, "run"),
		report: values.report ?? null,
		summary: values.summary ?? null,
		quiet: values.quiet ?? false,
		locked: values.locked ?? false,
		diff: values.diff ?? false,
		layers: values.layer ?? [],
		keepLayer,
		keepChanges
	};
}
function parseLearn(argv) {
	const { ours, step } = splitAtDashes(argv);
	const { values } = parse(ours, "learn", {
		...POLICY_OPTIONS$1,
		...HELP,
		output: {
			type: "string",
			short: "o"
		},
		quiet: {
			type: "boolean",
			short: "q"
		}
	});
	if (values.help === true) return {
		command: "help",
		topic: "learn"
	};
	const { output } = values;
	if (output === void 0) throw usage("learn needs a file to write: -o policy.yml", "learn");
	if (values.network !== void 0) throw usage("learn opens the network by itself: leave --network out", "learn");
	return {
		command: "learn",
		...common(values, step, "learn"),
		output,
		quiet: values.quiet ?? false
	};
}
function parseExplain(argv) {
	const { ours, step } = splitAtDashes(argv);
	const { values } = parse(ours, "explain", {
		...POLICY_OPTIONS$1,
		...HELP,
		json: { type: "boolean" }
	});
	if (values.help === true) return {
		command: "help",
		topic: "explain"
	};
	return {
		command: "explain",
		...common(values, step, "explain"),
		json: values.json ?? false
	};
}
function parseDoctor(argv) {
	const { values } = parse(argv, "doctor", {
		...HELP,
		json: { type: "boolean" },
		fix: { type: "boolean" },
		quiet: {
			type: "boolean",
			short: "q"
		},
		"tools-mirror": { type: "string" },
		yes: {
			type: "boolean",
			short: "y"
		}
	});
	if (values.help === true) return {
		command: "help",
		topic: "doctor"
	};
	const given = values["tools-mirror"];
	const toolsMirror = given === void 0 ? null : readMirror(given);
	if (given !== void 0 && toolsMirror === null) throw usage(`--tools-mirror takes ${MIRROR_FORM}`, "doctor");
	return {
		command: "doctor",
		json: values.json ?? false,
		fix: values.fix ?? false,
		quiet: values.quiet ?? false,
		yes: values.yes ?? false,
		toolsMirror
	};
}
function parseValidate(argv) {
	const { values, positionals } = parse(argv, "validate", HELP);
	if (values.help === true) return {
		command: "help",
		topic: "validate"
	};
	if (positionals.length === 0) throw usage("validate needs at least one policy file", "validate");
	return {
		command: "validate",
		files: positionals
	};
}
function parseSchema(argv) {
	const { values, positionals } = parse(argv, "schema", HELP);
	if (values.help === true) return {
		command: "help",
		topic: "schema"
	};
	const which = SCHEMAS.find((name) => name === positionals[0]);
	if (positionals.length !== 1 || which === void 0) throw usage(`schema takes one word: ${SCHEMAS.join(", ")}`, "schema");
	return {
		command: "schema",
		which
	};
}
function common(values, step, command) {
	if (step === null || step.length === 0) throw usage(`${command} needs a command after \`--\`, such as: glovebox ${command} -- npm test`, command);
	const { network, allow, filesystem, syscalls, timeout, env } = values;
	const onUnavailable = values["on-unavailable"];
	return {
		policyFiles: values.policy ?? [],
		flags: {
			...network === void 0 ? {} : { network },
			...allow === void 0 ? {} : { allow },
			...filesystem === void 0 ? {} : { filesystem },
			...onUnavailable === void 0 ? {} : { onUnavailable },
			...syscalls === void 0 ? {} : { syscalls },
			...timeout === void 0 ? {} : { timeout },
			...env === void 0 ? {} : { env }
		},
		directory: values.directory ?? ".",
		step
	};
}

// src/cli/help.ts
const OVERVIEW = `glovebox: runs a command sealed off from the machine and the network, and says how well

  glovebox run [OPTIONS] -- COMMAND [ARGUMENT…]       run a command sealed
  glovebox learn -o FILE [OPTIONS] -- COMMAND [ARGUMENT…]
                                                      write the policy that a run needs
  glovebox explain [OPTIONS] -- COMMAND [ARGUMENT…]   show what run would do, without doing it
  glovebox doctor [--json] [--fix]                    what this machine can enforce, and what mends it
  glovebox validate FILE…                             check policy files
  glovebox schema policy|report|job-report            print a JSON Schema
  glovebox help COMMAND                               more about one command

Without a policy: no network, the workspace on a throwaway layer, and a refusal
when any of that cannot be enforced.`;
const POLICY_OPTIONS = `  -p, --policy FILE           a policy; several are merged in order
      --network MODE          deny, allowlist, audit or unrestricted
      --allow ENTRY           a name or address that may be reached, such as api.example.com
                              or 203.0.113.7:5432; repeatable
      --filesystem MODE       scratch-only, scratch-plus-ro, overlay, workspace or off
      --syscalls PROFILE      strict, default, off, or a file
      --on-unavailable WHAT   fail or degrade, when a layer cannot be enforced
      --env NAME[=VALUE]      hand a variable on, or set it; repeatable
  -C, --directory DIR         run there
      --timeout DURATION      such as 90s or 2h`;
const TOPICS = {
	run: `glovebox run [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
      --report FILE           write the EffectiveSandbox report as JSON
      --summary FILE          append a summary in Markdown
      --diff                  show what the command changed in text files
      --keep-layer DIR        keep what it changed there, if it succeeds
      --keep-changes          keep it also if it fails
      --layer DIR             run on what an earlier run kept; repeatable, in their order
      --locked                tell which entries of network.allow nothing used
  -q, --quiet                 no verdict at the end

Exits with the command's own code; 1 when it tried to leave its allowlist but
succeeded otherwise; 124 when its time ran out; 125 when Glovebox refused or
could not build the sandbox; 126 or 127 when the command cannot be run; 128+n
for signal n.`,
	learn: `glovebox learn -o FILE [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
  -o, --output FILE           the policy to write
  -q, --quiet                 no verdict at the end

Runs the command with the network open and everything written down (mode audit;
cloud metadata stays out of reach), and writes the smallest policy under which
the same run passes with nothing blocked. Everything else is sealed as ever.`,
	explain: `glovebox explain [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
      --json                  the whole plan as JSON

Probes the machine and prints the plan: layers, downgrades, limits, the file
tree, the nftables ruleset and the command lines. Starts nothing of the command.`,
	doctor: `glovebox doctor [--json] [--fix] [--tools-mirror URL] [--yes] [--quiet]

Tries every layer on this machine and tells what can be enforced, what cannot,
why, and what mends it. Exits with 0 when the default policy can be enforced.

      --json                  the facts and verdicts as JSON
      --fix                   get missing tools: archives of the manifest, or the
                              system's packages, installed as root or with
                              passwordless sudo, and else unpacked into a cache;
                              and open what AppArmor, /dev/net/tun and modules
                              keep shut
      --tools-mirror URL      fetch the archives there, for --fix
  -y, --yes                   do not ask before root changes anything
  -q, --quiet                 print only what is wrong`,
	validate: `glovebox validate FILE…

Checks policy files, alone and merged in this order. Prints every problem with
its place and exits with 125 when there is one.`,
	schema: `glovebox schema policy|report|job-report

Prints the JSON Schema of a policy file, of the EffectiveSandbox report, or of the report of the
action, which has one of them for each step.`
};
function helpFor(topic) {
	return topic !== null && Object.hasOwn(TOPICS, topic) ? TOPICS[topic] ?? OVERVIEW : OVERVIEW;
}

// src/cli/main.ts
/** Understands the command line, does what it says, and gives the exit code. */
async function main(argv) {
	let lost = null;
	process.stdout.on("error", (error) => {
		if (error.code !== "EPIPE") lost ??= messageOf(error);
	});
	process.stderr.on("error", () => void 0);
	try {
		const code = await carryOut(parseArguments(argv));
		await new Promise((resolve) => setImmediate(resolve));
		if (lost === null || code !== 0) return code;
		throw new GloveboxError("output-lost", `standard output cannot be written: ${lost}`, { remedy: "lead it to where there is room for it" });
	} catch (error) {
		process.stderr.write(explainError(error));
		return EXIT.refused;
	}
}
async function carryOut(parsed) {
	if ("directory" in parsed) refuseNowhere();
	switch (parsed.command) {
		case "help": return print(helpFor(parsed.topic));
		case "version": return print(`glovebox ${VERSION}`);
		case "run": return await (await import("./cli-run.mjs")).runCommand(parsed);
		case "learn": return await (await import("./cli-learn.mjs")).learnCommand(parsed);
		case "explain": return await (await import("./cli-explain.mjs")).explainCommand(parsed);
		case "doctor": return await (await import("./cli-doctor.mjs")).doctorCommand(parsed);
		case "validate": return await (await import("./cli-validate.mjs")).validateCommand(parsed);
		case "schema": return await (await import("./cli-schema.mjs")).schemaCommand(parsed);
	}
}
function refuseNowhere() {
	try {
		process.cwd();
	} catch (error) {
		throw new GloveboxError("input-invalid", "the current directory is gone", {
			cause: error,
			remedy: "change to a directory that is there"
		});
	}
}
function explainError(error) {
	const style = styleFor(process.stderr);
	if (!(error instanceof GloveboxError)) {
		const where = error instanceof Error ? `\n${error.stack ?? ""}` : "";
		return `${style.bad("glovebox:")} this is a bug in Glovebox: ${harmless(messageOf(error))}${where}\n`;
	}
	const { problems = [], remedy } = error.details;
	return `${[
		`${style.bad("glovebox:")} ${harmless(error.message)}`,
		...problemLines(problems, style),
		...remedy === void 0 ? [] : [`  ${style.dim("→")} ${harmless(remedy)}`]
	].join("\n")}\n`;
}
function print(text) {
	process.stdout.write(`${text}\n`);
	return 0;
}

export { main };