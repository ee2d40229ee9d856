import { join } from 'node:path';
import { getState, saveState, warning } from '@actions/core';
import { evaluate } from '../capabilities/evaluate.ts';
import { mendsFor, undoOf, undoWord } from '../capabilities/mends.ts';
import { shedIds } from '../plan/privilege.ts';
import { mergePolicies } from '../policy/merge.ts';
import { readHints } from '../probe/hints.ts';
import { probeHost } from '../probe/host.ts';
import { currentEnvironment } from '../tools/environment.ts';
import { holdName, letGo, readHolds, takeHold } from '../tools/holds.ts';
import { mendAll, undoMend } from '../tools/mend.ts';
import { recordsDirectory } from '../tools/tool-cache.ts';
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
  if (hints.apparmorRestrictsUserns === null && hints.tunOpens) return;
  // What an earlier job opened stays open for this one, too.
  rest(environment, []);
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
  const word = undoWord(mends, facts);
  // `post` must know also when we are killed in the middle.
  if (word !== '') rest(environment, [word]);
  const { begun, problems } = await mendAll(mends, say);
  if (undoWord(begun, facts) !== word) forget(environment, word);
  for (const problem of problems) say(problem);
}

const NEEDS = { rules: false, doors: false, overlay: false, memoryCgroup: false, interface: null };

/** Has this job take back, at its end, what is to be taken back, unless another still rests on it. */
function rest(environment: Readonly<Record<string, string>>, opened: readonly string[]): void {
  const directory = holdsDirectory(environment);
  const words = [...new Set([...readHolds(directory).flatMap((hold) => hold.words), ...opened])];
  if (words.length === 0) return;
  try {
    takeHold(directory, holdName(process.ppid), words);
    saveState(STATE, HELD);
  } catch {
    // Nobody else can know, but this job's own end does.
    saveState(STATE, opened.join('\n'));
  }
}

/** It could not be opened, so nothing of it is to be taken back. */
function forget(environment: Readonly<Record<string, string>>, word: string): void {
  const directory = holdsDirectory(environment);
  const name = holdName(process.ppid);
  const own = readHolds(directory).find((hold) => hold.name === name);
  if (own !== undefined) {
    takeHold(
      directory,
      name,
      own.words.filter((one) => one !== word),
    );
  } else saveState(STATE, '');
}

const HELD = 'held';

/** After the last job that needs it the machine is as it was. */
export async function closeMachine(): Promise<void> {
  const state = getState(STATE);
  const environment = currentEnvironment();
  const words =
    state === HELD ? letGo(holdsDirectory(environment), holdName(process.ppid)) : state.split('\n');
  for (const word of words) {
    const command = undoOf(word);
    const problem = command === null ? null : await undoMend(command);
    if (problem !== null) warning(`AppArmor is not as it was: ${problem}`, { title: 'Glovebox' });
  }
}

function holdsDirectory(environment: Readonly<Record<string, string>>): string {
  return join(recordsDirectory(environment), 'machine');
}
