import { describe, expect, it } from 'vitest';
import { readShell, splitArguments, which } from './shell.ts';

describe('readShell', () => {
  it.each([
    ['none', null, 'bash', '.sh', ['-e', '/s']],
    ['bash', 'bash', 'bash', '.sh', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '/s']],
    ['sh', 'sh', 'sh', '.sh', ['-e', '/s']],
    ['bash with options', 'bash -x {0}', 'bash', '.sh', ['-x', '/s']],
    ['an own one', 'glovebox {0}', 'glovebox', '', ['/s']],
    ['more blanks', 'perl   -w  {0} ', 'perl', '', ['-w', '/s']],
    ['quotes', 'env -S "a b" {0}', 'env', '', ['-S', 'a b', '/s']],
    ['doubled braces', 'x {{a}} {0}', 'x', '', ['{a}', '/s']],
  ])('with %s', (_name, option, command, extension, argv) => {
    const shell = readShell(option);
    expect([shell.command, shell.extension, shell.arguments('/s')]).toEqual([
      ...[command, extension, argv],
    ]);
  });

  it.each([
    ['an own one without a script', 'glovebox'],
    ['options without a script', 'bash -x'],
  ])('refuses %s', (_name, option) => {
    expect(() => readShell(option)).toThrow(/no \{0\}/);
  });

  it('refuses a single brace', () => {
    expect(() => readShell('x {a} {0}').arguments('/s')).toThrow(/single '\{'/);
  });
});

describe('splitArguments', () => {
  it.each([
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a""b', ['ab']],
    ['""', ['']],
    ['"a', ['a']],
    [String.raw`a\"b`, ['a"b']],
    [String.raw`"a\\" b`, ['a\\', 'b']],
    [String.raw`a\b\\c`, [String.raw`a\b\\c`]],
    [`'a b'`, [`'a`, `b'`]],
    ['a\tb', ['a', 'b']],
    ['', []],
  ])('%j', (text, words) => {
    expect(splitArguments(text)).toEqual(words);
  });
});

describe('which', () => {
  it('finds what steps added last before anything else', () => {
    expect(which('env', [], '/usr/bin')).toBe('/usr/bin/env');
    expect(which('env', ['/usr/bin', '/nowhere'], '/bin')).toBe('/usr/bin/env');
    expect(which('/usr/bin/env', [], '')).toBe('/usr/bin/env');
  });

  it.each([['nothing-of-that-name'], ['']])('fails for %j', (name) => {
    expect(() => which(name, [], '/usr/bin')).toThrow(/not found/);
  });
});
