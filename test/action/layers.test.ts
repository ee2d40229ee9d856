import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newJob, outcomes, said, use } from '../lab/action.ts';

const FILES = { 'kept.txt': 'old\n', 'gone.txt': 'x\n', 'tree/leaf.txt': 'x\n' };
const LOOK = `find . -type f | sort | sed 's/^/> /'; echo "> $(paste -sd' ' kept.txt)"`;

describe('the workspace layer', () => {
  it('shows a later step what earlier ones made, changed and deleted', async () => {
    const job = newJob({ files: FILES });
    const steps = `
- run: |
    echo new > made.txt; echo changed > kept.txt; rm gone.txt; rm -r tree
    mkdir tree; echo 1 > tree/other.txt
- run: echo again >> kept.txt; mv made.txt moved.txt
- run: |
    ${LOOK}
`;
    const used = await use({ steps }, job);
    expect(said(used)).toEqual([
      ...['./kept.txt', './moved.txt', './tree/other.txt', 'changed again'],
    ]);
  });

  it('leaves nothing in the real workspace, nor anywhere else after the job', async () => {
    const job = newJob({ files: FILES });
    const steps = `
- run: rm -r kept.txt tree; mkdir -m 0 locked; touch 'new file'
- run: echo x > tree; mkdir other; ln -s / other/link
`;
    const before = directories();
    const used = await use({ steps }, job);
    expect(outcomes(used)).toEqual({ 'step-1': 'success', 'step-2': 'success' });
    await job.end();
    expect(tree(job.layout.workspace)).toEqual(['gone.txt', 'kept.txt', 'tree', 'tree/leaf.txt']);
    expect(readFileSync(join(job.layout.workspace, 'kept.txt'), 'utf8')).toBe('old\n');
    expect(directories()).toEqual(before);
  });

  it.each([
    ['is gone when it fails', '', 'old'],
    ['stays when its failure is forgiven', 'continue-on-error: true', 'changed'],
    ['is gone when only its failure is', 'continue-on-error: true\n  keep-changes: false', 'old'],
    ['stays when it is to be kept', 'keep-changes: true', 'changed'],
  ])('of a step %s', async (_name, line, wanted) => {
    const steps = `
- run: echo changed > kept.txt; exit 1
  ${line}
- run: echo "> $(cat kept.txt)"
  if: always()
`;
    expect(said(await use({ steps }, newJob({ files: FILES })))).toEqual([wanted]);
  });

  it('is read-only in scratch-plus-ro, and absent in scratch-only', async () => {
    const steps = `
- run: echo 1 > made.txt; rm gone.txt
- filesystem: { mode: scratch-plus-ro }
  run: |
    cd "$GITHUB_WORKSPACE"; ls | sed 's/^/> /'
    (echo x > more.txt) 2>/dev/null || echo "> read-only"
- filesystem: { mode: scratch-only }
  run: |
    ls | wc -l | sed 's/^/> /'; echo 1 > scratch.txt
- run: |
    ls | sed 's/^/> /'
`;
    expect(said(await use({ steps }, newJob({ files: FILES })))).toEqual([
      ...['kept.txt', 'made.txt', 'tree', 'read-only', '0', 'kept.txt', 'made.txt', 'tree'],
    ]);
  });

  it('is none in workspace mode, which writes in place and does not see it', async () => {
    const job = newJob({ files: FILES });
    const steps = `
- run: echo 1 > layer.txt
- filesystem: { mode: workspace }
  run: echo 2 > place.txt; ls | sed 's/^/> /'
`;
    const used = await use({ steps }, job);
    expect(said(used)).toEqual(['gone.txt', 'kept.txt', 'place.txt', 'tree']);
    expect(tree(job.layout.workspace)).toContain('place.txt');
    expect(tree(job.layout.workspace)).not.toContain('layer.txt');
  });

  it('keeps what filesystem.write names, for the job and for later steps', async () => {
    const job = newJob({ files: { 'dist/.keep': '' } });
    await job.run('chmod 777 dist');
    const steps = `
- run: echo 1 > dist/one; echo 1 > layer
  filesystem: { write: [dist] }
- run: ls dist layer | sed 's/^/> /'
`;
    expect(said(await use({ steps }, job))).toEqual(['layer', '', 'dist:', 'one']);
    expect(tree(job.layout.workspace)).toEqual(['dist', 'dist/.keep', 'dist/one']);
  });

  it('is none of a step that was forgiven before it had one', async () => {
    const steps = `
- run: echo 1 > made
- { filesystem: { mode: off }, run: 'true', continue-on-error: true }
- { working-directory: .., run: 'true', continue-on-error: true }
- { shell: 'no-such-shell {0}', run: x, continue-on-error: true }
- run: echo "> $(cat made)"
`;
    const used = await use({ steps });
    expect([used.exitCode, said(used)]).toEqual([0, ['1']]);
    expect(used.report.steps.map(({ outcome }) => outcome)).toEqual([
      ...['success', 'failure', 'failure', 'failure', 'success'],
    ]);
  });

  it('is of one use of the action: the next one starts from the workspace', async () => {
    const job = newJob({ files: FILES });
    await use({ run: 'echo changed > kept.txt' }, job);
    expect(said(await use({ run: 'echo "> $(cat kept.txt)"' }, job))).toEqual(['old']);
  });

  // Their list is longer than what the newer of the kernel's two calls for mounts would take.
  it('holds many steps', async () => {
    const step = (index: number): object => ({ run: `cat number; echo ${index} > number` });
    const steps = JSON.stringify([
      { run: 'echo 0 > number' },
      ...Array.from({ length: 14 }, (_, index) => step(index + 1)),
      { run: 'echo "> $(cat number)"' },
    ]);
    expect(said(await use({ steps }))).toEqual(['14']);
  });
});

