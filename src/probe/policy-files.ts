import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GloveboxError, messageOf } from '../base/errors.ts';
import type { PolicyFlags } from '../policy/flags.ts';
import { policyFromFlags } from '../policy/from-flags.ts';
import type { ParsedPolicy } from '../policy/parsed.ts';
import type { PolicyLayer } from '../policy/types.ts';

/** The text of a policy, wherever it was found. */
export interface PolicyText {
  /** The file as the user named it, or what stands for one. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The commit that it was read from; null for what lies on disk or was given as text. */
  readonly commit: string | null;
}

/** Parses all sources of policy, and reports all problems of all of them together. */
export async function readLayers(
  texts: readonly PolicyText[],
  flags: PolicyFlags,
): Promise<PolicyLayer[]> {
  const parsed = [...(await parseTexts(texts)), policyFromFlags(flags)];
  const problems = parsed.flatMap((one) => one.problems);
  if (problems.length > 0) {
    throw new GloveboxError('policy-invalid', 'the policy has problems', { problems });
  }
  return parsed.flatMap(({ layer }) => (layer === null || saysNothing(layer) ? [] : [layer]));
}

/** Loading the YAML reader takes as long as all the rest, so only a policy file makes us. */
async function parseTexts(texts: readonly PolicyText[]): Promise<ParsedPolicy[]> {
  if (texts.length === 0) return [];
  const { parsePolicy } = await import('../policy/parse.ts');
  return texts.map(({ name, bytes, commit }) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return parsePolicy(Buffer.from(bytes).toString(), {
      name,
      sha256,
      ...(commit === null ? {} : { commit }),
    });
  });
}

/** A policy file as it lies on disk. */
export function readPolicyFile(name: string): PolicyText {
  try {
    return { name, bytes: readFileSync(name), commit: null };
  } catch (error) {
    throw new GloveboxError(
      'policy-unreadable',
      `the policy file ${name} cannot be read: ${messageOf(error)}`,
      { cause: error, remedy: 'check its path' },
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
