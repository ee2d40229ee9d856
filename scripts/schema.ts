// Writes the JSON schemas of policies, reports and the manifest of tools, taken from the code that checks them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolManifestJsonSchema } from '../src/capabilities/tool-manifest-schema.ts';
import { policyJsonSchema } from '../src/policy/json-schema.ts';
import { jobReportJsonSchema, reportJsonSchema } from '../src/report/json-schema.ts';

export function writeSchemas(outDir: string): void {
  mkdirSync(outDir, { recursive: true });
  const schemas = {
    policy: policyJsonSchema(),
    report: reportJsonSchema(),
    'job-report': jobReportJsonSchema(),
    'tools-manifest': toolManifestJsonSchema(),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    writeFileSync(join(outDir, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
  }
}

if (import.meta.main) writeSchemas(join(import.meta.dirname, '..', 'schema'));
