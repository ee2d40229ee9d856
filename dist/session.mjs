import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { A as findProgram, B as execute, C as openAnteroom, D as arrives, E as refuseOpenScratch, I as recordsDirectory, N as searchOrder, O as startInScope, S as offerTun, U as shedIds, W as evaluate, a as openUplink, h as bindMapped, n as identify, o as backendsOf, p as isShownOfEtc, r as probeHost, t as currentEnvironment, u as LAUNCH_FDS, w as openHolder } from "./environment.mjs";
import { a as makePlan, c as allowsNames, l as reachesNothing, o as COMMAND_FILES, r as makePublic } from "./staging.mjs";
import { o as within } from "./mounts.mjs";
import { n as printable } from "./reading.mjs";
import { a as mergePolicies, o as overridePolicy, s as union } from "./shedding.mjs";
import { d as widthOf, l as parseCidr, n as parseHostName, r as contains } from "./host-names.mjs";
import { a as nameCovers, c as commonPorts, i as matchesAddress, n as cidrOf, r as entryText, t as asWritten, u as portsCover } from "./entries.mjs";
import { c as shortEntry, l as PROFILE_NAMES, o as expandGroups, s as membersOf, u as profileText } from "./schema.mjs";
import { a as outputGlob, n as compileGlob } from "./output-globs.mjs";
import { n as formatSize, t as formatDuration } from "./units.mjs";
import { c as readPolicyFile, n as profilesFor, o as readFloors, r as withProfiles, s as readLayers, t as profileOnDisk } from "./profiles.mjs";
import { i as markdownText, r as harmless } from "./text.mjs";
import { s as SUPPLIED_TOOLS } from "./supply.mjs";
import { t as LAYERS } from "./types.mjs";
import { n as HOST_LINK, r as METADATA_RANGES } from "./ranges.mjs";
import { r as outcomeOf, t as VERSION } from "./version.mjs";
import { a as shareDirectory, c as startOf, i as lockDirectory, n as recoverOutputs, t as ownNamespace } from "./recover.mjs";
import { i as readerOf$1, r as mayRead, t as failedOutputs } from "./bring.mjs";
import { t as closeInherited } from "./inherited.mjs";
import { C as JOB, S as outputMatcher, T as OWN, i as settleOutputs, u as inWords } from "./journal.mjs";
import { chmodSync, chownSync, closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, mkdtempSync, openSync, opendirSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, rmdirSync, statSync, statfsSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createHash, randomBytes } from "node:crypto";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { lstat, mkdir, rm, stat, unlink, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";
import { text } from "node:stream/consumers";

// src/report/markdown.ts
/** Longer tables are cut; the whole list is in the report. */
const SHOWN = 50;
const LONGEST_CELL = 500;
/** Text of anybody's for one place of a table or a line. */
function cell(text) {
	return markdownText(text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);
}
function table(head, rows) {
	const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;
	return [
		line(head),
		`|${" --- |".repeat(head.length)}`,
		...rows.map(line)
	];
}
/** A titled table, at most fifty rows of it; nothing where there are none. */
function section(title, head, rows) {
	if (rows.length === 0) return [];
	const rest = rows.length - 50;
	return [
		"",
		`#### ${title}`,
		"",
		...table(head, rows.slice(0, 50)),
		...rest > 0 ? ["", `…and ${rest} more.`] : []
	];
}
/** Folded away until somebody opens it. The title is ours, not anybody's text. */
function folded(title, lines) {
	return [
		"",
		`<details><summary>${title}</summary>`,
		"",
		...lines,
		"",
		"</details>"
	];
}

// src/report/destinations.ts
/** Whether an address lies in a range; both as text. */
function isWithin(text, range) {
	const [outer, inner] = [parseCidr(range), parseCidr(text)];
	return outer !== null && inner !== null && contains(outer, inner);
}
/** By either of the kernel's names for it. */
function isIcmp(protocol) {
	return protocol === "icmp" || protocol === "ipv6-icmp";
}
/** As an address is written in front of a port. */
function bracketed(address) {
	return address.includes(":") ? `[${address}]` : address;
}
/** How a destination is shown: a name where there is one, brackets where a port follows colons. */
function shownDestination({ name, address, port, protocol }) {
	const plain = name ?? address ?? "";
	return `${port === null ? plain : `${bracketed(plain)}:${port}`}/${protocol}`;
}

// src/report/yaml.ts
/** What YAML, also an old one, reads as null, a boolean or a number. */
const NO_TEXT = /^(?:null|true|false|yes|no|on|off|y|n|[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?))$/i;
/** In YAML a leading sign may mean something, and a colon at the end makes a map. */
const SIGNS = /^[^\p{L}\p{N}_]|:$/u;
/** An entry as an item of a YAML list; the long form is YAML already. */
function yamlText(entry) {
	return entry.startsWith("{") || !isMoreThanText(entry) ? entry : `'${entry}'`;
}
/** A name as a value in YAML. */
function yamlName(name) {
	return isMoreThanText(name) ? `'${name}'` : name;
}
function isMoreThanText(text) {
	return NO_TEXT.test(text) || SIGNS.test(text);
}

// src/report/names.ts
const HTTPS$1 = 443;
/** Nobody refused these: the name is allowed, and what it leads to did not answer. */
const UNANSWERED = /* @__PURE__ */ new Set(["unresolved", "unreachable"]);
/** A connection to an allowed name that came to nothing on the far side. */
function isUnanswered({ check }) {
	return UNANSWERED.has(check);
}
/** What the gateway did not let through, as everything else that was blocked. */
function blockedNames(refusals, expected) {
	return refusals.map((refusal) => {
		const { name, port, count, process } = refusal;
		return {
			name,
			address: null,
			port,
			protocol: "tcp",
			count,
			process,
			reason: reasonOf(refusal),
			expected: isUnanswered(refusal) || expected.some((entry) => isExpectedName(entry, refusal)),
			allow: entryFor(refusal),
			text: harmless(port === null ? name : `${name}:${port}`)
		};
	});
}
/** Whether the entry names the port of the name, or any port where it was only looked up. */
function isExpectedName(entry, { name, port }) {
	if (entry.kind !== "name") return false;
	const asked = {
		...entry,
		host: name.toLowerCase(),
		wildcard: false
	};
	return nameCovers(entry, asked) && (port === null || portsCover(entry.ports, [{
		from: port,
		to: port
	}]));
}
function reasonOf({ check, seen }) {
	const other = seen === null ? "" : `: ${seen}`;
	switch (check) {
		case "not-allowed": return "not in network.allow";
		case "not-tls": return "it did not begin with TLS";
		case "no-sni": return "its TLS hello names no server";
		case "other-sni": return `its TLS hello names another server${other}`;
		case "encrypted-hello": return "its TLS hello is encrypted, so the server it is for cannot be seen";
		case "hello-too-long": return "its TLS hello is too long";
		case "hello-timeout": return "its TLS hello never came to an end";
		case "bad-request": return `its HTTP request cannot be read in one way only${other}`;
		case "other-host": return `its HTTP request is for another host${other}`;
		case "proxy-request": return "its HTTP request is one for a proxy";
		case "upgrade-refused": return `its HTTP request asks for another protocol${other}`;
		case "request-timeout": return "its HTTP request never came to an end";
		case "unresolved": return `the name has no address${other}`;
		case "forbidden-address": return `the name leads to an address that no name may lead to${other}`;
		case "unreachable": return `its server could not be reached${other}`;
		case "too-many-connections": return "too many connections at a time";
	}
}
/** What to write into `network.allow`; null where no entry would help, or none can have the name. */
function entryFor({ name, port, check }) {
	const read = parseHostName(name);
	if (!read.ok || read.value.wildcard) return null;
	const { host } = read.value;
	if (check === "not-allowed") return port === null || port === HTTPS$1 ? shortEntry(host) : `${host}:${port}`;
	if (check === "not-tls" || check === "no-sni") return `{host: ${yamlName(host)}, port: ${port ?? HTTPS$1}, tls: off}`;
	return null;
}

// src/report/egress.ts
const HTTPS = 443;
/** Why an attempt to ask the host's resolver was refused. */
const LOOK_UP = "the resolver: a name was looked up";
function blockedOf(plan, egress, hostAddresses) {
	const { blockMetadata, expectBlocked } = plan.policy.network;
	const expected = expectBlocked.map(({ value }) => value);
	const blocked = (egress?.refused ?? []).map((record) => {
		const range = rangeOf(record.address, [...blockMetadata.value ? METADATA_RANGES : [], ...HOST_LINK]);
		const attempt = attemptOf(record);
		const own = hostAddresses.includes(record.address);
		const asked = record.port === 53 && plan.nameservers.includes(record.address);
		const plain = own ? "the host's own address" : asked ? LOOK_UP : "not in network.allow";
		if (record.name !== void 0) return ofName(record, record.name, expected);
		return {
			...record,
			reason: range?.why ?? plain,
			expected: attempt !== null && expected.some((entry) => matchesAddress(entry, attempt)),
			allow: range === void 0 ? entryOf(record) : null,
			text: shownDestination(record)
		};
	});
	return [...blockedNames(egress?.names?.refusals ?? [], expected), ...blocked].toSorted((a, b) => Number(a.reason === LOOK_UP) - Number(b.reason === LOOK_UP));
}
/** An allowed name, on a port that no entry gives it. */
function ofName(record, name, expected) {
	const { port, protocol } = record;
	return {
		...record,
		reason: protocol === "tcp" ? "the port is not in network.allow" : "names are reached over tcp only",
		expected: protocol === "udp" && port === HTTPS || protocol === "tcp" && expected.some((entry) => isExpectedName(entry, {
			name,
			port
		})),
		allow: protocol === "tcp" ? entryOf({
			...record,
			address: name
		}) : null,
		text: `${name}${port === null ? "" : `:${port}`}/${protocol}`
	};
}
function rangeOf(address, ranges) {
	return ranges.find(({ text }) => isWithin(address, text));
}
function attemptOf({ address, port, protocol }) {
	const name = protocol === "ipv6-icmp" ? "icmp" : protocol;
	return name === "tcp" || name === "udp" || name === "icmp" ? {
		address,
		port,
		protocol: name
	} : null;
}
/** The line to add; tcp and port 443 go without saying. No entry names port 0. */
function entryOf({ address, port, protocol }) {
	if (port === 0) return null;
	const host = bracketed(address);
	if (protocol === "tcp") return port === HTTPS ? address : `${host}:${port}`;
	if (protocol === "udp") return `${host}:${port}/udp`;
	return isIcmp(protocol) ? `${address}/icmp` : null;
}

// src/report/outputs.ts
/** A copy for the report. */
function outputsOf$1(seen) {
	const outputs = seen?.outputs ?? null;
	if (outputs === null) return null;
	return {
		...outputs,
		missing: [...outputs.missing],
		refused: outputs.refused.map((one) => ({ ...one })),
		leftOut: outputs.leftOut.map((one) => ({ ...one }))
	};
}
/** What came out, in one line; null where nothing was to. */
function outputsInWords({ outputs }) {
	if (outputs === null) return null;
	if (!outputs.done) return `no outputs: ${outputs.problem ?? "nobody knows why"}`;
	const { files, bytes } = outputs;
	if (files === 0) return "no outputs that were not there already";
	return files === 1 ? `1 output, ${formatSize(bytes)}, is in the workspace` : `${files} outputs, ${formatSize(bytes)}, are in the workspace`;
}
/** What cannot come out, what is not there, and what stayed behind. */
function outputRows({ outputs }) {
	if (outputs === null) return [];
	return [
		...outputs.refused.map(({ path, reason }) => [path, reason]),
		...outputs.missing.map((glob) => [glob, "nothing matches it"]),
		...outputs.leftOut.map(({ path, reason }) => [path, `left out: ${reason}`])
	];
}
function outputsSection(report) {
	const words = outputsInWords(report);
	if (words === null) return [];
	const rows = outputRows(report);
	return section("Outputs", ["path", "why"], rows.length === 0 ? [["", words]] : [["", words], ...rows]);
}

// src/report/unused.ts
/** Entries that a run could have done without, and groups of which it used nothing; none where the list says nothing, or not all was listed. */
function unusedEntries(plan, egress) {
	const { mode, allow } = plan.policy.network;
	const cutShort = egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0) > 0;
	if (mode.value !== "allowlist" || cutShort) return [];
	const traffic = [...egress.names?.traffic ?? [], ...(egress.names?.refusals ?? []).filter(isUnanswered)];
	const used = allow.filter(({ value }) => isUsed(value, egress.allowed, traffic));
	const words = new Set(used.map(wordOf));
	return [...new Set(allow.map(wordOf))].filter((word) => !words.has(word));
}
/** As the policy has it: a group by its own word, whatever it stands for. */
function wordOf({ value, source }) {
	return source.group?.name ?? value.text;
}
function isUsed(entry, reached, traffic) {
	if (entry.kind === "name") return traffic.some((one) => leadsTo(entry, one));
	return reached.some(({ address, port, protocol }) => {
		const known = protocol === "ipv6-icmp" ? "icmp" : protocol;
		return (known === "tcp" || known === "udp" || known === "icmp") && matchesAddress(entry, {
			address,
			port,
			protocol: known
		});
	});
}
function leadsTo(entry, { name, port }) {
	const asked = {
		...entry,
		host: name,
		wildcard: false
	};
	return port !== null && nameCovers(entry, asked) && portsCover(entry.ports, [{
		from: port,
		to: port
	}]);
}

// src/report/build.ts
/** Puts the report together from the plan and the observations. */
function buildReport({ plan, facts, seen, layers, floors, version }) {
	const blocked = blockedOf(plan, seen?.egress ?? null, facts.hostAddresses);
	return {
		version: 1,
		glovebox: version,
		command: [...plan.command],
		requested: requestedOf(plan.policy),
		enforced: eachLayer((layer) => seen?.released === true && plan.layers[layer].status === "enforced"),
		layers: eachLayer((layer) => ({ ...plan.layers[layer] })),
		downgrades: plan.downgrades.map((downgrade) => ({ ...downgrade })),
		notes: [...plan.notes, ...observedNotes(plan, seen)],
		egress: egressOf(plan, seen, blocked),
		changes: changesOf(seen),
		outputs: outputsOf$1(seen),
		syscalls: {
			profile: plan.syscalls.profile,
			filters: plan.syscalls.filters.map(({ name, rules }, index) => ({
				name,
				rules,
				sha256: seen?.filters[index] ?? null
			}))
		},
		environment: {
			passed: [...plan.environment.passed],
			set: [...plan.environment.set],
			dropped: [...plan.environment.dropped]
		},
		usage: usageOf(seen),
		outcome: outcomeOf(plan, seen, blocked),
		policy: {
			sources: layers.map(sourceOf),
			floors: floors.map(sourceOf)
		},
		host: {
			...facts.host,
			uid: facts.identity.uid,
			root: facts.identity.realRoot
		},
		tools: versionsOf(facts),
		toolOrigins: originsOf(facts)
	};
}
/** Whether a run that ended so is a success, before its outputs are looked at. */
function succeeds(plan, facts, seen) {
	return outcomeOf(plan, seen, blockedOf(plan, seen.egress, facts.hostAddresses)).exitCode === 0;
}
/** What would have to be added to `network.allow`; what was expected is left out. */
function suggestionsOf(report) {
	const suggestions = (report.egress?.blocked ?? []).filter(({ expected }) => !expected).flatMap(({ allow, reason }) => {
		if (allow === null) return [];
		return [{
			entry: allow,
			warning: reason === "the resolver: a name was looked up" ? "the resolver: a name can carry anything out; `glovebox learn` finds the name to allow" : null
		}];
	});
	return [...new Map(suggestions.map((one) => [one.entry, one])).values()];
}
function eachLayer(value) {
	return Object.fromEntries(LAYERS.map((layer) => [layer, value(layer)]));
}
function requestedOf(policy) {
	const { network, filesystem, resources, privilege, syscalls, runner } = policy;
	return {
		onUnavailable: policy.onUnavailable.value,
		network: {
			mode: network.mode.value,
			allow: texts(network.allow),
			blockMetadata: network.blockMetadata.value,
			resolver: network.resolver.value,
			backend: network.backend.value,
			interface: network.interface.value,
			address: network.address.value,
			netmask: network.netmask.value,
			gateway: network.gateway.value,
			onBlocked: network.onBlocked.value,
			expectBlocked: texts(network.expectBlocked)
		},
		filesystem: {
			mode: filesystem.mode.value,
			read: values(filesystem.read),
			write: values(filesystem.write),
			hide: values(filesystem.hide),
			outputs: values(filesystem.outputs),
			outputsOn: filesystem.outputsOn.value,
			outputsMissing: filesystem.outputsMissing.value,
			maxOutputBytes: filesystem.maxOutputSize.value,
			maxOutputFiles: filesystem.maxOutputFiles.value,
			logs: values(filesystem.logs)
		},
		resources: {
			timeoutMs: resources.timeout.value,
			cpuTimeMs: resources.cpuTime.value,
			memoryBytes: resources.memory.value,
			processes: resources.processes.value,
			openFiles: resources.openFiles.value,
			fileSizeBytes: resources.fileSize.value,
			outputBytes: resources.output.value
		},
		privilege: {
			mode: privilege.mode.value,
			uid: privilege.uid.value,
			gid: privilege.gid.value
		},
		syscalls: {
			profile: profileText(syscalls.profile.value),
			allow: values(syscalls.allow),
			block: values(syscalls.block)
		},
		runner: {
			outputs: values(runner.outputs),
			env: values(runner.env),
			path: values(runner.path),
			summary: runner.summary.value,
			annotations: runner.annotations.value
		}
	};
}
function texts(entries) {
	return entries.map(({ value }) => value.text);
}
function values(sourced) {
	return sourced.map(({ value }) => value);
}
function egressOf(plan, seen, blocked) {
	const egress = seen?.egress ?? null;
	if (egress === null) return null;
	return {
		allowed: [...(egress.names?.traffic ?? []).map(allowedName), ...egress.allowed.map((one) => ({ ...one }))],
		blocked: blocked.map(blockedOne),
		allowedNotListed: egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0),
		blockedNotListed: egress.refusedNotListed + (egress.names?.refusalsNotListed ?? 0),
		unused: unusedEntries(plan, egress),
		malformedLookUps: egress.names?.malformed ?? 0
	};
}
function sourceOf({ name, sha256, commit }) {
	return {
		name,
		sha256,
		commit: commit ?? null
	};
}
function allowedName({ name, port, connections, up, down, process }) {
	return {
		name,
		address: null,
		port,
		protocol: "tcp",
		count: connections,
		process,
		up,
		down
	};
}
function blockedOne(blocked) {
	const { text: _, ...told } = blocked;
	return told;
}
function changesOf(seen) {
	const changes = seen?.changes ?? null;
	return changes === null ? null : {
		...changes,
		files: changes.files.map((one) => ({ ...one }))
	};
}
function usageOf(seen) {
	if (seen === null) return {
		wallMs: 0,
		cpuMs: 0,
		peakMemoryBytes: null,
		peakProcesses: null,
		outputBytes: 0,
		truncated: false
	};
	return {
		...seen.usage,
		wallMs: Math.round(seen.usage.wallMs)
	};
}
/** Below that nobody waits for it. */
const NOTICED_MS = 1e3;
function observedNotes(plan, seen) {
	if (seen === null) return [];
	const notes = [];
	if (seen.usage.truncated) notes.push({
		code: "output-truncated",
		text: "the output went past resources.output; the rest of it was dropped"
	});
	if ((seen.logs?.notFollowed ?? 0) > 0) notes.push({
		code: "logs-not-followed",
		text: "filesystem.logs means more files than are followed; the first ones are shown"
	});
	if (seen.givingMs >= NOTICED_MS) notes.push({
		code: "files-given-one-by-one",
		text: `giving each file of the workspace to the step's user took ${formatDuration(seen.givingMs)}: ${plan.filesystem.overlay?.chownBecause ?? ""}`
	});
	return notes;
}
function versionsOf(facts) {
	const { bwrap, slirp4netns, pasta, nft } = facts.tools;
	return {
		bwrap: bwrap.version,
		slirp4netns: slirp4netns.version,
		pasta: pasta.version,
		nft: nft.version
	};
}
function originsOf({ tools }) {
	return Object.fromEntries(SUPPLIED_TOOLS.flatMap((name) => {
		const { path, supply } = tools[name];
		if (path === null || supply === void 0) return [];
		return [[name, {
			source: supply.source,
			path,
			sha256: supply.sha256
		}]];
	}));
}

// src/tools/placeholders.ts
/** Seconds. What is empty and of this very time is one of ours, also of a run that was killed. */
const MARK = 1735159670;
/** How long another run may take to mark what it has made. */
const MARKED_WITHIN_MS = 500;
const PAUSE_MS = 20;
/** Whether there is nothing at a path but a placeholder. */
function isPlaceholder(path) {
	try {
		const stats = lstatSync(path);
		return stats.isDirectory() && Math.floor(stats.mtimeMs / 1e3) === MARK && readdirSync(path).length === 0;
	} catch {
		return false;
	}
}
/** Makes one, or takes over another run's. Never follows a symlink. Whether it is a new one. */
async function makePlaceholder(path) {
	try {
		mkdirSync(path, { mode: 493 });
		utimesSync(path, MARK, MARK);
		return true;
	} catch (error) {
		if (error.code === "EEXIST") {
			await becomesPlaceholder(path);
			return false;
		}
		throw new GloveboxError("setup-failed", `${path} does not exist, and nothing can be put in its place to keep the step from making it: ${messageOf(error)}`, {
			cause: error,
			remedy: "use another filesystem.mode"
		});
	}
}
async function becomesPlaceholder(path) {
	for (let waited = 0; !isPlaceholder(path); waited += PAUSE_MS) {
		if (waited >= MARKED_WITHIN_MS) throw new GloveboxError("setup-failed", `${path} came into being while the sandbox was being built`, { remedy: "run again" });
		await setTimeout$1(PAUSE_MS);
	}
}
/** Takes one away; what is no longer empty stays. */
function removePlaceholder(path) {
	try {
		rmdirSync(path);
	} catch {}
}

