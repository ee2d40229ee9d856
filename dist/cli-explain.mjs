import { r as harmless } from "./text.mjs";
import { t as LAYERS } from "./types.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { t as prepare } from "./session.mjs";
import { t as currentEnvironment } from "./environment.mjs";
import { n as styleFor, t as columns } from "./style.mjs";

// src/cli/explain.ts
/** Shows what `run` would do. */
async function explainCommand(parsed) {
	const { policyFiles, flags, directory, step, json } = parsed;
	const { plan } = await prepare({
		policyFiles,
		flags,
		command: step,
		directory,
		environment: currentEnvironment()
	});
	process.stdout.write(json ? `${JSON.stringify(plan, asJson, 2)}\n` : explanation(plan, styleFor(process.stdout)));
	return 0;
}
/** Maps and bytes have no JSON of their own; values of variables stay out. */
function asJson(key, value) {
	if (key === "variables") return void 0;
	if (key === "content") return void 0;
	if (key === "hidden") return withoutValues(value);
	if (key === "set" && value instanceof Map) return [...value.keys()];
	if (value instanceof Map) return Object.fromEntries(value);
	if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
	return value;
}
function withoutValues(hidden) {
	return hidden.map((argument, index) => hidden[index - 2] === "--setenv" ? "…" : argument);
}
function explanation(plan, style) {
	const section = (title, lines) => lines.length === 0 ? [] : [
		"",
		style.bold(title),
		...lines
	];
	const { network, filesystem, environment, launch } = plan;
	return [
		plan.refused ? style.bad("would be refused") : style.good("would run"),
		...columns(LAYERS.map((layer) => [
			layer,
			plan.layers[layer].status,
			plan.layers[layer].mechanism
		])),
		...section("downgrades", plan.downgrades.flatMap(({ layer, reason, remedy }) => [`  ${layer}: ${reason}`, `    → ${remedy}`])),
		...section("notes", plan.notes.map(({ text }) => `  ${text}`)),
		...section("limits", limitLines(plan)),
		...section("syscalls", plan.syscalls.filters.map(({ name, rules, filter }) => `  ${harmless(name)}: ${rules} rules, ${filter.length / 8} instructions`)),
		...section("environment", [
			`  passed  ${environment.passed.join(" ") || "-"}`,
			`  set     ${environment.set.join(" ") || "-"}`,
			`  dropped ${environment.dropped.join(" ") || "-"}`
		]),
		...section("command", [`  ${argvLine(launch.argv)}`]),
		...section("bubblewrap", optionLines(withoutValues(launch.hidden))),
		...section("network", [
			...network.seal.flatMap(({ argv, stdin }) => [`  ${argvLine(argv)}`, ...indented(stdin)]),
			...network.uplink === null ? [] : [`  ${argvLine(network.uplink.argv)}`],
			...network.route.flatMap(({ argv, stdin }) => [`  ${argvLine(argv)}`, ...indented(stdin)])
		]),
		...section("outputs", (plan.outputs?.globs ?? []).map((glob) => `  ${harmless(glob)}`)),
		...section("overlay", filesystem.overlay === null ? [] : [`  ${harmless(filesystem.overlay.lower)}`, `  ${filesystem.overlay.options}`]),
		""
	].join("\n");
}
function limitLines({ limits }) {
	const { timeoutMs, cpuMs, memoryBytes, outputBytes, prlimit } = limits;
	const or = (value, format) => value === null ? "none" : format(value);
	return [`  timeout ${or(timeoutMs, formatDuration)}, cpu-time ${or(cpuMs, formatDuration)}, memory ${or(memoryBytes, formatSize)}, output ${or(outputBytes, formatSize)}`, `  prlimit ${prlimit.join(" ")}`];
}
/** One option a line, with its arguments. */
function optionLines(hidden) {
	const lines = [];
	for (const argument of hidden) if (argument.startsWith("--")) lines.push(`  ${argument}`);
	else lines.push(`${lines.pop() ?? " "} ${quoted(argument)}`);
	return lines;
}
function argvLine(argv) {
	return argv.map(quoted).join(" ");
}
function quoted(argument) {
	return /^[\w@%+=:,./…{}-]+$/.test(argument) ? argument : JSON.stringify(argument);
}
function indented(text) {
	const lines = text.trimEnd().split("\n");
	const shown = lines.slice(0, 200).map((line) => `    ${line.length > 400 ? `${line.slice(0, 400)}…` : line}`);
	return lines.length > 200 ? [...shown, `    … ${lines.length - 200} more lines`] : shown;
}

export { explainCommand };