import * as z from 'zod/mini';
import type { Reading } from './reading.ts';

export type Described = { readonly description: string } & Readonly<Record<string, unknown>>;

/** A value that one of our own readers checks; `shape` says in JSON Schema what it accepts. */
export function leaf<T>(read: (raw: unknown) => Reading<T>, shape: Described) {
  const reading = z.transform((raw: unknown, context) => {
    const result = read(raw);
    if (result.ok) return result.value;
    context.issues.push({
      code: 'custom',
      input: raw,
      message: result.message,
      params: { expected: result.expected },
    });
    return z.NEVER;
  });
  return z.pipe(z.unknown(), reading).register(z.globalRegistry, shape);
}
