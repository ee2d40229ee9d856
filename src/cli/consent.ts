import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** Asks a person whether root may do this. An end of the input, or Ctrl-C, is a no. */
export async function consents(
  what: readonly string[],
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<boolean> {
  const line = createInterface({ input, output, terminal: true });
  const closed = once(line, 'close').then(() => '');
  try {
    const list = what.map((one) => `  ${one}\n`).join('');
    const question = line.question(`glovebox wants root to\n${list}Go on? [y/N] `);
    return /^y(es)?$/i.test((await Promise.race([question, closed])).trim());
  } catch {
    output.write('\n');
    return false;
  } finally {
    line.close();
  }
}
