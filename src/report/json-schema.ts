import { z } from 'zod/mini';
import { jobReport } from './job-schema.ts';
import { effectiveSandbox } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a report. */
export function reportJsonSchema(): object {
  return titled('Glovebox EffectiveSandbox report', effectiveSandbox);
}

/** The JSON Schema (draft 2020-12) of what one use of the action writes down. */
export function jobReportJsonSchema(): object {
  return titled('Glovebox job report', jobReport);
}

function titled(title: string, type: z.core.$ZodType): object {
  const { $schema, ...schema } = z.toJSONSchema(type, { target: 'draft-2020-12' });
  return { $schema, title, ...schema };
}
