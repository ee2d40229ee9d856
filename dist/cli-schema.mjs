// src/cli/schema.ts
async function schemaCommand({ which }) {
	const schema = which === "policy" ? (await import("./policy-json-schema.mjs")).policyJsonSchema() : (await import("./report-json-schema.mjs")).reportJsonSchema();
	process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
	return 0;
}

export { schemaCommand };