import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newJob, outcomes, said, use } from '../lab/action.ts';

const FILES = { 'kept.txt': 'old\n', 'report.txt': 'old\n', 'dist/a.txt': 'a\n' };

it('are in the workspace, and later steps build on all that a step did that succeeded', async () => {
  const job = newJob({ files: FILES });
  const long = 'a much longer line than there was before';
  const steps = `
- run: chmod 755 kept.txt; rm -r dist; echo 1 > beside.txt
- filesystem: { outputs: [dist, kept.txt] }
  run: mkdir dist; echo new > dist/a.txt; echo b > dist/b.txt; sed 's/^/> /' beside.txt
- filesystem: { outputs: [report.txt], outputs-on: always }
  run: echo ${long} > report.txt; echo lost > dist/a.txt; exit 1
- if: always()
  filesystem: { outputs: ['dist/**'] }
  run: |
    cat report.txt kept.txt dist/a.txt dist/b.txt beside.txt | sed 's/^/> /'; echo more >> dist/b.txt
`;
  const used = await use({ steps }, job);
  expect(said(used)).toEqual(['1', long, 'old', 'new', 'b', '1']);
  expect(outcomes(used)).toMatchObject({
    ...{ 'step-2': 'success', 'step-3': 'failure', 'step-4': 'success' },
  });
  await job.end();
  const read = (name: string): string => readFileSync(join(job.layout.workspace, name), 'utf8');
  expect(['report.txt', 'kept.txt', 'dist/a.txt', 'dist/b.txt'].map(read)).toEqual([
    ...[`${long}\n`, 'old\n', 'new\n', 'b\nmore\n'],
  ]);
});
