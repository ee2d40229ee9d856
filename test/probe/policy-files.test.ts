import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GloveboxError } from '../../src/base/errors.ts';
import type { PolicyFlags } from '../../src/policy/flags.ts';
import { readLayers as layersOf, readPolicyFile } from '../../src/probe/policy-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'glovebox-policies-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function readLayers(files: readonly string[], flags: PolicyFlags) {
  return await layersOf(files.map(readPolicyFile), flags);
}

async function failure(files: readonly string[], flags: PolicyFlags = {}): Promise<GloveboxError> {
  try {
    await readLayers(files, flags);
  } catch (error) {
    if (error instanceof GloveboxError) return error;
    throw error;
  }
  throw new Error('the policy was read');
}

describe('the sources of a policy', () => {
  it.each<[string, PolicyFlags]>([
    ['nothing', {}],
    ['no variable', { env: [] }],
  ])('have no command line that says %s', async (_name, flags) => {
    expect(await readLayers([], flags)).toEqual([]);
    const only = file('only.yml', 'version: 1\n');
    expect((await readLayers([only], flags)).map(({ name }) => name)).toEqual([only]);
  });

  it.each<[PolicyFlags]>([
    [{ network: 'audit' }],
    [{ allow: ['203.0.113.7'] }],
    [{ filesystem: 'off' }],
    [{ onUnavailable: 'degrade' }],
    [{ timeout: '1m' }],
    [{ env: ['A'] }],
    [{ env: ['A=1'] }],
  ])('have a command line that says %j', async (flags) => {
    const layers = await readLayers([], flags);
    expect(layers.map(({ name, sha256 }) => [name, sha256])).toEqual([['command line', null]]);
  });

  it('are the files, also an empty one, in their order and with the sum of their bytes, and last the command line', async () => {
    const empty = 'version: 1\n';
    const other = 'version: 1\nnetwork: { mode: audit } # ä\n';
    const files = [file('b.yml', other), file('a.yml', empty)];
    const layers = await readLayers(files, { timeout: '1m' });
    const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(layers.map(({ name, sha256 }) => [name, sha256])).toEqual([
      [files[0], sum(other)],
      [files[1], sum(empty)],
      ['command line', null],
    ]);
  });

  it('tell all problems of all of them together', async () => {
    const files = [
      file('c.yml', 'version: 1\nnetwork: { mode: sometimes }\n'),
      file('d.yml', 'version: 1\nunknown: 1\n'),
    ];
    const { code, details } = await failure(files, { timeout: 'soon' });
    expect(code).toBe('policy-invalid');
    expect(details.problems?.map(({ place }) => place.origin)).toEqual([...files, '--timeout']);
  });

  it('name a file that cannot be read', async () => {
    const gone = join(directory, 'gone.yml');
    const { code, message } = await failure([gone]);
    expect(code).toBe('policy-unreadable');
    expect(message).toContain(gone);
  });
});
