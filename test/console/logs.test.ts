import { expect, it } from 'vitest';
import { logSections } from '../../src/console/logs.ts';
import { styleFor } from '../../src/console/style.ts';

const style = styleFor({ isTTY: false });

it.each<[string, string, number, string]>([
  ['a.log', 'one\ntwo\n', 0, 'log a.log\n  one\n  two\n'],
  ['a.log', 'cut', 2048, 'log a.log, without the 2 KiB before this\n  cut\n'],
  ['a.log', '\u001b[31mred\u001b[0m\ta\r\n', 0, 'log a.log\n  red\ta\n'],
  [
    'a\n\u001b]0;x\u0007',
    '\u001b]52;c;x\u0007\n',
    0,
    'log a\\u000a\\u001b]0;x\\u0007\n  \\u001b]52;c;x\\u0007\n',
  ],
])('%j with %j is shown so that nothing acts', (path, text, leftOut, expected) => {
  const files = [{ path, bytes: Buffer.from(text), leftOut }];
  expect(logSections({ files, notFollowed: 0 }, style)).toBe(expected);
});

it('nothing is shown where nothing was followed', () => {
  expect(logSections(null, style)).toBe('');
});
