import { a as exportVariable, c as info, d as setOutput, i as error, o as getInput, p as warning, t as addPath, v as summary } from "./vendor-actions-core.mjs";
import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { i as markdownText, n as bounded, r as harmless, t as ACTING_CHARACTERS } from "./text.mjs";
import { t as problemLines } from "./problems.mjs";
import { r as styleInLog } from "./style.mjs";
import { t as formatDuration } from "./units.mjs";
import { a as reachedTable, i as problemSections, n as layerTable, o as usageTable, s as changesPart, t as isSealed } from "./summary.mjs";
import { _ as table, h as folded, i as suggestionsOf, l as yamlText, m as cell, n as session, r as asTheStepSees } from "./session.mjs";
import { n as EXIT, t as VERSION } from "./version.mjs";
import { i as listenForInterrupts, n as verdict, r as openOutlet } from "./verdict.mjs";
import { n as recoverOutputs } from "./recover.mjs";
import { i as readMirror, r as originLines, t as MIRROR_FORM } from "./supply.mjs";
import { B as execute, M as orderOutside, i as probeOnce, k as findKept, n as identify, t as currentEnvironment } from "./environment.mjs";
import { a as openMachine, c as showLogs, n as makeRunDirectory, o as announce, s as say, t as clearRun } from "./run-directory.mjs";
import { o as within } from "./mounts.mjs";
import { a as FLOOR_VARIABLE, c as readPolicyFile, o as readFloors, r as withProfiles, s as readLayers } from "./profiles.mjs";
import { n as networkLines, r as learnedEntries } from "./learned.mjs";
import { o as COMMAND_FILES } from "./staging.mjs";
import { i as shown } from "./reading.mjs";
import { n as steeringReason } from "./schema.mjs";
import { t as Neutraliser } from "./neutralise.mjs";
import { t as provideTools } from "./provide.mjs";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { Transform } from "node:stream";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

// src/report/job-summary.ts
/** The runner drops a summary of more than 1 MiB, all of it. */
const LARGEST = 1e6;
const MARKS = {
	success: "✅",
	failure: "❌",
	cancelled: "🛑",
	skipped: "⏭️"
};
/** All steps as Markdown: a line for each, then what went wrong, then everything else, folded away. */
function jobSummary(results) {
	const head = [
		`## ${headline(results)}`,
		"",
		...table([
			"",
			"step",
			"result",
			"seal",
			"time"
		], results.map(verdictRow)),
		""
	];
	const parts = results.map(stepPart);
	const summaries = results.map(({ summary }) => summary ?? "");
	return fitting([
		head.join("\n"),
		...parts,
		...summaries
	]);
}
/** What there is to say where no step was so much as begun. */
function refusalSummary(message, problems, remedy) {
	const more = problems.length - 50;
	return [
		"## Glovebox: ❌ refused, nothing ran",
		...[
			"",
			`**${cell(message)}**`,
			""
		],
		...problems.slice(0, 50).map((problem) => `- ${cell(problem)}`),
		...more > 0 ? [`- … and ${more} more`] : [],
		...remedy === void 0 ? [] : ["", `→ ${cell(remedy)}`],
		""
	].join("\n");
}
/** From the front as many as fit; a word says what was left out. */
function fitting(parts) {
	const size = (text) => new TextEncoder().encode(text).length;
	const kept = [];
	let room = LARGEST;
	let leftOut = 0;
	for (const part of parts.filter((one) => one !== "")) if (size(part) < room) {
		kept.push(part);
		room -= size(part) + 1;
	} else leftOut += 1;
	const word = leftOut === 0 ? [] : [`\n_${leftOut} parts are left out here: they are in the report._\n`];
	return [...kept, ...word].join("\n");
}
function headline(results) {
	const failed = results.filter(({ conclusion }) => conclusion === "failure").length;
	const ran = results.filter(({ report }) => report !== null);
	const open = ran.filter(({ report }) => report !== null && !isSealed(report)).length;
	const cancelled = results.some(({ outcome }) => outcome === "cancelled");
	const steps = (count) => `${count} step${count === 1 ? "" : "s"}`;
	return `Glovebox: ${cancelled ? "🛑 cancelled" : failed > 0 ? `❌ ${steps(failed)} failed` : `✅ ${steps(ran.length)} passed`}, ${open > 0 ? `${steps(open)} NOT fully sealed` : ran.length === 0 ? "nothing ran" : "all sealed"}`;
}
function verdictRow({ name, outcome, conclusion, report, error }) {
	const forgiven = outcome === "failure" && conclusion === "success" ? " (continue-on-error)" : "";
	return [
		MARKS[outcome],
		name,
		`${resultOf(outcome, report, error?.message ?? null)}${forgiven}`,
		report === null ? "-" : sealOf(report),
		report === null ? "-" : formatDuration(report.usage.wallMs)
	];
}
function resultOf(outcome, report, error) {
	if (error !== null) return error;
	if (report === null) return outcome;
	const { kind, cause, exitCode } = report.outcome;
	return cause === null ? "ok" : kind === "exited" ? `exit code ${exitCode}` : `${kind}: ${cause}`;
}
function sealOf(report) {
	if (isSealed(report)) return "whole";
	const open = Object.entries(report.layers).filter(([, { status }]) => status === "downgraded" || status === "unavailable").map(([layer]) => layer);
	return open.length > 0 ? `NOT sealed: ${open.join(", ")}` : "nothing ran";
}
function stepPart({ name, report, error, told }) {
	if (report === null && error === null) return "";
	const remedy = error?.details.remedy;
	return [
		`### ${cell(name)}`,
		...error === null ? [] : ["", `**${cell(error.message)}**`],
		...remedy === void 0 ? [] : ["", `→ ${cell(remedy)}`],
		...report === null ? [] : reportPart(report),
		...handedPart(told),
		""
	].join("\n");
}
function reportPart(report) {
	const notes = report.notes.map(({ text }) => `- ${cell(text)}`);
	const reached = reachedTable(report);
	return [
		...problemSections(report),
		...folded("Layers", layerTable(report)),
		...folded("Usage", usageTable(report)),
		...reached.length === 0 ? [] : folded("Reached", reached),
		...changesPart(report),
		...notes.length === 0 ? [] : folded(`Notes (${notes.length})`, notes)
	];
}
function handedPart(told) {
	const promoted = [
		...told.outputs.map((name) => ["output", name]),
		...told.env.map((name) => ["variable", name]),
		...told.path.map((entry) => ["PATH", entry])
	];
	const left = told.leftBehind.map(({ kind, name, reason }) => [
		kind,
		name,
		reason
	]);
	return [
		...told.problems.flatMap((problem) => ["", `⚠️ ${cell(problem)}`]),
		...promoted.length === 0 ? [] : folded("Handed on to later steps", table(["kind", "name"], promoted)),
		...left.length === 0 ? [] : folded(`Left behind (${left.length + told.leftBehindNotListed})`, table([
			"kind",
			"name",
			"why"
		], left))
	];
}

