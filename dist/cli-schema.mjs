// src/cli/schema.ts
async function schemaCommand({ which }) {
	process.stdout.write(`${JSON.stringify(await schemaOf(which), null, 2)}\n`);
	return 0;
}
async function schemaOf(which) {
	if (which === "policy") return (await import("./policy-json-schema.mjs")).policyJsonSchema();
	const { jobReportJsonSchema, reportJsonSchema } = await import("./report-json-schema.mjs");
	return which === "report" ? reportJsonSchema() : jobReportJsonSchema();
}

export { schemaCommand };