describe('nothing else is shared', () => {
  it.each([
    ['/tmp', 'echo 1 > /tmp/left', 'cat /tmp/left'],
    ['the runner`s temporary directory', 'echo 1 > $RUNNER_TEMP/left', 'cat $RUNNER_TEMP/left'],
    ['the home directory', 'echo 1 > ~/.bashrc', 'cat ~/.bashrc'],
    ['/dev/shm', 'echo 1 > /dev/shm/left', 'cat /dev/shm/left'],
    [
      'a process',
      "sleep 77 & disown; until grep -q '^sleep' /proc/$!/comm; do :; done",
      "grep -l '^sleep' /proc/[0-9]*/comm",
    ],
    [
      'a socket',
      `node -e 'require("net").createServer().listen(4444, () => process.exit())'
       (while :; do sleep 1; done | node -e 'require("net").createServer().listen(4444)') & sleep 0.5`,
      '(: < /dev/tcp/127.0.0.1/4444)',
    ],
    [
      'the command files',
      'echo "A=1" >> $GITHUB_ENV; echo "o=1" >> $GITHUB_OUTPUT',
      'cat $GITHUB_ENV $GITHUB_OUTPUT | grep .',
    ],
  ])('%s', async (_name, first, second) => {
    const steps = [
      { run: `${first}\n${second}` },
      { run: `${second} 2>/dev/null && echo "> there" || echo "> not there"` },
    ];
    const used = await use({ steps: JSON.stringify(steps) });
    // The control: the step itself finds what it left.
    expect(outcomes(used)).toEqual({ 'step-1': 'success', 'step-2': 'success' });
    expect(said(used).at(-1)).toBe('not there');
  });
});

function tree(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}

/** What runs leave where they keep their files. */
function directories(): string[] {
  return readdirSync('/var/tmp').filter(
    (name) => existsSync(`/var/tmp/${name}`) && name.startsWith('glovebox-'),
  );
}