// src/plan/git-syntax.ts
/** Reads text exactly as git does; null where git would call the file bad. */
function readGitConfig(text) {
	if (text.includes("\0")) return null;
	const reader = readerOf(text);
	const settings = [];
	const comments = [];
	let base = "";
	for (;;) {
		const char = reader.next();
		if (reader.ended()) return {
			settings,
			comments
		};
		if (isSpace(char)) continue;
		if (isCommentMark(char)) comments.push(restOfLine(reader));
		else if (char === "[") {
			base = readHeader(reader);
			if (base === null) return null;
		} else {
			const setting = /[a-z]/i.test(char) ? readSetting(char, base, reader, comments) : null;
			if (setting === null) return null;
			settings.push(setting);
		}
	}
}
/** Text that git reads back as these settings, in this order. */
function writeGitConfig(settings) {
	const lines = [];
	let last = "";
	for (const { section, subsection, key, value } of settings) {
		const header = subsection === null ? `[${section}]` : `[${section} "${quoted(subsection)}"]`;
		if (header !== last) lines.push(header);
		last = header;
		lines.push(value === null ? `\t${key}` : `\t${key} = "${escaped$1(value)}"`);
	}
	return lines.map((line) => `${line}\n`).join("");
}
function readerOf(text) {
	let at = text.startsWith("﻿") ? 1 : 0;
	return {
		next: () => {
			if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
			const char = text[at] ?? "\n";
			at += 1;
			return char;
		},
		ended: () => at > text.length
	};
}
/** What stands between brackets, as git keeps it: `section` or `section.subsection`. */
function readHeader(reader) {
	let name = "";
	for (;;) {
		const char = reader.next();
		if (reader.ended()) return null;
		if (char === "]") return name === "" ? null : name;
		if (isSpace(char)) return readSubsection(name, char, reader);
		if (!/[a-z0-9.-]/i.test(char)) return null;
		name += char.toLowerCase();
	}
}
function readSubsection(section, space, reader) {
	let char = space;
	while (isSpace(char)) {
		if (char === "\n") return null;
		char = reader.next();
	}
	if (char !== "\"") return null;
	let subsection = "";
	for (;;) {
		char = reader.next();
		if (char === "\"") break;
		if (char === "\\") char = reader.next();
		if (char === "\n") return null;
		subsection += char;
	}
	return reader.next() === "]" ? `${section}.${subsection}` : null;
}
function readSetting(first, base, reader, comments) {
	let key = first.toLowerCase();
	let char = reader.next();
	for (; /[a-z0-9-]/i.test(char); char = reader.next()) key += char.toLowerCase();
	while (char === " " || char === "	") char = reader.next();
	const dot = base.indexOf(".");
	const setting = {
		section: dot === -1 ? base : base.slice(0, dot),
		subsection: dot === -1 ? null : base.slice(dot + 1),
		key
	};
	if (char === "\n") return {
		...setting,
		value: null
	};
	if (char !== "=") return null;
	const value = readValue(reader, comments);
	return value === null ? null : {
		...setting,
		value
	};
}
const ESCAPES = /* @__PURE__ */ new Map([
	["\n", ""],
	["t", "	"],
	["b", "\b"],
	["n", "\n"],
	["\\", "\\"],
	["\"", "\""]
]);
function readValue(reader, comments) {
	let value = "";
	/** Blanks that count only if something follows. */
	let blanks = "";
	let inQuotes = false;
	for (;;) {
		const char = reader.next();
		if (char === "\n") return inQuotes ? null : value;
		if (!inQuotes && isSpace(char)) {
			if (value !== "") blanks += char;
			continue;
		}
		if (!inQuotes && isCommentMark(char)) {
			comments.push(restOfLine(reader));
			return value;
		}
		value += blanks;
		blanks = "";
		if (char === "\"") inQuotes = !inQuotes;
		else if (char === "\\") {
			const meant = ESCAPES.get(reader.next());
			if (meant === void 0) return null;
			value += meant;
		} else value += char;
	}
}
function restOfLine(reader) {
	let line = "";
	for (let char = reader.next(); char !== "\n"; char = reader.next()) line += char;
	return line;
}
/** git's own idea: no form feed, no vertical tab, nothing beyond ASCII. */
function isSpace(char) {
	return char === " " || char === "	" || char === "\n" || char === "\r";
}
function isCommentMark(char) {
	return char === "#" || char === ";";
}
function quoted(subsection) {
	return subsection.replace(/[\\"]/g, "\\$&");
}
function escaped$1(value) {
	return quoted(value).replaceAll("\n", "\\n").replaceAll("	", "\\t").replaceAll("\b", "\\b");
}

// src/plan/git-config.ts
/** For a file that git would not read either: a repository of the plainest kind. */
const PLAIN = "[core]\n	repositoryformatversion = 0\n";
/** Sections about another machine or a key, of which only these settings are known to be harmless. */
const HARMLESS = {
	credential: [],
	include: [],
	includeif: [],
	gpg: [],
	sendemail: [],
	imap: [],
	url: ["insteadof", "pushinsteadof"],
	remote: [
		...[
			"url",
			"pushurl",
			"fetch",
			"push",
			"pushdefault",
			"mirror",
			"prune",
			"prunetags"
		],
		...[
			"tagopt",
			"skipdefaultupdate",
			"skipfetchall",
			"promisor",
			"partialclonefilter"
		],
		...[
			"followremotehead",
			"proxy",
			"gh-resolved"
		]
	],
	http: [...[
		"proxy",
		"sslverify",
		"sslcainfo",
		"sslcapath",
		"sslversion",
		"sslbackend",
		"version"
	], ...[
		"postbuffer",
		"lowspeedlimit",
		"lowspeedtime",
		"followredirects",
		"maxrequests"
	]]
};
/** A secret by its name, or a program that is started to get one. */
const TELLING_KEY = /token|passw|passphrase|secret|api-?key|private-?key|signingkey|cookie|header|oauth|smtppass|^pass$|sshcommand|askpass|gitproxy/;
/** A secret by its looks, wherever it stands. */
const TELLING_VALUE = /authorization|x-access-token|x-oauth-basic|\b(?:bearer|basic|token)\s+[\w.~+/=-]{8,}|\b(?:gh[opsur]|glpat|gldt|glrt|npm|xox[abp])[-_]\w{8,}|github_pat_|\bAKIA[0-9A-Z]{12,}|-----BEGIN/i;
/** Settings whose value may be an address without a scheme. */
const ADDRESS = /^(?:url|pushurl|proxy|pushdefault|remote|pushremote)$/;
/** Takes out of a git configuration what is a credential, leads to one, or reads other files in. */
function withoutCredentials(text) {
	const document = readGitConfig(text);
	if (document === null) return {
		text: PLAIN,
		removed: ["all of it: git cannot read it"],
		includes: [],
		files: []
	};
	const judged = document.settings.map((setting) => ({
		setting,
		left: whatIsLeft(setting)
	}));
	const gone = judged.filter(({ setting, left }) => left?.value !== setting.value || left === null);
	const telling = document.comments.some((comment) => withoutUserinfo(comment) !== comment);
	return {
		text: writeGitConfig(judged.flatMap(({ left }) => left === null ? [] : [left])),
		removed: [.../* @__PURE__ */ new Set([...gone.map(({ setting }) => nameOf$1(setting)), ...telling ? ["a comment"] : []])],
		includes: document.settings.flatMap(includedBy),
		files: document.settings.flatMap(filesOf$1)
	};
}
/** The setting, the setting with a shorter value, or null. */
function whatIsLeft(setting) {
	const { section, subsection, key, value } = setting;
	if (section === "" || TELLING_KEY.test(section) || TELLING_KEY.test(key)) return null;
	if (HARMLESS[section]?.includes(key) === false) return null;
	if (subsection !== null && withoutUserinfo(subsection) !== subsection) return null;
	if (value === null) return setting;
	if (ADDRESS.test(key) && !value.includes("://") && /:.*@/s.test(value)) return null;
	if (key === "proxy" && value.includes("@")) return null;
	const left = withoutUserinfo(value);
	if (left === null || section === "url" && left !== value) return null;
	return {
		...setting,
		value: left
	};
}
/**
* An address without user, password, query and fragment; any other text as it is. null where what
* is secret cannot be told from the rest. For ssh the user stays, because it is no secret there.
*/
function withoutUserinfo(text) {
	const [, scheme = "", user, rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^@/?#\s]*)@)?([^@?#\s]*)(?:[?#][^@\s]*)?$/i.exec(text) ?? [];
	if (scheme === "") return /:\/\/.*[@?]/s.test(text) || TELLING_VALUE.test(text) ? null : text;
	const left = scheme + (user !== void 0 && /ssh/i.test(scheme) && !user.includes(":") ? `${user}@` : "") + rest;
	return TELLING_VALUE.test(left) ? null : left;
}
/** Only what looks like a name: where a value was broken over lines, a piece of it stands as a key. */
function nameOf$1({ section, subsection, key, value }) {
	const shownKey = value !== null && value !== "" && /^[a-z-]{1,32}$/.test(key) ? key : "…";
	const within = subsection === null ? "" : `.${withoutUserinfo(subsection) ?? "…"}`;
	return `${section || "…"}${within.length > 120 ? `${within.slice(0, 120)}…` : within}.${shownKey}`;
}
function includedBy({ section, key, value }) {
	return (section === "include" || section === "includeif") && key === "path" && value !== null ? [value] : [];
}
const KEY_FILE = /^(?:cookiefile|sslkey|sslcert|proxysslkey|proxysslcert|signingkey)$/;
const ARGUMENT = String.raw`("[^"]*"|'[^']*'|\S+)`;
function filesOf$1({ section, key, value }) {
	if (value === null) return [];
	if (KEY_FILE.test(key)) return value.endsWith(".pub") ? [] : [value];
	if (section === "credential" && key === "helper") return argumentsOf(value, "--file[=\\s]+");
	if (section === "core" && key === "sshcommand") return argumentsOf(value, "(?:-i\\s*|identityfile[=\\s]+)");
	return [];
}
function argumentsOf(command, before) {
	return [...command.matchAll(new RegExp(before + ARGUMENT, "gi"))].map(({ 1: argument = "" }) => argument.replace(/^(["'])(.*)\1$/, "$2"));
}

// src/probe/first-entries.ts
const BUFFERED = 256;
/** At most so many entries of a directory, which may have a million; none of one that is not for us. */
function firstEntries(directory, most) {
	const entries = [];
	try {
		const opened = opendirSync(directory, { bufferSize: BUFFERED });
		while (entries.length < most) {
			const entry = opened.readSync();
			if (entry === null) break;
			entries.push(entry);
		}
		opened.closeSync();
	} catch {}
	return entries;
}

// src/probe/git-configs.ts
/** A checkout into `path:` lies a step or two down; every directory on the way costs time. */
const DEEPEST$1 = 3;
const MOST_DIRECTORIES$1 = 2e3;
/** A big workspace must not start later than a small one. */
const MOST_ENTRIES$1 = 1e4;
const MOST_OF_ONE = 5e3;
/** Names of modules may hold slashes. */
const DEEPEST_MODULE = 12;
/** git itself writes some hundred bytes. */
const LARGEST_CONFIG = 1 << 20;
/** What a repository without a working tree has. */
const BARE = [
	"HEAD",
	"config",
	"objects",
	"refs"
];
/** Names under which `git credential-store` and its kind are told to keep a file. */
const CREDENTIAL_FILES = [".git-credentials", "credentials"];
/**
* Finds what git in the workspace keeps of credentials, in repositories up to three directories down
* but not in node_modules. Only plain files that really lie in the workspace count: what a symlink
* leads to outside is not there for the step. What cannot be read here the step cannot read either.
*/
function surveyGit(workspace) {
	const search = new Search(workspace);
	search.repositories();
	return {
		files: [...search.files.values()].filter((file) => file !== null),
		repositories: search.found,
		cutShort: search.cutShort,
		system: withoutCredentials(textOf("/etc/gitconfig") ?? "").text
	};
}
var Search = class {
	/** By path; null for one that was looked at and has nothing to hide. */
	files = /* @__PURE__ */ new Map();
	/** Relative to the workspace. */
	found = [];
	cutShort = false;
	#workspace;
	#seen = /* @__PURE__ */ new Set();
	#directories = 0;
	#entriesLeft = MOST_ENTRIES$1;
	constructor(workspace) {
		this.#workspace = workspace;
	}
	/** Level by level, so that many directories in one place do not hide another place of that level. */
	repositories() {
		let level = [this.#workspace];
		for (let depth = 0; depth < DEEPEST$1; depth += 1) {
			for (const directory of level) this.#lookInto(directory);
			level = level.flatMap((directory) => this.#directoriesIn(directory));
		}
		for (const directory of level) this.#dotGit(join(directory, ".git"));
	}
	/** Takes what a directory itself has of git. */
	#lookInto(directory) {
		this.#dotGit(join(directory, ".git"));
		if (BARE.every((name) => isThere(join(directory, name)))) this.#gitDirectory(directory);
		this.#hideWhole(join(directory, ".git-credentials"));
	}
	#directoriesIn(directory) {
		return this.#entries(directory).filter((entry) => entry.isDirectory() && ![".git", "node_modules"].includes(entry.name)).map(({ name }) => join(directory, name));
	}
	/** A repository, or the file in its place that says where it is. */
	#dotGit(path) {
		const real = this.#inWorkspace(path);
		if (real === null) return;
		if (real === path) this.found.push(path.slice(this.#workspace.length + 1));
		if (lstatSync(real).isDirectory()) {
			this.#gitDirectory(real);
			return;
		}
		const [, elsewhere] = /^gitdir: (.+)/.exec(textOf(real) ?? "") ?? [];
		const directory = elsewhere === void 0 ? null : this.#inWorkspace(resolve(dirname(real), elsewhere));
		if (directory !== null) this.#gitDirectory(directory);
	}
	#gitDirectory(directory) {
		if (this.#seen.has(directory)) return;
		this.#seen.add(directory);
		for (const { name } of this.#entries(directory)) {
			const path = join(directory, name);
			if (name.startsWith("config")) this.#clean(path, directory);
			else if (CREDENTIAL_FILES.includes(name)) this.#hideWhole(path);
			else if (name === "modules") this.#modules(path, 0);
			else if (name === "worktrees") this.#worktrees(path);
		}
	}
	#modules(directory, depth) {
		if (depth > DEEPEST_MODULE) {
			this.cutShort = true;
			return;
		}
		const entries = this.#entries(directory);
		if (entries.some((entry) => ["HEAD", "config"].includes(entry.name) && entry.isFile())) {
			this.#gitDirectory(directory);
			return;
		}
		for (const entry of entries) if (entry.isDirectory()) this.#modules(join(directory, entry.name), depth + 1);
	}
	#worktrees(directory) {
		for (const entry of this.#entries(directory)) if (entry.isDirectory()) this.#gitDirectory(join(directory, entry.name));
	}
	/** A file of configuration, and the files it leads to. */
	#clean(path, gitDirectory) {
		const real = this.#inWorkspace(path);
		if (real === null || this.files.has(real) || !lstatSync(real).isFile()) return;
		this.files.set(real, null);
		const content = lstatSync(real).size > LARGEST_CONFIG ? "\0" : textOf(real);
		if (content === null) return;
		const { text, removed, includes, files } = withoutCredentials(content);
		if (removed.length > 0) this.#show(real, text, removed);
		for (const file of includes) this.#clean(resolve(dirname(real), file), gitDirectory);
		const from = [
			gitDirectory,
			dirname(gitDirectory),
			this.#workspace
		];
		for (const file of files) for (const base of from) this.#hideWhole(resolve(base, file));
	}
	#hideWhole(path) {
		const real = this.#inWorkspace(path);
		if (real !== null && lstatSync(real).isFile()) this.#show(real, "", []);
	}
	#show(path, shown, removed) {
		const directories = [];
		for (let above = dirname(path); within(above, this.#workspace); above = dirname(above)) if (above !== this.#workspace) directories.unshift(ownedAt(above));
		const file = ownedAt(path);
		const own = [file, ...directories].every(({ uid, gid }) => uid === process.getuid?.() && gid === process.getgid?.());
		this.files.set(path, {
			...file,
			shown,
			removed,
			directories,
			own
		});
	}
	/** Where a path really is, if that is in the workspace. */
	#inWorkspace(path) {
		try {
			if (lstatSync(path, { throwIfNoEntry: false }) === void 0) return null;
			const real = realpathSync(path);
			return within(real, this.#workspace) ? real : null;
		} catch {
			return null;
		}
	}
	#entries(directory) {
		const most = Math.min(MOST_OF_ONE, this.#entriesLeft);
		if (this.#directories >= MOST_DIRECTORIES$1 || most === 0) {
			this.cutShort = true;
			return [];
		}
		this.#directories += 1;
		const entries = firstEntries(directory, most);
		this.#entriesLeft -= entries.length;
		if (entries.length === most) this.cutShort = true;
		return entries;
	}
};
function isThere(path) {
	try {
		return lstatSync(path, { throwIfNoEntry: false }) !== void 0;
	} catch {
		return false;
	}
}
function ownedAt(path) {
	const { uid, gid, mode } = lstatSync(path);
	return {
		path,
		uid,
		gid,
		mode: mode & 4095
	};
}
/** An earlier step may have left anything there: a fifo would keep us waiting for ever, and so would a huge file. */
function textOf(path) {
	try {
		const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const stats = fstatSync(fd);
			return stats.isFile() && stats.size <= LARGEST_CONFIG ? readFileSync(fd, "utf8") : null;
		} finally {
			closeSync(fd);
		}
	} catch {
		return null;
	}
}

// src/probe/in-layers.ts
/**
* What layers, the newest first, have at a path relative to the workspace; `missing` where they took it away,
* undefined where they have nothing.
*/
function kindInLayers(path, layers) {
	for (const layer of layers) try {
		const stats = lstatSync(join(layer, path));
		if (stats.isCharacterDevice() && stats.rdev === 0) return "missing";
		return stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other";
	} catch (error) {
		const { code } = error;
		if (code === "ENOTDIR") return "missing";
		if (code !== "ENOENT") return "other";
	}
}

// src/probe/nested-mounts.ts
/** What is mounted in a directory, of mounts in mounts only the outer ones. */
function nestedMounts(directory, table = readFileSync("/proc/self/mountinfo", "utf8")) {
	const targets = table.split("\n").map((line) => unescaped(line.split(" ")[4] ?? "")).filter((target) => target !== directory && within(target, directory));
	return [...new Set(targets)].filter((target) => !targets.some((other) => other !== target && within(target, other))).toSorted().map((path) => ({
		path,
		seen: canBeSeen(path)
	}));
}
/** The kernel writes blanks, line ends and backslashes as octal numbers. */
function unescaped(field) {
	return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
/** Not where it is another user's, or covered by another mount, or has a name that is no text. */
function canBeSeen(path) {
	try {
		statSync(path);
		return true;
	} catch {
		return false;
	}
}

// src/probe/strangers.ts
/** Looking at one costs some microseconds, and the step waits. */
const MOST_LOOKED_AT$1 = 1e3;
const MOST_NAMED = 5;
/** Looks, level by level, for what in a directory belongs to somebody else. Goes into nothing of theirs. */
function findStrangers(directory, isOwn) {
	const found = [];
	let left = MOST_LOOKED_AT$1;
	let level = [""];
	while (level.length > 0 && left > 0) {
		const next = [];
		for (const above of level) for (const { name } of firstEntries(join(directory, above), left)) {
			left -= 1;
			const path = join(above, name);
			const stats = statsOf(join(directory, path));
			if (stats === null) continue;
			if (!isOwn(stats)) found.push(path);
			else if (stats.isDirectory()) next.push(path);
		}
		level = next;
	}
	return {
		named: found.slice(0, MOST_NAMED).toSorted(),
		more: found.length > MOST_NAMED,
		all: left > 0
	};
}
/** null where the name is no text, or the path too long. */
function statsOf(path) {
	try {
		return lstatSync(path);
	} catch {
		return null;
	}
}

// src/probe/tool-directories.ts
/** Already there in every sandbox. */
const BASE$1 = [
	"/usr",
	"/bin",
	"/sbin",
	"/lib",
	"/lib64"
];
/** Under the home directory: where version managers keep programs, and nothing else. */
const VERSION_MANAGERS = [
	{
		found: ".cargo/bin",
		needs: [".cargo/bin", ".rustup"]
	},
	{
		found: ".pyenv",
		needs: [".pyenv"]
	},
	{
		found: ".rbenv",
		needs: [".rbenv"]
	},
	{
		found: ".nodenv",
		needs: [".nodenv"]
	},
	{
		found: ".nvm",
		needs: [".nvm"]
	},
	{
		found: ".volta",
		needs: [".volta"]
	},
	{
		found: ".asdf",
		needs: [".asdf"]
	},
	{
		found: ".goenv",
		needs: [".goenv"]
	},
	{
		found: ".sdkman",
		needs: [".sdkman"]
	},
	{
		found: ".jenv",
		needs: [".jenv"]
	},
	{
		found: ".local/share/mise",
		needs: [".local/share/mise"]
	},
	{
		found: ".local/share/fnm",
		needs: [".local/share/fnm"]
	},
	{
		found: ".local/bin",
		needs: [
			".local/bin",
			".local/lib",
			".local/pipx"
		]
	}
];
/**
* The directories, outside the base system and the workspace, that the programs on PATH and the
* command need: each with its prefix (`/opt/node/bin` needs `/opt/node`), symlinks resolved.
* What a symlink or a script in the workspace leads to counts only where version managers keep
* programs: the change under test may have brought it, and could choose what is shown.
*/
function toolDirectories(command, path, around) {
	const onPath = path.split(":").filter((entry) => isAbsolute(entry)).map((entry) => resolve(entry));
	const needed = [
		...onPath.map((directory) => [directory]),
		...onPath.flatMap((directory) => linksIn(directory).map(wayTo)),
		commandWay(command[0] ?? "", onPath, around.cwd)
	].flatMap((way) => believed(way, around)).flatMap((directory) => withPrefix(directory, around));
	const existing = [...new Set(needed)].filter((directory) => isDirectory(directory) && !insideBase(directory) && isSafe(directory, around));
	return existing.filter((directory) => !existing.some((other) => other !== directory && within(directory, other))).sort();
}
/** From where the workspace comes in, only what version managers keep. */
function believed(way, { home, workspace }) {
	const names = way.map(spellings);
	const first = names.findIndex((spelled) => spelled.some((name) => within(name, workspace)));
	return way.filter((_, index) => first === -1 || index < first || names[index]?.some((name) => managerOf(name, home) !== void 0));
}
/** The directories of the command's file, of what its symlinks lead to, and of the interpreter in its first line. */
function commandWay(command, onPath, cwd) {
	const file = (command.includes("/") ? [join(isAbsolute(command) ? "/" : cwd, command)] : onPath.map((directory) => join(directory, command))).find((candidate) => isFile$1(candidate));
	if (file === void 0) return [];
	const interpreter = shebang(file);
	return [...wayTo(file), ...interpreter !== null && isFile$1(interpreter) ? wayTo(interpreter) : []];
}
/** The directories of a file's names, symlink by symlink. */
function wayTo(file) {
	const names = [file];
	for (let name = file; name !== null && names.length < LONGEST_WAY;) {
		name = nextName(name);
		if (name !== null) names.push(name);
	}
	return names.map((name) => dirname(name));
}
function nextName(link) {
	try {
		return resolve(realpathSync(dirname(link)), readlinkSync(link));
	} catch {
		return null;
	}
}
function shebang(file) {
	const head = Buffer.alloc(256);
	try {
		const fd = openSync(file, "r");
		const length = readSync(fd, head, 0, head.length, 0);
		closeSync(fd);
		return /^#!\s*(\/\S+)/.exec(head.toString("latin1", 0, length))?.[1] ?? null;
	} catch {
		return null;
	}
}
/** Programs are often symlinks to a directory of their own, such as /usr/local/bin/x to /opt/x/bin/x. */
function linksIn(directory) {
	if ([
		"/usr/bin",
		"/bin",
		"/usr/sbin",
		"/sbin"
	].includes(directory)) return [];
	try {
		return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()).map((entry) => join(directory, entry.name)).filter((link) => resolved(link) !== null);
	} catch {
		return [];
	}
}
function withPrefix(directory, { home }) {
	if (resolved(directory) === null) return [];
	return spellings(directory).flatMap((spelling) => {
		const manager = managerOf(spelling, home);
		if (manager !== void 0) return manager.needs.map((name) => join(home, name));
		const prefix = dirname(spelling);
		return [[
			"bin",
			"sbin",
			"shims"
		].includes(basename(spelling)) && isOwnPrefix(prefix, home) ? prefix : spelling];
	});
}
function managerOf(path, home) {
	return VERSION_MANAGERS.find(({ found }) => within(path, join(home, found)));
}
/** `/opt/node` is a program's own; `/home/me` and `/home/me/.local` hold everything of somebody's. */
function isOwnPrefix(prefix, home) {
	const homes = spellings(home);
	return spellings(prefix).every((name) => name.split("/").length > 2 && !homes.some((inner) => within(inner, name)) && !["/home", ...homes].includes(dirname(name)));
}
/** By each of its names: a symlink to the home directory is the home directory. */
function isSafe(directory, { home, workspace }) {
	return spellings(directory).every((name) => !spellings(home).some((inner) => within(inner, name)) && !within(workspace, name) && !within(name, workspace) && !NEVER.includes(name));
}
/** The kernel follows no more. */
const LONGEST_WAY = 40;
const NEVER = [
	"/",
	"/proc",
	"/sys",
	"/dev",
	"/run",
	"/tmp",
	"/etc",
	"/var",
	"/home",
	"/root"
];
function insideBase(directory) {
	return BASE$1.some((base) => within(directory, base));
}
function spellings(path) {
	return [.../* @__PURE__ */ new Set([path, resolved(path) ?? path])];
}
function resolved(path) {
	try {
		return realpathSync(path);
	} catch {
		return null;
	}
}
function isDirectory(path) {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}
function isFile$1(path) {
	try {
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

// src/probe/workspace.ts
/** The directory to run in, which need not exist on the host where it `mayAppear`. */
function workingDirectory(directory, mayAppear) {
	const absolute = resolve(directory);
	const kind = kindOf(absolute);
	if (kind === "missing" && mayAppear) return absolute;
	if (kind !== "directory") throw new GloveboxError("input-invalid", `the directory to run in ${kind === "missing" ? "does not exist" : "is not a directory"}: ${absolute}`, { remedy: "give an existing directory with -C" });
	return realpathSync(absolute);
}
/**
* The runner's workspace when we are in it; otherwise the directory itself. A symlink in the workspace
* may be the proposed change's: it does not choose what is taken for the workspace.
*/
function chooseWorkspace(asked, cwd, announced) {
	if (announced === void 0 || !isAbsolute(announced) || kindOf(announced) !== "directory") return cwd;
	const real = realpathSync(announced);
	if (within(cwd, real)) return real;
	if (!within(asked, real) && !within(asked, resolve(announced))) return cwd;
	throw new GloveboxError("input-invalid", `the directory to run in, ${asked}, leads out of the workspace through a symlink, to ${cwd}`, { remedy: "name the directory itself" });
}
/** A workspace that holds the system or the whole home directory would undo the seal. */
function refuseUnsealable(workspace, home) {
	const realHome = existsSync(home) ? realpathSync(home) : home;
	const system = [
		"/usr",
		"/etc",
		"/proc",
		"/sys",
		"/dev",
		"/run",
		"/tmp",
		"/var",
		"/var/tmp",
		"/home",
		"/bin",
		"/lib"
	];
	const holdsHome = within(realHome, workspace);
	if (workspace === "/" || system.includes(workspace) || holdsHome) throw new GloveboxError("input-invalid", `${workspace} cannot be a workspace: it ${holdsHome ? "holds the home directory" : "belongs to the system"}`, { remedy: "run in the directory of one project, or name it with -C" });
}
/** A sandbox has a root of its own, with directories of the machine in it. */
function refuseWholeSystem({ filesystem }, named) {
	if (filesystem.mode.value === "off") return;
	for (const key of [
		"read",
		"write",
		"hide"
	]) if (named[key].some(({ real }) => real === "/")) throw new GloveboxError("input-invalid", `filesystem.${key} names the root directory, which no sandbox can be built around`, { remedy: "name the directories that the step needs, or use filesystem.mode off" });
}
/** What a path leads to. */
function kindOf(path) {
	try {
		const stats = statSync(path);
		return stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other";
	} catch {
		return "missing";
	}
}

// src/probe/site.ts
const BASE = [
	"/usr",
	"/bin",
	"/sbin",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/sys/devices/system/cpu"
];
const PROC_COVERED = [
	"/proc/keys",
	"/proc/key-users",
	"/proc/timer_list",
	"/proc/sched_debug",
	"/proc/kallsyms"
];
/** Where a write would reach a later step: what git, the workflow and the shell run by themselves. */
const GUARDED = [
	".git",
	".github",
	".envrc"
];
/** Looks at the files around a command. Only reads. */
function surveySite(request) {
	const { policy, environment, home } = request;
	const cwd = workingDirectory(request.directory, request.mayAppear);
	const asked = resolve(request.directory);
	const workspace = chooseWorkspace(asked, cwd, environment["GITHUB_WORKSPACE"]);
	refuseUnsealable(workspace, home);
	const look = (path) => lookAt(path, workspace, home);
	const read = policy.filesystem.read.map(({ value }) => look(value));
	const write = policy.filesystem.write.map(({ value }) => look(value));
	const hide = policy.filesystem.hide.map(({ value }) => look(value));
	refuseWholeSystem(policy, {
		read,
		write,
		hide
	});
	const owner = statSync(workspace);
	const git = surveyGit(workspace);
	return {
		cwd,
		workspace,
		workspaceOwner: {
			uid: owner.uid,
			gid: owner.gid
		},
		workspaceMode: owner.mode & 4095,
		base: BASE.flatMap(baseEntry),
		etc: readdirSync("/etc").filter(isShownOfEtc).toSorted().map((name) => `/etc/${name}`).filter((path) => existsSync(path)),
		toolDirectories: toolDirectories(request.command, environment["PATH"] ?? "", {
			home,
			workspace,
			cwd
		}),
		read,
		write,
		hide: [...hide, ...jobCredentials(workspace).map((name) => ({
			...look(name),
			unasked: true
		})).filter(({ absolute }) => ![...read, ...write].some((path) => path.absolute === absolute))].map((path) => withLayers(path, workspace, request.layers)),
		toolRecords: look(recordsDirectory(environment)).real,
		guarded: [
			...GUARDED,
			recordsDirectory(environment),
			...git.repositories,
			...request.policyFiles.map((file) => asTheStepSees(resolve(file), workspace))
		].map((path) => guardedAt(look(path), workspace)).filter(({ absolute }) => within(absolute, workspace)),
		nested: nestedMounts(workspace),
		strangers: policy.filesystem.mode.value === "overlay" ? findStrangers(workspace, ownedBy(owner)) : NO_STRANGERS,
		layerOwners: [...new Set(request.layers.map((layer) => statSync(layer).uid))],
		git,
		procCovered: PROC_COVERED.filter((path) => existsSync(path)),
		...resolvers(),
		environment
	};
}
/** What google-github-actions/auth leaves in the workspace: it can hold the job's own token for OIDC. */
function jobCredentials(workspace) {
	try {
		return readdirSync(workspace, { withFileTypes: true }).filter((entry) => entry.isFile() && JOB_CREDENTIALS.test(entry.name)).map(({ name }) => name);
	} catch {
		return [];
	}
}
const JOB_CREDENTIALS = /^gha-creds-[\w-]+\.json$/;
const NO_STRANGERS = {
	named: [],
	more: false,
	all: true
};
/** Who the step will be: root gives its ids up for the workspace's owner's, or makes its files the step's. */
function ownedBy(owner) {
	const [uid, gid] = [process.getuid?.(), process.getgid?.()];
	return uid === 0 ? (stats) => stats.uid === owner.uid : (stats) => stats.uid === uid && stats.gid === gid;
}
function lookAt(written, workspace, home) {
	const absolute = absolutePath(written, workspace, home);
	const kind = kindOf(absolute);
	return {
		written,
		absolute,
		kind,
		real: kind === "missing" ? wouldBeAt(absolute) : realpathSync(absolute)
	};
}
function withLayers(path, workspace, layers) {
	if (!within(path.absolute, workspace)) return path;
	const inLayers = kindInLayers(path.absolute.slice(workspace.length + 1), layers);
	return inLayers === void 0 ? path : {
		...path,
		inLayers
	};
}
/** What does not exist has a place all the same: symlinks lead there, also one that leads nowhere. */
function wouldBeAt(path) {
	try {
		if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) return resolve(dirname(path), readlinkSync(path));
		const above = dirname(path);
		const real = existsSync(above) || above === path ? realpathSync(above) : wouldBeAt(above);
		return join(real, basename(path));
	} catch {
		return path;
	}
}
/** What another run only put there to hold a place is as good as missing. */
function guardedAt(path, workspace) {
	const above = [];
	for (let at = dirname(path.absolute); within(at, workspace) && !existsSync(at); at = dirname(at)) above.unshift(at);
	const kind = isPlaceholder(path.absolute) ? "missing" : path.kind;
	return {
		...path,
		kind,
		absent: above
	};
}
function absolutePath(written, workspace, home) {
	if (written === "~") return home;
	if (written.startsWith("~/")) return join(home, written.slice(2));
	return resolve(workspace, written);
}
/** A path that leads into the workspace by another name, such as a symlink to it, by the workspace's own. */
function asTheStepSees(path, workspace) {
	const parts = path.split("/");
	for (let length = 2; length <= parts.length; length += 1) {
		const prefix = parts.slice(0, length).join("/");
		const real = existsSync(prefix) ? realpathSync(prefix) : prefix;
		if (within(real, workspace)) return join(real, ...parts.slice(length));
	}
	return path;
}
function baseEntry(path) {
	try {
		if (lstatSync(path).isSymbolicLink()) return [{
			path,
			kind: "symlink",
			to: readlinkSync(path)
		}];
		return [{
			path,
			kind: "directory"
		}];
	} catch {
		return [];
	}
}
/** A daemon on the host's loopback cannot be asked from inside; systemd keeps the real list elsewhere. */
function resolvers() {
	const all = (["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"].map((file) => existsSync(file) ? readFileSync(file, "utf8").split("\n") : []).find((text) => text.some((line) => line.startsWith("nameserver"))) ?? []).map((line) => line.trim());
	return {
		nameservers: all.map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1]).filter((address) => address !== void 0).filter((address) => !address.startsWith("127.") && address !== "::1"),
		resolverOptions: all.filter((line) => /^(search|domain|options)\s/.test(line))
	};
}

// src/plan/stack.ts
/** Why layers that were kept do not fit this run, in words; null where they do, or where there are none. */
function misfitOf({ below, own, kept }, { workspace, write }, overlay) {
	if (kept === void 0) return null;
	if (overlay === null || own !== null && overlay.upper === null) return "there is no layer to keep or to build on: that needs filesystem.mode overlay";
	const open = [workspace, ...write.map(({ real }) => real)];
	for (const layer of [...below, ...own === null ? [] : [own]]) {
		const place = open.find((directory) => within(layer, directory));
		if (place !== void 0) return `a layer must not lie where a step can write: ${layer} is in ${place}`;
	}
	if (kept === null) return null;
	if (kept.workspace !== workspace) return `the layers were made over ${kept.workspace}, and the workspace is ${workspace}`;
	if (kept.attributes !== overlay.attributes) return `the layers were made ${kept.attributes === "trusted" ? "as root" : "without root"}, and this run is not`;
	return null;
}

// src/policy/cuts.ts
const MOST_PARTS = 3;
const LONGEST_SHOWN = 200;
/** Takes from values what a floor does not allow, and remembers what it was. An undefined floor takes nothing. */
var Knife = class {
	cuts = [];
	tell(path, text) {
		this.cuts.push({
			path,
			text
		});
	}
	/** The stricter of both; `order` starts with the strictest. */
	stricter(path, asked, floor, order, textOf = String) {
		if (floor === void 0 || order.indexOf(asked.value) <= order.indexOf(floor.value)) return asked;
		return this.replaced(path, asked, floor, textOf);
	}
	/** The smaller of both; null is no limit. */
	smaller(path, asked, floor, textOf) {
		if (floor === void 0 || (asked.value ?? Infinity) <= (floor.value ?? Infinity)) return asked;
		return this.replaced(path, asked, floor, (value) => value === null ? "none" : textOf(value));
	}
	/** The floor's value, where it has one; `none` tells of null. */
	same(path, asked, floor, none) {
		if (floor === void 0 || asked.value === floor.value) return asked;
		return this.replaced(path, asked, floor, (value) => String(value ?? none));
	}
	/** Those that lie within a bound. */
	within(path, asked, bounds, holds) {
		return this.common(path, asked, bounds, holds, () => []);
	}
	/** What lies in one of both lists and within an entry of the other. */
	overlap(path, asked, bounds, holds) {
		return this.common(path, asked, bounds, holds, (item, all) => all.filter(({ value }) => holds(item.value, value)));
	}
	/** Both lists: what a floor forbids comes to what is forbidden already. */
	added(path, asked, floor, fate) {
		const known = new Set(asked.map(({ value }) => value));
		for (const { value } of floor) if (!known.has(value)) this.tell(path, `${shortly(value)} ${fate}`);
		return union(asked, floor, (text) => text);
	}
	/** Tells what is left of a list's entry, where that is not the entry itself. */
	narrowed(path, entry, parts) {
		if (parts.length === 1 && parts[0] === entry) return;
		const shown = parts.slice(0, MOST_PARTS).map(shortly).join(", ");
		const more = parts.length > MOST_PARTS ? ` and ${parts.length - MOST_PARTS} more` : "";
		this.tell(path, parts.length === 0 ? `${shortly(entry)} is not within the floor` : `${shortly(entry)} is narrowed to ${shown}${more}`);
	}
	common(path, asked, bounds, holds, partsOf) {
		if (bounds === void 0) return asked;
		const left = asked.flatMap((item) => {
			if (bounds.some(({ value }) => holds(value, item.value))) return [item];
			const parts = partsOf(item, bounds);
			this.narrowed(path, item.value, parts.map(({ value }) => value));
			return parts;
		});
		return union(left, [], (value) => value);
	}
	replaced(path, asked, floor, textOf) {
		this.tell(path, `${textOf(asked.value)} becomes ${textOf(floor.value)}`);
		return floor;
	}
};
/** A policy's own text, fit for one line. */
function shortly(text) {
	return printable(text, LONGEST_SHOWN);
}

// src/policy/intersect.ts
function placed(entry) {
	return {
		entry,
		cidr: entry.kind === "address" ? cidrOf(entry) : null
	};
}
/**
* What each of `entries` has in common with `bounds`, in the same order: the entry itself where a bound
* holds all of it, several entries where several hold a part, none where a bound holds nothing of it.
*/
function commonEntries(entries, bounds) {
	const places = bounds.map(placed);
	return entries.map((entry) => {
		const own = placed(entry);
		const parts = places.map((bound) => common(own, bound)).filter((part) => part !== null);
		return parts.includes(entry) ? [entry] : strongest(parts);
	});
}
/** What both allow; the very entry `a` where `b` takes nothing from it. A name and an address have nothing in common. */
function common(a, b) {
	if (a.entry.protocol !== b.entry.protocol) return null;
	const narrower = narrowerOf(a, b);
	if (narrower === null) return null;
	const ports = commonPorts(a.entry.ports, b.entry.ports);
	if (ports.length === 0 && a.entry.protocol !== "icmp") return null;
	const part = narrower.kind === "address" && a.entry.kind === "address" && b.entry.kind === "address" ? addressPart(narrower, ports, Math.min(asWritten(a.entry).prefix, asWritten(b.entry).prefix)) : entryWith(strict(narrower, a.entry, b.entry), ports);
	return isSame$2(part, a.entry) ? a.entry : part;
}
/** Networks are nested or apart, and so are names: what both have is all of one of them. */
function narrowerOf(a, b) {
	if (holds$1(b, a)) return a.entry;
	return holds$1(a, b) ? b.entry : null;
}
function holds$1(outer, inner) {
	if (outer.cidr !== null && inner.cidr !== null) return contains(outer.cidr, inner.cidr);
	return outer.entry.kind === "name" && inner.entry.kind === "name" && nameCovers(outer.entry, inner.entry);
}
/** What is checked for one of two names is checked for what both have. */
function strict(narrower, a, b) {
	if (narrower.kind !== "name" || a.kind !== "name" || b.kind !== "name") return narrower;
	return {
		...narrower,
		tls: a.tls || b.tls,
		private: a.private && b.private
	};
}
function entryWith(entry, ports) {
	const changed = {
		...entry,
		ports
	};
	return {
		...changed,
		text: entryText(changed)
	};
}
function addressPart(entry, ports, written) {
	const { cutFrom: _, ...whole } = entryWith(entry, ports);
	return written < whole.prefix ? {
		...whole,
		cutFrom: written
	} : whole;
}
function isSame$2(a, b) {
	return a.text === b.text && writtenPrefix(a) === writtenPrefix(b);
}
function writtenPrefix(entry) {
	return entry.kind === "address" ? asWritten(entry).prefix : 0;
}
/** Each entry once: of those that differ only in what they were cut from, the one that names the most. */
function strongest(entries) {
	const byText = /* @__PURE__ */ new Map();
	for (const entry of entries) {
		const known = byText.get(entry.text);
		if (known === void 0 || writtenPrefix(entry) > writtenPrefix(known)) byText.set(entry.text, entry);
	}
	return [...byText.values()];
}
/** The entry as a part of "everything", which opens no address of the host unless somebody names it. */
function unnamed(entry) {
	if (!namesOne(entry)) return entry;
	return {
		...entry,
		cutFrom: widthOf(entry.family) - 1
	};
}
/** Whether somebody wrote down just this one address: only then it may be the host's own. */
function namesOne(entry) {
	return entry.kind === "address" && asWritten(entry).prefix === widthOf(entry.family);
}

// src/policy/floor-network.ts
const MODES = [
	"deny",
	"allowlist",
	"audit",
	"unrestricted"
];
const OPEN = ["audit", "unrestricted"];
/** The network that both the policy and the floor allow. `source` stands for what the floor says by implication. */
function boundNetwork(asked, floor, source, knife) {
	return {
		...boundReach(asked, reachOf(floor, source), knife),
		blockMetadata: knife.stricter("network.block-metadata", asked.blockMetadata, floor.blockMetadata, [true, false]),
		resolver: knife.same("network.resolver", asked.resolver, floor.resolver, "the system's"),
		backend: knife.same("network.backend", asked.backend, floor.backend, "auto"),
		interface: knife.same("network.interface", asked.interface, floor.interface, "none"),
		address: knife.same("network.address", asked.address, floor.address, "none"),
		netmask: knife.same("network.netmask", asked.netmask, floor.netmask, "none"),
		gateway: knife.same("network.gateway", asked.gateway, floor.gateway, "none"),
		onBlocked: knife.stricter("network.on-blocked", asked.onBlocked, floor.onBlocked, [
			"fail",
			"warn",
			"ignore"
		]),
		expectBlocked: boundExpected(asked.expectBlocked, floor, knife)
	};
}
/** A list alone is an allowlist, and an allowlist alone is an empty one. */
function reachOf({ mode, allow }, source) {
	if (mode === void 0 && allow === void 0) return null;
	return {
		mode: mode ?? {
			value: "allowlist",
			source
		},
		allow: allow ?? []
	};
}
function boundReach({ mode, allow }, floor, knife) {
	if (floor === null || mode.value === "deny") return {
		mode,
		allow
	};
	const bounded = knife.stricter("network.mode", mode, floor.mode, MODES);
	if (bounded.value === "deny") return {
		mode: bounded,
		allow: []
	};
	return {
		mode: bounded,
		allow: boundAllow({
			mode,
			allow
		}, floor, knife)
	};
}
function boundAllow(asked, floor, knife) {
	const isOpen = ({ mode }) => OPEN.includes(mode.value);
	if (!isOpen(asked) && !isOpen(floor)) return intersected(asked.allow, floor.allow, knife);
	const named = intersected(asked.allow, floor.allow, null).filter(({ value }) => namesOne(value));
	return each([...(isOpen(floor) ? asked.allow : floor.allow).map(({ value, source }) => ({
		value: unnamed(value),
		source
	})), ...named]);
}
function boundExpected(asked, floor, knife) {
	const strict = floor.onBlocked?.value === "fail";
	if (floor.expectBlocked === void 0 && !strict) return asked;
	return intersected(asked, floor.expectBlocked ?? [], knife, "network.expect-blocked");
}
/** What both lists hold, told to the knife where there is one. */
function intersected(asked, bounds, knife, path = "network.allow") {
	const parts = commonEntries(asked.map(({ value }) => value), bounds.map(({ value }) => value));
	return each(asked.flatMap(({ value, source }, index) => {
		const left = parts[index] ?? [];
		knife?.narrowed(path, value.text, left.map(({ text }) => text));
		return left.map((part) => ({
			value: part,
			source
		}));
	}));
}
/** Each entry once, the one that names the most. */
function each(entries) {
	const kept = new Set(strongest(entries.map(({ value }) => value)));
	const first = /* @__PURE__ */ new Set();
	return entries.filter(({ value }) => kept.has(value) && !first.has(value) && first.add(value));
}

// src/policy/floor-syscalls.ts
/**
* A floor's calls stay refused, its profile holds, and `allow` opens nothing that the floor does not
* open as well. Of two profiles by name one is the stricter. A file may be looser in one call and stricter
* in the next, so it never takes the place of another profile, nor another its: both hold.
*/
function boundSyscalls(asked, floor, source, knife) {
	const block = knife.added("syscalls.block", asked.block, floor.block ?? [], "is refused");
	const profile = profileOf(floor, source);
	const allowed = floor.allow ?? (profile === void 0 || profile.value === "off" ? void 0 : []);
	const within = {
		...asked,
		block
	};
	if (profile !== void 0 && incomparable(asked.profile, profile)) {
		const further = {
			profile,
			allow: floor.allow ?? []
		};
		if (asked.further.some((known) => isSame$1(known, further))) return within;
		const [own, other] = [asked.profile, profile].map(({ value }) => profileText(value));
		knife.tell("syscalls.profile", `${own} and the floor's ${other} both hold`);
		return {
			...within,
			further: [...asked.further, further]
		};
	}
	return {
		...within,
		profile: knife.stricter("syscalls.profile", asked.profile, profile, PROFILE_NAMES, profileText),
		allow: knife.within("syscalls.allow", asked.allow, allowed, (bound, name) => bound === name)
	};
}
/** A list of what may be allowed says nothing under `off`, which allows all. */
function profileOf({ profile, allow }, source) {
	if (profile !== void 0 || allow === void 0) return profile;
	return {
		value: "default",
		source
	};
}
/** Whether nobody knows which is the stricter one. Everything is within `off`, and within itself. */
function incomparable(asked, floor) {
	const both = [asked.value, floor.value];
	return both.some((value) => typeof value !== "string") && !both.includes("off") && JSON.stringify(both[0]) !== JSON.stringify(both[1]);
}
function isSame$1(one, other) {
	const keyOf = ({ profile, allow }) => JSON.stringify([profile.value, allow.map(({ value }) => value)]);
	return keyOf(one) === keyOf(other);
}

// src/policy/globs.ts
/**
* Whether every name that `inner` can mean is one that `outer` means; both are names or globs of `*` and `?`.
* Never true in error; false for some pairs whose proof would need more than one look along both.
*/
function globCovers(outer, inner) {
	const [wide, narrow] = [ordered(outer), ordered(inner)];
	let reached = afterStars(wide, [true]);
	for (const character of narrow) {
		const next = [];
		for (const [at, open] of reached.entries()) {
			if (open && wide[at] === "*") next[at] = true;
			if (open && takes(wide[at], character)) next[at + 1] = true;
		}
		reached = afterStars(wide, next);
	}
	return reached[wide.length] === true;
}
/** `*?` means what `?*` means, and `**` what `*` does. */
function ordered(glob) {
	return glob.replaceAll(/[*?]+/g, (run) => run.replaceAll("*", "") + (run.includes("*") ? "*" : ""));
}
function takes(wide, narrow) {
	return wide === "?" ? narrow !== "*" : wide === narrow && wide !== "*";
}
/** A `*` may stand for nothing. */
function afterStars(wide, reached) {
	for (let at = 0; at < wide.length; at += 1) if (reached[at] === true && wide[at] === "*") reached[at + 1] = true;
	return reached;
}

// src/policy/path-containment.ts
/**
* Whether a path of a policy is `outer` or lies in it, whatever the machine looks like.
* A path from the home directory, one from the workspace and an absolute one are never compared.
*/
function liesWithin(inner, outer) {
	const [a, b] = [placeOf(inner), placeOf(outer)];
	const rest = a.steps.slice(b.steps.length);
	return a.origin === b.origin && b.steps.every((step, index) => step === a.steps[index]) && rest[0] !== "..";
}
function placeOf(path) {
	const origin = path.startsWith("/") ? "root" : path === "~" || path.startsWith("~/") ? "home" : "workspace";
	const steps = [];
	for (const step of path.split("/").slice(origin === "home" ? 1 : 0)) {
		if (step === "" || step === ".") continue;
		if (step !== "..") steps.push(step);
		else if (origin !== "root" && (steps.length === 0 || steps.at(-1) === "..")) steps.push(step);
		else steps.pop();
	}
	return {
		origin,
		steps
	};
}

// src/policy/output-bounds.ts
/**
* The outputs, or logs, that a floor allows as well: globs that one of its own surely holds. Exclusions of both
* count. A floor of nothing but exclusions allows all others.
*/
function boundGlobs(key, asked, floor, knife) {
	if (floor === void 0) return asked;
	const wanted = asked.filter(({ value }) => !outputGlob(value).excludes);
	const exclusions = asked.filter(({ value }) => outputGlob(value).excludes);
	const bounds = floor.filter(({ value }) => !outputGlob(value).excludes);
	const floorExclusions = floor.filter(({ value }) => outputGlob(value).excludes);
	const left = bounds.length === 0 && floorExclusions.length > 0 ? wanted : knife.within(key, wanted, bounds, holds);
	return left.length === 0 ? [] : union([...left, ...exclusions], floorExclusions, (text) => text);
}
/** Never true in error; false for pairs whose proof would need more than a look at both. */
function holds(bound, asked) {
	const [outer, inner] = [outputGlob(bound), outputGlob(asked)];
	if (outer.glob === inner.glob || outer.glob === "**") return true;
	if ((outer.plain || outer.glob === `${outer.base}/**`) && outer.base !== "") return liesWithin(inner.base, outer.base);
	return inner.plain && outer.glob.endsWith("/**") && compileGlob(outer.glob).test(inner.glob);
}

// src/policy/floor.ts
const FILESYSTEM_MODES = [
	"scratch-only",
	"scratch-plus-ro",
	"overlay",
	"workspace",
	"off"
];
const LIMITS = {
	timeout: ["timeout", formatDuration],
	cpuTime: ["cpu-time", formatDuration],
	memory: ["memory", formatSize],
	processes: ["processes", String],
	openFiles: ["open-files", String],
	fileSize: ["file-size", formatSize],
	output: ["output", formatSize]
};
/**
* What a policy and a floor both allow. A floor binds only the keys that it writes, with three exceptions:
* `network.allow` and `network.mode: allowlist` mean each other, so do `syscalls.allow` and `syscalls.profile`,
* and a list of paths rules out `filesystem.mode: off`.
* Several floors are applied one after another.
*/
function boundPolicy(policy, { name, values }) {
	const knife = new Knife();
	const source = {
		kind: "file",
		name
	};
	const { network, filesystem, resources, privilege, syscalls, environment, runner } = policy;
	return {
		policy: {
			onUnavailable: knife.stricter("on-unavailable", policy.onUnavailable, values.onUnavailable, ["fail", "degrade"]),
			network: boundNetwork(network, values.network ?? {}, source, knife),
			filesystem: boundFilesystem(filesystem, values.filesystem ?? {}, source, knife),
			resources: boundResources(resources, values.resources ?? {}, knife),
			privilege: boundPrivilege(privilege, values.privilege ?? {}, knife),
			syscalls: boundSyscalls(syscalls, values.syscalls ?? {}, source, knife),
			environment: boundEnvironment(environment, values.environment ?? {}, knife),
			runner: boundRunner(runner, values.runner ?? {}, knife)
		},
		cuts: knife.cuts
	};
}
function boundFilesystem(asked, floor, source, knife) {
	const { read, write, hide, outputs } = floor;
	const holds = (bound, path) => liesWithin(path, bound);
	const lists = read ?? write ?? hide;
	const mode = floor.mode ?? (outputs && {
		value: "overlay",
		source
	}) ?? (lists && {
		value: "workspace",
		source
	});
	return {
		mode: knife.stricter("filesystem.mode", asked.mode, mode, FILESYSTEM_MODES),
		read: knife.within("filesystem.read", asked.read, read, holds),
		write: knife.within("filesystem.write", asked.write, write, holds),
		hide: knife.added("filesystem.hide", asked.hide, hide ?? [], "is hidden"),
		outputs: boundGlobs("filesystem.outputs", asked.outputs, outputs, knife),
		logs: boundGlobs("filesystem.logs", asked.logs, floor.logs, knife),
		outputsOn: knife.stricter("filesystem.outputs-on", asked.outputsOn, floor.outputsOn, ["success", "always"]),
		outputsMissing: knife.stricter("filesystem.outputs-missing", asked.outputsMissing, floor.outputsMissing, ["fail", "warn"]),
		maxOutputSize: knife.smaller("filesystem.max-output-size", asked.maxOutputSize, floor.maxOutputSize, formatSize),
		maxOutputFiles: knife.smaller("filesystem.max-output-files", asked.maxOutputFiles, floor.maxOutputFiles, String)
	};
}
function boundResources(asked, floor, knife) {
	const limit = (key) => {
		const [name, textOf] = LIMITS[key];
		return knife.smaller(`resources.${name}`, asked[key], floor[key], textOf);
	};
	return {
		timeout: limit("timeout"),
		cpuTime: limit("cpuTime"),
		memory: limit("memory"),
		processes: limit("processes"),
		openFiles: limit("openFiles"),
		fileSize: limit("fileSize"),
		output: limit("output")
	};
}
function boundPrivilege(asked, floor, knife) {
	return {
		mode: knife.stricter("privilege.mode", asked.mode, floor.mode, ["drop", "inherit"]),
		uid: knife.same("privilege.uid", asked.uid, floor.uid, "a chosen one"),
		gid: knife.same("privilege.gid", asked.gid, floor.gid, "a chosen one")
	};
}
function boundEnvironment(asked, floor, knife) {
	const pass = knife.within("environment.pass", asked.pass, floor.pass, globCovers);
	for (const [name, { value }] of floor.set ?? []) {
		const own = asked.set.get(name);
		if (own !== void 0 && own.value !== value) knife.tell("environment.set", `${shortly(name)} has the floor's value`);
	}
	return {
		pass,
		set: new Map([...asked.set, ...floor.set ?? []])
	};
}
function boundRunner(asked, floor, knife) {
	const same = (bound, name) => bound === name;
	const holds = (bound, path) => liesWithin(path, bound);
	const off = [false, true];
	return {
		outputs: knife.within("runner.outputs", asked.outputs, floor.outputs, same),
		env: knife.within("runner.env", asked.env, floor.env, same),
		path: knife.overlap("runner.path", asked.path, floor.path, holds),
		summary: knife.stricter("runner.summary", asked.summary, floor.summary, off),
		annotations: knife.stricter("runner.annotations", asked.annotations, floor.annotations, off)
	};
}

// src/policy/toml-texts.ts
/** Arrays and inline tables within each other; more of them hold nothing that anybody looks for. */
const DEEPEST = 20;
const BLANKS = /[ \t]*/y;
const BLANKS_AND_LINES = /(?:[ \t\r\n,]|#[^\n]*)*/y;
const REST_OF_LINE = /[^\n]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}\n#]*/y;
const LONG_TEXT = /"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}/y;
const BASIC_TEXT = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL_TEXT = /'[^'\n]*'/y;
/**
* All texts on one line that are the value of a key, in their order. Numbers, dates, texts of several
* lines and what is in arrays are left out. Never throws: a line that is no TOML is passed over.
*/
function tomlTexts(text) {
	const reader = new TomlReader(text);
	reader.document();
	return reader.found;
}
var TomlReader = class {
	found = [];
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	document() {
		let table = [];
		for (this.#take(BLANKS_AND_LINES); this.#at < this.#text.length; this.#take(BLANKS_AND_LINES)) {
			const heading = this.#heading();
			if (heading === null) this.#pair(table, 0);
			else table = heading;
			this.#take(REST_OF_LINE);
		}
	}
	/** `[a.b]` or `[[a.b]]`; null for any other line. */
	#heading() {
		if (!this.#has("[")) return null;
		this.#has("[");
		return this.#keys() ?? [];
	}
	/** `key = value`, below a table; null: in an array, where nothing is kept. */
	#pair(table, depth) {
		const keys = this.#keys();
		if (keys === null || !this.#has("=")) return false;
		this.#take(BLANKS);
		return this.#value(table === null ? null : [...table, ...keys], depth);
	}
	/** `a`, `a.b`, `a."b.c"`. */
	#keys() {
		const keys = [];
		do {
			this.#take(BLANKS);
			const key = this.#quoted() ?? this.#take(BARE_KEY);
			if (key === null) return null;
			keys.push(key);
			this.#take(BLANKS);
		} while (this.#has("."));
		return keys;
	}
	#value(path, depth) {
		if (this.#take(LONG_TEXT) !== null) return true;
		const text = this.#quoted();
		if (text !== null) {
			if (path !== null) this.found.push({
				path,
				value: text
			});
			return true;
		}
		if (depth < DEEPEST && this.#has("{")) return this.#until("}", () => this.#pair(path, depth + 1));
		if (depth < DEEPEST && this.#has("[")) return this.#until("]", () => this.#value(null, depth + 1));
		return this.#take(BARE_VALUE) !== null;
	}
	/** Parts with commas between them, up to the end; false where a part cannot be read. */
	#until(end, part) {
		for (;;) {
			this.#take(BLANKS_AND_LINES);
			if (this.#has(end)) return true;
			const before = this.#at;
			if (!part() || this.#at === before) return false;
		}
	}
	#quoted() {
		const literal = this.#take(LITERAL_TEXT);
		if (literal !== null) return literal.slice(1, -1);
		const basic = this.#take(BASIC_TEXT);
		return basic === null ? null : plainText(basic);
	}
	#has(character) {
		if (this.#text[this.#at] !== character) return false;
		this.#at += 1;
		return true;
	}
	/** The text that matches here, and past it; null where none does. */
	#take(pattern) {
		pattern.lastIndex = this.#at;
		const [taken = ""] = pattern.exec(this.#text) ?? [];
		this.#at += taken.length;
		return taken === "" ? null : taken;
	}
};
/** Its escapes are nearly those of JSON; a text with another one has nothing that anybody looks for. */
function plainText(quoted) {
	try {
		return JSON.parse(quoted);
	} catch {
		return "";
	}
}

// src/policy/tool-configs.ts
const COMMENT = /^\s*[#;]/;
const HEADING = /^\s*\[([^\]]*)\]/;
/** The settings of an npmrc, the last of a key staying; `${NAME}` has the variable's value. Lines with an unknown one are left out. */
function npmSettings(text, environment) {
	const settings = /* @__PURE__ */ new Map();
	for (const line of linesOf$1(text)) {
		if (HEADING.test(line)) break;
		const [key, value] = pairOf(line, /=/) ?? [];
		if (key === void 0 || value === void 0 || COMMENT.test(line)) continue;
		const filled = withVariables(unquoted(value.replace(/\s*[#;].*$/, "")), environment);
		if (filled !== null) settings.set(unquoted(key), filled);
	}
	return settings;
}
function withVariables(text, environment) {
	if ([...text.matchAll(/\$\{([^}?]+)\??\}/g)].map(({ 1: name = "" }) => name).some((name) => !Object.hasOwn(environment, name))) return null;
	return text.replaceAll(/\$\{([^}?]+)\??\}/g, (_, name) => environment[name] ?? "");
}
/** The settings of a pip.conf, in their order; a value that goes on over indented lines has them all. */
function pipSettings(text) {
	const settings = [];
	let section = "";
	for (const line of linesOf$1(text)) {
		const heading = HEADING.exec(line)?.[1];
		const last = settings.at(-1);
		if (COMMENT.test(line) || line.trim() === "") continue;
		if (heading !== void 0) section = heading.trim();
		else if (/^\s/.test(line) && last?.section === section) settings[settings.length - 1] = {
			...last,
			value: `${last.value} ${line.trim()}`.trim()
		};
		else {
			const [key, value] = pairOf(line, /[=:]/) ?? [];
			if (key !== void 0 && value !== void 0) settings.push({
				section,
				key: key.toLowerCase().replaceAll("_", "-"),
				value
			});
		}
	}
	return settings;
}
/** The addresses in one-line sources of apt: `deb [options] URI suite component…`. */
function aptListUris(text) {
	return linesOf$1(text).flatMap((line) => {
		const uri = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?([^\s#[]+)/.exec(line)?.[1];
		return uri === void 0 ? [] : [uri];
	});
}
/** The addresses in deb822 sources of apt, without the stanzas that are switched off. */
function aptStanzaUris(text) {
	return stanzasOf(text).flatMap((fields) => {
		return /^(?:no|false|without|off|disable|0)$/i.test(fields.get("enabled") ?? "") ? [] : wordsOf(fields.get("uris") ?? "");
	});
}
function stanzasOf(text) {
	const stanzas = [/* @__PURE__ */ new Map()];
	let field = "";
	for (const line of linesOf$1(text)) {
		const fields = stanzas.at(-1);
		const [key, value] = pairOf(line, /:/) ?? [];
		if (line.startsWith("#")) continue;
		if (line.trim() === "") stanzas.push(/* @__PURE__ */ new Map());
		else if (/^\s/.test(line)) fields?.set(field, `${fields.get(field) ?? ""} ${line.trim()}`);
		else if (key !== void 0 && value !== void 0) {
			field = key.toLowerCase();
			fields?.set(field, value);
		}
	}
	return stanzas;
}
/** The addresses in a list of mirrors: the first word of each line. */
function aptMirrorUris(text) {
	return linesOf$1(text).flatMap((line) => {
		const [uri = ""] = wordsOf(line);
		return uri === "" || uri.startsWith("#") ? [] : [uri];
	});
}
/** The indexes of registries and the sources that a configuration of cargo names. */
function cargoUrls(text) {
	return tomlTexts(text).flatMap(({ path, value }) => {
		const [table, , key] = path.length === 3 ? path : [];
		return table === "registries" && key === "index" || table === "source" && key === "registry" ? [value] : [];
	});
}
/** The settings of go's own file: `NAME=value`. */
function goSettings(text) {
	return new Map(linesOf$1(text).flatMap((line) => {
		const pair = COMMENT.test(line) ? null : pairOf(line, /=/);
		return pair === null ? [] : [pair];
	}));
}
/** The proxies of a GOPROXY: `direct` and `off` are none. */
function goProxies(value) {
	return value.split(/[,|]/).map((one) => one.trim()).filter((one) => ![
		"",
		"direct",
		"off"
	].includes(one));
}
/** Where a GOSUMDB is asked: at its own URL, or at its name. Null for `off`. */
function goSumUrl(value) {
	const [name = "", url] = wordsOf(value);
	if (name === "" || name === "off") return null;
	return url ?? `https://${name.replace(/\+.*$/, "")}`;
}
/** The words of a text that white space divides. */
function wordsOf(text) {
	return text.split(/\s+/).filter((word) => word !== "");
}
function linesOf$1(text) {
	return text.replace(/^\uFEFF/, "").split(/\r?\n/);
}
/** What stands before and after the first divider, without the blanks around; null without one or without a key. */
function pairOf(line, divider) {
	const at = line.search(divider);
	const key = line.slice(0, Math.max(at, 0)).trim();
	return key === "" ? null : [key, line.slice(at + 1).trim()];
}
function unquoted(text) {
	return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

// src/probe/tool-defaults.ts
/** A tool answers at once, or it waits for something that it should not need. */
const PATIENCE_MS = 1e4;
/** What npm says of its system-wide configuration and its built-in default; the user's is read already. */
async function npmDefaults(machine) {
	return (await ask(machine, "npm", [
		"config",
		"list",
		"--json"
	], {
		...Object.fromEntries(Object.entries(machine.environment).filter(([name, value]) => /^npm_config_(?:globalconfig|prefix)$/i.test(name) && machine.files.isTrusted(value))),
		npm_config_userconfig: "/dev/null"
	}, jsonTexts) ?? []).map(([key, url]) => ({
		key,
		url,
		from: "npm itself"
	}));
}
/** pip's own index, and the host that keeps its files. */
const PIP_SCRIPT = `from pip._internal.models.index import PyPI
print(PyPI.simple_url)
print("https://" + PyPI.file_storage_domain)`;
async function pipDefaults(machine) {
	return (await ask(machine, "python3", [
		"-I",
		"-c",
		PIP_SCRIPT
	], {}, (text) => {
		const [index = "", storage = "", ...more] = text.trim().split("\n");
		return more.length === 0 && URL.canParse(index) && URL.canParse(storage) ? [index, storage] : null;
	}) ?? []).map((url) => ({
		url,
		from: "pip itself"
	}));
}
async function goDefaults(machine) {
	const from = "go itself";
	return await ask(machine, "go", [
		"env",
		"GOPROXY",
		"GOSUMDB"
	], {
		GOENV: "off",
		GOTOOLCHAIN: "local"
	}, (text) => {
		const [proxy = "", sums = ""] = text.split("\n");
		return {
			proxy: {
				value: proxy.trim(),
				from
			},
			sums: {
				value: sums.trim(),
				from
			}
		};
	});
}
/**
* The first answer of the programs of that name on PATH. They run in `/`, because they would read the
* configuration of a project around them, and only with the variables given.
*/
async function ask({ home, files, programs }, name, args, variables, read) {
	const directories = programs.filter((directory) => files.isTrusted(directory));
	for (const directory of directories) {
		const program = await findProgram(name, [directory]);
		if (program === null || !files.isTrusted(program)) continue;
		const { code, stdout } = await execute([program, ...args], {
			timeout: PATIENCE_MS,
			directory: "/",
			environment: {
				...variables,
				HOME: home,
				PATH: directories.join(":")
			}
		});
		const answer = code === 0 ? read(stdout) : null;
		if (answer !== null) return answer;
	}
	return null;
}
/** The texts of a map; null where it is none. */
function jsonTexts(text) {
	try {
		const map = JSON.parse(text);
		if (typeof map !== "object" || map === null) return null;
		return Object.entries(map).filter((pair) => typeof pair[1] === "string");
	} catch {
		return null;
	}
}

// src/probe/registries.ts
const REGISTRIES = {
	apt: {
		find: aptRepositories,
		expected: "an http or https source in /etc/apt/sources.list or /etc/apt/sources.list.d"
	},
	cargo: {
		find: cargoRegistries,
		expected: "a registry in ~/.cargo/config.toml, under `[registries]` or as the replacement of a `[source]`"
	},
	github: {
		find: github,
		expected: "an http or https URL in $GITHUB_SERVER_URL"
	},
	go: {
		find: goRegistries,
		expected: "go on PATH, or GOPROXY set with `go env -w`"
	},
	npm: {
		find: npmRegistries,
		expected: "npm on PATH, or a `registry` in ~/.npmrc"
	},
	pip: {
		find: pipIndexes,
		expected: "a Python that has pip on PATH, or an `index-url` in ~/.config/pip/pip.conf"
	}
};
/** npm itself tells the rest: its system-wide configuration, whose place only it knows, and its default. */
async function npmRegistries(machine) {
	const { environment, files, home } = machine;
	const variables = Object.entries(environment).flatMap(([name, value]) => {
		const key = /^npm_config_(.+)$/i.exec(name)?.[1]?.toLowerCase();
		return key === void 0 || value === "" ? [] : [{
			key,
			url: value,
			from: `$${name}`
		}];
	});
	const [named] = variables.filter(({ key }) => key === "userconfig");
	const user = named?.url ?? join(home, ".npmrc");
	const written = [...npmSettings(files.text(user) ?? "", environment)].map(([key, url]) => ({
		key,
		url,
		from: files.shown(user)
	}));
	const told = [
		...variables,
		...written,
		...await npmDefaults(machine)
	];
	return [...told.filter(({ key }) => key === "registry").slice(0, 1), ...told.filter(({ key }) => /^@[^:]+:registry$/.test(key))];
}
/** Where pip's own index keeps its files elsewhere, both belong together. */
async function pipIndexes(machine) {
	const { environment, files } = machine;
	const variables = [
		"index-url",
		"extra-index-url",
		"find-links"
	].flatMap((key) => {
		const name = `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
		const value = environment[name] ?? "";
		return value === "" ? [] : [{
			key,
			value,
			from: `$${name}`
		}];
	});
	const written = pipFiles(machine).flatMap((path) => {
		const settings = pipSettings(files.text(path) ?? "");
		return [
			"install",
			"download",
			"global"
		].flatMap((section) => settings.filter((one) => one.section === section).map(({ key, value }) => ({
			key,
			value,
			from: files.shown(path)
		})));
	});
	const told = [...variables, ...written];
	const urlsOf = (key) => {
		const strongest = told.find((one) => one.key === key);
		return strongest === void 0 ? [] : wordsOf(strongest.value).map((url) => ({
			url,
			from: strongest.from
		}));
	};
	const indexes = urlsOf("index-url");
	const more = [...urlsOf("extra-index-url"), ...urlsOf("find-links")];
	const own = await pipDefaults(machine);
	const usesOwn = indexes.length === 0 || [...indexes, ...more].some(({ url }) => sameHost(url, own));
	return [
		...indexes,
		...more,
		...usesOwn ? own : []
	];
}
/** The strongest first. */
function pipFiles({ home, environment, etc }) {
	const named = environment["PIP_CONFIG_FILE"] ?? "";
	if (named === "/dev/null") return [];
	return [
		...isAbsolute(named) ? [named] : [],
		join(configHome(home, environment), "pip/pip.conf"),
		join(home, ".pip/pip.conf"),
		join(etc, "pip.conf"),
		join(etc, "xdg/pip/pip.conf")
	];
}
function sameHost(url, [index]) {
	if (index === void 0 || !URL.canParse(url)) return false;
	return new URL(url).host === new URL(index.url).host;
}
/** GOPROXY and GOSUMDB, each from the first that says something. */
async function goRegistries(machine) {
	const { home, environment, files } = machine;
	const file = environment["GOENV"] ?? join(configHome(home, environment), "go/env");
	const written = file === "off" ? /* @__PURE__ */ new Map() : goSettings(files.text(file) ?? "");
	const setting = (name) => {
		const variable = environment[name] ?? "";
		if (variable !== "") return {
			value: variable,
			from: `$${name}`
		};
		const value = written.get(name) ?? "";
		return value === "" ? null : {
			value,
			from: files.shown(file)
		};
	};
	const proxy = setting("GOPROXY");
	const sums = setting("GOSUMDB");
	const defaults = proxy === null || sums === null ? await goDefaults(machine) : null;
	const proxies = proxy ?? defaults?.proxy ?? null;
	const sumUrl = sums ?? defaults?.sums ?? null;
	return [...goProxies(proxies?.value ?? "").map((url) => ({
		url,
		from: proxies?.from ?? ""
	})), ...[goSumUrl(sumUrl?.value ?? "")].flatMap((url) => url === null ? [] : [{
		url,
		from: sumUrl?.from ?? ""
	}])];
}
function cargoRegistries({ home, environment, files }) {
	const cargoHome = environment["CARGO_HOME"] ?? join(home, ".cargo");
	const path = [join(cargoHome, "config"), join(cargoHome, "config.toml")].find((name) => files.text(name) !== null);
	const written = path === void 0 ? [] : cargoUrls(files.text(path) ?? "");
	return [...Object.entries(environment).flatMap(([name, url]) => /^CARGO_REGISTRIES_\w+_INDEX$/.test(name) ? [{
		url,
		from: `$${name}`
	}] : []), ...written.map((url) => ({
		url,
		from: files.shown(path ?? "")
	}))];
}
function aptRepositories({ etc, files }) {
	const parts = join(etc, "apt/sources.list.d");
	return [...[join(etc, "apt/sources.list"), ...files.list(parts, ".list")].flatMap((path) => located(aptListUris(files.text(path) ?? ""), path)), ...files.list(parts, ".sources").flatMap((path) => located(aptStanzaUris(files.text(path) ?? ""), path))].flatMap(({ url, from }) => {
		const mirrors = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(url)?.[1];
		return mirrors === void 0 ? [{
			url: url.replace(/^mirror\+/, ""),
			from
		}] : located(aptMirrorUris(files.text(mirrors) ?? ""), mirrors);
	});
}
function located(urls, from) {
	return urls.map((url) => ({
		url,
		from
	}));
}
/** What github.com serves git, archives, releases, raw files and large files from. */
const GITHUB_HOSTS = [
	...[
		"github.com",
		"api.github.com",
		"codeload.github.com"
	],
	...[
		"raw",
		"objects",
		"release-assets",
		"github-releases",
		"media",
		"gist",
		"github-cloud"
	].map((name) => `${name}.githubusercontent.com`),
	"github-cloud.s3.amazonaws.com"
];
/** An Enterprise server says where it is; without a word it is github.com. */
function github({ environment }) {
	const variables = [
		"GITHUB_SERVER_URL",
		"GITHUB_API_URL",
		"GITHUB_GRAPHQL_URL"
	].flatMap((name) => {
		const url = environment[name] ?? "";
		return url === "" ? [] : [{
			url,
			from: `$${name}`
		}];
	});
	const [server] = variables.filter(({ from }) => from === "$GITHUB_SERVER_URL");
	const elsewhere = server !== void 0 && !/^https:\/\/github\.com\/?$/i.test(server.url);
	return [...variables, ...elsewhere ? [] : GITHUB_HOSTS.map((host) => ({
		url: `https://${host}`,
		from: "what github.com is known for"
	}))];
}
function configHome(home, environment) {
	const named = environment["XDG_CONFIG_HOME"] ?? "";
	return isAbsolute(named) ? named : join(home, ".config");
}

// src/probe/trusted-files.ts
/** No configuration is larger; what is, is not read. */
const LARGEST_FILE = 262144;
/** The user's and the system's files, without anything that the checked-out tree could have brought. */
var TrustedFiles = class {
	/** Files that would have counted and were not read, each with the reason. */
	passedOver = [];
	#home;
	#workspaces;
	/** `workspaces` are directories that somebody else may have written. */
	constructor(home, workspaces) {
		this.#home = home;
		this.#workspaces = workspaces.flatMap((path) => [path, realOrNull(path) ?? path]);
	}
	/** The text of a file; null where there is none, or it cannot be read or trusted, which `passedOver` tells. */
	text(path) {
		if (!existsSync(path)) return null;
		try {
			if (!this.isTrusted(path)) return this.#passOver(path, "lies in the workspace");
			const stats = statSync(path);
			if (!stats.isFile()) return null;
			if (stats.size > LARGEST_FILE) return this.#passOver(path, "is too large");
			return readFileSync(path, "utf8");
		} catch (error) {
			return this.#passOver(path, `cannot be read (${messageOf(error)})`);
		}
	}
	#passOver(path, why) {
		this.passedOver.push(`${this.shown(path)} ${why}`);
		return null;
	}
	/** The files in a directory whose names end in this way, sorted; empty where there is none. */
	list(directory, ending) {
		try {
			return readdirSync(directory).filter((name) => name.endsWith(ending)).sort().map((name) => join(directory, name));
		} catch {
			return [];
		}
	}
	/** Whether neither the path nor what it leads to lies in a workspace. */
	isTrusted(path) {
		return isAbsolute(path) && ![resolve(path), realOrNull(path) ?? path].some((name) => this.#workspaces.some((workspace) => within(name, workspace)));
	}
	/** A path as people write it, with `~`. */
	shown(path) {
		return within(path, this.#home) ? `~${path.slice(this.#home.length)}` : path;
	}
};
function realOrNull(path) {
	try {
		return realpathSync(path);
	} catch {
		return null;
	}
}

// src/probe/groups.ts
const MOST_TOLD = 40;
/**
* The documents with entries for their groups, and what to tell of it. A group that stands for nothing
* is an error where the policy needs it, and opens nothing otherwise: a floor is only tighter by that.
* Throws `policy-invalid`.
*/
async function withoutGroups(documents, surroundings) {
	const { layers, floors, override } = documents;
	const values = [...layers, ...floors].map((layer) => layer.values);
	const names = new Set([...values, override].flatMap(({ network }) => network?.groups ?? []).map(({ value }) => value));
	if (names.size === 0) return {
		documents,
		notes: []
	};
	const files = new TrustedFiles(surroundings.home, surroundings.workspaces);
	const machine = {
		etc: "/etc",
		programs: searchOrder(surroundings.environment["PATH"] ?? ""),
		...surroundings,
		files
	};
	const expansions = await lookUp([...names].sort(), machine);
	const problems = [];
	const expanded = (written) => {
		const result = expandGroups(written, expansions);
		problems.push(...result.problems);
		return result.values;
	};
	const inLayer = (layer) => ({
		...layer,
		values: expanded(layer.values)
	});
	const asked = {
		layers: layers.map(inLayer),
		override: expanded(override)
	};
	const { mode } = overridePolicy(mergePolicies(asked.layers), asked.override).network;
	if (problems.length > 0 && mode.value === "allowlist") throw new GloveboxError("policy-invalid", "the policy has problems", { problems });
	return {
		documents: {
			...asked,
			floors: floors.map(inLayer)
		},
		notes: [
			...[...expansions].flatMap(([name, { members }]) => expansionNote(name, members)),
			...problems.map(emptyNote),
			...[...new Set(files.passedOver)].map(passedOverNote)
		]
	};
}
async function lookUp(names, machine) {
	const found = await Promise.all(names.map(async (name) => {
		const { find, expected } = REGISTRIES[name];
		return [name, {
			members: membersOf(await find(machine)),
			expected
		}];
	}));
	return new Map(found);
}
function expansionNote(name, members) {
	if (members.length === 0) return [];
	const sources = [...new Set(members.map(({ from }) => from))];
	const told = members.slice(0, MOST_TOLD);
	const parts = sources.flatMap((source) => {
		const texts = told.filter(({ from }) => from === source).map(({ entry }) => entry.text);
		return texts.length === 0 ? [] : [`${texts.join(", ")} (from ${source})`];
	});
	const rest = members.length - told.length;
	const text = `${name}: ${parts.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
	return [{
		code: "group-expanded",
		text: harmless(text)
	}];
}
function emptyNote({ place, message, expected = "" }) {
	return {
		code: "group-empty",
		text: `${message}, so it opens nothing (${place.origin}); it takes ${expected}`
	};
}
function passedOverNote(text) {
	return {
		code: "group-file-passed-over",
		text: harmless(`not asked what a group stands for: ${text}`)
	};
}

// src/run/process-tree.ts
/** AT_PAGESZ: by this number the kernel tells every program how large a page is. */
const PAGE_SIZE = 6n;
const USUAL_PAGE = 4096;
/** From /proc/self/auxv, pairs of a number and a value: arm64 also has kernels with pages of 16 or 64 KiB. */
function pageBytesIn(vector) {
	for (let at = 0; at + 16 <= vector.length; at += 16) if (vector.readBigUInt64LE(at) === PAGE_SIZE) return Number(vector.readBigUInt64LE(at + 8));
	return USUAL_PAGE;
}
let pageBytes;
function bytesIn$1({ residentPages }) {
	pageBytes ??= ownPageBytes();
	return residentPages * pageBytes;
}
function ownPageBytes() {
	try {
		return pageBytesIn(readFileSync("/proc/self/auxv"));
	} catch {
		return USUAL_PAGE;
	}
}
/** All descendants of a process, in one reading of /proc; the process itself is left out. */
function descendantsOf(root) {
	const children = /* @__PURE__ */ new Map();
	for (const name of readdirSync("/proc")) {
		const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
		if (stat === null) continue;
		const siblings = children.get(stat.parent);
		if (siblings === void 0) children.set(stat.parent, [stat]);
		else siblings.push(stat);
	}
	const found = [];
	const next = [root];
	for (let pid = next.pop(); pid !== void 0; pid = next.pop()) for (const child of children.get(pid) ?? []) {
		found.push(child);
		next.push(child.pid);
	}
	return found;
}
/** null when the process is gone. */
function readStat(pid) {
	const text = readOrNull(`/proc/${pid}/stat`);
	if (text === null) return null;
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const number = (index) => Number(fields[index]);
	return {
		pid,
		state: fields[0] ?? "",
		parent: number(1),
		group: number(2),
		ticks: number(11) + number(12) + number(13) + number(14),
		residentPages: number(21)
	};
}
/** Bytes that these processes hold, shared pages counted once: the sum of their proportional set sizes. */
function proportionalBytes(processes) {
	return processes.reduce((sum, { pid }) => {
		const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
		const kibibytes = rollup === null ? void 0 : /^Pss:\s+(\d+)/m.exec(rollup)?.[1];
		if (kibibytes !== void 0) return sum + Number(kibibytes) * 1024;
		const left = readStat(pid);
		return left === null ? sum : sum + bytesIn$1(left);
	}, 0);
}
/** An upper bound of the above that costs nothing more to read. */
function residentBytes(processes) {
	return processes.reduce((sum, one) => sum + bytesIn$1(one), 0);
}
/** The fields of /proc/PID/status, by name. */
function readStatus(pid) {
	const text = readOrNull(`/proc/${pid}/status`);
	if (text === null) return null;
	const pairs = text.split("\n").map((line) => {
		const colon = line.indexOf(":");
		return [line.slice(0, colon), line.slice(colon + 1).trim()];
	});
	return new Map(pairs);
}
function readOrNull(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}

// src/run/cgroup.ts
const FILES = {
	1: {
		limit: "memory.limit_in_bytes",
		swap: "memory.memsw.limit_in_bytes",
		peak: "memory.max_usage_in_bytes",
		events: "memory.oom_control"
	},
	2: {
		limit: "memory.max",
		swap: "memory.swap.max",
		peak: "memory.peak",
		events: "memory.events"
	}
};
function makeMemoryGroup({ version, parent }, bytes) {
	const directory = mkdtempSync(join(parent, `glovebox-${process.pid}-`));
	const files = FILES[version];
	writeFileSync(join(directory, files.limit), String(bytes));
	writeIfThere(join(directory, files.swap), version === 1 ? String(bytes) : "0");
	if (version === 2) writeIfThere(join(directory, "memory.oom.group"), "1");
	const members = join(directory, "cgroup.procs");
	const move = (pid) => {
		try {
			writeFileSync(members, String(pid));
		} catch (error) {
			if (error.code === "ESRCH") return;
			throw new GloveboxError("setup-failed", `the kernel took no process into the memory control group ${directory}: ${messageOf(error)}`, { cause: error });
		}
	};
	return {
		admit: (pid) => {
			move(pid);
			for (const child of descendantsOf(pid)) move(child.pid);
		},
		holds: (pid) => readOrEmpty(members).split("\n").includes(String(pid)),
		kills: () => Number(/^oom_kill (\d+)/m.exec(readOrEmpty(join(directory, files.events)))?.[1] ?? 0),
		peak: () => Number(readOrEmpty(join(directory, files.peak))) || null,
		remove: () => {
			try {
				rmdirSync(directory);
			} catch {}
		}
	};
}
function writeIfThere(file, text) {
	try {
		writeFileSync(file, text);
	} catch {}
}
function readOrEmpty(file) {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return "";
	}
}

// src/run/guards.ts
/**
* Puts an empty directory where something guarded does not exist, so that there is something to mount
* over; git, for one, takes no notice of it. Whoever takes one away also takes away every mount on it, in all sandboxes: so every
* run has a share in the workspace for as long as it lasts, and only the last one cleans up.
*/
async function placeGuards(plan, undo) {
	const { guards, records } = plan.filesystem;
	if (records !== null) makePublic(records);
	if (guards === null) return;
	const share = await shareDirectory(guards.workspace, plan.tools.flock);
	const made = /* @__PURE__ */ new Set();
	undo.push(async () => await clear(guards.placeholders, made, share));
	for (const path of guards.placeholders) if (await makePlaceholder(path)) made.add(path);
}
/** From the inside out. Where nothing tells whether another run is there, they stay. */
async function clear(placeholders, made, share) {
	if (share === null) return;
	if (placeholders.length > 0 && await share.alone()) {
		for (const path of placeholders.toReversed()) if (made.has(path) || isPlaceholder(path)) removePlaceholder(path);
	}
	share.close();
}

// src/run/launch.ts
/** Far more than building takes anywhere; whatever makes it longer is in the way of it for good. */
const BUILT_WITHIN_MS = 12e4;
/** How long bwrap's stderr is waited for once it is known to have failed. */
const LAST_WORDS_MS = 1e3;
/** What bwrap itself ends with; of a command that it started it tells the code in its account. */
const BWRAP_FAILED = 1;
/** Starts bwrap, and waits until it has done everything and the command is held back at the gate. */
async function launchSealed(plan, holder, streams, group) {
	const { filters } = plan.syscalls;
	const filterFds = filters.map((_, index) => 6 + index);
	const fds = [...Object.values(LAUNCH_FDS), ...filterFds];
	const stdio = [...streams.childFds, ...fds.map(() => "pipe")];
	const scope = group === null ? null : plan.limits.memoryCgroup?.scope ?? null;
	const inner = holder.enter(plan.launch.argv);
	const { argv, environment } = scope === null ? {
		argv: inner,
		environment: {}
	} : startInScope(scope, inner);
	const child = start(argv, environment, stdio);
	const ended = once(child, "exit");
	const notStarted = failed(child);
	ended.catch(() => {});
	streams.closeChildEnds();
	const pipe = (fd) => child.stdio[fd];
	for (const fd of fds) pipe(fd).on("error", () => {});
	const arrived = scope === null || await arrives(child.pid ?? 0, scope, inner[0]) === "arrived";
	if (!arrived) child.kill("SIGKILL");
	else if (child.pid !== void 0) group?.admit(child.pid);
	pipe(LAUNCH_FDS.args).end(plan.launch.hidden.map((argument) => `${argument}\0`).join(""));
	filters.forEach(({ filter }, index) => pipe(6 + index).end(filter));
	const exitCode = exitCodeIn(pipe(LAUNCH_FDS.status));
	const gate = pipe(LAUNCH_FDS.gate);
	const built = await Promise.race([
		new Promise((resolve) => gate.once("data", () => resolve(true))),
		ended.then(() => false),
		notStarted,
		setTimeout$1(BUILT_WITHIN_MS, false, { ref: false })
	]);
	const root = child.pid ?? 0;
	const waiting = built ? descendantsOf(root).at(-1) : void 0;
	const init = waiting?.parent ?? null;
	if (init === null || group?.holds(init) === false) {
		const why = await (arrived ? whyNotBuilt(init, group, streams, plan) : noScope(streams));
		throw new GloveboxError("setup-failed", why);
	}
	return {
		root,
		init,
		step: waiting === void 0 ? null : seenOf(waiting.pid),
		release: () => gate.end("go\n"),
		exited: ended.then(async ([own]) => {
			const code = await exitCode;
			return {
				started: code !== null || own !== BWRAP_FAILED,
				code
			};
		})
	};
}
async function whyNotBuilt(init, group, streams, { policy }) {
	if (group !== null && group.kills() > 0) return "the kernel found no memory left while the sandbox was built: resources.memory, or a limit around Glovebox, is too small";
	if (init !== null) return "the kernel did not take the step into its memory control group";
	const said = await lastWords$1(streams);
	const { profile, block, further } = policy.syscalls;
	const hint = block.length > 0 || [profile, ...further.map((one) => one.profile)].some(isFile) ? "; syscalls.profile or syscalls.block may refuse what starting a program takes" : "";
	return `bubblewrap could not build the sandbox: ${said || "it ended without a word"}${hint}`;
}
async function noScope(streams) {
	return `the user's systemd made no scope for the step: ${await lastWords$1(streams) || "it did not answer"}`;
}
/** Bounded: where only nsenter was killed, bwrap lives on with stderr open until the holder goes. */
async function lastWords$1({ stderr, stdout }) {
	return await Promise.race([text(stderr ?? stdout).then((all) => all.trim()), setTimeout$1(LAST_WORDS_MS, "", { ref: false })]);
}
function isFile({ value }) {
	return typeof value !== "string";
}
/** Starts the command with what can be held without a sandbox. */
function launchBare(plan, streams) {
	const environment = Object.fromEntries(plan.environment.variables);
	const child = start(plan.launch.argv, environment, [...streams.childFds], plan.filesystem.cwd);
	streams.closeChildEnds();
	const root = child.pid ?? 0;
	return {
		root,
		init: null,
		step: seenOf(root),
		release: () => void 0,
		exited: Promise.race([once(child, "exit").then(([code, signal]) => code ?? signalCode(signal)), once(child, "error").then(() => 127)]).then((code) => ({
			started: true,
			code
		}))
	};
}
function start(argv, environment, stdio, cwd) {
	const [program = "", ...args] = argv;
	return spawn(program, args, {
		env: environment,
		detached: true,
		stdio,
		...cwd === void 0 ? {} : { cwd }
	});
}
async function failed(child) {
	await once(child, "error");
	return false;
}
/** The command's exit code, from bwrap's own account; null where it tells none. */
async function exitCodeIn(status) {
	const code = /"exit-code":\s*(\d+)/.exec(await text(status).catch(() => ""))?.[1];
	return code === void 0 || Number(code) > 255 ? null : Number(code);
}
function seenOf(pid) {
	const status = readStatus(pid);
	if (status === null) return null;
	return {
		uid: Number(status.get("Uid")?.split(/\s+/)[0] ?? NaN),
		bare: isBare(status),
		noNewPrivs: status.get("NoNewPrivs") === "1",
		filtered: status.get("Seccomp") === "2",
		filters: countOf(status) - countOf(readStatus(process.pid))
	};
}
const CAPABILITY_SETS = [
	"CapInh",
	"CapPrm",
	"CapEff",
	"CapBnd",
	"CapAmb"
];
function isBare(status) {
	const alike = (name) => new Set(status.get(name)?.split(/\s+/) ?? ["", "unknown"]).size === 1;
	const empty = (name) => /^0+$/.test(status.get(name) ?? "");
	return alike("Uid") && alike("Gid") && status.get("Groups") === "" && CAPABILITY_SETS.every(empty);
}
/** A kernel before 5.9 does not count filters; there it is told only whether there are any. */
function countOf(status) {
	const counted = status?.get("Seccomp_filters");
	if (counted !== void 0) return Number(counted);
	return status?.get("Seccomp") === "0" ? 0 : Infinity;
}
const SIGNALS = {
	SIGHUP: 1,
	SIGINT: 2,
	SIGQUIT: 3,
	SIGILL: 4,
	SIGABRT: 6,
	SIGBUS: 7,
	SIGFPE: 8,
	SIGKILL: 9,
	SIGSEGV: 11,
	SIGPIPE: 13,
	SIGALRM: 14,
	SIGTERM: 15,
	SIGXCPU: 24,
	SIGXFSZ: 25
};
function signalCode(signal) {
	return 128 + (SIGNALS[signal] ?? 0);
}

// src/run/counters.ts
/** Reads `nft -j list table`: the record sets and the totals of our ruleset. Throws rather than find nothing. */
function parseCounters(json) {
	try {
		return observationsIn(json);
	} catch (error) {
		const message = `the network's counters could not be read: ${messageOf(error)}`;
		throw new GloveboxError("setup-failed", message, { cause: error });
	}
}
function observationsIn(json) {
	const { nftables } = JSON.parse(json);
	const sets = nftables.flatMap(({ set }) => set === void 0 ? [] : [set]);
	const counters = nftables.flatMap(({ counter }) => counter === void 0 ? [] : [counter]);
	const recordsOf = (verdict) => sets.filter(({ name }) => new RegExp(`^${verdict}[46](other)?$`).test(name)).flatMap(({ elem }) => elem ?? []).map(toRecord).sort((a, b) => b.count - a.count || compare(a, b));
	const notListed = (verdict, records) => {
		const total = counters.find(({ name }) => name === verdict)?.packets;
		if (total === void 0) throw new Error(`there is no total of what was ${verdict}`);
		return Math.max(0, total - records.reduce((sum, { count }) => sum + count, 0));
	};
	const allowed = recordsOf("reached");
	const refused = recordsOf("refused");
	return {
		allowed,
		refused,
		allowedNotListed: notListed("reached", allowed),
		refusedNotListed: notListed("refused", refused),
		names: null
	};
}
/** nft gives a protocol's number where the system has no /etc/protocols. */
const PROTOCOLS = {
	1: "icmp",
	6: "tcp",
	17: "udp",
	58: "ipv6-icmp"
};
function toRecord({ elem }) {
	const [address, protocol, port] = elem.val.concat;
	return {
		address: String(address),
		port: typeof port === "number" ? port : null,
		protocol: PROTOCOLS[String(protocol)] ?? String(protocol),
		count: elem.counter.packets
	};
}
function compare(a, b) {
	return `${a.address} ${a.protocol} ${a.port}` < `${b.address} ${b.protocol} ${b.port}` ? -1 : 1;
}

// src/run/who.ts
/** Looking takes milliseconds where the step has many processes; a step that dials a lot is looked at less. */
const MOST_LOOKS = 500;
/**
* Tells which process of the step is connected to an address and port, by the kernel's own table of
* the step's network. `namespacePid` is any process in that network, `stepRoot` an ancestor of the step's.
*/
function processFinder(namespacePid, stepRoot) {
	let looks = 0;
	return (address, port) => {
		const root = stepRoot();
		if (root === null || (looks += 1) > MOST_LOOKS) return null;
		const tables = [
			...address === "" ? ["udp", "udp6"] : [],
			"tcp",
			"tcp6"
		];
		for (const table of tables) {
			const inodes = new Set(socketsTo(`/proc/${namespacePid}/net/${table}`, address, port));
			const owner = inodes.size === 0 ? null : ownerOf(inodes, root);
			if (owner !== null) return owner;
		}
		return null;
	};
}
/** Inodes of the sockets whose other end is there; an empty address stands for any. */
function socketsTo(table, address, port) {
	const wanted = `${address === "" ? "" : hexOf(address)}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return lines(table).flatMap((line) => {
		const [, , remote = "", , , , , , , inode = "0"] = line.trim().split(/\s+/);
		return remote.endsWith(wanted) && inode !== "0" ? [inode] : [];
	});
}
/** As /proc/net/tcp has it: the four bytes as a little-endian number; in tcp6 it ends with that. */
function hexOf(address) {
	return address.split(".").toReversed().map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0")).join("");
}
function ownerOf(inodes, root) {
	for (const { pid } of descendantsOf(root)) if (filesOf(pid).some((target) => {
		const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
		return inode !== void 0 && inodes.has(inode);
	})) return nameOf(pid);
	return null;
}
function filesOf(pid) {
	try {
		return readdirSync(`/proc/${pid}/fd`).map((fd) => {
			try {
				return readlinkSync(`/proc/${pid}/fd/${fd}`);
			} catch {
				return "";
			}
		});
	} catch {
		return [];
	}
}
function nameOf(pid) {
	return lines(`/proc/${pid}/comm`)[0] ?? null;
}
function lines(path) {
	try {
		return readFileSync(path, "latin1").split("\n").filter(Boolean);
	} catch {
		return [];
	}
}

// src/run/network.ts
/** Loads the rules. Nothing is attached before this is done. */
async function sealNetwork(plan, rooms) {
	await feedAll(plan.network.seal, rooms);
}
/** Attaches the way out to the sealed namespace. */
async function attachUplink(plan, rooms, undo) {
	const { tools, identity, scratch } = plan;
	const { uplink: planned, route } = plan.network;
	if (planned === null) return null;
	const shed = identity.shed ? identity : null;
	const uplink = await openUplink({
		plan: planned,
		tools,
		...rooms,
		shed,
		directory: scratch
	}).catch((error) => {
		throw new GloveboxError("setup-failed", `${planned.backend} could not attach: ${messageOf(error)}`);
	});
	undo.push(async () => await uplink.close());
	await feedAll(route, rooms);
	return uplink;
}
/** Starts to listen for the names that are allowed; what the step dials comes here through the rules. */
async function attachGateway(plan, rooms, stepRoot, undo) {
	const { gateway } = plan.network;
	if (gateway === null) return null;
	const { openGateway } = await import("./gateway-gateway.mjs");
	const feed = async (stdin) => await feedAll([{
		argv: gateway.nft,
		stdin
	}], rooms);
	const opened = await openGateway({
		plan: gateway,
		environment: currentEnvironment(),
		feed,
		whoIsAt: processFinder(rooms.holder.pid, stepRoot)
	});
	undo.push(() => opened.close());
	return opened;
}
/** What the rules counted and the gateway kept account of. Read while the holder still stands. */
async function readCounters(plan, rooms, gateway) {
	if (plan.network.counters === null) return null;
	const { code, stdout, stderr } = await execute(rooms.holder.enter(plan.network.counters));
	if (code !== 0) throw new GloveboxError("setup-failed", `the network's counters could not be read: ${stderr.trim()}`);
	const counted = parseCounters(stdout);
	if (gateway === null) return counted;
	const named = (record) => {
		const name = gateway.nameOf(record.address);
		if (name === null) return record;
		const address = gateway.realOf(record.address) ?? record.address;
		return {
			...record,
			address,
			name,
			process: gateway.processOf(name)
		};
	};
	return {
		...counted,
		allowed: counted.allowed.map(named),
		refused: counted.refused.map(named),
		names: gateway.account()
	};
}
async function feedAll(feeds, rooms) {
	for (const { argv, stdin, optional } of feeds) {
		const { code, stderr } = await execute(rooms.holder.enter(argv), { stdin });
		if (code !== 0 && optional === void 0) throw new GloveboxError("setup-failed", `${argv[0]} refused what the step's network is made of: ${stderr.trim().split("\n")[0]}`);
	}
}

// src/run/detours.ts
/**
* An earlier step may have left a symlink in its layer where something is to be mounted. bubblewrap
* would follow it, out of the sandbox that it is still building, and make what is missing there.
*/
async function refuseDetours({ filesystem }, { pid }) {
	const { overlay, mounts } = filesystem;
	if (overlay === null) return;
	const below = mounts.flatMap((mount) => "target" in mount ? [mount.target] : []).filter((target) => target !== overlay.lower && within(target, overlay.lower));
	for (const target of below) {
		const names = target.slice(overlay.lower.length + 1).split("/");
		for (const [index] of names.entries()) {
			const path = names.slice(0, index + 1).join("/");
			if (!await isSymlink(`/proc/${pid}/root${overlay.merged}/${path}`)) continue;
			throw new GloveboxError("setup-failed", `nothing can be mounted at ${target}: an earlier step has put a symlink at ${path}`, { remedy: "have the earlier step leave that path alone" });
		}
	}
}
async function isSymlink(path) {
	try {
		return (await lstat(path)).isSymbolicLink();
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR") return false;
		throw error;
	}
}

// src/run/fresh.ts
/** In the anteroom, before anything of the step's runs: temporary file systems that are the step's. */
async function mountFresh({ filesystem, identity, tools }, room) {
	const { uid, gid } = identity;
	for (const { source, mode, directories } of filesystem.fresh) {
		mkdirSync(source, { recursive: true });
		const options = `nosuid,nodev,uid=${uid},gid=${gid},mode=${mode}`;
		const argv = [
			tools.mount,
			"-t",
			"tmpfs",
			"-o",
			options,
			"tmpfs",
			source
		];
		const { code, stderr } = await execute(room.enter(argv));
		if (code !== 0) throw new GloveboxError("setup-failed", `mounting ${source} failed: ${stderr.trim()}`);
		for (const name of directories) {
			const path = join(`/proc/${room.pid}/root${source}`, name);
			mkdirSync(path, { mode: 493 });
			chownSync(path, uid, gid);
		}
	}
}

// src/run/layer-entries.ts
/**
* Those that the step's own layer must have: of what the host has, and the step is not to see, what no
* earlier layer covers. One may have been made when it was to be seen, or was not there yet. `before` is
* where the step's view without its own layer can be read.
*/
function uncovered({ entries, lower }, before) {
	const open = entries.filter(({ path, content }) => content !== null && isSame(join(before, path), join(lower, path)));
	return entries.filter((entry) => open.includes(entry) || open.some(({ path }) => path.startsWith(`${entry.path}/`)));
}
function isSame(one, other) {
	try {
		return lstatSync(one).isFile() && readFileSync(one).equals(readFileSync(other));
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR") return false;
		throw error;
	}
}

// src/run/scratch.ts
/** What the step itself writes into. */
const STEPS_OWN = [
	"work",
	"upper",
	"commands",
	"temp"
];
/** Makes the run's own directory and what the plan puts there. */
function makeScratch(plan) {
	mkdirSync(plan.scratch, { mode: 448 });
	if (plan.identity.shed) {
		chownSync(plan.scratch, 0, plan.identity.gid);
		chmodSync(plan.scratch, 456);
	}
	for (const name of plan.filesystem.directories) {
		const path = join(plan.scratch, name);
		mkdirSync(path, { recursive: true });
		chmodSync(path, 493);
		if (plan.identity.shed && STEPS_OWN.includes(name)) chownSync(path, plan.identity.uid, plan.identity.gid);
	}
	makeUpper(plan);
	for (const { name, content, ofStep } of plan.filesystem.files) {
		const path = join(plan.scratch, name);
		writeFileSync(path, content);
		chmodSync(path, 420);
		if (ofStep && plan.identity.shed) chownSync(path, plan.identity.uid, plan.identity.gid);
	}
}
function makeUpper({ filesystem: { overlay }, identity }) {
	if (overlay === null || overlay.upper === null || overlay.index === null) return;
	const { upper, index, top } = overlay;
	mkdirSync(dirname(upper), {
		recursive: true,
		mode: 448
	});
	mkdirSync(upper, { recursive: true });
	mkdirSync(index, { recursive: true });
	if (overlay.below.length === 0) fillLayer(upper, overlay.entries, identity.shed);
	chmodSync(upper, top.mode);
	if (overlay.given !== null) chmodSync(overlay.given.upper, top.mode);
	if (identity.shed) chownSync(upper, top.uid, top.gid);
}
/**
* In the upper directory before anything is mounted, where no symlink can be in the way. Whoever
* reads the overlay never meets what lies below such a file.
*/
function fillLayer(upper, entries, shed) {
	for (const { path, content } of entries) if (content === null) mkdirSync(join(upper, path), { mode: 448 });
	else writeFileSync(join(upper, path), content, {
		mode: 384,
		flag: "wx"
	});
	for (const { path, uid, gid, mode } of entries.toReversed()) {
		if (shed) chownSync(join(upper, path), uid, gid);
		chmodSync(join(upper, path), mode);
	}
}
/**
* Takes the directory away again. The step may have left directories that even their owner cannot
* enter, so the throwaway layers go from inside the holder, where we are root over the step's files.
*/
async function clearLayers(plan, room) {
	const layers = [
		"upper",
		"index",
		"work",
		"commands",
		"temp"
	].map((name) => join(plan.scratch, name));
	const argv = [
		plan.tools.rm,
		"-rf",
		"--one-file-system",
		"--",
		...layers
	];
	await execute(room === null || plan.identity.shed ? argv : room.enter(argv), { timeout: 3e5 });
}
async function removeScratch(plan) {
	await rm(plan.scratch, {
		recursive: true,
		force: true
	});
}

// src/run/rooms.ts
/** Opens the namespaces and mounts in them what bubblewrap will pick up. */
async function openRooms(plan, undo) {
	let mounted = NO_OVERLAY;
	const anteroom = plan.identity.shed ? await openAnteroom(plan.tools) : null;
	if (anteroom !== null) {
		undo.push(anteroom.close);
		if (plan.network.kind === "routed") await offerTun(anteroom, plan.tools);
		await stageSources(plan, anteroom);
		await mountFresh(plan, anteroom);
		mounted = await mountOverlay(plan, anteroom);
		await refuseDetours(plan, anteroom);
	}
	const shed = anteroom === null ? null : plan.identity;
	const network = plan.network.kind === "host" ? "host" : "own";
	const holder = await openHolder(plan.tools, anteroom, shed, network);
	undo.push(holder.close);
	if (anteroom === null) {
		mounted = await mountOverlay(plan, holder);
		await refuseDetours(plan, holder);
	}
	return {
		anteroom,
		holder,
		...mounted
	};
}
/** One `mount -a` for all of them; fstab's octal escapes carry every odd path. */
async function stageSources(plan, room) {
	const { staged } = plan.filesystem;
	if (staged.length === 0) return;
	for (const { source, target } of staged) {
		makePublic(dirname(target));
		if ((await stat(source)).isDirectory()) await mkdir(target, { recursive: true });
		else await writeFile(target, "");
	}
	const table = join(plan.scratch, "fstab");
	const lines = staged.map(({ source, target }) => `${escaped(source)} ${escaped(target)} none rbind 0 0\n`);
	await writeFile(table, lines.join(""));
	await must(room.enter([
		plan.tools.mount,
		"--all",
		"--fstab",
		table
	]), "binding the paths that the step needs");
}
/** The newer of the two system calls for mounts, util-linux's first choice from 2.39 on, takes no list above 255 bytes. */
const LONG_OPTIONS = { LIBMOUNT_FORCE_MOUNT2: "always" };
const NO_OVERLAY = {
	entries: [],
	ownedSince: null,
	givingMs: 0
};
async function mountOverlay(plan, room) {
	const { overlay } = plan.filesystem;
	if (overlay === null) return NO_OVERLAY;
	const { mount, chown } = plan.tools;
	await bindLower(plan, overlay, room);
	const put = async (options, target) => await must(room.enter([
		mount,
		"-t",
		"overlay",
		"overlay",
		"-o",
		options,
		target
	]), "mounting the overlay", LONG_OPTIONS);
	const give = async (mounted) => {
		const began = performance.now();
		if (overlay.chown !== null) await must(room.enter([
			chown,
			"--recursive",
			"--no-dereference",
			overlay.chown,
			"--",
			mounted
		]), "giving the overlay's files to the step");
		return performance.now() - began;
	};
	const { before, given } = overlay;
	let { entries } = overlay;
	let givingMs = 0;
	if (given !== null) {
		await put(given.options, given.mount);
		givingMs = await give(given.mount);
	}
	if (before.options !== null) await put(before.options, before.mount);
	if (overlay.below.length > 0) {
		entries = uncovered(overlay, `/proc/${room.pid}/root${before.mount}`);
		if (overlay.upper !== null) fillLayer(overlay.upper, entries, plan.identity.shed);
	}
	await put(overlay.options, overlay.merged);
	if (overlay.chown === null || given !== null) return {
		entries,
		ownedSince: null,
		givingMs
	};
	givingMs = await give(overlay.merged);
	return {
		entries,
		ownedSince: await timeIn(dirname(overlay.upper ?? plan.scratch)),
		givingMs
	};
}
/** As the file system of a directory tells it, which may be coarse. */
async function timeIn(directory) {
	const mark = join(directory, "owned");
	await writeFile(mark, "");
	const { ctimeNs } = await stat(mark, { bigint: true });
	await unlink(mark);
	return ctimeNs;
}
/** The lower layer goes through a bind of ours: its own path may hold commas and colons. */
async function bindLower(plan, overlay, room) {
	const how = plan.identity.shed ? "--bind" : "--rbind";
	const { idmap, lower: from, top } = overlay;
	const to = `${plan.scratch}/lower`;
	if (idmap === null) return await must(room.enter([
		plan.tools.mount,
		how,
		"--",
		from,
		to
	]), "binding the workspace");
	const bind = {
		from,
		to,
		option: idmap,
		uid: top.uid
	};
	const complaint = await bindMapped(room, plan.tools, bind);
	if (complaint !== null) throw new GloveboxError("setup-failed", `the workspace's files did not become the step's: ${complaint}`);
}
async function must(argv, aim, environment = {}) {
	const { code, stderr } = await execute(argv, {
		timeout: 3e5,
		environment
	});
	if (code !== 0) throw new GloveboxError("setup-failed", `${aim} failed: ${stderr.trim() || `exit code ${code}`}`);
}
/** Only what is one byte long: an octal escape stands for a byte. */
function escaped(path) {
	return path.replace(/[\t-\r \\#"']/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

// src/run/streams.ts
const KNOCK_MS = 50;
/**
* Real pipes: what Node makes for a child are sockets, and `echo > /dev/stdout` fails on those.
* Each is a fifo; only that of the input keeps its name.
*/
async function openStreams(plan, oneOutput, undo) {
	const nameOf = (name) => join(plan.scratch, name);
	const names = [
		"stdin",
		"stdout",
		...oneOutput ? [] : ["stderr"]
	].map(nameOf);
	const made = await execute([
		plan.tools.mkfifo,
		"--mode=0600",
		"--",
		...names
	]);
	if (made.code !== 0) {
		const reason = made.stderr.trim();
		throw new GloveboxError("setup-failed", `the step's pipes could not be made: ${reason}`);
	}
	const input = openBothEnds(nameOf("stdin"), plan);
	const output = openBothEnds(nameOf("stdout"), plan);
	const errors = oneOutput ? null : openBothEnds(nameOf("stderr"), plan);
	const childFds = [
		input.read,
		output.write,
		(errors ?? output).write
	];
	const stdin = new Socket({
		fd: input.write,
		readable: false,
		writable: true
	});
	const stdout = new Socket({
		fd: output.read,
		readable: true,
		writable: false
	});
	const stderr = errors === null ? null : new Socket({
		fd: errors.read,
		readable: true,
		writable: false
	});
	for (const name of names.slice(1)) unlinkSync(name);
	let knocking;
	const keepKnocking = () => {
		knocking = setInterval(() => knock(nameOf("stdin")), KNOCK_MS).unref();
	};
	stdin.once("close", keepKnocking);
	let held = true;
	const closeChildEnds = () => {
		if (held) new Set(childFds).forEach((fd) => closeSync(fd));
		held = false;
	};
	undo.push(() => {
		stdin.off("close", keepKnocking);
		clearInterval(knocking);
		closeChildEnds();
		for (const end of [
			stdin,
			stdout,
			stderr
		]) end?.destroy();
	});
	return {
		stdin,
		stdout,
		stderr,
		childFds,
		closeChildEnds
	};
}
/**
* A step that opens /dev/stdin by name once our end is closed would wait for another writer for good.
* One that comes and goes at once shows it the end.
*/
function knock(name) {
	try {
		closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK));
	} catch {}
}
/** Opened for both first, because either end alone would wait for the other. */
function openBothEnds(name, { identity }) {
	if (identity.shed) chownSync(name, identity.uid, identity.gid);
	const both = openSync(name, constants.O_RDWR);
	const read = openSync(name, constants.O_RDONLY);
	const write = openSync(name, constants.O_WRONLY);
	closeSync(both);
	return {
		read,
		write
	};
}

// src/run/build.ts
/**
* Builds in this order, so that a supervisor that dies at any moment leaves the step dead or sealed:
*
* 1. namespaces without a way out; 2. rules, default drop; 3. only then the way out, while
* 4. the command is started but held back. The caller looks at it and lets it go.
*/
async function buildSandbox(plan, io, undo) {
	const oneOutput = io.stdout === io.stderr;
	makeScratch(plan);
	undo.push(async () => await removeScratch(plan));
	await placeGuards(plan, undo);
	if (!plan.sandboxed) {
		const streams = await openStreams(plan, oneOutput, undo);
		return {
			rooms: null,
			uplink: null,
			gateway: null,
			group: null,
			launched: launchBare(plan, streams),
			streams
		};
	}
	const group = memoryGroup(plan);
	undo.push(() => group?.remove());
	const [streams, rooms] = await bothOrThrow(openStreams(plan, oneOutput, undo), openSealedRooms(plan, undo));
	let step = null;
	const [[gateway, uplink], launched] = await bothOrThrow(bothOrThrow(attachGateway(plan, rooms, () => step, undo), attachUplink(plan, rooms, undo)), launchSealed(plan, rooms.holder, streams, group));
	step = launched.init;
	return {
		rooms,
		uplink,
		gateway,
		group,
		launched,
		streams
	};
}
async function openSealedRooms(plan, undo) {
	const rooms = await openRooms(plan, undo);
	undo.push(async () => await clearLayers(plan, rooms.holder));
	await sealNetwork(plan, rooms);
	return rooms;
}
/** Waits for both also when one fails, so that whatever was started is known and can be undone. */
async function bothOrThrow(first, second) {
	const [a, b] = await Promise.allSettled([first, second]);
	if (a.status === "rejected") throw a.reason;
	if (b.status === "rejected") throw b.reason;
	return [a.value, b.value];
}
function memoryGroup({ limits: { memoryCgroup, memoryBytes } }) {
	return memoryCgroup === null || memoryBytes === null ? null : makeMemoryGroup(memoryCgroup, memoryBytes);
}

// src/run/changes/entries.ts
const SLASH = Buffer.from("/");
/** A path in bytes, because a name need not be UTF-8. */
function at(directory, name) {
	if (name.length === 0) return directory;
	return directory.length === 0 ? name : Buffer.concat([
		directory,
		SLASH,
		name
	]);
}
function look(path) {
	try {
		const stats = lstatSync(path, {
			bigint: true,
			throwIfNoEntry: false
		});
		if (stats === void 0) return null;
		const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "symlink" : "other";
		return {
			kind,
			mode: Number(stats.mode & 4095n),
			size: kind === "file" ? Number(stats.size) : 0,
			rdev: stats.rdev,
			isWhiteout: stats.isCharacterDevice() && stats.rdev === 0n,
			ino: stats.ino,
			mtime: stats.mtimeNs,
			ctime: stats.ctimeNs
		};
	} catch {
		return "unreadable";
	}
}
/** In the order of their bytes; null where the directory cannot be listed. */
function namesIn(directory) {
	try {
		return readdirSync(directory, { encoding: "buffer" }).sort((one, other) => one.compare(other));
	} catch {
		return null;
	}
}
/** The same with what each is, which costs less than looking at all of them. */
function contentsOf(directory) {
	try {
		return readdirSync(directory, {
			encoding: "buffer",
			withFileTypes: true
		}).sort((one, other) => one.name.compare(other.name));
	} catch {
		return null;
	}
}
function linkTarget(path) {
	try {
		return readlinkSync(path, { encoding: "buffer" });
	} catch {
		return null;
	}
}

// src/run/changes/content.ts
const CHUNK = 262144;
/** Bytes that are read of each side in one run; a file past them counts as modified. */
const MOST_COMPARED = 2 ** 30;
/** Compares contents, up to a bound for all of them together. What cannot be compared is not the same. */
function contentComparer() {
	let left = MOST_COMPARED;
	const [mine, theirs] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
	return (one, other, { kind, size }) => {
		if (kind === "symlink") {
			const target = linkTarget(one);
			return target !== null && linkTarget(other)?.equals(target) === true;
		}
		left -= size;
		return left >= 0 && sameBytes(one, other, [mine, theirs]);
	};
}
function sameBytes(one, other, [mine, theirs]) {
	const open = [];
	try {
		open.push(openPlain(one));
		open.push(openPlain(other));
		const [a = -1, b = -1] = open;
		for (let position = 0;;) {
			const read = readSync(a, mine, 0, CHUNK, position);
			if (readSync(b, theirs, 0, CHUNK, position) !== read) return false;
			if (mine.compare(theirs, 0, read, 0, read) !== 0) return false;
			if (read < CHUNK) return true;
			position += read;
		}
	} catch {
		return false;
	} finally {
		for (const fd of open) closeSync(fd);
	}
}
/** At most `room` bytes of a plain file; null where it cannot be read. */
function bytesIn(path, room) {
	let fd = null;
	try {
		fd = openPlain(path);
		const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, room));
		return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
	} catch {
		return null;
	} finally {
		if (fd !== null) closeSync(fd);
	}
}
function openPlain(path) {
	const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
	return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

// src/run/changes/texts.ts
const MOST_FILES$1 = 200;
const LARGEST$1 = 262144;
/** Bytes of all of them together. */
const MOST = 8388608;
/** Both sides of the files that were changed, for a diff, as far as they are text and there is room. */
function readTexts({ files }, views) {
	let left = MOST;
	return files.slice(0, MOST_FILES$1).map((change) => {
		const path = bytesOf$1(change);
		const side = (view) => {
			const read = sideAt(at(view, path), Math.min(LARGEST$1, left), views.reader);
			left -= read.text?.length ?? 0;
			return read;
		};
		const before = change.change === "created" ? NOTHING : side(views.before);
		const after = change.change === "deleted" ? NOTHING : side(views.after);
		const ours = views.ours.get(change.path)?.content ?? null;
		return {
			change,
			before: ours === null ? before : {
				...before,
				text: ours,
				why: null
			},
			after
		};
	});
}
const NOTHING = {
	mode: null,
	text: null,
	why: null
};
/** The path in bytes of what is listed. */
function bytesOf$1({ path, hex }) {
	if (hex !== void 0) return Buffer.from(hex, "hex");
	return Buffer.from(path === "." ? "" : path);
}
function sideAt(path, room, reader) {
	const entry = look(path);
	if (entry === null) return NOTHING;
	if (entry === "unreadable") return {
		mode: null,
		text: null,
		why: "it cannot be read"
	};
	const { kind, mode } = entry;
	if (kind === "symlink") return {
		mode: null,
		...asText(linkTarget(path))
	};
	if (kind !== "file") return {
		mode,
		text: null,
		why: null
	};
	if (!mayRead(reader, lstatSync(path, { bigint: true }))) return {
		mode,
		text: null,
		why: "it is of another user, and the step could not read it"
	};
	if (entry.size > room) return {
		mode,
		text: null,
		why: "it is too long"
	};
	return {
		mode,
		...asText(bytesIn(path, room))
	};
}
function asText(bytes) {
	if (bytes === null) return {
		text: null,
		why: "it cannot be read"
	};
	if (bytes.includes(0) || !isUtf8(bytes)) return {
		text: null,
		why: "it is no text"
	};
	return {
		text: bytes.toString(),
		why: null
	};
}

// src/run/changes/judge.ts
const SETGID = 1024;
const GROUP_MAY_RUN = 8;
/** What became of a place, from how it was and how it is. `given`: its owner was changed by us. */
function judge(before, after, given) {
	if (before === null) return after === null ? "same" : "created";
	if (after === null) return "deleted";
	if (before.kind !== after.kind) return "modified";
	if (after.kind === "symlink") return "content";
	if (after.mode !== before.mode && !(given && after.mode === afterChown(before))) return "modified";
	if (after.kind === "file") return after.size === before.size ? "content" : "modified";
	return after.rdev === before.rdev ? "same" : "modified";
}
/** The kernel takes these bits from a file that is given to somebody else. */
function afterChown({ kind, mode }) {
	if (kind !== "file") return mode;
	return mode & -2049 & ~((mode & GROUP_MAY_RUN) === 0 ? 0 : SETGID);
}

// src/run/changes/walk.ts
const LISTED = 1e3;
const MOST_LOOKED_AT = 1e6;
const AT_ONE_BREATH = 2e3;
const ROOT = Buffer.alloc(0);
/** Everything that differs between before and after, those nearest to the top first. */
async function compareViews(views) {
	return await new Walk(views).run();
}
var Walk = class {
	#views;
	#same = contentComparer();
	#found = [];
	/** Directories to look into; the nearest to the top first. */
	#due = [{
		path: ROOT,
		way: "home"
	}];
	#notListed = 0;
	#unread = 0;
	#lookedAt = 0;
	constructor(views) {
		this.#views = views;
	}
	async run() {
		this.#compare(ROOT, false);
		this.#due.length = 1;
		let rested = 0;
		for (const [index, directory] of this.#due.entries()) {
			if (this.#lookedAt > MOST_LOOKED_AT) {
				this.#unread += this.#due.length - index;
				break;
			}
			if (this.#lookedAt - rested > AT_ONE_BREATH) {
				rested = this.#lookedAt;
				await setImmediate();
			}
			this.#lookInto(directory);
		}
		return {
			files: this.#found.toSorted((a, b) => a.path < b.path ? -1 : 1),
			notListed: this.#notListed,
			unread: this.#unread
		};
	}
	#lookInto(directory) {
		switch (directory.way) {
			case "new": return this.#tellAll(directory);
			case "home": return this.#followLayer(directory);
			case "unsure": return this.#compareAll(directory);
		}
	}
	/** A directory that is empty is told itself; what is in another one stands for it. */
	#tellAll({ path, told = false }) {
		const contents = contentsOf(at(this.#views.after, path));
		if (contents === null) this.#unread += 1;
		if (!told && (contents ?? []).length === 0) this.#note(path, "created", "directory", 0);
		for (const found of contents ?? []) {
			const inner = at(path, found.name);
			if (found.isDirectory()) this.#due.push({
				path: inner,
				way: "new"
			});
			else this.#tellNew(inner);
		}
	}
	#tellNew(path) {
		const entry = this.#isFull() ? null : this.#look(this.#views.after, path);
		if (entry === "unreadable") this.#unread += 1;
		else this.#note(path, "created", entry?.kind ?? "other", entry?.size ?? 0);
	}
	#followLayer({ path, untouched = false }) {
		const { before, after, upper } = this.#views;
		const written = namesIn(at(upper, path));
		if (written === null) {
			this.#unread += 1;
			return;
		}
		for (const name of written) {
			const inner = at(path, name);
			const entry = this.#look(upper, inner);
			if (entry === "unreadable") this.#unread += 1;
			else if (entry === null || entry.isWhiteout) continue;
			else if (!this.#isUntouched(entry)) this.#compare(inner, false);
			else if (entry.kind === "directory") this.#due.push({
				path: inner,
				way: "home",
				untouched: true
			});
		}
		if (untouched) return;
		const [was, is] = [namesIn(at(before, path)), namesIn(at(after, path))];
		if (was === null || is === null) this.#unread += 1;
		else for (const gone of missing(was, is)) this.#compare(at(path, gone), false);
	}
	#compareAll({ path }) {
		const [was, is] = [this.#views.before, this.#views.after].map((view) => namesIn(at(view, path)));
		if (was === null || is === null || was === void 0 || is === void 0) {
			this.#unread += 1;
			return;
		}
		for (const name of [...is, ...missing(was, is)]) this.#compare(at(path, name), true);
	}
	/** `unsure`: whether that it is there now, and was then, may be two different things. */
	#compare(path, unsure) {
		const before = this.#lookBefore(path);
		const after = this.#look(this.#views.after, path);
		if (before === "unreadable" || after === "unreadable") {
			this.#unread += 1;
			return;
		}
		if (unsure && this.#isNeverWritten(path, before, after)) return;
		const judgement = this.#settle(judge(before, after, this.#isGiven()), path, after);
		const isDirectory = after?.kind === "directory";
		const entry = after ?? before;
		if (entry !== null && judgement !== "same" && !(judgement === "created" && isDirectory)) this.#note(path, judgement, entry.kind, after?.size ?? 0);
		if (!isDirectory) return;
		const told = judgement === "modified";
		const way = before?.kind === "directory" ? this.#wayInto(before, after) : "new";
		this.#due.push({
			path,
			way,
			told
		});
	}
	#wayInto(before, after) {
		const { redirects, sameDevice } = this.#views;
		return !redirects || sameDevice && before.ino === after.ino ? "home" : "unsure";
	}
	#settle(judgement, path, after) {
		if (judgement !== "content") return judgement;
		if (after === null) return "same";
		return this.#hasSameContent(path, after) ? "same" : "modified";
	}
	#hasSameContent(path, entry) {
		const { before, after } = this.#views;
		const content = this.#ours(path)?.content ?? null;
		return content === null ? this.#same(at(after, path), at(before, path), entry) : bytesIn(at(after, path), entry.size)?.equals(Buffer.from(content)) === true;
	}
	/** It is the very file that was there: the layer has none, or one that only got another owner. */
	#isNeverWritten(path, before, after) {
		if (before?.kind !== "file" || after?.kind !== "file") return false;
		if (before.ino !== after.ino || before.size !== after.size || before.mtime !== after.mtime) return false;
		const written = look(at(this.#views.upper, path));
		return written === null || written !== "unreadable" && this.#isUntouched(written);
	}
	/** A change of whatever kind, a new name too, sets this time, and nobody can set it back. Equal may be later. */
	#isUntouched({ ctime }) {
		return this.#views.ownedSince !== null && ctime < this.#views.ownedSince;
	}
	#isGiven() {
		return this.#views.ownedSince !== null;
	}
	/** What we put there ourselves is what the step found. */
	#lookBefore(path) {
		const found = this.#look(this.#views.before, path);
		const ours = this.#ours(path);
		if (ours === void 0 || ours.content === null) return found;
		if (found === null || found === "unreadable") return found;
		return {
			...found,
			kind: "file",
			mode: ours.mode,
			size: Buffer.byteLength(ours.content)
		};
	}
	#ours(path) {
		return this.#views.ours.size === 0 ? void 0 : this.#views.ours.get(path.toString());
	}
	#look(view, path) {
		this.#lookedAt += 1;
		return look(at(view, path));
	}
	#note(path, change, kind, size) {
		if (this.#isFull()) this.#notListed += 1;
		else this.#found.push({
			...named(path),
			change,
			kind,
			size
		});
	}
	#isFull() {
		return this.#found.length === LISTED;
	}
};
function named(path) {
	if (path.length === 0) return { path: "." };
	return isUtf8(path) ? { path: path.toString() } : {
		path: path.toString(),
		hex: path.toString("hex")
	};
}
/** Those of `names` that are not in `others`. */
function missing(names, others) {
	const there = new Set(others.map((name) => name.toString("latin1")));
	return names.filter((name) => !there.has(name.toString("latin1")));
}

