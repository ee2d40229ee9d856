import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../base/errors.ts';
import { lockDirectory } from '../../tools/lock.ts';
import { startOf } from '../../tools/processes.ts';
import type { Plan } from '../../plan/types.ts';
import type { Interrupts } from '../interrupts.ts';
import type { OutputsSeen } from '../observations.ts';
import { readerOf } from '../reader.ts';
import type { Rooms } from '../rooms.ts';
import { type Undo, undoAll } from '../undo.ts';
import { failedOutputs } from './bring.ts';
import { GO, JOB, type OutputsAnswer, type OutputsJob, OWN } from './job.ts';
import { type Settled, settleOutputs } from './journal.ts';
import { inWords } from './problem.ts';
import { ownNamespace } from './recover.ts';

/** How long another run may take to put its outputs in place, or a step that writes in place to end. */
const PATIENCE_S = 60;
/** Beside the other entries when bundled, and at the top of the sources otherwise. */
const WORKER = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../../bring-out.ts')
  : join(import.meta.dirname, 'bring-out.mjs');

/**
 * Brings the declared outputs to the workspace: all, or none. To be called when nothing of the step runs
 * any more, with its mounts in place. An interrupt before the last moment means none.
 */
export async function bringOutputs(
  plan: Plan,
  rooms: Rooms,
  interrupts: Interrupts,
): Promise<OutputsSeen | null> {
  const job = jobOf(plan, rooms);
  if (job === null) return null;
  const own = join(plan.scratch, OWN);
  const undo: Undo = [];
  // One run after the other, so that no mix is in place. A step that writes in place is not waited for to its end.
  const lock = async (): Promise<void> => {
    const had = await lockDirectory(job.workspace, plan.tools.flock, PATIENCE_S);
    if (had !== 'taken') undo.push(had.release);
  };
  try {
    mkdirSync(own, { mode: 0o700 });
    writeFileSync(join(own, JOB), JSON.stringify(job), { mode: 0o600, flag: 'wx' });
    return await withWorker(own, interrupts, lock);
  } catch (error) {
    return failedOutputs(error);
  } finally {
    await undoAll(undo);
  }
}

function jobOf({ outputs, identity, filesystem: { overlay } }: Plan, { holder }: Rooms) {
  if (outputs === null || overlay === null || overlay.upper === null) return null;
  const job: OutputsJob = {
    plan: outputs,
    merged: `/proc/${holder.pid}/root${overlay.merged}`,
    workspace: overlay.lower,
    // A layer with redirects may have no more than the owner of a file.
    layers: overlay.redirects ? [] : [overlay.upper, ...overlay.below],
    root: process.geteuid?.() === 0,
    reader: readerOf(identity),
    supervisor: process.pid,
    startedAt: startOf(process.pid),
    namespace: ownNamespace(),
  };
  return job;
}

async function withWorker(
  own: string,
  interrupts: Interrupts,
  lock: () => Promise<void>,
): Promise<OutputsSeen> {
  const child = spawn(process.execPath, [WORKER, own], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const said = text(child.stderr);
  child.stdout.setEncoding('utf8');
  child.stdin.on('error', () => {
    // It is gone; what it said, or did not say, tells.
  });
  let stopped = false;
  interrupts.forward(() => {
    stopped = true;
    child.kill('SIGKILL');
  });
  const answers: OutputsAnswer[] = [];
  for await (const line of linesOf(child.stdout)) {
    const answer = JSON.parse(line) as OutputsAnswer;
    answers.push(answer);
    if (!('staged' in answer) || !answer.staged) continue;
    await lock();
    // From now on it is short, and must be done.
    interrupts.hold();
    if (!stopped) child.stdin.write(GO);
  }
  await ended;
  interrupts.hold();
  const settled = endWhatIsLeft(own);
  const [first, last] = answers;
  if (first === undefined || !('seen' in first))
    return failedOutputs(new Error(stopped ? INTERRUPTED : await lastWords(said)));
  const { seen, staged } = first;
  if (!staged) return seen;
  if (settled === 'in-place' || answers.some((answer) => 'inPlace' in answer))
    return { ...seen, done: true };
  const problem =
    last !== undefined && 'failed' in last
      ? last.failed
      : stopped
        ? INTERRUPTED
        : 'the process that moves them was killed';
  return { ...seen, problem };
}

function endWhatIsLeft(own: string): Settled | null {
  try {
    return settleOutputs(own);
  } catch (error) {
    throw new Error(`only a part of them is in place: ${inWords(error)}`, { cause: error });
  }
}

const INTERRUPTED = 'it was interrupted';

async function lastWords(said: Promise<string>): Promise<string> {
  const words = await said.catch(messageOf);
  return `the process that copies them ended: ${words.trim() || 'without a word'}`;
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
