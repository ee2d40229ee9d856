// What a sandbox costs: the median time of a command bare, and sealed off by the built CLI.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = Number(process.argv[2] ?? 20);
const POLICY = join(ROOT, 'examples/hello/policy.yml');

const cases: Record<string, [command: string, ...args: string[]]> = {
  true: ['true'],
  'node -e 0': [process.execPath, '-e', '0'],
  'glovebox --version': [process.execPath, 'dist/cli.mjs', '--version'],
  'glovebox run -- true': [process.execPath, 'dist/cli.mjs', 'run', '-p', POLICY, '--', 'true'],
};

for (const [name, [command, ...args]] of Object.entries(cases)) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { status, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
    times.push(performance.now() - start);
    if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  console.log(`${name.padEnd(24)} ${median.toFixed(1).padStart(8)} ms`);
}
