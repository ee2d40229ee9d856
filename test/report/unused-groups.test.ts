import { describe, expect, it } from 'vitest';
import { expandGroups, membersOf } from '../../src/policy/groups.ts';
import { mergePolicies } from '../../src/policy/merge.ts';
import { unusedEntries } from '../../src/report/unused.ts';
import { plan } from '../fixtures/plan.ts';
import { layer } from '../fixtures/policy.ts';

const configured = ['http://203.0.113.7', 'http://203.0.113.8'].map((url) => ({ url, from: 'it' }));
const members = new Map([['npm', { members: membersOf(configured), expected: '' }] as const]);

/** What is told of a run that reached these addresses on port 80. */
function unused(allow: readonly string[], reached: readonly string[]): string[] {
  const read = layer({ network: { mode: 'allowlist', allow } });
  const { values } = expandGroups(read.values, members);
  const policy = mergePolicies([{ ...read, values }]);
  return unusedEntries(
    { ...plan(), policy },
    {
      allowed: reached.map((address) => ({ address, port: 80, protocol: 'tcp', count: 1 })),
      ...{ refused: [], allowedNotListed: 0, refusedNotListed: 0, names: null },
    },
  );
}

describe('unusedEntries', () => {
  it.each<[string, string[], string[]]>([
    ['a group by its word, once', [], ['203.0.113.9:80', 'npm']],
    ['no group of which one entry was used', ['203.0.113.8'], ['203.0.113.9:80']],
    ['a group where only others were used', ['203.0.113.9'], ['npm']],
    ['nothing where everything was used', ['203.0.113.7', '203.0.113.9'], []],
  ])('tells %s', (_name, reached, expected) => {
    expect(unused(['npm', '203.0.113.9:80'], reached)).toEqual(expected);
  });

  it('tells an entry that the policy has of its own, also where a group has it too', () => {
    expect(unused(['203.0.113.7:80', 'npm'], ['203.0.113.8'])).toEqual(['203.0.113.7:80']);
  });
});
