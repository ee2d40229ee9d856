import { i as shown, r as refuse, t as accept } from "./reading.mjs";

// src/policy/units.ts
const SECOND = 1e3;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Timers hold a signed 32-bit number of milliseconds; a longer one would fire at once. */
const LONGEST_DURATION = 24 * DAY;
const LARGEST_COUNT = 2 ** 31 - 1;
const DURATION_EXPECTED = "a duration of at most 24d like 90s, 15m or 1h30m, or none";
const SIZE_EXPECTED = "a size like 512MiB, 1.5GiB or 10MB, or none";
const COUNT_EXPECTED = `a whole number from 1 to ${LARGEST_COUNT}, or none`;
const PLAIN_NUMBER = /^\d+(?:\.\d+)?$/;
const DURATION = /^(?:(\d+(?:\.\d+)?)d ?)?(?:(\d+(?:\.\d+)?)h ?)?(?:(\d+(?:\.\d+)?)m ?)?(?:(\d+(?:\.\d+)?)s ?)?(?:(\d+(?:\.\d+)?)ms)?$/;
const SIZE = /^(\d+(?:\.\d+)?) ?(B|[kK]B|[MGT]B|[KMGT]iB)$/;
const DURATION_UNITS = [
	DAY,
	HOUR,
	MINUTE,
	SECOND,
	1
];
const BYTES_PER_UNIT = {
	B: 1,
	kB: 1e3,
	KB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 0xe8d4a51000,
	KiB: 1024,
	MiB: 2 ** 20,
	GiB: 2 ** 30,
	TiB: 2 ** 40
};
/** Milliseconds of `90s`, `1h30m`, `500ms` or a plain number of seconds; null for `none`. */
function readDuration(raw) {
	if (raw === "none") return accept(null);
	const milliseconds = Math.round(durationOf(raw));
	return milliseconds >= 1 && milliseconds <= LONGEST_DURATION ? accept(milliseconds) : refuse(`${shown(raw)} is not a duration that can be used`, DURATION_EXPECTED);
}
function durationOf(raw) {
	const plain = plainNumber(raw);
	if (plain !== null) return plain * SECOND;
	const text = typeof raw === "string" ? raw.trim() : "";
	const match = text === "" ? null : DURATION.exec(text);
	if (!match) return NaN;
	return DURATION_UNITS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
}
/** Bytes of `512MiB`, `10MB`, `100KiB` or a plain number of bytes; null for `none`. */
function readSize(raw) {
	if (raw === "none") return accept(null);
	const bytes = Math.round(sizeOf(raw));
	return bytes >= 1 && Number.isSafeInteger(bytes) ? accept(bytes) : refuse(`${shown(raw)} is not a size that can be used`, SIZE_EXPECTED);
}
function sizeOf(raw) {
	const plain = plainNumber(raw);
	if (plain !== null) return Number.isInteger(plain) ? plain : NaN;
	const match = typeof raw === "string" ? SIZE.exec(raw.trim()) : null;
	return match ? Number(match[1]) * (BYTES_PER_UNIT[match[2] ?? ""] ?? NaN) : NaN;
}
/** A positive whole number, as a number or as digits; null for `none`. */
function readCount(raw) {
	if (raw === "none") return accept(null);
	const count = plainNumber(raw);
	return count !== null && Number.isInteger(count) && count >= 1 && count <= LARGEST_COUNT ? accept(count) : refuse(`${shown(raw)} is not a count that can be used`, COUNT_EXPECTED);
}
/** Options carry numbers as text, so digits in quotes count as a number. */
function plainNumber(raw) {
	if (typeof raw === "number") return raw;
	return typeof raw === "string" && PLAIN_NUMBER.test(raw) ? Number(raw) : null;
}
/** Milliseconds for people: `500ms`, `1m 30s`, `2h`, `1m 0.25s`. {@link readDuration} reads it back. */
function formatDuration(milliseconds) {
	let rest = Math.round(milliseconds);
	if (rest < SECOND) return `${rest}ms`;
	const parts = [];
	for (const [unit, size] of [
		["d", DAY],
		["h", HOUR],
		["m", MINUTE]
	]) {
		const whole = Math.floor(rest / size);
		if (whole > 0) parts.push(`${whole}${unit}`);
		rest -= whole * size;
	}
	if (rest > 0) parts.push(`${rest / SECOND}s`);
	return parts.join(" ");
}
/** Bytes for people, with at most two decimals: `512 B`, `1.5 GiB`. */
function formatSize(bytes) {
	const unit = [
		"TiB",
		"GiB",
		"MiB",
		"KiB"
	].find((name) => bytes >= (BYTES_PER_UNIT[name] ?? 0)) ?? "B";
	return `${Number((bytes / (BYTES_PER_UNIT[unit] ?? 1)).toFixed(2))} ${unit}`;
}

export { readSize as a, readDuration as i, formatSize as n, readCount as r, formatDuration as t };