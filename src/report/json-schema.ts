import { z } from 'zod/mini';
import { effectiveSandbox } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a report. */
export function reportJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(effectiveSandbox, { target: 'draft-2020-12' });
  return { $schema, title: 'Glovebox EffectiveSandbox report', ...schema };
}
