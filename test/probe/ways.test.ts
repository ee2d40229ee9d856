import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTool } from '../../src/probe/ways.ts';

const SYSTEMS = '/usr/bin/env';
const known = (path: string | null) => ({ path, version: '1.0.0' });

it('lets root run tools that only root can rewrite, and none that others can', () => {
  const systems = { bwrap: known(SYSTEMS), slirp4netns: known(null), nft: known(SYSTEMS) };
  expect(openTool(systems)).toBeNull();

  const file = join(mkdtempSync(join(tmpdir(), 'ways-')), 'nft');
  writeFileSync(file, '');
  chmodSync(file, 0o777);
  expect(openTool({ ...systems, nft: known(file) })).toMatch(/could be rewritten by others/);

  const supply = { source: 'archive', directory: null, record: null, sha256: '' } as const;
  const led = { ...known(SYSTEMS), supply: { ...supply, command: [file, '--', SYSTEMS] } };
  expect(openTool({ ...systems, nft: led })).toMatch(/could be rewritten by others/);
});
