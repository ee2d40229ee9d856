import { mergePolicies } from '../policy/merge.ts';
import { readLayers } from '../session.ts';
import type { Arguments } from './arguments.ts';
import { styleFor } from './style.ts';

/** All problems of all files are thrown together; here there are none. */
export function validateCommand({ files }: Extract<Arguments, { command: 'validate' }>): number {
  const style = styleFor(process.stdout);
  const layers = readLayers(files, {});
  mergePolicies(layers);
  for (const { name } of layers) process.stdout.write(`${style.good('ok')}  ${name}\n`);
  return 0;
}
