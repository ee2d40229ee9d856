// src/plan/mounts.ts
function readOnly(source, target = source) {
	return {
		kind: "bind",
		source,
		target,
		writable: false
	};
}
function writable(source, target = source) {
	return {
		kind: "bind",
		source,
		target,
		writable: true
	};
}
/** Whether `path` is `directory` or lies under it. Both absolute and without `..`. */
function within(path, directory) {
	return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
/** Parents before children; of two mounts on one path the later wins. */
function inOrder(mounts) {
	const byTarget = /* @__PURE__ */ new Map();
	for (const mount of mounts) {
		byTarget.delete(mount.target);
		byTarget.set(mount.target, mount);
	}
	return [...byTarget.values()].sort((a, b) => depth(a.target) - depth(b.target));
}
/** Relative to the scratch directory. */
const EMPTY = {
	file: "files/empty",
	directory: "empty"
};
function masksIn(scratch) {
	return {
		file: `${scratch}/${EMPTY.file}`,
		directory: `${scratch}/${EMPTY.directory}`
	};
}
/** bubblewrap's options for a file tree. Every path is absolute, so none is taken for an option. */
function bwrapOptions(mounts, masks) {
	const whole = mounts.some(({ kind }) => kind === "host-root");
	return [...mounts.flatMap((mount) => optionOf(mount, masks)), ...whole ? [] : ["--remount-ro", "/"]];
}
function optionOf(mount, masks) {
	switch (mount.kind) {
		case "bind": return [
			mount.writable ? "--bind" : "--ro-bind",
			mount.source,
			mount.target
		];
		case "symlink": return [
			"--symlink",
			mount.to,
			mount.target
		];
		case "tmpfs": return mount.source === void 0 ? [
			"--perms",
			mount.mode,
			"--tmpfs",
			mount.target
		] : [
			"--bind",
			mount.source,
			mount.target
		];
		case "way": return [
			"--perms",
			"0755",
			"--dir",
			mount.target
		];
		case "mask-file": return [
			"--ro-bind",
			masks.file,
			mount.target
		];
		case "mask-directory": return [
			"--ro-bind",
			masks.directory,
			mount.target
		];
		case "host-root": return [
			"--dev-bind",
			"/",
			"/"
		];
		case "proc": return [
			"--proc",
			"/proc",
			...mount.covered.flatMap((path) => [
				"--ro-bind",
				"/dev/null",
				path
			])
		];
		case "dev": return [
			"--dev",
			"/dev",
			"--perms",
			"1777",
			"--tmpfs",
			"/dev/shm"
		];
	}
}
function depth(path) {
	return path.split("/").length;
}

export { readOnly as a, masksIn as i, bwrapOptions as n, within as o, inOrder as r, writable as s, EMPTY as t };