import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolCommands } from '../capabilities/facts.ts';
import { HOLDER_PID, LINK, NETWORK_FILE, type UplinkPlan } from '../plan/uplink.ts';
import { execute } from './execute.ts';
import { type Room, shedPrefix } from './room.ts';

/** What carries packets between the namespaces and the host's network. */
export interface Uplink {
  /** Settles when it has ended, whoever ended it. */
  readonly gone: Promise<void>;
  readonly close: () => Promise<void>;
}

export interface UplinkRequest {
  readonly plan: UplinkPlan;
  readonly tools: ToolCommands;
  readonly holder: Room;
  /** For a root supervisor: where the uplink starts, and whose ids it takes. */
  readonly anteroom: Room | null;
  readonly shed: { readonly uid: number; readonly gid: number } | null;
  /** A directory of ours that the step's uid can pass through. */
  readonly directory: string;
}

/** The descriptors of slirp4netns: on the first it says that it is attached, by the second it is ended. */
const SLIRP_FDS = { ready: 3, exit: 4 } as const;

const ATTACHES_WITHIN_MS = 20_000;
const LOOKS_EVERY_MS = 3;
const ENDS_WITHIN_MS = 1000;
/** How long a process that it left behind may keep its output open. */
const LAST_WORDS_MS = 500;

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
  const { anteroom, shed, tools } = request;
  const plain = argvOf(request, '');
  const argv =
    anteroom === null || shed === null
      ? plain
      : anteroom.enter([...shedPrefix(tools, shed), ...plain]);
  return await attach(argv, ['pipe', 'pipe'], async (child) => {
    await new Promise((resolve) => child.stdio[SLIRP_FDS.ready]?.once('data', resolve));
  });
}

/**
 * pasta lives in the holder's pid namespace, so the kernel ends it with the holder, and nsenter, which
 * brought it there, reaps it: without that, its zombie would keep the namespace. It gives up early what
 * it would need to find the network by a pid there: a file leads to it instead.
 */
async function openPasta(request: UplinkRequest): Promise<Uplink> {
  const { holder, tools, directory } = request;
  const file = join(directory, 'network');
  writeFileSync(file, '');
  const bind = [tools.mount, '--bind', '/proc/1/ns/net', file];
  const { code, stderr } = await execute(holder.enter(bind));
  if (code !== 0) throw new Error(stderr.trim() || `${tools.mount} exited with ${code}`);
  const argv = holder.enterOnHostNetwork(argvOf(request, file));
  // It tells nobody that it is attached, but its route is the last thing that it makes.
  return await attach(argv, [], async (_, isOver) => {
    while (!isOver() && !hasRoute(holder.pid)) await sleep(LOOKS_EVERY_MS);
  });
}

/** A link goes with the namespace that it is in: nothing of it has to be ended. */
async function openMacvlan(request: UplinkRequest): Promise<Uplink> {
  const { code, stderr } = await execute(argvOf(request, ''));
  if (code !== 0) throw new Error(stderr.trim() || `${request.tools.ip} exited with ${code}`);
  return { gone: new Promise(() => {}), close: async () => {} };
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

/** Starts a program and waits until it is attached, or has ended. */
async function attach(
  argv: readonly string[],
  /** Descriptors besides 0 to 2. */
  further: readonly 'pipe'[],
  isAttached: (child: ChildProcess, isOver: () => boolean) => Promise<void>,
): Promise<Uplink> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', ...further],
  });
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  let over = false;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said.push(Buffer.from(error.message));
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const attached = await Promise.race([
    isAttached(child, () => over).then(() => true),
    gone.then(() => false),
    sleep(ATTACHES_WITHIN_MS, false, { ref: false }),
  ]);
  over = true;
  const uplink = { gone, close: async () => await close(child, gone) };
  if (attached) return uplink;
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  await uplink.close();
  throw new Error(lastWords(Buffer.concat(said).toString()));
}

/** pasta complains of a missing system log after each of its own lines. */
function lastWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => line !== '' && !line.endsWith(' bytes to syslog')) ??
    'it did not answer'
  );
}

/** What has no descriptor to be ended by ends with the holder. */
async function close(child: ChildProcess, gone: Promise<void>): Promise<void> {
  const pipe = child.stdio[SLIRP_FDS.exit];
  if (pipe !== null && pipe !== undefined && 'destroy' in pipe) {
    pipe.destroy();
    await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await Promise.race([gone, sleep(ENDS_WITHIN_MS, undefined, { ref: false })]);
  }
  child.stderr?.destroy();
  child.unref();
}
