import * as z from 'zod/mini';
import { leaf, type Described } from './leaf.ts';
import { NAME_PATTERN, readId, readPath, readQuad, readVariable } from './readers.ts';
import type { Reading } from './reading.ts';
import { readSyscallName, SYSCALL_PATTERN } from './syscall-readers.ts';
import { readCount, readDuration, readSize } from './units.ts';

// The kinds of value that a policy document is made of. All of them may be left out.

export function list<T>(read: (raw: unknown) => Reading<T>, item: Described, description: string) {
  return z.optional(
    z.array(leaf(read, item)).register(z.globalRegistry, { description, uniqueItems: true }),
  );
}

export function choice<const T extends readonly string[]>(values: T, description: string) {
  return z.optional(z.enum(values).register(z.globalRegistry, { description }));
}

export function section<T extends z.core.$ZodShape>(shape: T, description: string) {
  return z.optional(z.strictObject(shape).register(z.globalRegistry, { description }));
}

/** A map of variables. It is read by hand because a record would lose a variable named `__proto__`. */
export function variables(description: string) {
  const reading = z.transform((raw: unknown, context) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      context.issues.push({ code: 'invalid_type', expected: 'object', input: raw });
      return z.NEVER;
    }
    const result = new Map<string, string>();
    for (const [name, value] of Object.entries(raw)) {
      const read = readVariable(name, value);
      if (read.ok) result.set(name, read.value);
      else {
        const { message, expected } = read;
        context.issues.push({
          code: 'custom',
          path: [name],
          input: value,
          message,
          params: { expected },
        });
      }
    }
    return result;
  });
  const shape = {
    type: 'object',
    propertyNames: { pattern: NAME_PATTERN },
    additionalProperties: { type: ['string', 'number', 'boolean'] },
  };
  return z.optional(
    z.pipe(z.unknown(), reading).register(z.globalRegistry, { description, ...shape }),
  );
}

const QUANTITY = { type: ['string', 'number'] };
const NUMBER = String.raw`\d+(\.\d+)?`;
const DURATION_PATTERN = `^(none|${NUMBER}|(${NUMBER}(d|h|m|s|ms) ?)+)$`;
const SIZE_PATTERN = `^(none|\\d+|${NUMBER} ?(B|[kK]B|[MGT]B|[KMGT]iB))$`;

export const duration = (description: string) =>
  z.optional(leaf(readDuration, { description, ...QUANTITY, pattern: DURATION_PATTERN }));

export const size = (description: string) =>
  z.optional(leaf(readSize, { description, ...QUANTITY, pattern: SIZE_PATTERN }));

export const count = (description: string) =>
  z.optional(
    leaf(readCount, {
      description,
      type: ['string', 'integer'],
      pattern: '^(none|[0-9]+)$',
      minimum: 1,
    }),
  );

export const paths = (description: string) =>
  list(
    readPath,
    { description: 'Absolute, `~/…`, or relative to the workspace.', type: 'string', minLength: 1 },
    description,
  );

export const entries = <T>(read: (raw: unknown) => Reading<T>, item: string, description: string) =>
  list(
    read,
    {
      description: `${item}.`,
      anyOf: [
        { type: 'string', pattern: String.raw`^\S+$` },
        {
          type: 'object',
          required: ['host'],
          additionalProperties: false,
          properties: {
            host: { type: 'string', description: 'A name, or `*.` and a name.' },
            port: {
              type: ['string', 'integer'],
              description: 'A port, or ports like `80,443` and `1024-2047`; 443 where left out.',
            },
            protocol: { enum: ['tcp', 'udp', 'icmp'] },
            tls: {
              enum: ['on', 'off', true, false],
              description: '`off` for protocols that start in the clear, such as ssh.',
            },
            private: {
              type: 'boolean',
              description: 'The name may lead to an address of a private range.',
            },
          },
        },
      ],
    },
    description,
  );

export const syscalls = (description: string) =>
  list(
    readSyscallName,
    { description: 'The name of a system call.', type: 'string', pattern: SYSCALL_PATTERN },
    description,
  );

export const toggle = (description: string) =>
  z.optional(z.boolean().register(z.globalRegistry, { description }));

export const quad = (description: string) =>
  z.optional(leaf(readQuad, { description, type: 'string', format: 'ipv4' }));

export const id = (description: string) =>
  z.optional(leaf(readId, { description, type: 'integer', minimum: 1, maximum: 4294967294 }));
