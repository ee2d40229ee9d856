import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greeting } from './greeting.mjs';

test('a greeting has a name in it', () => {
  assert.match(greeting('world'), /world/);
});
