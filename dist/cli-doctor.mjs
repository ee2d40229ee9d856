import { n as messageOf } from "./errors.mjs";
import { r as harmless } from "./text.mjs";
import { n as styleFor, t as columns } from "./style.mjs";
import { U as shedIds, W as evaluate, o as backendsOf, r as probeHost, s as chooseUplink, t as currentEnvironment } from "./environment.mjs";
import { a as privilegePrefix, o as mendsFor, t as mendAll } from "./mend.mjs";
import { a as makePlan, s as groupName } from "./staging.mjs";
import { a as mergePolicies, d as lacksOf, u as allOf } from "./shedding.mjs";
import { n as profilesFor } from "./profiles.mjs";
import { t as provideTools } from "./provide.mjs";
import { c as TOOL_NAMES, o as SPARE_TOOLS, r as originLines, s as SUPPLIED_TOOLS } from "./supply.mjs";
import { once } from "node:events";
import { createInterface } from "node:readline/promises";

// src/cli/consent.ts
/** Asks a person whether root may do this. An end of the input, or Ctrl-C, is a no. */
async function consents(what, input, output) {
	const line = createInterface({
		input,
		output,
		terminal: true
	});
	const closed = once(line, "close").then(() => "");
	try {
		const list = what.map((one) => `  ${one}\n`).join("");
		const question = line.question(`glovebox wants root to\n${list}Go on? [y/N] `);
		return /^y(es)?$/i.test((await Promise.race([question, closed])).trim());
	} catch {
		output.write("\n");
		return false;
	} finally {
		line.close();
	}
}

// src/cli/doctor-screen.ts
/** Every layer and what it rests on, and once each reason why one cannot be had, with what mends it. */
function doctorScreen(facts, capabilities, downgrades, style) {
	const rows = rowsOf(capabilities, facts.identity.realRoot);
	const reasons = reasonsOf(rows, downgrades);
	return [
		...heading(facts, style),
		"",
		...table(rows, reasons, style),
		"",
		...reasons.flatMap(({ reason, remedy }, index) => [`  (${index + 1}) ${harmless(reason)}`, `      ${style.dim("→")} ${harmless(remedy)}`]),
		...reasons.length > 0 ? [""] : [],
		downgrades.length === 0 ? style.good("The default policy can be enforced whole.") : style.bad("The default policy cannot be enforced here: a run would be refused."),
		""
	].join("\n");
}
function heading({ host, identity, hints, tools }, style) {
	const who = `uid ${identity.uid}${identity.realRoot ? " (root)" : ""}`;
	const where = hints.flavour === null ? "" : `, ${FLAVOURS[hints.flavour]}`;
	const { path, version } = tools.pasta;
	const pasta = path === null ? "pasta: missing" : `pasta ${version ?? "without a version"}: the system's, ${path}`;
	const shown = /* @__PURE__ */ new Set([...SPARE_TOOLS, ...SUPPLIED_TOOLS]);
	const others = TOOL_NAMES.filter((name) => tools[name].path === null && !shown.has(name));
	return [
		`${style.bold("glovebox doctor")}  ${host.platform} ${host.kernel} ${host.arch}, node ${host.node}, ${who}${where}`,
		...[...originLines(tools), pasta].map((text) => `  ${style.dim(harmless(text))}`),
		...others.length > 0 ? [`  ${style.dim(`missing: ${others.join(", ")}`)}`] : []
	];
}
const FLAVOURS = {
	gvisor: "gVisor",
	slim: "a hosted runner in a container",
	wsl1: "WSL 1",
	wsl2: "WSL 2"
};
function table(rows, reasons, style) {
	return columns(rows.map(({ layer, verdict, how }) => [
		layer,
		verdict.available ? "can" : "cannot",
		verdict.available ? how : `(${numbersOf(verdict, reasons).join(", ")})`
	])).map((line, index) => rows[index]?.verdict.available === true ? line.replace(" can ", style.good(" can ")) : line.replace(" cannot ", style.bad(" cannot ")));
}
function numbersOf(verdict, reasons) {
	return lacksOf(verdict).map((lack) => reasons.findIndex((one) => one.reason === lack.reason) + 1);
}
/** Those of the layers, and what else a run would miss. */
function reasonsOf(rows, downgrades) {
	const lacks = rows.flatMap(({ verdict }) => lacksOf(verdict));
	const others = downgrades.filter((one) => !lacks.some(({ reason }) => one.reason.includes(reason)));
	return [...new Map([...lacks, ...others].map((one) => [one.reason, one])).values()];
}
function rowsOf(capabilities, realRoot) {
	const { sandbox, syscalls, loopback, rules, doors } = capabilities;
	const { overlay, limits, privilegeDrop, memoryCgroup, byRoot } = capabilities;
	const { backend, verdict: egress } = chooseUplink(mergePolicies([]).network, capabilities, []);
	return [
		{
			layer: "network: deny",
			verdict: sandbox,
			how: "network namespace with loopback only"
		},
		{
			layer: "network: records",
			verdict: allOf(sandbox, loopback, rules),
			how: "nftables"
		},
		{
			layer: "network: allowlist",
			verdict: allOf(sandbox, rules, egress),
			how: `${backend} and nftables`
		},
		{
			layer: "network: names",
			verdict: allOf(sandbox, rules, egress, doors),
			how: "gateway, nftables maps"
		},
		{
			layer: "filesystem",
			verdict: sandbox,
			how: "bubblewrap"
		},
		{
			layer: "filesystem: overlay",
			verdict: allOf(sandbox, overlay),
			how: "overlayfs"
		},
		{
			layer: "resources",
			verdict: allOf(limits, sandbox),
			how: memoryCgroup === null ? "rlimits; memory is watched" : `rlimits; ${groupName(memoryCgroup)}`
		},
		{
			layer: "privilege",
			verdict: allOf(sandbox, ...realRoot ? [privilegeDrop] : [], syscalls),
			how: `no_new_privs, no capabilities, uid not 0${byRoot === null ? "" : "; namespaces made by root"}`
		},
		{
			layer: "syscalls",
			verdict: syscalls,
			how: "seccomp filters"
		},
		{
			layer: "environment",
			verdict: { available: true },
			how: "allowlist of names"
		}
	];
}

