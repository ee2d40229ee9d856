import { n as bounded, r as harmless } from "./text.mjs";
import { l as chunks } from "./ruleset-gateway.mjs";
import { i as PRIVATE_RANGES, r as METADATA_RANGES } from "./ranges.mjs";
import { c as parseAddress, n as parseHostName, o as mappedIPv4 } from "./host-names.mjs";
import { c as shortEntry } from "./schema.mjs";
import { d as portsText, l as parsePorts } from "./entries.mjs";
import { c as yamlName, d as isIcmp, f as isWithin, l as yamlText, p as shownDestination, u as bracketed } from "./session.mjs";

// src/report/learned-entries.ts
/** These begin with something that the gateway can check; whatever else flows is not looked at. */
const CHECKED_PORTS = /* @__PURE__ */ new Set([80, 443]);
const HTTPS = "443";
/** An entry with more of them is too long. */
const MOST_PORTS = 100;
const MOST_PROCESSES = 5;
/** The entries that allow what was reached, and nothing else. */
function learnedEntries(reached) {
	const why = new Map(reached.map((record) => [record, beyondEntries(record)]));
	const allowed = reached.filter((record) => why.get(record) === null);
	const named = allowed.filter(({ name }) => name !== void 0);
	const plain = allowed.filter(({ name }) => name === void 0);
	return {
		entries: [...grouped(named, ({ name = "" }) => name).flatMap(entriesOfName), ...grouped(plain, sortKey).flatMap(entriesOfAddress)],
		beyond: reached.flatMap((record) => {
			const reason = why.get(record) ?? null;
			return reason === null ? [] : [`${usedBy([record])} to ${shown(record)}: ${reason}`];
		}),
		metadata: allowed.find(({ address }) => isIn(METADATA_RANGES, address))?.address ?? null
	};
}
/** Why no entry allows it; null where one does. */
function beyondEntries({ name, address, port, protocol }) {
	if (port === 0) return "no entry has port 0";
	if (name !== void 0) {
		const read = parseHostName(name);
		if (!read.ok || read.value.wildcard || read.value.host !== name) return "it is not a host name";
		if (protocol !== "tcp" || port === null) return "names are reached over tcp only";
		return isIn(METADATA_RANGES, address) && !isIn(PRIVATE_RANGES, address) ? "no name may lead to where clouds serve credentials" : null;
	}
	const parsed = parseAddress(address ?? "");
	if (parsed === null || mappedIPv4(parsed) !== null) return "no entry has that address";
	if (isIcmp(protocol)) return null;
	return (protocol === "tcp" || protocol === "udp") && port !== null ? null : "entries have tcp, udp and icmp only";
}
/** One for the ports that are checked, one for the others. */
function entriesOfName(records) {
	const name = records[0]?.name ?? "";
	const inside = records.some(({ address }) => isIn(PRIVATE_RANGES, address));
	const checked = records.filter(({ port }) => CHECKED_PORTS.has(port ?? 0));
	const others = records.filter(({ port }) => !CHECKED_PORTS.has(port ?? 0));
	const hint = "; if that is TLS, leave out `tls: off`";
	return [...byPorts(checked, (ports) => {
		if (inside) return `{host: ${yamlName(name)}, port: ${portValue(ports)}, private: true}`;
		return yamlText(ports === HTTPS ? shortEntry(name) : `${name}:${ports}`);
	}), ...byPorts(others, (ports) => {
		const options = `tls: off${inside ? ", private: true" : ""}`;
		return `{host: ${yamlName(name)}, port: ${portValue(ports)}, ${options}}`;
	}).map(({ entry, comment }) => ({
		entry,
		comment: `${comment}${hint}`
	}))];
}
/** In the braces of the long form a comma would end the ports. */
function portValue(ports) {
	return /^\d+$/.test(ports) ? ports : `'${ports}'`;
}
/** One for each protocol. */
function entriesOfAddress(records) {
	const address = records[0]?.address ?? "";
	const host = bracketed(address);
	const of = (wanted) => records.filter(({ protocol }) => protocol === wanted);
	const pings = records.filter(({ protocol }) => isIcmp(protocol));
	return [
		...byPorts(of("tcp"), (ports) => yamlText(ports === HTTPS ? address : `${host}:${ports}`)),
		...byPorts(of("udp"), (ports) => yamlText(`${host}:${ports}/udp`)),
		...pings.length === 0 ? [] : [{
			entry: yamlText(`${address}/icmp`),
			comment: usedBy(pings)
		}]
	];
}
/** As few entries as hold the ports of these records. */
function byPorts(records, entryFor) {
	const sorted = records.toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0));
	return chunks(sorted, MOST_PORTS).map((chunk) => {
		const ports = parsePorts(chunk.map(({ port }) => port ?? 0).join(","));
		return {
			entry: entryFor(ports.ok ? portsText(ports.value) : ""),
			comment: usedBy(chunk)
		};
	});
}
/** `npm: 3 connections`; what the step called its processes is made harmless. */
function usedBy(records) {
	const names = records.flatMap(({ process }) => typeof process === "string" ? [process] : []);
	const who = [...new Set(names)].slice(0, MOST_PROCESSES).map((name) => bounded(name, 64));
	const count = records.reduce((sum, one) => sum + one.count, 0);
	const times = `${count} ${records[0]?.protocol === "tcp" ? "connection" : "packet"}${count === 1 ? "" : "s"}`;
	return who.length === 0 ? times : `${harmless(who.join(", "))}: ${times}`;
}
function shown({ name, address, port, protocol }) {
	const to = harmless(bounded(name ?? address ?? "", 253));
	return shownDestination({
		address: to,
		port,
		protocol
	});
}
function isIn(ranges, address) {
	return address !== null && ranges.some(({ text }) => isWithin(address, text));
}
/** Groups in the order of their keys. */
function grouped(records, keyOf) {
	const groups = /* @__PURE__ */ new Map();
	for (const record of records) {
		const key = keyOf(record);
		const group = groups.get(key);
		if (group === void 0) groups.set(key, [record]);
		else group.push(record);
	}
	return [...groups].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, group]) => group);
}
/** The numbers of addresses as text of one length, IPv4 first. */
function sortKey({ address }) {
	const { family = 6, bits = 0n } = parseAddress(address ?? "") ?? {};
	return `${family} ${bits.toString(16).padStart(32, "0")}`;
}

