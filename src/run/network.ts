import { GloveboxError, messageOf } from '../base/errors.ts';
import type { Feed, Plan } from '../plan/types.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { currentEnvironment } from '../tools/environment.ts';
import { execute } from '../tools/execute.ts';
import { openUplink, type Uplink } from '../tools/uplink.ts';
import { parseCounters } from './counters.ts';
import type { EgressObservations, EgressRecord } from './observations.ts';
import type { Rooms } from './rooms.ts';
import { processFinder } from './who.ts';
import type { Undo } from './undo.ts';

/** Loads the rules. Nothing is attached before this is done. */
export async function sealNetwork(plan: Plan, rooms: Rooms): Promise<void> {
  await feedAll(plan.network.seal, rooms);
}

/** Attaches the way out to the sealed namespace. */
export async function attachUplink(plan: Plan, rooms: Rooms, undo: Undo): Promise<Uplink | null> {
  const { tools, identity, scratch } = plan;
  const { uplink: planned, route } = plan.network;
  if (planned === null) return null;
  const shed = identity.shed ? identity : null;
  const uplink = await openUplink({
    plan: planned,
    tools,
    ...rooms,
    shed,
    directory: scratch,
  }).catch((error: unknown) => {
    throw new GloveboxError(
      'setup-failed',
      `${planned.backend} could not attach: ${messageOf(error)}`,
    );
  });
  undo.push(async () => await uplink.close());
  await feedAll(route, rooms);
  return uplink;
}

/** Starts to listen for the names that are allowed; what the step dials comes here through the rules. */
export async function attachGateway(
  plan: Plan,
  rooms: Rooms,
  stepRoot: () => number | null,
  undo: Undo,
): Promise<Gateway | null> {
  const { gateway } = plan.network;
  if (gateway === null) return null;
  const { openGateway } = await import('../gateway/gateway.ts');
  const feed = async (stdin: string): Promise<void> =>
    await feedAll([{ argv: gateway.nft, stdin }], rooms);
  const opened = await openGateway({
    plan: gateway,
    environment: currentEnvironment(),
    feed,
    whoIsAt: processFinder(rooms.holder.pid, stepRoot),
  });
  undo.push(() => opened.close());
  return opened;
}

/** What the rules counted and the gateway kept account of. Read while the holder still stands. */
export async function readCounters(
  plan: Plan,
  rooms: Rooms,
  gateway: Gateway | null,
): Promise<EgressObservations | null> {
  if (plan.network.counters === null) return null;
  const { code, stdout, stderr } = await execute(rooms.holder.enter(plan.network.counters));
  if (code !== 0)
    throw new GloveboxError(
      'setup-failed',
      `the network's counters could not be read: ${stderr.trim()}`,
    );
  const counted = parseCounters(stdout);
  if (gateway === null) return counted;
  const named = (record: EgressRecord): EgressRecord => {
    const name = gateway.nameOf(record.address);
    if (name === null) return record;
    const address = gateway.realOf(record.address) ?? record.address;
    return { ...record, address, name, process: gateway.processOf(name) };
  };
  return {
    ...counted,
    allowed: counted.allowed.map(named),
    refused: counted.refused.map(named),
    names: gateway.account(),
  };
}

async function feedAll(feeds: readonly Feed[], rooms: Rooms): Promise<void> {
  for (const { argv, stdin, optional } of feeds) {
    const { code, stderr } = await execute(rooms.holder.enter(argv), { stdin });
    if (code !== 0 && optional === undefined) {
      throw new GloveboxError(
        'setup-failed',
        `${argv[0]} refused what the step's network is made of: ${stderr.trim().split('\n')[0]}`,
      );
    }
  }
}
