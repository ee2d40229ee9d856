import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';
import { readEntry } from '../../src/policy/readers.ts';

interface Schema {
  readonly description?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [key: string]: unknown;
}

const schema = policyJsonSchema() as Schema;

function at(...path: string[]): Schema {
  return path.reduce<Schema>((inner, key) => inner.properties?.[key] as Schema, schema);
}

function everyKey(part: Schema, path: string): [string, Schema][] {
  return Object.entries(part.properties ?? {}).flatMap(([key, inner]) => [
    [`${path}${key}`, inner] as [string, Schema],
    ...everyKey(inner, `${path}${key}.`),
  ]);
}

describe('policyJsonSchema', () => {
  it('is what schema/policy.schema.json has', () => {
    const file = readFileSync(new URL('../../schema/policy.schema.json', import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });

  it('is draft 2020-12 with a title, without $id, closed, and asks for the version alone', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Glovebox policy',
      required: ['version'],
      additionalProperties: false,
    });
    expect(schema).not.toHaveProperty('$id');
  });

  it.each(everyKey(schema, ''))('describes %s', (_path, part) => {
    expect(part.description).toMatch(/\S/);
  });

  it('has every key of the policy', () => {
    expect(everyKey(schema, '').map(([path]) => path)).toHaveLength(50);
  });

  it.each(['allow', 'expect-blocked'])('has of network.%s the text and the long form', (key) => {
    const { items } = at('network', key) as { items: { anyOf: Schema[] } };
    const [text, long] = items.anyOf;
    expect(items.anyOf).toHaveLength(2);
    expect(text).toMatchObject({ type: 'string' });
    expect(long).toMatchObject({ type: 'object', required: ['host'], additionalProperties: false });
    const values = {
      ...{ host: 'a.example', port: 443, protocol: 'tcp', tls: 'off', private: true },
    };
    expect(Object.keys(long?.properties ?? {})).toEqual(Object.keys(values));
    expect(readEntry(values)).toMatchObject({ ok: true });
    const choices = (name: string): readonly unknown[] => long?.properties?.[name]?.enum ?? [];
    expect([choices('tls').length, choices('protocol').length]).toEqual([4, 3]);
    for (const tls of choices('tls'))
      expect(readEntry({ ...values, tls })).toMatchObject({ ok: true });
    for (const protocol of choices('protocol'))
      expect(readEntry({ host: '203.0.113.7', protocol })).toMatchObject({ ok: true });
  });

  it.each([
    ['timeout', '1h30m', true],
    ['timeout', 'none', true],
    ['timeout', '90 seconds', false],
    ['memory', '1.5GiB', true],
    ['memory', '512M', false],
    ['processes', '12', true],
    ['processes', '-1', false],
  ])('matches resources.%s %s: %s', (key, text, expected) => {
    expect(new RegExp(at('resources', key).pattern ?? 'no pattern').test(text)).toBe(expected);
  });
});
