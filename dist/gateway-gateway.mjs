import { a as shutDoors, i as openResolver$1, o as standFor, r as openDoors } from "./ruleset-gateway.mjs";
import { i as PRIVATE_RANGES, n as HOST_LINK, r as METADATA_RANGES } from "./ranges.mjs";
import { c as parseAddress, d as widthOf, i as formatAddress, l as parseCidr, o as mappedIPv4, r as contains, t as looksLikeIPv4 } from "./host-names.mjs";
import { n as messageOf } from "./errors.mjs";
import { n as bounded, r as harmless } from "./text.mjs";
import { t as require_dns_packet } from "./vendor-dns-packet.mjs";
import { readFileSync } from "node:fs";
import { connect, createServer, isIPv6 } from "node:net";
import { Agent, createServer as createServer$1, request } from "node:http";
import { Duplex } from "node:stream";
import { once } from "node:events";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { Resolver, lookup } from "node:dns/promises";
import { createSocket } from "node:dgram";

// src/gateway/address-judgement.ts
/** Addresses that are this machine's, or nobody's in particular. */
const NEVER = [
	named("0.0.0.0/8", "unspecified, which is this machine"),
	named("127.0.0.0/8", "this machine's loopback"),
	named("169.254.0.0/16", "link-local"),
	named("224.0.0.0/4", "multicast"),
	named("240.0.0.0/4", "reserved or broadcast"),
	named("::/128", "unspecified, which is this machine"),
	named("::1/128", "this machine's loopback"),
	named("fe80::/10", "link-local"),
	named("ff00::/8", "multicast")
];
/** Not in the ranges that an allow entry can name, but as private as they are. */
const PRIVATE_TOO = [named("fec0::/10", "site-local"), named("64:ff9b:1::/48", "a local network's way to IPv4")];
/** Where an IPv6 address has an IPv4 address in it, and packets may end up there. */
const EMBEDDINGS = [
	...[
		"::/96",
		"::ffff:0:0/96",
		"::ffff:0:0:0/96",
		"64:ff9b::/96",
		"64:ff9b:1::/48"
	].map((text) => ({
		range: cidr(text),
		inside: (bits) => [low32(bits)]
	})),
	{
		range: cidr("2002::/16"),
		inside: (bits) => [low32(bits >> 80n)]
	},
	{
		range: cidr("2001::/32"),
		inside: (bits) => [low32(bits >> 64n), low32(~bits)]
	}
];
/** ISATAP: behind any prefix, the last 64 bits begin so. */
const ISATAP = /* @__PURE__ */ new Set([24318n, 33578750n]);
/**
* - `hostAddresses`: under which this machine answers itself.
* - `blockMetadata`: of the policy. Off, it makes unique local addresses private ones; the other
*   places where clouds keep credentials are not what an allowed name may lead to either way.
*/
function judgeAddresses({ hostAddresses, blockMetadata }) {
	const kept = ({ text }) => blockMetadata || !PRIVATE_RANGES.some((range) => range.text === text);
	const never = [...NEVER, ...METADATA_RANGES.filter(kept).map(({ text, why }) => named(text, why))];
	const guarded = [
		...hostAddresses.map((address) => named(address, "an address of this machine")),
		...PRIVATE_RANGES.map(({ text, why }) => named(text, why)),
		...PRIVATE_TOO
	];
	return {
		forbidden: (text) => {
			const address = parseAddress(text);
			return address === null ? "no address" : reasonIn(never, address);
		},
		privateReason: (text) => {
			const address = parseAddress(text);
			return address === null ? "no address" : reasonIn(guarded, address);
		}
	};
}
/** Looks at the address and at every address inside it. */
function reasonIn(ranges, address) {
	const at = {
		...address,
		prefix: widthOf(address.family)
	};
	const hit = ranges.find(({ range }) => contains(range, at));
	if (hit !== void 0) return hit.why;
	for (const inner of embedded(address)) {
		const why = reasonIn(ranges, inner);
		if (why !== null) return `${formatAddress(inner)} inside: ${why}`;
	}
	return null;
}
function embedded(address) {
	if (address.family === 4) return [];
	const at = {
		...address,
		prefix: 128
	};
	const found = EMBEDDINGS.filter(({ range }) => contains(range, at)).flatMap(({ inside }) => inside(address.bits));
	if (ISATAP.has(low32(address.bits >> 32n))) found.push(low32(address.bits));
	return found.map((bits) => ({
		family: 4,
		bits
	}));
}
function low32(bits) {
	return BigInt.asUintN(32, bits);
}
function named(text, why) {
	return {
		range: cidr(text),
		why
	};
}
function cidr(text) {
	const range = parseCidr(text);
	if (range === null) throw new TypeError(`not an address: ${text}`);
	return range;
}

