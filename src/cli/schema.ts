import type { Arguments } from './arguments.ts';

export async function schemaCommand({
  which,
}: Extract<Arguments, { command: 'schema' }>): Promise<number> {
  const schema =
    which === 'policy'
      ? (await import('../policy/json-schema.ts')).policyJsonSchema()
      : (await import('../report/json-schema.ts')).reportJsonSchema();
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return 0;
}
