import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GloveboxError, messageOf } from '../base/errors.ts';
import type { PolicyFlags } from '../policy/flags.ts';
import { policyFromFlags } from '../policy/from-flags.ts';
import type { ParsedPolicy } from '../policy/parsed.ts';
import type { PolicyLayer } from '../policy/types.ts';

/** Reads all sources of policy, and reports all problems of all of them together. */
export async function readLayers(
  files: readonly string[],
  flags: PolicyFlags,
): Promise<PolicyLayer[]> {
  const parsed = [...(await parseFiles(files)), policyFromFlags(flags)];
  const problems = parsed.flatMap((one) => one.problems);
  if (problems.length > 0) {
    throw new GloveboxError('policy-invalid', 'the policy has problems', { problems });
  }
  return parsed.flatMap(({ layer }) => (layer === null || saysNothing(layer) ? [] : [layer]));
}

/** Loading the YAML reader takes as long as all the rest, so only a policy file makes us. */
async function parseFiles(files: readonly string[]): Promise<ParsedPolicy[]> {
  if (files.length === 0) return [];
  const { parsePolicy } = await import('../policy/parse.ts');
  return files.map((name) => {
    const bytes = readPolicy(name);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return parsePolicy(bytes.toString(), { name, sha256 });
  });
}

function readPolicy(name: string): Buffer {
  try {
    return readFileSync(name);
  } catch (error) {
    throw new GloveboxError(
      'policy-unreadable',
      `the policy file ${name} cannot be read: ${messageOf(error)}`,
      { cause: error, remedy: 'check the path given with -p' },
    );
  }
}

/** A command line without options is no source of policy. */
function saysNothing({ sha256, values }: PolicyLayer): boolean {
  return sha256 === null && Object.values(values).every((section) => isEmpty(section));
}

function isEmpty(section: object): boolean {
  return !('source' in section) && Object.keys(section).length === 0;
}