// src/action/inputs.ts
const SUMMARIES = [
	"always",
	"on-problem",
	"never"
];
/** Reads all inputs, and tells all that is wrong with them together. */
async function readInputs() {
	const problems = [];
	const choice = (name, values) => {
		const given = text(name) ?? values[0];
		const found = values.find((value) => value === given);
		if (found === void 0) problems.push(problem(name, `\`${given}\` is not a value of it`, `one of ${values.join(", ")}`));
		return found ?? values[0];
	};
	const inputs = {
		steps: await readDeclared(problems),
		policy: text("policy"),
		policyFile: text("policy-file"),
		policyRef: choice("policy-ref", ["base", "head"]),
		floorPolicyFile: text("floor-policy-file"),
		onUnavailable: text("on-unavailable"),
		workingDirectory: text("working-directory"),
		summary: choice("summary", SUMMARIES),
		reportFile: text("report-file"),
		install: choice("install", ["auto", "never"]) === "auto",
		toolsMirror: mirror(problems),
		allowSysctl: choice("allow-sysctl", ["false", "true"]) === "true"
	};
	if (problems.length > 0) throw new GloveboxError("input-invalid", "the action's inputs have problems", { problems });
	return inputs;
}
async function readDeclared(problems) {
	const run = getInput("run", { trimWhitespace: false });
	const list = text("steps");
	const shell = text("shell");
	if (run.trim() !== "" && list !== null) problems.push(problem("steps", "`run` is there as well", "either `run` or `steps`"));
	if (shell !== null && run.trim() === "") problems.push(problem("shell", "there is no `run` that it could be for", "`shell` beside `run`"));
	if (run.trim() === "" && list === null) return [];
	const { readSteps, singleStep } = await import("./workflow-steps.mjs");
	const declared = list === null ? singleStep(run, shell) : readSteps(list, "steps");
	problems.push(...declared.problems);
	return declared.steps;
}
function mirror(problems) {
	const given = text("tools-mirror");
	const read = given === null ? null : readMirror(given);
	if (given !== null && read === null) problems.push(problem("tools-mirror", "it is no address of a mirror", MIRROR_FORM));
	return read;
}
function text(name) {
	const given = getInput(name);
	return given === "" ? null : given;
}
function problem(input, message, expected) {
	return {
		place: { origin: `input ${input}` },
		path: "",
		message,
		expected
	};
}

// src/action/job.ts
function readJob() {
	const environment = currentEnvironment();
	return {
		workspace: realpathSync(required(environment, "GITHUB_WORKSPACE")),
		temp: realpathSync(required(environment, "RUNNER_TEMP")),
		event: {
			name: environment["GITHUB_EVENT_NAME"] ?? "",
			sha: environment["GITHUB_SHA"] ?? "",
			payload: readPayload(environment["GITHUB_EVENT_PATH"])
		},
		environment
	};
}
function required(environment, name) {
	const value = environment[name];
	if (value !== void 0 && value !== "") return value;
	throw new GloveboxError("input-invalid", `${name} is not set`, { remedy: "use this as an action of a workflow; for anything else there is the `glovebox` command" });
}
/** Where it cannot be read, no base commit is known, and what rests on one is refused. */
function readPayload(path) {
	try {
		return path === void 0 ? null : JSON.parse(readFileSync(path, "utf8"));
	} catch {
		return null;
	}
}

// src/workflow/events.ts
/** Decides from which commit files that steer Glovebox are read. */
function trustOf({ name, sha, payload }) {
	switch (name) {
		case "pull_request":
		case "pull_request_target":
		case "pull_request_review":
		case "pull_request_review_comment": return proposed(at(payload, "pull_request", "base", "sha"));
		case "merge_group": return proposed(at(payload, "merge_group", "base_sha"));
		case "workflow_run":
		case "issue_comment": return proposed(sha);
		default: return { kind: "own" };
	}
}
function proposed(commit) {
	return {
		kind: "proposed",
		base: typeof commit === "string" && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) ? commit : null
	};
}
function at(document, ...path) {
	return path.reduce((value, key) => typeof value === "object" && value !== null && Object.hasOwn(value, key) ? value[key] : void 0, document);
}

