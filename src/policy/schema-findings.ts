import type * as z from 'zod/mini';
import { readEntry } from './readers.ts';
import { printable, shown } from './reading.ts';
import type { Finding, Path } from './findings.ts';
import { policySchema, type PolicyInput } from './schema.ts';
import { suggestion } from './suggestion.ts';

type Issue = z.core.$ZodIssue;

const TYPE_EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
};

const LISTS = [
  ['network', 'allow'],
  ['network', 'expect-blocked'],
  ['filesystem', 'read'],
  ['filesystem', 'write'],
  ['filesystem', 'hide'],
  ['filesystem', 'outputs'],
  ['filesystem', 'logs'],
  ['syscalls', 'allow'],
  ['syscalls', 'block'],
  ['environment', 'pass'],
  ['runner', 'outputs'],
  ['runner', 'env'],
  ['runner', 'path'],
] as const;

/** Checks plain data against the schema; `input` is null exactly when there are findings. */
export function checkInput(value: unknown): { input: PolicyInput | null; findings: Finding[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { input: null, findings: [notAMap(value)] };
  }
  const result = policySchema.safeParse(value, { reportInput: true });
  const findings = [
    ...(result.error?.issues.flatMap(findingsOf) ?? []),
    ...LISTS.flatMap((path) => repeats(value, path)),
  ];
  return { input: findings.length === 0 ? (result.data ?? null) : null, findings };
}

function notAMap(value: unknown): Finding {
  const message =
    value === null || value === undefined ? 'the file is empty' : `the policy is ${shown(value)}`;
  return { path: [], message, expected: 'a map that starts with `version: 1`' };
}

function findingsOf(issue: Issue): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, keysAt(path)));
  }
  if (issue.code === 'invalid_value') return [wrongChoice(path, issue.input, issue.values)];
  if (issue.code === 'invalid_type') return [wrongType(path, issue.input, issue.expected)];
  const expected = issue.code === 'custom' ? String(issue.params?.['expected'] ?? '') : '';
  return [{ path, message: issue.message, expected }];
}

export function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const guess = suggestion(key, known);
  const hint = guess === null ? '' : ` (did you mean \`${guess}\`?)`;
  return {
    path: [...path, key],
    message: `unknown key \`${printable(key)}\``,
    expected: `one of ${known.join(', ')}${hint}`,
    onKey: true,
  };
}

/** The keys of the map at a path, which is the policy itself or one of its sections. */
function keysAt([section]: Path): string[] {
  const shape = policySchema.shape;
  if (section === undefined) return Object.keys(shape);
  const inner = (shape as Record<string, { def: { innerType?: { shape?: object } } }>)[section]?.def
    .innerType;
  return Object.keys(inner?.shape ?? {});
}

export function wrongChoice(path: Path, input: unknown, values: readonly unknown[]): Finding {
  const expected =
    values.length === 1
      ? `\`${String(path.at(-1))}: ${String(values[0])}\``
      : `one of ${values.join(', ')}`;
  if (input === undefined) return { path, message: `\`${path.join('.')}\` is missing`, expected };
  // Quotes are what is wrong with `version: "1"`, so the message shows them.
  const given =
    typeof input === 'string' && typeof values[0] !== 'string'
      ? `\`${printable(JSON.stringify(input))}\``
      : shown(input);
  return { path, message: `${given} is not a value of \`${path.join('.')}\``, expected };
}

export function wrongType(path: Path, input: unknown, type: string): Finding {
  const message = `\`${path.join('.')}\` is ${shown(input)}`;
  return { path, message, expected: TYPE_EXPECTED[type] ?? type };
}

/** Entries that say the same as an earlier one, however spelled. */
function repeats(value: object, [section, key]: (typeof LISTS)[number]): Finding[] {
  const items = (value as Record<string, Record<string, unknown> | null>)[section]?.[key];
  if (!Array.isArray(items)) return [];
  const seen = new Map<string, number>();
  return items.flatMap((item: unknown, index) => {
    const text = section === 'network' ? canonicalEntry(item) : item;
    const first = typeof text === 'string' ? seen.get(text) : undefined;
    if (typeof text === 'string' && first === undefined) seen.set(text, index);
    if (first === undefined) return [];
    const message = `${shown(item)} says the same as \`${section}.${key}[${first}]\``;
    return [{ path: [section, key, index], message, expected: 'each entry once' }];
  });
}

function canonicalEntry(item: unknown): string | null {
  const read = readEntry(item);
  return read.ok ? read.value.text : null;
}