// src/run/changes/read.ts
/**
* What the step did to the workspace, and the texts for a diff where the plan has one. To be called when
* nothing of the step runs any more, with its mounts in place. null: it had no layer.
*/
async function readChanges(plan, rooms) {
	const { overlay } = plan.filesystem;
	if (overlay === null || overlay.upper === null) return null;
	const inHolder = (path) => join(`/proc/${rooms.holder.pid}/root`, path);
	const views = {
		before: Buffer.from(inHolder(overlay.before.mount)),
		after: Buffer.from(inHolder(overlay.merged)),
		upper: Buffer.from(overlay.upper),
		ownedSince: rooms.ownedSince,
		redirects: overlay.redirects,
		sameDevice: areOnOneDevice([
			overlay.lower,
			overlay.upper,
			...overlay.below
		]),
		ours: new Map(rooms.entries.map((entry) => [entry.path, entry])),
		reader: readerOf$1(plan.identity)
	};
	const changes = await compareViews(views);
	return {
		changes,
		texts: plan.diff ? readTexts(changes, views) : null
	};
}
function areOnOneDevice(directories) {
	return new Set(directories.map((directory) => lstatSync(directory).dev)).size === 1;
}

// src/run/command-files.ts
const LARGEST = 4194304;
/** Reads what the step left for the runner; to be called when nothing of the step runs any more. */
function readCommandFiles({ commandFiles }) {
	const kinds = Object.keys(COMMAND_FILES);
	return Object.fromEntries(kinds.map((kind) => [kind, readBounded(join(commandFiles, kind))]));
}
/** The step could put anything in a file's place: what is no plain file of a sane size is not read. */
function readBounded(path) {
	let fd;
	try {
		fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT") return unusable("it was removed");
		return unusable(code === "ELOOP" ? "it is a symlink" : messageOf(error));
	}
	try {
		const stats = fstatSync(fd);
		if (!stats.isFile()) return unusable("it is not a plain file");
		if (stats.size > LARGEST) return unusable(`it has ${stats.size} bytes, more than 4 MiB`);
		const bytes = Buffer.alloc(stats.size);
		return {
			bytes: bytes.subarray(0, readSync(fd, bytes, 0, stats.size, 0)),
			problem: null
		};
	} finally {
		closeSync(fd);
	}
}
function unusable(problem) {
	return {
		bytes: /* @__PURE__ */ new Uint8Array(),
		problem
	};
}

