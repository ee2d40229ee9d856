import { r as harmless } from "./text.mjs";
import { i as evaluate, n as shedIds, o as currentEnvironment } from "./privilege.mjs";
import { n as originLines } from "./supply.mjs";
import { l as backendsOf, r as probeHost } from "./host.mjs";
import { t as mergePolicies } from "./merge.mjs";
import { t as provideTools } from "./provide.mjs";
import { n as styleFor, t as columns } from "./style.mjs";

// src/cli/live-line.ts
const ERASE = "\r\x1B[2K";
function liveLine(stream) {
	if (!stream.isTTY || process.env["TERM"] === "dumb") return {
		show: () => void 0,
		clear: () => void 0
	};
	return {
		show: (text) => void stream.write(`${ERASE}${text}…`),
		clear: () => void stream.write(ERASE)
	};
}

// src/cli/doctor.ts
const EVERYTHING = {
	rules: true,
	egress: backendsOf("auto"),
	interface: null,
	doors: true,
	overlay: true,
	memoryCgroup: true
};
/** Tries everything, tells what can be enforced, and with `--fix` mends what it may. */
async function doctorCommand({ json, fix, quiet, toolsMirror }) {
	if (fix) await installMissing(toolsMirror);
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
	const healthy = [
		capabilities.sandbox,
		capabilities.overlay,
		capabilities.limits,
		capabilities.privilegeDrop
	].every(({ available }) => available);
	if (json) process.stdout.write(`${JSON.stringify({
		healthy,
		facts,
		capabilities
	}, null, 2)}\n`);
	else if (!quiet || !healthy) process.stdout.write(report(facts, capabilities, healthy, styleFor(process.stdout)));
	return healthy ? 0 : 1;
}
async function installMissing(mirror) {
	const line = liveLine(process.stderr);
	try {
		await provideTools({
			mirror,
			environment: currentEnvironment(),
			tell: (text) => line.show(`glovebox: ${text}`)
		});
	} finally {
		line.clear();
	}
}
function report(facts, capabilities, healthy, style) {
	const rows = rowsOf(capabilities);
	const withRemedies = columns(rows.map(({ layer, verdict, how }) => [
		layer,
		verdict.available ? "can" : "cannot",
		verdict.available ? how : verdict.reason
	])).map((line, index) => {
		return rows[index]?.verdict.available === true ? line.replace(" can ", style.good(" can ")) : line.replace(" cannot ", style.bad(" cannot "));
	}).flatMap((line, index) => {
		const verdict = rows[index]?.verdict;
		return verdict === void 0 || verdict.available ? [line] : [line, `    ${style.dim("→")} ${verdict.remedy}`];
	});
	const { host, identity, tools } = facts;
	return [
		`${style.bold("glovebox doctor")}  ${host.platform} ${host.kernel} ${host.arch}, node ${host.node}, uid ${identity.uid}${identity.realRoot ? " (root)" : ""}`,
		...originLines(tools).map((line) => `  ${style.dim(harmless(line))}`),
		"",
		...withRemedies,
		"",
		healthy ? style.good("The default policy can be enforced whole.") : style.bad("The default policy cannot be enforced here: a run would be refused."),
		""
	].join("\n");
}
function rowsOf(capabilities) {
	const { sandbox, loopback, rules, doors, slirp4netns, pasta, overlay, limits, privilegeDrop, memoryCgroup } = capabilities;
	const first = (...verdicts) => verdicts.find(({ available }) => !available) ?? { available: true };
	const [egress, carrier] = pasta.available && !slirp4netns.available ? [pasta, "pasta"] : [slirp4netns, "slirp4netns"];
	return [
		{
			layer: "network: deny",
			verdict: sandbox,
			how: "network namespace with loopback only"
		},
		{
			layer: "network: records",
			verdict: first(sandbox, loopback, rules),
			how: "nftables"
		},
		{
			layer: "network: allowlist",
			verdict: first(sandbox, rules, egress),
			how: `${carrier} and nftables`
		},
		{
			layer: "network: names",
			verdict: first(sandbox, rules, egress, doors),
			how: "gateway, nftables maps"
		},
		{
			layer: "filesystem",
			verdict: sandbox,
			how: "bubblewrap"
		},
		{
			layer: "filesystem: overlay",
			verdict: first(sandbox, overlay),
			how: "overlayfs"
		},
		{
			layer: "resources",
			verdict: limits,
			how: memoryCgroup === null ? "rlimits; memory is watched" : `rlimits; memory cgroup v${memoryCgroup.version}`
		},
		{
			layer: "privilege",
			verdict: first(sandbox, privilegeDrop),
			how: "no_new_privs, no capabilities, uid not 0"
		},
		{
			layer: "environment",
			verdict: { available: true },
			how: "allowlist of names"
		}
	];
}

export { doctorCommand };