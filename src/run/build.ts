import type { Plan } from '../plan/types.ts';
import { makeMemoryGroup, type MemoryGroup } from './cgroup.ts';
import { placeGuards } from './guards.ts';
import { type Launched, launchBare, launchSealed } from './launch.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { attachGateway, attachUplink, sealNetwork } from './network.ts';
import type { Uplink } from '../tools/uplink.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { clearLayers, makeScratch, removeScratch } from './scratch.ts';
import { openStreams, type Streams } from './streams.ts';
import type { StepIo } from './step-io.ts';
import type { Undo } from './undo.ts';

/** Everything that stands while the step runs. Each part is null where the plan has none. */
export interface Sandbox {
  readonly rooms: Rooms | null;
  readonly uplink: Uplink | null;
  readonly gateway: Gateway | null;
  readonly group: MemoryGroup | null;
  readonly launched: Launched;
  readonly streams: Streams;
}

/**
 * Builds in this order, so that a supervisor that dies at any moment leaves the step dead or sealed:
 *
 * 1. namespaces without a way out; 2. rules, default drop; 3. only then the way out, while
 * 4. the command is started but held back. The caller looks at it and lets it go.
 */
export async function buildSandbox(plan: Plan, io: StepIo, undo: Undo): Promise<Sandbox> {
  const oneOutput = io.stdout === io.stderr;
  makeScratch(plan);
  undo.push(async () => await removeScratch(plan));
  await placeGuards(plan, undo);
  if (!plan.sandboxed) {
    const streams = await openStreams(plan, oneOutput, undo);
    return {
      rooms: null,
      uplink: null,
      gateway: null,
      group: null,
      launched: launchBare(plan, streams),
      streams,
    };
  }
  const group = memoryGroup(plan);
  undo.push(() => group?.remove());
  const [streams, rooms] = await bothOrThrow(
    openStreams(plan, oneOutput, undo),
    openSealedRooms(plan, undo),
  );
  let step: number | null = null;
  const [[gateway, uplink], launched] = await bothOrThrow(
    bothOrThrow(
      attachGateway(plan, rooms, () => step, undo),
      attachUplink(plan, rooms, undo),
    ),
    launchSealed(plan, rooms.holder, streams, group),
  );
  step = launched.init;
  return { rooms, uplink, gateway, group, launched, streams };
}

async function openSealedRooms(plan: Plan, undo: Undo): Promise<Rooms> {
  const rooms = await openRooms(plan, undo);
  undo.push(async () => await clearLayers(plan, rooms.holder));
  await sealNetwork(plan, rooms);
  return rooms;
}

/** Waits for both also when one fails, so that whatever was started is known and can be undone. */
async function bothOrThrow<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

function memoryGroup({ limits: { memoryCgroup, memoryBytes } }: Plan): MemoryGroup | null {
  return memoryCgroup === null || memoryBytes === null
    ? null
    : makeMemoryGroup(memoryCgroup, memoryBytes);
}