// src/gateway/book.ts
/** Of each kind; what does not fit is counted. */
const LISTED = 1024;
const LONGEST_TEXT = 253;
function openBook() {
	const traffic = /* @__PURE__ */ new Map();
	const refusals = /* @__PURE__ */ new Map();
	const processes = /* @__PURE__ */ new Map();
	const askers = /* @__PURE__ */ new Map();
	let trafficNotListed = 0;
	let refusalsNotListed = 0;
	let malformed = 0;
	const trafficOf = ({ host, port }) => {
		const key = `${host}:${port}`;
		const known = traffic.get(key);
		if (known !== void 0) return known;
		if (traffic.size >= LISTED) return null;
		const made = {
			name: host,
			port,
			connections: 0,
			up: 0,
			down: 0,
			process: null
		};
		traffic.set(key, made);
		return made;
	};
	const refuse = (refusal) => {
		const { name, port, check, seen } = refusal;
		const key = JSON.stringify([
			name,
			port,
			check,
			seen
		]);
		const known = refusals.get(key);
		if (known !== void 0) {
			known.count += 1;
			known.process ??= refusal.process;
		} else if (refusals.size < LISTED) refusals.set(key, {
			...refusal,
			count: 1
		});
		else refusalsNotListed += 1;
	};
	const keyOf = ({ host, port }) => `${host}:${port}`;
	return {
		opened: (destination) => {
			const row = trafficOf(destination);
			if (row === null) trafficNotListed += 1;
			else {
				row.connections += 1;
				row.process ??= processes.get(keyOf(destination)) ?? null;
			}
		},
		moved: (destination, { up, down }) => {
			const row = trafficOf(destination);
			if (row === null) return;
			row.up += up;
			row.down += down;
		},
		refused: (destination, { code, seen }) => refuse({
			name: destination.host,
			port: destination.port,
			check: code,
			seen: seen === null ? null : cut(seen),
			process: processes.get(keyOf(destination)) ?? null
		}),
		lookUpRefused: (asked, process) => refuse({
			name: cut(asked),
			port: null,
			check: "not-allowed",
			seen: null,
			process
		}),
		lookUpMalformed: () => {
			malformed += 1;
		},
		sawLookUp: (name, process) => {
			if (process !== null && !askers.has(name) && askers.size < LISTED) askers.set(name, process);
		},
		processOf: (name) => askers.get(name) ?? null,
		saw: (destination, process) => {
			const key = keyOf(destination);
			if (process !== null && !processes.has(key) && processes.size < LISTED) processes.set(key, process);
		},
		dialledBy: (destination) => processes.get(keyOf(destination)) ?? null,
		account: () => ({
			traffic: copies(traffic).toSorted(byName),
			refusals: copies(refusals).toSorted((a, b) => b.count - a.count || byName(a, b)),
			trafficNotListed,
			refusalsNotListed,
			malformed
		})
	};
}
/** Connections may still move bytes when the account is read. */
function copies(rows) {
	return [...rows.values()].map((row) => ({ ...row }));
}
function cut(text) {
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
function byName(a, b) {
	return a.name === b.name ? (a.port ?? 0) - (b.port ?? 0) : a.name < b.name ? -1 : 1;
}

// src/gateway/doors.ts
const LOCALHOST$1 = "127.0.0.1";
/** Look-ups that come together are opened together. */
const GATHER_MS = 1;
/** Longer than an answer lives, so that nobody dials a door that was just shut. */
const KEPT_MS = 6e4;
const BACKLOG = 511;
function makeDoors({ addresses, feed, accept, now, mostListeners }) {
	/** In the order in which they were last asked for. */
	const open = /* @__PURE__ */ new Map();
	const opening = /* @__PURE__ */ new Map();
	let listeners = 0;
	let batch = null;
	let turn = Promise.resolve();
	/** One after another: a door that is shut and opened again at once must end up open. */
	const feedInTurn = async (transactions) => {
		const before = turn;
		const mine = (async () => {
			await before;
			for (const transaction of transactions) await feed(transaction);
		})();
		turn = mine.catch(() => void 0);
		await mine;
	};
	const feedGathered = async (gathered) => {
		await setTimeout$1(GATHER_MS);
		batch = null;
		await feedInTurn(openDoors(gathered));
	};
	const feedSoon = async (elements) => {
		if (batch === null) {
			const gathered = [];
			batch = {
				elements: gathered,
				done: feedGathered(gathered)
			};
		}
		batch.elements.push(...elements);
		await batch.done;
	};
	const isRecent = (name) => now() - name.asked < KEPT_MS;
	const takeRoom = (wanted) => {
		if (listeners + wanted > mostListeners) return false;
		listeners += wanted;
		return true;
	};
	/** Takes room by shutting the doors of names that were asked for the longest ago and have no connection. */
	const makeRoom = async (wanted) => {
		for (const [host, name] of open) {
			if (takeRoom(wanted)) return true;
			if (isRecent(name)) return false;
			if (await isInUse(name) || open.get(host) !== name || isRecent(name)) continue;
			open.delete(host);
			listeners -= name.servers.length;
			await feedInTurn(shutDoors(name.elements)).finally(() => closeAll(name.servers));
		}
		return takeRoom(wanted);
	};
	const openName = async (destinations) => {
		const host = destinations[0]?.host ?? "";
		const address = addresses.addressFor(host);
		const count = destinations.length;
		if (address === null || !(takeRoom(count) || await makeRoom(count))) return null;
		const servers = [];
		try {
			for (const destination of destinations) servers.push(await listen(destination, address, accept));
			const elements = servers.map((server, index) => ({
				address,
				port: destinations[index]?.port ?? 0,
				listener: server.address().port
			}));
			await feedSoon(elements);
			open.set(host, {
				address,
				elements,
				servers,
				asked: now()
			});
			return address;
		} catch {
			listeners -= count;
			closeAll(servers);
			return null;
		}
	};
	return {
		open: async (destinations) => {
			const host = destinations[0]?.host ?? "";
			const known = open.get(host);
			if (known !== void 0) {
				known.asked = now();
				open.delete(host);
				open.set(host, known);
				return known.address;
			}
			const pending = opening.get(host) ?? openName(destinations);
			opening.set(host, pending);
			try {
				return await pending;
			} finally {
				opening.delete(host);
			}
		},
		close: () => {
			for (const { servers } of open.values()) closeAll(servers);
		}
	};
}
function closeAll(servers) {
	for (const server of servers) server.close();
}
async function listen(destination, address, accept) {
	const server = createServer({
		allowHalfOpen: true,
		noDelay: true
	}, (socket) => accept(socket, destination, address));
	server.listen({
		host: LOCALHOST$1,
		port: 0,
		backlog: BACKLOG
	});
	await once(server, "listening");
	return server;
}
async function isInUse({ servers }) {
	return (await Promise.all(servers.map(async (server) => await new Promise((resolve) => server.getConnections((error, count) => resolve(error === null ? count : 1)))))).some((count) => count > 0);
}

// src/gateway/http-request.ts
const LONGEST_SEEN$1 = 255;
/** Node's client sends these without a body unless told of one; to all others it would add chunks. */
const WITHOUT_BODY = /* @__PURE__ */ new Set([
	"GET",
	"HEAD",
	"DELETE",
	"OPTIONS",
	"TRACE"
]);
/** They belong to one connection; ours to the destination has its own. */
const OF_THE_CONNECTION$1 = /* @__PURE__ */ new Set([...[
	"connection",
	"keep-alive",
	"proxy-connection",
	"te",
	"upgrade"
]]);
/** What a request must not take away by naming it in `Connection`, nor add after its body. */
const ESSENTIAL = /* @__PURE__ */ new Set([...[
	"host",
	"content-length",
	"transfer-encoding",
	"trailer",
	"expect",
	"connection",
	"upgrade"
], ...[
	"te",
	"authorization",
	"cookie",
	"content-type",
	"content-encoding",
	"content-range"
]]);
var Fields = class {
	#pairs;
	constructor(pairs) {
		this.#pairs = pairs;
	}
	/** All values of a header; `name` is lower case. */
	all(name) {
		return this.#pairs.filter((_, index) => index % 2 === 1 && this.#pairs[index - 1]?.toLowerCase() === name);
	}
	has(name) {
		return this.all(name).length > 0;
	}
	/** The elements of a list header, in lower case. */
	tokens(name) {
		return this.all(name).flatMap((value) => value.split(",")).map((token) => token.trim().toLowerCase()).filter((token) => token !== "");
	}
};
/** Decides on one request for a destination: what of it goes on, or why nothing does. */
function judgeRequest(head, destination) {
	const fields = new Fields(head.headers);
	const refused = wrongVersion(head) ?? wrongTarget(head) ?? wrongFraming(head, fields) ?? wrongHost(fields, destination) ?? wrongConnection(fields) ?? wrongExpectation(fields) ?? wrongUpgrade(head, fields);
	return refused === null ? { onward: onwardOf(head, fields) } : { refused };
}
/** Whether a request may end with these trailers: name, value, name, value. */
function judgeTrailers(trailers) {
	const wrong = trailers.find((name, index) => index % 2 === 0 && ESSENTIAL.has(name.toLowerCase()));
	return wrong === void 0 ? null : badRequest(`the trailer ${seenText(wrong)}`);
}
function badRequest(what) {
	return {
		code: "bad-request",
		seen: what
	};
}
function seenText(text) {
	return bounded(text, LONGEST_SEEN$1);
}
function wrongVersion(head) {
	if (head.version === "1.1" || head.version === "1.0") return null;
	return badRequest(`HTTP/${head.version}`);
}
function wrongTarget(head) {
	if (head.method === "CONNECT") return {
		code: "proxy-request",
		seen: seenText(head.target)
	};
	if (head.target.startsWith("/")) return null;
	if (head.target === "*") return head.method === "OPTIONS" ? null : badRequest("the target * without OPTIONS");
	return {
		code: "proxy-request",
		seen: seenText(head.target)
	};
}
function wrongFraming(head, fields) {
	const lengths = fields.all("content-length");
	const codings = fields.all("transfer-encoding");
	if (lengths.length > 1) return badRequest("more than one Content-Length");
	if (codings.length > 1) return badRequest("more than one Transfer-Encoding");
	const [length] = lengths;
	const [coding] = codings;
	if (length !== void 0 && coding !== void 0) return badRequest("both Content-Length and Transfer-Encoding");
	if (length !== void 0 && !(/^\d+$/.test(length) && Number.isSafeInteger(Number(length)))) return badRequest("a Content-Length that is no length");
	if (coding === void 0) return null;
	if (coding.toLowerCase() !== "chunked") return badRequest("a Transfer-Encoding other than chunked");
	return head.version === "1.0" ? badRequest("Transfer-Encoding in HTTP/1.0") : null;
}
function wrongHost(fields, destination) {
	const [host, second] = fields.all("host");
	if (host === void 0) return badRequest("no Host");
	if (second !== void 0) return badRequest("more than one Host");
	const port = `:${destination.port}`;
	return (host.endsWith(port) ? host.slice(0, -port.length) : host).toLowerCase().replace(/\.$/, "") === destination.host ? null : {
		code: "other-host",
		seen: seenText(host)
	};
}
/** A header that `Connection` names is taken out by the next proxy: Host must not be. */
function wrongConnection(fields) {
	const wrong = fields.tokens("connection").find((token) => ESSENTIAL.has(token) && token !== "upgrade" && token !== "te");
	return wrong === void 0 ? null : badRequest(`Connection: ${wrong}`);
}
function wrongExpectation(fields) {
	const expected = fields.all("expect");
	if (expected.length === 0) return null;
	if (expected.length === 1 && expected[0]?.toLowerCase() === "100-continue") return null;
	return badRequest("an Expect other than 100-continue");
}
/** Only WebSocket is let through, because every other protocol could carry requests nobody checks. */
function wrongUpgrade(head, fields) {
	if (!fields.has("upgrade")) return null;
	const wanted = fields.tokens("upgrade");
	const plain = head.method === "GET" && head.version === "1.1" && bodyOf(fields) === 0;
	if (wanted.length === 1 && wanted[0] === "websocket" && plain) return null;
	return {
		code: "upgrade-refused",
		seen: seenText(fields.all("upgrade").join(", "))
	};
}
function bodyOf(fields) {
	return fields.has("transfer-encoding") ? "chunked" : Number(fields.all("content-length")[0] ?? 0);
}
function onwardOf(head, fields) {
	const connection = fields.tokens("connection");
	const webSocket = fields.has("upgrade") && connection.includes("upgrade");
	const close = head.version === "1.0" || connection.includes("close");
	const body = bodyOf(fields);
	const expectsContinue = fields.has("expect") && head.version === "1.1" && body !== 0 && isAscii(head.headers);
	const trailersWelcome = fields.tokens("te").includes("trailers");
	const dropped = /* @__PURE__ */ new Set([...OF_THE_CONNECTION$1, ...connection]);
	if (!expectsContinue) dropped.add("expect");
	if (body !== "chunked") dropped.add("trailer");
	const headers = withoutNames(head.headers, dropped);
	if (body === 0 && !fields.has("content-length") && !WITHOUT_BODY.has(head.method)) headers.push("Content-Length", "0");
	if (trailersWelcome) headers.push("TE", "trailers");
	if (webSocket) headers.push("Upgrade", "websocket");
	const options = [
		...webSocket ? ["Upgrade"] : [],
		...trailersWelcome ? ["TE"] : [],
		...close ? ["close"] : []
	];
	headers.push("Connection", options.length > 0 ? options.join(", ") : "keep-alive");
	return {
		headers,
		body,
		expectsContinue,
		webSocket,
		close
	};
}
/** Of a request that expects something Node sends the head as UTF-8. Without Expect the client just waits less well. */
function isAscii(texts) {
	return texts.every((text) => /^[\t -~]*$/.test(text));
}
/** The pairs whose names, in lower case, are not among `dropped`. */
function withoutNames(pairs, dropped) {
	return pairs.filter((_, index) => {
		const name = pairs[index - index % 2];
		return name !== void 0 && !dropped.has(name.toLowerCase());
	});
}

// src/gateway/http-answer.ts
const LONGEST_LINE = 400;
const OF_THE_CONNECTION = [
	"connection",
	"keep-alive",
	"proxy-connection",
	"upgrade"
];
/** The headers of an answer as the client gets them. */
function answerHeaders(head, way) {
	const dropped = new Set(OF_THE_CONNECTION);
	const chunked = valuesOf(head, "transfer-encoding").length > 0;
	if (!way.chunks || head.status === 204 || head.status === 304) dropped.add("transfer-encoding");
	if (!way.chunks || !chunked) dropped.add("trailer");
	return [
		...withoutNames(head.headers, dropped),
		"Connection",
		way.close ? "close" : "keep-alive"
	];
}
/** Why a final answer cannot go on, or null. */
function faultOf(head) {
	if (head.status < 200) return `it answered with ${head.status}, which nobody asked for`;
	return valuesOf(head, "transfer-encoding").some((coding) => coding.toLowerCase() !== "chunked") ? "it answered with a Transfer-Encoding other than chunked" : null;
}
/** Whether a 101 answer is the consent to speak WebSocket. */
function isWebSocketConsent(head) {
	const agreed = valuesOf(head, "upgrade");
	return head.status === 101 && agreed.length === 1 && agreed[0]?.toLowerCase() === "websocket";
}
function valuesOf(head, name) {
	return head.headers.filter((_, index) => index % 2 === 1 && head.headers[index - 1]?.toLowerCase() === name);
}
/** A head without a body, as bytes in latin1: a 1xx answer. */
function headText(head) {
	const lines = [`HTTP/1.1 ${head.status} ${head.message}`];
	for (let index = 0; index + 1 < head.headers.length; index += 2) lines.push(`${head.headers[index]}: ${head.headers[index + 1]}`);
	return `${lines.join("\r\n")}\r\n\r\n`;
}
const REASONS = {
	400: "Bad Request",
	408: "Request Timeout",
	431: "Request Header Fields Too Large",
	502: "Bad Gateway"
};
/** What a client is told whose request goes nowhere: a whole answer, the last of its connection. */
function refusalAnswer(refused, destination, { withBody = true, tooLarge = false } = {}) {
	const status = tooLarge ? 431 : statusOf(refused.code);
	const line = `Glovebox ${sentence(refused, destination)}.`;
	const body = `${bounded(harmless(line), LONGEST_LINE)}\n`;
	return headText({
		status,
		message: REASONS[status],
		headers: [
			...["Content-Type", "text/plain; charset=utf-8"],
			...["Content-Length", String(new TextEncoder().encode(body).length)],
			...["Connection", "close"]
		]
	}).concat(withBody ? body : "");
}
function statusOf(code) {
	if (code === "request-timeout") return 408;
	return [
		"bad-request",
		"other-host",
		"proxy-request",
		"upgrade-refused"
	].includes(code) ? 400 : 502;
}
function sentence({ code, seen }, { host, port }) {
	const only = `and this way leads to ${host} only`;
	if (code === "bad-request") return `refused this request: ${seen ?? "it is malformed"}`;
	if (code === "other-host") return `refused this request: it is for ${seen ?? "?"}, ${only}`;
	if (code === "proxy-request") return `refused this request: it asks for a proxy, ${only}`;
	if (code === "upgrade-refused") return "refused this request: the only upgrade it lets through is WebSocket, by a plain GET";
	if (code === "request-timeout") return "waited too long for the head of a request";
	return `could not pass this request on to ${host}:${port}: ${seen ?? code}`;
}

// src/gateway/http-exchange.ts
/** Carries one request to the destination and its answer back. Never throws. */
function exchange(turn, options) {
	let settled = false;
	const settle = (outcome) => {
		if (settled) return;
		settled = true;
		options.settle(outcome);
	};
	let onwardRequest;
	try {
		onwardRequest = openRequest(turn, options);
	} catch (error) {
		settle({
			kind: "failed",
			error
		});
		return { abort: () => {} };
	}
	const giveUp = (outcome) => {
		settle(outcome);
		onwardRequest.destroy();
	};
	carryAnswer(turn, onwardRequest, giveUp, settle);
	carryBody(turn, onwardRequest, giveUp);
	return { abort: () => {
		settled = true;
		onwardRequest.destroy();
	} };
}
function openRequest({ request: request$1, onward }, options) {
	const onwardRequest = request({
		agent: options.way,
		host: options.destination.host,
		port: options.destination.port,
		method: request$1.method ?? "GET",
		path: request$1.url ?? "/",
		headers: [...onward.headers],
		maxHeaderSize: options.maxHeadBytes,
		insecureHTTPParser: false
	});
	onwardRequest.maxHeadersCount = 0;
	return onwardRequest;
}
function carryBody({ request, onward }, to, giveUp) {
	request.on("error", () => {});
	if (onward.body === 0) {
		request.resume();
		to.end();
		return;
	}
	sendHead(to);
	request.pipe(to, { end: false });
	request.on("end", () => {
		const refused = judgeTrailers(request.rawTrailers);
		if (refused !== null) {
			giveUp({
				kind: "refused",
				refused
			});
			return;
		}
		to.addTrailers(pairsOf(request.rawTrailers));
		to.end();
	});
}
function carryAnswer(turn, from, giveUp, settle) {
	const { request, response } = turn;
	let answered = false;
	let informed = false;
	from.on("information", (information) => {
		if (request.httpVersion === "1.0" || response.headersSent) return;
		informed = true;
		const head = headOf(information);
		response.socket?.write(headText(head), "latin1");
	});
	from.on("response", (answer) => {
		answered = true;
		sendAnswer(turn, from, answer, giveUp);
	});
	from.on("upgrade", (answer, socket, early) => {
		const consent = headOf(answer);
		if (turn.onward.webSocket && isWebSocketConsent(consent)) {
			settle({
				kind: "switched",
				consent,
				socket,
				early
			});
			return;
		}
		socket.destroy();
		settle({
			kind: "failed",
			error: /* @__PURE__ */ new Error("it answered with an upgrade nobody asked for")
		});
	});
	from.on("error", (error) => {
		if (answered) return;
		settle(from.reusedSocket && !informed && isHangUp(error) ? { kind: "cut" } : {
			kind: "failed",
			error
		});
	});
	let left = 2;
	const halfDone = () => {
		left -= 1;
		if (left === 0) settle({ kind: request.complete ? "done" : "cut" });
	};
	from.on("close", halfDone);
	response.on("finish", halfDone);
}
function sendAnswer({ request, response, onward }, from, answer, giveUp) {
	const head = headOf(answer);
	const unclear = onward.expectsContinue && !request.complete;
	const close = onward.close || unclear || !from.shouldKeepAlive;
	try {
		const fault = faultOf(head);
		if (fault !== null) throw new Error(fault);
		response.sendDate = false;
		const headers = answerHeaders(head, {
			close,
			chunks: request.httpVersion === "1.1"
		});
		response.writeHead(head.status, head.message, headers);
	} catch (error) {
		giveUp({
			kind: "failed",
			error
		});
		return;
	}
	sendHead(response);
	answer.on("error", () => {
		giveUp({ kind: "cut" });
	});
	response.on("finish", () => {
		if (close && !request.complete) giveUp({ kind: "cut" });
	});
	answer.on("end", () => {
		if (!answer.complete) return;
		response.addTrailers(pairsOf(answer.rawTrailers));
		response.end();
	});
	answer.pipe(response, { end: false });
}
/** Sends the head before there is any of the body. `flushHeaders` would make UTF-8 of its latin1. */
function sendHead(message) {
	message.write("", "latin1");
}
function headOf(message) {
	return {
		status: message.statusCode ?? 0,
		message: message.statusMessage ?? "",
		headers: message.rawHeaders
	};
}
function isHangUp(error) {
	return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
function pairsOf(flat) {
	return flat.flatMap((name, index) => index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []);
}

// src/gateway/http-way.ts
const KEEP_ALIVE_MS$1 = 6e4;
/** Beside an error Node looks for no socket. */
const NO_SOCKET = void 0;
/**
* One connection to a destination, made for the first request, and never a second: when it ends, the
* step's ends too, and the step sees what it would see without a gateway.
*/
var HttpWay = class extends Agent {
	#options;
	#asked = false;
	#over = false;
	#socket = null;
	#closeAccount = () => {};
	constructor(options) {
		super({
			keepAlive: true,
			maxSockets: 1
		});
		this.#options = options;
	}
	/** Nothing more can go this way. */
	get over() {
		return this.#over;
	}
	createConnection(_options, created) {
		this.#open(created ?? (() => {}));
	}
	/** No idle time-out of ours: both ends have their own. */
	keepSocketAlive() {
		return true;
	}
	/** The socket is somebody else's from here on, and so is the account of its bytes. */
	giveAway() {
		this.#over = true;
		this.#socket = null;
		this.#closeAccount();
	}
	destroy() {
		this.#over = true;
		this.#socket?.destroy();
		super.destroy();
	}
	async #open(created) {
		try {
			if (this.#asked) throw new Error("the connection has ended");
			this.#asked = true;
			const socket = await this.#options.connect();
			if (this.#over) {
				socket.destroy();
				throw new Error("nobody waits for the connection any more");
			}
			this.#use(socket);
			created(null, socket);
		} catch (error) {
			created(error instanceof Error ? error : new Error(String(error)), NO_SOCKET);
		}
	}
	#use(socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.setKeepAlive(true, KEEP_ALIVE_MS$1);
		const end = () => {
			this.#over = true;
			this.#options.closed();
		};
		socket.on("error", () => {});
		socket.on("end", end);
		socket.on("close", end);
		this.#options.opened();
		this.#account(socket);
	}
	#account(socket) {
		let up = socket.bytesWritten;
		let down = socket.bytesRead;
		const tell = () => {
			const moved = {
				up: socket.bytesWritten - up,
				down: socket.bytesRead - down
			};
			if (moved.up === 0 && moved.down === 0) return;
			up = socket.bytesWritten;
			down = socket.bytesRead;
			this.#options.moved(moved);
		};
		const clock = setInterval(tell, this.#options.accountEveryMs).unref();
		const close = () => {
			socket.off("close", close);
			clearInterval(clock);
			tell();
		};
		socket.on("close", close);
		this.#closeAccount = close;
	}
};

// src/gateway/splice.ts
/** Long connections tell so often what they have moved. */
const TELL_MS = 5e3;
/** So often the kernel asks whether the other end is still there: a way through a NAT stays open. */
const KEEP_ALIVE_MS = 6e4;
/**
* Joins two connected sockets as if they were one connection: what one end sends, ends, resets or
* does not read is so for the other. In memory it holds one chunk and one buffer a direction.
*/
function splice(splicing) {
	const { client, upstream, first, gate } = splicing;
	const account = keepAccount(splicing);
	for (const socket of [client, upstream]) {
		socket.allowHalfOpen = true;
		socket.setNoDelay(true);
		socket.on("error", () => void 0);
	}
	upstream.setKeepAlive(true, KEEP_ALIVE_MS);
	const untie = [followEnd(client, upstream), followEnd(upstream, client)];
	const stopUp = pump(client, upstream, (chunk) => {
		const refusal = gate?.up(chunk) ?? null;
		if (refusal === null) {
			account.add(chunk.length, 0);
			return true;
		}
		for (const undo of [
			...untie,
			stopUp,
			stopDown
		]) undo();
		upstream.resetAndDestroy();
		account.close();
		splicing.cut(refusal);
		return false;
	});
	const stopDown = pump(upstream, client, (chunk) => {
		gate?.down(chunk);
		account.add(0, chunk.length);
		return true;
	});
	if (first.length > 0) {
		account.add(first.length, 0);
		upstream.write(first);
	}
	client.resume();
	upstream.resume();
}
/** Carries what comes, not faster than it is taken. Returns how to stop it. */
function pump(from, to, look) {
	const carry = (chunk) => {
		if (look(chunk) && !to.write(chunk)) from.pause();
	};
	const goOn = () => {
		from.resume();
	};
	const finish = () => {
		to.end();
	};
	from.on("data", carry);
	from.on("end", finish);
	to.on("drain", goOn);
	return () => {
		from.off("data", carry);
		from.off("end", finish);
		to.off("drain", goOn);
	};
}
/** When one socket is gone before both directions have ended, the other is reset. */
function followEnd(one, other) {
	const follow = () => {
		if (!(one.readableEnded && one.writableFinished)) other.resetAndDestroy();
	};
	if (one.destroyed) follow();
	else one.once("close", follow);
	return () => one.off("close", follow);
}
/** Counts, and tells from time to time and when both sockets are closed. */
function keepAccount({ client, upstream, tellMs, moved }) {
	let [up, down] = [0, 0];
	let open = 2;
	const tell = () => {
		if (up + down > 0) moved({
			up,
			down
		});
		[up, down] = [0, 0];
	};
	const close = () => {
		clearInterval(clock);
		tell();
	};
	const clock = setInterval(tell, tellMs).unref();
	for (const socket of [client, upstream]) {
		const gone = () => {
			open -= 1;
			if (open === 0) close();
		};
		if (socket.closed) gone();
		else socket.once("close", gone);
	}
	return {
		add(moreUp, moreDown) {
			up += moreUp;
			down += moreDown;
		},
		close
	};
}

// src/gateway/head-scan.ts
const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BLANK_LINE = "\r\n\r\n";
/**
* Finds where a request's head ends, byte by byte over any number of chunks, and turns away what
* parsers are known to read differently: lines that do not end with CRLF, folded lines, NULs. The
* parsers in Node's releases differ in how strict they are here; this does not.
*/
var HeadScan = class {
	#before = LF;
	#started = false;
	/** The line so far has no byte but its CR. */
	#blank = true;
	/** `end` is the index after the blank line that closes the head. */
	read(bytes) {
		let read = 0;
		for (const byte of bytes) {
			read += 1;
			const malformed = this.#fault(byte);
			if (malformed !== null) return { malformed };
			if (byte === LF && this.#blank && this.#started) return { end: read };
			if (byte === LF) this.#blank = true;
			else if (byte !== CR) {
				this.#blank = false;
				this.#started = true;
			}
			this.#before = byte;
		}
		return { end: null };
	}
	#fault(byte) {
		if (byte === NUL) return "a NUL byte";
		if (this.#before === CR && byte !== LF) return "a CR that no LF follows";
		if (this.#before !== CR && byte === LF) return "a line that ends without CR";
		if (this.#before === LF && (byte === SPACE || byte === TAB)) return "a line that begins with a blank";
		return null;
	}
};
/**
* The index after the first blank line in `bytes`, or null. `tail` is the last three bytes before, so that a
* blank line in two pieces is found.
*/
function afterBlankLine(tail, bytes) {
	const split = Buffer.concat([tail, bytes.subarray(0, 3)]).indexOf(BLANK_LINE);
	if (split !== -1) return split + 4 - tail.length;
	const found = bytes.indexOf(BLANK_LINE);
	return found === -1 ? null : found + 4;
}

// src/gateway/step-side.ts
/** Bytes that may lie here unread while a request is being answered. */
const HELD_BYTES = 65536;
/** Nothing else has a head that is not the whole head of a request. */
const HTTP2 = { malformed: "the preface of HTTP/2" };
const NOTHING = Buffer.alloc(0);
/**
* The step's end of a connection as the parser sees it. It hands on one request at a time, and not a
* byte of the next before `release`: so nothing piles up, whatever the step sends ahead, and what
* follows a request that changes the protocol is still whole.
*/
var StepSide = class extends Duplex {
	#socket;
	#limits;
	#listener;
	#held = NOTHING;
	/** The parser asks for more. */
	#wanted = false;
	#ended = false;
	/** No further byte goes to the parser. */
	#shut = false;
	#handedOver = false;
	#message = null;
	/** Bytes of a sized body that are still to come. */
	#left = 0;
	/** The last bytes of a chunked body, in which a blank line may have begun. */
	#tail = NOTHING;
	#scan = null;
	/** The parser has a whole head, and has not told yet. */
	#headRead = false;
	#clock = null;
	constructor(socket, limits, listener) {
		super({
			readableHighWaterMark: 0,
			autoDestroy: false
		});
		this.#socket = socket;
		this.#limits = limits;
		this.#listener = listener;
		socket.setNoDelay(true);
		socket.allowHalfOpen = true;
		socket.on("data", this.#onData);
		socket.on("end", this.#onEnd);
		socket.on("error", this.#onGone);
		socket.on("close", this.#onGone);
		this.#awaitHead(false);
	}
	/** The parser has read a head; bytes of its body may follow. */
	hold(message) {
		this.#message = message;
		this.#left = message.body === "chunked" ? 0 : message.body;
		this.#tail = NOTHING;
		this.#scan = null;
		this.#headRead = false;
		this.#stopClock();
	}
	/** The request is answered and read to its end: the next one may come. */
	release() {
		this.#message = null;
		this.#feed();
	}
	/** Nothing that comes is looked at any more. */
	shut() {
		this.#shut = true;
		this.#held = NOTHING;
		this.#stopClock();
		this.#socket.resume();
	}
	/** Gives the socket away, with what was read of it too early; null where the client has gone. */
	handOver() {
		if (this.#shut || this.#ended) return null;
		const unread = this.#held;
		this.shut();
		this.#socket.pause();
		this.#handedOver = true;
		this.#letGo();
		this.destroy();
		return {
			socket: this.#socket,
			unread
		};
	}
	/** Ends the connection so that the client cannot take it for the regular end of an answer. */
	reset() {
		this.#socket.resetAndDestroy();
		this.destroy();
	}
	_read() {
		this.#wanted = true;
		this.#feed();
	}
	_write(chunk, _encoding, done) {
		this.#send([chunk], done);
	}
	_writev(chunks, done) {
		this.#send(chunks.map(({ chunk }) => chunk), done);
	}
	/** Ends our half and reads on for a while: closing over unread bytes would take the answer away. */
	_final(done) {
		this.shut();
		this.#socket.end(() => {
			if (!this.destroyed) this.#setClock(() => this.destroy(), this.#limits.lingerMs);
		});
		done();
	}
	_destroy(_error, done) {
		this.#shut = true;
		this.#stopClock();
		if (!this.#handedOver) this.#socket.destroy();
		done();
	}
	#send(chunks, done) {
		this.#socket.cork();
		const flowing = chunks.map((chunk) => this.#socket.write(chunk)).every(Boolean);
		this.#socket.uncork();
		if (flowing) done();
		else this.#socket.once("drain", done);
	}
	#feed() {
		if (!this.#wanted || this.#shut) return;
		const length = this.#portion();
		if (length > 0) {
			const piece = this.#held.subarray(0, length);
			this.#held = this.#held.subarray(length);
			if (this.#held.length < HELD_BYTES) this.#socket.resume();
			this.#wanted = false;
			this.push(piece);
		} else if (this.#ended && this.#held.length === 0 && !this.#mustHold()) {
			this.#wanted = false;
			this.push(null);
		}
	}
	#mustHold() {
		return this.#message?.isComplete() ?? false;
	}
	/** How many of the held bytes the parser may have now. */
	#portion() {
		const held = this.#held;
		if (held.length === 0 || this.#mustHold()) return 0;
		if (this.#message === null) return this.#portionOfHead();
		if (this.#message.body === "chunked") {
			const length = afterBlankLine(this.#tail, held) ?? held.length;
			this.#tail = Buffer.concat([this.#tail, held.subarray(0, length)]).subarray(-3);
			return length;
		}
		const length = Math.min(this.#left, held.length);
		this.#left -= length;
		return length;
	}
	#portionOfHead() {
		if (this.#scan === null) {
			this.#scan = new HeadScan();
			this.#awaitHead(true);
		}
		const scanned = this.#headRead ? HTTP2 : this.#scan.read(this.#held);
		if ("malformed" in scanned) {
			this.shut();
			this.#listener.malformed(scanned.malformed);
			return 0;
		}
		this.#headRead = scanned.end !== null;
		return scanned.end ?? this.#held.length;
	}
	#awaitHead(begun) {
		this.#setClock(() => this.#listener.late(begun), this.#limits.headWithinMs);
	}
	#setClock(whenOver, ms) {
		this.#stopClock();
		this.#clock = setTimeout(whenOver, ms);
	}
	#stopClock() {
		if (this.#clock !== null) clearTimeout(this.#clock);
		this.#clock = null;
	}
	#onData = (bytes) => {
		if (this.#shut) return;
		this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
		if (this.#held.length >= HELD_BYTES) this.#socket.pause();
		this.#feed();
	};
	#onEnd = () => {
		this.#ended = true;
		this.#feed();
	};
	#onGone = () => {
		this.destroy();
	};
	#letGo() {
		this.#socket.off("data", this.#onData);
		this.#socket.off("end", this.#onEnd);
		this.#socket.off("error", this.#onGone);
		this.#socket.off("close", this.#onGone);
	}
};

// src/gateway/http-door.ts
const LIMITS = {
	headWithinMs: 15e3,
	maxHeadBytes: 65536,
	lingerMs: 5e3,
	accountEveryMs: 5e3
};
const LONGEST_ERROR = 200;
/**
* The door for destinations with check `http`. Every request is read by a strict parser, judged, and
* written anew, so the destination sees what was judged and nothing else; requests go one at a time
* over one connection. A request that is not for the destination ends the step's connection with a
* short text that says why.
*/
function httpDoor(limits = {}) {
	return (socket, destination, { upstream, ledger }) => {
		new Conversation(socket, destination, upstream, ledger, {
			...LIMITS,
			...limits
		}).begin();
	};
}
/** All requests of one connection. */
var Conversation = class {
	#destination;
	#ledger;
	#limits;
	#side;
	#way;
	#server;
	#current = null;
	#over = false;
	constructor(socket, destination, upstream, ledger, limits) {
		this.#destination = destination;
		this.#ledger = ledger;
		this.#limits = limits;
		this.#side = new StepSide(socket, limits, {
			malformed: (what) => this.#refuse(badRequest(what)),
			late: (begun) => {
				if (begun) this.#refuse({
					code: "request-timeout",
					seen: null
				});
				else this.#side.destroy();
			}
		});
		this.#way = new HttpWay({
			connect: async () => await upstream.connect(destination),
			opened: () => ledger.opened(destination),
			moved: (bytes) => ledger.moved(destination, bytes),
			closed: () => {
				if (this.#current === null) this.#end();
			},
			accountEveryMs: limits.accountEveryMs
		});
		this.#server = strictServer(limits);
	}
	begin() {
		const take = (request, response) => this.#take(request, response);
		this.#server.on("request", take);
		this.#server.on("checkContinue", take);
		this.#server.on("checkExpectation", take);
		this.#server.on("connect", (request) => this.#refuse({
			code: "proxy-request",
			seen: bounded(request.url ?? "", 255)
		}));
		this.#server.on("clientError", (error) => this.#onUnreadable(error));
		this.#side.on("error", () => {});
		this.#side.on("close", () => {
			this.#over = true;
			this.#current?.abort();
			this.#way.destroy();
		});
		this.#server.emit("connection", this.#side);
	}
	#take(request, response) {
		if (this.#over) return;
		request.on("error", () => {});
		response.on("error", () => {});
		if (this.#current !== null) {
			this.#refuse(badRequest("another request inside"));
			return;
		}
		const judgement = judgeRequest({
			method: request.method ?? "",
			target: request.url ?? "",
			version: request.httpVersion,
			headers: request.rawHeaders
		}, this.#destination);
		if ("refused" in judgement) {
			this.#refuse(judgement.refused, { withBody: request.method !== "HEAD" });
			return;
		}
		if (this.#way.over) {
			this.#end();
			return;
		}
		const { onward } = judgement;
		this.#side.hold({
			body: onward.body,
			isComplete: () => request.complete
		});
		const running = exchange({
			request,
			response,
			onward
		}, {
			way: this.#way,
			destination: this.#destination,
			maxHeadBytes: this.#limits.maxHeadBytes,
			settle: (outcome) => this.#onOutcome(outcome, response)
		});
		if (!this.#over) this.#current = {
			...running,
			request,
			response
		};
	}
	#onOutcome(outcome, response) {
		if (this.#over) return;
		switch (outcome.kind) {
			case "done":
				this.#current = null;
				if (this.#way.over || this.#side.writableEnded) this.#end();
				else this.#side.release();
				return;
			case "cut":
				this.#cut(response);
				return;
			case "refused":
				this.#refuse(outcome.refused);
				return;
			case "failed":
				this.#fail(outcome.error);
				return;
			case "switched": this.#switch(outcome);
		}
	}
	/** Bytes that are no HTTP, or an end amid a request. */
	#onUnreadable(error) {
		const code = "code" in error ? error.code : null;
		if (code === "ECONNRESET" || code === "HPE_INVALID_EOF_STATE") {
			this.#side.destroy();
			return;
		}
		if (code === "HPE_HEADER_OVERFLOW") this.#refuse(badRequest("its head is too long"), { tooLarge: true });
		else this.#refuse(badRequest("reason" in error ? String(error.reason) : error.message));
	}
	#refuse(refused, shape) {
		if (this.#over) return;
		this.#ledger.refused(this.#destination, refused);
		const response = this.#current?.response;
		this.#current?.abort();
		if (response?.headersSent === true) this.#cut(response);
		else this.#say(refused, shape);
	}
	#fail(error) {
		const refusal = refusalOf$1(error);
		if (refusal !== null) this.#ledger.refused(this.#destination, refusal);
		const seen = bounded(messageOf(error), LONGEST_ERROR);
		this.#say({
			code: refusal?.code ?? "unreachable",
			seen
		});
	}
	#say(refused, shape) {
		this.#over = true;
		this.#side.end(Buffer.from(refusalAnswer(refused, this.#destination, shape)));
		this.#way.destroy();
	}
	/** The client must not take what it has of the answer for the whole of it. */
	#cut(response) {
		if (response.headersSent && !response.writableFinished) {
			this.#over = true;
			this.#side.reset();
		}
		this.#end();
	}
	#end() {
		if (this.#over) return;
		this.#over = true;
		this.#side.end();
		this.#way.destroy();
	}
	#switch({ consent, socket, early }) {
		this.#over = true;
		this.#way.giveAway();
		const step = this.#side.handOver();
		if (step === null) {
			socket.destroy();
			this.#side.destroy();
			return;
		}
		step.socket.write(headText(consent), "latin1");
		step.socket.write(early);
		splice({
			client: step.socket,
			upstream: socket,
			first: step.unread,
			gate: null,
			tellMs: this.#limits.accountEveryMs,
			moved: (bytes) => this.#ledger.moved(this.#destination, bytes),
			cut: () => {}
		});
	}
};
/** Reads as strictly as Node can, whatever the options of the process are. It never listens. */
function strictServer({ maxHeadBytes }) {
	const server = createServer$1({
		insecureHTTPParser: false,
		requireHostHeader: false,
		maxHeaderSize: maxHeadBytes,
		keepAliveTimeout: 0
	});
	server.maxHeadersCount = 0;
	return server;
}
function refusalOf$1(thrown) {
	return thrown instanceof Error && "refusal" in thrown ? thrown.refusal : null;
}