// src/cli/doctor.ts
const EVERYTHING = {
	rules: true,
	doors: true,
	overlay: true,
	memoryCgroup: true,
	egress: backendsOf("auto"),
	interface: null
};
/** Tries everything, tells what can be enforced, and with `--fix` mends what it may. */
async function doctorCommand({ json, fix, quiet, yes, toolsMirror }) {
	const problems = fix ? await installMissing(toolsMirror, yes) : [];
	let found = await examine();
	if (fix) {
		const tried = await mendMachine(found, yes);
		problems.push(...tried.problems);
		if (tried.changed) found = await examine();
	}
	const { facts, capabilities, plan } = found;
	const healthy = plan.downgrades.length === 0;
	if (json) {
		const { downgrades } = plan;
		const text = JSON.stringify({
			healthy,
			facts,
			capabilities,
			downgrades,
			problems
		}, null, 2);
		process.stdout.write(`${text}\n`);
	} else {
		for (const problem of problems) tell(problem);
		if (!quiet || !healthy) process.stdout.write(doctorScreen(facts, capabilities, plan.downgrades, styleFor(process.stdout)));
	}
	return healthy ? 0 : 1;
}
async function examine() {
	const policy = mergePolicies([]);
	const owner = {
		uid: process.getuid?.() ?? 0,
		gid: process.getgid?.() ?? 0
	};
	const facts = await probeHost({
		needs: EVERYTHING,
		environment: currentEnvironment(),
		writable: [],
		shed: (identity) => shedIds(policy, identity, owner),
		scratchBase: null
	});
	const capabilities = evaluate(facts);
	const site = {
		...NOWHERE,
		workspaceOwner: owner
	};
	const scratch = `${facts.scratchBase}/glovebox`;
	const profiles = await profilesFor(policy, /* @__PURE__ */ new Map());
	return {
		facts,
		capabilities,
		plan: makePlan({
			policy,
			facts,
			capabilities,
			site,
			profiles,
			command: ["true"],
			scratch
		})
	};
}
/** A workspace with nothing in it: what is missed is the machine's. */
const NOWHERE = {
	cwd: "/workspace",
	workspace: "/workspace",
	workspaceMode: 493,
	git: {
		files: [],
		cutShort: false,
		system: "",
		repositories: []
	},
	base: [],
	etc: [],
	toolDirectories: [],
	read: [],
	write: [],
	hide: [],
	guarded: [],
	toolRecords: "/var/lib/glovebox",
	nested: [],
	strangers: {
		named: [],
		more: false,
		all: true
	},
	layerOwners: [],
	procCovered: [],
	nameservers: [],
	resolverOptions: [],
	environment: {}
};
function tell(text) {
	process.stderr.write(`glovebox: ${harmless(text)}\n`);
}
async function installMissing(mirror, yes) {
	try {
		const { unmet } = await provideTools({
			mirror,
			environment: currentEnvironment(),
			agrees: async (aim) => await agreed([aim], yes),
			tell
		});
		return [...unmet];
	} catch (error) {
		return [messageOf(error)];
	}
}
async function mendMachine({ facts, capabilities }, yes) {
	const verdicts = Object.values(capabilities).filter((value) => value !== null && "available" in value);
	const mends = mendsFor(verdicts, facts, { sysctl: "if-needed" });
	if (mends.length === 0) return {
		changed: false,
		problems: []
	};
	if (await privilegePrefix() !== null && !await agreed(mends.map(asLine), yes)) return {
		changed: false,
		problems: mends.map(({ aim }) => `not done: ${aim}`)
	};
	const { done, problems } = await mendAll(mends, tell);
	return {
		changed: done.length > 0,
		problems
	};
}
function asLine({ aim, commands, anyOf }) {
	return `${aim}: sudo ${commands.map(({ argv }) => argv.join(" ")).join(anyOf === true ? ", or else: sudo " : "; sudo ")}`;
}
/** Asks a person before root is. Where nobody can be asked, or root asks itself, `--fix` was the answer. */
async function agreed(what, yes) {
	const asks = process.stdin.isTTY && process.stderr.isTTY && process.getuid?.() !== 0;
	return yes || !asks || await consents(what, process.stdin, process.stderr);
}

export { doctorCommand };