import { getState, saveState, warning } from '@actions/core';
import { evaluate } from '../capabilities/evaluate.ts';
import { mendsFor, undoOf, undoWord } from '../capabilities/mends.ts';
import { shedIds } from '../plan/privilege.ts';
import { mergePolicies } from '../policy/merge.ts';
import { readHints } from '../probe/hints.ts';
import { probeHost } from '../probe/host.ts';
import { mendAll, undoMend } from '../tools/mend.ts';
import { say } from './log.ts';

const STATE = 'machine';

/**
 * Opens what keeps this user from a sandbox, where it is known and root's to open. What could not be
 * opened is told, and whether a run can do without it is decided where it is planned.
 */
export async function openMachine(
  environment: Readonly<Record<string, string>>,
  allowSysctl: boolean,
): Promise<void> {
  const hints = readHints(environment);
  if (hints.apparmorRestrictsUserns !== 1 && hints.tunOpens) return;
  const facts = await probeHost({
    ...{ environment, writable: [], scratchBase: null },
    needs: { ...NEEDS, egress: ['slirp4netns'] },
    shed: (identity) => shedIds(mergePolicies([]), identity, identity),
  });
  const { sandbox, slirp4netns } = evaluate(facts);
  const mends = mendsFor([sandbox, slirp4netns], facts, {
    sysctl: allowSysctl ? 'preferred' : 'never',
  });
  // `post` must know also when we are killed in the middle.
  saveState(STATE, undoWord(mends, facts));
  const { begun, problems } = await mendAll(mends, say);
  saveState(STATE, undoWord(begun, facts));
  for (const problem of problems) say(problem);
}

const NEEDS = { rules: false, doors: false, overlay: false, memoryCgroup: false, interface: null };

/** After the job the machine is as it was. */
export async function closeMachine(): Promise<void> {
  const command = undoOf(getState(STATE));
  if (command === null) return;
  const problem = await undoMend(command);
  if (problem !== null) warning(`AppArmor is not as it was: ${problem}`, { title: 'Glovebox' });
}
