// src/workflow/neutralise.ts
/** What a byte means to the runner's search for commands. */
const VISIBLE = 0;
/** A control character, or part of a character beyond ASCII: the runner's comparison may ignore it. */
const IGNORABLE = 1;
const BLANK = 2;
const LINE_END = 3;
const COLON = 4;
const HASH = 5;
const BRACKET = 6;
const KINDS = (/* @__PURE__ */ new Uint8Array(256)).map((_, byte) => {
	if (byte === 10 || byte === 13) return LINE_END;
	if (byte < 32 || byte >= 127) return IGNORABLE;
	return {
		32: BLANK,
		58: COLON,
		35: HASH,
		91: BRACKET
	}[byte] ?? VISIBLE;
});
const BACKSLASH = Uint8Array.of(92);
/** Bytes that may stand between two colons before they count as a command unseen. */
const MOST_BETWEEN_COLONS = 1024;
const LONGEST_COMMAND = 8192;
/** A stream that starts with one of these may be UTF-16 or UTF-32 to the runner. */
const WIDE_MARKS = /* @__PURE__ */ new Set([
	254,
	255,
	0
]);
/**
* Makes every workflow command in a step's output dead text, and leaves all other bytes as they are.
*
* `::error::x` becomes `\::error::x`, wherever nothing visible stands before it in its line; `##[error]x`
* becomes `##\[error]x` anywhere. The runner trims each line and then compares as its culture does, which
* ignores some characters. So whatever is not printable ASCII counts as nothing here, and a little more is
* changed than the runner would obey. Nothing is put inside a word, so the runner's masks still match.
*
* It follows lines as the runner's reader sees them: streams that share a pipe share one Neutraliser.
*/
var Neutraliser = class {
	onCommand;
	first = true;
	/** Where in the line we are: before anything visible, after a first colon, or further on. */
	place = "start";
	/** How many `#` the line has just had, ignorable bytes not counted; 2 stands for more. */
	hashes = 0;
	/** From the first colon on, while it is open whether a second follows: what earlier chunks had of it. */
	held = [];
	betweenColons = 0;
	/** What earlier chunks had of the command that is being read; null outside a command. */
	command = null;
	commandBytes = 0;
	chunk = BACKSLASH;
	parts = [];
	/** The chunk's bytes before this one are in `parts`. */
	from = 0;
	/** Where in this chunk the first colon, or the command, starts. */
	colonAt = 0;
	constructor(options = {}) {
		this.onCommand = options.onCommand;
	}
	/** The bytes to write now: parts of `chunk` itself, and what was held back of earlier ones. */
	push(chunk) {
		if (chunk.length === 0) return [];
		this.chunk = chunk;
		this.parts = [];
		this.from = 0;
		this.colonAt = 0;
		if (this.first && WIDE_MARKS.has(chunk[0])) this.parts.push(BACKSLASH);
		this.first = false;
		for (let index = 0; index < chunk.length; index += 1) {
			if (this.place === "body" && this.hashes === 0) {
				index = nextOfInterest(chunk, index);
				if (index === chunk.length) break;
			}
			this.read(KINDS[chunk[index] ?? 0] ?? VISIBLE, index);
		}
		return this.finishChunk();
	}
	/** The stream is over: what was still held back. */
	end() {
		this.chunk = /* @__PURE__ */ new Uint8Array();
		this.colonAt = 0;
		this.finishCommand(0);
		return this.held.splice(0);
	}
	read(kind, index) {
		switch (kind) {
			case LINE_END:
				this.release();
				this.finishCommand(index);
				this.place = "start";
				this.hashes = 0;
				return;
			case IGNORABLE:
			case BLANK:
				if (kind === BLANK) this.hashes = 0;
				if (this.place === "colon") this.countBetweenColons();
				return;
			case COLON:
				this.hashes = 0;
				if (this.place === "colon") this.foundCommand();
				else if (this.place === "start") this.foundColon(index);
				return;
			case BRACKET:
				this.release();
				if (this.hashes === 2) this.insert(index);
				this.hashes = 0;
				return;
			case HASH:
				this.release();
				this.hashes = Math.min(2, this.hashes + 1);
				return;
			default:
				this.release();
				this.hashes = 0;
		}
	}
	foundColon(index) {
		this.place = "colon";
		this.colonAt = index;
		this.betweenColons = 0;
	}
	countBetweenColons() {
		this.betweenColons += 1;
		if (this.betweenColons > MOST_BETWEEN_COLONS) this.foundCommand();
	}
	/** A second colon: the backslash goes before the first, which may be in an earlier chunk. */
	foundCommand() {
		this.place = "body";
		this.command = this.held.splice(0);
		this.commandBytes = this.command.reduce((sum, { length }) => sum + length, 0);
		if (this.command.length > 0) this.parts.push(BACKSLASH, ...this.command);
		else this.insert(this.colonAt);
	}
	/** Something visible: a lone colon before it, if there is one, was only text. */
	release() {
		if (this.held.length > 0) this.parts.push(...this.held.splice(0));
		this.place = "body";
	}
	insert(index) {
		if (index > this.from) this.parts.push(this.chunk.subarray(this.from, index));
		this.parts.push(BACKSLASH);
		this.from = index;
	}
	finishCommand(lineEnd) {
		if (this.command === null) return;
		this.keepOfCommand(lineEnd);
		this.onCommand?.(joined(this.command));
		this.command = null;
	}
	/** A copy, because the chunk is the caller's; never more than the bound in all. */
	keepOfCommand(to) {
		if (this.command === null) return;
		const end = Math.min(to, this.colonAt + LONGEST_COMMAND - this.commandBytes);
		if (end <= this.colonAt) return;
		this.command.push(copyOf(this.chunk, this.colonAt, end));
		this.commandBytes += end - this.colonAt;
	}
	finishChunk() {
		this.keepOfCommand(this.chunk.length);
		const open = this.place === "colon";
		const to = open ? this.colonAt : this.chunk.length;
		if (to > this.from) this.parts.push(this.chunk.subarray(this.from, to));
		if (open) this.held.push(copyOf(this.chunk, to, this.chunk.length));
		return this.parts;
	}
};
/** Where the next byte stands that can end a line or begin `##[`; the chunk's length without one. */
function nextOfInterest(chunk, from) {
	let index = from;
	while (index < chunk.length) {
		const byte = chunk[index];
		if (byte === 10 || byte === 35 || byte === 13) break;
		index += 1;
	}
	return index;
}
/** `slice` of a Buffer would still be the caller's memory. */
function copyOf(chunk, from, to) {
	return new Uint8Array(chunk.subarray(from, to));
}
function joined(parts) {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

export { Neutraliser as t };