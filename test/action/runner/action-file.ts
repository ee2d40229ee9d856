import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the runner takes from an action's own file. */
export interface ActionFile {
  /** Absolute. */
  readonly directory: string;
  readonly main: string;
  readonly post: string | null;
  readonly postIf: string;
  /** The defaults; null for an input without one. */
  readonly inputs: ReadonlyMap<string, string | null>;
}

interface Written {
  readonly inputs?: Record<string, { default?: unknown } | null> | null;
  readonly runs?: Record<string, unknown>;
}

/** @throws when there is none, or when it is of a kind that is not run here */
export function readActionFile(directory: string): ActionFile {
  const file = ['action.yml', 'action.yaml']
    .map((name) => join(directory, name))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${directory}: there is no action.yml`);
  const { inputs, runs } = parse(readFileSync(file, 'utf8')) as Written;
  const { using, main, pre, post } = runs ?? {};
  if (typeof using !== 'string' || !/^node\d+$/.test(using) || typeof main !== 'string') {
    throw new Error(`${file}: only JavaScript actions are run here, not '${String(using)}'`);
  }
  if (pre !== undefined) throw new Error(`${file}: 'pre' is not supported here`);
  return {
    directory,
    main,
    post: typeof post === 'string' ? post : null,
    postIf: scalar(runs?.['post-if'] ?? 'always()'),
    inputs: new Map(
      Object.entries(inputs ?? {}).map(([name, input]) => [
        name,
        input?.default === undefined || input.default === null ? null : scalar(input.default),
      ]),
    ),
  };
}

/** A YAML value as the runner hands it on. */
export function scalar(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '';
  throw new Error(`a text is needed, not ${JSON.stringify(value)}`);
}

/** Upper case, blanks become `_`, everything else stays as it is. */
function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** The inputs of a step as variables: what is written, and defaults for the rest. */
export function inputVariables(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
  evaluate: (text: string) => string,
): Record<string, string> {
  const written = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const defaults = [...action.inputs]
    .filter(([name]) => !written.has(name.toLowerCase()))
    .map(([name, value]) => [inputVariable(name), evaluate(value ?? '')]);
  const own = Object.entries(given).map(([name, value]) => [inputVariable(name), evaluate(value)]);
  return Object.fromEntries([...defaults, ...own]) as Record<string, string>;
}

/** Inputs that the action does not know: the runner warns and hands them on. */
export function unexpectedInputs(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
): string[] {
  const known = new Set([...action.inputs.keys()].map((name) => name.toLowerCase()));
  return Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
}