// src/gateway/names.ts
const HTTP_PORT = 80;
/** As long as a name can be, of what a name can have; look-ups come with anything. */
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const LONGEST = 253;
/**
* Whether a look-up asks for a service of an allowed name, as apt does with `_http._tcp.HOST`. There
* is no answer, and it is no attempt to leave either.
*/
function isServiceOf(find, asked) {
	const host = /^(?:_[a-z0-9-]+\.){1,3}(.+)$/i.exec(asked)?.[1];
	const name = host === void 0 ? null : normalName(host);
	return name !== null && find(name) !== null;
}
/** Lower case, without the trailing dot; null for what no entry can name. */
function normalName(asked) {
	const host = asked.toLowerCase().replace(/\.$/, "");
	return host.length <= LONGEST && NAME.test(host) ? host : null;
}
/** Reads the entries once, so that a look-up among ten thousand costs a few map accesses. */
function nameFinder(names) {
	const exact = groupBy(names.filter(({ wildcard }) => !wildcard));
	const below = groupBy(names.filter(({ wildcard }) => wildcard));
	return (host) => {
		const entries = [...exact.get(host) ?? [], ...parentsOf(host).flatMap((parent) => below.get(parent) ?? [])];
		return entries.length === 0 ? null : destinations(host, entries);
	};
}
function groupBy(names) {
	const groups = /* @__PURE__ */ new Map();
	for (const name of names) groups.set(name.host, [...groups.get(name.host) ?? [], name]);
	return groups;
}
/** `a.b.c` lies below `b.c` and `c`, not below itself. */
function parentsOf(host) {
	const labels = host.split(".");
	return labels.slice(1).map((_, index) => labels.slice(index + 1).join("."));
}
/**
* Of several entries for one port, those that look the least have their way. What another one says of
* private addresses is not theirs: no entry allows both, bytes that nobody looks at and such an address.
*/
function destinations(host, entries) {
	const byPort = /* @__PURE__ */ new Map();
	for (const entry of entries) for (const { from, to } of entry.ports) for (let port = from; port <= to; port += 1) {
		const check = !entry.tls ? "none" : port === HTTP_PORT ? "http" : "tls";
		const known = byPort.get(port);
		if (known?.check === "none" && check !== "none") continue;
		const inside = entry.private || known?.check === check && known.private;
		byPort.set(port, {
			host,
			port,
			check,
			private: inside
		});
	}
	return [...byPort.values()];
}

