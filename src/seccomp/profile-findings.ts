import type * as z from 'zod/mini';
import type { Finding, Path } from '../policy/findings.ts';
import { shown } from '../policy/reading.ts';
import { unknownKey, wrongChoice, wrongType } from '../policy/schema-findings.ts';

type Issue = z.core.$ZodIssue;

/** What the schema had against a profile, in our words. */
export function findingsOf(issues: readonly Issue[], schema: unknown, data: unknown): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(path, key, keysAt(schema as Schema, path)));
    }
    if (issue.code === 'invalid_value') return [wrongChoice(path, issue.input, issue.values)];
    if (issue.code === 'invalid_type') {
      return [path.length === 0 ? notAProfile(data) : wrongType(path, issue.input, issue.expected)];
    }
    const expected = issue.code === 'custom' ? String(issue.params?.['expected'] ?? '') : '';
    return [{ path, message: issue.message, expected }];
  });
}

function notAProfile(data: unknown): Finding {
  const message = data === null ? 'the file is empty' : `the profile is ${shown(data)}`;
  return { path: [], message, expected: 'a JSON object with `defaultAction` and `syscalls`' };
}

/** What the library keeps of each part of a schema. */
interface Schema {
  readonly def: {
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly innerType?: Schema;
    readonly element?: Schema;
  };
}

/** The keys that the schema knows of the map at a path. */
function keysAt(schema: Schema, path: Path): string[] {
  const { shape, innerType, element } = schema.def;
  if (innerType !== undefined) return keysAt(innerType, path);
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(shape ?? {});
  const next = typeof step === 'number' ? element : shape?.[step];
  return next === undefined ? [] : keysAt(next, rest);
}
