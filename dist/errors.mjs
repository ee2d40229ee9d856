// src/base/errors.ts
/** The one error class: what failed, why, and what to do about it. */
var GloveboxError = class extends Error {
	name = "GloveboxError";
	code;
	details;
	constructor(code, message, details = {}) {
		super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.code = code;
		this.details = details;
	}
};
/** The message of anything that was thrown, without a stack. */
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}

export { messageOf as n, GloveboxError as t };