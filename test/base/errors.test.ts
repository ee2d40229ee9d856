import { describe, expect, it } from 'vitest';
import { GloveboxError, messageOf } from '../../src/base/errors.ts';

describe('GloveboxError', () => {
  it('carries its code, its details and the cause', () => {
    const cause = new Error('below');
    const error = new GloveboxError('usage', 'not understood', { remedy: 'see help', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'GloveboxError', code: 'usage', cause });
    expect(error.details.remedy).toBe('see help');
  });

  it('has no cause of its own where none was given', () => {
    expect('cause' in new GloveboxError('refused', 'no')).toBe(false);
  });
});

it.each([
  ['an error', new Error('text'), 'text'],
  ['a text', 'thrown', 'thrown'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 7, '7'],
])('messageOf %s', (_name, thrown, expected) => {
  expect(messageOf(thrown)).toBe(expected);
});
