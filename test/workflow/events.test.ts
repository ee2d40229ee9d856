import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustOf } from '../../src/workflow/events.ts';

const SHA = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

describe('from where a policy file is read', () => {
  it.each([
    ['pull_request', { pull_request: { base: { sha: BASE } } }, BASE],
    ['pull_request_target', { pull_request: { base: { sha: BASE } } }, BASE],
    ['pull_request_review', { pull_request: { base: { sha: BASE } } }, BASE],
    ['merge_group', { merge_group: { base_sha: BASE } }, BASE],
    ['workflow_run', { workflow_run: { head_sha: BASE } }, SHA],
    ['issue_comment', {}, SHA],
  ])('%s: the base commit', (name, payload, base) => {
    expect(trustOf({ name, sha: SHA, payload })).toEqual({ kind: 'proposed', base });
  });

  it.each(['push', 'schedule', 'workflow_dispatch', 'release', ''])('%s: the tree', (name) => {
    expect(trustOf({ name, sha: SHA, payload: null })).toEqual({ kind: 'own' });
  });

  it.each([
    null,
    7,
    [],
    { pull_request: null },
    { pull_request: { base: { sha: 'main' } } },
    { pull_request: { base: { sha: '--upload-pack=x' } } },
    { pull_request: { base: { sha: [BASE] } } },
  ])('%j names no base commit', (payload) => {
    expect(trustOf({ name: 'pull_request', sha: SHA, payload })).toEqual({
      kind: 'proposed',
      base: null,
    });
  });

  it('never takes a proposed tree for our own, whatever the payload', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('pull_request', 'pull_request_target', 'merge_group', 'workflow_run'),
        fc.anything(),
        (name, payload) => {
          expect(trustOf({ name, sha: SHA, payload }).kind).toBe('proposed');
        },
      ),
    );
  });
});
