import { i as listenForInterrupts, n as verdict, r as openOutlet } from "./verdict.mjs";
import { n as styleFor } from "./style.mjs";
import { t as GloveboxError } from "./errors.mjs";
import { r as harmless } from "./text.mjs";
import { s as shortEntry } from "./schema.mjs";
import { a as entryOf, n as session, s as yamlText } from "./session.mjs";
import { t as ownIo } from "./step-io.mjs";
import { o as currentEnvironment } from "./privilege.mjs";

// src/report/learned.ts
/** These begin with something that the gateway can check; whatever else flows is not looked at. */
const CHECKED_PORTS = /* @__PURE__ */ new Set([80, 443]);
/**
* The smallest policy that allows just what a run in mode `audit` reached, as YAML with a comment on
* who used what. Null where nothing was recorded, and so nothing could be learned.
*/
function learnedPolicy(report) {
	if (report.egress === null) return null;
	const { allowed, allowedNotListed } = report.egress;
	const lines = [...namedLines(allowed), ...addressLines(allowed)];
	return [
		`# What this reached, and no more: ${harmless(report.command.join(" ")).slice(0, 200)}`,
		...allowedNotListed > 0 ? [`# There was more than could be listed: ${allowedNotListed} attempts are missing here.`] : [],
		"version: 1",
		"network:",
		...lines.length === 0 ? ["  mode: deny"] : [
			"  mode: allowlist",
			"  allow:",
			...lines.map(({ entry, comment }) => `    - ${yamlText(entry)}  # ${comment}`)
		],
		...namelessLines(allowed),
		""
	].join("\n");
}
/** A line for the checked ports of each name, and one for each other port. */
function namedLines(allowed) {
	const tcp = allowed.filter(({ name, protocol }) => name !== void 0 && protocol === "tcp");
	return [...new Set(tcp.map(({ name }) => name ?? ""))].toSorted().flatMap((name) => {
		const records = tcp.filter((record) => record.name === name);
		const checked = records.filter(({ port }) => CHECKED_PORTS.has(port));
		const others = records.filter(({ port }) => !CHECKED_PORTS.has(port));
		const ports = checked.map(({ port }) => port ?? 0).toSorted((a, b) => a - b);
		const plain = ports.length === 1 && ports[0] === 443 ? shortEntry(name) : `${name}:${ports.join(",")}`;
		return [...checked.length === 0 ? [] : [{
			entry: plain,
			comment: usedBy(checked)
		}], ...others.map((record) => ({
			entry: `{host: ${name}, port: ${record.port}, tls: off}`,
			comment: `${usedBy([record])}; leave out \`tls: off\` if it is TLS`
		}))];
	});
}
function addressLines(allowed) {
	return allowed.flatMap((record) => {
		if (record.name !== void 0 || record.address === null) return [];
		const entry = entryOf({
			...record,
			address: record.address
		});
		return entry === null ? [] : [{
			entry,
			comment: usedBy([record])
		}];
	});
}
/** What went to a name and cannot be allowed by it. */
function namelessLines(allowed) {
	return allowed.filter(({ name, protocol }) => name !== void 0 && protocol !== "tcp").map(({ name, port, protocol }) => {
		return `# ${protocol} to ${`${name}${port === null ? "" : `:${port}`}`} cannot be allowed: names are reached over tcp only`;
	});
}
function usedBy(records) {
	const who = [...new Set(records.map(({ process }) => process).filter((one) => typeof one === "string"))];
	const count = records.reduce((sum, one) => sum + one.count, 0);
	const times = `${count} ${records[0]?.protocol === "tcp" ? "connection" : "packet"}${count === 1 ? "" : "s"}`;
	return who.length === 0 ? times : `${harmless(who.join(", "))}: ${times}`;
}

// src/cli/learn.ts
/** Runs the command with everything open and written down, and writes the policy that allows just that. */
async function learnCommand(parsed) {
	const { policyFiles, flags, directory, step, output, quiet } = parsed;
	const policyTo = openOutlet(output, "fresh");
	const interrupts = listenForInterrupts();
	const { report } = await session({
		policyFiles,
		command: step,
		directory,
		environment: currentEnvironment(),
		flags: {
			...flags,
			network: "audit"
		}
	}, ownIo(), interrupts).catch((error) => {
		policyTo.abandon();
		throw error;
	});
	interrupts.stop();
	const style = styleFor(process.stderr);
	if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
	const policy = learnedPolicy(report);
	if (policy === null) {
		policyTo.abandon();
		throw new GloveboxError("setup-failed", "nothing was recorded, so there is nothing to learn", { remedy: "see the verdict above, and `glovebox doctor`" });
	}
	policyTo.write(policy);
	if (!quiet) process.stderr.write(`  ${style.good("learned")} ${output}\n`);
	return report.outcome.exitCode;
}

export { learnCommand };