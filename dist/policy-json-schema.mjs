import { _ as toJSONSchema } from "./vendor-zod.mjs";
import { t as policySchema } from "./schema.mjs";

// src/policy/json-schema.ts
/** The JSON Schema (draft 2020-12) of a policy document, for editors. It says less than the parser checks. */
function policyJsonSchema() {
	return toJSONSchema(policySchema, {
		target: "draft-2020-12",
		io: "input"
	});
}

export { policyJsonSchema };