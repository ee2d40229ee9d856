import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jobReportJsonSchema } from '../../src/report/json-schema.ts';

describe('jobReportJsonSchema', () => {
  const schema = jobReportJsonSchema();

  it('is draft 2020-12 with a title, without $id, and closed', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Glovebox job report',
      additionalProperties: false,
    });
    expect(schema).not.toHaveProperty('$id');
  });

  it('is what the file in schema/ has', () => {
    const file = new URL('../../schema/job-report.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });
});
