// src/plan/types.ts
const LAYERS = [
	"network",
	"filesystem",
	"resources",
	"privilege",
	"syscalls",
	"environment",
	"runner"
];

export { LAYERS as t };