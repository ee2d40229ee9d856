import { existsSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { STRICTEST_FLOOR } from '../policy/strictest-floor.ts';
import type { PolicyLayer } from '../policy/types.ts';
import { type PolicyText, readLayers, readPolicyFile } from './policy-files.ts';

/** Where the owner of a machine puts a floor for everything that runs on it. */
const MACHINE_FLOOR = '/etc/glovebox/policy.yml';
/** Names one for all that runs in an environment. */
export const FLOOR_VARIABLE = 'GLOVEBOX_FLOOR_POLICY';

/** A floor that somebody named: its text, or why that cannot be had. */
export type NamedFloor =
  | { readonly text: PolicyText }
  | { readonly name: string; readonly problem: string };

export interface Floors {
  /** Each bounds the policy, one after another. */
  readonly layers: readonly PolicyLayer[];
  /** Why the strictest floor stands in for one that was named. */
  readonly problems: readonly string[];
  /** Those that lie on disk, also where they cannot be read. */
  readonly files: readonly string[];
}

/** The machine's own floor, the environment's, and those that a front end names. */
export async function readFloors(
  environment: Readonly<Record<string, string>>,
  named: readonly NamedFloor[],
): Promise<Floors> {
  const variable = environment[FLOOR_VARIABLE] ?? '';
  const files = [
    ...(existsSync(MACHINE_FLOOR) ? [MACHINE_FLOOR] : []),
    ...(variable === '' ? [] : [variable]),
  ];
  const read = await Promise.all([...files.map(onDisk), ...named].map(parsed));
  return {
    layers: read.map(({ layer }) => layer),
    problems: read.flatMap(({ problem }) => problem ?? []),
    files,
  };
}

function onDisk(name: string): NamedFloor {
  try {
    return { text: readPolicyFile(name) };
  } catch (error) {
    return { name, problem: messageOf(error) };
  }
}

/** Whoever named a floor meant to bound something, so one that cannot be read bounds everything. */
async function parsed(floor: NamedFloor): Promise<{ layer: PolicyLayer; problem: string | null }> {
  if ('problem' in floor) return strictest(floor.name, floor.problem);
  const { text } = floor;
  try {
    const [layer] = await readLayers([text], {});
    return layer === undefined ? strictest(text.name, 'it is empty') : { layer, problem: null };
  } catch (error) {
    return strictest(text.name, messageOf(error));
  }
}

/** What stands in for a floor that somebody named and that cannot be used. */
export function strictest(name: string, problem: string): { layer: PolicyLayer; problem: string } {
  const layer = { ...STRICTEST_FLOOR, name };
  return {
    layer,
    problem: `the floor ${name} cannot be used, so the strictest one holds: ${problem}`,
  };
}
