import type { Arguments } from './arguments.ts';

export async function schemaCommand({
  which,
}: Extract<Arguments, { command: 'schema' }>): Promise<number> {
  process.stdout.write(`${JSON.stringify(await schemaOf(which), null, 2)}\n`);
  return 0;
}

type Which = Extract<Arguments, { command: 'schema' }>['which'];

async function schemaOf(which: Which): Promise<object> {
  if (which === 'policy') return (await import('../policy/json-schema.ts')).policyJsonSchema();
  const { jobReportJsonSchema, reportJsonSchema } = await import('../report/json-schema.ts');
  return which === 'report' ? reportJsonSchema() : jobReportJsonSchema();
}
