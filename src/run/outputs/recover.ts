import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockDirectory } from '../../tools/lock.ts';
import { startOf } from '../../tools/processes.ts';
import { findKept, orderOutside } from '../../tools/programs.ts';
import { endLeftovers } from '../leftovers.ts';
import { JOB, JOURNAL, type OutputsJob, OWN } from './job.ts';
import { type Settled, settleOutputs } from './journal.ts';
import { isOnlyOurs } from './open-at.ts';

const RUN = /^glovebox-\d+-[0-9a-f]{12}$/;
const ACTION = /^glovebox-action-[0-9a-f]{24}$/;
/** A run in another container cannot be looked at; after this time nobody is at it any more. */
const FORGOTTEN_MS = 3_600_000;

const OUTCOMES: Readonly<Record<Settled, string>> = {
  'in-place': 'they are all in place now',
  'taken-back': 'none of them is in place',
};

/**
 * Ends what runs began that were killed while they brought outputs out, and whose directories are in
 * `base`. Says of each what became of it.
 */
export async function recoverOutputs(base: string): Promise<string[]> {
  const runs = namesIn(base).flatMap((name) =>
    ACTION.test(name)
      ? namesIn(join(base, name)).map((inner) => join(base, name, inner))
      : [join(base, name)],
  );
  const recovered: string[] = [];
  for (const run of runs.filter((path) => RUN.test(path.split('/').at(-1) ?? ''))) {
    const job = jobOf(join(run, OWN));
    if (job === null || isAtWork(run, job)) continue;
    // Another run may have found it at the same time; the lock is gone when that one is.
    const lock = await lockDirectory(join(run, OWN), await flock(), 0);
    if (lock === 'taken') continue;
    await endLeftovers(run);
    recovered.push(...settle(join(run, OWN), job));
    lock.release();
  }
  return recovered;
}

async function flock(): Promise<string> {
  return (await findKept('flock', orderOutside(process.env['PATH'] ?? ''))) ?? 'flock';
}

/** Ends what the runs in a directory began, once nothing of them is left. */
export function settleRuns(directory: string): void {
  for (const name of namesIn(directory)) {
    const own = join(directory, name, OWN);
    const job = RUN.test(name) ? jobOf(own) : null;
    if (job !== null) settle(own, job);
  }
}

function settle(own: string, { workspace }: OutputsJob): string[] {
  const told = (outcome: string): string[] => [
    `an earlier run in ${workspace} was killed while it brought its outputs out: ${outcome}`,
  ];
  try {
    const settled = settleOutputs(own);
    return settled === null ? [] : told(OUTCOMES[settled]);
  } catch {
    return told('only some of them are in place, and they can neither be completed nor taken back');
  }
}

/** Only one whose outputs were begun has a journal. Where anybody may make directories, some are not ours. */
function jobOf(own: string): OutputsJob | null {
  try {
    // A fifo would keep us waiting for ever.
    if (![JOURNAL, JOB].every((name) => lstatSync(join(own, name)).isFile())) return null;
    if (!isOnlyOurs(lstatSync(own))) return null;
    return JSON.parse(readFileSync(join(own, JOB), 'utf8')) as OutputsJob;
  } catch {
    return null;
  }
}

function isAtWork(run: string, { supervisor, startedAt, namespace }: OutputsJob): boolean {
  if (namespace === ownNamespace()) return startOf(supervisor) === startedAt;
  return Date.now() - statSync(run).mtimeMs < FORGOTTEN_MS;
}

export function ownNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