// src/run/confirm.ts
/** Before the command is let go: throws `setup-failed` where it is not held as the plan says. */
function confirmHeld(plan, launched) {
	confirmPrivilege(plan, launched);
	confirmFilters(plan, launched);
}
/**
* Before the command is let go: the kernel, asked from outside, must show the uid that the plan
* promises and no_new_privs. What a process says of itself inside a user namespace proves nothing.
* Where root built the sandbox, nothing of it may be left.
*/
function confirmPrivilege({ identity, layers }, { step }) {
	if (layers.privilege.status !== "enforced" && layers.privilege.status !== "downgraded") return;
	const promised = identity.shed ? identity.uid : process.getuid?.();
	const held = step !== null && step.uid === promised && step.noNewPrivs;
	if (held && (step.bare || !identity.byRoot)) return;
	const left = held ? " with groups or capabilities of root" : "";
	const seen = step === null ? "nothing" : `uid ${step.uid}, no_new_privs ${step.noNewPrivs}${left}`;
	throw new GloveboxError("setup-failed", `the step's privileges are not what was promised: uid ${promised} with no_new_privs was, ${seen} was seen`);
}
/** The kernel must show all filters of the plan in force, and that nothing can shake them off. */
function confirmFilters({ syscalls }, { step }) {
	const promised = syscalls.filters.length;
	if (promised === 0) return;
	if (step !== null && step.noNewPrivs && step.filtered && step.filters >= promised) return;
	const seen = step === null || !step.filtered ? "none was" : `${step.filters} were`;
	throw new GloveboxError("setup-failed", `the step's filters of system calls are not in force: ${promised} were promised, ${seen} seen`);
}

