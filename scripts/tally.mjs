// Adds up the runs in a tally file and prints the one line that closes a test run.
import { readFileSync } from 'node:fs';

export function closingLine(file) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const run = JSON.parse(line);
    for (const key of Object.keys(sum)) sum[key] += run[key];
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  return `Tests: ${sum.passed} passed, ${sum.failed} failed${skipped}`;
}

const file = process.argv[2];
if (process.argv[1] === import.meta.filename && file !== undefined) console.log(closingLine(file));
