import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { consents } from '../../src/cli/consent.ts';

it.each([
  ['y', 'y\n', true],
  ['yes', 'YES\n', true],
  ['n', 'n\n', false],
  ['nothing', '\n', false],
  ['something else', 'maybe yes\n', false],
  ['Ctrl-C', '\x03', false],
  ['Ctrl-D', '\x04', false],
  ['the end of the input', null, false],
])('%s', async (_, answer, expected) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = consents(['do this: sudo this', 'do that: sudo that'], input, output);
  await once(output, 'readable');
  if (answer === null) input.end();
  else input.write(answer);
  expect(await asked).toBe(expected);
  expect(String(output.read())).toMatch(/do this: sudo this\r?\n {2}do that: sudo that/);
});
