import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolCommands } from '../capabilities/facts.ts';
import { HOLDER_PID, LINK, NETWORK_FILE, type UplinkPlan } from '../plan/uplink.ts';
import { execute } from './execute.ts';
import { attach, attachSlirp, type Uplink } from './attach.ts';
import { type Room, type Shed, shedPrefix } from './room.ts';
import { openSlirpByRoot } from './slirp-by-root.ts';

export type { Uplink } from './attach.ts';

export interface UplinkRequest {
  readonly plan: UplinkPlan;
  readonly tools: ToolCommands;
  readonly holder: Room;
  /** For a root supervisor: where the uplink starts, and whose ids it takes. */
  readonly anteroom: Room | null;
  readonly shed: Shed | null;
  /** A directory of ours that the step's uid can pass through. */
  readonly directory: string;
}

const LOOKS_EVERY_MS = 3;

/** Attaches the uplink that is planned. Throws what it said where it did not attach. */
export async function openUplink(request: UplinkRequest): Promise<Uplink> {
  switch (request.plan.backend) {
    case 'slirp4netns':
      return await openSlirp(request);
    case 'pasta':
      return await openPasta(request);
    case 'macvlan':
      return await openMacvlan(request);
  }
}

/** It ends when its exit descriptor is closed, which also happens when we die. */
async function openSlirp(request: UplinkRequest): Promise<Uplink> {
  const { anteroom, holder, shed, tools } = request;
  if (anteroom !== null && shed?.byRoot === true) {
    const file = fileFor(request);
    return await openSlirpByRoot({
      ...{ tools, anteroom, holder, shed, file },
      argv: argvOf(request, file),
    });
  }
  const plain = argvOf(request, '');
  if (anteroom !== null && shed !== null)
    return await attachSlirp(anteroom.enter([...shedPrefix(tools, shed), ...plain]));
  return await attachSlirp(process.getuid?.() === 0 ? fromInside(request) : plain);
}

/**
 * As uid 0 slirp4netns makes its own sandbox where it is, and in a rootless container that uid may not. In the
 * holder's user namespace it may, as it does by itself for others; from there no pid leads to the network.
 */
function fromInside({ plan, holder, tools }: UplinkRequest): string[] {
  const network = ['--netns-type=path', `/proc/${holder.pid}/ns/net`];
  const words = plan.argv.flatMap((word) => (word === HOLDER_PID ? network : [word]));
  const user = `--user=/proc/${holder.pid}/ns/user`;
  return [tools.nsenter, '--preserve-credentials', user, '--', ...words];
}

/**
 * pasta lives in the holder's pid namespace, so the kernel ends it with the holder, and nsenter, which
 * brought it there, reaps it: without that, its zombie would keep the namespace. It gives up early what
 * it would need to find the network by a pid there, and where it has an AppArmor profile that lets it
 * open few files: so the network is its standard input.
 */
async function openPasta(request: UplinkRequest): Promise<Uplink> {
  const { holder, plan } = request;
  const network = openSync(`/proc/${holder.pid}/ns/net`, 'r');
  try {
    // It tells nobody that it is attached, but its route is the last thing that it makes.
    return await attach(
      holder.enterOnHostNetwork(plan.argv),
      { input: network, further: [] },
      async (_, isOver) => {
        while (!isOver() && !hasRoute(holder.pid)) await sleep(LOOKS_EVERY_MS);
      },
    );
  } finally {
    closeSync(network);
  }
}

/** A link goes with the namespace that it is in: nothing of it has to be ended. */
async function openMacvlan(request: UplinkRequest): Promise<Uplink> {
  const { code, stderr } = await execute(argvOf(request, ''));
  if (code !== 0) throw new Error(stderr.trim() || `${request.tools.ip} exited with ${code}`);
  return { gone: new Promise(() => {}), close: async () => {} };
}

/** What the network is bound to, where no pid leads to it. */
function fileFor({ directory }: UplinkRequest): string {
  const file = join(directory, 'network');
  writeFileSync(file, '');
  return file;
}

function argvOf({ plan, holder }: UplinkRequest, file: string): string[] {
  return plan.argv.map((word) =>
    word === HOLDER_PID ? String(holder.pid) : word === NETWORK_FILE ? file : word,
  );
}

function hasRoute(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/net/route`, 'latin1')
      .split('\n')
      .some((line) => line.startsWith(`${LINK}\t00000000\t`));
  } catch {
    return false; // The holder is gone, and with it what would be attached.
  }
}
