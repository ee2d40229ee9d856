// Runs the unit tests, the sandbox suite and the tests of the action, and closes with one line over all.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine } from './tally.mjs';

// Whoever names a tally file, as .ci/run does, prints the closing line itself.
const given = process.env.GLOVEBOX_TALLY;
const dir = mkdtempSync(join(tmpdir(), 'glovebox-tests-'));
const tally = given ?? join(dir, 'tally');
if (given === undefined) writeFileSync(tally, '');

const runs = [
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'],
  ['scripts/test-sandbox.mjs'],
];
try {
  // Both run even when the first fails: one look shows everything that is broken.
  const failures = runs.filter((args) => {
    const { status } = spawnSync(process.execPath, args, {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, GLOVEBOX_TALLY: tally },
      stdio: 'inherit',
    });
    return status !== 0;
  });
  if (given === undefined) console.log(closingLine(tally));
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(dir, { recursive: true });
}
