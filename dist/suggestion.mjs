// src/policy/suggestion.ts
const LONGEST_GUESSED = 40;
const SHORTEST_PREFIX = 3;
const FARTHEST = 2;
/** The known name that a misspelled one most likely meant; null where none is close. */
function suggestion(written, known) {
	if (written.length > LONGEST_GUESSED) return null;
	const plain = plainOf(written);
	return known.filter((name) => Math.abs(plainOf(name).length - plain.length) <= FARTHEST).map((name) => ({
		name,
		distance: distanceOf(plain, plainOf(name))
	})).filter(({ name, distance }) => distance <= Math.min(FARTHEST, Math.floor(name.length / 2))).toSorted((a, b) => a.distance - b.distance)[0]?.name ?? known.find((name) => startsAlike(plain, plainOf(name))) ?? null;
}
/** `onUnavailable`, `on_unavailable` and `On-Unavailable` are one word here. */
function plainOf(name) {
	return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
function startsAlike(a, b) {
	return Math.min(a.length, b.length) >= SHORTEST_PREFIX && (a.startsWith(b) || b.startsWith(a));
}
/** Letters to add, drop, change, or swap with their neighbour, to make one word of the other. */
function distanceOf(a, b) {
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row += 1) {
		const next = [row];
		for (let column = 1; column <= b.length; column += 1) {
			const changed = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
			const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
			next.push(Math.min(changed, swapped, (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
		}
		[beforeLast, last] = [last, next];
	}
	return last[b.length] ?? Infinity;
}

export { suggestion as t };