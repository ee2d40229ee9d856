import { readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { failedOutputs, type Staged, stageOutputs } from './bring.ts';
import { GO, JOB, type OutputsAnswer, type OutputsJob } from './job.ts';
import { settleOutputs } from './journal.ts';
import { inWords } from './problem.ts';

/**
 * A process of its own, in a session of its own, so that nothing that happens to the supervisor stops it
 * half-way: it stages, waits for the supervisor's word, and then moves all in place. A supervisor that
 * dies before that has said nothing, and all is taken back.
 */
export function bringOut(own: string): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  const job = JSON.parse(readFileSync(join(own, JOB), 'utf8')) as OutputsJob;
  const { seen, commit } = staged(job, own);
  say({ staged: commit !== null, seen });
  if (commit === null) return;
  if (!isTold()) {
    settleOutputs(own);
    return;
  }
  try {
    commit(() => say({ inPlace: true }));
  } catch (error) {
    say({ failed: inWords(error) });
  }
}

function staged(job: OutputsJob, own: string): Staged {
  try {
    return stageOutputs(job, own, () => {
      if (process.ppid !== job.supervisor) throw new Error('the supervisor is gone');
    });
  } catch (error) {
    return { seen: failedOutputs(error), commit: null };
  }
}

/** Whoever listened may be gone. */
function say(answer: OutputsAnswer): void {
  try {
    writeSync(1, `${JSON.stringify(answer)}\n`);
  } catch {
    // Nobody is there any more, and nobody has to know.
  }
}

/** The end of the supervisor is the end of the pipe. */
function isTold(): boolean {
  const heard = Buffer.alloc(GO.length);
  try {
    return readSync(0, heard) === heard.length && heard.toString() === GO;
  } catch {
    return false;
  }
}