// src/gateway/refused.ts
const LONGEST_SEEN = 253;
/** A way upstream that is not opened. */
var UpstreamRefused = class extends Error {
	name = "UpstreamRefused";
	refusal;
	constructor(why) {
		super(why.seen === null ? why.code : `${why.code}: ${why.seen}`);
		this.refusal = why;
	}
};
/** A refusal whose foreign text is as long as a host name at most. */
function refusal(code, seen) {
	return {
		code,
		seen: seen === null ? null : bounded(seen, LONGEST_SEEN)
	};
}
/** Why `Upstream.connect` rejected. */
function refusalOf(thrown) {
	return thrown instanceof UpstreamRefused ? thrown.refusal : refusal("unreachable", messageOf(thrown));
}

// src/gateway/raw-door.ts
/** A door that looks at nothing: what comes is carried to where the name leads. */
function rawDoor({ tellMs = TELL_MS } = {}) {
	return (client, destination, context) => {
		client.allowHalfOpen = true;
		client.on("error", () => void 0);
		client.pause();
		join(client, destination, context, tellMs);
	};
}
async function join(client, destination, { upstream, ledger }, tellMs) {
	const connected = await upstream.connect(destination).catch(refusalOf);
	if ("code" in connected) {
		ledger.refused(destination, connected);
		client.resetAndDestroy();
		return;
	}
	ledger.opened(destination);
	splice({
		client,
		upstream: connected,
		first: /* @__PURE__ */ new Uint8Array(),
		gate: null,
		tellMs,
		moved: (bytes) => ledger.moved(destination, bytes),
		cut: () => void 0
	});
}

