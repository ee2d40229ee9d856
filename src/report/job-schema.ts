import { z } from 'zod/mini';
import { effectiveSandbox, told } from './schema.ts';

const texts = z.array(z.string());
const outcome = z.enum(['success', 'failure', 'cancelled', 'skipped']);

const handedOn = z.strictObject({
  outputs: told(texts, 'Names, never values'),
  env: texts,
  path: texts,
  leftBehind: told(
    z.array(
      z.strictObject({
        kind: z.enum(['output', 'env', 'path']),
        name: z.string(),
        reason: z.string(),
      }),
    ),
    'Written by the step, and not handed on',
  ),
  leftBehindNotListed: z.int().check(z.nonnegative()),
  problems: told(texts, 'Why nothing of a file was handed on'),
  annotations: told(z.int().check(z.nonnegative()), 'Shown in the log'),
  annotationsNotShown: z.int().check(z.nonnegative()),
});

const step = z.strictObject({
  id: z.string(),
  name: z.string(),
  outcome,
  conclusion: told(outcome, 'As outcome, after continue-on-error'),
  error: told(
    z.nullable(
      z.strictObject({ code: z.string(), message: z.string(), remedy: z.nullable(z.string()) }),
    ),
    'What kept the step from being planned',
  ),
  handedOn,
  report: told(z.nullable(effectiveSandbox), 'null where the step was not run'),
});

/** What one use of the action did, step by step. */
export const jobReport = told(
  z.strictObject({
    version: z.literal(1),
    glovebox: told(z.string(), 'The version of Glovebox that wrote this'),
    outcome,
    exitCode: told(z.int(), 'What the action exits with'),
    enforced: told(z.boolean(), 'Every requested layer of every step was in force'),
    steps: z.array(step),
  }),
  'What one use of the Glovebox action did',
);

export type JobReport = z.infer<typeof jobReport>;
export type StepReport = z.infer<typeof step>;
