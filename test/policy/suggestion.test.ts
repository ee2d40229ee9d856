import { expect, it } from 'vitest';
import { suggestion } from '../../src/policy/suggestion.ts';

const KEYS = ['version', 'on-unavailable', 'network', 'filesystem', 'resources', 'uid'];

it.each([
  ['netwrok', 'network'],
  ['newtork', 'network'],
  ['networks', 'network'],
  ['Network', 'network'],
  ['net', 'network'],
  ['onUnavailable', 'on-unavailable'],
  ['on_unavailable', 'on-unavailable'],
  ['resource', 'resources'],
  ['file', 'filesystem'],
  ['udi', 'uid'],
  ['ab', null],
  ['', null],
  ['something', null],
  ['n'.repeat(1_000_000), null],
])('%s: %s', (written, expected) => {
  expect(suggestion(written, KEYS)).toBe(expected);
});