// src/gateway/resolve.ts
/** For a resolver of our own: how long it has for an answer, and how often it is asked. */
const QUERY_MS = 3e3;
const TRIES = 2;
/**
* By the system's resolver, or by the one at `server` (`192.0.2.53`, `192.0.2.53:5353`,
* `[2001:db8::53]:53`). Nothing is kept, but look-ups of one name at the same time are one: the
* system's have only a few threads, and a step could take all of them.
*/
function resolveBy(server) {
	const ask = server === null ? bySystem : byServer(server);
	const underway = /* @__PURE__ */ new Map();
	return async (host) => {
		const same = underway.get(host);
		if (same !== void 0) return await same;
		const answer = ask(host).finally(() => underway.delete(host));
		underway.set(host, answer);
		return await answer;
	};
}
const bySystem = async (host) => {
	return (await lookup(host, {
		all: true,
		order: "verbatim"
	})).map(({ address }) => address);
};
function byServer(server) {
	const resolver = new Resolver({
		timeout: QUERY_MS,
		tries: TRIES
	});
	resolver.setServers([server]);
	return async (host) => {
		const answers = await Promise.allSettled([resolver.resolve6(host), resolver.resolve4(host)]);
		const addresses = answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
		const failed = answers.find((answer) => answer.status === "rejected")?.reason;
		if (addresses.length === 0 && failed instanceof Error) throw failed;
		return addresses;
	};
}

// src/gateway/recorder.ts
/**
* For a run that may reach anything and writes it down: each name gets an address that the kernel
* exchanges for the real one, so that what is counted there is counted by name. IPv6 is for names
* that have nothing else.
*/
function recorder({ addresses, feed, resolver }) {
	const standing = /* @__PURE__ */ new Map();
	const reals = /* @__PURE__ */ new Map();
	const ask = resolveBy(resolver);
	const stand = async (name) => {
		const usable = (await ask(name).catch(() => [])).filter((address) => !isOurs(address));
		const real = usable.find((address) => !address.includes(":")) ?? usable[0];
		if (real === void 0) return "unknown";
		const address = addresses.addressFor(name, real.includes(":") ? 6 : 4);
		if (address === null) return "busy";
		if (!await feed(standFor(address, real)).then(() => true, () => false)) return "busy";
		reals.set(address, real);
		return { address };
	};
	return {
		resolve: async (name) => {
			if (looksLikeIPv4(name)) return "unknown";
			const known = standing.get(name) ?? stand(name);
			standing.set(name, known);
			const found = await known;
			if (found === "unknown" || found === "busy") standing.delete(name);
			return found;
		},
		realOf: (address) => reals.get(address) ?? null
	};
}
/** To a socket outside these are the machine itself, as is what HOST_LINK has. */
const UNSPECIFIED = ["0.0.0.0/8", "::/128"];
const OURS = [...HOST_LINK.map(({ text }) => text), ...UNSPECIFIED].map(parseCidr);
/**
* An exchanged packet to the gateway's host passes the rules, so no name may lead there. Nor to IPv4
* inside of IPv6, which no socket of the step could dial: the rules see only the one, and the way out
* dials the other.
*/
function isOurs(text) {
	const address = parseAddress(text);
	if (address === null || mappedIPv4(address) !== null) return true;
	const at = {
		...address,
		prefix: widthOf(address.family)
	};
	return OURS.some((range) => range !== null && contains(range, at));
}