// src/report/learned.ts
const LONGEST_COMMAND = 200;
/** Comments of longer entries are not waited for. */
const WIDEST = 60;
/**
* The smallest policy that allows just what a run in mode `audit` reached, as YAML with a comment on
* who used what. Null where nothing was recorded, and so nothing could be learned.
*/
function learnedPolicy(report) {
	if (report.egress === null) return null;
	const { allowed, allowedNotListed } = report.egress;
	const command = harmless(bounded(report.command.join(" "), LONGEST_COMMAND));
	const missing = allowedNotListed === 0 ? [] : [`# Not all of it could be listed: ${allowedNotListed} attempts are missing here.`];
	return [
		`# What this reached, and no more: ${command}`,
		...missing,
		"version: 1",
		...networkLines(learnedEntries(allowed)),
		""
	].join("\n");
}
/** The section `network` that allows this. */
function networkLines({ entries, beyond, metadata }) {
	const comments = beyond.map((text) => `# cannot be allowed: ${text}`);
	if (entries.length === 0) return [
		"network:",
		"  mode: deny",
		...comments
	];
	return [
		"network:",
		"  mode: allowlist",
		...metadata === null ? [] : [`  block-metadata: false  # ${metadata} was reached`],
		"  allow:",
		...entryLines(entries).map((line) => `    ${line}`),
		...comments
	];
}
/** Items of a YAML list, with their comments in a column. */
function entryLines(entries) {
	const widths = entries.map(({ entry }) => entry.length).filter((width) => width <= WIDEST);
	const widest = Math.max(0, ...widths);
	return entries.map(({ entry, comment }) => comment === "" ? `- ${entry}` : `- ${entry.padEnd(widest)}  # ${comment}`);
}

export { networkLines as n, learnedEntries as r, learnedPolicy as t };