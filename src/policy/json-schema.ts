import * as z from 'zod/mini';
import { policySchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a policy document, for editors. It says less than the parser checks. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { target: 'draft-2020-12', io: 'input' });
}