// src/gateway/look-ups.ts
var import_dns_packet = require_dns_packet();
/** Seconds. Short, so that a name that loses its door is soon asked for again. */
const TTL = 20;
/** Bits of the header's flags: a response, authoritative, recursion desired, recursion available. */
const RESPONSE = 33920;
const RECURSION_DESIRED = 256;
/** Where the header says what kind of question it is; 0 is a plain one. */
const OPCODE = 30720;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
const HEADER_BYTES = 12;
const LONGEST_LABEL = 63;
const DOT = 46;
/** Of a resource record. */
const TYPES = {
	4: 1,
	6: 28
};
/** Reads a look-up. Never throws: null for what is malformed or asks for anything but one name. */
function readLookUp(message) {
	const packet = readPacket(message);
	const [question, ...more] = packet?.questions ?? [];
	if (packet === null || packet.type !== "query" || packet.flag_tc) return null;
	if (((packet.flags ?? 0) & OPCODE) !== 0) return null;
	if (question === void 0 || more.length > 0 || question.class !== "IN") return null;
	const labels = labelsOf(message);
	if (labels === null) return null;
	const bytes = labels.reduce((sum, label) => sum + 1 + label.length, 0);
	return {
		id: packet.id ?? 0,
		recursionDesired: packet.flag_rd,
		question: message.slice(HEADER_BYTES, HEADER_BYTES + bytes + 1 + 4),
		name: labels.some((label) => label.includes(DOT)) ? null : normalName(question.name),
		asked: question.name,
		type: question.type
	};
}
function readPacket(message) {
	try {
		return (0, import_dns_packet.decode)(Buffer.from(message));
	} catch {
		return null;
	}
}
/** Of the first question; null where they point elsewhere, as nothing stands before them. */
function labelsOf(message) {
	const labels = [];
	for (let at = HEADER_BYTES;;) {
		const length = message[at];
		if (length === void 0 || length > LONGEST_LABEL) return null;
		if (length === 0) return labels;
		labels.push(message.subarray(at + 1, at + 1 + length));
		at += 1 + length;
	}
}
/** The name has this address, if that is what was asked, and nothing else. */
function answer(lookUp, address) {
	const parsed = parseAddress(address);
	if (parsed === null) return serverFailure(lookUp);
	const kind = parsed.family === 4 ? "A" : "AAAA";
	return reply(lookUp, 0, lookUp.type === kind || lookUp.type === "ANY" ? addressRecord(parsed) : []);
}
/** Points to the question's name; then type, class IN, time to live, and the address's bytes. */
function addressRecord({ family, bits }) {
	const width = family === 4 ? 4 : 16;
	const bytes = Array.from({ length: width }, (_, index) => Number(bits >> BigInt(8 * (width - 1 - index)) & 255n));
	return [
		192,
		HEADER_BYTES,
		0,
		TYPES[family],
		0,
		1,
		0,
		0,
		0,
		TTL,
		0,
		width,
		...bytes
	];
}
function nameError(lookUp) {
	return reply(lookUp, NAME_ERROR, []);
}
function serverFailure(lookUp) {
	return reply(lookUp, SERVER_FAILURE, []);
}
function reply({ id, recursionDesired, question }, code, record) {
	const flags = RESPONSE | (recursionDesired ? RECURSION_DESIRED : 0) | code;
	const header = Buffer.alloc(HEADER_BYTES);
	for (const [index, word] of [
		id,
		flags,
		1,
		record.length > 0 ? 1 : 0
	].entries()) header.writeUInt16BE(word, index * 2);
	return Buffer.concat([
		header,
		question,
		Uint8Array.from(record)
	]);
}

// src/gateway/resolver.ts
const LOCALHOST = "127.0.0.1";
/** Connections at one time, and how long one may say nothing. */
const MOST_CONNECTIONS = 64;
const IDLE_MS = 1e4;
/** A look-up of one name is far shorter. */
const LONGEST_MESSAGE = 4096;
/** Look-ups that wait for their answer; of more the step hears nothing, and asks again. */
const MOST_PENDING = 1024;
/** Asked for our own addresses or a loopback's: nobody tries to leave by that. */
const HARMLESS_PTR = /(?:\.(?:19|18)\.198|\.127)\.in-addr\.arpa$/;
/** Answers all look-ups of the step, of which none goes any further. */
async function openResolver(request) {
	const answered = answerer(request);
	const datagrams = createSocket("udp4");
	let closed = false;
	const replyTo = async (message, from) => {
		const reply = await answered(message);
		if (reply !== null && !closed) datagrams.send(reply, from.port, from.address, ignore);
	};
	datagrams.on("message", (message, from) => {
		replyTo(message, from);
	});
	datagrams.on("error", ignore);
	datagrams.bind(0, LOCALHOST);
	await once(datagrams, "listening");
	const server = createServer((socket) => serve(socket, answered));
	server.maxConnections = MOST_CONNECTIONS;
	server.listen(0, LOCALHOST);
	await once(server, "listening");
	return {
		ports: {
			udp: datagrams.address().port,
			tcp: server.address().port
		},
		close: () => {
			closed = true;
			closeBoth(datagrams, server);
		}
	};
}
function closeBoth(datagrams, server) {
	datagrams.close();
	server.close();
}
function ignore() {}
function answerer({ resolve, refused, malformed }) {
	let pending = 0;
	return async (message) => {
		const lookUp = readLookUp(message);
		if (lookUp === null) {
			malformed();
			return null;
		}
		if (pending >= MOST_PENDING) return null;
		pending += 1;
		try {
			return await answerTo(lookUp, resolve, refused);
		} catch {
			return serverFailure(lookUp);
		} finally {
			pending -= 1;
		}
	};
}
async function answerTo(lookUp, resolve, refused) {
	const { name } = lookUp;
	if (name === "localhost") return answer(lookUp, LOCALHOST);
	const found = name === null ? "unknown" : await resolve(name);
	if (found === "busy") return serverFailure(lookUp);
	if (found !== "unknown") return answer(lookUp, found.address);
	const asked = name ?? lookUp.asked;
	if (!HARMLESS_PTR.test(asked)) refused(asked);
	return nameError(lookUp);
}
/** Over TCP each message has its length before it. */
function serve(socket, answered) {
	let held = Buffer.alloc(0);
	socket.setTimeout(IDLE_MS, () => socket.destroy());
	socket.on("error", () => socket.destroy());
	const next = async () => {
		while (held.length >= 2) {
			const length = held.readUInt16BE(0);
			if (length > LONGEST_MESSAGE) {
				socket.destroy();
				return;
			}
			if (held.length < 2 + length) return;
			const message = held.subarray(2, 2 + length);
			held = held.subarray(2 + length);
			const reply = await answered(message);
			if (reply === null) {
				socket.destroy();
				return;
			}
			const size = Buffer.alloc(2);
			size.writeUInt16BE(reply.length);
			socket.write(Buffer.concat([size, reply]));
		}
	};
	socket.on("data", (chunk) => {
		held = Buffer.concat([held, chunk]);
		socket.pause();
		next().then(() => socket.resume());
	});
}

// src/gateway/share.ts
const MOST$1 = {
	listeners: 8192,
	connections: 4096
};
/**
* A part of the files that we may have open: whoever watches over the step needs some, too.
* A connection is two, and more for as long as several addresses of its name are tried.
*/
function shareOf(openFiles) {
	return {
		listeners: Math.min(MOST$1.listeners, Math.floor(openFiles / 4)),
		connections: Math.min(MOST$1.connections, Math.floor(openFiles / 16))
	};
}
/** How many files we may have open. */
function openFilesLimit() {
	const limits = readFileSync("/proc/self/limits", "utf8");
	return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}

// src/gateway/synthetic.ts
/** 198.18.0.16: the ones before it are ours. */
const FIRST = -971898864;
const MOST = 2 ** 17 - 32;
function syntheticAddresses() {
	const addresses = /* @__PURE__ */ new Map();
	const names = /* @__PURE__ */ new Map();
	return {
		addressFor: (name, family = 4) => {
			const known = addresses.get(name);
			if (known !== void 0) return known;
			if (addresses.size >= MOST) return null;
			const address = (family === 4 ? dotted : colonned)(FIRST + addresses.size);
			addresses.set(name, address);
			names.set(address, name);
			return address;
		},
		nameOf: (address) => names.get(address) ?? null
	};
}
function dotted(number) {
	return [
		24,
		16,
		8,
		0
	].map((shift) => number >>> shift & 255).join(".");
}
function colonned(number) {
	return `2001:2::${[16, 0].map((shift) => (number >>> shift & 65535).toString(16)).join(":")}`;
}

// src/gateway/growing-bytes.ts
/** Bytes put together from chunks. Many small chunks cost no more than their bytes. */
function growingBytes() {
	let room = /* @__PURE__ */ new Uint8Array(1024);
	let size = 0;
	return {
		add(chunk) {
			if (size + chunk.length > room.length) {
				const larger = new Uint8Array(Math.max(room.length * 2, size + chunk.length));
				larger.set(room.subarray(0, size));
				room = larger;
			}
			room.set(chunk, size);
			size += chunk.length;
		},
		bytes: () => room.subarray(0, size)
	};
}

// src/gateway/tls-records.ts
const RECORD_HEADER_BYTES = 5;
/** Splits a stream of bytes into records. It holds no bytes but those of one header. */
function recordSplitter() {
	const header = new Uint8Array(5);
	let filled = 0;
	let left = 0;
	let read = 0;
	return function* split(chunk) {
		const before = read;
		read += chunk.length;
		for (let at = 0; at < chunk.length;) {
			const starts = filled < 5;
			const taken = starts ? 1 : Math.min(left, chunk.length - at);
			const body = starts ? chunk.subarray(at, at) : chunk.subarray(at, at + taken);
			if (starts) header[filled++] = chunk[at] ?? 0;
			else left -= taken;
			at += taken;
			if (filled < 5) continue;
			const [type = 0, major = 0, minor = 0, high = 0, low = 0] = header;
			const length = high * 256 + low;
			if (starts) left = length;
			if (left === 0) filled = 0;
			yield {
				type,
				version: major * 256 + minor,
				length,
				starts,
				body,
				ends: left === 0,
				end: before + at
			};
		}
	};
}

