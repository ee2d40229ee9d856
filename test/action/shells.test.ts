import { describe, expect, it } from 'vitest';
import { newJob, outcomes, said, use } from '../lab/action.ts';

/** All in one use of the action: an id, the shell, the script, what it says and how it ends. */
const CASES: [string, string | null, string, string[], string][] = [
  ['none-has-e', null, 'echo "> 1"; false; echo "> 2"', ['1'], 'failure'],
  ['none-has-no-pipefail', null, 'false | true; echo "> 3"', ['3'], 'success'],
  ['bash-has-e', 'bash', 'echo "> 4"; false; echo "> 5"', ['4'], 'failure'],
  ['bash-has-pipefail', 'bash', 'false | true; echo "> 6"', [], 'failure'],
  ['bash-reads-no-profile', 'bash', 'shopt -q login_shell || echo "> 7"', ['7'], 'success'],
  ['sh-has-e', 'sh', 'echo "> 8"; false; echo "> 9"', ['8'], 'failure'],
  ['sh-has-no-pipefail', 'sh', 'false | true; echo "> 10"', ['10'], 'success'],
  ['node', 'node', 'console.log(`> ${typeof require}`)', ['function'], 'success'],
  ['node-fails', 'node', 'throw new Error("no")', [], 'failure'],
  ['custom', 'perl {0}', 'print "> $0\\n";', ['/run/glovebox/script/step'], 'success'],
  ['with-words', '"perl" -e "print qq(> one word\\n)" {0}', 'x', ['one word'], 'success'],
];

const stepOf = ([id, shell, run]: (typeof CASES)[number]): object => ({
  ...{ id, run, if: 'always()' },
  ...(shell === null ? {} : { shell }),
});

describe('shells', () => {
  it('mean what they mean in a workflow', async () => {
    const used = await use({ steps: JSON.stringify(CASES.map(stepOf)) });
    expect(outcomes(used)).toEqual(Object.fromEntries(CASES.map(([id, , , , end]) => [id, end])));
    expect(said(used)).toEqual(CASES.flatMap(([, , , lines]) => lines));
  });

  it('are found where earlier steps of the job put them', async () => {
    const job = newJob();
    const stub = (name: string): string =>
      `printf '#!/bin/sh\\necho "> ${name} $@"' > tools/${name}; chmod +x tools/${name}; `;
    const made = `mkdir tools; ${stub('python')}${stub('pwsh')} echo "$PWD/tools" >> $GITHUB_PATH`;
    expect((await job.run(made)).outcome).toBe('success');
    const steps = `
- { shell: python, run: x }
- { shell: pwsh, run: x }
`;
    expect(said(await use({ steps }, job))).toEqual([
      'python /run/glovebox/script/step.py',
      "pwsh -command . '/run/glovebox/script/step.ps1'",
    ]);
  });

  it('that are not there end with 127', async () => {
    const used = await use({ run: 'x', shell: 'no-such-shell {0}' });
    expect([used.exitCode, used.outputs['exit-code']]).toEqual([127, '127']);
    expect(used.log).toContain('no-such-shell');
  });

  it('get the script as it is written, whatever is in it', async () => {
    const script = `cat <<'END'\n> $HOME \`x\` "a" 'b' \\n é {0} %0A\nEND\n`;
    // The announcement shows it first.
    expect(said(await use({ run: script })).slice(1)).toEqual([
      `$HOME \`x\` "a" 'b' \\n é {0} %0A`,
    ]);
  });
});
