import type { Outcome } from './step.ts';

/** What `steps.<id>` knows. */
export interface StepContext {
  readonly outcome: Outcome;
  readonly conclusion: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What an expression can name. */
export interface Contexts {
  readonly github: Readonly<Record<string, unknown>>;
  readonly runner: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<string, StepContext>>;
  readonly job: { readonly status: JobStatus };
}

export type JobStatus = 'success' | 'failure' | 'cancelled';

const FUNCTION = /^(!?)(always|success|failure|cancelled)\(\)$/;
const PATH = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;
const COMPARISON = /^(.+?)\s*(==|!=)\s*'((?:[^']|'')*)'$/;

/**
 * Fills every `${{ … }}` of a text. Only paths such as `steps.x.outputs.y` are known here; what a
 * path does not find is empty, as with the runner.
 *
 * @throws for any other expression
 */
export function fillTemplate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_all, expression: string) =>
    lookUp(expression.trim(), contexts),
  );
}

/**
 * Whether a step's `if` lets it run. Known are the status functions, paths, comparisons of a path
 * with a text, and several of those joined by `&&`. One without a status function also asks for
 * `success()`.
 *
 * @throws for any other expression
 */
export function isMet(condition: string, contexts: Contexts): boolean {
  const expression = /^\$\{\{(.*)\}\}$/s.exec(condition.trim())?.[1] ?? condition;
  const terms = expression.split('&&').map((term) => term.trim());
  const asksForStatus = terms.some((term) => FUNCTION.test(term));
  if (!asksForStatus && contexts.job.status !== 'success') return false;
  return terms.filter((term) => term !== '').every((term) => isTrue(term, contexts));
}

function isTrue(term: string, contexts: Contexts): boolean {
  if (term === 'true' || term === 'false') return term === 'true';
  const [isFunction, not, name] = FUNCTION.exec(term) ?? [];
  if (isFunction !== undefined) {
    const holds = name === 'always' || contexts.job.status === name;
    return not === '!' ? !holds : holds;
  }
  const [isComparison, path = '', operator, text = ''] = COMPARISON.exec(term) ?? [];
  if (isComparison === undefined) return lookUp(term, contexts) !== '';
  // GitHub compares texts without case.
  const value = lookUp(path, contexts).toLowerCase();
  return (value === text.replaceAll("''", "'").toLowerCase()) === (operator === '==');
}

function lookUp(expression: string, contexts: Contexts): string {
  const [root = '', ...keys] = expression.split('.');
  if (!PATH.test(expression) || !Object.hasOwn(contexts, root)) {
    throw new Error(
      `the expression '${expression}' is not known here: use a path in github, runner, secrets, env, steps or job`,
    );
  }
  const start: unknown = contexts[root as keyof Contexts];
  const value = keys.reduce(member, start);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names are compared without case, but an exact one comes first. */
function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const exact = entries.find(([name]) => name === key);
  const same = (name: string): boolean => name.toLowerCase() === key.toLowerCase();
  return (exact ?? entries.find(([name]) => same(name)))?.[1];
}