// src/gateway/client-hello.ts
const CLIENT_HELLO = 1;
const HANDSHAKE_HEADER_BYTES = 4;
const LONGEST_RECORD = 2 ** 14;
/** With the headers of its records. One with post-quantum keys has about 2 KiB. */
const LONGEST_HELLO = 65536;
const SERVER_NAME = 0;
const HOST_NAME = 0;
const INNER_HELLO = 1;
const NEED_MORE = { kind: "need-more" };
/**
* Reads the ClientHello at the beginning of a stream, in however many records and chunks it comes.
* Stricter than servers are: where two of them could read two names, it is no hello at all.
*/
function helloReader() {
	const split = recordSplitter();
	const message = helloCollector();
	let reading = NEED_MORE;
	let started = false;
	return { push(chunk) {
		if (reading.kind !== "need-more" || chunk.length === 0) return reading;
		if (!started && chunk[0] !== 22) reading = notTls("it does not begin as TLS does");
		started = true;
		for (const piece of split(chunk)) {
			if (reading.kind !== "need-more") break;
			reading = message.take(piece);
		}
		return reading;
	} };
}
/** The same for a stream that is already split: takes the pieces of nothing but the hello's records. */
function helloCollector() {
	const held = growingBytes();
	let flight = 0;
	return { take(piece) {
		const wrong = piece.starts ? wrongRecord(piece) : null;
		if (wrong !== null) return notTls(wrong);
		if (piece.starts) flight += 5 + piece.length;
		if (flight > LONGEST_HELLO) return { kind: "too-long" };
		held.add(piece.body);
		const message = held.bytes();
		if (message.length > 0 && message[0] !== CLIENT_HELLO) return notTls("it is no ClientHello");
		if (message.length < HANDSHAKE_HEADER_BYTES) return NEED_MORE;
		const whole = HANDSHAKE_HEADER_BYTES + numberAt(message, 1, 3);
		if (whole > LONGEST_HELLO) return { kind: "too-long" };
		if (message.length < whole) return NEED_MORE;
		if (message.length > whole || !piece.ends) return notTls("its record has more than the ClientHello");
		return readHello(message.subarray(HANDSHAKE_HEADER_BYTES), piece.end);
	} };
}
function wrongRecord({ type, version, length }) {
	if (type !== 22) return "a record of another type stands in its place";
	if (version < 769 || version > 772) return "its record has no version of TLS";
	if (length === 0) return "it has an empty record";
	return length > LONGEST_RECORD ? "its record is longer than TLS allows" : null;
}
function readHello(body, bytes) {
	const extensions = extensionsOf(body);
	if (extensions === null) return notTls("its ClientHello is malformed");
	const names = extensions.filter(({ type }) => type === SERVER_NAME);
	if (names.length > 1) return notTls("it has two server names");
	const [name] = names;
	const sni = name === void 0 ? null : hostNameIn(name.body);
	if (name !== void 0 && sni === null) return notTls("its server name is malformed");
	return {
		kind: "hello",
		sni,
		encrypted: extensions.some(isEncryptedHello),
		bytes
	};
}
/** RFC 8446, section 4.1.2; the same since SSL 3. Null unless it is exactly that. */
function extensionsOf(body) {
	const version = numberAt(body, 0, 2);
	const session = vectorAt(body, 34, 1);
	const suites = session && vectorAt(body, session.end, 2);
	const compressions = suites && vectorAt(body, suites.end, 1);
	if (version >> 8 !== 3 || !session || !suites || !compressions) return null;
	if (session.bytes.length > 32 || suites.bytes.length < 2 || suites.bytes.length % 2 !== 0) return null;
	if (compressions.bytes.length === 0) return null;
	if (compressions.end === body.length) return [];
	const block = vectorAt(body, compressions.end, 2);
	return block === null || block.end !== body.length ? null : splitExtensions(block.bytes);
}
function splitExtensions(block) {
	const found = [];
	for (let at = 0; at < block.length;) {
		const body = vectorAt(block, at + 2, 2);
		if (body === null) return null;
		found.push({
			type: numberAt(block, at, 2),
			body: body.bytes
		});
		at = body.end;
	}
	return found;
}
/** The one host name of a server_name extension (RFC 6066, section 3); null where it is not just that. */
function hostNameIn(extension) {
	const list = vectorAt(extension, 0, 2);
	if (list === null || list.end !== extension.length) return null;
	const name = vectorAt(list.bytes, 1, 2);
	if (name === null || name.end !== list.bytes.length) return null;
	if (list.bytes[0] !== HOST_NAME || name.bytes.length === 0) return null;
	return Array.from(name.bytes, (byte) => String.fromCharCode(byte)).join("").toLowerCase().replace(/\.$/, "");
}
/** RFC 9849, its drafts since the eighth, and the Encrypted SNI that came before them. */
function isEncryptedHello({ type, body }) {
	if (type === 65037) return !(body.length === 1 && body[0] === INNER_HELLO);
	return type >= 65032 && type < 65037 || type === 65486;
}
/** The vector whose length, in so many bytes, stands at `at`; null where it does not fit in. */
function vectorAt(bytes, at, lengthBytes) {
	const start = at + lengthBytes;
	if (start > bytes.length) return null;
	const end = start + numberAt(bytes, at, lengthBytes);
	return end > bytes.length ? null : {
		bytes: bytes.subarray(start, end),
		end
	};
}
/** Big-endian; what lies past the end counts as zero. */
function numberAt(bytes, at, count) {
	return bytes.subarray(at, at + count).reduce((number, byte) => number * 256 + byte, 0);
}
function notTls(why) {
	return {
		kind: "not-tls",
		why
	};
}

// src/gateway/hello-watch.ts
const SERVER_HELLO = 2;
/** Of a ServerHello: type, length, version. The random comes then. */
const RANDOM_AT = 6;
/** The random of a HelloRetryRequest (RFC 8446, section 4.1.3). */
const RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
const PASSING = /* @__PURE__ */ new Set([
	20,
	21,
	23
]);
/** Whether a hello is for the host and for nobody else. */
function judgeHello({ sni, encrypted }, host) {
	if (encrypted) return refusal("encrypted-hello", sni);
	if (sni === null) return refusal("no-sni", null);
	return sni === host ? null : refusal("other-sni", sni);
}
/**
* Watches a connection after its first hello. A server may ask for a second one, and some go by the
* name in that. So until the server has answered no handshake goes up, and if it asks again, only a
* hello for the same host.
*/
function watchHellos(host) {
	const answer = answerReader();
	const second = secondHello(host);
	let state = "unanswered";
	return {
		down(chunk) {
			if (state === "unanswered") state = answer(chunk);
		},
		up(chunk) {
			if (state === "open") return null;
			const verdict = second(chunk, state === "retry");
			if (verdict !== "checked") return verdict;
			state = "open";
			return null;
		}
	};
}
/** Tells from the server's first message whether it asks for another hello. */
function answerReader() {
	const split = recordSplitter();
	const message = [];
	return (chunk) => {
		for (const { type, body } of split(chunk)) {
			if (type !== 22) return "open";
			message.push(...body.subarray(0, 38 - message.length));
			if (message.length > 0 && message[0] !== SERVER_HELLO) return "open";
			if (message.length === 38) return message.slice(RANDOM_AT).map((byte) => byte.toString(16).padStart(2, "0")).join("") === RETRY_RANDOM ? "retry" : "open";
		}
		return "unanswered";
	};
}
/** Reads what the client sends next. `checked` once that is another hello for the host. */
function secondHello(host) {
	const split = recordSplitter();
	const message = helloCollector();
	let begun = false;
	return (chunk, asked) => {
		for (const piece of split(chunk)) {
			if (!begun && PASSING.has(piece.type)) continue;
			if (!asked) return refusal("not-tls", "a second message before the server answered");
			begun = true;
			const reading = message.take(piece);
			if (reading.kind === "hello") return judgeHello(reading, host) ?? "checked";
			if (reading.kind !== "need-more") return unreadable(reading);
		}
		return null;
	};
}
/** A reading that is no hello, as a refusal. */
function unreadable(reading) {
	return reading.kind === "too-long" ? refusal("hello-too-long", null) : refusal("not-tls", reading.why);
}

// src/gateway/tls-door.ts
const TIMES = {
	helloMs: 1e4,
	lingerMs: 1e3,
	tellMs: TELL_MS
};
/** What the client is told (RFC 8446, section 6). Where nothing stands here it sees a reset. */
const ALERTS = {
	"no-sni": 112,
	"other-sni": 112,
	"encrypted-hello": 49,
	"hello-too-long": 49,
	"forbidden-address": 49
};
const FATAL = 2;
/** A door for one name: a connection must begin with a ClientHello for it, and in the clear. */
function tlsDoor(times = {}) {
	const settled = {
		...TIMES,
		...times
	};
	return (client, destination, context) => {
		client.allowHalfOpen = true;
		client.on("error", () => void 0);
		admit(client, destination, context, settled);
	};
}
async function admit(client, destination, { upstream, ledger }, times) {
	const refuse = (why) => {
		ledger.refused(destination, why);
		dismiss(client, ALERTS[why.code] ?? null, times.lingerMs);
	};
	const greeting = await readGreeting(client, times.helloMs);
	if (greeting === null) {
		client.destroy();
		return;
	}
	if ("code" in greeting) {
		refuse(greeting);
		return;
	}
	const { hello, bytes } = greeting;
	const gate = watchHellos(destination.host);
	const wrong = judgeHello(hello, destination.host) ?? gate.up(bytes.subarray(hello.bytes));
	if (wrong !== null) {
		refuse(wrong);
		return;
	}
	const connected = await upstream.connect(destination).catch(refusalOf);
	if ("code" in connected) {
		refuse(connected);
		return;
	}
	ledger.opened(destination);
	splice({
		client,
		upstream: connected,
		first: bytes,
		gate,
		tellMs: times.tellMs,
		moved: (moved) => ledger.moved(destination, moved),
		cut: refuse
	});
}
/** Reads up to the end of the hello, and then no more. Null where the client leaves before that. */
async function readGreeting(client, helloMs) {
	const reader = helloReader();
	const held = growingBytes();
	return await new Promise((resolve) => {
		const settle = (result) => {
			clearTimeout(clock);
			client.off("data", take).off("end", leave).off("close", leave);
			client.pause();
			resolve(result);
		};
		const leave = () => settle(null);
		const take = (chunk) => {
			held.add(chunk);
			const reading = reader.push(chunk);
			if (reading.kind === "need-more") return;
			const bytes = held.bytes();
			if (reading.kind === "hello") settle({
				hello: reading,
				bytes
			});
			else settle(bytes[0] === 22 ? unreadable(reading) : plainText(bytes));
		};
		const clock = setTimeout(() => settle(refusal("hello-timeout", null)), helloMs);
		client.on("data", take).on("end", leave).on("close", leave);
		if (client.destroyed) leave();
		else client.resume();
	});
}
/** What else speaks on this port: its first word, such as `GET` or `SSH-2.0-OpenSSH_9.2`. */
function plainText(bytes) {
	const text = Buffer.from(bytes.subarray(0, 40)).toString("latin1");
	return refusal("not-tls", /^[\x21-\x7e]+/.exec(text)?.[0] ?? null);
}
/** Says why, where TLS has a word for it, and hangs up. */
function dismiss(client, alert, lingerMs) {
	if (alert === null) {
		client.resetAndDestroy();
		return;
	}
	client.resume();
	client.end(Buffer.from([
		21,
		3,
		3,
		0,
		2,
		FATAL,
		alert
	]));
	const clock = setTimeout(() => client.destroy(), lingerMs);
	client.once("close", () => clearTimeout(clock));
}