// src/run/ending.ts
/** A step that is asked to go and does not within this time is killed; the runner gives 7.5 s. */
const GRACE_MS = {
	interrupt: 4e3,
	timeout: 2e3
};
/** How long a killed step may take to be dead. */
const DEATH_MS = 1e3;
/** `closeRoom` takes its namespaces from a step that even a kill does not end. */
function fateOf(launched, closeRoom) {
	let cause = null;
	let over = false;
	const destroy = () => {
		killStep(launched);
		setTimeout(() => over ? void 0 : closeRoom(), DEATH_MS).unref();
	};
	return {
		end: (ending) => {
			if (over) return;
			if (cause === null) endStep(launched, cause = ending, destroy);
			else if (ending.by === "interrupt") destroy();
		},
		settle: () => {
			over = true;
			return cause;
		}
	};
}
/** Ends the step in the way that fits the reason. */
function endStep(launched, { by, detail }, destroy) {
	const grace = GRACE_MS[by];
	if (grace === void 0) {
		destroy();
		return;
	}
	signalStep(launched, by === "interrupt" ? detail : "SIGTERM");
	setTimeout(destroy, grace).unref();
}
/**
* As a terminal does it: to the whole process group of the command. Right after its release there
* may be no command yet, so it is looked for again.
*/
function signalStep(launched, signal, tries = 50) {
	const { root, init } = launched;
	const command = init === null ? readStat(root) : descendantsOf(init).find(({ parent }) => parent === init);
	if (command !== null && command !== void 0) send(-command.group, signal);
	else if (tries > 0) setTimeout(() => signalStep(launched, signal, tries - 1), 20).unref();
}
/**
* In a sandbox the kernel kills everything with its pid 1. But a process of the step may hold that
* one in a trace, so each is killed on its own as well.
*/
function killStep({ root, init }) {
	if (init !== null) send(init, "SIGKILL");
	for (let round = 0; round < 50; round += 1) {
		const living = descendantsOf(init ?? root).filter(({ state }) => state !== "Z");
		if (living.length === 0) break;
		for (const { pid } of living) send(pid, "SIGKILL");
	}
	if (init === null) send(-root, "SIGKILL");
}
/** Waits, for a second at most, until nothing of a killed step runs any more; false when something does. */
async function isGone({ init }) {
	if (init === null) return true;
	for (let tries = 0; tries < 100; tries += 1) {
		const state = readStat(init)?.state;
		if (state === void 0 || state === "Z") return true;
		await setTimeout$1(10);
	}
	return false;
}
function send(pid, signal) {
	try {
		process.kill(pid, signal);
	} catch {}
}