// src/action/repository.ts
const GIT_MS = 2e4;
const FETCH_MS = 12e4;
/** Nothing that the tree or its settings name is run, and no question is asked. */
const CAREFUL = [
	...[
		"-c",
		"core.fsmonitor=false",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"core.pager=cat"
	],
	...[
		"-c",
		"protocol.ext.allow=never",
		"-c",
		"safe.directory=*"
	],
	...[
		"--no-optional-locks",
		"--no-pager",
		"--literal-pathspecs"
	]
];
/**
* A file as a commit has it, not as it lies in the checked-out tree. The commit is fetched where it
* is not there. Throws where it cannot be had: the step is refused then.
*
* @param file as the user named it, relative to `workspace`
* @param commit a full hash
*/
async function fileAt(commit, file, workspace) {
	const git = await openRepository(workspace, file);
	if ((await git.run([
		"cat-file",
		"-e",
		`${commit}^{commit}`
	])).code !== 0) await fetchCommit(git, commit, file);
	const entry = await git.run([
		"ls-tree",
		"-z",
		commit,
		"--",
		git.path
	]);
	const [mode = ""] = entry.stdout.split(" ");
	if (entry.code !== 0 || mode === "") throw refused(file, `it is not there in the base commit ${commit}`, "add it to the base branch first, or set policy-ref: head on purpose");
	if (!mode.startsWith("100")) throw refused(file, `in the base commit ${commit} it is no plain file`, "name a file itself, not a symlink or a directory");
	const shown = await git.run([
		"cat-file",
		"blob",
		`${commit}:${git.path}`
	]);
	if (shown.code !== 0) throw refused(file, shown.stderr.trim(), "see what git says");
	return {
		name: file,
		bytes: Buffer.from(shown.stdout),
		commit
	};
}
/**
* The outermost repository on the way to the file. It is named to git: what git would find by itself
* could be a directory of the proposed tree that looks like a repository.
*/
async function openRepository(workspace, file) {
	const program = await findKept("git", orderOutside(process.env["PATH"] ?? ""));
	if (program === null) throw refused(file, "git is not installed where no step could rewrite it", "install git");
	const inner = relative(workspace, resolve(workspace, file)).split("/").slice(0, -1);
	const top = ["", ...inner].map((_, index) => join(workspace, ...inner.slice(0, index))).find((directory) => isDirectory(join(directory, ".git")));
	if (top === void 0) throw refused(file, `there is no git repository at ${workspace} or on the way to it`, "check the repository out before this step");
	const where = [`--git-dir=${join(top, ".git")}`, `--work-tree=${top}`];
	return {
		path: relative(top, resolve(workspace, file)),
		run: async (args, timeout = GIT_MS) => await execute([
			program,
			"-C",
			top,
			...where,
			...CAREFUL,
			...args
		], {
			timeout,
			environment: gitEnvironment()
		})
	};
}
function isDirectory(path) {
	return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
async function fetchCommit(git, commit, file) {
	const depth = (await git.run(["rev-parse", "--is-shallow-repository"])).stdout.trim() === "true" ? ["--depth=1"] : [];
	const fetched = await git.run([
		"fetch",
		"--quiet",
		"--no-tags",
		"--no-write-fetch-head",
		"--no-recurse-submodules",
		...depth,
		"origin",
		commit
	], FETCH_MS);
	if (fetched.code !== 0) {
		const said = fetched.stderr.trim().split("\n").at(-1) ?? "";
		throw refused(file, `the base commit ${commit} is not there and could not be fetched${said === "" ? "" : `: ${said}`}`, "check out with `fetch-depth: 0`, or leave `persist-credentials` on");
	}
}
/** What git needs to reach the remote as the job does; nothing that names a program. */
function gitEnvironment() {
	const own = [
		"HOME",
		"PATH",
		"SSL_CERT_FILE",
		"HTTPS_PROXY",
		"https_proxy",
		"NO_PROXY",
		"no_proxy"
	].flatMap((name) => {
		const value = process.env[name];
		return value === void 0 ? [] : [[name, value]];
	});
	return {
		...Object.fromEntries(own),
		GIT_TERMINAL_PROMPT: "0",
		LC_ALL: "C"
	};
}
function refused(file, reason, remedy) {
	return new GloveboxError("policy-unreadable", `the policy file ${file} cannot be had: ${reason}`, { remedy });
}

// src/action/policy-sources.ts
async function policySources(inputs, job) {
	const head = inputs.policyFile !== null && inputs.policyRef === "head" && trustOf(job.event).kind === "proposed";
	return {
		texts: await policyTexts(inputs, job),
		floors: await Promise.all(floorFiles(inputs, job).map((file) => namedFloor(file, job))),
		readProfile: profileReader(inputs, job),
		notes: head ? [FROM_HEAD] : [],
		files: [inputs.policyFile ?? "", ...floorFiles(inputs, job)].filter((file) => file !== "").map((file) => resolve(job.workspace, file))
	};
}
const FROM_HEAD = {
	code: "policy-from-head",
	text: "policy-ref is head: the policy file is as the proposed change has it, and may be of its making"
};
/** The environment's too may lie in the repository, where a proposed change could rewrite it. */
function floorFiles({ floorPolicyFile }, { environment }) {
	return [environment["GLOVEBOX_FLOOR_POLICY"] ?? "", floorPolicyFile ?? ""].filter((file) => file !== "");
}
/** What an earlier step made of such a file in the meantime does not count. */
function profileReader({ policyFile, policyRef }, job) {
	const ref = policyFile === null ? "base" : policyRef;
	const known = /* @__PURE__ */ new Map();
	return async (file, by) => {
		const key = JSON.stringify([file, by]);
		const text = known.get(key) ?? trustedFile(file, job, by === "floor" ? "base" : ref);
		known.set(key, text);
		return await text;
	};
}
/**
* Looks at everything that sources and steps say, so that whatever is wrong is told before the first step
* runs, and no step has a hand in what a later one is bound by.
*/
async function readAhead({ texts, floors, readProfile }, { steps }, { environment }) {
	const layers = await readLayers(texts, {});
	const bounds = (await readFloors({}, floors)).layers;
	const { home } = identify(environment);
	for (const override of [{}, ...steps.map(({ policy }) => policy)]) await withProfiles({
		layers,
		floors: bounds,
		override
	}, home, readProfile);
}
/** A floor that cannot be had is no reason to run without one. */
async function namedFloor(file, job) {
	try {
		return { text: await trustedFile(file, job, "base") };
	} catch (error) {
		return {
			name: file,
			problem: messageOf(error)
		};
	}
}
/** The policies that a workflow names, in the order in which they are merged. */
async function policyTexts(inputs, job) {
	const { policy, policyFile, policyRef, onUnavailable } = inputs;
	return [
		...policyFile === null ? [] : [await trustedFile(policyFile, job, policyRef)],
		...policy === null ? [] : [asText("input policy", policy)],
		...onUnavailable === null ? [] : [asText("input on-unavailable", `version: 1\non-unavailable: ${JSON.stringify(onUnavailable)}\n`)]
	];
}
function asText(name, text) {
	return {
		name,
		bytes: Buffer.from(text),
		commit: null
	};
}
/**
* A file that steers Glovebox. What a pull request proposes may not loosen the policy that it runs
* under: there a file of the repository counts as the base commit has it.
*/
async function trustedFile(file, { workspace, event }, ref) {
	const written = resolve(workspace, file);
	const path = asTheStepSees(written, workspace);
	if (!within(path, workspace)) {
		if (!isAbsolute(file)) throw outside(file);
		return readPolicyFile(file);
	}
	const trust = trustOf(event);
	if (trust.kind === "own" || ref === "head") return {
		...readPolicyFile(path),
		name: file
	};
	if (trust.base === null) throw new GloveboxError("policy-unreadable", `the policy file ${file} cannot be had: the ${event.name} event names no base commit`, { remedy: "set policy-ref: head on purpose, or give the policy in the workflow itself" });
	return await fileAt(trust.base, path === written ? file : path, workspace);
}
function outside(file) {
	return new GloveboxError("input-invalid", `${file} leads out of the workspace`, { remedy: "name a file of the repository, or an absolute path on the machine" });
}

// src/report/job.ts
/** All steps of one use of the action together. */
function jobReportOf(results, version) {
	const decisive = decisiveOf(results);
	return {
		version: 1,
		glovebox: version,
		outcome: decisive === null ? "success" : decisive.outcome,
		exitCode: decisive === null ? 0 : exitCodeOf(decisive),
		enforced: enforcedIn(results),
		steps: results.map(({ id, name, outcome, conclusion, report, error, told }) => ({
			id,
			name,
			outcome,
			conclusion,
			report,
			error: error === null ? null : {
				code: error.code,
				message: error.message,
				remedy: error.details.remedy ?? null
			},
			handedOn: told
		}))
	};
}
/** The first step that makes the whole fail; null where none does. */
function decisiveOf(results) {
	return results.find(({ conclusion }) => conclusion === "failure" || conclusion === "cancelled") ?? null;
}
function exitCodeOf({ report }) {
	return report === null || report.outcome.exitCode === 0 ? EXIT.refused : report.outcome.exitCode;
}
/** True only when every layer that was asked for was in force in every step, and each was run or rightly skipped. */
function enforcedIn(results) {
	const due = results.filter(({ outcome }) => outcome !== "skipped");
	return due.length > 0 && due.every(({ report }) => report !== null && isSealed(report));
}
function downgradesIn(results) {
	return results.flatMap(({ id, report }) => (report?.downgrades ?? []).map((downgrade) => ({
		step: id,
		...downgrade
	})));
}
/** What was blocked, step by step; an attempt that was expected is marked. */
function blockedIn(results) {
	return results.flatMap(({ id, report }) => (report?.egress?.blocked ?? []).map((blocked) => ({
		step: id,
		...blocked
	})));
}
/**
* The lines to put into the policy, so that nothing would have been blocked: what steps in mode `audit`
* reached, and what the others could not. Empty where there is nothing to add.
*/
function suggestedPolicy(results) {
	const reports = results.flatMap(({ report }) => report === null ? [] : [report]);
	const audits = reports.flatMap(({ requested, egress }) => requested.network.mode === "audit" && egress !== null ? [egress] : []);
	const learned = learnedEntries(audits.flatMap(({ allowed }) => allowed));
	const entries = [...learned.entries, ...reports.flatMap(suggestionsOf).map(asEntry)];
	const unique = [...new Map(entries.map((one) => [one.entry, one])).values()];
	if (unique.length === 0 && (audits.length === 0 || audits.length < reports.length)) return "";
	return [...networkLines({
		...learned,
		entries: unique
	}), ""].join("\n");
}
function asEntry({ entry, warning }) {
	return {
		entry: yamlText(entry),
		comment: warning ?? ""
	};
}

// src/action/publish.ts
/** The action's own outputs: a step's of the same name, in whatever case, is in `steps` only. */
const OWN_OUTPUTS = [...[
	"report",
	"enforced",
	"downgrades",
	"blocked",
	"outcome",
	"exit-code",
	"steps"
], ...["suggested-policy"]];
/** Opened before any step runs, so that none can choose what it leads to. */
function openReport({ reportFile }, job) {
	const name = `glovebox-report-${randomBytes(6).toString("hex")}.json`;
	const path = reportFile === null ? join(job.temp, name) : resolve(job.workspace, reportFile);
	if (reportFile !== null && !isAbsolute(reportFile) && !within(path, job.workspace)) throw new GloveboxError("input-invalid", `report-file ${reportFile} leads out of the workspace`, { remedy: "name a file in the workspace, or an absolute path on the machine" });
	return {
		path,
		outlet: openOutlet(path, "fresh", job.workspace)
	};
}
/** Tells the workflow what happened: outputs, what steps hand on, the report and the summary. */
async function publish(results, { inputs, file }) {
	const report = jobReportOf(results, VERSION);
	file.outlet.write(`${JSON.stringify(report, null, 2)}\n`);
	handOnToJob(results);
	setOutputs(results, report, file.path);
	annotate(results);
	await summarise(results, inputs.summary, report);
	return report;
}
/** What a workflow finds where Glovebox refused: as after no steps at all, but for the failure. */
async function publishRefusal(markdown) {
	setOutputs([], {
		outcome: "failure",
		exitCode: EXIT.refused,
		enforced: false
	}, "");
	if (markdown !== null && getInput("summary") !== "never") await writeSummary(markdown);
}
function setOutputs(results, report, path) {
	setOutput("report", path);
	setOutput("enforced", report.enforced);
	setOutput("downgrades", downgradesIn(results));
	setOutput("blocked", blockedIn(results));
	setOutput("outcome", report.outcome);
	setOutput("exit-code", report.exitCode);
	setOutput("steps", stepsOutput(results));
	setOutput("suggested-policy", suggestedPolicy(results));
}
/** The policy named each of them; nothing else of a step gets here. */
function handOnToJob(results) {
	for (const { outputs, env, path } of results) {
		for (const [name, value] of Object.entries(outputs)) if (!OWN_OUTPUTS.includes(name.toLowerCase())) setOutput(name, value);
		for (const [name, value] of Object.entries(env)) exportVariable(name, value);
		for (const entry of path) addPath(entry);
	}
}
function stepsOutput(results) {
	return Object.fromEntries(results.map(({ id, outcome, conclusion, outputs, report }) => [id, {
		outcome,
		conclusion,
		"exit-code": report?.outcome.exitCode ?? null,
		outputs
	}]));
}
function annotate(results) {
	for (const { name, conclusion, report, error: failure } of results) {
		const title = `Glovebox: ${name}`;
		const tell = conclusion === "success" ? warning : error;
		if (failure !== null) tell(`${failure.message}. ${failure.details.remedy ?? ""}`.trim(), { title });
		if (report === null) continue;
		const { outcome, downgrades } = report;
		if (outcome.exitCode !== 0) tell(`${outcome.kind}: ${outcome.cause ?? `exit code ${outcome.exitCode}`}`, { title });
		for (const { layer, reason, remedy } of downgrades) tell(`${layer}: ${reason}. ${remedy}`, { title });
	}
}
async function summarise(results, when, report) {
	const fine = report.outcome === "success" && report.enforced && blockedIn(results).length === 0;
	if (when === "never" || when === "on-problem" && fine) return;
	await writeSummary(jobSummary(results));
}
async function writeSummary(markdown) {
	if ((process.env["GITHUB_STEP_SUMMARY"] ?? "") === "") return;
	await summary.addRaw(markdown, true).write();
}

// src/workflow/annotations.ts
const ANNOTATION_LEVELS = [
	"error",
	"warning",
	"notice"
];
const LONGEST_MESSAGE = 4096;
const LONGEST_TITLE = 256;
const LONGEST_STEP_NAME$1 = 100;
/** A path on Linux is no longer. */
const LONGEST_FILE = 4096;
/** The runner shows as many of each level for a step, and drops the rest unseen. */
const SHOWN_OF_EACH = 10;
/**
* Reads a captured `::error file=…,line=…::message` as the runner would; null for any other command.
* A file in `workspace`, an absolute path, becomes relative to it; any other absolute one is left out.
*/
function parseAnnotation(captured, workspace) {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(captured);
	const [, head, data] = /^::(.*?)::(.*)$/su.exec(text) ?? [];
	if (head === void 0 || data === void 0) return null;
	const blank = head.indexOf(" ");
	const name = (blank < 0 ? head : head.slice(0, blank)).toLowerCase();
	const level = ANNOTATION_LEVELS.find((one) => one === name);
	if (level === void 0) return null;
	const properties = propertiesOf(blank < 0 ? "" : head.slice(blank + 1));
	const title = bounded(harmless(properties.get("title") ?? ""), LONGEST_TITLE);
	return {
		level,
		message: bounded(harmlessLines(unescaped(data, DATA)), LONGEST_MESSAGE),
		...placeOf(properties, workspace),
		...title !== "" && { title }
	};
}
/** `a=1,b=2` as the runner splits it: empty pieces do not count, and of two values the last stays. */
function propertiesOf(text) {
	const properties = /* @__PURE__ */ new Map();
	for (const pair of text.trim().split(",")) {
		const [, name, value] = /^=*([^=]+)=+(.+)$/su.exec(pair) ?? [];
		if (name !== void 0 && value !== void 0) properties.set(name.toLowerCase(), unescaped(value, PROPERTY));
	}
	return properties;
}
function placeOf(properties, workspace) {
	const file = relativeFile(properties.get("file") ?? "", workspace);
	if (file === null) return {};
	const line = numberOf(properties.get("line"));
	const column = numberOf(properties.get("col"));
	const endLine = numberOf(properties.get("endline"));
	const endColumn = numberOf(properties.get("endcolumn"));
	return {
		file,
		...line !== null && { line },
		...column !== null && { column },
		...endLine !== null && { endLine },
		...endColumn !== null && { endColumn }
	};
}
/** null for a path that is not in the workspace, or that would act on a page. */
function relativeFile(written, workspace) {
	const file = (written.startsWith(`${workspace}/`) ? written.slice(workspace.length + 1) : written).replace(/^(?:\.\/+)+/, "");
	return file === "" || file.length > LONGEST_FILE || /^[/~=]|[\\:]/.test(file) || file.split("/").includes("..") || file.search(ACTING_CHARACTERS) >= 0 ? null : file;
}
function numberOf(text) {
	return text !== void 0 && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
function harmlessLines(text) {
	return text.split(/\r\n|\r|\n/).map(harmless).join("\n");
}
const DATA = [
	["\r", "%0D"],
	["\n", "%0A"],
	["%", "%25"]
];
const PROPERTY = [
	["\r", "%0D"],
	["\n", "%0A"],
	[":", "%3A"],
	[",", "%2C"],
	["%", "%25"]
];
function unescaped(text, escapes) {
	return escapes.reduce((made, [char, escape]) => made.replaceAll(escape, char), text);
}
function escaped(text, escapes) {
	return escapes.reduceRight((made, [char, escape]) => made.replaceAll(char, escape), text);
}
/**
* The annotation as one line for the runner, without a line end. Its title starts with `step NAME`,
* so that none of a step's can pose as Glovebox's own.
*/
function annotationCommand(annotation, stepName) {
	const step = `step ${bounded(harmless(stepName), LONGEST_STEP_NAME$1)}`;
	const written = [
		["file", annotation.file],
		["line", annotation.line],
		["endLine", annotation.endLine],
		["col", annotation.column],
		["endColumn", annotation.endColumn],
		["title", annotation.title === void 0 ? step : `${step}: ${annotation.title}`]
	].filter(([, value]) => value !== void 0).map(([name, value]) => `${name}=${escaped(`${value}`, PROPERTY)}`);
	return `::${annotation.level} ${written.join(",")}::${escaped(annotation.message, DATA)}`;
}
/** Keeps the first ten annotations of each level, and counts the rest. */
var AnnotationCollector = class {
	workspace;
	all = [];
	seen = {
		error: 0,
		warning: 0,
		notice: 0
	};
	/** `workspace` is absolute and without a slash at its end. */
	constructor(workspace) {
		this.workspace = workspace;
	}
	/** Takes a captured command; one that is no annotation is passed over. */
	add(captured) {
		const annotation = parseAnnotation(captured, this.workspace);
		if (annotation === null) return;
		this.seen[annotation.level] += 1;
		if (this.seen[annotation.level] <= SHOWN_OF_EACH) this.all.push(annotation);
	}
	/** In the order in which they came. */
	kept() {
		return this.all;
	}
	/** How many more there were of each level. */
	dropped() {
		const beyond = (level) => Math.max(0, this.seen[level] - SHOWN_OF_EACH);
		return {
			error: beyond("error"),
			warning: beyond("warning"),
			notice: beyond("notice")
		};
	}
};

// src/workflow/command-files.ts
const LARGEST_FILE = 4194304;
const LARGEST_VALUE = 1048576;
const MOST_ENTRIES = 1e4;
/**
* Reads the format of GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STATE as the runner on Linux does: `NAME=value`, or
* `NAME<<DELIMITER` and lines up to the delimiter. Only `\n` ends a line; a `\r` before it belongs to the text.
* Never throws. Unlike the runner it takes no empty name, no NUL byte, no broken UTF-8 and no file above 4 MiB.
*/
function parseEntries(bytes) {
	const text = decode(bytes);
	return typeof text === "string" ? readEntries(text) : {
		entries: [],
		problems: [text]
	};
}
/** Reads the format of GITHUB_PATH: a path in each line, whatever ends it. Never throws. */
function parsePaths(bytes) {
	const text = decode(bytes);
	if (typeof text !== "string") return {
		paths: [],
		problems: [text]
	};
	const paths = text.split(/\r\n|\n|\r/).filter((line) => line !== "");
	if (paths.length <= MOST_ENTRIES) return {
		paths,
		problems: []
	};
	return {
		paths: [],
		problems: [{
			line: 1,
			message: TOO_MANY
		}]
	};
}
const TOO_MANY = `the file has more than ${MOST_ENTRIES} entries`;
/** The text without a byte order mark, which the runner drops too. */
function decode(bytes) {
	if (bytes.length > LARGEST_FILE) return {
		line: 1,
		message: "the file is larger than 4 MiB"
	};
	const nul = bytes.indexOf(0);
	if (nul >= 0) return {
		line: lineAt(bytes, nul),
		message: "the file has a NUL byte"
	};
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return {
			line: firstBrokenLine(bytes),
			message: "the file is not UTF-8 text"
		};
	}
}
function lineAt(bytes, index) {
	return bytes.subarray(0, index).reduce((line, byte) => byte === 10 ? line + 1 : line, 1);
}
/** Broken UTF-8 is decoded to what it was not. Only an end cut short may agree as far as it goes. */
function firstBrokenLine(bytes) {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	const again = new TextEncoder().encode(text);
	const broken = bytes.findIndex((byte, index) => byte !== again[index]);
	return lineAt(bytes, broken < 0 ? bytes.length - 1 : broken);
}
/** The lines of a text, one after the other. */
var Lines = class {
	text;
	index = 0;
	/** Of the line that was taken last. */
	number = 0;
	constructor(text) {
		this.text = text;
	}
	take() {
		if (this.index >= this.text.length) return null;
		const found = this.text.indexOf("\n", this.index);
		const end = found < 0 ? this.text.length : found;
		const line = this.text.slice(this.index, end);
		this.index = end + 1;
		this.number += 1;
		return line;
	}
};
function readEntries(text) {
	const lines = new Lines(text);
	const entries = [];
	for (let line = lines.take(); line !== null; line = lines.take()) {
		if (line === "") continue;
		const number = lines.number;
		const entry = entries.length < MOST_ENTRIES ? readEntry(line, lines) : TOO_MANY;
		if (typeof entry === "string") return {
			entries: [],
			problems: [{
				line: number,
				message: entry
			}]
		};
		entries.push(entry);
	}
	return {
		entries,
		problems: []
	};
}
/** The entry that starts in `line`, or what is wrong with it. */
function readEntry(line, lines) {
	const [, name, sign, rest] = /^(.*?)(=|<<)(.*)$/su.exec(line) ?? [];
	if (name === void 0 || rest === void 0) return "the line is neither NAME=value nor NAME<<DELIMITER";
	if (name === "") return "the name is empty";
	const value = sign === "=" ? rest : heredoc(rest, lines);
	if (value === null) return rest === "" ? `the delimiter of ${shown(name)} is empty` : `the value of ${shown(name)} has no end: there is no line ${shown(rest)} after it`;
	return tooLarge(value) ? `the value of ${shown(name)} is larger than 1 MiB` : {
		name,
		value
	};
}
/** The lines up to the delimiter; null where it does not come. */
function heredoc(delimiter, lines) {
	if (delimiter === "") return null;
	const value = [];
	for (let line = lines.take(); line !== null; line = lines.take()) {
		if (line === delimiter) return value.join("\n");
		value.push(line);
	}
	return null;
}
function tooLarge(value) {
	return value.length > LARGEST_VALUE || value.length > LARGEST_VALUE / 3 && new TextEncoder().encode(value).length > LARGEST_VALUE;
}
/** Whether the runner would read a name back as it was written: no sign that ends it, nothing unseen. */
function isWritableName(name) {
	return /^[^=<\p{C}\p{Zl}\p{Zp}]+$/u.test(name);
}

// src/workflow/promotion.ts
const SHOWN = 50;
const LONGEST_NAME = 200;
/** A path on Linux is no longer. */
const LONGEST_PATH = 4096;
const NOT_NAMED = "the policy does not name it";
/** Decides what of a step's files reaches later steps: what the policy names, and of that only the harmless. */
function promote(files, rules) {
	const outputs = promoteOutputs(files.outputs.entries, rules.outputs);
	const env = promoteEnv(files.env.entries, rules.env);
	const path = promotePaths(files.path.paths, rules);
	const left = [
		...outputs.left,
		...env.left,
		...path.left
	];
	return {
		outputs: outputs.passed,
		env: env.passed,
		path: path.passed,
		leftBehind: left.slice(0, SHOWN),
		leftBehindCount: left.length,
		problems: [
			...files.outputs.problems.map((problem) => ({
				kind: "output",
				...problem
			})),
			...files.env.problems.map((problem) => ({
				kind: "env",
				...problem
			})),
			...files.path.problems.map((problem) => ({
				kind: "path",
				...problem
			}))
		]
	};
}
/** The runner keeps outputs without regard to case, and the last value of each; they go on as the policy spells them. */
function promoteOutputs(entries, names) {
	const spelling = new Map(names.map((name) => [name.toLowerCase(), name]));
	return decideEntries("output", entries, (name) => {
		const spelt = spelling.get(name.toLowerCase());
		return spelt === void 0 ? { reason: NOT_NAMED } : usable(spelt);
	});
}
/** The runner on Linux keeps variables by their exact name, and so do the programs that read them. */
function promoteEnv(entries, names) {
	const named = new Set(names);
	return decideEntries("env", entries, (name) => {
		const reason = named.has(name) ? steeringReason(name) : NOT_NAMED;
		return reason === null ? usable(name) : { reason };
	});
}
function usable(name) {
	return isWritableName(name) ? { name } : { reason: "the runner could not read the name back" };
}
function decideEntries(kind, entries, judge) {
	const passed = /* @__PURE__ */ new Map();
	const left = /* @__PURE__ */ new Map();
	for (const { name, value } of entries) {
		const verdict = judge(name);
		if ("name" in verdict) passed.set(verdict.name, {
			name: verdict.name,
			value
		});
		else left.set(name, leftBehind(kind, name, verdict.reason));
	}
	return {
		passed: [...passed.values()],
		left: [...left.values()]
	};
}
function promotePaths(paths, rules) {
	const allowed = rules.path.map((path) => normalised(path, rules.workspace));
	const passed = /* @__PURE__ */ new Set();
	const left = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const full = normalised(path, rules.workspace);
		const reason = pathReason(path, full, allowed);
		if (reason === null) {
			passed.delete(full);
			passed.add(full);
		} else left.set(path, leftBehind("path", path, reason));
	}
	return {
		passed: [...passed],
		left: [...left.values()]
	};
}
function pathReason(path, full, allowed) {
	if (path.length > LONGEST_PATH) return "it is too long for a path";
	if (path === "" || /[:\p{C}\p{Zl}\p{Zp}]/u.test(path)) return "it has a character that PATH cannot hold, or that nobody would see";
	return allowed.some((directory) => within(full, directory)) ? null : NOT_NAMED;
}
/** Absolute, without `.`, `..` and doubled slashes. By its letters alone: a symlink may still lead elsewhere. */
function normalised(path, workspace) {
	const whole = path.startsWith("/") ? path : `${workspace}/${path}`;
	const parts = [];
	for (const part of whole.split("/")) if (part === "..") parts.pop();
	else if (part !== "" && part !== ".") parts.push(part);
	return `/${parts.join("/")}`;
}
function leftBehind(kind, name, reason) {
	return {
		kind,
		name: bounded(name, LONGEST_NAME),
		reason
	};
}

