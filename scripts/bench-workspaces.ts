// What a big workspace costs: how much later a sealed command starts over 200,000 files and 5 GB than
// over none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = Number(process.argv[2] ?? 20);

const CLI = join(ROOT, 'dist/cli.mjs');

const directory = mkdtempSync('/var/tmp/glovebox-bench-');
try {
  const run = [process.execPath, CLI, 'run', '-q', '--', 'true'] as const;
  // In turn, so that whatever else the machine does slows down both.
  const [none = Number.NaN, many = Number.NaN] = mediansOf(run, [
    workspace('none', 0),
    workspace('many', 200),
  ]);
  tell('over no files', none);
  tell('over 200,000 files', many);
  console.log(`${'ratio'.padEnd(24)} ${(many / none).toFixed(2).padStart(8)}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** So many directories with a thousand files each, and a file of 5 GB that takes no space. */
function workspace(name: string, directories: number): string {
  const path = join(directory, name);
  mkdirSync(path);
  for (let index = 0; index < directories; index++) {
    mkdirSync(join(path, `${index}`));
    for (let file = 0; file < 1000; file++) writeFileSync(join(path, `${index}`, `${file}`), '');
  }
  if (directories > 0) {
    writeFileSync(join(path, 'big'), '');
    truncateSync(join(path, 'big'), 5 * 10 ** 9);
  }
  return path;
}

function mediansOf(
  [command, ...args]: readonly [string, ...string[]],
  directories: readonly string[],
): number[] {
  const times = directories.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, cwd] of directories.entries()) {
      const start = performance.now();
      const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
      times[index]?.push(performance.now() - start);
      if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`);
    }
  }
  return times.map((one) => one.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN);
}

function tell(name: string, median = Number.NaN): void {
  console.log(`${name.padEnd(24)} ${median.toFixed(1).padStart(8)} ms`);
}
