import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import { buildSandbox, type Sandbox } from './build.ts';
import { readChanges } from './changes/read.ts';
import { readCommandFiles } from './command-files.ts';
import { confirmHeld } from './confirm.ts';
import { fateOf, isGone, killStep } from './ending.ts';
import { closeInherited } from './inherited.ts';
import type { Interrupts } from './interrupts.ts';
import { type Following, followLogs } from './logs/follow.ts';
import { readCounters } from './network.ts';
import type { Ending, Observations } from './observations.ts';
import { failedOutputs } from './outputs/bring.ts';
import { bringOutputs } from './outputs/supervise-outputs.ts';
import { relayInput, relayOutput } from './relay.ts';
import type { StepIo } from './step-io.ts';
import type { Streams } from './streams.ts';
import { type Undo, undoAll } from './undo.ts';
import { watchStep } from './watch.ts';

/** Hex. */
function hashOf(filter: Uint8Array): string {
  return createHash('sha256').update(filter).digest('hex');
}

const FLUSH_MS = 2000;

const NOTHING_RAN: Observations = {
  released: false,
  exitCode: null,
  ending: null,
  setupFailure: null,
  egress: null,
  step: null,
  filters: [],
  commandFiles: null,
  changes: null,
  texts: null,
  logs: null,
  givingMs: 0,
  outputs: null,
  usage: {
    wallMs: 0,
    cpuMs: 0,
    peakMemoryBytes: null,
    peakProcesses: null,
    outputBytes: 0,
    truncated: false,
  },
};

/** Whether a run that ended so counts as a success, as far as its outputs go. */
export type Succeeds = (seen: Observations) => boolean;

/** Carries a plan out, watches, takes everything down again, and tells what was seen. */
export async function supervise(
  plan: Plan,
  interrupts: Interrupts,
  io: StepIo,
  succeeds: Succeeds,
): Promise<Observations> {
  closeInherited();
  const undo: Undo = [];
  let released = false;
  try {
    const sandbox = await buildSandbox(plan, io, undo);
    undo.push(() => killStep(sandbox.launched));
    if (plan.sandboxed) confirmHeld(plan, sandbox.launched);
    const early = interrupts.first();
    if (early !== null) return { ...NOTHING_RAN, ending: early };
    released = true;
    const { gone, seen } = await letGo(plan, sandbox, interrupts, io);
    return {
      ...seen,
      outputs: await bringIfDue(plan, sandbox, interrupts, { gone, seen, succeeds }),
    };
  } catch (error) {
    if (released) return { ...NOTHING_RAN, released, ending: lost(messageOf(error)) };
    return { ...NOTHING_RAN, ending: interrupts.first(), setupFailure: messageOf(error) };
  } finally {
    await undoAll(undo);
  }
}

function lost(detail: string): Ending {
  return { by: 'holder-lost', detail };
}

/** Releases the command and stays with it to its end. */
async function letGo(
  plan: Plan,
  sandbox: Sandbox,
  interrupts: Interrupts,
  io: StepIo,
): Promise<{ readonly seen: Observations; readonly gone: boolean }> {
  const { launched, streams, rooms, uplink, group } = sandbox;
  const fate = fateOf(launched, () => void rooms?.holder.close());
  const began = performance.now();
  relayInput(io.stdin, streams.stdin);
  const relay = relayOutput(outputsOf(streams, io), plan.limits.outputBytes);
  const watch = watchStep(plan, launched, group, fate.end);
  void rooms?.holder.gone.then(() =>
    fate.end({ by: 'holder-lost', detail: 'the process that holds the namespaces was killed' }),
  );
  void uplink?.gone.then(() =>
    fate.end({ by: 'network-lost', detail: `${plan.network.uplink?.backend} was killed` }),
  );
  interrupts.forward(fate.end);
  const following = followLogs(plan, rooms);
  launched.release();
  following?.start();

  const { started, code: exitCode } = await launched.exited;
  watch.lastLook();
  const ending = fate.settle();
  const wallMs = performance.now() - began;
  watch.stop();
  // The step is over; an interrupt now ends only the wait for a reader that does not read.
  const interrupted = new Promise<void>((resolve) => interrupts.forward(() => resolve()));
  io.stdin?.destroy();
  const { cpuMs, peakMemoryBytes, peakProcesses } = watch;
  const { gone, ...left } = await lookBack(plan, sandbox, following, ending);
  await Promise.race([
    relay.done,
    interrupted,
    ...(ending === null ? [] : [sleep(FLUSH_MS, undefined, { ref: false })]),
  ]);
  interrupts.hold();
  if (!started) {
    const seen = { ...NOTHING_RAN, released: true };
    return { gone, seen: { ...seen, ending: ending ?? lost('bubblewrap gave up') } };
  }
  const usage = {
    ...{ wallMs, cpuMs, peakMemoryBytes, peakProcesses },
    ...{ outputBytes: relay.bytes(), truncated: relay.truncated() },
  };
  return { gone, seen: { ...NOTHING_RAN, released: true, exitCode, ending, ...left, usage } };
}

function outputsOf(streams: Streams, io: StepIo): (readonly [from: Readable, to: Writable])[] {
  const { stdout, stderr } = streams;
  return stderr === null
    ? [[stdout, io.stdout]]
    : [
        [stdout, io.stdout],
        [stderr, io.stderr],
      ];
}

/** Kills what the command left behind, and reads what there is to be seen of the step. */
async function lookBack(
  plan: Plan,
  { launched, rooms, gateway }: Sandbox,
  following: Following | null,
  ending: Ending | null,
) {
  // It still holds the output's pipes, and may still be sending.
  killStep(launched);
  const gone = await isGone(launched);
  const logs = following?.finish() ?? null;
  const commandFiles = plan.workflow === null ? null : readCommandFiles(plan.workflow);
  const standing = ending?.by === 'holder-lost' ? null : rooms;
  const read = standing === null ? null : await readChanges(plan, standing);
  const egress =
    standing === null ? null : await readCounters(plan, standing, gateway).catch(() => null);
  return {
    ...{ gone, logs, commandFiles, egress },
    step: launched.step,
    filters: plan.sandboxed ? plan.syscalls.filters.map(({ filter }) => hashOf(filter)) : [],
    changes: read?.changes ?? null,
    texts: read?.texts ?? null,
    givingMs: rooms?.givingMs ?? 0,
  };
}

/** Outputs come out when nothing of the step runs any more, and only of one that ended as the policy asks. */
async function bringIfDue(
  plan: Plan,
  { rooms }: Sandbox,
  interrupts: Interrupts,
  { gone, seen, succeeds }: { gone: boolean; seen: Observations; succeeds: Succeeds },
): Promise<Observations['outputs']> {
  const { outputs } = plan;
  const isLost = seen.exitCode === null || seen.ending?.by === 'holder-lost';
  if (outputs === null || rooms === null || isLost || interrupts.first() !== null) return null;
  if (outputs.on === 'success' && !succeeds(seen)) return null;
  if (!gone) return failedOutputs(new Error('a process of the step does not end'));
  return await bringOutputs(plan, rooms, interrupts);
}
