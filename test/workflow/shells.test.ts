import { describe, expect, it } from 'vitest';
import { DEFAULT_SHELL, readShell } from '../../src/workflow/shells.ts';

describe('the shell of a step', () => {
  it.each([
    ['bash', ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '{0}'], '.sh'],
    ['sh', ['sh', '-e', '{0}'], '.sh'],
    ['python', ['python', '{0}'], '.py'],
    ['node', ['node', '{0}'], '.js'],
    ['pwsh', ['pwsh', '-command', ". '{0}'"], '.ps1'],
    ['perl {0}', ['perl', '{0}'], ''],
    ['bash  -x   {0}', ['bash', '-x', '{0}'], ''],
    ['"my tool" --file="{0} x" y', ['my tool', '--file={0} x', 'y'], ''],
  ])('%s is the command that the runner would start', (text, command, extension) => {
    const read = readShell(text);
    expect(read).toMatchObject({ ok: true, value: { command, extension } });
  });

  it('is bash without pipefail where none is given', () => {
    expect(DEFAULT_SHELL.command).toEqual(['bash', '-e', '{0}']);
  });

  it.each([
    ['zsh', /no shell that is known/],
    ['perl -w', /has no \{0\}/],
    ['perl "{0}', /quote/],
    ['', /not a text/],
    [7, /not a text/],
    ['constructor', /no shell that is known/],
  ])('%s is refused', (text, message) => {
    const read = readShell(text);
    expect(read.ok).toBe(false);
    expect(read).toHaveProperty('message', expect.stringMatching(message));
  });

  it('makes PowerShell stop at the first error and end with the code of the last program', () => {
    const read = readShell('pwsh');
    const script = read.ok ? read.value.prepare('npm test') : '';
    expect(script.split('\n')[0]).toBe("$ErrorActionPreference = 'stop'");
    expect(script).toContain('exit $LASTEXITCODE');
  });
});
