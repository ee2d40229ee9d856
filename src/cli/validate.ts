import { homedir } from 'node:os';
import { mergePolicies } from '../policy/merge.ts';
import { profileOnDisk, withProfiles } from '../probe/profiles.ts';
import { readLayers, readPolicyFile } from '../probe/policy-files.ts';
import type { Arguments } from './arguments.ts';
import { styleFor } from '../console/style.ts';

/** All problems of all files are thrown together; here there are none. */
export async function validateCommand({
  files,
}: Extract<Arguments, { command: 'validate' }>): Promise<number> {
  const style = styleFor(process.stdout);
  const layers = await readLayers(files.map(readPolicyFile), {});
  await withProfiles({ layers, floors: [], override: {} }, homedir(), profileOnDisk);
  mergePolicies(layers);
  for (const { name } of layers) process.stdout.write(`${style.good('ok')}  ${name}\n`);
  return 0;
}
