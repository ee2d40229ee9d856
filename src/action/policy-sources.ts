import { isAbsolute, resolve } from 'node:path';
import { GloveboxError, messageOf } from '../base/errors.ts';
import { within } from '../plan/mounts.ts';
import type { Note } from '../plan/types.ts';
import { FLOOR_VARIABLE, type NamedFloor, readFloors } from '../probe/floors.ts';
import { identify } from '../probe/host.ts';
import { type PolicyText, readLayers, readPolicyFile } from '../probe/policy-files.ts';
import { type ReadProfile, withProfiles } from '../probe/profiles.ts';
import { asTheStepSees } from '../probe/site.ts';
import { trustOf } from '../workflow/events.ts';
import type { ActionInputs } from './inputs.ts';
import type { Job } from './job.ts';
import { fileAt } from './repository.ts';

/** All that bounds and shapes the policy of a workflow's steps. */
export interface PolicySources {
  readonly texts: readonly PolicyText[];
  readonly floors: readonly NamedFloor[];
  readonly notes: readonly Note[];
  /** Has profiles of system calls from where the policy is to be trusted, each as it was when first read. */
  readonly readProfile: ReadProfile;
  /** Absolute paths of the files that policies and floors were read from, or that stand for them. */
  readonly files: readonly string[];
}

export async function policySources(inputs: ActionInputs, job: Job): Promise<PolicySources> {
  const head =
    inputs.policyFile !== null &&
    inputs.policyRef === 'head' &&
    trustOf(job.event).kind === 'proposed';
  return {
    texts: await policyTexts(inputs, job),
    floors: await Promise.all(floorFiles(inputs, job).map((file) => namedFloor(file, job))),
    readProfile: profileReader(inputs, job),
    notes: head ? [FROM_HEAD] : [],
    files: [inputs.policyFile ?? '', ...floorFiles(inputs, job)]
      .filter((file) => file !== '')
      .map((file) => resolve(job.workspace, file)),
  };
}

const FROM_HEAD: Note = {
  code: 'policy-from-head',
  text: 'policy-ref is head: the policy file is as the proposed change has it, and may be of its making',
};

/** The environment's too may lie in the repository, where a proposed change could rewrite it. */
function floorFiles({ floorPolicyFile }: ActionInputs, { environment }: Job): string[] {
  const files = [environment[FLOOR_VARIABLE] ?? '', floorPolicyFile ?? ''];
  return files.filter((file) => file !== '');
}

/** What an earlier step made of such a file in the meantime does not count. */
function profileReader({ policyFile, policyRef }: ActionInputs, job: Job): ReadProfile {
  // Only of a policy file is it told that it is as the change has it.
  const ref = policyFile === null ? 'base' : policyRef;
  const known = new Map<string, Promise<PolicyText>>();
  return async (file, by) => {
    const key = JSON.stringify([file, by]);
    const text = known.get(key) ?? trustedFile(file, job, by === 'floor' ? 'base' : ref);
    known.set(key, text);
    return await text;
  };
}

/**
 * Looks at everything that sources and steps say, so that whatever is wrong is told before the first step
 * runs, and no step has a hand in what a later one is bound by.
 */
export async function readAhead(
  { texts, floors, readProfile }: PolicySources,
  { steps }: ActionInputs,
  { environment }: Job,
): Promise<void> {
  const layers = await readLayers(texts, {});
  const bounds = (await readFloors({}, floors)).layers;
  const { home } = identify(environment);
  for (const override of [{}, ...steps.map(({ policy }) => policy)])
    await withProfiles({ layers, floors: bounds, override }, home, readProfile);
}

/** A floor that cannot be had is no reason to run without one. */
async function namedFloor(file: string, job: Job): Promise<NamedFloor> {
  try {
    return { text: await trustedFile(file, job, 'base') };
  } catch (error) {
    return { name: file, problem: messageOf(error) };
  }
}

/** The policies that a workflow names, in the order in which they are merged. */
async function policyTexts(inputs: ActionInputs, job: Job): Promise<PolicyText[]> {
  const { policy, policyFile, policyRef, onUnavailable } = inputs;
  return [
    ...(policyFile === null ? [] : [await trustedFile(policyFile, job, policyRef)]),
    ...(policy === null ? [] : [asText('input policy', policy)]),
    ...(onUnavailable === null
      ? []
      : [
          asText(
            'input on-unavailable',
            `version: 1\non-unavailable: ${JSON.stringify(onUnavailable)}\n`,
          ),
        ]),
  ];
}

function asText(name: string, text: string): PolicyText {
  return { name, bytes: Buffer.from(text), commit: null };
}

/**
 * A file that steers Glovebox. What a pull request proposes may not loosen the policy that it runs
 * under: there a file of the repository counts as the base commit has it.
 */
async function trustedFile(
  file: string,
  { workspace, event }: Job,
  ref: 'base' | 'head',
): Promise<PolicyText> {
  const written = resolve(workspace, file);
  const path = asTheStepSees(written, workspace);
  if (!within(path, workspace)) {
    if (!isAbsolute(file)) throw outside(file);
    return readPolicyFile(file);
  }
  const trust = trustOf(event);
  if (trust.kind === 'own' || ref === 'head') return { ...readPolicyFile(path), name: file };
  if (trust.base === null) {
    throw new GloveboxError(
      'policy-unreadable',
      `the policy file ${file} cannot be had: the ${event.name} event names no base commit`,
      { remedy: 'set policy-ref: head on purpose, or give the policy in the workflow itself' },
    );
  }
  return await fileAt(trust.base, path === written ? file : path, workspace);
}

function outside(file: string): GloveboxError {
  return new GloveboxError('input-invalid', `${file} leads out of the workspace`, {
    remedy: 'name a file of the repository, or an absolute path on the machine',
  });
}