// src/gateway/proxy.ts
/** Answers with longer heads are none. */
const LONGEST_ANSWER = 16384;
/** In the order in which they are asked. curl and Go do the same, but for raw bytes. */
const ASKED = {
	tls: [
		"https_proxy",
		"HTTPS_PROXY",
		"all_proxy",
		"ALL_PROXY"
	],
	http: [
		"http_proxy",
		"HTTP_PROXY",
		"all_proxy",
		"ALL_PROXY"
	],
	none: ["all_proxy", "ALL_PROXY"]
};
/** Which proxy leads to the destination; null where the way is direct. */
function proxyFor(destination, environment) {
	const name = ASKED[destination.check].find((one) => (environment[one] ?? "") !== "");
	if (name === void 0 || isExempt(destination, environment)) return null;
	return readProxy(name, environment[name] ?? "");
}
function readProxy(name, value) {
	const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
	if (!URL.canParse(text)) return { unusable: `${name} is not a URL` };
	const { protocol, hostname, port, username, password } = new URL(text);
	if (protocol !== "http:") return { unusable: `${name} is a proxy of kind ${protocol}//` };
	if (hostname === "") return { unusable: `${name} names no host` };
	return {
		host: hostname.replace(/^\[|\]$/g, ""),
		port: port === "" ? 80 : Number(port),
		authorization: username + password === "" ? null : `Basic ${base64(`${plain(username)}:${plain(password)}`)}`
	};
}
function plain(escaped) {
	try {
		return decodeURIComponent(escaped);
	} catch {
		return escaped;
	}
}
function base64(text) {
	return Buffer.from(text, "utf8").toString("base64");
}
/** `*`, or a list of names with everything below them, each with a port where it has one. */
function isExempt({ host, port }, environment) {
	return (environment["no_proxy"] || environment["NO_PROXY"] || "").toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "").some((entry) => {
		if (entry === "*") return true;
		const [, name = "", onlyPort] = /^(?:\*?\.)?([^:]*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
		if (name === "" || onlyPort !== void 0 && Number(onlyPort) !== port) return false;
		return host === name || host.endsWith(`.${name}`);
	});
}
/** The request for a way through. */
function connectRequest({ host, port }, { authorization }) {
	const target = `${host}:${port}`;
	return [
		`CONNECT ${target} HTTP/1.1`,
		`Host: ${target}`,
		...authorization === null ? [] : [`Proxy-Authorization: ${authorization}`],
		"",
		""
	].join("\r\n");
}
/** Reads the answer to a CONNECT; one that is not exactly HTTP/1 is a refusal. */
function readAnswer(held) {
	const text = Buffer.from(held.subarray(0, LONGEST_ANSWER)).toString("latin1");
	const end = text.indexOf("\r\n\r\n");
	if (end === -1) return held.length < LONGEST_ANSWER ? { kind: "need-more" } : {
		kind: "refused",
		why: "the proxy does not end its answer"
	};
	const [status = "", ...headers] = text.slice(0, end).split("\r\n");
	const code = /^HTTP\/1\.[01] (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(status)?.[1];
	const wellFormed = headers.every((line) => /^[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*$/.test(line));
	if (code === void 0 || !wellFormed) return {
		kind: "refused",
		why: "the proxy does not answer in HTTP"
	};
	return code.startsWith("2") ? {
		kind: "open",
		bytes: end + 4
	} : {
		kind: "refused",
		why: `the proxy says ${harmless(status.slice(9))}`
	};
}

// src/gateway/race.ts
/** The next address is tried after this long, or at once when one fails (RFC 8305). */
const STAGGER_MS = 250;
/** More addresses than this are not tried for one name. */
const MOST_ADDRESSES = 8;
/**
* Connects to the first of the addresses that answers; the others are given up. Rejects with what
* the last one said, or when the time is over.
*/
async function raceTo(addresses, port, timeoutMs) {
	const waiting = interleaved(addresses).slice(0, MOST_ADDRESSES);
	const attempts = /* @__PURE__ */ new Set();
	return await new Promise((resolve, reject) => {
		let next;
		const settle = (winner, why) => {
			clearTimeout(next);
			clearTimeout(clock);
			waiting.length = 0;
			for (const socket of attempts) if (socket !== winner) socket.destroy();
			if (winner === null) reject(why ?? /* @__PURE__ */ new Error("it has no address"));
			else resolve(winner);
		};
		const clock = setTimeout(() => settle(null, /* @__PURE__ */ new Error(`no answer in ${timeoutMs / 1e3} s`)), timeoutMs);
		const tryNext = (lastError) => {
			clearTimeout(next);
			const host = waiting.shift();
			if (host === void 0) {
				if (attempts.size === 0) settle(null, lastError);
				return;
			}
			next = setTimeout(tryNext, STAGGER_MS);
			const socket = connect({
				host,
				port,
				autoSelectFamily: false,
				allowHalfOpen: true
			});
			attempts.add(socket);
			const fail = (error) => {
				attempts.delete(socket);
				tryNext(error);
			};
			socket.once("error", fail);
			socket.once("connect", () => {
				socket.off("error", fail);
				settle(socket);
			});
		};
		tryNext();
	});
}
/** Turn by turn of each family, beginning with that of the first. */
function interleaved(addresses) {
	const first = addresses.filter((address) => isIPv6(address) === isIPv6(addresses[0] ?? ""));
	const second = addresses.filter((address) => !first.includes(address));
	return first.flatMap((address, index) => [address, ...second.slice(index, index + 1)]).concat(second.slice(first.length));
}

// src/gateway/proxy-tunnel.ts
/**
* Asks the proxy at the other end of the socket for a way to the destination. The socket is then
* that way, as if it had just been connected. Rejects with what the
* proxy said instead.
*/
async function tunnelThrough(socket, proxy, destination, timeoutMs) {
	const clock = setTimeout(() => socket.destroy(/* @__PURE__ */ new Error(`no answer from the proxy in ${timeoutMs / 1e3} s`)), timeoutMs);
	try {
		socket.write(connectRequest(destination, proxy));
		await takeAnswer(socket);
	} catch (error) {
		socket.destroy();
		throw error;
	} finally {
		clearTimeout(clock);
	}
}
/** Reads by 'readable': a listener for 'data' would leave the socket paused for whoever is next. */
async function takeAnswer(socket) {
	const held = growingBytes();
	await new Promise((resolve, reject) => {
		const settle = (error) => {
			socket.off("readable", look).off("error", settle).off("end", leave).off("close", leave);
			if (error === null) resolve();
			else reject(error);
		};
		const leave = () => settle(/* @__PURE__ */ new Error("the proxy hung up"));
		const look = () => {
			for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
				held.add(chunk);
				const answer = readAnswer(held.bytes());
				if (answer.kind === "need-more") continue;
				settle(answer.kind === "open" ? null : new Error(answer.why));
				const rest = answer.kind === "open" ? held.bytes().subarray(answer.bytes) : chunk;
				if (rest.length > 0) socket.unshift(rest);
				return;
			}
		};
		socket.on("readable", look).on("error", settle).on("end", leave).on("close", leave);
	});
}
function take(socket) {
	return socket.read();
}

// src/gateway/upstream.ts
/** For each part of the way: the look-up, the connection, the proxy's answer. */
const PART_MS = 15e3;
/**
* The way upstream of this machine. A name is resolved anew for every connection, the addresses are
* judged, and only those that stand are connected to. Where the machine has a proxy the name is
* handed to that, and it resolves.
*/
function systemUpstream(options) {
	const { timeoutMs = PART_MS } = options;
	const resolve = within(resolveBy(options.resolver), timeoutMs);
	const proxyAddresses = within(resolveBy(null), timeoutMs);
	return { async connect(destination) {
		const proxy = proxyFor(destination, options.environment);
		if (proxy === null) {
			const standing = sift(await or("unresolved", resolve(destination.host)), destination, options);
			return await or("unreachable", raceTo(standing, destination.port, timeoutMs));
		}
		if ("unusable" in proxy) throw new UpstreamRefused(refusal("unreachable", proxy.unusable));
		const addresses = await or("unreachable", proxyAddresses(proxy.host));
		const socket = await or("unreachable", raceTo(addresses, proxy.port, timeoutMs));
		await or("unreachable", tunnelThrough(socket, proxy, destination, timeoutMs));
		return socket;
	} };
}
/** The addresses that may be connected to; refuses where none of them may. */
function sift(addresses, destination, { forbidden, privateReason }) {
	const judged = addresses.map((address) => ({
		address,
		why: forbidden(address) ?? (destination.private ? null : privateReason(address))
	}));
	const standing = judged.filter(({ why }) => why === null).map(({ address }) => address);
	const [first] = judged;
	if (standing.length > 0) return standing;
	if (first === void 0) throw new UpstreamRefused(refusal("unresolved", null));
	throw new UpstreamRefused(refusal("forbidden-address", `${first.address}: ${first.why}`));
}
async function or(code, work) {
	try {
		return await work;
	} catch (error) {
		throw new UpstreamRefused(refusal(code, codeOf(error)));
	}
}
/** `ENOTFOUND` and its like where there is one: the message would say the name again. */
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : messageOf(error);
}
/** A resolver that does not answer holds a connection no longer than this. */
function within(resolve, timeoutMs) {
	return async (host) => {
		let clock;
		const late = new Promise((_, reject) => {
			const error = /* @__PURE__ */ new Error(`no answer from the resolver in ${timeoutMs / 1e3} s`);
			clock = setTimeout(() => reject(error), timeoutMs);
		});
		try {
			return await Promise.race([resolve(host), late]);
		} finally {
			clearTimeout(clock);
		}
	};
}

// src/gateway/gateway.ts
/** Told in place of an address: any that a look-up is sent to. */
const RESOLVER_PORT = 53;
const DOORS = {
	tls: tlsDoor(),
	http: httpDoor(),
	none: rawDoor()
};
async function openGateway(request) {
	const { plan, feed, whoIsAt } = request;
	const book = openBook();
	const addresses = syntheticAddresses();
	const find = nameFinder(plan.names);
	const way = plan.kind === "record" ? recorder({
		addresses,
		feed,
		resolver: plan.resolver
	}) : openWays(request, find, book, addresses);
	const resolver = await openResolver({
		resolve: async (name) => {
			const found = await way.resolve(name);
			if (typeof found !== "string" && book.processOf(name) === null) book.sawLookUp(name, whoIsAt("", RESOLVER_PORT));
			return found;
		},
		refused: (asked) => {
			if (plan.kind === "doors" && !isServiceOf(find, asked)) book.lookUpRefused(asked, whoIsAt("", RESOLVER_PORT));
		},
		malformed: () => book.lookUpMalformed()
	});
	await feed(openResolver$1(resolver.ports));
	return {
		account: () => book.account(),
		nameOf: (address) => addresses.nameOf(address),
		realOf: (address) => way.realOf?.(address) ?? null,
		processOf: (name) => book.processOf(name),
		close: () => {
			resolver.close();
			way.close?.();
		}
	};
}
/** The doors of the allowed names, and who goes through them. */
function openWays({ plan, environment, feed, whoIsAt }, find, book, addresses) {
	const upstream = systemUpstream({
		...judgeAddresses(plan),
		resolver: plan.resolver,
		environment
	});
	const connections = /* @__PURE__ */ new Set();
	const share = shareOf(openFilesLimit());
	const doors = makeDoors({
		addresses,
		feed,
		now: () => performance.now(),
		mostListeners: share.listeners,
		accept: (socket, destination, address) => {
			if (book.dialledBy(destination) === null) book.saw(destination, whoIsAt(address, destination.port));
			receive(socket, destination, {
				book,
				upstream,
				connections,
				most: share.connections
			});
		}
	});
	return {
		resolve: async (name) => {
			const destinations = find(name);
			if (destinations === null) return "unknown";
			const address = await doors.open(destinations);
			return address === null ? "busy" : { address };
		},
		close: () => {
			doors.close();
			for (const socket of connections) socket.destroy();
		}
	};
}
function receive(socket, destination, around) {
	const { book, upstream, connections, most } = around;
	if (connections.size >= most) {
		book.refused(destination, {
			code: "too-many-connections",
			seen: null
		});
		socket.destroy();
		return;
	}
	connections.add(socket);
	socket.once("close", () => connections.delete(socket));
	DOORS[destination.check](socket, destination, {
		upstream,
		ledger: book
	});
}

export { openGateway };