import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { faultsOfShapes } from './http-shapes-check.ts';

test('every shape is let through, or refused for its reason', { timeout: 60_000 }, async () => {
  await expect(faultsOfShapes()).resolves.toEqual([]);
});

// Node's releases differ in what their parser lets through.
const OTHERS = ['/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));

test.each(OTHERS)('so it is under %s', { timeout: 60_000 }, async (node) => {
  const dir = mkdtempSync(join(tmpdir(), 'glovebox-shapes-'));
  try {
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'http-shapes-check.ts'),
      platform: 'node',
      external: /^node:/,
      transform: { target: 'node20' },
    });
    await bundle.write({ file: join(dir, 'check.mjs'), format: 'esm' });
    await bundle.close();
    const main = `import { faultsOfShapes } from './check.mjs';
console.log(JSON.stringify(await faultsOfShapes()));`;
    writeFileSync(join(dir, 'main.mjs'), main);
    const { stdout } = await promisify(execFile)(node, [join(dir, 'main.mjs')]);
    expect(JSON.parse(stdout)).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