// src/workflow/step-summary.ts
/** Each byte becomes at most six, and the runner takes no summary above 1 MiB, ours included. */
const SHOWN_BYTES = 131072;
const LONGEST_STEP_NAME = 100;
/**
* A step's own GITHUB_STEP_SUMMARY as a part of ours: a block quote that says who wrote it. Empty for a blank one.
*
* Headings, lists, tables and links stay. HTML and entities become text; so do images, which would have every
* reader's browser fetch an address of the step's choosing, and diagrams and formulas, which can draw anywhere.
* Nothing in it reaches out of the quote: each line is in it, and link and footnote definitions, which would
* hold for the whole page, become text too. Beyond 128 KiB the rest is counted and not shown.
*/
function stepSummary(bytes, stepName) {
	const text = new TextDecoder().decode(bytes.subarray(0, SHOWN_BYTES), { stream: true });
	if (text.trim() === "") return "";
	const rest = bytes.length - SHOWN_BYTES;
	return [
		`**Written by the step ${markdownText(bounded(stepName, LONGEST_STEP_NAME))}, not by Glovebox:**`,
		"",
		...text.trimEnd().split(/\r\n|\r|\n/).map(tamed)
	].map((line) => line === "" ? ">" : `> ${line}`).concat(rest > 0 ? ["", `…and ${rest} more bytes, which are not shown.`] : [], "").join("\n");
}
/** Markup that reaches beyond its quote or the page, each with what shows the same as text. */
const REACHING = [
	[/&(?=[#a-z])/gi, "&amp;"],
	[/<(?=[a-z/!?])/gi, "&lt;"],
	[/\]:/g, "]&#58;"],
	[/!\[/g, "&#33;["],
	[/\$(?=\S)/g, "&#36;"],
	[/((?:`{3,}|~{3,})[ \t]*)(?=mermaid|geojson|topojson|stl|math)/gi, "$1text "]
];
function tamed(line) {
	const visible = line.split("	").map(harmless).join("	");
	return REACHING.reduce((made, [markup, text]) => made.replace(markup, text), visible);
}

// src/action/hand-on.ts
const NOTHING_HANDED_ON = {
	outputs: {},
	env: {},
	path: [],
	summary: null,
	annotations: [],
	told: {
		outputs: [],
		env: [],
		path: [],
		leftBehind: [],
		leftBehindNotListed: 0,
		problems: [],
		annotations: 0,
		annotationsNotShown: 0
	}
};
/** What of a step goes on to the job: what the policy names, from files that are whole. */
function handOn({ name }, { seen, policy: { runner } }, annotations, { workspace }) {
	const files = seen?.commandFiles ?? null;
	if (files === null) return NOTHING_HANDED_ON;
	const promoted = promotionOf(files, runner, workspace);
	const shown = runner.annotations.value ? annotations.kept() : [];
	const dropped = Object.values(annotations.dropped()).reduce((sum, count) => sum + count, 0);
	return {
		outputs: asRecord(promoted.outputs),
		env: asRecord(promoted.env),
		path: promoted.path,
		summary: runner.summary.value ? stepSummary(files.summary.bytes, name) : null,
		annotations: shown,
		told: {
			outputs: promoted.outputs.map((entry) => entry.name),
			env: promoted.env.map((entry) => entry.name),
			path: [...promoted.path],
			leftBehind: promoted.leftBehind.map((one) => ({ ...one })),
			leftBehindNotListed: promoted.leftBehindCount - promoted.leftBehind.length,
			problems: [...unreadable(files), ...promoted.problems.map(problemText)],
			annotations: shown.length,
			annotationsNotShown: annotations.kept().length - shown.length + dropped
		}
	};
}
function promotionOf(files, runner, workspace) {
	const names = (list) => list.map(({ value }) => value);
	return promote({
		outputs: parseEntries(files.output.bytes),
		env: parseEntries(files.env.bytes),
		path: parsePaths(files.path.bytes)
	}, {
		outputs: names(runner.outputs),
		env: names(runner.env),
		path: names(runner.path),
		workspace
	});
}
/** A file that the step replaced by something else was not read, so it hands on nothing. */
function unreadable(files) {
	return Object.keys(COMMAND_FILES).flatMap((kind) => {
		const { problem } = files[kind];
		return problem === null ? [] : [`${COMMAND_FILES[kind]} hands on nothing: ${problem}`];
	});
}
function problemText({ kind, line, message }) {
	return `${COMMAND_FILES[kind]} hands on nothing: line ${line}: ${message}`;
}
/** A step may name an output `__proto__`. */
function asRecord(entries) {
	return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

// src/action/step-output.ts
const LINE_FEED = 10;
/**
* Twice sealed: the runner is told to obey nothing until it reads a random word again, and every
* spelling of a command is made dead text, for what the runner or its log page takes up all the same.
*/
function openStepOutput(log, workspace) {
	const token = `glovebox-${randomBytes(16).toString("hex")}`;
	const annotations = new AnnotationCollector(workspace);
	const neutraliser = new Neutraliser({ onCommand: (line) => annotations.add(line) });
	let last = LINE_FEED;
	const sink = new Transform({
		transform(chunk, _, done) {
			for (const part of neutraliser.push(chunk)) {
				last = part.at(-1) ?? last;
				this.push(part);
			}
			done();
		},
		flush(done) {
			for (const part of neutraliser.end()) {
				last = part.at(-1) ?? last;
				this.push(part);
			}
			this.push(`${last === LINE_FEED ? "" : "\n"}::${token}::\n`);
			done();
		}
	});
	log.write(`::stop-commands::${token}\n`);
	sink.pipe(log, { end: false });
	const drop = () => {
		sink.unpipe(log);
		sink.resume();
	};
	log.on("error", drop);
	return {
		sink,
		annotations,
		close: async () => {
			const ended = once(sink, "end");
			sink.end();
			await ended;
			log.off("error", drop);
		}
	};
}

// src/action/run-steps.ts
/** Runs the declared steps one after another, each sealed on its own. */
async function runSteps(request) {
	const results = [];
	const below = [];
	const probe = probeOnce();
	for (const [index, step] of request.inputs.steps.entries()) {
		const failed = results.some(({ conclusion }) => conclusion === "failure");
		if (request.interrupts.first() !== null || !isDue(step, failed)) {
			results.push(notRun(step, request.interrupts.first() === null ? "skipped" : "cancelled"));
			continue;
		}
		const own = join(request.runDirectory, "layers", `${index}`);
		const result = await runStep(step, {
			...request,
			probe
		}, {
			below: [...below],
			own
		});
		results.push(result);
		const layer = join(own, "upper");
		if (keepsChanges(step, result) && existsSync(layer)) below.unshift(layer);
	}
	return results;
}
function isDue({ condition }, failed) {
	switch (condition) {
		case "always()": return true;
		case "failure()": return failed;
		case "success()": return !failed;
	}
}
/** What a failed step did to the workspace is not what later ones should build on, unless it says so. */
function keepsChanges({ keepChanges }, { outcome }) {
	return outcome === "success" || outcome === "failure" && keepChanges;
}
function notRun({ id, name }, outcome) {
	return {
		id,
		name,
		outcome,
		conclusion: outcome,
		report: null,
		error: null,
		...NOTHING_HANDED_ON
	};
}
async function runStep(step, request, stack) {
	const { job, interrupts } = request;
	const { id, name } = step;
	announce(name, step.script, step.shell.command);
	const output = openStepOutput(process.stdout, job.workspace);
	const ran = await startSession(step, request, stack, {
		stdin: null,
		stdout: output.sink,
		stderr: output.sink
	}).then((result) => ({
		result,
		error: null
	}), (error) => ({
		result: null,
		error: asError(error)
	}));
	await output.close();
	if (ran.result === null) {
		const error = ran.error;
		return {
			id,
			name,
			...outcomeOf(step, "failure"),
			report: null,
			error,
			...NOTHING_HANDED_ON
		};
	}
	const { report, seen } = ran.result;
	showLogs(seen?.logs ?? null);
	say(verdict(report, styleInLog()));
	const handed = handOn(step, ran.result, output.annotations, job);
	for (const one of handed.annotations) process.stdout.write(`${annotationCommand(one, name)}\n`);
	return {
		id,
		name,
		...outcomeOf(step, interrupts.first() !== null ? "cancelled" : report.outcome.exitCode === 0 ? "success" : "failure"),
		report,
		error: null,
		...handed
	};
}
function outcomeOf(step, outcome) {
	return {
		outcome,
		conclusion: outcome === "failure" && step.continueOnError ? "success" : outcome
	};
}
async function startSession(step, { inputs, job, sources, runDirectory, interrupts, probe }, stack, io) {
	const { script, shell } = step;
	return await session({
		policyFiles: [],
		flags: {},
		override: step.policy,
		stack,
		policyTexts: sources.texts,
		floors: sources.floors,
		notes: sources.notes,
		readProfile: sources.readProfile,
		steering: sources.files,
		command: shell.command,
		directory: directoryOf(step, inputs, job),
		environment: withoutFloor(job.environment),
		workflow: { script: {
			extension: shell.extension,
			content: shell.prepare(script)
		} },
		scratchBase: runDirectory,
		probe
	}, io, interrupts);
}
/** The floor that it names is among the sources already, read from where it is to be trusted. */
function withoutFloor(environment) {
	const { [FLOOR_VARIABLE]: _, ...rest } = environment;
	return rest;
}
function directoryOf(step, inputs, { workspace }) {
	const directory = resolve(workspace, inputs.workingDirectory ?? ".", step.workingDirectory ?? ".");
	const real = existsSync(directory) ? realpathSync(directory) : directory;
	if (within(directory, workspace) && within(real, workspace)) return directory;
	throw new GloveboxError("input-invalid", `the working directory ${directory} is outside the workspace`, { remedy: "name one below the workspace" });
}
function asError(error) {
	return error instanceof GloveboxError ? error : new GloveboxError("setup-failed", `this is a bug in Glovebox: ${messageOf(error)}`, { cause: error });
}

// src/action/setup.ts
/**
* Sees to it that the tools of the seal are there, and says where each came from. Whether a run can do
* without one that could not be had is decided where it is planned; throws where none `follows`.
*/
async function installTools(mirror, environment, follows) {
	try {
		const { tools } = await provideTools({
			environment,
			mirror,
			tell: say
		});
		for (const line of originLines(tools)) say(line);
	} catch (error) {
		const lacking = error instanceof GloveboxError && error.code === "setup-failed";
		if (!follows || !lacking) throw error;
		warning(harmless(error.message), { title: "Glovebox" });
	}
}
/** Puts `glovebox` on the PATH of the steps that follow: the same program, run by the runner's Node. */
function offerCommand(runDirectory) {
	const bin = join(runDirectory, "command", "bin");
	mkdirSync(bin, { recursive: true });
	const program = join(bin, "glovebox");
	const cli = resolve(import.meta.dirname, "cli.mjs");
	writeFileSync(program, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(cli)} "$@"\n`);
	chmodSync(program, 493);
	addPath(bin);
	say(`glovebox is on the PATH of the steps that follow: ${program}`);
}
function quoted(path) {
	return `'${path.replaceAll("'", `'\\''`)}'`;
}

// src/action/main.ts
/** One use of the action: gives the exit code. */
async function main() {
	const interrupts = listenForInterrupts();
	let ran = false;
	try {
		const inputs = await readInputs();
		const job = readJob();
		const runDirectory = makeRunDirectory(job.environment);
		for (const text of await recoverOutputs(dirname(runDirectory))) info(harmless(text));
		if (inputs.install) {
			await installTools(inputs.toolsMirror, job.environment, inputs.steps.length > 0);
			await openMachine(job.environment, inputs.allowSysctl);
		}
		if (inputs.steps.length === 0) {
			offerCommand(runDirectory);
			return 0;
		}
		const sources = await policySources(inputs, job);
		await readAhead(sources, inputs, job);
		const file = openReport(inputs, job);
		ran = true;
		const results = await runSteps({
			inputs,
			job,
			sources,
			runDirectory,
			interrupts
		});
		const report = await publish(results, {
			inputs,
			file
		});
		await clearRun(runDirectory);
		return report.exitCode;
	} catch (thrown) {
		return await refuse(thrown, ran);
	}
}
/** The workflow learns of it through the same outputs, of which none may be missing. */
async function refuse(thrown, ran) {
	const { message, details } = asOurs(thrown);
	say(problemLines(details.problems ?? [], styleInLog()).join("\n"));
	const problems = (details.problems ?? []).map(({ place, path, message: what, expected }) => `${[
		place.origin,
		place.line,
		place.column
	].filter((part) => part !== void 0).join(":")} ${path === "" ? "" : `${path}: `}${what}${expected === void 0 ? "" : ` (expected ${expected})`}`);
	error([
		message,
		...problems,
		details.remedy ?? ""
	].filter((line) => line !== "").join("\n"), { title: "Glovebox" });
	if (!ran) info("Nothing was run.");
	await publishRefusal(ran ? null : refusalSummary(message, problems, details.remedy));
	return EXIT.refused;
}
function asOurs(thrown) {
	if (thrown instanceof GloveboxError) return thrown;
	const stack = thrown instanceof Error ? thrown.stack ?? "" : "";
	return new GloveboxError("setup-failed", `this is a bug in Glovebox: ${messageOf(thrown)}`, {
		cause: thrown,
		remedy: stack
	});
}

export { main };