import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { bare, cli, workspace } from '../lab/glovebox.ts';

// What README.md shows of `npm start` is what comes out.

const ROOT = resolve(import.meta.dirname, '../..');
const BUILD = ['bash', 'build.sh'];

function copyOfTheExample(): string {
  const directory = workspace();
  cpSync(join(ROOT, 'examples/hello'), directory, { recursive: true });
  return directory;
}

/** The numbers are the machine's own. */
function lines(text: string): string[] {
  return text
    .trim()
    .replaceAll(/\d+(?=, all of this build| run, the kernel)/g, 'N')
    .split('\n');
}

it('README.md shows what the example says in the sandbox, which is not what it says outside', () => {
  const [, shown = ''] = /^```text\n([\s\S]*?)^```$/m.exec(
    readFileSync(join(ROOT, 'README.md'), 'utf8'),
  ) ?? [''];
  const sealed = cli(['run', '-p', 'policy.yml', '--', ...BUILD], { cwd: copyOfTheExample() });
  expect({ code: sealed.code, lines: lines(sealed.stdout) }).toEqual({
    code: 0,
    lines: lines(shown),
  });

  const outside = lines(bare(BUILD, { cwd: copyOfTheExample() }).stdout);
  expect(outside).toHaveLength(lines(shown).length);
  const differing = outside.filter((line) => !lines(shown).includes(line)).join('\n');
  expect(differing).toMatch(/phone home .* CONNECTED/);
  expect(differing).toMatch(/home directory .* WRITTEN/);
  expect(differing).toMatch(/200 processes at once .* ALL RUN/);
});