// src/run/logs/followed.ts
/** Bytes that are kept of a file: its end. */
const KEPT = 262144;
/** What is remembered of the end of what was read, to know a file again that lies elsewhere now. */
const KNOWN_BY = 64;
/** One name in the workspace; files come and go under it. */
var FollowedFile = class {
	#fd;
	#identity;
	#offset;
	#mark = Buffer.alloc(0);
	#kept = [];
	#bytes = 0;
	#leftOut = 0;
	/** Takes the descriptor over. What is in the file already is not shown, unless it is a `fresh` one. */
	constructor(fd, stats, fresh) {
		this.#fd = fd;
		this.#identity = identityOf(stats);
		this.#offset = fresh ? 0 : stats.size;
		if (!fresh) this.#mark = bytesOf(fd, Math.max(0, stats.size - KNOWN_BY), stats.size);
	}
	/** The name leads to this descriptor now, which is taken over. */
	look(fd, stats) {
		if (identityOf(stats) === this.#identity) {
			closeSync(fd);
			this.readOn();
			return;
		}
		this.readOn();
		closeSync(this.#fd);
		this.#fd = fd;
		this.#identity = identityOf(stats);
		const from = this.#offset - this.#mark.length;
		if (!(this.#mark.length > 0 && bytesOf(fd, from, this.#offset).equals(this.#mark))) this.#offset = 0;
		this.readOn();
	}
	/** Reads what was added; from the start where the file became shorter. */
	readOn() {
		const { size } = fstatSync(this.#fd);
		if (size < this.#offset) this.#offset = 0;
		const skipped = Math.max(0, size - this.#offset - KEPT);
		this.#leftOut += skipped;
		const read = bytesOf(this.#fd, this.#offset + skipped, size);
		this.#offset += skipped + read.length;
		if (read.length === 0) return;
		this.#mark = Buffer.concat([this.#mark, read]).subarray(-64);
		this.#keep(read);
	}
	excerpt(path) {
		if (this.#bytes === 0) return null;
		const all = Buffer.concat(this.#kept);
		const bytes = all.subarray(Math.max(0, all.length - KEPT));
		return {
			path,
			bytes,
			leftOut: this.#leftOut + all.length - bytes.length
		};
	}
	close() {
		closeSync(this.#fd);
	}
	#keep(read) {
		this.#bytes += read.length;
		this.#kept.push(read);
		let held = this.#kept.reduce((sum, { length }) => sum + length, 0);
		while (held - (this.#kept[0]?.length ?? 0) >= KEPT) {
			const dropped = this.#kept.shift()?.length ?? 0;
			this.#leftOut += dropped;
			held -= dropped;
		}
	}
};
function identityOf({ dev, ino }) {
	return `${dev}:${ino}`;
}
function bytesOf(fd, from, to) {
	const buffer = Buffer.alloc(to - from);
	let read = 0;
	try {
		while (read < buffer.length) {
			const count = readSync(fd, buffer, read, buffer.length - read, from + read);
			if (count === 0) break;
			read += count;
		}
	} catch {}
	return buffer.subarray(0, read);
}

// src/run/logs/walk.ts
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** A look must not take long, whatever the step has made. */
const MOST_DIRECTORIES = 500;
const MOST_ENTRIES = 1e4;
/** Opens a directory, by way of one that is open: no symlink is followed, whenever it is put there. */
function openDirectory(path) {
	return opened(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}
/** Opens a file; also a fifo that nobody writes does not keep us waiting. */
function openFile(path) {
	return opened(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}
/** The path of a name in an open directory. */
function beneath(directory, name) {
	return `/proc/self/fd/${directory}/${name}`;
}
/** Calls `found` with each path that is meant and what it can be opened by. */
function walk(root, matcher, isElsewhere, found) {
	const left = {
		directories: MOST_DIRECTORIES,
		entries: MOST_ENTRIES
	};
	const into = (fd, above) => {
		left.directories -= 1;
		for (const entry of entriesOf(fd, left)) {
			const path = above === "" ? entry.name : `${above}/${entry.name}`;
			if (isElsewhere(path) || matcher.keptBack(path) !== null) continue;
			if (entry.isFile() && matcher.meaning(path).length > 0) found(path, beneath(fd, entry.name));
			if (!entry.isDirectory() || !matcher.mayHold(path) || left.directories <= 0) continue;
			const inner = openDirectory(beneath(fd, entry.name));
			if (inner === null) continue;
			try {
				into(inner, path);
			} finally {
				closeSync(inner);
			}
		}
	};
	into(root.fd, root.path);
}
function entriesOf(fd, left) {
	const entries = [];
	try {
		const directory = opendirSync(`/proc/self/fd/${fd}`, { bufferSize: 256 });
		while (left.entries > 0) {
			const entry = directory.readSync();
			if (entry === null) break;
			left.entries -= 1;
			entries.push(entry);
		}
		directory.closeSync();
	} catch {}
	return entries;
}
function opened(path, flags) {
	try {
		return openSync(path, flags);
	} catch {
		return null;
	}
}

// src/run/logs/follow.ts
const SHORTEST_MS$1 = 250;
/** Looking may cost at most this share of one processor. */
const DUTY$1 = .05;
const MOST_FILES = 50;
/** To be called before the step is let go. null where nothing is to be followed. */
function followLogs(plan, rooms) {
	const { logs, identity } = plan;
	if (logs === null) return null;
	const owner = identity.shed ? identity.uid : null;
	return new Follower(logs, rooms === null ? "" : `/proc/${rooms.holder.pid}/root`, owner);
}
var Follower = class {
	#matcher;
	#places;
	#owner;
	#files = /* @__PURE__ */ new Map();
	#notFollowed = /* @__PURE__ */ new Set();
	#timer;
	#fresh = false;
	constructor(logs, root, owner) {
		this.#matcher = outputMatcher(logs);
		this.#owner = owner;
		this.#places = logs.places.flatMap(({ path, source }) => openPlace(path, `${root}${source}`));
		this.#look();
		this.#fresh = true;
	}
	start() {
		const again = () => {
			const began = process.cpuUsage();
			this.#look();
			const { user, system } = process.cpuUsage(began);
			this.#timer = setTimeout(again, Math.max(SHORTEST_MS$1, (user + system) / 1e3 / DUTY$1));
		};
		this.#timer = setTimeout(again, SHORTEST_MS$1);
	}
	finish() {
		clearTimeout(this.#timer);
		this.#look();
		const files = [...this.#files].flatMap(([path, file]) => file.excerpt(path) ?? []);
		for (const file of this.#files.values()) file.close();
		for (const { fd } of this.#places) closeSync(fd);
		return {
			files: files.toSorted((a, b) => a.path < b.path ? -1 : 1),
			notFollowed: this.#notFollowed.size
		};
	}
	#look() {
		const seen = /* @__PURE__ */ new Set();
		const found = (path, file) => {
			if (this.#lookAt(path, file)) seen.add(path);
		};
		for (const place of this.#places) {
			const isElsewhere = (path) => this.#places.some((other) => other !== place && other.path === path);
			if (place.name === null) walk(place, this.#matcher, isElsewhere, found);
			else if (this.#matcher.isOutput(place.path)) found(place.path, beneath(place.fd, place.name));
		}
		for (const [path, file] of this.#files) if (!seen.has(path)) file.readOn();
	}
	#lookAt(path, name) {
		const fd = openFile(name);
		if (fd === null) return false;
		const stats = fstatSync(fd);
		const known = this.#files.get(path);
		if (!this.#mayFollow(stats) || known === void 0 && this.#isFull(path)) {
			closeSync(fd);
			return false;
		}
		if (known !== void 0) {
			known.look(fd, stats);
			return true;
		}
		const file = new FollowedFile(fd, stats, this.#fresh);
		this.#files.set(path, file);
		file.readOn();
		return true;
	}
	/** A second name could be one that was given to somebody else's file. */
	#mayFollow(stats) {
		return stats.isFile() && stats.nlink === 1 && (this.#owner === null || stats.uid === this.#owner);
	}
	#isFull(path) {
		if (this.#files.size < MOST_FILES) return false;
		if (this.#notFollowed.size < MOST_FILES) this.#notFollowed.add(path);
		return true;
	}
};
function openPlace(path, source) {
	const directory = openDirectory(source);
	if (directory !== null) return [{
		path,
		fd: directory,
		name: null
	}];
	const above = openDirectory(dirname(source));
	return above === null ? [] : [{
		path,
		fd: above,
		name: basename(source)
	}];
}

// src/run/undo.ts
async function undoAll(undo) {
	for (const step of undo.toReversed()) await step();
}

// src/run/outputs/supervise-outputs.ts
/** How long another run may take to put its outputs in place, or a step that writes in place to end. */
const PATIENCE_S = 60;
/** Beside the other entries when bundled, and at the top of the sources otherwise. */
const WORKER = import.meta.filename.endsWith(".ts") ? join(import.meta.dirname, "../../bring-out.ts") : join(import.meta.dirname, "bring-out.mjs");
/**
* Brings the declared outputs to the workspace: all, or none. To be called when nothing of the step runs
* any more, with its mounts in place. An interrupt before the last moment means none.
*/
async function bringOutputs(plan, rooms, interrupts) {
	const job = jobOf(plan, rooms);
	if (job === null) return null;
	const own = join(plan.scratch, OWN);
	const undo = [];
	const lock = async () => {
		const had = await lockDirectory(job.workspace, plan.tools.flock, PATIENCE_S);
		if (had !== "taken") undo.push(had.release);
	};
	try {
		mkdirSync(own, { mode: 448 });
		writeFileSync(join(own, JOB), JSON.stringify(job), {
			mode: 384,
			flag: "wx"
		});
		return await withWorker(own, interrupts, lock);
	} catch (error) {
		return failedOutputs(error);
	} finally {
		await undoAll(undo);
	}
}
function jobOf({ outputs, identity, filesystem: { overlay } }, { holder }) {
	if (outputs === null || overlay === null || overlay.upper === null) return null;
	return {
		plan: outputs,
		merged: `/proc/${holder.pid}/root${overlay.merged}`,
		workspace: overlay.lower,
		layers: overlay.redirects ? [] : [overlay.upper, ...overlay.below],
		root: process.geteuid?.() === 0,
		reader: readerOf$1(identity),
		supervisor: process.pid,
		startedAt: startOf(process.pid),
		namespace: ownNamespace()
	};
}
async function withWorker(own, interrupts, lock) {
	const child = spawn(process.execPath, [WORKER, own], {
		cwd: "/",
		env: {},
		detached: true,
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		]
	});
	const ended = once(child, "close");
	const said = text(child.stderr);
	child.stdout.setEncoding("utf8");
	child.stdin.on("error", () => {});
	let stopped = false;
	interrupts.forward(() => {
		stopped = true;
		child.kill("SIGKILL");
	});
	const answers = [];
	for await (const line of linesOf(child.stdout)) {
		const answer = JSON.parse(line);
		answers.push(answer);
		if (!("staged" in answer) || !answer.staged) continue;
		await lock();
		interrupts.hold();
		if (!stopped) child.stdin.write("go\n");
	}
	await ended;
	interrupts.hold();
	const settled = endWhatIsLeft(own);
	const [first, last] = answers;
	if (first === void 0 || !("seen" in first)) return failedOutputs(new Error(stopped ? INTERRUPTED : await lastWords(said)));
	const { seen, staged } = first;
	if (!staged) return seen;
	if (settled === "in-place" || answers.some((answer) => "inPlace" in answer)) return {
		...seen,
		done: true
	};
	const problem = last !== void 0 && "failed" in last ? last.failed : stopped ? INTERRUPTED : "the process that moves them was killed";
	return {
		...seen,
		problem
	};
}
function endWhatIsLeft(own) {
	try {
		return settleOutputs(own);
	} catch (error) {
		throw new Error(`only a part of them is in place: ${inWords(error)}`, { cause: error });
	}
}
const INTERRUPTED = "it was interrupted";
async function lastWords(said) {
	return `the process that copies them ended: ${(await said.catch(messageOf)).trim() || "without a word"}`;
}
async function* linesOf(stream) {
	let rest = "";
	for await (const chunk of stream) {
		const lines = `${rest}${chunk.toString()}`.split("\n");
		rest = lines.pop() ?? "";
		yield* lines;
	}
}

// src/run/relay.ts
/**
* Past the cap the rest is read and dropped, so the step goes on and memory holds one chunk.
* A reader that is slower than the step slows the step down; one that goes away closes its pipe.
*/
function relayOutput(streams, capBytes) {
	let bytes = 0;
	let truncated = false;
	const carry = async (from, to) => {
		let open = true;
		const closed = () => {
			open = false;
			from.destroy();
		};
		to.on("error", closed);
		try {
			for await (const chunk of from) {
				const room = capBytes === null ? chunk.length : Math.max(0, capBytes - bytes);
				bytes += chunk.length;
				if (chunk.length > room) truncated = true;
				const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
				if (kept.length > 0 && open && !to.write(kept)) await drained(to, from);
			}
		} catch {}
		if (open && to.writableLength > 0) await new Promise((resolve) => to.write("", () => resolve()));
		to.off("error", closed);
	};
	return {
		bytes: () => bytes,
		truncated: () => truncated,
		done: Promise.all(streams.map(async ([from, to]) => await carry(from, to))).then(() => void 0)
	};
}
/** Settles when the reader has caught up, or when nothing more will be read. */
async function drained(to, from) {
	await new Promise((resolve) => {
		const settle = () => {
			to.off("drain", settle);
			from.off("close", settle);
			resolve();
		};
		to.on("drain", settle);
		from.on("close", settle);
	});
}
/**
* Hands our own input on through a pipe: the step must not hold the descriptor itself, which may be
* a terminal, a socket, or a file that is open for writing. A terminal is not read at all.
*/
function relayInput(from, to) {
	to.on("error", () => {
		from?.destroy();
	});
	if (from === null || from.isTTY === true || !isOpen(0)) {
		to.end();
		return;
	}
	from.on("error", () => to.end());
	from.pipe(to);
}
function isOpen(fd) {
	try {
		fstatSync(fd);
		return true;
	} catch {
		return false;
	}
}

// src/run/watch.ts
const FIRST_LOOK_MS = 20;
const SHORTEST_MS = 100;
/** Looking may cost at most this share of one processor. */
const DUTY = .05;
/** Looks at the step's processes again and again, and calls `over` once when a limit is passed. */
function watchStep(plan, launched, group, over) {
	const { memoryBytes, cpuMs, timeoutMs } = plan.limits;
	const temporary = plan.filesystem.mounts.flatMap((mount) => mount.kind === "tmpfs" ? [mount.target] : []);
	let peakMemoryBytes = null;
	let peakProcesses = null;
	let cpu = 0;
	let timer;
	const judge = () => {
		if ((group?.kills() ?? 0) > 0) over({
			by: "memory",
			detail: "the kernel found no memory left in the control group"
		});
		if (cpuMs !== null && cpu > cpuMs) over({
			by: "cpu-time",
			detail: "all its processes together"
		});
	};
	const look = () => {
		const began = process.cpuUsage();
		const processes = stepProcesses(launched);
		const init = launched.init === null ? null : readStat(launched.init);
		const holding = init === null ? processes : [...processes, init];
		const begun = processes.length > 0;
		if (begun) peakProcesses = Math.max(peakProcesses ?? 0, processes.length);
		cpu = Math.max(cpu, cpuMsOf(launched, processes));
		if (group === null && begun) {
			const files = temporaryBytes(launched.init, [...temporary, "/dev/shm"]);
			const held = files + heldBytes(holding, memoryBytes === null ? null : memoryBytes - files);
			peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, held);
			if (memoryBytes !== null && held > memoryBytes) over({
				by: "memory",
				detail: "the watch saw it past the cap"
			});
		}
		judge();
		const { user, system } = process.cpuUsage(began);
		timer = setTimeout(look, Math.max(SHORTEST_MS, (user + system) / 1e3 / DUTY));
	};
	timer = setTimeout(look, FIRST_LOOK_MS);
	const alarm = timeoutMs === null ? void 0 : setTimeout(() => over({
		by: "timeout",
		detail: "wall clock"
	}), timeoutMs);
	return {
		get peakMemoryBytes() {
			return group?.peak() ?? peakMemoryBytes;
		},
		get peakProcesses() {
			return peakProcesses;
		},
		get cpuMs() {
			return Math.max(cpu, cpuMsOf(launched, []));
		},
		lastLook: () => {
			cpu = Math.max(cpu, cpuMsOf(launched, []));
			judge();
		},
		stop: () => {
			clearTimeout(timer);
			clearTimeout(alarm);
		}
	};
}
/** The sandbox's own pid 1 and what is above it are ours, not the step's. */
function stepProcesses({ root, init }) {
	return descendantsOf(init ?? root);
}
function cpuMsOf({ init }, processes) {
	const reaped = init === null ? 0 : readStat(init)?.ticks ?? 0;
	return processes.reduce((sum, { ticks }) => sum + ticks, reaped) * 10;
}
/** Proportional sizes are dear to read, so first the sum that is certainly not smaller. */
function heldBytes(processes, cap) {
	const atMost = residentBytes(processes);
	return cap !== null && atMost <= cap * .8 ? atMost : proportionalBytes(processes);
}
/** What lies in the sandbox's tmpfs mounts is memory too. */
function temporaryBytes(init, targets) {
	if (init === null) return 0;
	return targets.reduce((sum, target) => {
		try {
			const { blocks, bfree, bsize } = statfsSync(`/proc/${init}/root${target}`);
			return sum + (blocks - bfree) * bsize;
		} catch {
			return sum;
		}
	}, 0);
}

// src/run/supervise.ts
/** Hex. */
function hashOf(filter) {
	return createHash("sha256").update(filter).digest("hex");
}
const FLUSH_MS = 2e3;
const NOTHING_RAN = {
	released: false,
	exitCode: null,
	ending: null,
	setupFailure: null,
	egress: null,
	step: null,
	filters: [],
	commandFiles: null,
	changes: null,
	texts: null,
	logs: null,
	givingMs: 0,
	outputs: null,
	usage: {
		wallMs: 0,
		cpuMs: 0,
		peakMemoryBytes: null,
		peakProcesses: null,
		outputBytes: 0,
		truncated: false
	}
};
/** Carries a plan out, watches, takes everything down again, and tells what was seen. */
async function supervise(plan, interrupts, io, succeeds) {
	closeInherited();
	const undo = [];
	let released = false;
	try {
		const sandbox = await buildSandbox(plan, io, undo);
		undo.push(() => killStep(sandbox.launched));
		if (plan.sandboxed) confirmHeld(plan, sandbox.launched);
		const early = interrupts.first();
		if (early !== null) return {
			...NOTHING_RAN,
			ending: early
		};
		released = true;
		const { gone, seen } = await letGo(plan, sandbox, interrupts, io);
		return {
			...seen,
			outputs: await bringIfDue(plan, sandbox, interrupts, {
				gone,
				seen,
				succeeds
			})
		};
	} catch (error) {
		if (released) return {
			...NOTHING_RAN,
			released,
			ending: lost(messageOf(error))
		};
		return {
			...NOTHING_RAN,
			ending: interrupts.first(),
			setupFailure: messageOf(error)
		};
	} finally {
		await undoAll(undo);
	}
}
function lost(detail) {
	return {
		by: "holder-lost",
		detail
	};
}
/** Releases the command and stays with it to its end. */
async function letGo(plan, sandbox, interrupts, io) {
	const { launched, streams, rooms, uplink, group } = sandbox;
	const fate = fateOf(launched, () => void rooms?.holder.close());
	const began = performance.now();
	relayInput(io.stdin, streams.stdin);
	const relay = relayOutput(outputsOf(streams, io), plan.limits.outputBytes);
	const watch = watchStep(plan, launched, group, fate.end);
	rooms?.holder.gone.then(() => fate.end({
		by: "holder-lost",
		detail: "the process that holds the namespaces was killed"
	}));
	uplink?.gone.then(() => fate.end({
		by: "network-lost",
		detail: `${plan.network.uplink?.backend} was killed`
	}));
	interrupts.forward(fate.end);
	const following = followLogs(plan, rooms);
	launched.release();
	following?.start();
	const { started, code: exitCode } = await launched.exited;
	watch.lastLook();
	const ending = fate.settle();
	const wallMs = performance.now() - began;
	watch.stop();
	const interrupted = new Promise((resolve) => interrupts.forward(() => resolve()));
	io.stdin?.destroy();
	const { cpuMs, peakMemoryBytes, peakProcesses } = watch;
	const { gone, ...left } = await lookBack(plan, sandbox, following, ending);
	await Promise.race([
		relay.done,
		interrupted,
		...ending === null ? [] : [setTimeout$1(FLUSH_MS, void 0, { ref: false })]
	]);
	interrupts.hold();
	if (!started) return {
		gone,
		seen: {
			...NOTHING_RAN,
			released: true,
			ending: ending ?? lost("bubblewrap gave up")
		}
	};
	const usage = {
		wallMs,
		cpuMs,
		peakMemoryBytes,
		peakProcesses,
		outputBytes: relay.bytes(),
		truncated: relay.truncated()
	};
	return {
		gone,
		seen: {
			...NOTHING_RAN,
			released: true,
			exitCode,
			ending,
			...left,
			usage
		}
	};
}
function outputsOf(streams, io) {
	const { stdout, stderr } = streams;
	return stderr === null ? [[stdout, io.stdout]] : [[stdout, io.stdout], [stderr, io.stderr]];
}
/** Kills what the command left behind, and reads what there is to be seen of the step. */
async function lookBack(plan, { launched, rooms, gateway }, following, ending) {
	killStep(launched);
	const gone = await isGone(launched);
	const logs = following?.finish() ?? null;
	const commandFiles = plan.workflow === null ? null : readCommandFiles(plan.workflow);
	const standing = ending?.by === "holder-lost" ? null : rooms;
	const read = standing === null ? null : await readChanges(plan, standing);
	return {
		gone,
		logs,
		commandFiles,
		egress: standing === null ? null : await readCounters(plan, standing, gateway).catch(() => null),
		step: launched.step,
		filters: plan.sandboxed ? plan.syscalls.filters.map(({ filter }) => hashOf(filter)) : [],
		changes: read?.changes ?? null,
		texts: read?.texts ?? null,
		givingMs: rooms?.givingMs ?? 0
	};
}
/** Outputs come out when nothing of the step runs any more, and only of one that ended as the policy asks. */
async function bringIfDue(plan, { rooms }, interrupts, { gone, seen, succeeds }) {
	const { outputs } = plan;
	const isLost = seen.exitCode === null || seen.ending?.by === "holder-lost";
	if (outputs === null || rooms === null || isLost || interrupts.first() !== null) return null;
	if (outputs.on === "success" && !succeeds(seen)) return null;
	if (!gone) return failedOutputs(/* @__PURE__ */ new Error("a process of the step does not end"));
	return await bringOutputs(plan, rooms, interrupts);
}

// src/session.ts
const MOST_CUTS = 20;
/** From policy and host to the report: refuses, or runs the command sealed. */
async function session(request, io, interrupts) {
	const { plan: decided, facts, layers, floors } = await prepare(request);
	const recovered = decided.refused ? [] : await recoverOutputs(facts.scratchBase);
	const plan = {
		...decided,
		notes: [...decided.notes, ...recovered.map((text) => ({
			code: "outputs-recovered",
			text
		}))]
	};
	const seen = plan.refused ? null : await supervise(plan, interrupts, io, (ended) => succeeds(plan, facts, ended));
	return {
		report: buildReport({
			plan,
			facts,
			seen,
			layers,
			floors,
			version: VERSION
		}),
		seen,
		policy: plan.policy,
		layer: layerOf(plan)
	};
}
/** Everything up to the plan; reads and tries, but starts nothing of the command. */
async function prepare(request) {
	const { environment, command, directory, policyFiles, policyTexts = [], stack } = request;
	const texts = [...policyFiles.map(readPolicyFile), ...policyTexts];
	const read = await readFloors(environment, request.floors ?? []);
	const { home } = identify(environment);
	const profiles = await withProfiles({
		layers: await readLayers(texts, request.flags),
		floors: read.layers,
		override: request.override ?? {}
	}, home, request.readProfile ?? profileOnDisk);
	const { documents, notes: groupNotes } = await withoutGroups(profiles.documents, {
		home,
		environment,
		workspaces: workspacesAround(directory, environment)
	});
	const { layers, floors, override } = documents;
	const { policy, cuts } = boundAll(overridePolicy(mergePolicies(layers), override), floors);
	const site = surveySite({
		policy,
		command,
		directory,
		environment,
		home,
		policyFiles: [
			...policyFiles,
			...profiles.paths,
			...read.files,
			...request.steering ?? []
		],
		mayAppear: (stack?.below.length ?? 0) > 0,
		layers: stack?.below ?? []
	});
	const facts = await (request.probe ?? probeHost)({
		needs: needsOf(policy),
		environment,
		writable: [site.workspace, ...site.write.map(({ real }) => real)],
		shed: (identity) => shedIds(policy, identity, site.workspaceOwner),
		lower: {
			path: site.workspace,
			...site.workspaceOwner,
			nested: site.nested.map(({ path }) => path)
		},
		scratchBase: request.scratchBase ?? null
	});
	const scratch = join(facts.scratchBase, `glovebox-${process.pid}-${randomBytes(6).toString("hex")}`);
	const plan = makePlan({
		policy,
		facts,
		site,
		command,
		scratch,
		profiles: await profilesFor(policy, profiles.files),
		capabilities: evaluate(facts),
		...request.workflow === void 0 ? {} : { workflow: request.workflow },
		...stack === void 0 ? {} : { stack },
		diff: request.diff ?? false
	});
	refuseOpenScratch(facts.scratchBase, writtenInPlace(plan, site));
	const misfit = stack === void 0 || plan.refused ? null : misfitOf(stack, site, plan.filesystem.overlay);
	if (misfit !== null) throw new GloveboxError("layer-unusable", misfit);
	const notes = [
		...request.notes ?? [],
		...[...read.problems, ...profiles.problems].map(floorNote),
		...groupNotes,
		...cutNotes(cuts)
	];
	return {
		plan: {
			...plan,
			notes: [...plan.notes, ...notes]
		},
		facts,
		layers,
		floors
	};
}
/** Directories of the host that the step may change, where it does not have all of them. */
function writtenInPlace({ refused, policy, filesystem }, site) {
	const mode = policy.filesystem.mode.value;
	if (refused || mode === "off") return [];
	const inPlace = filesystem.overlay === null && (mode === "workspace" || mode === "overlay");
	return [...site.write.map(({ real }) => real), ...inPlace ? [site.workspace] : []];
}
function layerOf({ filesystem: { overlay } }) {
	if (overlay === null || overlay.upper === null) return null;
	return {
		workspace: overlay.lower,
		attributes: overlay.attributes
	};
}
/** What holds a checked-out tree, before it is known how much of it the step sees. */
function workspacesAround(directory, environment) {
	const announced = environment["GITHUB_WORKSPACE"] ?? "";
	return [resolve(directory), ...isAbsolute(announced) ? [announced] : []];
}
/** What all floors leave of a policy, and what each took. */
function boundAll(policy, floors) {
	return floors.reduce((before, floor) => {
		const { policy: after, cuts } = boundPolicy(before.policy, floor);
		return {
			policy: after,
			cuts: [...before.cuts, ...cuts.map((cut) => ({
				floor: floor.name,
				cut
			}))]
		};
	}, {
		policy,
		cuts: []
	});
}
function floorNote(text) {
	return {
		code: "floor-unreadable",
		text
	};
}
function cutNotes(cuts) {
	const told = cuts.slice(0, MOST_CUTS).map(({ floor, cut }) => `${cut.path}: ${cut.text} (floor ${floor})`);
	const rest = cuts.length - told.length;
	return [...told, ...rest > 0 ? [`floors took ${rest} more things from the policy`] : []].map((text) => ({
		code: "floor-cut",
		text
	}));
}
/** Only what the policy will use is probed. */
function needsOf(policy) {
	const { network } = policy;
	return {
		rules: true,
		egress: reachesNothing(network) ? [] : backendsOf(network.backend.value),
		interface: network.interface.value,
		doors: network.mode.value === "audit" || allowsNames(network),
		overlay: policy.filesystem.mode.value === "overlay",
		memoryCgroup: policy.resources.memory.value !== null
	};
}

export { table as _, outputRows as a, yamlName as c, isIcmp as d, isWithin as f, section as g, folded as h, suggestionsOf as i, yamlText as l, cell as m, session as n, outputsInWords as o, shownDestination as p, asTheStepSees as r, outputsSection as s, prepare as t, bracketed as u };